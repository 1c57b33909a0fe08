//! The options in front of a command's arguments: each once, in any order.

use crate::command::split;

/// Which of these options stand in front, each under any of its names, and what is behind them.
pub(crate) fn options<'a, const N: usize>(mut rest: &'a str, names: [&[&str]; N]) -> ([bool; N], &'a str) {
    let mut given = [false; N];
    loop {
        let (word, behind) = split(rest);
        let option = given.iter_mut().zip(names).find(|(given, names)| !**given && names.contains(&word));
        let Some((given, _)) = option else { return (given, rest) };
        (*given, rest) = (true, behind);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_once_in_any_order() {
        let names: [&[&str]; 2] = [&["--json"], &["--follow", "-f"]];
        for (text, given, rest) in [
            ("", [false, false], ""),
            ("echo -f", [false, false], "echo -f"),
            ("-f echo", [false, true], "echo"),
            ("--follow  --json echo", [true, true], "echo"),
            ("--json --json echo", [true, false], "--json echo"),
            ("-f --follow", [false, true], "--follow"),
        ] {
            assert_eq!(options(text, names), (given, rest), "{text}");
        }
    }
}
