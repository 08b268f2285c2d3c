/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits, bans and trust for people and as JSON. */
#ifndef RINGFENCE_GUARD_PRINT_H
#define RINGFENCE_GUARD_PRINT_H

#include <jansson.h>

#include "lib/guard.h"
#include "lib/rules.h"

/* @name, or @number as text if there is none. Valid until the next call. */
const char *or_number(const char *name, unsigned int number);

/* "limit register rate 120", "daemon scanner", "rule 7", "operator" */
void print_ban_why(const struct rgf_ban *ban);

void print_ban_head(void);
void print_ban(const struct rgf_ban *ban);
void print_trust_head(void);
void print_trust(const struct rgf_trust *trust);
void print_source_head(void);
void print_source(const struct rgf_source *s);
void print_limits(const struct rgf_limits *l);
void print_limits_json(const struct rgf_limits *l);

/* New references; NULL only without memory. */
json_t *json_ban(const struct rgf_ban *ban);
json_t *json_trust(const struct rgf_trust *trust);
json_t *json_source(const struct rgf_source *s);

/* All that a ban has, into the object @j. */
void json_add_ban(json_t *j, const struct rgf_ban *ban);

#endif
