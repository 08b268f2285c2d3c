// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Media without a kernel: SDP passes with our address and its direction, a
 * session is a file in $RF_FAKE_SESSIONS, named by its number, holding its label. It
 * outlives the process, as a kernel session does. The file NUMBER.idle, made
 * by a test, is the media time-out.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/loop.h"
#include "media/media.h"
#include "test-gateway.h"

struct media_call {
	LIST_ENTRY(media_call) entry;
	struct media_profile prof[2];
	char label[64];
	uint32_t id;
	void (*on_idle)(struct media_call *mc, void *arg);
	void *arg;
};

static LIST_HEAD(, media_call) all = LIST_HEAD_INITIALIZER(all);
static struct event *poll_idle;

static void path_of(uint32_t id, const char *suffix, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%u%s", getenv("RF_FAKE_SESSIONS"), id, suffix);
}

static void on_poll(evutil_socket_t fd, short what, void *arg)
{
	struct media_call *mc, *next;
	char path[256];

	for (mc = LIST_FIRST(&all); mc; mc = next) {
		next = LIST_NEXT(mc, entry);
		path_of(mc->id, ".idle", path, sizeof(path));
		if (mc->id && !unlink(path))
			mc->on_idle(mc, mc->arg);
	}
}

const enum log_level gateway_log_level = LOG_LEVEL_DBG;

int gateway_media_init(void)
{
	return media_init();
}

int media_init(void)
{
	struct timeval tv = { 0, 100000 };

	poll_idle = event_new(loop_base(), -1, EV_PERSIST, on_poll, NULL);
	return event_add(poll_idle, &tv);
}

void media_exit(void)
{
	struct media_call *mc;

	while ((mc = LIST_FIRST(&all))) {
		LIST_REMOVE(mc, entry);
		free(mc);
	}
	event_free(poll_idle);
}

int media_call_new(const char *label, const struct media_profile prof[2],
		   const struct media_timeouts *timeouts,
		   void (*on_idle)(struct media_call *mc, void *arg), void *arg,
		   struct media_call **ret)
{
	struct media_call *mc = calloc(1, sizeof(*mc));

	if (!mc)
		return -ENOMEM;
	snprintf(mc->label, sizeof(mc->label), "%s", label);
	memcpy(mc->prof, prof, sizeof(mc->prof));
	mc->on_idle = on_idle;
	mc->arg = arg;
	LIST_INSERT_HEAD(&all, mc, entry);
	*ret = mc;
	return 0;
}

static int translate(struct media_call *mc, unsigned int to, const char *sdp,
		     size_t len, char **ret_sdp, struct media_refusal *why)
{
	const char *direction = "";

	if (memmem(sdp, len, "refuse-me", 9)) {
		why->status = 488;
		snprintf(why->reason, sizeof(why->reason), "asked to refuse");
		return -EINVAL;
	}
	if (memmem(sdp, len, "a=sendonly", 10))
		direction = "a=sendonly\r\n";
	else if (memmem(sdp, len, "a=recvonly", 10))
		direction = "a=recvonly\r\n";
	return asprintf(ret_sdp,
			"v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\n"
			"t=0 0\r\nm=audio %u RTP/AVP 0\r\n%s",
			inet_ntoa(mc->prof[to].local_addr),
			inet_ntoa(mc->prof[to].local_addr),
			mc->prof[to].port_min, direction) < 0
		       ? -ENOMEM
		       : 0;
}

int media_call_offer(struct media_call *mc, unsigned int from, const char *sdp,
		     size_t len, char **ret_sdp, struct media_refusal *why)
{
	return translate(mc, !from, sdp, len, ret_sdp, why);
}

int media_call_offer_untold(struct media_call *mc, unsigned int from,
			    unsigned int untold, const char *sdp, size_t len,
			    char **ret_sdp, struct media_refusal *why)
{
	return translate(mc, !from, sdp, len, ret_sdp, why);
}

int media_call_answer(struct media_call *mc, unsigned int from, const char *sdp,
		      size_t len, char **ret_sdp, struct media_refusal *why)
{
	static uint32_t last;
	char path[256];
	FILE *f;

	if (!mc->id) {
		mc->id = ++last + (uint32_t)getpid() * 1000;
		path_of(mc->id, "", path, sizeof(path));
		f = fopen(path, "w");
		if (!f)
			return -errno;
		fprintf(f, "%s\n", mc->label);
		fclose(f);
	}
	return translate(mc, !from, sdp, len, ret_sdp, why);
}

uint32_t media_call_session(const struct media_call *mc)
{
	return mc->id;
}

int media_call_stats(const struct media_call *mc, struct media_leg_stats ret[2])
{
	if (!mc || !mc->id)
		return -ENOENT;
	for (unsigned int i = 0; i < 2; i++)
		ret[i] = (struct media_leg_stats){
			.rx_packets = 10 + i,
			.tx_packets = 20 + i,
			.lost = i,
			.suite = RINGFENCE_SUITE_NONE + i,
		};
	return 0;
}

int media_call_adopt(uint32_t id, const struct media_profile prof[2],
		     const struct media_timeouts *timeouts,
		     void (*on_idle)(struct media_call *mc, void *arg),
		     void *arg, struct media_call **ret)
{
	char path[256];
	int err;

	path_of(id, "", path, sizeof(path));
	if (access(path, F_OK) < 0)
		return -ENOENT;
	err = media_call_new("", prof, timeouts, on_idle, arg, ret);
	if (!err)
		(*ret)->id = id;
	return err;
}

void media_orphans(void)
{
	const char *name = getenv("RF_FAKE_SESSIONS");
	DIR *dir = name ? opendir(name) : NULL;
	struct media_call *mc;
	struct dirent *e;
	char path[512];

	while (dir && (e = readdir(dir))) {
		uint32_t id = (uint32_t)strtoul(e->d_name, NULL, 10);

		LIST_FOREACH(mc, &all, entry) {
			if (mc->id == id)
				break;
		}
		snprintf(path, sizeof(path), "%s/%s", name, e->d_name);
		if (id && !mc)
			unlink(path);
	}
	if (dir)
		closedir(dir);
}

void media_call_free(struct media_call *mc)
{
	char path[256];

	if (!mc)
		return;
	path_of(mc->id, "", path, sizeof(path));
	if (mc->id)
		unlink(path);
	LIST_REMOVE(mc, entry);
	free(mc);
}

void media_call_leave(struct media_call *mc)
{
	if (mc)
		mc->id = 0;
	media_call_free(mc);
}
