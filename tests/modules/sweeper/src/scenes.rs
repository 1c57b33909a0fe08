//! What happens around the name server while it is struck: a scene each, with everybody else's questions in between.

use ipc_proto::echo;
use ipc_proto::operator::{Since, State};
use module_rt::{InitError, yield_now};
use operate::board::Role;
use operate::{self as ask, Wrong};

use crate::crowd::{Crowd, SUPPLIERS, SUPPLIES, absent, served};
use crate::script::Scene;
use crate::sweep::Sweep;

/// Who is killed in what it asks.
const MORTAL: &str = "mortal";
/// The two files of the name server.
const FILES: [&str; 2] = ["name-server", "name-server-2"];
/// How often the sweeper lets the others run while it looks names up.
const TURNS: u32 = 2;
/// No scene that begins with the alarm lasts so many nanoseconds.
const LONGEST: u64 = 60_000;

impl Sweep {
    /// The scene; the name server is struck at this moment of it.
    pub fn play(&mut self, scene: Scene, moment: Option<u64>) -> Result<Result<(), Wrong>, InitError> {
        let crowd = self.crowd()?;
        if let Err(wrong) = crowd.until("long waits", Crowd::long_waits) {
            return Ok(Err(wrong));
        }
        let strike = |since| moment.map_or(Ok(()), |moment| ask::crash_after(self.victim, moment, since));
        let supplier = crowd.supplier()?;
        let before = crowd.right(Role::Long)?;
        let verdict = match scene {
            Scene::Lookup => {
                strike(Since::Now)?;
                crowd.look_around()
            }
            Scene::Publish => {
                strike(Since::NextStart(supplier))?;
                ask::load_with(supplier, "supply")?;
                let supplied = crowd.is_supplied(before);
                ask::unload_now(supplier)?;
                supplied
            }
            Scene::Unload => {
                ask::load_with(supplier, "supply")?;
                let supplied = crowd.is_supplied(before);
                strike(Since::Now)?;
                ask::unload_now(supplier)?;
                let gone = SUPPLIES.into_iter().try_for_each(absent);
                yield_now();
                // Somebody else can have its names at once.
                let other =
                    ask::name(if supplier.as_str() == SUPPLIERS[0] { SUPPLIERS[1] } else { SUPPLIERS[0] })?;
                ask::load_with(other, "supply")?;
                let again = crowd.is_supplied(before.saturating_add(1));
                ask::unload_now(other)?;
                supplied.and(gone).and(again)
            }
            Scene::Death => {
                let mortal = ask::name(MORTAL)?;
                ask::load_with(
                    mortal,
                    if crowd.turn.is_multiple_of(2) { "mortal-asks" } else { "mortal-waits" },
                )?;
                let dies = moment.unwrap_or(0).saturating_mul(5) % LONGEST;
                ask::crash_after(mortal, dies, Since::Now)?;
                strike(Since::Now)?;
                let looked = crowd.look_around();
                let dead = crowd.until("mortal dies", || {
                    Ok(ask::state_of(mortal)?.is_none_or(|state| state == State::Failed))
                });
                ask::unload_now(mortal)?;
                looked.and(dead)
            }
            Scene::Replace => {
                let file = ask::name(if crowd.file.is_multiple_of(2) { FILES[0] } else { FILES[1] })?;
                strike(Since::NextStart(self.victim))?;
                let replaced = ask::replace(self.victim, file)?;
                let looked = crowd.look_around();
                if replaced && let Some(crowd) = &mut self.crowd {
                    crowd.file = crowd.file.saturating_add(1);
                }
                looked
            }
        };
        if let Some(crowd) = &mut self.crowd {
            crowd.turn = crowd.turn.saturating_add(1);
        }
        Ok(verdict)
    }
}

impl Crowd {
    /// The sweeper's own lookups, with turns of the others in between.
    fn look_around(&self) -> Result<(), Wrong> {
        for _ in 0..TURNS {
            yield_now();
            served(echo::NAME)?;
            yield_now();
            absent("nobody")?;
        }
        Ok(())
    }
}
