// SPDX-License-Identifier: GPL-2.0-or-later
/* Rule sets: checked, loaded, listed. */
#include "ringfence/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"

/* All of a file, one byte more than it may have at most. */
static int read_all(FILE *f, char **ret, size_t *ret_len)
{
	size_t room = 65536, len = 0;
	char *text = malloc(room);

	errno = 0;
	while (text) {
		char *more;

		len += fread(text + len, 1, room - len, f);
		if (len < room || len > RGF_RULES_TEXT_MAX)
			break;
		room *= 2;
		more = realloc(text, room);
		if (!more)
			free(text);
		text = more;
	}
	if (!text)
		return -ENOMEM;
	if (ferror(f)) {
		free(text);
		return errno ? -errno : -EIO;
	}
	*ret = text;
	*ret_len = len;
	return 0;
}

static int read_file(const struct cli *cli, const char *name, char **ret,
		     size_t *ret_len)
{
	bool is_stdin = strcmp(name, "-") == 0;
	FILE *f = is_stdin ? stdin : fopen(name, "re");
	int r;

	if (!f)
		return cli_error(cli, CLI_FAILED, "cannot read %s: %s", name,
				 strerror(errno));
	r = read_all(f, ret, ret_len);
	if (!is_stdin)
		fclose(f);
	if (r)
		return cli_error(cli, CLI_FAILED, "cannot read %s: %s", name,
				 strerror(-r));
	return CLI_OK;
}

/* "FILE:LINE: text", as compilers say it, so that editors find the place. */
static int bad_rules(const struct cli *cli, const char *name, unsigned int line,
		     const char *error)
{
	if (line)
		return cli_error(cli, CLI_USAGE, "%s:%u: %s", name, line,
				 error);
	return cli_error(cli, CLI_USAGE, "%s: %s", name, error);
}

static int parse_file(const struct cli *cli, const char *name,
		      struct rgf_rules **ret)
{
	char error[RGF_RULES_ERROR_MAX] = "";
	unsigned int line;
	char *text = NULL;
	size_t len = 0;
	int r = read_file(cli, name, &text, &len);

	if (r)
		return r;
	r = rgf_rules_parse(text, len, ret, &line, error);
	free(text);
	if (r == -EINVAL)
		return bad_rules(cli, name, line, error);
	if (r)
		return cli_error(cli, CLI_FAILED, "%s", strerror(-r));
	return CLI_OK;
}

static int need_file(const struct cli *cli, struct words *w,
		     const char *command, const char **ret)
{
	*ret = word_next(w);
	if (!*ret)
		return cli_error(cli, CLI_USAGE,
				 "%s needs a FILE; - is standard input",
				 command);
	return word_end(cli, w);
}

int cmd_rules_check(struct cli *cli, struct words *w)
{
	struct rgf_rules *rules;
	const char *file;
	int r = need_file(cli, w, "rules check", &file);

	if (!r)
		r = parse_file(cli, file, &rules);
	if (r)
		return r;
	if (cli->json)
		print_rules_json(rules);
	else
		rgf_rules_print(rules, stdout);
	rgf_rules_free(rules);
	return CLI_OK;
}

static int parse_confirm(const struct cli *cli, struct words *w, uint32_t *ret)
{
	const char *word = word_peek(w);
	int r;

	if (!word || strcmp(word, "--confirm") != 0)
		return CLI_OK;
	word_next(w);
	r = word_need(cli, w, "--confirm", "SECONDS", &word);
	if (r)
		return r;
	return word_u32(cli, "--confirm", word, 1, RINGFENCE_CONFIRM_MAX, ret);
}

int cmd_rules_load(struct cli *cli, struct words *w)
{
	struct rgf_rules *rules;
	uint32_t confirm = 0;
	const char *file;
	int r = parse_confirm(cli, w, &confirm);

	if (!r)
		r = need_file(cli, w, "rules load", &file);
	if (!r)
		r = parse_file(cli, file, &rules);
	if (r)
		return r;
	r = cli_rgf(cli);
	if (!r && rgf_rules_load(cli->rgf, rules, confirm))
		r = cli_refused(cli, "rules load", -1, rgf_error(cli->rgf));
	rgf_rules_free(rules);
	if (!r && confirm && !cli->json)
		printf("in force for %u seconds; keep it with: ringfence rules "
		       "confirm\n",
		       confirm);
	return r;
}

static int simple(struct cli *cli, struct words *w, const char *what,
		  int (*run)(struct rgf *rgf))
{
	int r = word_end(cli, w);

	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	r = run(cli->rgf);
	return r ? cli_refused(cli, what, r, rgf_error(cli->rgf)) : CLI_OK;
}

int cmd_rules_confirm(struct cli *cli, struct words *w)
{
	return simple(cli, w, "rules confirm", rgf_rules_confirm);
}

int cmd_rules_clear(struct cli *cli, struct words *w)
{
	return simple(cli, w, "rules clear", rgf_rules_del);
}

int cmd_rules_list(struct cli *cli, struct words *w)
{
	struct rgf_rules *rules;
	int r = word_end(cli, w);

	if (!r)
		r = cli_rgf(cli);
	if (r)
		return r;
	r = rgf_rules_get(cli->rgf, &rules);
	if (r)
		return cli_refused(cli, "rules list", r, rgf_error(cli->rgf));
	if (cli->json)
		print_rules_json(rules);
	else
		print_rules(rules);
	rgf_rules_free(rules);
	return CLI_OK;
}

static const struct {
	const char *word;
	enum ringfence_set_mode mode;
} set_modes[] = {
	{ "add", RINGFENCE_SET_MODE_ADD },
	{ "del", RINGFENCE_SET_MODE_DEL },
	{ "replace", RINGFENCE_SET_MODE_REPLACE },
};

static int parse_mode(const struct cli *cli, const char *word,
		      enum ringfence_set_mode *ret)
{
	for (size_t i = 0; word && i < 3; i++) {
		if (strcmp(set_modes[i].word, word) == 0) {
			*ret = set_modes[i].mode;
			return CLI_OK;
		}
	}
	return cli_error(cli, CLI_USAGE,
			 "rules set needs: add, del or replace, then NAME "
			 "ADDRESS[/BITS]...");
}

static int parse_entries(const struct cli *cli, struct words *w,
			 struct rgf_address_set *set)
{
	char error[RGF_RULES_ERROR_MAX];
	struct rgf_prefix prefix;
	const char *word;

	while ((word = word_next(w))) {
		if (rgf_prefix_parse(word, &prefix, error))
			return cli_error(cli, CLI_USAGE, "%s", error);
		if (rgf_address_set_add(set, &prefix))
			return cli_error(cli, CLI_FAILED,
					 "more entries than a set may have");
	}
	return CLI_OK;
}

int cmd_rules_set(struct cli *cli, struct words *w)
{
	struct rgf_address_set set = { 0 };
	enum ringfence_set_mode mode;
	const char *name;
	int r = parse_mode(cli, word_next(w), &mode);

	if (!r)
		r = word_need(cli, w, "rules set", "NAME", &name);
	if (r)
		return r;
	if (strlen(name) > RINGFENCE_RULE_NAME_MAX)
		return cli_error(cli, CLI_USAGE,
				 "the name of a set has up to %d bytes",
				 RINGFENCE_RULE_NAME_MAX);
	snprintf(set.name, sizeof(set.name), "%s", name);
	r = parse_entries(cli, w, &set);
	if (!r)
		r = cli_rgf(cli);
	if (!r && rgf_address_set_change(cli->rgf, &set, mode))
		r = cli_refused(cli, "rules set", -1, rgf_error(cli->rgf));
	free(set.entries);
	return r;
}

void complete_rules_check(struct words *w)
{
	if (!word_next(w))
		complete_candidates(CANDIDATES_FILE);
}

void complete_rules_load(struct words *w)
{
	const char *word = word_next(w);

	if (!word) {
		puts("--confirm");
		complete_candidates(CANDIDATES_FILE);
	} else if (strcmp(word, "--confirm") == 0 && word_next(w) &&
		   !word_peek(w)) {
		complete_candidates(CANDIDATES_FILE);
	}
}

void complete_rules_set(struct words *w)
{
	if (word_next(w))
		return;
	for (size_t i = 0; i < 3; i++)
		puts(set_modes[i].word);
}
