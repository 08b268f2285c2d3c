/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line tool from its words to its output. libringfence, the clock
 * and the terminal are scripted: linked with --wrap.
 */
#ifndef CLI_END_H
#define CLI_END_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>
#include <time.h>

#include <cmocka.h>

#include "ringfence/cli.h"

/* What the module has, and what it was told. */
struct cli_module {
	struct rgf_session sessions[4];
	size_t n;
	struct rgf_config config;
	struct rgf_stats stats;
	const struct rgf_event *events; /* n of them, then the socket fails */
	size_t n_events;
	int events_err, events_fd;
	int get_err, dump_err;
	unsigned int opens, closes, dumps;
	/* The last request. */
	struct rgf_session told;
	unsigned int news, sets;
	void (*tick)(void); /* after each dump */
};
extern struct cli_module module;

/* The clock moves only while somebody waits. */
extern struct timespec clock_now;

struct cli_terminal {
	bool is_tty; /* of standard input and output */
	unsigned short rows, columns;
	char key; /* pressed during the second wait; 0: none */
	int signal_at; /* wait; 0: none */
	int waits;
	struct termios set; /* as it was left */
	unsigned int sets;
};
extern struct cli_terminal terminal;

extern char *out, *err; /* of the last run() */

/* Each test starts with nothing in the module, at 2001-09-09T01:46:40Z. */
int cli_setup(void **state);
int cli_group_setup(void **state);
int cli_group_teardown(void **state);

/* Words are cut at blanks, which none of ours has inside. */
int run(const char *command);
void expect(const char *command, int status, const char *want_out);
void expect_line(const char *text, const char *want);
/* As wrong usage, with a sentence that has @want, and nothing was done. */
void expect_refused(const char *command, const char *want);

/* A session of a plain IPv4 leg and an IPv6 leg with all there is. */
void fill_session(struct rgf_session *s);

#define CLI_TEST(f) cmocka_unit_test_setup(f, cli_setup)

#endif
