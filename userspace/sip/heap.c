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

/*
 * The blocks of a size that are kept, the last one on top. Not a list through the
 * blocks: to take one would wait for its memory, which is cold by then.
 */
static struct kept {
	struct block **at;
	unsigned int n;
	unsigned int room; /* for all that were ever carved */
	unsigned int carved;
} kept[CLASSES];
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

/* One more block of that size can be kept. */
static bool make_room(struct kept *k)
{
	unsigned int room = k->room ? 2 * k->room : 64;
	struct block **at;

	if (k->carved < k->room)
		return true;
	at = realloc(k->at, room * sizeof(*at));
	if (!at)
		return false;
	k->at = at;
	k->room = room;
	return true;
}

static struct block *carve(unsigned int class)
{
	size_t size = sizeof(struct block) + class_size(class);
	struct block *b;

	if ((slab_left < size && !slab_new()) || !make_room(&kept[class]))
		return NULL;
	b = (struct block *)slab;
	slab += size;
	slab_left -= size;
	kept[class].carved++;
	b->carved = true;
	return b;
}

static struct block *from_malloc(size_t room)
{
	struct block *b = malloc(sizeof(*b) + (room ? room : 1));

	if (b)
		b->carved = false;
	return b;
}

static struct block *block_new(unsigned int class, size_t size)
{
	struct block *b = NULL;

	if (!secret && secret_random(&secret, sizeof(secret)))
		return NULL;
	if (size <= LARGE_MAX)
		b = carve(class);
	if (!b)
		b = from_malloc(size);
	if (b)
		b->guard = guard_of(b);
	return b;
}

/* The next ones will be taken, too; their memory is to be there by then. */
static struct block *take(struct kept *k)
{
	struct block *b = k->at[--k->n];

	if (k->n > 1)
		__builtin_prefetch(k->at[k->n - 2], 1);
	return b;
}

void *heap_alloc(size_t size)
{
	unsigned int class = class_of(size);
	struct block *b = NULL;

	if (size <= LARGE_MAX && kept[class].n)
		b = take(&kept[class]);
	else if (size < UINT32_MAX)
		b = block_new(class, size);
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
	kept[class].at[kept[class].n++] = b;
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
