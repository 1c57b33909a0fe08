//! The two architectures, and what each one is called by the tools that we drive.

/// An architecture that Escrow boots on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arch {
    /// QEMU `virt`, Cortex-A57.
    Aarch64,
    /// QEMU `q35`.
    #[value(name = "x86_64")]
    #[serde(rename = "x86_64")]
    X86_64,
}

impl Arch {
    /// Both, in the order in which tests run.
    pub const ALL: [Arch; 2] = [Arch::Aarch64, Arch::X86_64];

    /// The name on our command line and in file names: `aarch64` or `x86_64`.
    pub fn name(self) -> &'static str {
        match self {
            Arch::Aarch64 => "aarch64",
            Arch::X86_64 => "x86_64",
        }
    }

    /// The rustc target that on-target programs are built for.
    pub fn rust_target(self) -> &'static str {
        match self {
            Arch::Aarch64 => "aarch64-unknown-none",
            Arch::X86_64 => "x86_64-unknown-none",
        }
    }

    /// The folder name of the platform under `kernel-config/platforms/`.
    pub fn platform(self) -> &'static str {
        match self {
            Arch::Aarch64 => "qemu-arm-virt",
            Arch::X86_64 => "pc99",
        }
    }
}
