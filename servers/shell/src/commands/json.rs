//! JSON for programs that read the console.

use ipc_proto::operator::MAX_SENTENCE;
use serde::Serialize;

use crate::output::Output;

/// The longest value, in bytes: a sentence of which each byte is written as `\u0000`, and what stands beside it.
const MAX_JSON: usize = 6 * MAX_SENTENCE + 512;

fn written(value: &impl Serialize, buffer: &mut [u8; MAX_JSON]) -> usize {
    // Everything that is shown is bounded, and fits.
    serde_json_core::to_slice(value, buffer).unwrap_or(0)
}

/// A line with a value, behind a comma or not.
pub fn line(comma: &str, value: &impl Serialize, output: &mut Output) {
    let mut buffer = [0; MAX_JSON];
    let length = written(value, &mut buffer);
    output.line(format_args!("{comma}{}", text(&buffer, length)));
}

/// An object without its closing brace: something is to be added.
pub fn open(value: &impl Serialize, output: &mut Output) {
    let mut buffer = [0; MAX_JSON];
    let length = written(value, &mut buffer);
    output.text(text(&buffer, length.saturating_sub(1)));
}

fn text(buffer: &[u8], length: usize) -> &str {
    buffer.get(..length).and_then(|line| core::str::from_utf8(line).ok()).unwrap_or_default()
}
