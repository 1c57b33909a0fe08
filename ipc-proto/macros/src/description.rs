//! An interface and its methods, as they were read.

use syn::{Attribute, Ident, Type, Visibility};

use crate::attributes::OfInterface;
use crate::bulk::Bulk;
use crate::passing::Passing;

/// An interface.
pub struct Interface {
    pub attribute: OfInterface,
    pub visibility: Visibility,
    pub name: Ident,
    pub methods: Vec<Method>,
}

/// A method.
pub struct Method {
    pub name: Ident,
    pub docs: Vec<Attribute>,
    pub idempotent: bool,
    /// Whether it is answered later, by way of a last argument of the type `Reply`.
    pub deferred: bool,
    pub deadline_us: Option<u32>,
    /// Whether it wants to know who calls.
    pub client: bool,
    /// What goes over the wire.
    pub arguments: Vec<(Ident, Type)>,
    pub bulk: Option<Bulk>,
    /// Those of them that are connections.
    pub passed: Vec<Passing>,
    pub answer: Type,
}
