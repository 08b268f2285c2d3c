// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: one for each gateway that is watched, every options-interval. An OPTIONS
 * without an answer when the next is due counts as unanswered, so there is never
 * more than one.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "sip/dialog.h"
#include "sip/limits.h"
#include "sip/options.h"

struct probe {
	struct event *timer;
	struct txn *txn; /* NULL: none is under way */
	char proxy[HOP_TEXT]; /* that is asked */
	enum sip_transport transport;
	unsigned int unanswered; /* in a row */
	unsigned int servers; /* of the name, that were given up in a row */
};

static int add_abilities(osip_message_t *resp)
{
	return osip_message_set_header(resp, "Allow", SIP_ALLOW) ||
	       osip_message_set_header(resp, "Accept", "application/sdp") ||
	       osip_message_set_header(resp, "Accept-Encoding", "identity") ||
	       osip_message_set_header(resp, "Accept-Language", "en") ||
	       osip_message_set_header(resp, "Supported", SIP_SUPPORTED);
}

void options_answer(struct txn *t, int status)
{
	osip_message_t *resp = message_answer(txn_message(t), status);

	if (!resp)
		return;
	if (add_abilities(resp) ||
	    (status == 503 &&
	     osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER))) {
		osip_message_free(resp);
		return;
	}
	txn_respond(t, resp);
}

static void came_up(struct gateway *gw)
{
	gw->probe->unanswered = 0;
	gw->probe->servers = 0;
	if (!gw->down)
		return;
	gw->down = false;
	notify(SIP_GATEWAY_UP, gw->name, gw->probe->proxy);
}

static void not_answered(struct gateway *gw)
{
	struct probe *p = gw->probe;

	if (p->unanswered < SIP_UNANSWERED_MAX)
		p->unanswered++;
	if (p->unanswered < gw->options_failures)
		return;
	/* The next server has as many tries. */
	if (gateway_failed(gw, gateway_hop(gw, false),
			   SIP_SERVER_FAILED_SECONDS) &&
	    ++p->servers <
		    servers_count(gateway_next_hop(gw, false)->servers)) {
		p->unanswered = 0;
		return;
	}
	p->servers = 0;
	if (gw->down)
		return;
	gw->down = true;
	notify(SIP_GATEWAY_DOWN, gw->name, p->proxy, p->unanswered);
}

/* 408 and 503 may come from a proxy before the peer; else it is there. */
static void on_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	struct gateway *gw = arg;

	if (resp->status_code < 200)
		return;
	txn_release(t);
	if (resp->status_code == 408 || resp->status_code == 503)
		not_answered(gw);
	else
		came_up(gw);
}

static void on_failure(struct txn *t, int status, const char *why, void *arg)
{
	txn_release(t);
	not_answered(arg);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

static osip_message_t *make_options(const struct gateway *gw,
				    const struct sip_path *path)
{
	char local[64], remote[HOP_TEXT], target[HOP_TEXT + 32], text[HOP_TEXT];
	osip_message_t *req = NULL;
	struct dialog d = { 0 };

	snprintf(local, sizeof(local), "<sip:%s>",
		 inet_ntoa(gw->local.sin_addr));
	snprintf(remote, sizeof(remote), "<sip:%s>", gw->proxy.host);
	snprintf(target, sizeof(target), "sip:%s%s", hop_text(&gw->proxy, text),
		 gw->transport == SIP_UDP
			 ? ""
			 : gateway_transport_param(gw, gw->transport));
	if (!dialog_new(&d, local, remote, target))
		req = dialog_request(&d, "OPTIONS", path);
	dialog_clear(&d);
	return req;
}

static void ask(struct gateway *gw)
{
	const struct sip_path path = { .gw = gw,
				       .transport = gw->transport,
				       .peer = *gateway_hop(gw, false) };
	osip_message_t *req;

	/* Nobody's fault but that of DNS, which says so itself. */
	if (!path.peer.sin_family)
		return;
	req = make_options(gw, &path);
	/* Without memory or a transaction nothing is learnt of the peer. */
	if (req)
		txn_request(req, &path, &client, gw, &gw->probe->txn);
}

static void arm(const struct gateway *gw, unsigned int seconds)
{
	const struct timeval tv = { .tv_sec = seconds };

	event_add(gw->probe->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct gateway *gw = arg;

	if (gw->probe->txn) {
		txn_abandon(gw->probe->txn);
		not_answered(gw);
	}
	arm(gw, gw->options_interval);
	ask(gw);
}

static bool same_proxy(const struct gateway *gw)
{
	const struct probe *p = gw->probe;
	char text[HOP_TEXT];

	return p->transport == gw->transport &&
	       !strcmp(p->proxy, hop_text(&gw->proxy, text));
}

static struct probe *probe_new(struct gateway *gw)
{
	struct probe *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	hop_text(&gw->proxy, p->proxy);
	p->transport = gw->transport;
	p->timer = evtimer_new(loop_base(), on_timer, gw);
	if (p->timer)
		return p;
	free(p);
	return NULL;
}

void options_watch(struct gateway *gw)
{
	if (!gw->options_interval || (gw->probe && !same_proxy(gw)))
		options_unwatch(gw);
	if (!gw->options_interval)
		return;
	if (gw->probe) {
		arm(gw, gw->options_interval);
		return;
	}
	gw->probe = probe_new(gw);
	if (gw->probe)
		arm(gw, 0);
	else
		log_error("sip", "gateway %s is not watched: no memory",
			  gw->name);
}

void options_unwatch(struct gateway *gw)
{
	if (!gw->probe)
		return;
	gw->down = false;
	txn_abandon(gw->probe->txn);
	event_free(gw->probe->timer);
	free(gw->probe);
	gw->probe = NULL;
}

unsigned int options_unanswered(const struct gateway *gw)
{
	return gw->probe ? gw->probe->unanswered : 0;
}
