// SPDX-License-Identifier: GPL-2.0-only
#include "filter_notify.h"

#include <net/netlink.h>

#include "notify.h"

struct rgf_rules_event {
	const struct rgf_filter *filter; /* in force; NULL: none */
	u32 confirm; /* seconds; 0: it stays */
	const char *set; /* NULL: none has changed */
	u32 entries;
};

static int rgf_rules_event_put(struct sk_buff *msg, const void *what)
{
	const struct rgf_rules_event *ev = what;

	if ((ev->filter && nla_put_u32(msg, RINGFENCE_A_RULES_EVENT_RULES,
				       ev->filter->rules->n_rules)) ||
	    (ev->confirm &&
	     nla_put_u32(msg, RINGFENCE_A_RULES_EVENT_CONFIRM, ev->confirm)) ||
	    (ev->set &&
	     (nla_put_string(msg, RINGFENCE_A_RULES_EVENT_SET, ev->set) ||
	      nla_put_u32(msg, RINGFENCE_A_RULES_EVENT_ENTRIES, ev->entries))))
		return -EMSGSIZE;
	return 0;
}

static struct rgf_rules_event rgf_rules_event(struct rgf_fw *fw)
{
	return (struct rgf_rules_event){
		.filter = rcu_dereference_protected(fw->filter,
						    lockdep_is_held(&fw->lock)),
	};
}

void rgf_fw_notify(struct rgf_fw *fw, u8 cmd)
{
	struct rgf_rules_event ev = rgf_rules_event(fw);

	if (cmd == RINGFENCE_CMD_RULES_SET_NTF)
		ev.confirm = rgf_fw_confirm_left(fw);
	rgf_notify_net(fw->net, cmd, rgf_rules_event_put, &ev);
}

void rgf_fw_notify_set(struct rgf_fw *fw, u32 index)
{
	struct rgf_rules_event ev = rgf_rules_event(fw);

	ev.set = ev.filter->rules->sets[index];
	ev.entries = ev.filter->sets[index]->n;
	rgf_notify_net(fw->net, RINGFENCE_CMD_ADDRESS_SET_NTF,
		       rgf_rules_event_put, &ev);
}
