// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The calls of the control socket: each with each role, no secret for those who
 * may not see it, and what is said of wrong requests.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "conf-file.h"
#include "config/edit.h"
#include "manage/api.h"
#include "manage/peer.h"
#include "manage/registrations.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define SECRET	      "hunter2"
#define START	      "first at 5\npassword " SECRET "\nstep a pin " SECRET "x\n"

static struct datastore *ds;
static struct api_reply reply;
static enum config_role role;
static const char *session = "1";

static int prepare(const struct lyd_node *old, const struct lyd_node *fresh,
		   struct config_error *err)
{
	return 0;
}

static void nothing(void)
{
}

static void no_timer(unsigned int seconds)
{
}

static const struct datastore_ops ops = { prepare, nothing, nothing, no_timer };

static json_t *extensions(void)
{
	return json_pack("{s:s, s:[{s:s}, {s:s}]}", "policy", "none",
			 "extensions", "extension", "no", "extension", "yes");
}

/* There is one call, 7. */
static json_t *one_call(uint32_t number)
{
	return number == 7 ? json_object() : NULL;
}

static int end_call(uint32_t number, const char *who)
{
	return number == 7 ? 0 : -ENOENT;
}

static const struct api_sip sip = {
	.gateways = json_array,
	.extensions = extensions,
	.calls = json_array,
	.call = one_call,
	.hang_up = end_call,
};

static json_t *list_registrations(void)
{
	return json_pack("[{s:s}]", "extension", "yes");
}

/* "yes" has two, and another one has three. */
static unsigned int end_registrations(const char *extension)
{
	if (!extension)
		return 5;
	return strcmp(extension, "yes") ? 0 : 2;
}

static const struct api_registrations registrar = { list_registrations,
						    list_registrations,
						    end_registrations };

static int setup(void **state)
{
	struct config_error err;

	api_set_sip(&sip);
	api_set_registrations(&registrar);
	conf_write(START);
	assert_int_equal(datastore_new(conf_file, &ops, &ds), 0);
	assert_int_equal(datastore_start(ds, &err, 1), 0);
	role = CONFIG_ROLE_ADMIN;
	session = "1";
	memset(&reply, 0, sizeof(reply));
	return 0;
}

static int teardown(void **state)
{
	api_reply_free(&reply);
	datastore_free(ds);
	return 0;
}

/* Whatever it was: an answer with the right shape, and no secret in it. */
static void check_reply(bool secrets)
{
	assert_non_null(reply.body);
	assert_int_equal(strlen(reply.body), reply.len);
	if (!secrets)
		assert_null(strstr(reply.body, SECRET));
	if (reply.status != 200) {
		json_t *json = json_loads(reply.body, 0, NULL);
		const json_t *e =
			json_array_get(json_object_get(json, "errors"), 0);

		assert_non_null(json_object_get(json, "count"));
		assert_true(json_string_length(json_object_get(e, "text")) > 0);
		assert_non_null(json_object_get(e, "path"));
		assert_non_null(json_object_get(e, "line"));
		json_decref(json);
	}
}

static int call_with(const char *method, const char *uri, const char *body,
		     const char *type, const char *if_match)
{
	struct api_request req = {
		.method = method,
		.uri = uri,
		.type = type,
		.if_match = if_match,
		.body = body,
		.len = strlen(body),
		.editor = { .role = role, .who = "somebody" },
	};

	strcpy(req.editor.session, session);
	api_reply_free(&reply);
	api_handle(ds, 7, &req, &reply);
	check_reply(role == CONFIG_ROLE_ADMIN && strstr(uri, "secrets"));
	return reply.status;
}

static int call(const char *method, const char *uri, const char *body)
{
	return call_with(method, uri, body, NULL, NULL);
}

#define EDIT(verb, words) "{\"commands\":[{\"" verb "\":[" words "]}]}"
#define SET_AT(n)	  EDIT("set", "\"first\",\"at\",\"" n "\"")

/* In this order; the statuses for nobody, read-only, operator, admin. */
static const struct {
	const char *method, *uri, *body;
	int status[4];
} calls[] = {
	{ "GET", "/config/running", "", { 403, 200, 200, 200 } },
	{ "GET", "/config/running?format=json", "", { 403, 200, 200, 200 } },
	{ "GET", "/config/running?defaults=1", "", { 403, 200, 200, 200 } },
	{ "GET", "/config/running?secrets=1", "", { 403, 403, 403, 200 } },
	{ "GET",
	  "/config/running?format=json&secrets=1",
	  "",
	  { 403, 403, 403, 200 } },
	{ "GET", "/config/running?path=password", "", { 403, 200, 200, 200 } },
	{ "GET", "/config/candidate", "", { 403, 200, 200, 200 } },
	{ "GET", "/config/candidate?secrets=1", "", { 403, 403, 403, 200 } },
	{ "GET", "/config/diff", "", { 403, 200, 200, 200 } },
	{ "GET", "/config/state", "", { 403, 200, 200, 200 } },
	{ "GET", "/config/history", "", { 403, 200, 200, 200 } },
	{ "GET", "/log", "", { 403, 200, 200, 200 } },
	/* It would hold secrets. */
	{ "POST", "/backup", "{}", { 403, 403, 403, 400 } },
	{ "POST",
	  "/restore",
	  "{\"backup\":\"ringfence-backup 1 plain\\ne30=\"}",
	  { 403, 403, 403, 400 } },
	{ "GET",
	  "/log?after=3&service=Conf&severity=notice",
	  "",
	  { 403, 200, 200, 200 } },
	{ "POST", "/config/edit", SET_AT("6"), { 403, 403, 200, 200 } },
	{ "GET", "/config/diff", "", { 403, 200, 200, 200 } },
	{ "POST",
	  "/config/edit",
	  EDIT("set", "\"password\",\"x\""),
	  { 403, 403, 403, 200 } },
	{ "POST",
	  "/config/edit",
	  EDIT("del", "\"password\""),
	  { 403, 403, 403, 200 } },
	{ "POST",
	  "/config/edit",
	  EDIT("set", "\"rule\",\"x\""),
	  { 403, 403, 403, 200 } },
	{ "PATCH", "/config/candidate", "first at 7", { 403, 403, 200, 200 } },
	{ "PATCH", "/config/candidate", "password y", { 403, 403, 403, 200 } },
	/* Without the secrets, which an operator can't know. */
	{ "PUT", "/config/candidate", "first at 8", { 403, 403, 403, 200 } },
	{ "POST", "/config/take", "", { 403, 403, 200, 200 } },
	{ "DELETE", "/config/candidate", "", { 403, 403, 200, 200 } },
	{ "POST", "/config/edit", SET_AT("9"), { 403, 403, 200, 200 } },
	{ "POST", "/config/commit", "", { 403, 403, 200, 200 } },
	{ "POST", "/config/rollback", "{\"back\":1}", { 403, 403, 200, 200 } },
	{ "POST",
	  "/config/commit",
	  "{\"confirmed\":9}",
	  { 403, 403, 200, 200 } },
	{ "POST", "/config/confirm", "", { 403, 403, 200, 200 } },
	{ "GET", "/certificates?store=host", "", { 403, 200, 200, 200 } },
	{ "POST", "/certificates/reload", "", { 403, 403, 403, 200 } },
	{ "GET", "/state", "", { 403, 200, 200, 200 } },
	{ "GET", "/registrations", "", { 403, 200, 200, 200 } },
	{ "DELETE", "/registrations", "", { 403, 403, 400, 400 } },
	{ "DELETE", "/registrations?extension=no", "", { 403, 403, 404, 404 } },
	{ "DELETE",
	  "/registrations?extension=yes",
	  "",
	  { 403, 403, 200, 200 } },
	{ "GET", "/gateways", "", { 403, 200, 200, 200 } },
	{ "DELETE", "/registrations?all=1", "", { 403, 403, 200, 200 } },
	{ "GET", "/extensions", "", { 403, 200, 200, 200 } },
	{ "GET", "/extensions?extension=yes", "", { 403, 200, 200, 200 } },
	{ "GET", "/calls", "", { 403, 200, 200, 200 } },
	{ "GET", "/calls?id=7", "", { 403, 200, 200, 200 } },
	{ "DELETE", "/calls?id=7", "", { 403, 403, 200, 200 } },
	/* There is no file for it. */
	{ "POST", "/keylog", "{\"seconds\":9}", { 403, 403, 403, 404 } },
	{ "DELETE", "/keylog", "", { 403, 403, 403, 200 } },
	/* There is no store. */
	{ "DELETE",
	  "/certificates?store=host&name=x",
	  "",
	  { 403, 403, 403, 404 } },
	{ "POST",
	  "/certificates/import?store=host&name=x&certificate=1",
	  "x",
	  { 403, 403, 403, 404 } },
	{ "POST",
	  "/certificates/request",
	  "{\"name\":\"x\",\"cn\":\"x\"}",
	  { 403, 403, 403, 404 } },
	{ "POST", "/config/nothing", "", { 403, 404, 404, 404 } },
	{ "POST", "/config/diff", "", { 403, 405, 405, 405 } },
};

static void test_registrations(void **state)
{
	assert_int_equal(call("GET", "/extensions?extension=yes", ""), 200);
	assert_string_equal(reply.body, "{\"extension\":\"yes\","
					"\"registrations\":[{\"extension\":"
					"\"yes\"}]}");
	assert_int_equal(call("GET", "/extensions?extension=no", ""), 200);
	assert_string_equal(reply.body, "{\"extension\":\"no\","
					"\"registrations\":[]}");
	assert_int_equal(call("DELETE", "/registrations?extension=yes", ""),
			 200);
	assert_string_equal(reply.body, "{\"ended\":2}");
	assert_int_equal(call("DELETE", "/registrations?all=1", ""), 200);
	assert_string_equal(reply.body, "{\"ended\":5}");
}

static void test_roles(void **state)
{
	for (int r = 0; r < 4; r++) {
		teardown(state);
		setup(state);
		role = (enum config_role)r;
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			int got = call(calls[i].method, calls[i].uri,
				       calls[i].body);

			if (got != calls[i].status[r])
				fail_msg("role %d, %s %s %s: %d: %s", r,
					 calls[i].method, calls[i].uri,
					 calls[i].body, got, reply.body);
		}
	}
}

/* Is it tried with each role? */
static bool is_tried(const char *method, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		const char *end = calls[i].uri + len;

		if (!strcmp(calls[i].method, method) &&
		    !strncmp(calls[i].uri, path, len) && (!*end || *end == '?'))
			return true;
	}
	return false;
}

/* A call that is added must be tried, too: the source says which there are. */
static void test_all_calls(void **state)
{
	FILE *f = fopen(API_C, "r");
	char line[256], method[16], path[64];
	unsigned int n = 0;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, " { \"%15[A-Z]\", \"%63[^\"]\"", method,
			   path) != 2)
			continue;
		if (!is_tried(method, path))
			fail_msg("%s %s isn't in calls[]", method, path);
		n++;
	}
	fclose(f);
	assert_in_range(n, 30, 100);
}

/* Nor in what others see of an administrator's doings. */
static void test_secrets(void **state)
{
	static const char *const uris[] = {
		"/config/running",
		"/config/candidate",
		"/config/candidate?format=json&defaults=1",
		"/config/candidate?path=step%20a",
		"/config/diff",
		"/config/state",
		"/config/history",
	};

	assert_int_equal(call("PATCH", "/config/candidate",
			      "password " SECRET "new\nstep b pin " SECRET),
			 200);
	for (int r = CONFIG_ROLE_READ_ONLY; r <= CONFIG_ROLE_ADMIN; r++) {
		role = (enum config_role)r;
		for (size_t i = 0; i < ARRAY_SIZE(uris); i++)
			assert_int_equal(call("GET", uris[i], ""), 200);
	}
	assert_int_equal(call("GET", "/config/candidate?secrets=1", ""), 200);
	assert_non_null(strstr(reply.body, "password " SECRET "new\n"));
	assert_int_equal(call("GET", "/config/candidate", ""), 200);
	assert_string_equal(reply.body,
			    "first at 5\n# password (secret, not shown)\n"
			    "# step a pin (secret, not shown)\n"
			    "# step b pin (secret, not shown)\n");
	/* A wrong secret isn't repeated to who sent it either. */
	assert_int_equal(call("POST", "/config/edit",
			      EDIT("set", "\"password\",\"a\",\"b\"")),
			 400);
}

/* What is wrong, and a part of what is said of it. */
static const struct {
	const char *method, *uri, *body, *type, *if_match;
	int status;
	const char *said;
} wrong[] = {
	{ "GET", "/config/running?path=nonsense", "", NULL, NULL, 400,
	  "unknown word" },
	{ "GET", "/config/running?path=%22x", "", NULL, NULL, 400,
	  "end the quoted value" },
	{ "GET", "/config/running?path=%0a", "", NULL, NULL, 400,
	  "control character" },
	{ "GET", "http://[", "", NULL, NULL, 400, "can't be understood" },
	{ "GET", "/config/running?a=b=c&&", "", NULL, NULL, 400,
	  "can't be understood" },
	{ "GET", "/", "", NULL, NULL, 404, "no such call" },
	{ "GET", "/log?severity=loud", "", NULL, NULL, 400, "severity is one" },
	{ "POST", "/log", "", NULL, NULL, 405, "no such method" },
	{ "GET", "/extensions?extension=x", "", NULL, NULL, 404,
	  "no such extension" },
	{ "GET", "/extensions?extension=", "", NULL, NULL, 404,
	  "no such extension" },
	{ "DELETE", "/registrations", "", NULL, NULL, 400, "give " },
	{ "DELETE", "/registrations?extension=yes&all=1", "", NULL, NULL, 400,
	  "give " },
	{ "GET", "/calls?id=8", "", NULL, NULL, 404, "no such call" },
	{ "GET", "/calls?id=", "", NULL, NULL, 404, "no such call" },
	{ "GET", "/calls?id=7x", "", NULL, NULL, 404, "no such call" },
	{ "GET", "/calls?id=4294967303", "", NULL, NULL, 404, "no such call" },
	{ "DELETE", "/calls", "", NULL, NULL, 404, "no such call" },
	{ "DELETE", "/calls?id=-7", "", NULL, NULL, 404, "no such call" },
	{ "POST", "/backup", "[]", NULL, NULL, 400, "a JSON object" },
	{ "POST", "/backup", "{\"key\":\"00\"}", NULL, NULL, 400, "are wrong" },
	{ "POST", "/restore", "{}", NULL, NULL, 400, "no backup" },
	{ "POST", "/restore", "{\"backup\":1}", NULL, NULL, 400, "no backup" },
	{ "", "/config/running", "", NULL, NULL, 405, "no such method" },
	{ "PUT", "/config/candidate", "x", "image/png", NULL, 415,
	  "send text/plain" },
	{ "PUT", "/config/candidate", "a\nb\n", "text/plain", NULL, 400,
	  "\"count\":2" },
	{ "PUT", "/config/candidate", "{", "application/yang-data+json", NULL,
	  400, "no JSON" },
	{ "POST", "/config/edit", "", NULL, NULL, 400, "must be an array" },
	{ "POST", "/config/edit", "[]", NULL, NULL, 400, "JSON object" },
	{ "POST", "/config/edit", "nonsense", NULL, NULL, 400, "no JSON" },
	{ "POST", "/config/edit", "{\"commands\":{}}", NULL, NULL, 400,
	  "must be an array" },
	{ "POST", "/config/edit", "{\"commands\":[]}", NULL, NULL, 400,
	  "must be an array" },
	{ "POST", "/config/edit", "{\"commands\":[1]}", NULL, NULL, 400,
	  "a command is" },
	{ "POST", "/config/edit", EDIT("add", "\"x\""), NULL, NULL, 400,
	  "a command is" },
	{ "POST", "/config/edit",
	  "{\"commands\":[{\"set\":[\"x\"],\"del\":[\"x\"]}]}", NULL, NULL, 400,
	  "a command is" },
	{ "POST", "/config/edit", EDIT("set", ""), NULL, NULL, 400,
	  "1 to 16 words" },
	{ "POST", "/config/edit", EDIT("set", "5"), NULL, NULL, 400,
	  "a word is a string" },
	{ "POST", "/config/edit", EDIT("set", "\"password\",\"a\\nb\""), NULL,
	  NULL, 400, "control character 0x0a" },
	{ "POST", "/config/edit", EDIT("del", "\"rule\""), NULL, NULL, 404,
	  "it is not set" },
	{ "POST", "/config/edit", SET_AT("6"), NULL, "x", 400, "If-Match" },
	{ "POST", "/config/edit", SET_AT("6"), NULL, "99999999999999999999",
	  400, "If-Match" },
	{ "POST", "/config/edit", SET_AT("6"), NULL, "\"77\"", 412,
	  "has changed since" },
	{ "POST", "/config/commit", "", NULL, NULL, 404, "nothing to commit" },
	{ "POST", "/config/commit", "{\"confirmed\":-1}", NULL, NULL, 400,
	  "0 to 86400" },
	{ "POST", "/config/commit", "{\"confirmed\":\"1\"}", NULL, NULL, 400,
	  "0 to 86400" },
	{ "POST", "/config/commit", "{\"comment\":1}", NULL, NULL, 400,
	  "a text" },
	{ "POST", "/config/confirm", "", NULL, NULL, 404, "no commit waits" },
	{ "POST", "/config/rollback", "{}", NULL, NULL, 400, "0 to 20" },
	{ "POST", "/config/rollback", "{\"back\":21}", NULL, NULL, 400,
	  "0 to 20" },
	{ "POST", "/config/rollback", "{\"back\":5}", NULL, NULL, 404,
	  "no commit 5" },
	{ "POST", "/config/take", "", NULL, NULL, 404, "no candidate" },
	{ "DELETE", "/config/candidate", "", NULL, NULL, 404, "no candidate" },
	{ "POST", "/keylog", "{}", NULL, NULL, 400, "1 to 86400" },
	{ "POST", "/keylog", "{\"seconds\":86401}", NULL, NULL, 400,
	  "1 to 86400" },
	{ "GET", "/certificates", "", NULL, NULL, 400, "give a store" },
	{ "GET", "/certificates?store=x", "", NULL, NULL, 400, "give a store" },
	{ "DELETE", "/certificates?store=host", "", NULL, NULL, 400,
	  "and a name" },
	{ "POST", "/certificates/import?store=host&name=x", "x", NULL, NULL,
	  400, "lengths of the parts" },
	{ "POST", "/certificates/import?store=host&name=x&certificate=2", "x",
	  NULL, NULL, 400, "lengths of the parts" },
	{ "POST", "/certificates/import?store=host&name=x&certificate=1", "xy",
	  NULL, NULL, 400, "lengths of the parts" },
	{ "POST",
	  "/certificates/import?store=host&name=x&certificate=1&"
	  "key=18446744073709551615",
	  "xy", NULL, NULL, 400, "lengths of the parts" },
	{ "POST", "/certificates/request", "", NULL, NULL, 400, "give " },
	{ "POST", "/certificates/request", "{\"name\":\"x\"}", NULL, NULL, 400,
	  "give " },
	{ "POST", "/certificates/request",
	  "{\"name\":\"x\",\"cn\":\"x\",\"key\":\"rsa512\"}", NULL, NULL, 400,
	  "give " },
	{ "POST", "/certificates/request",
	  "{\"name\":\"x\",\"cn\":\"x\",\"names\":[1]}", NULL, NULL, 400,
	  "give " },
	{ "POST", "/certificates/request",
	  "{\"name\":\"x\",\"cn\":\"x\",\"days\":9999}", NULL, NULL, 400,
	  "give " },
};

static void test_wrong(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		int got = call_with(wrong[i].method, wrong[i].uri,
				    wrong[i].body, wrong[i].type,
				    wrong[i].if_match);

		if (got != wrong[i].status ||
		    !strstr(reply.body, wrong[i].said))
			fail_msg("%s %s %s: %d: %s", wrong[i].method,
				 wrong[i].uri, wrong[i].body, got, reply.body);
	}
	assert_int_equal(call("GET", "/config/diff", ""), 200);
	assert_string_equal(reply.body, "");
}

/* One command of many is wrong: none is done, and it is said which. */
static void test_all_or_none(void **state)
{
	assert_int_equal(call("POST", "/config/edit",
			      "{\"commands\":[{\"set\":[\"first\",\"at\","
			      "\"6\"]},{\"del\":[\"password\"]},"
			      "{\"set\":[\"first\",\"at\",\"1\"]}]}"),
			 400);
	assert_non_null(strstr(reply.body, "\"line\":3,\"path\":\"first at\""));
	assert_int_equal(call("GET", "/config/state", ""), 200);
	assert_non_null(strstr(reply.body, "\"candidate\":null"));
}

static void test_editors(void **state)
{
	assert_int_equal(call("POST", "/config/edit", SET_AT("6")), 200);
	assert_string_equal(reply.body, "{\"generation\":2,\"commit\":0}");
	session = "2";
	assert_int_equal(call("POST", "/config/edit", SET_AT("7")), 409);
	assert_non_null(strstr(reply.body, "somebody (session 1)"));
	assert_int_equal(call("POST", "/config/commit", ""), 409);
	assert_int_equal(call("DELETE", "/config/candidate", ""), 409);
	assert_int_equal(call("GET", "/config/diff", ""), 200);
	assert_string_equal(reply.body, "- first at 5\n+ first at 6\n");
	assert_int_equal(call("POST", "/config/take", ""), 200);
	session = "1";
	assert_int_equal(call("POST", "/config/commit", ""), 409);
	session = "2";
	assert_int_equal(call_with("POST", "/config/commit",
				   "{\"confirmed\":9,\"comment\":\"try\"}",
				   NULL, "\"3\""),
			 200);
	assert_int_equal(call("GET", "/config/state", ""), 200);
	assert_string_equal(
		reply.body,
		"{\"generation\":4,\"candidate\":null,\"unconfirmed\":"
		"{\"who\":\"somebody\",\"seconds\":7},\"you\":{\"who\":"
		"\"somebody\",\"session\":\"2\",\"role\":\"admin\"}}");
	assert_int_equal(call("POST", "/config/confirm", ""), 200);
	assert_string_equal(reply.body, "{\"generation\":5,\"commit\":2}");
	assert_int_equal(call("GET", "/config/history", ""), 200);
	assert_string_equal(reply.body,
			    "[{\"back\":1,\"number\":1,\"when\":\"\",\"who\":"
			    "\"\",\"comment\":\"\"}]");
}

static void test_many_errors(void **state)
{
	char lines[100 * 9 + 1] = "";

	for (int i = 0; i < 100; i++)
		strcat(lines, "nonsense\n");
	assert_int_equal(call("PUT", "/config/candidate", lines), 400);
	assert_non_null(strstr(reply.body, "\"count\":100"));
	assert_non_null(strstr(reply.body, "\"line\":32,"));
	assert_null(strstr(reply.body, "\"line\":33,"));
}

static void test_peer_role(void **state)
{
	static const struct peer_groups g = { 10, 20, 30 };
	static const struct peer_groups none = { PEER_NO_GROUP, PEER_NO_GROUP,
						 PEER_NO_GROUP };
	static const struct {
		uid_t uid;
		gid_t gids[3];
		enum config_role role;
	} cases[] = {
		{ 0, { 1, 2, 3 }, CONFIG_ROLE_ADMIN },
		{ 1000, { 1, 2, 3 }, CONFIG_ROLE_NONE },
		{ 1000, { 1, 2, 30 }, CONFIG_ROLE_READ_ONLY },
		{ 1000, { 1, 20, 30 }, CONFIG_ROLE_OPERATOR },
		{ 1000, { 30, 20, 10 }, CONFIG_ROLE_ADMIN },
		{ 1000, { 0, 0, 0 }, CONFIG_ROLE_NONE },
	};
	const gid_t no_group = PEER_NO_GROUP;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(peer_role(&g, cases[i].uid, cases[i].gids, 3),
				 cases[i].role);
	assert_int_equal(peer_role(&none, 1000, &no_group, 1),
			 CONFIG_ROLE_NONE);
	assert_int_equal(peer_role(&g, 1000, NULL, 0), CONFIG_ROLE_NONE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_roles),	  TEST(test_secrets),
		TEST(test_all_calls),	  TEST(test_wrong),
		TEST(test_all_or_none),	  TEST(test_editors),
		TEST(test_many_errors),	  TEST(test_peer_role),
		TEST(test_registrations),
	};

	return cmocka_run_group_tests(tests, conf_group_setup,
				      conf_group_teardown);
}
