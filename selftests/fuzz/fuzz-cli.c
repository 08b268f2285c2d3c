// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The command line tool's parsers: a batch of any bytes, with key files of any
 * bytes. The first byte of the input is for -force; the batch ends at the first
 * zero byte, and each key file that it names has what follows it. What is
 * accepted must make sense, what is refused must be explained, and no
 * explanation may hold what could be a key.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ringfence/cli.h"
#include "ringfence/key.h"

#define KEY_RUN 38 /* characters of base64 that may be a key */
#define BASE64 \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

static const uint8_t *key_file;
static size_t key_len;
static bool running;

static void require(bool condition)
{
	if (!condition)
		abort();
}

static int memory_file(const uint8_t *data, size_t len)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	require(fd >= 0 && write(fd, data, len) == (ssize_t)len &&
		!lseek(fd, 0, SEEK_SET));
	return fd;
}

/* The linker puts these in place of open(), as key.c calls it. */
int __real_open(const char *name, int flags, ...);
int __wrap_open(const char *name, int flags, ...);
int __wrap_open64(const char *name, int flags, ...);

int __wrap_open(const char *name, int flags, ...)
{
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_list ap;

		va_start(ap, flags);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	if (!running)
		return __real_open(name, flags, mode);
	if (*name == 'n' || strlen(name) >= KEY_RUN) {
		errno = ENOENT;
		return -1;
	}
	return memory_file(key_file, key_len);
}

int __wrap_open64(const char *name, int flags, ...)
{
	require(running && !(flags & O_CREAT));
	return __wrap_open(name, flags);
}

/* Of session.c, which is not linked; nothing here reaches the kernel. */
void print_new_id(const struct cli *cli, uint32_t id)
{
	abort();
}

static void check_keys(const struct rgf_keys *keys, size_t len)
{
	require(keys->n && keys->n <= RINGFENCE_MAX_KEYS);
	for (unsigned int i = 0; i < keys->n; i++) {
		const struct rgf_master_key *mk = &keys->key[i];

		require(mk->key.len && mk->key.len <= RINGFENCE_KEY_MAX);
		require(!len || mk->key.len == len);
		require(mk->mki_len <= RINGFENCE_MKI_MAX);
		require(mk->lifetime <= RINGFENCE_KEY_LIFETIME_MAX);
		require(keys->n == 1 || mk->mki_len);
	}
}

static void check_leg(const struct rgf_leg *leg, bool add)
{
	size_t len = rgf_suite_key_len(leg->suite);

	if (leg->has & RGF_HAS_LOCAL_ADDR)
		require(leg->local_port);
	if (leg->has & RGF_HAS_PEER_ADDR)
		require(leg->peer_port);
	require(leg->flags < 2 * RINGFENCE_LEG_FLAGS_RESYNC &&
		rgf_latch_name(leg->latch) &&
		leg->dscp <= RINGFENCE_DSCP_KEEP &&
		leg->kdr <= RINGFENCE_KDR_MAX && rgf_suite_name(leg->suite));
	if (leg->has & RGF_HAS_TX_KEYS)
		check_keys(&leg->tx, len);
	if (leg->has & RGF_HAS_RX_KEYS)
		check_keys(&leg->rx, len);
	if (leg->has & RGF_HAS_SUITE && !len)
		require(!(leg->has & (RGF_HAS_TX_KEYS | RGF_HAS_RX_KEYS)));
	if (add && len)
		require(leg->has & RGF_HAS_TX_KEYS &&
			leg->has & RGF_HAS_RX_KEYS);
}

static void check_session(const struct rgf_session *s, bool add)
{
	require(strnlen(s->label, sizeof(s->label)) < sizeof(s->label));
	for (const char *c = s->label; *c; c++)
		require((unsigned char)*c >= 0x20 && *c != 0x7f);
	require(s->idle_timeout <= RINGFENCE_IDLE_TIMEOUT_MAX);
	require(add || (s->id && s->has));
	for (int i = 0; i < 2; i++)
		check_leg(&s->leg[i], add);
}

/* In place of commands.c: each line is the rest of a session add or set. */
int cli_run(struct cli *cli, struct words *w)
{
	bool add = cli->line % 2;
	struct rgf_session s;
	int r = parse_session(cli, w, add, &s);

	require(r == CLI_OK || r == CLI_USAGE || r == CLI_FAILED);
	if (!r)
		check_session(&s, add);
	explicit_bzero(&s, sizeof(s));
	return r;
}

/* Failed and explained, or neither; nothing in it may be a key. */
static void check_said(const char *said, size_t len, int status)
{
	size_t run;

	require(len || !status);
	require(strlen(said) == len);
	for (; *said; said += run ? run : 1) {
		run = strspn(said, BASE64);
		require(run < KEY_RUN);
	}
}

static int run_batch(const uint8_t *data, size_t len, bool force)
{
	struct cli cli = { 0 };
	char name[32];
	int fd = memory_file(data, len), status;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	running = true;
	status = batch_run(&cli, name, force);
	running = false;
	require(!cli.rgf && !cli.stdin_keys);
	close(fd);
	return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	FILE *real = stderr;
	const uint8_t *end;
	char *said = NULL;
	size_t said_len = 0;
	int status;

	if (!len)
		return 0;
	end = memchr(data + 1, 0, len - 1);
	key_file = end ? end + 1 : data + len;
	key_len = (size_t)(data + len - key_file);
	if (!end)
		end = data + len;
	stderr = open_memstream(&said, &said_len);
	require(stderr != NULL);
	status = run_batch(data + 1, (size_t)(end - data) - 1, *data & 1);
	fclose(stderr);
	stderr = real;
	check_said(said, said_len, status);
	free(said);
	return 0;
}
