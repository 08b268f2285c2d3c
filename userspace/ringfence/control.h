/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon's control socket, from the client's side. */
#ifndef RINGFENCE_CONTROL_H
#define RINGFENCE_CONTROL_H

#include <jansson.h>

#include "ringfence/cli.h"

#define CONTROL_SOCKET	  "/run/ringfence/control.sock"
#define CONTROL_REPLY_MAX (8 * 1024 * 1024) /* bytes; more: an error */
#define CONTROL_SECONDS	  60 /* without an answer: an error */

/* Kept by reference; NULL: CONTROL_SOCKET. */
void control_set_socket(const char *path);

struct control_request {
	const char *method;
	const char *uri;
	const char *type; /* of the body */
	const char *body; /* NULL: none */
	size_t len;
	bool quiet; /* for completion: say nothing of errors */
	/* Of a refusal's lines, e.g. the file that was sent; NULL: none. */
	const char *file;
};

/**
 * control_call() - ask, and wait for the answer
 * @ret: the body, ended by a zero; the caller frees it by control_free()
 *
 * Return: CLI_OK; CLI_USAGE if the request was wrong, else CLI_FAILED, and what
 * the daemon had to say is said.
 */
int control_call(const struct cli *cli, const struct control_request *req,
		 char **ret);
/* The same, with an object to send (taken over), and JSON for an answer. */
int control_json(const struct cli *cli, const char *method, const char *uri,
		 json_t *body, json_t **ret);
/* GET, without a word if that fails; NULL then. */
json_t *control_ask(const struct cli *cli, const char *uri);
void control_free(char *text); /* wipes it; NULL is fine */

void keylog_warnings(const json_t *state); /* of GET /state; printed */

/* Write @text as a part of a URI. */
#define CONTROL_ENCODED_MAX(n) (3 * (n) + 1)
void control_encode(const char *text, char *buf);

#endif
