/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RINGFENCED_OPTIONS_H
#define RINGFENCED_OPTIONS_H

#include <stdbool.h>

/* Exit codes. */
enum {
	RINGFENCED_OK = 0,
	RINGFENCED_FAILED = 1,
	RINGFENCED_USAGE = 2,
};

struct options {
	const char *config_file;
	const char *run_dir;
	bool check; /* validate and exit */
	bool detach;
};

/* Return: -1 to go on, else the exit code; has printed what is to be said. */
int options_parse(int argc, char **argv, struct options *ret);

#endif
