//! The thread that stands for an instance: it runs only while the kernel waits for it.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use ipc_proto::ids::Instance;

use crate::calls::{self, Asked, Goes, Way};

/// After so much time of this machine an instance that does not call the kernel is given up. It decides nothing else, and
/// what is given up fails the test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Why a thread does not go on to its next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stuck {
    /// It has not called the kernel for [`PATIENCE`].
    Busy,
    /// It has ended by itself, which no program of a module does.
    Over,
}

/// An instance's thread.
#[derive(Debug)]
pub(crate) struct Thread {
    goes: Sender<(Goes, u64)>,
    asks: Receiver<Asked>,
    handle: Option<JoinHandle<()>>,
}

impl Thread {
    /// Makes the thread. It runs when it is first let go on.
    ///
    /// # Errors
    /// This machine's.
    pub fn make(instance: Instance, name: &str, program: Arc<dyn Fn() + Send + Sync>) -> io::Result<Thread> {
        let (ask, asks) = channel();
        let (goes, goes_on) = channel();
        let way = Way { instance, ask, goes: goes_on };
        let run = move || {
            if let Ok((Goes::On(..), _)) = way.goes.recv() {
                calls::become_instance(way);
                program();
            }
        };
        let handle = Builder::new().name(name.to_owned()).spawn(run)?;
        Ok(Thread { goes, asks, handle: Some(handle) })
    }

    /// Lets it go on to its next call, at this moment.
    ///
    /// # Errors
    /// [`Stuck`]: there is none.
    pub fn go_on(&mut self, with: Goes, now: u64) -> Result<Asked, Stuck> {
        // Where it is over there is nobody to take it, and the next line says so.
        let _ = self.goes.send((with, now));
        self.asks.recv_timeout(PATIENCE).map_err(|error| match error {
            RecvTimeoutError::Timeout => {
                // It cannot be ended, nor waited for.
                self.handle = None;
                Stuck::Busy
            }
            RecvTimeoutError::Disconnected => Stuck::Over,
        })
    }
}

impl Drop for Thread {
    /// The instance is dead: its thread unwinds, and calls nobody any more.
    fn drop(&mut self) {
        let _ = self.goes.send((Goes::Nowhere, 0));
        if let Some(handle) = self.handle.take() {
            // It ends with a panic of its own, which says that it was ended.
            let _ = handle.join();
        }
    }
}
