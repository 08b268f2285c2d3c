/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All numbered notifications: the one source of them, and by scripts/notify-doc
 * of Documentation/notifications. A number, once given, keeps its meaning.
 *
 *	X(name, service, number, severity, most in 10 s, text, what it means)
 *
 * The text is of printf(); what it is given must never be a secret. 0 is no limit:
 * for what no stranger can cause.
 */
#ifndef BASE_NOTIFICATIONS_H
#define BASE_NOTIFICATIONS_H

#define NOTIFICATIONS(X)                                                       \
	X(MAIN_RUNNING, "Main", 1, NOTE, 0, "ringfenced %s is running",        \
	  "The daemon has started and serves.")                                \
	X(MAIN_STOPPING, "Main", 2, NOTE, 0, "stopping: %s",                   \
	  "The daemon ends; answered calls go on in the kernel.")              \
	X(MAIN_NO_START, "Main", 3, ERROR, 0, "%s can't start: %s",            \
	  "A part of the daemon refuses to start, so the daemon ends. Change " \
	  "what the text says.")                                               \
	X(MAIN_NO_MODULE, "Main", 4, ERROR, 0,                                 \
	  "the ringfence kernel module is not loaded; load it with: "          \
	  "modprobe ringfence",                                                \
	  "Without it there is no media.")                                     \
                                                                               \
	X(MAIN_NO_SYSLOG, "Main", 5, WARN, 0,                                  \
	  "the syslog server %s can't be used: %s",                            \
	  "The log goes to where it went before.")                             \
                                                                               \
	X(CONF_COMMIT, "Conf", 10, NOTE, 0, "commit %u by %s",                 \
	  "The configuration was changed.")                                    \
	X(CONF_UNCONFIRMED, "Conf", 11, NOTE, 0,                               \
	  "%s commits, to be confirmed within %u seconds",                     \
	  "The configuration was changed, and is changed back unless it is "   \
	  "confirmed: ringfence config confirm.")                              \
	X(CONF_CONFIRMED, "Conf", 12, NOTE, 0, "commit %u, confirmed by %s",   \
	  "A change stays.")                                                   \
	X(CONF_UNDONE, "Conf", 13, WARN, 0,                                    \
	  "a commit was not confirmed in time: the configuration before it "   \
	  "is back",                                                           \
	  "Commit again and confirm, if the change was right.")                \
	X(CONF_NOT_UNDONE, "Conf", 14, ERROR, 0,                               \
	  "an unconfirmed commit can't be undone yet: %s: %s",                 \
	  "It is tried again. Remove what the text names.")                    \
	X(CONF_STUCK, "Conf", 15, ERROR, 0,                                    \
	  "an unconfirmed commit can't be undone: %s: %s; stopping, for a "    \
	  "restart undoes it",                                                 \
	  "Start the daemon again, if nothing does it by itself.")             \
	X(CONF_ERROR, "Conf", 20, ERROR, 0, "%s",                              \
	  "The configuration file can't be used. Correct it; ringfenced "      \
	  "--check shows all its errors.")                                     \
                                                                               \
	X(CONF_BACKUP, "Conf", 21, NOTE, 0, "%s saves a backup",               \
	  "The configuration and the certificates were read, keys included.")  \
	X(CONF_RESTORE, "Conf", 22, NOTE, 0, "%s restores a backup",           \
	  "Certificates were written; the configuration is a candidate, and "  \
	  "counts after a commit.")                                            \
                                                                               \
	X(CERT_ENDS, "Cert", 30, WARN, 0,                                      \
	  "certificate \"%s\" in %s of gateway %s expires on %s, in less "     \
	  "than %d days: renew it",                                            \
	  "Told when 30, 7 and 1 days are left.")                              \
	X(CERT_ENDED, "Cert", 31, ERROR, 0,                                    \
	  "certificate \"%s\" in %s of gateway %s expired on %s: renew it",    \
	  "Peers refuse the gateway, or it refuses them, until there is a "    \
	  "new one.")                                                          \
	X(CERT_UNREADABLE, "Cert", 32, WARN, 0, "gateway %s: %s",              \
	  "A certificate file can't be looked at.")                            \
                                                                               \
	X(CERT_CLOCK_WRONG, "Cert", 33, ERROR, 0, "%s", "Set the clock.")      \
	X(CERT_CLOCK_UNSURE, "Cert", 34, WARN, 0,                              \
	  "the clock was never synchronized: certificates are judged by "      \
	  "dates that may be wrong; set up NTP",                               \
	  "Told once, until the clock is synchronized.")                       \
	X(CERT_IMPORTED, "Cert", 35, NOTE, 0,                                  \
	  "%s imports %s into the store \"%s\"",                               \
	  "Services read their certificates again.")                           \
	X(CERT_DELETED, "Cert", 36, NOTE, 0,                                   \
	  "%s deletes %s of the store \"%s\"",                                 \
	  "What still names it can't be configured anew.")                     \
	X(CERT_KEY_MADE, "Cert", 37, NOTE, 0, "%s makes the key %s",           \
	  "For a request, or with a certificate that it signs itself.")        \
	X(CERT_KEYLOG_ON, "Cert", 38, WARN, 0,                                 \
	  "%s has TLS keys written to %s for %d seconds: who has it can read " \
	  "the connections that begin in this time",                           \
	  "An administrator wants to open a capture.")                         \
	X(CERT_KEYLOG_END, "Cert", 39, WARN, 0,                                \
	  "TLS keys are no longer written; who has %s can read connections "   \
	  "of this time: remove it by \"ringfence keylog off\"",               \
	  "The time was over.")                                                \
	X(CERT_KEYLOG_OFF, "Cert", 40, NOTE, 0,                                \
	  "%s ends the writing of TLS keys; the file is gone",                 \
	  "An administrator has what he wanted.")                              \
	X(CERT_CLOCK_REFUSED, "Cert", 41, ERROR, 0,                            \
	  "the clock was never synchronized: no certificate is accepted "      \
	  "until it is; set up NTP",                                           \
	  "Because certificate unsynchronized-clock is refuse.")               \
	X(CERT_CRL_ENDS, "Cert", 42, WARN, 0,                                  \
	  "CRL of \"%s\" in %s of gateway %s counts to %s, for less than "     \
	  "%d days: get the next one",                                         \
	  "Told when 30, 7 and 1 days are left, if it was made for longer.")   \
	X(CERT_CRL_ENDED, "Cert", 43, ERROR, 0,                                \
	  "CRL of \"%s\" in %s of gateway %s counted to %s: get the next one", \
	  "Peers with certificates of this CA are refused until there is a "   \
	  "new one.")                                                          \
                                                                               \
	X(GUARD_BANNED, "Guard", 401, WARN, 50, "%s is banned for %s: %s",     \
	  "The kernel drops what comes from it; ringfence ban list.")          \
	X(GUARD_UNBANNED, "Guard", 402, INFO, 50,                              \
	  "%s is not banned any more: %s", "The kernel lets it in again.")     \
	X(GUARD_FULL, "Guard", 403, WARN, 0,                                   \
	  "the kernel's table of %s is full, %llu times so far",               \
	  "More addresses attack than can be told apart. A larger guard "      \
	  "sources helps, if it is that.")                                     \
	X(GUARD_REFUSED, "Guard", 404, ERROR, 20,                              \
	  "the kernel module refuses %s: %s",                                  \
	  "Limits, bans or trust are not as configured.")                      \
	X(GUARD_PORTS, "Guard", 405, WARN, 0,                                  \
	  "gateways have more than %u different %s ports: the kernel limits "  \
	  "port %u as any other",                                              \
	  "SIP on that port is in the class other, not told apart by method.") \
                                                                               \
	X(SIP_TLS_READY, "SipEp", 303, INFO, 0,                                \
	  "TLS connection with remote host %s:%u is now ready to be used for " \
	  "SIP gateway %s",                                                    \
	  "The gateway has connected, and the peer's certificate is good.")    \
	X(SIP_TCP_READY, "SipEp", 304, INFO, 0,                                \
	  "TCP connection with remote host %s:%u is now ready to be used for " \
	  "SIP gateway %s",                                                    \
	  "The gateway has connected.")                                        \
	X(SIP_LINK_LOST, "SipEp", 305, WARN, 20,                               \
	  "%s connection with remote host %s:%u is lost for SIP gateway %s: "  \
	  "%s",                                                                \
	  "Of a gateway with link persistent: it is made again; 303 or 304 "   \
	  "tells when it is there.")                                           \
	X(SIP_REACHABLE, "SipEp", 310, INFO, 0,                                \
	  "Server %s:%u is now reachable for SIP gateway %s",                  \
	  "The first connection, or the first one after it could not be "      \
	  "reached.")                                                          \
	X(SIP_UNREACHABLE, "SipEp", 311, WARN, 0,                              \
	  "Server %s:%u is not reachable for SIP gateway %s: no connection: "  \
	  "%s",                                                                \
	  "Calls to it fail. The text says what the network, or TLS, has "     \
	  "against it.")                                                       \
	X(SIP_NO_CONN, "SipEp", 320, WARN, 20,                                 \
	  "no connection from %s:%u for SIP gateway %s: %s",                   \
	  "A peer connected, and TCP or TLS failed: most often its "           \
	  "certificate.")                                                      \
	X(SIP_SLOW, "SipEp", 321, WARN, 20,                                    \
	  "connection with %s:%u of SIP gateway %s closed: %s",                \
	  "A peer kept a connection without using it; see sip connections in " \
	  "ringfence.conf(5). Often repeated, it is an attack.")               \
	X(SIP_EVICTED, "SipEp", 322, WARN, 20,                                 \
	  "connection with %s:%u of SIP gateway %s closed for a new one: %s",  \
	  "There are more connections than sip connections allows.")           \
	X(SIP_CONN_REFUSED, "SipEp", 323, WARN, 20,                            \
	  "too many connections: %s:%u of SIP gateway %s is refused",          \
	  "There are more connections than sip connections allows, and all "   \
	  "are in use.")                                                       \
	X(SIP_NO_ACCEPT, "SipEp", 324, ERROR, 20,                              \
	  "SIP gateway %s cannot take connections: %s",                        \
	  "The system refuses a connection, as when there are no file "        \
	  "descriptors.")                                                      \
	X(SIP_STRANGER, "SipEp", 330, NOTE, 0,                                 \
	  "%s from %s:%u by %s on SIP gateway %s: only its proxy-host may "    \
	  "call (%u such not logged)",                                         \
	  "Somebody else than the peer tries to call. At most 5 in 10 "        \
	  "seconds of one address, 50 of all.")                                \
	X(SIP_UNVALIDATED, "SipEp", 332, WARN, 0,                              \
	  "gateway %s doesn't look at certificates: anybody can be its peer",  \
	  "Its tls validation is none.")                                       \
	X(SIP_OLD_CERTIFICATES, "SipEp", 333, ERROR, 0,                        \
	  "gateway %s goes on with its old certificates: %s",                  \
	  "The new ones can't be used; the text says why.")                    \
	X(SIP_CALL_LOST, "SipEp", 340, WARN, 0,                                \
	  "call %u of before the restart is dropped: %s",                      \
	  "A call could not be taken over.")                                   \
	X(SIP_CALL_VOLATILE, "SipEp", 341, WARN, 20,                           \
	  "call %u would not survive a restart: %s",                           \
	  "Its record can't be written to the run directory.")                 \
	X(SIP_RECORD_LOST, "SipEp", 342, ERROR, 20,                            \
	  "the record of call %u can't be written to %s: %s",                  \
	  "It is lost. Make room, or let ringfenced write the file; see sip "  \
	  "call-record-file.")                                                 \
	X(SIP_GATEWAY_DOWN, "SipEp", 343, WARN, 0,                             \
	  "SIP gateway %s is down: %s left %u OPTIONS unanswered",             \
	  "Calls go by other routes while there are some. See "                \
	  "options-interval of the gateway.")                                  \
	X(SIP_ADDRESS_GONE, "SipEp", 345, WARN, 20,                            \
	  "address %s of SIP gateway %s is not on this machine",               \
	  "It is listened on when it comes. Until then calls go by other "     \
	  "routes while there are some. Of a network with an interface that "  \
	  "has none, the interface is named.")                                 \
	X(SIP_ADDRESS_THERE, "SipEp", 346, INFO, 20,                           \
	  "address %s of SIP gateway %s is there",                             \
	  "Calls are routed to it again.")                                     \
	X(SIP_GATEWAY_UP, "SipEp", 344, INFO, 0,                               \
	  "SIP gateway %s is up: %s answers OPTIONS again",                    \
	  "Calls are routed to it again.")                                     \
	X(SIP_RESOLVED, "SipEp", 347, INFO, 0,                                 \
	  "%s is served by %s:%u, the first of %u",                            \
	  "DNS says so; told when the first of them is another one.")          \
	X(SIP_UNRESOLVED, "SipEp", 348, WARN, 0,                               \
	  "the servers of %s are not known: %s; again in %u seconds%s",        \
	  "Told once for each reason in a row. Without servers, calls go by "  \
	  "other routes while there are some.")                                \
	X(SIP_NEXT_SERVER, "SipEp", 349, WARN, 20,                             \
	  "%s: the server at %s:%u fails, %s:%u is next",                      \
	  "It is tried again after some minutes.")                             \
	X(SIP_REGISTERED, "SipEp", 350, INFO, 0,                               \
	  "extension %s has registered from %s:%u by %s on SIP gateway %s, "   \
	  "for %u seconds",                                                    \
	  "A contact that was not there before; to register it again is not "  \
	  "told.")                                                             \
	X(SIP_UNREGISTERED, "SipEp", 351, INFO, 0,                             \
	  "extension %s is no longer registered from %s:%u on SIP gateway "    \
	  "%s: %s",                                                            \
	  "A contact is gone; the text says why.")                             \
	X(SIP_REGISTER_FAILED, "SipEp", 352, WARN, 20,                         \
	  "extension %s from %s:%u on SIP gateway %s: %s",                     \
	  "Somebody can't prove to be an extension. Often repeated, from one " \
	  "address it gets it banned: see guard strike.")                      \
	X(SIP_REGISTRATIONS_VOLATILE, "SipEp", 353, WARN, 20,                  \
	  "registrations would not survive a restart: %s",                     \
	  "They can't be written to the run directory.")                       \
	X(SIP_REGISTRATIONS_LOST, "SipEp", 354, WARN, 0,                       \
	  "registrations of before the restart are dropped: %s",               \
	  "Extensions can't be called until they register again.")             \
	X(SIP_POLICY_REFUSES, "SipEp", 356, WARN, 20,                          \
	  "extension %s at %s:%u on SIP gateway %s may not register by %s",    \
	  "It has the right password, but sip security-policy doesn't allow "  \
	  "it; it is answered 403. See security-exception, terminal-type.")    \
	X(SIP_REGISTRATION_DELETED, "SipEp", 355, NOTE, 0,                     \
	  "%s ends %u registrations of extension %s",                          \
	  "Its phones can't be called until they register again.")             \
	X(SIP_REGISTRATIONS_DELETED, "SipEp", 357, NOTE, 0,                    \
	  "%s ends all %u registrations",                                      \
	  "Extensions can't be called until they register again, as after "    \
	  "another security policy.")                                          \
                                                                               \
	X(SIP_ACCOUNT_REGISTERED, "SipEp", 370, INFO, 0,                       \
	  "%s of SIP gateway %s is registered at %s for %u seconds",           \
	  "The first time, or again after a failure; a refresh is not told.")  \
	X(SIP_ACCOUNT_FAILED, "SipEp", 371, WARN, 0,                           \
	  "%s of SIP gateway %s can't register at %s: %s; again in %u "        \
	  "seconds",                                                           \
	  "Told once for each reason in a row. The trunk may not let calls "   \
	  "through until it can.")                                             \
	X(SIP_ACCOUNT_ENDED, "SipEp", 372, INFO, 0,                            \
	  "%s of SIP gateway %s ends its registration",                        \
	  "The configuration has it no more, or has changed it, or the "       \
	  "daemon "                                                            \
	  "stops.")                                                            \
                                                                               \
	X(MEDIA_DESYNC, "Mipt", 110, WARN, 20,                                 \
	  "The call %s on endpoint %s detected an SRTP cryptographic error. "  \
	  "The secured RTP stream is not properly decoded.",                   \
	  "The peer's packets are out of step, and it is not found again; "    \
	  "hold and resume, or a new call, helps.")                            \
	X(MEDIA_KEY, "Mipt", 111, WARN, 20,                                    \
	  "%s: session %u: a %s key of leg %u may protect %llu more packets",  \
	  "An SRTP key is used up soon; a re-INVITE with a new one helps.")    \
	X(MEDIA_AUTH, "Mipt", 112, WARN, 20,                                   \
	  "%s: leg %u: %llu packets failed authentication",                    \
	  "Somebody forges media, or the peer uses another key.")              \
	X(MEDIA_IDLE, "Mipt", 113, NOTE, 20, "%s: no media for %u s",          \
	  "The call is ended; see media idle-timeout.")                        \
	X(MEDIA_GONE, "Mipt", 114, WARN, 20,                                   \
	  "%s: session %u was removed by somebody else",                       \
	  "Another program has ended a call's media, so the call ends.")       \
	X(MEDIA_PLAIN, "Mipt", 116, NOTE, 20,                                  \
	  "%s: media on endpoint %s is not encrypted: its peer does without",  \
	  "media-security of that gateway is fallback. Its peer, or somebody " \
	  "between, has no SRTP; secure would refuse the call.")               \
	X(MEDIA_EVENTS, "Mipt", 115, WARN, 20,                                 \
	  "kernel events can't be read: %s",                                   \
	  "Until it is over, calls without media are not noticed.")

#endif
