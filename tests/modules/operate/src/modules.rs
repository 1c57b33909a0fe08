//! What operators among the test modules see of a module in the list of all.

use ipc_proto::ids::Generation;
use ipc_proto::name::Name;
use ipc_proto::operator::{Answer, ModuleInfo, Request, State};
use module_rt::InitError;

use crate::ask;

/// Whether a module is loaded, in whatever state.
pub fn is_loaded(name: Name) -> Result<bool, InitError> {
    Ok(state_of(name)?.is_some())
}

/// The state of a module; `None` where it is not loaded.
pub fn state_of(name: Name) -> Result<Option<State>, InitError> {
    Ok(module(name)?.map(|module| module.state))
}

/// Whether that instance of a module lives.
pub fn is_running(name: Name, generation: Generation) -> Result<bool, InitError> {
    let lives = |module: ModuleInfo| module.state == State::Live && module.instance.generation == generation;
    Ok(module(name)?.is_some_and(lives))
}

/// The generation of a module's newest instance.
pub fn generation_of(name: Name) -> Result<Generation, InitError> {
    let none = || InitError::new(37, format_args!("{name} is not loaded"));
    Ok(module(name)?.ok_or_else(none)?.instance.generation)
}

/// Whether there is nothing of an instance of a module: it has been reaped, and the next one is not being made.
pub fn is_reaped(name: Name) -> Result<bool, InitError> {
    Ok(module(name)?.is_none_or(|module| module.memory == 0))
}

fn module(name: Name) -> Result<Option<ModuleInfo>, InitError> {
    match ask(&Request::Modules { from: 0 })? {
        Answer::Modules(page, _) => Ok(page.iter().find(|module| module.name == name).copied()),
        other => Err(InitError::new(29, format_args!("the modules: {other:?}"))),
    }
}
