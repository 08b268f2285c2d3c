/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of libosip2, which takes and gives back some 2,600 small blocks in a
 * call. What is freed is wiped, since it may be a key, and kept for the next one of
 * its size; each block has a guard word, so that what was written before its begin,
 * or freed twice, ends the process and not in an attacker's hands.
 *
 * One thread. HEAP_KEPT_MAX bytes at most are kept, for good; what is needed beside
 * them is malloc()'s, and goes back to it.
 */
#ifndef RINGFENCE_SIP_HEAP_H
#define RINGFENCE_SIP_HEAP_H

#include <stddef.h>

#define HEAP_KEPT_MAX (32U << 20)

/** heap_alloc() - as malloc(); aligned for all types. Freed by heap_free() only. */
void *heap_alloc(size_t size);

/** heap_zalloc() - heap_alloc(), all zeros. */
void *heap_zalloc(size_t size);

/** heap_realloc() - as realloc(); what @p was is wiped. */
void *heap_realloc(void *p, size_t size);

/** heap_free() - wipe and free; @p may be NULL. Ends the process if @p is no block. */
void heap_free(void *p);

/** heap_plain() - there will be no secret in the block @p: it needn't be wiped. */
void heap_plain(void *p);

#endif
