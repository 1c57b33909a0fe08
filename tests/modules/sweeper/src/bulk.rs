//! Client or server dies at any moment of a bulk copy: whoever is left goes on, its next call says that the connection is dead,
//! and nothing is taken for data that is none.

use depot::{DepotClient, DepotError, DepotInterface, Label, fill};
use ipc_proto::interface::bulk::BulkError;
use ipc_proto::interface::{Failure, Interface};
use ipc_proto::operator::Since;
use ipc_proto::version::VersionRange;
use module_rt::{Connection, InitError, clock};
use operate::{self as ask, Wrong, wrong};

use crate::script::Goods;
use crate::sweep::{Round, Sweep};

/// How many bytes are carried: more turns of the loop than one that copies has cases.
const LENGTH: usize = 640;

type Client = DepotClient<Connection>;
type Outcome = Result<(), Failure<DepotError>>;

fn connect() -> Result<Client, InitError> {
    ask::connect_to(DepotInterface::NAME, VersionRange::exactly(DepotInterface::VERSION))
        .map(DepotClient::new)
}

fn goods(number: u64) -> [u8; LENGTH] {
    let mut goods = [0; LENGTH];
    fill(&mut goods, number);
    goods
}

/// Carries goods; what is got is what was put, or the nothing that a new depot has.
fn carry(depot: &Client, way: Goods) -> Result<Outcome, Wrong> {
    match way {
        Goods::Put => Ok(depot.put(2, &goods(2)).map(drop)),
        Goods::Get => {
            let mut got = [0; LENGTH];
            let given = depot.get(Label::new(), &mut got);
            match given {
                Ok((0, _)) => {}
                Ok((given, _)) if given as usize == LENGTH && got == goods(1) => {}
                Ok((given, _)) => {
                    return Err(wrong(format_args!("{given} bytes came, and are not those that were put")));
                }
                Err(_) => {}
            }
            Ok(given.map(drop))
        }
    }
}

/// Whether an error is one of a death.
fn is_death(outcome: &Outcome, way: Goods) -> bool {
    match outcome {
        Err(Failure::Service(DepotError::Interrupted) | Failure::Bulk(BulkError::Lost)) => true,
        Err(Failure::Bulk(BulkError::Torn)) => way == Goods::Get,
        _ => false,
    }
}

fn in_service(error: Failure<DepotError>) -> Wrong {
    wrong(format_args!("{error:?}"))
}

/// What the depot has is goods, whatever has happened.
fn keeps_goods(depot: &Client) -> Result<(), Wrong> {
    let kept = depot.look().map_err(in_service)?;
    if kept.sound == 1 { Ok(()) } else { Err(wrong(format_args!("it keeps {kept:?}"))) }
}

impl Sweep {
    fn a_new_depot(&self) -> Result<Client, InitError> {
        ask::load_live(self.victim)?;
        let depot = connect()?;
        depot.put(1, &goods(1)).map_err(|error| InitError::new(60, format_args!("{error}")))?;
        Ok(depot)
    }

    pub fn carry_once(&mut self, way: Goods) -> Result<(), InitError> {
        let depot = self.a_new_depot()?;
        match carry(&depot, way) {
            Ok(Ok(())) => ask::unload(self.victim),
            other => Err(InitError::new(61, format_args!("{other:?}"))),
        }
    }

    /// The depot dies while goods are carried to or from it.
    pub fn carry(&mut self, way: Goods, moment: u64) -> Result<Round, InitError> {
        let depot = self.a_new_depot()?;
        let start = clock::now();
        ask::crash_after(self.victim, moment, Since::Now)?;
        let first = carry(&depot, way);
        let early = self.new_death()?;
        let death = match early {
            Some(death) => death,
            None => self.await_death(start, moment)?,
        };
        let verdict = first.and_then(|first| {
            let (second, third) = (carry(&depot, way)?, carry(&depot, way)?);
            keeps_goods(&depot)?;
            // The death is told once, by the call that it was in or by the next one.
            let told = (first.is_ok(), second.is_ok(), third.is_ok());
            let right = match told {
                (false, true, true) => early.is_some() && is_death(&first, way),
                (true, false, true) => second == Err(Failure::Bulk(BulkError::Lost)),
                _ => false,
            };
            if right { Ok(()) } else { Err(wrong(format_args!("{first:?}, {second:?}, {third:?}"))) }
        });
        ask::unload(self.victim)?;
        Ok(if early.is_some() { Round::Struck(death.ip, verdict) } else { Round::Done })
    }

    /// The depot serves this client at once, and has no other one.
    fn serves_the_next(&self) -> Result<(), Wrong> {
        let depot = connect().map_err(|error| wrong(format_args!("{}", error.reason)))?;
        keeps_goods(&depot)?;
        depot.put(1, &goods(1)).map_err(in_service)?;
        carry(&depot, Goods::Get)?.map_err(in_service)?;
        match ask::clients_of(DepotInterface::NAME) {
            Ok(1) => Ok(()),
            other => Err(wrong(format_args!("clients in the ledger: {other:?}"))),
        }
    }

    /// Twice: the depot has as many windows as it ever had clients at a time, which is two from the second time on.
    pub fn fetch_once(&mut self) -> Result<(), InitError> {
        for _ in 0..2 {
            ask::run(self.victim, "once")?;
            self.serves_the_next().map_err(|wrong| InitError::new(62, format_args!("{wrong}")))?;
        }
        Ok(())
    }

    /// A client dies while it carries goods.
    pub fn fetch(&mut self, moment: u64) -> Result<Round, InitError> {
        ask::crash_after(self.victim, moment, Since::NextStart(self.victim))?;
        let done = ask::runs_to_its_end(self.victim, "once")?;
        let death = self.new_death()?;
        let verdict = self.serves_the_next();
        Ok(match death {
            Some(death) if !done => Round::Struck(death.ip, verdict),
            _ => Round::Done,
        })
    }
}
