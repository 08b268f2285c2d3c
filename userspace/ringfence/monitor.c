// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ringfence/cli.h"
#include "ringfence/guard_print.h"
#include "ringfence/print.h"

static const char *const event_names[] = {
	[RGF_EVENT_MEDIA] = "media",
	[RGF_EVENT_AUTH] = "auth-failed",
	[RGF_EVENT_IDLE] = "idle",
	[RGF_EVENT_DEL] = "deleted",
	[RGF_EVENT_KEY] = "key",
	[RGF_EVENT_DESYNC] = "desync",
	[RGF_EVENT_RULES_LOADED] = "rules-loaded",
	[RGF_EVENT_RULES_CONFIRMED] = "rules-confirmed",
	[RGF_EVENT_RULES_BACK] = "rules-back",
	[RGF_EVENT_RULES_DELETED] = "rules-deleted",
	[RGF_EVENT_ADDRESS_SET] = "address-set",
	[RGF_EVENT_BAN] = "ban",
	[RGF_EVENT_UNBAN] = "unban",
	[RGF_EVENT_FULL] = "full",
};

static bool of_session(const struct rgf_event *e)
{
	return e->type < RGF_EVENT_BAN;
}

static bool of_leg(const struct rgf_event *e)
{
	return e->type != RGF_EVENT_IDLE && e->type != RGF_EVENT_DEL;
}

static bool of_stream(const struct rgf_event *e)
{
	return of_leg(e) && e->type != RGF_EVENT_KEY;
}

static bool has_count(const struct rgf_event *e)
{
	return e->type == RGF_EVENT_AUTH || e->type == RGF_EVENT_DESYNC;
}

static const char *direction(const struct rgf_event *e)
{
	return e->direction == RINGFENCE_DIRECTION_TX ? "tx" : "rx";
}

static void print_rules_event(const struct rgf_event *e)
{
	char when[TIME_TEXT_MAX];

	printf("%s %s", time_text(when), event_names[e->type]);
	if (e->has_rules)
		printf(" rules %u", e->rules);
	if (e->confirm)
		printf(" confirm %u", e->confirm);
	if (e->type == RGF_EVENT_ADDRESS_SET)
		printf(" set %s entries %u", e->set, e->entries);
	putchar('\n');
}

static void print_rules_event_json(const struct rgf_event *e)
{
	char when[TIME_TEXT_MAX];
	json_t *j = json_pack("{s:s, s:s}", "time", time_text(when), "event",
			      event_names[e->type]);

	if (j && e->has_rules)
		json_object_set_new(j, "rules", json_integer(e->rules));
	if (j && e->confirm)
		json_object_set_new(j, "confirm", json_integer(e->confirm));
	if (j && e->type == RGF_EVENT_ADDRESS_SET) {
		json_object_set_new(j, "set", json_string(e->set));
		json_object_set_new(j, "entries", json_integer(e->entries));
	}
	print_json(j);
}

static void print_event(const struct rgf_event *e)
{
	char when[TIME_TEXT_MAX], label[LABEL_TEXT_MAX], mki[MKI_TEXT_MAX];

	printf("%s %s id %u label %s", time_text(when), event_names[e->type],
	       e->id, label_text(e->label, label));
	if (of_leg(e))
		printf(" leg %s", e->leg ? "b" : "a");
	if (of_stream(e))
		printf(" ssrc 0x%08x", e->ssrc);
	if (has_count(e))
		printf(" count %" PRIu64, e->count);
	if (e->type == RGF_EVENT_KEY)
		printf(" direction %s mki %s left %" PRIu64, direction(e),
		       mki_text(e->mki, e->mki_len, mki), e->count);
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

	if (j && of_leg(e))
		json_object_set_new(j, "leg", json_string(e->leg ? "b" : "a"));
	if (j && of_stream(e))
		json_object_set_new(j, "ssrc", json_integer(e->ssrc));
	if (j && e->type == RGF_EVENT_KEY) {
		json_object_set_new(j, "direction", json_string(direction(e)));
		json_object_set_new(j, "mki", json_mki(e->mki, e->mki_len));
		json_object_set_new(j, "left",
				    json_integer((json_int_t)e->count));
	}
	if (j && has_count(e))
		json_object_set_new(j, "count",
				    json_integer((json_int_t)e->count));
	if (j && e->type == RGF_EVENT_IDLE)
		json_object_set_new(j, "idle", json_integer(e->idle));
	print_json(j);
}

/* What has no session. */
static void print_guard_event(const struct rgf_event *e)
{
	char when[TIME_TEXT_MAX], prefix[RGF_PREFIX_TEXT_MAX];

	printf("%s %s", time_text(when), event_names[e->type]);
	if (e->type == RGF_EVENT_FULL) {
		printf(" table %s count %" PRIu64,
		       or_number(rgf_guard_table_name(e->table), e->table),
		       e->count);
	} else {
		printf(" %s ", rgf_prefix_text(&e->ban.prefix, prefix));
		print_ban_why(&e->ban);
		printf(" offences %u", e->ban.offences);
	}
	if (e->type == RGF_EVENT_UNBAN)
		printf(" packets %" PRIu64 " cause %s", e->ban.packets,
		       or_number(rgf_unban_cause_name(e->ban.cause),
				 e->ban.cause));
	else if (e->type == RGF_EVENT_BAN && e->ban.left)
		printf(" left %u", e->ban.left);
	putchar('\n');
}

static void print_guard_event_json(const struct rgf_event *e)
{
	char when[TIME_TEXT_MAX];
	json_t *j = json_pack("{s:s, s:s}", "time", time_text(when), "event",
			      event_names[e->type]);

	if (j && e->type == RGF_EVENT_FULL) {
		json_object_set_new(
			j, "table",
			json_string(or_number(rgf_guard_table_name(e->table),
					      e->table)));
		json_object_set_new(j, "count",
				    json_integer((json_int_t)e->count));
	} else if (j) {
		json_add_ban(j, &e->ban);
	}
	if (j && e->type == RGF_EVENT_UNBAN)
		json_object_set_new(j, "cause",
				    json_string(or_number(
					    rgf_unban_cause_name(e->ban.cause),
					    e->ban.cause)));
	print_json(j);
}

static void on_event(const struct rgf_event *e, void *arg)
{
	const struct cli *cli = arg;

	if (rgf_event_of_rules(e) && cli->json)
		print_rules_event_json(e);
	else if (rgf_event_of_rules(e))
		print_rules_event(e);
	else if (cli->json && !of_session(e))
		print_guard_event_json(e);
	else if (!of_session(e))
		print_guard_event(e);
	else if (cli->json)
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
