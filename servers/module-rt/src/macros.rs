//! The two macros that make a crate a module: its manifest, and its way in.

/// Makes the crate a module that serves: the manifest, and the init function that returns its [`crate::Server`].
///
/// ```ignore
/// module_rt::module! {
///     manifest: Manifest { version: 2, ..Manifest::new("echo") },
///     init: init,
/// }
/// ```
#[macro_export]
macro_rules! module {
    (manifest: $manifest:expr, init: $init:expr $(,)?) => {
        $crate::__entry!($manifest, $crate::start::run_module($init));
    };
}

/// Makes the crate a module that does its work in one function and exits. That function may take as long as it likes,
/// unless it reserves a name.
#[macro_export]
macro_rules! program {
    (manifest: $manifest:expr, main: $main:expr $(,)?) => {
        $crate::__entry!(
            {
                const MANIFEST: $crate::Manifest = $manifest;
                $crate::Manifest { flags: MANIFEST.flags | $crate::ipc_proto::manifest::PROGRAM, ..MANIFEST }
            },
            $crate::start::run_program($main)
        );
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __entry {
    ($manifest:expr, $run:expr) => {
        #[allow(unsafe_code, reason = "a section name and a symbol name; no unsafe operation")]
        const _: () = {
            #[used]
            #[unsafe(link_section = ".escrow.manifest")]
            static MANIFEST: $crate::Manifest = $manifest;

            #[unsafe(no_mangle)]
            fn escrow_module_main() -> ! {
                $run
            }
        };
    };
}
