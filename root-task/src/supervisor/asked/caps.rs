//! What an operator sees of capabilities: each slot of a module's CSpace, by its grant and by the kernel's word, and who
//! holds capabilities to it.

use heapless::Vec;
use ipc_proto::ids::DomainId;
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, HolderInfo, SlotInfo, WindowInfo};
use ipc_proto::slots;
use ipc_proto::window::{PAGE_BYTES, region};
use root_task_core::grants::Endowment;
use root_task_core::windows::View;

use super::operator::{not_loaded, refused};
use crate::supervisor::{Response, Room, Supervisor, answer};
use crate::window::Panes;
use crate::{arch, audit};

impl Supervisor {
    /// A page of the slots of a module's CSpace, from slot `from` on: those that hold something, or should.
    pub(in crate::supervisor) fn caps(&self, name: &Name, from: u8) -> Response {
        let Some(id) = self.ledger.find(name) else { return not_loaded(name) };
        let Some((room, domain)) = self.room(id).and_then(|room| Some((room, room.domain.as_ref()?))) else {
            return refused(format_args!("{name} has no CSpace: it does not run"));
        };
        let endowment = self.endowment_of(id, name, room);
        let mut page = Vec::new();
        for slot in from..domain.cspace_size() {
            let held = !audit::is_empty(&domain.cspace(u64::from(slot)), self.memory.probe());
            let info = SlotInfo { slot, grant: endowment.grant(&self.ledger, id, slot), held };
            if !info.is_blank() && page.push(info).is_err() {
                return answer(&Answer::Caps { page, size: domain.cspace_size(), next: Some(slot) });
            }
        }
        answer(&Answer::Caps { page, size: domain.cspace_size(), next: None })
    }

    /// What of a module's capabilities the ledger does not know.
    pub(in crate::supervisor) fn endowment_of(&self, id: DomainId, name: &Name, room: &Room) -> Endowment {
        let device = self.has_device(id);
        Endowment {
            locker: room.request.locker_bits > 0,
            device,
            ports: device && arch::HAS_PORTS,
            is_names: *name == self.system.name_server,
        }
    }

    /// A page of those who hold capabilities to a module's services, from the client with this number on.
    pub(in crate::supervisor) fn holders(&self, name: &Name, from: u16) -> Response {
        let Some(id) = self.ledger.find(name) else { return not_loaded(name) };
        let mut page = Vec::new();
        let is_names = *name == self.system.name_server;
        for (client, module) in self.ledger.iter().filter(|(client, _)| client.0 >= from) {
            let before = page.len();
            let mut list =
                |slot, service| page.push(HolderInfo { client: module.name, slot, service }).is_ok();
            let calls_names = is_names && client != id && self.runs(client);
            let listed = (!calls_names || list(slots::NAMES as u8, None))
                && self.connections_to(client, id).all(|(slot, service)| list(slot, Some(service)));
            if !listed {
                page.truncate(before);
                return answer(&Answer::Holders { page, next: Some(client.0) });
            }
        }
        answer(&Answer::Holders { page, next: None })
    }

    /// What a module was granted that reaches beyond its own domain, and whether it has lost a device of that.
    pub(in crate::supervisor) fn marks(&self, name: &Name) -> Response {
        let running = self.ledger.find(name).filter(|id| self.ledger.runs(*id));
        let taken_back = self.device_of(name).is_some() && running.is_some_and(|id| !self.has_device(id));
        answer(&Answer::Marks { marks: self.system.marks_of(name), taken_back })
    }

    /// A page of the windows of a module, from the one with this number on.
    pub(in crate::supervisor) fn windows_of(&self, name: &Name, from: u8) -> Response {
        let Some(id) = self.ledger.find(name) else { return not_loaded(name) };
        let mut page = Vec::new();
        for number in self.windows.of(id).filter(|number| *number >= usize::from(from)) {
            let Some(window) = self.windows.get(number) else { continue };
            let [client, server] = window.sides;
            let (own, other) = if client.domain == id { (client, server) } else { (server, client) };
            if own.view == View::Nothing {
                // That was an earlier instance's, or another module's in the same place.
                continue;
            }
            let shared = own.view == View::Shared;
            let gone = self.panes.get(number).and_then(Option::as_ref).and_then(Panes::gone);
            let gone = gone.filter(|_| !shared);
            let with = match gone {
                Some((name, _)) => Some(name),
                None => self.ledger.module(other.domain).map(|module| module.name),
            };
            let info = WindowInfo {
                with,
                gone: gone.map(|(_, generation)| generation),
                client: client.domain == id,
                vaddr: region(own.region),
                kib: u32::from(window.pages).saturating_mul(PAGE_BYTES / 1024),
                shared,
            };
            if page.push(info).is_err() {
                return answer(&Answer::Windows { page, next: u8::try_from(number).ok() });
            }
        }
        answer(&Answer::Windows { page, next: None })
    }

    fn runs(&self, id: DomainId) -> bool {
        self.room(id).is_some_and(|room| room.domain.is_some())
    }

    /// The slots in which a client holds capabilities to services of `server`, and which service each is to.
    pub(in crate::supervisor) fn connections_to(
        &self,
        client: DomainId,
        server: DomainId,
    ) -> impl Iterator<Item = (u8, u16)> {
        let held = self.ledger.connections_of(client);
        held.filter(move |(slot, _)| self.ledger.server_of(client, u64::from(*slot)) == Some(server))
            .map(|(slot, at)| (slot, at.index))
    }
}
