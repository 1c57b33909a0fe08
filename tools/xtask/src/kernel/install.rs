//! Installs a built kernel into a prefix laid out as the install of upstream's own build is.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::generated::{self, Part};
use super::log::Log;
use super::platform::Platform;
use super::tools::Tools;
use super::tree;

/// The one include root, inside the prefix.
const INCLUDE: &str = "libsel4/include";

/// The libsel4 sources and generators write this around the include of the configuration; the
/// installed headers always have one.
const OPTIONAL_AUTOCONF: [&str; 2] = [
    "#ifdef HAVE_AUTOCONF\n#include <autoconf.h>\n#endif /* HAVE_AUTOCONF */\n",
    "#ifdef HAVE_AUTOCONF\n#include <autoconf.h>\n#endif\n",
];

/// What is installed from where.
pub struct Install<'a> {
    /// The compiler and the python.
    pub tools: &'a Tools,
    /// What was built.
    pub platform: &'a Platform,
    /// The tree that was compiled.
    pub source: &'a Path,
    /// Where make left the kernel.
    pub build: &'a Path,
    /// The new prefix; nothing is there yet.
    pub prefix: &'a Path,
    /// The log of this build.
    pub log: &'a Log,
}

impl Install<'_> {
    /// Installs everything.
    ///
    /// # Errors
    /// Where a file cannot be written or a generator fails.
    pub fn run(&self) -> Result<()> {
        let kernel = self.prefix.join("bin/kernel.elf");
        make_parent(&kernel)?;
        fs::copy(self.build.join("kernel.elf"), &kernel).context("make left no kernel.elf")?;
        tree::copy(&self.source.join("libsel4/src"), &self.prefix.join("libsel4/src"))?;
        self.headers()?;
        self.configuration()?;
        let interfaces = self.interfaces()?;
        self.generate(&interfaces)?;
        if let Some(json) = generated::platform_json(self.platform) {
            self.write("support/platform_gen.json", &json)?;
        }
        for license in ["LICENSE_BSD2.txt", "LICENSE_GPLv2.txt"] {
            let target = self.prefix.join("support").join(license);
            make_parent(&target)?;
            fs::copy(self.source.join(license), &target)
                .with_context(|| format!("the kernel's source has no {license}"))?;
        }
        Ok(())
    }

    /// The headers that are the same for everybody, merged into one include root.
    fn headers(&self) -> Result<()> {
        let names = &self.platform.names;
        for folder in [
            "libsel4/include".to_owned(),
            format!("libsel4/arch_include/{}", names.arch),
            format!("libsel4/sel4_arch_include/{}", names.sel4_arch),
            format!("libsel4/sel4_plat_include/{}", names.name),
        ] {
            copy_headers(&self.source.join(folder), &self.prefix.join(INCLUDE))?;
        }
        for name in ["syscall.xml", "syscall.xsd"] {
            let target = self.prefix.join(INCLUDE).join("api").join(name);
            make_parent(&target)?;
            fs::copy(self.source.join("libsel4/include/api").join(name), &target)
                .with_context(|| format!("the kernel's source has no {name}"))?;
        }
        Ok(())
    }

    fn configuration(&self) -> Result<()> {
        for part in [Part::Kernel, Part::Libsel4] {
            let folder = format!("{INCLUDE}/{}", part.folder());
            let header = generated::config_header(self.platform, part);
            let json = generated::config_json(self.platform, part);
            self.write(&format!("{folder}/gen_config.h"), &header)?;
            self.write(&format!("{folder}/gen_config.json"), &json)?;
        }
        self.write(&format!("{INCLUDE}/autoconf.h"), generated::INSTALLED_AUTOCONF)
    }

    /// The interface XML under today's names, in the order in which labels are numbered: all
    /// architectures, this one, its family.
    fn interfaces(&self) -> Result<[PathBuf; 3]> {
        let names = &self.platform.names;
        let [all, this, family] = [
            ("object-api.xml", "include/interfaces/sel4.xml".to_owned()),
            (
                "object-api-sel4-arch.xml",
                format!("sel4_arch_include/{}/interfaces/sel4arch.xml", names.sel4_arch),
            ),
            ("object-api-arch.xml", format!("arch_include/{}/interfaces/sel4arch.xml", names.arch)),
        ]
        .map(|(name, from)| -> Result<PathBuf> {
            let relative = Path::new(INCLUDE).join("interfaces").join(name);
            let target = self.prefix.join(&relative);
            make_parent(&target)?;
            fs::copy(self.source.join("libsel4").join(&from), &target)
                .with_context(|| format!("the kernel's source has no libsel4/{from}"))?;
            Ok(relative)
        });
        Ok([all?, this?, family?])
    }

    /// The headers that the kernel's own generators write. They run in the prefix with relative
    /// names, since they put the names into what they write.
    fn generate(&self, [all, this, family]: &[PathBuf; 3]) -> Result<()> {
        let include = Path::new(INCLUDE);
        let script = |name: &str| {
            let path = self.source.join("libsel4/tools").join(name);
            self.tools.script(&path, self.prefix)
        };
        for (xml, layer, header) in [
            (all, None, "sel4/invocation.h"),
            (this, Some("--sel4_arch"), "sel4/sel4_arch/invocation.h"),
            (family, Some("--arch"), "sel4/arch/invocation.h"),
        ] {
            let mut command = script("invocation_header_gen.py");
            command.arg("--xml").arg(xml).arg("--libsel4").args(layer);
            command.arg("--dest").arg(include.join(header));
            self.log.run(&mut command, None, "numbering the invocations")?;
        }
        let mut command = script("syscall_header_gen.py");
        command.arg("--xml").arg(include.join("api/syscall.xml"));
        command.arg("--libsel4_header").arg(include.join("sel4/syscall.h"));
        self.log.run(&mut command, None, "numbering the system calls")?;

        let mut command = script("syscall_stub_gen.py");
        command.args(["--arch", &self.platform.names.sel4_arch, "--word-size", "64", "--output"]);
        command.arg(include.join("interfaces/sel4_client.h")).args([this, family, all]);
        self.log.run(&mut command, None, "writing libsel4's stubs")?;

        let this_arch =
            format!("sel4_arch_include/{}/sel4/sel4_arch/types.bf", self.platform.names.sel4_arch);
        for (from, to) in [
            ("include/sel4/types_64.bf", "sel4/types"),
            ("include/sel4/shared_types_64.bf", "sel4/shared_types"),
            (this_arch.as_str(), "sel4/sel4_arch/types"),
        ] {
            self.bitfields(from, to)?;
        }
        Ok(())
    }

    /// One file of bit field layouts: preprocessed for those who generate from it, and as a header.
    fn bitfields(&self, from: &str, to: &str) -> Result<()> {
        let preprocessed = Path::new(INCLUDE).join(format!("{to}.pbf"));
        let output = File::create(self.prefix.join(&preprocessed))
            .with_context(|| format!("cannot make {}", preprocessed.display()))?;
        let libsel4 = self.source.join("libsel4");
        let mut cpp = self.tools.command(format!("{}cpp", self.tools.prefix), self.prefix);
        cpp.args(["-P", "-nostdinc", "-DHAVE_AUTOCONF", "-I", INCLUDE]);
        // Some of these files include others, which are not installed.
        cpp.arg("-I").arg(libsel4.join("include"));
        cpp.arg("-I").arg(libsel4.join("arch_include").join(&self.platform.names.arch));
        cpp.arg(libsel4.join(from));
        self.log.run(&mut cpp, Some(output), "preprocessing the bit fields")?;

        // The copy beside the kernel's Makefile: libsel4's lacks the modules that it imports.
        let generator = self.source.join("tools/bitfield_gen.py");
        let mut command = self.tools.script(&generator, self.prefix);
        command.args(["--environment", "libsel4"]).arg(&preprocessed);
        command.arg(Path::new(INCLUDE).join(format!("{to}_gen.h")));
        self.log.run(&mut command, None, "writing the bit fields")
    }

    fn write(&self, name: &str, content: &str) -> Result<()> {
        let path = self.prefix.join(name);
        make_parent(&path)?;
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// Copies the headers of a folder, with the configuration always included.
fn copy_headers(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let path = entry.with_context(|| format!("cannot list {}", from.display()))?.path();
        let Some(name) = path.file_name() else { continue };
        let target = to.join(name);
        if path.is_dir() {
            copy_headers(&path, &target)?;
        } else if path.extension().is_some_and(|extension| extension == "h") {
            let mut text =
                fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            for optional in OPTIONAL_AUTOCONF {
                text = text.replace(optional, "#include <autoconf.h>\n");
            }
            make_parent(&target)?;
            fs::write(&target, text).with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}

fn make_parent(path: &Path) -> Result<()> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))
}
