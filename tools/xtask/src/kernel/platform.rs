//! Reads a platform's reviewed file, `kernel-config/platforms/NAME/kernel.toml`, strictly.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;

use super::Flavour;

/// One platform, with the options of one flavour.
#[derive(Clone, Debug)]
pub struct Platform {
    /// What the kernel's own Makefile calls things.
    pub names: Names,
    /// Every option by its name without `CONFIG_`.
    pub options: BTreeMap<String, Value>,
    /// RAM, where the kernel does not find it out at boot.
    pub memory: Vec<Region>,
    /// What user programs may get as device memory, where the kernel does not find it out at boot.
    pub devices: Vec<Region>,
}

/// What the kernel's own Makefile calls the platform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// `PLAT`.
    pub name: String,
    /// `ARCH`: `arm` or `x86`.
    pub arch: String,
    /// `SEL4_ARCH`: `aarch64` or `x86_64`.
    pub sel4_arch: String,
    /// `CPU`, on ARM.
    pub cpu: Option<String>,
    /// `ARMV`, on ARM.
    pub armv: Option<String>,
}

/// The value of an option.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(untagged)]
pub enum Value {
    /// On, or explicitly off.
    Switch(bool),
    /// A number.
    Number(u64),
}

/// Physical addresses from `start` up to and without `end`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Region {
    /// First byte.
    pub start: u64,
    /// The byte behind the last one.
    pub end: u64,
    /// Why it is there.
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    platform: Names,
    #[serde(default)]
    memory: Vec<Region>,
    #[serde(default)]
    device: Vec<Region>,
    options: BTreeMap<String, Setting>,
    release: BTreeMap<String, Setting>,
    debug: BTreeMap<String, Setting>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setting {
    value: Value,
    why: String,
}

/// The size of a page, to which regions are aligned.
const PAGE: u64 = 4096;

impl Platform {
    /// Reads the file at `path` for one flavour.
    ///
    /// # Errors
    /// Where the file is missing, has a field that is not known, or states an option twice or
    /// without its reason. The message names the place.
    pub fn read(path: &Path, flavour: Flavour) -> Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the kernel's configuration {}", path.display()))?;
        Self::parse(&text, flavour).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str, flavour: Flavour) -> Result<Self> {
        let File { platform, memory, device, options, release, debug } = toml::from_str(text)?;
        for (which, list) in [("memory", &memory), ("device", &device)] {
            for region in list {
                check_region(region).with_context(|| format!("in a `{which}` entry"))?;
            }
        }
        for (name, setting) in options.iter().chain(&release).chain(&debug) {
            check_name(name)?;
            ensure!(!setting.why.trim().is_empty(), "option {name} has no reason (`why`)");
        }
        let chosen = match flavour {
            Flavour::Release => release,
            Flavour::Debug => debug,
        };
        let mut all: BTreeMap<_, _> =
            options.into_iter().map(|(name, setting)| (name, setting.value)).collect();
        for (name, setting) in chosen {
            ensure!(
                !all.contains_key(&name),
                "option {name} is both in [options] and in [{}]: state it once",
                flavour.name()
            );
            all.insert(name, setting.value);
        }
        Ok(Self { names: platform, options: all, memory, devices: device })
    }

    /// Whether a switch is on; an option that is not stated is off.
    pub fn is_on(&self, name: &str) -> bool {
        self.options.get(name) == Some(&Value::Switch(true))
    }
}

fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || name.starts_with("CONFIG_") || !name.chars().all(plain) {
        bail!("`{name}` is no option: write it in capitals, without CONFIG_");
    }
    Ok(())
}

fn check_region(region: &Region) -> Result<()> {
    let Region { start, end, why } = region;
    ensure!(
        start.is_multiple_of(PAGE) && end.is_multiple_of(PAGE) && start < end,
        "0x{start:x} to 0x{end:x} is no region: it needs whole pages, and an end behind its start"
    );
    ensure!(!why.trim().is_empty(), "the region at 0x{start:x} has no reason (`why`)");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arch::Arch;

    const SMALL: &str = r#"
        [platform]
        name = "p"
        arch = "arm"
        sel4_arch = "aarch64"
        [options.FASTPATH]
        value = true
        why = "Speed."
        [release.PRINTING]
        value = false
        why = "Speed."
        [debug.PRINTING]
        value = true
        why = "Words."
    "#;

    fn refusal(text: &str) -> String {
        format!("{:#}", Platform::parse(text, Flavour::Release).unwrap_err())
    }

    #[test]
    fn the_committed_platforms_are_good() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for arch in Arch::ALL {
            for flavour in [Flavour::Release, Flavour::Debug] {
                let path = super::super::platform_file(&root, arch);
                let platform = Platform::read(&path, flavour).unwrap();
                assert_eq!(platform.names.sel4_arch, arch.name());
                assert_eq!(platform.names.name, arch.platform());
                assert_eq!(platform.is_on("PRINTING"), flavour == Flavour::Debug);
                assert!(platform.is_on("FASTPATH"));
            }
        }
    }

    #[test]
    fn a_flavour_adds_its_options() {
        let release = Platform::parse(SMALL, Flavour::Release).unwrap();
        assert_eq!(release.options.get("PRINTING"), Some(&Value::Switch(false)));
        assert!(Platform::parse(SMALL, Flavour::Debug).unwrap().is_on("PRINTING"));
    }

    #[test]
    fn an_option_needs_its_reason() {
        let text = SMALL.replace("\"Speed.\"", "\" \"");
        assert_eq!(refusal(&text), "option FASTPATH has no reason (`why`)");
        let text = SMALL.replace("why = \"Speed.\"", "");
        assert!(refusal(&text).contains("missing field `why`"), "{}", refusal(&text));
    }

    #[test]
    fn what_is_not_known_is_refused() {
        let text = SMALL.replace("[options.FASTPATH]", "[options.FASTPATH]\nvalve = 1");
        assert!(refusal(&text).contains("unknown field `valve`"), "{}", refusal(&text));
        let text = SMALL.replace("options.FASTPATH", "options.CONFIG_FASTPATH");
        assert!(refusal(&text).contains("without CONFIG_"), "{}", refusal(&text));
    }

    #[test]
    fn an_option_is_stated_once() {
        let text = SMALL.replace("options.FASTPATH", "options.PRINTING");
        assert!(refusal(&text).contains("state it once"), "{}", refusal(&text));
    }

    #[test]
    fn regions_are_whole_pages() {
        let text = format!("{SMALL}\n[[device]]\nstart = 0x1000\nend = 0x1800\nwhy = \"x\"");
        assert!(refusal(&text).contains("0x1000 to 0x1800 is no region"), "{}", refusal(&text));
    }
}
