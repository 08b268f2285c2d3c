// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ringfence/cli.h"

#define QUEUE_MAX      256 /* changes that wait to be sent together */
#define BATCH_LINE_MAX 4096 /* bytes with the line's end and a zero */

/* Changes of consecutive lines; only where an error does not stop us. */
struct queue {
	struct cli *cli;
	struct rgf_batch *b;
	size_t n;
	int status; /* of the first that failed */
	struct {
		unsigned int line;
		enum change change;
	} item[QUEUE_MAX];
};

static void note(int *first, int status)
{
	if (!*first)
		*first = status;
}

static void changed(size_t n, uint32_t id, int err, const char *text, void *arg)
{
	static const char *const what[] = { "session add", "session set",
					    "session del" };
	struct queue *q = arg;
	unsigned int line = q->cli->line;

	q->cli->line = q->item[n].line;
	if (err)
		note(&q->status,
		     cli_refused(q->cli, what[q->item[n].change], err, text));
	else if (q->item[n].change == CHANGE_ADD)
		print_new_id(q->cli, id);
	q->cli->line = line;
}

/* Send what waits, and say what became of it. */
static int queue_flush(struct queue *q)
{
	int r = 0, status;

	if (q->n)
		r = rgf_batch_run(q->b, changed, q);
	if (r)
		note(&q->status, cli_refused(q->cli, "the changes before", r,
					     rgf_error(q->cli->rgf)));
	q->n = 0;
	status = q->status;
	q->status = CLI_OK;
	return status;
}

static int queue_open(struct queue *q)
{
	int r;

	if (q->b)
		return CLI_OK;
	r = cli_rgf(q->cli);
	if (r)
		return r;
	r = rgf_batch_begin(q->cli->rgf, &q->b);
	return r ? cli_refused(q->cli, "batch", r, strerror(-r)) : CLI_OK;
}

int queue_change(struct cli *cli, enum change change,
		 const struct rgf_session *s)
{
	struct queue *q = cli->queue;
	int r = queue_open(q);

	if (r)
		return r;
	if (change == CHANGE_ADD)
		r = rgf_batch_new(q->b, s);
	else if (change == CHANGE_SET)
		r = rgf_batch_set(q->b, s);
	else
		r = rgf_batch_del(q->b, s->id);
	if (r)
		return cli_refused(cli, "batch", r, strerror(-r));
	q->item[q->n].line = cli->line;
	q->item[q->n].change = change;
	q->n++;
	return q->n == QUEUE_MAX ? queue_flush(q) : CLI_OK;
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

static int run_lines(struct cli *cli, FILE *f, bool force)
{
	char line[BATCH_LINE_MAX];
	int status = CLI_OK;
	bool bad;

	while ((force || !status) && read_line(f, line, &bad)) {
		int r;

		cli->line++;
		if (bad)
			r = cli_error(cli, CLI_USAGE,
				      "the line is longer than %d bytes or has "
				      "a zero byte; cut it",
				      BATCH_LINE_MAX - 2);
		else
			r = run_line(cli, line);
		note(&status, r);
	}
	explicit_bzero(line, sizeof(line));
	if (ferror(f))
		note(&status, cli_error(cli, CLI_FAILED, "cannot read on: %s",
					strerror(errno)));
	return status;
}

static int run_file(struct cli *cli, FILE *f, bool force)
{
	struct queue *q = NULL;
	int status;

	if (force) {
		q = calloc(1, sizeof(*q));
		if (!q)
			return cli_refused(cli, "batch", -ENOMEM,
					   strerror(ENOMEM));
		q->cli = cli;
		cli->queue = q;
	}
	status = run_lines(cli, f, force);
	if (q) {
		note(&status, queue_flush(q));
		rgf_batch_free(q->b);
		free(q);
		cli->queue = NULL;
	}
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
