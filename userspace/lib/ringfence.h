/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libringfence: the kernel module's sessions, as plain structs.
 *
 * Every call returns 0 or a negative errno, never logs, and leaves its output
 * parameters untouched on failure. The sentence with which the kernel refused
 * is in rgf_error(). A handle belongs to one thread.
 */
#ifndef RINGFENCE_H
#define RINGFENCE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/ringfence.h>

struct rgf; /* a connection to the module, in one network namespace */

/* Which members of struct rgf_session, rgf_leg or rgf_config are given. */
enum {
	RGF_HAS_LABEL = 1 << 0,
	RGF_HAS_IDLE_TIMEOUT = 1 << 1,
	RGF_HAS_LEG_A = 1 << 2,
	RGF_HAS_LEG_B = 1 << 3,
	RGF_HAS_FLAGS = 1 << 4, /* of the session, or of the leg */

	RGF_HAS_LOCAL_ADDR = 1 << 8,
	RGF_HAS_LOCAL_PORT = 1 << 9,
	RGF_HAS_LOCAL_RTCP_PORT = 1 << 10,
	RGF_HAS_PEER_ADDR = 1 << 11,
	RGF_HAS_PEER_PORT = 1 << 12,
	RGF_HAS_PEER_RTCP_PORT = 1 << 13,
	RGF_HAS_SUITE = 1 << 14,
	RGF_HAS_TX_KEYS = 1 << 15, /* towards the kernel only, as RX_KEYS */
	RGF_HAS_RX_KEYS = 1 << 16,
	RGF_HAS_LATCH = 1 << 17,
	RGF_HAS_DSCP = 1 << 18,
	RGF_HAS_KDR = 1 << 19,
	RGF_HAS_CLOCK_RATE = 1 << 20,

	RGF_HAS_MEDIA_PORTS = 1 << 24,
};

/* An IP address of either family: IPv4 is kept mapped into IPv6. */
struct rgf_addr {
	struct in6_addr in6;
};

struct rgf_addr rgf_addr_v4(struct in_addr v4);
bool rgf_addr_is_v4(const struct rgf_addr *addr);
struct in_addr rgf_addr_to_v4(const struct rgf_addr *addr); /* of an IPv4 one */
bool rgf_addr_equal(const struct rgf_addr *a, const struct rgf_addr *b);

struct rgf_prefix {
	struct rgf_addr addr; /* zero beyond its length */
	uint8_t len; /* 32 at most for IPv4 */
};

struct rgf_transport {
	struct rgf_addr addr;
	uint16_t port; /* host byte order, as all ports; 0: none */
};

struct rgf_key {
	uint8_t len;
	uint8_t data[RINGFENCE_KEY_MAX]; /* master key, then master salt */
};

/* One of the keys of a direction; a reply tells all but the key itself. */
struct rgf_master_key {
	struct rgf_key key; /* towards the kernel only */
	uint8_t mki_len; /* 0: no MKI */
	uint8_t mki[RINGFENCE_MKI_MAX];
	uint64_t lifetime; /* packets, SRTP and SRTCP each; 0: default */
	uint64_t packets; /* protected so far; from the kernel only */
};

struct rgf_keys {
	unsigned int n;
	struct rgf_master_key key[RINGFENCE_MAX_KEYS]; /* tx: [0] is used */
};

struct rgf_counters {
	uint64_t rx_packets, rx_bytes;
	uint64_t tx_packets, tx_bytes;
	uint64_t rx_rtcp_packets, tx_rtcp_packets;
	uint64_t drop[__RINGFENCE_DROP_REASON_MAX]; /* by drop reason */
};

/* What is received of one SSRC. */
struct rgf_stream {
	uint32_t ssrc;
	uint32_t lost; /* packets */
	uint64_t packets;
	uint64_t bytes; /* RTP payload */
	uint32_t jitter; /* microseconds */
	uint32_t sequence; /* extended, the highest */
	uint32_t idle; /* milliseconds */
};

#define RGF_CLOCK_RATE_DEFAULT 8000 /* Hz */

struct rgf_leg {
	uint32_t has; /* RGF_HAS_LOCAL_ADDR … RGF_HAS_CLOCK_RATE, FLAGS */
	struct rgf_addr local_addr, peer_addr;
	uint16_t local_port, local_rtcp_port; /* no RTCP port with rtcp-mux */
	uint16_t peer_port, peer_rtcp_port;
	enum ringfence_suite suite;
	struct rgf_keys tx, rx;
	uint32_t flags; /* RINGFENCE_LEG_FLAGS_*: all, or those of them */
	enum ringfence_latch latch;
	uint32_t clock_rate; /* Hz */
	uint8_t dscp; /* or RINGFENCE_DSCP_KEEP */
	uint8_t kdr;
	/* From the kernel only: */
	struct rgf_transport rtp_source, rtcp_source; /* learnt; port 0: none */
	struct rgf_counters counters;
	unsigned int n_streams;
	struct rgf_stream stream[RINGFENCE_MAX_STREAMS];
};

struct rgf_session {
	uint32_t has; /* RGF_HAS_LABEL … RGF_HAS_FLAGS */
	uint32_t id; /* 0: the kernel chooses */
	char label[RINGFENCE_LABEL_MAX + 1];
	uint32_t idle_timeout; /* seconds, 0 is never */
	uint32_t flags; /* RINGFENCE_SESSION_FLAGS_* */
	struct rgf_leg leg[2];
	uint32_t age, idle; /* seconds, from the kernel only */
};

struct rgf_stats {
	uint32_t sessions;
	struct rgf_counters counters;
};

/* Settings of the network namespace. */
struct rgf_config {
	uint32_t has; /* RGF_HAS_MEDIA_PORTS */
	uint16_t media_port_min, media_port_max; /* 0 and 0: none */
};

/* A ban; lib/guard.h has what can be done with it. */
struct rgf_ban {
	struct rgf_prefix prefix;
	uint32_t time; /* seconds; 0: until it is removed */
	char comment[RINGFENCE_COMMENT_MAX + 1]; /* "": none */
	/* From the kernel only: */
	enum ringfence_ban_reason reason;
	enum ringfence_limit_class class; /* of the reason limit */
	enum ringfence_strike_reason strike_reason; /* of daemon */
	uint32_t rule; /* of rule; its number */
	uint32_t rate; /* of limit; packets a second */
	uint32_t age, left; /* seconds; left is of a time only */
	uint32_t idle; /* seconds since the last packet, if has_idle */
	bool has_idle;
	uint64_t packets; /* dropped */
	uint32_t offences; /* bans before */
	enum ringfence_unban_cause cause; /* of RGF_EVENT_UNBAN */
};

struct rgf_event {
	enum {
		RGF_EVENT_MEDIA,
		RGF_EVENT_AUTH,
		RGF_EVENT_IDLE,
		RGF_EVENT_DEL,
		RGF_EVENT_KEY,
		RGF_EVENT_DESYNC,
		RGF_EVENT_RULES_LOADED,
		RGF_EVENT_RULES_CONFIRMED,
		RGF_EVENT_RULES_BACK,
		RGF_EVENT_RULES_DELETED,
		RGF_EVENT_ADDRESS_SET,
		RGF_EVENT_BAN,
		RGF_EVENT_UNBAN,
		RGF_EVENT_FULL,
	} type;
	uint32_t id;
	char label[RINGFENCE_LABEL_MAX + 1];
	uint8_t leg; /* of all but idle and del */
	uint32_t ssrc; /* of media, auth and desync */
	/* Of auth and desync, failures of the leg; of key, packets left. */
	uint64_t count;
	uint32_t idle; /* of idle, seconds */
	enum ringfence_direction direction; /* of key */
	uint8_t mki_len; /* of key */
	uint8_t mki[RINGFENCE_MKI_MAX];
	/* These have no session: */
	struct rgf_ban ban; /* of ban and unban */
	enum ringfence_guard_table table; /* of full; count: how often */
	/* Events of rules have nothing but: */
	bool has_rules; /* some are in force */
	uint32_t rules; /* how many */
	uint32_t confirm; /* seconds until those before come back; 0: never */
	char set[RINGFENCE_RULE_NAME_MAX + 1]; /* of address-set */
	uint32_t entries; /* that the set has */
};

static inline bool rgf_event_of_rules(const struct rgf_event *e)
{
	return e->type >= RGF_EVENT_RULES_LOADED &&
	       e->type <= RGF_EVENT_ADDRESS_SET;
}

/**
 * rgf_open() - connect to the module of the calling thread's namespace
 * @ret: the handle; free it with rgf_close()
 *
 * Return: -ENOENT when the module is not loaded.
 */
int rgf_open(struct rgf **ret);
void rgf_close(struct rgf *rgf); /* NULL is fine */

/* The last refusal, a sentence, or strerror's text. Valid until next call. */
const char *rgf_error(const struct rgf *rgf);

int rgf_session_new(struct rgf *rgf, const struct rgf_session *s,
		    uint32_t *ret_id);
int rgf_session_set(struct rgf *rgf, const struct rgf_session *s);
int rgf_session_del(struct rgf *rgf, uint32_t id);
int rgf_session_get(struct rgf *rgf, uint32_t id, struct rgf_session *ret);

/**
 * rgf_session_dump() - call @cb for each session
 *
 * The dump is read into a buffer first, and again while sessions came or went
 * meanwhile, so @cb sees a consistent list. On a busy gateway that may never
 * be: the last of ten readings is then given to @cb and -EINTR returned. It is
 * partial only in this: sessions that came or went during the reading may be
 * in it or not. A negative return of @cb ends the walk and is returned.
 */
int rgf_session_dump(struct rgf *rgf,
		     int (*cb)(const struct rgf_session *s, void *arg),
		     void *arg);
int rgf_stats_get(struct rgf *rgf, struct rgf_stats *ret);
int rgf_config_get(struct rgf *rgf, struct rgf_config *ret);
int rgf_config_set(struct rgf *rgf, const struct rgf_config *c);

/*
 * Batches: queue any number of new, set and del requests, then send them in as
 * few system calls as possible. @cb hears of each request in order: @err is 0
 * or -errno, @text the kernel's sentence, @id the session.
 */
struct rgf_batch;
int rgf_batch_begin(struct rgf *rgf, struct rgf_batch **ret);
int rgf_batch_new(struct rgf_batch *b, const struct rgf_session *s);
int rgf_batch_set(struct rgf_batch *b, const struct rgf_session *s);
int rgf_batch_del(struct rgf_batch *b, uint32_t id);
int rgf_batch_run(struct rgf_batch *b,
		  void (*cb)(size_t n, uint32_t id, int err, const char *text,
			     void *arg),
		  void *arg);
void rgf_batch_free(struct rgf_batch *b); /* wipes queued keys */

/*
 * Events: a second, non-blocking socket joined to the multicast group.
 * rgf_events_read() calls @cb for all that is there; -ENOBUFS says that
 * events were lost and the caller should dump.
 */
struct rgf_events;
int rgf_events_open(struct rgf_events **ret);
int rgf_events_fd(const struct rgf_events *ev);
int rgf_events_read(struct rgf_events *ev,
		    void (*cb)(const struct rgf_event *e, void *arg),
		    void *arg);
void rgf_events_close(struct rgf_events *ev);

/*
 * Names: SDES suite names ("none" for no protection), drop reasons, latch
 * rules, and flags by their bit. NULL for what is unknown; they have no gaps,
 * so counting up to the first NULL finds all.
 */
const char *rgf_suite_name(enum ringfence_suite suite);
int rgf_suite_by_name(const char *name, enum ringfence_suite *ret);
size_t rgf_suite_key_len(enum ringfence_suite suite); /* key plus salt */
const char *rgf_drop_name(unsigned int reason);
const char *rgf_latch_name(enum ringfence_latch latch);
const char *rgf_leg_flag_name(unsigned int bit);
const char *rgf_session_flag_name(unsigned int bit);

#endif
