//! What modules hold, in one number: their memory, their registers, their CSpaces, and the ledger.

use core::hash::{Hash, Hasher};

use heapless::Vec;
use ipc_proto::ids::DomainId;
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, Fingerprint, MAX_EXCEPTED};
use siphasher::sip::SipHasher13;

use super::operator::refused;
use crate::audit;
use crate::domain::Domain;
use crate::supervisor::{Response, Supervisor, answer};

impl Supervisor {
    /// Hashes what every module holds but `asker` and those named.
    pub(in crate::supervisor) fn fingerprint(&self, asker: DomainId, except: &[Name]) -> Response {
        let mut state = SipHasher13::new();
        let (mut modules, mut pages) = (0_u16, 0_u32);
        let asker = self.ledger.module(asker).map(|module| module.name);
        let mut left_out = Vec::<Name, { MAX_EXCEPTED.saturating_add(1) }>::new();
        // There is room: that is how the list is made.
        left_out.extend(except.iter().copied().chain(asker));
        let others = self.ledger.iter().filter(|(_, module)| !left_out.contains(&module.name));
        for (id, module) in others {
            modules = modules.saturating_add(1);
            let Some(domain) = self.room(id).and_then(|room| room.domain.as_ref()) else { continue };
            match self.hash_domain(domain, &mut state) {
                Ok(hashed) => pages = pages.saturating_add(hashed),
                Err(error) => {
                    return refused(format_args!(
                        "{} cannot be read ({error:?}), which is a bug of the root task",
                        module.name
                    ));
                }
            }
        }
        self.ledger.hash_all_but(&left_out, &mut state);
        answer(&Answer::Fingerprint(Fingerprint { modules, pages, hash: state.finish() }))
    }

    /// Hashes a domain; gives how many pages it has.
    fn hash_domain(&self, domain: &Domain, state: &mut SipHasher13) -> sel4::Result<u32> {
        let registers = domain.tcb().tcb_read_all_registers(false)?;
        (registers.pc(), registers.sp()).hash(state);
        (0..).map_while(|number| registers.gpr(number)).for_each(|register| register.hash(state));
        for slot in 0..domain.cspace_size() {
            audit::is_empty(&domain.cspace(u64::from(slot)), self.memory.probe()).hash(state);
        }
        let mut pages = 0_u32;
        for frame in domain.frames() {
            self.scratch.read(frame, self.memory.probe(), |page| state.write(page))?;
            pages = pages.saturating_add(1);
        }
        Ok(pages)
    }
}
