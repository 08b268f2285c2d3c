// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The daemon's module of limits, bans and trust: what is configured goes to the
 * kernel, and what the kernel does is told.
 *
 * Trust of gateways is marked by its comment, so that it is found again, and
 * removed when the gateway is, by a daemon that was started anew.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "config/config.h"
#include "guard/limits.h"
#include "guard/scanner.h"
#include "guard/strike.h"
#include "lib/rules.h"
#include "ringfenced/module.h"

#define TRUST_MARK "sip gateway "

static struct {
	struct rgf *rgf;
	struct rgf_events *events;
	struct event *readable;
} kernel;

static struct guard_config running, prepared;
static bool programmed; /* the kernel has what is running */

static const char *ban_time(const struct rgf_ban *ban, char *buf, size_t size)
{
	uint32_t seconds = ban->left ? ban->left : ban->time;

	if (!seconds)
		return "ever";
	snprintf(buf, size, "%u s", seconds);
	return buf;
}

static const char *why(const struct rgf_ban *ban)
{
	if (ban->reason == RINGFENCE_BAN_REASON_LIMIT)
		return rgf_limit_class_name(ban->class);
	if (ban->reason == RINGFENCE_BAN_REASON_DAEMON)
		return rgf_strike_reason_name(ban->strike_reason);
	return rgf_ban_reason_name(ban->reason);
}

static const char *or_unknown(const char *text)
{
	return text ? text : "unknown";
}

static void on_rgf_event(const struct rgf_event *e, void *arg)
{
	char prefix[RGF_PREFIX_TEXT_MAX], time[32];

	switch (e->type) {
	case RGF_EVENT_BAN:
		notify(GUARD_BANNED, rgf_prefix_text(&e->ban.prefix, prefix),
		       ban_time(&e->ban, time, sizeof(time)),
		       or_unknown(why(&e->ban)));
		break;
	case RGF_EVENT_UNBAN:
		notify(GUARD_UNBANNED, rgf_prefix_text(&e->ban.prefix, prefix),
		       or_unknown(rgf_unban_cause_name(e->ban.cause)));
		break;
	case RGF_EVENT_FULL:
		notify(GUARD_FULL, or_unknown(rgf_guard_table_name(e->table)),
		       (unsigned long long)e->count);
		break;
	case RGF_EVENT_MEDIA:
	case RGF_EVENT_AUTH:
	case RGF_EVENT_IDLE:
	case RGF_EVENT_DEL:
	case RGF_EVENT_KEY:
	case RGF_EVENT_DESYNC:
	case RGF_EVENT_RULES_LOADED:
	case RGF_EVENT_RULES_CONFIRMED:
	case RGF_EVENT_RULES_BACK:
	case RGF_EVENT_RULES_DELETED:
	case RGF_EVENT_ADDRESS_SET:
		break; /* of a session: media's; of rules: nobody's here */
	}
}

/* Lost events are only told less of. */
static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	rgf_events_read(kernel.events, on_rgf_event, NULL);
}

static void guard_exit_module(void)
{
	strike_open(NULL);
	if (kernel.readable)
		event_free(kernel.readable);
	rgf_events_close(kernel.events);
	rgf_close(kernel.rgf);
	memset(&kernel, 0, sizeof(kernel));
	programmed = false;
}

static int guard_init_module(void)
{
	int err = rgf_open(&kernel.rgf);

	if (!err)
		err = rgf_events_open(&kernel.events);
	if (err)
		goto fail;
	kernel.readable = event_new(loop_base(), rgf_events_fd(kernel.events),
				    EV_READ | EV_PERSIST, on_readable, NULL);
	if (!kernel.readable || event_add(kernel.readable, NULL)) {
		err = -ENOMEM;
		goto fail;
	}
	strike_open(kernel.rgf);
	return 0;

fail:
	guard_exit_module();
	return err;
}

static int guard_prepare(const struct lyd_node *old,
			 const struct lyd_node *fresh, struct config_error *err)
{
	guard_config_read(fresh, &prepared);
	return 0;
}

static bool is_trusted(const struct guard_config *c,
		       const struct rgf_prefix *prefix)
{
	for (unsigned int i = 0; i < c->n_trusted; i++) {
		struct rgf_addr addr = rgf_addr_v4(c->trusted[i].addr);

		if (prefix->len == 32 && rgf_addr_equal(&addr, &prefix->addr))
			return true;
	}
	return false;
}

/* Trust of ours that is in the kernel and configured no more. */
struct stale {
	struct rgf_prefix *prefix;
	size_t n, size;
};

static int find_stale(const struct rgf_trust *t, void *arg)
{
	struct stale *s = arg;
	struct rgf_prefix *more;

	if (strncmp(t->comment, TRUST_MARK, strlen(TRUST_MARK)) != 0 ||
	    t->kind != RINGFENCE_TRUST_KIND_CONFIGURED ||
	    is_trusted(&running, &t->prefix))
		return 0;
	if (s->n == s->size) {
		more = realloc(s->prefix, (s->size + 64) * sizeof(*more));
		if (!more)
			return -ENOMEM;
		s->prefix = more;
		s->size += 64;
	}
	s->prefix[s->n++] = t->prefix;
	return 0;
}

static int set_trust(void)
{
	struct stale stale = { 0 };
	int err = rgf_trust_dump(kernel.rgf, find_stale, &stale);

	for (size_t i = 0; !err && i < stale.n; i++) {
		err = rgf_trust_del(kernel.rgf, &stale.prefix[i]);
		if (err == -ENOENT)
			err = 0; /* somebody else was faster */
	}
	free(stale.prefix);
	for (unsigned int i = 0; !err && i < running.n_trusted; i++) {
		const struct guard_trusted *g = &running.trusted[i];
		struct rgf_trust t = {
			.prefix = { rgf_addr_v4(g->addr), 32 },
		};

		snprintf(t.comment, sizeof(t.comment), TRUST_MARK "%s",
			 g->gateway);
		err = rgf_trust_add(kernel.rgf, &t);
	}
	return err;
}

/* What is as it was is not told again. */
static void guard_commit(void)
{
	bool same = guard_limits_equal(&running.limits, &prepared.limits);
	int err = 0;

	running = prepared;
	trust_set_time(running.tls_trust_time);
	trust_set_gateways(running.trust_gateways);
	scanner_set(&running.scanners);
	if (running.left_out)
		notify(GUARD_PORTS, RINGFENCE_MAX_SIGNALING_PORTS, "plain",
		       running.left_out);
	if (running.secure_left_out)
		notify(GUARD_PORTS, RINGFENCE_MAX_SIGNALING_PORTS, "secure",
		       running.secure_left_out);
	if (!programmed || !same)
		err = rgf_limits_set(kernel.rgf, &running.limits);
	if (err)
		notify(GUARD_REFUSED, "the limits", rgf_error(kernel.rgf));
	programmed = !err;
	if (set_trust())
		notify(GUARD_REFUSED, "the trusted gateways",
		       rgf_error(kernel.rgf));
}

static const char *const reads[] = { "guard", "sip", NULL };

const struct module guard_module = {
	.name = "guard",
	.reads = reads,
	.init = guard_init_module,
	.prepare = guard_prepare,
	.commit = guard_commit,
	.exit = guard_exit_module,
};
