// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A backup's file: any text is opened or refused. What is opened without a key
 * gives the same again; its list of files is good or refused.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backup/folder.h"
#include "backup/seal.h"

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void check_plain(const char *plain, size_t len)
{
	json_t *list = json_loadb(plain, len, 0, NULL);
	char *text, *again;
	size_t n;

	folder_check(list);
	json_decref(list);
	require(!backup_seal(plain, len, NULL, NULL, &text));
	require(!backup_unseal(text, NULL, &again, &n));
	require(n == len && !memcmp(plain, again, n));
	free(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t key[BACKUP_KEY_LEN] = { 1 };
	char *text = strndup((const char *)data, len), *plain = NULL;
	struct backup_kdf kdf;
	bool encrypted;
	size_t n;

	require(text != NULL);
	if (!backup_head(text, &encrypted, &kdf))
		require(!encrypted || (kdf.cost >= BACKUP_COST_MIN &&
				       kdf.cost <= BACKUP_COST_MAX));
	/* No fuzzer finds a tag. */
	require(backup_unseal(text, key, &plain, &n) != 0);
	if (!backup_unseal(text, NULL, &plain, &n)) {
		check_plain(plain, n);
		free(plain);
	}
	/* The list by itself is found sooner. */
	check_plain(text, strlen(text));
	free(text);
	return 0;
}
