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
 * Escrow: derived from the tx1 platform of seL4 5.0.0 for QEMU `virt`.
 *
 * physBase, avail_p_regs and dev_p_regs come from regions_gen.h.
 */

#ifndef __PLAT_MACHINE_HARDWARE_H
#define __PLAT_MACHINE_HARDWARE_H

#include <config.h>
#include <basic_types.h>
#include <arch/linker.h>
#include <plat/machine.h>
#include <plat/machine/devices.h>
#include <plat/machine/regions_gen.h>

/* What QEMU 7.2 reports in cntfrq_el0; a debug kernel checks it at boot and stops where it differs. */
#define TIMER_CLOCK_HZ      62500000llu

#define kernelBase          0xffffff8000000000

/* Maximum virtual address accessible from userspace */
#define USER_TOP            0x0000ffffffffffff

static const kernel_frame_t BOOT_RODATA kernel_devices[] = {
    {
        /* map kernel device: GIC */
        GIC_CONTROLLER0_PADDR,
        GIC_CONTROLLER_PPTR,
        true  /* armExecuteNever */
    },
    {
        GIC_DISTRIBUTOR_PADDR,
        GIC_DISTRIBUTOR_PPTR,
        true  /* armExecuteNever */
#if defined(CONFIG_PRINTING) || defined(CONFIG_DEBUG_BUILD)
    },
    {
        /* UART */
        UART0_PADDR,
        UART0_PPTR,
        true  /* armExecuteNever */
#endif
    }
};

/* Handle a platform-reserved IRQ. */
static inline void
handleReservedIRQ(irq_t irq)
{

}

#endif /* __PLAT_MACHINE_HARDWARE_H */
