/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As much of the kernel as the pure parts of the module use, so that they can
 * be fuzzed on the host. The headers beside this one only include it.
 */
#ifndef KERNEL_SHIM_H
#define KERNEL_SHIM_H

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef uint8_t __u8;
typedef uint16_t __u16;
typedef uint32_t __u32;
typedef uint64_t __u64;

#define __printf(fmt, first) __attribute__((format(printf, fmt, first)))
#define __must_hold(lock)
#define noinline	  __attribute__((noinline))
#define likely(x)	  __builtin_expect(!!(x), 1)
#define unlikely(x)	  __builtin_expect(!!(x), 0)
#define BIT(n)		  (1UL << (n))
#define ARRAY_SIZE(a)	  (sizeof(a) / sizeof((a)[0]))
#define U32_MAX		  UINT32_MAX
#define READ_ONCE(x)	  (x)
#define WRITE_ONCE(x, to) ((x) = (to))
#define static_assert(expr, ...) _Static_assert(expr, #expr)
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define container_of(p, type, member) \
	((type *)((char *)(p)-offsetof(type, member)))

#define max(a, b)                   \
	({                          \
		__auto_type a_ = a; \
		__auto_type b_ = b; \
		a_ > b_ ? a_ : b_;  \
	})

/* The same draws on each run, so that what a fuzzer found is found again. */
static inline u32 get_random_u32_below(u32 ceil)
{
	static u32 state = 1;

	state = state * 1664525 + 1013904223;
	return (u32)((u64)state * ceil >> 32);
}

#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#define LINUX_VERSION_CODE	KERNEL_VERSION(6, 12, 0)

#define HZ		    250
#define NSEC_PER_SEC	    1000000000L
#define USEC_PER_SEC	    1000000L
#define time_before(a, b)   ((long)((a) - (b)) < 0)
#define time_after(a, b)    time_before(b, a)
#define time_after_eq(a, b) (!time_before(a, b))

typedef void (*crypto_completion_t)(void *data, int err);
struct netlink_ext_ack {
	const char *_msg;
};

/* One thread. */
typedef struct {
	char unused;
} spinlock_t;
#define spin_lock_init(lock) ((void)(lock))
#define spin_lock(lock)	     ((void)(lock))
#define spin_unlock(lock)    ((void)(lock))
#define spin_lock_bh(lock)   ((void)(lock))
#define spin_unlock_bh(lock) ((void)(lock))

static inline u16 get_unaligned_be16(const void *p)
{
	const u8 *b = p;

	return (u16)(b[0] << 8 | b[1]);
}

static inline u32 get_unaligned_be32(const void *p)
{
	const u8 *b = p;

	return (u32)get_unaligned_be16(b) << 16 | get_unaligned_be16(b + 2);
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 mul_u64_u32_div(u64 a, u32 mul, u32 divisor)
{
	return (u64)((unsigned __int128)a * mul / divisor);
}

#endif
