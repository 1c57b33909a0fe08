//! What an operator is shown of who depends on whom.

use heapless::Vec;
use serde::{Deserialize, Serialize};

use super::State;
use crate::manifest::OnLoss;
use crate::name::Name;

/// How many pairs a page of [`Request::Dependents`](super::Request::Dependents) holds.
pub const DEPENDENTS_PAGE: usize = 8;

/// A module that is connected to services of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DependentInfo {
    /// The module that is connected.
    pub client: Name,
    /// The module that serves.
    pub server: Name,
    /// Where that one is in its life.
    pub state: State,
    /// What becomes of the client where the server is lost.
    pub on_loss: OnLoss,
}

/// The answer to [`Request::Dependents`](super::Request::Dependents).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependents {
    /// One entry for each pair.
    pub page: Vec<DependentInfo, DEPENDENTS_PAGE>,
    /// The number of the pair to go on from, if there are more.
    pub next: Option<u16>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;

    #[test]
    fn the_longest_page_fits_a_message() {
        let longest = Name::new(&"n".repeat(crate::name::MAX_NAME)).unwrap();
        let info = DependentInfo {
            client: longest,
            server: longest,
            state: State::Failed,
            on_loss: OnLoss::Restart,
        };
        let page = core::iter::repeat_n(info, DEPENDENTS_PAGE).collect();
        assert!(wire::encode(&Dependents { page, next: Some(u16::MAX) }, &mut [0; wire::MAX_WORDS]).is_ok());
    }
}
