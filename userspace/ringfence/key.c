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

#define KEY_FILE_MAX 4096 /* bytes of a key file or of standard input */
#define KEY_CHARS    40 /* base64 of 16 bytes key and 14 bytes salt */
#define INLINE	     "inline:"
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
			 name, strerror(-err));
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

static int parse_key(const struct cli *cli, const char *name, const char *text,
		     struct rgf_key *ret)
{
	/* b64_pton() wants a byte more than it writes. */
	unsigned char buf[KEY_CHARS / 4 * 3 + 1];
	size_t len;
	int n;

	if (strncmp(text, INLINE, strlen(INLINE)) == 0)
		text += strlen(INLINE);
	len = strlen(text);
	if (strchr(text, '|'))
		return cli_error(cli, CLI_USAGE,
				 "%s: lifetime and MKI are not supported; "
				 "leave out the key's first | and what follows",
				 name);
	if (len != KEY_CHARS || strspn(text, BASE64) != len)
		return cli_error(cli, CLI_USAGE,
				 "%s: a key is %d characters of base64, "
				 "optionally after inline:; here are %zu%s",
				 name, KEY_CHARS, len,
				 strspn(text, BASE64) == len
					 ? ""
					 : ", not all of base64");
	n = b64_pton(text, buf, sizeof(buf));
	if (n > 0) {
		ret->len = (uint8_t)n;
		memcpy(ret->data, buf, (size_t)n);
	}
	explicit_bzero(buf, sizeof(buf));
	return n > 0 ? CLI_OK
		     : cli_error(cli, CLI_USAGE, "%s: not base64", name);
}

/* One key of @kt, which is a whole file if @whole. */
static int parse_one(const struct cli *cli, struct key_text *kt, bool whole,
		     struct rgf_key *ret)
{
	const char *line = next_line(kt);
	int r;

	if (!line)
		return cli_error(cli, CLI_USAGE,
				 "%s: no key; it must be one line of %d "
				 "characters of base64",
				 kt->name, KEY_CHARS);
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

static int read_inline(struct cli *cli, const char *source, struct rgf_key *ret)
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

int key_read(struct cli *cli, const char *source, struct rgf_key *ret)
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

static int parse_pair(const struct cli *cli, struct key_text *kt,
		      struct rgf_key *tx, struct rgf_key *rx)
{
	char *line;

	while ((line = next_line(kt))) {
		const char *side = strsep(&line, " \t");
		struct rgf_key *key = NULL;
		int r;

		if (strcmp(side, "tx") == 0)
			key = tx;
		else if (strcmp(side, "rx") == 0)
			key = rx;
		if (!key || !line || key->len)
			return cli_error(
				cli, CLI_USAGE,
				"%s: it must have two lines: tx KEY and rx KEY",
				kt->name);
		r = parse_key(cli, kt->name, line + strspn(line, " \t"), key);
		if (r)
			return r;
	}
	if (!tx->len || !rx->len)
		return cli_error(cli, CLI_USAGE, "%s: there is no line %s KEY",
				 kt->name, tx->len ? "rx" : "tx");
	return CLI_OK;
}

int key_read_pair(struct cli *cli, const char *source, struct rgf_key *ret_tx,
		  struct rgf_key *ret_rx)
{
	struct rgf_key tx = { 0 }, rx = { 0 };
	struct key_text file, *in;
	int r;

	if (strcmp(source, "-") == 0) {
		r = read_stdin(cli, &in);
		if (!r)
			r = parse_pair(cli, in, &tx, &rx);
	} else {
		r = read_file(cli, source, &file);
		if (!r)
			r = parse_pair(cli, &file, &tx, &rx);
		explicit_bzero(&file, sizeof(file));
	}
	if (!r) {
		*ret_tx = tx;
		*ret_rx = rx;
	}
	explicit_bzero(&tx, sizeof(tx));
	explicit_bzero(&rx, sizeof(rx));
	return r;
}
