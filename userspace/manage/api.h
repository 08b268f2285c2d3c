/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The calls of the control socket, without the socket: a request and who makes
 * it in, a reply out.
 *
 *	GET	/config/running		lines, or RFC 7951 with format=json; with
 *	GET	/config/candidate	path=WORDS, defaults, secrets in the query
 *	GET	/config/diff		from the running one to the candidate
 *	GET	/config/state		generation, editor, what is unconfirmed
 *	GET	/config/history
 *	GET	/log			notifications; with after=SEQ, service,
 *					severity in the query
 *	PUT	/config/candidate	replace by lines, or RFC 7951
 *	PATCH	/config/candidate	merge
 *	DELETE	/config/candidate	discard
 *	POST	/config/edit		{"commands": [{"set": [WORD, …]}, {"del": […]}]}
 *	POST	/config/take		become the candidate's editor
 *	POST	/config/commit		{"confirmed": SECONDS, "comment": TEXT}
 *	POST	/config/confirm
 *	POST	/config/rollback	{"back": N}
 *	POST	/backup			{"key", "salt": HEX, "cost": N}, or {}: the
 *					file of backup/seal.h
 *	POST	/restore		{"key": HEX, "backup": TEXT}: it becomes
 *					the candidate, and its files are written
 *	GET	/certificates		store=host or others, name=FILE
 *	POST	/certificates/import	store, name, and the lengths of the parts of
 *					the body: certificate, key, passphrase
 *	DELETE	/certificates		store, name
 *	POST	/certificates/request	{"name": FILE, "cn": TEXT, "names": [TEXT],
 *					"key": KIND, "days": N}; 0 days: a request
 *	POST	/certificates/reload	read the files again
 *	GET	/registrations		the contacts of extensions, and the
 *					accounts that gateways register
 *	DELETE	/registrations		extension=NUMBER: all of one; all=1
 *	GET	/calls			with id=NUMBER one, with counters
 *	DELETE	/calls			id=NUMBER: hang up
 *	GET	/gateways		of SIP
 *	GET	/extensions		likewise, and the security policy; with
 *					extension=NUMBER one, with its contacts
 *	GET	/state			what to be warned of: key log, clock
 *	POST	/keylog			{"seconds": N}
 *	DELETE	/keylog
 *
 * What changes something may carry the generation that it is based on (If-Match);
 * its reply has the new one. An error is {"errors": [{"line", "path", "text"}]}.
 */
#ifndef MANAGE_API_H
#define MANAGE_API_H

#include <jansson.h>
#include <stdint.h>

#include "config/datastore.h"

/* Beside the configuration: what else is in a backup. */
#define BACKUP_FOLDER "certificates"

#define API_COMMANDS_MAX 1024 /* of one edit; more: refused */
#define API_ERRORS_MAX	 32 /* in one reply; more are left out */

struct api_request {
	const char *method;
	const char *uri; /* path and query */
	const char *type; /* Content-Type; NULL if there is none */
	const char *if_match; /* NULL if there is none */
	const char *body; /* ends with a zero that is not counted */
	size_t len;
	struct config_editor editor;
};

struct api_reply {
	int status; /* of HTTP */
	const char *type;
	char *body; /* may hold secrets; api_reply_free() wipes it */
	size_t len;
};

/* @undo_seconds: until the unconfirmed commit is undone, if there is one. */
void api_handle(struct datastore *ds, unsigned int undo_seconds,
		const struct api_request *req, struct api_reply *ret);
void api_reply_free(struct api_reply *r);

/* @cb: files of certificates have changed; services are to read them again. */
void api_on_renewal(void (*cb)(void));

/* Ends the key log, and removes its file. */
void api_keylog_exit(void);

/* The SIP module, of which this package knows no more. */
struct api_sip {
	json_t *(*gateways)(void); /* these return new references */
	json_t *(*extensions)(void); /* an object, with the policy */
	json_t *(*calls)(void);
	json_t *(*call)(uint32_t number); /* NULL: there is none */
	int (*hang_up)(uint32_t number, const char *who); /* 0 or -ENOENT */
};
void api_set_sip(const struct api_sip *ops); /* kept; NULL: no calls */

/* A reply that is an error, with one sentence. */
void api_refuse(struct api_reply *ret, int status, const char *text);

#endif
