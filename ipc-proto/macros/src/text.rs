//! Tokens as text, and a text's hash: the same by every compiler.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;

/// The tokens with one space between each two: the compiler's own spacing differs from one to the next.
pub fn text_of(tokens: &impl ToTokens) -> String {
    fn add(tokens: TokenStream, text: &mut String) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                        proc_macro2::Delimiter::Bracket => ("[", "]"),
                        proc_macro2::Delimiter::Brace => ("{", "}"),
                        proc_macro2::Delimiter::None => ("", ""),
                    };
                    text.push_str(open);
                    add(group.stream(), text);
                    text.push_str(close);
                }
                other => text.push_str(&other.to_string()),
            }
            text.push(' ');
        }
    }
    let mut text = String::new();
    add(tokens.to_token_stream(), &mut text);
    text.trim_end().to_owned()
}

/// FNV-1a, 64 bits.
pub fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
