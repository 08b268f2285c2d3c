// SPDX-License-Identifier: GPL-2.0-only
/*
 * insmod rgf_break.ko how=WHAT commits one sin, for selftests/qemu/harness.sh to
 * see that a guest with the debug kernel confesses it.
 */
#include <linux/debug_locks.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#define BREAK_SIZE  200
#define BREAK_COUNT 20

static char *how = "";
module_param(how, charp, 0);
MODULE_PARM_DESC(how, "what to do wrong");

static DEFINE_MUTEX(break_a);
static DEFINE_MUTEX(break_b);
static DEFINE_SPINLOCK(break_spin);

/* More than one, since a stale register or stack slot may hide some. */
static void break_leak(void)
{
	unsigned int i;
	void *p;

	for (i = 0; i < BREAK_COUNT; i++) {
		p = kmalloc(BREAK_SIZE, GFP_KERNEL);
		OPTIMIZER_HIDE_VAR(p);
	}
}

static void break_use_after_free(void)
{
	u8 *p = kzalloc(BREAK_SIZE, GFP_KERNEL);
	u8 *stale = p;

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(stale);
	kfree(p);
	WRITE_ONCE(stale[0], 1);
}

/* It doesn't happen with one thread; lockdep sees that it could. */
static void break_deadlock(void)
{
	mutex_lock(&break_a);
	mutex_lock(&break_b);
	mutex_unlock(&break_b);
	mutex_unlock(&break_a);

	mutex_lock(&break_b);
	mutex_lock(&break_a);
	mutex_unlock(&break_a);
	mutex_unlock(&break_b);
}

static void break_atomic_sleep(void)
{
	spin_lock(&break_spin);
	msleep(20);
	spin_unlock(&break_spin);
}

/* As any report does, but without a word in the log. */
static void break_lockdep(void)
{
	debug_locks_off();
}

static const struct {
	const char *name;
	void (*run)(void);
} breaks[] = {
	{ "leak", break_leak },
	{ "use-after-free", break_use_after_free },
	{ "deadlock", break_deadlock },
	{ "atomic-sleep", break_atomic_sleep },
	{ "lockdep-off", break_lockdep },
};

static int __init break_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(breaks); i++) {
		if (!strcmp(how, breaks[i].name)) {
			breaks[i].run();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit break_exit(void)
{
}

module_init(break_init);
module_exit(break_exit);

MODULE_DESCRIPTION("Bugs for the test of the test harness");
MODULE_LICENSE("GPL");
