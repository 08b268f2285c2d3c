/* SPDX-License-Identifier: GPL-2.0-only */
/* The netlink handlers' own helpers. */
#ifndef _RGF_NETLINK_H
#define _RGF_NETLINK_H

#include <linux/percpu.h>
#include <linux/types.h>

struct genl_info;
struct rgf_counters;
struct rgf_session;
struct rgf_spec;
struct sk_buff;

/* netlink_parse.c */

/**
 * rgf_spec_parse() - attributes of session-new and session-set, as a struct
 * @spec: filled in; keys and attributes are borrowed from the message
 * @info: the request
 *
 * Return: 0, or -errno and a sentence.
 */
int rgf_spec_parse(struct rgf_spec *spec, struct genl_info *info);

/* Keys must not linger in the message, nor come back in an error report. */
void rgf_wipe_keys(struct genl_info *info);

/* netlink_put.c; all return 0 or -EMSGSIZE */

/* Payload of the largest reply to session-get. */
size_t rgf_session_size(void);

/* The lock of the namespace is held. */
int rgf_put_session(struct sk_buff *msg, struct rgf_session *session);

/* Of a leg or of a namespace; without an attribute round them. */
int rgf_put_counters(struct sk_buff *msg,
		     const struct rgf_counters __percpu *counters);

#endif
