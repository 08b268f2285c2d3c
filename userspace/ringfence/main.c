// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ringfence/cli.h"
#include "ringfence/key.h"
#include "ringfence/print.h"

#define NETNS_DIR "/run/netns/"

struct command {
	const char *name;
	const char *args;
	const char *help;
	int (*run)(struct cli *cli, struct words *w);
	const struct command *sub; /* instead of run */
	bool change; /* may wait in a batch */
};

static int cmd_help(struct cli *cli, struct words *w);
static int cmd_version(struct cli *cli, struct words *w);

static const struct command session_commands[] = {
	{ .name = "add",
	  .args = "[id NUMBER] [label TEXT] [idle-timeout SECONDS] a LEG b LEG",
	  .help = "create a session and print its id",
	  .run = cmd_session_add,
	  .change = true },
	{ .name = "set",
	  .args = "id NUMBER [label TEXT] [idle-timeout SECONDS] [a LEG] [b "
		  "LEG]",
	  .help = "change what is named and keep the rest",
	  .run = cmd_session_set,
	  .change = true },
	{ .name = "del",
	  .args = "id NUMBER | all",
	  .help = "remove a session, or all",
	  .run = cmd_session_del,
	  .change = true },
	{ .name = "list",
	  .args = "",
	  .help = "a line for each leg of each session",
	  .run = cmd_session_list },
	{ .name = "show",
	  .args = "id NUMBER",
	  .help = "all about one session",
	  .run = cmd_session_show },
	{ 0 },
};

static const struct command commands[] = {
	{ .name = "session", .sub = session_commands },
	{ .name = "stats",
	  .args = "",
	  .help = "sums over the network namespace",
	  .run = cmd_stats },
	{ .name = "monitor",
	  .args = "",
	  .help = "print events as they come",
	  .run = cmd_monitor },
	{ .name = "status",
	  .args = "",
	  .help = "module, daemon and sums",
	  .run = cmd_status },
	{ .name = "version",
	  .args = "",
	  .help = "version of this program",
	  .run = cmd_version },
	{ .name = "help", .args = "", .help = "this text", .run = cmd_help },
	{ 0 },
};

static void print_commands(const struct command *c, const char *parent)
{
	for (; c->name; c++) {
		if (c->sub)
			print_commands(c->sub, c->name);
		else
			printf("  %s%s%s%s%s\n      %s\n", parent,
			       *parent ? " " : "", c->name, *c->args ? " " : "",
			       c->args, c->help);
	}
}

static int cmd_help(struct cli *cli, struct words *w)
{
	int r = word_end(cli, w);

	if (r)
		return r;
	puts("usage: ringfence [-j] [-n NETNS] COMMAND\n"
	     "       ringfence [-j] [-n NETNS] [-force] -b FILE\n"
	     "\n"
	     "Commands:");
	print_commands(commands, "");
	puts("\n"
	     "LEG: local ADDRESS:PORT [rtcp PORT] peer ADDRESS:PORT [rtcp "
	     "PORT]\n"
	     "     [suite NAME] [tx-key FILE] [rx-key FILE] [keys FILE]\n"
	     "\n"
	     "Options:\n"
	     "  -j        JSON\n"
	     "  -n NETNS  in this network namespace\n"
	     "  -b FILE   a command a line from FILE, - is standard input\n"
	     "  -force    go on after a line that failed\n"
	     "\n"
	     "Exit status: 0 done, 1 refused, 2 wrong usage. More: man 8 "
	     "ringfence");
	return CLI_OK;
}

static int cmd_version(struct cli *cli, struct words *w)
{
	int r = word_end(cli, w);

	if (r)
		return r;
	if (cli->json)
		print_json(json_pack("{s:s}", "version", RINGFENCE_VERSION));
	else
		puts("ringfence " RINGFENCE_VERSION);
	return CLI_OK;
}

static int no_command(const struct cli *cli, const struct command *c,
		      const char *word)
{
	char names[128] = "";

	for (; c->name; c++) {
		size_t used = strlen(names);

		snprintf(names + used, sizeof(names) - used, "%s%s",
			 used ? ", " : "", c->name);
	}
	if (!word)
		return cli_error(cli, CLI_USAGE,
				 "the command is not complete; add one of: %s",
				 names);
	return cli_error(cli, CLI_USAGE, "unknown command %s; there are: %s",
			 word_show(word), names);
}

int cli_run(struct cli *cli, struct words *w)
{
	const struct command *table = commands;

	for (;;) {
		const char *word = word_next(w);
		const struct command *c = table;

		while (c->name && (!word || strcmp(c->name, word) != 0))
			c++;
		if (!c->name)
			return no_command(cli, table, word);
		if (!c->sub && !c->change)
			batch_flush(cli);
		if (!c->sub)
			return c->run(cli, w);
		table = c->sub;
	}
}

/* Before the first socket is opened. */
static int enter_netns(const struct cli *cli, const char *name)
{
	char path[256];
	int fd, r = 0;

	if (strchr(name, '/') ||
	    strlen(name) >= sizeof(path) - sizeof(NETNS_DIR))
		return cli_error(
			cli, CLI_USAGE,
			"-n wants a name that \"ip netns\" knows, not %s",
			word_show(name));
	snprintf(path, sizeof(path), NETNS_DIR "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		r = cli_error(cli, CLI_FAILED,
			      "cannot enter network namespace %s: %s", name,
			      strerror(errno));
	if (fd >= 0)
		close(fd);
	return r;
}

struct options {
	const char *batch;
	const char *netns;
	bool force;
	bool help;
	bool version;
};

static int parse_options(struct cli *cli, struct words *w, struct options *o)
{
	int r = CLI_OK;

	while (!r && word_peek(w) && word_peek(w)[0] == '-') {
		const char *opt = word_next(w);

		if (strcmp(opt, "-j") == 0)
			cli->json = true;
		else if (strcmp(opt, "-force") == 0)
			o->force = true;
		else if (strcmp(opt, "-b") == 0)
			r = word_need(cli, w, opt, "FILE", &o->batch);
		else if (strcmp(opt, "-n") == 0)
			r = word_need(cli, w, opt, "NETNS", &o->netns);
		else if (strcmp(opt, "-h") == 0 || strcmp(opt, "--help") == 0)
			o->help = true;
		else if (strcmp(opt, "-V") == 0 ||
			 strcmp(opt, "--version") == 0)
			o->version = true;
		else
			r = cli_error(cli, CLI_USAGE,
				      "unknown option %s; there are: -j, -n "
				      "NETNS, -b FILE, -force, -h, -V",
				      word_show(opt));
	}
	if (!r && o->batch)
		r = word_end(cli, w);
	if (!r && o->force && !o->batch)
		r = cli_error(cli, CLI_USAGE, "-force is only for -b FILE");
	return r;
}

static int run(struct cli *cli, struct words *w)
{
	struct options o = { 0 };
	struct words none = { (char *[]){ NULL } };
	int r = parse_options(cli, w, &o);

	if (r)
		return r;
	if (o.help)
		return cmd_help(cli, &none);
	if (o.version)
		return cmd_version(cli, &none);
	if (o.netns)
		r = enter_netns(cli, o.netns);
	if (r)
		return r;
	if (o.batch)
		return batch_run(cli, o.batch, o.force);
	return cli_run(cli, w);
}

/* Buffered output may fail as late as here. */
static int flush_stdout(const struct cli *cli)
{
	bool failed = ferror(stdout);

	if (fclose(stdout) || failed) {
		/* errno of the first failure may be gone by now. */
		fprintf(stderr,
			"ringfence: cannot write all to standard output\n");
		return CLI_FAILED;
	}
	return CLI_OK;
}

int main(int argc, char **argv)
{
	struct words w = { argc ? argv + 1 : argv };
	struct cli cli = { 0 };
	int r, out;

	signal(SIGPIPE, SIG_IGN); /* a write error, with an exit status */
	r = run(&cli, &w);
	key_exit(&cli);
	rgf_close(cli.rgf);
	out = flush_stdout(&cli);
	return r ? r : out;
}
