//! A server that works on memory that its clients share with it, as `tests/modules/pane`, and what clients of it do.
#![allow(dead_code, reason = "each test file uses some of it")]

use ipc_proto::call_error::CallError;
use ipc_proto::label::Status;
use ipc_proto::window::WindowRefusal;
use module_rt::simulation::{Module, module};
use module_rt::window::{Window, WindowError};
use module_rt::{Client, Connection, Init, InitError, Restart, Server};

use crate::support::{METHOD, VERSION, connect, fails, manifest};

/// The size of the windows here where it does not matter.
pub const PAGES: u8 = 2;
/// What a pane is asked for: it adds this byte to each in the caller's window, and gives the sum of what is there then.
pub const ADD: u64 = 1;
/// How many bytes like this one it finds in the memory that it had last in hand.
pub const LAST: u64 = 2;
/// It fills that memory with this byte.
pub const KEEP: u64 = 3;
/// It takes the caller's capability back.
pub const EXPEL: u64 = 4;

pub fn all_of(window: Window) -> Vec<u8> {
    let mut bytes = vec![0; window.len()];
    window.read(0, &mut bytes).unwrap();
    bytes
}

pub fn sum(window: Window) -> u64 {
    all_of(window).into_iter().map(u64::from).sum()
}

pub fn count(window: Window, byte: u8) -> u64 {
    all_of(window).into_iter().filter(|found| *found == byte).count() as u64
}

pub fn fill(window: Window, byte: u8) {
    window.write(0, &vec![byte; window.len()]).unwrap();
}

/// As `tests/modules/pane`.
#[derive(Default)]
struct Pane {
    last: Option<Window>,
}

impl Server for Pane {
    fn words(&mut self, client: Client, _: u16, [what, byte, ..]: [u64; 4]) -> Result<[u64; 4], Status> {
        let sum = match what {
            ADD => {
                let window = Window::of(client).map_err(|_| Status::Refused)?;
                self.last = Some(window);
                let mut bytes = all_of(window);
                bytes.iter_mut().for_each(|old| *old = old.wrapping_add(byte as u8));
                window.write(0, &bytes).unwrap();
                sum(window)
            }
            LAST => self.last.map_or(u64::MAX, |last| count(last, byte as u8)),
            KEEP => {
                self.last.into_iter().for_each(|last| fill(last, byte as u8));
                0
            }
            EXPEL => {
                module_rt::request::revoke(client).map_err(|_| Status::Refused)?;
                0
            }
            _ => module_rt::fault::read_address_zero(),
        };
        Ok([sum, 0, 0, 0])
    }
}

pub fn pane_called(name: &'static str) -> Module {
    module(manifest(name, Restart::OnFailure), move |init: &mut Init| {
        init.reserve(name, VERSION)?;
        Ok(Pane::default())
    })
}

pub fn pane() -> Module {
    pane_called("pane")
}

pub fn ask(pane: Connection, what: u64, byte: u64) -> Result<u64, CallError> {
    pane.call_words(METHOD, [what, byte, 0, 0]).map(|[sum, ..]| sum)
}

pub fn refused(why: WindowRefusal) -> Result<Window, WindowError> {
    Err(WindowError::Refused(why))
}

/// A window that is fresh, which both fill and both see; an error where something has come in between.
pub fn share(init: &mut Init) -> Result<(Connection, Window), InitError> {
    let pane = connect(init, "pane")?;
    let window = pane.window(PAGES).map_err(|error| InitError::new(8, format_args!("{error}")))?;
    assert_eq!(sum(window), 0, "a fresh window");
    fill(window, 3);
    let all = 4 * window.len() as u64;
    assert_eq!(ask(pane, ADD, 1)?, all, "what the server finds, and has added one to each");
    match sum(window) {
        found if found == all => Ok((pane, window)),
        // Before, or in the middle of it.
        found if found == 0 || found == all / 2 => Err(fails("lost when it was looked at")),
        found => panic!("{found}"),
    }
}

/// What is in the place of a window that was lost can be written, and is nobody else's.
pub fn is_own(window: Window) {
    fill(window, 1);
    assert_eq!(sum(window), window.len() as u64);
}
