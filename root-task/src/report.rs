//! How an instance died, in words.

use core::fmt;

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::operator::{Finding, StackTrouble};
use ipc_proto::supervisor::Line;
use root_task_core::restart;
use sel4::Fault;

use crate::say;

/// How an instance died.
#[derive(Clone, Debug)]
pub enum Cause {
    /// Its thread faulted. The fault as the message said, the instruction pointer as the kernel gave it, and what the fault's
    /// address says of its stack.
    Fault(Option<Fault>, u64, Option<StackTrouble>),
    /// Its code panicked; its own words.
    Panicked(Line),
    /// Its init returned an error; its own number and words.
    InitFailed(u32, Line),
    /// It exited with this code.
    Exited(u32),
    /// Its init has not ended after so many milliseconds; what it did instead.
    InitOverdue(u64, Finding),
    /// It has not answered its calls for so many milliseconds; what it did instead.
    Hangs(u64, Finding),
    /// The operator crashed it.
    Operator,
    /// The operator restarts it.
    Restarted,
    /// The operator replaces it: the next instance is made of this file.
    Replaced(Name),
    /// It is started again because it has lost this server.
    Lost(Name),
}

impl Cause {
    /// What the restart policy has to know.
    pub fn kind(&self) -> restart::Cause {
        match self {
            Cause::Exited(0) => restart::Cause::Finished,
            Cause::Restarted | Cause::Replaced(_) | Cause::Lost(_) => restart::Cause::Demanded,
            _ => restart::Cause::Failure,
        }
    }
}

impl Cause {
    /// The address whose use was the fault, where one was.
    pub fn fault_address(&self) -> Option<u64> {
        match self {
            Cause::Fault(Some(Fault::VmFault { addr, .. }), ..) => Some(*addr),
            _ => None,
        }
    }
}

struct FaultWords<'a>(&'a Option<Fault>, u64);

impl fmt::Display for FaultWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ip = self.1;
        match *self.0 {
            // On x86_64 the kernel does not say that it was an instruction, and says the lower half of the address.
            Some(Fault::VmFault { addr, instruction, .. }) if instruction || addr as u32 == ip as u32 => {
                write!(f, "jumped to address {addr:#x}, which is not mapped for that")
            }
            Some(Fault::VmFault { addr, .. }) => {
                write!(f, "touched address {addr:#x}, which is not mapped for that, at ip {ip:#x}")
            }
            Some(Fault::CapFault { addr, .. }) => {
                write!(f, "used slot {addr:#x}, which its CSpace does not have, at ip {ip:#x}")
            }
            Some(Fault::UnknownSyscall { .. }) => write!(f, "made an unknown system call at ip {ip:#x}"),
            Some(Fault::UserException { .. }) => write!(f, "raised a processor exception at ip {ip:#x}"),
            _ => write!(f, "sent on its own fault capability at ip {ip:#x}"),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Fault(fault, ip, trouble) => {
                FaultWords(fault, *ip).fmt(f)?;
                match trouble {
                    Some(StackTrouble::Overflow) => f.write_str(": its stack overflowed (stack_bytes)"),
                    _ => Ok(()),
                }
            }
            Cause::Panicked(reason) => write!(f, "panicked: {reason}"),
            Cause::InitFailed(code, reason) => write!(f, "init returned error {code}: {reason}"),
            Cause::Exited(code) => write!(f, "exited with code {code}"),
            Cause::InitOverdue(ms, finding) => write!(f, "init has not ended after {ms} ms: {finding}"),
            Cause::Hangs(ms, finding) => write!(f, "has not answered its calls for {ms} ms: {finding}"),
            Cause::Operator => f.write_str("was crashed by the operator"),
            Cause::Restarted => f.write_str("is restarted by the operator"),
            Cause::Replaced(file) => write!(f, "is replaced by {file}"),
            Cause::Lost(server) => write!(f, "is restarted: it has lost {server} (on_loss)"),
        }
    }
}

/// Prints what happened to a module, tagged with its name and generation, and what comes `then` where it has no successor;
/// nothing where it just came to its end.
///
/// Printing costs more than answering the callers: it is done when they have run.
pub fn print(name: &Name, generation: Generation, cause: &Cause, then: Option<restart::Decision>) {
    match (cause, then) {
        (_, Some(then)) => say!("[{name}.{generation}] {cause}; {then}"),
        (Cause::Exited(0), None) => {}
        (_, None) => say!("[{name}.{generation}] {cause}"),
    }
}

/// The instruction pointer of a stopped thread; 0 where the kernel does not give it.
pub fn instruction_pointer(tcb: sel4::cap::Tcb) -> u64 {
    tcb.tcb_read_registers(false, 1).map(|registers| registers.pc()).unwrap_or(0)
}
