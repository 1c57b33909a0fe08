//! Who wants to be signalled when the next line of the log comes: each once, for one module's lines or for all.

use heapless::Vec;
use ipc_proto::ids::Instance;
use ipc_proto::name::Name;

use crate::system::MAX_OPERATORS;

/// Whom a line is to be told to.
pub type Told = Vec<Instance, MAX_OPERATORS>;

struct Follower {
    who: Instance,
    /// All where none is named.
    module: Option<Name>,
    /// Lines before this one it knows.
    from: u64,
}

/// Those who wait for a line.
#[derive(Default)]
pub struct Followers {
    list: Vec<Follower, MAX_OPERATORS>,
}

/// As many follow the log as may: as there can be operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyFollowers;

impl Followers {
    /// None.
    pub const fn new() -> Followers {
        Followers { list: Vec::new() }
    }

    /// `who` waits for a line with this sequence number or a higher one, in the place of what it waited for before.
    /// `is_running` says who can still be told.
    ///
    /// # Errors
    /// [`TooManyFollowers`]; the others are as before.
    pub fn follow(
        &mut self,
        who: Instance,
        module: Option<Name>,
        from: u64,
        is_running: impl Fn(Instance) -> bool,
    ) -> Result<(), TooManyFollowers> {
        self.list.retain(|follower| follower.who.domain != who.domain && is_running(follower.who));
        self.list.push(Follower { who, module, from }).map_err(|_| TooManyFollowers)
    }

    /// A line has come: those who have waited for it, and wait no more.
    pub fn line(&mut self, module: &Name, sequence: u64) -> Told {
        let mut told = Told::new();
        self.list.retain(|follower| {
            let wanted = follower.module.is_none_or(|wanted| wanted == *module) && sequence >= follower.from;
            if wanted {
                // There is room: the lists are of one length.
                let _ = told.push(follower.who);
            }
            !wanted
        });
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ipc_proto::ids::{DomainId, Generation};

    fn who(domain: u16) -> Instance {
        Instance { domain: DomainId(domain), generation: Generation(1) }
    }

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn all(_: Instance) -> bool {
        true
    }

    #[test]
    fn each_is_told_once_of_what_it_waits_for() {
        let mut followers = Followers::new();
        followers.follow(who(1), Some(name("a")), 5, all).unwrap();
        followers.follow(who(2), None, 7, all).unwrap();
        assert_eq!(followers.line(&name("a"), 4), [], "it knows that line");
        assert_eq!(followers.line(&name("b"), 6), [], "of another module, and an earlier one");
        assert_eq!(followers.line(&name("a"), 7), [who(1), who(2)]);
        assert_eq!(followers.line(&name("a"), 8), [], "they have not asked again");
    }

    #[test]
    fn a_second_wait_takes_the_place_of_the_first() {
        let mut followers = Followers::new();
        followers.follow(who(1), Some(name("a")), 0, all).unwrap();
        followers.follow(who(1), Some(name("b")), 0, all).unwrap();
        assert_eq!(followers.line(&name("a"), 1), []);
        assert_eq!(followers.line(&name("b"), 2), [who(1)]);
    }

    #[test]
    fn below_at_and_above_the_bound_and_the_dead_make_room() {
        let mut followers = Followers::new();
        let most = u16::try_from(MAX_OPERATORS).unwrap();
        for domain in 0..most {
            assert_eq!(followers.follow(who(domain), None, 0, all), Ok(()), "{domain}");
        }
        assert_eq!(followers.follow(who(most), None, 0, all), Err(TooManyFollowers));
        assert_eq!(followers.follow(who(0), None, 0, all), Ok(()), "it has a place");
        assert_eq!(followers.follow(who(most), None, 0, |other| other != who(1)), Ok(()));
        assert_eq!(followers.line(&name("a"), 1), [who(2), who(3), who(0), who(most)]);
    }
}
