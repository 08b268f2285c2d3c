// SPDX-License-Identifier: GPL-2.0-or-later
/* The live view. On a terminal it is drawn anew in place, else one look follows
 * the other. */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/print.h"
#include "ringfence/top.h"

#define DELAY_MIN      0.1 /* seconds */
#define DELAY_MAX      3600.0
#define ROWS_PLAIN     20 /* sessions, where no terminal says how many fit */
#define ROWS_MAX       500
#define SCREEN_HEAD    6 /* lines above the sessions, with the prompt's */
#define SCREEN_MAX     512 /* columns */
#define HOME_AND_CLEAR "\033[H\033[J"

struct top {
	struct cli *cli;
	double delay;
	uint32_t count; /* looks to show, 0: no end */
	bool screen; /* standard output is a terminal, and it is text */
	bool keyboard; /* so is standard input */
	struct termios saved;
	sigset_t wait_mask;
	unsigned int columns;
	size_t max_rows;
	struct top_row rows[ROWS_MAX];
	struct top_look look[2]; /* the last one and the one before */
};

static volatile sig_atomic_t stop;

static void on_stop(int sig)
{
	stop = 1;
}

static double now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A line of the screen, no longer than the screen is wide. */
static void line(const struct top *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
static void line(const struct top *t, const char *fmt, ...)
{
	char text[SCREEN_MAX];
	va_list ap;

	va_start(ap, fmt);
	if (t->screen) {
		vsnprintf(text, sizeof(text), fmt, ap);
		printf("%.*s\n", (int)t->columns, text);
	} else {
		vprintf(fmt, ap);
		putchar('\n');
	}
	va_end(ap);
}

static void print_drops(const struct top *t, const struct rgf_counters *c,
			double seconds)
{
	char text[SCREEN_MAX] = "";

	for (unsigned int i = 0; i < __RINGFENCE_DROP_REASON_MAX; i++) {
		char drop[64];

		if (!c->drop[i])
			continue;
		snprintf(drop, sizeof(drop), "%s %.1f", rgf_drop_name(i),
			 (double)c->drop[i] / seconds);
		names_add(text, sizeof(text), drop);
	}
	line(t, "dropped %.1f packets/s%s%s", (double)drops_sum(c) / seconds,
	     *text ? ": " : "", text);
}

static void print_row(const struct top *t, const struct top_row *row,
		      double seconds)
{
	const struct top_session *s = row->session;
	char label[LABEL_TEXT_MAX];

	for (int i = 0; i < 2; i++) {
		const struct top_leg *leg = &row->leg[i];

		line(t,
		     "%-10u %-24s %-3s %-23s %9.1f %9.1f %11.0f %9.1f %6.2f "
		     "%9.3f",
		     s->id, label_text(s->label, label), i ? "b" : "a",
		     suite_text(s->suite[i]), (double)leg->rx / seconds,
		     (double)leg->tx / seconds,
		     (double)(leg->rx_bytes + leg->tx_bytes) / seconds,
		     (double)leg->dropped / seconds,
		     percent(leg->lost, leg->received), s->jitter[i] / 1000.0);
	}
}

static void print_look(const struct top *t, const struct top_look *now,
		       const struct rgf_counters *c, size_t n, double seconds)
{
	char when[TIME_TEXT_MAX];

	if (t->screen)
		fputs(HOME_AND_CLEAR, stdout);
	line(t, "%s sessions %u, over %.2f seconds%s", time_text(when),
	     now->stats.sessions, seconds,
	     now->partial ? ", list incomplete" : "");
	line(t, "received %.1f packets/s, %.0f bytes/s",
	     (double)c->rx_packets / seconds, (double)c->rx_bytes / seconds);
	line(t, "sent %.1f packets/s, %.0f bytes/s",
	     (double)c->tx_packets / seconds, (double)c->tx_bytes / seconds);
	print_drops(t, c, seconds);
	line(t, "%-10s %-24s %-3s %-23s %9s %9s %11s %9s %6s %9s", "ID",
	     "LABEL", "LEG", "SUITE", "RX/S", "TX/S", "BYTES/S", "DROPS/S",
	     "LOST%", "JITTER-MS");
	for (size_t i = 0; i < n; i++)
		print_row(t, &t->rows[i], seconds);
	if (!t->screen)
		putchar('\n');
}

static json_t *rate(uint64_t n, double seconds)
{
	return json_real((double)n / seconds);
}

static json_t *json_top_leg(const struct top_row *row, int i, double seconds)
{
	const struct top_leg *leg = &row->leg[i];

	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:f, s:f}", "leg",
			 i ? "b" : "a", "suite",
			 suite_text(row->session->suite[i]), "rx_packets",
			 rate(leg->rx, seconds), "rx_bytes",
			 rate(leg->rx_bytes, seconds), "tx_packets",
			 rate(leg->tx, seconds), "tx_bytes",
			 rate(leg->tx_bytes, seconds), "dropped",
			 rate(leg->dropped, seconds), "lost_percent",
			 percent(leg->lost, leg->received), "jitter_ms",
			 row->session->jitter[i] / 1000.0);
}

static json_t *json_drops(const struct rgf_counters *c, double seconds)
{
	json_t *j = json_object();

	for (unsigned int i = 0; i < __RINGFENCE_DROP_REASON_MAX; i++)
		json_object_set_new(j, rgf_drop_name(i),
				    rate(c->drop[i], seconds));
	return j;
}

static void print_look_json(const struct top *t, const struct top_look *now,
			    const struct rgf_counters *c, size_t n,
			    double seconds)
{
	json_t *list = json_array();
	char when[TIME_TEXT_MAX];

	for (size_t i = 0; i < n; i++) {
		const struct top_row *row = &t->rows[i];

		json_array_append_new(
			list, json_pack("{s:I, s:o, s:[o, o]}", "id",
					(json_int_t)row->session->id, "label",
					json_label(row->session->label), "legs",
					json_top_leg(row, 0, seconds),
					json_top_leg(row, 1, seconds)));
	}
	print_json(json_pack(
		"{s:s, s:f, s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"time", time_text(when), "seconds", seconds, "sessions",
		(json_int_t)now->stats.sessions, "partial", now->partial,
		"rx_packets", rate(c->rx_packets, seconds), "rx_bytes",
		rate(c->rx_bytes, seconds), "tx_packets",
		rate(c->tx_packets, seconds), "tx_bytes",
		rate(c->tx_bytes, seconds), "dropped",
		rate(drops_sum(c), seconds), "drops", json_drops(c, seconds),
		"busiest", list));
}

/* The screen may have another size each time. */
static void measure(struct top *t)
{
	struct winsize ws;
	size_t lines;

	t->columns = SCREEN_MAX;
	t->max_rows = ROWS_PLAIN;
	if (!t->screen || ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) || !ws.ws_row)
		return;
	if (ws.ws_col && ws.ws_col < SCREEN_MAX)
		t->columns = ws.ws_col;
	lines = ws.ws_row > SCREEN_HEAD ? ws.ws_row - SCREEN_HEAD : 0;
	t->max_rows = lines / 2 < ROWS_MAX ? lines / 2 : ROWS_MAX;
}

static void show(struct top *t)
{
	const struct top_look *now = &t->look[0], *before = &t->look[1];
	double seconds = now->when - before->when;
	struct rgf_counters c;
	size_t n;

	if (seconds <= 0)
		seconds = t->delay;
	measure(t);
	top_counters(&before->stats.counters, &now->stats.counters, &c);
	n = top_rank(before, now, t->rows, t->max_rows);
	if (t->cli->json)
		print_look_json(t, now, &c, n, seconds);
	else
		print_look(t, now, &c, n, seconds);
	fflush(stdout);
}

/* The last look becomes the one before. */
static int look(struct top *t)
{
	struct top_look old = t->look[1];
	struct rgf *rgf = t->cli->rgf;
	struct top_look *now = &t->look[0];
	int r;

	t->look[1] = *now;
	*now = old; /* its memory */
	now->n = 0;
	r = rgf_stats_get(rgf, &now->stats);
	if (r)
		return cli_refused(t->cli, "top", r, rgf_error(rgf));
	r = rgf_session_dump(rgf, top_look_add, now);
	now->partial = r == -EINTR;
	now->when = now_seconds();
	if (r && !now->partial)
		return cli_refused(t->cli, "top", r, rgf_error(rgf));
	top_look_sort(now);
	return CLI_OK;
}

/* Until @until, q, a signal or an output without a reader: then false. */
static bool pause_until(struct top *t, double until)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = t->keyboard ? STDIN_FILENO : -1, .events = POLLIN },
	};

	for (;;) {
		double left = until - now_seconds();
		struct timespec ts;
		char key;

		if (stop || ferror(stdout))
			return false;
		if (left <= 0)
			return true;
		ts.tv_sec = (time_t)left;
		ts.tv_nsec = (long)((left - (double)ts.tv_sec) * 1e9);
		if (ppoll(fds, 2, &ts, &t->wait_mask) <= 0)
			continue;
		if (fds[0].revents & (POLLERR | POLLNVAL))
			return false;
		if (!fds[1].revents)
			continue;
		if (read(STDIN_FILENO, &key, 1) != 1)
			fds[1].fd = -1; /* the terminal is gone */
		else if (key == 'q')
			return false;
	}
}

static int watch(struct top *t)
{
	double next = now_seconds() + t->delay;
	int r = look(t);

	for (uint32_t i = 0; !r && (!t->count || i < t->count); i++) {
		if (!pause_until(t, next))
			break;
		next += t->delay;
		r = look(t);
		if (!r)
			show(t);
	}
	return r;
}

/* Signals come only while we wait, so that none is missed. */
static void catch_signals(struct top *t)
{
	const struct sigaction sa = { .sa_handler = on_stop };
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, &t->wait_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
}

static void open_keyboard(struct top *t)
{
	struct termios raw;

	t->keyboard = t->screen && isatty(STDIN_FILENO) &&
		      !tcgetattr(STDIN_FILENO, &t->saved);
	if (!t->keyboard)
		return;
	raw = t->saved;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static int run(struct top *t)
{
	int r = cli_rgf(t->cli);

	if (r)
		return r;
	t->screen = !t->cli->json && isatty(STDOUT_FILENO);
	catch_signals(t);
	open_keyboard(t);
	r = watch(t);
	if (t->keyboard)
		tcsetattr(STDIN_FILENO, TCSANOW, &t->saved);
	sigprocmask(SIG_SETMASK, &t->wait_mask, NULL);
	top_look_free(&t->look[0]);
	top_look_free(&t->look[1]);
	return r;
}

static int parse_delay(struct cli *cli, const char *word, double *ret)
{
	char *end = NULL;
	double n = 0;

	if (strspn(word, "0123456789.") == strlen(word))
		n = strtod(word, &end);
	if (!end || end == word || *end || n < DELAY_MIN || n > DELAY_MAX)
		return cli_error(cli, CLI_USAGE,
				 "-d must be a number of seconds from 0.1 to "
				 "3600, not %s",
				 word_show(word));
	*ret = n;
	return CLI_OK;
}

static int parse(struct cli *cli, struct words *w, struct top *t)
{
	const char *word, *value;
	int r = CLI_OK;

	while (!r && (word = word_peek(w))) {
		bool is_delay = strcmp(word, "-d") == 0;

		if (!is_delay && strcmp(word, "-n") != 0)
			return word_end(cli, w);
		word_next(w);
		r = word_need(cli, w, word, is_delay ? "SECONDS" : "COUNT",
			      &value);
		if (!r && is_delay)
			r = parse_delay(cli, value, &t->delay);
		else if (!r)
			r = word_u32(cli, "-n", value, 1, UINT32_MAX,
				     &t->count);
	}
	return r;
}

int cmd_top(struct cli *cli, struct words *w)
{
	struct top *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return cli_refused(cli, "top", -ENOMEM, strerror(ENOMEM));
	t->cli = cli;
	t->delay = 1;
	r = parse(cli, w, t);
	if (!r && cli->file)
		r = cli_error(cli, CLI_USAGE,
			      "top is for watching, so it can't be in a batch");
	if (!r)
		r = run(t);
	free(t);
	return r;
}

void complete_top(struct words *w)
{
	const char *word, *last = "";

	while ((word = word_next(w)))
		last = word;
	if (strcmp(last, "-d") != 0 && strcmp(last, "-n") != 0)
		puts("-d\n-n");
}
