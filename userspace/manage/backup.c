// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Backup and restore: the lines of the configuration with their secrets, and the
 * files of the folder BACKUP_FOLDER beside it. The client makes the key.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backup/folder.h"
#include "backup/seal.h"
#include "base/notify.h"
#include "base/secret.h"
#include "config/edit.h"
#include "manage/internal.h"

#define FORMAT 1
#define PASSPHRASE_WANTED                                              \
	"the backup would hold secrets: give a passphrase that it is " \
	"encrypted with"

/* The key in a request; false: there is a wrong one. */
static bool read_key(const json_t *body, bool *has, uint8_t key[BACKUP_KEY_LEN])
{
	const json_t *value = json_object_get(body, "key");

	*has = value != NULL;
	return !value ||
	       (json_string_value(value) &&
		backup_unhex(json_string_value(value), key, BACKUP_KEY_LEN));
}

static bool read_kdf(const json_t *body, struct backup_kdf *ret)
{
	const json_t *cost = json_object_get(body, "cost");
	const char *salt = json_string_value(json_object_get(body, "salt"));

	ret->cost = (unsigned int)json_integer_value(cost);
	return ret->cost >= BACKUP_COST_MIN && ret->cost <= BACKUP_COST_MAX &&
	       salt && backup_unhex(salt, ret->salt, sizeof(ret->salt));
}

static int read_files(struct call *c, bool *secret, json_t **ret)
{
	int dir =
		store_open_folder(datastore_store(c->ds), BACKUP_FOLDER, false);
	int err;

	if (dir == -ENOENT) {
		*secret = false;
		*ret = json_array();
		return 0;
	}
	if (dir < 0)
		return dir;
	err = folder_read(dir, secret, ret);
	close(dir);
	return err;
}

/* @secret: whether it holds any. The caller wipes and frees. */
static int collect(struct call *c, bool *secret, char **ret)
{
	char *with = NULL, *without = NULL;
	struct config_error err;
	struct datastore_state s;
	json_t *files = NULL;
	bool in_files = false;
	int n;

	datastore_state(c->ds, &s);
	n = config_print(s.running, NULL, 0, CONFIG_PRINT_SECRETS, &with, &err);
	if (!n)
		n = config_print(s.running, NULL, 0, 0, &without, &err);
	if (!n)
		n = read_files(c, &in_files, &files);
	if (!n) {
		json_t *all = json_pack("{s:i, s:s, s:O}", "format", FORMAT,
					"configuration", with, "files", files);

		*secret = in_files || strcmp(with, without) != 0;
		*ret = all ? json_dumps(all, JSON_COMPACT) : NULL;
		json_decref(all);
		n = *ret ? 0 : -ENOMEM;
	}
	if (with)
		secret_free(with, strlen(with));
	free(without);
	json_decref(files);
	return n;
}

static void refuse(struct api_reply *ret, int err)
{
	switch (err) {
	case -EFBIG:
	case -E2BIG:
		api_refuse(ret, 413,
			   "that is too much for a backup: there can be 512 "
			   "files of 512 KiB together");
		break;
	case -ENOMEM:
		api_refuse(ret, 503, "out of memory");
		break;
	case -EBADMSG:
		api_refuse(ret, 400, "this is no backup, or it is damaged");
		break;
	case -EKEYREJECTED:
		api_refuse(ret, 400,
			   "the passphrase is wrong, or the backup is damaged");
		break;
	default:
		api_refuse(ret, 500, strerror(-err));
		break;
	}
}

static void save(struct call *c, const json_t *body, struct api_reply *ret)
{
	uint8_t key[BACKUP_KEY_LEN];
	struct backup_kdf kdf;
	char *plain = NULL, *text = NULL;
	bool has_key, secret = true;
	int err;

	if (!read_key(body, &has_key, key) ||
	    (has_key && !read_kdf(body, &kdf))) {
		api_refuse(ret, 400,
			   "\"key\", \"salt\" and \"cost\" are wrong");
		return;
	}
	err = collect(c, &secret, &plain);
	if (!err && secret && !has_key)
		api_refuse(ret, 400, PASSPHRASE_WANTED);
	else if (!err)
		err = backup_seal(plain, strlen(plain), has_key ? &kdf : NULL,
				  has_key ? key : NULL, &text);
	if (err)
		refuse(ret, err);
	if (text) {
		reply_text(ret, text);
		notify(CONF_BACKUP, c->req->editor.who);
	}
	if (plain)
		secret_free(plain, strlen(plain));
	secret_wipe(key, sizeof(key));
}

void api_backup(struct call *c, struct api_reply *ret)
{
	json_t *body = body_object(c);

	if (body)
		save(c, body, ret);
	else
		reply_errors(ret, c->errs, -EINVAL);
	json_decref(body);
}

/* What is in the backup, checked; NULL: it was said why. */
static json_t *open_backup(struct call *c, const json_t *body,
			   struct api_reply *ret)
{
	const char *text = json_string_value(json_object_get(body, "backup"));
	uint8_t key[BACKUP_KEY_LEN];
	json_t *all = NULL;
	char *plain = NULL;
	bool has_key;
	size_t len;
	int err = -EBADMSG;

	if (text && read_key(body, &has_key, key))
		err = backup_unseal(text, has_key ? key : NULL, &plain, &len);
	secret_wipe(key, sizeof(key));
	if (!err) {
		all = json_loadb(plain, len, JSON_REJECT_DUPLICATES, NULL);
		secret_free(plain, len);
		if (json_integer_value(json_object_get(all, "format")) !=
			    FORMAT ||
		    !json_is_string(json_object_get(all, "configuration")) ||
		    !folder_check(json_object_get(all, "files")))
			err = -EBADMSG;
	}
	if (!err)
		return all;
	refuse(ret, err);
	json_decref(all);
	return NULL;
}

static int load(struct lyd_node **tree, void *arg, struct config_error *errs,
		size_t max_errs)
{
	const char *text = arg;

	return config_edit_text(tree, text, strlen(text), false, errs,
				max_errs);
}

static int write_files(struct call *c, const json_t *files)
{
	int dir, err;

	if (!json_array_size(files))
		return 0;
	dir = store_open_folder(datastore_store(c->ds), BACKUP_FOLDER, true);
	if (dir < 0)
		return dir;
	err = folder_write(dir, files);
	close(dir);
	return err;
}

/* First the candidate, which may be refused, then the files. */
static void restore(struct call *c, const json_t *all, struct api_reply *ret)
{
	const char *text =
		json_string_value(json_object_get(all, "configuration"));
	const json_t *files = json_object_get(all, "files");
	int n = datastore_edit(c->ds, &c->req->editor, c->generation, load,
			       (void *)(uintptr_t)text, c->errs,
			       API_ERRORS_MAX);

	if (n) {
		reply_errors(ret, c->errs, n);
		return;
	}
	n = write_files(c, files);
	if (n) {
		refuse(ret, n);
		return;
	}
	notify(CONF_RESTORE, c->req->editor.who);
	reply_json(ret, 200,
		   json_pack("{s:i}", "files", (int)json_array_size(files)));
}

void api_restore(struct call *c, struct api_reply *ret)
{
	json_t *body = body_object(c);
	json_t *all = body ? open_backup(c, body, ret) : NULL;

	if (!body)
		reply_errors(ret, c->errs, -EINVAL);
	if (all)
		restore(c, all, ret);
	json_decref(all);
	json_decref(body);
}
