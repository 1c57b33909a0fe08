//! What a test does to modules between two runs, as an operator does it at the shell.

use crate::how::How;
use crate::system::System;

impl System {
    /// The module dies as by a fault.
    ///
    /// # Panics
    /// Where it is not loaded.
    #[track_caller]
    pub fn crash(&mut self, module: &str) {
        let id = self.find(module);
        self.run.world.dies(id, How::Crashed);
    }

    /// As the operator's `unload`: in two stages, where somebody is inside a call to it.
    ///
    /// # Panics
    /// Where it is not loaded.
    #[track_caller]
    pub fn unload(&mut self, module: &str) {
        let id = self.find(module);
        self.run.world.unload_by_operator(id);
    }

    /// As the operator's `restart`, also for a module that has failed. `false` where it is not for one in its state.
    ///
    /// # Panics
    /// Where it is not loaded.
    #[track_caller]
    pub fn restart(&mut self, module: &str) -> bool {
        let id = self.find(module);
        self.run.world.restart_by_operator(id)
    }

    /// As the operator's `revoke`: takes back every capability that `client` holds to services of `module`. Gives how many.
    ///
    /// # Panics
    /// Where one of the two is not loaded.
    #[track_caller]
    pub fn revoke(&mut self, module: &str, client: &str) -> usize {
        let (server, client) = (self.find(module), self.find(client));
        self.run.world.revoke_from(client, server)
    }
}
