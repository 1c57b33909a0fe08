//! What operators ask.

use heapless::{String, Vec};
use serde::{Deserialize, Serialize};

use super::{Act, MAX_EXCEPTED, MAX_PRINT, Part, Since};
use crate::ids::ServiceRef;
use crate::name::Name;
use crate::supervisor::Args;

/// A request. The supervisor checks by the badge that the caller is an operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// Load a module from the boot archive. Answered when the module is live, held or ended, or, where the operator
    /// does not wait for that, when it has been started: [`super::Answer::Loaded`] or [`super::Answer::Refused`].
    Load {
        /// Its name in the archive.
        name: Name,
        /// What the module reads as its arguments.
        args: Args,
        /// Stop it when it publishes, until [`Request::Release`].
        hold: bool,
        /// Wait for what comes of it. Otherwise a failure is only told on the console.
        wait: bool,
    },
    /// Let a held module publish. Answer as for a load.
    Release {
        /// The module.
        name: Name,
    },
    /// Kill the domain, take every capability to it back, return its memory. Answer: [`super::Answer::Unloaded`].
    ///
    /// Where it has calls, it is stopped first: nobody finds its names any more, and the call in service may finish
    /// within the deadline of its manifest. Answer, at once: [`super::Answer::Stopping`]; what comes of it is told on the
    /// console.
    Unload {
        /// The module.
        name: Name,
        /// Do not wait for the call in service: it is interrupted.
        now: bool,
    },
    /// Take a stop back: the module goes on, and whoever waits is served as if nothing had happened. Answer:
    /// [`super::Answer::Done`].
    CancelUnload {
        /// The module.
        name: Name,
    },
    /// Take back every capability that `client` holds to services of this module, and whatever was copied from them; the
    /// module and its other clients go on. A call that waits returns `Revoked`, one in service `Interrupted`. Answer:
    /// [`super::Answer::Revoked`].
    Revoke {
        /// The module that serves.
        name: Name,
        /// The module whose capabilities are taken back.
        client: Name,
    },
    /// The slots of a module's CSpace that hold something, or should, from this one on. Answer: [`super::Answer::Caps`].
    Caps {
        /// The module.
        name: Name,
        /// The first slot.
        from: u8,
    },
    /// Who holds capabilities to services of a module, from the client with this table entry on. Answer:
    /// [`super::Answer::Holders`].
    Holders {
        /// The module.
        name: Name,
        /// Which table entry to start from.
        from: u16,
    },
    /// What a module was granted that reaches beyond its own domain. Answer: [`super::Answer::Marks`].
    Marks {
        /// The module.
        name: Name,
    },
    /// The windows of a module, from the one with this number on. Answer: [`super::Answer::Windows`].
    Windows {
        /// The module.
        name: Name,
        /// The first.
        from: u8,
    },
    /// Kill the module's running instance as if it had faulted. Answered when it is live again, [`super::Answer::Loaded`], or
    /// when it is not to be, [`super::Answer::Done`].
    Crash {
        /// The module.
        name: Name,
    },
    /// Start a module again: one that has failed, one that waits for its restart, or one that is live, which is killed
    /// first. What it did before does not count against it any more. Answer: as for a crash.
    Restart {
        /// The module.
        name: Name,
    },
    /// Start a module again, made of another file of the boot archive, which is checked first. The module keeps its name,
    /// its arguments and its grants, its clients their connections to what the next instance reserves again. Where that
    /// does not come to its publish, the module is started once more with the file that it had. Answer:
    /// [`super::Answer::Loaded`] when the next instance is live; [`super::Answer::Refused`] where the file may not take its
    /// place, and nothing has changed, or when the module is live again with its earlier file; [`super::Answer::Done`] where
    /// it is not.
    Replace {
        /// The module.
        name: Name,
        /// The file's name in the archive. Its manifest must say this name or the module's.
        file: Name,
    },
    /// Do something to the module's instance, `nanoseconds` of the supervisor's clock after `since`. Answered at once,
    /// [`super::Answer::Done`]: what comes of a death shows in [`Request::LastDeath`]. A second request of the same kind for
    /// the same module replaces the first; an instance that dies earlier takes its alarms with it.
    After {
        /// The module.
        name: Name,
        /// What to do.
        act: Act,
        /// How much later. In a machine that counts instructions, so many of them.
        nanoseconds: u64,
        /// From when on.
        since: Since,
    },
    /// What [`Request::After`] has asked for is not to be done. Answer: [`super::Answer::TakenBack`].
    TakeBack {
        /// The module.
        name: Name,
        /// What was to be done to it.
        act: Act,
    },
    /// Which instance of a module died last, and where its thread was; the last deaths of [`super::MAX_DEATHS`] modules are
    /// known. Answer: [`super::Answer::LastDeath`].
    LastDeath {
        /// The module.
        name: Name,
    },
    /// A part of what is known of the last death of a module; the last deaths of [`super::MAX_DEATHS`] modules are known,
    /// whatever has become of the modules since. Answer: [`super::ReportAnswer`].
    Report {
        /// The module.
        name: Name,
        /// Which part.
        part: Part,
    },
    /// The modules, from the `from`th table entry on. Answer: [`super::Answer::Modules`].
    Modules {
        /// Which table entry to start from.
        from: u16,
    },
    /// How much of its stack a module has used. Answer: [`super::Answer::Stack`].
    Stack {
        /// The module.
        name: Name,
    },
    /// What the ledger says about a service. Answer: [`super::Answer::Service`].
    Service {
        /// Which.
        service: ServiceRef,
    },
    /// Which modules wait for which names, from the module with this table entry on. Answer: [`super::Answer::Waits`].
    Waits {
        /// Which table entry to start from.
        from: u16,
    },
    /// What the module does now, and who keeps it from doing more. Its thread is let run above all others for a moment to
    /// see whether it does. Answer, when that is known: [`super::Examined`], and not an [`super::Answer`].
    Examine {
        /// The module.
        name: Name,
    },
    /// What was logged last by a module, and of it, or by all, from the line with this sequence number on; a module that
    /// was unloaded keeps its lines for a while. Answer: [`super::LogAnswer`], and
    /// not an [`super::Answer`], which all others would have to be as large as.
    Log {
        /// The module, or all.
        module: Option<Name>,
        /// The first line.
        from: u64,
    },
    /// Free and used memory and slots, by the books. Answer: [`super::Answer::Memory`].
    Memory,
    /// The same, proved: every untyped that is not in use is asked how much of it is free, every slot that is
    /// not in use is tried for emptiness. Answer: [`super::Answer::Proof`].
    Audit {
        /// Whether, beside being asked, each untyped of at most 2^[`super::MAX_RETYPED_BITS`] bytes is made into one object
        /// of its whole size, which works only where nothing of it is in use. The next use of that memory has to clear
        /// it.
        retype: bool,
    },
    /// Everything that modules other than these hold, in one number: their memory, their registers, which slots of their
    /// CSpaces are taken, and what the ledger says of them. The caller's own is never in it. Nothing of that changes as
    /// long as none of them runs, whatever others do: this is how to see it. Answer: [`super::Answer::Fingerprint`].
    Fingerprint {
        /// The modules that may change.
        except: Vec<Name, MAX_EXCEPTED>,
    },
    /// Print text on the console as it is. Answer: [`super::Answer::Done`].
    Print {
        /// The text.
        text: String<MAX_PRINT>,
    },
    /// Who is connected to whom, and what becomes of each where a server is lost, from the pair with this number on.
    /// Answer: [`super::Dependents`].
    Dependents {
        /// The first.
        from: u16,
    },
    /// Signal the caller's notification ([`crate::badge::LOGGED`]) when the log has a line with this sequence number or a
    /// higher one: at once where it has, and once. A second request takes the place of the first. Answer:
    /// [`super::Answer::Done`].
    Follow {
        /// Whose lines, or all.
        module: Option<Name>,
        /// The first line that the caller does not know.
        from: u64,
    },
}
