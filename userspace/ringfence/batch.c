// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ringfence/cli.h"

#define QUEUE_MAX      256 /* changes that wait to be sent together */
#define BATCH_LINE_MAX 8192 /* bytes with the line's end and a zero */

struct batch {
	struct cli *cli;
	bool force;
	int status; /* of the first line that failed */
	/* With -force, changes of consecutive lines are sent together. */
	struct rgf_batch *b;
	bool sending;
	size_t n;
	struct {
		unsigned int line;
		enum change change;
	} item[QUEUE_MAX];
};

static void note(struct batch *batch, int status)
{
	if (!batch->status)
		batch->status = status;
}

static void changed(size_t n, uint32_t id, int err, const char *text, void *arg)
{
	static const char *const what[] = { "session add", "session set",
					    "session del" };
	struct batch *batch = arg;
	struct cli *cli = batch->cli;
	unsigned int line = cli->line;

	cli->line = batch->item[n].line;
	if (err)
		note(batch,
		     cli_refused(cli, what[batch->item[n].change], err, text));
	else if (batch->item[n].change == CHANGE_ADD)
		print_new_id(cli, id);
	cli->line = line;
}

void batch_flush(const struct cli *cli)
{
	struct batch *batch = cli->batch;
	int r;

	if (!batch || !batch->n || batch->sending)
		return;
	batch->sending = true; /* changed() has messages, too */
	r = rgf_batch_run(batch->b, changed, batch);
	if (r)
		note(batch, cli_refused(cli, "the changes before", r,
					rgf_error(cli->rgf)));
	batch->n = 0;
	batch->sending = false;
}

bool batch_queues(const struct cli *cli)
{
	return cli->batch && cli->batch->force;
}

static int queue_open(struct batch *batch)
{
	int r;

	if (batch->b)
		return CLI_OK;
	r = cli_rgf(batch->cli);
	if (r)
		return r;
	r = rgf_batch_begin(batch->cli->rgf, &batch->b);
	return r ? cli_refused(batch->cli, "batch", r, strerror(-r)) : CLI_OK;
}

int batch_queue(struct cli *cli, enum change change,
		const struct rgf_session *s)
{
	struct batch *batch = cli->batch;
	int r = queue_open(batch);

	if (r)
		return r;
	if (change == CHANGE_ADD)
		r = rgf_batch_new(batch->b, s);
	else if (change == CHANGE_SET)
		r = rgf_batch_set(batch->b, s);
	else
		r = rgf_batch_del(batch->b, s->id);
	if (r)
		return cli_refused(cli, "batch", r, strerror(-r));
	batch->item[batch->n].line = cli->line;
	batch->item[batch->n].change = change;
	if (++batch->n == QUEUE_MAX)
		batch_flush(cli);
	return CLI_OK;
}

static int run_line(struct cli *cli, char *line)
{
	char *words[WORDS_MAX + 1];
	struct words w = { words };
	int r = words_split(cli, line, words);

	if (r || !word_peek(&w))
		return r;
	return cli_run(cli, &w);
}

/* One line without its end; false at the end of the file. */
static bool read_line(FILE *f, char *line, bool *ret_bad)
{
	size_t len;

	if (!fgets(line, BATCH_LINE_MAX, f))
		return false;
	len = strlen(line);
	*ret_bad = (!len || line[len - 1] != '\n') && !feof(f);
	if (len && line[len - 1] == '\n')
		line[len - 1] = 0;
	for (int c = 0; *ret_bad && c != '\n' && c != EOF;)
		c = getc(f);
	return true;
}

static void run_lines(struct batch *batch, FILE *f)
{
	struct cli *cli = batch->cli;
	char line[BATCH_LINE_MAX];
	bool bad;

	while ((batch->force || !batch->status) && read_line(f, line, &bad)) {
		int r;

		cli->line++;
		if (bad)
			r = cli_error(cli, CLI_USAGE,
				      "the line is longer than %d bytes or has "
				      "a zero byte; cut it",
				      BATCH_LINE_MAX - 2);
		else
			r = run_line(cli, line);
		note(batch, r);
	}
	explicit_bzero(line, sizeof(line));
	if (ferror(f))
		note(batch, cli_error(cli, CLI_FAILED, "cannot read on: %s",
				      strerror(errno)));
	batch_flush(cli);
}

static int run_file(struct cli *cli, FILE *f, bool force)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	int status;

	if (!batch)
		return cli_refused(cli, "batch", -ENOMEM, strerror(ENOMEM));
	batch->cli = cli;
	batch->force = force;
	cli->batch = batch;
	run_lines(batch, f);
	status = batch->status;
	cli->batch = NULL;
	rgf_batch_free(batch->b);
	free(batch);
	return status;
}

static bool is_exposed(FILE *f)
{
	struct stat st;

	return fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_mode & S_IRWXO;
}

int batch_run(struct cli *cli, const char *file, bool force)
{
	static char buf[BUFSIZ]; /* ours, to wipe: the batch may hold keys */
	bool is_stdin = strcmp(file, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(file, "re");
	int status;

	if (!f)
		return cli_error(cli, CLI_FAILED,
				 "cannot read the batch %s: %s", file,
				 strerror(errno));
	setvbuf(f, buf, _IOFBF, sizeof(buf));
	cli->file = is_stdin ? "standard input" : file;
	cli->file_exposed = is_exposed(f);
	status = run_file(cli, f, force);
	if (!is_stdin)
		fclose(f);
	explicit_bzero(buf, sizeof(buf));
	cli->file = NULL;
	return status;
}
