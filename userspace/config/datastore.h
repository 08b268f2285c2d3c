/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The running configuration and the candidate, whose it is, and the commits.
 * There is one candidate; who changes it first is its editor until it is
 * committed, discarded or taken over.
 */
#ifndef CONFIG_DATASTORE_H
#define CONFIG_DATASTORE_H

#include "config/config.h"
#include "config/store.h"

#define DATASTORE_CONFIRM_MAX 86400 /* seconds that a commit may wait */
/* An undo that a module refuses is tried again; then -ECANCELED. */
#define DATASTORE_UNDO_SECONDS 5
#define DATASTORE_UNDO_TRIES   12

enum config_role {
	CONFIG_ROLE_NONE,
	CONFIG_ROLE_READ_ONLY, /* sees all but secrets */
	CONFIG_ROLE_OPERATOR, /* and changes all but secrets and policy */
	CONFIG_ROLE_ADMIN,
};

/* Two of the same user's sessions are two editors. */
struct config_editor {
	enum config_role role;
	char who[STORE_WHO_MAX];
	char session[32];
};

struct datastore_ops {
	/* Get ready to go from @old (NULL at start-up) to @fresh. */
	int (*prepare)(const struct lyd_node *old, const struct lyd_node *fresh,
		       struct config_error *err);
	void (*commit)(void);
	void (*rollback)(void);
	/* Call datastore_undo() in so many seconds; 0: never. */
	void (*timer)(unsigned int seconds);
};

struct datastore;

struct datastore_state {
	const struct lyd_node *running; /* with defaults; NULL before start */
	const struct lyd_node *candidate; /* what is set; NULL also if empty */
	bool has_candidate;
	struct config_editor owner; /* of the candidate */
	uint64_t generation; /* another one: something has changed */
	bool unconfirmed; /* the running one will be undone */
	struct config_editor committer; /* of the unconfirmed one */
};

/*
 * All that can fail fill @errs and return 0, a number of errors as
 * config_load_text(), or with one error
 *   -EACCES	the role doesn't allow it
 *   -EBUSY	the candidate is another editor's
 *   -ESTALE	@generation isn't the one that there is
 *   -ENOENT	there is nothing to do that with
 *   -EINVAL	what was asked for can't be
 *   other	a module or the disk refused
 * and have changed nothing then.
 */
int datastore_new(const char *file, const struct datastore_ops *ops,
		  struct datastore **ret); /* 0 or -errno, no @errs */
void datastore_free(struct datastore *ds); /* NULL is fine */

/* Read the file and apply it; @errs have lines of it. */
int datastore_start(struct datastore *ds, struct config_error *errs,
		    size_t max_errs);

void datastore_state(const struct datastore *ds, struct datastore_state *ret);
struct store *datastore_store(const struct datastore *ds);

/* Changes *tree, or fails as above; functions of config/edit.h. */
typedef int datastore_change(struct lyd_node **tree, void *arg,
			     struct config_error *errs, size_t max_errs);
/* @generation: that the editor has seen; 0: any. */
int datastore_edit(struct datastore *ds, const struct config_editor *ed,
		   uint64_t generation, datastore_change *change, void *arg,
		   struct config_error *errs, size_t max_errs);

/* Make the text of the commit so many before the file's the candidate. */
int datastore_rollback(struct datastore *ds, const struct config_editor *ed,
		       uint64_t generation, unsigned int back,
		       struct config_error *errs, size_t max_errs);
int datastore_discard(struct datastore *ds, const struct config_editor *ed,
		      struct config_error *err);
/* Become the editor of what another one has changed. */
int datastore_take(struct datastore *ds, const struct config_editor *ed,
		   struct config_error *err);

struct datastore_commit {
	unsigned int confirm_seconds; /* 0: for good */
	const char *comment; /* NULL: none */
};

/**
 * datastore_commit() - apply the candidate
 * @number: of the commit in the history; 0 if it has none (yet)
 *
 * One that awaits confirmation is only in memory: the file stays what it is,
 * so that a crash undoes it too. A commit for good confirms what awaits it.
 */
int datastore_commit(struct datastore *ds, const struct config_editor *ed,
		     uint64_t generation, const struct datastore_commit *c,
		     unsigned int *number, struct config_error *errs,
		     size_t max_errs);
int datastore_confirm(struct datastore *ds, const struct config_editor *ed,
		      unsigned int *number, struct config_error *err);

/*
 * Time is up: back to what was before the unconfirmed commit. 0 if that is
 * done, or nothing awaits it; -EAGAIN if a module refused and the timer runs
 * again; -ECANCELED if only a restart can help.
 */
int datastore_undo(struct datastore *ds, struct config_error *err);

#endif
