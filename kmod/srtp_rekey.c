// SPDX-License-Identifier: GPL-2.0-only
#include "srtp_rekey.h"

#include <linux/container_of.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "drop.h"
#include "parse.h"
#include "srtp.h"
#include "srtp_budget.h"
#include "srtp_ctx.h"

#define RGF_REKEY_SETS	  6 /* of a master key, RTP and RTCP each */
#define RGF_REKEY_WAITING 64 /* packets of a context */
/* Derivations that no authentic packet asked for, of a context. */
#define RGF_REKEY_RATE	50 /* a second */
#define RGF_REKEY_BURST 32

enum rgf_set_state {
	RGF_SET_EMPTY,
	RGF_SET_WANTED, /* the work is to derive it */
	RGF_SET_DERIVING, /* and does; the keys are the work's */
	RGF_SET_READY,
};

struct rgf_keyset {
	struct rgf_keys keys; /* nobody's while state is WANTED or EMPTY */
	u64 r; /* packet index DIV rate; valid unless EMPTY */
	u64 used; /* the tick when it was last used */
	u32 users; /* packets that have it or wait for it; it must stay */
	u8 state; /* enum rgf_set_state */
	u8 key; /* of the context; constant */
	bool rtcp; /* constant */
	bool allocated; /* the cipher, by the work */
	bool proven; /* authentic packets use it, or soon will */
	bool ahead; /* the next set was asked for */
};

struct rgf_rekey {
	struct rgf_srtp *srtp;
	spinlock_t lock; /* all that follows, but keys that are in use */
	struct list_head waiting; /* rgf_crypt.wait */
	unsigned int nr_waiting;
	u64 tick;
	struct rgf_budget budget;
	struct work_struct work;
	unsigned int nr_sets;
	struct rgf_keyset set[]; /* RGF_REKEY_SETS for each key and kind */
};

/* The sets that a packet's are among. */
static struct rgf_keyset *rgf_rekey_sets(struct rgf_rekey *rekey,
					 const struct rgf_crypt *crypt)
{
	unsigned int kind = crypt->key * 2 + crypt->pkt->rtcp;

	return &rekey->set[kind * RGF_REKEY_SETS];
}

static u64 rgf_rekey_r(const struct rgf_rekey *rekey,
		       const struct rgf_crypt *crypt)
{
	return crypt->index >> rekey->srtp->kdr;
}

static struct rgf_keyset *rgf_rekey_find(struct rgf_keyset *sets, u64 r)
{
	unsigned int i;

	for (i = 0; i < RGF_REKEY_SETS; i++)
		if (sets[i].state != RGF_SET_EMPTY && sets[i].r == r)
			return &sets[i];
	return NULL;
}

/* What is least missed has the lowest rank. */
static unsigned int rgf_keyset_rank(const struct rgf_keyset *set)
{
	return set->state == RGF_SET_EMPTY ? 0 : 1 + set->proven;
}

/* Is @a a better victim than @b, which may be NULL? */
static bool rgf_keyset_is_worse(const struct rgf_keyset *a,
				const struct rgf_keyset *b)
{
	if (!b || rgf_keyset_rank(a) != rgf_keyset_rank(b))
		return !b || rgf_keyset_rank(a) < rgf_keyset_rank(b);
	return a->used < b->used;
}

/*
 * Makes room, and has it filled. What only forged packets may have asked for
 * goes before what authentic ones use. NULL: all are in use.
 */
static struct rgf_keyset *rgf_rekey_want(struct rgf_rekey *rekey,
					 struct rgf_keyset *sets, u64 r)
{
	struct rgf_keyset *victim = NULL;
	unsigned int i;

	lockdep_assert_held(&rekey->lock);
	for (i = 0; i < RGF_REKEY_SETS; i++) {
		if (sets[i].users || sets[i].state == RGF_SET_WANTED ||
		    sets[i].state == RGF_SET_DERIVING)
			continue;
		if (rgf_keyset_is_worse(&sets[i], victim))
			victim = &sets[i];
	}
	if (!victim)
		return NULL;
	victim->r = r;
	victim->used = rekey->tick++;
	victim->proven = false;
	victim->ahead = false;
	victim->state = RGF_SET_WANTED;
	queue_work(system_wq, &rekey->work);
	return victim;
}

/* The set for a packet, which may be on its way. NULL: too many are. */
static struct rgf_keyset *rgf_rekey_find_or_want(struct rgf_rekey *rekey,
						 const struct rgf_crypt *crypt)
{
	struct rgf_keyset *sets = rgf_rekey_sets(rekey, crypt);
	u64 r = rgf_rekey_r(rekey, crypt);
	struct rgf_keyset *set = rgf_rekey_find(sets, r);

	if (!set && rgf_budget_take(&rekey->budget, rgf_srtp_now(),
				    RGF_REKEY_RATE, RGF_REKEY_BURST))
		set = rgf_rekey_want(rekey, sets, r);
	return set;
}

int rgf_rekey_get(struct rgf_rekey *rekey, struct rgf_crypt *crypt)
{
	int err = RGF_DROP(QUEUE_FULL);
	struct rgf_keyset *set;

	spin_lock(&rekey->lock);
	set = rgf_rekey_find_or_want(rekey, crypt);
	if (!set)
		goto out;
	if (set->state != RGF_SET_READY) {
		if (rekey->nr_waiting == RGF_REKEY_WAITING)
			goto out;
		list_add_tail(&crypt->wait, &rekey->waiting);
		rekey->nr_waiting++;
		err = -EINPROGRESS;
	} else {
		err = 0;
	}
	set->users++;
	set->used = rekey->tick++;
	crypt->keys = &set->keys;
out:
	spin_unlock(&rekey->lock);
	return err;
}

void rgf_rekey_put(struct rgf_rekey *rekey, struct rgf_crypt *crypt)
{
	if (!crypt->keys)
		return;
	spin_lock(&rekey->lock);
	container_of(crypt->keys, struct rgf_keyset, keys)->users--;
	spin_unlock(&rekey->lock);
	crypt->keys = NULL;
}

void rgf_rekey_ahead(struct rgf_rekey *rekey, struct rgf_crypt *crypt)
{
	struct rgf_keyset *sets = rgf_rekey_sets(rekey, crypt);
	u64 next = rgf_rekey_r(rekey, crypt) + 1;
	struct rgf_keyset *set, *ahead;

	spin_lock(&rekey->lock);
	set = container_of(crypt->keys, struct rgf_keyset, keys);
	set->proven = true;
	if (!set->ahead) {
		set->ahead = true;
		ahead = rgf_rekey_find(sets, next)
				?: rgf_rekey_want(rekey, sets, next);
		if (ahead)
			ahead->proven = true;
	}
	spin_unlock(&rekey->lock);
}

static struct rgf_keyset *rgf_rekey_next(struct rgf_rekey *rekey)
{
	struct rgf_keyset *set = NULL;
	unsigned int i;

	spin_lock_bh(&rekey->lock);
	for (i = 0; i < rekey->nr_sets && !set; i++)
		if (rekey->set[i].state == RGF_SET_WANTED)
			set = &rekey->set[i];
	if (set)
		set->state = RGF_SET_DERIVING;
	spin_unlock_bh(&rekey->lock);
	return set;
}

static int rgf_keyset_alloc(struct rgf_srtp *srtp, struct rgf_keyset *set)
{
	int err;

	if (set->allocated)
		return 0;
	err = rgf_keys_alloc(&set->keys, srtp->suite, srtp->flags, set->rtcp,
			     srtp->sha1);
	/* Another implementation than at first may need more room. */
	if (!err && rgf_keys_reqsize(&set->keys) > srtp->reqsize)
		err = -EOVERFLOW;
	if (err)
		rgf_keys_free(&set->keys);
	set->allocated = !err;
	return err;
}

static int rgf_keyset_derive(struct rgf_srtp *srtp, struct rgf_keyset *set)
{
	return rgf_keyset_alloc(srtp, set)
		       ?: rgf_keys_derive(&set->keys, srtp->suite,
					  srtp->key[set->key].master, set->rtcp,
					  set->r);
}

/* Each packet that waited has the set already, and gives it back. */
static void rgf_keyset_done(struct rgf_rekey *rekey, struct rgf_keyset *set,
			    int err)
{
	struct rgf_crypt *crypt, *next;
	LIST_HEAD(ready);

	spin_lock_bh(&rekey->lock);
	set->state = err ? RGF_SET_EMPTY : RGF_SET_READY;
	list_for_each_entry_safe(crypt, next, &rekey->waiting, wait) {
		if (crypt->keys != &set->keys)
			continue;
		list_move_tail(&crypt->wait, &ready);
		rekey->nr_waiting--;
	}
	spin_unlock_bh(&rekey->lock);
	list_for_each_entry_safe(crypt, next, &ready, wait) {
		local_bh_disable();
		rgf_crypto_complete(crypt->done, crypt->done_data, err);
		local_bh_enable();
	}
}

static void rgf_rekey_work(struct work_struct *work)
{
	struct rgf_rekey *rekey = container_of(work, struct rgf_rekey, work);
	struct rgf_keyset *set;

	while ((set = rgf_rekey_next(rekey))) {
		rgf_keyset_done(rekey, set,
				rgf_keyset_derive(rekey->srtp, set));
		cond_resched();
	}
}

/* The keys of index 0 move from the master key into the set. */
static void rgf_keyset_first(struct rgf_srtp *srtp, struct rgf_keyset *set)
{
	struct rgf_keys *first = &srtp->key[set->key].keys[set->rtcp];

	set->keys = *first;
	memzero_explicit(first, sizeof(*first));
	set->allocated = true;
	set->proven = true;
	set->state = RGF_SET_READY;
}

int rgf_rekey_init(struct rgf_srtp *srtp)
{
	unsigned int nr_sets = srtp->nr_keys * 2 * RGF_REKEY_SETS, i;
	struct rgf_rekey *rekey;

	rekey = kvzalloc(struct_size(rekey, set, nr_sets), GFP_KERNEL_ACCOUNT);
	if (!rekey)
		return -ENOMEM;
	rekey->srtp = srtp;
	rekey->nr_sets = nr_sets;
	spin_lock_init(&rekey->lock);
	INIT_LIST_HEAD(&rekey->waiting);
	INIT_WORK(&rekey->work, rgf_rekey_work);
	for (i = 0; i < nr_sets; i++) {
		rekey->set[i].key = i / (2 * RGF_REKEY_SETS);
		rekey->set[i].rtcp = i / RGF_REKEY_SETS % 2;
		if (i % RGF_REKEY_SETS == 0)
			rgf_keyset_first(srtp, &rekey->set[i]);
	}
	srtp->rekey = rekey;
	return 0;
}

void rgf_rekey_free(struct rgf_rekey *rekey)
{
	unsigned int i;

	if (!rekey)
		return;
	/* Only what was to be derived ahead of time. */
	cancel_work_sync(&rekey->work);
	for (i = 0; i < rekey->nr_sets; i++)
		if (rekey->set[i].allocated)
			rgf_keys_free(&rekey->set[i].keys);
	kvfree(rekey);
}
