// SPDX-License-Identifier: GPL-2.0-or-later
/* The log's part of the configuration. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/notify.h"
#include "config/config.h"
#include "ringfenced/module.h"

static const char *const levels[] = {
	[LOG_LEVEL_ERROR] = "error", [LOG_LEVEL_WARN] = "warning",
	[LOG_LEVEL_NOTE] = "notice", [LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DBG] = "debug",
};
static const char *const targets[] = {
	[LOG_TO_STDERR] = "stderr",
	[LOG_TO_SYSLOG] = "syslog",
	[LOG_TO_JOURNAL] = "journal",
};

static struct {
	enum log_level level;
	enum log_target target;
	struct log_filter filter[LOG_FILTERS_MAX];
	unsigned int n_filters;
	struct sockaddr_in server; /* of syslog; no family: our own */
} prepared;

/* The index of @name, or @n for a name that the model has and we don't. */
static unsigned int find(const char *const names[], unsigned int n,
			 const char *name)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!strcmp(names[i], name))
			break;
	}
	return i;
}

static int read_filter(const struct lyd_node *entry, void *arg)
{
	const unsigned int n_levels = sizeof(levels) / sizeof(levels[0]);
	struct log_filter *f = &prepared.filter[prepared.n_filters];
	unsigned int level = find(levels, n_levels, config_str(entry, "level"));

	if (level == n_levels || prepared.n_filters == LOG_FILTERS_MAX)
		return -EINVAL;
	snprintf(f->service, sizeof(f->service), "%s",
		 config_str(entry, "name"));
	f->level = level;
	prepared.n_filters++;
	return 0;
}

static void read_server(const struct lyd_node *tree, struct sockaddr_in *ret)
{
	const char *address = config_str(tree, "log/syslog-address");
	uint32_t port = config_u32(tree, "log/syslog-port", 514);

	memset(ret, 0, sizeof(*ret));
	if (address && inet_pton(AF_INET, address, &ret->sin_addr) == 1) {
		ret->sin_family = AF_INET;
		ret->sin_port = htons((uint16_t)port);
	}
}

static int prepare(const struct lyd_node *old, const struct lyd_node *tree,
		   struct config_error *err)
{
	const unsigned int n_levels = sizeof(levels) / sizeof(levels[0]);
	const unsigned int n_targets = sizeof(targets) / sizeof(targets[0]);
	unsigned int level, target;

	level = find(levels, n_levels, config_str(tree, "log/level"));
	if (level == n_levels)
		return config_fail(err, tree, "log/level", "not supported");
	target = find(targets, n_targets, config_str(tree, "log/target"));
	if (target == n_targets)
		return config_fail(err, tree, "log/target", "not supported");
	prepared.level = level;
	prepared.target = target;
	read_server(tree, &prepared.server);
	prepared.n_filters = 0;
	return config_each(tree, "log/service", read_filter, NULL);
}

static void commit(void)
{
	bool far = prepared.server.sin_family == AF_INET;
	int err;

	log_open(prepared.target, prepared.level);
	log_set_filters(prepared.filter, prepared.n_filters);
	err = log_set_remote(far ? &prepared.server : NULL);
	if (err < 0)
		notify(MAIN_NO_SYSLOG, inet_ntoa(prepared.server.sin_addr),
		       strerror(-err));
}

static const char *const reads[] = { "log", NULL };

const struct module log_module = {
	.name = "log",
	.reads = reads,
	.prepare = prepare,
	.commit = commit,
	.exit = log_close,
};
