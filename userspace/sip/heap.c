// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip/heap.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/secret.h"

/* Blocks are a multiple of STEP; the large ones a power of two. */
#define STEP	      16U
#define SMALL_MAX     1024U
#define LARGE_MAX     16384U
#define SMALL_CLASSES (SMALL_MAX / STEP)
#define CLASSES	      (SMALL_CLASSES + 4)
/* A master key of SDES is longer, in base64; all else that is secret, too. */
#define NO_SECRET_MAX 40

/* Of the size of a huge page: a call's blocks then miss the TLB rarely. */
#define SLAB (2U << 20)

/* AddressSanitizer must see each block go and come. */
#if defined(__SANITIZE_ADDRESS__)
#define SLABS_MAX 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SLABS_MAX 0
#endif
#endif
#ifndef SLABS_MAX
#define SLABS_MAX (HEAP_KEPT_MAX / SLAB)
#endif

struct block {
	alignas(max_align_t) uint32_t size; /* as asked for; 0: it is kept */
	bool plain;
	bool carved; /* from a slab; else malloc()'s */
	uint64_t guard;
};

/* In the room of a kept block. */
struct kept {
	struct kept *next;
};

static struct kept *kept[CLASSES];
static char *slab; /* what is left of the last one */
static size_t slab_left;
static unsigned int n_slabs;
static uint64_t secret; /* of the guard words */

static uint64_t guard_of(const struct block *b)
{
	return secret ^ (uintptr_t)b;
}

static unsigned int class_of(size_t size)
{
	if (size <= SMALL_MAX)
		return size ? (size - 1) / STEP : 0;
	return SMALL_CLASSES + (size > 2048) + (size > 4096) + (size > 8192);
}

static size_t class_size(unsigned int class)
{
	if (class < SMALL_CLASSES)
		return (class + 1) * STEP;
	return 2048U << (class - SMALL_CLASSES);
}

static struct block *block_of(void *p)
{
	struct block *b = (struct block *)p - 1;

	if (b->guard == guard_of(b) && b->size)
		return b;
	fputs("sip: a message's memory was overwritten or freed twice\n",
	      stderr);
	abort();
}

static bool slab_new(void)
{
	if (n_slabs >= SLABS_MAX)
		return false;
	slab = aligned_alloc(SLAB, SLAB);
	if (!slab)
		return false;
	madvise(slab, SLAB, MADV_HUGEPAGE); /* or it does without */
	slab_left = SLAB;
	n_slabs++;
	return true;
}

static struct block *carve(size_t size)
{
	struct block *b;

	if (slab_left < size && !slab_new())
		return NULL;
	b = (struct block *)slab;
	slab += size;
	slab_left -= size;
	return b;
}

static struct block *block_new(size_t room)
{
	struct block *b = NULL;

	if (!secret && secret_random(&secret, sizeof(secret)))
		return NULL;
	if (room <= LARGE_MAX)
		b = carve(sizeof(*b) + room);
	if (b) {
		b->carved = true;
	} else {
		b = malloc(sizeof(*b) + room);
		if (!b)
			return NULL;
		b->carved = false;
	}
	b->guard = guard_of(b);
	return b;
}

void *heap_alloc(size_t size)
{
	unsigned int class = class_of(size);
	struct block *b;

	if (size > LARGE_MAX) {
		b = size < UINT32_MAX ? block_new(size) : NULL;
	} else if (kept[class]) {
		b = (struct block *)kept[class] - 1;
		kept[class] = kept[class]->next;
		__builtin_prefetch(kept[class]); /* there will be another */
	} else {
		b = block_new(class_size(class));
	}
	if (!b)
		return NULL;
	b->size = size ? size : 1;
	b->plain = false;
	return b + 1;
}

void *heap_zalloc(size_t size)
{
	void *p = heap_alloc(size);

	if (p)
		memset(p, 0, size);
	return p;
}

void heap_free(void *p)
{
	unsigned int class;
	struct block *b;

	if (!p)
		return;
	b = block_of(p);
	class = class_of(b->size);
	if (b->size > NO_SECRET_MAX && !b->plain)
		secret_wipe(p, b->size);
	if (!b->carved) {
		b->guard = 0;
		free(b);
		return;
	}
	b->size = 0;
	((struct kept *)p)->next = kept[class];
	kept[class] = p;
}

void *heap_realloc(void *p, size_t size)
{
	void *copy = heap_alloc(size);
	size_t had = p ? block_of(p)->size : 0;

	if (!copy)
		return NULL;
	if (p)
		memcpy(copy, p, had < size ? had : size);
	heap_free(p);
	return copy;
}

void heap_plain(void *p)
{
	block_of(p)->plain = true;
}
