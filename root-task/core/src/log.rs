//! What modules have logged last and what the supervisor has said of them: for each module, as much as its share holds.
//!
//! Each module has a place of its own, so that one that floods pushes out its own lines and nobody else's. There are as
//! many places as there can be modules: a module that is new here finds one that is free, or takes that of a module
//! which is not loaded any more, the one that has been silent longest. Until then lines outlive restarts and unloads.

use heapless::Vec;
use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::supervisor::MAX_LINE;
use zerocopy::little_endian::{U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::ledger::MAX_MODULES;

/// The bytes of a module's share: what it may log in a period unless it is granted more, so that a whole burst of short
/// lines is lost only to the next burst. All shares together are 64 KiB.
pub const SHARE: usize = 2048;
/// What is kept of a line beside its text, in bytes.
pub const HEAD: usize = size_of::<Head>();

// The length of a text is kept in a byte, and the longest line fits into a share.
const _: () = assert!(MAX_LINE <= u8::MAX as usize && HEAD + MAX_LINE <= SHARE);

/// A line as it is put into the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The module that it is from, or about.
    pub name: Name,
    /// Which of its instances.
    pub generation: Generation,
    /// When, in microseconds of the supervisor's clock.
    pub micros: u64,
    /// Whether the module has written it. Otherwise the supervisor has.
    pub own: bool,
    /// The text as it is, control characters included.
    pub text: &'a str,
}

/// A line that is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The line, cut at [`MAX_LINE`].
    pub line: Line<'a>,
    /// Its place among all lines of all modules, those included that were dropped; the first is 0.
    pub sequence: u64,
    /// Its place among all lines of its module, those included that were dropped; the first is 1.
    pub number: u64,
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Head {
    sequence: U64,
    micros: U64,
    number: U64,
    generation: U32,
    own: u8,
    length: u8,
}

impl Head {
    /// The line of which it is the head.
    fn line<'a>(&self, name: Name, text: &'a [u8]) -> Line<'a> {
        Line {
            name,
            generation: Generation(self.generation.get()),
            micros: self.micros.get(),
            own: self.own != 0,
            text: core::str::from_utf8(text).unwrap_or_default(),
        }
    }
}

/// The lines of a module, the oldest first: head and text, one behind the other.
struct Place {
    name: Option<Name>,
    /// The sequence number of its last line, kept or not.
    last: u64,
    /// How many lines the module has had, kept or not.
    count: u64,
    used: usize,
    bytes: [u8; SHARE],
}

impl Place {
    const fn new(name: Option<Name>) -> Place {
        Place { name, last: 0, count: 0, used: 0, bytes: [0; SHARE] }
    }

    fn lines(&self) -> impl Iterator<Item = (Head, &[u8])> {
        let mut rest = self.bytes.get(..self.used).unwrap_or_default();
        core::iter::from_fn(move || {
            let (head, behind) = Head::read_from_prefix(rest).ok()?;
            let (text, behind) = behind.split_at_checked(usize::from(head.length))?;
            rest = behind;
            Some((head, text))
        })
    }

    fn is_asked_for(&self, module: Option<&Name>) -> bool {
        self.name.is_some_and(|name| module.is_none_or(|module| *module == name))
    }

    /// Its first line from this sequence number on.
    fn first(&self, from: u64) -> Option<Entry<'_>> {
        let (name, (head, text)) = (self.name?, self.lines().find(|(head, _)| head.sequence.get() >= from)?);
        Some(Entry { line: head.line(name, text), sequence: head.sequence.get(), number: head.number.get() })
    }

    /// Drops the oldest lines until there is room for so many bytes.
    fn make_room(&mut self, bytes: usize) {
        let too_many = self.used.saturating_add(bytes).saturating_sub(SHARE);
        let mut dropped = 0_usize;
        for (_, text) in self.lines() {
            if dropped >= too_many {
                break;
            }
            dropped = dropped.saturating_add(HEAD).saturating_add(text.len());
        }
        self.bytes.copy_within(dropped.min(self.used)..self.used, 0);
        self.used = self.used.saturating_sub(dropped);
    }

    fn append(&mut self, bytes: &[u8]) {
        let end = self.used.saturating_add(bytes.len());
        if let Some(free) = self.bytes.get_mut(self.used..end) {
            free.copy_from_slice(bytes);
            self.used = end;
        }
    }
}

/// As much of a text as has room in `most` bytes, without cutting a character.
fn cut(text: &str, most: usize) -> &str {
    text.get(..text.floor_char_boundary(most)).unwrap_or_default()
}

/// The log.
pub struct Log {
    places: [Place; MAX_MODULES],
    /// The sequence number of the next line.
    end: u64,
}

impl Log {
    /// Nothing is in it.
    pub const fn new() -> Log {
        Log { places: [const { Place::new(None) }; MAX_MODULES], end: 0 }
    }

    /// The sequence number that the next line will have.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Whether the module has a place: it has logged since it was loaded last, or nobody has needed its place since.
    pub fn knows(&self, name: &Name) -> bool {
        self.places.iter().any(|place| place.name == Some(*name))
    }

    /// Puts a line into the log; the module's oldest lines make room for it. `is_loaded` says which modules are not to
    /// lose their place.
    pub fn put(&mut self, line: &Line<'_>, is_loaded: impl Fn(&Name) -> bool) {
        let sequence = self.end;
        let text = cut(line.text, MAX_LINE);
        let Ok(length) = u8::try_from(text.len()) else { return };
        let Some(place) = self.place_of(line.name, is_loaded) else { return };
        place.count = place.count.saturating_add(1);
        place.last = sequence;
        let head = Head {
            sequence: sequence.into(),
            micros: line.micros.into(),
            number: place.count.into(),
            generation: line.generation.0.into(),
            own: line.own.into(),
            length,
        };
        place.make_room(HEAD.saturating_add(text.len()));
        place.append(head.as_bytes());
        place.append(text.as_bytes());
        self.end = sequence.saturating_add(1);
    }

    /// Counts a line of a module that is not put into the log. `is_loaded` as for [`Log::put`].
    pub fn leave_out(&mut self, name: Name, is_loaded: impl Fn(&Name) -> bool) {
        let sequence = self.end;
        if let Some(place) = self.place_of(name, is_loaded) {
            place.count = place.count.saturating_add(1);
            place.last = sequence;
            self.end = sequence.saturating_add(1);
        }
    }

    /// The first line from this sequence number on, of one module or of all.
    pub fn next(&self, module: Option<&Name>, from: u64) -> Option<Entry<'_>> {
        let asked = self.places.iter().filter(|place| place.last >= from && place.is_asked_for(module));
        asked.filter_map(|place| place.first(from)).min_by_key(|entry| entry.sequence)
    }

    /// The last lines of a module from this sequence number on, the newest last.
    pub fn last<const N: usize>(&self, module: &Name, from: u64) -> Vec<Line<'_>, N> {
        let mut last = Vec::new();
        let of = self.places.iter().filter(|place| place.name == Some(*module));
        for (head, text) in of.flat_map(Place::lines).filter(|(head, _)| head.sequence.get() >= from) {
            if last.is_full() {
                last.remove(0);
            }
            // There is room now, where there is to be any.
            let _ = last.push(head.line(*module, text));
        }
        last
    }

    /// The place of a module; a new one where it has none.
    fn place_of(&mut self, name: Name, is_loaded: impl Fn(&Name) -> bool) -> Option<&mut Place> {
        let known = self.places.iter().position(|place| place.name == Some(name));
        if let Some(index) = known {
            return self.places.get_mut(index);
        }
        // One that is free, or whose module is not loaded: of those, the one that has been silent longest.
        let rank = |place: &&mut Place| (place.name.map(|name| is_loaded(&name)), place.last);
        let place = self.places.iter_mut().min_by_key(rank)?;
        *place = Place::new(Some(name));
        Some(place)
    }
}

impl Default for Log {
    fn default() -> Log {
        Log::new()
    }
}
