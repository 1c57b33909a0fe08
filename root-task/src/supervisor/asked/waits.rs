//! Lookups that wait, as their client and an operator see them. What ends them is in [`root_task_core::steps`].

use heapless::Vec;
use ipc_proto::ids::Instance;
use ipc_proto::operator::{WAITS_PAGE, WaitInfo};
use root_task_core::{steps, waits};

use crate::supervisor::{Response, Supervisor, answer};

impl Supervisor {
    /// A client asks how its wait has ended, and is answered when it has.
    pub(in crate::supervisor) fn await_name(&mut self, who: Instance) -> Response {
        steps::ask(self, who).map_or(Response::Later, |ended| answer(&ended))
    }

    /// What an operator sees of those who wait, from this table entry on.
    pub(in crate::supervisor) fn waits_from(&self, from: u16) -> (Vec<WaitInfo, WAITS_PAGE>, Option<u16>) {
        let now = self.timer.now();
        let mut page = Vec::new();
        for wait in self.waits.asked().filter(|wait| wait.client.domain.0 >= from) {
            let named = |id| self.ledger.module(id).map(|module| module.name);
            let Some(client) = named(wait.client.domain) else { continue };
            // Nobody is, where the client may not look it up.
            let hopes = self.system.may_look_up(&client, &wait.name);
            let provider = waits::expected(&self.ledger, &self.system, &wait.name).filter(|_| hopes);
            let provider = provider.and_then(named);
            let info =
                WaitInfo { client, name: wait.name, versions: wait.versions, left: wait.left(now), provider };
            if page.push(info).is_err() {
                return (page, Some(wait.client.domain.0));
            }
        }
        (page, None)
    }
}
