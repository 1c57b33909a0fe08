//! The scenarios: whom to kill, and during which work.

/// What the victim is killed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Its start, up to its publish.
    Init,
    /// A call to this service.
    Call(&'static str),
}

/// One scenario.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Its name; `tools/xtask` has the names too.
    pub name: &'static str,
    /// Who is killed.
    pub victim: &'static str,
    /// Who is loaded before, and stays.
    pub beside: &'static [&'static str],
    /// In what.
    pub work: Work,
}

/// All of them.
pub const SCRIPTS: [Script; 5] = [
    Script { name: "echo-init", victim: "echo", beside: &[], work: Work::Init },
    Script { name: "echo-call", victim: "echo", beside: &[], work: Work::Call("echo") },
    Script { name: "client-init", victim: "echo-client", beside: &["echo"], work: Work::Init },
    Script { name: "client-call", victim: "echo-client", beside: &["echo"], work: Work::Call("echo-client") },
    // The sweeper calls echo-client, which calls echo.
    Script { name: "chain-call", victim: "echo", beside: &["echo-client"], work: Work::Call("echo-client") },
];
