//! `report`.
//!
//! The lines from `backtrace of MODULE.GENERATION (file FILE)` on have a form that the host's tool knows: it adds function,
//! file and line to each address. No other line can look like one of these: those with words of a module in them begin with words
//! of ours.

use heapless::Vec;
use ipc_proto::ids::Instance;
use ipc_proto::name::Name;
use ipc_proto::operator::{
    Autopsy, Backtrace, LastLine, MAX_DEATHS, MAX_LINES, Part, REGISTERS, ReportAnswer, Sentence,
};
use module_rt::operator;
use serde::Serialize;

use super::{json, unexpected};
use crate::format_error;
use crate::output::Output;

/// How often a report is taken of a module that dies again meanwhile.
const TRIES: u32 = 8;
/// How many registers stand in a line.
const ABREAST: usize = 3;

/// The first part of a report for programs.
#[derive(Serialize)]
struct Head<'a> {
    module: &'a Name,
    file: &'a Name,
    domain: u16,
    generation: u32,
    micros: u64,
    cause: &'a str,
    then: &'a str,
    fault: Option<u64>,
    stack_bottom: u64,
    stack_top: u64,
    trouble: Option<&'a str>,
}

/// A call in service for programs.
#[derive(Serialize)]
struct Call<'a> {
    client: &'a Name,
    generation: u32,
    label: u16,
}

/// A register for programs.
#[derive(Serialize)]
struct Register<'a> {
    name: &'a str,
    value: u64,
}

fn ask(name: Name, part: Part) -> Result<ReportAnswer, Sentence> {
    match operator::ask_report(name, part) {
        Ok(ReportAnswer::None) => Err(format_error(format_args!(
            "no death of {name} is known: it has not died, or {MAX_DEATHS} others have died since"
        ))),
        Ok(answer) => Ok(answer),
        Err(error) => Err(format_error(format_args!("the supervisor: {error}"))),
    }
}

/// All that is shown of a death, and of the same death.
struct Report {
    death: Autopsy,
    registers: Vec<u64, { ipc_proto::operator::MAX_REGISTERS }>,
    stack: Option<Backtrace>,
}

/// Takes it; once more where the module has died again meanwhile.
fn take(name: Name) -> Result<Report, Sentence> {
    for _ in 0..TRIES {
        if let Some(report) = take_once(name)? {
            return Ok(report);
        }
    }
    Err(format_error(format_args!("{name} dies faster than its report can be read: ask once more")))
}

/// `None` where it has died again meanwhile. Not in its caller's frame: a report is large, and other commands need no room
/// for one.
#[inline(never)]
fn take_once(name: Name) -> Result<Option<Report>, Sentence> {
    let ReportAnswer::Death(death) = ask(name, Part::Death)? else { return Err(unexpected()) };
    let ReportAnswer::Registers(second, registers) = ask(name, Part::Registers)? else {
        return Err(unexpected());
    };
    let ReportAnswer::Stack(third, stack) = ask(name, Part::Stack)? else { return Err(unexpected()) };
    if [second, third] != [death.instance; 2] {
        return Ok(None);
    }
    Ok(Some(Report { death, registers, stack }))
}

/// The last lines of an instance, as long as no further one has died.
fn last_lines(name: Name, of: Instance) -> impl Iterator<Item = LastLine> {
    (0..).take(MAX_LINES).map_while(move |number| match ask(name, Part::Line(number)) {
        Ok(ReportAnswer::Line(instance, Some(line))) if instance == of => Some(line),
        _ => None,
    })
}

#[inline(never)]
pub fn show(name: Name, json: bool, output: &mut Output) -> Result<(), Sentence> {
    let report = take(name)?;
    if json {
        for_programs(name, &report, output)
    } else {
        for_people(name, &report, output)
    }
    Ok(())
}

fn for_people(name: Name, report: &Report, output: &mut Output) {
    let Autopsy { instance, micros, cause, then, stack: (bottom, top), trouble, served, more, .. } =
        &report.death;
    let Instance { domain, generation } = instance;
    let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
    output.line(format_args!("{name}, id {domain}, generation {generation}: {cause}"));
    output.line(format_args!("at {seconds}.{micros:06} s; {then}"));
    if let Some(address) = report.death.fault {
        output.line(format_args!("fault address {address:#x}"));
    }
    output.line(format_args!("stack {bottom:#x} to {top:#x}"));
    if let Some(trouble) = trouble {
        output.line(format_args!("{trouble}"));
    }
    for call in served {
        output.line(format_args!(
            "in service: call {:#x} of {}.{}, by the kernel's word: received, and not answered",
            call.label, call.client, call.generation
        ));
    }
    match more {
        0 if served.is_empty() => {
            output
                .line(format_args!("in service: nothing, by the kernel's word: nobody waited for an answer"));
        }
        0 => {}
        more => output.line(format_args!("in service: {more} more calls")),
    }
    for (values, names) in report.registers.chunks(ABREAST).zip(REGISTERS.chunks(ABREAST)) {
        for (value, name) in values.iter().zip(names) {
            output.text("  ");
            output.words(format_args!("{name:>3} {value:016x}"));
        }
        output.text("\r\n");
    }
    match &report.stack {
        Some(Backtrace { frames, end }) => {
            output.line(format_args!("backtrace of {name}.{generation} (file {})", report.death.file));
            for (number, frame) in frames.iter().enumerate() {
                output.line(format_args!("  #{number} {frame:#018x}"));
            }
            output.line(format_args!("  {end}"));
        }
        None => output
            .line(format_args!("no backtrace: the system's manifest keeps no dead instances (autopsies)")),
    }
    for LastLine { micros, own, text } in last_lines(name, *instance) {
        let (seconds, micros) = (micros / 1_000_000, micros % 1_000_000);
        let from = if own { "" } else { "supervisor: " };
        output.line(format_args!("{seconds}.{micros:06} {from}[{name}.{generation}] {text}"));
    }
}

fn for_programs(name: Name, report: &Report, output: &mut Output) {
    let Autopsy { instance, file, micros, cause, then, fault, stack, trouble, served, more } = &report.death;
    let mut words = heapless::String::<80>::new();
    if let Some(trouble) = trouble {
        // All of them fit.
        let _ = core::fmt::write(&mut words, format_args!("{trouble}"));
    }
    let head = Head {
        module: &name,
        file,
        domain: instance.domain.0,
        generation: instance.generation.0,
        micros: *micros,
        cause,
        then,
        fault: *fault,
        stack_bottom: stack.0,
        stack_top: stack.1,
        trouble: trouble.map(|_| words.as_str()),
    };
    json::open(&head, output);
    output.line(format_args!(",\"more_in_service\":{more},\"in_service\":["));
    let calls = served.iter().map(|call| Call {
        client: &call.client,
        generation: call.generation.0,
        label: call.label,
    });
    list(calls, output);
    output.line(format_args!("],\"registers\":["));
    let registers = report.registers.iter().zip(REGISTERS);
    list(registers.map(|(value, name)| Register { name, value: *value }), output);
    match &report.stack {
        Some(Backtrace { frames, end }) => {
            output.line(format_args!("],\"backtrace_end\":\"{end}\",\"backtrace\":["));
            list(frames.iter(), output);
        }
        None => output.line(format_args!("],\"backtrace_end\":null,\"backtrace\":[")),
    }
    output.line(format_args!("],\"lines\":["));
    list(last_lines(name, *instance), output);
    output.line(format_args!("]}}"));
}

fn list(values: impl Iterator<Item = impl Serialize>, output: &mut Output) {
    let mut comma = "";
    for value in values {
        json::line(comma, &value, output);
        comma = ",";
    }
}
