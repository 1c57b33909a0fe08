//! A mistake in one of a scenario's files, and the line that it is in.

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

    /// `FILE:LINE: what`, as compilers say it.
    pub fn within(self, file: &Path) -> anyhow::Error {
        let (file, what) = (file.display(), self.what);
        match self.line {
            Some(line) => anyhow!("{file}:{line}: {what}"),
            None => anyhow!("{file}: {what}"),
        }
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
}
