// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls of before a restart: record and kernel session make a call again. */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "base/notify.h"
#include "sip/call.h"
#include "sip/store.h"

/*
 * An extension's connection is gone; the next request on a new one says where it
 * is. Others are called back at their gateway's proxy, but by what they used: a
 * gateway with UDP has TCP, too.
 */
static void adopt_path(struct leg *leg, const struct store_leg *from)
{
	bool tls = leg->gw->transport == SIP_TLS;

	if (leg->gw->extensions) {
		leg->path.transport = from->transport;
		leg->path.peer = from->peer;
	} else if (tls == (from->transport == SIP_TLS)) {
		leg->path.transport = from->transport;
	}
}

/* Move the record's dialog into the leg. */
static int adopt_leg(struct leg *leg, struct store_leg *from)
{
	adopt_path(leg, from);
	leg->dialog = from->dialog;
	memset(&from->dialog, 0, sizeof(from->dialog));
	return leg_index(leg);
}

static int adopt_call(struct call *c, struct store_record *r,
		      const struct sip_config *cfg)
{
	struct media_profile prof[2] = { c->leg[0].gw->media,
					 c->leg[1].gw->media };
	int ret;

	c->start = r->start;
	c->since = r->since;
	memcpy(c->caller, r->caller, sizeof(c->caller));
	memcpy(c->called, r->called, sizeof(c->called));
	ret = adopt_leg(&c->leg[0], &r->leg[0]);
	if (!ret)
		ret = adopt_leg(&c->leg[1], &r->leg[1]);
	if (!ret)
		ret = media_call_adopt(r->session, prof, &cfg->timeouts,
				       call_media_idle, c, &c->media);
	return ret;
}

/* Non-zero: the record is of no more use. */
static int adopt(struct store_record *r, void *arg)
{
	const struct sip_config *cfg = arg;
	struct gateway *a = gateway_find(cfg, r->leg[0].gateway);
	struct gateway *b = gateway_find(cfg, r->leg[1].gateway);
	struct call *c;
	int ret;

	if (!a || !b) {
		notify(SIP_CALL_LOST, r->number, "its gateways are gone");
		return -ENOENT;
	}
	c = call_new_numbered(a, b, r->number);
	if (!c)
		return -ENOMEM;
	ret = adopt_call(c, r, cfg);
	if (ret < 0) {
		notify(SIP_CALL_LOST, r->number,
		       ret == -ENOENT ? "the kernel has no such session"
				      : strerror(-ret));
		call_set_state(c, CALL_DEAD);
		return ret;
	}
	log_info("sip", "call %u from %s to %s goes on", c->number, a->name,
		 b->name);
	c->slot = r->slot;
	call_set_state(c, CALL_ESTABLISHED);
	for (unsigned int i = 0; i < 2; i++)
		timer_adopt(&c->leg[i], r->leg[i].expires, r->leg[i].ours);
	return 0;
}

void calls_adopt(const struct sip_config *cfg)
{
	store_each(adopt, (void *)cfg);
	media_orphans();
}
