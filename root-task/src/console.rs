//! Lines for the person at the console. The supervisor is the only program that writes to it.

use core::cell::RefCell;
use core::fmt::{self, Write};

use serial::Uart;

struct Console(RefCell<Option<Uart>>);

// SAFETY: the root task has one thread that runs Rust (the threads of bell and worker never come here).
unsafe impl Sync for Console {}

static CONSOLE: Console = Console(RefCell::new(None));

/// Gives the console its UART. Before that, output is dropped.
pub fn open(uart: Uart) {
    if let Ok(mut console) = CONSOLE.0.try_borrow_mut() {
        *console = Some(uart);
    }
}

/// Writes text as it is: for the operator's own output.
pub fn raw(text: &str) {
    if let Ok(mut console) = CONSOLE.0.try_borrow_mut()
        && let Some(uart) = console.as_mut()
    {
        uart.write(text.as_bytes());
    }
}

/// Passes text on with every control character replaced, so that no module can speak to the terminal, nor to a
/// program that reads the marks in the operator's output.
struct Plain;

impl Write for Plain {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut encoded = [0; 4];
        for character in text.chars() {
            let shown = if character.is_control() { '?' } else { character };
            raw(shown.encode_utf8(&mut encoded));
        }
        Ok(())
    }
}

/// Writes a line.
pub fn line(line: fmt::Arguments<'_>) {
    // `Plain` cannot fail; an error could only come from a `Display` of ours.
    let _ = Plain.write_fmt(line);
    raw("\r\n");
}

/// Writes the last line, and marks the end for the program at the other end of the console.
pub fn end(message: fmt::Arguments<'_>) {
    raw("\r\n");
    line(message);
    raw("\x1b]7780;panic\x07");
}

/// Writes a formatted line on the console.
#[macro_export]
macro_rules! say {
    ($($arg:tt)*) => { $crate::console::line(::core::format_args!($($arg)*)) };
}
