//! The operator's shell on the serial console: reads a line, carries it out, says whether it succeeded.
//!
//! It is a module like any other, with two grants: the console's receiver, and the operator's interface of the
//! supervisor.
#![cfg_attr(target_os = "none", no_std, no_main)]
#![deny(unsafe_code)]

mod commands;
mod output;

use commands::Shell;
use module_rt::console::Receiver;
use module_rt::{Init, InitError, Manifest, Restart};
use output::Output;
use shell_core::command;
use shell_core::line::{Echo, Entered, Line, MAX_LINE};

module_rt::program! {
    manifest: Manifest {
        restart: Restart::Always as u8,
        stack_bytes: 8 * 4096,
        memory_bytes: 320 * 1024,
        connections: module_rt::ipc_proto::slots::MAX_CONNECTIONS,
        device: module_rt::ipc_proto::manifest::Device::Console as u8,
        ..Manifest::new("shell")
    },
    main: run,
}

/// Reads keys until a line is finished, showing them as they are typed.
fn read_line(shell: &mut Shell) -> Entered {
    let mut line = Line::new();
    let mut output = Output::new();
    loop {
        match line.key(shell.receiver.wait_for_byte()) {
            Echo::Nothing => {}
            Echo::Typed(character) => output.character(character),
            Echo::Show(text) => output.text(text),
            Echo::RubOut(count) => (0..count).for_each(|_| output.text("\x08 \x08")),
            Echo::Cancelled => {
                output.text("^C\r\n");
                output.prompt();
            }
            Echo::Entered(entered) => {
                output.text("\r\n");
                output.flush();
                return entered;
            }
        }
        output.flush();
    }
}

fn run(_: &mut Init) -> Result<(), InitError> {
    let receiver = Receiver::take().ok_or_else(|| {
        InitError::new(1, format_args!("the console was not granted: see `console` in the system's manifest"))
    })?;
    module_rt::request::publish();
    let mut shell = Shell::new(receiver);
    loop {
        let mut output = Output::new();
        output.prompt();
        output.flush();
        let entered = read_line(&mut shell);
        output.command_started();
        // Now, before anybody that the command wakes prints a line of its own.
        output.flush();
        let result = match entered {
            Entered::TooLong => Err(format_error(format_args!("a line has at most {MAX_LINE} characters"))),
            Entered::Line(text) => match command::parse(&text) {
                Ok(command) => shell.run(command, &mut output),
                Err(error) => Err(format_error(format_args!("{error}"))),
            },
        };
        if let Err(error) = &result {
            output.line(format_args!("error: {error}"));
        }
        output.command_ended(result.is_ok());
        output.flush();
    }
}

/// An error as a sentence, cut at its bound.
fn format_error(message: core::fmt::Arguments<'_>) -> ipc_proto::operator::Sentence {
    let mut sentence = ipc_proto::operator::Sentence::new();
    // An error means that the sentence is full: what fitted is kept.
    let _ = core::fmt::write(&mut sentence, message);
    sentence
}
