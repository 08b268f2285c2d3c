// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ringfence/cli.h"

void cli_say(const struct cli *cli, const char *kind, const char *fmt, ...)
{
	va_list ap;

	/* In the order in which things happened, where both are one file. */
	batch_flush(cli);
	fflush(stdout);
	if (cli->file)
		fprintf(stderr, "%s:%u: %s", cli->file, cli->line, kind);
	else
		fprintf(stderr, "ringfence: %s", kind);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int cli_refused(const struct cli *cli, const char *what, int err,
		const char *text)
{
	if (err == -EPERM)
		return cli_error(cli, CLI_FAILED,
				 "%s: %s; run it as root, or with "
				 "CAP_NET_ADMIN in this network namespace",
				 what, text);
	return cli_error(cli, CLI_FAILED, "%s: %s", what, text);
}

int cli_open_failed(const struct cli *cli, int err)
{
	if (err == -ENOENT)
		return cli_error(cli, CLI_FAILED,
				 "the ringfence kernel module is not loaded; "
				 "load it with: modprobe ringfence");
	return cli_refused(cli, "cannot open the netlink socket", err,
			   strerror(-err));
}

int cli_rgf(struct cli *cli)
{
	int r;

	if (cli->rgf)
		return CLI_OK;
	r = rgf_open(&cli->rgf);
	return r ? cli_open_failed(cli, r) : CLI_OK;
}
