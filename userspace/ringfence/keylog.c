// SPDX-License-Identifier: GPL-2.0-or-later
/* The switch of the daemon's key log, and what status warns of. */
#include <stdio.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

static void print_keylog(const json_t *state)
{
	const json_t *keylog = json_object_get(state, "keylog");
	int seconds =
		(int)json_integer_value(json_object_get(keylog, "seconds"));

	if (seconds)
		printf("WARNING: TLS keys are written to %s for %d more "
		       "seconds\n",
		       json_string_value(json_object_get(keylog, "file")),
		       seconds);
}

void keylog_warnings(const json_t *state)
{
	const char *clock = json_string_value(json_object_get(state, "clock"));

	print_keylog(state);
	if (clock && strcmp(clock, "wrong") == 0)
		puts("WARNING: the clock is wrong: no certificate is accepted");
	else if (clock && strcmp(clock, "unsynchronized") == 0)
		puts("WARNING: the clock was never synchronized: certificates "
		     "are judged by dates that may be wrong");
}

static int answer(const struct cli *cli, const char *method, json_t *body)
{
	json_t *state;
	int r = control_json(cli, method, "/keylog", body, &state);

	if (r)
		return r;
	if (cli->json) {
		print_json(state);
		return CLI_OK;
	}
	print_keylog(state);
	json_decref(state);
	return CLI_OK;
}

int cmd_keylog_on(struct cli *cli, struct words *w)
{
	const char *word;
	uint32_t seconds;
	int r = word_need(cli, w, "keylog on", "SECONDS", &word);

	if (!r)
		r = word_u32(cli, "keylog on", word, 1, 86400, &seconds);
	if (!r)
		r = word_end(cli, w);
	if (r)
		return r;
	return answer(cli, "POST", json_pack("{s:i}", "seconds", (int)seconds));
}

int cmd_keylog_off(struct cli *cli, struct words *w)
{
	int r = word_end(cli, w);

	return r ? r : answer(cli, "DELETE", NULL);
}
