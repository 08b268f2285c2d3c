// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's stores of certificates, by calls of its control socket. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

#define FILE_BYTES_MAX (1024 * 1024)
#define WORD_MAX       255

/* A file's bytes; wiped when they are freed. */
struct bytes {
	char *p;
	size_t len;
};

static void bytes_free(struct bytes *b)
{
	if (b->p)
		explicit_bzero(b->p, b->len);
	free(b->p);
	memset(b, 0, sizeof(*b));
}

static int read_fd(int fd, struct bytes *b)
{
	while (b->len < FILE_BYTES_MAX) {
		ssize_t n = read(fd, b->p + b->len, FILE_BYTES_MAX - b->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : 0;
		b->len += (size_t)n;
	}
	return -EFBIG;
}

/* "-" is standard input. */
static int read_file(const struct cli *cli, const char *file, struct bytes *ret)
{
	struct bytes b = { .p = malloc(FILE_BYTES_MAX) };
	int fd = strcmp(file, "-") ? open(file, O_RDONLY | O_CLOEXEC) : 0;
	int err = fd < 0 ? -errno : b.p ? read_fd(fd, &b) : -ENOMEM;

	if (fd > 0)
		close(fd);
	if (err || !b.len) {
		bytes_free(&b);
		return cli_error(cli, CLI_FAILED, "cannot read %s: %s", file,
				 err ? strerror(-err) : "it is empty");
	}
	*ret = b;
	return CLI_OK;
}

static bool take_word(struct words *w, const char *word)
{
	if (!word_peek(w) || strcmp(word_peek(w), word) != 0)
		return false;
	word_next(w);
	return true;
}

static int need_store(const struct cli *cli, struct words *w, const char **ret)
{
	const char *word = word_next(w);

	if (!word || (strcmp(word, "host") != 0 && strcmp(word, "others") != 0))
		return cli_error(cli, CLI_USAGE,
				 "give a store: host (this gateway's own) or "
				 "others (peers and CAs)");
	*ret = word;
	return CLI_OK;
}

/* "certificate CALL host|others NAME": the call's query. */
static int need_file(const struct cli *cli, struct words *w, const char *call,
		     char *query, size_t size)
{
	char name[CONTROL_ENCODED_MAX(WORD_MAX)];
	const char *store, *word;
	int r = need_store(cli, w, &store);

	if (!r)
		r = word_need(cli, w, call, "NAME", &word);
	if (r)
		return r;
	if (strlen(word) > WORD_MAX)
		return cli_error(cli, CLI_USAGE, "the name is too long");
	control_encode(word, name);
	snprintf(query, size, "store=%s&name=%s", store, name);
	return CLI_OK;
}

static const char *text(const json_t *info, const char *name)
{
	const char *value = json_string_value(json_object_get(info, name));

	return value && *value ? value : "-";
}

static void print_usage(const json_t *info)
{
	const json_t *list = json_object_get(info, "usage");
	size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++)
		printf("%s%s", i ? "," : "",
		       json_string_value(json_array_get(list, i)));
	if (!n)
		putchar('-');
}

static void print_line(const char *store, const json_t *info)
{
	bool crl = json_is_true(json_object_get(info, "crl"));

	printf("%-7s %-20s %-24s %-24s %-10.10s %-10.10s ", store,
	       text(info, "file"), crl ? "(CRL)" : text(info, "issued-to"),
	       text(info, "issued-by"), text(info, "valid-from"),
	       text(info, "valid-to"));
	print_usage(info);
	printf("%s\n", json_is_true(json_object_get(info, "ca")) ? " CA" : "");
}

static int get_list(const struct cli *cli, const char *store, json_t **ret)
{
	char uri[64];

	snprintf(uri, sizeof(uri), "/certificates?store=%s", store);
	return control_json(cli, "GET", uri, NULL, ret);
}

int cmd_certificate_list(struct cli *cli, struct words *w)
{
	static const char *const stores[] = { "host", "others" };
	const char *only = NULL;
	json_t *all = json_object(), *list;
	int r = word_peek(w) ? need_store(cli, w, &only) : CLI_OK;

	if (!r)
		r = word_end(cli, w);
	for (size_t i = 0; !r && i < 2; i++) {
		if (only && strcmp(only, stores[i]) != 0)
			continue;
		r = get_list(cli, stores[i], &list);
		if (!r)
			json_object_set_new(all, stores[i], list);
	}
	if (r || cli->json) {
		if (r)
			json_decref(all);
		else
			print_json(all);
		return r;
	}
	printf("%-7s %-20s %-24s %-24s %-10s %-10s %s\n", "STORE", "FILE",
	       "ISSUED TO", "ISSUED BY", "FROM", "TO", "USAGE");
	for (size_t i = 0; i < 2; i++) {
		list = json_object_get(all, stores[i]);
		for (size_t k = 0; k < json_array_size(list); k++)
			print_line(stores[i], json_array_get(list, k));
	}
	json_decref(all);
	return CLI_OK;
}

static void print_info(const json_t *info)
{
	bool key = json_is_true(json_object_get(info, "private-key"));

	printf("file         %s\n", text(info, "file"));
	if (json_integer_value(json_object_get(info, "number"))) {
		printf("issued to    %s\n", text(info, "issued-to"));
		printf("issued by    %s\n", text(info, "issued-by"));
		printf("names        %s\n", text(info, "names"));
		printf("valid from   %s\n", text(info, "valid-from"));
		printf("valid to     %s\n", text(info, "valid-to"));
		printf("usage        ");
		print_usage(info);
		printf("\nCA           %s\n",
		       json_is_true(json_object_get(info, "ca")) ? "yes"
								 : "no");
		printf("key          %s\n", text(info, "key"));
		printf("serial       %s\n", text(info, "serial"));
		printf("SHA-256      %s\n", text(info, "sha256"));
	}
	printf("private key  %s\n", key ? "yes" : "no");
	if (json_is_true(json_object_get(info, "crl")))
		puts("CRL          yes");
}

int cmd_certificate_show(struct cli *cli, struct words *w)
{
	char query[CONTROL_ENCODED_MAX(WORD_MAX) + 32], *uri;
	json_t *list;
	int r = need_file(cli, w, "certificate show", query, sizeof(query));

	if (!r)
		r = word_end(cli, w);
	if (r)
		return r;
	if (asprintf(&uri, "/certificates?%s", query) < 0)
		return cli_error(cli, CLI_FAILED, "out of memory");
	r = control_json(cli, "GET", uri, NULL, &list);
	free(uri);
	if (r)
		return r;
	if (cli->json) {
		print_json(list);
		return CLI_OK;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (i > 0)
			putchar('\n');
		print_info(json_array_get(list, i));
	}
	json_decref(list);
	return CLI_OK;
}

/* What is sent: parts in a row, their lengths in the query. */
struct parts {
	struct bytes certificate, key, passphrase;
};

static int read_parts(const struct cli *cli, struct words *w, struct parts *p)
{
	const char *file;
	int r = word_need(cli, w, "certificate import", "FILE", &file);

	if (!r)
		r = read_file(cli, file, &p->certificate);
	while (!r && word_peek(w)) {
		struct bytes *b = NULL;

		if (take_word(w, "key"))
			b = &p->key;
		else if (take_word(w, "passphrase-file"))
			b = &p->passphrase;
		if (b && b->p)
			return cli_error(cli, CLI_USAGE, "give it once only");
		if (!b)
			return word_end(cli, w);
		r = word_need(cli, w, "key or passphrase-file", "FILE", &file);
		if (!r)
			r = read_file(cli, file, b);
	}
	/* Its line end isn't a part of it. */
	while (p->passphrase.p && p->passphrase.len &&
	       strchr("\r\n", p->passphrase.p[p->passphrase.len - 1]))
		p->passphrase.len--;
	return r;
}

static int send_parts(const struct cli *cli, const char *query,
		      const struct parts *p)
{
	struct control_request req = { .method = "POST",
				       .type = "application/octet-stream" };
	struct bytes body = { 0 };
	char *uri, *answer;
	int r;

	body.len = p->certificate.len + p->key.len + p->passphrase.len;
	body.p = malloc(body.len);
	if (!body.p ||
	    asprintf(&uri,
		     "/certificates/import?%s&certificate=%zu&key=%zu"
		     "&passphrase=%zu",
		     query, p->certificate.len, p->key.len,
		     p->passphrase.len) < 0) {
		bytes_free(&body);
		return cli_error(cli, CLI_FAILED, "out of memory");
	}
	memcpy(body.p, p->certificate.p, p->certificate.len);
	if (p->key.len)
		memcpy(body.p + p->certificate.len, p->key.p, p->key.len);
	if (p->passphrase.len)
		memcpy(body.p + p->certificate.len + p->key.len,
		       p->passphrase.p, p->passphrase.len);
	req.uri = uri;
	req.body = body.p;
	req.len = body.len;
	r = control_call(cli, &req, &answer);
	if (!r)
		control_free(answer);
	bytes_free(&body);
	free(uri);
	return r;
}

int cmd_certificate_import(struct cli *cli, struct words *w)
{
	char query[CONTROL_ENCODED_MAX(WORD_MAX) + 32];
	struct parts p = { 0 };
	int r = need_file(cli, w, "certificate import", query, sizeof(query));

	if (!r)
		r = read_parts(cli, w, &p);
	if (!r)
		r = send_parts(cli, query, &p);
	bytes_free(&p.certificate);
	bytes_free(&p.key);
	bytes_free(&p.passphrase);
	return r;
}

static int call(const struct cli *cli, const char *method, const char *uri,
		json_t *body)
{
	json_t *answer;
	int r = control_json(cli, method, uri, body, &answer);

	if (!r)
		json_decref(answer);
	return r;
}

int cmd_certificate_delete(struct cli *cli, struct words *w)
{
	char query[CONTROL_ENCODED_MAX(WORD_MAX) + 32], *uri;
	int r = need_file(cli, w, "certificate delete", query, sizeof(query));

	if (!r)
		r = word_end(cli, w);
	if (r)
		return r;
	if (asprintf(&uri, "/certificates?%s", query) < 0)
		return cli_error(cli, CLI_FAILED, "out of memory");
	r = call(cli, "DELETE", uri, NULL);
	free(uri);
	return r;
}

int cmd_certificate_reload(struct cli *cli, struct words *w)
{
	int r = word_end(cli, w);

	return r ? r : call(cli, "POST", "/certificates/reload", NULL);
}

static int read_request(const struct cli *cli, struct words *w, json_t *body)
{
	json_t *names = json_array();
	const char *word;
	uint32_t days;
	int r = CLI_OK;

	json_object_set_new(body, "names", names);
	while (!r && word_peek(w)) {
		if (take_word(w, "name")) {
			r = word_need(cli, w, "name", "NAME", &word);
			if (!r)
				json_array_append_new(names, json_string(word));
		} else if (take_word(w, "key")) {
			r = word_need(cli, w, "key", "KIND", &word);
			if (!r)
				json_object_set_new(body, "key",
						    json_string(word));
		} else if (json_object_get(body, "days") &&
			   take_word(w, "days")) {
			r = word_need(cli, w, "days", "NUMBER", &word);
			if (!r)
				r = word_u32(cli, "days", word, 1, 3650, &days);
			if (!r)
				json_object_set_new(body, "days",
						    json_integer(days));
		} else {
			r = word_end(cli, w);
		}
	}
	return r;
}

/* @days: 0 for a request, else the default of a certificate */
static int make(struct cli *cli, struct words *w, const char *what, int days)
{
	json_t *body = json_object(), *answer;
	const char *file, *cn;
	int r = word_need(cli, w, what, "NAME", &file);

	if (!r && !take_word(w, "cn"))
		r = cli_error(cli, CLI_USAGE, "%s NAME needs cn TEXT", what);
	if (!r)
		r = word_need(cli, w, "cn", "TEXT", &cn);
	if (!r) {
		json_object_set_new(body, "name", json_string(file));
		json_object_set_new(body, "cn", json_string(cn));
		if (days)
			json_object_set_new(body, "days", json_integer(days));
		r = read_request(cli, w, body);
	}
	if (r) {
		json_decref(body);
		return r;
	}
	r = control_json(cli, "POST", "/certificates/request", body, &answer);
	if (r)
		return r;
	if (cli->json) {
		print_json(answer);
		return CLI_OK;
	}
	fputs(text(answer, "pem"), stdout);
	json_decref(answer);
	return CLI_OK;
}

int cmd_certificate_csr(struct cli *cli, struct words *w)
{
	return make(cli, w, "certificate csr", 0);
}

int cmd_certificate_self_signed(struct cli *cli, struct words *w)
{
	return make(cli, w, "certificate self-signed", 365);
}

void complete_certificate(struct words *w)
{
	if (!word_next(w))
		puts("host\nothers");
	else if (word_next(w))
		complete_candidates(CANDIDATES_FILE);
}

void complete_certificate_request(struct words *w)
{
	if (word_next(w))
		puts("cn\nname\nkey\ndays");
}
