// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "lib/attr_set.h"
#include "lib/msg.h"

static const struct rgf_attr drop_attrs[] = {
	[RINGFENCE_A_DROP_REASON] = { "reason", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_DROP_PACKETS] = { "packets", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_DROP_PAD] = { "pad", RGF_ATTR_OTHER, NULL },
};
const struct rgf_attr_set rgf_drop_attrs = ATTR_SET(drop_attrs);

static const struct rgf_attr stats_attrs[] = {
	[RINGFENCE_A_STATS_SESSIONS] = { "sessions", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_STATS_RX_PACKETS] = { "rx-packets", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_STATS_RX_BYTES] = { "rx-bytes", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_STATS_TX_PACKETS] = { "tx-packets", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_STATS_TX_BYTES] = { "tx-bytes", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_STATS_RX_RTCP_PACKETS] = { "rx-rtcp-packets", RGF_ATTR_U64,
						NULL },
	[RINGFENCE_A_STATS_TX_RTCP_PACKETS] = { "tx-rtcp-packets", RGF_ATTR_U64,
						NULL },
	[RINGFENCE_A_STATS_DROP] = { "drop", RGF_ATTR_NEST, &rgf_drop_attrs },
	[RINGFENCE_A_STATS_PAD] = { "pad", RGF_ATTR_OTHER, NULL },
};
const struct rgf_attr_set rgf_stats_attrs = ATTR_SET(stats_attrs);

static const struct rgf_attr key_attrs[] = {
	[RINGFENCE_A_KEY_MASTER] = { "master", RGF_ATTR_OTHER, NULL },
	[RINGFENCE_A_KEY_MKI] = { "mki", RGF_ATTR_MKI, NULL },
	[RINGFENCE_A_KEY_LIFETIME] = { "lifetime", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_KEY_PACKETS] = { "packets", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_KEY_PAD] = { "pad", RGF_ATTR_OTHER, NULL },
};
const struct rgf_attr_set rgf_key_attrs = ATTR_SET(key_attrs);

static const struct rgf_attr transport_attrs[] = {
	[RINGFENCE_A_TRANSPORT_IPV4] = { "ipv4", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_TRANSPORT_IPV6] = { "ipv6", RGF_ATTR_IPV6, NULL },
	[RINGFENCE_A_TRANSPORT_PORT] = { "port", RGF_ATTR_U16, NULL },
};
const struct rgf_attr_set rgf_transport_attrs = ATTR_SET(transport_attrs);

static const struct rgf_attr stream_attrs[] = {
	[RINGFENCE_A_STREAM_SSRC] = { "ssrc", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_STREAM_PACKETS] = { "packets", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_STREAM_BYTES] = { "bytes", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_STREAM_LOST] = { "lost", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_STREAM_JITTER] = { "jitter", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_STREAM_SEQUENCE] = { "sequence", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_STREAM_IDLE] = { "idle", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_STREAM_PAD] = { "pad", RGF_ATTR_OTHER, NULL },
};
const struct rgf_attr_set rgf_stream_attrs = ATTR_SET(stream_attrs);

static const struct rgf_attr leg_attrs[] = {
	[RINGFENCE_A_LEG_LOCAL_IPV4] = { "local-ipv4", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_LEG_LOCAL_PORT] = { "local-port", RGF_ATTR_U16, NULL },
	[RINGFENCE_A_LEG_LOCAL_RTCP_PORT] = { "local-rtcp-port", RGF_ATTR_U16,
					      NULL },
	[RINGFENCE_A_LEG_PEER_IPV4] = { "peer-ipv4", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_LEG_PEER_PORT] = { "peer-port", RGF_ATTR_U16, NULL },
	[RINGFENCE_A_LEG_PEER_RTCP_PORT] = { "peer-rtcp-port", RGF_ATTR_U16,
					     NULL },
	[RINGFENCE_A_LEG_SUITE] = { "suite", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_LEG_TX_KEY] = { "tx-key", RGF_ATTR_NEST, &rgf_key_attrs },
	[RINGFENCE_A_LEG_RX_KEY] = { "rx-key", RGF_ATTR_NEST, &rgf_key_attrs },
	[RINGFENCE_A_LEG_STATS] = { "stats", RGF_ATTR_NEST, &rgf_stats_attrs },
	[RINGFENCE_A_LEG_LOCAL_IPV6] = { "local-ipv6", RGF_ATTR_IPV6, NULL },
	[RINGFENCE_A_LEG_PEER_IPV6] = { "peer-ipv6", RGF_ATTR_IPV6, NULL },
	[RINGFENCE_A_LEG_FLAGS] = { "flags", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_LEG_LATCH] = { "latch", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_LEG_DSCP] = { "dscp", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_LEG_KDR] = { "kdr", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_LEG_CLOCK_RATE] = { "clock-rate", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_LEG_RTP_SOURCE] = { "rtp-source", RGF_ATTR_NEST,
					 &rgf_transport_attrs },
	[RINGFENCE_A_LEG_RTCP_SOURCE] = { "rtcp-source", RGF_ATTR_NEST,
					  &rgf_transport_attrs },
	[RINGFENCE_A_LEG_STREAM] = { "stream", RGF_ATTR_NEST,
				     &rgf_stream_attrs },
};
const struct rgf_attr_set rgf_leg_attrs = ATTR_SET(leg_attrs);

static const struct rgf_attr session_attrs[] = {
	[RINGFENCE_A_SESSION_ID] = { "id", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_SESSION_LABEL] = { "label", RGF_ATTR_LABEL, NULL },
	[RINGFENCE_A_SESSION_IDLE_TIMEOUT] = { "idle-timeout", RGF_ATTR_U32,
					       NULL },
	[RINGFENCE_A_SESSION_LEG_A] = { "leg-a", RGF_ATTR_NEST,
					&rgf_leg_attrs },
	[RINGFENCE_A_SESSION_LEG_B] = { "leg-b", RGF_ATTR_NEST,
					&rgf_leg_attrs },
	[RINGFENCE_A_SESSION_FLAGS] = { "flags", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_SESSION_AGE] = { "age", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_SESSION_IDLE] = { "idle", RGF_ATTR_U32, NULL },
};
const struct rgf_attr_set rgf_session_attrs = ATTR_SET(session_attrs);

static const struct rgf_attr config_attrs[] = {
	[RINGFENCE_A_CONFIG_MEDIA_PORT_MIN] = { "media-port-min", RGF_ATTR_U16,
						NULL },
	[RINGFENCE_A_CONFIG_MEDIA_PORT_MAX] = { "media-port-max", RGF_ATTR_U16,
						NULL },
};
const struct rgf_attr_set rgf_config_attrs = ATTR_SET(config_attrs);

static const struct rgf_attr event_attrs[] = {
	[RINGFENCE_A_EVENT_ID] = { "id", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_EVENT_LABEL] = { "label", RGF_ATTR_LABEL, NULL },
	[RINGFENCE_A_EVENT_LEG] = { "leg", RGF_ATTR_U8, NULL },
	[RINGFENCE_A_EVENT_SSRC] = { "ssrc", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_EVENT_COUNT] = { "count", RGF_ATTR_U64, NULL },
	[RINGFENCE_A_EVENT_IDLE] = { "idle", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_EVENT_DIRECTION] = { "direction", RGF_ATTR_U32, NULL },
	[RINGFENCE_A_EVENT_MKI] = { "mki", RGF_ATTR_MKI, NULL },
	[RINGFENCE_A_EVENT_PAD] = { "pad", RGF_ATTR_OTHER, NULL },
};
const struct rgf_attr_set rgf_event_attrs = ATTR_SET(event_attrs);

ALL_OF(drop_attrs, DROP);
ALL_OF(stats_attrs, STATS);
ALL_OF(key_attrs, KEY);
ALL_OF(transport_attrs, TRANSPORT);
ALL_OF(stream_attrs, STREAM);
ALL_OF(leg_attrs, LEG);
ALL_OF(session_attrs, SESSION);
ALL_OF(config_attrs, CONFIG);
ALL_OF(event_attrs, EVENT);

_Static_assert(sizeof(enum ringfence_suite) == sizeof(uint32_t), "suite");
_Static_assert(sizeof(enum ringfence_latch) == sizeof(uint32_t), "latch");

#define FIELD(attr, type, member, has)                                  \
	{                                                               \
		RINGFENCE_A_##attr, sizeof(((struct type *)0)->member), \
			offsetof(struct type, member), has              \
	}

const struct rgf_field rgf_session_fields[] = {
	FIELD(SESSION_IDLE_TIMEOUT, rgf_session, idle_timeout,
	      RGF_HAS_IDLE_TIMEOUT),
	FIELD(SESSION_FLAGS, rgf_session, flags, RGF_HAS_FLAGS),
	{ 0, 0, 0, 0 },
};

const struct rgf_field rgf_leg_fields[] = {
	FIELD(LEG_LOCAL_PORT, rgf_leg, local_port, RGF_HAS_LOCAL_PORT),
	FIELD(LEG_LOCAL_RTCP_PORT, rgf_leg, local_rtcp_port,
	      RGF_HAS_LOCAL_RTCP_PORT),
	FIELD(LEG_PEER_PORT, rgf_leg, peer_port, RGF_HAS_PEER_PORT),
	FIELD(LEG_PEER_RTCP_PORT, rgf_leg, peer_rtcp_port,
	      RGF_HAS_PEER_RTCP_PORT),
	FIELD(LEG_SUITE, rgf_leg, suite, RGF_HAS_SUITE),
	FIELD(LEG_FLAGS, rgf_leg, flags, RGF_HAS_FLAGS),
	FIELD(LEG_LATCH, rgf_leg, latch, RGF_HAS_LATCH),
	FIELD(LEG_DSCP, rgf_leg, dscp, RGF_HAS_DSCP),
	FIELD(LEG_KDR, rgf_leg, kdr, RGF_HAS_KDR),
	FIELD(LEG_CLOCK_RATE, rgf_leg, clock_rate, RGF_HAS_CLOCK_RATE),
	{ 0, 0, 0, 0 },
};

const struct rgf_field rgf_stream_fields[] = {
	FIELD(STREAM_SSRC, rgf_stream, ssrc, 0),
	FIELD(STREAM_PACKETS, rgf_stream, packets, 0),
	FIELD(STREAM_BYTES, rgf_stream, bytes, 0),
	FIELD(STREAM_LOST, rgf_stream, lost, 0),
	FIELD(STREAM_JITTER, rgf_stream, jitter, 0),
	FIELD(STREAM_SEQUENCE, rgf_stream, sequence, 0),
	FIELD(STREAM_IDLE, rgf_stream, idle, 0),
	{ 0, 0, 0, 0 },
};

bool rgf_msg_ok(const struct nlmsghdr *nlh, int left)
{
	return left >= (int)sizeof(*nlh) && nlh->nlmsg_len >= sizeof(*nlh) &&
	       nlh->nlmsg_len <= (uint32_t)left;
}

/* A label may lack its zero; it may not hold another one. */
static bool label_ok(const char *p, size_t len)
{
	size_t n = strnlen(p, len);

	return n <= RINGFENCE_LABEL_MAX && len - n <= 1;
}

static bool attr_ok(const struct nlattr *attr, enum rgf_attr_kind kind)
{
	size_t len = mnl_attr_get_payload_len(attr);

	switch (kind) {
	case RGF_ATTR_OTHER:
	case RGF_ATTR_NEST: /* checked when it is read */
		return true;
	case RGF_ATTR_U8:
		return len == sizeof(uint8_t);
	case RGF_ATTR_U16:
		return len == sizeof(uint16_t);
	case RGF_ATTR_U32:
		return len == sizeof(uint32_t);
	case RGF_ATTR_U64:
		return len == sizeof(uint64_t);
	case RGF_ATTR_IPV6:
		return len == sizeof(struct in6_addr);
	case RGF_ATTR_MKI:
		return len <= RINGFENCE_MKI_MAX;
	case RGF_ATTR_LABEL:
		return label_ok(mnl_attr_get_payload(attr), len);
	case RGF_ATTR_TEXT:
		return len - strnlen(mnl_attr_get_payload(attr), len) <= 1;
	}
	return false;
}

int rgf_attrs_read(const void *p, size_t len, const struct rgf_attr_set *set,
		   const struct nlattr **tb)
{
	const struct nlattr *attr = p;
	int left = (int)len;

	memset(tb, 0, (set->max + 1u) * sizeof(*tb));
	for (; left > 0; attr = mnl_attr_next(attr)) {
		uint16_t type;

		if (!mnl_attr_ok(attr, left))
			return -EBADMSG;
		left -= (int)MNL_ALIGN(attr->nla_len);
		type = mnl_attr_get_type(attr);
		if (type > set->max)
			continue;
		if (!attr_ok(attr, set->attrs[type].kind))
			return -EBADMSG;
		tb[type] = attr;
	}
	return 0;
}
