/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages for the tests of SIP, in the spirit of RFC 4475. */
#ifndef SIP_MESSAGES_H
#define SIP_MESSAGES_H

#define M_VIA	   "Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKa1;rport\r\n"
#define M_FROM	   "From: \"A, \\\"B\\\"\" <sip:alice@10.0.0.2>;tag=f1\r\n"
#define M_TO	   "To: <sip:bob@10.0.0.1>\r\n"
#define M_CALL_ID  "Call-ID: 1.a@10.0.0.2\r\n"
#define M_FORWARDS "Max-Forwards: 70\r\n"
#define M_CONTACT  "Contact: <sip:alice@10.0.0.2:5062;x=y>\r\n"
#define M_NO_BODY  "Content-Length: 0\r\n\r\n"
#define M_SDP_BODY "v=0\r\no=a 1 1 IN IP4 10.0.0.2\r\n"

#define M_OPTIONS_HEAD                                                     \
	"OPTIONS sip:bob@10.0.0.1 SIP/2.0\r\n" M_VIA M_FROM M_TO M_CALL_ID \
		M_FORWARDS "CSeq: 7 OPTIONS\r\n"
#define M_INVITE                                                             \
	"INVITE sip:bob@10.0.0.1 SIP/2.0\r\n" M_VIA                          \
	"Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKb2\r\n"                     \
	"Record-Route: <sip:10.0.0.9;lr>, <sip:10.0.0.8;lr>\r\n" M_FROM M_TO \
		M_CALL_ID M_FORWARDS M_CONTACT "CSeq: 7 INVITE\r\n"          \
	"Content-Type: application/sdp\r\nContent-Length: "                  \
	"30\r\n\r\n" M_SDP_BODY

#endif
