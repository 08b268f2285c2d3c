// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes are a rule file or are refused with a sentence. A file that is one,
 * printed, is the same rule set again, and so is the message it makes.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/rules_msg.h"

static void require(int condition)
{
	if (!condition)
		abort();
}

static char *printed(const struct rgf_rules *r, size_t *len)
{
	char *text;
	FILE *f = open_memstream(&text, len);

	require(f != NULL);
	rgf_rules_print(r, f);
	fclose(f);
	return text;
}

static void print_again(const struct rgf_rules *r)
{
	char error[RGF_RULES_ERROR_MAX] = "";
	size_t len, again_len;
	unsigned int line;
	struct rgf_rules *same;
	char *text = printed(r, &len), *again;

	require(!rgf_rules_parse(text, len, &same, &line, error));
	again = printed(same, &again_len);
	require(len == again_len && !memcmp(text, again, len));
	rgf_rules_free(same);
	free(text);
	free(again);
}

static void make_message(const struct rgf_rules *r)
{
	size_t size = rgf_rules_msg_size(r);
	struct nlmsghdr *nlh = malloc(size);

	require(nlh != NULL);
	rgf_put_request(nlh, 30, RINGFENCE_CMD_RULES_SET, 0, 1);
	rgf_put_rules(nlh, r, 60);
	require(nlh->nlmsg_len <= size);
	free(nlh);
}

/* As a message of a dump, too: the kernel could be another one. */
static void read_message(const uint8_t *data, size_t len)
{
	_Alignas(struct nlmsghdr) uint8_t buf[4096 + NLMSG_HDRLEN];
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	struct rgf_rules *r = rgf_rules_new();

	require(r != NULL);
	memset(nlh, 0, NLMSG_HDRLEN);
	memcpy(buf + NLMSG_HDRLEN, data, len);
	nlh->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + len);
	if (!rgf_read_rules_part(nlh, r)) {
		char text[RGF_RULE_TEXT_MAX];

		for (size_t i = 0; i < r->n_rules; i++)
			require(strlen(rgf_rule_text(&r->rules[i], text)) <
				sizeof(text));
	}
	rgf_read_rules(nlh, r);
	rgf_rules_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char error[RGF_RULES_ERROR_MAX] = "";
	struct rgf_rules *r;
	unsigned int line;
	int err;

	if (len > 4096)
		return 0;
	read_message(data, len);
	err = rgf_rules_parse((const char *)data, len, &r, &line, error);
	if (err) {
		require(err == -EINVAL && *error &&
			strlen(error) < sizeof(error));
		return 0;
	}
	print_again(r);
	make_message(r);
	rgf_rules_free(r);
	return 0;
}
