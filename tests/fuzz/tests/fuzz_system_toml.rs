//! Whatever text is written as a system's manifest: it is refused with a sentence, or the root task reads back what was
//! written.
//!
//! This is the part of the root task. The host tool reads further keys, and tells mistakes with their line: its tests are
//! in `tools/xtask/src/system/`.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use root_task_core::system::{MAX_ENCODED, SystemManifest};

fuzz_tests::target!(system_toml, "system-toml", holds);

fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let manifest: SystemManifest = match toml::from_str(text) {
        Ok(manifest) => manifest,
        Err(error) => return assert!(!error.message().is_empty(), "{error:?} is told in words"),
    };
    let mut buffer = [0; MAX_ENCODED];
    match manifest.encode(&mut buffer) {
        Ok(encoded) => assert_eq!(SystemManifest::decode(encoded), Ok(manifest)),
        Err(error) => assert_eq!(manifest.check(), Err(error), "it always fits its bound"),
    }
}
