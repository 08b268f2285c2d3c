// SPDX-License-Identifier: GPL-2.0-or-later
/* Offers and answers of a call, from one leg to the other. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "sip/call.h"

void call_keep_sdp(struct leg *leg, bool offer, const char *sdp, size_t len)
{
	struct leg *other = leg_other(leg);
	char *copy = strndup(sdp, len),
	     **to = offer ? &leg->offered : &leg->sdp;

	if (!copy)
		return;
	secret_free_text(*to);
	*to = copy;
	if (offer || !other->offered)
		return;
	secret_free_text(other->sdp);
	other->sdp = other->offered;
	other->offered = NULL;
}

int call_sdp(struct leg *leg, const osip_message_t *msg, bool offer,
	     char **ret_sdp, struct media_refusal *why)
{
	struct call *c = leg->call;
	unsigned int number = leg == &c->leg[1];
	size_t len;
	const char *sdp = message_sdp(msg, &len);
	int ret;

	why->status = 502;
	snprintf(why->reason, sizeof(why->reason), "gateway %s sent no SDP",
		 leg->gw->name);
	if (!sdp)
		return -EINVAL;
	why->status = 0;
	ret = offer ? media_call_offer(c->media, number, sdp, len, ret_sdp, why)
		    : media_call_answer(c->media, number, sdp, len, ret_sdp,
					why);
	if (ret < 0 && !why->status)
		why->status = 500;
	if (!ret)
		call_keep_sdp(leg, offer, sdp, len);
	return ret;
}

int call_late_ack(struct leg *leg, const osip_message_t *ack,
		  struct media_refusal *why)
{
	char *sdp = NULL;
	int ret = call_sdp(leg, ack, false, &sdp, why);

	leg_acknowledge(leg_other(leg), sdp);
	secret_free_text(sdp);
	return ret;
}
