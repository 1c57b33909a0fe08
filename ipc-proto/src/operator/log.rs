//! What an operator is shown of the log.

use heapless::Vec;
use serde::{Deserialize, Serialize};

use crate::ids::Generation;
use crate::name::Name;
use crate::supervisor::Line;

/// How many lines a page of [`Request::Log`](super::Request::Log) holds: as many of the longest as fit a message.
pub const LOG_PAGE: usize = 3;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// The module that it is from, or about.
    pub module: Name,
    /// Which of its instances.
    pub generation: Generation,
    /// Its place among all lines of all modules, those included that were dropped; the first is 0.
    pub sequence: u64,
    /// Its place among all lines of its module, those included that were dropped; the first is 1.
    pub number: u64,
    /// When, in microseconds of the supervisor's clock, which starts with the machine.
    pub micros: u64,
    /// Whether the module has written it. Otherwise the supervisor has.
    pub own: bool,
    /// The text as it is, control characters included.
    pub text: Line,
}

/// The answer to [`Request::Log`](super::Request::Log).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogAnswer {
    /// Lines.
    Page {
        /// The first of them; none where there are none any more.
        page: Vec<Logged, LOG_PAGE>,
        /// The sequence number that the next line will have.
        end: u64,
    },
    /// The module is not loaded, and the log has no line of it.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::supervisor::MAX_LINE;
    use crate::wire;

    fn longest() -> Logged {
        Logged {
            module: Name::new(&"n".repeat(crate::name::MAX_NAME)).unwrap(),
            generation: Generation(u32::MAX),
            sequence: u64::MAX,
            number: u64::MAX,
            micros: u64::MAX,
            own: true,
            text: Line::try_from("x".repeat(MAX_LINE).as_str()).unwrap(),
        }
    }

    #[test]
    fn the_longest_page_fits_a_message_and_one_more_line_would_not() {
        let page: Vec<_, LOG_PAGE> = core::iter::repeat_n(longest(), LOG_PAGE).collect();
        let mut words = [0; wire::MAX_WORDS];
        assert!(wire::encode(&LogAnswer::Page { page, end: u64::MAX }, &mut words).is_ok());
        let page: Vec<_, { LOG_PAGE + 1 }> = core::iter::repeat_n(longest(), LOG_PAGE + 1).collect();
        assert!(wire::encode(&page, &mut words).is_err());
    }
}
