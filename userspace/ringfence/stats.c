// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

#define MODULE_VERSION_FILE "/sys/module/ringfence/version"
#define DAEMON_PID_FILE	    "/run/ringfence/ringfenced.pid"
#define DAEMON_NAME	    "ringfenced"

static int get_stats(struct cli *cli, struct rgf_stats *ret)
{
	int r = cli_rgf(cli);

	if (r)
		return r;
	r = rgf_stats_get(cli->rgf, ret);
	if (r)
		return cli_refused(cli, "stats", r, rgf_error(cli->rgf));
	return CLI_OK;
}

static void print_stats(const struct rgf_stats *s)
{
	printf("sessions %u\n", s->sessions);
	print_counters(&s->counters, "");
}

int cmd_stats(struct cli *cli, struct words *w)
{
	struct rgf_stats s;
	int r = word_end(cli, w);

	if (!r)
		r = get_stats(cli, &s);
	if (r)
		return r;
	if (cli->json)
		print_json(json_stats(&s));
	else
		print_stats(&s);
	return CLI_OK;
}

/* The first line of a small file; "" when there is none. */
static void read_line(const char *file, char *ret, int size)
{
	FILE *f = fopen(file, "re");

	if (!f || !fgets(ret, size, f))
		*ret = 0;
	ret[strcspn(ret, "\n")] = 0;
	if (f)
		fclose(f);
}

/*
 * The daemon's pid, 0 without a daemon. It keeps a lock on its pid file, but to
 * try the lock could make a daemon that just starts believe in another one; so
 * see whether the process is there: a killed daemon leaves the file behind.
 */
static long daemon_pid(void)
{
	char text[16], path[32], name[32];
	long pid;

	read_line(DAEMON_PID_FILE, text, sizeof(text));
	pid = strtol(text, NULL, 10);
	if (pid <= 0)
		return 0;
	snprintf(path, sizeof(path), "/proc/%ld/comm", pid);
	read_line(path, name, sizeof(name));
	return strcmp(name, DAEMON_NAME) == 0 ? pid : 0;
}

struct status {
	bool loaded;
	char version[64];
	const struct rgf_stats *stats; /* NULL: the module refused */
	long pid; /* of the daemon, 0: none */
	json_t *state; /* that it tells; NULL: none */
	json_t *gateways, *registrations; /* likewise */
};

/* Where calls may go, and where we are registered. */
static void print_sip(const struct status *st)
{
	const json_t *gateways = json_object_get(st->gateways, "gateways");
	const json_t *list = json_object_get(st->registrations, "accounts");

	for (size_t i = 0; i < json_array_size(gateways); i++) {
		const json_t *gw = json_array_get(gateways, i);

		printf("gateway %s %s, link %s\n", text_of(gw, "name"),
		       text_of(gw, "state"), text_of(gw, "link"));
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *one = json_array_get(list, i);

		printf("registration %s of gateway %s %s\n",
		       text_of(one, "account"), text_of(one, "gateway"),
		       text_of(one, "state"));
	}
}

static void print_status(const struct status *st)
{
	if (st->loaded)
		printf("module loaded, version %s\n",
		       *st->version ? st->version : "unknown");
	else
		printf("module not loaded\n");
	if (st->pid)
		printf("daemon running, pid %ld\n", st->pid);
	else
		printf("daemon not running\n");
	keylog_warnings(st->state);
	print_sip(st);
	if (st->stats)
		print_stats(st->stats);
}

static json_t *json_status(const struct status *st)
{
	return json_pack("{s:{s:b, s:s?}, s:{s:b, s:o}, s:o, s:O*, s:O*, s:O*}",
			 "module", "loaded", st->loaded, "version",
			 st->loaded && *st->version ? st->version : NULL,
			 "daemon", "running", st->pid != 0, "pid",
			 st->pid ? json_integer(st->pid) : json_null(), "stats",
			 st->stats ? json_stats(st->stats) : json_null(),
			 "state", st->state, "gateways",
			 json_object_get(st->gateways, "gateways"),
			 "registrations",
			 json_object_get(st->registrations, "accounts"));
}

int cmd_status(struct cli *cli, struct words *w)
{
	struct status st = { 0 };
	struct rgf_stats stats;
	int r = word_end(cli, w);

	if (r)
		return r;
	r = get_stats(cli, &stats);
	if (!r)
		st.stats = &stats;
	st.loaded = cli->rgf != NULL;
	st.pid = daemon_pid();
	st.state = control_ask(cli, "/state");
	st.gateways = control_ask(cli, "/gateways");
	st.registrations = control_ask(cli, "/registrations");
	read_line(MODULE_VERSION_FILE, st.version, sizeof(st.version));
	if (cli->json)
		print_json(json_status(&st));
	else
		print_status(&st);
	json_decref(st.state);
	json_decref(st.gateways);
	json_decref(st.registrations);
	return r;
}
