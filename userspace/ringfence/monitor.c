// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ringfence/cli.h"
#include "ringfence/print.h"

#define TIME_TEXT_MAX 40

static const char *const event_names[] = {
	[RGF_EVENT_MEDIA] = "media",
	[RGF_EVENT_AUTH] = "auth-failed",
	[RGF_EVENT_IDLE] = "idle",
	[RGF_EVENT_DEL] = "deleted",
};

/* Now, in UTC, as RFC 3339 writes it. */
static const char *time_text(char *buf)
{
	struct timespec ts;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	n = strftime(buf, TIME_TEXT_MAX, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + n, TIME_TEXT_MAX - n, ".%03ldZ", ts.tv_nsec / 1000000);
	return buf;
}

static bool of_leg(const struct rgf_event *e)
{
	return e->type == RGF_EVENT_MEDIA || e->type == RGF_EVENT_AUTH;
}

static void print_event(const struct rgf_event *e)
{
	char when[TIME_TEXT_MAX], label[LABEL_TEXT_MAX];

	printf("%s %s id %u label %s", time_text(when), event_names[e->type],
	       e->id, label_text(e->label, label));
	if (of_leg(e))
		printf(" leg %s ssrc 0x%08x", e->leg ? "b" : "a", e->ssrc);
	if (e->type == RGF_EVENT_AUTH)
		printf(" count %" PRIu64, e->count);
	if (e->type == RGF_EVENT_IDLE)
		printf(" idle %u", e->idle);
	putchar('\n');
}

static void print_event_json(const struct rgf_event *e)
{
	char when[TIME_TEXT_MAX];
	json_t *j = json_pack("{s:s, s:s, s:I, s:o}", "time", time_text(when),
			      "event", event_names[e->type], "id",
			      (json_int_t)e->id, "label", json_label(e->label));

	if (j && of_leg(e)) {
		json_object_set_new(j, "leg", json_string(e->leg ? "b" : "a"));
		json_object_set_new(j, "ssrc", json_integer(e->ssrc));
	}
	if (j && e->type == RGF_EVENT_AUTH)
		json_object_set_new(j, "count",
				    json_integer((json_int_t)e->count));
	if (j && e->type == RGF_EVENT_IDLE)
		json_object_set_new(j, "idle", json_integer(e->idle));
	print_json(j);
}

static void on_event(const struct rgf_event *e, void *arg)
{
	const struct cli *cli = arg;

	if (cli->json)
		print_event_json(e);
	else
		print_event(e);
}

/* Until standard output is gone, or the socket fails. */
static int watch(struct cli *cli, struct rgf_events *ev)
{
	struct pollfd fds[] = {
		{ .fd = rgf_events_fd(ev), .events = POLLIN },
		{ .fd = STDOUT_FILENO }, /* a pipe without reader */
	};

	while (!ferror(stdout)) {
		int r;

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return cli_error(cli, CLI_FAILED, "poll: %s",
					 strerror(errno));
		if (fds[1].revents & (POLLERR | POLLNVAL))
			return cli_error(cli, CLI_FAILED,
					 "standard output was closed");
		r = rgf_events_read(ev, on_event, cli);
		fflush(stdout);
		if (r == -ENOBUFS)
			cli_warn(cli, "events were lost; see what there is "
				      "with: ringfence session list");
		else if (r)
			return cli_refused(cli, "monitor", r, strerror(-r));
	}
	return CLI_OK; /* main() says what is wrong with standard output */
}

int cmd_monitor(struct cli *cli, struct words *w)
{
	struct rgf_events *ev;
	int r = word_end(cli, w);

	if (r)
		return r;
	if (cli->file)
		return cli_error(
			cli, CLI_USAGE,
			"monitor never ends, so it can't be in a batch");
	r = rgf_events_open(&ev);
	if (r)
		return cli_open_failed(cli, r);
	r = watch(cli, ev);
	rgf_events_close(ev);
	return r;
}
