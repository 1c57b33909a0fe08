//! When the supervisor looks which calls and inits last too long, and which one it sees to next.
//!
//! A look goes through all modules, in their order. It sees to one thing in a turn, so that others are served in between,
//! and goes on behind that module: whoever makes calls that are overdue at once does not keep the look from its end.

use ipc_proto::ids::DomainId;

/// How often it looks in the shortest deadline of a running module's manifest.
pub const LOOKS: u64 = 4;
/// The shortest time from one look to the next, in nanoseconds: a look costs about 1,500 instructions for each module.
pub const MIN_BETWEEN: u64 = 1_000_000;

/// A call that somebody stands on, and that has a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who calls.
    pub client: DomainId,
    /// Whom.
    pub server: DomainId,
    /// When it is to be answered at the latest, in nanoseconds of the supervisor's clock.
    pub due: u64,
}

/// How long a call may take whose method does not say, in microseconds, by the manifests of the two. A client that has been
/// passed the connection waits no longer than its own calls may take: whom a third one has chosen does not say how long it waits.
pub const fn by_the_manifests(server: u32, client: u32, is_taken: bool) -> u32 {
    if is_taken && client < server { client } else { server }
}

/// Something that may last too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasts {
    /// A call.
    Call(Call),
    /// The init of this module, which is to have ended by then.
    Init(DomainId, u64),
}

impl Lasts {
    /// Whose it is.
    pub fn of(self) -> DomainId {
        match self {
            Lasts::Call(call) => call.client,
            Lasts::Init(module, _) => module,
        }
    }

    /// When it is to have ended.
    pub fn due(self) -> u64 {
        match self {
            Lasts::Call(call) => call.due,
            Lasts::Init(_, due) => due,
        }
    }
}

/// What one turn of a look comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Lasts too long: to be seen to now.
    pub overdue: Option<Lasts>,
    /// When the next turn is.
    pub next: u64,
}

/// Where the supervisor is in its looking.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looks {
    /// From one look to the next.
    between: u64,
    /// When the next look begins, as far as this one knows.
    next: u64,
    /// This look goes on behind this module.
    behind: Option<DomainId>,
}

impl Looks {
    /// Whether this module is still to be looked at in the look that is under way.
    pub fn awaits(&self, module: DomainId) -> bool {
        self.behind.is_none_or(|behind| module > behind)
    }

    /// Takes a turn: `all` is what the modules that [`Self::awaits`] names are in, in the order of their numbers, and
    /// `shortest` is the shortest deadline of all running modules, in microseconds.
    pub fn turn(&mut self, now: u64, shortest: u32, all: impl IntoIterator<Item = Lasts>) -> Turn {
        if self.behind.take().is_none() {
            self.between = between(shortest);
            self.next = now.saturating_add(self.between);
        }
        for lasts in all {
            if lasts.due() <= now {
                self.behind = Some(lasts.of());
                return Turn { overdue: Some(lasts), next: now };
            }
            self.next = self.next.min(lasts.due());
        }
        Turn { overdue: None, next: self.next }
    }

    /// A module with this deadline, in microseconds, has been started: when to look at the latest, if that is earlier
    /// than without it.
    pub fn in_time_for(&mut self, now: u64, deadline: u32) -> Option<u64> {
        let between = between(deadline);
        if between >= self.between {
            return None;
        }
        self.between = between;
        self.next = self.next.min(now.saturating_add(between));
        // A look that is under way goes on at once.
        self.behind.is_none().then_some(self.next)
    }
}

/// Nanoseconds from one look to the next.
fn between(shortest: u32) -> u64 {
    u64::from(shortest).saturating_mul(1000 / LOOKS).max(MIN_BETWEEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORTEST: u32 = 8000;
    const BETWEEN: u64 = 2_000_000;

    fn call(client: u16, due: u64) -> Lasts {
        Lasts::Call(Call { client: DomainId(client), server: DomainId(0), due })
    }

    fn init(module: u16, due: u64) -> Lasts {
        Lasts::Init(DomainId(module), due)
    }

    #[test]
    fn four_looks_in_the_shortest_deadline_and_never_more_than_the_bound() {
        for (micros, nanoseconds) in
            [(0, MIN_BETWEEN), (3999, MIN_BETWEEN), (4000, MIN_BETWEEN), (4001, MIN_BETWEEN + 250)]
        {
            assert_eq!(between(micros), nanoseconds, "{micros}");
        }
        assert_eq!(between(u32::MAX), u64::from(u32::MAX) * 250);
    }

    #[test]
    fn on_a_connection_that_was_taken_the_shorter_deadline_of_the_two_counts() {
        for (server, client, taken) in [(7, 6, 6), (7, 7, 7), (7, 8, 7), (1, u32::MAX, 1), (u32::MAX, 1, 1)] {
            assert_eq!(by_the_manifests(server, client, true), taken, "{server}, {client}");
            assert_eq!(by_the_manifests(server, client, false), server, "{server}, {client}");
        }
    }

    #[test]
    fn the_next_look_is_at_the_earliest_deadline_that_is_known() {
        let mut looks = Looks::default();
        let none = looks.turn(10, SHORTEST, []);
        assert_eq!(none, Turn { overdue: None, next: 10 + BETWEEN });
        let turn = looks.turn(20, SHORTEST, [call(1, 90), call(2, 50), call(3, u64::MAX)]);
        assert_eq!(turn, Turn { overdue: None, next: 50 });
    }

    #[test]
    fn one_in_a_turn_and_each_client_once_in_a_look() {
        let mut looks = Looks::default();
        let first = looks.turn(100, SHORTEST, [call(1, 150), call(2, 100), call(3, 99)]);
        assert_eq!(first, Turn { overdue: Some(call(2, 100)), next: 100 });
        let awaited: std::vec::Vec<u16> = (0..5).filter(|id| looks.awaits(DomainId(*id))).collect();
        assert_eq!(awaited, [3, 4], "the second calls again, and waits for the next look");
        let second = looks.turn(110, SHORTEST, [call(3, 99), call(4, 170)]);
        assert_eq!(second, Turn { overdue: Some(call(3, 99)), next: 110 });
        // What the first turn has seen is not forgotten.
        assert_eq!(looks.turn(120, SHORTEST, [call(4, 170)]), Turn { overdue: None, next: 150 });
        assert!(looks.awaits(DomainId(0)), "the look is over");
    }

    #[test]
    fn an_init_is_looked_at_like_a_call() {
        let mut looks = Looks::default();
        let before = looks.turn(100, SHORTEST, [init(1, 101), call(2, 200)]);
        assert_eq!(before, Turn { overdue: None, next: 101 });
        let first = looks.turn(101, SHORTEST, [init(1, 101), call(2, 101)]);
        assert_eq!(first, Turn { overdue: Some(init(1, 101)), next: 101 });
        assert!(!looks.awaits(DomainId(1)) && looks.awaits(DomainId(2)));
        let second = looks.turn(101, SHORTEST, [call(2, 101)]);
        assert_eq!(second, Turn { overdue: Some(call(2, 101)), next: 101 });
    }

    #[test]
    fn a_module_with_a_short_deadline_has_the_look_come_sooner() {
        let mut looks = Looks::default();
        looks.turn(0, SHORTEST, []);
        assert_eq!(looks.in_time_for(100, SHORTEST), None);
        assert_eq!(looks.in_time_for(100, SHORTEST / 2), Some(100 + BETWEEN / 2));
        assert_eq!(looks.in_time_for(200, SHORTEST / 2), None);
        assert_eq!(looks.turn(300, SHORTEST, [call(1, 400)]).next, 400);
        let mut looks = Looks::default();
        looks.turn(300, SHORTEST, [call(1, 400)]);
        assert_eq!(looks.in_time_for(310, 4000), Some(400), "not later than what is known to be due");
        looks.turn(400, SHORTEST, [call(1, 400)]);
        assert_eq!(looks.in_time_for(410, 4000), None, "a look that is under way is not put off");
        assert_eq!(looks.turn(420, SHORTEST, []).next, 410 + MIN_BETWEEN);
    }
}
