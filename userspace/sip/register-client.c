// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Timer: one for each registration: the refresh, SIP_REGISTER_MARGIN_SECONDS and
 * a tenth before its end, or after half the time if that is later; after a failure
 * the next try, after between a half and all of retry-min, doubled with each
 * failure up to retry-max (RFC 5626, 4.5); retry-max when the registrar refuses.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "base/secret.h"
#include "sip/account.h"
#include "sip/challenge.h"
#include "sip/dialog.h"
#include "sip/gateway.h"
#include "sip/register-client.h"
#include "sip/txn.h"

struct registration {
	LIST_ENTRY(registration) entry;
	struct gateway *gw;
	struct account account; /* its own: it outlives the configuration */
	struct sip_path path; /* where to */
	struct hop registrar, hop; /* not always the gateway's by now */
	struct dialog dialog; /* Call-ID, tag and CSeq stay the same */
	struct event *timer;
	struct txn *txn; /* NULL: none is under way */
	struct challenge challenge; /* the last one */
	bool challenged; /* there was one */
	unsigned int answered; /* challenges to this REGISTER */
	unsigned int raised; /* 423 to it */
	unsigned int failures; /* in a row */
	uint32_t expires; /* that we ask for */
	uint64_t until, next; /* ms; until 0: not registered */
	bool refused, leaving;
	char why[96]; /* of the last failure; "": none */
};

static LIST_HEAD(, registration) all = LIST_HEAD_INITIALIZER(all);
static const struct sip_config *config;

static void registration_free(struct registration *r)
{
	LIST_REMOVE(r, entry);
	txn_abandon(r->txn);
	if (r->timer)
		event_free(r->timer);
	dialog_clear(&r->dialog);
	hop_clear(&r->registrar);
	hop_clear(&r->hop);
	secret_free(r, sizeof(*r));
}

static bool registered(const struct registration *r)
{
	return r->until > transport_now();
}

static void arm(struct registration *r, uint64_t ms)
{
	const struct timeval tv = { (time_t)(ms / 1000), ms % 1000 * 1000 };

	r->next = transport_now() + ms;
	event_add(r->timer, &tv);
}

/* Between a half and all of it, so that not all come back at once. */
static uint64_t jitter(uint64_t ms)
{
	uint32_t n = 0;

	secret_random(&n, sizeof(n));
	return ms / 2 + (ms / 2) * (n % 1024) / 1023;
}

/* It has left; the one that waited for that may begin. */
static void left(struct registration *r)
{
	registration_free(r);
	if (config)
		register_begin(config);
}

/* At least once more after @ms, unless the daemon knows better. */
static void failed(struct registration *r, uint64_t ms, const char *why)
{
	bool told = !strcmp(r->why, why);
	char text[HOP_TEXT];

	if (r->leaving) {
		left(r);
		return;
	}
	snprintf(r->why, sizeof(r->why), "%s", why);
	if (r->failures < 32)
		r->failures++;
	arm(r, ms);
	if (!told)
		notify(SIP_ACCOUNT_FAILED, r->account.user, r->gw->name,
		       hop_text(&r->registrar, text), why,
		       (unsigned int)((ms + 999) / 1000));
}

static uint64_t back_off(const struct registration *r)
{
	uint64_t max = r->account.retry_max * UINT64_C(1000);
	uint64_t ms = r->account.retry_min * UINT64_C(1000);

	for (unsigned int i = 0; i < r->failures && ms < max; i++)
		ms *= 2;
	return jitter(ms < max ? ms : max);
}

static uint32_t clamp(uint64_t n, uint32_t min, uint32_t max)
{
	return n < min ? min : n > max ? max : (uint32_t)n;
}

/* delta-seconds, and what may follow; 0: it is no number. */
static uint32_t seconds_of(const char *text)
{
	size_t n = text ? strspn(text, "0123456789") : 0;

	if (!n || n > 10)
		return 0;
	return clamp(strtoull(text, NULL, 10), 0, SIP_REGISTER_SECONDS_MAX);
}

/* What the registrar says, or else our backing off; neither for ever. */
static uint64_t retry_after(const struct registration *r,
			    const osip_message_t *resp)
{
	uint32_t asked = seconds_of(message_header(resp, "retry-after"));

	return asked ? clamp(asked, 1, r->account.retry_max) * UINT64_C(1000)
		     : back_off(r);
}

static void refused(struct registration *r, const char *why)
{
	r->refused = true;
	r->until = 0;
	failed(r, jitter(r->account.retry_max * UINT64_C(1000)), why);
}

static void send_register(struct registration *r);

/* Once for a password; again only if the nonce was too old. */
static void challenged(struct registration *r, const osip_message_t *resp)
{
	const char *realm = r->account.realm[0] ? r->account.realm : NULL;
	struct challenge c;

	if (challenge_choose(resp, realm, &c) < 0) {
		refused(r, realm ? "the challenge is not for the realm, or of "
				   "an unknown algorithm"
				 : "the challenge is of an unknown algorithm");
		return;
	}
	if ((r->answered && !c.stale) || r->answered >= SIP_CHALLENGES_MAX) {
		r->challenged = false;
		refused(r, "the user or the password is wrong");
		return;
	}
	r->answered++;
	r->challenge = c;
	r->challenged = true;
	send_register(r);
}

static bool is_ours(const struct registration *r, const osip_contact_t *c)
{
	const struct sockaddr_in *local = &r->gw->local;
	const osip_uri_t *uri = c->url;
	unsigned long port;

	if (!uri || !uri->host || !uri->username ||
	    strcmp(uri->username, r->account.contact_user) != 0 ||
	    strcmp(uri->host, inet_ntoa(local->sin_addr)) != 0)
		return false;
	port = uri->port ? strtoul(uri->port, NULL, 10) : 5060;
	return port == ntohs(local->sin_port);
}

/* That of our contact, of all, or what we asked for (10.2.4). */
static uint32_t granted(const struct registration *r,
			const osip_message_t *resp)
{
	uint32_t seconds = 0;

	for (int i = 0; !seconds && i < osip_list_size(&resp->contacts); i++) {
		osip_contact_t *c = osip_list_get(&resp->contacts, i);
		osip_generic_param_t *p = NULL;

		if (!is_ours(r, c))
			continue;
		osip_contact_param_get_byname(c, (char *)"expires", &p);
		seconds = seconds_of(p ? p->gvalue : NULL);
	}
	if (!seconds)
		seconds = seconds_of(message_header(resp, "expires"));
	return seconds ? seconds : r->expires;
}

/* Before the end, with time for more than one try. */
static uint64_t refresh_ms(uint32_t seconds)
{
	uint32_t margin = seconds / 10 + SIP_REGISTER_MARGIN_SECONDS;

	if (margin > seconds / 2)
		margin = seconds / 2;
	return (seconds - margin) * UINT64_C(1000);
}

static void accepted(struct registration *r, const osip_message_t *resp)
{
	uint32_t seconds = clamp(granted(r, resp), SIP_REGISTER_SECONDS_MIN,
				 SIP_REGISTER_SECONDS_MAX);
	bool news = !registered(r) || r->why[0];
	char text[HOP_TEXT];

	if (r->leaving) {
		left(r);
		return;
	}
	if (r->challenged)
		challenge_next(&r->challenge, resp);
	r->until = transport_now() + seconds * UINT64_C(1000);
	r->why[0] = '\0';
	r->failures = 0;
	r->refused = false;
	arm(r, refresh_ms(seconds));
	if (news)
		notify(SIP_ACCOUNT_REGISTERED, r->account.user, r->gw->name,
		       hop_text(&r->registrar, text), seconds);
}

/* 423: no shorter than it says (10.2.8). */
static bool longer(struct registration *r, const osip_message_t *resp)
{
	uint32_t min = seconds_of(message_header(resp, "min-expires"));

	if (r->leaving || r->raised || min <= r->expires)
		return false;
	r->raised++;
	r->expires = min;
	send_register(r);
	return true;
}

static void on_response(struct txn *t, const osip_message_t *resp, void *arg)
{
	struct registration *r = arg;
	int status = resp->status_code;
	char why[64];

	if (status < 200)
		return;
	r->path.conn = txn_path(t)->conn;
	txn_release(t);
	snprintf(why, sizeof(why), "it answers %d", status);
	if (status < 300)
		accepted(r, resp);
	else if (status == 401 || status == 407)
		challenged(r, resp);
	else if (status == 423 && longer(r, resp))
		return;
	else if (status == 408 || status == 480 || status / 100 == 5)
		failed(r, retry_after(r, resp), why);
	else
		refused(r, why);
}

static void on_failure(struct txn *t, int status, const char *why, void *arg)
{
	struct registration *r = arg;

	txn_release(t);
	failed(r, back_off(r), why);
}

static const struct txn_client client = {
	.on_response = on_response,
	.on_failure = on_failure,
};

static int add_contact(const struct registration *r, osip_message_t *req)
{
	char *uri = message_our_uri(&r->path, r->account.contact_user);
	char *text = NULL;
	int ret = -ENOMEM;

	if (uri && asprintf(&text, "<%s>", uri) > 0 &&
	    !osip_message_set_contact(req, text))
		ret = 0;
	free(uri);
	free(text);
	return ret;
}

static osip_message_t *make(struct registration *r)
{
	osip_message_t *req = dialog_request(&r->dialog, "REGISTER", &r->path);
	char text[16];

	if (!req)
		return NULL;
	snprintf(text, sizeof(text), "%u", r->leaving ? 0 : r->expires);
	if (add_contact(r, req) < 0 ||
	    osip_message_set_header(req, "Expires", text) ||
	    osip_message_set_header(req, "Supported", "path") ||
	    (r->challenged &&
	     challenge_answer(&r->challenge, r->account.auth_user,
			      r->account.password, req) < 0)) {
		osip_message_free(req);
		return NULL;
	}
	return req;
}

static void send_register(struct registration *r)
{
	osip_message_t *req = make(r);

	if (!req || txn_request(req, &r->path, &client, r, &r->txn) < 0)
		failed(r, back_off(r), "no memory, or too much to do");
}

/* One REGISTER from its first to its last answer. */
static void begin(struct registration *r)
{
	r->answered = 0;
	r->raised = 0;
	r->path.peer = *hop_addr(&r->hop);
	send_register(r);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	begin(arg);
}

static int make_dialog(struct registration *r)
{
	char who[HOP_TEXT + 80], target[HOP_TEXT + 32], text[HOP_TEXT];
	const struct gateway *gw = r->gw;

	snprintf(who, sizeof(who), "<sip:%s@%s>", r->account.user,
		 r->registrar.host);
	snprintf(target, sizeof(target), "sip:%s%s",
		 hop_text(&r->registrar, text),
		 gateway_transport_param(gw, gw->transport));
	return dialog_new(&r->dialog, who, who, target);
}

static void registration_new(struct gateway *gw, const struct account *a)
{
	struct registration *r = calloc(1, sizeof(*r));

	if (!r)
		goto fail;
	LIST_INSERT_HEAD(&all, r, entry);
	r->gw = gw;
	r->account = *a;
	hop_copy(&r->registrar, &gw->registrar);
	hop_copy(&r->hop, gateway_next_hop(gw, true));
	r->path.gw = gw;
	r->path.transport = gw->transport;
	r->expires = a->expires;
	r->timer = evtimer_new(loop_base(), on_timer, r);
	if (r->timer && !make_dialog(r)) {
		arm(r, 0);
		return;
	}
	registration_free(r);
fail:
	log_error("sip", "gateway %s: %s isn't registered: no memory", gw->name,
		  a->user);
}

/* One that is leaving counts too: its end must not end the next one. */
static struct registration *find(const struct gateway *gw, const char *user)
{
	struct registration *r;

	LIST_FOREACH(r, &all, entry) {
		if (r->gw == gw && !strcmp(r->account.user, user))
			return r;
	}
	return NULL;
}

static void begin_of(struct gateway *gw)
{
	for (unsigned int i = 0; i < gw->n_accounts; i++) {
		if (!find(gw, gw->account[i].user))
			registration_new(gw, &gw->account[i]);
	}
}

void register_begin(const struct sip_config *cfg)
{
	config = cfg;
	for (unsigned int i = 0; i < cfg->n_gateways; i++)
		begin_of(cfg->gateway[i]);
}

void register_again(const struct gateway *gw)
{
	struct registration *r;

	LIST_FOREACH(r, &all, entry) {
		if (r->gw == gw && !r->txn && !r->refused && !r->leaving)
			arm(r, jitter(SIP_REGISTER_AGAIN_MS));
	}
}

static bool same_place(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	return a->sin_addr.s_addr == b->sin_addr.s_addr &&
	       a->sin_port == b->sin_port;
}

/* Where we are, or the registrar is, may be what has changed. */
static bool same_trunk(const struct gateway *a, const struct gateway *b)
{
	return a->transport == b->transport &&
	       hop_same(&a->registrar, &b->registrar) &&
	       hop_same(gateway_next_hop(a, true), gateway_next_hop(b, true)) &&
	       same_place(&a->local, &b->local) &&
	       a->transport_param == b->transport_param;
}

static bool stays(const struct registration *r, const struct sip_config *fresh)
{
	const struct gateway *gw = gateway_find(fresh, r->gw->name);

	for (unsigned int i = 0; gw && i < gw->n_accounts; i++) {
		if (account_same(&r->account, &gw->account[i]))
			return same_trunk(r->gw, gw);
	}
	return false;
}

/* By what there is: the answer is of no use when its gateway is another. */
static void say_goodbye(struct registration *r)
{
	osip_message_t *req;

	r->leaving = true;
	req = make(r);
	if (req)
		txn_send(req, &r->path);
	osip_message_free(req);
	registration_free(r);
}

static void leave(struct registration *r, bool wait)
{
	bool there = registered(r) || r->txn;

	if (r->leaving)
		return;
	notify(SIP_ACCOUNT_ENDED, r->account.user, r->gw->name);
	txn_abandon(r->txn);
	event_del(r->timer);
	if (!there) {
		registration_free(r);
	} else if (wait) {
		r->leaving = true;
		begin(r);
	} else {
		say_goodbye(r);
	}
}

void register_leave(const struct sip_config *running,
		    const struct sip_config *fresh)
{
	struct registration *r, *next;

	config = NULL; /* until register_begin() */
	for (r = LIST_FIRST(&all); r; r = next) {
		const struct gateway *gw;

		next = LIST_NEXT(r, entry);
		if (stays(r, fresh))
			continue;
		gw = gateway_find(fresh, r->gw->name);
		leave(r, gw && same_trunk(r->gw, gw));
	}
}

void register_forget(const struct gateway *gw)
{
	struct registration *r, *next;

	for (r = LIST_FIRST(&all); r; r = next) {
		next = LIST_NEXT(r, entry);
		if (r->gw == gw)
			registration_free(r);
	}
}

void register_exit(void)
{
	struct registration *r, *next;

	config = NULL;
	for (r = LIST_FIRST(&all); r; r = next) {
		next = LIST_NEXT(r, entry);
		leave(r, false);
	}
}

const char *register_realm(const struct gateway *gw, const char *user)
{
	const struct registration *r = find(gw, user);

	return r && r->challenged && registered(r) ? r->challenge.realm : NULL;
}

static const char *state_name(const struct registration *r)
{
	if (registered(r))
		return "registered";
	if (r->refused)
		return "refused";
	return r->failures ? "failed" : "trying";
}

static json_int_t seconds_until(uint64_t ms)
{
	uint64_t now = transport_now();

	return ms > now ? (json_int_t)((ms - now + 999) / 1000) : 0;
}

static json_t *json_registration(const struct registration *r)
{
	char text[HOP_TEXT];

	return json_pack("{s:s, s:s, s:s, s:s, s:o, s:I, s:I, s:s}", "account",
			 r->account.user, "gateway", r->gw->name, "state",
			 state_name(r), "transport",
			 sip_transport_name(r->path.transport), "registrar",
			 json_string(hop_text(&r->registrar, text)), "expires",
			 seconds_until(r->until), "next",
			 seconds_until(r->next), "reason", r->why);
}

json_t *register_report(void)
{
	json_t *list = json_array();
	struct registration *r;

	LIST_FOREACH(r, &all, entry) {
		if (list && !r->leaving)
			json_array_insert_new(list, 0, json_registration(r));
	}
	return list;
}
