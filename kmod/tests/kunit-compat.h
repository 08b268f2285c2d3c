/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KUnit, or where the kernel has none, as Debian's, the part of it that our
 * tests use: insmod runs them, prints KTAP and fails if one failed.
 */
#ifndef _RGF_KUNIT_COMPAT_H
#define _RGF_KUNIT_COMPAT_H

#if IS_ENABLED(CONFIG_KUNIT)
#include <kunit/test.h>
#else

#include <linux/err.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

struct kunit {
	bool failed;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases; /* ends with an empty one */
};

#define KUNIT_CASE(fn)                      \
	{                                   \
		.run_case = fn, .name = #fn \
	}

#define RGF_EXPECT(test, good, fmt, ...)                               \
	do {                                                           \
		if (!(good)) {                                         \
			(test)->failed = true;                         \
			pr_err("        # %s:%d: " fmt "\n", __FILE__, \
			       __LINE__, ##__VA_ARGS__);               \
		}                                                      \
	} while (0)

#define KUNIT_EXPECT_EQ_MSG(test, left, right, fmt, ...)                      \
	do {                                                                  \
		long long l = (left), r = (right);                            \
		RGF_EXPECT(test, l == r,                                      \
			   #left " is %lld, want " #right " = %lld: " fmt, l, \
			   r, ##__VA_ARGS__);                                 \
	} while (0)
#define KUNIT_EXPECT_EQ(test, left, right) \
	KUNIT_EXPECT_EQ_MSG(test, left, right, "%s", __func__)
#define KUNIT_EXPECT_TRUE(test, cond) RGF_EXPECT(test, cond, "%s", #cond)
#define KUNIT_EXPECT_FALSE(test, cond) \
	RGF_EXPECT(test, !(cond), "not %s", #cond)
#define KUNIT_EXPECT_MEMEQ_MSG(test, left, right, size, fmt, ...) \
	RGF_EXPECT(test, !memcmp(left, right, size),              \
		   #left " differs from " #right ": " fmt, ##__VA_ARGS__)
#define KUNIT_EXPECT_MEMEQ(test, left, right, size) \
	KUNIT_EXPECT_MEMEQ_MSG(test, left, right, size, "%s", __func__)

/* Run by module_init, in main.c. */
#define kunit_test_suites(...) \
	static struct kunit_suite *const rgf_suites[] = { __VA_ARGS__ }

#endif
#endif
