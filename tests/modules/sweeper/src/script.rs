//! The scripts: whom something is done to, what, and during which work.

use ipc_proto::operator::Act;

/// The work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The victim's start, up to its publish.
    Init,
    /// A call to this service.
    Call(&'static str, Way),
    /// A question to the name server, which is the victim.
    Ask(Question),
    /// The name server's start.
    Restart,
    /// The life of a client of `tally`, which is the victim.
    Client,
    /// A call to this service, during which the caller's capability is taken back.
    Revoked(&'static str, Way),
    /// What several modules ask the name server, which is the victim, and this scene.
    Crowd(Scene),
    /// A call to `tally`, which counts how often it was executed.
    Count,
    /// Goods are carried to or from `depot`, which is the victim.
    Carry(Goods),
    /// A client of `depot`, which is the victim, carries goods.
    Fetch,
}

/// Which way goods go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goods {
    /// To the server.
    Put,
    /// From it.
    Get,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A message.
    Say,
    /// A message, the first: whoever serves has to look up what it needs.
    First,
    /// A message, and what whoever serves has looked up is gone.
    Stale,
    /// Four words.
    Words,
    /// A method that there is not.
    Unknown,
    /// A message that cannot be read.
    Unreadable,
}

/// What the name server is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// A name that is there.
    Lookup,
    /// A name in a version that is not there.
    Version,
    /// A name that is not there.
    Missing,
    /// All names.
    List,
    /// To reserve a name, by loading a module that does.
    Reserve,
    /// To reserve a name that the same module had before it was restarted.
    Again,
    /// A name whose module is gone.
    Gone,
    /// Something that cannot be read.
    Unreadable,
}

/// What happens while several modules ask the name server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    /// Lookups.
    Lookup,
    /// A module reserves and publishes what one of them waits for.
    Publish,
    /// Such a module is unloaded, and another one reserves its names.
    Unload,
    /// A module dies in a call to the name server, or while it waits.
    Death,
    /// The name server is replaced by its other version.
    Replace,
}

/// One script.
#[derive(Clone, Copy, Debug)]
pub struct Script {
    /// Its name; `tools/xtask` has the names too.
    pub name: &'static str,
    /// Whom it is done to.
    pub victim: &'static str,
    /// Who is loaded before, and stays.
    pub beside: &'static [&'static str],
    /// What is done.
    pub act: Act,
    /// During what.
    pub work: Work,
}

const fn kill(
    name: &'static str,
    victim: &'static str,
    beside: &'static [&'static str],
    work: Work,
) -> Script {
    Script { name, victim, beside, act: Act::Crash, work }
}

/// Something else is done to `echo`, during a call to it.
const fn echo(name: &'static str, act: Act) -> Script {
    Script { name, victim: "echo", beside: &[], act, work: Work::Call("echo", Way::Say) }
}

const fn ask(name: &'static str, question: Question) -> Script {
    kill(name, "name-server", &["echo"], Work::Ask(question))
}

const fn crowd(name: &'static str, scene: Scene) -> Script {
    kill(name, "name-server", &["echo"], Work::Crowd(scene))
}

/// All of them.
pub const SCRIPTS: [Script; 41] = [
    kill("echo-init", "echo", &[], Work::Init),
    kill("echo-call", "echo", &[], Work::Call("echo", Way::Say)),
    kill("echo-words", "echo", &[], Work::Call("echo", Way::Words)),
    kill("echo-unknown", "echo", &[], Work::Call("echo", Way::Unknown)),
    kill("echo-unreadable", "echo", &[], Work::Call("echo", Way::Unreadable)),
    kill("client-init", "echo-client", &["echo"], Work::Init),
    kill("client-first", "echo-client", &["echo"], Work::Call("echo-client", Way::First)),
    kill("client-call", "echo-client", &["echo"], Work::Call("echo-client", Way::Say)),
    kill("client-stale", "echo-client", &["echo"], Work::Call("echo-client", Way::Stale)),
    kill("client-unknown", "echo-client", &["echo"], Work::Call("echo-client", Way::Unknown)),
    kill("client-unreadable", "echo-client", &["echo"], Work::Call("echo-client", Way::Unreadable)),
    // The sweeper calls echo-client, which calls echo.
    kill("chain-call", "echo", &["echo-client"], Work::Call("echo-client", Way::Say)),
    kill("names-init", "name-server", &["echo"], Work::Restart),
    ask("names-lookup", Question::Lookup),
    ask("names-version", Question::Version),
    ask("names-missing", Question::Missing),
    ask("names-list", Question::List),
    ask("names-reserve", Question::Reserve),
    ask("names-again", Question::Again),
    ask("names-gone", Question::Gone),
    ask("names-unreadable", Question::Unreadable),
    crowd("crowd-lookup", Scene::Lookup),
    crowd("crowd-publish", Scene::Publish),
    crowd("crowd-unload", Scene::Unload),
    crowd("crowd-death", Scene::Death),
    crowd("crowd-replace", Scene::Replace),
    kill("shell-init", "shell", &[], Work::Init),
    kill("revoke-call", "reviser", &[], Work::Call("reviser", Way::First)),
    kill("give-call", "giver", &["taker"], Work::Call("giver", Way::Say)),
    kill("take-call", "taker", &["giver"], Work::Call("giver", Way::Say)),
    kill("client-dies", "visitor", &["tally"], Work::Client),
    echo("stop-call", Act::Unload),
    echo("cancel-call", Act::CancelUnload),
    echo("destroy-call", Act::UnloadNow),
    Script { name: "destroy-init", victim: "echo", beside: &[], act: Act::UnloadNow, work: Work::Init },
    kill("revoked-call", "echo", &[], Work::Revoked("echo", Way::Say)),
    Script { name: "pause-server", victim: "tally", beside: &[], act: Act::Pause, work: Work::Count },
    Script {
        name: "pause-client",
        victim: "sweeper",
        beside: &["tally"],
        act: Act::Pause,
        work: Work::Count,
    },
    kill("bulk-put", "depot", &[], Work::Carry(Goods::Put)),
    kill("bulk-get", "depot", &[], Work::Carry(Goods::Get)),
    kill("bulk-client", "carter", &["depot"], Work::Fetch),
];
