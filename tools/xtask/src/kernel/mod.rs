//! From the pinned kernel source to an installed prefix.

mod fingerprint;
mod generated;
mod install;
mod log;
mod make;
mod platform;
mod prefix;
mod source;
mod tools;
mod tree;

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::arch::Arch;
use crate::context::Context;
use fingerprint::Fingerprint;
use install::Install;
use log::Log;
use platform::Platform;
pub use prefix::Prefix;
use prefix::{Record, record, write_record};
use source::Pin;
use tools::Tools;

/// The programs of this build count as input too: a changed builder makes a new kernel.
const BUILDER: [&str; 6] = [
    include_str!("mod.rs"),
    include_str!("generated.rs"),
    include_str!("install.rs"),
    include_str!("make.rs"),
    include_str!("tools.rs"),
    include_str!("tree.rs"),
];

/// Names an installed kernel that is used in the place of ours; rust-sel4 has the same.
const OVERRIDE: &str = "SEL4_PREFIX";

/// Which of a platform's two kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// Without printing and assertions: what runs, and what is measured.
    Release,
    /// With both.
    Debug,
}

impl Flavour {
    /// `release` or `debug`.
    pub fn name(self) -> &'static str {
        match self {
            Flavour::Release => "release",
            Flavour::Debug => "debug",
        }
    }
}

/// The installed kernel, built if it is not there or not current; a matter of milliseconds if it is.
///
/// # Errors
/// Where something that the build needs is missing, a step fails, or `SEL4_PREFIX` names something
/// that is no kernel for this architecture. The message says what to do.
pub fn ensure(ctx: &Context, arch: Arch, flavour: Flavour) -> Result<Prefix> {
    build(ctx, arch, flavour, &[])
}

/// As [`ensure()`], but without the patches named in `without` (as `01-aarch64-fpu-owner`), in a
/// folder of its own: to show that a test fails without them.
///
/// # Errors
/// As [`ensure()`]; also where there is no such patch.
pub fn build(ctx: &Context, arch: Arch, flavour: Flavour, without: &[&str]) -> Result<Prefix> {
    if let Some(prefix) = overridden(arch)? {
        ensure!(without.is_empty(), "{OVERRIDE} is set: unset it to build a kernel without a patch");
        return Ok(prefix);
    }
    let plan = Plan::new(ctx, arch, flavour, without)?;
    if plan.is_current() {
        return Prefix::open(&plan.prefix, arch);
    }
    let _lock = lock(&plan)?;
    // Another process may have built it while we waited.
    if !plan.is_current() {
        plan.build(ctx).with_context(|| {
            format!("the {} kernel for {} could not be built", flavour.name(), arch.name())
        })?;
    }
    Prefix::open(&plan.prefix, arch)
}

/// The installed kernel if it is there and current; builds and changes nothing.
///
/// # Errors
/// As [`ensure()`].
pub fn existing(ctx: &Context, arch: Arch, flavour: Flavour) -> Result<Option<Prefix>> {
    if let Some(prefix) = overridden(arch)? {
        return Ok(Some(prefix));
    }
    let plan = Plan::new(ctx, arch, flavour, &[])?;
    if plan.is_current() { Prefix::open(&plan.prefix, arch).map(Some) } else { Ok(None) }
}

/// The names of those patches that change what the kernel does, not only how it builds.
fn behaviour(patches: &[PathBuf]) -> Vec<String> {
    patches.iter().map(|path| tree::stem(path)).filter(|stem| !stem.starts_with("build-")).collect()
}

fn overridden(arch: Arch) -> Result<Option<Prefix>> {
    match std::env::var_os(OVERRIDE) {
        Some(path) if !path.is_empty() => Prefix::open(Path::new(&path), arch)
            .with_context(|| format!("{OVERRIDE} is set to {}", Path::new(&path).display()))
            .map(Some),
        _ => Ok(None),
    }
}

fn config(root: &Path) -> PathBuf {
    root.join("kernel-config")
}

fn platform_file(root: &Path, arch: Arch) -> PathBuf {
    config(root).join("platforms").join(arch.platform()).join("kernel.toml")
}

/// Everything about one build that is known before anything is done.
struct Plan {
    arch: Arch,
    flavour: Flavour,
    platform: Platform,
    patches: Vec<PathBuf>,
    pin: Pin,
    fingerprint: String,
    /// Where the prefix goes.
    prefix: PathBuf,
    /// Where it is made, and where source, log and objects stay for those who look.
    work: PathBuf,
}

impl Plan {
    fn new(ctx: &Context, arch: Arch, flavour: Flavour, without: &[&str]) -> Result<Self> {
        let file = platform_file(&ctx.root, arch);
        let platform = Platform::read(&file, flavour)?;
        let patches = tree::patches(&config(&ctx.root).join("patches"), without)?;
        let pin = Pin::read(&ctx.root)?;

        let mut all = Fingerprint::default();
        for text in BUILDER {
            all.add("builder", text.as_bytes());
        }
        all.add("source", pin.checksum().as_bytes());
        all.add("compiler", tools::compiler_version(arch).as_bytes());
        all.add("flavour", flavour.name().as_bytes());
        all.add_file(&file)?;
        all.add_folder(&config(&ctx.root).join("overlay"))?;
        for patch in &patches {
            all.add_file(patch)?;
        }

        let mut name = format!("{}-{}", arch.platform(), flavour.name());
        for patch in without {
            name.push_str("-without-");
            name.push_str(patch);
        }
        Ok(Self {
            arch,
            flavour,
            platform,
            patches,
            pin,
            fingerprint: all.finish(),
            prefix: ctx.out.join("prefix").join(&name),
            work: ctx.out.join("kernel").join(&name),
        })
    }

    fn is_current(&self) -> bool {
        record(&self.prefix).is_some_and(|record| record.fingerprint == self.fingerprint)
    }

    fn build(&self, ctx: &Context) -> Result<()> {
        let tools = Tools::find(self.arch)?;
        let pristine = source::fetch(ctx, &self.pin)?;
        ctx.step(&format!(
            "building the {} kernel for {} (some 10 s)",
            self.flavour.name(),
            self.arch.name()
        ));
        let source = self.work.join("source");
        let build = self.work.join("build");
        let new = self.work.join("prefix");
        for folder in [&source, &build, &new] {
            remove(folder)?;
        }
        tree::copy(&pristine, &source)?;
        tree::copy(&config(&ctx.root).join("overlay"), &source)?;
        for patch in &self.patches {
            tree::apply(patch, &source)?;
        }
        self.write_generated(&source)?;
        let log = Log::create(&self.work.join("make.log"))?;
        make::run(&tools, &self.platform, &build, &log)?;
        let version = fs::read_to_string(source.join("VERSION")).context("no VERSION")?;
        let platform = &self.platform;
        let (source, build) = (source.as_path(), build.as_path());
        Install { tools: &tools, platform, source, build, prefix: &new, log: &log }.run()?;
        let record = Record {
            kernel_version: version.trim().to_owned(),
            patches: behaviour(&self.patches),
            fingerprint: self.fingerprint.clone(),
        };
        write_record(&new, &record)?;
        self.replace(&new)
    }

    /// The files that the configuration becomes, where the kernel's own build looks for them.
    fn write_generated(&self, source: &Path) -> Result<()> {
        let folder = source.join("include/plat").join(&self.platform.names.name);
        let mut files = vec![(folder.join("autoconf.h"), generated::autoconf(&self.platform))];
        if let Some(header) = generated::regions_header(&self.platform) {
            files.push((folder.join("plat/machine/regions_gen.h"), header));
        }
        for (path, content) in files {
            fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    /// Puts the new prefix in the place of the old one by renames, so that a folder of this name is
    /// always whole.
    fn replace(&self, new: &Path) -> Result<()> {
        let old = self.work.join("prefix.old");
        remove(&old)?;
        let parent = self.prefix.parent().unwrap_or(&self.prefix);
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        if self.prefix.exists() {
            fs::rename(&self.prefix, &old)
                .with_context(|| format!("cannot move {} away", self.prefix.display()))?;
        }
        fs::rename(new, &self.prefix).with_context(|| format!("cannot make {}", self.prefix.display()))?;
        remove(&old)
    }
}

/// Keeps other processes out of this prefix while we build it.
fn lock(plan: &Plan) -> Result<File> {
    fs::create_dir_all(&plan.work).with_context(|| format!("cannot make {}", plan.work.display()))?;
    let path = plan.work.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    Ok(file)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        _ => Ok(()),
    }
}
