/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every bound of the SIP side, with what becomes of the one that is too much. */
#ifndef SIP_LIMITS_H
#define SIP_LIMITS_H

/* One message. Longer: 513 where an answer is possible, else dropped. */
#define SIP_MESSAGE_MAX	  65535 /* bytes (RFC 3261, 18.1.1) */
#define SIP_HEADERS_MAX	  128 /* header fields */
#define SIP_HEADER_MAX	  8192 /* bytes of one header field */
#define SIP_COMMAS_MAX	  256 /* in all header fields: list elements */
#define SIP_VIAS_MAX	  70 /* hops; libosip2's time grows faster than them */
#define SIP_URI_MAX	  1024 /* bytes of the Request-URI; longer: 414 */
#define SIP_METHOD_MAX	  32
#define SIP_BRANCH_MAX	  256
#define SIP_TAG_MAX	  128
#define SIP_CALL_ID_MAX	  256
#define SIP_ROUTES_MAX	  16 /* of a dialog; more: the INVITE is refused */
#define SIP_DATAGRAMS_MAX 64 /* read in one go, then the loop has its turn */
/* Bytes of datagrams that wait, of one gateway; more: lost, as on any link. */
#define SIP_UDP_BUFFER 1048576

/* Calls (some 11 kB each), and transactions (30 kB). The new one is the victim:
 * 503 with Retry-After. */
#define SIP_CALLS_MAX	8192
#define SIP_TXNS_MAX	8192
#define SIP_RETRY_AFTER "10" /* seconds */
/* Transactions that ended, by UDP (some 1 kB each), are known so long, 64 * T1:
 * copies of their messages are. Over the number the oldest is forgotten; a copy of
 * its request would be taken for a new one. So long, too, after the end of a call a
 * 2xx to our re-INVITE gets its ACK. */
#define SIP_ENDED_SECONDS 32
#define SIP_ENDED_MAX	  65536

/* OPTIONS without an answer, in a row, are counted up to that. */
#define SIP_UNANSWERED_MAX 65535

/* A call that is not answered: the caller gets 408, the callee CANCEL. */
#define SIP_RING_SECONDS 180
/* A change of the session that the other peer doesn't answer: the call ends. */
#define SIP_CHANGE_SECONDS 32
/* Session timers (RFC 4028): longer ones are cut; after so many 422 in a row the
 * INVITE fails; a refresh that failed is repeated until the session's end. */
#define SIP_SESSION_SECONDS_MAX	  86400
#define SIP_SESSION_REFUSED_MAX	  2
#define SIP_REFRESH_AGAIN_SECONDS 10
/* Early dialogs of a callee whose reliable answers (RFC 3262) are acknowledged, the
 * first ones. The caller gets one at a time; of those that wait, the last. */
#define SIP_EARLY_MAX 4
/* INFO of a call that wait for an answer, and bytes of one. More: 500, 413. */
#define SIP_INFOS_MAX	  8
#define SIP_INFO_BODY_MAX 1024
/* MESSAGEs that wait for an answer, of all gateways and of one extension, and bytes
 * of one (RFC 3428, 8, allows 1,300 with all headers by UDP). More: 503, 413. */
#define SIP_MESSAGES_MAX	   256
#define SIP_EXTENSION_MESSAGES_MAX 16
#define SIP_MESSAGE_BODY_MAX	   1300
/* Subscriptions of all gateways (some 3 kB each) and of one extension, and NOTIFYs
 * of one that wait for an answer: more: 503. Bytes of a NOTIFY's body: 413. Longer
 * ones are cut. */
#define SIP_SUBSCRIPTIONS_MAX		1024
#define SIP_EXTENSION_SUBSCRIPTIONS_MAX 64
#define SIP_NOTIFICATIONS_MAX		4
#define SIP_NOTIFY_BODY_MAX		16384
#define SIP_SUBSCRIPTION_SECONDS	3600 /* also of those that don't say */
/* After the end of one, for the last NOTIFY, and for the first answer. */
#define SIP_NOTIFY_SECONDS 36
/* A callee that never ends its INVITE after CANCEL is forgotten. */
#define SIP_CANCEL_SECONDS 32

/* RFC 3261, 17.1.1.1, in milliseconds; for the 2xx of 13.3.1.4. */
#define SIP_T1_MS 500
#define SIP_T2_MS 4000

/*
 * Connections (TCP, TLS): how many, and how long they may keep us waiting, is
 * "sip connections" in ringfence.yang, which names the victims; these are the
 * most that can be configured.
 */
#define SIP_CONNS_MAX	     4096
#define SIP_CONN_SECONDS_MAX 86400
/* Bytes that wait for a connection to come about; more: the send fails. */
#define SIP_CONN_QUEUE_MAX 131072
/* After a failed connect no other is tried for so long, doubling. */
#define SIP_BACKOFF_MIN_MS 500
#define SIP_BACKOFF_MAX_MS 32000

/*
 * Answers and log lines that a stranger can cause. Over the rate: silence, and
 * a count in the next line. Sources over the table: the least recent one goes.
 */
#define SIP_STRANGERS_MAX     64
#define SIP_STRANGER_PER_10S  5 /* of one source */
#define SIP_STRANGERS_PER_10S 50 /* of all sources together */

/*
 * Contacts of one extension: max-contacts in ringfence.yang says who gives way.
 * Contacts of all: the REGISTER that brings one more gets 503.
 */
#define SIP_EXTENSIONS_MAX 4096 /* as in ringfence.yang */
#define SIP_CONTACTS_MAX   8 /* likewise */
#define SIP_BINDINGS_MAX   8192
#define SIP_AGENT_MAX	   64 /* bytes of a User-Agent that are kept; more: cut */
/* Their file: written so long after a change; one that is larger isn't read. */
#define SIP_BINDINGS_SAVE_MS  1000
#define SIP_BINDINGS_FILE_MAX (32 * 1024 * 1024)

/*
 * Registrations of a gateway at a trunk. Challenges of one request that are
 * answered; the next is a refusal. More seconds than that are taken as so many,
 * fewer as at least the least.
 */
#define SIP_ACCOUNTS_MAX	 16 /* as in ringfence.yang */
#define SIP_CHALLENGES_MAX	 3
#define SIP_REGISTER_SECONDS_MIN 2
#define SIP_REGISTER_SECONDS_MAX 86400
/* Time for a refresh before the end, but no more than half of it all. */
#define SIP_REGISTER_MARGIN_SECONDS 32
/* After a new connection, at most. */
#define SIP_REGISTER_AGAIN_MS 1000
/* Bytes of what a challenge says; with more of one it is not answered. */
#define SIP_CHALLENGE_REALM_MAX	 128
#define SIP_CHALLENGE_NONCE_MAX	 512
#define SIP_CHALLENGE_OPAQUE_MAX 512

/* Servers of one name by DNS, with former ones, which may send messages for so
 * long; more are left out, as are more targets of SRV. An answer is good for the
 * addresses' time to live, within these. */
#define SIP_SERVERS_MAX		 16
#define SIP_TARGETS_MAX		 8
#define SIP_RESOLVED_SECONDS_MIN 30
#define SIP_RESOLVED_SECONDS_MAX 3600
#define SIP_SERVER_KEEP_SECONDS	 7200
/* Without an answer it is asked again, in twice the time each time. */
#define SIP_RESOLVE_AGAIN_SECONDS     5
#define SIP_RESOLVE_AGAIN_SECONDS_MAX 60
/* A server that did not answer is the last choice for so long; one that said 503
 * for the other. */
#define SIP_SERVER_FAILED_SECONDS 300
#define SIP_SERVER_BUSY_SECONDS	  30

/* Our own connections: ports from source-port on, one after another; so many are
 * tried for one connection. A ping is answered in so long, or the link is lost. */
#define SIP_SOURCE_PORTS     1000
#define SIP_SOURCE_TRIES_MAX 16
#define SIP_PONG_SECONDS     10
/* Before a lost link is connected again, at most. */
#define SIP_LINK_JITTER_MS 500

/* Bytes of the record of an answered call, with a NUL: a multiple of a page. Larger:
 * not written. One per call; in a file that has more, the rest is cut off. */
#define SIP_RECORD_MAX 16384
/* Bytes of a number or name in the record of a call; more: cut. */
#define SIP_PARTY_MAX 128
/* Bytes of a line of sip call-record-file; a longer one is not written. */
#define SIP_RECORD_LINE_MAX 4096

#endif
