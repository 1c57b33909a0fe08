//! Bulk data where a server is late: what it writes for a call that was taken back, or for a client that is gone, is in nobody
//! else's memory; nor is what a client's stub writes for a server that is gone.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "a test stops at what it does not expect"
)]

mod support;

use core::time::Duration;

use ipc_proto::call_error::CallError;
use ipc_proto::interface::bulk::{BulkError, BulkIn, BulkOut, CopyError};
use ipc_proto::interface::{Client, Failure, interface, wire_error};
use module_rt::bulk::Windows;
use module_rt::simulation::{Module, Programs, System, calls, module};
use module_rt::window::Window;
use module_rt::{Connection, Events, Init, InitError, Manifest, ipc_proto, log};
use support::connect;

/// How long a call for a drawing may take, and how long it takes to make one, in microseconds.
const PATIENCE: u64 = 1000;
const WORK: u64 = 5000;
/// The bytes of a drawing.
const BYTES: usize = 64;
/// What a studio draws with, and what a client does.
const INK: u8 = 0xee;
const PENCIL: u8 = 1;

/// Why there is no drawing.
#[wire_error]
pub enum StudioError {
    /// The studio is not there any more.
    Gone = 1,
    /// The call was cut off.
    Interrupted = 2,
}

/// Draws slowly.
#[interface(name = "studio", version = 1, error = StudioError, window_pages = 1)]
pub trait Studio {
    /// Gives a drawing.
    ///
    /// # Request
    /// Room for it.
    /// # Preconditions
    /// None.
    /// # Response
    /// Nothing.
    /// # Errors
    /// `Gone`, `Interrupted`.
    #[method(deadline_us = 1000)]
    fn draw(&mut self, paper: BulkOut<'_>) -> Result<(), StudioError>;

    /// Adds a drawing up.
    ///
    /// # Request
    /// The drawing.
    /// # Preconditions
    /// None.
    /// # Response
    /// The sum of its bytes.
    /// # Errors
    /// `Gone`, `Interrupted`.
    fn look(&mut self, drawing: BulkIn<'_>) -> Result<u64, StudioError>;

    /// What a studio that is curious finds in the memory that its caller shares with it.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// The first byte.
    /// # Errors
    /// `Gone`, `Interrupted`.
    fn pry(&mut self, client: Client) -> Result<u64, StudioError>;
}

struct Slow;

impl Studio for Slow {
    fn draw(&mut self, paper: BulkOut<'_>) -> Result<(), StudioError> {
        calls::work_for(Duration::from_micros(WORK));
        let copied = paper.copy_from(0, &[INK; BYTES]);
        log!("drawn: {copied:?}");
        copied.map_err(|_| StudioError::Gone)
    }

    fn look(&mut self, drawing: BulkIn<'_>) -> Result<u64, StudioError> {
        let mut bytes = [0; BYTES];
        drawing.copy_to(0, &mut bytes).map_err(|_| StudioError::Gone)?;
        Ok(bytes.iter().map(|byte| u64::from(*byte)).sum())
    }

    fn pry(&mut self, client: Client) -> Result<u64, StudioError> {
        let mut byte = [0];
        Window::of(client).unwrap().read(0, &mut byte).unwrap();
        Ok(u64::from(byte[0]))
    }
}

impl Events for Slow {}

fn studio(name: &'static str) -> Module {
    module(Manifest::new(name), move |init: &mut Init| -> Result<_, InitError> {
        init.offer_as::<StudioInterface>(name)?;
        Ok(StudioServer(Slow, Windows))
    })
}

fn lost(system: &System, times: usize) {
    let told = format!("drawn: {:?}", Err::<(), _>(CopyError::Lost));
    assert_eq!(system.lines_of("studio"), vec![told; times], "{}", system.story());
}

#[test]
fn what_is_written_after_a_deadline_is_not_in_the_next_calls_data() {
    const { assert!(WORK > PATIENCE) };
    let mut system = System::new(1);
    system.load(studio("studio"));
    let done = system.run_program("client", |init| {
        let studio: StudioClient<Connection> = init.client()?;
        let (first, mut paper) = (studio.look(&[PENCIL; BYTES]), [0; BYTES]);
        let drawn = studio.draw(&mut paper);
        Ok((first, drawn, paper == [0; BYTES], studio.look(&[PENCIL; BYTES])))
    });
    let sum = Ok(u64::from(PENCIL) * BYTES as u64);
    assert_eq!(done, Ok((sum, Err(Failure::Service(StudioError::Interrupted)), true, sum)));
    lost(&system, 1);
}

/// Another stub of the same client has the window of the call that was taken back in hand.
#[test]
fn who_has_another_stub_is_told_that_the_window_was_lost() {
    let mut system = System::new(1);
    system.load(studio("studio"));
    let done = system.run_program("client", |init| {
        let [one, other]: [StudioClient<Connection>; 2] = [init.client()?, init.client()?];
        let before = other.look(&[PENCIL; BYTES]);
        let _ = one.draw(&mut [0; BYTES]);
        let looked = [(); 2].map(|()| other.look(&[PENCIL; BYTES]));
        Ok((before, looked))
    });
    let sum = Ok(u64::from(PENCIL) * BYTES as u64);
    assert_eq!(done, Ok((sum, [Err(Failure::Bulk(BulkError::Lost)), sum])));
    lost(&system, 1);
}

#[test]
fn what_was_meant_for_a_client_that_is_gone_is_not_in_the_memory_of_the_next_one() {
    let mut system = System::new(1);
    system.load(studio("studio"));
    system.run();
    let place = |_: &mut Init| module_rt::start::instance().domain;
    let first = system.start_program("first", move |init| {
        let studio: StudioClient<Connection> = init.client()?;
        log!("{:?}", place(init));
        Ok(studio.draw(&mut [0; BYTES]).is_ok())
    });
    system.run_for(Duration::from_micros(PATIENCE / 2));
    let had = system.lines_of("first").concat();
    system.unload("first");
    let second = system.start_program("second", move |init| {
        let studio: StudioClient<Connection> = init.client()?;
        Ok((format!("{:?}", place(init)), studio.look(&[PENCIL; BYTES])))
    });
    system.run();
    let sum = u64::from(PENCIL) * BYTES as u64;
    assert_eq!(second.result(&system), Ok((had, Ok(sum))), "in its place: {}", system.story());
    assert!(first.result(&system).is_err());
    lost(&system, 1);
}

/// The client has a stub for each of the two servers, and the second one is where the first one was.
#[test]
fn what_a_stub_has_for_a_server_that_is_gone_is_not_seen_by_the_next_one() {
    let mut system = System::new(1);
    ["studio", "neighbour"].into_iter().for_each(|name| system.load(studio(name)));
    let client = system.start_program("client", |init| {
        let studio: StudioClient<Connection> = init.client()?;
        let first = studio.look(&[PENCIL; BYTES]);
        calls::work_for(Duration::from_millis(1));
        // It can be in the slot of the first one, so that the next one gets another.
        let _ = connect(init, "neighbour")?;
        let other = StudioClient::new(connect(init, "other")?);
        let between = other.look(&[PENCIL; BYTES]);
        calls::work_for(Duration::from_millis(1));
        let secret = studio.look(&[INK; BYTES]);
        Ok((first, between, secret, other.pry()))
    });
    system.run_for(Duration::from_micros(500));
    system.unload("studio");
    system.load(studio("other"));
    system.run_for(Duration::from_millis(1));
    assert_eq!(system.revoke("neighbour", "client"), 1);
    system.run();
    let sum = Ok(u64::from(PENCIL) * BYTES as u64);
    let gone = Err(Failure::Call(CallError::Gone));
    let seen = Ok(u64::from(PENCIL));
    assert_eq!(client.result(&system), Ok((sum, sum, gone, seen)), "{}", system.story());
}
