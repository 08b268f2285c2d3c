/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages about rule sets, built and read: no socket, no state. */
#ifndef LIB_RULES_MSG_H
#define LIB_RULES_MSG_H

#include "lib/msg.h"
#include "lib/rules.h"

extern const struct rgf_attr_set rgf_rules_attrs;
extern const struct rgf_attr_set rgf_rule_attrs;
extern const struct rgf_attr_set rgf_prefix_attrs;
extern const struct rgf_attr_set rgf_port_range_attrs;
extern const struct rgf_attr_set rgf_address_set_attrs;
extern const struct rgf_attr_set rgf_rules_count_attrs;
extern const struct rgf_attr_set rgf_rules_event_attrs;

void rgf_put_prefix(struct nlmsghdr *nlh, uint16_t type,
		    const struct rgf_prefix *prefix);
int rgf_read_prefix(const struct nlattr *nest, struct rgf_prefix *ret);

/* Bytes that a message with so much needs at most. */
size_t rgf_rules_msg_size(const struct rgf_rules *r);
size_t rgf_address_set_msg_size(const struct rgf_address_set *set);

/* What follows the family's header. */
void rgf_put_rules(struct nlmsghdr *nlh, const struct rgf_rules *r,
		   uint32_t confirm);
void rgf_put_address_set(struct nlmsghdr *nlh,
			 const struct rgf_address_set *set,
			 enum ringfence_set_mode mode);

/* What an event of its type says; -EBADMSG. */
int rgf_read_rules_event(const struct nlmsghdr *nlh, struct rgf_event *e);

/* Adds what a message of a dump has; 0, -EBADMSG, -ENOMEM. */
int rgf_read_rules_part(const struct nlmsghdr *nlh, struct rgf_rules *r);
/* The rest of @r, of the reply to a do. */
int rgf_read_rules(const struct nlmsghdr *nlh, struct rgf_rules *r);

#endif
