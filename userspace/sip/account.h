/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway's accounts at its trunk, as configured. */
#ifndef SIP_ACCOUNT_H
#define SIP_ACCOUNT_H

#include <stdbool.h>

struct config_error;
struct gateway;
struct lyd_node;

/* "registration" of a gateway in ringfence.yang. */
struct account {
	char user[64], auth_user[64], contact_user[64];
	char password[128]; /* a secret */
	char realm[64]; /* "": the registrar's */
	unsigned int expires, retry_min, retry_max; /* seconds */
};

/* 0 or -errno; of one gateway */
int accounts_load(const struct lyd_node *entry, struct gateway *gw,
		  struct config_error *err);
void accounts_free(struct gateway *gw); /* and wipes them */
bool account_same(const struct account *a, const struct account *b);

#endif
