//! A server that answers later: it gives letters to who waits for one.

use std::time::Duration;

use ipc_proto::interface::dispatch::Events;
use ipc_proto::interface::{Failure, Reply, interface, wire_error};
use module_rt::simulation::{Module, Program, Programs, System, module};
use module_rt::{Client, Connection, Event, Init, Restart, alarm};

/// What can go wrong.
#[wire_error]
pub enum LettersError {
    /// None has come in time.
    None = 1,
    /// The server died while it had the call, or it was taken from the server.
    Interrupted = 2,
}

/// Keeps who waits for a letter.
#[interface(name = "letters", version = 1, error = LettersError)]
pub trait Letters {
    /// Waits for a letter.
    ///
    /// # Request
    /// How many milliseconds at most; 0 is for ever, and [`BANNED`] has the client's capability taken back.
    /// # Preconditions
    /// None.
    /// # Response
    /// The letter.
    /// # Errors
    /// `None` where none has come in that time.
    #[method(deferred)]
    fn receive(&mut self, client: Client, longest: u32, reply: Reply<u64, LettersError>);

    /// The same for ever, but the call has a short deadline.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// The letter.
    /// # Errors
    /// None.
    #[method(deferred, deadline_us = 20_000)]
    fn receive_soon(&mut self, reply: Reply<u64, LettersError>);

    /// Gives everybody who waits a letter.
    ///
    /// # Request
    /// The letter.
    /// # Preconditions
    /// None.
    /// # Response
    /// How many it reached, and of how many.
    /// # Errors
    /// None.
    fn send(&mut self, letter: u64) -> Result<[u32; 2], LettersError>;

    /// Gives the one who waits longest a letter.
    ///
    /// # Request
    /// The letter.
    /// # Preconditions
    /// None.
    /// # Response
    /// Whether it reached them: 1 or 0.
    /// # Errors
    /// `None` where nobody waits.
    fn send_one(&mut self, letter: u64) -> Result<u64, LettersError>;

    /// Loses everybody who waits.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// How many they were.
    /// # Errors
    /// None.
    fn lose(&mut self) -> Result<u64, LettersError>;

    /// How many of them wait still whose replies are kept.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// How many, and of how many.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn awaited(&mut self) -> Result<[u32; 2], LettersError>;

    /// How many wait.
    ///
    /// # Request
    /// Nothing.
    /// # Preconditions
    /// None.
    /// # Response
    /// Their number.
    /// # Errors
    /// None.
    #[method(idempotent)]
    fn kept(&mut self) -> Result<u64, LettersError>;
}

/// The way to it.
pub type Way = LettersClient<Connection>;
/// What a client reads.
pub type Read = Result<u64, Failure<LettersError>>;
/// Who says that it waits so long is banned.
pub const BANNED: u32 = u32::MAX;

#[derive(Default)]
struct State(Vec<Reply<u64, LettersError>>);

impl State {
    fn answer(&mut self, result: Result<&u64, LettersError>) -> [u32; 2] {
        let reached: Vec<bool> = self.0.drain(..).map(|reply| reply.answer(result)).collect();
        let count = |reached: &mut dyn Iterator<Item = &bool>| u32::try_from(reached.count()).unwrap();
        [count(&mut reached.iter().filter(|reached| **reached)), count(&mut reached.iter())]
    }
}

impl Letters for State {
    fn receive(&mut self, client: Client, longest: u32, reply: Reply<u64, LettersError>) {
        self.0.push(reply);
        match longest {
            0 => {}
            BANNED => module_rt::request::revoke(client).unwrap(),
            longest => alarm::after(Duration::from_millis(longest.into())).unwrap(),
        }
    }

    fn receive_soon(&mut self, reply: Reply<u64, LettersError>) {
        self.0.push(reply);
    }

    fn send(&mut self, letter: u64) -> Result<[u32; 2], LettersError> {
        Ok(self.answer(Ok(&letter)))
    }

    fn send_one(&mut self, letter: u64) -> Result<u64, LettersError> {
        let first = (!self.0.is_empty()).then(|| self.0.remove(0));
        first.map(|reply| u64::from(reply.answer(Ok(&letter)))).ok_or(LettersError::None)
    }

    fn lose(&mut self) -> Result<u64, LettersError> {
        Ok(self.0.drain(..).count() as u64)
    }

    fn awaited(&mut self) -> Result<[u32; 2], LettersError> {
        let awaited = self.0.iter().filter(|reply| reply.is_awaited()).count();
        Ok([awaited, self.0.len()].map(|count| u32::try_from(count).unwrap()))
    }

    fn kept(&mut self) -> Result<u64, LettersError> {
        Ok(self.0.len() as u64)
    }
}

impl Events for State {
    fn event(&mut self, event: Event) {
        if event == Event::Alarm {
            self.answer(Err(LettersError::None));
        }
    }
}

/// It, with a locker of 2^n slots.
pub fn letters(locker_bits: u8) -> Module {
    let manifest =
        module_rt::Manifest { locker_bits, ..crate::support::manifest("letters", Restart::OnFailure) };
    module(manifest, |init: &mut Init| {
        init.offer::<LettersInterface>()?;
        Ok(LettersServer(State::default()))
    })
}

/// A client that waits for a letter.
pub fn reads(system: &mut System, name: &str, longest: u32) -> Program<Read> {
    system.start_program(name, move |init: &mut Init| {
        let letters: Way = init.client()?;
        Ok(letters.receive(longest))
    })
}

/// One that sends a letter after so many milliseconds, and gives whom that reached.
pub fn sends(system: &mut System, name: &str, after: u64, letter: u64) -> Program<[u32; 2]> {
    system.start_program(name, move |init: &mut Init| {
        alarm::sleep(Duration::from_millis(after))?;
        let letters: Way = init.client()?;
        letters.send(letter).map_err(|error| crate::support::fails(&error.to_string()))
    })
}
