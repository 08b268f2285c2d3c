// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Backup and restore. The key is made here of the passphrase, for that takes
 * long, and the daemon gets nothing but the key.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backup/seal.h"
#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/control.h"
#include "ringfence/file.h"
#include "ringfence/print.h"

#define PASSPHRASE_MIN 8 /* bytes */
#define PASSPHRASE_MAX 255
#define KEY_TEXT_MAX   (2 * BACKUP_KEY_LEN + 1)

struct request {
	const char *file;
	char passphrase[PASSPHRASE_MAX + 2];
	bool encrypt;
};

/* The first line of a file. */
static int read_passphrase(const struct cli *cli, const char *name,
			   struct request *r)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	char *p = r->passphrase;
	size_t n;

	if (!f || !fgets(p, sizeof(r->passphrase), f))
		*p = '\0';
	if (f && f != stdin)
		fclose(f);
	if (!f)
		return cli_error(cli, CLI_FAILED, "cannot read %s: %s", name,
				 strerror(errno));
	n = strcspn(p, "\r\n");
	if (!p[n] && n > PASSPHRASE_MAX)
		return cli_error(cli, CLI_USAGE,
				 "the passphrase has more than %d bytes",
				 PASSPHRASE_MAX);
	p[n] = '\0';
	if (n < PASSPHRASE_MIN)
		return cli_error(cli, CLI_USAGE,
				 "the passphrase must have %d bytes at least",
				 PASSPHRASE_MIN);
	r->encrypt = true;
	return CLI_OK;
}

static int read_request(const struct cli *cli, struct words *w,
			const char *after, struct request *r)
{
	const char *name;
	int ret = word_need(cli, w, after, "FILE", &r->file);

	if (!ret && word_peek(w) && strcmp(word_peek(w), "passphrase") == 0) {
		word_next(w);
		ret = word_need(cli, w, "passphrase", "FILE", &name);
		if (!ret)
			ret = read_passphrase(cli, name, r);
	}
	return ret ? ret : word_end(cli, w);
}

/* The key in hexadecimal digits. */
static int make_key(const struct cli *cli, const struct request *r,
		    const struct backup_kdf *kdf, char text[KEY_TEXT_MAX])
{
	uint8_t key[BACKUP_KEY_LEN];
	int err = backup_key(kdf, r->passphrase, key);

	if (!err)
		backup_hex(key, sizeof(key), text);
	explicit_bzero(key, sizeof(key));
	return err ? cli_error(cli, CLI_FAILED, "out of memory") : CLI_OK;
}

/* Send @body, which is taken over; it may have a key in it. */
static int call(const struct cli *cli, const char *uri, json_t *body,
		char **ret)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	struct control_request req = { .method = "POST", .uri = uri };
	int r;

	json_decref(body);
	if (!text)
		return cli_error(cli, CLI_FAILED, "out of memory");
	req.body = text;
	req.len = strlen(text);
	r = control_call(cli, &req, ret);
	control_free(text);
	return r;
}

static int save(const struct cli *cli, const struct request *r, char **ret)
{
	char key[KEY_TEXT_MAX], salt[2 * BACKUP_SALT_LEN + 1];
	json_t *body = json_object();
	struct backup_kdf kdf;
	int status = CLI_OK;

	if (r->encrypt) {
		if (backup_kdf_new(&kdf))
			status =
				cli_error(cli, CLI_FAILED, "no random numbers");
		else
			status = make_key(cli, r, &kdf, key);
	}
	if (status) {
		json_decref(body);
		return status;
	}
	if (r->encrypt) {
		backup_hex(kdf.salt, sizeof(kdf.salt), salt);
		json_object_set_new(body, "key", json_string(key));
		json_object_set_new(body, "salt", json_string(salt));
		json_object_set_new(body, "cost", json_integer(kdf.cost));
	}
	explicit_bzero(key, sizeof(key));
	return call(cli, "/backup", body, ret);
}

int cmd_backup_save(struct cli *cli, struct words *w)
{
	struct request req = { 0 };
	char *text = NULL;
	int r = read_request(cli, w, "backup save", &req);

	if (!r)
		r = save(cli, &req, &text);
	explicit_bzero(req.passphrase, sizeof(req.passphrase));
	if (r)
		return r;
	if (strcmp(req.file, "-") == 0)
		fputs(text, stdout);
	else
		r = file_write(cli, req.file, text);
	control_free(text);
	return r;
}

static int restore(const struct cli *cli, const struct request *r,
		   const char *text, char **ret)
{
	json_t *body = json_pack("{s:s}", "backup", text);
	char key[KEY_TEXT_MAX];
	struct backup_kdf kdf;
	bool encrypted;
	int status = CLI_OK;

	if (backup_head(text, &encrypted, &kdf))
		status = cli_error(cli, CLI_FAILED, "%s is no backup", r->file);
	else if (encrypted && !r->encrypt)
		status = cli_error(cli, CLI_USAGE,
				   "%s is encrypted: give its passphrase",
				   r->file);
	else if (encrypted)
		status = make_key(cli, r, &kdf, key);
	if (status) {
		json_decref(body);
		return status;
	}
	if (encrypted)
		json_object_set_new(body, "key", json_string(key));
	explicit_bzero(key, sizeof(key));
	return call(cli, "/restore", body, ret);
}

int cmd_backup_restore(struct cli *cli, struct words *w)
{
	struct request req = { 0 };
	char *text, *answer = NULL;
	size_t len;
	int r = read_request(cli, w, "backup restore", &req);

	if (r)
		return r;
	text = file_read(cli, req.file, 2 * BACKUP_PLAIN_MAX, &len);
	r = text ? restore(cli, &req, text, &answer) : CLI_FAILED;
	control_free(text);
	explicit_bzero(req.passphrase, sizeof(req.passphrase));
	if (r)
		return r;
	if (cli->json)
		puts(answer);
	else
		puts("it is the candidate now; see: ringfence config diff, "
		     "and: ringfence config commit");
	control_free(answer);
	return CLI_OK;
}

void complete_backup(struct words *w)
{
	unsigned int n = 0;

	while (word_peek(w)) {
		word_next(w);
		n++;
	}
	if (n == 1)
		puts("passphrase");
	else
		complete_candidates(CANDIDATES_FILE);
}
