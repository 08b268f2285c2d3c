// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A name server that answers with anything: c-ares, and what we make of its
 * results. The input is one answer after another: two bytes of length, then the
 * header from its flags on, but for the number of questions, and what follows the
 * question. Afterwards there is no such name.
 */
#include <ares.h>
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/loop.h"
#include "sip/limits.h"
#include "sip/servers.h"

#define HEADER 12
#define TURNS  64 /* of the loop; an answer that is dropped is waited for */

static const uint8_t *input;
static size_t input_len;
static uint8_t answer[4096]; /* c-ares takes no more of a datagram */
static size_t answer_len;
static bool over;

static ares_socket_t dns_socket(int domain, int type, int protocol, void *arg)
{
	return type == SOCK_DGRAM ? eventfd(0, EFD_NONBLOCK) : -1;
}

static int dns_close(ares_socket_t fd, void *arg)
{
	return close(fd);
}

static int dns_connect(ares_socket_t fd, const struct sockaddr *addr,
		       ares_socklen_t len, void *arg)
{
	return 0;
}

static ares_ssize_t dns_receive(ares_socket_t fd, void *buf, size_t size,
				int flags, struct sockaddr *from,
				ares_socklen_t *from_len, void *arg)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(53) };
	eventfd_t n;

	if (eventfd_read(fd, &n) || !answer_len) {
		errno = EAGAIN;
		return -1;
	}
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memcpy(from, &in, sizeof(in));
	*from_len = sizeof(in);
	size = answer_len < size ? answer_len : size;
	memcpy(buf, answer, size);
	answer_len = 0;
	return (ares_ssize_t)size;
}

/* The question is in @answer; its number stays. */
static void make_answer(void)
{
	size_t n = input_len < 2 ? 0 : (size_t)(input[0] << 8 | input[1]);
	size_t rest;

	if (input_len < 2 || n > input_len - 2 || n < 8) {
		answer[2] = 0x80;
		answer[3] = 3; /* NXDOMAIN */
		return;
	}
	memcpy(answer + 2, input + 2, 2);
	memcpy(answer + 6, input + 4, 6);
	answer[2] |= 0x80; /* or it is dropped */
	rest = n - 8;
	if (rest > sizeof(answer) - answer_len)
		rest = sizeof(answer) - answer_len;
	memcpy(answer + answer_len, input + 10, rest);
	answer_len += rest;
	input += n + 2;
	input_len -= n + 2;
}

static ares_ssize_t dns_send(ares_socket_t fd, const struct iovec *iov, int n,
			     void *arg)
{
	size_t len = 0;

	for (int i = 0; i < n; len += iov[i++].iov_len) {
		if (iov[i].iov_len > sizeof(answer) - len)
			abort();
		memcpy(answer + len, iov[i].iov_base, iov[i].iov_len);
	}
	if (len < HEADER)
		abort();
	/* An additional record is no part of the question. */
	answer_len = HEADER + strlen((char *)answer + HEADER) + 5;
	memset(answer + 6, 0, 6);
	make_answer();
	eventfd_write(fd, 1);
	return (ares_ssize_t)len;
}

static const struct ares_socket_functions dns = {
	.asocket = dns_socket,
	.aclose = dns_close,
	.aconnect = dns_connect,
	.arecvfrom = dns_receive,
	.asendv = dns_send,
};

int __real_ares_init_options(ares_channel *channel, struct ares_options *opt,
			     int mask);
int __wrap_ares_init_options(ares_channel *channel, struct ares_options *opt,
			     int mask);
int __wrap_ares_init_options(ares_channel *channel, struct ares_options *opt,
			     int mask)
{
	int ret;

	/* Nothing of this machine: no search list, no /etc/hosts. */
	opt->ndomains = 0;
	opt->lookups = (char *)"b";
	ret = __real_ares_init_options(
		channel, opt, mask | ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS);
	if (!ret)
		ares_set_socket_functions(*channel, &dns, NULL);
	return ret;
}

/* Armed until the next lookup: this one is over. c-ares never waits so long. */
int __real_event_add(struct event *ev, const struct timeval *tv);
int __wrap_event_add(struct event *ev, const struct timeval *tv);
int __wrap_event_add(struct event *ev, const struct timeval *tv)
{
	if (tv && tv->tv_sec >= SIP_RESOLVE_AGAIN_SECONDS)
		over = true;
	return __real_event_add(ev, tv);
}

void __wrap_trust_gateway(struct in_addr addr, uint32_t seconds,
			  const char *comment);
void __wrap_trust_gateway(struct in_addr addr, uint32_t seconds,
			  const char *comment)
{
}

static void check(const struct servers *s)
{
	json_t *list = servers_report(s), *one;
	size_t i;

	if (servers_count(s) > SIP_SERVERS_MAX ||
	    json_array_size(list) != servers_count(s))
		abort();
	json_array_foreach(list, i, one)
	{
		const char *text =
			json_string_value(json_object_get(one, "address"));
		in_addr_t addr;
		char host[INET_ADDRSTRLEN];
		unsigned int port;

		if (sscanf(text, "%15[0-9.]:%u", host, &port) != 2 || !port)
			abort();
		addr = inet_network(host);
		if (!addr || addr >= 0xe0000000)
			abort();
	}
	json_decref(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct servers *s;

	if (!loop_base()) {
		log_open(LOG_TO_STDERR, LOG_LEVEL_ERROR);
		if (loop_init())
			abort();
	}
	input = data;
	input_len = size;
	answer_len = 0;
	over = false;
	if (servers_init(NULL))
		abort();
	s = servers_get("sip.test", 0, SIP_UDP);
	if (!s)
		abort();
	servers_begin("127.0.0.1:53");
	for (int i = 0; !over && i < TURNS; i++)
		event_base_loop(loop_base(), EVLOOP_NONBLOCK);
	check(s);
	servers_put(s);
	servers_exit();
	return 0;
}
