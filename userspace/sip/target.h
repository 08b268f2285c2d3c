/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a call may go, one place after another: to an extension, if one calls
 * another, else as the routes say. A route to a gateway with extensions leads to
 * the contacts of the one that is called, the newest first.
 */
#ifndef SIP_TARGET_H
#define SIP_TARGET_H

#include "sip/binding.h"
#include "sip/gateway.h"

/* How far the search has come; all zero at first. */
struct target {
	struct gateway *gw; /* the call goes to */
	const struct binding *binding; /* at it; valid until the loop goes on */
	unsigned int route; /* the next one */
	struct sockaddr_in server; /* of @gw, that was tried last */
	unsigned int servers; /* of @gw, that were tried */
	bool begun;
	bool contacts; /* of an extension are being tried */
	bool absent; /* an extension that is called can't be reached */
	uint64_t contact; /* the order of the last one */
};

/**
 * target_next() - the next place for a call
 * @called: user part of the Request-URI
 *
 * Return: false: there is none
 */
bool target_next(const struct sip_config *cfg, const struct gateway *from,
		 const char *called, struct target *t);

/* Where requests to it go: its contact's way, or its gateway's. */
struct sip_path target_path(const struct target *t);

/* Is a target that answers so to be followed by the next? Redirection is not
 * followed: a peer must not choose where calls are routed. */
bool target_failed(int status);
/* The same, outside of a call. One that said 503 is its gateway's last choice for a
 * while. */
bool target_is_over(const struct target *t, int status);

#endif
