/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Calls in words of JSON: a line for each call that ends, in sip
 * call-record-file, and the same of a call that goes on.
 */
#ifndef SIP_RECORD_H
#define SIP_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "sip/limits.h"

struct call;

/**
 * record_open() - (record-file.c) can that file be written?
 *
 * It is made if it isn't there. Nothing stays open: each record opens it anew,
 * so it can be renamed at any time. 0 or -errno.
 */
int record_open(const char *file);
void record_set_file(const char *file); /* copied; NULL: no records */
const char *record_file(void); /* NULL: no records */
/* One write(), which O_APPEND keeps apart from others. 0 or -errno. */
int record_append(const char *text, size_t len);

/* record.c: the call is over; its media must still be there. Logs what goes wrong. */
void record_write(const struct call *c, int status, const char *why);

/* A call that goes on. @media: with its counters, which asks the kernel. */
json_t *record_call(const struct call *c, bool media);

/* @user with all but printable ASCII as '?', cut; "anonymous" for none. */
void record_party(const char *user, char ret[SIP_PARTY_MAX + 1]);

#endif
