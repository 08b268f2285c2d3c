// SPDX-License-Identifier: GPL-2.0-only
/* Names, prefixes and address sets. */
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "filter_parse_parts.h"

static int rgf_prefix_addr(struct rgf_prefix *prefix, struct nlattr **tb,
			   const struct nlattr *nest,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *v4 = tb[RINGFENCE_A_PREFIX_IPV4];
	const struct nlattr *v6 = tb[RINGFENCE_A_PREFIX_IPV6];

	if (!v4 == !v6) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "give an IPv4 or an IPv6 address");
		return -EINVAL;
	}
	if (v4) {
		prefix->addr = rgf_addr_v4(nla_get_in_addr(v4));
		return 0;
	}
	prefix->addr.in6 = nla_get_in6_addr(v6);
	if (rgf_addr_is_v4(&prefix->addr)) {
		NL_SET_ERR_MSG_ATTR(extack, v6, "give an IPv4 address as ipv4");
		return -EINVAL;
	}
	return 0;
}

int rgf_prefix_parse(struct rgf_prefix *prefix, const struct nlattr *nest,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[RINGFENCE_A_PREFIX_MAX + 1];
	const struct nlattr *len;
	u8 skip;
	int err;

	rgf_nest(tb, RINGFENCE_A_PREFIX_MAX, nest);
	err = rgf_prefix_addr(prefix, tb, nest, extack);
	if (err)
		return err;
	len = tb[RINGFENCE_A_PREFIX_LENGTH];
	prefix->len = 128;
	if (!len)
		return 0;
	skip = rgf_addr_is_v4(&prefix->addr) ? 96 : 0;
	if (nla_get_u8(len) > 128 - skip) {
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "an IPv4 prefix has 32 bits at most");
		return -EINVAL;
	}
	prefix->len = skip + nla_get_u8(len);
	if (!rgf_prefix_is_whole(prefix)) {
		NL_SET_ERR_MSG_ATTR(extack, nest,
				    "the address has bits beyond its length");
		return -EINVAL;
	}
	return 0;
}

int rgf_name_check(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const char *p = nla_data(attr);

	if (!*p)
		goto bad;
	for (; *p; p++)
		if (!(*p >= 'a' && *p <= 'z') && !(*p >= 'A' && *p <= 'Z') &&
		    !(*p >= '0' && *p <= '9') && *p != '-' && *p != '_' &&
		    *p != '.')
			goto bad;
	return 0;
bad:
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a name has letters, digits, '-', '_' and '.'");
	return -EINVAL;
}

int rgf_name_index(char names[][RGF_NAME_SIZE], u32 *n, u32 max,
		   const char *name)
{
	u32 i;

	for (i = 0; i < *n; i++)
		if (!strcmp(names[i], name))
			return i;
	if (*n == max)
		return -ENOSPC;
	strscpy(names[*n], name, sizeof(*names));
	return (*n)++;
}

int rgf_entries_parse(const struct nlattr *attrs, int len,
		      struct rgf_prefix **ret, struct netlink_ext_ack *extack)
{
	struct rgf_prefix *entries;
	const struct nlattr *attr;
	int left, n = 0, err;

	nla_for_each_attr(attr, attrs, len, left)
		n += nla_type(attr) == RINGFENCE_A_ADDRESS_SET_ENTRY;
	if (n > RINGFENCE_MAX_SET_ENTRIES) {
		NL_SET_ERR_MSG(extack, "more than 65536 entries");
		return -EINVAL;
	}
	*ret = NULL;
	if (!n)
		return 0;
	entries = kvmalloc_array(n, sizeof(*entries), GFP_KERNEL_ACCOUNT);
	if (!entries)
		return -ENOMEM;
	n = 0;
	nla_for_each_attr(attr, attrs, len, left) {
		if (nla_type(attr) != RINGFENCE_A_ADDRESS_SET_ENTRY)
			continue;
		err = rgf_prefix_parse(&entries[n++], attr, extack);
		if (err) {
			kvfree(entries);
			return err;
		}
	}
	*ret = entries;
	return n;
}

/* What the set has so far and @n more. */
static struct rgf_addrset *rgf_set_join(const struct rgf_addrset *old,
					const struct rgf_prefix *more, u32 n)
{
	u32 n_old = old ? old->n : 0;
	struct rgf_addrset *set;
	struct rgf_prefix *all;

	all = kvmalloc_array(n_old + n ?: 1, sizeof(*all), GFP_KERNEL_ACCOUNT);
	if (!all)
		return NULL;
	if (n_old)
		memcpy(all, old->entries, n_old * sizeof(*all));
	if (n)
		memcpy(all + n_old, more, n * sizeof(*all));
	set = rgf_addrset_new(all, n_old + n);
	kvfree(all);
	return set;
}

static int rgf_set_add(struct rgf_rules_parse *p, const struct nlattr *nest,
		       u32 index)
{
	struct rgf_prefix *entries;
	struct rgf_addrset *set;
	int n;

	n = rgf_entries_parse(nla_data(nest), nla_len(nest), &entries,
			      p->extack);
	if (n < 0)
		return n;
	p->n_entries += n;
	if (p->n_entries > RINGFENCE_MAX_SET_ENTRIES) {
		kvfree(entries);
		NL_SET_ERR_MSG_ATTR(p->extack, nest,
				    "more than 65536 entries in all sets");
		return -EINVAL;
	}
	set = rgf_set_join(p->sets[index], entries, n);
	kvfree(entries);
	if (!set)
		return -ENOMEM;
	rgf_addrset_put(p->sets[index]);
	p->sets[index] = set;
	return 0;
}

int rgf_set_parse(struct rgf_rules_parse *p, const struct nlattr *nest)
{
	struct nlattr *tb[RINGFENCE_A_ADDRESS_SET_MAX + 1];
	const struct nlattr *name;
	int index, err;

	rgf_nest(tb, RINGFENCE_A_ADDRESS_SET_MAX, nest);
	name = tb[RINGFENCE_A_ADDRESS_SET_NAME];
	if (!name) {
		NL_SET_ERR_MSG_ATTR(p->extack, nest, "a set needs a name");
		return -EINVAL;
	}
	err = rgf_name_check(name, p->extack);
	if (err)
		return err;
	index = rgf_name_index(p->rs->sets, &p->rs->n_sets,
			       RINGFENCE_MAX_ADDRESS_SETS, nla_data(name));
	if (index < 0) {
		NL_SET_ERR_MSG_ATTR(p->extack, nest, "more than 64 sets");
		return -EINVAL;
	}
	return rgf_set_add(p, nest, index);
}
