//! The project's command line: one file per verb in `verbs/`.

mod arch;
mod context;
mod kernel;
mod image;

fn main() {}
