//! Bulk data of an interface: the window of a connection as its stub and its dispatch want it, see `ipc_proto::interface::bulk`.

use core::sync::atomic::{AtomicU64, Ordering};

use ipc_proto::interface::Client;
use ipc_proto::interface::bulk::{self, Share};

use crate::clock;
use crate::connection::Connection;
use crate::sys;
use crate::window::{Window, WindowError};

impl Share for Connection {
    type Memory = &'static [AtomicU64];

    fn share(&self, pages: u8) -> Result<&'static [AtomicU64], WindowError> {
        self.window(pages).map(Window::words)
    }

    #[inline(always)]
    fn made(&self) -> u64 {
        sys::windows_made(|made| made.load(Ordering::Relaxed))
    }

    fn moment(&self) -> u64 {
        clock::ticks()
    }
}

/// The windows that this module shares with its clients. The supervisor is asked at every call: it knows whether memory is
/// shared still, and a place that was shared once holds other memory afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Windows;

impl bulk::Windows for Windows {
    type Memory = &'static [AtomicU64];

    fn of(&self, client: Client) -> Option<&'static [AtomicU64]> {
        Window::of(client).ok().map(Window::words)
    }
}
