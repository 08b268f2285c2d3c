// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Offer and answer (RFC 3264) between two legs, with SDES (RFC 4568).
 *
 *   offerer        its leg              other leg       answerer
 *      ── offer ──►  our pick of a=crypto   our offer ──►
 *      ◄─ our answer                        answer  ◄──
 *
 * The key in an a=crypto is the one its sender sends with.
 */
#include "media/call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

#define CRYPTO_LINES_MAX 16 /* of a stream; later ones are not looked at */

bool exchange_is(const struct exchange *e, const char *body, size_t len)
{
	return e->in && e->in_len == len && !memcmp(e->in, body, len);
}

int exchange_set(struct exchange *e, const char *body, size_t len,
		 const char *out)
{
	char *in_copy = malloc(len ? len : 1), *out_copy = strdup(out);

	if (!in_copy || !out_copy) {
		free(in_copy);
		if (out_copy)
			secret_free(out_copy, strlen(out_copy));
		return -ENOMEM;
	}
	memcpy(in_copy, body, len);
	exchange_clear(e);
	e->in = in_copy;
	e->in_len = len;
	e->out = out_copy;
	return 0;
}

void exchange_clear(struct exchange *e)
{
	if (e->out)
		secret_free(e->out, strlen(e->out));
	secret_free(e->in, e->in_len);
	memset(e, 0, sizeof(*e));
}

void offer_clear(struct offer *o)
{
	exchange_clear(&o->offered);
	exchange_clear(&o->answered);
	secret_wipe(o, sizeof(*o));
}

static bool suite_allowed(const struct media_profile *prof,
			  enum ringfence_suite suite)
{
	const enum ringfence_suite *list = prof->n_accepted ? prof->accepted
							    : prof->suites;
	unsigned int n = prof->n_accepted ? prof->n_accepted : prof->n_suites;

	for (unsigned int i = 0; i < n; i++) {
		if (list[i] == suite)
			return true;
	}
	return false;
}

/* No a=crypto at all; the other way of keying has a name of its own. */
static int refuse_keyless(const struct sdp *sdp, unsigned int n,
			  struct media_refusal *why)
{
	if (sdp_attribute(sdp, n, "key-mgmt", 0) ||
	    sdp_session_attribute(sdp, "key-mgmt"))
		return sdp_refuse(why, -ENOTSUP, 415,
				  "Received the wrong key management "
				  "protocol. Secure stream disabled.");
	return sdp_refuse(why, -ENOKEY, 488,
			  "secure audio without a=crypto; SDES is required");
}

/* The offerer's order decides (RFC 4568, 5.1.2); the reason is the last one. */
static int pick_crypto(const struct leg *leg, const struct sdp *sdp,
		       unsigned int n, struct sdes *ret,
		       struct media_refusal *why)
{
	const char *value;
	struct sdes line;
	unsigned int i;

	sdp_refuse(why, 0, 488, "no a=crypto that this gateway accepts");
	for (i = 0; i < CRYPTO_LINES_MAX; i++) {
		value = sdp_attribute(sdp, n, "crypto", i);
		if (!value)
			break;
		if (sdes_parse(value, &line, why->reason, sizeof(why->reason)))
			continue;
		if (suite_allowed(&leg->prof, line.suite)) {
			*ret = line;
			secret_wipe(&line, sizeof(line));
			return 0;
		}
		sdp_refuse(why, 0, 488,
			   "no crypto suite of the offer is "
			   "among those of this gateway");
		secret_wipe(&line, sizeof(line));
	}
	return i ? -ENOKEY : refuse_keyless(sdp, n, why);
}

/*
 * The key to send by on @leg. The one in use is kept unless the profile says
 * otherwise: many phones don't look at the key of a re-INVITE, and could decrypt
 * no more. The kernel goes on with its index then, so no key stream is used twice.
 */
static int choose_key(const struct leg *leg, struct sdes *line)
{
	if (leg->prof.new_keys || leg->suite != line->suite)
		return sdes_new_key(line);
	line->key = leg->tx_key;
	return 0;
}

/* Who offers a=crypto in RTP/AVP goes on without, if need be (RFC 8643). */
static bool may_be_plain(const struct offer *o)
{
	return !sdp_is_savp(o->shape.stream[o->shape.audio].proto);
}

/* The offerer's key, and one of ours for the answer. */
static int key_offerer(struct offer *o, const struct leg *leg,
		       const struct sdp *sdp, struct media_refusal *why)
{
	struct sdes theirs = { 0 }, ours = { 0 };
	int err;

	if (leg->prof.security == MEDIA_UNSECURE)
		return 0;
	err = pick_crypto(leg, sdp, o->shape.audio, &theirs, why);
	if (err)
		return may_be_plain(o) ? 0 : err;
	ours.suite = theirs.suite;
	err = choose_key(leg, &ours);
	o->tag = theirs.tag;
	o->side.suite = theirs.suite;
	o->side.rx_key = theirs.key;
	o->side.tx_key = ours.key;
	secret_wipe(&theirs, sizeof(theirs));
	secret_wipe(&ours, sizeof(ours));
	return err ? sdp_refuse(why, err, 500, "no random numbers") : 0;
}

/* A line with a key of its own for each suite of the other leg. */
static int make_lines(struct offer *o, const struct leg *leg,
		      struct media_refusal *why)
{
	unsigned int i;

	if (leg->prof.security == MEDIA_UNSECURE)
		return 0;
	for (i = 0; i < leg->prof.n_suites; i++) {
		o->lines[i].tag = i + 1;
		o->lines[i].suite = leg->prof.suites[i];
		if (choose_key(leg, &o->lines[i]))
			return sdp_refuse(why, -EIO, 500, "no random numbers");
		o->n_lines++;
	}
	return 0;
}

/* Our SDP on @leg: formats of @from, keys of @lines. */
static int write_sdp(struct leg *leg, const struct sdp *from,
		     const struct sdp_shape *shape, bool held,
		     const char *proto, const struct sdes *lines,
		     unsigned int n_lines, char **ret,
		     struct media_refusal *why)
{
	char text[MEDIA_SUITES_MAX][SDES_VALUE_MAX];
	const char *crypto[MEDIA_SUITES_MAX];
	struct sdp_ours ours = {
		.session_id = leg->sdp_id,
		.version = leg->sdp_version + 1,
		.addr = leg->prof.local_addr,
		.port = leg->ports.port,
		.proto = proto,
		.n_crypto = n_lines,
		.crypto = crypto,
	};
	unsigned int i;
	int err = 0;

	for (i = 0; i < n_lines && !err; i++) {
		crypto[i] = text[i];
		err = sdes_format(&lines[i], text[i]);
	}
	if (err)
		sdp_refuse(why, err, 500, "a key can't be written");
	else
		err = sdp_write(from, shape->audio, held, shape, &ours, ret,
				why);
	secret_wipe(text, sizeof(text));
	if (!err)
		leg->sdp_version++;
	return err;
}

/* What we offer on @leg, whatever variant the offerer has. */
static const char *offered_proto(const struct leg *leg)
{
	return leg->prof.security == MEDIA_SECURE ? "RTP/SAVP" : "RTP/AVP";
}

static int read_offer(struct media_call *mc, struct offer *o,
		      const struct sdp *sdp, struct media_refusal *why)
{
	struct leg *leg = &mc->leg[o->from];
	int n = sdp_find_audio(sdp, leg->prof.security, why), err;

	if (n < 0)
		return n;
	sdp_get_shape(sdp, &o->shape);
	o->shape.audio = n;
	err = sdp_get_peer(sdp, n, leg->prof.local_addr, &o->side.peer, why);
	if (!err)
		err = key_offerer(o, leg, sdp, why);
	if (!err)
		err = make_lines(o, &mc->leg[!o->from], why);
	return err;
}

int negotiate_offer(struct media_call *mc, unsigned int from, const char *body,
		    size_t len, char **ret_sdp, struct media_refusal *why)
{
	struct leg *to = &mc->leg[!from];
	struct offer o = { .from = from };
	struct sdp *sdp;
	char *out = NULL;
	int err;

	err = sdp_parse(body, len, &sdp, why);
	if (err)
		return err;
	err = read_offer(mc, &o, sdp, why);
	if (!err)
		err = write_sdp(to, sdp, &o.shape, o.side.peer.held,
				offered_proto(to), o.lines, o.n_lines, &out,
				why);
	sdp_free(sdp);
	if (!err && exchange_set(&o.offered, body, len, out))
		err = sdp_refuse(why, -ENOMEM, 500, "no memory for SDP");
	if (err) {
		if (out)
			secret_free(out, strlen(out));
		offer_clear(&o);
		return err;
	}
	offer_clear(&mc->offer);
	o.valid = true;
	mc->offer = o;
	secret_wipe(&o, sizeof(o));
	*ret_sdp = out;
	return 0;
}

/*
 * The answer has one a=crypto: tag and suite of one of ours, another key; or none
 * if it may be @plain.
 */
static int key_answerer(const struct offer *o, const struct sdp *sdp,
			bool plain, struct side *side,
			struct media_refusal *why)
{
	const unsigned int n = o->shape.audio;
	const char *value = sdp_attribute(sdp, n, "crypto", 0);
	const struct sdes *ours = NULL;
	struct sdes line;
	unsigned int i;
	int err;

	if (!value)
		return plain ? 0 : refuse_keyless(sdp, n, why);
	if (sdp_attribute(sdp, n, "crypto", 1))
		return sdp_refuse(why, -EINVAL, 488,
				  "the answer has several a=crypto");
	sdp_refuse(why, 0, 488, "%s", "");
	err = sdes_parse(value, &line, why->reason, sizeof(why->reason));
	if (err)
		return err;
	for (i = 0; i < o->n_lines; i++) {
		if (o->lines[i].tag == line.tag &&
		    o->lines[i].suite == line.suite)
			ours = &o->lines[i];
	}
	if (!ours) {
		err = sdp_refuse(why, -EINVAL, 488,
				 "a=crypto of the answer has a tag or suite "
				 "that was not offered");
	} else if (!memcmp(ours->key.data, line.key.data, line.key.len)) {
		/* One keystream both ways would be no secret. */
		err = sdp_refuse(why, -EINVAL, 488,
				 "the answer sends our own key back");
	} else {
		side->suite = line.suite;
		side->rx_key = line.key;
		side->tx_key = ours->key;
	}
	secret_wipe(&line, sizeof(line));
	return err;
}

static int read_answer(struct media_call *mc, const struct sdp *sdp,
		       struct side *side, struct media_refusal *why)
{
	const struct offer *o = &mc->offer;
	const struct leg *leg = &mc->leg[!o->from];
	int err;

	err = sdp_check_answer(sdp, o->shape.audio, offered_proto(leg), why);
	if (!err)
		err = sdp_get_peer(sdp, o->shape.audio, leg->prof.local_addr,
				   &side->peer, why);
	if (!err && leg->prof.security != MEDIA_UNSECURE)
		err = key_answerer(o, sdp, leg->prof.security == MEDIA_FALLBACK,
				   side, why);
	return err;
}

int negotiate_answer(struct media_call *mc, const char *body, size_t len,
		     struct side *ret_side, char **ret_sdp,
		     struct media_refusal *why)
{
	struct offer *o = &mc->offer;
	struct leg *to = &mc->leg[o->from];
	struct sdes line = {
		.tag = o->tag,
		.suite = o->side.suite,
		.key = o->side.tx_key,
	};
	struct side side = { 0 };
	struct sdp *sdp;
	char *out = NULL;
	int err;

	err = sdp_parse(body, len, &sdp, why);
	if (!err) {
		err = read_answer(mc, sdp, &side, why);
		if (!err)
			err = write_sdp(to, sdp, &o->shape, side.peer.held,
					o->shape.stream[o->shape.audio].proto,
					&line,
					o->side.suite != RINGFENCE_SUITE_NONE,
					&out, why);
		sdp_free(sdp);
	}
	if (!err) {
		*ret_side = side;
		*ret_sdp = out;
	}
	secret_wipe(&line, sizeof(line));
	secret_wipe(&side, sizeof(side));
	return err;
}
