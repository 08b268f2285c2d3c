// SPDX-License-Identifier: GPL-2.0-or-later
/* The log's part of the configuration. */
#include <string.h>

#include "base/log.h"
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

static int prepare(const struct lyd_node *tree, struct config_error *err)
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
	return 0;
}

static void commit(void)
{
	log_open(prepared.target, prepared.level);
}

const struct module log_module = {
	.name = "log",
	.prepare = prepare,
	.commit = commit,
	.exit = log_close,
};
