//! Tests of the table of windows.

use super::*;

const CLIENT: DomainId = DomainId(1);
const SERVER: DomainId = DomainId(2);

fn open(windows: &mut Windows, client: u16, server: u16, pages: u8) -> Result<usize, WindowRefusal> {
    let (number, window) = windows.plan(DomainId(client), DomainId(server), pages, 1 << 20)?;
    windows.set(number, window.opened().found());
    Ok(number)
}

#[test]
fn each_bound_below_at_and_above() {
    let windows = Windows::new();
    for (pages, result) in [(0, false), (1, true), (MAX_PAGES, true), (MAX_PAGES + 1, false)] {
        let planned = windows.plan(CLIENT, SERVER, pages, 64);
        assert_eq!(planned.map(|_| ()).is_ok(), result, "{pages} pages");
    }
    for (kib, result) in [(15, Err(WindowRefusal::NotGranted)), (16, Ok(())), (17, Ok(()))] {
        assert_eq!(windows.plan(CLIENT, SERVER, 4, kib).map(|_| ()), result, "{kib} KiB");
    }
    let mut full = Windows::new();
    for number in 0..MAX_WINDOWS as u16 {
        assert_eq!(open(&mut full, number, 100, 1), Ok(usize::from(number)));
    }
    assert_eq!(open(&mut full, 99, 100, 1), Err(WindowRefusal::TooMany));
    assert_eq!(windows.plan(CLIENT, CLIENT, 1, 64).unwrap_err(), WindowRefusal::NotConnected);
}

#[test]
fn a_client_has_no_more_in_all_its_windows_than_it_may() {
    let mut windows = Windows::new();
    open(&mut windows, 1, 2, 4).unwrap();
    open(&mut windows, 3, 1, 16).unwrap();
    assert_eq!(windows.plan(CLIENT, DomainId(4), 4, 31).unwrap_err(), WindowRefusal::NotGranted);
    assert!(windows.plan(CLIENT, DomainId(4), 4, 32).is_ok(), "what others opened is not its own");
    let number = windows.between(CLIENT, SERVER).unwrap().0;
    windows.set(number, windows.get(number).unwrap().lost(&[SERVER]));
    assert!(windows.plan(CLIENT, DomainId(4), 4, 16).is_ok(), "what it has lost does not count");
}

#[test]
fn each_window_of_a_module_has_a_region_of_its_own() {
    let mut windows = Windows::new();
    for (client, server) in [(1, 2), (3, 2), (2, 4), (1, 4)] {
        open(&mut windows, client, server, 1).unwrap();
    }
    for domain in [1, 2, 3, 4].map(DomainId) {
        let mut regions: std::vec::Vec<u8> = windows
            .of(domain)
            .flat_map(|number| windows.get(number).unwrap().sides)
            .filter(|side| side.domain == domain)
            .map(|side| side.region)
            .collect();
        let before = regions.len();
        regions.sort();
        regions.dedup();
        assert_eq!(regions.len(), before, "{domain}");
    }
}

#[test]
fn a_lost_window_comes_back_where_it_was() {
    let mut windows = Windows::new();
    open(&mut windows, 9, 2, 1).unwrap();
    let number = open(&mut windows, 1, 2, 4).unwrap();
    assert_eq!(windows.plan(CLIENT, SERVER, 4, 64).unwrap().0, number, "asked for again, it is the same");
    assert_eq!(windows.plan(CLIENT, SERVER, 5, 64).unwrap_err(), WindowRefusal::OtherSize);
    let window = windows.get(number).unwrap();
    let regions = window.sides.map(|side| side.region);
    windows.set(number, window.lost(&[SERVER]));
    for pages in [2, 5] {
        let (again, new) = windows.plan(CLIENT, SERVER, pages, 64).unwrap();
        assert_eq!((again, new.sides.map(|side| side.region), new.pages), (number, regions, pages));
        assert_eq!(new.sides.map(|side| side.view), [View::Grave, View::Nothing], "whoever has lost it");
    }
    windows.set(number, window.lost(&[CLIENT, SERVER]));
    assert_eq!(windows.between(CLIENT, SERVER), None, "nothing is left of it");
}

/// However many clients come and go, there are no more windows than there were clients at a time.
#[test]
fn a_place_that_a_client_has_left_is_the_next_clients() {
    let mut windows = Windows::new();
    let lose = |windows: &mut Windows, number, gone: &[DomainId]| {
        let window = windows.get(number).unwrap();
        windows.set(number, window.lost(gone));
    };
    for server in 90..94 {
        let [one, other] = [1, 2].map(|client| open(&mut windows, client, server, 2).unwrap());
        lose(&mut windows, one, &[DomainId(1)]);
        for client in 3..MAX_WINDOWS as u16 {
            let (number, window) = windows.plan(DomainId(client), DomainId(server), 1, 64).unwrap();
            assert_eq!((number, window.pages, window.reach), (one, 1, 2));
            assert_eq!(
                window.sides.map(|side| side.view),
                [View::Nothing, View::Grave],
                "until the server asks"
            );
            assert_eq!(open(&mut windows, client, server, 1), Ok(one));
            lose(&mut windows, one, &[DomainId(client)]);
        }
        lose(&mut windows, other, &[]);
        assert_eq!(open(&mut windows, 99, server, 1), Ok(one));
        let next = open(&mut windows, 98, server, 1).unwrap();
        assert!(next != one && next != other, "who has lost it with a call has its place still");
    }
}

/// What the server has in hand when a call was taken back, or its client is gone, is never the memory of the next call.
#[test]
fn the_server_has_what_it_has_lost_until_it_asks() {
    let views = |window: Window| window.sides.map(|side| side.view);
    let mut windows = Windows::new();
    let number = open(&mut windows, 1, 2, 4).unwrap();
    for gone in [&[][..], &[CLIENT]] {
        assert_eq!(windows.lost_with_call(CLIENT, SERVER), Some(number));
        windows.set(number, windows.get(number).unwrap().lost(gone));
        assert_eq!(windows.lost_with_call(CLIENT, SERVER), None, "it is lost already");
        let (again, window) = windows.plan(CLIENT, SERVER, 4, 64).unwrap();
        windows.set(again, window.opened());
        assert_eq!((again, views(window.opened())), (number, [View::Shared, View::Grave]));
        assert!(window.opened().is_shared());
        let lost_before = window.opened().lost(&[CLIENT]);
        assert_eq!(views(lost_before), [View::Nothing, View::Grave], "lost before the server has asked");
        windows.set(number, window.opened().found());
        assert_eq!(views(windows.get(number).unwrap()), [View::Shared; 2]);
    }
}

/// Whoever has an old view of a larger window goes on reading it.
#[test]
fn something_lies_as_far_as_it_ever_did_while_a_side_is_left() {
    let mut windows = Windows::new();
    let reach =
        |windows: &Windows| windows.between(CLIENT, SERVER).map(|(_, window)| (window.pages, window.reach));
    for (pages, reaches) in [(8, 8), (1, 8), (7, 8), (8, 8), (9, 9), (MAX_PAGES, MAX_PAGES), (1, MAX_PAGES)] {
        let number = open(&mut windows, 1, 2, pages).unwrap();
        assert_eq!(reach(&windows), Some((pages, reaches)));
        windows.set(number, windows.get(number).unwrap().lost(&[CLIENT]));
        assert_eq!(reach(&windows), Some((pages, reaches)), "lost");
    }
    let number = open(&mut windows, 1, 2, 1).unwrap();
    windows.set(number, windows.get(number).unwrap().lost(&[CLIENT, SERVER]));
    open(&mut windows, 1, 2, 1).unwrap();
    assert_eq!(reach(&windows), Some((1, 1)), "nobody has seen the one before");
}

#[test]
fn who_has_lost_a_window_has_a_grave_and_who_is_gone_has_nothing() {
    let window = Windows::new().plan(CLIENT, SERVER, 1, 64).unwrap().1;
    let views = |window: Window| window.sides.map(|side| side.view);
    assert_eq!(views(window), [View::Nothing; 2]);
    assert_eq!(views(window.opened().found()), [View::Shared; 2]);
    for (gone, left) in [
        (&[][..], [View::Grave, View::Grave]),
        (&[SERVER], [View::Grave, View::Nothing]),
        (&[CLIENT], [View::Nothing, View::Grave]),
        (&[CLIENT, SERVER], [View::Nothing; 2]),
    ] {
        let lost = window.opened().found().lost(gone);
        assert_eq!(views(lost), left, "{gone:?}");
        assert_eq!(views(lost.lost(&[])), left, "what is lost is not lost again");
        assert!(!lost.is_shared());
    }
    assert_eq!(views(window.opened().found().lost(&[SERVER]).lost(&[CLIENT])), [View::Nothing; 2]);
    assert_eq!(views(window.lost(&[])), [View::Nothing; 2], "where nothing was there is no grave");
}
