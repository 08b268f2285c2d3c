// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>
#include <time.h>

#include "base/notify.h"
#include "lib/ringfence.h"
#include "sip/call.h"
#include "sip/record.h"

static json_t *json_time(time_t t)
{
	char text[32];
	struct tm tm;

	if (!t)
		return json_null();
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	return json_string(text);
}

static json_t *json_media(const struct media_leg_stats *s)
{
#define PUT(field) (json_int_t) s->field
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "rx-packets", PUT(rx_packets), "rx-bytes",
			 PUT(rx_bytes), "tx-packets", PUT(tx_packets),
			 "tx-bytes", PUT(tx_bytes), "rx-rtcp-packets",
			 PUT(rx_rtcp_packets), "tx-rtcp-packets",
			 PUT(tx_rtcp_packets), "dropped", PUT(dropped), "lost",
			 PUT(lost));
#undef PUT
}

/* @stats: NULL: its media isn't known */
static json_t *json_leg(const struct leg *leg,
			const struct media_leg_stats *stats)
{
	json_t *j = json_pack("{s:s, s:s}", "gateway", leg->gw->name,
			      "transport",
			      sip_transport_name(leg->path.transport));

	if (!stats)
		return j;
	json_object_set_new(j, "suite",
			    json_string(rgf_suite_name(stats->suite)));
	json_object_set_new(j, "media", json_media(stats));
	return j;
}

static json_t *json_call(const struct call *c, bool media)
{
	struct media_leg_stats s[2];
	bool known = media && !media_call_stats(c->media, s);

	return json_pack("{s:I, s:o, s:o, s:s, s:s, s:[o, o]}", "call",
			 (json_int_t)c->number, "start", json_time(c->start),
			 "answer", json_time(c->since), "from", c->caller, "to",
			 c->called, "legs",
			 json_leg(&c->leg[0], known ? &s[0] : NULL),
			 json_leg(&c->leg[1], known ? &s[1] : NULL));
}

json_t *record_call(const struct call *c, bool media)
{
	json_t *j = json_call(c, media);

	json_object_set_new(j, "state", json_string(call_state_name(c)));
	if (c->media && media_call_session(c->media))
		json_object_set_new(j, "session",
				    json_integer(media_call_session(c->media)));
	return j;
}

static json_t *json_end(const struct call *c, int status, const char *why)
{
	char cause[SIP_PARTY_MAX + 1];
	json_t *j = json_call(c, true);

	record_party(why, cause);
	json_object_set_new(j, "end", json_time(c->end));
	json_object_set_new(
		j, "seconds",
		json_integer(c->since ? (json_int_t)(c->end - c->since) : 0));
	json_object_set_new(j, "cause", json_string(cause));
	if (status)
		json_object_set_new(j, "status", json_integer(status));
	return j;
}

void record_write(const struct call *c, int status, const char *why)
{
	char line[SIP_RECORD_LINE_MAX];
	const char *file = record_file();
	json_t *j;
	size_t n;
	int err;

	if (!file)
		return;
	j = json_end(c, status, why);
	n = json_dumpb(j, line, sizeof(line) - 1, JSON_COMPACT);
	json_decref(j);
	if (n && n < sizeof(line)) {
		line[n] = '\n';
		err = record_append(line, n + 1);
	} else {
		err = n ? -E2BIG : -ENOMEM;
	}
	if (err)
		notify(SIP_RECORD_LOST, c->number, file, strerror(-err));
}
