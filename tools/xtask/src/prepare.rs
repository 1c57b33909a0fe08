//! From the name of a system to an image that QEMU boots: set-up, kernel, programs, archive, image.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use root_task_core::layout;
use sha2::{Digest as _, Sha256};

use crate::arch::Arch;
use crate::console::addresses::Files;
use crate::context::Context;
use crate::guest::outside::{self, Outside};
use crate::guest::{self, LOADER, Program, Programs, ROOT_TASK};
use crate::image::{self, Image, ImageSpec};
use crate::kernel::{self, Flavour};
use crate::machine::{Clock, MachineSpec};
use crate::push::grants::Grants;
use crate::setup;
pub use crate::system::BootArgs;
use crate::system::{self, System};

/// What is to be booted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// For which architecture.
    pub arch: Arch,
    /// A debug kernel (it prints) instead of the release one.
    pub debug: bool,
    /// The system's name.
    pub system: String,
    /// Module packages that the archive has beside the system's own.
    pub extra: Vec<String>,
    /// See [`Variant`].
    pub variant: Variant,
}

impl Request {
    /// A system as its file describes it.
    pub fn plain(arch: Arch, debug: bool, system: &str) -> Request {
        let (extra, variant) = (Vec::new(), Variant::default());
        Request { arch, debug, system: system.to_owned(), extra, variant }
    }

    /// A system in which a boot module has arguments of its own, with the release kernel.
    ///
    /// # Errors
    /// Where `text` is longer than a module's arguments can be.
    pub fn with_args(arch: Arch, system: &str, module: &str, text: &str) -> Result<Request> {
        let table = toml::Table::from_iter([
            ("module".to_owned(), toml::Value::from(module)),
            ("text".to_owned(), toml::Value::from(text)),
        ]);
        let args: BootArgs =
            table.try_into().with_context(|| format!("`{text}` cannot be given to {module}"))?;
        let variant = Variant { boot_args: vec![args], ..Variant::default() };
        Ok(Request { variant, ..Request::plain(arch, false, system) })
    }
}

/// How an image differs from the one that the system's files describe.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variant {
    /// Arguments for boot modules, beside the system's own.
    pub boot_args: Vec<BootArgs>,
    /// This module is linked at [`MOVED_BASE`]: so its instructions can be told from all others in a trace.
    pub moved: Option<String>,
    /// Modules that the archive has beside the system's, from elsewhere.
    pub outside: Vec<Outside>,
}

/// Where a moved module begins; the others begin at `root_task_core::layout::MODULE_BASE`.
pub const MOVED_BASE: u64 = 0x50_0000;

/// Something that QEMU boots.
#[derive(Clone, Debug)]
pub struct Boot {
    /// See [`Request`].
    pub request: Request,
    /// The folder that the image's files are in.
    pub folder: PathBuf,
    /// The image.
    pub image: Image,
    /// Files with symbols, for gdb: kernel, root task, modules.
    pub symbols: Vec<PathBuf>,
    /// Those of the modules by their names in the archive.
    pub files: Files,
    /// What the system grants.
    pub grants: Grants,
    /// Whom [`Variant::moved`] could name.
    pub can_be_apart: Vec<String>,
}

impl Boot {
    /// How to start it.
    pub fn machine(&self, clock: Clock) -> MachineSpec {
        MachineSpec {
            program: image::qemu_program(self.request.arch).into(),
            arch: self.request.arch,
            args: image::qemu_args(&self.image),
            folder: self.folder.clone(),
            clock,
            gdb: false,
            files: self.files.clone(),
        }
    }
}

/// The system without what is from elsewhere, and the names of all files that the boot archive will have.
///
/// # Errors
/// Where something is wrong in the system's file.
pub fn system_of(root: &Path, request: &Request) -> Result<(System, Vec<String>)> {
    let Variant { boot_args, outside, .. } = &request.variant;
    let asks: Vec<_> = outside.iter().filter_map(|module| module.asks.clone()).collect();
    let mut system = system::load(root, &request.system, boot_args, &asks)?;
    for extra in &request.extra {
        if !system.modules.contains(extra) {
            system.modules.push(extra.clone());
        }
    }
    system::named::make_place(&mut system, outside);
    let files = system::named::files(&system, outside);
    let files = files.with_context(|| format!("the system `{}`", request.system))?;
    Ok((system, files))
}

/// Builds everything that the requests need; returns a boot for each, in the same order.
///
/// # Errors
/// Whatever fails first; the message says what to do.
pub fn prepare(ctx: &Context, requests: &[Request]) -> Result<Vec<Boot>> {
    // First: a mistake in a system's file is told before minutes of building.
    let mut systems = BTreeMap::new();
    for request in requests {
        let (system, _) = system_of(&ctx.root, request)?;
        systems.insert(request.clone(), system);
    }
    let differs: BTreeSet<&String> = systems.values().flat_map(|system| &system.differs).collect();
    differs.into_iter().for_each(|differs| ctx.step(differs));
    let mut archs: Vec<Arch> = requests.iter().map(|request| request.arch).collect();
    archs.sort_unstable();
    archs.dedup();
    setup::ensure(&archs)?;
    let _lock = ctx.lock()?;
    let mut boots = BTreeMap::new();
    for arch in archs {
        for debug in [false, true] {
            let mut of_this = systems.clone();
            of_this.retain(|request, _| request.arch == arch && request.debug == debug);
            if !of_this.is_empty() {
                boots.extend(platform(ctx, arch, debug, of_this)?);
            }
        }
    }
    let taken = requests.iter().filter_map(|request| boots.get(request).cloned());
    Ok(taken.collect())
}

/// Builds one module from elsewhere against the release kernel.
///
/// # Errors
/// As [`prepare`].
pub fn module(ctx: &Context, arch: Arch, module: &Outside) -> Result<Program> {
    setup::ensure(&[arch])?;
    let _lock = ctx.lock()?;
    let flavour = Flavour::Release;
    let prefix = kernel::ensure(ctx, arch, flavour)?;
    let (kernel, base) = (flavour.name(), layout::MODULE_BASE);
    let wanted = Programs { arch, prefix: prefix.path(), kernel, base, packages: Vec::new() };
    outside::program(ctx, &wanted, module)
}

/// The boots of one architecture and kernel.
fn platform(
    ctx: &Context,
    arch: Arch,
    debug: bool,
    systems: BTreeMap<Request, System>,
) -> Result<BTreeMap<Request, Boot>> {
    let flavour = if debug { Flavour::Debug } else { Flavour::Release };
    let kernel_name = flavour.name();
    let prefix = kernel::ensure(ctx, arch, flavour)?;
    let mut packages = vec![ROOT_TASK.to_owned()];
    packages.extend((arch == Arch::Aarch64).then(|| LOADER.to_owned()));
    for module in systems.values().flat_map(|system| &system.modules) {
        if !packages.contains(module) {
            packages.push(module.clone());
        }
    }
    let wanted =
        Programs { arch, prefix: prefix.path(), kernel: kernel_name, base: layout::MODULE_BASE, packages };
    let programs = guest::build(ctx, &wanted)?;
    let mut elsewhere = BTreeMap::new();
    for outside in systems.keys().flat_map(|request| &request.variant.outside) {
        if !elsewhere.contains_key(outside) {
            elsewhere.insert(outside.clone(), outside::program(ctx, &wanted, outside)?);
        }
    }
    let moved: BTreeSet<String> =
        systems.keys().filter_map(|request| request.variant.moved.clone()).collect();
    let moved = match moved.is_empty() {
        true => BTreeMap::new(),
        false => {
            let packages = moved.into_iter().collect();
            guest::build(ctx, &Programs { base: MOVED_BASE, packages, ..wanted })?
        }
    };
    let program = |name: &str| -> Result<&Program> {
        programs.get(name).with_context(|| format!("the program `{name}` was not built"))
    };
    let mut boots = BTreeMap::new();
    for (request, system) in systems {
        let module = |name: &str| match &request.variant.moved {
            Some(this) if this == name => moved.get(name).context("the moved program was not built"),
            _ => program(name),
        };
        let mut modules = Vec::new();
        for name in &system.modules {
            modules.push((name.as_str(), module(name)?));
        }
        let outside = &request.variant.outside;
        modules.extend(outside.iter().filter_map(|o| Some((o.name.as_str(), elsewhere.get(o)?))));
        let archive = archive(ctx, request.arch, &system, &modules)?;
        let folder = folder(ctx, &request, kernel_name);
        let loader = match arch {
            Arch::Aarch64 => Some(program(LOADER)?.stripped.as_path()),
            Arch::X86_64 => None,
        };
        let spec =
            ImageSpec { arch, prefix: &prefix, root_task: &program(ROOT_TASK)?.stripped, loader, archive };
        let image = image::compose(ctx, &spec, &folder)?;
        let mut symbols = vec![prefix.kernel()];
        symbols.push(program(ROOT_TASK)?.elf.clone());
        symbols.extend(modules.iter().map(|(_, program)| program.elf.clone()));
        let file = |name: &str| Some(modules.iter().find(|(of, _)| *of == name)?.1.elf.clone());
        let copies =
            system.copies.iter().flat_map(|copies| copies.names.iter().map(|name| (name, &copies.of)));
        let copies = copies.filter_map(|(name, of)| Some((name.clone(), file(of)?)));
        let files = modules.iter().map(|(name, program)| ((*name).to_owned(), program.elf.clone()));
        let files = files.chain(copies).collect();
        let grants = Grants { booted: system.encoded, own: system.own };
        let can_be_apart = system.modules;
        let boot = Boot { request: request.clone(), folder, image, symbols, files, grants, can_be_apart };
        boots.insert(request, boot);
    }
    Ok(boots)
}

/// The archive's entries: the system's manifest, the modules, the raw files.
fn archive(
    ctx: &Context,
    arch: Arch,
    system: &System,
    modules: &[(&str, &Program)],
) -> Result<Vec<(String, Vec<u8>)>> {
    let read = |path: &PathBuf| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    let mut entries = vec![("system".to_owned(), system.encoded.clone())];
    for (name, program) in modules {
        entries.push(((*name).to_owned(), read(&program.stripped)?));
    }
    for copies in &system.copies {
        let original = entries.iter().find(|(name, _)| *name == copies.of);
        let (_, file) = original.cloned().with_context(|| {
            format!("there are copies of `{}`, which is not among the modules", copies.of)
        })?;
        for name in &copies.names {
            let copy = image::copies::renamed(&file, name);
            entries.push((name.clone(), copy.with_context(|| format!("a copy of `{}`", copies.of))?));
        }
    }
    for file in &system.files {
        entries.push((file.name.clone(), read(&ctx.root.join(file.path_for(arch)))?));
    }
    Ok(entries)
}

fn folder(ctx: &Context, request: &Request, kernel: &str) -> PathBuf {
    let system = Path::new(&request.system).file_stem().unwrap_or_default().to_string_lossy();
    let mut name = format!("{}-{kernel}-{system}", request.arch.name());
    let args = request.variant.boot_args.iter().map(|args| args.text.as_str());
    let parts = request.extra.iter().map(String::as_str).chain(args);
    for part in parts.chain(request.variant.moved.as_deref()) {
        name.push('+');
        name.push_str(&part.replace(' ', "-"));
    }
    // Two of the same name may lie in different folders.
    if Path::new(&request.system).is_absolute() || !request.variant.outside.is_empty() {
        let digest = Sha256::digest(format!("{request:?}"));
        name.push('+');
        name.extend(digest.iter().take(8).map(|byte| format!("{byte:02x}")));
    }
    ctx.out.join("images").join(name)
}
