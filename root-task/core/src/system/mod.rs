//! The system's manifest: what is loaded at boot, and who is granted what. Modules ask; this file grants.
//!
//! It is written as TOML; the build decodes that into a [`SystemManifest`] and puts it into the boot archive, encoded
//! by postcard, as the file [`FILE`].

mod check;
mod error;
mod numbers;
mod rights;

use heapless::Vec;
use ipc_proto::manifest::Device;
use ipc_proto::name::Name;
use ipc_proto::operator::{MAX_DEATHS, MAX_MARKS, Mark};
use ipc_proto::supervisor::Args;
use serde::{Deserialize, Serialize};

use crate::allowance::{Allowance, DEFAULT_MESSAGES, DEFAULT_WAIT_MS};
use crate::restart::{self, Budget};
use crate::waits::DEFAULT_WAITERS;

pub use error::SystemError;
pub use numbers::{MAX_LOCKER_SLOTS, MAX_MEMORY_KIB, MAX_WINDOW_KIB};
pub use rights::{MAX_PROVIDED, MAX_RIGHTS, MAX_USED, Names, Rights};

/// The name of the file in the boot archive.
pub const FILE: &str = "system";
/// The most modules that are loaded at boot.
pub const MAX_BOOT: usize = 16;
/// The most boot modules that have arguments.
pub const MAX_BOOT_ARGS: usize = 8;
/// The most modules that are operators.
pub const MAX_OPERATORS: usize = 4;
/// The most modules that survive their faults.
pub const MAX_SURVIVORS: usize = 12;
/// The most modules that are granted something.
pub const MAX_GRANTS: usize = 20;
/// The most modules that cannot be unloaded.
pub const MAX_PINNED: usize = 8;
/// The most dead instances that are kept: there is a report for each.
pub const MAX_AUTOPSIES: u8 = MAX_DEATHS as u8;
/// An encoded manifest is never longer, in bytes.
pub const MAX_ENCODED: usize = 18030;

/// What the system is made of, and who may do what in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemManifest {
    /// The module that keeps the names: the only one that reaches the supervisor's registrar. The first to be
    /// loaded.
    pub name_server: Name,
    /// The module that is granted the console's receiver.
    pub console: Name,
    /// The module that is granted the real-time clock, if one is.
    #[serde(default)]
    pub clock: Option<Name>,
    /// Whether the host may push modules over the second serial line, as an operator loads and replaces them.
    #[serde(default)]
    pub push: bool,
    /// The modules that may load, unload and look at others.
    #[serde(default)]
    pub operators: Vec<Name, MAX_OPERATORS>,
    /// The modules that are loaded at boot: the name server first, the others in any order.
    pub boot: Vec<Name, MAX_BOOT>,
    /// What boot modules read as their arguments; nothing where a module is not listed.
    #[serde(default)]
    pub args: Vec<BootArgs, MAX_BOOT_ARGS>,
    /// How often a module is started again in a window; [`restart::DEFAULT_BUDGET`] where it is left out.
    #[serde(default = "default_budget")]
    pub max_restarts: u32,
    /// How long such a window is, in milliseconds; [`restart::DEFAULT_WINDOW_MS`].
    #[serde(default = "default_window")]
    pub restart_window_ms: u32,
    /// How long the second restart of a window waits, in milliseconds, and each further one twice as long as the one
    /// before; [`restart::DEFAULT_DELAY_MS`].
    #[serde(default = "default_delay")]
    pub restart_delay_ms: u32,
    /// The longest that one waits, in milliseconds; [`restart::DEFAULT_LONGEST_DELAY_MS`].
    #[serde(default = "default_longest_delay")]
    pub longest_restart_delay_ms: u32,
    /// How many dead instances are kept for their report, as long as nobody needs their memory; none where it is left
    /// out. With none, reports have no backtrace.
    #[serde(default)]
    pub autopsies: u8,
    /// How many lookups may wait for the same name at a time; [`DEFAULT_WAITERS`] where it is left out.
    #[serde(default = "default_waiters")]
    pub waiters: u16,
    /// What single modules may have that others may not.
    #[serde(default)]
    pub grants: Vec<Allowance, MAX_GRANTS>,
    /// Which names modules may register that have no list of their own: any where it is left out.
    #[serde(default = "rights::any")]
    pub default_provides: Names<MAX_PROVIDED>,
    /// Which names they may look up: any where it is left out.
    #[serde(default = "rights::any")]
    pub default_uses: Names<MAX_USED>,
    /// Which names single modules may register and look up.
    #[serde(default)]
    pub rights: Vec<Rights, MAX_RIGHTS>,
    /// The modules that may go on after a fault, at the address that they hold ready in a register: programs that try what
    /// they cannot do. Any other module ends with its first fault.
    #[serde(default)]
    pub survive_faults: Vec<Name, MAX_SURVIVORS>,
    /// The modules that refuse to be unloaded and crashed; restarted and replaced they are where they have failed only.
    #[serde(default)]
    pub pinned: Vec<Name, MAX_PINNED>,
    /// The modules that refuse to be unloaded while others are connected to them.
    #[serde(default)]
    pub keep_in_use: Vec<Name, MAX_PINNED>,
}

fn default_budget() -> u32 {
    restart::DEFAULT_BUDGET
}

fn default_window() -> u32 {
    restart::DEFAULT_WINDOW_MS
}

fn default_delay() -> u32 {
    restart::DEFAULT_DELAY_MS
}

fn default_longest_delay() -> u32 {
    restart::DEFAULT_LONGEST_DELAY_MS
}

fn default_waiters() -> u16 {
    DEFAULT_WAITERS
}

/// The arguments of a module that is loaded at boot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootArgs {
    /// The module; it is in [`SystemManifest::boot`].
    pub module: Name,
    /// What it reads.
    pub text: Args,
}

impl SystemManifest {
    /// What a file that says nothing else is: everybody may do everything, with the defaults, and nothing is loaded. The name
    /// server has the console.
    pub const fn plain(name_server: Name) -> SystemManifest {
        SystemManifest {
            name_server,
            console: name_server,
            clock: None,
            push: false,
            operators: Vec::new(),
            boot: Vec::new(),
            args: Vec::new(),
            max_restarts: restart::DEFAULT_BUDGET,
            restart_window_ms: restart::DEFAULT_WINDOW_MS,
            restart_delay_ms: restart::DEFAULT_DELAY_MS,
            longest_restart_delay_ms: restart::DEFAULT_LONGEST_DELAY_MS,
            autopsies: 0,
            waiters: DEFAULT_WAITERS,
            grants: Vec::new(),
            default_provides: Names::Any,
            default_uses: Names::Any,
            rights: Vec::new(),
            survive_faults: Vec::new(),
            pinned: Vec::new(),
            keep_in_use: Vec::new(),
        }
    }

    /// Decodes and checks what the boot archive holds.
    ///
    /// # Errors
    /// [`SystemError`].
    pub fn decode(bytes: &[u8]) -> Result<SystemManifest, SystemError> {
        let (manifest, rest) =
            postcard::take_from_bytes::<SystemManifest>(bytes).map_err(|_| SystemError::Undecodable)?;
        if !rest.is_empty() {
            return Err(SystemError::TrailingBytes(rest.len()));
        }
        manifest.check()?;
        Ok(manifest)
    }

    /// Checks and encodes it, for the boot archive.
    ///
    /// # Errors
    /// [`SystemError`].
    pub fn encode<'a>(&self, buffer: &'a mut [u8]) -> Result<&'a [u8], SystemError> {
        self.check()?;
        postcard::to_slice(self, buffer).map(|used| &*used).map_err(|_| SystemError::NoRoom)
    }

    /// What a boot module reads as its arguments.
    pub fn args_of(&self, module: &Name) -> Args {
        let given = self.args.iter().find(|args| args.module == *module);
        given.map(|args| args.text.clone()).unwrap_or_default()
    }

    /// How often a module may be started again, and how soon.
    pub fn restart_budget(&self) -> Budget {
        let nanoseconds = |ms: u32| u64::from(ms).saturating_mul(1_000_000);
        Budget {
            restarts: self.max_restarts,
            window: nanoseconds(self.restart_window_ms),
            delay: nanoseconds(self.restart_delay_ms),
            longest_delay: nanoseconds(self.longest_restart_delay_ms),
        }
    }

    /// The device that a module is granted.
    pub fn device_of(&self, module: &Name) -> Device {
        if *module == self.console {
            Device::Console
        } else if self.clock.as_ref() == Some(module) {
            Device::Clock
        } else {
            Device::None
        }
    }

    /// What a module is granted that reaches beyond its own domain.
    pub fn marks_of(&self, module: &Name) -> Vec<Mark, MAX_MARKS> {
        let device = self.device_of(module);
        let granted = self.granted(module);
        let all = [
            (self.operators.contains(module), Mark::Operators),
            (*module == self.name_server, Mark::NameServer),
            (device == Device::Console, Mark::Console),
            (device == Device::Clock, Mark::Clock),
            (self.survive_faults.contains(module), Mark::SurviveFaults),
            (granted.is_some_and(|grant| grant.locker_slots > 0), Mark::LockerSlots),
            (granted.is_some_and(|grant| grant.messages > DEFAULT_MESSAGES), Mark::Messages),
        ];
        all.into_iter().filter(|(has, _)| *has).map(|(_, mark)| mark).collect()
    }

    fn granted(&self, module: &Name) -> Option<&Allowance> {
        self.grants.iter().find(|grant| grant.module == *module)
    }

    /// What a module may have. Those who act for others are not counted: the name server and operators.
    pub fn allowance_of(&self, module: &Name) -> Allowance {
        let granted = self.granted(module);
        let allowance = granted.cloned().unwrap_or_else(|| Allowance::of_anybody(*module));
        if *module == self.name_server || self.operators.contains(module) {
            return Allowance { messages: u32::MAX, log_bytes: u32::MAX, ..allowance };
        }
        allowance
    }

    /// How long a lookup of a module's may wait, and a call back by a peer may take, in microseconds.
    pub fn longest_wait_of(&self, module: &Name) -> u64 {
        let granted = self.granted(module).map_or(DEFAULT_WAIT_MS, |grant| grant.wait_ms);
        u64::from(granted).saturating_mul(1000)
    }
}
