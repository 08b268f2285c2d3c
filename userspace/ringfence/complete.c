// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "ringfence/complete.h"

#define IDS_MAX 100 /* nobody chooses from more */

static int complete_id(const struct rgf_session *s, void *arg)
{
	unsigned int *n = arg;

	printf("%u\n", s->id);
	return ++*n < IDS_MAX ? 0 : -1;
}

/* Quietly nothing where the module can't be asked. */
static void complete_ids(void)
{
	unsigned int n = 0;
	struct rgf *rgf;

	if (rgf_open(&rgf))
		return;
	rgf_session_dump(rgf, complete_id, &n);
	rgf_close(rgf);
}

static void complete_netns(void)
{
	DIR *dir = opendir(NETNS_DIR);
	const struct dirent *d;

	if (!dir)
		return;
	while ((d = readdir(dir)))
		if (*d->d_name != '.')
			puts(d->d_name);
	closedir(dir);
}

void complete_flags(flag_name *name)
{
	puts("none");
	for (unsigned int i = 0; name(i); i++)
		puts(name(i));
}

void complete_candidates(enum candidates c)
{
	switch (c) {
	case CANDIDATES_NONE:
	case CANDIDATES_FLAGS: /* of what? complete_flags() is told */
		break;
	case CANDIDATES_ID:
		complete_ids();
		break;
	case CANDIDATES_FILE:
		puts("<file>");
		break;
	case CANDIDATES_NETNS:
		complete_netns();
		break;
	case CANDIDATES_SUITE:
		for (unsigned int i = 0; rgf_suite_name(i); i++)
			puts(rgf_suite_name(i));
		break;
	case CANDIDATES_LATCH:
		for (unsigned int i = 0; rgf_latch_name(i); i++)
			puts(rgf_latch_name(i));
		break;
	case CANDIDATES_DSCP:
		puts(DSCP_KEEP_WORD);
		break;
	}
}

static void complete_which(struct words *w, bool all)
{
	const char *word = word_next(w);

	if (!word) {
		puts("id");
		if (all)
			puts("all");
	} else if (strcmp(word, "id") == 0 && !word_peek(w)) {
		complete_candidates(CANDIDATES_ID);
	}
}

void complete_del(struct words *w)
{
	complete_which(w, true);
}

void complete_show(struct words *w)
{
	complete_which(w, false);
}
