//! The supervisor's half of the line in tests of the tool's: the code that runs there, and a place for one file.

use ipc_proto::ids::{DomainId, Generation, Instance};
use ipc_proto::operator::Sentence;
use ipc_proto::push::{Reply, Request};
use root_task_core::push::{Place, Reception, Step};

/// What is made of a file.
pub const INSTANCE: Instance = Instance { domain: DomainId(3), generation: Generation(2) };

/// Where the supervisor's half puts a file.
#[derive(Default)]
pub struct Kept(pub Vec<u8>);

impl Place for Kept {
    fn open(&mut self, bytes: u32) -> Result<(), Sentence> {
        self.0 = vec![0; bytes as usize];
        Ok(())
    }

    fn write(&mut self, at: u32, piece: &[u8]) {
        self.0[at as usize..][..piece.len()].copy_from_slice(piece);
    }

    fn give_up(&mut self) {
        self.0.clear();
    }
}

/// The supervisor's half, which loads whatever comes.
#[derive(Default)]
pub struct Supervisor {
    reception: Reception,
    /// What has come.
    pub kept: Kept,
    /// How often a file was loaded.
    pub loaded: u32,
}

impl Supervisor {
    /// Its answer to a request.
    pub fn answer(&mut self, request: Request) -> Reply {
        match self.reception.take(request, &mut self.kept) {
            Step::Answer(reply) | Step::Refuse(_, reply) => reply,
            Step::Load(delivery) => {
                self.loaded = self.loaded.saturating_add(1);
                let transfer = delivery.transfer;
                let reply = Reply::Live { transfer, instance: INSTANCE, replaced: false };
                assert!(self.reception.finish(transfer, &reply));
                Reply::Working { transfer }
            }
        }
    }
}
