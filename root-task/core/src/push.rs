//! A module's file that comes over a serial line, piece by piece: which piece is taken, and what is answered.
//!
//! Nothing that comes over the line is believed but in its order: there is one transfer, the newest; of it only the next
//! piece is taken; and what has come of it is said as often as it is asked for. See `ipc_proto::push`.

use core::fmt;

use crc::Digest;
use ipc_proto::name::Name;
use ipc_proto::operator::Sentence;
use ipc_proto::push::{MAX_FILE, Reply, Request, SUM, VERSION};

/// Where the file of a transfer is kept while it comes.
pub trait Place {
    /// Makes a place for a file of so many bytes, at most [`MAX_FILE`].
    ///
    /// # Errors
    /// Why there is none; nothing has changed.
    fn open(&mut self, bytes: u32) -> Result<(), Sentence>;

    /// Puts a piece into it, which lies inside.
    fn write(&mut self, at: u32, piece: &[u8]);

    /// The place is not needed.
    fn give_up(&mut self);
}

/// A whole file, which is in the place: load it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The transfer's number, for [`Reception::finish`].
    pub transfer: u32,
    /// The module that it is for.
    pub name: Name,
    /// The file's sum.
    pub sum: u32,
}

/// What is to be done about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// This is answered.
    Answer(Reply),
    /// The file for this module is refused, which is answered. Asked again, it is [`Step::Answer`].
    Refuse(Name, Reply),
    /// The file is loaded; what comes of it is said to [`Reception::finish`].
    Load(Delivery),
}

#[derive(Clone)]
struct Coming {
    transfer: u32,
    name: Name,
    bytes: u32,
    sum: u32,
    /// How many bytes are here.
    has: u32,
    digest: Digest<'static, u32>,
}

impl Coming {
    fn is(&self, transfer: u32, name: &Name, bytes: u32, sum: u32) -> bool {
        (self.transfer, &self.name, self.bytes, self.sum) == (transfer, name, bytes, sum)
    }
}

#[derive(Clone)]
enum Stage {
    /// No transfer has begun since the system was started.
    None,
    /// Its file comes.
    Coming(Coming),
    /// Its file is loaded.
    Loading(u32),
    /// This has come of it.
    Over(u32, Reply),
}

/// The transfer that began last.
#[derive(Clone)]
pub struct Reception {
    stage: Stage,
}

impl fmt::Debug for Reception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.stage {
            Stage::None => f.write_str("None"),
            Stage::Coming(Coming { transfer, bytes, has, .. }) => {
                write!(f, "Coming({transfer}: {has} of {bytes})")
            }
            Stage::Loading(transfer) => write!(f, "Loading({transfer})"),
            Stage::Over(transfer, reply) => write!(f, "Over({transfer}: {reply:?})"),
        }
    }
}

fn refused(transfer: u32, words: fmt::Arguments<'_>) -> Reply {
    let mut why = Sentence::new();
    // What does not fit is left out.
    let _ = fmt::write(&mut why, words);
    Reply::Refused { transfer, why }
}

impl Reception {
    /// Before the first transfer.
    pub const fn new() -> Reception {
        Reception { stage: Stage::None }
    }

    /// What a request leads to.
    pub fn take(&mut self, request: Request, place: &mut impl Place) -> Step {
        match request {
            Request::Hello { number } => Step::Answer(Reply::Here { number, version: VERSION }),
            Request::Begin { transfer, name, bytes, sum } => self.begin(transfer, name, bytes, sum, place),
            Request::Piece { transfer, at, bytes } => self.piece(transfer, at, &bytes, place),
            Request::Deliver { transfer } => self.deliver(transfer, place),
        }
    }

    fn begin(&mut self, transfer: u32, name: Name, bytes: u32, sum: u32, place: &mut impl Place) -> Step {
        match &self.stage {
            // The answer was lost.
            Stage::Coming(coming) if coming.is(transfer, &name, bytes, sum) => {
                return Step::Answer(Reply::Has { transfer, bytes: coming.has });
            }
            Stage::Loading(loading) if *loading == transfer => {
                return Step::Answer(Reply::Working { transfer });
            }
            Stage::Over(over, reply) if *over == transfer => return Step::Answer(reply.clone()),
            Stage::Coming(_) => place.give_up(),
            _ => {}
        }
        let opened = match bytes {
            0 => Err(refused(transfer, format_args!("the file is empty"))),
            1..=MAX_FILE => place.open(bytes).map_err(|why| Reply::Refused { transfer, why }),
            _ => Err(refused(
                transfer,
                format_args!(
                    "the file has {bytes} bytes, and a pushed file has {MAX_FILE} at most: strip it"
                ),
            )),
        };
        match opened {
            Ok(()) => {
                let coming = Coming { transfer, name, bytes, sum, has: 0, digest: SUM.digest() };
                self.stage = Stage::Coming(coming);
                Step::Answer(Reply::Has { transfer, bytes: 0 })
            }
            Err(reply) => self.refuse(transfer, name, reply),
        }
    }

    fn refuse(&mut self, transfer: u32, name: Name, reply: Reply) -> Step {
        self.stage = Stage::Over(transfer, reply.clone());
        Step::Refuse(name, reply)
    }

    fn piece(&mut self, transfer: u32, at: u32, piece: &[u8], place: &mut impl Place) -> Step {
        let Stage::Coming(coming) = &mut self.stage else { return Step::Answer(self.stands(transfer)) };
        if coming.transfer != transfer {
            return Step::Answer(Reply::Unknown { transfer });
        }
        // One that was said twice, or one behind another that was lost, is not taken; the answer says which one is.
        if at == coming.has {
            let end = u32::try_from(piece.len()).ok().and_then(|length| at.checked_add(length));
            match end.filter(|end| *end <= coming.bytes) {
                Some(end) => {
                    place.write(at, piece);
                    coming.digest.update(piece);
                    coming.has = end;
                }
                None => {
                    let (name, reply) = (
                        coming.name,
                        refused(
                            transfer,
                            format_args!("the file was to have {} bytes, and more are sent", coming.bytes),
                        ),
                    );
                    place.give_up();
                    return self.refuse(transfer, name, reply);
                }
            }
        }
        Step::Answer(Reply::Has { transfer, bytes: coming.has })
    }

    fn deliver(&mut self, transfer: u32, place: &mut impl Place) -> Step {
        let Stage::Coming(coming) = &self.stage else { return Step::Answer(self.stands(transfer)) };
        if coming.transfer != transfer {
            return Step::Answer(Reply::Unknown { transfer });
        }
        if coming.has < coming.bytes {
            return Step::Answer(Reply::Has { transfer, bytes: coming.has });
        }
        let sum = coming.digest.clone().finalize();
        if sum != coming.sum {
            let reply = refused(
                transfer,
                format_args!(
                    "the file has the sum {sum:08x}, and was to have {:08x}: push it again",
                    coming.sum
                ),
            );
            let name = coming.name;
            place.give_up();
            return self.refuse(transfer, name, reply);
        }
        let delivery = Delivery { transfer, name: coming.name, sum };
        self.stage = Stage::Loading(transfer);
        Step::Load(delivery)
    }

    /// What is said of a transfer of which no piece is to come.
    fn stands(&self, transfer: u32) -> Reply {
        match &self.stage {
            Stage::Loading(loading) if *loading == transfer => Reply::Working { transfer },
            Stage::Over(over, reply) if *over == transfer => reply.clone(),
            _ => Reply::Unknown { transfer },
        }
    }

    /// This has come of the file that was loaded. Gives whether somebody wants to know: another transfer can have begun.
    pub fn finish(&mut self, transfer: u32, reply: &Reply) -> bool {
        let waits = matches!(&self.stage, Stage::Loading(loading) if *loading == transfer);
        if waits {
            self.stage = Stage::Over(transfer, reply.clone());
        }
        waits
    }
}

impl Default for Reception {
    fn default() -> Reception {
        Reception::new()
    }
}
