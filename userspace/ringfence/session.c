// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/key.h"
#include "ringfence/print.h"

void print_new_id(const struct cli *cli, uint32_t id)
{
	if (cli->json)
		print_json(json_pack("{s:I}", "id", (json_int_t)id));
	else
		printf("%u\n", id);
}

static int add_now(struct cli *cli, const struct rgf_session *s)
{
	uint32_t id;
	int r = cli_rgf(cli);

	if (r)
		return r;
	r = rgf_session_new(cli->rgf, s, &id);
	if (r)
		return cli_refused(cli, "session add", r, rgf_error(cli->rgf));
	print_new_id(cli, id);
	return CLI_OK;
}

int cmd_session_add(struct cli *cli, struct words *w)
{
	struct rgf_session s;
	int r = parse_session(cli, w, true, &s);

	if (!r && batch_queues(cli))
		r = batch_queue(cli, CHANGE_ADD, &s);
	else if (!r)
		r = add_now(cli, &s);
	explicit_bzero(&s, sizeof(s));
	return r;
}

static int set_now(struct cli *cli, const struct rgf_session *s)
{
	int r = cli_rgf(cli);

	if (r)
		return r;
	r = rgf_session_set(cli->rgf, s);
	if (r)
		return cli_refused(cli, "session set", r, rgf_error(cli->rgf));
	return CLI_OK;
}

int cmd_session_set(struct cli *cli, struct words *w)
{
	struct rgf_session s;
	int r = parse_session(cli, w, false, &s);

	if (!r && batch_queues(cli))
		r = batch_queue(cli, CHANGE_SET, &s);
	else if (!r)
		r = set_now(cli, &s);
	explicit_bzero(&s, sizeof(s));
	return r;
}

static int parse_id(const struct cli *cli, struct words *w, const char *cmd,
		    const char *other, uint32_t *ret)
{
	const char *word = word_next(w);
	int r;

	if (!word || strcmp(word, "id") != 0)
		return cli_error(cli, CLI_USAGE, "%s needs: id NUMBER%s%s", cmd,
				 other, word ? "; no other word" : "");
	r = word_need(cli, w, "id", "NUMBER", &word);
	if (!r)
		r = word_u32(cli, "id", word, 1, UINT32_MAX, ret);
	return r ? r : word_end(cli, w);
}

struct del_all {
	struct cli *cli;
	struct rgf_batch *b;
	int status;
};

static int del_one(const struct rgf_session *s, void *arg)
{
	struct del_all *da = arg;

	return rgf_batch_del(da->b, s->id);
}

static void deleted(size_t n, uint32_t id, int err, const char *text, void *arg)
{
	struct del_all *da = arg;

	/* Somebody else may have been quicker. */
	if (err && err != -ENOENT)
		da->status = cli_error(da->cli, CLI_FAILED,
				       "session del id %u: %s", id, text);
}

static int del_all(struct cli *cli)
{
	struct del_all da = { .cli = cli };
	int r;

	batch_flush(cli);
	r = cli_rgf(cli);

	if (r)
		return r;
	r = rgf_batch_begin(cli->rgf, &da.b);
	if (r)
		return cli_refused(cli, "session del", r, strerror(-r));
	r = rgf_session_dump(cli->rgf, del_one, &da);
	if (!r || r == -EINTR) /* what came meanwhile may stay */
		r = rgf_batch_run(da.b, deleted, &da);
	if (r)
		da.status =
			cli_refused(cli, "session del", r, rgf_error(cli->rgf));
	rgf_batch_free(da.b);
	return da.status;
}

int cmd_session_del(struct cli *cli, struct words *w)
{
	const char *word = word_peek(w);
	struct rgf_session s = { 0 };
	int r;

	if (word && strcmp(word, "all") == 0) {
		word_next(w);
		r = word_end(cli, w);
		return r ? r : del_all(cli);
	}
	r = parse_id(cli, w, "session del", ", or: all", &s.id);
	if (r)
		return r;
	if (batch_queues(cli))
		return batch_queue(cli, CHANGE_DEL, &s);
	r = cli_rgf(cli);
	if (r)
		return r;
	r = rgf_session_del(cli->rgf, s.id);
	if (r)
		return cli_refused(cli, "session del", r, rgf_error(cli->rgf));
	return CLI_OK;
}

struct listing {
	bool json;
	size_t n;
};

static int list_one(const struct rgf_session *s, void *arg)
{
	struct listing *l = arg;

	if (l->json) {
		if (l->n)
			putchar(',');
		write_json(json_session(s));
	} else {
		if (!l->n)
			print_list_head();
		print_list_session(s);
	}
	l->n++;
	return 0;
}

int cmd_session_list(struct cli *cli, struct words *w)
{
	struct listing l = { .json = cli->json };
	int r = word_end(cli, w);

	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	/* The dump is whole before the first call of list_one(). */
	if (cli->json)
		putchar('[');
	r = rgf_session_dump(cli->rgf, list_one, &l);
	if (cli->json)
		puts("]");
	if (r == -EINTR)
		cli_warn(cli, "%s", rgf_error(cli->rgf));
	else if (r)
		return cli_refused(cli, "session list", r, rgf_error(cli->rgf));
	return CLI_OK;
}

int cmd_session_show(struct cli *cli, struct words *w)
{
	struct rgf_session s;
	uint32_t id;
	int r = parse_id(cli, w, "session show", "", &id);

	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	r = rgf_session_get(cli->rgf, id, &s);
	if (r)
		return cli_refused(cli, "session show", r, rgf_error(cli->rgf));
	if (cli->json)
		print_json(json_session(&s));
	else
		print_session(&s);
	return CLI_OK;
}
