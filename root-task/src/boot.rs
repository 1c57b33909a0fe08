//! From the kernel's boot information to a system whose boot modules are loading.

use ipc_proto::manifest::MAX_PRIORITY;
use root_task_core::archive::Archive;
use root_task_core::system::{self, SystemManifest};
use sel4::{BootInfoPtr, CapRights, ObjectBlueprint, cap};

use crate::bell::Bell;
use crate::event::{BELL, EXAMINER, LINE, TIMER, WORKER};
use crate::line::Line;
use crate::memory::Memory;
use crate::objects::{Objects, SetUpError};
use crate::scratch::Scratch;
use crate::supervisor::{Examiner, Parking, Supervisor};
use crate::thread::Stack;
use crate::timer::Timer;
use crate::worker::Worker;
use crate::{arch, console, say, start};

unsafe extern "C" {
    static _end: u8;
    static __executable_start: u8;
}

static BELL_STACK: Stack = Stack::new();
static EXAMINER_STACK: Stack = Stack::new();

/// The header in front of the boot archive: this magic, then the archive's length in bytes.
const HEADER_MAGIC: [u8; 8] = *b"ESCROWAR";
const HEADER_BYTES: usize = 16;

/// The boot archive's bytes: it follows the image, from the next page on. `None` where there is none.
fn archive_bytes(bootinfo: &BootInfoPtr) -> Option<&'static [u8]> {
    let image_start = (&raw const __executable_start).addr() & !0xfff;
    let image_end = image_start.checked_add(bootinfo.user_image_frames().range().len().checked_mul(4096)?)?;
    let start = (&raw const _end).addr().checked_next_multiple_of(4096)?;
    let room = image_end.checked_sub(start)?.checked_sub(HEADER_BYTES)?;
    let header = start as *const [u8; HEADER_BYTES];
    // SAFETY: the subtraction above says that the header lies in frames of the image, which the kernel has mapped for
    // good and nobody writes to.
    let header = unsafe { header.read() };
    let (magic, length) = header.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length.first_chunk::<8>()?)).ok()?;
    if *magic != HEADER_MAGIC || length > room {
        return None;
    }
    let first = start.checked_add(HEADER_BYTES)? as *const u8;
    // SAFETY: as above; the length was compared with what the image's frames leave.
    Some(unsafe { core::slice::from_raw_parts(first, length) })
}

/// The boot archive and the system's manifest in it.
fn archive(bootinfo: &BootInfoPtr) -> (Archive<'static>, SystemManifest) {
    let Some(bytes) = archive_bytes(bootinfo) else {
        unbootable(format_args!("no boot archive follows the root task's image"));
    };
    let archive = match Archive::open(bytes) {
        Ok(archive) => archive,
        Err(error) => unbootable(format_args!("the boot archive: {error}")),
    };
    let encoded = ipc_proto::name::Name::new(system::FILE).ok().and_then(|name| archive.find(&name));
    match encoded.map(SystemManifest::decode) {
        Some(Ok(system)) => (archive, system),
        Some(Err(error)) => unbootable(format_args!("{error}")),
        None => unbootable(format_args!("the boot archive has no system manifest")),
    }
}

/// The supervisor's notification with a badge of its own.
fn signal(
    memory: &mut Memory,
    notification: cap::Notification,
    badge: u64,
) -> Result<cap::Notification, SetUpError> {
    let slot = u64::from(memory.alloc_slots(1)?.first.0);
    arch::slot(slot).mint(&arch::root_slot(notification), CapRights::all(), badge)?;
    Ok(cap::Notification::from_bits(slot))
}

fn set_up(bootinfo: &BootInfoPtr) -> Result<Supervisor, SetUpError> {
    let mut memory = Memory::new(bootinfo)?;
    arch::map_scratch_table(&mut memory)?;
    let console = arch::open_console(bootinfo, &mut memory)?;
    let objects = Objects::make(&mut memory, &[ObjectBlueprint::Endpoint, ObjectBlueprint::Notification])?;
    let endpoint: cap::Endpoint = objects.cap(0);
    let notification: cap::Notification = objects.cap(1);
    sel4::init_thread::slot::TCB.cap().tcb_bind_notification(notification)?;
    let [tolled, passed, worked, examined] =
        [BELL, TIMER, WORKER, EXAMINER].map(|badge| signal(&mut memory, notification, badge));
    let bell = Bell::hang(&mut memory, tolled?, &BELL_STACK, u64::from(MAX_PRIORITY))?;
    let examiner = Bell::hang(&mut memory, examined?, &EXAMINER_STACK, arch::BELOW_EXAMINED)?;
    let worker = Worker::hire(&mut memory, worked?)?;
    let timer = Timer::set_up(bootinfo, &mut memory, passed?)?;
    let parking = Parking::lay_out(&mut memory)?;
    let (archive, system) = archive(bootinfo);
    let clock = system.clock.map(|_| arch::open_clock(bootinfo, &mut memory)).transpose()?;
    let line = if system.push {
        let heard = signal(&mut memory, notification, LINE)?;
        Line::open(bootinfo, &mut memory, heard)?
    } else {
        None
    };
    Ok(Supervisor::new(
        endpoint,
        memory,
        parking,
        Scratch::ready(),
        bell,
        Examiner::new(examiner),
        worker,
        timer,
        console,
        clock,
        line,
        archive,
        system,
    ))
}

/// Nothing can run: says why, marks the end, and stops.
fn unbootable(why: core::fmt::Arguments<'_>) -> ! {
    console::end(format_args!("this image cannot boot: {why}"));
    arch::stop()
}

/// Sets everything up, starts the boot modules, serves.
pub fn boot(bootinfo: &BootInfoPtr) -> ! {
    let mut supervisor = match set_up(bootinfo) {
        Ok(supervisor) => supervisor,
        Err(error) => unbootable(format_args!("the root task cannot be set up: {error}")),
    };
    say!("Escrow on seL4 ({})", arch::NAME);
    if let Err(why) = supervisor.load_boot_set() {
        unbootable(format_args!("{why}"));
    }
    if !start::has_stack_in_reserve() {
        unbootable(format_args!("the root task's stack is nearly used up: give it more in its start.rs"));
    }
    supervisor.run()
}
