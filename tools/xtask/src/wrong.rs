//! A mistake in a file that a person writes, the line that it is in, and the key that was perhaps meant.

use std::ops::Range;
use std::path::Path;

use anyhow::anyhow;

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The line, from 1; `None` where it is no single one.
    pub line: Option<usize>,
    /// A sentence.
    pub what: String,
}

impl Wrong {
    /// In this line.
    pub fn at(line: usize, what: impl Into<String>) -> Wrong {
        Wrong { line: Some(line), what: what.into() }
    }

    /// In the file as a whole.
    pub fn whole(what: impl Into<String>) -> Wrong {
        Wrong { line: None, what: what.into() }
    }

    /// In the line that these bytes of `text` begin in.
    pub fn span(text: &str, bytes: &Range<usize>, what: impl Into<String>) -> Wrong {
        let before = text.as_bytes().iter().take(bytes.start);
        let line = before.filter(|byte| **byte == b'\n').count().saturating_add(1);
        Wrong::at(line, what)
    }

    /// What TOML's reader says. A key that there is not is told with the nearest one that there is; `more` are keys that
    /// the reader does not know of.
    pub fn toml(text: &str, error: &toml::de::Error, more: &[&str]) -> Wrong {
        let what = unknown_key(error.message(), more).unwrap_or_else(|| error.message().to_owned());
        match error.span() {
            Some(span) => Wrong::span(text, &span, what),
            None => Wrong::whole(what),
        }
    }

    /// A key that there is not, with the nearest one that there is.
    pub fn no_key(text: &str, bytes: &Range<usize>, given: &str, keys: &[&str]) -> Wrong {
        Wrong::span(text, bytes, no_key(given, keys))
    }

    /// `FILE:LINE: what`, as compilers say it.
    pub fn within(self, file: &Path) -> anyhow::Error {
        let (file, what) = (file.display(), self.what);
        match self.line {
            Some(line) => anyhow!("{file}:{line}: {what}"),
            None => anyhow!("{file}: {what}"),
        }
    }
}

/// The words between backticks, one by one.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The sentence for a key that there is not, from serde's: "unknown field `a`, expected one of `b`, `c`".
fn unknown_key(told: &str, more: &[&str]) -> Option<String> {
    let mut words = quoted(told.strip_prefix("unknown field ")?);
    let given = words.next()?;
    let keys: Vec<&str> = words.chain(more.iter().copied()).collect();
    Some(no_key(given, &keys))
}

fn no_key(given: &str, keys: &[&str]) -> String {
    let near = keys.iter().map(|key| (strsim::damerau_levenshtein(given, key), *key)).min();
    match near {
        Some((distance, key)) if distance <= 3 => {
            format!("there is no key `{given}` here: did you mean `{key}`?")
        }
        _ => format!("there is no key `{given}` here; there are {}", keys.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_as_compilers_do() {
        let file = Path::new("a/b.toml");
        assert_eq!(Wrong::at(3, "odd").within(file).to_string(), "a/b.toml:3: odd");
        assert_eq!(Wrong::whole("odd").within(file).to_string(), "a/b.toml: odd");
    }

    #[test]
    fn bytes_lie_in_a_line() {
        for (start, line) in [(0, 1), (1, 1), (2, 2), (3, 3), (99, 3)] {
            assert_eq!(Wrong::span("a\n\nb", &(start..100), "x").line, Some(line), "{start}");
        }
    }

    #[test]
    fn a_key_that_there_is_not_is_told_with_the_nearest() {
        let told = "unknown field `memory_kb`, expected one of `memory_kib`, `names`";
        let nearest = unknown_key(told, &[]).unwrap();
        assert_eq!(nearest, "there is no key `memory_kb` here: did you mean `memory_kib`?");
        let far = unknown_key("unknown field `x`, expected `memory_kib`", &["modules"]).unwrap();
        assert_eq!(far, "there is no key `x` here; there are memory_kib, modules");
        let more = unknown_key("unknown field `module`, expected `boot`", &["modules"]).unwrap();
        assert_eq!(more, "there is no key `module` here: did you mean `modules`?");
        assert_eq!(unknown_key("invalid type: string", &[]), None);
    }
}
