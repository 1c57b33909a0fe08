//! The C types that methods use: how many bits of the message they take and what they are in Rust.

use crate::model::Struct;

/// The bits of a word on both machines that we ship for.
pub const WORD_BITS: usize = 64;

/// How a C type travels and what it is in Rust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A capability: travels beside the message.
    Cap,
    /// A number of at most a word.
    Number {
        /// The bits that it takes in the message.
        bits: usize,
        /// Its Rust type.
        rust: &'static str,
    },
    /// A bit field that C wraps into a struct and we into a type that gives out its word.
    Wrapped {
        /// Its Rust type, which has `bits()`.
        rust: &'static str,
    },
    /// A run of whole words, passed by reference.
    Struct {
        /// Its Rust type.
        rust: String,
        /// How many words.
        words: usize,
    },
}

impl Type {
    /// The bits that a value of this type takes in the message; capabilities take none.
    #[must_use]
    pub fn bits(&self) -> usize {
        match self {
            Self::Cap => 0,
            Self::Number { bits, .. } => *bits,
            Self::Wrapped { .. } => WORD_BITS,
            Self::Struct { words, .. } => words.saturating_mul(WORD_BITS),
        }
    }

    /// The type of a parameter that a caller passes in.
    #[must_use]
    pub fn rust_in(&self) -> String {
        match self {
            Self::Cap => "CPtr".to_owned(),
            Self::Number { rust, .. } | Self::Wrapped { rust } => (*rust).to_owned(),
            Self::Struct { rust, .. } => format!("&{rust}"),
        }
    }

    /// The type of a value that a caller gets back.
    #[must_use]
    pub fn rust_out(&self) -> String {
        match self {
            Self::Struct { rust, .. } => rust.clone(),
            other => other.rust_in(),
        }
    }
}

/// The type of that C name; `None` where we do not know it.
#[must_use]
pub fn resolve(ctype: &str, structs: &[Struct]) -> Option<Type> {
    if let Some(found) = structs.iter().find(|candidate| candidate.name == ctype) {
        return Some(Type::Struct { rust: strip(ctype).to_owned(), words: found.members.len() });
    }
    Some(match ctype {
        "seL4_Word" | "long" | "seL4_Uint64" | "seL4_Time" => Type::Number { bits: 64, rust: "Word" },
        "int" | "seL4_Uint32" => Type::Number { bits: 32, rust: "u32" },
        "seL4_Uint16" => Type::Number { bits: 16, rust: "u16" },
        "seL4_Uint8" => Type::Number { bits: 8, rust: "u8" },
        "seL4_Bool" => Type::Number { bits: 1, rust: "bool" },
        // Words whose meaning depends on the kernel's version: the typed layer builds them.
        "seL4_CapData_t" | "seL4_PrioProps_t" => Type::Number { bits: 64, rust: "Word" },
        "seL4_CapRights_t" => Type::Wrapped { rust: "CapRights" },
        "seL4_ARM_VMAttributes" | "seL4_X86_VMAttributes" => Type::Wrapped { rust: "VmAttributes" },
        cap if is_cap(cap) => Type::Cap,
        _ => return None,
    })
}

/// Whether a name is one that the headers define as another name of `seL4_CPtr`.
fn is_cap(ctype: &str) -> bool {
    const CAPS: [&str; 9] = [
        "seL4_CPtr",
        "seL4_CNode",
        "seL4_IRQHandler",
        "seL4_IRQControl",
        "seL4_TCB",
        "seL4_Untyped",
        "seL4_DomainSet",
        "seL4_SchedContext",
        "seL4_SchedControl",
    ];
    CAPS.contains(&ctype)
        || ["seL4_ARM_", "seL4_X86_", "seL4_X64_"].iter().any(|start| ctype.starts_with(start))
}

/// A C name without the prefix that all of libsel4's names have.
#[must_use]
pub fn strip(name: &str) -> &str {
    name.strip_prefix("seL4_").unwrap_or(name)
}

/// The name of a function or a parameter in Rust's style: `seL4_TCB_SetMCPriority` becomes
/// `tcb_set_mc_priority`.
#[must_use]
pub fn snake_case(name: &str) -> String {
    let mut out = String::new();
    // `CNode` is one word for everybody who knows seL4; the rule below would make two of it.
    let letters: Vec<char> = strip(name).replace("CNode", "Cnode").chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|index| letters.get(index)).copied();
        let after = at.checked_add(1).and_then(|index| letters.get(index)).copied();
        let starts_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before != '_'
                    && (!before.is_ascii_uppercase() || after.is_some_and(|after| after.is_ascii_lowercase()))
            });
        if starts_word {
            out.push('_');
        }
        out.push(letter.to_ascii_lowercase());
    }
    match out.as_str() {
        "type" | "move" | "yield" => out.push('_'),
        _ => {}
    }
    out
}

#[cfg(test)]
#[path = "types_tests.rs"]
mod tests;
