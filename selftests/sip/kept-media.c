// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Media that is negotiated as ever, ports and all, and relayed by nobody. A session
 * is a file in $RF_FAKE_SESSIONS, named by its number, that outlives the process as
 * a kernel session does: a line with what is ours, ADDRESS:PORT twice, then the
 * session. The file NUMBER.idle, made by a test, is the media time-out.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/loop.h"
#include "media/backend.h"
#include "media/media.h"
#include "test-gateway.h"

const enum log_level gateway_log_level = LOG_LEVEL_INFO;

static const struct media_events *user;
static struct event *poll_idle;

static void path_of(uint32_t id, const char *suffix, char *buf, size_t size)
{
	snprintf(buf, size, "%s/%u%s", getenv("RF_FAKE_SESSIONS"), id, suffix);
}

static int each(void (*cb)(uint32_t id, const char *suffix, void *arg),
		void *arg)
{
	const char *name = getenv("RF_FAKE_SESSIONS");
	DIR *dir = name ? opendir(name) : NULL;
	struct dirent *e;
	char *end;

	if (!dir)
		return name ? -errno : -EINVAL;
	while ((e = readdir(dir))) {
		uint32_t id = (uint32_t)strtoul(e->d_name, &end, 10);

		if (id)
			cb(id, end, arg);
	}
	closedir(dir);
	return 0;
}

static void look_for_idle(uint32_t id, const char *suffix, void *arg)
{
	char path[256];

	path_of(id, ".idle", path, sizeof(path));
	if (!strcmp(suffix, ".idle") && !unlink(path))
		user->idle(id);
}

static void on_poll(evutil_socket_t fd, short what, void *arg)
{
	each(look_for_idle, NULL);
}

static int kept_open(const struct media_events *events)
{
	struct timeval tv = { 0, 100000 };

	user = events;
	poll_idle = event_new(loop_base(), -1, EV_PERSIST, on_poll, NULL);
	return event_add(poll_idle, &tv);
}

static void kept_close(void)
{
	event_free(poll_idle);
}

static int kept_get(uint32_t id, struct rgf_session *ret)
{
	char path[256];
	FILE *f;
	int n;

	path_of(id, "", path, sizeof(path));
	f = fopen(path, "r");
	if (!f)
		return -errno;
	if (!fgets(path, sizeof(path), f))
		path[0] = '\0';
	n = fread(ret, sizeof(*ret), 1, f) == 1 ? 0 : -EIO;
	fclose(f);
	return n;
}

static void put_local(FILE *f, const struct rgf_leg *leg, char end)
{
	fprintf(f, "%s:%u%c", inet_ntoa(rgf_addr_to_v4(&leg->local_addr)),
		leg->local_port, end);
}

/* Whole at once, since a kill may come at any time; without the keys. */
static int keep(const struct rgf_session *s)
{
	struct rgf_session copy = *s;
	char path[256], new[256];
	FILE *f;

	path_of(s->id, "", path, sizeof(path));
	snprintf(new, sizeof(new), "%s/new", getenv("RF_FAKE_SESSIONS"));
	f = fopen(new, "w");
	if (!f)
		return -errno;
	for (unsigned int i = 0; i < 2; i++) {
		memset(&copy.leg[i].tx, 0, sizeof(copy.leg[i].tx));
		memset(&copy.leg[i].rx, 0, sizeof(copy.leg[i].rx));
	}
	put_local(f, &s->leg[0], ' ');
	put_local(f, &s->leg[1], '\n');
	fwrite(&copy, sizeof(copy), 1, f);
	return fclose(f) || rename(new, path) ? -errno : 0;
}

static int kept_add(const struct rgf_session *s, uint32_t *ret_id)
{
	struct rgf_session copy = *s;
	static uint32_t last;
	char path[256];

	do {
		copy.id = ++last;
		path_of(last, "", path, sizeof(path));
	} while (!access(path, F_OK));
	*ret_id = last;
	return keep(&copy);
}

static int kept_set(const struct rgf_session *s)
{
	struct rgf_session old;
	int err = kept_get(s->id, &old);

	return err ? err : keep(s);
}

static int kept_del(uint32_t id)
{
	char path[256];

	path_of(id, "", path, sizeof(path));
	return unlink(path) ? -errno : 0;
}

struct dump {
	int (*cb)(const struct rgf_session *s, void *arg);
	void *arg;
};

static void dump_one(uint32_t id, const char *suffix, void *arg)
{
	const struct dump *d = arg;
	struct rgf_session s;

	if (!*suffix && !kept_get(id, &s))
		d->cb(&s, d->arg);
}

static int kept_dump(int (*cb)(const struct rgf_session *s, void *arg),
		     void *arg)
{
	struct dump d = { cb, arg };

	return each(dump_one, &d);
}

static const char *kept_error(void)
{
	return "the file can't be written";
}

static const struct media_backend kept = {
	.name = "kept",
	.open = kept_open,
	.close = kept_close,
	.add = kept_add,
	.set = kept_set,
	.del = kept_del,
	.get = kept_get,
	.dump = kept_dump,
	.error = kept_error,
};

int gateway_media_init(void)
{
	return media_init_with(&kept);
}
