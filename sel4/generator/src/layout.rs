//! Where in the message each parameter lies.
//!
//! The kernel reads parameters from consecutive bits, each aligned to its own size or to a word, whichever is
//! smaller; so two small ones can share a word, and nothing straddles two.

use crate::types::{Type, WORD_BITS};

/// The place of a parameter in the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its first word.
    pub word: usize,
    /// Its first bit in that word.
    pub shift: usize,
}

/// Places for these types in this order (capabilities travel elsewhere and must not be among them), and how
/// many words they take together.
#[must_use]
pub fn places(types: &[&Type]) -> (Vec<Place>, usize) {
    let mut used: usize = 0;
    let mut out = Vec::new();
    for ty in types {
        let bits = ty.bits();
        let align = bits.clamp(1, WORD_BITS);
        used = used.next_multiple_of(align);
        out.push(Place { word: used.div_euclid(WORD_BITS), shift: used.rem_euclid(WORD_BITS) });
        used = used.saturating_add(bits);
    }
    (out, used.div_ceil(WORD_BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: Type = Type::Number { bits: 64, rust: "Word" };
    const BYTE: Type = Type::Number { bits: 8, rust: "u8" };
    const BOOL: Type = Type::Number { bits: 1, rust: "bool" };
    const HALF: Type = Type::Number { bits: 16, rust: "u16" };

    #[test]
    fn a_flag_and_a_byte_share_a_word() {
        // TCB_ReadRegisters: suspend_source, arch_flags, count.
        let (places, words) = places(&[&BOOL, &BYTE, &WORD]);
        assert_eq!(
            places,
            [Place { word: 0, shift: 0 }, Place { word: 0, shift: 8 }, Place { word: 1, shift: 0 }]
        );
        assert_eq!(words, 2);
    }

    #[test]
    fn flags_lie_side_by_side() {
        // TCB_CopyRegisters: four flags and a byte.
        let (places, words) = places(&[&BOOL, &BOOL, &BOOL, &BOOL, &BYTE]);
        assert_eq!(places.iter().map(|place| place.shift).collect::<Vec<_>>(), [0, 1, 2, 3, 8]);
        assert_eq!(words, 1);
    }

    #[test]
    fn a_word_after_a_small_one_starts_a_new_word() {
        let (places, words) = places(&[&HALF, &WORD, &BYTE]);
        assert_eq!(places.iter().map(|place| place.word).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(words, 3);
    }

    #[test]
    fn a_struct_takes_all_its_words() {
        let context = Type::Struct { rust: "UserContext".to_owned(), words: 34 };
        let (places, words) = places(&[&BOOL, &BYTE, &WORD, &context]);
        assert_eq!(places.last(), Some(&Place { word: 2, shift: 0 }));
        assert_eq!(words, 36);
    }

    #[test]
    fn nothing_takes_no_words() {
        assert_eq!(places(&[]), (Vec::new(), 0));
    }
}
