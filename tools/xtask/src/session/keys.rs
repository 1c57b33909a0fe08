//! Keys that are pressed while commands run, each once and in its turn, when a command has printed what it waits for.

use std::collections::VecDeque;

/// What is still to be pressed.
#[derive(Debug, Default)]
pub struct Keys {
    /// After which text, and what.
    waiting: VecDeque<(String, String)>,
    /// How much of the command's output the keys before have waited for.
    waited_for: usize,
}

impl Keys {
    /// Adds keys: the second of each pair is pressed when the first has come.
    pub fn add(&mut self, keys: impl IntoIterator<Item = (String, String)>) {
        self.waiting.extend(keys);
    }

    /// A new command begins.
    pub fn begin(&mut self) {
        self.waited_for = 0;
    }

    /// What the next key waits for.
    pub fn next(&self) -> Option<&str> {
        self.waiting.front().map(|(after, _)| after.as_str())
    }

    /// The next key, if what it waits for is in what the command has printed since the one before.
    pub fn due(&mut self, output: &[u8]) -> Option<String> {
        let after = self.next()?.as_bytes();
        let new = output.get(self.waited_for..)?;
        let at = new.windows(after.len().max(1)).position(|text| text == after)?;
        self.waited_for = self.waited_for.saturating_add(at).saturating_add(after.len());
        self.waiting.pop_front().map(|(_, key)| key)
    }
}
