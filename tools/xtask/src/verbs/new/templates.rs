//! The files that `new` makes, and what they are made of.

/// Files of a package, and their text with places for its name.
pub type Template = &'static [(&'static str, &'static str)];

/// A service.
pub const SERVICE: [(&str, &str); 6] = [
    ("Cargo.toml", include_str!("service/Cargo.toml.in")),
    ("src/lib.rs", include_str!("service/lib.rs.in")),
    ("src/main.rs", include_str!("service/main.rs.in")),
    ("src/state.rs", include_str!("service/state.rs.in")),
    ("src/try.rs", include_str!("service/try.rs.in")),
    ("tests/deaths.rs", include_str!("service/deaths.rs.in")),
];

/// A driver of a device.
pub const DRIVER: [(&str, &str); 10] = [
    ("Cargo.toml", include_str!("driver/Cargo.toml.in")),
    ("src/lib.rs", include_str!("driver/lib.rs.in")),
    ("src/waiting.rs", include_str!("driver/waiting.rs.in")),
    ("src/chip.rs", include_str!("driver/chip.rs.in")),
    ("src/pl031.rs", include_str!("driver/pl031.rs.in")),
    ("src/mc146818.rs", include_str!("driver/mc146818.rs.in")),
    ("src/main.rs", include_str!("driver/main.rs.in")),
    ("src/try.rs", include_str!("driver/try.rs.in")),
    ("tests/device.rs", include_str!("driver/device.rs.in")),
    ("tests/system.rs", include_str!("driver/system.rs.in")),
];
