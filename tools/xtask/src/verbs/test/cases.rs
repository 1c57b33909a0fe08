//! Which tests a run is about.

use crate::arch::Arch;

/// What the person asked for.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A part of the test's name.
    pub text: Option<String>,
    /// Scenarios of one architecture.
    pub arch: Option<Arch>,
    /// Also what takes too long for every run.
    pub full: bool,
}

impl Filter {
    /// True where the name is asked for.
    pub fn takes(&self, name: &str) -> bool {
        self.text.as_ref().is_none_or(|text| name.contains(text.as_str()))
    }

    /// True where scenarios of this architecture are asked for.
    pub fn takes_arch(&self, arch: Arch) -> bool {
        self.arch.is_none_or(|wanted| wanted == arch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_a_part_of_the_name() {
        let all = Filter::default();
        assert!(all.takes("life/aarch64") && all.takes_arch(Arch::X86_64));
        let some = Filter { text: Some("fe/aa".into()), arch: Some(Arch::Aarch64), full: false };
        assert!(some.takes("life/aarch64") && !some.takes("life/x86_64"));
        assert!(some.takes_arch(Arch::Aarch64) && !some.takes_arch(Arch::X86_64));
    }
}
