/*
 * Copyright 2016, Data61
 * Commonwealth Scientific and Industrial Research Organisation (CSIRO)
 * ABN 41 687 119 230.
 *
 * This software may be distributed and modified according to the terms of
 * the GNU General Public License version 2. Note that NO WARRANTY is provided.
 * See "LICENSE_GPLv2.txt" for details.
 *
 * @TAG(DATA61_GPL)
 */

/*
 * Escrow: derived from the tx1 and hikey platforms of seL4 5.0.0 for QEMU `virt`.
 *
 * Only what the kernel itself drives is here: the interrupt controller and, where it prints, the
 * UART. What user programs may get is in regions_gen.h, which the build writes from the platform's
 * reviewed file.
 */

#ifndef __PLAT_MACHINE_DEVICES_H
#define __PLAT_MACHINE_DEVICES_H

/* Where the kernel maps them: the last 64 KiB of the address space, as the other ports do. */
#define UART0_PPTR                  0xffffffffffff0000
#define GIC_DISTRIBUTOR_PPTR        0xffffffffffff3000
#define GIC_CONTROLLER_PPTR         0xffffffffffff4000

#define GIC_PL390_CONTROLLER_PPTR   GIC_CONTROLLER_PPTR
#define GIC_PL390_DISTRIBUTOR_PPTR  GIC_DISTRIBUTOR_PPTR

/* Where the machine has them (`-machine virt,gic-version=2`). */
#define GIC_DISTRIBUTOR_PADDR       0x08000000
#define GIC_CONTROLLER0_PADDR       0x08010000
#define UART0_PADDR                 0x09000000

#endif /* __PLAT_MACHINE_DEVICES_H */
