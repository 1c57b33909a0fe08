//! What a failed scenario leaves behind: console log, image, and how to attach gdb.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::command::quoted;
use crate::machine::{Clock, common_args};
use crate::prepare::Boot;

/// Writes the folder and returns what to tell the person.
///
/// # Errors
/// Where the folder cannot be written.
pub fn leave(out: &Path, case: &str, boot: &Boot, console: &[u8]) -> Result<String> {
    let folder = out.join("failed").join(case);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
    fs::write(folder.join("console.log"), console).context("console.log")?;
    for entry in fs::read_dir(&boot.folder).with_context(|| format!("{}", boot.folder.display()))? {
        let path = entry.context("the image's folder")?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            fs::copy(&path, folder.join(name)).with_context(|| format!("{}", path.display()))?;
        }
    }
    let symbols = keep_symbols(boot, &folder)?;
    let spec = boot.machine(Clock::Instructions);
    let mut qemu = vec![spec.program];
    qemu.extend(spec.args);
    qemu.extend(common_args(Clock::Instructions));
    qemu.extend(["-serial", "stdio", "-S", "-s"].map(OsString::from));
    let told = format!(
        "left in {}: console.log, image, symbols\n\
         to debug it, in two terminals:\n  cd {} && {}\n  {}\n",
        folder.display(),
        quoted(folder.as_os_str()),
        line(&qemu),
        line(&gdb(&symbols)),
    );
    fs::write(folder.join("debug.txt"), &told).context("debug.txt")?;
    Ok(told)
}

/// The image was built from these very files; a later build may change the others.
fn keep_symbols(boot: &Boot, folder: &Path) -> Result<Vec<PathBuf>> {
    let symbols = folder.join("symbols");
    fs::create_dir_all(&symbols).with_context(|| format!("{}", symbols.display()))?;
    let mut kept = Vec::new();
    for file in &boot.symbols {
        let name = file.file_name().context("a program without a name")?;
        let to = symbols.join(name);
        fs::copy(file, &to).with_context(|| format!("{}", file.display()))?;
        kept.push(to);
    }
    Ok(kept)
}

/// Kernel and root task are known from the start; a module's file is added by hand, since all
/// modules share their addresses.
fn gdb(symbols: &[PathBuf]) -> Vec<OsString> {
    let mut gdb = vec![OsString::from("gdb-multiarch")];
    gdb.extend(["-ex", "target remote localhost:1234"].map(OsString::from));
    let mut files = symbols.iter();
    if let Some(kernel) = files.next() {
        gdb.push("-ex".into());
        // gdb splits its commands at blanks, and knows double quotes.
        gdb.push(format!("add-symbol-file \"{}\"", kernel.display()).into());
    }
    gdb.extend(files.next().map(|root_task| root_task.clone().into_os_string()));
    gdb
}

fn line(words: &[OsString]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gdb_gets_kernel_and_root_task() {
        let files = ["/s/kernel.elf", "/s/root-task", "/s/echo"].map(PathBuf::from);
        assert_eq!(
            line(&gdb(&files)),
            "gdb-multiarch -ex 'target remote localhost:1234' -ex \
             'add-symbol-file \"/s/kernel.elf\"' /s/root-task"
        );
    }
}
