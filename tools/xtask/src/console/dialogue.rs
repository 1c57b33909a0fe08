//! Follows the shell from prompt to prompt: which text was typed, which was a command's output,
//! and how the command ended.

use super::marks::{Bench, Kill, Mark, Piece};

/// What the shell prints when it waits for a line.
pub const PROMPT: &str = "escrow> ";

/// More than the longest line that is worth a report.
const RECENT: usize = 1000;

/// What came since the last time that the shell waited for a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The command's output, or what came before the first prompt. Without carriage returns; other
    /// control characters are written as `\x07`.
    pub output: String,
    /// Text that stands where only the echo of the typed line, or only the prompt, belongs.
    pub stray: String,
    /// The command's status; `None` after boot, and where the shell did not say one.
    pub code: Option<u32>,
}

/// What the dialogue has come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The shell waits for a line.
    Ready(Said),
    /// The system has halted with this exit code.
    Halted(Said, u32),
    /// The root task panicked.
    Panicked,
    /// A measurement's result.
    Measured(Bench),
    /// A kill of a sweep.
    Killed(Kill),
    /// A mark came where it cannot come; the message says which.
    Disorder(String),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Before the first prompt, in a command's output, or after it.
    #[default]
    Output,
    Prompt,
    Typing,
}

/// The state between two pieces of the stream.
#[derive(Debug, Default)]
pub struct Dialogue {
    place: Place,
    /// True between a command's start and its status.
    in_command: bool,
    output: Vec<u8>,
    prompt: Vec<u8>,
    echo: Vec<u8>,
    /// The end of everything, for reports.
    recent: Vec<u8>,
    typed: String,
    code: Option<u32>,
}

impl Dialogue {
    /// Says which line was sent to the shell, so that its echo is not taken for stray text.
    pub fn typed(&mut self, line: &str) {
        line.clone_into(&mut self.typed);
    }

    /// Takes the next piece of the stream.
    pub fn take(&mut self, piece: Piece) -> Option<Turn> {
        let mark = match piece {
            Piece::Text(text) => {
                self.recent.extend(&text);
                let much = self.recent.len().saturating_sub(RECENT);
                self.recent.drain(..much);
                match self.place {
                    Place::Output => self.output.extend(text),
                    Place::Prompt => self.prompt.extend(text),
                    Place::Typing => self.echo.extend(text),
                }
                return None;
            }
            Piece::Mark(mark) => mark,
        };
        match (mark, self.place) {
            (Mark::PromptStart, _) => {
                self.place = Place::Prompt;
                None
            }
            (Mark::PromptEnd, Place::Prompt) => {
                self.place = Place::Typing;
                Some(Turn::Ready(self.said()))
            }
            (Mark::OutputStart, Place::Typing) => {
                self.place = Place::Output;
                self.in_command = true;
                None
            }
            (Mark::CommandEnd(code), Place::Output) if self.in_command => {
                self.in_command = false;
                self.code = Some(code);
                None
            }
            (Mark::Halt(code), Place::Output) => Some(Turn::Halted(self.said(), code)),
            (Mark::Panic, _) => Some(Turn::Panicked),
            (Mark::Bench(bench), _) => Some(Turn::Measured(bench)),
            (Mark::Kill(kill), _) => Some(Turn::Killed(kill)),
            (mark, place) => Some(Turn::Disorder(format!(
                "the mark {mark:?} came where it cannot come ({place:?}): the shell's status \
                 protocol is broken"
            ))),
        }
    }

    /// What the command that runs has printed so far; nothing where none runs.
    pub fn output(&self) -> &[u8] {
        if self.in_command { &self.output } else { &[] }
    }

    /// The last line that has any text, for reports.
    pub fn last_line(&self) -> String {
        let text = visible(&self.recent);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.next_back().unwrap_or_default().to_owned()
    }

    fn said(&mut self) -> Said {
        let echo = visible(&std::mem::take(&mut self.echo));
        let mut output = visible(&std::mem::take(&mut self.output));
        // The end of the typed line may be echoed on either side of the mark.
        if !echo.is_empty() && !echo.ends_with('\n') && output.starts_with('\n') {
            output.remove(0);
        }
        let typed = std::mem::take(&mut self.typed);
        let mut stray = String::new();
        if echo.trim_end_matches('\n') != typed {
            stray.push_str(&echo);
        }
        // The prompt belongs to the next command, but nothing else may stand beside it.
        let prompt = visible(&std::mem::take(&mut self.prompt));
        if !prompt.is_empty() && prompt != PROMPT {
            stray.push_str(&prompt);
        }
        Said { output, stray, code: self.code.take() }
    }
}

/// Text as a transcript has it: no carriage returns, other control characters made visible.
pub fn visible(bytes: &[u8]) -> String {
    let mut text = String::new();
    for character in String::from_utf8_lossy(bytes).chars() {
        match character {
            '\r' => {}
            '\n' | '\t' => text.push(character),
            other if other.is_control() => text.push_str(&format!("\\x{:02x}", u32::from(other))),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::marks::MarkParser;
    use super::*;

    fn turns(dialogue: &mut Dialogue, bytes: &str) -> Vec<Turn> {
        MarkParser::default()
            .feed(bytes.as_bytes())
            .into_iter()
            .filter_map(|piece| dialogue.take(piece))
            .collect()
    }

    fn ready(dialogue: &mut Dialogue, bytes: &str) -> Said {
        match turns(dialogue, bytes).as_slice() {
            [Turn::Ready(said)] => said.clone(),
            other => panic!("no prompt: {other:?}"),
        }
    }

    const READY: &str = "\x1b]133;A\x07escrow> \x1b]133;B\x07";

    fn said(output: &str, code: Option<u32>) -> Said {
        Said { output: output.into(), stray: String::new(), code }
    }

    #[test]
    fn boot_commands_and_halt() {
        let mut dialogue = Dialogue::default();
        let boot = turns(&mut dialogue, &format!("booted\r\n{READY}"));
        assert_eq!(boot, [Turn::Ready(said("booted\n", None))]);
        dialogue.typed("ps");
        let ps = format!("ps\r\n\x1b]133;C\x07a\r\nb\r\n\x1b]133;D;0\x07{READY}");
        assert_eq!(turns(&mut dialogue, &ps), [Turn::Ready(said("a\nb\n", Some(0)))]);
        dialogue.typed("oops");
        let oops = format!("oops\x1b]133;C\x07\r\nerror: no\r\n\x1b]133;D;1\x07late\r\n{READY}");
        let late = said("error: no\nlate\n", Some(1));
        assert_eq!(turns(&mut dialogue, &oops), [Turn::Ready(late)]);
        dialogue.typed("halt");
        let halt = "halt\r\n\x1b]133;C\x07\x1b]133;D;0\x07\x1b]7780;halt;0\x07";
        assert_eq!(turns(&mut dialogue, halt), [Turn::Halted(said("", Some(0)), 0)]);
    }

    #[test]
    fn text_beside_the_echo_or_the_prompt_is_stray() {
        let mut dialogue = Dialogue::default();
        turns(&mut dialogue, READY);
        dialogue.typed("ps");
        let bytes = format!("p<<kernel>>s\r\n\x1b]133;C\x07a\r\n\x1b]133;D;0\x07{READY}");
        let said = ready(&mut dialogue, &bytes);
        assert_eq!(said.stray, "p<<kernel>>s\n");
        let bytes = "\x1b]133;A\x07escrow> kernel!\x1b]133;B\x07";
        let said = ready(&mut dialogue, bytes);
        assert_eq!(said.stray, "escrow> kernel!");
    }

    #[test]
    fn a_shell_that_starts_again_says_no_status() {
        let mut dialogue = Dialogue::default();
        turns(&mut dialogue, READY);
        dialogue.typed("crash shell");
        let bytes = format!("crash shell\r\n\x1b]133;C\x07fault\r\n{READY}");
        assert_eq!(turns(&mut dialogue, &bytes), [Turn::Ready(said("fault\n", None))]);
    }

    #[test]
    fn marks_out_of_order_are_reported() {
        for bytes in ["\x1b]133;B\x07", "\x1b]133;C\x07", "\x1b]133;D;0\x07"] {
            let turns = turns(&mut Dialogue::default(), bytes);
            assert!(matches!(turns.as_slice(), [Turn::Disorder(_)]), "{bytes:?}: {turns:?}");
        }
        assert_eq!(turns(&mut Dialogue::default(), "\x1b]7780;panic\x07"), [Turn::Panicked]);
    }

    #[test]
    fn control_characters_are_made_visible() {
        assert_eq!(visible(b"a\r\n\x1b]0;x\x07\tb"), "a\n\\x1b]0;x\\x07\tb");
    }

    #[test]
    fn the_last_line_is_the_last_with_text() {
        let mut dialogue = Dialogue::default();
        turns(&mut dialogue, "one\r\ntwo\r\n\r\n");
        assert_eq!(dialogue.last_line(), "two");
        turns(&mut dialogue, &format!("{READY}hel"));
        assert_eq!(dialogue.last_line(), "escrow> hel");
    }
}
