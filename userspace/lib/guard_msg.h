/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages about limits, bans and trust: no socket, no state. */
#ifndef LIB_GUARD_MSG_H
#define LIB_GUARD_MSG_H

#include "lib/guard.h"
#include "lib/msg.h"

/* Bytes of the longest request: every class, with room to spare. */
#define RGF_GUARD_REQUEST_MAX 4096
_Static_assert(RGF_GUARD_REQUEST_MAX <= RGF_REQUEST_MAX, "rgf->tx has room");

extern const struct rgf_attr_set rgf_ban_attrs;
extern const struct rgf_attr_set rgf_trust_attrs;
extern const struct rgf_attr_set rgf_limit_attrs;
extern const struct rgf_attr_set rgf_limits_attrs;
extern const struct rgf_attr_set rgf_source_attrs;
extern const struct rgf_attr_set rgf_strike_attrs;
extern const struct rgf_attr_set rgf_guard_full_attrs;

/* What follows the family's header. */
void rgf_put_ban(struct nlmsghdr *nlh, const struct rgf_ban *ban);
void rgf_put_trust(struct nlmsghdr *nlh, const struct rgf_trust *trust);
void rgf_put_limits(struct nlmsghdr *nlh, const struct rgf_limits *limits);
void rgf_put_strike(struct nlmsghdr *nlh, const struct rgf_strike *strike);

int rgf_read_ban(const struct nlmsghdr *nlh, struct rgf_ban *ret);
int rgf_read_trust(const struct nlmsghdr *nlh, struct rgf_trust *ret);
int rgf_read_source(const struct nlmsghdr *nlh, struct rgf_source *ret);
/* Adds what the reply to a do, or a message of a dump, has. */
int rgf_read_limits(const struct nlmsghdr *nlh, struct rgf_limits *limits);
int rgf_read_strike(const struct nlmsghdr *nlh, bool *ret_banned);
/* Of ban-new-ntf, ban-del-ntf and guard-full-ntf; @ret has its type. */
int rgf_read_guard_event(const struct nlmsghdr *nlh, struct rgf_event *ret);

#endif
