// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Certificates and CRLs of gateways that are about to end are warned of: at a
 * commit, and then when less than 30, 7 and 1 days are left. So is a clock that
 * can't judge their dates.
 *
 * Timer: look, each EXPIRY_SECONDS.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <event2/event.h>

#include "base/loop.h"
#include "base/notify.h"
#include "cert/certstore.h"
#include "cert/clock.h"
#include "cert/expiry.h"
#include "config/config.h"
#include "ringfenced/module.h"

#define EXPIRY_SECONDS 3600
#define FILES_MAX      192 /* three of each gateway */

struct watched {
	char gateway[64];
	char file[256];
	bool crl;
	int warned; /* the last warning; -1: none, -2: it can't be read */
};

struct list {
	struct watched file[FILES_MAX];
	unsigned int n;
	bool refuse; /* certificates, while the clock isn't synchronized */
};

static struct list running, prepared;
static enum clock_state {
	FINE,
	UNSYNCHRONIZED, /* and certificates are judged by it */
	REFUSED, /* the same, and they aren't */
	WRONG
} clock_said; /* of what state was last told */
static struct event *look;

static void add(struct list *l, const struct lyd_node *gateway,
		enum certstore_kind kind, const char *path)
{
	struct watched *w = &l->file[l->n];
	char buf[256];
	const char *file = certstore_path(kind, config_str(gateway, path), buf,
					  sizeof(buf));

	if (!file || l->n == FILES_MAX)
		return;
	snprintf(w->gateway, sizeof(w->gateway), "%s",
		 config_str(gateway, "name"));
	snprintf(w->file, sizeof(w->file), "%s", file);
	w->crl = !strcmp(path, "tls/crl-file");
	w->warned = -1;
	l->n++;
}

static int add_gateway(const struct lyd_node *gateway, void *arg)
{
	if (strcmp(config_str(gateway, "transport"), "tls") != 0)
		return 0;
	add(arg, gateway, CERTSTORE_HOST, "tls/certificate");
	add(arg, gateway, CERTSTORE_OTHERS, "tls/ca-certs");
	add(arg, gateway, CERTSTORE_OTHERS, "tls/crl-file");
	return 0;
}

static void warn(const struct watched *w, const struct cert_end *end,
		 int warning)
{
	char date[32];
	struct tm tm;

	strftime(date, sizeof(date), "%Y-%m-%d", gmtime_r(&end->end, &tm));
	if (w->crl && warning == 0)
		notify(CERT_CRL_ENDED, end->subject, w->file, w->gateway, date);
	else if (w->crl)
		notify(CERT_CRL_ENDS, end->subject, w->file, w->gateway, date,
		       warning);
	else if (warning == 0)
		notify(CERT_ENDED, end->subject, w->file, w->gateway, date);
	else
		notify(CERT_ENDS, end->subject, w->file, w->gateway, date,
		       warning);
}

static void check(struct watched *w)
{
	struct cert_end end;
	char err[320];
	int warning = -2;

	if (w->crl && !crl_first_end(w->file, &end, err, sizeof(err)))
		warning = crl_warning(&end, time(NULL));
	if (!w->crl && !cert_first_end(w->file, &end, err, sizeof(err)))
		warning = cert_warning(end.end, time(NULL));
	if (warning == w->warned)
		return;
	w->warned = warning;
	if (warning == -2)
		notify(CERT_UNREADABLE, w->gateway, err);
	else if (warning >= 0)
		warn(w, &end, warning);
}

/* Said once, and again when it has become worse. */
static void check_clock(void)
{
	enum clock_state state = FINE;
	char why[256];

	if (running.n == 0)
		return;
	if (!clock_is_possible(time(NULL), why, sizeof(why)))
		state = WRONG;
	else if (!clock_was_synchronized())
		state = running.refuse ? REFUSED : UNSYNCHRONIZED;
	if (state > clock_said) {
		if (state == WRONG)
			notify(CERT_CLOCK_WRONG, why);
		else if (state == REFUSED)
			notify(CERT_CLOCK_REFUSED);
		else
			notify(CERT_CLOCK_UNSURE);
	}
	clock_said = state;
}

static void on_look(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval again = { .tv_sec = EXPIRY_SECONDS };

	check_clock();
	for (unsigned int i = 0; i < running.n; i++)
		check(&running.file[i]);
	event_add(look, &again);
}

static int expiry_init(void)
{
	look = evtimer_new(loop_base(), on_look, NULL);
	return look ? 0 : -ENOMEM;
}

static int expiry_prepare(const struct lyd_node *old,
			  const struct lyd_node *fresh,
			  struct config_error *err)
{
	prepared.n = 0;
	prepared.refuse = !strcmp(config_str(fresh, "certificate/"
						    "unsynchronized-clock"),
				  "refuse");
	return config_each(fresh, "sip/gateway", add_gateway, &prepared);
}

static void expiry_commit(void)
{
	running = prepared;
	clock_require_synchronized(running.refuse);
	on_look(-1, 0, NULL);
}

static void expiry_renew(const struct lyd_node *tree)
{
	on_look(-1, 0, NULL);
}

static void expiry_exit(void)
{
	if (look)
		event_free(look);
	look = NULL;
	running.n = 0;
	running.refuse = false;
	clock_require_synchronized(false);
	clock_said = FINE;
}

static const char *const reads[] = { "sip", "certificate", NULL };

const struct module expiry_module = {
	.name = "cert",
	.init = expiry_init,
	.reads = reads,
	.prepare = expiry_prepare,
	.commit = expiry_commit,
	.renew = expiry_renew,
	.exit = expiry_exit,
};
