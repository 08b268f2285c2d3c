// SPDX-License-Identifier: GPL-2.0-only
/* The context's life. */
#include "srtp_ctx.h"

#include <linux/err.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <crypto/algapi.h>

#include "srtp_rekey.h"
#include "srtp_stream.h"

static bool rgf_key_is(const struct rgf_key *key, const u8 *master,
		       unsigned int len)
{
	return key->master_len == len &&
	       !crypto_memneq(key->master, master, len);
}

/* The key of @srtp with that master key, whatever the suite. */
static struct rgf_key *rgf_srtp_key(const struct rgf_srtp *srtp,
				    const u8 *master, unsigned int len)
{
	const struct rgf_key *found = NULL;
	unsigned int i;

	for (i = 0; srtp && i < srtp->nr_keys; i++)
		if (rgf_key_is(&srtp->key[i], master, len))
			found = &srtp->key[i];
	return (struct rgf_key *)found;
}

static void rgf_tail_init(struct rgf_srtp *srtp, bool rtcp)
{
	struct rgf_tail *tail = &srtp->tail[rtcp];
	unsigned int index_len = rtcp ? RGF_SRTCP_INDEX_LEN : 0;

	tail->tag_len = rgf_keys_tag_len(srtp->suite, srtp->flags, rtcp);
	tail->len = tail->tag_len + index_len + srtp->mki_len;
	if (srtp->aead) {
		tail->index_at = tail->tag_len;
		tail->mki_at = tail->tag_len + index_len;
	} else {
		tail->mki_at = index_len;
		tail->tag_at = index_len + srtp->mki_len;
	}
}

/* The session keys of index 0. At a rate of 0 they are those of all. */
static int rgf_key_derive(struct rgf_srtp *srtp, struct rgf_key *key, bool rtcp)
{
	struct rgf_keys *keys = &key->keys[rtcp];
	int err;

	err = rgf_keys_alloc(keys, srtp->suite, srtp->flags, rtcp, srtp->sha1);
	if (err)
		return err;
	srtp->reqsize = max(srtp->reqsize, rgf_keys_reqsize(keys));
	srtp->waits |= keys->waits;
	return rgf_keys_derive(keys, srtp->suite, key->master, rtcp, 0);
}

static int rgf_key_init(struct rgf_srtp *srtp, struct rgf_key *key,
			const struct rgf_key_spec *spec,
			const struct rgf_srtp *old)
{
	const struct rgf_key *kept;
	struct rgf_life *life;

	kept = rgf_srtp_key(old, spec->master, spec->master_len);
	life = kept ? rgf_life_get(kept->limit.life) : rgf_life_new();
	if (!life)
		return -ENOMEM;
	key->limit.life = life;
	rgf_life_limits(key->limit.packets, spec->lifetime);
	if (kept && !memcmp(kept->limit.packets, key->limit.packets,
			    sizeof(key->limit.packets)))
		key->limit.told = READ_ONCE(kept->limit.told);

	key->master_len = spec->master_len;
	memcpy(key->master, spec->master, spec->master_len);
	key->mki_len = spec->mki_len;
	if (spec->mki_len) {
		key->mki =
			kmemdup(spec->mki, spec->mki_len, GFP_KERNEL_ACCOUNT);
		if (!key->mki)
			return -ENOMEM;
	}
	return rgf_key_derive(srtp, key, false)
		       ?: rgf_key_derive(srtp, key, true);
}

static void rgf_key_free(struct rgf_key *key)
{
	rgf_keys_free(&key->keys[false]);
	rgf_keys_free(&key->keys[true]);
	rgf_life_put(key->limit.life);
	kfree(key->mki);
}

/* Hints of hints: of SSRCs that were not heard since. */
static void rgf_hints_add(struct rgf_strays *strays,
			  const struct rgf_strays *old)
{
	unsigned int i, j, nr = strays->nr_hints;

	for (i = 0; i < old->nr_hints && strays->nr_hints < RINGFENCE_MAX_SSRCS;
	     i++) {
		for (j = 0; j < nr; j++)
			if (strays->hints[j].ssrc == old->hints[i].ssrc)
				break;
		if (j < nr)
			continue;
		strays->hints[strays->nr_hints].ssrc = old->hints[i].ssrc;
		strays->hints[strays->nr_hints++].window = old->hints[i].window;
	}
}

/* A peer may keep its roll-over counters over a change of keys. */
static int rgf_hints_init(struct rgf_strays *strays, const struct rgf_srtp *old)
{
	struct rgf_hint *hints;

	hints = kcalloc(RINGFENCE_MAX_SSRCS, sizeof(*hints), GFP_KERNEL);
	if (!hints)
		return -ENOMEM;
	strays->hints = hints;
	strays->nr_hints = rgf_streams_hints(old->streams, hints);
	rgf_hints_add(strays, &old->strays);
	/* Most have one SSRC only. */
	strays->hints = NULL;
	if (strays->nr_hints)
		strays->hints = kmemdup(hints,
					strays->nr_hints * sizeof(*hints),
					GFP_KERNEL_ACCOUNT);
	kfree(hints);
	return strays->nr_hints && !strays->hints ? -ENOMEM : 0;
}

static int rgf_srtp_init_streams(struct rgf_srtp *srtp,
				 const struct rgf_srtp *old)
{
	bool shared = old && rgf_srtp_shares_master(srtp, old);

	srtp->streams = shared ? rgf_streams_get(old->streams)
			       : rgf_streams_new();
	if (!srtp->streams)
		return -ENOMEM;
	return old && !shared ? rgf_hints_init(&srtp->strays, old) : 0;
}

static int rgf_srtp_init(struct rgf_srtp *srtp,
			 const struct rgf_srtp_spec *spec,
			 const struct rgf_srtp *old)
{
	unsigned int i;
	int err;

	if (!srtp->aead) {
		srtp->sha1 = rgf_sha1_alloc();
		if (IS_ERR(srtp->sha1))
			return PTR_ERR(srtp->sha1);
	}
	for (i = 0; i < spec->nr_keys; i++) {
		srtp->nr_keys++;
		err = rgf_key_init(srtp, &srtp->key[i], &spec->key[i], old);
		if (err)
			return err;
	}
	err = rgf_srtp_init_streams(srtp, old);
	if (!err && srtp->kdr)
		err = rgf_rekey_init(srtp);
	return err;
}

static void rgf_srtp_free(struct rgf_srtp *srtp)
{
	unsigned int i;

	rgf_rekey_free(srtp->rekey);
	rgf_streams_put(srtp->streams);
	for (i = 0; i < srtp->nr_keys; i++)
		rgf_key_free(&srtp->key[i]);
	if (!IS_ERR_OR_NULL(srtp->sha1))
		crypto_free_shash(srtp->sha1);
	kfree(srtp->strays.hints);
	kfree_sensitive(srtp);
}

static bool rgf_srtp_spec_is_good(const struct rgf_srtp_spec *spec,
				  const struct rgf_suite *suite)
{
	const struct rgf_key_spec *key = spec->key;
	unsigned int i;

	if (!suite || !spec->nr_keys || spec->nr_keys > RINGFENCE_MAX_KEYS ||
	    spec->kdr > RINGFENCE_KDR_MAX)
		return false;
	for (i = 0; i < spec->nr_keys; i++)
		if (key[i].master_len != rgf_suite_master_len(suite) ||
		    key[i].mki_len != key->mki_len ||
		    key[i].mki_len > RINGFENCE_MKI_MAX)
			return false;
	return true;
}

struct rgf_srtp *rgf_srtp_new(const struct rgf_srtp_spec *spec,
			      const struct rgf_srtp *old)
{
	const struct rgf_suite *suite = rgf_suite_get(spec->suite);
	struct rgf_srtp *srtp;
	int err;

	if (!rgf_srtp_spec_is_good(spec, suite))
		return ERR_PTR(-EINVAL);
	srtp = kzalloc(struct_size(srtp, key, spec->nr_keys),
		       GFP_KERNEL_ACCOUNT);
	if (!srtp)
		return ERR_PTR(-ENOMEM);

	refcount_set(&srtp->ref, 1);
	srtp->id = spec->suite;
	srtp->suite = suite;
	srtp->aead = rgf_suite_is_aead(suite);
	srtp->null = rgf_suite_is_null(suite);
	srtp->flags = spec->flags & RGF_SRTP_FLAGS;
	srtp->kdr = spec->kdr;
	srtp->mki_len = spec->key->mki_len;
	spin_lock_init(&srtp->strays.lock);
	rgf_tail_init(srtp, false);
	rgf_tail_init(srtp, true);
	err = rgf_srtp_init(srtp, spec, old);
	if (err) {
		rgf_srtp_free(srtp);
		return ERR_PTR(err);
	}
	if (spec->flags & RINGFENCE_LEG_FLAGS_RESYNC)
		rgf_srtp_resync(srtp);
	return srtp;
}

struct rgf_srtp *rgf_srtp_get(struct rgf_srtp *srtp)
{
	refcount_inc(&srtp->ref);
	return srtp;
}

void rgf_srtp_put(struct rgf_srtp *srtp)
{
	if (srtp && refcount_dec_and_test(&srtp->ref))
		rgf_srtp_free(srtp);
}

static bool rgf_key_matches(const struct rgf_key *key,
			    const struct rgf_key_spec *spec)
{
	u64 packets[2];

	rgf_life_limits(packets, spec->lifetime);
	return rgf_key_is(key, spec->master, spec->master_len) &&
	       key->mki_len == spec->mki_len &&
	       !memcmp(key->mki, spec->mki, spec->mki_len) &&
	       !memcmp(key->limit.packets, packets, sizeof(packets));
}

bool rgf_srtp_matches(const struct rgf_srtp *srtp,
		      const struct rgf_srtp_spec *spec)
{
	bool same;
	unsigned int i;

	same = srtp->id == spec->suite && srtp->kdr == spec->kdr &&
	       srtp->flags == (spec->flags & RGF_SRTP_FLAGS) &&
	       srtp->nr_keys == spec->nr_keys;
	for (i = 0; same && i < srtp->nr_keys; i++)
		same = rgf_key_matches(&srtp->key[i], &spec->key[i]);
	return same;
}

bool rgf_srtp_has_master(const struct rgf_srtp *srtp, const u8 *master,
			 unsigned int len)
{
	return rgf_srtp_key(srtp, master, len);
}

bool rgf_srtp_shares_master(const struct rgf_srtp *a, const struct rgf_srtp *b)
{
	bool shares = false;
	unsigned int i;

	for (i = 0; i < a->nr_keys; i++)
		shares |= rgf_srtp_has_master(b, a->key[i].master,
					      a->key[i].master_len);
	return shares;
}

void rgf_srtp_resync(struct rgf_srtp *srtp)
{
	rgf_streams_resync(srtp->streams, rgf_srtp_now());
}

unsigned int rgf_srtp_reqsize(const struct rgf_srtp *srtp)
{
	return srtp->reqsize;
}

unsigned int rgf_srtp_overhead(const struct rgf_srtp *srtp)
{
	return max(srtp->tail[false].len, srtp->tail[true].len);
}

bool rgf_srtp_authenticates(const struct rgf_srtp *srtp, bool rtcp)
{
	return srtp->tail[rtcp].tag_len;
}

bool rgf_srtp_is_at_once(const struct rgf_srtp *srtp)
{
	return !srtp->waits && !srtp->rekey;
}

unsigned int rgf_srtp_nr_keys(const struct rgf_srtp *srtp)
{
	return srtp->nr_keys;
}

void rgf_srtp_key_info(const struct rgf_srtp *srtp, unsigned int n,
		       struct rgf_key_info *info)
{
	const struct rgf_key *key = &srtp->key[n];
	struct rgf_life *life = key->limit.life;
	u64 packets;
	u8 rtcp;

	info->mki = key->mki;
	info->mki_len = key->mki_len;
	info->lifetime = key->limit.packets[false];
	info->packets = 0;
	for (rtcp = 0; rtcp < 2; rtcp++) {
		packets = atomic64_read(&life->taken[rtcp]);
		packets -= min(packets,
			       rgf_streams_unused(srtp->streams, life, rtcp));
		info->packets += packets;
	}
}
