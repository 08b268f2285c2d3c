/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is at the other end of a Unix socket, and what is allowed. */
#ifndef MANAGE_PEER_H
#define MANAGE_PEER_H

#include <sys/types.h>

#include "config/datastore.h"

#define PEER_NO_GROUP ((gid_t)-1) /* nobody is in it */

/* The groups of the roles. */
struct peer_groups {
	gid_t admin, oper, read_only;
};

/* By name, as the tree has them. A group that isn't there has no members. */
void peer_groups_read(const struct lyd_node *tree, struct peer_groups *ret);

/* The role of a user with these groups; root and our own user are admin. */
enum config_role peer_role(const struct peer_groups *g, uid_t uid,
			   const gid_t *gids, size_t n);

/* From the kernel's word about the socket; 0 or -errno. */
int peer_editor(int fd, const struct peer_groups *g, struct config_editor *ret);

#endif
