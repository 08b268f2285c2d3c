/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this package only. */
#ifndef MANAGE_INTERNAL_H
#define MANAGE_INTERNAL_H

#include <jansson.h>
#include <stdbool.h>

#include <event2/keyvalq_struct.h>

#include "manage/api.h"

/* One call while it is handled. */
struct call {
	struct datastore *ds;
	const struct api_request *req;
	const char *path;
	struct evkeyvalq query;
	unsigned int undo_seconds;
	uint64_t generation; /* that the client has seen; 0: it didn't say */
	struct config_error errs[API_ERRORS_MAX];
};

/* reply.c */
void reply_json(struct api_reply *ret, int status, json_t *json); /* takes it */
void reply_text(struct api_reply *ret, char *text); /* takes it over */
/* @n as of datastore_edit(): a number of errors, or -errno with one. */
void reply_errors(struct api_reply *ret, const struct config_error *errs,
		  int n);

/* read.c: these change nothing. */
void api_show(struct call *c, struct api_reply *ret);
void api_diff(struct call *c, struct api_reply *ret);
void api_state(struct call *c, struct api_reply *ret);
void api_history(struct call *c, struct api_reply *ret);

void api_log(struct call *c, struct api_reply *ret); /* log.c */

/* backup.c */
void api_backup(struct call *c, struct api_reply *ret);
void api_restore(struct call *c, struct api_reply *ret);

/* change.c */
/* The body as an object; NULL: it is none, which is said in c->errs. */
json_t *body_object(struct call *c);
void api_load(struct call *c, struct api_reply *ret);
void api_edit(struct call *c, struct api_reply *ret);
void api_discard(struct call *c, struct api_reply *ret);
void api_take(struct call *c, struct api_reply *ret);
void api_commit(struct call *c, struct api_reply *ret);
void api_confirm(struct call *c, struct api_reply *ret);
void api_rollback(struct call *c, struct api_reply *ret);

/* state.c */
void api_overview(struct call *c, struct api_reply *ret);
void api_keylog_start(struct call *c, struct api_reply *ret);
void api_keylog_stop(struct call *c, struct api_reply *ret);

/* registrations.c */
void api_registrations(struct call *c, struct api_reply *ret);
void api_registration_end(struct call *c, struct api_reply *ret);
json_t *registrations_of(const char *extension); /* an array */

/* sip.c */
void api_gateways(struct call *c, struct api_reply *ret);
void api_extensions(struct call *c, struct api_reply *ret);
void api_calls(struct call *c, struct api_reply *ret);
void api_call_hang_up(struct call *c, struct api_reply *ret);

/* certificates.c */
void api_certificates(struct call *c, struct api_reply *ret);
void api_certificate_import(struct call *c, struct api_reply *ret);
void api_certificate_delete(struct call *c, struct api_reply *ret);
void api_certificate_request(struct call *c, struct api_reply *ret);
void api_certificate_reload(struct call *c, struct api_reply *ret);

#endif
