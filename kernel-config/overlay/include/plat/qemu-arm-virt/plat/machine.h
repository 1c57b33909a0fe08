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
 */

#ifndef __PLAT_MACHINE_H
#define __PLAT_MACHINE_H

/* 32 private interrupts (16 SGI, 16 PPI) and the 256 shared ones of QEMU `virt`. */
#define N_INTERRUPTS 288

enum IRQConstants {
    INTERRUPT_VIRTUAL_TIMER         = 27,   /* PPI 11, CNTV */
    INTERRUPT_PHYSICAL_TIMER        = 30,   /* PPI 14, CNTP, non-secure */
    INTERRUPT_UART0                 = 33,   /* PL011 */
    INTERRUPT_RTC                   = 34,   /* PL031 */
    INTERRUPT_VIRTIO_MMIO_0         = 48,   /* 32 slots follow each other */
    maxIRQ                          = 287
} platform_interrupt_t;

/* log2 of the bytes of 288 slots of 32 bytes, rounded up to 512 slots. */
#define IRQ_CNODE_BITS      14

#define KERNEL_TIMER_IRQ    INTERRUPT_VIRTUAL_TIMER

#include <arch/machine/gic_pl390.h>

#endif  /* ! __PLAT_MACHINE_H */
