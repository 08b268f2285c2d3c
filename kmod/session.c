// SPDX-License-Identifier: GPL-2.0-only
#include "session.h"

#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/netlink.h>
#include <linux/once.h>
#include <linux/random.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "compat.h"
#include "net.h"
#include "notify.h"

#define RGF_SCAN_INTERVAL HZ
#define RGF_SCAN_BATCH	  64 /* sessions per hold of the lock */

struct rgf_session *rgf_session_get(struct rgf_session *session)
{
	refcount_inc(&session->ref);
	return session;
}

static void rgf_session_free(struct rgf_session *session)
{
	free_percpu(session->leg[0].counters);
	free_percpu(session->leg[1].counters);
	rgf_net_put(session->rn);
	kfree(session);
}

void rgf_session_put(struct rgf_session *session)
{
	if (refcount_dec_and_test(&session->ref))
		rgf_session_free(session);
}

static void rgf_leg_state_init(struct rgf_leg_state *state)
{
	rgf_rate_init(&state->auth_rate);
	rgf_rate_init(&state->punt_rate);
	rgf_rtpstats_init(&state->rtpstats);
	state->counters = rgf_counters_new();
}

static struct rgf_session *rgf_session_alloc(struct rgf_net *rn)
{
	struct rgf_session *session;
	unsigned int i;

	session = kzalloc(sizeof(*session), GFP_KERNEL_ACCOUNT);
	if (!session)
		return NULL;

	refcount_set(&session->ref, 1);
	refcount_inc(&rn->users);
	session->rn = rn;
	session->created = ktime_get_seconds();
	session->active = session->created;
	for (i = 0; i < 2; i++)
		rgf_leg_state_init(&session->leg[i]);
	if (session->leg[0].counters && session->leg[1].counters)
		return session;

	rgf_session_put(session);
	return NULL;
}

static int rgf_session_insert(struct rgf_net *rn, struct rgf_session *session,
			      u32 id, struct netlink_ext_ack *extack)
{
	int err;

	if (!id) {
		err = xa_alloc_cyclic(&rn->sessions, &session->id, session,
				      XA_LIMIT(1, U32_MAX), &rn->next_id,
				      GFP_KERNEL_ACCOUNT);
		return min(err, 0);
	}
	session->id = id;
	err = xa_insert(&rn->sessions, id, session, GFP_KERNEL_ACCOUNT);
	if (err != -EBUSY)
		return err;
	NL_SET_ERR_MSG(extack, "id is in use; leave it out for a free one");
	return -EEXIST;
}

u64 rgf_session_key_hash(const u8 *master, unsigned int len)
{
	static siphash_key_t key;

	get_random_once(&key, sizeof(key));
	return siphash(master, len, &key);
}

bool rgf_session_has_retired(const struct rgf_session *session, u64 hash)
{
	unsigned int nr = min_t(u32, session->nr_retired, RGF_RETIRED_MAX);
	unsigned int i;

	lockdep_assert_held(&session->rn->lock);
	for (i = 0; i < nr; i++)
		if (session->retired[i] == hash)
			return true;
	return false;
}

static bool rgf_leg_has_tx_hash(const struct rgf_leg *leg, u64 hash)
{
	unsigned int i;

	for (i = 0; leg->tx && i < rgf_srtp_nr_keys(leg->tx); i++)
		if (leg->tx_hash[i] == hash)
			return true;
	return false;
}

/* Remembers the tx keys of @old that @leg doesn't keep. */
static void rgf_session_retire(struct rgf_session *session,
			       const struct rgf_leg *old,
			       const struct rgf_leg *leg)
{
	unsigned int i, n;

	for (i = 0; old->tx && i < rgf_srtp_nr_keys(old->tx); i++) {
		if (rgf_leg_has_tx_hash(leg, old->tx_hash[i]))
			continue;
		n = session->nr_retired++ % RGF_RETIRED_MAX;
		session->retired[n] = old->tx_hash[i];
	}
}

static void rgf_session_add_ports(struct rgf_session *session,
				  struct rgf_conf *conf)
{
	unsigned int n, i;

	for (n = 0; n < 2; n++)
		for (i = 0; i < rgf_leg_nr_ports(&conf->leg[n]); i++)
			rgf_porttab_add(&session->rn->porttab,
					&conf->leg[n].port[i]);
}

static void rgf_session_del_ports(struct rgf_conf *conf)
{
	unsigned int n, i;

	for (n = 0; n < 2; n++)
		for (i = 0; i < rgf_leg_nr_ports(&conf->leg[n]); i++)
			rgf_porttab_del(&conf->leg[n].port[i]);
}

/* Packets find the new ports before the old ones go. */
static void rgf_session_publish(struct rgf_session *session,
				struct rgf_conf *conf)
{
	struct rgf_conf *old = session->conf;
	unsigned int n;

	lockdep_assert_held(&session->rn->lock);
	session->conf = conf;
	session->rn->generation++;
	if (conf)
		rgf_session_add_ports(session, conf);
	if (!old)
		return;
	for (n = 0; conf && n < 2; n++)
		rgf_session_retire(session, &old->leg[n], &conf->leg[n]);
	rgf_session_del_ports(old);
	rgf_conf_put(old);
}

int rgf_session_new(struct rgf_net *rn, const struct rgf_spec *spec,
		    u32 *ret_id, struct netlink_ext_ack *extack)
{
	struct rgf_session *session;
	struct rgf_conf *conf;
	int err;

	lockdep_assert_held(&rn->lock);
	if (rn->nr_sessions >= RINGFENCE_MAX_SESSIONS) {
		NL_SET_ERR_MSG(extack, "too many sessions; remove one first");
		return -ENOSPC;
	}
	err = rgf_net_up(rn);
	if (err)
		return err;
	session = rgf_session_alloc(rn);
	if (!session)
		return -ENOMEM;

	conf = rgf_conf_new(rn, session, NULL, spec, extack);
	err = PTR_ERR_OR_ZERO(conf);
	if (err)
		goto out;
	err = rgf_session_insert(rn, session, spec->id, extack);
	if (err) {
		rgf_conf_put(conf);
		goto out;
	}
	if (!rn->nr_sessions++)
		schedule_delayed_work(&rn->idle_work, RGF_SCAN_INTERVAL);
	rgf_session_publish(session, conf);
	*ret_id = session->id;
out:
	rgf_session_put(session); /* from here conf holds it */
	return err;
}

struct rgf_session *rgf_session_find(struct rgf_net *rn, u32 id,
				     struct netlink_ext_ack *extack)
{
	struct rgf_session *session = xa_load(&rn->sessions, id);

	lockdep_assert_held(&rn->lock);
	if (session)
		return session;
	rgf_err_fmt(extack, "no session has this id; list them to see",
		    "no session has id %u; list them to see", id);
	return ERR_PTR(-ENOENT);
}

int rgf_session_set(struct rgf_net *rn, const struct rgf_spec *spec,
		    struct netlink_ext_ack *extack)
{
	struct rgf_session *session;
	struct rgf_conf *conf;
	unsigned int n;

	session = rgf_session_find(rn, spec->id, extack);
	if (IS_ERR(session))
		return PTR_ERR(session);
	conf = rgf_conf_new(rn, session, session->conf, spec, extack);
	if (IS_ERR(conf))
		return PTR_ERR(conf);
	for (n = 0; n < 2; n++)
		if (spec->leg[n].flags & RINGFENCE_LEG_FLAGS_RESYNC)
			rgf_srtp_resync(conf->leg[n].rx);
	rgf_session_publish(session, conf);
	return 0;
}

/*
 * Who may still hold the session after this:
 *  1. nobody finds it by id, as the lock is held;
 *  2. packets that found a port of it before are under RCU, and the
 *     configuration is freed a grace period later;
 *  3. packets that wait for a cipher hold a reference to the configuration;
 *  4. the configuration, when freed, gives back the last reference.
 */
static void rgf_session_remove(struct rgf_session *session)
{
	struct rgf_net *rn = session->rn;

	xa_erase(&rn->sessions, session->id);
	rn->nr_sessions--;
	rgf_session_publish(session, NULL);
}

int rgf_session_del(struct rgf_net *rn, u32 id, struct netlink_ext_ack *extack)
{
	struct rgf_session *session = rgf_session_find(rn, id, extack);

	if (IS_ERR(session))
		return PTR_ERR(session);
	rgf_notify_del(session->conf);
	rgf_session_remove(session);
	return 0;
}

void rgf_session_del_all(struct rgf_net *rn)
{
	struct rgf_session *session;
	unsigned long id;

	xa_for_each(&rn->sessions, id, session)
		rgf_session_remove(session);
}

u32 rgf_session_idle(struct rgf_session *session)
{
	time64_t now = ktime_get_seconds();
	u64 sum[RGF_NR_COUNTERS];
	u64 relayed = 0;
	unsigned int i;

	lockdep_assert_held(&session->rn->lock);
	for (i = 0; i < 2; i++) {
		rgf_counters_sum(session->leg[i].counters, sum);
		relayed += sum[RGF_TX_PACKETS];
	}
	if (relayed != session->relayed) {
		session->relayed = relayed;
		session->active = now;
		session->idle_told = false;
	}
	return now - session->active;
}

static void rgf_session_check_idle(struct rgf_session *session)
{
	u32 timeout = session->conf->idle_timeout;
	u32 idle = rgf_session_idle(session);

	if (!timeout || idle < timeout || session->idle_told)
		return;
	session->idle_told = true;
	rgf_notify_idle(session->conf, idle);
}

void rgf_session_scan(struct work_struct *work)
{
	struct rgf_net *rn =
		container_of(to_delayed_work(work), struct rgf_net, idle_work);
	struct rgf_session *session;
	unsigned long id = 0;
	unsigned int n;

	do {
		mutex_lock(&rn->lock);
		n = 0;
		xa_for_each_start(&rn->sessions, id, session, id) {
			if (n++ == RGF_SCAN_BATCH)
				break;
			rgf_session_check_idle(session);
		}
		if (!session && rn->nr_sessions)
			schedule_delayed_work(&rn->idle_work,
					      RGF_SCAN_INTERVAL);
		mutex_unlock(&rn->lock);
		cond_resched();
	} while (session);
}
