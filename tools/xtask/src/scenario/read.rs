//! Reads scenarios from their folders; what is wrong is told with the file and the line.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use shell_core::command;
use shell_core::line::MAX_LINE;
use toml::Spanned;

use super::settings::{Elsewhere, Settings, Sweep};
use super::strikes::LAST;
use super::transcript::{self, Transcript};
use super::{Scenario, rounds::Rounds};
use crate::guest::outside::{self, Origin, Outside};
use crate::system::asks::{self, Asks};
use crate::wrong::Wrong;

/// All scenarios of the repository, by name.
///
/// # Errors
/// Where one of them is wrong; the message names the file.
pub fn load_all(root: &Path) -> Result<Vec<Scenario>> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in ["tests/scenarios", "docs/examples"].map(|folder| root.join(folder)) {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))? {
            let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
            // git keeps no empty folders: one that is left over is no scenario.
            if path.read_dir().is_ok_and(|mut inside| inside.next().is_some()) {
                folders.push(path);
            }
        }
    }
    folders.sort();
    folders.iter().map(|folder| load(root, folder)).collect()
}

/// The scenario in a folder, wherever that is. `root` is this repository's.
///
/// # Errors
/// Where it is wrong; the message names the file, and the line.
pub fn load(root: &Path, folder: &Path) -> Result<Scenario> {
    // The programs that are run need not have our working directory.
    let folder = &std::path::absolute(folder).with_context(|| folder.display().to_string())?;
    let name = folder.file_name().and_then(|name| name.to_str());
    let name = name.with_context(|| format!("the name of {} is no text", folder.display()))?.to_owned();
    let file = folder.join("scenario.toml");
    let text = read(&file)?;
    let settings = settings(&text).map_err(|wrong| wrong.within(&file))?;
    let system = system(folder, &text, &settings.system).map_err(|wrong| wrong.within(&file))?;
    let outside = modules(folder, &text, &settings).map_err(|wrong| wrong.within(&file))?;
    let (path, transcript) = match &settings.transcript {
        None => {
            let path = folder.join("transcript");
            let transcript = read(&path)?;
            (path, transcript)
        }
        Some(reference) => document(root, &text, reference).map_err(|wrong| wrong.within(&file))?,
    };
    let transcript = Transcript::parse(&transcript).map_err(|wrong| wrong.within(&path))?;
    let rounds = match &settings.sweep {
        None if folder.join("sweep").exists() => {
            return Err(Wrong::whole("there is a file `sweep`, and no table [sweep]").within(&file));
        }
        None => None,
        Some(sweep) => {
            strike(&text, sweep).map_err(|wrong| wrong.within(&file))?;
            let path = folder.join("sweep");
            let rounds = rounds(&read(&path)?, sweep).map_err(|wrong| wrong.within(&path))?;
            Some(rounds)
        }
    };
    Ok(Scenario {
        name,
        folder: folder.clone(),
        settings,
        system,
        outside,
        transcript,
        written_in: path,
        rounds,
    })
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn settings(text: &str) -> Result<Settings, Wrong> {
    let settings: Settings = toml::from_str(text).map_err(|error| Wrong::toml(text, &error, &[]))?;
    if settings.arch.is_empty() {
        return Err(Wrong::whole("`arch` names no architecture, so it would never run"));
    }
    if settings.sweep.as_ref().is_some_and(|sweep| sweep.step == 0) {
        return Err(Wrong::whole("`step` is 0: a sweep would never come to its end"));
    }
    Ok(settings)
}

/// What is done is something that the shell can do at a moment.
fn strike(text: &str, sweep: &Sweep) -> Result<(), Wrong> {
    let read = command::parse(&sweep.line(LAST, "ps"));
    read.map(drop).map_err(|error| Wrong::span(text, &sweep.strike.span(), error.to_string()))
}

/// The file `sweep`; its first command is one that the shell can carry out meanwhile.
fn rounds(text: &str, sweep: &Sweep) -> Result<Rounds, Wrong> {
    let rounds = Rounds::parse(text)?;
    let line = sweep.line(LAST, &rounds.during.command);
    let wrong = |what: String| Wrong::at(rounds.during.line, what);
    if line.len() > MAX_LINE {
        return Err(wrong(format!(
            "the shell's lines have at most {MAX_LINE} characters, and `{line}` has more"
        )));
    }
    command::parse(&line).map_err(|error| wrong(error.to_string()))?;
    Ok(rounds)
}

/// The name of a system of this repository, or the whole path of one beside the scenario.
fn system(folder: &Path, text: &str, system: &Spanned<String>) -> Result<String, Wrong> {
    let name = system.get_ref();
    if !name.ends_with(".toml") {
        return Ok(name.clone());
    }
    let path = folder.join(name);
    match path.to_str() {
        Some(path) if Path::new(path).is_file() => Ok(path.to_owned()),
        _ => Err(Wrong::span(text, &system.span(), format!("there is no file {}", path.display()))),
    }
}

/// The modules that are not of this repository.
fn modules(folder: &Path, text: &str, settings: &Settings) -> Result<Vec<Outside>, Wrong> {
    let package = |elsewhere: &Elsewhere| {
        let path = folder.join(elsewhere.path.get_ref());
        let wrong = |what: String| Wrong::span(text, &elsewhere.path.span(), what);
        if !path.join("Cargo.toml").is_file() {
            return Err(wrong(format!("there is no Cargo.toml in {}", path.display())));
        }
        let asks = asks_of(&path, &elsewhere.name).map_err(|error| wrong(format!("{error:#}")))?;
        Ok(Outside { name: elsewhere.name.clone(), origin: Origin::Package(path), asks })
    };
    let elf = |elsewhere: &Elsewhere| {
        let path = folder.join(elsewhere.path.get_ref()).display().to_string();
        let files = settings.arch.iter().map(|arch| path.replace("{arch}", arch.name()));
        match files.into_iter().find(|file| !Path::new(file).is_file()) {
            None => Ok(Outside { name: elsewhere.name.clone(), origin: Origin::Elf(path), asks: None }),
            Some(file) => Err(Wrong::span(text, &elsewhere.path.span(), format!("there is no file {file}"))),
        }
    };
    settings.source.iter().map(package).chain(settings.elf.iter().map(elf)).collect()
}

/// What the package of a program asks for. In a workspace that is a member's word, and cargo is asked which member's; the
/// file of a package alone says it itself, and all scenarios are read in a moment.
fn asks_of(package: &Path, program: &str) -> Result<Option<Asks>> {
    let file = package.join("Cargo.toml");
    match asks::has_members(&file)? {
        true => Ok(outside::module_of(package, Some(program))?.asks),
        false => asks::of(&file, program),
    }
}

/// The code block of a document that is the transcript, and which document it is.
fn document(root: &Path, text: &str, reference: &Spanned<String>) -> Result<(PathBuf, String), Wrong> {
    let wrong = |what: String| Wrong::span(text, &reference.span(), what);
    let (file, block) = reference
        .get_ref()
        .split_once('#')
        .ok_or_else(|| wrong("`transcript` must be FILE#NAME".to_owned()))?;
    let path = root.join(file);
    let document = fs::read_to_string(&path).map_err(|error| wrong(format!("{file}: {error}")))?;
    let block = transcript::block(&document, block);
    block.map(|block| (path, block)).map_err(|inside| wrong(inside.within(Path::new(file)).to_string()))
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
