// SPDX-License-Identifier: GPL-2.0-or-later
/* GET /log: the notifications that are kept. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/http.h>

#include "base/notify.h"
#include "manage/internal.h"

static const char *const severities[] = {
	[LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARN] = "warning",
	[LOG_LEVEL_NOTE] = "notice", [LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DBG] = "debug",
};

struct wanted {
	const char *service; /* NULL: all */
	enum log_level least;
	json_t *list;
};

static int add(const struct notify_entry *e, void *arg)
{
	struct wanted *w = arg;
	char seconds[32], when[48];
	struct tm tm;

	if (e->kind->level > w->least ||
	    (w->service && strcmp(w->service, e->kind->service) != 0))
		return 0;
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S",
		 gmtime_r(&e->time.tv_sec, &tm));
	snprintf(when, sizeof(when), "%s.%03ldZ", seconds,
		 e->time.tv_nsec / 1000000);
	json_array_append_new(w->list,
			      json_pack("{s:I, s:s, s:s, s:s, s:i, s:s}", "seq",
					(json_int_t)e->seq, "time", when,
					"severity", severities[e->kind->level],
					"service", e->kind->service, "number",
					(int)e->kind->number, "text", e->text));
	return 0;
}

static bool read_severity(const char *name, enum log_level *ret)
{
	for (size_t i = 0; i < sizeof(severities) / sizeof(severities[0]);
	     i++) {
		if (strcmp(name, severities[i]) != 0)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

void api_log(struct call *c, struct api_reply *ret)
{
	const char *after = evhttp_find_header(&c->query, "after");
	const char *severity = evhttp_find_header(&c->query, "severity");
	struct wanted w = {
		.service = evhttp_find_header(&c->query, "service"),
		.least = LOG_LEVEL_DBG,
	};
	uint64_t last;

	if (severity && !read_severity(severity, &w.least)) {
		api_refuse(ret, 400,
			   "severity is one of error, warning, notice, info, "
			   "debug");
		return;
	}
	w.list = json_array();
	last = notify_each(after ? strtoull(after, NULL, 10) : 0, add, &w);
	reply_json(ret, 200,
		   json_pack("{s:I, s:o}", "last", (json_int_t)last,
			     "notifications", w.list));
}
