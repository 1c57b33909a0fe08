//! Reads a transcript: what the system prints at boot, then each command with its exact output.

use crate::console::dialogue::PROMPT;
use crate::wrong::Wrong;

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
    /// The line of the file that it stands in.
    pub line: usize,
}

/// What comes before the first command, and the commands.
///
/// # Errors
/// Where a prompt has no command.
pub fn exchanges(text: &str) -> Result<(Vec<String>, Vec<Exchange>), Wrong> {
    let (mut before, mut exchanges) = (Vec::new(), Vec::<Exchange>::new());
    for (line, number) in text.lines().zip(1..) {
        // An editor may have taken the blank from the end of an empty prompt.
        if let Some(command) = line.strip_prefix(PROMPT).or_else(|| line.strip_prefix(PROMPT.trim_end())) {
            let command = command.trim();
            if command.is_empty() {
                return Err(Wrong::at(number, "a prompt without a command"));
            }
            exchanges.push(Exchange { command: command.to_owned(), output: Vec::new(), line: number });
        } else {
            let line = line.trim_end().to_owned();
            match exchanges.last_mut() {
                Some(exchange) => exchange.output.push(line),
                // A block of a document begins with an empty line for each line before it.
                None if before.is_empty() && line.is_empty() => {}
                None => before.push(line),
            }
        }
    }
    if exchanges.is_empty() {
        let what = format!("there is no command in it: lines that begin with `{PROMPT}` are commands");
        return Err(Wrong::whole(what));
    }
    Ok((before, exchanges))
}

impl Transcript {
    /// Reads the text.
    ///
    /// # Errors
    /// Where there is no command, an empty one, or where the last one is not `halt`: a scenario
    /// without its end has proved nothing.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let (boot, exchanges) = exchanges(text)?;
        let halt = exchanges.iter().position(|exchange| exchange.command == "halt");
        let after = halt.map_or(0, |halt| halt.saturating_add(1));
        match (halt, exchanges.get(after), exchanges.last()) {
            (None, _, Some(last)) => {
                let what = format!("its last command is `{}`; it must be `halt`", last.command);
                Err(Wrong::at(last.line, what))
            }
            (Some(_), Some(next), _) => Err(Wrong::at(next.line, "there are commands after `halt`")),
            _ => Ok(Transcript { boot, exchanges }),
        }
    }
}

/// The code block after `<!-- scenario: NAME -->` in a Markdown text. Lines before it are empty ones, so that the
/// numbers of its lines are those of the document.
///
/// # Errors
/// Where there is no such comment, more than one, or no closed block right after it.
pub fn block(markdown: &str, name: &str) -> Result<String, Wrong> {
    let comment = format!("<!-- scenario: {name} -->");
    let mut places = markdown.lines().zip(1_usize..).filter(|(line, _)| line.contains(&comment));
    let (Some((_, number)), None) = (places.next(), places.next()) else {
        return Err(Wrong::whole(format!("the comment `{comment}` must stand there exactly once")));
    };
    let lines = markdown.lines().zip(1_usize..).skip(number);
    let mut lines = lines.skip_while(|(line, _)| line.trim().is_empty());
    let Some((_, fence)) = lines.next().filter(|(line, _)| line.starts_with("```")) else {
        return Err(Wrong::at(number, format!("no code block follows `{comment}`")));
    };
    let mut block = "\n".repeat(fence);
    for (line, _) in lines {
        if line.starts_with("```") {
            return Ok(block);
        }
        block.push_str(line);
        block.push('\n');
    }
    Err(Wrong::at(fence, format!("the code block after `{comment}` is not closed")))
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
        assert_eq!(read.exchanges[1], Exchange { command: "halt".into(), output: Vec::new(), line: 7 });
    }

    #[test]
    fn wrong_transcripts_say_what_is_wrong() {
        let cases = [
            ("", None, "no command in it"),
            ("just text\n", None, "no command in it"),
            ("\nescrow> ps\n", Some(2), "its last command is `ps`"),
            ("escrow>\nescrow> halt\n", Some(1), "a prompt without a command"),
            ("escrow> halt\nescrow> ps\nescrow> halt\n", Some(2), "commands after `halt`"),
        ];
        for (text, line, message) in cases {
            let told = Transcript::parse(text).unwrap_err();
            assert!(told.what.contains(message), "{text:?}: {told:?}");
            assert_eq!(told.line, line, "{text:?}");
        }
    }

    const README: &str = "# x\n<!-- scenario: life -->\n\n```text\nescrow> halt\n```\nmore\n\
                          <!-- scenario: open -->\n```\nx\n<!-- scenario: none -->\ntext\n```\n```\n";

    #[test]
    fn a_block_is_found_by_its_name() {
        assert_eq!(block(README, "life").unwrap(), "\n\n\n\nescrow> halt\n");
    }

    #[test]
    fn a_block_that_is_not_there_is_an_error() {
        let cases = [("other", "exactly once"), ("none", "no code block follows")];
        for (name, message) in cases {
            let told = block(README, name).unwrap_err().what;
            assert!(told.contains(message), "{name}: {told}");
        }
        let twice = format!("{README}\n<!-- scenario: life -->\n");
        assert!(block(&twice, "life").unwrap_err().what.contains("exactly once"));
        let open = "<!-- scenario: open -->\n```\nescrow> halt\n";
        assert!(block(open, "open").unwrap_err().what.contains("not closed"));
    }
}
