// SPDX-License-Identifier: GPL-2.0-or-later
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

#include "sip/binding.h"
#include "sip/call.h"
#include "sip/link.h"
#include "sip/options.h"
#include "sip/record.h"
#include "sip/report.h"

static const struct sip_config *config;

void report_set_config(const struct sip_config *cfg)
{
	config = cfg;
}

struct count {
	const struct gateway *gw;
	json_int_t n;
};

static void count(const struct call *c, void *arg)
{
	struct count *n = arg;

	n->n += c->leg[0].gw == n->gw || c->leg[1].gw == n->gw;
}

static json_t *json_place(const struct sockaddr_in *addr)
{
	return json_sprintf("%s:%u", inet_ntoa(addr->sin_addr),
			    ntohs(addr->sin_port));
}

static const char *state_name(const struct gateway *gw)
{
	if (gw->absent)
		return "no-address";
	if (!gw->extensions && !gateway_hop(gw, false)->sin_family)
		return "unresolved";
	if (gw->down)
		return "down";
	return gw->probe ? "up" : "unwatched";
}

static json_t *json_gateway(const struct gateway *gw)
{
	struct count n = { .gw = gw };
	char text[HOP_TEXT];
	json_t *j;

	calls_each(count, &n);
	j = json_pack("{s:s, s:s, s:s, s:o, s:o, s:I, s:i, s:s}", "name",
		      gw->name, "state", state_name(gw), "transport",
		      sip_transport_name(gw->transport), "local",
		      json_place(&gw->local), "proxy",
		      json_place(hop_addr(&gw->proxy)), "calls", n.n,
		      "unanswered", (int)options_unanswered(gw), "link",
		      link_state(gw));
	if (gw->proxy.servers) {
		json_object_set_new(j, "host",
				    json_string(hop_text(&gw->proxy, text)));
		json_object_set_new(j, "servers",
				    servers_report(gw->proxy.servers));
	}
	return j;
}

json_t *report_gateways(void)
{
	json_t *list = json_array();

	for (unsigned int i = 0; config && i < config->n_gateways; i++)
		json_array_append_new(list, json_gateway(config->gateway[i]));
	return list;
}

/* How many contacts it has, and how many that the policy has no place for. */
static void count_contacts(const struct extension *e, json_int_t *n,
			   json_int_t *against)
{
	const struct aor *aor = aor_find(e->number);
	const struct binding *b;

	*n = *against = 0;
	if (!aor)
		return;
	TAILQ_FOREACH(b, &aor->bindings, entry) {
		(*n)++;
		*against += policy_judge(config->registrar.policy, e,
					 b->where.transport == SIP_TLS) ==
			    POLICY_REFUSES;
	}
}

static const char *verdict(const struct extension *e, bool by_tls)
{
	switch (policy_judge(config->registrar.policy, e, by_tls)) {
	case POLICY_ASKS:
		return "password";
	case POLICY_OPENS:
		return "open";
	default:
		return "no";
	}
}

static json_t *json_extension(const struct extension *e)
{
	json_int_t n, against;

	count_contacts(e, &n, &against);
	return json_pack("{s:s, s:b, s:s, s:s, s:s, s:I, s:I}", "extension",
			 e->number, "security-exception", e->exception,
			 "terminal-type", e->insecure ? "insecure" : "secure",
			 "plain", verdict(e, false), "tls", verdict(e, true),
			 "contacts", n, "against-policy", against);
}

json_t *report_extensions(void)
{
	const struct registrar_config *r = config ? &config->registrar : NULL;
	json_t *list = json_array();

	for (unsigned int i = 0; r && i < r->n_extensions; i++)
		json_array_append_new(list, json_extension(&r->extension[i]));
	return json_pack("{s:s, s:o}", "policy",
			 policy_name(r ? r->policy : POLICY_NONE), "extensions",
			 list);
}

static void add(const struct call *c, void *arg)
{
	json_array_append_new(arg, record_call(c, false));
}

json_t *report_calls(void)
{
	json_t *list = json_array();

	calls_each(add, list);
	return list;
}

json_t *report_call(uint32_t number)
{
	const struct call *c = call_by_number(number);

	return c ? record_call(c, true) : NULL;
}

int report_hang_up(uint32_t number, const char *who)
{
	struct call *c = call_by_number(number);
	char why[96];

	if (!c)
		return -ENOENT;
	snprintf(why, sizeof(why), "%.64s hung up by command", who);
	call_hang_up(c, why);
	return 0;
}
