/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From one configuration to another while calls go on. A gateway stays the same
 * object, which calls and transactions refer to, when its name stays, or the
 * address and port that it listens on; only what has changed is opened anew.
 */
#ifndef SIP_RECONFIGURE_H
#define SIP_RECONFIGURE_H

struct config_error;
struct lyd_node;
struct sip_config;

/*
 * Removed gateways whose calls or transactions are not over listen until they
 * are, as many as that; more: the change is refused.
 */
#define SIP_RETIRED_MAX	    64
#define SIP_RETIRED_SECONDS 5 /* between looks at them */

int reconfigure_init(void); /* 0 or -errno */
void reconfigure_exit(void); /* after the calls and transactions */

/**
 * reconfigure_prepare() - open what @fresh needs and @running doesn't have
 * @old, @tree: what they were read from
 *
 * Return: 0, or -errno and @err is filled. On failure, as for a rollback,
 * transport_close() of the gateways of @fresh takes it back.
 */
int reconfigure_prepare(const struct sip_config *running,
			const struct sip_config *fresh,
			const struct lyd_node *old, const struct lyd_node *tree,
			struct config_error *err);

/* Make @fresh what runs; @running is gone then. */
void reconfigure_commit(struct sip_config *running, struct sip_config *fresh);

#endif
