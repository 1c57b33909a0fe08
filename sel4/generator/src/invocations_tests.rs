//! Tests of the generated functions' text: what goes where in the message.

use super::*;
use crate::model::Param;

fn param(direction: Direction, name: &str, ctype: &str) -> Param {
    Param { name: name.to_owned(), ctype: ctype.to_owned(), direction }
}

fn method(interface: &str, name: &str, params: Vec<Param>) -> Method {
    Method {
        interface: interface.to_owned(),
        name: name.to_owned(),
        label: name.to_owned(),
        condition: None,
        manual_label: None,
        params,
    }
}

fn context() -> Api {
    Api {
        structs: vec![Struct {
            name: "seL4_UserContext".to_owned(),
            members: vec!["pc".to_owned(), "sp".to_owned()],
        }],
        ..Api::default()
    }
}

/// Only the lines that are code.
fn code(method: &Method, api: &Api) -> String {
    let text = emit_method(method, 0x1f, api).expect("all types are known");
    text.lines().filter(|line| !line.starts_with("///")).collect::<Vec<_>>().join("\n")
}

#[test]
fn without_parameters() {
    let suspend = method("seL4_TCB", "Suspend", Vec::new());
    assert_eq!(
        code(&suspend, &Api::default()),
        "#[inline]\npub fn tcb_suspend(service: CPtr) -> Result<()> {\n    \
         let _ = invoke(service, 0x1f, [], [])?;\n    Ok(())\n}\n"
    );
}

#[test]
fn capabilities_travel_beside_the_words() {
    let copy = method(
        "seL4_CNode",
        "Copy",
        vec![
            param(Direction::In, "dest_index", "seL4_Word"),
            param(Direction::In, "dest_depth", "seL4_Uint8"),
            param(Direction::In, "src_root", "seL4_CNode"),
            param(Direction::In, "rights", "seL4_CapRights_t"),
        ],
    );
    let code = code(&copy, &Api::default());
    assert!(code.contains("dest_depth: u8, src_root: CPtr, rights: CapRights) -> Result<()>"), "{code}");
    assert!(code.contains("[dest_index, Word::from(dest_depth), rights.bits()], [src_root])?"), "{code}");
}

#[test]
fn small_parameters_share_a_word_and_a_struct_follows() {
    let write = method(
        "seL4_TCB",
        "WriteRegisters",
        vec![
            param(Direction::In, "resume_target", "seL4_Bool"),
            param(Direction::In, "arch_flags", "seL4_Uint8"),
            param(Direction::In, "count", "seL4_Word"),
            param(Direction::In, "regs", "seL4_UserContext"),
        ],
    );
    let code = code(&write, &context());
    let words = "[Word::from(resume_target) | (Word::from(arch_flags) << 8), count, regs.pc, regs.sp]";
    assert!(code.contains(words), "{code}");
    assert!(code.contains("regs: &UserContext"), "{code}");
}

#[test]
fn results_are_taken_from_the_answer() {
    let read = method("seL4_TCB", "ReadRegisters", vec![param(Direction::Out, "regs", "seL4_UserContext")]);
    let text = code(&read, &context());
    assert!(text.contains("-> Result<UserContext>"), "{text}");
    assert!(text.contains("Ok(UserContext { pc: message.word(0), sp: message.word(1) })"), "{text}");

    let in8 = method("seL4_X86_IOPort", "In8", vec![param(Direction::Out, "result", "seL4_Uint8")]);
    assert!(code(&in8, &context()).contains("Ok(message.word(0) as u8)"));

    let status = method(
        "seL4_X86_PageDirectory",
        "GetStatusBits",
        vec![param(Direction::Out, "accessed", "seL4_Word"), param(Direction::Out, "dirty", "seL4_Word")],
    );
    let text = code(&status, &context());
    assert!(text.contains("-> Result<(Word, Word)>"), "{text}");
    assert!(text.contains("Ok((message.word(0), message.word(1)))"), "{text}");
}

#[test]
fn an_unknown_type_is_named() {
    let odd = method("seL4_TCB", "Odd", vec![param(Direction::In, "x", "seL4_Strange")]);
    let error = emit_method(&odd, 1, &Api::default()).expect_err("nobody knows it");
    assert!(error.to_string().contains("seL4_TCB_Odd uses the type `seL4_Strange`"), "{error}");
}

#[test]
fn a_struct_becomes_a_struct_of_words() {
    let api = context();
    let text = emit_struct(api.structs.first().expect("there is one"));
    assert!(text.contains("#[repr(C)]\npub struct UserContext {"), "{text}");
    assert!(text.contains("pub const WORDS: usize = 2;"), "{text}");
}
