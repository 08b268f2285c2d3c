// SPDX-License-Identifier: GPL-2.0-or-later
/* Options, and what is to be run: one command, a batch, a prompt. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ringfence/cli.h"
#include "ringfence/control.h"
#include "ringfence/key.h"
#include "ringfence/prompt.h"

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
	const char *socket;
	const char *line;
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
		else if (strcmp(opt, "-s") == 0)
			r = word_need(cli, w, opt, "SOCKET", &o->socket);
		else if (strcmp(opt, "-c") == 0)
			r = word_need(cli, w, opt, "LINE", &o->line);
		else if (strcmp(opt, "-h") == 0 || strcmp(opt, "--help") == 0)
			o->help = true;
		else if (strcmp(opt, "-V") == 0 ||
			 strcmp(opt, "--version") == 0)
			o->version = true;
		else
			r = cli_error(cli, CLI_USAGE,
				      "unknown option %s; there are: -j, -n "
				      "NETNS, -s SOCKET, -c LINE, -b FILE, "
				      "-force, -h, -V",
				      word_show(opt));
	}
	if (!r && (o->batch || o->line))
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
	if (o.socket)
		control_set_socket(o.socket);
	if (o.netns)
		r = enter_netns(cli, o.netns);
	if (r)
		return r;
	if (o.batch)
		return batch_run(cli, o.batch, o.force);
	if (o.line)
		return prompt_line(cli, o.line);
	if (!word_peek(w) && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return prompt_run(cli);
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
	control_set_socket(NULL); /* its name is of argv */
	out = flush_stdout(&cli);
	return r ? r : out;
}
