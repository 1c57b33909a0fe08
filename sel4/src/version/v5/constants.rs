//! The names of seL4 5.0.0's headers that later kernels changed. Used by the build script, not by the bindings.

use escrow_sel4_generator::constants::Constant;
use escrow_sel4_generator::model::Api;

/// Asked on both machines.
pub const ALWAYS: &[Constant] = &[
    // Grant was split in two by 11.0.0, which gives the constructor a fourth argument.
    Constant::word("RIGHT_GRANT", "seL4_CapRights_new(1, 0, 0).words[0]"),
    Constant::word("RIGHT_READ", "seL4_CapRights_new(0, 1, 0).words[0]"),
    Constant::word("RIGHT_WRITE", "seL4_CapRights_new(0, 0, 1).words[0]"),
    // Guard data became `seL4_CNode_CapData` in 8.0.0, and badges whole words.
    Constant::word("CAP_DATA_GUARD_TYPE", "seL4_CapData_Guard_new(0, 0).words[0]"),
    Constant::word("CAP_DATA_GUARD", "seL4_CapData_Guard_new(-1, 0).words[0]"),
    Constant::word("CAP_DATA_GUARD_SIZE", "seL4_CapData_Guard_new(0, -1).words[0]"),
    Constant::usize("BADGE_BITS", "seL4_BadgeBits"),
    // Priority and maximum controlled priority in one word, gone with 9.0.0.
    Constant::word("PRIO_PROPS_MCP", "seL4_PrioProps_new(-1, 0).words[0]"),
    Constant::word("PRIO_PROPS_PRIO", "seL4_PrioProps_new(0, -1).words[0]"),
    // Renamed to seL4_CapIOPortControl in 10.0.0, when the capability became one that issues others.
    Constant::usize("CAP_IO_PORT", "seL4_CapIOPort"),
    // Later kernels put the frequency of the time stamp counter into the additional boot information.
    Constant::usize("BOOT_INFO_ARCH_INFO", "__builtin_offsetof(seL4_BootInfo, archInfo)"),
    // Later kernels give the size of the frame a name of its own.
    Constant::usize("BOOT_INFO_FRAME_SIZE", "1ul << seL4_PageBits"),
    // Later kernels have these two wherever they print.
    Constant::word("SYS_DEBUG_PUT_CHAR", "seL4_SysDebugPutChar").only_if("defined(CONFIG_DEBUG_BUILD)"),
    Constant::word("SYS_DEBUG_SNAPSHOT", "seL4_SysDebugSnapshot").only_if("defined(CONFIG_DEBUG_BUILD)"),
    Constant::word("SYS_DEBUG_HALT", "seL4_SysDebugHalt").only_if("defined(CONFIG_DEBUG_BUILD)"),
    Constant::word("SYS_DEBUG_CAP_IDENTIFY", "seL4_SysDebugCapIdentify")
        .only_if("defined(CONFIG_DEBUG_BUILD)"),
    Constant::word("SYS_DEBUG_NAME_THREAD", "seL4_SysDebugNameThread").only_if("defined(CONFIG_DEBUG_BUILD)"),
];

/// Asked for AArch64 only: the upper tables, which later kernels merged into one VSpace and one PageTable object.
pub const AARCH64: &[Constant] = &[
    Constant::word("OBJECT_PAGE_GLOBAL_DIRECTORY", "seL4_ARM_PageGlobalDirectoryObject"),
    Constant::word("OBJECT_PAGE_UPPER_DIRECTORY", "seL4_ARM_PageUpperDirectoryObject"),
    Constant::word("OBJECT_PAGE_DIRECTORY", "seL4_ARM_PageDirectoryObject"),
    Constant::usize("PAGE_GLOBAL_DIRECTORY_BITS", "seL4_PGDBits"),
    Constant::usize("PAGE_UPPER_DIRECTORY_BITS", "seL4_PUDBits"),
    Constant::usize("PAGE_DIRECTORY_BITS", "seL4_PageDirBits"),
];

/// Asked for x86-64 only: nothing.
pub const X86_64: &[Constant] = &[];

/// Whether the installed kernel has the interface that `src/version/v5` is written for.
///
/// # Errors
/// What the kernel has instead and where support for it belongs.
pub fn check(api: &Api) -> Result<(), String> {
    let configure = api.methods.iter().find(|method| method.label == "TCBConfigure");
    if configure.is_some_and(|method| method.params.iter().any(|param| param.name == "priority")) {
        return Ok(());
    }
    Err("the installed kernel's TCB_Configure takes no priority: it is newer than seL4 5.0.0, and the bindings know \
         only that one so far. What a newer kernel needs belongs into sel4/src/version, whose first file lists it; \
         or set SEL4_PREFIX to a seL4 5.0.0."
        .to_owned())
}
