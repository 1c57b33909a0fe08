//! Empty: the manifest beside it names the crate that carries the kernel's source.
