/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions and counters on standard output, for people and as JSON. */
#ifndef RINGFENCE_PRINT_H
#define RINGFENCE_PRINT_H

#include <jansson.h>

#include "lib/ringfence.h"

#define LABEL_TEXT_MAX (4 * RINGFENCE_LABEL_MAX + 1)

/* A label comes from anywhere: escape what is not printable ASCII, blanks too
 * so that it stays one word; "-" for none. @buf has LABEL_TEXT_MAX bytes. */
const char *label_text(const char *label, char *buf);

uint64_t drops_sum(const struct rgf_counters *c);
void print_list_head(void);
void print_list_session(const struct rgf_session *s); /* a line for each leg */
void print_session(const struct rgf_session *s);
void print_counters(const struct rgf_counters *c, const char *indent);

/* New references; NULL only without memory. */
json_t *json_label(const char *label);
json_t *json_session(const struct rgf_session *s);
json_t *json_stats(const struct rgf_stats *s);

/* Write @j, which is taken over and may be NULL, as one line. */
void print_json(json_t *j);
void write_json(json_t *j); /* the same without the line's end */

#endif
