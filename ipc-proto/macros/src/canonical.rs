//! The text of which the compatibility hash is made.

use syn::ext::IdentExt;

use crate::description::Interface;
use crate::text::text_of;

/// What an interface is to its other side. Its version is not in it: two versions can understand each other.
pub fn of(interface: &Interface) -> String {
    let mut text = interface.attribute.name.value();
    for method in &interface.methods {
        let mut arguments: Vec<_> = method.arguments.iter().map(|(_, ty)| text_of(ty)).collect();
        if let Some((bulk, text)) =
            method.bulk.as_ref().and_then(|of| Some((of, arguments.get_mut(of.index)?)))
        {
            bulk.way.canonical().clone_into(text);
        }
        let answer = text_of(&method.answer);
        text.push_str(&format!(";{}({})->{answer}", method.name.unraw(), arguments.join(",")));
    }
    if let Some((pages, _)) = interface.attribute.window_pages {
        text.push_str(&format!(";window {pages}"));
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]
mod tests {
    use super::*;
    use crate::read;
    use crate::text::hash;

    /// The hash of an interface whose one method is this, after the headings.
    fn hash_of(name: &str, methods: &[&str]) -> u64 {
        hash_with(name, "", methods)
    }

    /// The same with more in its attribute.
    fn hash_with(name: &str, more: &str, methods: &[&str]) -> u64 {
        let docs = "/// Does it.\n/// # Request\n/// It.\n/// # Preconditions\n/// None.\n/// # Response\n/// It.\n/// # Errors\n/// None.\n";
        let methods: String = methods.iter().map(|method| format!("{docs}{method}\n")).collect();
        let attribute = syn::parse_str(&format!("name = \"{name}\", version = 1, error = E{more}")).unwrap();
        let mut item = syn::parse_str(&format!("/// Any.\npub trait Any {{ {methods} }}")).unwrap();
        hash(&of(&read::interface(attribute, &mut item).unwrap()))
    }

    #[test]
    fn the_hash_is_of_what_the_other_side_sees_and_of_nothing_else() {
        let (a, b) = ("fn a(&mut self, x: u64) -> Result<Said, E>;", "fn b(&mut self) -> Result<(), E>;");
        let whole = hash_of("any", &[a, b]);
        for same in [
            "fn a(&mut self,x:u64)->Result<Said,E>;",
            "fn a(&mut self, client: Client, other: u64) -> Result<Said, E>;",
            "#[method(idempotent, deadline_us = 7)] fn a(&mut self, x: u64) -> Result<Said, E>;",
        ] {
            assert_eq!(hash_of("any", &[same, b]), whole, "{same}");
        }
        for other in [
            "fn c(&mut self, x: u64) -> Result<Said, E>;",
            "fn a(&mut self, x: u32) -> Result<Said, E>;",
            "fn a(&mut self, x: u64, y: u64) -> Result<Said, E>;",
            "fn a(&mut self, x: [u64; 1]) -> Result<Said, E>;",
            "fn a(&mut self, x: u64) -> Result<Text, E>;",
        ] {
            assert_ne!(hash_of("any", &[other, b]), whole, "{other}");
        }
        for others in [&[b, a][..], &[a], &[a, b, "fn c(&mut self) -> Result<(), E>;"]] {
            assert_ne!(hash_of("any", others), whole, "{others:?}");
        }
        assert_ne!(hash_of("other", &[a, b]), whole);
    }

    #[test]
    fn the_hash_has_the_way_of_bulk_data_and_the_size_of_its_window() {
        let of = |pages: &str, ty: &str| {
            let method = format!("fn a(&mut self, x: u64, data: {ty}) -> Result<(), E>;");
            hash_with("any", &format!(", window_pages = {pages}"), &[&method])
        };
        let whole = of("1", "BulkIn<'_>");
        assert_eq!(of("1", "ipc_proto::interface::bulk::BulkIn<'_>"), whole);
        for other in [of("1", "BulkOut<'_>"), of("2", "BulkIn<'_>"), of("1", "BulkIn<'_>, y: u64")] {
            assert_ne!(other, whole);
        }
        let [before, behind] = ["data: BulkIn<'_>, x: u64", "x: u64, data: BulkIn<'_>"].map(|arguments| {
            let method = format!("fn a(&mut self, {arguments}) -> Result<(), E>;");
            hash_with("any", ", window_pages = 1", &[&method])
        });
        assert_eq!((behind == whole, before == whole), (true, false));
    }
}
