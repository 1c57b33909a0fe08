//! The costs as tests: every goal of `./escrow bench`, on each architecture.

use std::time::Instant;

use anyhow::Result;

use super::cases::Filter;
use super::report::{Outcome, Report};
use crate::arch::Arch;
use crate::context::Context;
use crate::prepare::{Request, prepare};
use crate::verbs::bench::{self, goals, table};

/// `bench/aarch64`.
pub fn name(arch: Arch) -> String {
    format!("bench/{}", arch.name())
}

/// True where the filter means the costs and nothing else.
pub fn is_named(filter: &Filter) -> bool {
    filter.text.as_deref().is_some_and(|text| text == "bench" || text.starts_with("bench/"))
}

/// The architectures that the filter takes.
pub fn choose(filter: &Filter) -> Vec<Arch> {
    Arch::ALL.into_iter().filter(|arch| filter.takes(&name(*arch)) && filter.takes_arch(*arch)).collect()
}

/// Measures, and fails where `./escrow bench` would.
///
/// # Errors
/// Where an image cannot be built.
pub fn run(ctx: &Context, chosen: &[Arch], report: &mut Report) -> Result<()> {
    let requests: Vec<Request> = chosen.iter().copied().map(bench::request).collect();
    let boots = prepare(ctx, &requests)?;
    for (arch, boot) in chosen.iter().zip(&boots) {
        let began = Instant::now();
        let why = match bench::rows(ctx, boot) {
            Ok(rows) => match goals::wrong(*arch, &rows) {
                wrong if wrong.is_empty() => None,
                wrong => Some(format!("{}\n{}", wrong.join("\n"), table::shown(*arch, &rows))),
            },
            Err(error) => Some(format!("{error:#}")),
        };
        let outcome = Outcome { name: name(*arch), took: began.elapsed(), ..Outcome::default() };
        report.add(match why {
            None => Outcome { passed: 1, ..outcome },
            Some(why) => Outcome { failed: 1, why, ..outcome },
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_architectures_unless_one_is_asked_for() {
        assert_eq!(choose(&Filter::default()), Arch::ALL);
        let one = Filter { text: Some("bench".into()), arch: Some(Arch::X86_64), full: false };
        assert_eq!(choose(&one), [Arch::X86_64]);
        assert!(is_named(&one) && !is_named(&Filter::default()));
    }
}
