/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of the family, built and read: no socket, no state. Readers take
 * any bytes that rgf_msg_ok() accepts and return 0 or -EBADMSG.
 */
#ifndef LIB_MSG_H
#define LIB_MSG_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/genetlink.h>

#include "lib/ringfence.h"

#define RGF_REQUEST_MAX 4096 /* bytes; 16 keys with MKI need some 3600 */
#define RGF_TEXT_MAX	256 /* bytes of an error sentence, with its zero */

/* attrs.c: what attributes there are, for reading and for naming them. */
enum rgf_attr_kind {
	RGF_ATTR_OTHER, /* not looked into */
	RGF_ATTR_U8,
	RGF_ATTR_U16,
	RGF_ATTR_U32,
	RGF_ATTR_U64,
	RGF_ATTR_IPV6,
	RGF_ATTR_MKI,
	RGF_ATTR_LABEL,
	RGF_ATTR_TEXT, /* without a length of its own */
	RGF_ATTR_NEST,
};

struct rgf_attr_set;

struct rgf_attr {
	const char *name; /* as in the netlink specification */
	enum rgf_attr_kind kind;
	const struct rgf_attr_set *nest; /* for RGF_ATTR_NEST */
};

struct rgf_attr_set {
	uint16_t max;
	const struct rgf_attr *attrs; /* max + 1 of them, by type */
};

/* Where an attribute's value lives in one of ringfence.h's structs. */
struct rgf_field {
	uint16_t type;
	uint16_t size;
	size_t offset;
	uint32_t has; /* 0: always there */
};

extern const struct rgf_attr_set rgf_session_attrs;
extern const struct rgf_attr_set rgf_leg_attrs;
extern const struct rgf_attr_set rgf_stats_attrs;
extern const struct rgf_attr_set rgf_drop_attrs;
extern const struct rgf_attr_set rgf_event_attrs;
extern const struct rgf_attr_set rgf_key_attrs;
extern const struct rgf_attr_set rgf_transport_attrs;
extern const struct rgf_attr_set rgf_stream_attrs;
extern const struct rgf_attr_set rgf_config_attrs;

extern const struct rgf_field rgf_session_fields[]; /* ended by type 0 */
extern const struct rgf_field rgf_leg_fields[];
extern const struct rgf_field rgf_stream_fields[];

/* Is there a whole message in @left bytes? (mnl_nlmsg_ok() takes a length of
 * 2 GB and more for a negative one, which fits.) */
bool rgf_msg_ok(const struct nlmsghdr *nlh, int left);

/**
 * rgf_attrs_read() - check a run of attributes and index them by type
 * @tb: set->max + 1 pointers; of several of one type, the last
 *
 * Attributes that @set does not know are passed over.
 */
int rgf_attrs_read(const void *p, size_t len, const struct rgf_attr_set *set,
		   const struct nlattr **tb);

/* encode.c: requests. @buf has RGF_REQUEST_MAX bytes and holds keys. */
struct nlmsghdr *rgf_put_request(void *buf, uint16_t family, uint8_t cmd,
				 uint16_t flags, uint32_t seq);
int rgf_put_session(struct nlmsghdr *nlh, const struct rgf_session *s);
void rgf_put_config(struct nlmsghdr *nlh, const struct rgf_config *c);

/* decode.c: answers and events of the family, and genetlink's own. */
int rgf_read_session(const struct nlmsghdr *nlh, struct rgf_session *ret);
int rgf_read_stats(const struct nlmsghdr *nlh, struct rgf_stats *ret);
int rgf_read_config(const struct nlmsghdr *nlh, struct rgf_config *ret);
/* -EOPNOTSUPP: an event of a newer module. */
int rgf_read_event(const struct nlmsghdr *nlh, struct rgf_event *ret);
int rgf_read_family(const struct nlmsghdr *nlh, uint16_t *ret_id,
		    uint32_t *ret_events_group);

/**
 * rgf_read_error() - what NLMSG_ERROR or NLMSG_DONE says
 * @req: the request that it answers, to name the attribute that is meant
 * @text: RGF_TEXT_MAX bytes, always set: the kernel's sentence or strerror's
 *
 * Return: 0 for an acknowledgement, the kernel's -errno, -EBADMSG
 */
int rgf_read_error(const struct nlmsghdr *nlh, const struct nlmsghdr *req,
		   char *text);

#endif
