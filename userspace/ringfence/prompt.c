// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The prompt, for terminals and as a login shell. Its history is in memory only,
 * for lines may hold secrets.
 */
#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/prompt.h"

#define HISTORY_LINES  200
#define CANDIDATES_MAX 512 /* nobody chooses from more */

/* What may follow, of what completion for the shell prints. */
struct choice {
	char *text; /* a word a line */
	char *word[CANDIDATES_MAX];
	size_t n;
};

static char *prompt_text(EditLine *el)
{
	static char text[] = "ringfence> ";

	return text;
}

/* The words before the one at the cursor; where that one begins. */
static const char *words_before(char *line, char *words[WORDS_MAX + 1])
{
	char *last = line;
	size_t n = 0;

	for (char *p = strpbrk(line, " \t"); p && n < WORDS_MAX;
	     p = strpbrk(last, " \t")) {
		*p = '\0';
		if (*last)
			words[n++] = last;
		last = p + 1;
	}
	words[n] = NULL;
	return last;
}

/* Completion prints to stdout: let that be memory for a moment. */
static int ask(char *words[], struct choice *ret)
{
	struct words w = { words };
	FILE *real = stdout, *memory;
	size_t len = 0;

	memset(ret, 0, sizeof(*ret));
	memory = open_memstream(&ret->text, &len);
	if (!memory)
		return -1;
	stdout = memory;
	complete_line(&w);
	stdout = real;
	return fclose(memory) ? -1 : 0;
}

static void keep_matching(struct choice *c, const char *prefix)
{
	size_t len = strlen(prefix);

	for (char *word = strtok(c->text, "\n"); word && c->n < CANDIDATES_MAX;
	     word = strtok(NULL, "\n")) {
		/* "<file>" and the like are no words. */
		if (*word != '<' && !strncmp(word, prefix, len))
			c->word[c->n++] = word;
	}
}

static size_t common_length(const struct choice *c)
{
	size_t len = strlen(c->word[0]);

	for (size_t i = 1; i < c->n; i++) {
		size_t same = 0;

		while (same < len && c->word[0][same] == c->word[i][same])
			same++;
		len = same;
	}
	return len;
}

static unsigned char insert(EditLine *el, const struct choice *c,
			    const char *prefix)
{
	size_t len = common_length(c), typed = strlen(prefix);
	char more[256];

	snprintf(more, sizeof(more), "%.*s%s", (int)(len - typed),
		 c->word[0] + typed, c->n == 1 ? " " : "");
	if (*more)
		return el_insertstr(el, more) ? CC_ERROR : CC_REFRESH;
	putchar('\n');
	for (size_t i = 0; i < c->n; i++)
		printf("%s%s", c->word[i], i + 1 < c->n ? "  " : "\n");
	fflush(stdout);
	return CC_REDISPLAY;
}

static unsigned char complete(EditLine *el, int key)
{
	const LineInfo *info = el_line(el);
	char *line =
		strndup(info->buffer, (size_t)(info->cursor - info->buffer));
	unsigned char ret = CC_ERROR;
	char *words[WORDS_MAX + 1];
	struct choice c;
	const char *prefix;

	if (!line)
		return CC_ERROR;
	prefix = words_before(line, words);
	if (!ask(words, &c)) {
		keep_matching(&c, prefix);
		if (c.n > 0)
			ret = insert(el, &c, prefix);
	}
	free(c.text);
	free(line);
	return ret;
}

/*
 * ^D typed ahead, before libedit has the terminal, arrives as NUL (the kernel's
 * mark of an end of file, once the terminal is no longer read by lines).
 */
static unsigned char end_typed_ahead(EditLine *el, int key)
{
	const LineInfo *info = el_line(el);

	return info->lastchar == info->buffer ? CC_EOF : CC_ERROR;
}

static EditLine *open_editor(History *history_of)
{
	EditLine *el = el_init("ringfence", stdin, stdout, stderr);

	if (!el)
		return NULL;
	el_set(el, EL_PROMPT, prompt_text);
	el_set(el, EL_EDITOR, "emacs");
	el_set(el, EL_SIGNAL, 1);
	el_set(el, EL_HIST, history, history_of);
	el_set(el, EL_ADDFN, "complete", "complete a word", complete);
	el_set(el, EL_BIND, "^I", "complete", NULL);
	el_set(el, EL_ADDFN, "end-typed-ahead", "end the input",
	       end_typed_ahead);
	el_set(el, EL_BIND, "^@", "end-typed-ahead", NULL);
	return el;
}

int prompt_line(struct cli *cli, const char *text)
{
	char *line = strdup(text), *list[WORDS_MAX + 1];
	struct words w = { list };
	int r;

	if (!line)
		return cli_error(cli, CLI_FAILED, "out of memory");
	r = words_split(cli, line, list);
	if (!r && *list)
		r = cli_run(cli, &w);
	fflush(stdout);
	explicit_bzero(line, strlen(text));
	free(line);
	return r;
}

/* The whole line, but for blanks around it. */
static bool is_word(const char *line, const char *word)
{
	line += strspn(line, " \t");
	return !strncmp(line, word, strlen(word)) &&
	       !line[strlen(word) + strspn(line + strlen(word), " \t\r\n")];
}

static void read_lines(struct cli *cli, EditLine *el, History *lines)
{
	const char *line;
	HistEvent ev;
	int n;

	while ((line = el_gets(el, &n)) && n > 0) {
		if (is_word(line, "exit") || is_word(line, "quit"))
			return;
		if (is_word(line, ""))
			continue;
		history(lines, &ev, H_ENTER, line);
		prompt_line(cli, line);
	}
	putchar('\n');
}

int prompt_run(struct cli *cli)
{
	History *lines = history_init();
	EditLine *el;
	HistEvent ev;

	if (!lines)
		return cli_error(cli, CLI_FAILED, "out of memory");
	history(lines, &ev, H_SETSIZE, HISTORY_LINES);
	el = open_editor(lines);
	if (el) {
		puts("\"help\" for the commands, \"config help\" for the "
		     "parameters, \"exit\" to leave");
		read_lines(cli, el, lines);
		el_end(el);
	}
	history_end(lines);
	return el ? CLI_OK
		  : cli_error(cli, CLI_FAILED, "the terminal can't be used");
}
