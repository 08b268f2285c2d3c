// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the wire gives us: the validator, libosip2 behind it, and what is built
 * of its result. The first byte chooses between datagram and stream.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "guard/scanner.h"
#include "sip/dialog.h"
#include "sip/frame.h"
#include "sip/message.h"
#include "sip/optag.h"

static struct gateway gateway;
static struct sip_path path = { .gw = &gateway };

/* What libosip2 makes of it is the same, to the byte. */
static void compare_text(osip_message_t *msg)
{
	char *text, *theirs = NULL;
	size_t len = 0, their_len = 0;

	text = message_text(msg, &len);
	osip_message_force_update(msg);
	osip_message_to_str(msg, &theirs, &their_len);
	if (!text != !theirs ||
	    (text && (len != their_len || memcmp(text, theirs, len) != 0)))
		abort();
	osip_free(text); /* a macro that looks at it twice */
	osip_free(theirs);
}

static void text_of(osip_message_t *msg)
{
	if (!msg)
		return;
	compare_text(msg);
	osip_message_free(msg);
}

static void use_optags(osip_message_t *msg)
{
	struct session_expires se;
	char unknown[32];
	uint32_t a, b;

	optag_supported(msg, "timer");
	optag_unknown(msg, unknown, sizeof(unknown));
	optag_session_expires(msg, &se);
	optag_min_se(msg);
	optag_rseq(msg, &a);
	optag_rack(msg, &a, &b);
}

static void use_request(osip_message_t *msg)
{
	struct dialog d = { 0 };
	struct sip_path to = path;

	message_received(msg, &path);
	message_reply_to(msg, &to.peer);
	text_of(message_response(msg, 180, NULL, "tag"));
	text_of(message_cancel(msg));
	if (!dialog_from_invite(&d, msg)) {
		dialog_path(&d, &to);
		dialog_matches(&d, msg);
		text_of(dialog_request(&d, "BYE", &to));
	}
	dialog_clear(&d);
}

static void use_response(osip_message_t *msg)
{
	struct dialog d = { 0 };

	if (!dialog_new(&d, "<sip:a@b>", "<sip:c@d>", "sip:c@d") &&
	    !dialog_answered(&d, msg))
		text_of(dialog_ack(&d, message_cseq(msg), &path));
	dialog_clear(&d);
}

static void one(const char *buf, size_t len, bool stream)
{
	struct sip_head head;
	osip_message_t *msg;
	size_t n;

	switch (sip_validate(buf, len, stream, &head)) {
	case SIP_DROP:
		return;
	case SIP_REJECT:
		free(message_refusal(&head, head.status, head.reason, &n));
		return;
	case SIP_ACCEPT:
		break;
	}
	msg = message_parse(buf, &head);
	if (!msg)
		return;
	message_sdp(msg, &n);
	compare_text(msg);
	if (MSG_IS_REQUEST(msg))
		use_request(msg);
	else
		use_response(msg);
	use_optags(msg);
	osip_message_free(msg);
}

static void stream(const uint8_t *p, size_t n)
{
	enum frame_result r = FRAME_MORE;
	struct frame f;
	const char *msg;
	size_t len;

	frame_init(&f);
	while (n && r != FRAME_LAST) {
		size_t chunk = 1 + n / 3;
		long took = frame_feed(&f, p, chunk);

		if (took <= 0)
			abort();
		p += took;
		n -= (size_t)took;
		while ((r = frame_next(&f, &msg, &len)) != FRAME_MORE) {
			if (r == FRAME_LAST)
				break;
			if (r == FRAME_MESSAGE)
				one(msg, len, true);
		}
	}
	frame_reset(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scanners scanners = { .n = 0 };
	static osip_t *osip;
	char *exact;

	if (!osip) {
		message_init();
		osip_init(&osip);
		scanners_add(&scanners, "friendly-scanner");
		scanners_add(&scanners, "x");
		scanner_set(&scanners);
	}
	if (!size)
		return 0;
	if (data[0] == '!') {
		stream(data + 1, size - 1);
		return 0;
	}
	exact = malloc(size); /* for ASan to see each byte too many */
	if (!exact)
		return 0;
	memcpy(exact, data, size);
	scanner_is(exact, size);
	one(exact, size, false);
	free(exact);
	return 0;
}
