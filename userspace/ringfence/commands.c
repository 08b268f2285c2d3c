// SPDX-License-Identifier: GPL-2.0-or-later
/* What commands there are, and what they say of themselves. */
#include <stdio.h>
#include <string.h>

#include "ringfence/cli.h"
#include "ringfence/complete.h"
#include "ringfence/control.h"
#include "ringfence/print.h"

struct command {
	const char *name;
	const char *args;
	const char *help; /* NULL: not for people */
	int (*run)(struct cli *cli, struct words *w);
	const struct command *sub; /* instead of run */
	bool change; /* may wait in a batch */
	void (*complete)(struct words *w); /* NULL: no word follows */
};

static int cmd_complete(struct cli *cli, struct words *w);

static const struct command session_commands[] = {
	{ .name = "add",
	  .args = "[id NUMBER] [label TEXT] [idle-timeout SECONDS] "
		  "[flags LIST] a LEG b LEG",
	  .help = "create a session and print its id",
	  .run = cmd_session_add,
	  .change = true,
	  .complete = complete_session },
	{ .name = "set",
	  .args = "id NUMBER [label TEXT] [idle-timeout SECONDS] "
		  "[flags LIST] [a LEG] [b LEG]",
	  .help = "change what is named and keep the rest",
	  .run = cmd_session_set,
	  .change = true,
	  .complete = complete_session },
	{ .name = "del",
	  .args = "id NUMBER | all",
	  .help = "remove a session, or all",
	  .run = cmd_session_del,
	  .change = true,
	  .complete = complete_del },
	{ .name = "list",
	  .args = "",
	  .help = "a line for each leg of each session",
	  .run = cmd_session_list },
	{ .name = "show",
	  .args = "id NUMBER",
	  .help = "all about one session",
	  .run = cmd_session_show,
	  .complete = complete_show },
	{ 0 },
};

static const struct command config_commands[] = {
	{ .name = "show",
	  .args = "[candidate] [all] [PATH]",
	  .help = "what is set; with all, the defaults too",
	  .run = cmd_config_show,
	  .complete = complete_config_show },
	{ .name = "set",
	  .args = "PATH VALUE",
	  .help = "set a parameter in the candidate",
	  .run = cmd_config_set,
	  .complete = complete_config_path },
	{ .name = "del",
	  .args = "PATH",
	  .help = "remove from the candidate",
	  .run = cmd_config_del,
	  .complete = complete_config_path },
	{ .name = "diff",
	  .args = "",
	  .help = "what a commit would change",
	  .run = cmd_config_diff },
	{ .name = "commit",
	  .args = "[confirmed SECONDS] [comment TEXT]",
	  .help = "apply the candidate, as a whole or not at all",
	  .run = cmd_config_commit,
	  .complete = complete_config_commit },
	{ .name = "confirm",
	  .args = "",
	  .help = "keep what would be undone",
	  .run = cmd_config_confirm },
	{ .name = "rollback",
	  .args = "NUMBER",
	  .help = "make an earlier configuration the candidate",
	  .run = cmd_config_rollback },
	{ .name = "history",
	  .args = "",
	  .help = "the commits that there were",
	  .run = cmd_config_history },
	{ .name = "discard",
	  .args = "",
	  .help = "forget the candidate",
	  .run = cmd_config_discard },
	{ .name = "take",
	  .args = "",
	  .help = "go on with what another one has changed",
	  .run = cmd_config_take },
	{ .name = "load",
	  .args = "FILE [merge]",
	  .help = "make a file the candidate, or add it",
	  .run = cmd_config_load,
	  .complete = complete_config_load },
	{ .name = "save",
	  .args = "FILE",
	  .help = "write what is set to a file",
	  .run = cmd_config_save,
	  .complete = complete_config_save },
	{ .name = "help",
	  .args = "[PATH]",
	  .help = "what there is to set",
	  .run = cmd_config_help,
	  .complete = complete_config_path },
	{ 0 },
};

static const struct command call_commands[] = {
	{ .name = "list",
	  .args = "",
	  .help = "a line for each call",
	  .run = cmd_call_list },
	{ .name = "show",
	  .args = "ID",
	  .help = "all about one call",
	  .run = cmd_call_show,
	  .complete = complete_call },
	{ .name = "hangup",
	  .args = "ID",
	  .help = "end a call",
	  .run = cmd_call_hangup,
	  .complete = complete_call },
	{ 0 },
};

static const struct command gateway_commands[] = {
	{ .name = "list",
	  .args = "",
	  .help = "a line for each SIP gateway",
	  .run = cmd_gateway_list },
	{ 0 },
};

static const struct command certificate_commands[] = {
	{ .name = "list",
	  .args = "[host|others]",
	  .help = "a line for each file of the stores",
	  .run = cmd_certificate_list,
	  .complete = complete_certificate },
	{ .name = "show",
	  .args = "host|others NAME",
	  .help = "all certificates of one file",
	  .run = cmd_certificate_show,
	  .complete = complete_certificate },
	{ .name = "import",
	  .args = "host|others NAME FILE [key FILE] [passphrase-file FILE]",
	  .help = "take PEM, DER or PKCS#12 into a store",
	  .run = cmd_certificate_import,
	  .complete = complete_certificate },
	{ .name = "delete",
	  .args = "host|others NAME",
	  .help = "remove a file from a store",
	  .run = cmd_certificate_delete,
	  .complete = complete_certificate },
	{ .name = "csr",
	  .args = "NAME cn TEXT [name NAME]... [key KIND]",
	  .help = "make a key, and print a request for its certificate",
	  .run = cmd_certificate_csr,
	  .complete = complete_certificate_request },
	{ .name = "self-signed",
	  .args = "NAME cn TEXT [name NAME]... [key KIND] [days NUMBER]",
	  .help = "make a key, and a certificate that it signs",
	  .run = cmd_certificate_self_signed,
	  .complete = complete_certificate_request },
	{ .name = "reload",
	  .args = "",
	  .help = "read all files of certificates again",
	  .run = cmd_certificate_reload },
	{ 0 },
};

static const struct command keylog_commands[] = {
	{ .name = "on",
	  .args = "SECONDS",
	  .help = "have keys of TLS written, to open captures",
	  .run = cmd_keylog_on },
	{ .name = "off",
	  .args = "",
	  .help = "end that, and remove the file",
	  .run = cmd_keylog_off },
	{ 0 },
};

static const struct command extension_commands[] = {
	{ .name = "list",
	  .args = "",
	  .help = "a line for each extension that can register, and how",
	  .run = cmd_extension_list },
	{ .name = "show",
	  .args = "EXTENSION",
	  .help = "one of them, and what it has registered",
	  .run = cmd_extension_show,
	  .complete = complete_extension },
	{ .name = "unregister",
	  .args = "EXTENSION | all",
	  .help = "as registration delete",
	  .run = cmd_registration_delete,
	  .complete = complete_registration },
	{ 0 },
};

static const struct command policy_commands[] = {
	{ .name = "show",
	  .args = "",
	  .help = "the security policy, and who is registered against it",
	  .run = cmd_policy_show },
	{ 0 },
};

static const struct command registration_commands[] = {
	{ .name = "list",
	  .args = "",
	  .help = "a line for each contact of an extension",
	  .run = cmd_registration_list },
	{ .name = "delete",
	  .args = "EXTENSION | all",
	  .help = "end all that an extension, or each, has registered",
	  .run = cmd_registration_delete,
	  .complete = complete_registration },
	{ 0 },
};

static const struct command backup_commands[] = {
	{ .name = "save",
	  .args = "FILE [passphrase FILE]",
	  .help = "write all that is configured to one file",
	  .run = cmd_backup_save,
	  .complete = complete_backup },
	{ .name = "restore",
	  .args = "FILE [passphrase FILE]",
	  .help = "make a backup the candidate",
	  .run = cmd_backup_restore,
	  .complete = complete_backup },
	{ 0 },
};

static const struct command log_commands[] = {
	{ .name = "show",
	  .args = "[service NAME] [severity NAME]",
	  .help = "the last notifications of ringfenced",
	  .run = cmd_log_show,
	  .complete = complete_log },
	{ .name = "follow",
	  .args = "[service NAME] [severity NAME]",
	  .help = "print notifications as they come",
	  .run = cmd_log_follow,
	  .complete = complete_log },
	{ 0 },
};

static const struct command netns_commands[] = {
	{ .name = "show",
	  .args = "",
	  .help = "the settings of the network namespace",
	  .run = cmd_netns_show },
	{ .name = "set",
	  .args = "media-ports MIN-MAX|none",
	  .help = "drop what comes to these ports and to no session",
	  .run = cmd_netns_set,
	  .complete = complete_netns_set },
	{ 0 },
};

static const struct command rules_commands[] = {
	{ .name = "check",
	  .args = "FILE",
	  .help = "is the rule file right? needs no privilege",
	  .run = cmd_rules_check,
	  .complete = complete_rules_check },
	{ .name = "load",
	  .args = "[--confirm SECONDS] FILE",
	  .help = "put the rule file in force, whole or not at all",
	  .run = cmd_rules_load,
	  .complete = complete_rules_load },
	{ .name = "confirm",
	  .args = "",
	  .help = "keep what was loaded with --confirm",
	  .run = cmd_rules_confirm },
	{ .name = "list",
	  .args = "",
	  .help = "the rules in force, with counters",
	  .run = cmd_rules_list },
	{ .name = "clear",
	  .args = "",
	  .help = "remove all rules; everything passes",
	  .run = cmd_rules_clear },
	{ .name = "set",
	  .args = "add|del|replace NAME ADDRESS[/BITS]...",
	  .help = "change one address set of the rules in force",
	  .run = cmd_rules_set,
	  .complete = complete_rules_set },
	{ 0 },
};

static const struct command ban_commands[] = {
	{ .name = "list",
	  .args = "",
	  .help = "who is banned, why, and until when",
	  .run = cmd_ban_list },
	{ .name = "add",
	  .args = "ADDRESS[/BITS] [time SECONDS] [comment TEXT]",
	  .help = "drop what comes from there",
	  .run = cmd_ban_add,
	  .complete = complete_ban_add },
	{ .name = "del",
	  .args = "ADDRESS[/BITS]",
	  .help = "remove a ban and forget former ones",
	  .run = cmd_ban_del },
	{ .name = "flush",
	  .args = "",
	  .help = "remove all bans",
	  .run = cmd_ban_flush },
	{ 0 },
};

static const struct command trust_commands[] = {
	{ .name = "list",
	  .args = "",
	  .help = "who is trusted",
	  .run = cmd_trust_list },
	{ .name = "add",
	  .args = "ADDRESS[/BITS] [time SECONDS] [comment TEXT]",
	  .help = "never ban it for what could be forged",
	  .run = cmd_trust_add,
	  .complete = complete_ban_add },
	{ .name = "del",
	  .args = "ADDRESS[/BITS]",
	  .help = "trust it no more",
	  .run = cmd_trust_del },
	{ 0 },
};

static const struct command limit_commands[] = {
	{ .name = "list",
	  .args = "",
	  .help = "the limits of each class, with counters",
	  .run = cmd_limit_list },
	{ .name = "set",
	  .args = "CLASS [on|off] [SETTING NUMBER]... | WORD VALUE...",
	  .help = "change what is named and keep the rest",
	  .run = cmd_limit_set,
	  .complete = complete_limit_set },
	{ .name = "sources",
	  .args = "[COUNT]",
	  .help = "those that exceed their rate most",
	  .run = cmd_limit_sources },
	{ 0 },
};

static const struct command commands[] = {
	{ .name = "session", .sub = session_commands },
	{ .name = "config", .sub = config_commands },
	{ .name = "call", .sub = call_commands },
	{ .name = "gateway", .sub = gateway_commands },
	{ .name = "certificate", .sub = certificate_commands },
	{ .name = "registration", .sub = registration_commands },
	{ .name = "extension", .sub = extension_commands },
	{ .name = "policy", .sub = policy_commands },
	{ .name = "keylog", .sub = keylog_commands },
	{ .name = "backup", .sub = backup_commands },
	{ .name = "log", .sub = log_commands },
	{ .name = "netns", .sub = netns_commands },
	{ .name = "rules", .sub = rules_commands },
	{ .name = "ban", .sub = ban_commands },
	{ .name = "trust", .sub = trust_commands },
	{ .name = "limit", .sub = limit_commands },
	{ .name = "stats",
	  .args = "",
	  .help = "sums over the network namespace",
	  .run = cmd_stats },
	{ .name = "monitor",
	  .args = "",
	  .help = "print events as they come",
	  .run = cmd_monitor },
	{ .name = "top",
	  .args = "[-d SECONDS] [-n COUNT]",
	  .help = "the busiest sessions, again and again",
	  .run = cmd_top,
	  .complete = complete_top },
	{ .name = "status",
	  .args = "",
	  .help = "module, daemon and sums",
	  .run = cmd_status },
	{ .name = "version",
	  .args = "",
	  .help = "version of this program",
	  .run = cmd_version },
	{ .name = "help", .args = "", .help = "this text", .run = cmd_help },
	{ .name = "complete", .run = cmd_complete },
	{ 0 },
};

static void print_commands(const struct command *c, const char *parent)
{
	for (; c->name; c++) {
		if (c->sub)
			print_commands(c->sub, c->name);
		else if (c->help)
			printf("  %s%s%s%s%s\n      %s\n", parent,
			       *parent ? " " : "", c->name, *c->args ? " " : "",
			       c->args, c->help);
	}
}

int cmd_help(struct cli *cli, struct words *w)
{
	int r = word_end(cli, w);

	if (r)
		return r;
	puts("usage: ringfence [-j] [-n NETNS] [-s SOCKET] COMMAND\n"
	     "       ringfence [-j] [-n NETNS] [-s SOCKET] [-force] -b FILE\n"
	     "\n"
	     "Commands:");
	print_commands(commands, "");
	puts("\n"
	     "LEG: [local ADDRESS:PORT [rtcp PORT]] "
	     "[peer ADDRESS:PORT [rtcp PORT]]\n"
	     "     [flags LIST] [latch RULE] [dscp NUMBER] [clock-rate HZ]\n"
	     "     [suite NAME] [kdr NUMBER] [keys FILE]\n"
	     "     [tx-key FILE [mki HEX] [lifetime PACKETS]]... [rx-key ...]\n"
	     "\n"
	     "Options:\n"
	     "  -j        JSON\n"
	     "  -n NETNS  in this network namespace\n"
	     "  -s SOCKET of ringfenced, for config, call, gateway, log, "
	     "backup\n"
	     "  -c LINE   a command as one word, as login shells are asked\n"
	     "  -b FILE   a command a line from FILE, - is standard input\n"
	     "  -force    go on after a line that failed\n"
	     "\n"
	     "Exit status: 0 done, 1 refused, 2 wrong usage. More: man 8 "
	     "ringfence");
	return CLI_OK;
}

int cmd_version(struct cli *cli, struct words *w)
{
	int r = word_end(cli, w);

	if (r)
		return r;
	if (cli->json)
		print_json(json_pack("{s:s}", "version", RINGFENCE_VERSION));
	else
		puts("ringfence " RINGFENCE_VERSION);
	return CLI_OK;
}

static int no_command(const struct cli *cli, const struct command *c,
		      const char *word)
{
	char names[256] = "";

	for (; c->name; c++)
		if (c->sub || c->help)
			names_add(names, sizeof(names), c->name);
	if (!word)
		return cli_error(cli, CLI_USAGE,
				 "the command is not complete; add one of: %s",
				 names);
	return cli_error(cli, CLI_USAGE, "unknown command %s; there are: %s",
			 word_show(word), names);
}

int cli_run(struct cli *cli, struct words *w)
{
	const struct command *table = commands;

	for (;;) {
		const char *word = word_next(w);
		const struct command *c = table;

		while (c->name && (!word || strcmp(c->name, word) != 0))
			c++;
		if (!c->name)
			return no_command(cli, table, word);
		if (!c->sub && !c->change)
			batch_flush(cli);
		if (!c->sub)
			return c->run(cli, w);
		table = c->sub;
	}
}

static void complete_command(struct words *w)
{
	const struct command *table = commands;

	for (;;) {
		const char *word = word_next(w);
		const struct command *c = table;

		for (; c->name && (!word || strcmp(c->name, word) != 0); c++)
			if (!word && (c->sub || c->help))
				puts(c->name);
		if (!c->name)
			return;
		if (!c->sub) {
			if (c->complete)
				c->complete(w);
			return;
		}
		table = c->sub;
	}
}

/* An option's value comes next: say what it may be. */
static void complete_value(const char *opt)
{
	if (strcmp(opt, "-n") == 0)
		complete_candidates(CANDIDATES_NETNS);
	else if (strcmp(opt, "-c") != 0)
		complete_candidates(CANDIDATES_FILE);
}

void complete_line(struct words *w)
{
	bool batch = false;

	while (word_peek(w) && word_peek(w)[0] == '-') {
		const char *opt = word_next(w);
		bool is_socket = strcmp(opt, "-s") == 0;
		bool is_batch = strcmp(opt, "-b") == 0;
		const char *value;

		batch |= is_batch;
		if (!is_batch && !is_socket && strcmp(opt, "-n") != 0 &&
		    strcmp(opt, "-c") != 0)
			continue;
		value = word_next(w);
		if (!value) {
			complete_value(opt);
			return;
		}
		if (is_socket)
			control_set_socket(value);
	}
	if (!word_peek(w))
		puts("-j\n-n\n-s\n-c\n-b\n-force");
	if (!batch)
		complete_command(w);
}

/* The words are those before the one that is being typed. */
static int cmd_complete(struct cli *cli, struct words *w)
{
	complete_line(w);
	return CLI_OK;
}
