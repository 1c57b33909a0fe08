//! Where text is cut that is too long for one request: others write to the console between two requests, and what they
//! write must not stand inside a line, nor inside a mark.

/// How many bytes of a full buffer are sent now: its whole lines; of a line that fills it, what is before a mark that has
/// begun and not ended; all of it where there is neither.
pub fn whole(text: &str) -> usize {
    let after_line = text.rfind('\n').map(|end| end.saturating_add(1));
    let before_mark =
        || text.rfind('\x1b').filter(|mark| text.get(*mark..).is_some_and(|text| !text.contains('\x07')));
    match after_line.or_else(before_mark) {
        Some(cut) if cut > 0 => cut,
        _ => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_whole() {
        for (text, cut) in [
            ("one\r\ntwo\r\nthr", 10),
            ("one\r\ntwo\r\n", 10),
            ("one\r\ntwo\x1b]133;D;0\x07\x1b]133", 5),
            ("\r\nx", 2),
        ] {
            assert_eq!(whole(text), cut, "{text:?}");
        }
    }

    #[test]
    fn marks_stay_whole_in_a_line_that_is_too_long() {
        for (text, cut) in [
            ("a long line\x1b]133;D", 11),
            ("a long line\x1b]133;D;0\x07and more", 29),
            ("a\x1b]133;D;0\x07b\x1b]1", 12),
        ] {
            assert_eq!(whole(text), cut, "{text:?}");
        }
    }

    #[test]
    fn what_has_no_place_to_cut_goes_out_as_it_is() {
        for text in ["a long line", "\x1b]133;and so on, for ever", ""] {
            assert_eq!(whole(text), text.len(), "{text:?}");
        }
    }
}
