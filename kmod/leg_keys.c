// SPDX-License-Identifier: GPL-2.0-only
#include <linux/err.h>
#include <linux/string.h>

#include <crypto/algapi.h>

#include "compat.h"
#include "leg.h"
#include "session.h"
#include "srtp.h"
#include "suite.h"

/* One direction of a leg: what is asked for, and what was there before. */
struct rgf_dir {
	const struct rgf_keys_spec *given; /* no key: those of old */
	struct rgf_srtp *old; /* NULL: none */
	const struct nlattr *leg; /* attribute */
	int type; /* attribute of a key */
	u8 n; /* leg */
};

/* A leg without a suite has nothing that only a suite has a use for. */
static int rgf_leg_check_plain(const struct rgf_leg *leg,
			       const struct rgf_leg_spec *spec, u8 n,
			       struct netlink_ext_ack *extack)
{
	if (spec->tx.nr || spec->rx.nr) {
		RGF_LEG_ERR(extack, n,
			    spec->tx.nr ? spec->tx.attr[0] : spec->rx.attr[0],
			    "name the suite of the keys, or leave them out");
		return -EINVAL;
	}
	if (leg->flags & RGF_SRTP_FLAGS) {
		RGF_LEG_ERR(extack, n, spec->tb[RINGFENCE_A_LEG_FLAGS],
			    "the flags for SRTP need a suite");
		return -EINVAL;
	}
	if (spec->flags & RINGFENCE_LEG_FLAGS_RESYNC) {
		RGF_LEG_ERR(extack, n, spec->tb[RINGFENCE_A_LEG_FLAGS],
			    "resync is for a leg with a suite");
		return -EINVAL;
	}
	if (leg->kdr) {
		RGF_LEG_ERR(extack, n, spec->tb[RINGFENCE_A_LEG_KDR],
			    "kdr needs a suite");
		return -EINVAL;
	}
	return 0;
}

static int rgf_leg_check_suite(const struct rgf_leg *leg, bool is_new,
			       const struct rgf_leg_spec *spec, u8 n,
			       struct netlink_ext_ack *extack)
{
	const struct rgf_suite *suite = rgf_suite_get(leg->suite);
	const struct nlattr *attr = spec->tb[RINGFENCE_A_LEG_SUITE]
					    ?: spec->tb[RINGFENCE_A_LEG_FLAGS];

	if (rgf_suite_is_null(suite) &&
	    !(leg->flags & RINGFENCE_LEG_FLAGS_ALLOW_NULL)) {
		RGF_LEG_ERR(extack, n, attr,
			    "a NULL suite needs the flag allow-null");
		return -EINVAL;
	}
	if (rgf_suite_is_aead(suite) &&
	    leg->flags & RINGFENCE_LEG_FLAGS_UNAUTHENTICATED_SRTP) {
		RGF_LEG_ERR(extack, n, attr,
			    "an AEAD suite can't do unauthenticated-srtp");
		return -EINVAL;
	}
	if (is_new && spec->flags & RINGFENCE_LEG_FLAGS_RESYNC) {
		RGF_LEG_ERR(extack, n, spec->tb[RINGFENCE_A_LEG_FLAGS],
			    "resync is for session-set only");
		return -EINVAL;
	}
	return 0;
}

static int rgf_key_check_len(const struct rgf_key_spec *key,
			     const struct rgf_suite *suite,
			     const struct nlattr *attr,
			     struct netlink_ext_ack *extack)
{
	if (key->master_len == rgf_suite_master_len(suite))
		return 0;
	rgf_err_fmt(extack, "key and salt must be as the suite has them",
		    "key of %u bytes, but %s takes %u, key then salt",
		    key->master_len, suite->name, rgf_suite_master_len(suite));
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
	return -EINVAL;
}

static bool rgf_key_same_master(const struct rgf_key_spec *a,
				const struct rgf_key_spec *b)
{
	return a->master_len == b->master_len &&
	       !crypto_memneq(a->master, b->master, a->master_len);
}

/* Against a key given before it, of the same direction. */
static int rgf_key_check_other(const struct rgf_key_spec *key,
			       const struct rgf_key_spec *other,
			       const struct nlattr *attr, u8 n,
			       struct netlink_ext_ack *extack)
{
	if (!key->mki_len || !other->mki_len) {
		RGF_LEG_ERR(extack, n, attr,
			    "give each key its mki when there are several");
		return -EINVAL;
	}
	if (key->mki_len != other->mki_len) {
		RGF_LEG_ERR(extack, n, attr,
			    "all mkis of a direction must be of one length");
		return -EINVAL;
	}
	if (!memcmp(key->mki, other->mki, key->mki_len)) {
		RGF_LEG_ERR(extack, n, attr, "this mki is given twice");
		return -EINVAL;
	}
	if (rgf_key_same_master(key, other)) {
		RGF_LEG_ERR(extack, n, attr, "this key is given twice");
		return -EINVAL;
	}
	return 0;
}

static int rgf_dir_check_form(const struct rgf_dir *dir,
			      const struct rgf_suite *suite,
			      struct netlink_ext_ack *extack)
{
	const struct rgf_keys_spec *given = dir->given;
	unsigned int i, j;
	int err = 0;

	for (i = 0; i < given->nr && !err; i++) {
		err = rgf_key_check_len(&given->key[i], suite, given->attr[i],
					extack);
		for (j = 0; j < i && !err; j++)
			err = rgf_key_check_other(&given->key[i],
						  &given->key[j],
						  given->attr[i], dir->n,
						  extack);
	}
	return err;
}

static bool rgf_srtp_has_key(const struct rgf_srtp *srtp,
			     const struct rgf_key_spec *key)
{
	return srtp && rgf_srtp_has_master(srtp, key->master, key->master_len);
}

/*
 * A key that sent before, from here or, as an rx-key, from the peer, protected
 * packets with indices that a new context would begin with again. Only as a
 * tx-key of the same leg may it stay.
 */
static bool rgf_tx_key_is_used(const struct rgf_session *session,
			       const struct rgf_conf *old, u8 n,
			       const struct rgf_key_spec *key)
{
	const struct rgf_leg *leg;
	unsigned int i;
	u64 hash;

	if (old && rgf_srtp_has_key(old->leg[n].tx, key))
		return false;
	for (i = 0; old && i < 2; i++) {
		leg = &old->leg[i];
		if (rgf_srtp_has_key(leg->tx, key) ||
		    rgf_srtp_has_key(leg->rx, key))
			return true;
	}
	hash = rgf_session_key_hash(key->master, key->master_len);
	return rgf_session_has_retired(session, hash);
}

static int rgf_tx_check_fresh(const struct rgf_conf *conf,
			      const struct rgf_conf *old,
			      const struct rgf_keys_spec *given, u8 n,
			      struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 0; i < given->nr; i++) {
		if (!rgf_tx_key_is_used(conf->session, old, n, &given->key[i]))
			continue;
		RGF_LEG_ERR(extack, n, given->attr[i],
			    "this tx-key was used before; take a new one");
		return -EINVAL;
	}
	return 0;
}

/*
 * With other parameters the same master key would yield the same keystream for
 * the same packet indices.
 */
static int rgf_dir_check_kept(const struct rgf_dir *dir,
			      struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 0; i < dir->given->nr; i++) {
		if (!rgf_srtp_has_key(dir->old, &dir->given->key[i]))
			continue;
		RGF_LEG_ERR(extack, dir->n, dir->given->attr[i],
			    "other suite, kdr or SRTP flags need new keys");
		return -EINVAL;
	}
	return 0;
}

/* The context of the configuration before, as no keys are given. */
static struct rgf_srtp *rgf_dir_keep(const struct rgf_dir *dir, bool same,
				     struct netlink_ext_ack *extack)
{
	if (dir->old && same)
		return rgf_srtp_get(dir->old);
	NL_SET_ERR_ATTR_MISS(extack, dir->leg, dir->type);
	if (dir->old)
		RGF_LEG_ERR(extack, dir->n, NULL,
			    "other suite, kdr or SRTP flags need new keys");
	else
		RGF_LEG_ERR(extack, dir->n, NULL,
			    "the suite needs tx-key and rx-key");
	return ERR_PTR(-EINVAL);
}

/* @same: suite, flags for SRTP and rate are as before. */
static struct rgf_srtp *rgf_dir_set(const struct rgf_leg *leg,
				    const struct rgf_dir *dir, bool same,
				    struct netlink_ext_ack *extack)
{
	struct rgf_srtp_spec spec = {
		.suite = leg->suite,
		.flags = leg->flags & RGF_SRTP_FLAGS,
		.kdr = leg->kdr,
		.nr_keys = dir->given->nr,
	};
	struct rgf_srtp *srtp;
	int err;

	if (!dir->given->nr)
		return rgf_dir_keep(dir, same, extack);
	err = rgf_dir_check_form(dir, rgf_suite_get(leg->suite), extack);
	if (!err && !same)
		err = rgf_dir_check_kept(dir, extack);
	if (err)
		return ERR_PTR(err);

	memcpy(spec.key, dir->given->key, sizeof(spec.key));
	if (dir->old && rgf_srtp_matches(dir->old, &spec))
		return rgf_srtp_get(dir->old);
	srtp = rgf_srtp_new(&spec, dir->old);
	if (IS_ERR(srtp))
		RGF_LEG_ERR(extack, dir->n, dir->given->attr[0],
			    "the kernel's crypto API can't do the suite now");
	return srtp;
}

static void rgf_leg_set_hashes(struct rgf_leg *leg, const struct rgf_leg *from,
			       const struct rgf_keys_spec *given)
{
	const struct rgf_key_spec *key = given->key;
	unsigned int i;

	if (!given->nr)
		memcpy(leg->tx_hash, from->tx_hash, sizeof(leg->tx_hash));
	for (i = 0; i < given->nr; i++, key++)
		leg->tx_hash[i] =
			rgf_session_key_hash(key->master, key->master_len);
}

int rgf_leg_set_keys(struct rgf_conf *conf, const struct rgf_conf *old,
		     const struct rgf_leg_spec *spec, u8 n,
		     struct netlink_ext_ack *extack)
{
	const struct rgf_leg *from = old ? &old->leg[n] : NULL;
	struct rgf_leg *leg = &conf->leg[n];
	struct rgf_dir tx = {
		.given = &spec->tx,
		.old = from ? from->tx : NULL,
		.leg = spec->attr,
		.type = RINGFENCE_A_LEG_TX_KEY,
		.n = n,
	};
	struct rgf_dir rx = {
		.given = &spec->rx,
		.old = from ? from->rx : NULL,
		.leg = spec->attr,
		.type = RINGFENCE_A_LEG_RX_KEY,
		.n = n,
	};
	struct rgf_srtp *srtp;
	bool same;
	int err;

	if (leg->suite == RINGFENCE_SUITE_NONE)
		return rgf_leg_check_plain(leg, spec, n, extack);
	err = rgf_leg_check_suite(leg, !old, spec, n, extack);
	err = err ?: rgf_tx_check_fresh(conf, old, &spec->tx, n, extack);
	if (err)
		return err;

	same = from && from->suite == leg->suite && from->kdr == leg->kdr &&
	       !((from->flags ^ leg->flags) & RGF_SRTP_FLAGS);
	srtp = rgf_dir_set(leg, &tx, same, extack);
	if (IS_ERR(srtp))
		return PTR_ERR(srtp);
	leg->tx = srtp;
	rgf_leg_set_hashes(leg, from, &spec->tx);
	srtp = rgf_dir_set(leg, &rx, same, extack);
	if (IS_ERR(srtp))
		return PTR_ERR(srtp);
	leg->rx = srtp;
	return 0;
}

static bool rgf_share_master(const struct rgf_srtp *a, const struct rgf_srtp *b)
{
	return a && b && rgf_srtp_shares_master(a, b);
}

/* What is sent to one peer must not look like anything else with that key. */
static int rgf_leg_check_shared(const struct rgf_leg *leg,
				const struct rgf_leg *other,
				const struct rgf_leg_spec *spec, u8 n,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = spec->tx.attr[0] ?: spec->rx.attr[0];

	if (rgf_share_master(leg->tx, leg->rx)) {
		RGF_LEG_ERR(extack, n, attr, "tx-key and rx-key must differ");
		return -EINVAL;
	}
	if (rgf_share_master(leg->tx, other->tx) ||
	    rgf_share_master(leg->tx, other->rx)) {
		RGF_LEG_ERR(extack, n, attr,
			    "tx-key must not be a key of the other leg");
		return -EINVAL;
	}
	return 0;
}

int rgf_legs_check_keys(const struct rgf_conf *conf,
			const struct rgf_spec *spec,
			struct netlink_ext_ack *extack)
{
	const struct rgf_leg *leg = conf->leg;

	return rgf_leg_check_shared(&leg[0], &leg[1], &spec->leg[0], 0, extack)
		       ?: rgf_leg_check_shared(&leg[1], &leg[0], &spec->leg[1],
					       1, extack);
}
