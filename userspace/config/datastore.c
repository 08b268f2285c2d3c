// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/secret.h"
#include "config/datastore.h"
#include "config/edit.h"
#include "config/internal.h"

struct datastore {
	const struct datastore_ops *ops;
	struct store *store;
	char *file;
	struct lyd_node *running; /* validated, with defaults */
	struct lyd_node *candidate; /* what is set */
	bool has_candidate;
	struct config_editor owner;
	uint64_t generation;

	/* Of a commit that awaits confirmation. */
	bool unconfirmed;
	struct lyd_node *before; /* what runs again if it never comes */
	struct config_editor committer;
	char comment[STORE_COMMENT_MAX];
	unsigned int undo_tries;
};

int datastore_new(const char *file, const struct datastore_ops *ops,
		  struct datastore **ret)
{
	struct datastore *ds = calloc(1, sizeof(*ds));
	int err = -ENOMEM;

	if (!ds)
		return err;
	ds->ops = ops;
	ds->generation = 1;
	ds->file = strdup(file);
	if (ds->file)
		err = store_new(file, &ds->store);
	if (err < 0) {
		free(ds->file);
		free(ds);
		return err;
	}
	*ret = ds;
	return 0;
}

void datastore_free(struct datastore *ds)
{
	if (!ds)
		return;
	config_free(ds->running);
	config_free(ds->candidate);
	config_free(ds->before);
	store_free(ds->store);
	free(ds->file);
	free(ds);
}

int datastore_start(struct datastore *ds, struct config_error *errs,
		    size_t max_errs)
{
	struct lyd_node *tree;
	int ret = config_load_file(ds->file, &tree, errs, max_errs);

	if (ret < 0)
		return config_error_set(errs, ret, "can't read %s: %s",
					ds->file, strerror(-ret));
	if (ret > 0)
		return ret;
	ret = ds->ops->prepare(NULL, tree, errs);
	if (ret < 0) {
		config_free(tree);
		return ret;
	}
	ds->ops->commit();
	ds->running = tree;
	return 0;
}

void datastore_state(const struct datastore *ds, struct datastore_state *ret)
{
	*ret = (struct datastore_state){
		.running = ds->running,
		.candidate = ds->candidate,
		.has_candidate = ds->has_candidate,
		.owner = ds->owner,
		.generation = ds->generation,
		.unconfirmed = ds->unconfirmed,
		.committer = ds->committer,
	};
}

struct store *datastore_store(const struct datastore *ds)
{
	return ds->store;
}

static bool same_editor(const struct config_editor *a,
			const struct config_editor *b)
{
	return !strcmp(a->who, b->who) && !strcmp(a->session, b->session);
}

static int check_editor(const struct datastore *ds,
			const struct config_editor *ed, uint64_t generation,
			struct config_error *err)
{
	if (ed->role < CONFIG_ROLE_OPERATOR)
		return config_error_set(err, -EACCES,
					"%s may only read the configuration",
					ed->who);
	if (ds->has_candidate && !same_editor(&ds->owner, ed))
		return config_error_set(
			err, -EBUSY,
			"%s (session %s) is changing the candidate; nothing of "
			"yours was done; see \"config diff\", then wait, or "
			"take over with \"config take\"",
			ds->owner.who, ds->owner.session);
	if (generation && generation != ds->generation)
		return config_error_set(err, -ESTALE,
					"the configuration has changed since "
					"you looked at it; look again");
	return 0;
}

/* Does the step from @a to @b need more than @ed has? */
static int check_touched(const struct config_editor *ed,
			 const struct lyd_node *a, const struct lyd_node *b,
			 struct config_error *err)
{
	char path[sizeof(err->path)];

	if (ed->role >= CONFIG_ROLE_ADMIN ||
	    !config_touches(a, b, path, sizeof(path)))
		return 0;
	config_error_set(err, -EACCES,
			 "only an administrator may change secrets and "
			 "security policy");
	snprintf(err->path, sizeof(err->path), "%s", path);
	return -EACCES;
}

/* The lines are those of a text that nobody sees. */
static int drop_lines(int n, struct config_error *errs, size_t max_errs)
{
	for (int i = 0; i < n && i < (int)max_errs; i++)
		errs[i].line = 0;
	return n;
}

/* The lines of @tree, all of them. */
static int to_text(const struct lyd_node *tree, char **ret,
		   struct config_error *err)
{
	return config_print(tree, NULL, 0, CONFIG_PRINT_SECRETS, ret, err);
}

/*
 * A candidate is what lines can say, however it was made, and no more than a
 * file may have.
 */
static int check_lines(const struct lyd_node *tree, struct config_error *errs,
		       size_t max_errs)
{
	struct lyd_node *again = NULL;
	char *text;
	size_t len;
	int ret = to_text(tree, &text, errs);

	if (ret < 0)
		return ret;
	len = strlen(text);
	if (len > CONFIG_FILE_MAX)
		ret = config_error_set(errs, -EINVAL,
				       "more than %d bytes of lines",
				       CONFIG_FILE_MAX);
	else
		ret = drop_lines(config_edit_text(&again, text, len, false,
						  errs, max_errs),
				 errs, max_errs);
	config_free(again);
	secret_free(text, len);
	return ret;
}

int datastore_edit(struct datastore *ds, const struct config_editor *ed,
		   uint64_t generation, datastore_change *change, void *arg,
		   struct config_error *errs, size_t max_errs)
{
	const struct lyd_node *base = ds->has_candidate ? ds->candidate
							: ds->running;
	struct lyd_node *tree = NULL;
	int ret = check_editor(ds, ed, generation, errs);

	if (ret < 0)
		return ret;
	if (config_copy_set(base, &tree) < 0)
		return config_error_set(errs, -ENOMEM, "out of memory");
	ret = change(&tree, arg, errs, max_errs);
	if (!ret)
		ret = check_touched(ed, base, tree, errs);
	if (!ret)
		ret = check_lines(tree, errs, max_errs);
	if (ret) {
		config_free(tree);
		return ret;
	}
	config_free(ds->candidate);
	ds->candidate = tree;
	ds->has_candidate = true;
	ds->owner = *ed;
	ds->generation++;
	return 0;
}

struct old_text {
	const char *text;
	size_t len;
};

static int load_old(struct lyd_node **tree, void *arg,
		    struct config_error *errs, size_t max_errs)
{
	const struct old_text *old = arg;

	return config_edit_text(tree, old->text, old->len, false, errs,
				max_errs);
}

int datastore_rollback(struct datastore *ds, const struct config_editor *ed,
		       uint64_t generation, unsigned int back,
		       struct config_error *errs, size_t max_errs)
{
	struct old_text old;
	char *text;
	int ret = store_read(ds->store, back, &text, &old.len);

	if (ret == -ENOENT)
		return config_error_set(errs, ret,
					"there is no commit %u before the last "
					"one; see \"config history\"",
					back);
	if (ret < 0)
		return config_error_set(errs, ret, "can't read the history: %s",
					strerror(-ret));
	old.text = text;
	ret = datastore_edit(ds, ed, generation, load_old, &old, errs,
			     max_errs);
	secret_free(text, old.len);
	return ret;
}

static void drop_candidate(struct datastore *ds)
{
	config_free(ds->candidate);
	ds->candidate = NULL;
	ds->has_candidate = false;
	memset(&ds->owner, 0, sizeof(ds->owner));
	ds->generation++;
}

int datastore_discard(struct datastore *ds, const struct config_editor *ed,
		      struct config_error *err)
{
	int ret = check_editor(ds, ed, 0, err);

	if (!ret && !ds->has_candidate)
		ret = config_error_set(err, -ENOENT, "there is no candidate");
	if (!ret)
		drop_candidate(ds);
	return ret;
}

int datastore_take(struct datastore *ds, const struct config_editor *ed,
		   struct config_error *err)
{
	if (ed->role < CONFIG_ROLE_OPERATOR)
		return check_editor(ds, ed, 0, err);
	if (!ds->has_candidate)
		return config_error_set(err, -ENOENT, "there is no candidate");
	/* What an operator can't change, an operator doesn't get. */
	if (check_touched(ed, ds->running, ds->candidate, err) < 0)
		return -EACCES;
	ds->owner = *ed;
	ds->generation++;
	return 0;
}

/* The tree that would run, from the text that would be on the disk. */
static int validate(const struct lyd_node *candidate, struct lyd_node **tree,
		    char **text, struct config_error *errs, size_t max_errs)
{
	int ret = to_text(candidate, text, errs);

	if (ret < 0)
		return ret;
	ret = config_load_text(*text, strlen(*text), tree, errs, max_errs);
	if (ret < 0)
		config_error_set(errs, ret, "%s", strerror(-ret));
	if (ret)
		secret_free(*text, strlen(*text));
	return drop_lines(ret, errs, max_errs);
}

/* A word, or words, in the first line of a file. */
static void one_line(const char *from, char *to, size_t size, bool word)
{
	size_t n = 0;

	for (; *from && n + 1 < size; from++)
		to[n++] = isprint((unsigned char)*from) &&
					  !(word && *from == ' ')
				  ? *from
				  : '?';
	to[n] = '\0';
}

static int save(struct datastore *ds, const char *text,
		const struct config_editor *ed, const char *comment,
		unsigned int *number, struct config_error *err)
{
	time_t now = time(NULL);
	struct store_entry e;
	struct tm tm;
	int ret;

	memset(&e, 0, sizeof(e));
	strftime(e.when, sizeof(e.when), "%Y-%m-%dT%H:%M:%SZ",
		 gmtime_r(&now, &tm));
	one_line(ed->who[0] ? ed->who : "?", e.who, sizeof(e.who), true);
	one_line(comment ? comment : "", e.comment, sizeof(e.comment), false);
	ret = store_commit(ds->store, text, &e);
	if (ret < 0)
		return config_error_set(err, ret, "can't write %s: %s",
					ds->file, strerror(-ret));
	*number = e.number;
	return 0;
}

static void settle(struct datastore *ds)
{
	config_free(ds->before);
	ds->before = NULL;
	ds->unconfirmed = false;
	ds->undo_tries = 0;
	ds->ops->timer(0);
}

/* What was running until now is kept, unless something older is. */
static void await_confirmation(struct datastore *ds,
			       const struct config_editor *ed,
			       const struct datastore_commit *c)
{
	if (!ds->unconfirmed) {
		ds->before = ds->running;
		ds->running = NULL;
	}
	ds->unconfirmed = true;
	ds->undo_tries = 0;
	ds->committer = *ed;
	snprintf(ds->comment, sizeof(ds->comment), "%s",
		 c->comment ? c->comment : "");
	ds->ops->timer(c->confirm_seconds);
}

static int check_commit(struct datastore *ds, const struct config_editor *ed,
			uint64_t generation, const struct datastore_commit *c,
			struct config_error *err)
{
	int ret = check_editor(ds, ed, generation, err);

	if (ret < 0)
		return ret;
	if (!ds->has_candidate)
		return config_error_set(err, -ENOENT,
					"nothing was changed; there is nothing "
					"to commit%s",
					ds->unconfirmed
						? ", but there is to confirm: "
						  "\"config confirm\""
						: "");
	if (c->confirm_seconds > DATASTORE_CONFIRM_MAX)
		return config_error_set(err, -EINVAL,
					"a commit waits %d seconds at most",
					DATASTORE_CONFIRM_MAX);
	/* What another one has not confirmed yet becomes permanent too. */
	return check_touched(ed, ds->unconfirmed ? ds->before : ds->running,
			     ds->candidate, err);
}

/* Nothing to do is no commit: it would push one out of the history. */
static bool is_same(const struct datastore *ds)
{
	char *text;
	bool same;

	if (ds->unconfirmed || config_diff(ds->running, ds->candidate,
					   CONFIG_PRINT_SECRETS, &text) < 0)
		return false;
	same = !*text;
	secret_free(text, strlen(text));
	return same;
}

int datastore_commit(struct datastore *ds, const struct config_editor *ed,
		     uint64_t generation, const struct datastore_commit *c,
		     unsigned int *number, struct config_error *errs,
		     size_t max_errs)
{
	struct lyd_node *tree;
	char *text;
	int ret = check_commit(ds, ed, generation, c, errs);

	*number = 0;
	if (ret < 0)
		return ret;
	if (is_same(ds)) {
		drop_candidate(ds);
		return 0;
	}
	ret = validate(ds->candidate, &tree, &text, errs, max_errs);
	if (ret)
		return ret;
	ret = ds->ops->prepare(ds->running, tree, errs);
	if (!ret && !c->confirm_seconds) {
		ret = save(ds, text, ed, c->comment, number, errs);
		if (ret < 0)
			ds->ops->rollback();
	}
	secret_free(text, strlen(text));
	if (ret < 0) {
		config_free(tree);
		return drop_lines(ret, errs, 1);
	}
	ds->ops->commit();
	if (c->confirm_seconds)
		await_confirmation(ds, ed, c);
	else
		settle(ds);
	config_free(ds->running);
	ds->running = tree;
	drop_candidate(ds);
	return 0;
}

int datastore_confirm(struct datastore *ds, const struct config_editor *ed,
		      unsigned int *number, struct config_error *err)
{
	char *text;
	int ret;

	if (ed->role < CONFIG_ROLE_OPERATOR)
		return config_error_set(err, -EACCES,
					"%s may only read the configuration",
					ed->who);
	if (!ds->unconfirmed)
		return config_error_set(err, -ENOENT,
					"no commit waits to be confirmed");
	ret = check_touched(ed, ds->before, ds->running, err);
	if (!ret)
		ret = to_text(ds->running, &text, err);
	if (ret < 0)
		return ret;
	ret = save(ds, text, &ds->committer, ds->comment, number, err);
	secret_free(text, strlen(text));
	if (ret < 0)
		return ret;
	settle(ds);
	ds->generation++;
	return 0;
}

int datastore_undo(struct datastore *ds, struct config_error *err)
{
	if (!ds->unconfirmed)
		return 0;
	if (ds->ops->prepare(ds->running, ds->before, err) < 0) {
		if (++ds->undo_tries == DATASTORE_UNDO_TRIES)
			return -ECANCELED;
		ds->ops->timer(DATASTORE_UNDO_SECONDS);
		return -EAGAIN;
	}
	ds->ops->commit();
	config_free(ds->running);
	ds->running = ds->before;
	ds->before = NULL;
	settle(ds);
	ds->generation++;
	return 0;
}
