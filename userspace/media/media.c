// SPDX-License-Identifier: GPL-2.0-or-later
#include "media/media.h"

#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/log.h"
#include "base/notify.h"
#include "base/secret.h"
#include "media/backend.h"
#include "media/call.h"
#include "media/own-addr.h"

/* The calls with a session, by its id; at most RINGFENCE_MAX_SESSIONS. */
static void *calls;
static const struct media_backend *backend;

static int compare(const void *a, const void *b)
{
	uint32_t x = ((const struct media_call *)a)->id;
	uint32_t y = ((const struct media_call *)b)->id;

	return x < y ? -1 : x > y;
}

static struct media_call *find_call(uint32_t id)
{
	const struct media_call key = { .id = id };
	void *node = tfind(&key, &calls, compare);

	return node ? *(struct media_call **)node : NULL;
}

static void on_idle(uint32_t id)
{
	struct media_call *mc = find_call(id);

	if (!mc)
		return;
	notify(MEDIA_IDLE, mc->label, mc->idle_timeout);
	mc->on_idle(mc, mc->arg);
}

static void on_gone(uint32_t id)
{
	struct media_call *mc = find_call(id);

	if (!mc)
		return; /* it was us */
	notify(MEDIA_GONE, mc->label, id);
	tdelete(mc, &calls, compare);
	mc->id = 0;
	mc->on_idle(mc, mc->arg);
}

static void on_auth(uint32_t id, unsigned int leg, uint64_t count)
{
	struct media_call *mc = find_call(id);

	if (mc)
		notify(MEDIA_AUTH, mc->label, leg, (unsigned long long)count);
}

static void on_desync(uint32_t id, unsigned int leg, uint32_t ssrc)
{
	struct media_call *mc = find_call(id);

	if (!mc)
		return;
	notify(MEDIA_DESYNC, mc->label, mc->leg[leg].prof.name);
	log_info("media", "%s: session %u: leg %u, ssrc %08x is out of step",
		 mc->label, id, leg, ssrc);
}

/* A list of session ids that grows. */
struct ids {
	uint32_t *id;
	size_t n, size;
};

static int ids_add(struct ids *ids, uint32_t id)
{
	if (ids->n == ids->size) {
		size_t size = ids->size ? ids->size * 2 : 64;
		uint32_t *p = reallocarray(ids->id, size, sizeof(*p));

		if (!p)
			return -ENOMEM;
		ids->id = p;
		ids->size = size;
	}
	ids->id[ids->n++] = id;
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

struct census {
	struct ids present, idle, ours;
};

static int census_session(const struct rgf_session *s, void *arg)
{
	struct census *c = arg;
	int err = ids_add(&c->present, s->id);

	if (!err && s->idle_timeout && s->idle >= s->idle_timeout)
		err = ids_add(&c->idle, s->id);
	return err;
}

static void census_call(const void *node, VISIT which, void *arg)
{
	const struct media_call *mc = *(struct media_call *const *)node;
	struct census *c = arg;

	if (which == postorder || which == leaf)
		ids_add(&c->ours, mc->id);
}

/* Events were lost: find out by a dump what they must have said. */
static void on_lost(void)
{
	struct census c = { 0 };
	size_t i;

	/* Ours first: a session made meanwhile is in the dump all the more. */
	twalk_r(calls, census_call, &c);
	if (backend->dump(census_session, &c)) {
		notify(MEDIA_EVENTS, backend->error());
		goto out;
	}
	if (c.present.n)
		qsort(c.present.id, c.present.n, sizeof(uint32_t), compare_ids);
	for (i = 0; i < c.ours.n; i++) {
		if (!c.present.n ||
		    !bsearch(&c.ours.id[i], c.present.id, c.present.n,
			     sizeof(uint32_t), compare_ids))
			on_gone(c.ours.id[i]);
	}
	for (i = 0; i < c.idle.n; i++)
		on_idle(c.idle.id[i]);
out:
	free(c.present.id);
	free(c.idle.id);
	free(c.ours.id);
}

static const struct media_events events = {
	.idle = on_idle,
	.gone = on_gone,
	.lost = on_lost,
	.auth = on_auth,
	.desync = on_desync,
};

/* Four descriptors a call: see ports.h. */
static void raise_descriptor_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) || lim.rlim_cur == lim.rlim_max)
		return;
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
}

int media_init_with(const struct media_backend *b)
{
	int err = b->open(&events);

	if (err)
		return err;
	backend = b;
	raise_descriptor_limit();
	return 0;
}

int media_init(void)
{
	return media_init_with(&media_kernel);
}

void media_exit(void)
{
	if (backend)
		backend->close();
	backend = NULL;
	own_addr_exit();
}

static bool suites_ok(const enum ringfence_suite *suite, unsigned int n)
{
	if (!n || n > MEDIA_SUITES_MAX)
		return false;
	for (unsigned int i = 0; i < n; i++) {
		if (!sdes_has_suite(suite[i]))
			return false;
	}
	return true;
}

static bool profile_ok(const struct media_profile *prof)
{
	return prof->security == MEDIA_UNSECURE ||
	       (suites_ok(prof->suites, prof->n_suites) &&
		(!prof->n_accepted ||
		 suites_ok(prof->accepted, prof->n_accepted)));
}

/* With the prefix, without bytes that are no text. */
static void set_label(struct media_call *mc, const char *label)
{
	const char *prefix = MEDIA_LABEL_PREFIX;
	char *p;

	if (!strncmp(label, prefix, strlen(prefix)))
		prefix = "";
	snprintf(mc->label, sizeof(mc->label), "%s%s", prefix, label);
	for (p = mc->label; *p; p++) {
		if (!isgraph((unsigned char)*p))
			*p = '?';
	}
}

static struct media_call *
call_alloc(const struct media_profile prof[2],
	   const struct media_timeouts *timeouts,
	   void (*on_idle_cb)(struct media_call *mc, void *arg), void *arg)
{
	struct media_call *mc = calloc(1, sizeof(*mc));
	unsigned int i;

	if (!mc)
		return NULL;
	mc->timeouts = *timeouts;
	mc->on_idle = on_idle_cb;
	mc->arg = arg;
	for (i = 0; i < 2; i++) {
		struct leg *leg = &mc->leg[i];

		leg->prof = prof[i];
		/* Ours, of no meaning, and small enough for any parser. */
		if (secret_random(&leg->sdp_id, sizeof(leg->sdp_id))) {
			free(mc);
			return NULL;
		}
		leg->sdp_id >>= 2;
	}
	return mc;
}

int media_call_new(const char *label, const struct media_profile prof[2],
		   const struct media_timeouts *timeouts,
		   void (*on_idle_cb)(struct media_call *mc, void *arg),
		   void *arg, struct media_call **ret)
{
	struct media_call *mc;
	unsigned int i;
	int err = 0;

	if (!profile_ok(&prof[0]) || !profile_ok(&prof[1]) ||
	    timeouts->idle > RINGFENCE_IDLE_TIMEOUT_MAX ||
	    timeouts->hold > RINGFENCE_IDLE_TIMEOUT_MAX)
		return -EINVAL;
	mc = call_alloc(prof, timeouts, on_idle_cb, arg);
	if (!mc)
		return -ENOMEM;
	set_label(mc, label);
	for (i = 0; i < 2 && !err; i++)
		err = ports_take(prof[i].local_addr, prof[i].port_min,
				 prof[i].port_max, &mc->leg[i].ports);
	if (err)
		media_call_free(mc);
	else
		*ret = mc;
	return err;
}

int media_call_offer(struct media_call *mc, unsigned int from, const char *sdp,
		     size_t len, char **ret_sdp, struct media_refusal *why)
{
	const struct offer *o = &mc->offer;
	char *again;

	if (!o->valid || o->answered.in || o->from != from ||
	    !exchange_is(&o->offered, sdp, len))
		return negotiate_offer(mc, from, sdp, len, ret_sdp, why);
	again = strdup(o->offered.out);
	if (!again)
		return sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	*ret_sdp = again;
	return 0;
}

int media_call_offer_untold(struct media_call *mc, unsigned int from,
			    unsigned int untold, const char *sdp, size_t len,
			    char **ret_sdp, struct media_refusal *why)
{
	struct media_profile *prof = &mc->leg[untold].prof;
	bool new_keys = prof->new_keys;
	int err;

	prof->new_keys = false;
	err = negotiate_offer(mc, from, sdp, len, ret_sdp, why);
	prof->new_keys = new_keys;
	return err;
}

static void fill_leg(struct rgf_leg *to, const struct leg *leg,
		     const struct side *side)
{
	to->has = RGF_HAS_LOCAL_ADDR | RGF_HAS_LOCAL_PORT |
		  RGF_HAS_LOCAL_RTCP_PORT | RGF_HAS_SUITE;
	to->local_addr = rgf_addr_v4(leg->prof.local_addr);
	to->local_port = leg->ports.port;
	to->local_rtcp_port = leg->ports.port + 1;
	to->suite = side->suite;
	if (!side->peer.held) {
		to->has |= RGF_HAS_PEER_ADDR | RGF_HAS_PEER_PORT |
			   RGF_HAS_PEER_RTCP_PORT;
		to->peer_addr = rgf_addr_v4(side->peer.addr);
		to->peer_port = side->peer.port;
		to->peer_rtcp_port = side->peer.rtcp_port;
	}
	if (side->suite == RINGFENCE_SUITE_NONE)
		return;
	to->has |= RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS;
	to->tx.n = 1;
	to->tx.key[0].key = side->tx_key;
	to->rx.n = 1;
	to->rx.key[0].key = side->rx_key;
}

static void keep_key(struct media_call *mc, struct leg *leg,
		     const struct side *side)
{
	if (leg->prof.security == MEDIA_FALLBACK &&
	    side->suite == RINGFENCE_SUITE_NONE &&
	    (!mc->id || leg->suite != RINGFENCE_SUITE_NONE))
		notify(MEDIA_PLAIN, mc->label, leg->prof.name);
	leg->suite = side->suite;
	leg->tx_key = side->tx_key;
}

/* Make the session, or change it: then a peer on hold keeps its address. */
static int program(struct media_call *mc, const struct side *offerer,
		   const struct side *answerer, struct media_refusal *why)
{
	bool hold = offerer->peer.on_hold || answerer->peer.on_hold;
	uint32_t idle = hold ? mc->timeouts.hold : mc->timeouts.idle;
	unsigned int from = mc->offer.from;
	struct rgf_session s = {
		.has = RGF_HAS_LABEL | RGF_HAS_IDLE_TIMEOUT | RGF_HAS_LEG_A |
		       RGF_HAS_LEG_B,
		.id = mc->id,
		.idle_timeout = idle,
	};
	int err;

	memcpy(s.label, mc->label, sizeof(s.label));
	fill_leg(&s.leg[from], &mc->leg[from], offerer);
	fill_leg(&s.leg[!from], &mc->leg[!from], answerer);
	err = mc->id ? backend->set(&s) : backend->add(&s, &s.id);
	secret_wipe(s.leg, sizeof(s.leg));
	if (err)
		return sdp_refuse(why, err, 503, "media session: %s",
				  backend->error());
	mc->idle_timeout = idle;
	keep_key(mc, &mc->leg[from], offerer);
	keep_key(mc, &mc->leg[!from], answerer);
	if (mc->id)
		return 0;
	mc->id = s.id;
	if (tsearch(mc, &calls, compare))
		return 0;
	backend->del(mc->id);
	mc->id = 0;
	return sdp_refuse(why, -ENOMEM, 503, "no memory for the session");
}

int media_call_answer(struct media_call *mc, unsigned int from, const char *sdp,
		      size_t len, char **ret_sdp, struct media_refusal *why)
{
	struct offer *o = &mc->offer;
	struct side side = { 0 };
	char *out;
	int err;

	if (!o->valid || from == o->from)
		return sdp_refuse(why, -EPROTO, 500,
				  "an answer without an offer");
	if (exchange_is(&o->answered, sdp, len)) {
		out = strdup(o->answered.out);
		if (!out)
			return sdp_refuse(why, -ENOMEM, 500,
					  "no memory for SDP");
		*ret_sdp = out;
		return 0;
	}
	err = negotiate_answer(mc, sdp, len, &side, &out, why);
	if (err)
		return err;
	err = program(mc, &o->side, &side, why);
	secret_wipe(&side, sizeof(side));
	if (!err && exchange_set(&o->answered, sdp, len, out))
		err = sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	if (err)
		secret_free(out, strlen(out));
	else
		*ret_sdp = out;
	return err;
}

uint32_t media_call_session(const struct media_call *mc)
{
	return mc->id;
}

static void leg_stats(const struct rgf_leg *leg, struct media_leg_stats *ret)
{
	const struct rgf_counters *c = &leg->counters;

	*ret = (struct media_leg_stats){
		.suite = leg->suite,
		.rx_packets = c->rx_packets,
		.rx_bytes = c->rx_bytes,
		.tx_packets = c->tx_packets,
		.tx_bytes = c->tx_bytes,
		.rx_rtcp_packets = c->rx_rtcp_packets,
		.tx_rtcp_packets = c->tx_rtcp_packets,
	};
	for (unsigned int i = 0; i < __RINGFENCE_DROP_REASON_MAX; i++)
		ret->dropped += c->drop[i];
	for (unsigned int i = 0; i < leg->n_streams; i++)
		ret->lost += leg->stream[i].lost;
}

int media_call_stats(const struct media_call *mc, struct media_leg_stats ret[2])
{
	struct rgf_session s;
	int err = mc && mc->id ? backend->get(mc->id, &s) : -ENOENT;

	if (err)
		return err;
	leg_stats(&s.leg[0], &ret[0]);
	leg_stats(&s.leg[1], &ret[1]);
	return 0;
}

/* The leg of the kernel's session must be where the profile says. */
static int adopt_leg(struct leg *leg, const struct rgf_leg *from)
{
	const struct rgf_addr ours = rgf_addr_v4(leg->prof.local_addr);

	if (!rgf_addr_equal(&from->local_addr, &ours))
		return -EADDRNOTAVAIL;
	return ports_take_this(leg->prof.local_addr, from->local_port,
			       &leg->ports);
}

int media_call_adopt(uint32_t id, const struct media_profile prof[2],
		     const struct media_timeouts *timeouts,
		     void (*on_idle_cb)(struct media_call *mc, void *arg),
		     void *arg, struct media_call **ret)
{
	struct rgf_session s;
	struct media_call *mc;
	int err;

	if (find_call(id))
		return -EBUSY;
	err = backend->get(id, &s);
	if (err)
		return err;
	mc = call_alloc(prof, timeouts, on_idle_cb, arg);
	if (!mc)
		return -ENOMEM;
	mc->idle_timeout = s.idle_timeout;
	set_label(mc, s.label);
	err = adopt_leg(&mc->leg[0], &s.leg[0]);
	if (!err)
		err = adopt_leg(&mc->leg[1], &s.leg[1]);
	if (!err) {
		mc->id = id;
		if (!tsearch(mc, &calls, compare))
			err = -ENOMEM;
	}
	if (err) {
		mc->id = 0; /* not ours: the session stays */
		media_call_free(mc);
		return err;
	}
	*ret = mc;
	return 0;
}

static int find_orphan(const struct rgf_session *s, void *arg)
{
	static const char prefix[] = MEDIA_LABEL_PREFIX;

	if (strncmp(s->label, prefix, strlen(prefix)) != 0 || find_call(s->id))
		return 0;
	return ids_add(arg, s->id);
}

void media_orphans(void)
{
	struct ids ids = { 0 };
	size_t i;

	if (backend->dump(find_orphan, &ids))
		log_warn("media", "can't list sessions: %s", backend->error());
	for (i = 0; i < ids.n; i++) {
		log_note("media", "session %u has no call, removed", ids.id[i]);
		if (backend->del(ids.id[i]))
			log_warn("media", "session %u: %s", ids.id[i],
				 backend->error());
	}
	free(ids.id);
}

void media_call_free(struct media_call *mc)
{
	unsigned int i;
	int err;

	if (!mc)
		return;
	if (mc->id) {
		tdelete(mc, &calls, compare);
		err = backend->del(mc->id);
		if (err && err != -ENOENT)
			log_warn("media", "%s: session %u: %s", mc->label,
				 mc->id, backend->error());
	}
	for (i = 0; i < 2; i++)
		ports_release(&mc->leg[i].ports);
	offer_clear(&mc->offer);
	secret_free(mc, sizeof(*mc));
}

void media_call_leave(struct media_call *mc)
{
	if (mc && mc->id) {
		tdelete(mc, &calls, compare);
		mc->id = 0;
	}
	media_call_free(mc);
}
