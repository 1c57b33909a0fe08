//! The generator as a whole, without a compiler: an interface and answers in, Rust out.

use crate::constants::Constant;
use crate::model::Api;
use crate::probe::Answers;
use crate::{is_interface_file, label_name, write, xml};

const FILE: &str = r#"<?xml version="1.0" ?>
<!-- Copyright Somebody
     BSD 2-Clause -->
<api>
    <struct name="seL4_UserContext"><member name="pc"/><member name="sp"/></struct>
    <struct name="seL4_VCPUContext"><member name="eax"/></struct>
    <interface name="seL4_TCB">
        <method id="TCBSuspend" name="Suspend"/>
        <method id="VCPUWrite" name="VCPUWrite" condition="defined(CONFIG_VTX)">
            <param dir="in" name="regs" type="seL4_VCPUContext"/>
        </method>
    </interface>
</api>"#;

fn text(answers: &Answers) -> String {
    let mut api = Api::default();
    xml::read(FILE, &mut api).expect("a good file");
    write(&api, &[Constant::word("CALL", "seL4_SysCall")], answers).expect("all answered")
}

#[test]
fn what_the_kernel_does_not_have_is_not_generated() {
    let answers = Answers::from([("CALL".to_owned(), 1), (label_name(0), 10)]);
    let text = text(&answers);
    assert!(text.contains("pub fn tcb_suspend(service: CPtr) -> Result<()>"), "{text}");
    assert!(!text.contains("vcpu"), "{text}");
    assert!(!text.contains("VCPUContext"), "{text}");
}

#[test]
fn labels_have_names() {
    let answers = Answers::from([("CALL".to_owned(), 1), (label_name(0), 10)]);
    let text = text(&answers);
    assert!(text.contains("pub mod label {"), "{text}");
    assert!(text.contains("pub const TCB_SUSPEND: Word = 0xa;"), "{text}");
}

#[test]
fn what_it_has_is_generated_with_its_structs() {
    let answers = Answers::from([("CALL".to_owned(), 1), (label_name(0), 10), (label_name(1), 11)]);
    let text = text(&answers);
    assert!(text.contains("pub struct VCPUContext"), "{text}");
    assert!(text.contains("regs: &VCPUContext"), "{text}");
}

#[test]
fn the_files_notices_stand_in_front() {
    let answers = Answers::from([("CALL".to_owned(), 1)]);
    let text = text(&answers);
    let notice = text.find("// Copyright Somebody").expect("the notice is there");
    assert!(notice < text.find("pub const CALL").expect("the constant is there"));
    assert!(text.contains("// BSD 2-Clause"));
}

#[test]
fn interface_files_are_read_once() {
    for name in ["object-api.xml", "object-api-arch.xml", "object-api-sel4-arch.xml"] {
        assert!(is_interface_file(name), "{name}");
    }
    for name in ["sel4.xml", "sel4arch.xml", "sel4_client.h", "object-api.xml.orig"] {
        assert!(!is_interface_file(name), "{name}");
    }
}
