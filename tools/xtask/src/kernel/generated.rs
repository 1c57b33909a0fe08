//! The files that the build writes from a platform's reviewed file: autoconf.h, the configuration as
//! JSON, and the regions of physical memory.

use std::fmt::Write as _;

use serde_json::{Map, Value as Json, json};

use super::platform::{Platform, Region, Value};

/// Which of upstream's two configuration headers an option belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `kernel/gen_config.h`.
    Kernel,
    /// `sel4/gen_config.h`: how libsel4 itself is to be compiled.
    Libsel4,
}

impl Part {
    /// The folder under `libsel4/include/`.
    pub fn folder(self) -> &'static str {
        match self {
            Part::Kernel => "kernel",
            Part::Libsel4 => "sel4",
        }
    }

    fn of(option: &str) -> Self {
        if option.starts_with("LIB_SEL4_") { Part::Libsel4 } else { Part::Kernel }
    }
}

/// `gen_config.h`: one line for each option of one part.
pub fn config_header(platform: &Platform, part: Part) -> String {
    let guard = match part {
        Part::Kernel => "ESCROW_KERNEL_GEN_CONFIG_H",
        Part::Libsel4 => "ESCROW_SEL4_GEN_CONFIG_H",
    };
    format!("#ifndef {guard}\n#define {guard}\n{}#endif\n", defines(platform, part))
}

/// `autoconf.h` as the kernel's own build reads it: everything in one file, since the kernel's
/// sources are not on the include path of the prefix.
pub fn autoconf(platform: &Platform) -> String {
    let kernel = defines(platform, Part::Kernel);
    let libsel4 = defines(platform, Part::Libsel4);
    format!("#ifndef ESCROW_AUTOCONF_H\n#define ESCROW_AUTOCONF_H\n{kernel}{libsel4}#endif\n")
}

/// `autoconf.h` as it is installed, in the shape of upstream's.
pub const INSTALLED_AUTOCONF: &str = "#ifndef ESCROW_INSTALLED_AUTOCONF_H\n\
#define ESCROW_INSTALLED_AUTOCONF_H\n\
#include <kernel/gen_config.h>\n\
#include <sel4/gen_config.h>\n\
#endif\n";

fn defines(platform: &Platform, part: Part) -> String {
    let mut text = String::new();
    for (name, value) in platform.options.iter().filter(|(name, _)| Part::of(name) == part) {
        // Writing to a String cannot fail.
        let _infallible = match value {
            Value::Switch(true) => writeln!(text, "#define CONFIG_{name} 1"),
            Value::Switch(false) => writeln!(text, "/* CONFIG_{name} is off */"),
            Value::Number(number) => writeln!(text, "#define CONFIG_{name} {number}"),
        };
    }
    text
}

/// `gen_config.json` as upstream writes it: names without `CONFIG_`, numbers as text.
pub fn config_json(platform: &Platform, part: Part) -> String {
    let mut map = Map::new();
    for (name, value) in platform.options.iter().filter(|(name, _)| Part::of(name) == part) {
        let value = match value {
            Value::Switch(on) => Json::Bool(*on),
            Value::Number(number) => Json::String(number.to_string()),
        };
        map.insert(name.clone(), value);
    }
    if part == Part::Kernel {
        let names = &platform.names;
        for (name, value) in [("ARCH", &names.arch), ("SEL4_ARCH", &names.sel4_arch), ("PLAT", &names.name)] {
            map.insert(name.to_owned(), Json::String(value.clone()));
        }
    }
    format!("{:#}\n", Json::Object(map))
}

/// `platform_gen.json`, where the platform states its regions itself.
pub fn platform_json(platform: &Platform) -> Option<String> {
    if platform.memory.is_empty() {
        return None;
    }
    let list = |regions: &[Region]| -> Vec<Json> {
        regions.iter().map(|r| json!({ "start": r.start, "end": r.end })).collect()
    };
    let json = json!({ "memory": list(&platform.memory), "devices": list(&platform.devices) });
    Some(format!("{json:#}\n"))
}

/// `regions_gen.h`, for the platform's hardware.h and its linker script; `None` where the kernel
/// finds the regions at boot.
pub fn regions_header(platform: &Platform) -> Option<String> {
    let first = platform.memory.first()?;
    let list = |name: &str, regions: &[Region]| -> String {
        let rows: String = regions
            .iter()
            .map(|r| format!("    {{ .start = 0x{:x}, .end = 0x{:x} }},\n", r.start, r.end))
            .collect();
        format!("static const p_region_t BOOT_RODATA {name}[] = {{\n{rows}}};\n")
    };
    Some(format!(
        "#ifndef ESCROW_REGIONS_GEN_H\n#define ESCROW_REGIONS_GEN_H\n\
         #define physBase 0x{:x}\n#ifndef LINKER_SCRIPT\n{}{}#endif\n#endif\n",
        first.start,
        list("avail_p_regs", &platform.memory),
        list("dev_p_regs", &platform.devices),
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::arch::Arch;
    use crate::kernel::{Flavour, platform_file};

    fn platform(arch: Arch) -> Platform {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Platform::read(&platform_file(&root, arch), Flavour::Release).unwrap()
    }

    #[test]
    fn an_option_is_in_exactly_one_header() {
        let platform = platform(Arch::X86_64);
        let kernel = config_header(&platform, Part::Kernel);
        let libsel4 = config_header(&platform, Part::Libsel4);
        assert!(kernel.contains("#define CONFIG_NUM_PRIORITIES 256\n"), "{kernel}");
        assert!(kernel.contains("/* CONFIG_PRINTING is off */\n"), "{kernel}");
        assert!(!kernel.contains("LIB_SEL4"), "{kernel}");
        assert!(libsel4.contains("#define CONFIG_LIB_SEL4_INLINE_INVOCATIONS 1\n"), "{libsel4}");
        assert_eq!(autoconf(&platform).matches("CONFIG_FASTPATH").count(), 1);
    }

    #[test]
    fn json_has_upstreams_shape() {
        let json: Json = serde_json::from_str(&config_json(&platform(Arch::Aarch64), Part::Kernel)).unwrap();
        assert_eq!(json["SEL4_ARCH"], "aarch64");
        assert_eq!(json["ROOT_CNODE_SIZE_BITS"], "16");
        assert_eq!(json["DEBUG_BUILD"], false);
    }

    #[test]
    fn only_a_platform_with_memory_has_regions() {
        assert_eq!(regions_header(&platform(Arch::X86_64)), None);
        assert_eq!(platform_json(&platform(Arch::X86_64)), None);
        let header = regions_header(&platform(Arch::Aarch64)).unwrap();
        assert!(header.contains("#define physBase 0x40000000\n"), "{header}");
        assert!(header.contains("{ .start = 0x9000000, .end = 0x9001000 },"), "{header}");
    }
}
