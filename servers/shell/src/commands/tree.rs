//! `caps --tree`: what a module's capabilities were made of, and what was made of its own. To revoke one is to take back
//! what stands below it.

use ipc_proto::name::Name;
use ipc_proto::operator::{Grant, Mark, Sentence};
use serde::Serialize;

use super::json;
use super::pages::{each_holder, each_module, each_slot, marks};
use crate::format_error;
use crate::output::Output;

/// One line of the tree.
#[derive(Clone, Copy, Debug, Serialize)]
struct Node {
    what: What,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    Module,
    /// The memory of the instance; its size is in bytes.
    Instance,
    Thread,
    AddressSpace,
    /// Its size is in slots.
    Cspace,
    Locker,
    /// What stays over a restart.
    Home,
    Endpoint,
    Receive,
    Call,
    /// The endpoint of another.
    EndpointOf,
    Faults,
    Requests,
    Lookups,
    /// The granted device, if it is the console.
    Console,
    /// The granted device, if it is the clock.
    Clock,
    Interrupt,
    Ports,
    Notification,
}

impl Node {
    const fn of(what: What) -> Node {
        Node { what, of: None, slot: None, size: None }
    }

    const fn in_slot(what: What, slot: u8) -> Node {
        Node { slot: Some(slot), ..Node::of(what) }
    }

    fn for_people(&self, depth: usize, output: &mut Output) {
        let Node { of, slot, size, .. } = self;
        let name = of.as_ref().map_or("", Name::as_str);
        let (slot, size) = (slot.unwrap_or(0), size.unwrap_or(0));
        let depth = depth.saturating_mul(2);
        let words = match self.what {
            What::Module => return output.line(format_args!("{:depth$}{name}", "")),
            What::Instance => {
                return output.line(format_args!("{:depth$}memory of the instance, {} KiB", "", size / 1024));
            }
            What::Cspace => return output.line(format_args!("{:depth$}CSpace, {size} slots", "")),
            What::Call => {
                return output.line(format_args!("{:depth$}slot {slot} of {name}: to call", ""));
            }
            What::Receive => return output.line(format_args!("{:depth$}slot {slot}: to receive", "")),
            What::EndpointOf => return output.line(format_args!("{:depth$}endpoint of {name}", "")),
            What::Thread => "thread",
            What::AddressSpace => "address space",
            What::Locker => "locker",
            What::Home => "home, which stays over a restart",
            What::Endpoint => "endpoint",
            What::Faults => "faults",
            What::Requests => "requests",
            What::Lookups => "lookups",
            What::Console => "console, which is granted",
            What::Clock => "clock, which is granted",
            What::Interrupt => "interrupt",
            What::Ports => "I/O ports",
            What::Notification => "notification",
        };
        match self.slot {
            Some(slot) => output.line(format_args!("{:depth$}slot {slot}: {words}", "")),
            None => output.line(format_args!("{:depth$}{words}", "")),
        }
    }
}

/// Shows the nodes as they come.
enum Show {
    People,
    /// How deep the last node stands, which is not closed yet.
    Programs(Option<usize>),
}

impl Show {
    fn node(&mut self, depth: usize, node: Node, output: &mut Output) {
        match self {
            Show::People => node.for_people(depth, output),
            Show::Programs(last) => {
                let before = last.replace(depth);
                close(before, depth, output);
                if before.is_some_and(|before| depth > before) {
                    output.text(",\"below\":[\r\n");
                } else if before.is_some() {
                    output.text(",\r\n");
                }
                json::open(&node, output);
            }
        }
    }

    fn end(self, output: &mut Output) {
        if let Show::Programs(last) = self {
            close(last, 0, output);
            output.text("\r\n");
        }
    }
}

/// Closes the nodes from the last one up to the next one's neighbour.
fn close(last: Option<usize>, next: usize, output: &mut Output) {
    let Some(last) = last.filter(|last| *last >= next) else { return };
    output.text("}");
    for _ in next..last {
        output.text("]}");
    }
}

pub fn show(name: Name, for_programs: bool, output: &mut Output) -> Result<(), Sentence> {
    let mut show = if for_programs { Show::Programs(None) } else { Show::People };
    let mut memory = None;
    each_module(|module| {
        if module.name == name {
            memory = Some(module.memory);
        }
    })?;
    let bytes =
        memory.ok_or_else(|| format_error(format_args!("{name} is not loaded: `ps` lists what is")))?;
    let (mut receive, mut locker, mut has_device) = (None, None, false);
    let size = each_slot(name, |slot| match slot.grant {
        Some(Grant::Receive) => receive = Some(slot.slot),
        Some(Grant::Locker) => locker = Some(slot.slot),
        Some(Grant::Interrupt) => has_device = true,
        _ => {}
    })?;
    show.node(0, Node { of: Some(name), ..Node::of(What::Module) }, output);
    show.node(1, Node { size: Some(bytes), ..Node::of(What::Instance) }, output);
    show.node(2, Node::of(What::Thread), output);
    show.node(2, Node::of(What::AddressSpace), output);
    show.node(2, Node { size: Some(u64::from(size)), ..Node::of(What::Cspace) }, output);
    if let Some(slot) = locker {
        show.node(2, Node::in_slot(What::Locker, slot), output);
    }
    show.node(1, Node::of(What::Home), output);
    show.node(2, Node::of(What::Endpoint), output);
    if let Some(slot) = receive {
        show.node(3, Node::in_slot(What::Receive, slot), output);
    }
    each_holder(name, |holder| {
        let node = Node { of: Some(holder.client), ..Node::in_slot(What::Call, holder.slot) };
        show.node(3, node, output);
    })?;
    let (marks, _) = marks(name)?;
    let device = marks.iter().find_map(|mark| match mark {
        Mark::Console => Some(What::Console),
        Mark::Clock => Some(What::Clock),
        _ => None,
    });
    if let Some(device) = device.filter(|_| has_device) {
        show.node(1, Node::of(device), output);
        each_slot(name, |slot| {
            let what = match slot.grant {
                Some(Grant::Interrupt) => What::Interrupt,
                Some(Grant::Ports) => What::Ports,
                Some(Grant::Notification) => What::Notification,
                _ => return,
            };
            show.node(2, Node::in_slot(what, slot.slot), output);
        })?;
    }
    borrowed(name, &mut show, output)?;
    show.end(output);
    Ok(())
}

/// What was made of others' endpoints, in the order of the slots: those of one come one after the other.
fn borrowed(name: Name, show: &mut Show, output: &mut Output) -> Result<(), Sentence> {
    let mut last = None;
    each_slot(name, |slot| {
        let (what, of) = match slot.grant {
            Some(Grant::Faults) => (What::Faults, Name::new("supervisor").ok()),
            Some(Grant::Requests) => (What::Requests, Name::new("supervisor").ok()),
            Some(Grant::Names) => (What::Lookups, Name::new("name-server").ok()),
            Some(Grant::Connection(server)) => (What::Call, Some(server)),
            _ => return,
        };
        if last != of {
            show.node(1, Node { of, ..Node::of(What::EndpointOf) }, output);
            last = of;
        }
        show.node(2, Node { of: Some(name), ..Node::in_slot(what, slot.slot) }, output);
    })?;
    Ok(())
}
