//! The one file that QEMU loads on aarch64: loader, kernel, and the root task with the archive.

use anyhow::{Context as _, Result, ensure};

use super::elf::{Kind, PAGE, Program, Segment, write};
use crate::arch::Arch;

/// Marks the loader's parameter block; the loader has the same words (loader/src/parameters.rs).
const MAGIC: &[u8; 16] = b"ESCROW-LOADER-01";

/// What the loader hands on to the kernel, in the order of its parameter block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parameters {
    kernel_entry: u64,
    kernel_physical: u64,
    user_start: u64,
    user_end: u64,
    pv_offset: u64,
    user_entry: u64,
}

/// Puts everything where it belongs in memory. `ram` is the memory that the machine has, from first
/// to last but one byte, where that is known.
///
/// # Errors
/// Where parts would overlap or lie outside of the memory, or the loader has no parameter block.
pub fn image(
    loader: &Program,
    kernel: &Program,
    root_task: &Program,
    archive: &Segment,
    ram: Option<(u64, u64)>,
) -> Result<Vec<u8>> {
    let kernel_start = kernel.segments.iter().map(|s| s.physical_start).min().unwrap_or_default();
    let kernel_end = kernel.segments.iter().map(Segment::physical_end).max().unwrap_or_default();
    // The kernel wants the root task above itself, in one piece; what is behind stays one piece too.
    let user_start =
        kernel_end.checked_next_multiple_of(PAGE).context("the kernel ends beyond all memory")?;
    let virtual_start = root_task.virtual_start();
    ensure!(
        virtual_start.is_multiple_of(PAGE),
        "the root task begins at 0x{virtual_start:x}, and must begin at a page"
    );
    let pv_offset = user_start.wrapping_sub(virtual_start);
    let to_physical = |address: u64| address.wrapping_add(pv_offset);
    let virtual_end =
        archive.virtual_end().checked_next_multiple_of(PAGE).context("the archive is too large")?;

    let parameters = Parameters {
        kernel_entry: kernel.entry,
        kernel_physical: kernel_start,
        user_start,
        user_end: to_physical(virtual_end),
        pv_offset,
        user_entry: root_task.entry,
    };
    let mut segments = patched(loader, &parameters)?;
    let place =
        |segment: &Segment, at: u64| Segment { virtual_start: at, physical_start: at, ..segment.clone() };
    segments.extend(kernel.segments.iter().map(|s| place(s, s.physical_start)));
    let user = root_task.segments.iter().chain([archive]);
    segments.extend(user.map(|s| place(s, to_physical(s.virtual_start))));

    for segment in &segments {
        let (start, end) = (segment.physical_start, segment.physical_end());
        if let Some((first, last)) = ram {
            ensure!(
                first <= start && end <= last,
                "0x{start:x} to 0x{end:x} is outside of the memory (0x{first:x} to 0x{last:x})"
            );
        }
    }
    write(Kind::Native(Arch::Aarch64), loader.entry, &segments)
        .context("loader, kernel and root task do not fit together")
}

/// The loader's segments with the parameters written into their block.
fn patched(loader: &Program, parameters: &Parameters) -> Result<Vec<Segment>> {
    let mut segments = loader.segments.clone();
    let mut blocks = Vec::new();
    for (index, segment) in segments.iter().enumerate() {
        let found = segment.data.windows(MAGIC.len()).enumerate();
        blocks.extend(found.filter(|(_, bytes)| bytes == MAGIC).map(|(at, _)| (index, at)));
    }
    let [(index, at)] = blocks.as_slice() else {
        anyhow::bail!("the loader has {} parameter blocks, and must have one", blocks.len());
    };
    let Parameters { kernel_entry, kernel_physical, user_start, user_end, pv_offset, user_entry } =
        *parameters;
    let words = [kernel_entry, kernel_physical, user_start, user_end, pv_offset, user_entry];
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let from = at.saturating_add(MAGIC.len());
    segments
        .get_mut(*index)
        .and_then(|segment| segment.data.get_mut(from..from.saturating_add(bytes.len())))
        .context("the loader's parameter block is cut short")?
        .copy_from_slice(&bytes);
    Ok(segments)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(virtual_start: u64, physical_start: u64, data: &[u8]) -> Program {
        let size = data.len() as u64;
        let segment = Segment { virtual_start, physical_start, size, flags: 5, data: data.to_vec() };
        Program { arch: Arch::Aarch64, entry: virtual_start, segments: vec![segment] }
    }

    fn loader() -> Program {
        let mut data = b"some code..".to_vec();
        data.extend_from_slice(MAGIC);
        data.extend_from_slice(&[0; 48]);
        program(0x4800_0000, 0x4800_0000, &data)
    }

    const RAM: Option<(u64, u64)> = Some((0x4000_0000, 0x8000_0000));

    fn archive(at: u64, size: usize) -> Segment {
        let data = vec![1; size];
        Segment { virtual_start: at, physical_start: at, size: size as u64, flags: 4, data }
    }

    #[test]
    fn everything_gets_its_place_and_the_loader_knows_it() {
        let kernel = program(0xffff_ff80_0000_0000, 0x4000_0000, &[7; 0x1800]);
        let root = program(0x20_0000, 0x20_0000, &[9; 0x10]);
        let bytes = image(&loader(), &kernel, &root, &archive(0x20_1000, 0x20), RAM).unwrap();
        let image = Program::parse(&bytes).unwrap();
        assert_eq!(image.entry, 0x4800_0000);
        let starts: Vec<_> = image.segments.iter().map(|s| s.physical_start).collect();
        assert_eq!(starts, [0x4000_0000, 0x4000_2000, 0x4000_3000, 0x4800_0000]);
        let block = image.segments.last().unwrap().data.get(11 + 16..).unwrap();
        let words: Vec<_> =
            block.chunks(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect();
        let pv_offset = 0x4000_2000_u64 - 0x20_0000;
        let entry = 0xffff_ff80_0000_0000;
        assert_eq!(words, [entry, 0x4000_0000, 0x4000_2000, 0x4000_4000, pv_offset, 0x20_0000]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let kernel = program(0xffff_ff80_0000_0000, 0x4000_0000, &[7; 0x1000]);
        let root = program(0x20_0000, 0x20_0000, &[9; 0x10]);
        let refusal = |root: &Program, archive: &Segment| {
            format!("{:#}", image(&loader(), &kernel, root, archive, RAM).unwrap_err())
        };
        let large = archive(0x20_1000, 0x800_0000);
        assert!(refusal(&root, &large).contains("overlap"), "{}", refusal(&root, &large));
        let huge = archive(0x20_1000, 0x4000_0000);
        assert!(refusal(&root, &huge).contains("outside of the memory"));
        let odd = program(0x20_0008, 0x20_0008, &[9; 0x10]);
        let message = refusal(&odd, &archive(0x20_1000, 1));
        assert!(message.contains("must begin at a page"), "{message}");
        let mut blank = loader();
        blank.segments[0].data[11] = b'X';
        let error = image(&blank, &kernel, &root, &archive(0x20_1000, 1), RAM).unwrap_err();
        assert!(error.to_string().contains("0 parameter blocks"), "{error}");
    }
}
