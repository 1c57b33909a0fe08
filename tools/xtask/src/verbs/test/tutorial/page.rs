//! Reads the tutorial: what a reader writes into which file, what is typed, and what comes back, in the order of the page.

use crate::scenario::transcript::exchanges;
use crate::wrong::Wrong;

/// What a reader does next, and in which line of the page that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub line: usize,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A file is made, or made anew: `<!-- new: PATH -->`.
    New { path: String, text: String },
    /// Lines come before a line of a file: `<!-- before: PATH: LINE -->`.
    Before { path: String, mark: String, text: String },
    /// Or behind it: `<!-- after: PATH: LINE -->`.
    After { path: String, mark: String, text: String },
    /// Nothing is done, and this is in the file: `<!-- shows: PATH -->`.
    Shows { path: String, text: String },
    /// A command in a terminal: `$ COMMAND`, in a block `console`.
    Host { command: String, output: Vec<String> },
    /// A command in the shell of the booted system, in such a block.
    Shell { command: String, output: Vec<String> },
}

/// How a line of a `console` block begins that is typed in a terminal.
const DOLLAR: &str = "$ ";

/// All steps of the page. Each code block is one, or some.
///
/// # Errors
/// Where a block is none: nobody would notice that it is not true any more.
pub fn steps(page: &str) -> Result<Vec<Step>, Wrong> {
    let mut steps = Vec::new();
    let (mut comment, mut lines) = (None, page.lines().zip(1_usize..));
    while let Some((line, number)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            comment = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->"));
            continue;
        };
        let block = lines.by_ref().map(|(line, _)| line).take_while(|line| *line != "```");
        let text: String = block.flat_map(|line| [line, "\n"]).collect();
        match comment.take() {
            Some(comment) => {
                let what = file(comment, text).ok_or_else(|| {
                    Wrong::at(number, format!("`{comment}` does not say what becomes of the block"))
                })?;
                steps.push(Step { line: number, what });
            }
            None if language == "console" => console(&text, number, &mut steps)?,
            None => return Err(Wrong::at(number, "nothing is done with this block, so nobody tests it")),
        }
    }
    Ok(steps)
}

fn file(comment: &str, text: String) -> Option<What> {
    let (how, rest) = comment.split_once(": ")?;
    if let "new" | "shows" = how {
        let path = rest.to_owned();
        return Some(if how == "new" { What::New { path, text } } else { What::Shows { path, text } });
    }
    let (path, mark) = rest.split_once(": ")?;
    let (path, mark) = (path.to_owned(), mark.to_owned());
    match how {
        "before" => Some(What::Before { path, mark, text }),
        "after" => Some(What::After { path, mark, text }),
        _ => None,
    }
}

/// The commands of a block that begins behind line `at`, in their order.
fn console(text: &str, at: usize, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    let mut host: Vec<(usize, String, String)> = Vec::new();
    let mut before = String::new();
    for (line, number) in text.lines().zip(at.saturating_add(1)..) {
        match (line.strip_prefix(DOLLAR), host.last_mut()) {
            (Some(command), _) => host.push((number, command.to_owned(), String::new())),
            (None, Some((_, _, under))) => under.extend([line, "\n"]),
            (None, None) => before.extend([line, "\n"]),
        }
    }
    if !before.is_empty() {
        shell(&before, at, steps)?;
    }
    for (line, command, under) in host {
        let is_boot = under.lines().any(|line| line.starts_with("escrow> "));
        let output =
            under.lines().take_while(|line| !line.starts_with("escrow> ")).map(str::to_owned).collect();
        steps.push(Step { line, what: What::Host { command, output } });
        if is_boot {
            shell(&under, line, steps)?;
        }
    }
    Ok(())
}

fn shell(text: &str, at: usize, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    let (_, exchanges) = exchanges(text)?;
    steps.extend(exchanges.into_iter().map(|one| Step {
        line: at.saturating_add(one.line),
        what: What::Shell { command: one.command, output: one.output },
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# Tour\n\n<!-- new: a.rs -->\n```rust\none\n```\n<!-- after: a.rs: one -->\n```rust\ntwo\n```\n\
                        ```console\n$ ls\na.rs\n$ ./escrow run\n...\nescrow> ps\nnobody\n```\ntext\n\
                        ```console\nescrow> halt\n```\n";

    #[test]
    fn a_page_is_read_in_its_order() {
        let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let (path, one) = ("a.rs".to_owned(), "one\n".to_owned());
        let expected = [
            (4, What::New { path: path.clone(), text: one }),
            (8, What::After { path, mark: "one".to_owned(), text: "two\n".to_owned() }),
            (12, What::Host { command: "ls".to_owned(), output: lines(&["a.rs"]) }),
            (14, What::Host { command: "./escrow run".to_owned(), output: lines(&["..."]) }),
            (16, What::Shell { command: "ps".to_owned(), output: lines(&["nobody"]) }),
            (21, What::Shell { command: "halt".to_owned(), output: Vec::new() }),
        ];
        assert_eq!(steps(PAGE).unwrap(), expected.map(|(line, what)| Step { line, what }));
    }

    #[test]
    fn a_block_with_which_nothing_is_done_is_told_with_its_line() {
        for (page, line) in [("\n```rust\nx\n```\n", 2), ("<!-- aside: a -->\n```rust\nx\n```\n", 2)] {
            assert_eq!(steps(page).unwrap_err().line, Some(line), "{page}");
        }
        assert!(steps("```console\nno command\n```\n").is_err());
    }
}
