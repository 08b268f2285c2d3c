// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "config/config.h"
#include "sip/account.h"
#include "sip/gateway.h"

#define COPY(to, from) snprintf(to, sizeof(to), "%s", from)

static int read_account(const struct lyd_node *entry, void *arg)
{
	const char *user = config_str(entry, "user"), *text;
	struct gateway *gw = arg;
	struct account *a;

	if (gw->n_accounts == SIP_ACCOUNTS_MAX)
		return -E2BIG;
	if (!gw->account)
		gw->account = calloc(SIP_ACCOUNTS_MAX, sizeof(*gw->account));
	if (!gw->account)
		return -ENOMEM;
	a = &gw->account[gw->n_accounts++];
	COPY(a->user, user);
	text = config_str(entry, "auth-user");
	COPY(a->auth_user, text ? text : user);
	text = config_str(entry, "contact-user");
	COPY(a->contact_user, text ? text : user);
	text = config_str(entry, "password");
	COPY(a->password, text ? text : "");
	text = config_str(entry, "realm");
	COPY(a->realm, text ? text : "");
	a->expires = config_u32(entry, "expires", 3600);
	a->retry_min = config_u32(entry, "retry-min", 30);
	a->retry_max = config_u32(entry, "retry-max", 1800);
	return 0;
}

int accounts_load(const struct lyd_node *entry, struct gateway *gw,
		  struct config_error *err)
{
	int ret = config_each(entry, "registration", read_account, gw);

	return ret < 0 ? config_fail(err, entry, "registration",
				     "cannot be read: %s", strerror(-ret))
		       : 0;
}

void accounts_free(struct gateway *gw)
{
	secret_free(gw->account, SIP_ACCOUNTS_MAX * sizeof(*gw->account));
	gw->account = NULL;
	gw->n_accounts = 0;
}

bool account_same(const struct account *a, const struct account *b)
{
	return !strcmp(a->user, b->user) &&
	       !strcmp(a->auth_user, b->auth_user) &&
	       !strcmp(a->contact_user, b->contact_user) &&
	       !strcmp(a->password, b->password) &&
	       !strcmp(a->realm, b->realm) && a->expires == b->expires &&
	       a->retry_min == b->retry_min && a->retry_max == b->retry_max;
}
