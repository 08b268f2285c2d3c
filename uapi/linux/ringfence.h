/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/ringfence.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_RINGFENCE_H
#define _UAPI_LINUX_RINGFENCE_H

#define RINGFENCE_FAMILY_NAME	"ringfence"
#define RINGFENCE_FAMILY_VERSION	1

/* Sessions per network namespace; one more is refused. */
#define RINGFENCE_MAX_SESSIONS	65536

/*
 * SSRCs that one direction of an SRTP leg protects or has authenticated
 * under one set of keys; a packet of one more is dropped.
 */
#define RINGFENCE_MAX_SSRCS	64

/*
 * SSRCs per leg that statistics are kept of; one more takes the place of the
 * one that was silent longest.
 */
#define RINGFENCE_MAX_STREAMS	8

/* Master keys per leg and direction, told apart by their MKI. */
#define RINGFENCE_MAX_KEYS	4

/* Bytes of a master key identifier (RFC 4568, 6.1). */
#define RINGFENCE_MKI_MAX	128

/* Packets; 2^48 (RFC 3711, 9.2). */
#define RINGFENCE_KEY_LIFETIME_MAX	281474976710656

/* The key derivation rate is 2^24 packets at most (RFC 3711, 4.3.1). */
#define RINGFENCE_KDR_MAX	24

/* In place of a DSCP, to send each packet with the one it came with. */
#define RINGFENCE_DSCP_KEEP	64

/* Bytes in a label, the terminating zero not counted. */
#define RINGFENCE_LABEL_MAX	63

/* Bytes of the longest master key and salt (RFC 3711, AES-256). */
#define RINGFENCE_KEY_MAX	46

/* Seconds. */
#define RINGFENCE_IDLE_TIMEOUT_MAX	86400

/**
 * enum ringfence_suite - Protection of a leg, by its SDES name (RFC 4568).
 * @RINGFENCE_SUITE_NONE: Plain RTP and RTCP.
 * @RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80: AES_CM_128_HMAC_SHA1_80, 16-byte
 *   key and 14-byte salt.
 * @RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32: AES_CM_128_HMAC_SHA1_32, 16-byte
 *   key and 14-byte salt; SRTCP keeps the 80-bit tag (RFC 4568, 6.2.2), as
 *   with all _32 suites.
 * @RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_80: AES_192_CM_HMAC_SHA1_80 (RFC
 *   6188), 24-byte key, 14-byte salt.
 * @RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_32: AES_192_CM_HMAC_SHA1_32 (RFC
 *   6188), 24-byte key, 14-byte salt.
 * @RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_80: AES_256_CM_HMAC_SHA1_80 (RFC
 *   6188), 32-byte key, 14-byte salt.
 * @RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_32: AES_256_CM_HMAC_SHA1_32 (RFC
 *   6188), 32-byte key, 14-byte salt.
 * @RINGFENCE_SUITE_AEAD_AES_128_GCM: AEAD_AES_128_GCM (RFC 7714), 16-byte key
 *   and 12-byte salt.
 * @RINGFENCE_SUITE_AEAD_AES_256_GCM: AEAD_AES_256_GCM (RFC 7714), 32-byte key
 *   and 12-byte salt.
 * @RINGFENCE_SUITE_F8_128_HMAC_SHA1_80: F8_128_HMAC_SHA1_80, 16-byte key and
 *   14-byte salt.
 * @RINGFENCE_SUITE_NULL_HMAC_SHA1_80: NULL_HMAC_SHA1_80, 16-byte key and
 *   14-byte salt; authenticated but readable by all. For debugging; needs the
 *   leg's flag allow-null.
 * @RINGFENCE_SUITE_NULL_HMAC_SHA1_32: NULL_HMAC_SHA1_32, as NULL_HMAC_SHA1_80.
 */
enum ringfence_suite {
	RINGFENCE_SUITE_NONE,
	RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_80,
	RINGFENCE_SUITE_AES_CM_128_HMAC_SHA1_32,
	RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_80,
	RINGFENCE_SUITE_AES_CM_192_HMAC_SHA1_32,
	RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_80,
	RINGFENCE_SUITE_AES_CM_256_HMAC_SHA1_32,
	RINGFENCE_SUITE_AEAD_AES_128_GCM,
	RINGFENCE_SUITE_AEAD_AES_256_GCM,
	RINGFENCE_SUITE_F8_128_HMAC_SHA1_80,
	RINGFENCE_SUITE_NULL_HMAC_SHA1_80,
	RINGFENCE_SUITE_NULL_HMAC_SHA1_32,

	/* private: */
	__RINGFENCE_SUITE_MAX,
	RINGFENCE_SUITE_MAX = (__RINGFENCE_SUITE_MAX - 1)
};

/**
 * enum ringfence_session_flags - What a session relays besides RTP and RTCP.
 * @RINGFENCE_SESSION_FLAGS_UDPTL: What is neither RTP nor RTCP, and what is
 *   STUN or DTLS on a leg that expects none, is T.38 over UDPTL on the RTP
 *   ports; it is relayed as it is, never encrypted.
 */
enum ringfence_session_flags {
	RINGFENCE_SESSION_FLAGS_UDPTL = 1,
};

/**
 * enum ringfence_leg_flags - Properties of a leg.
 * @RINGFENCE_LEG_FLAGS_RTCP_MUX: RTCP comes and goes on the RTP port (RFC
 *   5761); the leg has no RTCP ports.
 * @RINGFENCE_LEG_FLAGS_EXPECT_STUN: STUN to the RTP and RTCP ports goes to
 *   userspace, at a limited rate.
 * @RINGFENCE_LEG_FLAGS_EXPECT_DTLS: DTLS to the RTP and RTCP ports goes to
 *   userspace, likewise.
 * @RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTP: UNENCRYPTED_SRTP (RFC 4568, 6.3.2);
 *   both directions.
 * @RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTCP: UNENCRYPTED_SRTCP (RFC 4568, 6.3.2);
 *   both directions.
 * @RINGFENCE_LEG_FLAGS_UNAUTHENTICATED_SRTP: UNAUTHENTICATED_SRTP (RFC 4568,
 *   6.3.2); both directions. SRTCP always is authenticated. Not with an AEAD
 *   suite.
 * @RINGFENCE_LEG_FLAGS_ALLOW_NULL: The suite may be one without encryption.
 * @RINGFENCE_LEG_FLAGS_RESYNC: In session-set, not kept: the peer may start
 *   its packet indices anew with the keys it has, as some do on hold and
 *   resume. Once per SSRC, within 10 seconds, an authentic packet may then
 *   take its stream back to an earlier roll-over counter. Old packets of the
 *   stream can be replayed that way, so ask for it only when the peer was
 *   signalled to.
 */
enum ringfence_leg_flags {
	RINGFENCE_LEG_FLAGS_RTCP_MUX = 1,
	RINGFENCE_LEG_FLAGS_EXPECT_STUN = 2,
	RINGFENCE_LEG_FLAGS_EXPECT_DTLS = 4,
	RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTP = 8,
	RINGFENCE_LEG_FLAGS_UNENCRYPTED_SRTCP = 16,
	RINGFENCE_LEG_FLAGS_UNAUTHENTICATED_SRTP = 32,
	RINGFENCE_LEG_FLAGS_ALLOW_NULL = 64,
	RINGFENCE_LEG_FLAGS_RESYNC = 128,
};

/**
 * enum ringfence_latch - What a leg learns of its peer's transport address
 *   from packets, besides what was signalled. It learns from the first packet
 *   that it accepts after the peer was signalled, and never again.
 * @RINGFENCE_LATCH_STRICT: Nothing.
 * @RINGFENCE_LATCH_PORT: The ports; packets must come from the signalled
 *   address.
 * @RINGFENCE_LATCH_ADDRESS: Address and ports. On an SRTP leg the first packet
 *   that authenticates decides; on a plain leg the first from anywhere, so ask
 *   for it only where that is meant.
 */
enum ringfence_latch {
	RINGFENCE_LATCH_STRICT,
	RINGFENCE_LATCH_PORT,
	RINGFENCE_LATCH_ADDRESS,

	/* private: */
	__RINGFENCE_LATCH_MAX,
	RINGFENCE_LATCH_MAX = (__RINGFENCE_LATCH_MAX - 1)
};

/**
 * enum ringfence_direction - Of a leg.
 * @RINGFENCE_DIRECTION_RX: From the peer.
 * @RINGFENCE_DIRECTION_TX: To the peer.
 */
enum ringfence_direction {
	RINGFENCE_DIRECTION_RX,
	RINGFENCE_DIRECTION_TX,
};

/**
 * enum ringfence_drop_reason - Why a media packet was not relayed.
 * @RINGFENCE_DROP_REASON_MALFORMED: Not a well-formed RTP or RTCP packet, or
 *   too short for its suite.
 * @RINGFENCE_DROP_REASON_WRONG_SOURCE: Not from the peer address and port of
 *   the leg.
 * @RINGFENCE_DROP_REASON_AUTH_FAILED: The SRTP or SRTCP authentication tag is
 *   wrong.
 * @RINGFENCE_DROP_REASON_REPLAYED: The packet index was seen before or is
 *   older than the window.
 * @RINGFENCE_DROP_REASON_SSRC_LIMIT: More SSRCs than the leg may have.
 * @RINGFENCE_DROP_REASON_KEY_EXHAUSTED: The key has protected as many packets
 *   as RFC 3711 allows.
 * @RINGFENCE_DROP_REASON_CRYPTO_ERROR: The kernel's crypto API failed.
 * @RINGFENCE_DROP_REASON_NO_MEMORY: No memory for the packet.
 * @RINGFENCE_DROP_REASON_NO_ROUTE: No route to the peer of the other leg.
 * @RINGFENCE_DROP_REASON_TOO_BIG: Longer than an IP packet may be after
 *   protection.
 * @RINGFENCE_DROP_REASON_TTL_EXPIRED: The time to live ran out here.
 * @RINGFENCE_DROP_REASON_NO_SESSION: To a port of media-port-min to media-
 *   port-max that no session has. Counted for the namespace.
 * @RINGFENCE_DROP_REASON_UNEXPECTED: STUN, DTLS, UDPTL or what is no known
 *   protocol, unasked for.
 * @RINGFENCE_DROP_REASON_RATE_LIMITED: More STUN or DTLS than a leg hands to
 *   userspace.
 * @RINGFENCE_DROP_REASON_UNKNOWN_MKI: No key of the leg has the packet's MKI.
 * @RINGFENCE_DROP_REASON_WRONG_ENCRYPTION: The E bit of SRTCP is not as
 *   negotiated (RFC 3711, 3.4).
 * @RINGFENCE_DROP_REASON_QUEUE_FULL: Too many packets wait for a cipher or for
 *   derived keys.
 */
enum ringfence_drop_reason {
	RINGFENCE_DROP_REASON_MALFORMED,
	RINGFENCE_DROP_REASON_WRONG_SOURCE,
	RINGFENCE_DROP_REASON_AUTH_FAILED,
	RINGFENCE_DROP_REASON_REPLAYED,
	RINGFENCE_DROP_REASON_SSRC_LIMIT,
	RINGFENCE_DROP_REASON_KEY_EXHAUSTED,
	RINGFENCE_DROP_REASON_CRYPTO_ERROR,
	RINGFENCE_DROP_REASON_NO_MEMORY,
	RINGFENCE_DROP_REASON_NO_ROUTE,
	RINGFENCE_DROP_REASON_TOO_BIG,
	RINGFENCE_DROP_REASON_TTL_EXPIRED,
	RINGFENCE_DROP_REASON_NO_SESSION,
	RINGFENCE_DROP_REASON_UNEXPECTED,
	RINGFENCE_DROP_REASON_RATE_LIMITED,
	RINGFENCE_DROP_REASON_UNKNOWN_MKI,
	RINGFENCE_DROP_REASON_WRONG_ENCRYPTION,
	RINGFENCE_DROP_REASON_QUEUE_FULL,

	/* private: */
	__RINGFENCE_DROP_REASON_MAX,
	RINGFENCE_DROP_REASON_MAX = (__RINGFENCE_DROP_REASON_MAX - 1)
};

/* Rules in a rule set, those of its chains included. */
#define RINGFENCE_MAX_RULES	8192

/*
 * Rules of local or of network when the rules of a chain are counted at each
 * jump to it.
 */
#define RINGFENCE_MAX_FLAT_RULES	16384

/* Chains of a rule set, local and network included. */
#define RINGFENCE_MAX_CHAINS	64

/* Chains that a packet may be in at a time, local and network not counted. */
#define RINGFENCE_MAX_JUMPS	8

/* Address sets of a rule set. */
#define RINGFENCE_MAX_ADDRESS_SETS	64

/* Entries of all address sets of a rule set. */
#define RINGFENCE_MAX_SET_ENTRIES	65536

/* Ranges of a rule's source ports, and of its destination ports. */
#define RINGFENCE_MAX_PORT_RANGES	15

/* Bytes of a compiled rule set. */
#define RINGFENCE_RULES_MEMORY_MAX	67108864

/* Bytes in the name of a chain or of an address set. */
#define RINGFENCE_RULE_NAME_MAX	31

/* Bytes in a rule's comment. */
#define RINGFENCE_COMMENT_MAX	127

/* Seconds. */
#define RINGFENCE_CONFIRM_MAX	3600

/* Packets a second that one rule may log. */
#define RINGFENCE_LOG_RATE_MAX	1000

/* Packets a second that a rule logs at most unless it says otherwise. */
#define RINGFENCE_LOG_RATE_DEFAULT	10

/*
 * Sources whose rates a rule set keeps, counted once for each rule that has
 * a rate. One more takes the place of that one of eight, chosen by a secret
 * hash, whose bucket would be full again soonest.
 */
#define RINGFENCE_MAX_RATE_SOURCES	65536

/* Packets, of a rate per source and of its burst. */
#define RINGFENCE_RATE_MAX	1000000

/* Packets. */
#define RINGFENCE_RATE_BURST_DEFAULT	5

/**
 * enum ringfence_verdict - What happens to a packet that no rule decided
 *   about.
 * @RINGFENCE_VERDICT_ACCEPT: It goes on.
 * @RINGFENCE_VERDICT_DROP: It ends here.
 */
enum ringfence_verdict {
	RINGFENCE_VERDICT_ACCEPT,
	RINGFENCE_VERDICT_DROP,
};

/**
 * enum ringfence_rule_action - What a rule does with a packet that it matches.
 * @RINGFENCE_RULE_ACTION_ACCEPT: It goes on; no further rule is tried.
 * @RINGFENCE_RULE_ACTION_DROP: It ends here.
 * @RINGFENCE_RULE_ACTION_REJECT: It ends here, and ICMP port unreachable is
 *   sent to its source.
 * @RINGFENCE_RULE_ACTION_COUNT: Only the rule's counters; the next rule is
 *   tried.
 * @RINGFENCE_RULE_ACTION_LOG: It is logged, log-rate times a second at most;
 *   the next rule is tried.
 * @RINGFENCE_RULE_ACTION_JUMP: The rules of a chain are tried, then the rule
 *   behind this one.
 * @RINGFENCE_RULE_ACTION_BAN: It ends here, and its source is banned for the
 *   rule's ban-time unless it is trusted.
 */
enum ringfence_rule_action {
	RINGFENCE_RULE_ACTION_ACCEPT,
	RINGFENCE_RULE_ACTION_DROP,
	RINGFENCE_RULE_ACTION_REJECT,
	RINGFENCE_RULE_ACTION_COUNT,
	RINGFENCE_RULE_ACTION_LOG,
	RINGFENCE_RULE_ACTION_JUMP,
	RINGFENCE_RULE_ACTION_BAN,

	/* private: */
	__RINGFENCE_RULE_ACTION_MAX,
	RINGFENCE_RULE_ACTION_MAX = (__RINGFENCE_RULE_ACTION_MAX - 1)
};

/**
 * enum ringfence_connection_state - What the kernel's connection tracking says
 *   of a packet. It tracks only while a rule set asks for it.
 * @RINGFENCE_CONNECTION_STATE_NEW: The connection was not seen before, or in
 *   one direction only.
 * @RINGFENCE_CONNECTION_STATE_ESTABLISHED: Packets of the connection were seen
 *   in both directions.
 * @RINGFENCE_CONNECTION_STATE_RELATED: It begins a connection that belongs to
 *   another one, or is an ICMP error about one.
 * @RINGFENCE_CONNECTION_STATE_INVALID: It belongs to no connection and begins
 *   none.
 * @RINGFENCE_CONNECTION_STATE_UNTRACKED: Somebody has excepted it from
 *   tracking.
 */
enum ringfence_connection_state {
	RINGFENCE_CONNECTION_STATE_NEW = 1,
	RINGFENCE_CONNECTION_STATE_ESTABLISHED = 2,
	RINGFENCE_CONNECTION_STATE_RELATED = 4,
	RINGFENCE_CONNECTION_STATE_INVALID = 8,
	RINGFENCE_CONNECTION_STATE_UNTRACKED = 16,
};

/**
 * enum ringfence_weekday - Days of the week, UTC.
 * @RINGFENCE_WEEKDAY_MON: Monday.
 * @RINGFENCE_WEEKDAY_TUE: Tuesday.
 * @RINGFENCE_WEEKDAY_WED: Wednesday.
 * @RINGFENCE_WEEKDAY_THU: Thursday.
 * @RINGFENCE_WEEKDAY_FRI: Friday.
 * @RINGFENCE_WEEKDAY_SAT: Saturday.
 * @RINGFENCE_WEEKDAY_SUN: Sunday.
 */
enum ringfence_weekday {
	RINGFENCE_WEEKDAY_MON = 1,
	RINGFENCE_WEEKDAY_TUE = 2,
	RINGFENCE_WEEKDAY_WED = 4,
	RINGFENCE_WEEKDAY_THU = 8,
	RINGFENCE_WEEKDAY_FRI = 16,
	RINGFENCE_WEEKDAY_SAT = 32,
	RINGFENCE_WEEKDAY_SUN = 64,
};

/**
 * enum ringfence_rate_unit - The time that a rate is about.
 * @RINGFENCE_RATE_UNIT_SECOND: One second.
 * @RINGFENCE_RATE_UNIT_MINUTE: 60 seconds.
 * @RINGFENCE_RATE_UNIT_HOUR: 3600 seconds.
 */
enum ringfence_rate_unit {
	RINGFENCE_RATE_UNIT_SECOND,
	RINGFENCE_RATE_UNIT_MINUTE,
	RINGFENCE_RATE_UNIT_HOUR,
};

/**
 * enum ringfence_rate_mode - Which packets of a source a rule with a rate
 *   matches.
 * @RINGFENCE_RATE_MODE_WITHIN: Those within the rate.
 * @RINGFENCE_RATE_MODE_OVER: Those over it; they don't count for the rate.
 */
enum ringfence_rate_mode {
	RINGFENCE_RATE_MODE_WITHIN,
	RINGFENCE_RATE_MODE_OVER,
};

/**
 * enum ringfence_rules_counter - What no rule counts.
 * @RINGFENCE_RULES_COUNTER_LOCAL_IMPLICIT: Accepted in place of local's
 *   default of drop.
 * @RINGFENCE_RULES_COUNTER_LOCAL_DEFAULT: Packets that local's default decided
 *   about.
 * @RINGFENCE_RULES_COUNTER_NETWORK_DEFAULT: Packets that network's default
 *   decided about.
 */
enum ringfence_rules_counter {
	RINGFENCE_RULES_COUNTER_LOCAL_IMPLICIT,
	RINGFENCE_RULES_COUNTER_LOCAL_DEFAULT,
	RINGFENCE_RULES_COUNTER_NETWORK_DEFAULT,

	/* private: */
	__RINGFENCE_RULES_COUNTER_MAX,
	RINGFENCE_RULES_COUNTER_MAX = (__RINGFENCE_RULES_COUNTER_MAX - 1)
};

/**
 * enum ringfence_set_mode - How an address set changes.
 * @RINGFENCE_SET_MODE_REPLACE: The given entries take the place of all there
 *   were.
 * @RINGFENCE_SET_MODE_ADD: The given entries are added.
 * @RINGFENCE_SET_MODE_DEL: The given entries are removed; each must be there.
 */
enum ringfence_set_mode {
	RINGFENCE_SET_MODE_REPLACE,
	RINGFENCE_SET_MODE_ADD,
	RINGFENCE_SET_MODE_DEL,
};

/*
 * Bans of a namespace, past ones that are remembered included. One more
 * takes the place of the oldest past one, else of the one that ends first;
 * never of an operator's.
 */
#define RINGFENCE_MAX_BANS	65536

/*
 * Trusted prefixes of a namespace. One more takes the place of the granted
 * one that ends first.
 */
#define RINGFENCE_MAX_TRUSTS	65536

/* Different lengths of prefixes, per family, among bans and among trust. */
#define RINGFENCE_MAX_PREFIX_LENGTHS	8

/* Seconds. */
#define RINGFENCE_BAN_TIME_MAX	31536000

/*
 * Seconds for which the end of a ban is remembered, so that a next one is
 * longer.
 */
#define RINGFENCE_BAN_MEMORY	86400

/* Of signaling, and of secure signaling. */
#define RINGFENCE_MAX_SIGNALING_PORTS	16

/* Entries of the source table. */
#define RINGFENCE_SOURCES_MIN	1024

/* Entries of the source table. */
#define RINGFENCE_SOURCES_MAX	4194304

/* Entries of the source table. */
#define RINGFENCE_SOURCES_DEFAULT	65536

/* Packets a second, and packets of a burst. */
#define RINGFENCE_LIMIT_RATE_MAX	1000000

/* Strikes in a window. */
#define RINGFENCE_LIMIT_STRIKES_MAX	10000

/* Seconds. */
#define RINGFENCE_LIMIT_WINDOW_MAX	3600

/**
 * enum ringfence_limit_class - What a packet to this host is to the limits.
 *   SIP classes are of UDP to signaling ports; of TCP only what opens a
 *   connection has a class.
 * @RINGFENCE_LIMIT_CLASS_REGISTER: SIP REGISTER requests.
 * @RINGFENCE_LIMIT_CLASS_INVITE: SIP INVITE requests.
 * @RINGFENCE_LIMIT_CLASS_OPTIONS: SIP OPTIONS requests.
 * @RINGFENCE_LIMIT_CLASS_REQUEST: Other SIP requests, and what keeps a NAT
 *   binding alive.
 * @RINGFENCE_LIMIT_CLASS_RESPONSE: SIP responses.
 * @RINGFENCE_LIMIT_CLASS_MALFORMED: To a signaling port, but neither SIP nor
 *   STUN.
 * @RINGFENCE_LIMIT_CLASS_TCP_CONNECT: TCP SYN to a signaling port.
 * @RINGFENCE_LIMIT_CLASS_TLS_CONNECT: TCP SYN to a secure signaling port.
 * @RINGFENCE_LIMIT_CLASS_STUN: STUN, but to ports for media.
 * @RINGFENCE_LIMIT_CLASS_CLOSED_MEDIA: UDP to a port of media-port-min to
 *   media-port-max without a session.
 * @RINGFENCE_LIMIT_CLASS_OTHER: Everything else.
 * @RINGFENCE_LIMIT_CLASS_STRIKE: Not packets, but what the strike operation
 *   tells of; only strikes, window, ban-time and ban-time-max mean something.
 */
enum ringfence_limit_class {
	RINGFENCE_LIMIT_CLASS_REGISTER,
	RINGFENCE_LIMIT_CLASS_INVITE,
	RINGFENCE_LIMIT_CLASS_OPTIONS,
	RINGFENCE_LIMIT_CLASS_REQUEST,
	RINGFENCE_LIMIT_CLASS_RESPONSE,
	RINGFENCE_LIMIT_CLASS_MALFORMED,
	RINGFENCE_LIMIT_CLASS_TCP_CONNECT,
	RINGFENCE_LIMIT_CLASS_TLS_CONNECT,
	RINGFENCE_LIMIT_CLASS_STUN,
	RINGFENCE_LIMIT_CLASS_CLOSED_MEDIA,
	RINGFENCE_LIMIT_CLASS_OTHER,
	RINGFENCE_LIMIT_CLASS_STRIKE,

	/* private: */
	__RINGFENCE_LIMIT_CLASS_MAX,
	RINGFENCE_LIMIT_CLASS_MAX = (__RINGFENCE_LIMIT_CLASS_MAX - 1)
};

/**
 * enum ringfence_ban_reason - Who or what banned.
 * @RINGFENCE_BAN_REASON_OPERATOR: A ban-new request.
 * @RINGFENCE_BAN_REASON_RULE: A rule of the rule set.
 * @RINGFENCE_BAN_REASON_LIMIT: Too many strikes in a class of the limits.
 * @RINGFENCE_BAN_REASON_DAEMON: Too many strikes by strike requests.
 */
enum ringfence_ban_reason {
	RINGFENCE_BAN_REASON_OPERATOR,
	RINGFENCE_BAN_REASON_RULE,
	RINGFENCE_BAN_REASON_LIMIT,
	RINGFENCE_BAN_REASON_DAEMON,

	/* private: */
	__RINGFENCE_BAN_REASON_MAX,
	RINGFENCE_BAN_REASON_MAX = (__RINGFENCE_BAN_REASON_MAX - 1)
};

/**
 * enum ringfence_strike_reason - What a source did that only userspace can
 *   see.
 * @RINGFENCE_STRIKE_REASON_OTHER: None of those that follow.
 * @RINGFENCE_STRIKE_REASON_FAILED_DIGEST: Wrong credentials.
 * @RINGFENCE_STRIKE_REASON_BAD_HANDSHAKE: A TLS handshake that failed.
 * @RINGFENCE_STRIKE_REASON_MALFORMED: Not a SIP message.
 * @RINGFENCE_STRIKE_REASON_SCANNER: A scanner's user agent, or what only
 *   scanners ask for.
 * @RINGFENCE_STRIKE_REASON_SLOW: Too slow to complete a message or a
 *   handshake.
 */
enum ringfence_strike_reason {
	RINGFENCE_STRIKE_REASON_OTHER,
	RINGFENCE_STRIKE_REASON_FAILED_DIGEST,
	RINGFENCE_STRIKE_REASON_BAD_HANDSHAKE,
	RINGFENCE_STRIKE_REASON_MALFORMED,
	RINGFENCE_STRIKE_REASON_SCANNER,
	RINGFENCE_STRIKE_REASON_SLOW,

	/* private: */
	__RINGFENCE_STRIKE_REASON_MAX,
	RINGFENCE_STRIKE_REASON_MAX = (__RINGFENCE_STRIKE_REASON_MAX - 1)
};

/**
 * enum ringfence_trust_kind - Where trust comes from.
 * @RINGFENCE_TRUST_KIND_CONFIGURED: By the operator; it lasts until it is
 *   removed.
 * @RINGFENCE_TRUST_KIND_GRANTED: For a time.
 */
enum ringfence_trust_kind {
	RINGFENCE_TRUST_KIND_CONFIGURED,
	RINGFENCE_TRUST_KIND_GRANTED,
};

/**
 * enum ringfence_unban_cause - Why a ban ended.
 * @RINGFENCE_UNBAN_CAUSE_EXPIRED: Its time was over.
 * @RINGFENCE_UNBAN_CAUSE_REMOVED: By ban-del.
 * @RINGFENCE_UNBAN_CAUSE_DISPLACED: Another one took its place in the full
 *   table.
 */
enum ringfence_unban_cause {
	RINGFENCE_UNBAN_CAUSE_EXPIRED,
	RINGFENCE_UNBAN_CAUSE_REMOVED,
	RINGFENCE_UNBAN_CAUSE_DISPLACED,

	/* private: */
	__RINGFENCE_UNBAN_CAUSE_MAX,
	RINGFENCE_UNBAN_CAUSE_MAX = (__RINGFENCE_UNBAN_CAUSE_MAX - 1)
};

/**
 * enum ringfence_guard_table - What is full.
 * @RINGFENCE_GUARD_TABLE_BANS: A ban took the place of another, or found none.
 * @RINGFENCE_GUARD_TABLE_TRUSTS: Likewise, of trust.
 * @RINGFENCE_GUARD_TABLE_SOURCES: A source found no place; it shares the
 *   newcomers' rate.
 */
enum ringfence_guard_table {
	RINGFENCE_GUARD_TABLE_BANS,
	RINGFENCE_GUARD_TABLE_TRUSTS,
	RINGFENCE_GUARD_TABLE_SOURCES,

	/* private: */
	__RINGFENCE_GUARD_TABLE_MAX,
	RINGFENCE_GUARD_TABLE_MAX = (__RINGFENCE_GUARD_TABLE_MAX - 1)
};

enum {
	RINGFENCE_A_SESSION_ID = 1,
	RINGFENCE_A_SESSION_LABEL,
	RINGFENCE_A_SESSION_IDLE_TIMEOUT,
	RINGFENCE_A_SESSION_LEG_A,
	RINGFENCE_A_SESSION_LEG_B,
	RINGFENCE_A_SESSION_FLAGS,
	RINGFENCE_A_SESSION_AGE,
	RINGFENCE_A_SESSION_IDLE,

	__RINGFENCE_A_SESSION_MAX,
	RINGFENCE_A_SESSION_MAX = (__RINGFENCE_A_SESSION_MAX - 1)
};

enum {
	RINGFENCE_A_LEG_LOCAL_IPV4 = 1,
	RINGFENCE_A_LEG_LOCAL_PORT,
	RINGFENCE_A_LEG_LOCAL_RTCP_PORT,
	RINGFENCE_A_LEG_PEER_IPV4,
	RINGFENCE_A_LEG_PEER_PORT,
	RINGFENCE_A_LEG_PEER_RTCP_PORT,
	RINGFENCE_A_LEG_SUITE,
	RINGFENCE_A_LEG_TX_KEY,
	RINGFENCE_A_LEG_RX_KEY,
	RINGFENCE_A_LEG_STATS,
	RINGFENCE_A_LEG_LOCAL_IPV6,
	RINGFENCE_A_LEG_PEER_IPV6,
	RINGFENCE_A_LEG_FLAGS,
	RINGFENCE_A_LEG_LATCH,
	RINGFENCE_A_LEG_DSCP,
	RINGFENCE_A_LEG_KDR,
	RINGFENCE_A_LEG_CLOCK_RATE,
	RINGFENCE_A_LEG_RTP_SOURCE,
	RINGFENCE_A_LEG_RTCP_SOURCE,
	RINGFENCE_A_LEG_STREAM,

	__RINGFENCE_A_LEG_MAX,
	RINGFENCE_A_LEG_MAX = (__RINGFENCE_A_LEG_MAX - 1)
};

enum {
	RINGFENCE_A_KEY_MASTER = 1,
	RINGFENCE_A_KEY_MKI,
	RINGFENCE_A_KEY_LIFETIME,
	RINGFENCE_A_KEY_PACKETS,
	RINGFENCE_A_KEY_PAD,

	__RINGFENCE_A_KEY_MAX,
	RINGFENCE_A_KEY_MAX = (__RINGFENCE_A_KEY_MAX - 1)
};

enum {
	RINGFENCE_A_TRANSPORT_IPV4 = 1,
	RINGFENCE_A_TRANSPORT_IPV6,
	RINGFENCE_A_TRANSPORT_PORT,

	__RINGFENCE_A_TRANSPORT_MAX,
	RINGFENCE_A_TRANSPORT_MAX = (__RINGFENCE_A_TRANSPORT_MAX - 1)
};

enum {
	RINGFENCE_A_STREAM_SSRC = 1,
	RINGFENCE_A_STREAM_PACKETS,
	RINGFENCE_A_STREAM_BYTES,
	RINGFENCE_A_STREAM_LOST,
	RINGFENCE_A_STREAM_JITTER,
	RINGFENCE_A_STREAM_SEQUENCE,
	RINGFENCE_A_STREAM_IDLE,
	RINGFENCE_A_STREAM_PAD,

	__RINGFENCE_A_STREAM_MAX,
	RINGFENCE_A_STREAM_MAX = (__RINGFENCE_A_STREAM_MAX - 1)
};

enum {
	RINGFENCE_A_STATS_SESSIONS = 1,
	RINGFENCE_A_STATS_RX_PACKETS,
	RINGFENCE_A_STATS_RX_BYTES,
	RINGFENCE_A_STATS_TX_PACKETS,
	RINGFENCE_A_STATS_TX_BYTES,
	RINGFENCE_A_STATS_RX_RTCP_PACKETS,
	RINGFENCE_A_STATS_TX_RTCP_PACKETS,
	RINGFENCE_A_STATS_DROP,
	RINGFENCE_A_STATS_PAD,

	__RINGFENCE_A_STATS_MAX,
	RINGFENCE_A_STATS_MAX = (__RINGFENCE_A_STATS_MAX - 1)
};

enum {
	RINGFENCE_A_DROP_REASON = 1,
	RINGFENCE_A_DROP_PACKETS,
	RINGFENCE_A_DROP_PAD,

	__RINGFENCE_A_DROP_MAX,
	RINGFENCE_A_DROP_MAX = (__RINGFENCE_A_DROP_MAX - 1)
};

enum {
	RINGFENCE_A_CONFIG_MEDIA_PORT_MIN = 1,
	RINGFENCE_A_CONFIG_MEDIA_PORT_MAX,

	__RINGFENCE_A_CONFIG_MAX,
	RINGFENCE_A_CONFIG_MAX = (__RINGFENCE_A_CONFIG_MAX - 1)
};

enum {
	RINGFENCE_A_EVENT_ID = 1,
	RINGFENCE_A_EVENT_LABEL,
	RINGFENCE_A_EVENT_LEG,
	RINGFENCE_A_EVENT_SSRC,
	RINGFENCE_A_EVENT_COUNT,
	RINGFENCE_A_EVENT_IDLE,
	RINGFENCE_A_EVENT_DIRECTION,
	RINGFENCE_A_EVENT_MKI,
	RINGFENCE_A_EVENT_PAD,

	__RINGFENCE_A_EVENT_MAX,
	RINGFENCE_A_EVENT_MAX = (__RINGFENCE_A_EVENT_MAX - 1)
};

enum {
	RINGFENCE_A_PREFIX_IPV4 = 1,
	RINGFENCE_A_PREFIX_IPV6,
	RINGFENCE_A_PREFIX_LENGTH,

	__RINGFENCE_A_PREFIX_MAX,
	RINGFENCE_A_PREFIX_MAX = (__RINGFENCE_A_PREFIX_MAX - 1)
};

enum {
	RINGFENCE_A_PORT_RANGE_FIRST = 1,
	RINGFENCE_A_PORT_RANGE_LAST,

	__RINGFENCE_A_PORT_RANGE_MAX,
	RINGFENCE_A_PORT_RANGE_MAX = (__RINGFENCE_A_PORT_RANGE_MAX - 1)
};

enum {
	RINGFENCE_A_RULE_CHAIN = 1,
	RINGFENCE_A_RULE_ACTION,
	RINGFENCE_A_RULE_JUMP,
	RINGFENCE_A_RULE_LOG_RATE,
	RINGFENCE_A_RULE_BAN_TIME,
	RINGFENCE_A_RULE_IN,
	RINGFENCE_A_RULE_OUT,
	RINGFENCE_A_RULE_FROM,
	RINGFENCE_A_RULE_TO,
	RINGFENCE_A_RULE_FROM_SET,
	RINGFENCE_A_RULE_TO_SET,
	RINGFENCE_A_RULE_PROTOCOL,
	RINGFENCE_A_RULE_SPORT,
	RINGFENCE_A_RULE_DPORT,
	RINGFENCE_A_RULE_ICMP_TYPE,
	RINGFENCE_A_RULE_ICMP_CODE,
	RINGFENCE_A_RULE_DSCP,
	RINGFENCE_A_RULE_STATE,
	RINGFENCE_A_RULE_DAYS,
	RINGFENCE_A_RULE_TIME_START,
	RINGFENCE_A_RULE_TIME_END,
	RINGFENCE_A_RULE_RATE,
	RINGFENCE_A_RULE_RATE_UNIT,
	RINGFENCE_A_RULE_RATE_BURST,
	RINGFENCE_A_RULE_RATE_MODE,
	RINGFENCE_A_RULE_COMMENT,
	RINGFENCE_A_RULE_NUMBER,
	RINGFENCE_A_RULE_PACKETS,
	RINGFENCE_A_RULE_BYTES,
	RINGFENCE_A_RULE_PAD,

	__RINGFENCE_A_RULE_MAX,
	RINGFENCE_A_RULE_MAX = (__RINGFENCE_A_RULE_MAX - 1)
};

enum {
	RINGFENCE_A_ADDRESS_SET_NAME = 1,
	RINGFENCE_A_ADDRESS_SET_MODE,
	RINGFENCE_A_ADDRESS_SET_ENTRY,

	__RINGFENCE_A_ADDRESS_SET_MAX,
	RINGFENCE_A_ADDRESS_SET_MAX = (__RINGFENCE_A_ADDRESS_SET_MAX - 1)
};

enum {
	RINGFENCE_A_RULES_COUNT_WHAT = 1,
	RINGFENCE_A_RULES_COUNT_PACKETS,
	RINGFENCE_A_RULES_COUNT_BYTES,
	RINGFENCE_A_RULES_COUNT_PAD,

	__RINGFENCE_A_RULES_COUNT_MAX,
	RINGFENCE_A_RULES_COUNT_MAX = (__RINGFENCE_A_RULES_COUNT_MAX - 1)
};

enum {
	RINGFENCE_A_RULES_DEFAULT_LOCAL = 1,
	RINGFENCE_A_RULES_DEFAULT_NETWORK,
	RINGFENCE_A_RULES_CONFIRM,
	RINGFENCE_A_RULES_SET,
	RINGFENCE_A_RULES_RULE,
	RINGFENCE_A_RULES_COUNT,
	RINGFENCE_A_RULES_RULES,
	RINGFENCE_A_RULES_FLAT_RULES,
	RINGFENCE_A_RULES_MEMORY,
	RINGFENCE_A_RULES_COMPILE_TIME,
	RINGFENCE_A_RULES_PAD,

	__RINGFENCE_A_RULES_MAX,
	RINGFENCE_A_RULES_MAX = (__RINGFENCE_A_RULES_MAX - 1)
};

enum {
	RINGFENCE_A_RULES_EVENT_RULES = 1,
	RINGFENCE_A_RULES_EVENT_CONFIRM,
	RINGFENCE_A_RULES_EVENT_SET,
	RINGFENCE_A_RULES_EVENT_ENTRIES,

	__RINGFENCE_A_RULES_EVENT_MAX,
	RINGFENCE_A_RULES_EVENT_MAX = (__RINGFENCE_A_RULES_EVENT_MAX - 1)
};

enum {
	RINGFENCE_A_BAN_PREFIX = 1,
	RINGFENCE_A_BAN_TIME,
	RINGFENCE_A_BAN_COMMENT,
	RINGFENCE_A_BAN_REASON,
	RINGFENCE_A_BAN_CLASS,
	RINGFENCE_A_BAN_STRIKE_REASON,
	RINGFENCE_A_BAN_RULE,
	RINGFENCE_A_BAN_RATE,
	RINGFENCE_A_BAN_AGE,
	RINGFENCE_A_BAN_LEFT,
	RINGFENCE_A_BAN_IDLE,
	RINGFENCE_A_BAN_PACKETS,
	RINGFENCE_A_BAN_OFFENCES,
	RINGFENCE_A_BAN_CAUSE,
	RINGFENCE_A_BAN_PAD,

	__RINGFENCE_A_BAN_MAX,
	RINGFENCE_A_BAN_MAX = (__RINGFENCE_A_BAN_MAX - 1)
};

enum {
	RINGFENCE_A_TRUST_PREFIX = 1,
	RINGFENCE_A_TRUST_TIME,
	RINGFENCE_A_TRUST_COMMENT,
	RINGFENCE_A_TRUST_KIND,
	RINGFENCE_A_TRUST_AGE,
	RINGFENCE_A_TRUST_LEFT,

	__RINGFENCE_A_TRUST_MAX,
	RINGFENCE_A_TRUST_MAX = (__RINGFENCE_A_TRUST_MAX - 1)
};

enum {
	RINGFENCE_A_LIMIT_CLASS = 1,
	RINGFENCE_A_LIMIT_ENABLED,
	RINGFENCE_A_LIMIT_RATE,
	RINGFENCE_A_LIMIT_BURST,
	RINGFENCE_A_LIMIT_GLOBAL_RATE,
	RINGFENCE_A_LIMIT_GLOBAL_BURST,
	RINGFENCE_A_LIMIT_NEWCOMER_RATE,
	RINGFENCE_A_LIMIT_TRUSTED_RATE,
	RINGFENCE_A_LIMIT_TRUSTED_BURST,
	RINGFENCE_A_LIMIT_STRIKES,
	RINGFENCE_A_LIMIT_WINDOW,
	RINGFENCE_A_LIMIT_BAN_TIME,
	RINGFENCE_A_LIMIT_BAN_TIME_MAX,
	RINGFENCE_A_LIMIT_PASSED,
	RINGFENCE_A_LIMIT_LIMITED,
	RINGFENCE_A_LIMIT_GLOBAL_LIMITED,
	RINGFENCE_A_LIMIT_NEWCOMER_LIMITED,
	RINGFENCE_A_LIMIT_STRUCK,
	RINGFENCE_A_LIMIT_BANNED,
	RINGFENCE_A_LIMIT_PAD,

	__RINGFENCE_A_LIMIT_MAX,
	RINGFENCE_A_LIMIT_MAX = (__RINGFENCE_A_LIMIT_MAX - 1)
};

enum {
	RINGFENCE_A_LIMITS_LIMIT = 1,
	RINGFENCE_A_LIMITS_SIGNALING_PORT,
	RINGFENCE_A_LIMITS_SECURE_PORT,
	RINGFENCE_A_LIMITS_IPV4_LENGTH,
	RINGFENCE_A_LIMITS_IPV6_LENGTH,
	RINGFENCE_A_LIMITS_SOURCES,
	RINGFENCE_A_LIMITS_SOURCES_USED,
	RINGFENCE_A_LIMITS_SOURCES_KNOWN,
	RINGFENCE_A_LIMITS_SOURCES_REPLACED,
	RINGFENCE_A_LIMITS_SOURCES_FULL,
	RINGFENCE_A_LIMITS_MEMORY,
	RINGFENCE_A_LIMITS_BANS,
	RINGFENCE_A_LIMITS_BANNED_PACKETS,
	RINGFENCE_A_LIMITS_TRUSTS,
	RINGFENCE_A_LIMITS_PAD,

	__RINGFENCE_A_LIMITS_MAX,
	RINGFENCE_A_LIMITS_MAX = (__RINGFENCE_A_LIMITS_MAX - 1)
};

enum {
	RINGFENCE_A_SOURCE_PREFIX = 1,
	RINGFENCE_A_SOURCE_CLASS,
	RINGFENCE_A_SOURCE_PASSED,
	RINGFENCE_A_SOURCE_LIMITED,
	RINGFENCE_A_SOURCE_STRIKES,
	RINGFENCE_A_SOURCE_KNOWN,
	RINGFENCE_A_SOURCE_IDLE,

	__RINGFENCE_A_SOURCE_MAX,
	RINGFENCE_A_SOURCE_MAX = (__RINGFENCE_A_SOURCE_MAX - 1)
};

enum {
	RINGFENCE_A_STRIKE_PREFIX = 1,
	RINGFENCE_A_STRIKE_REASON,
	RINGFENCE_A_STRIKE_PROVED,
	RINGFENCE_A_STRIKE_COUNT,
	RINGFENCE_A_STRIKE_BANNED,

	__RINGFENCE_A_STRIKE_MAX,
	RINGFENCE_A_STRIKE_MAX = (__RINGFENCE_A_STRIKE_MAX - 1)
};

enum {
	RINGFENCE_A_GUARD_FULL_TABLE = 1,
	RINGFENCE_A_GUARD_FULL_COUNT,
	RINGFENCE_A_GUARD_FULL_PAD,

	__RINGFENCE_A_GUARD_FULL_MAX,
	RINGFENCE_A_GUARD_FULL_MAX = (__RINGFENCE_A_GUARD_FULL_MAX - 1)
};

enum {
	RINGFENCE_CMD_SESSION_NEW = 1,
	RINGFENCE_CMD_SESSION_SET,
	RINGFENCE_CMD_SESSION_DEL,
	RINGFENCE_CMD_SESSION_GET,
	RINGFENCE_CMD_STATS_GET,
	RINGFENCE_CMD_CONFIG_SET,
	RINGFENCE_CMD_CONFIG_GET,
	RINGFENCE_CMD_SESSION_MEDIA_NTF,
	RINGFENCE_CMD_SESSION_AUTH_NTF,
	RINGFENCE_CMD_SESSION_IDLE_NTF,
	RINGFENCE_CMD_SESSION_DEL_NTF,
	RINGFENCE_CMD_SESSION_KEY_NTF,
	RINGFENCE_CMD_SESSION_DESYNC_NTF,
	RINGFENCE_CMD_RULES_SET,
	RINGFENCE_CMD_RULES_GET,
	RINGFENCE_CMD_RULES_CONFIRM,
	RINGFENCE_CMD_ADDRESS_SET_CHANGE,
	RINGFENCE_CMD_RULES_DEL,
	RINGFENCE_CMD_BAN_NEW,
	RINGFENCE_CMD_BAN_DEL,
	RINGFENCE_CMD_BAN_GET,
	RINGFENCE_CMD_TRUST_NEW,
	RINGFENCE_CMD_TRUST_DEL,
	RINGFENCE_CMD_TRUST_GET,
	RINGFENCE_CMD_LIMIT_SET,
	RINGFENCE_CMD_LIMIT_GET,
	RINGFENCE_CMD_SOURCE_GET,
	RINGFENCE_CMD_STRIKE,
	RINGFENCE_CMD_BAN_NEW_NTF,
	RINGFENCE_CMD_BAN_DEL_NTF,
	RINGFENCE_CMD_GUARD_FULL_NTF,
	RINGFENCE_CMD_RULES_SET_NTF,
	RINGFENCE_CMD_RULES_CONFIRM_NTF,
	RINGFENCE_CMD_RULES_ROLLBACK_NTF,
	RINGFENCE_CMD_RULES_DEL_NTF,
	RINGFENCE_CMD_ADDRESS_SET_NTF,

	__RINGFENCE_CMD_MAX,
	RINGFENCE_CMD_MAX = (__RINGFENCE_CMD_MAX - 1)
};

#define RINGFENCE_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_RINGFENCE_H */
