//! A module as the simulation loads it: what its file would be on the target.

use std::fmt;
use std::sync::Arc;

use ipc_proto::manifest::{Manifest, ManifestError, Request};
use zerocopy::IntoBytes as _;

/// A module: its manifest, and the program that each of its instances runs.
#[derive(Clone)]
pub struct Module {
    manifest: Manifest,
    program: Arc<dyn Fn() + Send + Sync>,
    /// The text of its package's Cargo.toml, where that can ask for something.
    cargo_toml: Option<&'static str>,
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("manifest", &self.manifest).finish_non_exhaustive()
    }
}

impl Module {
    /// A module with this manifest. Its program is called anew for each instance, in a thread of its own, and ends with it.
    pub fn new(manifest: Manifest, program: impl Fn() + Send + Sync + 'static) -> Module {
        Module { manifest, program: Arc::new(program), cargo_toml: None }
    }

    /// What its manifest says that it is called.
    pub fn name(&self) -> String {
        let letters = self.manifest.name.iter().take_while(|letter| **letter != 0);
        letters.map(|letter| char::from(*letter)).collect()
    }

    /// The same module with another manifest: another name, or another restart policy.
    pub fn with_manifest(self, change: impl FnOnce(Manifest) -> Manifest) -> Module {
        Module { manifest: change(self.manifest), ..self }
    }

    /// The same module, which is granted what its package asks for: the text of that one's Cargo.toml says it in
    /// `[package.metadata.escrow]`, of the program that is called as the package is. What `simulated()` gives has it.
    pub fn of_package(self, cargo_toml: &'static str) -> Module {
        Module { cargo_toml: Some(cargo_toml), ..self }
    }

    /// That text.
    pub(crate) fn cargo_toml(&self) -> Option<&'static str> {
        self.cargo_toml
    }

    /// What it asks for, checked as the supervisor checks it.
    ///
    /// # Errors
    /// [`ManifestError`]: on the target its load is refused with that.
    pub fn request(&self) -> Result<Request, ManifestError> {
        Manifest::check(self.manifest.as_bytes())
    }

    /// What each of its instances runs.
    pub fn program(&self) -> Arc<dyn Fn() + Send + Sync> {
        Arc::clone(&self.program)
    }
}
