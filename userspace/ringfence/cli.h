/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line: what all commands share. A command returns an exit status
 * and has said on standard error what went wrong and what to change.
 */
#ifndef RINGFENCE_CLI_H
#define RINGFENCE_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ringfence.h"

enum {
	CLI_OK = 0,
	CLI_FAILED = 1, /* the kernel or the system refused */
	CLI_USAGE = 2, /* what was typed is wrong; nothing was changed */
};

struct batch;
struct key_text;

struct cli {
	bool json;
	struct rgf *rgf; /* opened when first needed: cli_rgf() */
	const char *file; /* of the batch, NULL outside */
	unsigned int line; /* of the batch */
	bool file_exposed; /* others may read the batch; warned of once */
	struct batch *batch; /* that runs; NULL: none */
	struct key_text *stdin_keys; /* read when first needed */
};

/* The words of a command that are not used up yet. */
struct words {
	char **next; /* ended by NULL */
};

/* commands.c */
int cli_run(struct cli *cli, struct words *w);
int cmd_help(struct cli *cli, struct words *w);
int cmd_version(struct cli *cli, struct words *w);

/* cli.c: "ringfence: text" or "FILE:LINE: text" on standard error. */
void cli_say(const struct cli *cli, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
#define cli_error(cli, status, ...) (cli_say(cli, "", __VA_ARGS__), (status))
#define cli_warn(cli, ...)	    cli_say(cli, "warning: ", __VA_ARGS__)
/* @err as an exit status, with the kernel's sentence. */
int cli_refused(const struct cli *cli, const char *what, int err,
		const char *text);
int cli_open_failed(const struct cli *cli, int err);
int cli_rgf(struct cli *cli); /* opens cli->rgf */

/* words.c */
const char *word_next(struct words *w); /* NULL at the end */
const char *word_peek(const struct words *w);
/* As the user typed it, unless it may be a key; valid until the next call. */
const char *word_show(const char *word);
/* The value after the word @after: CLI_USAGE when the line ends there. */
int word_need(const struct cli *cli, struct words *w, const char *after,
	      const char *what, const char **ret);
int word_end(const struct cli *cli, const struct words *w);
/* Decimal digits only, and @max at most. */
bool word_number(const char *word, uint64_t max, uint64_t *ret);
int word_u32(const struct cli *cli, const char *after, const char *word,
	     uint32_t min, uint32_t max, uint32_t *ret);
/* Cut @line at blanks, with "…" around a word that has some. */
#define WORDS_MAX 192
int words_split(const struct cli *cli, char *line, char *ret[WORDS_MAX + 1]);

/* Add @name to the list @names in @size bytes, after a comma. */
void names_add(char *names, size_t size, const char *name);

/* rgf_leg_flag_name() or rgf_session_flag_name() */
typedef const char *(flag_name)(unsigned int bit);
uint32_t flag_by_name(flag_name *name, const char *flag); /* 0: unknown */

#define DSCP_KEEP_WORD "keep"
#define NETNS_DIR      "/run/netns/"

/* parse.c: the words of session add and set. @s holds keys: wipe it. */
int parse_session(struct cli *cli, struct words *w, bool add,
		  struct rgf_session *s);

/* session.c, stats.c, netns.c, config.c, certificate.c, rules.c, guard.c,
 * monitor.c, top.c */
int cmd_session_add(struct cli *cli, struct words *w);
int cmd_session_set(struct cli *cli, struct words *w);
int cmd_session_del(struct cli *cli, struct words *w);
int cmd_session_list(struct cli *cli, struct words *w);
int cmd_session_show(struct cli *cli, struct words *w);
int cmd_stats(struct cli *cli, struct words *w);
int cmd_status(struct cli *cli, struct words *w);
int cmd_netns_show(struct cli *cli, struct words *w);
int cmd_netns_set(struct cli *cli, struct words *w);
int cmd_config_show(struct cli *cli, struct words *w);
int cmd_config_set(struct cli *cli, struct words *w);
int cmd_config_del(struct cli *cli, struct words *w);
int cmd_config_diff(struct cli *cli, struct words *w);
int cmd_config_commit(struct cli *cli, struct words *w);
int cmd_config_confirm(struct cli *cli, struct words *w);
int cmd_config_rollback(struct cli *cli, struct words *w);
int cmd_config_history(struct cli *cli, struct words *w);
int cmd_config_discard(struct cli *cli, struct words *w);
int cmd_config_take(struct cli *cli, struct words *w);
int cmd_config_load(struct cli *cli, struct words *w);
int cmd_config_save(struct cli *cli, struct words *w);
int cmd_config_help(struct cli *cli, struct words *w); /* model.c */
int cmd_call_list(struct cli *cli, struct words *w); /* call.c */
int cmd_call_show(struct cli *cli, struct words *w);
int cmd_call_hangup(struct cli *cli, struct words *w);
int cmd_gateway_list(struct cli *cli, struct words *w); /* gateway.c */
int cmd_certificate_list(struct cli *cli, struct words *w);
int cmd_certificate_show(struct cli *cli, struct words *w);
int cmd_certificate_import(struct cli *cli, struct words *w);
int cmd_certificate_delete(struct cli *cli, struct words *w);
int cmd_certificate_reload(struct cli *cli, struct words *w);
int cmd_certificate_csr(struct cli *cli, struct words *w);
int cmd_certificate_self_signed(struct cli *cli, struct words *w);
int cmd_keylog_on(struct cli *cli, struct words *w);
int cmd_keylog_off(struct cli *cli, struct words *w);
int cmd_backup_save(struct cli *cli, struct words *w); /* backup.c */
int cmd_backup_restore(struct cli *cli, struct words *w);
int cmd_extension_list(struct cli *cli, struct words *w);
int cmd_extension_show(struct cli *cli, struct words *w);
int cmd_policy_show(struct cli *cli, struct words *w);
int cmd_registration_list(struct cli *cli, struct words *w);
int cmd_registration_delete(struct cli *cli, struct words *w);
int cmd_log_show(struct cli *cli, struct words *w); /* log.c */
int cmd_log_follow(struct cli *cli, struct words *w);
int cmd_rules_check(struct cli *cli, struct words *w);
int cmd_rules_load(struct cli *cli, struct words *w);
int cmd_rules_confirm(struct cli *cli, struct words *w);
int cmd_rules_list(struct cli *cli, struct words *w);
int cmd_rules_clear(struct cli *cli, struct words *w);
int cmd_rules_set(struct cli *cli, struct words *w);
int cmd_ban_add(struct cli *cli, struct words *w);
int cmd_ban_del(struct cli *cli, struct words *w);
int cmd_ban_flush(struct cli *cli, struct words *w);
int cmd_ban_list(struct cli *cli, struct words *w);
int cmd_trust_add(struct cli *cli, struct words *w);
int cmd_trust_del(struct cli *cli, struct words *w);
int cmd_trust_list(struct cli *cli, struct words *w);
int cmd_limit_list(struct cli *cli, struct words *w);
int cmd_limit_set(struct cli *cli, struct words *w);
int cmd_limit_sources(struct cli *cli, struct words *w);
int cmd_monitor(struct cli *cli, struct words *w);
int cmd_top(struct cli *cli, struct words *w);

/* batch.c */
enum change {
	CHANGE_ADD,
	CHANGE_SET,
	CHANGE_DEL,
};
int batch_run(struct cli *cli, const char *file, bool force);
bool batch_queues(const struct cli *cli); /* changes wait to be sent together */
int batch_queue(struct cli *cli, enum change change,
		const struct rgf_session *s);
/* Send what waits: before anything else is asked, printed or complained of. */
void batch_flush(const struct cli *cli);

/* session.c */
void print_new_id(const struct cli *cli, uint32_t id);

#endif
