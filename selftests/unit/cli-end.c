// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli-end.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ARGS_MAX 80

static int event_fd = -1; /* always readable */

struct cli_module module;

int __wrap_rgf_open(struct rgf **ret);
int __wrap_rgf_open(struct rgf **ret)
{
	module.opens++;
	*ret = (struct rgf *)&module;
	return 0;
}

void __wrap_rgf_close(struct rgf *rgf);
void __wrap_rgf_close(struct rgf *rgf)
{
	module.closes += rgf != NULL;
}

const char *__wrap_rgf_error(const struct rgf *rgf);
const char *__wrap_rgf_error(const struct rgf *rgf)
{
	return "so it said";
}

int __wrap_rgf_session_new(struct rgf *rgf, const struct rgf_session *s,
			   uint32_t *ret_id);
int __wrap_rgf_session_new(struct rgf *rgf, const struct rgf_session *s,
			   uint32_t *ret_id)
{
	module.told = *s;
	module.news++;
	*ret_id = s->id ? s->id : 12;
	return 0;
}

int __wrap_rgf_session_set(struct rgf *rgf, const struct rgf_session *s);
int __wrap_rgf_session_set(struct rgf *rgf, const struct rgf_session *s)
{
	module.told = *s;
	module.sets++;
	return 0;
}

int __wrap_rgf_session_get(struct rgf *rgf, uint32_t id,
			   struct rgf_session *ret);
int __wrap_rgf_session_get(struct rgf *rgf, uint32_t id,
			   struct rgf_session *ret)
{
	if (!module.get_err)
		*ret = module.sessions[0];
	return module.get_err;
}

int __wrap_rgf_session_dump(struct rgf *rgf,
			    int (*cb)(const struct rgf_session *s, void *arg),
			    void *arg);
int __wrap_rgf_session_dump(struct rgf *rgf,
			    int (*cb)(const struct rgf_session *s, void *arg),
			    void *arg)
{
	module.dumps++;
	if (module.dump_err && module.dump_err != -EINTR)
		return module.dump_err;
	for (size_t i = 0; i < module.n; i++) {
		int r = cb(&module.sessions[i], arg);

		if (r < 0)
			return r;
	}
	if (module.tick)
		module.tick();
	return module.dump_err;
}

int __wrap_rgf_stats_get(struct rgf *rgf, struct rgf_stats *ret);
int __wrap_rgf_stats_get(struct rgf *rgf, struct rgf_stats *ret)
{
	*ret = module.stats;
	return 0;
}

int __wrap_rgf_config_get(struct rgf *rgf, struct rgf_config *ret);
int __wrap_rgf_config_get(struct rgf *rgf, struct rgf_config *ret)
{
	*ret = module.config;
	return 0;
}

int __wrap_rgf_config_set(struct rgf *rgf, const struct rgf_config *c);
int __wrap_rgf_config_set(struct rgf *rgf, const struct rgf_config *c)
{
	module.config = *c;
	return 0;
}

int __wrap_rgf_events_open(struct rgf_events **ret);
int __wrap_rgf_events_open(struct rgf_events **ret)
{
	*ret = (struct rgf_events *)&module;
	return 0;
}

int __wrap_rgf_events_fd(const struct rgf_events *ev);
int __wrap_rgf_events_fd(const struct rgf_events *ev)
{
	return module.events_fd;
}

int __wrap_rgf_events_read(struct rgf_events *ev,
			   void (*cb)(const struct rgf_event *e, void *arg),
			   void *arg);
int __wrap_rgf_events_read(struct rgf_events *ev,
			   void (*cb)(const struct rgf_event *e, void *arg),
			   void *arg)
{
	if (!module.n_events)
		return module.events_err;
	for (; module.n_events; module.n_events--)
		cb(module.events++, arg);
	return 0;
}

void __wrap_rgf_events_close(struct rgf_events *ev);
void __wrap_rgf_events_close(struct rgf_events *ev)
{
}

struct timespec clock_now;

struct cli_terminal terminal;

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret)
{
	*ret = clock_now;
	return 0;
}

int __wrap_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *ts,
		 const sigset_t *mask);
int __wrap_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *ts,
		 const sigset_t *mask)
{
	terminal.waits++;
	for (nfds_t i = 0; i < n; i++)
		fds[i].revents = 0;
	if (terminal.signal_at == terminal.waits) {
		sigset_t old;

		/* It comes as it would: while the mask lets it. */
		raise(SIGTERM);
		sigprocmask(SIG_SETMASK, mask, &old);
		sigprocmask(SIG_SETMASK, &old, NULL);
		errno = EINTR;
		return -1;
	}
	if (terminal.key && terminal.waits == 2) {
		assert_int_equal(fds[1].fd, STDIN_FILENO);
		fds[1].revents = POLLIN;
		return 1;
	}
	assert_in_range(terminal.waits, 0, 1000);
	clock_now.tv_sec += ts->tv_sec;
	clock_now.tv_nsec += ts->tv_nsec + 1000; /* never too early */
	if (clock_now.tv_nsec >= 1000000000) {
		clock_now.tv_nsec -= 1000000000;
		clock_now.tv_sec++;
	}
	return 0;
}

ssize_t __real_read(int fd, void *buf, size_t len);
ssize_t __wrap_read(int fd, void *buf, size_t len);
ssize_t __wrap_read(int fd, void *buf, size_t len)
{
	if (!terminal.is_tty || fd != STDIN_FILENO)
		return __real_read(fd, buf, len);
	*(char *)buf = terminal.key;
	return 1;
}

int __wrap_isatty(int fd);
int __wrap_isatty(int fd)
{
	return terminal.is_tty;
}

int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_ioctl(int fd, unsigned long request, ...)
{
	struct winsize *ws;
	va_list ap;

	assert_int_equal(request, TIOCGWINSZ);
	va_start(ap, request);
	ws = va_arg(ap, struct winsize *);
	va_end(ap);
	*ws = (struct winsize){ .ws_row = terminal.rows,
				.ws_col = terminal.columns };
	return 0;
}

int __wrap_tcgetattr(int fd, struct termios *ret);
int __wrap_tcgetattr(int fd, struct termios *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->c_lflag = ICANON | ECHO | ISIG;
	return 0;
}

int __wrap_tcsetattr(int fd, int when, const struct termios *t);
int __wrap_tcsetattr(int fd, int when, const struct termios *t)
{
	terminal.set = *t;
	terminal.sets++;
	return 0;
}

/* main.c's, under another name. */
int ringfence_main(int argc, char **argv);

char *out, *err;

int run(const char *command)
{
	FILE *real_out = stdout, *real_err = stderr;
	char *words[ARGS_MAX + 1], *copy = strdup(command), *next = copy;
	size_t out_len, err_len;
	int argc = 1, status;

	assert_non_null(copy);
	words[0] = (char *)"ringfence";
	while ((words[argc] = strsep(&next, " ")))
		assert_in_range(++argc, 1, ARGS_MAX);
	free(out);
	free(err);
	stdout = open_memstream(&out, &out_len);
	stderr = open_memstream(&err, &err_len);
	assert_true(stdout && stderr);
	status = ringfence_main(argc, words); /* closes its stdout */
	fclose(stderr);
	stdout = real_out;
	stderr = real_err;
	free(copy);
	return status;
}

void expect(const char *command, int status, const char *want_out)
{
	int got = run(command);

	if (got != status)
		fail_msg("%s: exit status %d: %s", command, got, err);
	if (want_out && strcmp(out, want_out) != 0)
		fail_msg("%s printed:\n%s\nnot:\n%s", command, out, want_out);
}

void expect_line(const char *text, const char *want)
{
	size_t len = strlen(want);

	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (strncmp(p, want, len) == 0 && (!p[len] || p[len] == '\n'))
			return;
	}
	fail_msg("no line \"%s\" in:\n%s", want, text);
}

void expect_refused(const char *command, const char *want)
{
	int got = run(command);

	if (got != CLI_USAGE)
		fail_msg("%s: exit status %d: %s", command, got, err);
	if (!strstr(err, want))
		fail_msg("%s says: %s, not %s", command, err, want);
	assert_string_equal(out, "");
	assert_int_equal(module.news + module.sets, 0);
}

int cli_setup(void **state)
{
	memset(&module, 0, sizeof(module));
	memset(&terminal, 0, sizeof(terminal));
	module.events_fd = event_fd;
	module.events_err = -EIO;
	clock_now = (struct timespec){ 1000000000, 0 };
	return 0;
}

int cli_group_setup(void **state)
{
	event_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	return event_fd < 0;
}

int cli_group_teardown(void **state)
{
	free(out);
	free(err);
	close(event_fd);
	return 0;
}

static struct rgf_addr address(const char *text)
{
	struct rgf_addr addr;
	struct in_addr v4;

	if (inet_pton(AF_INET, text, &v4) == 1)
		return rgf_addr_v4(v4);
	assert_int_equal(inet_pton(AF_INET6, text, &addr.in6), 1);
	return addr;
}

static void fill_plain_leg(struct rgf_leg *leg)
{
	*leg = (struct rgf_leg){
		.local_addr = address("10.0.1.1"),
		.local_port = 20000,
		.local_rtcp_port = 20001,
		.latch = RINGFENCE_LATCH_PORT,
		.dscp = RINGFENCE_DSCP_KEEP,
		.clock_rate = 8000,
	};
}

static void fill_secure_leg(struct rgf_leg *leg)
{
	*leg = (struct rgf_leg){
		.local_addr = address("2001:db8::1"),
		.local_port = 20000,
		.peer_addr = address("2001:db8::2"),
		.peer_port = 4000,
		.rtp_source = { address("2001:db8::3"), 4002 },
		.flags = RINGFENCE_LEG_FLAGS_RTCP_MUX | 1 << 10,
		.latch = RINGFENCE_LATCH_ADDRESS,
		.dscp = 46,
		.clock_rate = 48000,
		.suite = RINGFENCE_SUITE_AEAD_AES_256_GCM,
		.kdr = 5,
		.tx = { 1, { { .lifetime = 1ULL << 48, .packets = 1000 } } },
		.rx = { 2,
			{ { .mki_len = 2, .mki = { 0, 1 }, .lifetime = 1000 },
			  { .mki_len = 2, .mki = { 0, 0xaf } } } },
		.n_streams = 2,
		.stream = { { .ssrc = 0x1234,
			      .packets = 995,
			      .bytes = 159200,
			      .lost = 5,
			      .jitter = 1250,
			      .sequence = 0x3fffe,
			      .idle = 20 },
			    { .ssrc = 0xdeadbeef } },
		.counters = { .rx_packets = 1000,
			      .rx_bytes = 180000,
			      .rx_rtcp_packets = 5 },
	};
	leg->counters.drop[RINGFENCE_DROP_REASON_UNKNOWN_MKI] = 3;
}

void fill_session(struct rgf_session *s)
{
	memset(s, 0, sizeof(*s));
	s->id = 7;
	snprintf(s->label, sizeof(s->label), "front desk");
	s->flags = RINGFENCE_SESSION_FLAGS_UDPTL;
	s->age = 10;
	fill_plain_leg(&s->leg[0]);
	fill_secure_leg(&s->leg[1]);
	module.n = 1;
}
