//! Whatever bytes the system's manifest in the boot archive has: what is decoded is checked, fits its bound when it is
//! encoded, and comes back.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it expects"
)]

use ipc_proto::manifest::Device;
use ipc_proto::operator::Mark;
use root_task_core::system::{MAX_ENCODED, SystemManifest};

fuzz_tests::target!(system_manifest, "system-manifest", holds);

fn holds(bytes: &[u8]) {
    let manifest = match SystemManifest::decode(bytes) {
        Ok(manifest) => manifest,
        Err(error) => return assert!(!error.to_string().is_empty(), "{error:?} is told in words"),
    };
    assert_eq!(manifest.check(), Ok(()));
    let mut buffer = [0; MAX_ENCODED];
    let again = manifest.encode(&mut buffer).map(<[u8]>::to_vec);
    let again = again.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(SystemManifest::decode(&again).as_ref(), Ok(&manifest));
    assert_eq!(manifest.boot.first(), Some(&manifest.name_server));
    for module in &manifest.boot {
        assert_eq!(manifest.allowance_of(module).module, *module);
        let marks = manifest.marks_of(module);
        assert_eq!(marks.contains(&Mark::Operators), manifest.operators.contains(module));
        assert_eq!(marks.contains(&Mark::Console), manifest.device_of(module) == Device::Console);
        assert_eq!(marks.contains(&Mark::NameServer), *module == manifest.name_server);
    }
}
