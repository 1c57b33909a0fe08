//! The two macros that make a crate a module: its manifest, and its way in.

/// Makes the crate a module that serves: the manifest, and the init function that returns its [`crate::Server`].
///
/// ```no_run
/// use module_rt::ipc_proto::echo::{Echo, EchoError, EchoInterface, EchoServer, Said, Text};
/// use module_rt::{Events, Init, InitError, Manifest, start};
///
/// module_rt::module! {
///     manifest: Manifest { version: 2, ..Manifest::new("parrot") },
///     init: init,
/// }
///
/// struct Parrot;
///
/// impl Echo for Parrot {
///     fn say(&mut self, text: Text) -> Result<Said, EchoError> {
///         Ok(Said { generation: start::instance().generation, text })
///     }
///
///     fn words(&mut self, words: [u64; 4]) -> Result<[u64; 4], EchoError> {
///         Ok(words)
///     }
///
///     fn die(&mut self) -> Result<(), EchoError> {
///         Err(EchoError::Interrupted)
///     }
/// }
///
/// impl Events for Parrot {}
///
/// fn init(init: &mut Init) -> Result<EchoServer<Parrot>, InitError> {
///     init.offer::<EchoInterface>()?;
///     Ok(EchoServer(Parrot))
/// }
/// ```
///
/// A module begins with `#![cfg_attr(target_os = "none", no_std, no_main)]`, which is for the crate's first line.
///
/// On a machine that is no target the crate is a program that says so; in its tests there is `simulated()`, which gives
/// the module for a simulation.
#[macro_export]
macro_rules! module {
    (manifest: $manifest:expr, init: $init:expr $(,)?) => {
        const _: () = {
            const MANIFEST: $crate::Manifest = $manifest;
            assert!(
                !$crate::start::defers(&$init) || $crate::start::has_room_for_callers(MANIFEST.locker_bits),
                "the server answers calls later, so its manifest asks for a locker: `locker_bits: 2` for two callers at a \
                 time, up to 6 for 62"
            );
        };
        $crate::__entry!($crate::start::manifest_of($manifest, &$init), $init, run_module, module);
    };
}

/// Makes the crate a module that does its work in one function and exits. That function may take as long as it likes,
/// unless it reserves a name. Elsewhere than on the target as [`crate::module`]; so the function is not to be called
/// `main`, which is what a program of that machine begins with.
///
/// ```no_run
/// use core::time::Duration;
///
/// use module_rt::ipc_proto::echo::{EchoClient, Text};
/// use module_rt::{Connection, Init, InitError, Manifest, client_waiting, log};
///
/// module_rt::program! {
///     manifest: Manifest::new("visitor"),
///     main: visit,
/// }
///
/// fn visit(_: &mut Init) -> Result<(), InitError> {
///     // Also where it is just being restarted, or was unloaded and comes back.
///     let echo: EchoClient<Connection> = client_waiting(Duration::from_secs(5))?;
///     match echo.say(Text::try_from("hello").unwrap_or_default()) {
///         Ok(said) => log!("{}", said.text),
///         Err(error) => log!("no answer: {error}"),
///     }
///     Ok(())
/// }
/// ```
#[macro_export]
macro_rules! program {
    (manifest: $manifest:expr, main: main $(,)?) => {
        #[cfg(not(target_os = "none"))]
        compile_error!(
            "a module's function that is called `main` is one for the target only: give it another name"
        );
        #[cfg(target_os = "none")]
        $crate::program! { manifest: $manifest, main: { main } }
    };
    (manifest: $manifest:expr, main: $main:expr $(,)?) => {
        $crate::__entry!(
            {
                const MANIFEST: $crate::Manifest = $manifest;
                $crate::Manifest { flags: MANIFEST.flags | $crate::ipc_proto::manifest::PROGRAM, ..MANIFEST }
            },
            $main,
            run_program,
            program
        );
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($manifest:expr, $way_in:expr, $run:ident, $simulated:ident) => {
        #[cfg(target_os = "none")]
        #[allow(unsafe_code, reason = "a section name and a symbol name; no unsafe operation")]
        const _: () = {
            #[used]
            #[unsafe(link_section = ".escrow.manifest")]
            static MANIFEST: $crate::Manifest = $manifest;

            #[unsafe(no_mangle)]
            fn escrow_module_main() -> ! {
                $crate::start::$run(&MANIFEST, $way_in)
            }
        };

        #[cfg(not(any(target_os = "none", test)))]
        fn main() -> ::std::process::ExitCode {
            $crate::simulation::is_no_program(&$crate::simulation::$simulated($manifest, $way_in))
        }

        /// This module, for a simulation.
        #[cfg(all(test, not(target_os = "none")))]
        #[allow(dead_code, reason = "not every module's tests run it")]
        pub fn simulated() -> $crate::simulation::Module {
            let cargo_toml =
                ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
            $crate::simulation::$simulated($manifest, $way_in).of_package(cargo_toml)
        }
    };
}
