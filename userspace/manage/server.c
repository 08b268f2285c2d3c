// SPDX-License-Identifier: GPL-2.0-or-later
/* The module of the control socket. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>

#include "base/log.h"
#include "base/loop.h"
#include "base/secret.h"
#include "cert/keylog.h"
#include "manage/api.h"
#include "manage/guard.h"
#include "manage/manage.h"
#include "manage/peer.h"
#include "ringfenced/daemon.h"
#include "ringfenced/module.h"
#include "sip/report.h"

#define BACKLOG 128 /* that wait to be accepted; more: their connect() waits */

static struct evhttp *http;
static char *socket_path;
static struct peer_groups groups, prepared;

static const char *method_name(enum evhttp_cmd_type type)
{
	switch (type) {
	case EVHTTP_REQ_GET:
		return "GET";
	case EVHTTP_REQ_POST:
		return "POST";
	case EVHTTP_REQ_PUT:
		return "PUT";
	case EVHTTP_REQ_PATCH:
		return "PATCH";
	case EVHTTP_REQ_DELETE:
		return "DELETE";
	default:
		return "";
	}
}

/* The body as one piece of memory; NULL without memory. */
static char *copy_body(struct evhttp_request *req, size_t *len)
{
	struct evbuffer *in = evhttp_request_get_input_buffer(req);
	char *body;

	*len = evbuffer_get_length(in);
	body = malloc(*len + 1);
	if (!body)
		return NULL;
	evbuffer_remove(in, body, *len);
	body[*len] = '\0';
	return body;
}

static void send_reply(struct evhttp_request *req, const struct api_reply *r)
{
	struct evkeyvalq *out = evhttp_request_get_output_headers(req);
	struct evbuffer *body = evbuffer_new();

	if (r->type)
		evhttp_add_header(out, "Content-Type", r->type);
	evhttp_add_header(out, "Cache-Control", "no-store");
	if (r->status == 429)
		evhttp_add_header(out, "Retry-After", "1");
	if (body && r->body)
		evbuffer_add(body, r->body, r->len);
	evhttp_send_reply(req, r->status, NULL, body);
	if (body)
		evbuffer_free(body);
}

static void handle(struct evhttp_request *req, struct api_request *call,
		   struct api_reply *reply)
{
	struct evkeyvalq *in = evhttp_request_get_input_headers(req);
	char *body;

	body = copy_body(req, &call->len);
	if (!body) {
		api_refuse(reply, 503, "out of memory");
		return;
	}
	call->method = method_name(evhttp_request_get_command(req));
	call->uri = evhttp_request_get_uri(req);
	call->type = evhttp_find_header(in, "Content-Type");
	call->if_match = evhttp_find_header(in, "If-Match");
	call->body = body;
	api_handle(daemon_datastore(), daemon_undo_seconds(), call, reply);
	secret_free(body, call->len);
}

static void on_request(struct evhttp_request *req, void *arg)
{
	struct evhttp_connection *conn = evhttp_request_get_connection(req);
	int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(conn));
	struct api_request call = { 0 };
	struct api_reply reply = { 0 };
	struct ucred peer;
	socklen_t len = sizeof(peer);
	int err = peer_editor(fd, &groups, &call.editor);

	if (err < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		api_refuse(&reply, 403, "it can't be told who you are");
	else if (!guard_allow(peer.uid))
		api_refuse(&reply, 429, "too many requests; wait a second");
	else
		handle(req, &call, &reply);
	send_reply(req, &reply);
	api_reply_free(&reply);
}

/* The only sign of a new connection that the library gives. */
static struct bufferevent *on_new(struct event_base *base, void *arg)
{
	guard_accepted();
	return bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
}

static int make_address(struct sockaddr_un *ret)
{
	int n;

	memset(ret, 0, sizeof(*ret));
	ret->sun_family = AF_UNIX;
	n = snprintf(ret->sun_path, sizeof(ret->sun_path), "%s/" MANAGE_SOCKET,
		     daemon_run_dir());
	return n < (int)sizeof(ret->sun_path) ? 0 : -ENAMETOOLONG;
}

/* Anybody may connect: what is allowed depends on who it is. */
static struct evconnlistener *open_listener(int *err)
{
	struct evconnlistener *l;
	struct sockaddr_un addr;

	*err = make_address(&addr);
	if (*err < 0)
		return NULL;
	/* The lock on the run directory says that it is nobody's. */
	if (unlink(addr.sun_path) < 0 && errno != ENOENT) {
		*err = -errno;
		return NULL;
	}
	l = evconnlistener_new_bind(
		loop_base(), NULL, NULL,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, BACKLOG,
		(struct sockaddr *)&addr, sizeof(addr));
	*err = l ? 0 : -errno;
	socket_path = l ? strdup(addr.sun_path) : NULL;
	if (l && (!socket_path || chmod(socket_path, 0666) < 0)) {
		*err = socket_path ? -errno : -ENOMEM;
		evconnlistener_free(l);
		l = NULL;
	}
	return l;
}

static int open_http(struct evconnlistener *l)
{
	http = evhttp_new(loop_base());
	if (!http || !evhttp_bind_listener(http, l)) {
		evconnlistener_free(l);
		return -ENOMEM;
	}
	evhttp_set_allowed_methods(
		http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_PUT |
			      EVHTTP_REQ_PATCH | EVHTTP_REQ_DELETE);
	evhttp_set_max_body_size(http, MANAGE_BODY_MAX);
	evhttp_set_max_headers_size(http, MANAGE_HEADERS_MAX);
	evhttp_set_timeout(http, MANAGE_IDLE_SECONDS);
	evhttp_set_bevcb(http, on_new, NULL);
	evhttp_set_gencb(http, on_request, NULL);
	return guard_init((int)evconnlistener_get_fd(l));
}

static void manage_exit(void)
{
	guard_exit();
	api_keylog_exit();
	if (http)
		evhttp_free(http);
	http = NULL;
	if (socket_path)
		unlink(socket_path);
	free(socket_path);
	socket_path = NULL;
}

static const struct api_sip sip = {
	.gateways = report_gateways,
	.extensions = report_extensions,
	.calls = report_calls,
	.call = report_call,
	.hang_up = report_hang_up,
};

static int manage_init(void)
{
	struct evconnlistener *l;
	char *keys;
	int err;

	groups.admin = PEER_NO_GROUP;
	groups.oper = PEER_NO_GROUP;
	groups.read_only = PEER_NO_GROUP;
	api_on_renewal(daemon_certificates_changed);
	api_set_sip(&sip);
	if (asprintf(&keys, "%s/tls-keys.log", daemon_run_dir()) < 0)
		return -ENOMEM;
	keylog_set_file(keys);
	free(keys);
	l = open_listener(&err);
	if (l)
		err = open_http(l);
	if (err < 0) {
		log_error("control", "%s/" MANAGE_SOCKET " can't be used: %s",
			  daemon_run_dir(), strerror(-err));
		manage_exit();
	}
	return err;
}

static int manage_prepare(const struct lyd_node *old,
			  const struct lyd_node *fresh,
			  struct config_error *err)
{
	peer_groups_read(fresh, &prepared);
	return 0;
}

static void manage_commit(void)
{
	groups = prepared;
}

static const char *const reads[] = { "control", NULL };

const struct module manage_module = {
	.name = "control",
	.init = manage_init,
	.reads = reads,
	.prepare = manage_prepare,
	.commit = manage_commit,
	.exit = manage_exit,
};
