// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/key.h"

#define SHOWN_MAX 80

const char *word_peek(const struct words *w)
{
	return *w->next;
}

const char *word_next(struct words *w)
{
	return *w->next ? *w->next++ : NULL;
}

const char *word_show(const char *word)
{
	static char buf[SHOWN_MAX + 8];

	if (key_inside(word))
		return "(what looks like a key, not shown)";
	snprintf(buf, sizeof(buf), "\"%.*s\"%s", SHOWN_MAX, word,
		 strlen(word) > SHOWN_MAX ? "..." : "");
	for (char *c = buf; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	return buf;
}

int word_need(const struct cli *cli, struct words *w, const char *after,
	      const char *what, const char **ret)
{
	const char *word = word_next(w);

	if (!word)
		return cli_error(cli, CLI_USAGE, "%s needs a value: %s %s",
				 after, after, what);
	*ret = word;
	return CLI_OK;
}

int word_end(const struct cli *cli, const struct words *w)
{
	if (word_peek(w))
		return cli_error(
			cli, CLI_USAGE,
			"unexpected word %s; the command ends before it",
			word_show(word_peek(w)));
	return CLI_OK;
}

bool word_number(const char *word, uint64_t max, uint64_t *ret)
{
	unsigned long long n = 0;
	char *end = NULL;

	errno = 0;
	if (*word >= '0' && *word <= '9')
		n = strtoull(word, &end, 10);
	if (!end || *end || errno || n > max)
		return false;
	*ret = n;
	return true;
}

int word_u32(const struct cli *cli, const char *after, const char *word,
	     uint32_t min, uint32_t max, uint32_t *ret)
{
	uint64_t n;

	if (!word_number(word, max, &n) || n < min)
		return cli_error(cli, CLI_USAGE,
				 "%s must be a number from %u to %u, not %s",
				 after, min, max, word_show(word));
	*ret = (uint32_t)n;
	return CLI_OK;
}

void names_add(char *names, size_t size, const char *name)
{
	size_t used = strlen(names);

	snprintf(names + used, size - used, "%s%s", used ? ", " : "", name);
}

uint32_t flag_by_name(flag_name *name, const char *flag)
{
	for (unsigned int bit = 0; name(bit); bit++)
		if (strcmp(name(bit), flag) == 0)
			return 1U << bit;
	return 0;
}

static char *skip_blanks(char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* End the word at @p with a zero; the rest of the line, or NULL: bad quotes. */
static char *cut_word(char **p)
{
	char *end;

	if (**p != '"') {
		end = *p + strcspn(*p, " \t\r\n");
	} else {
		end = strchr(++*p, '"');
		if (!end || !strchr(" \t\r\n", end[1]))
			return NULL;
	}
	if (*end)
		*end++ = 0;
	return end;
}

int words_split(const struct cli *cli, char *line, char *ret[WORDS_MAX + 1])
{
	char *p = skip_blanks(line);
	int n = 0;

	while (*p && *p != '#') {
		if (n == WORDS_MAX)
			return cli_error(cli, CLI_USAGE,
					 "more than %d words in one line",
					 WORDS_MAX);
		ret[n++] = p;
		p = cut_word(&ret[n - 1]);
		if (!p)
			return cli_error(cli, CLI_USAGE,
					 "a word that starts with \" must end "
					 "with \" and a blank");
		p = skip_blanks(p);
	}
	ret[n] = NULL;
	return CLI_OK;
}
