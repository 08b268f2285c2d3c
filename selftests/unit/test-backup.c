// SPDX-License-Identifier: GPL-2.0-or-later
/* A backup's file, sealed and opened, damaged and forged; and its folder. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "backup/folder.h"
#include "backup/seal.h"

static const char plain[] = "network lan address 10.0.0.1\npassword hunter2\n";
static const uint8_t key[BACKUP_KEY_LEN] = { 1, 2, 3 };
static const struct backup_kdf kdf = { BACKUP_COST, { 4, 5 } };

static void test_plain(void **state)
{
	struct backup_kdf k;
	bool encrypted = true;
	char *text, *back;
	size_t len;

	assert_int_equal(backup_seal(plain, strlen(plain), NULL, NULL, &text),
			 0);
	assert_int_equal(backup_head(text, &encrypted, &k), 0);
	assert_false(encrypted);
	assert_int_equal(backup_unseal(text, NULL, &back, &len), 0);
	assert_int_equal(len, strlen(plain));
	assert_string_equal(back, plain);
	free(back);
	/* Who expects a key isn't given what anybody can have made. */
	assert_int_equal(backup_unseal(text, key, &back, &len), -EKEYREJECTED);
	free(text);
}

static void test_sealed(void **state)
{
	struct backup_kdf k = { 0 };
	char *text, *again, *back;
	bool encrypted = false;
	size_t len;

	assert_int_equal(backup_seal(plain, strlen(plain), &kdf, key, &text),
			 0);
	assert_null(strstr(text, "hunter"));
	assert_int_equal(backup_head(text, &encrypted, &k), 0);
	assert_true(encrypted);
	assert_memory_equal(&k, &kdf, sizeof(k));
	assert_int_equal(backup_unseal(text, key, &back, &len), 0);
	assert_string_equal(back, plain);
	free(back);
	assert_int_equal(backup_unseal(text, NULL, &back, &len), -EKEYREJECTED);
	/* Never the same nonce. */
	assert_int_equal(backup_seal(plain, strlen(plain), &kdf, key, &again),
			 0);
	assert_string_not_equal(text, again);
	free(again);
	free(text);
}

/*
 * The key is the right one, and the first line good, but not that of this
 * backup: salt, cost and nonce are under the tag too.
 */
static void test_other_head(void **state)
{
	char *text, *back;
	bool encrypted;
	size_t len;
	int n = 0;

	assert_int_equal(backup_seal(plain, strlen(plain), &kdf, key, &text),
			 0);
	for (char *p = text; *p != '\n'; p++) {
		struct backup_kdf k;
		char old = *p;

		*p = old == '1' ? '2' : '1';
		if (!backup_head(text, &encrypted, &k)) {
			assert_int_equal(backup_unseal(text, key, &back, &len),
					 -EKEYREJECTED);
			n++;
		}
		*p = old;
	}
	assert_true(n >= 2 * (BACKUP_SALT_LEN + BACKUP_NONCE_LEN));
	free(text);
}

/* Each character of the file, changed: refused. */
static void test_damaged(void **state)
{
	char *text, *back;
	size_t len, n;

	assert_int_equal(backup_seal(plain, strlen(plain), &kdf, key, &text),
			 0);
	n = strlen(text);
	for (size_t i = 0; i < n; i++) {
		char old = text[i];
		int r;

		if (old == '\n' || old == '=')
			continue;
		/* Of the last one before "=" not all bits count. */
		text[i] = old == 'A' ? 'g' : 'A';
		r = backup_unseal(text, key, &back, &len);
		if (r != -EBADMSG && r != -EKEYREJECTED)
			fail_msg("byte %zu of %s: %d", i, text, r);
		text[i] = old;
	}
	for (size_t i = 0; i < n - 1; i++) {
		char old = text[i];

		text[i] = '\0';
		assert_int_not_equal(backup_unseal(text, key, &back, &len), 0);
		text[i] = old;
	}
	assert_int_equal(backup_unseal(text, key, &back, &len), 0);
	free(back);
	free(text);
}

static void test_heads(void **state)
{
#define SALT  "00112233445566778899aabbccddeeff"
#define NONCE "00112233445566778899aabb"
#define HEAD  "ringfence-backup 1 "
	static const char *const bad[] = {
		"",
		"\n",
		"x",
		HEAD "plain",
		HEAD "plaine\nAAAA",
		"ringfence-backup 2 plain\nAAAA",
		HEAD "scrypt 99 " SALT " aes-256-gcm " NONCE "\nAAAA",
		HEAD "scrypt 1 " SALT " aes-256-gcm " NONCE "\nAAAA",
		HEAD "scrypt 017 " SALT " aes-256-gcm " NONCE "\nAAAA",
		HEAD "scrypt 17 " SALT " aes-128-gcm " NONCE "\nAAAA",
		HEAD "scrypt 17 " SALT "0 aes-256-gcm " NONCE "\nAAAA",
		HEAD "scrypt 17 x" SALT " aes-256-gcm " NONCE "\nAAAA",
		HEAD "scrypt 17 " SALT " aes-256-gcm " NONCE " x\nAAAA",
		HEAD "scrypt 17 " SALT " aes-256-gcm 00\nAAAA",
	};
	struct backup_kdf k;
	bool encrypted;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (backup_head(bad[i], &encrypted, &k) != -EBADMSG)
			fail_msg("%s", bad[i]);
	}
	assert_int_equal(backup_head(HEAD "scrypt 17 " SALT
					  " aes-256-gcm " NONCE "\n",
				     &encrypted, &k),
			 0);
}

/* RFC 7914, 12, has none with our sizes: made with Python's hashlib.scrypt(). */
static void test_key(void **state)
{
	static const uint8_t want[] = { 0xc0, 0xe0, 0x65, 0x4c, 0xbc, 0x76,
					0x91, 0x3b, 0xc3, 0x9e, 0x53, 0x3b,
					0x19, 0xe4, 0x6a, 0x2c, 0xf2, 0x52,
					0x68, 0xbf, 0x1d, 0x80, 0xee, 0x8c,
					0x6e, 0x26, 0xab, 0x9f, 0xa5, 0x85,
					0x1c, 0x42 };
	struct backup_kdf k = { .cost = 14 };
	uint8_t got[BACKUP_KEY_LEN];

	memcpy(k.salt, "0123456789abcdef", 16);
	assert_int_equal(backup_key(&k, "pleaseletmein", got), 0);
	assert_memory_equal(got, want, sizeof(got));
}

static void test_sizes(void **state)
{
	char *big = calloc(1, BACKUP_PLAIN_MAX + 1), *text, *back;
	size_t len;

	memset(big, 'x', BACKUP_PLAIN_MAX);
	assert_int_equal(backup_seal(big, BACKUP_PLAIN_MAX + 1, &kdf, key,
				     &text),
			 -EFBIG);
	assert_int_equal(backup_seal(big, BACKUP_PLAIN_MAX, &kdf, key, &text),
			 0);
	/* It fits into a request of the control socket, newlines escaped. */
	assert_true(strlen(text) + strlen(text) / 64 < 2097152 - 1024);
	assert_int_equal(backup_unseal(text, key, &back, &len), 0);
	assert_int_equal(len, BACKUP_PLAIN_MAX);
	free(back);
	free(text);
	assert_int_equal(backup_seal("", 0, NULL, NULL, &text), 0);
	assert_int_equal(backup_unseal(text, NULL, &back, &len), 0);
	assert_int_equal(len, 0);
	free(back);
	free(text);
	assert_int_equal(backup_seal("", 0, &kdf, key, &text), 0);
	assert_int_equal(backup_unseal(text, key, &back, &len), 0);
	assert_int_equal(len, 0);
	free(back);
	free(text);
	free(big);
}

static char dir[] = "/tmp/test-backup-XXXXXX";

static void put(int at, const char *name, const char *text)
{
	int fd = openat(at, name, O_WRONLY | O_CREAT, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void assert_file(int at, const char *name, const char *want)
{
	char got[256] = "";
	struct stat st;
	int fd = openat(at, name, O_RDONLY);

	assert_true(fd >= 0);
	assert_true(read(fd, got, sizeof(got) - 1) >= 0);
	assert_string_equal(got, want);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	close(fd);
}

#define PUBLIC "-----BEGIN CERTIFICATE-----\nMII\n"

static void test_folder(void **state)
{
	int from, to;
	bool secret = true;
	json_t *list;

	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	mkdir("from", 0700);
	mkdir("to", 0700);
	from = open("from", O_RDONLY | O_DIRECTORY);
	to = open("to", O_RDONLY | O_DIRECTORY);
	mkdirat(from, "host", 0700);
	put(from, "ca.pem", PUBLIC);
	put(from, ".hidden", "no");
	put(from, "empty", "");
	assert_int_equal(symlink("/etc/passwd", "from/link"), 0);
	unlinkat(from, "empty", 0);
	assert_int_equal(folder_read(from, &secret, &list), 0);
	assert_int_equal(json_array_size(list), 1);
	assert_false(secret);
	json_decref(list);
	/* It may be a key in DER. */
	put(from, "der", "0w");
	assert_int_equal(folder_read(from, &secret, &list), 0);
	assert_true(secret);
	json_decref(list);
	unlinkat(from, "der", 0);
	put(from, "host/own.pem", PUBLIC "-----BEGIN PRIVATE KEY-----\n");
	assert_int_equal(folder_read(from, &secret, &list), 0);
	assert_true(secret);
	json_decref(list);
	unlinkat(from, "host/own.pem", 0);
	put(from, "host/own.pem", "-----BEGIN PRIVATE KEY-----\n");
	put(from, "empty", "");
	assert_int_equal(folder_read(from, &secret, &list), 0);
	assert_int_equal(json_array_size(list), 3);
	assert_true(secret);
	assert_true(folder_check(list));
	assert_int_equal(symlink("../from", "to/host"), 0);
	assert_true(folder_write(to, list) < 0);
	unlinkat(to, "host", 0);
	put(to, "ca.pem", "old");
	put(to, "kept", "kept");
	fchmodat(to, "kept", 0600, 0);
	assert_int_equal(folder_write(to, list), 0);
	assert_file(to, "ca.pem", PUBLIC);
	assert_file(to, "host/own.pem", "-----BEGIN PRIVATE KEY-----\n");
	assert_file(to, "empty", "");
	assert_file(to, "kept", "kept");
	json_decref(list);
	close(from);
	close(to);
	assert_int_equal(system("rm -rf from to"), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void test_bad_lists(void **state)
{
	static const char *const bad[] = {
		"{}",
		"[1]",
		"[{}]",
		"[{\"name\":\"a\"}]",
		"[{\"name\":\"../a\",\"data\":\"\"}]",
		"[{\"name\":\"/a\",\"data\":\"\"}]",
		"[{\"name\":\"a/../b\",\"data\":\"\"}]",
		"[{\"name\":\"a/.b\",\"data\":\"\"}]",
		"[{\"name\":\"a/b/c\",\"data\":\"\"}]",
		"[{\"name\":\"a/\",\"data\":\"\"}]",
		"[{\"name\":\"\",\"data\":\"\"}]",
		"[{\"name\":\".a\",\"data\":\"\"}]",
		"[{\"name\":\"a\\nb\",\"data\":\"\"}]",
		"[{\"name\":\"a\",\"data\":\"%%%\"}]",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json_t *list = json_loads(bad[i], 0, NULL);

		assert_non_null(list);
		if (folder_check(list))
			fail_msg("%s", bad[i]);
		json_decref(list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_sealed),
		cmocka_unit_test(test_other_head),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_bad_lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
