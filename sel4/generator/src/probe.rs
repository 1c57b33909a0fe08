//! Asks the C compiler what names in the kernel's headers are worth, so that no number is ever copied by hand.
//!
//! Each question becomes a line of assembly with the value as an operand; the compiler works it out, and the
//! answer is read from its `-S` output. Nothing is linked or run, so a cross compiler will do.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use crate::error::{Error, Result};

/// What every answer's line starts with.
const MARK: &str = "->";

/// A value that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name under which the answer is found.
    pub name: String,
    /// A C expression over the names that `sel4/sel4.h` declares.
    pub expression: String,
    /// A preprocessor condition; where it is false the question has no answer.
    pub condition: Option<String>,
}

/// Answers by name, as the word that C has when it converts the value to `unsigned long`.
pub type Answers = BTreeMap<String, u64>;

/// The C file that puts the questions.
#[must_use]
pub fn source(questions: &[Question]) -> String {
    let mut out = String::from(
        "#include <sel4/sel4.h>\n#define ASK(name, value) \\\n    \
         __asm__ volatile(\"\\n->\" name \" %0\" : : \"i\"((unsigned long)(value)))\nvoid ask(void)\n{\n",
    );
    for question in questions {
        if let Some(condition) = &question.condition {
            let _ = writeln!(out, "#if {condition}");
        }
        let _ = writeln!(out, "    ASK(\"{}\", {});", question.name, question.expression);
        if question.condition.is_some() {
            out.push_str("#endif\n");
        }
    }
    out.push_str("}\n");
    out
}

/// Reads the answers out of the compiler's assembly.
///
/// # Errors
/// [`Error::Answer`] with the line that holds no number.
pub fn read_answers(assembly: &str) -> Result<Answers> {
    let mut answers = Answers::new();
    for line in assembly.lines() {
        let Some(answer) = line.trim().strip_prefix(MARK) else { continue };
        let unreadable = || Error::Answer { what: format!("`{line}`") };
        let (name, value) = answer.trim().rsplit_once(' ').ok_or_else(unreadable)?;
        // Some assemblers mark an immediate with a sign of their own.
        let digits = value.trim_start_matches(['$', '#']);
        let value = digits
            .parse::<i64>()
            .map(i64::cast_unsigned)
            .or_else(|_| digits.parse::<u64>())
            .map_err(|_| unreadable())?;
        answers.insert(name.trim().to_owned(), value);
    }
    Ok(answers)
}

/// Puts the questions to `compiler`, with the headers under `include`; `file` is where the C file goes.
///
/// # Errors
/// [`Error::Io`], [`Error::Compiler`] with what it printed, [`Error::Answer`].
pub fn ask(compiler: &str, include: &Path, file: &Path, questions: &[Question]) -> Result<Answers> {
    std::fs::write(file, source(questions)).map_err(|source| Error::Io { path: file.to_owned(), source })?;
    let mut words = compiler.split_whitespace();
    let failed = |message: String| Error::Compiler { command: compiler.to_owned(), message };
    let program = words.next().ok_or_else(|| failed("the command is empty".to_owned()))?;
    let output = Command::new(program)
        .args(words)
        // Optimised, because libsel4's constructors are functions and only then become constants; and
        // without its assertions, so that a constructor cuts a value to its field instead of failing.
        .args([
            "-O2",
            "-w",
            "-S",
            "-std=gnu11",
            "-ffreestanding",
            "-DNDEBUG",
            "-DHAVE_AUTOCONF",
            "-o",
            "-",
            "-I",
        ])
        .arg(include)
        .arg(file)
        .output()
        .map_err(|error| failed(format!("it does not start: {error}")))?;
    if !output.status.success() {
        return Err(failed(format!("\n{}", String::from_utf8_lossy(&output.stderr))));
    }
    read_answers(&String::from_utf8_lossy(&output.stdout))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: &str, condition: Option<&str>) -> Question {
        Question {
            name: name.to_owned(),
            expression: format!("seL4_{name}"),
            condition: condition.map(str::to_owned),
        }
    }

    #[test]
    fn a_condition_surrounds_its_question() {
        let text = source(&[question("A", None), question("B", Some("defined(CONFIG_X)"))]);
        assert!(
            text.contains(
                "    ASK(\"A\", seL4_A);\n#if defined(CONFIG_X)\n    ASK(\"B\", seL4_B);\n#endif\n}"
            )
        );
    }

    #[test]
    fn answers_are_read_in_the_form_of_either_machine() {
        let answers = read_answers("\t.text\n->CALL -1\n->LABEL $4294963200\n->RIGHTS #7\n->AB c 3\n\tret\n");
        let answers = answers.expect("all of these are answers");
        assert_eq!(answers.get("CALL"), Some(&u64::MAX));
        assert_eq!(answers.get("LABEL"), Some(&4_294_963_200));
        assert_eq!(answers.get("RIGHTS"), Some(&7));
        assert_eq!(answers.get("AB c"), Some(&3));
        assert_eq!(answers.len(), 4);
    }

    #[test]
    fn a_value_above_the_signed_range_is_read() {
        let answers = read_answers("->TOP 18446744073709551615").expect("a number");
        assert_eq!(answers.get("TOP"), Some(&u64::MAX));
    }

    #[test]
    fn an_answer_without_a_number_is_an_error_that_shows_it() {
        let error = read_answers("->CALL %rax").expect_err("not a number");
        assert!(error.to_string().contains("`->CALL %rax`"), "{error}");
        assert!(read_answers("->CALL").is_err());
    }

    #[test]
    fn a_compiler_that_is_not_there_is_named() {
        let folder = std::env::temp_dir();
        let file = folder.join(format!("escrow-probe-{}.c", std::process::id()));
        let error = ask("no-such-compiler-anywhere", &folder, &file, &[]).expect_err("cannot start");
        let _ = std::fs::remove_file(&file);
        assert!(error.to_string().contains("no-such-compiler-anywhere"), "{error}");
    }
}
