//! Windows in any order of opening, losing and closing: no module has two of them in one place, no client more than it may,
//! and a lost one comes back where it was: for the server when it asks, and with something in all pages that it had there.
//! What a client that is gone has left to a server is the next client's.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it expects"
)]

use std::collections::{BTreeMap, BTreeSet};

use ipc_proto::ids::DomainId;
use ipc_proto::window::{MAX_PAGES, REGIONS, WindowRefusal};
use proptest::prelude::*;
use root_task_core::windows::{MAX_WINDOWS, View, Window, Windows};

/// What each client may have, in KiB.
const KIB: u32 = 320;

#[derive(Clone, Debug)]
enum Step {
    Open(u16, u16, u8),
    /// The server asks whose memory a call is about.
    Ask(u16, u16),
    /// The client or the server dies; the other side keeps its place.
    Die(u16),
    /// A window's other side goes, too: nothing is left of it.
    Close(u16, u16),
}

fn step() -> impl Strategy<Value = Step> {
    let module = || 0u16..9;
    prop_oneof![
        8 => (module(), module(), 0u8..MAX_PAGES + 2).prop_map(|(client, server, pages)| Step::Open(client, server, pages)),
        4 => (module(), module()).prop_map(|(client, server)| Step::Ask(client, server)),
        1 => module().prop_map(Step::Die),
        1 => (module(), module()).prop_map(|(client, server)| Step::Close(client, server)),
    ]
}

/// The windows, and where each pair had its own while any side of it was left, and how far it reached.
#[derive(Default)]
struct Run {
    windows: Windows,
    places: BTreeMap<(DomainId, DomainId), (usize, [u8; 2])>,
    reached: BTreeMap<(DomainId, DomainId), u8>,
}

impl Run {
    fn all(&self) -> Vec<(usize, Window)> {
        (0..MAX_WINDOWS).filter_map(|number| Some((number, self.windows.get(number)?))).collect()
    }

    fn open(&mut self, client: DomainId, server: DomainId, pages: u8) {
        let shared = self.all().into_iter().filter(|(_, window)| window.is_shared());
        let own = shared.filter(|(_, window)| window.sides[0].domain == client);
        let others: u32 = own
            .filter(|(_, window)| window.sides[1].domain != server)
            .map(|(_, window)| u32::from(window.pages))
            .sum();
        let before = self.windows.between(client, server);
        match self.windows.plan(client, server, pages, KIB) {
            Ok((number, window)) => {
                assert!((1..=MAX_PAGES).contains(&pages) && window.pages == pages && client != server);
                assert!((others + u32::from(pages)) * 4 <= KIB, "more than the client may have");
                let regions = window.sides.map(|side| side.region);
                let was = self.windows.get(number).map(|was| was.sides.map(|side| side.domain));
                if let Some([gone, own]) = was.filter(|was| *was != [client, server]) {
                    assert_eq!(own, server, "its place was another server's");
                    assert_eq!(before, None, "this client had one of its own");
                    let reach = self.reached.remove(&(gone, own)).unwrap_or_default();
                    self.reached.insert((client, server), reach);
                    let left = self.places.remove(&(gone, own)).map(|(_, [_, region])| region);
                    assert_eq!(left, Some(regions[1]), "the server has it where it was");
                }
                let place = *self.places.entry((client, server)).or_insert((number, regions));
                assert_eq!((number, regions), place, "it is where it was");
                let views = |window: Window| window.sides.map(|side| side.view);
                let had = self.windows.get(number).map_or([View::Nothing; 2], views);
                assert!(before.is_some() || had[0] == View::Nothing, "another client's");
                assert_eq!(views(window), had, "whoever has something there has it still");
                assert_eq!(views(window.opened()), [View::Shared, had[1]]);
                self.windows.set(number, window.opened());
                let reached = self.reached.entry((client, server)).or_default();
                *reached = pages.max(*reached);
            }
            Err(WindowRefusal::Size) => assert!(pages == 0 || pages > MAX_PAGES),
            Err(WindowRefusal::NotConnected) => assert_eq!(client, server),
            Err(WindowRefusal::OtherSize) => {
                assert!(before.is_some_and(|(_, window)| window.is_shared() && window.pages != pages));
            }
            Err(WindowRefusal::NotGranted) => assert!((others + u32::from(pages)) * 4 > KIB),
            Err(refusal) => {
                assert_eq!((refusal, before), (WindowRefusal::TooMany, None));
                let full = |domain| self.windows.of(domain).count() >= usize::from(REGIONS);
                assert!(self.all().len() == MAX_WINDOWS || full(client) || full(server));
            }
        }
    }

    fn ask(&mut self, client: DomainId, server: DomainId) {
        if let Some((number, window)) = self.windows.between(client, server)
            && window.is_shared()
        {
            self.windows.set(number, window.found());
        }
    }

    fn die(&mut self, who: DomainId) {
        for number in self.windows.of(who).collect::<Vec<_>>() {
            let Some(mut window) = self.windows.get(number) else { continue };
            let [client, server] = window.sides.map(|side| side.domain);
            for side in &mut window.sides {
                side.view = match side.view {
                    _ if side.domain == who => View::Nothing,
                    View::Shared => View::Grave,
                    view => view,
                };
            }
            self.windows.set(number, window);
            if self.windows.get(number).is_none() {
                self.forget(client, server);
            }
        }
    }

    fn close(&mut self, client: DomainId, server: DomainId) {
        let Some((number, mut window)) = self.windows.between(client, server) else { return };
        window.sides.iter_mut().for_each(|side| side.view = View::Nothing);
        self.windows.set(number, window);
        self.forget(client, server);
    }

    fn forget(&mut self, client: DomainId, server: DomainId) {
        self.places.remove(&(client, server));
        self.reached.remove(&(client, server));
    }

    fn check(&self) {
        let all = self.all();
        assert_eq!(all.len(), self.places.len(), "those of which anything is left, and no others");
        let (mut regions, mut pairs) = (BTreeSet::new(), BTreeSet::new());
        for (number, window) in &all {
            let [client, server] = window.sides.map(|side| side.domain);
            assert!(pairs.insert((client, server)), "two windows for {client} and {server}");
            assert_eq!(self.windows.between(client, server), Some((*number, *window)));
            assert_eq!(self.reached[&(client, server)], window.reach, "as far as it ever did");
            for side in &window.sides {
                assert!(side.region < REGIONS);
                assert!(
                    regions.insert((side.domain, side.region)),
                    "two windows in a region of {}",
                    side.domain
                );
                assert!(self.windows.of(side.domain).any(|of| of == *number));
            }
        }
    }
}

proptest! {
    #[test]
    fn each_window_has_a_place_of_its_own(steps in prop::collection::vec(step(), 1..120)) {
        let mut run = Run::default();
        for step in steps {
            match step {
                Step::Open(client, server, pages) => run.open(DomainId(client), DomainId(server), pages),
                Step::Ask(client, server) => run.ask(DomainId(client), DomainId(server)),
                Step::Die(who) => run.die(DomainId(who)),
                Step::Close(client, server) => run.close(DomainId(client), DomainId(server)),
            }
            run.check();
        }
    }
}
