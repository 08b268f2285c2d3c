/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Marks of the meter, seen by the profiler: no-operations with a displacement
 * that no compiler emits.
 *
 *	0f 1f 80 disp32		nopl disp32(%rax)
 */
#ifndef RGF_MARK_H
#define RGF_MARK_H

#define RGF_MARK_LEN   7
#define RGF_MARK_MAGIC 0x52474600 /* the low byte is the mark */

enum rgf_mark {
	RGF_MARK_BASE, /* a batch begins that is freed, ... */
	RGF_MARK_RUN, /* ... that is received */
	RGF_MARK_END,
};

#endif
