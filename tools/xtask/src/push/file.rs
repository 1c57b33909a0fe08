//! The file that is pushed: what it is called, and without what nobody on the target reads.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use ipc_proto::manifest::{Manifest, ManifestError, Request, SECTION};
use ipc_proto::name::Name;
use ipc_proto::push::{MAX_FILE, file_name, sum};
use object::{Architecture, Object as _, ObjectSection as _};

use crate::arch::Arch;
use crate::guest;

/// The most bytes of a file with its symbols: more than any module has, and less than a machine misses.
pub const MAX_WHOLE: u64 = 256 * 1024 * 1024;
/// What every ELF file begins with.
const ELF: &[u8] = b"\x7fELF";

/// A file to push.
#[derive(Clone, Debug)]
pub struct Pushable {
    /// The module that it is for.
    pub name: Name,
    /// What is sent.
    pub bytes: Vec<u8>,
    /// What its manifest asks for, where it is a module.
    pub request: Option<Request>,
    /// The file as it was read, with its symbols: who builds it anew meanwhile changes nothing of this.
    pub whole: PathBuf,
}

/// Reads a file that is for the module `name`, or for the one that its manifest names. What is no module is sent all the
/// same where it has a name: the system says what is wrong with it. The file is read once, into `scratch`.
///
/// # Errors
/// Where it cannot be read, is no regular file, or has more bytes than there can be; and without `name`, where it has no
/// manifest, or one that no system takes.
pub fn read(path: &Path, name: Option<&str>, scratch: &Path) -> Result<Pushable> {
    let shown = path.display();
    let bytes = bytes_of(path)?;
    ensure!(!bytes.is_empty(), "{shown} is empty");
    let request = asked(&bytes);
    let (name, request) = match (name, request) {
        (Some(name), request) => {
            let name =
                Name::new(name).map_err(|error| anyhow!("`{name}` is no name of a module: {error}"))?;
            (name, request.ok().and_then(Result::ok))
        }
        (None, request) => {
            let request = request
                .with_context(|| format!("{shown} does not say which module it is, and --name can say it"))?;
            let request = request.with_context(|| path.display().to_string())?;
            (request.name, Some(request))
        }
    };
    let whole = scratch.join("whole");
    fs::write(&whole, &bytes).with_context(|| format!("cannot write {}", whole.display()))?;
    let bytes = match without_debug(&whole, &bytes, scratch)? {
        Some(stripped) => stripped,
        None => bytes,
    };
    ensure!(
        bytes.len() <= MAX_FILE as usize,
        "{shown} has {} bytes without symbols, and a pushed file has {MAX_FILE} at most",
        bytes.len()
    );
    Ok(Pushable { name, bytes, request, whole })
}

/// All of a file, where it is one that can be pushed: looked at before it is read.
fn bytes_of(path: &Path) -> Result<Vec<u8>> {
    let shown = path.display();
    let cannot = || format!("cannot read {shown}");
    // Opening a pipe would wait for who writes to it.
    let is_file = fs::metadata(path).with_context(cannot)?.is_file();
    ensure!(is_file, "{shown} is no regular file");
    let file = File::open(path).with_context(cannot)?;
    let length = file.metadata().with_context(cannot)?.len();
    ensure!(
        length <= MAX_WHOLE,
        "{shown} has {length} bytes, and a file with its symbols has {MAX_WHOLE} at most"
    );
    let mut bytes = Vec::new();
    let mut rest = file.take(MAX_WHOLE);
    rest.by_ref().take(ELF.len() as u64).read_to_end(&mut bytes).with_context(cannot)?;
    // There is nothing that could be stripped from it.
    ensure!(
        bytes == ELF || length <= u64::from(MAX_FILE),
        "{shown} is no ELF file and has {length} bytes: a pushed file has {MAX_FILE} at most"
    );
    rest.read_to_end(&mut bytes).with_context(cannot)?;
    Ok(bytes)
}

/// Leaves a file with its symbols in the folder where the one who has booted the system looks for the addresses of reports:
/// by the name that the system gives to what was `sent` of it.
///
/// # Errors
/// Where it cannot be copied.
pub fn keep(folder: &Path, pushable: &Pushable) -> Result<PathBuf> {
    let Pushable { bytes, whole, .. } = pushable;
    let kept = folder.join(file_name(sum(bytes)).map_err(anyhow::Error::msg)?.as_str());
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(whole, &kept))
        .with_context(|| format!("cannot copy {} to {}", whole.display(), kept.display()))?;
    Ok(kept)
}

/// Notes in that folder which of its files was pushed last and came to be live under a name.
///
/// # Errors
/// Where it cannot be written.
pub fn note(folder: &Path, name: Name, kept: &Path) -> Result<()> {
    let note = noted(folder, name.as_str());
    fs::write(&note, kept.as_os_str().as_encoded_bytes())
        .with_context(|| format!("cannot write {}", note.display()))
}

/// Which file of that folder was pushed last under this name, where one was.
pub fn last(folder: &Path, name: &str) -> Option<PathBuf> {
    let name = Name::new(name).ok()?;
    let kept = fs::read_to_string(noted(folder, name.as_str())).ok().map(PathBuf::from)?;
    kept.is_file().then_some(kept)
}

fn noted(folder: &Path, name: &str) -> PathBuf {
    // No file is called so: the system's names have no dot.
    folder.join(format!("{name}.last"))
}

/// What a module's manifest says, where the file has one.
fn asked(file: &[u8]) -> Result<Result<Request, ManifestError>> {
    ensure!(file.starts_with(ELF), "it is no ELF file");
    let elf = object::File::parse(file)
        .map_err(|error| anyhow!("it begins as an ELF file, and is cut off or damaged ({error})"))?;
    let Some(section) = elf.section_by_name(SECTION) else {
        bail!("it is an ELF file without a module's manifest (section {SECTION})");
    };
    let bytes = section.data().context("it is an ELF file whose manifest is cut off")?;
    Ok(Manifest::check(bytes))
}

/// The file without symbols and lines; `None` where it has none, or is for no machine of ours.
fn without_debug(path: &Path, file: &[u8], scratch: &Path) -> Result<Option<Vec<u8>>> {
    let Ok(elf) = object::File::parse(file) else { return Ok(None) };
    let arch = match elf.architecture() {
        Architecture::Aarch64 => Arch::Aarch64,
        Architecture::X86_64 => Arch::X86_64,
        _ => return Ok(None),
    };
    if !elf.has_debug_symbols() && elf.symbols().next().is_none() {
        return Ok(None);
    }
    let stripped = scratch.join("stripped");
    guest::strip(arch, path, &stripped)?;
    fs::read(&stripped).map(Some).with_context(|| format!("cannot read {}", stripped.display()))
}

#[cfg(test)]
mod tests {
    use ipc_proto::manifest::MAX_STACK;
    use object::write::Object;
    use object::{BinaryFormat, Endianness, SectionKind};
    use zerocopy::IntoBytes as _;

    use super::*;

    /// What is told of an ELF file with this section, where nobody says the module's name.
    fn told(section: &str, bytes: &[u8]) -> String {
        let mut elf = Object::new(BinaryFormat::Elf, Architecture::Aarch64, Endianness::Little);
        let id = elf.add_section(Vec::new(), section.into(), SectionKind::ReadOnlyData);
        elf.set_section_data(id, bytes, 1);
        told_of(&elf.write().unwrap())
    }

    fn told_of(file: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv");
        fs::write(&path, file).unwrap();
        refused(&path)
    }

    fn refused(path: &Path) -> String {
        let folder = tempfile::tempdir().unwrap();
        let error = read(path, None, folder.path()).unwrap_err();
        format!("{error:#}").replace(&path.display().to_string(), "/t/kv")
    }

    #[test]
    fn a_manifest_out_of_its_bounds_is_told_and_no_name_is_asked_for() {
        for (stack_bytes, asked) in [(5000, "5000"), (MAX_STACK + 4096, "53248")] {
            let manifest = Manifest { stack_bytes, ..Manifest::new("kv") };
            assert_eq!(
                told(SECTION, manifest.as_bytes()),
                format!(
                    "/t/kv: the manifest asks for {asked} bytes of stack: ask for whole pages of 4096, at most 49152"
                )
            );
        }
        assert!(told(SECTION, &[1, 2]).starts_with("/t/kv: the manifest has 2 bytes, not 64"));
    }

    #[test]
    fn a_file_that_does_not_say_which_module_it_is_can_be_given_a_name() {
        let nameless = "/t/kv does not say which module it is, and --name can say it: ";
        let (text, other) = (told_of(b"text"), told(".other", b"x"));
        assert_eq!(text, format!("{nameless}it is no ELF file"));
        let expected = format!("{nameless}it is an ELF file without a module's manifest (section {SECTION})");
        assert_eq!(other, expected);
    }

    /// An ELF file of a module `kv`.
    fn module() -> Vec<u8> {
        let mut elf = Object::new(BinaryFormat::Elf, Architecture::Aarch64, Endianness::Little);
        let id = elf.add_section(Vec::new(), SECTION.into(), SectionKind::ReadOnlyData);
        let manifest = Manifest::new("kv");
        elf.set_section_data(id, manifest.as_bytes(), 1);
        elf.write().unwrap()
    }

    #[test]
    fn a_file_that_is_cut_off_or_damaged_is_not_told_to_be_none() {
        let (mut cut, mut damaged) = (module(), module());
        cut.truncate(100);
        damaged.splice(4.., [0xff; 200]);
        let nameless = "/t/kv does not say which module it is, and --name can say it: ";
        for file in [cut, damaged] {
            let told = told_of(&file);
            let begin = format!("{nameless}it begins as an ELF file, and is cut off or damaged (");
            assert!(told.starts_with(&begin), "{told}");
        }
    }

    #[test]
    fn what_is_no_file_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().unwrap();
        for path in [Path::new("/dev/zero"), folder.path()] {
            assert_eq!(refused(path), "/t/kv is no regular file");
        }
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(refused(&pipe), "/t/kv is no regular file");
        assert!(refused(&folder.path().join("none")).starts_with("cannot read /t/kv: "));
    }

    /// A file with so many bytes, of which nothing behind the first ones lies on the disk.
    fn sparse(path: &Path, begins: &[u8], length: u64) {
        fs::write(path, begins).unwrap();
        File::options().write(true).open(path).unwrap().set_len(length).unwrap();
    }

    #[test]
    fn the_length_of_a_file_below_at_and_above_its_bounds() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv");
        let (most, whole) = (u64::from(MAX_FILE), MAX_WHOLE);
        let pushed = format!("a pushed file has {most} at most");
        for (begins, length, told) in [
            (
                ELF,
                whole + 1,
                format!("/t/kv has {} bytes, and a file with its symbols has {whole} at most", whole + 1),
            ),
            (b"text", most + 1, format!("/t/kv is no ELF file and has {} bytes: {pushed}", most + 1)),
            (b"text", whole, format!("/t/kv is no ELF file and has {whole} bytes: {pushed}")),
        ] {
            sparse(&path, begins, length);
            assert_eq!(refused(&path), told);
        }
        for (begins, length) in [(&b"text"[..], most - 1), (b"text", most), (ELF, most), (ELF, whole)] {
            sparse(&path, begins, length);
            assert_eq!(bytes_of(&path).unwrap().len() as u64, length);
        }
        sparse(&path, ELF, most + 1);
        let named = read(&path, Some("kv"), folder.path()).unwrap_err().to_string();
        assert!(named.ends_with(&format!("has {} bytes without symbols, and {pushed}", most + 1)), "{named}");
        assert_eq!(told_of(b""), "/t/kv is empty");
    }

    #[test]
    fn what_is_kept_is_what_was_sent_whatever_is_built_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kv");
        fs::write(&path, module()).unwrap();
        let pushable = read(&path, None, folder.path()).unwrap();
        fs::write(&path, "another one").unwrap();
        let pushed = folder.path().join("pushed");
        let kept = keep(&pushed, &pushable).unwrap();
        assert_eq!(fs::read(&kept).unwrap(), module());
        assert_eq!(last(&pushed, "kv"), None, "it is not live");
        note(&pushed, pushable.name, &kept).unwrap();
        assert_eq!((last(&pushed, "kv"), last(&pushed, "../kv")), (Some(kept), None));
    }
}
