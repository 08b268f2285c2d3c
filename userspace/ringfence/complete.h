/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may come next on the command line, a word a line on standard output, for
 * the shell's completion (ringfence.bash). It comes from the tables by which
 * the words are parsed.
 */
#ifndef RINGFENCE_COMPLETE_H
#define RINGFENCE_COMPLETE_H

#include "ringfence/cli.h"

enum candidates {
	CANDIDATES_NONE, /* the user's own: a label, a port */
	CANDIDATES_ID, /* of the sessions that there are, if we may ask */
	CANDIDATES_FILE, /* "<file>", which the shell knows better */
	CANDIDATES_NETNS,
	CANDIDATES_SUITE,
	CANDIDATES_LATCH,
	CANDIDATES_FLAGS,
	CANDIDATES_DSCP,
};

/* After any words, options too; commands.c. */
void complete_line(struct words *w);

void complete_candidates(enum candidates c);
void complete_flags(flag_name *name);

/* After "session add" and "session set"; parse.c. */
void complete_session(struct words *w);
/* After "session del" or "show", "netns set" and "top". */
void complete_del(struct words *w);
void complete_show(struct words *w);
void complete_netns_set(struct words *w);
/* After "config set", "del" and "help", and its other words; model.c. */
void complete_config_path(struct words *w);
void complete_config_show(struct words *w);
void complete_config_commit(struct words *w);
void complete_call(struct words *w); /* after "call show", "hangup"; call.c */
void complete_certificate(struct words *w);
void complete_certificate_request(struct words *w);
void complete_config_load(struct words *w);
void complete_config_save(struct words *w);
void complete_top(struct words *w);
/* After "backup save" and "backup restore"; backup.c. */
void complete_backup(struct words *w);
/* After "log show" and "log follow"; log.c. */
void complete_log(struct words *w);
void complete_registration(struct words *w); /* registration.c */
void complete_extension(struct words *w);
/* rules.c */
void complete_rules_check(struct words *w);
void complete_rules_load(struct words *w);
void complete_rules_set(struct words *w);
/* After "ban add", "trust add" and "limit set"; guard.c. */
void complete_ban_add(struct words *w);
void complete_limit_set(struct words *w);

#endif
