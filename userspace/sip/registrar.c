// SPDX-License-Identifier: GPL-2.0-or-later
/* Timer: save, SIP_BINDINGS_SAVE_MS after a change. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/notify.h"
#include "sip/auth.h"
#include "sip/regstore.h"
#include "sip/registrar.h"

#define FROM_NOW (-1) /* expires: not said */

/* A REGISTER while it is looked at. */
struct request {
	const osip_message_t *msg;
	const struct extension *extension;
	struct sip_path where; /* requests for its contacts go */
	char *call_id;
	int status; /* of a refusal */
	const char *why; /* likewise; NULL: the status says it */
};

static const struct sip_config *config;
static struct event *save;

static int refuse(struct request *r, int status, const char *why)
{
	r->status = status;
	r->why = why;
	return -EINVAL;
}

/* delta-seconds; what isn't a number counts as not said (10.3, 7). */
static int64_t read_seconds(const char *text)
{
	size_t n = text ? strspn(text, "0123456789") : 0;

	if (!n || text[n] || n > 10)
		return FROM_NOW;
	return strtoll(text, NULL, 10);
}

static int64_t contact_seconds(const struct request *r,
			       const osip_contact_t *contact)
{
	osip_generic_param_t *p = NULL;
	int64_t seconds = FROM_NOW;

	osip_contact_param_get_byname((osip_contact_t *)contact,
				      (char *)"expires", &p);
	if (p)
		seconds = read_seconds(p->gvalue);
	if (seconds == FROM_NOW)
		seconds = read_seconds(message_header(r->msg, "expires"));
	return seconds == FROM_NOW ? config->registrar.expires_default
				   : seconds;
}

/* Printable ASCII, as all that we keep has to be. */
static bool is_plain(const char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			return false;
	}
	return true;
}

/* Of a URI that we could call; else NULL. free() it */
static char *contact_uri(const osip_contact_t *contact)
{
	char *text, *uri = NULL;

	if (!contact->url || !contact->url->host || !contact->url->scheme ||
	    osip_strcasecmp(contact->url->scheme, "sip") != 0)
		return NULL;
	text = message_uri(contact->url);
	if (!text)
		return NULL;
	if (strlen(text) <= SIP_URI_MAX && is_plain(text))
		uri = strdup(text);
	osip_free(text);
	return uri;
}

static bool is_star(const osip_contact_t *contact)
{
	return !contact->url && contact->displayname &&
	       !strcmp(contact->displayname, "*");
}

/* A REGISTER that was overtaken by a later one must not undo it (10.3, 7). */
static bool in_order(const struct request *r, const struct binding *b)
{
	return strcmp(b->call_id, r->call_id) != 0 ||
	       message_cseq(r->msg) > b->cseq;
}

static int check_contact(struct request *r, const osip_contact_t *contact)
{
	const struct aor *aor = aor_find(r->extension->number);
	int64_t seconds = contact_seconds(r, contact);
	const struct binding *b;
	char *uri;

	if (is_star(contact))
		return refuse(r, 400, "* stands alone, with Expires: 0");
	uri = contact_uri(contact);
	if (!uri)
		return refuse(r, 400, "a Contact isn't sip:, or too long");
	b = aor ? binding_find(aor, uri) : NULL;
	free(uri);
	if (b && !in_order(r, b))
		return refuse(r, 500, "CSeq is out of order");
	if (seconds > 0 && seconds < config->registrar.expires_min)
		return refuse(r, 423, NULL);
	return 0;
}

/* All of them, before any counts. */
static int check_contacts(struct request *r)
{
	unsigned int added = 0;
	int n = osip_list_size(&r->msg->contacts);

	for (int i = 0; i < n; i++) {
		const osip_contact_t *contact =
			osip_list_get(&r->msg->contacts, i);

		if (check_contact(r, contact) < 0)
			return -EINVAL;
		added += contact_seconds(r, contact) > 0;
	}
	if (added > r->extension->max_contacts)
		return refuse(r, 403, "more contacts than it may have");
	return 0;
}

/* "*": all of them, or none (10.3, 6). */
static int remove_all(struct request *r)
{
	struct aor *aor = aor_find(r->extension->number);
	const struct binding *b;

	if (osip_list_size(&r->msg->contacts) != 1 ||
	    read_seconds(message_header(r->msg, "expires")) != 0)
		return refuse(r, 400, "* stands alone, with Expires: 0");
	if (!aor)
		return 0;
	TAILQ_FOREACH(b, &aor->bindings, entry) {
		if (!in_order(r, b))
			return refuse(r, 500, "CSeq is out of order");
	}
	aor_end(aor, BINDING_UNREGISTERED);
	return 0;
}

static bool is_route(const char *text)
{
	osip_route_t *route;
	bool ok;

	if (!text || !is_plain(text) || osip_route_init(&route) != 0)
		return false;
	ok = !osip_route_parse(route, text) && route->url && route->url->host;
	osip_route_free(route);
	return ok;
}

/* Path headers, which libosip2 doesn't parse, as they are. */
static int read_path(struct request *r, struct binding *b)
{
	osip_header_t *h = NULL;
	int at = 0;

	while ((at = osip_message_header_get_byname(r->msg, "path", at, &h)) >=
	       0) {
		if (b->n_path == SIP_ROUTES_MAX)
			return refuse(r, 400, "too many Path headers");
		if (!is_route(h->hvalue))
			return refuse(r, 400, "a Path is no route");
		b->path[b->n_path] = strdup(h->hvalue);
		if (!b->path[b->n_path])
			return refuse(r, 500, NULL);
		b->n_path++;
		at++;
	}
	return 0;
}

/* Others than printable ASCII are shown as '?'. */
static char *copy_agent(const char *text)
{
	char *agent = strndup(text, SIP_AGENT_MAX);

	for (char *p = agent; p && *p; p++) {
		if (*p < ' ' || *p > '~')
			*p = '?';
	}
	return agent;
}

static int fill(struct request *r, const osip_contact_t *contact,
		struct binding *b)
{
	const char *agent = message_header(r->msg, "user-agent");

	b->contact = contact_uri(contact);
	b->call_id = strdup(r->call_id);
	b->cseq = message_cseq(r->msg);
	b->agent = agent ? copy_agent(agent) : NULL;
	b->where = r->where;
	b->open = !r->extension->has_password;
	if (!b->contact || !b->call_id || (agent && !b->agent))
		return refuse(r, 500, NULL);
	return read_path(r, b);
}

static int set_contact(struct request *r, const osip_contact_t *contact,
		       unsigned int seconds)
{
	struct binding b = { 0 };
	int ret = fill(r, contact, &b);

	if (!ret) {
		ret = binding_set(r->extension->number, &b, seconds,
				  r->extension->max_contacts, true);
		if (ret < 0)
			refuse(r, 503, "too many contacts are registered");
	}
	binding_clear(&b);
	return ret;
}

static void remove_contact(struct request *r, const osip_contact_t *contact)
{
	struct aor *aor = aor_find(r->extension->number);
	char *uri = contact_uri(contact);
	struct binding *b = aor && uri ? binding_find(aor, uri) : NULL;

	if (b)
		binding_end(b, BINDING_UNREGISTERED);
	free(uri);
}

static int set_contacts(struct request *r)
{
	int n = osip_list_size(&r->msg->contacts), ret = 0;

	for (int i = 0; !ret && i < n; i++) {
		const osip_contact_t *contact =
			osip_list_get(&r->msg->contacts, i);
		int64_t seconds = contact_seconds(r, contact);

		if (seconds > config->registrar.expires_max)
			seconds = config->registrar.expires_max;
		if (seconds > 0)
			ret = set_contact(r, contact, (unsigned int)seconds);
		else
			remove_contact(r, contact);
	}
	return ret;
}

static int process(struct request *r)
{
	const char *user = r->msg->to->url->username;
	const osip_contact_t *first = osip_list_get(&r->msg->contacts, 0);

	if (message_header(r->msg, "require")) /* we support no extension */
		return refuse(r, 420, NULL);
	if (!is_plain(r->call_id))
		return refuse(r, 400, "Call-ID is no word");
	if (!user || strcmp(user, r->extension->number) != 0)
		return refuse(r, 403, "an extension registers itself only");
	if (first && is_star(first))
		return remove_all(r);
	if (check_contacts(r) < 0)
		return -EINVAL;
	return set_contacts(r);
}

static int add_contact(osip_message_t *resp, const struct binding *b)
{
	char *text;
	int ret;

	if (asprintf(&text, "<%s>;expires=%u", b->contact, binding_left(b)) < 0)
		return -ENOMEM;
	ret = osip_message_set_contact(resp, text);
	free(text);
	return ret;
}

static int add_date(osip_message_t *resp)
{
	time_t now = time(NULL);
	char text[64];
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	return osip_message_set_header(resp, "Date", text);
}

/* All contacts that there are now; and Path, as it came (RFC 3327, 5.3). */
static int complete(const struct request *r, osip_message_t *resp)
{
	const struct aor *aor = aor_find(r->extension->number);
	const struct binding *b;
	osip_header_t *h = NULL;
	int at = 0;

	if (aor) {
		TAILQ_FOREACH(b, &aor->bindings, entry) {
			if (add_contact(resp, b))
				return -ENOMEM;
		}
	}
	while ((at = osip_message_header_get_byname(r->msg, "path", at, &h)) >=
	       0) {
		if (osip_message_set_header(resp, "Path", h->hvalue))
			return -ENOMEM;
		at++;
	}
	return add_date(resp);
}

static void respond(const struct request *r)
{
	struct sip_path path = r->where;
	osip_message_t *resp =
		message_answer(r->msg, r->status ? r->status : 200);
	char text[16];

	if (!resp)
		return;
	if (!r->status && complete(r, resp) != 0) {
		osip_message_free(resp);
		return; /* the phone asks again */
	}
	if (r->status == 423) {
		snprintf(text, sizeof(text), "%u",
			 config->registrar.expires_min);
		osip_message_set_header(resp, "Min-Expires", text);
	}
	if (r->status == 503)
		osip_message_set_header(resp, "Retry-After", SIP_RETRY_AFTER);
	if (r->status == 420)
		osip_message_set_header(resp, "Unsupported",
					message_header(r->msg, "require"));
	message_warn(resp, r->why);
	txn_answer(r->msg, resp, &path);
}

void registrar_received(const osip_message_t *req, struct sip_path *path)
{
	struct request r = {
		.msg = req,
		.extension = auth_extension(req, path),
		.where = *path,
	};

	if (path->transport == SIP_UDP)
		message_reply_to(req, &r.where.peer);

	if (!r.extension || osip_call_id_to_str(req->call_id, &r.call_id) != 0)
		r.status = 500;
	else
		process(&r);
	if (r.status)
		log_info("sip",
			 "REGISTER of extension %s is refused with %d%s%s",
			 r.extension ? r.extension->number : "?", r.status,
			 r.why ? ": " : "", r.why ? r.why : "");
	respond(&r);
	osip_free(r.call_id);
}

static void end_binding(struct binding *b, void *arg)
{
	unsigned int *n = arg;

	binding_end(b, BINDING_REMOVED);
	(*n)++;
}

unsigned int registrar_end(const char *number)
{
	struct aor *aor = number ? aor_find(number) : NULL;
	unsigned int n = 0;

	if (number)
		return aor ? aor_end(aor, BINDING_REMOVED) : 0;
	bindings_each(end_binding, &n);
	return n;
}

static bool has_gateway(const struct gateway *gw)
{
	for (unsigned int i = 0; i < config->n_gateways; i++) {
		if (config->gateway[i] == gw)
			return gw->extensions;
	}
	return false;
}

/* A contact that a stranger may have set ends when there is a password. */
static void check_binding(struct binding *b, void *arg)
{
	const struct extension *e =
		config ? extension_find(&config->registrar, b->aor->number)
		       : NULL;

	if (!e || !has_gateway(b->where.gw) || (b->open && e->has_password))
		binding_end(b, BINDING_CONFIG);
}

void registrar_set_config(const struct sip_config *cfg)
{
	config = cfg;
	auth_set_config(cfg ? &cfg->registrar : NULL);
	if (cfg)
		bindings_each(check_binding, NULL);
}

static void on_save(evutil_socket_t fd, short what, void *arg)
{
	regstore_save();
}

static void on_change(void)
{
	const struct timeval in = {
		.tv_sec = SIP_BINDINGS_SAVE_MS / 1000,
		.tv_usec = SIP_BINDINGS_SAVE_MS % 1000 * 1000,
	};

	if (!event_pending(save, EV_TIMEOUT, NULL))
		event_add(save, &in);
}

/* What was left out is not to come back with another configuration. */
void registrar_restore(void)
{
	regstore_load(config);
	bindings_watch(on_change);
	on_change();
}

int registrar_init(void)
{
	int ret = auth_init();

	if (!ret)
		ret = bindings_init();
	if (ret)
		return ret;
	save = evtimer_new(loop_base(), on_save, NULL);
	return save ? 0 : -ENOMEM;
}

void registrar_exit(void)
{
	if (!save)
		return;
	if (event_pending(save, EV_TIMEOUT, NULL))
		regstore_save();
	event_free(save);
	save = NULL;
	bindings_exit();
	auth_exit();
	config = NULL;
}
