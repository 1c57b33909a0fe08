//! Which values the bindings need, and the Rust constants made from the answers.

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::probe::{Answers, Question};

/// The Rust type of a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word as the kernel sees it.
    Word,
    /// A size, an offset or a count in this program.
    Usize,
    /// A switch of the kernel's configuration: true where the answer is there and not 0.
    Switch,
}

/// One constant of the bindings.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// Its Rust name.
    pub name: &'static str,
    /// The C expression that it is worth.
    pub expression: &'static str,
    /// Its Rust type.
    pub kind: Kind,
    /// A preprocessor condition under which it exists. A switch is false where its condition is.
    pub condition: Option<&'static str>,
}

impl Constant {
    /// A word that exists in every configuration.
    #[must_use]
    pub const fn word(name: &'static str, expression: &'static str) -> Self {
        Self { name, expression, kind: Kind::Word, condition: None }
    }

    /// A size, offset or count that exists in every configuration.
    #[must_use]
    pub const fn usize(name: &'static str, expression: &'static str) -> Self {
        Self { name, expression, kind: Kind::Usize, condition: None }
    }

    /// Whether a condition of the kernel's configuration holds.
    #[must_use]
    pub const fn switch(name: &'static str, condition: &'static str) -> Self {
        Self { name, expression: "1", kind: Kind::Switch, condition: Some(condition) }
    }

    /// The same constant, under a condition.
    #[must_use]
    pub const fn only_if(mut self, condition: &'static str) -> Self {
        self.condition = Some(condition);
        self
    }

    pub(crate) fn question(&self) -> Question {
        Question {
            name: self.name.to_owned(),
            expression: self.expression.to_owned(),
            condition: self.condition.map(str::to_owned),
        }
    }
}

/// The Rust text of these constants.
///
/// # Errors
/// [`Error::Answer`] where the compiler did not answer a question that has no condition.
pub fn emit(constants: &[Constant], answers: &Answers) -> Result<String> {
    let mut out = String::new();
    for constant in constants {
        let answer = answers.get(constant.name).copied();
        if answer.is_none() && constant.condition.is_none() {
            return Err(Error::Answer { what: format!("no value for {}", constant.name) });
        }
        match constant.kind {
            Kind::Switch => {
                let condition = constant.condition.unwrap_or("1");
                let _ = writeln!(out, "/// Whether the kernel was configured with `{condition}`.");
                let _ = writeln!(out, "pub const {}: bool = {};", constant.name, answer.is_some());
            }
            Kind::Word | Kind::Usize => {
                let Some(value) = answer else { continue };
                let ty = if constant.kind == Kind::Word { "Word" } else { "usize" };
                let _ = writeln!(out, "/// libsel4's `{}`.", constant.expression);
                let _ = writeln!(out, "pub const {}: {ty} = {value:#x};", constant.name);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Constant = Constant::word("CALL", "seL4_SysCall");
    const DEBUG: Constant = Constant::switch("CONFIG_DEBUG_BUILD", "defined(CONFIG_DEBUG_BUILD)");
    const HALT: Constant = Constant::word("HALT", "seL4_SysDebugHalt").only_if("defined(CONFIG_DEBUG_BUILD)");

    #[test]
    fn a_constant_carries_its_value_and_its_source() {
        let answers = Answers::from([("CALL".to_owned(), u64::MAX)]);
        let text = emit(&[CALL], &answers).expect("answered");
        assert_eq!(text, "/// libsel4's `seL4_SysCall`.\npub const CALL: Word = 0xffffffffffffffff;\n");
    }

    #[test]
    fn what_the_configuration_leaves_out_is_left_out() {
        let text = emit(&[DEBUG, HALT], &Answers::new()).expect("both may be absent");
        assert!(text.contains("pub const CONFIG_DEBUG_BUILD: bool = false;"), "{text}");
        assert!(!text.contains("HALT"), "{text}");
    }

    #[test]
    fn a_switch_that_is_on_is_true() {
        let answers = Answers::from([("CONFIG_DEBUG_BUILD".to_owned(), 1)]);
        let text = emit(&[DEBUG], &answers).expect("answered");
        assert!(text.contains("pub const CONFIG_DEBUG_BUILD: bool = true;"), "{text}");
    }

    #[test]
    fn a_missing_answer_is_an_error_that_names_it() {
        let error = emit(&[CALL], &Answers::new()).expect_err("CALL has no condition");
        assert!(error.to_string().contains("CALL"), "{error}");
    }
}
