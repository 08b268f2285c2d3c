// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * HTTP/1.1 with one request for each connection, so that the end of the answer
 * is the end of the stream. The client of the HTTP library that the daemon uses
 * can't connect to Unix sockets.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ringfence/control.h"

#define STEP 65536

static const char *socket_path = CONTROL_SOCKET;

void control_set_socket(const char *path)
{
	socket_path = path ? path : CONTROL_SOCKET;
}

void control_encode(const char *text, char *buf)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (isalnum(c) || strchr("-._~", c))
			*buf++ = (char)c;
		else
			buf += sprintf(buf, "%%%02X", c);
	}
	*buf = '\0';
}

void control_free(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

static int connect_failed(const struct cli *cli, int err)
{
	if (err == ENOENT || err == ECONNREFUSED)
		return cli_error(cli, CLI_FAILED,
				 "ringfenced is not running: nobody answers at "
				 "%s; start it, or name its socket by -s",
				 socket_path);
	return cli_error(cli, CLI_FAILED, "cannot connect to %s: %s",
			 socket_path, strerror(err));
}

static int open_socket(const struct cli *cli, bool quiet, int *ret)
{
	const struct timeval limit = { .tv_sec = CONTROL_SECONDS };
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, err = ENAMETOOLONG;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && strlen(socket_path) < sizeof(addr.sun_path)) {
		strcpy(addr.sun_path, socket_path);
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
		if (!connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
			*ret = fd;
			return CLI_OK;
		}
		err = errno;
	}
	if (fd >= 0)
		close(fd);
	return quiet ? CLI_FAILED : connect_failed(cli, err);
}

static bool send_all(int fd, const char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* It may be answered, and closed, before all of it was read. */
static void send_request(int fd, const struct control_request *req)
{
	char *head;
	int n;

	n = asprintf(&head,
		     "%s %s HTTP/1.1\r\nHost: ringfence\r\n"
		     "Connection: close\r\nContent-Type: %s\r\n"
		     "Content-Length: %zu\r\n\r\n",
		     req->method, req->uri,
		     req->type ? req->type : "application/json", req->len);
	if (n < 0)
		return;
	if (send_all(fd, head, (size_t)n) && req->len)
		send_all(fd, req->body, req->len);
	free(head);
}

/* All until the end of the stream; NULL: too much, too late, or no memory. */
static char *receive(int fd, size_t *len)
{
	size_t room = 0;
	char *text = NULL;

	*len = 0;
	for (;;) {
		ssize_t n;

		if (*len + 1 >= room) {
			char *more = *len < CONTROL_REPLY_MAX
					     ? realloc(text, room + STEP)
					     : NULL;

			if (!more)
				break;
			text = more;
			room += STEP;
		}
		n = read(fd, text + *len, room - *len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		if (n == 0) {
			text[*len] = '\0';
			return text;
		}
		*len += (size_t)n;
	}
	if (text)
		explicit_bzero(text, *len);
	free(text);
	return NULL;
}

/* The status, and where the body starts; 0: that is no answer. */
static int parse_head(const char *text, const char **body)
{
	const char *end = strstr(text, "\r\n\r\n");
	const char *status = strchr(text, ' ');

	if (strncmp(text, "HTTP/1.", strlen("HTTP/1.")) != 0 || !end || !status)
		return 0;
	*body = end + 4;
	return (int)strtol(status, NULL, 10);
}

static void say_refusal(const struct cli *cli,
			const struct control_request *req, const json_t *error)
{
	const char *path = json_string_value(json_object_get(error, "path"));
	const char *text = json_string_value(json_object_get(error, "text"));
	int line = (int)json_integer_value(json_object_get(error, "line"));
	char where[32] = "";

	if (req->file && line)
		snprintf(where, sizeof(where), ":%d: ", line);
	cli_say(cli, "", "%s%s%s%s%s", *where ? req->file : "", where,
		path ? path : "", path && *path ? ": " : "", text ? text : "");
}

static int refused(const struct cli *cli, const struct control_request *req,
		   int status, const char *body)
{
	json_t *json = json_loads(body, 0, NULL);
	const json_t *errors = json_object_get(json, "errors");
	int n = (int)json_integer_value(json_object_get(json, "count"));
	int shown = (int)json_array_size(errors);

	if (!req->quiet && shown == 0)
		cli_say(cli, "", "ringfenced answers %d to %s", status,
			req->uri);
	for (int i = 0; !req->quiet && i < shown; i++)
		say_refusal(cli, req, json_array_get(errors, (size_t)i));
	if (!req->quiet && n > shown)
		cli_say(cli, "", "%d more errors", n - shown);
	json_decref(json);
	return status == 400 ? CLI_USAGE : CLI_FAILED;
}

int control_call(const struct cli *cli, const struct control_request *req,
		 char **ret)
{
	const char *body = NULL;
	int fd, status, r;
	size_t len;
	char *text;

	r = open_socket(cli, req->quiet, &fd);
	if (r)
		return r;
	send_request(fd, req);
	text = receive(fd, &len);
	close(fd);
	status = text ? parse_head(text, &body) : 0;
	if (status == 200) {
		memmove(text, body, strlen(body) + 1);
		*ret = text;
		return CLI_OK;
	}
	if (status)
		r = refused(cli, req, status, body);
	else if (req->quiet)
		r = CLI_FAILED;
	else
		r = cli_error(cli, CLI_FAILED,
			      "ringfenced does not answer; it may be busy with "
			      "other clients: try again");
	control_free(text);
	return r;
}

json_t *control_ask(const struct cli *cli, const char *uri)
{
	const struct control_request req = { .method = "GET",
					     .uri = uri,
					     .quiet = true };
	json_t *answer;
	char *text = NULL;

	if (control_call(cli, &req, &text))
		return NULL;
	answer = json_loads(text, 0, NULL);
	control_free(text);
	return answer;
}

int control_json(const struct cli *cli, const char *method, const char *uri,
		 json_t *body, json_t **ret)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : strdup("");
	struct control_request req = { .method = method, .uri = uri };
	char *answer;
	int r;

	json_decref(body);
	if (!text)
		return cli_error(cli, CLI_FAILED, "out of memory");
	req.body = text;
	req.len = strlen(text);
	r = control_call(cli, &req, &answer);
	control_free(text);
	if (r)
		return r;
	*ret = json_loads(answer, 0, NULL);
	control_free(answer);
	return *ret ? CLI_OK
		    : cli_error(cli, CLI_FAILED,
				"ringfenced answers what is no JSON");
}
