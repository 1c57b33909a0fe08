//! Modules that go on after a fault: programs that try what they cannot do, and go on to the next thing.
//!
//! The system's manifest names them (`survive_faults`), and the module says where it wants to go on, in a register: 0
//! there means that this fault is its end, as any other module's is. It could have jumped there by itself; what it
//! cannot do it still cannot.

use ipc_proto::ids::DomainId;
use sel4::Fault;

use crate::arch;
use crate::supervisor::Supervisor;

impl Supervisor {
    /// Has a module that has faulted go on, if it may and says where. `false` where this is its end.
    pub(in crate::supervisor) fn lands(&self, id: DomainId, fault: Option<Fault>) -> bool {
        let Some(module) = self.ledger.module(id) else { return false };
        if fault.is_none() || !self.system.survive_faults.contains(&module.name) {
            return false;
        }
        let Some(domain) = self.room(id).and_then(|room| room.domain.as_ref()) else { return false };
        let Ok(mut registers) = domain.tcb().tcb_read_all_registers(true) else { return false };
        let landing = arch::landing(&registers);
        *registers.pc_mut() = landing;
        landing != 0 && domain.tcb().tcb_write_all_registers(true, &registers).is_ok()
    }
}
