//! Reads a transcript: what the system prints at boot, then each command with its exact output.

use anyhow::{Result, bail};

use crate::console::dialogue::PROMPT;

/// A transcript, ready to be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// What comes before the first prompt.
    pub boot: Vec<String>,
    /// The commands in order; the last is `halt`.
    pub exchanges: Vec<Exchange>,
}

/// One command and what it prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The line that is typed.
    pub command: String,
    /// The lines that come back, with wildcards.
    pub output: Vec<String>,
}

impl Transcript {
    /// Reads the text.
    ///
    /// # Errors
    /// Where there is no command, an empty one, or where the last one is not `halt`: a scenario
    /// without its end has proved nothing.
    pub fn parse(text: &str) -> Result<Self> {
        let mut transcript = Transcript { boot: Vec::new(), exchanges: Vec::new() };
        for (index, line) in text.lines().enumerate() {
            let number = index.saturating_add(1);
            // An editor may have taken the blank from the end of an empty prompt.
            if let Some(command) = line.strip_prefix(PROMPT).or_else(|| line.strip_prefix(PROMPT.trim_end()))
            {
                let command = command.trim();
                if command.is_empty() {
                    bail!("line {number}: a prompt without a command");
                }
                let command = command.to_owned();
                transcript.exchanges.push(Exchange { command, output: Vec::new() });
            } else {
                let lines = match transcript.exchanges.last_mut() {
                    Some(exchange) => &mut exchange.output,
                    None => &mut transcript.boot,
                };
                lines.push(line.trim_end().to_owned());
            }
        }
        let Some((last, earlier)) = transcript.exchanges.split_last() else {
            bail!("there is no command in it: lines that begin with `{PROMPT}` are commands");
        };
        if last.command != "halt" {
            bail!("its last command is `{}`; it must be `halt`", last.command);
        }
        if earlier.iter().any(|exchange| exchange.command == "halt") {
            bail!("there are commands after `halt`");
        }
        Ok(transcript)
    }
}

/// The code block after `<!-- scenario: NAME -->` in a Markdown text.
///
/// # Errors
/// Where there is no such comment, more than one, or no closed block right after it.
pub fn block(markdown: &str, name: &str) -> Result<String> {
    let comment = format!("<!-- scenario: {name} -->");
    let mut after = markdown.split(comment.as_str()).skip(1);
    let (Some(rest), None) = (after.next(), after.next()) else {
        bail!("the comment `{comment}` must stand there exactly once");
    };
    let mut lines = rest.lines().skip_while(|line| line.trim().is_empty());
    if !lines.next().is_some_and(|line| line.starts_with("```")) {
        bail!("no code block follows `{comment}`");
    }
    let mut block = String::new();
    for line in lines {
        if line.starts_with("```") {
            return Ok(block);
        }
        block.push_str(line);
        block.push('\n');
    }
    bail!("the code block after `{comment}` is not closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boot_text_commands_and_outputs_are_taken_apart() {
        let read = Transcript::parse("...\nready\nescrow> ps\na  \n\nb\nescrow> halt\n").unwrap();
        assert_eq!(read.boot, ["...", "ready"]);
        assert_eq!(read.exchanges[0].command, "ps");
        assert_eq!(read.exchanges[0].output, ["a", "", "b"]);
        assert_eq!(read.exchanges[1], Exchange { command: "halt".into(), output: Vec::new() });
    }

    #[test]
    fn wrong_transcripts_say_what_is_wrong() {
        let cases = [
            ("", "no command in it"),
            ("just text\n", "no command in it"),
            ("escrow> ps\n", "its last command is `ps`"),
            ("escrow>\nescrow> halt\n", "line 1: a prompt without a command"),
            ("escrow> halt\nescrow> ps\nescrow> halt\n", "commands after `halt`"),
        ];
        for (text, message) in cases {
            let told = Transcript::parse(text).unwrap_err().to_string();
            assert!(told.contains(message), "{text:?}: {told}");
        }
    }

    const README: &str = "# x\n<!-- scenario: life -->\n\n```text\nescrow> halt\n```\nmore\n\
                          <!-- scenario: open -->\n```\nx\n<!-- scenario: none -->\ntext\n```\n```\n";

    #[test]
    fn a_block_is_found_by_its_name() {
        assert_eq!(block(README, "life").unwrap(), "escrow> halt\n");
    }

    #[test]
    fn a_block_that_is_not_there_is_an_error() {
        let cases = [("other", "exactly once"), ("none", "no code block follows")];
        for (name, message) in cases {
            let told = block(README, name).unwrap_err().to_string();
            assert!(told.contains(message), "{name}: {told}");
        }
        let twice = format!("{README}\n<!-- scenario: life -->\n");
        assert!(block(&twice, "life").unwrap_err().to_string().contains("exactly once"));
        let open = "<!-- scenario: open -->\n```\nescrow> halt\n";
        assert!(block(open, "open").unwrap_err().to_string().contains("not closed"));
    }
}
