//! Tests of the type table and of names in Rust's style.

use super::*;

#[test]
fn names_in_rusts_style() {
    let names = [
        ("seL4_TCB_SetMCPriority", "tcb_set_mc_priority"),
        ("seL4_TCB_SetIPCBuffer", "tcb_set_ipc_buffer"),
        ("seL4_CNode_SaveCaller", "cnode_save_caller"),
        ("seL4_X86_PageDirectory_Map", "x86_page_directory_map"),
        ("seL4_X86_PDPT_Unmap", "x86_pdpt_unmap"),
        ("seL4_ARM_Page_Clean_Data", "arm_page_clean_data"),
        ("seL4_IRQControl_GetIOAPIC", "irq_control_get_ioapic"),
        ("seL4_X86_IOPort_In8", "x86_io_port_in8"),
        ("bufferFrame", "buffer_frame"),
        ("type", "type_"),
        ("pgd", "pgd"),
    ];
    for (c, rust) in names {
        assert_eq!(snake_case(c), rust);
    }
}

#[test]
fn types_take_the_bits_that_the_kernel_reads() {
    let bits = |ctype: &str| resolve(ctype, &[]).map(|ty| ty.bits());
    assert_eq!(bits("seL4_Word"), Some(64));
    assert_eq!(bits("int"), Some(32));
    assert_eq!(bits("seL4_Uint16"), Some(16));
    assert_eq!(bits("seL4_Bool"), Some(1));
    assert_eq!(bits("seL4_CapRights_t"), Some(64));
    assert_eq!(bits("seL4_X86_VMAttributes"), Some(64));
    assert_eq!(bits("seL4_TCB"), Some(0));
    assert_eq!(bits("double"), None);
}

#[test]
fn capabilities_are_told_from_attributes() {
    assert_eq!(resolve("seL4_ARM_PageUpperDirectory", &[]), Some(Type::Cap));
    assert_eq!(resolve("seL4_X64_PML4", &[]), Some(Type::Cap));
    assert_ne!(resolve("seL4_ARM_VMAttributes", &[]), Some(Type::Cap));
}

#[test]
fn a_struct_is_passed_by_reference_and_comes_back_by_value() {
    let structs =
        [Struct { name: "seL4_UserContext".to_owned(), members: vec!["pc".to_owned(), "sp".to_owned()] }];
    let ty = resolve("seL4_UserContext", &structs).expect("it is declared");
    assert_eq!(ty.bits(), 128);
    assert_eq!(ty.rust_in(), "&UserContext");
    assert_eq!(ty.rust_out(), "UserContext");
}
