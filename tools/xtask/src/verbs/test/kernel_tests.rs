//! What counts as a pass of the kernel's tests.

use super::*;

/// A console on which all tests of an architecture pass but these.
fn console(arch: Arch, red: &[&str]) -> String {
    let mut text = String::new();
    for (name, _) in TESTS.iter().filter(|(_, archs)| archs.contains(&arch)) {
        let result = if red.contains(name) { "FAILED: got 6, want 0 (words)" } else { "ok" };
        text.push_str(&format!("kernel test {name}: {result}\r\n"));
    }
    text
}

fn case(without: Option<&str>, arch: Arch) -> Case {
    let all = choose(&Filter::default());
    all.into_iter().find(|case| case.without == without && case.arch == arch).unwrap()
}

#[test]
fn on_our_kernel_all_must_pass() {
    let ours = case(None, Arch::X86_64);
    judge(&ours, Some(0), &console(Arch::X86_64, &[])).unwrap();
    let told = judge(&ours, Some(1), &console(Arch::X86_64, &["forged-return"])).unwrap_err();
    assert!(told.starts_with("must pass on this kernel: kernel test forged-return"), "{told}");
}

#[test]
fn without_a_patch_exactly_its_tests_must_fail() {
    let fpu = case(Some("01-aarch64-fpu-owner"), Arch::Aarch64);
    judge(&fpu, Some(1), &console(Arch::Aarch64, &["fpu-owner"])).unwrap();
    let told = judge(&fpu, Some(0), &console(Arch::Aarch64, &[])).unwrap_err();
    assert_eq!(told, "must fail on this kernel: kernel test fpu-owner: ok");
    assert!(judge(&fpu, Some(2), &console(Arch::Aarch64, &["fpu-owner", "forged-return"])).is_err());
}

#[test]
fn where_everything_stops_it_stops_at_the_patchs_test() {
    let flags = case(Some("08-x86-flags"), Arch::X86_64);
    let all = console(Arch::X86_64, &[]);
    let up_to = all.replace("kernel test flags: ok\r\n", "");
    assert_eq!(judge(&flags, None, &up_to).unwrap(), ["nothing runs any more"]);
    assert!(judge(&flags, None, &all).unwrap_err().contains("not at the test flags"));
    let earlier = up_to.replace("kernel test rights: ok\r\n", "");
    assert_eq!(judge(&flags, None, &earlier).unwrap_err(), "said nothing: rights");
    assert!(flags.stops() && !case(None, Arch::X86_64).stops());
}

#[test]
fn a_silent_test_an_unknown_line_and_a_wrong_mark_fail() {
    let ours = case(None, Arch::Aarch64);
    let all = console(Arch::Aarch64, &[]);
    let fewer = all.replace("kernel test forged-return: ok\r\n", "");
    assert_eq!(judge(&ours, Some(0), &fewer).unwrap_err(), "said nothing: forged-return");
    let twice = format!("{all}kernel test forged-return: ok\n");
    assert!(judge(&ours, Some(0), &twice).unwrap_err().contains("nobody announced"));
    let more = format!("{all}<<seL4(CPU 0) says something>>\n");
    assert!(judge(&ours, Some(0), &more).unwrap_err().contains("nobody announced this line: <<seL4"));
    let odd = all.replace("forged-return: ok", "forged-return: okay");
    let told = judge(&ours, Some(1), &all).unwrap_err();
    assert_eq!(told, "the mark counts 1 failed tests, the lines say 0");
    assert!(judge(&ours, Some(0), &odd).unwrap_err().contains("neither ok nor FAILED"));
}

#[test]
fn every_patch_of_the_repository_has_a_test() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../kernel-config/patches");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut patches: Vec<String> =
        names.filter_map(|name| name.to_str()?.strip_suffix(".patch").map(str::to_owned)).collect();
    patches.retain(|name| !name.starts_with("build-"));
    patches.sort();
    let here = PATCHES.map(|(patch, ..)| patch);
    let mut known: Vec<&str> = here.into_iter().chain(ELSEWHERE.map(|(patch, _)| patch)).collect();
    known.sort_unstable();
    assert_eq!(patches, known, "the tables of patches and their tests");
    assert!(all_have_tests(&patches) && !all_have_tests(&["99-new".to_owned()]));
    let driven: Vec<String> =
        super::super::driven::choose(&Filter::default()).0.iter().map(|case| case.name()).collect();
    assert!(ELSEWHERE.iter().all(|(_, test)| driven.contains(&(*test).to_owned())));
}

#[test]
fn the_filter_takes_kernels_by_their_name() {
    let names = |text: &str| -> Vec<String> {
        let filter = Filter { text: Some(text.into()), ..Filter::default() };
        choose(&filter).iter().map(Case::name).collect()
    };
    assert_eq!(names("kernel/aarch64"), ["kernel/aarch64"]);
    assert_eq!(names("without-04"), ["kernel/without-04-x86-io-port-revoke/x86_64"]);
    assert_eq!(names("kernel").len(), 12);
    let filter = |text: &str| Filter { text: Some(text.into()), ..Filter::default() };
    assert!(is_named(&filter("kernel")) && is_named(&filter("kernel/x")) && !is_named(&filter("kern")));
    assert!(!is_named(&Filter::default()));
}
