//! Scenarios: tests that boot a system in QEMU and hold a conversation with it, each a folder.

pub mod leavings;
pub mod matching;
pub mod play;
pub mod read;
pub mod rounds;
mod settings;
pub mod strikes;
pub mod transcript;

use std::path::PathBuf;

use crate::arch::Arch;
use crate::guest::outside::Outside;
use crate::prepare::{Request, Variant};
use rounds::Rounds;
use settings::Kernel;
pub use settings::Settings;
use transcript::Transcript;

/// One scenario.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// The name of its folder.
    pub name: String,
    /// The folder.
    pub folder: PathBuf,
    /// Its `scenario.toml`.
    pub settings: Settings,
    /// The name of a system of this repository, or the path of another.
    pub system: String,
    /// Its modules that are not of this repository.
    pub outside: Vec<Outside>,
    /// What is typed and what must come.
    pub transcript: Transcript,
    /// The file that it stands in.
    pub written_in: PathBuf,
    /// What is typed, and may come, at each moment of a sweep.
    pub rounds: Option<Rounds>,
}

impl Scenario {
    /// What must be built to play it on `arch`.
    pub fn request(&self, arch: Arch) -> Request {
        let debug = self.settings.kernel == Kernel::Debug;
        let extra = self.settings.modules.clone();
        let variant = Variant { outside: self.outside.clone(), ..Variant::default() };
        Request { extra, variant, ..Request::plain(arch, debug, &self.system) }
    }
}
