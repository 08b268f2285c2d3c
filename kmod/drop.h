/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _RGF_DROP_H
#define _RGF_DROP_H

#include <linux/ringfence.h>
#include <linux/types.h>

#include "drop-gen.h" /* RGF_DROP_REASONS(), the list with names */

/*
 * What the steps of the packet path return: 0 to go on, or why the packet is
 * dropped. The reasons of the netlink interface start at 0, hence the shift.
 */
#define RGF_DROP(reason) (RINGFENCE_DROP_REASON_##reason + 1)

static inline enum ringfence_drop_reason rgf_drop_reason(int drop)
{
	return drop - 1;
}

#endif
