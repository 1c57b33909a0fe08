//! Interface `till` as three builds of it have it: as it was first; with its two methods in the other order, in the same
//! version, so that each has the number of the other; and in that order in the next version.
#![no_std]
#![forbid(unsafe_code)]

use ipc_proto::interface::wire_error;

/// What can go wrong.
#[wire_error]
pub enum TillError {
    /// There are not so many coins in it.
    Empty = 1,
    /// The server died while it had the call, which may have been executed.
    Interrupted = 2,
}

/// What a server of each knows.
#[derive(Debug, Default)]
pub struct Coins(u64);

impl Coins {
    fn put(&mut self, coins: u64) -> Result<u64, TillError> {
        self.0 = self.0.saturating_add(coins);
        Ok(self.0)
    }

    fn take(&mut self, coins: u64) -> Result<u64, TillError> {
        self.0 = self.0.checked_sub(coins).ok_or(TillError::Empty)?;
        Ok(self.0)
    }
}

macro_rules! till {
    ($(#[$what:meta])* $of:ident, $version:tt, $first:ident, $second:ident) => {
        $(#[$what])*
        pub mod $of {
            use ipc_proto::interface::interface;

            use super::{Coins, TillError};

            /// Keeps coins.
            #[interface(name = "till", version = $version, error = TillError)]
            pub trait Till {
                /// Puts coins in, or takes them out, as the method's name says.
                ///
                /// # Request
                /// How many.
                ///
                /// # Preconditions
                /// None.
                ///
                /// # Response
                /// How many are in it then.
                ///
                /// # Errors
                /// `Empty` where so many are not in it.
                fn $first(&mut self, coins: u64) -> Result<u64, TillError>;

                /// The other of the two.
                ///
                /// # Request
                /// How many.
                ///
                /// # Preconditions
                /// None.
                ///
                /// # Response
                /// How many are in it then.
                ///
                /// # Errors
                /// `Empty` where so many are not in it.
                fn $second(&mut self, coins: u64) -> Result<u64, TillError>;
            }

            impl Till for Coins {
                fn put(&mut self, coins: u64) -> Result<u64, TillError> {
                    Coins::put(self, coins)
                }

                fn take(&mut self, coins: u64) -> Result<u64, TillError> {
                    Coins::take(self, coins)
                }
            }
        }
    };
}

impl ipc_proto::interface::dispatch::Events for Coins {}

till!(
    /// As it was first.
    first, 1, put, take
);
till!(
    /// Its methods are swapped, and its version is the same.
    swapped, 1, take, put
);
till!(
    /// Its methods are swapped, and its version says so.
    raised, 2, take, put
);
