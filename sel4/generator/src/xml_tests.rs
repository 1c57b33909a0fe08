//! Tests of reading interface files: both dialects, and what is wrong with a file said in words.

use super::*;

fn parse(inner: &str) -> Result<Api, String> {
    let mut api = Api::default();
    read(&format!("<!-- notice --><api>{inner}</api>"), &mut api).map(|()| api)
}

fn condition_of(method: &str) -> Option<String> {
    let api = parse(&format!("<interface name=\"seL4_TCB\">{method}</interface>")).expect("a good file");
    api.methods.first().expect("one method").condition.clone()
}

#[test]
fn a_method_is_read_with_its_parameters() {
    let api = parse(
        "<interface name=\"seL4_X86_IOPort\"><method id=\"X86IOPortIn8\" name=\"In8\" manual_label=\"in8\">\
         <brief>text</brief><param dir=\"out\" name=\"result\" type=\"seL4_Uint8\"/>\
         <param dir=\"in\" name=\"port\" type=\"seL4_Uint16\"/></method></interface>",
    )
    .expect("a good file");
    assert_eq!(api.notices, [" notice "]);
    let method = api.methods.first().expect("one method");
    assert_eq!(method.c_name(), "seL4_X86_IOPort_In8");
    assert_eq!(method.label, "X86IOPortIn8");
    assert_eq!(method.manual_label.as_deref(), Some("in8"));
    assert_eq!(method.condition, None);
    assert_eq!(
        method.params,
        [
            Param { name: "result".to_owned(), ctype: "seL4_Uint8".to_owned(), direction: Direction::Out },
            Param { name: "port".to_owned(), ctype: "seL4_Uint16".to_owned(), direction: Direction::In },
        ]
    );
}

#[test]
fn a_struct_keeps_its_order() {
    let api = parse("<struct name=\"seL4_UserContext\"><member name=\"pc\"/><member name=\"sp\"/></struct>");
    let api = api.expect("a good file");
    assert_eq!(api.structs.first().expect("one struct").members, ["pc", "sp"]);
}

#[test]
fn several_files_add_up() {
    let mut api = Api::default();
    for name in ["A", "B"] {
        let file = format!(
            "<api><interface name=\"seL4_{name}\"><method id=\"{name}\" name=\"Do\"/></interface></api>"
        );
        read(&file, &mut api).expect("a good file");
    }
    assert_eq!(api.methods.iter().map(|method| method.label.as_str()).collect::<Vec<_>>(), ["A", "B"]);
}

#[test]
fn the_old_dialect_of_conditions() {
    assert_eq!(
        condition_of("<method id=\"A\" name=\"a\" condition=\"CONFIG_MAX_NUM_NODES > 1\"/>").as_deref(),
        Some("CONFIG_MAX_NUM_NODES > 1")
    );
    assert_eq!(condition_of("<method id=\"A\" name=\"a\" condition=\"\"/>"), None);
}

#[test]
fn the_new_dialect_of_conditions() {
    let method = "<method id=\"A\" name=\"a\"><condition><and><not><config var=\"CONFIG_KERNEL_MCS\"/></not>\
                  <or><config var=\"CONFIG_A\"/><config var=\"CONFIG_N\" value=\"2\"/></or></and></condition></method>";
    assert_eq!(
        condition_of(method).as_deref(),
        Some("(!(defined(CONFIG_KERNEL_MCS)) && (defined(CONFIG_A) || (CONFIG_N == 2)))")
    );
}

#[test]
fn what_is_wrong_is_said() {
    let wrong = [
        ("<interface/>", "<interface> without the attribute `name`"),
        ("<interface name=\"i\"><method name=\"m\"/></interface>", "<method> without the attribute `id`"),
        ("<surprise/>", "unknown element <surprise> in <api>"),
        (
            "<interface name=\"i\"><method id=\"m\" name=\"m\"><param dir=\"up\"/></method></interface>",
            "a parameter has the direction Some(\"up\") instead of in or out",
        ),
        (
            "<interface name=\"i\"><method id=\"m\" name=\"m\"><condition/></method></interface>",
            "an empty <condition>",
        ),
    ];
    for (inner, message) in wrong {
        assert_eq!(parse(inner).expect_err(inner), message);
    }
    let mut api = Api::default();
    assert_eq!(
        read("<abi/>", &mut api).expect_err("not an api"),
        "the outermost element is <abi> instead of <api>"
    );
    assert!(read("<api>", &mut api).is_err());
}
