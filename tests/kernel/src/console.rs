//! Lines on the serial line, and the mark that ends them.

use core::cell::RefCell;
use core::fmt::{self, Write};

use serial::Uart;

struct Console(RefCell<Option<Uart>>);

// SAFETY: this program has one thread that runs Rust; the threads of the tests run their scripts and nothing else.
unsafe impl Sync for Console {}

static CONSOLE: Console = Console(RefCell::new(None));

/// Gives the console its UART. Before that, output is dropped.
pub fn open(uart: Uart) {
    if let Ok(mut console) = CONSOLE.0.try_borrow_mut() {
        *console = Some(uart);
    }
}

struct Writer;

impl Write for Writer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if let Ok(mut console) = CONSOLE.0.try_borrow_mut()
            && let Some(uart) = console.as_mut()
        {
            uart.write(text.as_bytes());
        }
        Ok(())
    }
}

/// Writes a line.
pub fn line(line: fmt::Arguments<'_>) {
    // `Writer` cannot fail; an error could only come from a `Display` of ours.
    let _ = Writer.write_fmt(format_args!("{line}\r\n"));
}

/// Writes the mark after which nothing comes: 0 says that all went well.
pub fn halt(code: u32) {
    let _ = Writer.write_fmt(format_args!("\x1b]7780;halt;{code}\x07"));
}
