// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "sip/route.h"

#define DAY_MINUTES (24 * 60)

static bool is_called(const struct route *r, const char *called)
{
	for (unsigned int i = 0; i < r->n_called; i++)
		if (!strncmp(called, r->called[i], strlen(r->called[i])))
			return true;
	return !r->n_called;
}

/* What goes on after midnight belongs to the day on which it began. */
bool route_is_on(const struct route *r, time_t now)
{
	bool over_midnight = r->to_minute < r->from_minute;
	unsigned int minute, day;
	struct tm tm;

	if (!r->days && r->from_minute == r->to_minute)
		return true;
	localtime_r(&now, &tm);
	minute = (unsigned int)(tm.tm_hour * 60 + tm.tm_min);
	day = (unsigned int)tm.tm_wday;
	if (over_midnight && minute < r->to_minute)
		day = (day + 6) % 7;
	else if (r->from_minute != r->to_minute &&
		 (minute < r->from_minute ||
		  (!over_midnight && minute >= r->to_minute)))
		return false;
	return !r->days || (r->days & 1U << day);
}

static bool is_ready(const struct gateway *gw)
{
	return !gw->down && !gw->absent &&
	       (gw->extensions || gateway_hop(gw, false)->sin_family);
}

struct gateway *route_find(const struct sip_config *cfg,
			   const struct gateway *from, const char *called,
			   unsigned int *at)
{
	time_t now = time(NULL);

	while (*at < 2 * cfg->n_routes) {
		bool last = *at >= cfg->n_routes;
		const struct route *r = &cfg->route[(*at)++ % cfg->n_routes];

		/* Nothing can be sent from nowhere. */
		if (!r->to->local.sin_addr.s_addr)
			continue;
		if (r->from == from && !is_ready(r->to) == last &&
		    is_called(r, called) && route_is_on(r, now))
			return r->to;
	}
	return NULL;
}

static int read_called(const struct lyd_node *entry, void *arg)
{
	struct route *r = arg;

	if (r->n_called == SIP_PREFIXES_MAX)
		return -E2BIG;
	if (!r->called)
		r->called = calloc(SIP_PREFIXES_MAX, sizeof(*r->called));
	if (!r->called)
		return -ENOMEM;
	snprintf(r->called[r->n_called++], sizeof(*r->called), "%s",
		 config_str(entry, "."));
	return 0;
}

static int read_day(const struct lyd_node *entry, void *arg)
{
	static const char *const names[] = { "sun", "mon", "tue", "wed",
					     "thu", "fri", "sat" };
	struct route *r = arg;

	for (unsigned int i = 0; i < 7; i++) {
		if (!strcmp(config_str(entry, "."), names[i]))
			r->days |= (uint8_t)(1U << i);
	}
	return 0;
}

/* "08:00", which the model has checked; 24:00 is another midnight. */
static uint16_t minute_of(const char *text)
{
	unsigned long hour = strtoul(text, NULL, 10);
	unsigned long minute = strtoul(strchr(text, ':') + 1, NULL, 10);

	return (uint16_t)((hour * 60 + minute) % DAY_MINUTES);
}

static int read_route(const struct lyd_node *entry, void *arg)
{
	struct sip_config *cfg = arg;
	struct route *r = &cfg->route[cfg->n_routes];
	const char *time = config_str(entry, "time");
	int ret;

	if (cfg->n_routes == SIP_ROUTES_CONFIG_MAX)
		return -E2BIG;
	r->from = gateway_find(cfg, config_str(entry, "from"));
	r->to = gateway_find(cfg, config_str(entry, "to"));
	if (!r->from || !r->to)
		return -EINVAL;
	cfg->n_routes++;
	if (time) {
		r->from_minute = minute_of(time);
		r->to_minute = minute_of(strchr(time, '-') + 1);
	}
	ret = config_each(entry, "day", read_day, r);
	return ret < 0 ? ret : config_each(entry, "called", read_called, r);
}

int routes_load(const struct lyd_node *tree, struct sip_config *cfg)
{
	return config_each(tree, "sip/route", read_route, cfg);
}

void routes_free(struct sip_config *cfg)
{
	for (unsigned int i = 0; i < cfg->n_routes; i++)
		free(cfg->route[i].called);
	cfg->n_routes = 0;
}
