//! Tests of who may register and look up which names, by the system's manifest.
#![allow(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it expects")]

use ipc_proto::badge::asker::{BOUND, OPERATOR};
use ipc_proto::name::Name;
use root_task_core::system::{MAX_ENCODED, MAX_PROVIDED, MAX_RIGHTS, MAX_USED, SystemError, SystemManifest};

const TEXT: &str =
    "name_server = \"names\"\nconsole = \"shell\"\noperators = [\"shell\"]\nboot = [\"names\"]\n";

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn parsed(keys: &str) -> Result<SystemManifest, String> {
    toml::from_str(&format!("{TEXT}{keys}\n")).map_err(|error| error.to_string())
}

/// As the root task reads it.
fn system(keys: &str) -> SystemManifest {
    SystemManifest::decode(parsed(keys).unwrap().encode(&mut [0; MAX_ENCODED]).unwrap()).unwrap()
}

fn names(count: usize) -> String {
    (0..count).map(|i| format!("\"n{i}\"")).collect::<Vec<_>>().join(", ")
}

#[test]
fn in_an_open_system_everybody_may_do_everything_and_nobody_has_to_ask() {
    for keys in ["", "default_provides = \"any\"\ndefault_uses = \"any\""] {
        let system = system(keys);
        assert!(system.may_register(&name("a"), &name("x")) && system.may_look_up(&name("a"), &name("x")));
        assert_eq!((system.asks_as(&name("a")), system.asks_as(&name("shell"))), (0, OPERATOR));
    }
}

#[test]
fn a_modules_own_list_stands_in_place_of_the_default() {
    let system = system(
        r#"
        default_provides = ["x"]
        default_uses = []
        rights = [
            { module = "both", provides = ["y", "z"], uses = ["x"] },
            { module = "provider", provides = ["y"] },
            { module = "user", uses = "any" },
            { module = "free", provides = "any", uses = "any" },
            { module = "none", provides = [], uses = [] },
        ]
    "#,
    );
    for (module, provides, uses, bound) in [
        ("anybody", "x", "", BOUND),
        ("both", "yz", "x", BOUND),
        ("provider", "y", "", BOUND),
        ("user", "x", "xyz", BOUND),
        ("free", "xyz", "xyz", 0),
        ("none", "", "", BOUND),
        ("shell", "x", "", BOUND | OPERATOR),
    ] {
        for text in ["x", "y", "z"] {
            let (module, name) = (name(module), name(text));
            assert_eq!(
                system.may_register(&module, &name),
                provides.contains(text),
                "{module} registers {name}"
            );
            assert_eq!(system.may_look_up(&module, &name), uses.contains(text), "{module} looks up {name}");
        }
        assert_eq!(system.asks_as(&name(module)), bound, "{module}");
    }
}

#[test]
fn who_is_expected_to_provide_a_name_is_who_lists_it() {
    let system = system(
        r#"
        default_provides = ["x", "w"]
        rights = [
            { module = "a", provides = ["x", "y"] },
            { module = "b", provides = ["y"], uses = ["z"] },
            { module = "c", provides = "any" },
            { module = "d" },
        ]
    "#,
    );
    for (text, modules) in [("x", &["a"][..]), ("y", &["a", "b"]), ("z", &[]), ("w", &[])] {
        let providers: Vec<_> = system.providers_of(&name(text)).copied().collect();
        assert_eq!(providers, modules.iter().map(|text| name(text)).collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn each_list_below_at_and_above_its_bound() {
    let rights = |count: usize| -> String {
        (0..count).map(|i| format!("{{ module = \"m{i}\" }}")).collect::<Vec<_>>().join(", ")
    };
    let own = |key: &'static str| {
        move |count| format!("rights = [{{ module = \"a\", {key} = [{}] }}]", names(count))
    };
    let all = |key: &'static str| move |count| format!("{key} = [{}]", names(count));
    type Text<'a> = &'a dyn Fn(usize) -> String;
    let lists: [(&str, usize, Text<'_>); 5] = [
        ("default_provides", MAX_PROVIDED, &all("default_provides")),
        ("default_uses", MAX_USED, &all("default_uses")),
        ("provides", MAX_PROVIDED, &own("provides")),
        ("uses", MAX_USED, &own("uses")),
        ("rights", MAX_RIGHTS, &|count| format!("rights = [{}]", rights(count))),
    ];
    for (key, bound, text) in lists {
        for (count, fits) in [(bound - 1, true), (bound, true), (bound + 1, false)] {
            let read = parsed(&text(count)).map(|system| system.check());
            assert_eq!(read.is_ok_and(|checked| checked == Ok(())), fits, "{count} under {key}");
        }
    }
}

#[test]
fn what_is_written_wrong_is_told() {
    let error = parsed("default_uses = \"all\"").unwrap_err();
    assert!(error.contains("expected \"any\", or a list of at most 16 names"), "{error}");
    let error = parsed(&format!("default_provides = [{}]", names(9))).unwrap_err();
    assert!(error.contains("expected \"any\", or a list of at most 8 names"), "{error}");
    let error = parsed("default_uses = [\"Echo\"]").unwrap_err();
    assert!(error.contains("a name starts with a letter a-z"), "{error}");
    let error = parsed("rights = [{ module = \"a\", use = [] }]").unwrap_err();
    assert!(error.contains("unknown field `use`"), "{error}");
    for (keys, list, twice) in [
        ("default_provides = [\"x\", \"x\"]", "default_provides", "x"),
        ("default_uses = [\"x\", \"x\"]", "default_uses", "x"),
        ("rights = [{ module = \"a\", provides = [\"x\", \"x\"] }]", "provides", "x"),
        ("rights = [{ module = \"a\", uses = [\"x\", \"x\"] }]", "uses", "x"),
        ("rights = [{ module = \"a\" }, { module = \"a\" }]", "rights", "a"),
    ] {
        let expected = SystemError::Twice { list, name: name(twice) };
        assert_eq!(parsed(keys).unwrap().check(), Err(expected), "{keys}");
    }
}
