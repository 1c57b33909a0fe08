//! From kernel, root task and boot archive to what QEMU boots.
