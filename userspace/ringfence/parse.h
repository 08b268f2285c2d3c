/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of session add and set: between parse.c and parse_check.c. */
#ifndef RINGFENCE_PARSE_H
#define RINGFENCE_PARSE_H

#include "ringfence/cli.h"

#define NAMES_MAX 512 /* bytes of all suites in one line, or all words */

/* Those that are about a leg, or about the session. */
void keyword_names(char *ret, size_t size, bool of_leg);

/* Is it whole, and do its parts agree? Of a new one the suite is set. */
int check_session(const struct cli *cli, struct rgf_session *s, bool add);

#endif
