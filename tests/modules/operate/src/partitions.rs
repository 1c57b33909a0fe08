//! Interface of `partitions`, the scanner, and what it calls on the private endpoint of a `disk`.

use ipc_proto::label::WORDS;
use ipc_proto::method::{Deadline, Method};
use ipc_proto::version::Version;

/// The name under which it is published.
pub const NAME: &str = "partitions";
/// The version of this interface.
pub const VERSION: Version = Version(1);
/// Takes a [`When`] and answers at once: the caller is scanned then, through its private endpoint. Gives 0.
pub const SCAN: u16 = 0x120;
/// Answers with 0 at once, and then scans the disk that waits for that.
pub const GO: u16 = 0x121;

/// When a disk is scanned.
pub type When = u8;
/// At once.
pub const NOW: When = 0;
/// When somebody says [`GO`].
pub const HELD: When = 1;
/// Never.
pub const NEVER: When = 2;

/// Of the disk: takes the number of a block and gives it back, with three words of the block.
pub const READ: Method = Method::new(WORDS | 0x122).within(Deadline::micros(4000));
/// Of the disk: takes what was found, a [`Found`] and a number of partitions.
pub const FOUND: Method = Method::new(WORDS | 0x123);

/// What came of a scan.
pub type Found = u64;
/// So many partitions.
pub const GOOD: Found = 0;
/// The first block is none of a partition table.
pub const BAD: Found = 1;
/// A block could not be read.
pub const UNREADABLE: Found = 2;

/// The first word of a partition table.
pub const MAGIC: u64 = 0x5041_5254;
