// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ringfence/key.h"

#define KEY_FILE_MAX	  4096 /* bytes of a key file or of standard input */
#define KEY_CHARS	  38 /* base64 digits of the shortest, 28 bytes */
#define KEY_BYTES_MIN	  28 /* AEAD_AES_128_GCM */
#define LIFETIME_LOG2_MAX 48
#define SDES_PARAMS_MAX	  400 /* "|2^48", and 128 bytes in decimal */
#define INLINE		  "inline:"
#define BASE64 \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

struct key_text {
	const char *name; /* for messages */
	char *next; /* line */
	char buf[KEY_FILE_MAX + 1];
};

bool key_like(const char *word)
{
	return strncmp(word, INLINE, strlen(INLINE)) == 0 ||
	       strspn(word, BASE64) >= KEY_CHARS;
}

bool key_inside(const char *word)
{
	size_t run;

	if (strstr(word, INLINE))
		return true;
	for (; *word; word += run ? run : 1) {
		run = strspn(word, BASE64);
		if (run >= KEY_CHARS)
			return true;
	}
	return false;
}

static int bad_source(const struct cli *cli, const char *name, int err)
{
	if (key_like(name) && cli->file)
		return cli_error(
			cli, CLI_USAGE,
			"no such key file; in a batch a key is written as "
			"tx-key inline:... or rx-key inline:...");
	if (key_like(name))
		return cli_error(cli, CLI_USAGE,
				 "a key is not taken from the command line, "
				 "where others can see it; write it to a file "
				 "that only you can read and give the file's "
				 "name, or - for standard input");
	return cli_error(cli, CLI_FAILED, "cannot read the key file %s: %s",
			 key_inside(name) ? word_show(name) : name,
			 strerror(-err));
}

static void warn_exposed(const struct cli *cli, const char *name, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_mode & S_IRWXO)
		cli_warn(
			cli,
			"%s holds keys and is open to others; run: chmod o= %s",
			name, name);
}

static int read_all(int fd, struct key_text *kt)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, kt->buf + len, sizeof(kt->buf) - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			len += (size_t)n;
	} while (n && len < sizeof(kt->buf));
	if (len == sizeof(kt->buf))
		return -EFBIG;
	kt->buf[len] = 0;
	kt->next = kt->buf;
	return memchr(kt->buf, 0, len) ? -EILSEQ : 0;
}

static int read_file(const struct cli *cli, const char *name,
		     struct key_text *kt)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int r;

	if (fd < 0)
		return bad_source(cli, name, -errno);
	warn_exposed(cli, name, fd);
	kt->name = name;
	r = read_all(fd, kt);
	close(fd);
	return r ? bad_source(cli, name, r) : CLI_OK;
}

/* Both keys may come from standard input, so what is left over is kept. */
static int read_stdin(struct cli *cli, struct key_text **ret)
{
	if (cli->file)
		return cli_error(
			cli, CLI_USAGE,
			"in a batch a key can't come from standard input; name "
			"a file, or write the key itself as inline:...");
	if (!cli->stdin_keys) {
		int r;

		cli->stdin_keys = calloc(1, sizeof(*cli->stdin_keys));
		if (!cli->stdin_keys)
			return bad_source(cli, "standard input", -ENOMEM);
		cli->stdin_keys->name = "standard input";
		r = read_all(STDIN_FILENO, cli->stdin_keys);
		if (r)
			return bad_source(cli, "standard input", r);
	}
	*ret = cli->stdin_keys;
	return CLI_OK;
}

void key_exit(struct cli *cli)
{
	if (!cli->stdin_keys)
		return;
	explicit_bzero(cli->stdin_keys, sizeof(*cli->stdin_keys));
	free(cli->stdin_keys);
	cli->stdin_keys = NULL;
}

/* The next line that says something, without blanks around; NULL: no more. */
static char *next_line(struct key_text *kt)
{
	char *line;

	while ((line = strsep(&kt->next, "\n"))) {
		size_t len;

		line += strspn(line, " \t");
		len = strlen(line);
		while (len && strchr(" \t\r", line[len - 1]))
			line[--len] = 0;
		if (len && *line != '#')
			return line;
	}
	return NULL;
}

/* Base64 of as many bytes as a suite needs. */
static int parse_base64(const struct cli *cli, const char *name,
			const char *text, size_t len, struct rgf_key *ret)
{
	/* b64_pton() wants a byte more than it writes, and an end. */
	unsigned char buf[RINGFENCE_KEY_MAX + 3];
	char copy[(RINGFENCE_KEY_MAX + 2) / 3 * 4 + 1];
	size_t digits = strspn(text, BASE64);
	int n = -1;

	if (len < sizeof(copy) && digits <= len && len - digits <= 2 &&
	    strspn(text + digits, "=") == len - digits) {
		memcpy(copy, text, len);
		copy[len] = 0;
		n = b64_pton(copy, buf, sizeof(buf));
	}
	explicit_bzero(copy, sizeof(copy));
	if (n >= KEY_BYTES_MIN && n <= RINGFENCE_KEY_MAX) {
		ret->len = (uint8_t)n;
		memcpy(ret->data, buf, (size_t)n);
	}
	explicit_bzero(buf, sizeof(buf));
	if (n >= KEY_BYTES_MIN && n <= RINGFENCE_KEY_MAX)
		return CLI_OK;
	return cli_error(cli, CLI_USAGE,
			 "%s: a key is 40, 52, 60 or 64 characters of base64, "
			 "by suite, optionally after inline:; here are %zu%s",
			 name, len,
			 digits < len ? ", not all digits of base64" : "");
}

bool key_lifetime(const char *text, uint64_t *ret)
{
	uint64_t n;

	if (strncmp(text, "2^", 2) == 0) {
		if (!word_number(text + 2, LIFETIME_LOG2_MAX, &n))
			return false;
		n = 1ULL << n;
	} else if (!word_number(text, RINGFENCE_KEY_LIFETIME_MAX, &n) || !n) {
		return false;
	}
	*ret = n;
	return true;
}

bool key_mki(const char *text, struct rgf_master_key *ret)
{
	size_t digits = strspn(text, "0123456789abcdefABCDEF");

	if (!digits || text[digits] || digits % 2 ||
	    digits / 2 > sizeof(ret->mki))
		return false;
	for (size_t i = 0; i < digits / 2; i++) {
		const char byte[] = { text[2 * i], text[2 * i + 1], 0 };

		ret->mki[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	ret->mki_len = (uint8_t)(digits / 2);
	return true;
}

/* A decimal number of any length, big-endian to all bytes of @ret. */
static bool big_number(const char *text, size_t digits, uint8_t *ret,
		       size_t len)
{
	memset(ret, 0, len);
	for (size_t d = 0; d < digits; d++) {
		unsigned int carry = (unsigned char)text[d] - '0';

		if (carry > 9)
			return false;
		for (size_t i = len; i--;) {
			carry += ret[i] * 10u;
			ret[i] = (uint8_t)carry;
			carry >>= 8;
		}
		if (carry)
			return false;
	}
	return digits > 0;
}

/* "VALUE:LENGTH", as RFC 4568, 6.1 has it. */
static bool sdes_mki(const char *text, struct rgf_master_key *ret)
{
	const char *colon = strchr(text, ':');
	uint64_t len;

	if (!colon || !word_number(colon + 1, RINGFENCE_MKI_MAX, &len) ||
	    !len || !big_number(text, (size_t)(colon - text), ret->mki, len))
		return false;
	ret->mki_len = (uint8_t)len;
	return true;
}

/* "KEY[|LIFETIME][|VALUE:LENGTH]"; it is not repeated, whatever is wrong. */
static int parse_key(const struct cli *cli, const char *name, const char *text,
		     struct rgf_master_key *ret)
{
	char params[SDES_PARAMS_MAX + 1] = "", *next = params, *lifetime, *mki;
	size_t len;

	if (strncmp(text, INLINE, strlen(INLINE)) == 0)
		text += strlen(INLINE);
	len = strcspn(text, "|");
	if (strlen(text + len) > SDES_PARAMS_MAX)
		return cli_error(cli, CLI_USAGE,
				 "%s: what follows the key is too long", name);
	memcpy(params, text + len, strlen(text + len));
	strsep(&next, "|"); /* empty */
	lifetime = strsep(&next, "|");
	mki = strsep(&next, "|");
	if (lifetime && !mki && strchr(lifetime, ':')) {
		mki = lifetime;
		lifetime = NULL;
	}
	if (next || (lifetime && !key_lifetime(lifetime, &ret->lifetime)) ||
	    (mki && !sdes_mki(mki, ret)))
		return cli_error(cli, CLI_USAGE,
				 "%s: after the key may follow |LIFETIME, from "
				 "1 to 2^48 packets, and |MKI:LENGTH, with 1 "
				 "to 128 bytes, as |2^31|1:4",
				 name);
	return parse_base64(cli, name, text, len, &ret->key);
}

/* One key of @kt, which is a whole file if @whole. */
static int parse_one(const struct cli *cli, struct key_text *kt, bool whole,
		     struct rgf_master_key *ret)
{
	const char *line = next_line(kt);
	int r;

	if (!line)
		return cli_error(cli, CLI_USAGE,
				 "%s: no key; it must be one line of base64",
				 kt->name);
	if (strpbrk(line, " \t"))
		return cli_error(
			cli, CLI_USAGE,
			"%s: more than one word in the line of the key; for a "
			"file with tx and rx lines use: keys FILE",
			kt->name);
	r = parse_key(cli, kt->name, line, ret);
	if (!r && whole && next_line(kt))
		return cli_error(cli, CLI_USAGE,
				 "%s: more than one line with a key", kt->name);
	return r;
}

static int read_inline(struct cli *cli, const char *source,
		       struct rgf_master_key *ret)
{
	if (!cli->file)
		return bad_source(cli, source, 0);
	if (cli->file_exposed)
		cli_warn(cli,
			 "the batch holds keys and is open to others; run: "
			 "chmod o= %s",
			 cli->file);
	cli->file_exposed = false;
	return parse_key(cli, "key", source, ret);
}

int key_read(struct cli *cli, const char *source, struct rgf_master_key *ret)
{
	struct key_text file, *in;
	int r;

	if (strncmp(source, INLINE, strlen(INLINE)) == 0)
		return read_inline(cli, source, ret);
	if (strcmp(source, "-") == 0) {
		r = read_stdin(cli, &in);
		return r ? r : parse_one(cli, in, false, ret);
	}
	r = read_file(cli, source, &file);
	if (!r)
		r = parse_one(cli, &file, true, ret);
	explicit_bzero(&file, sizeof(file));
	return r;
}

struct rgf_master_key *key_new(const struct cli *cli, struct rgf_keys *keys,
			       const char *side)
{
	if (keys->n == RINGFENCE_MAX_KEYS) {
		cli_say(cli, "", "more than %d %s keys for a leg",
			RINGFENCE_MAX_KEYS, side);
		return NULL;
	}
	return &keys->key[keys->n++];
}

static int parse_pair(const struct cli *cli, struct key_text *kt,
		      struct rgf_keys *tx, struct rgf_keys *rx)
{
	bool has_tx = false, has_rx = false;
	char *line;

	while ((line = next_line(kt))) {
		const char *side = strsep(&line, " \t");
		bool is_tx = strcmp(side, "tx") == 0;
		struct rgf_master_key *mk;
		int r;

		if ((!is_tx && strcmp(side, "rx") != 0) || !line)
			return cli_error(cli, CLI_USAGE,
					 "%s: each line must be tx KEY or "
					 "rx KEY",
					 kt->name);
		mk = key_new(cli, is_tx ? tx : rx, is_tx ? "tx" : "rx");
		if (!mk)
			return CLI_USAGE;
		r = parse_key(cli, kt->name, line + strspn(line, " \t"), mk);
		if (r)
			return r;
		has_tx |= is_tx;
		has_rx |= !is_tx;
	}
	if (!has_tx || !has_rx)
		return cli_error(cli, CLI_USAGE, "%s: there is no line %s KEY",
				 kt->name, has_tx ? "rx" : "tx");
	return CLI_OK;
}

int key_read_pair(struct cli *cli, const char *source, struct rgf_keys *tx,
		  struct rgf_keys *rx)
{
	struct key_text file, *in;
	int r;

	if (strcmp(source, "-") == 0) {
		r = read_stdin(cli, &in);
		return r ? r : parse_pair(cli, in, tx, rx);
	}
	r = read_file(cli, source, &file);
	if (!r)
		r = parse_pair(cli, &file, tx, rx);
	explicit_bzero(&file, sizeof(file));
	return r;
}
