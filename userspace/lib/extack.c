// SPDX-License-Identifier: GPL-2.0-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/guard_msg.h"
#include "lib/rules_msg.h"

#define PATH_MAX_LEN 64 /* "leg-b local-rtcp-port" and the like */

/* What NLM_F_ACK_TLVS brings; pointers into the message. */
struct extack {
	const char *text;
	size_t text_len;
	uint32_t offs; /* of the bad attribute in the request; 0: none */
	uint32_t miss_type; /* of the missing attribute; 0: none */
	uint32_t miss_nest; /* offset of the nest it should be in; 0: top */
};

static void get_u32(const struct nlattr *attr, uint32_t *ret)
{
	if (mnl_attr_get_payload_len(attr) == sizeof(uint32_t))
		*ret = mnl_attr_get_u32(attr);
}

static void read_tlvs(const void *p, size_t len, struct extack *ea)
{
	const struct nlattr *attr;

	mnl_attr_for_each_payload(p, len) {
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			ea->text = mnl_attr_get_payload(attr);
			ea->text_len = strnlen(ea->text,
					       mnl_attr_get_payload_len(attr));
			break;
		case NLMSGERR_ATTR_OFFS:
			get_u32(attr, &ea->offs);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			get_u32(attr, &ea->miss_type);
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			get_u32(attr, &ea->miss_nest);
			break;
		}
	}
}

/* The error code, and where the TLVs start (payload length if none). */
static int read_head(const struct nlmsghdr *nlh, int *ret_err, size_t *ret_tlvs)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh), head = sizeof(int);
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == NLMSG_ERROR)
		head = sizeof(struct nlmsgerr);
	if (len < head || e->error > 0 || e->error < -4095)
		return -EBADMSG;
	/* The request comes back whole unless capped. */
	if (nlh->nlmsg_type == NLMSG_ERROR && e->error &&
	    !(nlh->nlmsg_flags & NLM_F_CAPPED)) {
		if (e->msg.nlmsg_len < sizeof(e->msg) ||
		    e->msg.nlmsg_len - sizeof(e->msg) > len - head)
			return -EBADMSG;
		head += MNL_ALIGN(e->msg.nlmsg_len - sizeof(e->msg));
	}
	*ret_err = e->error;
	*ret_tlvs = nlh->nlmsg_flags & NLM_F_ACK_TLVS && head < len ? head
								    : len;
	return 0;
}

/* What the attributes of a request are; none of ours in genetlink's own. */
static const struct rgf_attr_set *request_attrs(const struct nlmsghdr *req)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(req);

	if (req->nlmsg_type == GENL_ID_CTRL)
		return NULL;
	switch (genl->cmd) {
	case RINGFENCE_CMD_CONFIG_SET:
		return &rgf_config_attrs;
	case RINGFENCE_CMD_RULES_SET:
		return &rgf_rules_attrs;
	case RINGFENCE_CMD_ADDRESS_SET_CHANGE:
		return &rgf_address_set_attrs;
	case RINGFENCE_CMD_BAN_NEW:
	case RINGFENCE_CMD_BAN_DEL:
		return &rgf_ban_attrs;
	case RINGFENCE_CMD_TRUST_NEW:
	case RINGFENCE_CMD_TRUST_DEL:
		return &rgf_trust_attrs;
	case RINGFENCE_CMD_LIMIT_SET:
		return &rgf_limits_attrs;
	case RINGFENCE_CMD_STRIKE:
		return &rgf_strike_attrs;
	}
	return &rgf_session_attrs;
}

static const char *attr_name(const struct rgf_attr_set *set, uint32_t type)
{
	if (!set || type > set->max || !set->attrs[type].name)
		return NULL;
	return set->attrs[type].name;
}

static void path_add(char *path, const char *name)
{
	size_t used = strlen(path);

	snprintf(path + used, PATH_MAX_LEN - used, "%s%s", used ? " " : "",
		 name);
}

/* Of the many rules of a rule set, which; counted from 1. */
static void path_add_number(const struct nlmsghdr *req, const void *rule,
			    char *path)
{
	const struct nlattr *attr;
	unsigned int n = 1;
	char text[16];

	mnl_attr_for_each(attr, req, GENL_HDRLEN) {
		if ((const void *)attr == rule)
			break;
		n += mnl_attr_get_type(attr) == RINGFENCE_A_RULES_RULE;
	}
	snprintf(text, sizeof(text), "%u", n);
	path_add(path, text);
}

/*
 * Follow the request's nests down to the attribute at byte @offs and write
 * their names to @path. Returns the set that is within that attribute.
 */
static const struct rgf_attr_set *path_to(const struct nlmsghdr *req,
					  uint32_t offs, char *path)
{
	const char *p = mnl_nlmsg_get_payload_offset(req, GENL_HDRLEN);
	const char *want = (const char *)req + offs;
	const char *end = (const char *)req + req->nlmsg_len;
	const struct rgf_attr_set *set = request_attrs(req);

	while (set && p < end) {
		const struct nlattr *attr = (const struct nlattr *)p;
		const char *name, *next;

		if (want < p || !mnl_attr_ok(attr, (int)(end - p)))
			return NULL;
		next = p + MNL_ALIGN(attr->nla_len);
		if (want >= next) {
			p = next;
			continue;
		}
		name = attr_name(set, mnl_attr_get_type(attr));
		if (!name)
			return NULL;
		path_add(path, name);
		if (set == &rgf_rules_attrs &&
		    mnl_attr_get_type(attr) == RINGFENCE_A_RULES_RULE)
			path_add_number(req, attr, path);
		set = set->attrs[mnl_attr_get_type(attr)].nest;
		if (want == p)
			return set;
		p = mnl_attr_get_payload(attr);
	}
	return NULL;
}

static void name_attr(const struct nlmsghdr *req, const struct extack *ea,
		      char *path)
{
	const struct rgf_attr_set *set = request_attrs(req);

	if (ea->miss_type) {
		if (ea->miss_nest)
			set = path_to(req, ea->miss_nest, path);
		if (attr_name(set, ea->miss_type))
			path_add(path, attr_name(set, ea->miss_type));
	} else if (ea->offs) {
		path_to(req, ea->offs, path);
	}
}

int rgf_read_error(const struct nlmsghdr *nlh, const struct nlmsghdr *req,
		   char *text)
{
	size_t len = mnl_nlmsg_get_payload_len(nlh), tlvs;
	struct extack ea = { 0 };
	char path[PATH_MAX_LEN] = "";
	int r, n, err;

	r = read_head(nlh, &err, &tlvs);
	if (r) {
		snprintf(text, RGF_TEXT_MAX,
			 "the kernel's answer is malformed");
		return r;
	}
	read_tlvs((const char *)mnl_nlmsg_get_payload(nlh) + tlvs, len - tlvs,
		  &ea);
	name_attr(req, &ea, path);

	if (ea.text && ea.text_len)
		n = snprintf(text, RGF_TEXT_MAX, "%.*s", (int)ea.text_len,
			     ea.text);
	else
		n = snprintf(text, RGF_TEXT_MAX, "%s", strerror(-err));
	if (*path && n < RGF_TEXT_MAX)
		snprintf(text + n, RGF_TEXT_MAX - (size_t)n, " (%s: %s)",
			 ea.miss_type ? "missing" : "in", path);
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	return err;
}
