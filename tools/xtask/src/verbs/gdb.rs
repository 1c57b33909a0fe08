//! `gdb`: attaches gdb to the running system.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, anyhow, ensure};
use rustix::io::{FdFlags, fcntl_setfd};

use crate::arch::Arch;
use crate::context::{self, step};
use crate::push::running::{self, Running};
use crate::push::{file as pushed, held};
use crate::setup;
use crate::system::CAN_BE_APART;

/// The debugger, and the Debian package that has it.
const GDB: &str = "gdb-multiarch";

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The system that `./escrow run` has booted in another terminal, from this clone, stops as long as gdb
has it; `continue` lets it go on, and so does leaving gdb. gdb knows the kernel and the root task, or,
with --module, the kernel and that module.

All modules, and the root task, have the same addresses: a breakpoint in one of them stops whoever comes
to that address. `./escrow run --apart NAME` links one module of this repository elsewhere, so that its
addresses are its own.

Examples:
  ./escrow gdb
  ./escrow gdb --module echo
  ./escrow gdb --module echo -- -ex 'break echo::{impl#0}::say' -ex continue
docs/reports.md shows a session.")]
pub struct Args {
    /// The module whose functions and lines gdb is to know
    #[arg(long, value_name = "NAME")]
    module: Option<String>,
    /// Its ELF file with symbols, where it is not the one that was booted (it was pushed, for instance)
    #[arg(long, value_name = "FILE", requires = "module")]
    symbols: Option<PathBuf>,
    /// The system of this architecture, where more than one runs
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    /// The system that this process has booted
    #[arg(long, value_name = "PID", value_parser = clap::value_parser!(u32).range(1..))]
    pid: Option<u32>,
    /// What gdb is told beside that
    #[arg(last = true, value_name = "GDB'S OPTIONS")]
    more: Vec<OsString>,
}

pub fn run(args: &Args) -> Result<ExitCode> {
    let root = context::find_root()?;
    let out = context::out(&root);
    let running = running::choose(&out, args.arch, args.pid)?;
    let program = match (&args.symbols, &args.module) {
        (Some(symbols), _) => symbols_file(symbols)?,
        (None, Some(module)) => {
            let (file, told) = module_file(&running, module)?;
            told.iter().for_each(|told| step(told));
            file
        }
        (None, None) => running.root_task.clone(),
    };
    ensure_gdb()?;
    let _held = hold(&running.gdb)?;
    if let Some(shared) = shared_addresses(&running, args.module.as_deref()) {
        step(&shared);
    }
    let mut gdb = Command::new(GDB);
    gdb.args(commands(&running, &program, &root)).args(&args.more);
    // gdb has the terminal from now on, and its keys.
    Err(anyhow!(gdb.exec()).context("cannot start gdb"))
}

/// Installs gdb, where it is missing.
///
/// # Errors
/// As [`setup::ensure_program`].
pub fn ensure_gdb() -> Result<()> {
    setup::ensure_program("gdb for both architectures", GDB, GDB)
}

/// Held by one gdb at a time, to its end: QEMU lets a second one wait without a word. gdb inherits it.
fn hold(socket: &Path) -> Result<File> {
    let taken = "another gdb has that system, and there can be one at a time: leave it there first";
    let file = held::hold(socket, taken)?;
    fcntl_setfd(&file, FdFlags::empty()).context("cannot hand the lock to gdb")?;
    Ok(file)
}

/// What a person has to know whose module is linked where all the others are.
fn shared_addresses(running: &Running, module: Option<&str>) -> Option<String> {
    let module = module.filter(|module| running.apart.as_deref() != Some(module))?;
    let way = match running.can_be_apart.iter().any(|one| one == module) {
        true => format!("`./escrow run --apart {module}` links it elsewhere"),
        false => format!("Only {CAN_BE_APART}, can be set apart"),
    };
    Some(format!(
        "{module} is linked where all modules are: a breakpoint stops whoever comes to that address. {way}"
    ))
}

/// A file that a person names: gdb would go on without it.
fn symbols_file(path: &Path) -> Result<PathBuf> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(bytes.starts_with(b"\x7fELF"), "{} is no ELF file", path.display());
    Ok(path.to_owned())
}

/// The file of a module: what was pushed last under its name, which a person is told, or else what was booted.
fn module_file(running: &Running, module: &str) -> Result<(PathBuf, Option<String>)> {
    let booted = running.files.get(module);
    if let Some(pushed) = pushed::last(&running.pushed, module) {
        let booted = booted.map(|booted| format!(": --symbols {} is what was booted", booted.display()));
        let told = format!(
            "{module} was pushed into that system, and gdb takes what was pushed last. If it was unloaded since, name its file{}",
            booted.unwrap_or_else(|| " with --symbols".to_owned())
        );
        return Ok((pushed, Some(told)));
    }
    let booted = booted.with_context(|| {
        let known = running.files.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!(
            "the system has no module `{module}` in its archive (--symbols FILE names another file): {known}"
        )
    })?;
    Ok((booted.clone(), None))
}

/// What gdb is told: where the sources are, whom it attaches to, and what it knows.
fn commands(running: &Running, program: &Path, root: &Path) -> Vec<OsString> {
    let machine = if running.arch == Arch::X86_64.name() { "i386:x86-64" } else { "aarch64" };
    let told = [
        format!("set architecture {machine}"),
        // As the programs' line tables have it: see `guest::flags`.
        format!("set substitute-path /escrow {}", root.display()),
        format!("target remote {}", running.gdb.display()),
        // gdb splits its commands at blanks, and knows double quotes.
        format!("add-symbol-file \"{}\"", running.kernel.display()),
    ];
    let told = told.into_iter().flat_map(|command| ["-ex".into(), command.into()]);
    let first = ["-q".into(), "-iex".into(), "set confirm off".into(), program.as_os_str().to_owned()];
    first.into_iter().chain(told).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ipc_proto::name::Name;

    use super::*;
    use crate::push::grants::Grants;

    fn running() -> Running {
        let files = BTreeMap::from([("echo".to_owned(), PathBuf::from("/t/echo"))]);
        Running {
            pid: 1,
            arch: Arch::X86_64.name().to_owned(),
            system: "default".to_owned(),
            line: "/r/line".into(),
            gdb: "/r/gdb".into(),
            pushed: "/r/pushed".into(),
            kernel: "/t/a kernel".into(),
            root_task: "/t/root-task".into(),
            files,
            grants: Grants::default(),
            apart: Some("echo".to_owned()),
            can_be_apart: ["echo", "shell"].map(str::to_owned).to_vec(),
        }
    }

    #[test]
    fn gdb_is_told_whom_it_attaches_to_and_what_it_knows() {
        let told = commands(&running(), Path::new("/t/echo"), Path::new("/clone"));
        let told: Vec<_> = told.iter().map(|word| word.to_string_lossy()).collect();
        assert!(told.contains(&"/t/echo".into()));
        assert!(told.contains(&"target remote /r/gdb".into()));
        assert!(told.contains(&"add-symbol-file \"/t/a kernel\"".into()));
        assert!(told.contains(&"set architecture i386:x86-64".into()));
    }

    #[test]
    fn a_module_that_is_not_there_is_told_with_those_that_are() {
        assert_eq!(module_file(&running(), "echo").unwrap(), (PathBuf::from("/t/echo"), None));
        let told = module_file(&running(), "ecko").unwrap_err().to_string();
        assert!(told.contains("`ecko`") && told.ends_with("echo"), "{told}");
    }

    #[test]
    fn of_a_module_that_was_pushed_it_is_the_pushed_file_and_that_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let running = Running { pushed: folder.path().to_owned(), ..running() };
        let kept = folder.path().join("pushed-00000001");
        fs::write(&kept, "").unwrap();
        for (module, way) in [("echo", ": --symbols /t/echo is what was booted"), ("kv", " with --symbols")] {
            pushed::note(folder.path(), Name::new(module).unwrap(), &kept).unwrap();
            let (file, told) = module_file(&running, module).unwrap();
            let told = told.unwrap();
            assert!(file == kept && told.starts_with(module) && told.ends_with(way), "{told}");
        }
    }

    #[test]
    fn a_module_with_the_addresses_of_all_is_told_how_it_gets_its_own() {
        let running = running();
        assert_eq!(shared_addresses(&running, None), None);
        assert_eq!(shared_addresses(&running, Some("echo")), None);
        let told = shared_addresses(&running, Some("shell")).unwrap();
        assert!(told.contains("`./escrow run --apart shell`"), "{told}");
    }

    #[test]
    fn a_module_that_cannot_be_set_apart_is_told_what_the_page_says() {
        let told = shared_addresses(&running(), Some("kv")).unwrap();
        assert!(
            told.starts_with("kv is linked where all modules are") && !told.contains("--apart"),
            "{told}"
        );
        let (_, why) = told.split_once(". ").unwrap();
        let page = fs::read_to_string(context::find_root().unwrap().join("docs/reports.md")).unwrap();
        let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains(why), "docs/reports.md does not say: {why}");
    }

    #[test]
    fn a_file_without_symbols_is_refused_before_gdb_goes_on_without_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let missing = format!("{:#}", symbols_file(&path).unwrap_err());
        assert!(missing.contains("cannot read") && missing.contains("No such file"), "{missing}");
        fs::write(&path, "text").unwrap();
        assert!(symbols_file(&path).unwrap_err().to_string().ends_with("is no ELF file"));
        fs::write(&path, b"\x7fELF\x02").unwrap();
        assert_eq!(symbols_file(&path).unwrap(), path);
    }
}
