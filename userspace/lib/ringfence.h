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

/* Which members of struct rgf_session or rgf_leg are given. */
enum {
	RGF_HAS_LABEL = 1 << 0,
	RGF_HAS_IDLE_TIMEOUT = 1 << 1,
	RGF_HAS_LEG_A = 1 << 2,
	RGF_HAS_LEG_B = 1 << 3,

	RGF_HAS_LOCAL_ADDR = 1 << 8,
	RGF_HAS_LOCAL_PORT = 1 << 9,
	RGF_HAS_LOCAL_RTCP_PORT = 1 << 10,
	RGF_HAS_PEER_ADDR = 1 << 11,
	RGF_HAS_PEER_PORT = 1 << 12,
	RGF_HAS_PEER_RTCP_PORT = 1 << 13,
	RGF_HAS_SUITE = 1 << 14,
	RGF_HAS_TX_KEY = 1 << 15,
	RGF_HAS_RX_KEY = 1 << 16,
};

struct rgf_key {
	uint8_t len;
	uint8_t data[RINGFENCE_KEY_MAX]; /* master key, then master salt */
};

struct rgf_counters {
	uint64_t rx_packets, rx_bytes;
	uint64_t tx_packets, tx_bytes;
	uint64_t rx_rtcp_packets, tx_rtcp_packets;
	uint64_t drop[__RINGFENCE_DROP_REASON_MAX]; /* by drop reason */
};

struct rgf_leg {
	uint32_t has; /* RGF_HAS_LOCAL_ADDR … RGF_HAS_RX_KEY */
	struct in_addr local_addr, peer_addr;
	uint16_t local_port, local_rtcp_port; /* host byte order */
	uint16_t peer_port, peer_rtcp_port;
	enum ringfence_suite suite;
	struct rgf_key tx_key, rx_key; /* towards the kernel only */
	struct rgf_counters counters; /* from the kernel only */
};

struct rgf_session {
	uint32_t has; /* RGF_HAS_LABEL … RGF_HAS_LEG_B */
	uint32_t id; /* 0: the kernel chooses */
	char label[RINGFENCE_LABEL_MAX + 1];
	uint32_t idle_timeout; /* seconds, 0 is never */
	struct rgf_leg leg[2];
	uint32_t age, idle; /* seconds, from the kernel only */
};

struct rgf_stats {
	uint32_t sessions;
	struct rgf_counters counters;
};

struct rgf_event {
	enum {
		RGF_EVENT_MEDIA,
		RGF_EVENT_AUTH,
		RGF_EVENT_IDLE,
		RGF_EVENT_DEL,
	} type;
	uint32_t id;
	char label[RINGFENCE_LABEL_MAX + 1];
	uint8_t leg;
	uint32_t ssrc;
	uint64_t count;
	uint32_t idle;
};

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

/* Names: SDES suite names ("none" for no protection), drop reasons. */
const char *rgf_suite_name(enum ringfence_suite suite); /* NULL if unknown */
int rgf_suite_by_name(const char *name, enum ringfence_suite *ret);
size_t rgf_suite_key_len(enum ringfence_suite suite); /* key plus salt */
const char *rgf_drop_name(unsigned int reason); /* NULL if unknown */

#endif
