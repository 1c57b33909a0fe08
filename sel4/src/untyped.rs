//! Making objects, and asking how much memory is left to make them from.

use crate::{AbsoluteCPtr, Error, ObjectBlueprint, Result, Word, cap, sys, with_ipc_buffer};

impl cap::Untyped {
    /// Makes `num_objects` objects out of this memory and puts their capabilities into consecutive slots, from
    /// slot `dst_offset` of the CNode at `dst` on.
    ///
    /// Where nothing made from this memory exists any more, it starts again from its beginning (device memory
    /// excepted); memory is zeroed as it is made into objects.
    ///
    /// Manual: section "Memory Allocation", and API reference, `untyped_retype`.
    ///
    /// # Errors
    /// [`NotEnoughMemory`](Error::NotEnoughMemory): what is left is in message register 0, in bytes.
    /// [`DeleteFirst`](Error::DeleteFirst): one of the slots is full.
    /// [`RangeError`](Error::RangeError): more objects at once than
    /// [`CONFIG_RETYPE_FAN_OUT_LIMIT`](sys::CONFIG_RETYPE_FAN_OUT_LIMIT), or the slots leave the CNode.
    /// [`InvalidArgument`](Error::InvalidArgument): memory of a device makes pages and untypeds only, or no such
    /// type. [`FailedLookup`](Error::FailedLookup): there is no CNode at `dst`.
    pub fn untyped_retype(
        self,
        blueprint: &ObjectBlueprint,
        dst: &AbsoluteCPtr,
        dst_offset: usize,
        num_objects: usize,
    ) -> Result<()> {
        sys::untyped_retype(
            self.cptr(),
            blueprint.ty(),
            blueprint.api_size_bits().unwrap_or(0) as Word,
            dst.root().cptr(),
            dst.path().bits(),
            dst.path().depth() as Word,
            dst_offset as Word,
            num_objects as Word,
        )
    }

    /// How many bytes of this memory are free, by the kernel's own answer, and nothing changes: it is asked for
    /// twice as much as there can be. `size_bits` is the size of this memory as a power of two; the two slots from
    /// slot `dst_offset` of the CNode at `dst` on must be empty, and stay so.
    ///
    /// # Errors
    /// What else is wrong, for instance [`DeleteFirst`](Error::DeleteFirst) for full slots; and
    /// [`IllegalOperation`](Error::IllegalOperation) where the memory is larger than `size_bits`: the retype then
    /// succeeded, and the two slots are full.
    pub fn untyped_memory_left(
        self,
        size_bits: usize,
        dst: &AbsoluteCPtr,
        dst_offset: usize,
    ) -> Result<Word> {
        match self.untyped_retype(&ObjectBlueprint::Untyped { size_bits }, dst, dst_offset, 2) {
            Err(Error::NotEnoughMemory) => {
                Ok(with_ipc_buffer(|buffer| buffer.msg_regs().first().copied().unwrap_or(0)))
            }
            Err(error) => Err(error),
            Ok(()) => Err(Error::IllegalOperation),
        }
    }
}
