/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions and counters on standard output, for people and as JSON. */
#ifndef RINGFENCE_PRINT_H
#define RINGFENCE_PRINT_H

#include <arpa/inet.h>
#include <jansson.h>

#include "lib/ringfence.h"

#define LABEL_TEXT_MAX (4 * RINGFENCE_LABEL_MAX + 1)

/* A label comes from anywhere: escape what is not printable ASCII, blanks too
 * so that it stays one word; "-" for none. @buf has LABEL_TEXT_MAX bytes. */
const char *label_text(const char *label, char *buf);

/* Now, in UTC, as RFC 3339 writes it. */
#define TIME_TEXT_MAX 40
const char *time_text(char *buf);

/* "10.0.1.1:20000" or "[2001:db8::1]:20000"; "-" for port 0. */
#define ADDR_TEXT_MAX (INET6_ADDRSTRLEN + sizeof("[]:65535"))
const char *addr_text(const struct rgf_addr *addr, uint16_t port, char *buf);

/* Hexadecimal; "-" for none. */
#define MKI_TEXT_MAX (2 * RINGFENCE_MKI_MAX + 1)
const char *mki_text(const uint8_t *mki, uint8_t len, char *buf);

const char *suite_text(enum ringfence_suite suite); /* "unknown" if it is */
double percent(uint64_t part, uint64_t rest); /* of both; 0 of nothing */
uint64_t drops_sum(const struct rgf_counters *c);
void print_list_head(void);
void print_list_session(const struct rgf_session *s); /* a line for each leg */
void print_session(const struct rgf_session *s);
void print_counters(const struct rgf_counters *c, const char *indent);

/* New references; NULL only without memory. */
json_t *json_label(const char *label);
json_t *json_session(const struct rgf_session *s);
json_t *json_mki(const uint8_t *mki, uint8_t len); /* null for none */
json_t *json_stats(const struct rgf_stats *s);

/* A member of an object; "-" for none, and for an empty text. */
const char *text_of(const json_t *j, const char *name);
json_int_t number_of(const json_t *j, const char *name);

/* Write @j, which is taken over and may be NULL, as one line. */
void print_json(json_t *j);
void write_json(json_t *j); /* the same without the line's end */

#endif
