//! The program begins before the module runtime: it notes what is in the registers then.

fn main() {
    println!("cargo::rustc-link-arg-bins=--entry=registers_start");
    println!("cargo::rerun-if-changed=build.rs");
}
