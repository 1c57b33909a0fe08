//! What an interface file says, as plain data: structs, and interfaces with their methods.

/// The content of one or more interface files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Api {
    /// The notices that stand in front of the files' first elements: copyright and licence.
    pub notices: Vec<String>,
    /// The structs that are passed as runs of words, in order of appearance.
    pub structs: Vec<Struct>,
    /// Every method of every interface, in order of appearance.
    pub methods: Vec<Method>,
}

/// A struct that is passed as a run of words, one a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Struct {
    /// Its C name.
    pub name: String,
    /// Its members' names, in the order in which they are passed.
    pub members: Vec<String>,
}

/// One method of one interface: an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The C name of the interface, for instance `seL4_TCB`.
    pub interface: String,
    /// The method's name in it, for instance `Configure`.
    pub name: String,
    /// The name of its label, for instance `TCBConfigure`.
    pub label: String,
    /// A C preprocessor condition; where it is false, this kernel has no such method.
    pub condition: Option<String>,
    /// The label of its section in the manual's API reference, where the file gives one.
    pub manual_label: Option<String>,
    /// What goes in and comes out, in the file's order.
    pub params: Vec<Param>,
}

impl Method {
    /// The name under which C programs call it, for instance `seL4_TCB_Configure`.
    #[must_use]
    pub fn c_name(&self) -> String {
        format!("{}_{}", self.interface, self.name)
    }
}

/// A parameter of a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// Its name in the file.
    pub name: String,
    /// Its C type.
    pub ctype: String,
    /// Whether the caller gives it or gets it.
    pub direction: Direction,
}

/// Which way a parameter travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the caller to the kernel.
    In,
    /// From the kernel to the caller.
    Out,
}
