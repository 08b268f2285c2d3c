// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "config/config.h"
#include "manage/peer.h"

#ifndef SO_PEERGROUPS
#define SO_PEERGROUPS 59
#endif

#define GROUPS_MAX 65536 /* NGROUPS_MAX of the kernel */

static gid_t group(const struct lyd_node *tree, const char *path)
{
	const char *name = config_str(tree, path);
	const struct group *g = name ? getgrnam(name) : NULL;

	return g ? g->gr_gid : PEER_NO_GROUP;
}

void peer_groups_read(const struct lyd_node *tree, struct peer_groups *ret)
{
	ret->admin = group(tree, "control/admin-group");
	ret->oper = group(tree, "control/operator-group");
	ret->read_only = group(tree, "control/read-only-group");
}

static bool is_in(gid_t gid, const gid_t *gids, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (gid != PEER_NO_GROUP && gids[i] == gid)
			return true;
	}
	return false;
}

enum config_role peer_role(const struct peer_groups *g, uid_t uid,
			   const gid_t *gids, size_t n)
{
	if (uid == 0 || uid == geteuid() || is_in(g->admin, gids, n))
		return CONFIG_ROLE_ADMIN;
	if (is_in(g->oper, gids, n))
		return CONFIG_ROLE_OPERATOR;
	if (is_in(g->read_only, gids, n))
		return CONFIG_ROLE_READ_ONLY;
	return CONFIG_ROLE_NONE;
}

/* The effective group and the others; the caller frees @ret. */
static int get_groups(int fd, gid_t own, gid_t **ret, size_t *n)
{
	socklen_t len = 0;
	gid_t *gids;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len) < 0 &&
	    errno != ERANGE)
		return -errno;
	if (len > GROUPS_MAX * sizeof(gids[0]))
		return -E2BIG;
	gids = malloc(len + sizeof(gids[0]));
	if (!gids)
		return -ENOMEM;
	if (len && getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, gids, &len) < 0) {
		int err = -errno;

		free(gids);
		return err;
	}
	*n = len / sizeof(gids[0]);
	gids[(*n)++] = own;
	*ret = gids;
	return 0;
}

/*
 * Two terminals of a user are two sessions of the kernel's. 0 is one that was
 * started outside of the daemon's PID namespace ("docker exec").
 */
static void set_names(const struct ucred *peer, struct config_editor *ret)
{
	const struct passwd *pw = getpwuid(peer->uid);
	pid_t sid = getsid(peer->pid);

	if (pw)
		snprintf(ret->who, sizeof(ret->who), "%s", pw->pw_name);
	else
		snprintf(ret->who, sizeof(ret->who), "user-%u", peer->uid);
	snprintf(ret->session, sizeof(ret->session), "%d",
		 sid >= 0 ? sid : peer->pid);
}

int peer_editor(int fd, const struct peer_groups *g, struct config_editor *ret)
{
	socklen_t len = sizeof(struct ucred);
	gid_t *gids = NULL;
	struct ucred peer;
	size_t n = 0;
	int err;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0)
		return -errno;
	err = get_groups(fd, peer.gid, &gids, &n);
	if (err < 0)
		return err;
	memset(ret, 0, sizeof(*ret));
	ret->role = peer_role(g, peer.uid, gids, n);
	set_names(&peer, ret);
	free(gids);
	return 0;
}
