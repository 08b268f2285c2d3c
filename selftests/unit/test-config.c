// SPDX-License-Identifier: GPL-2.0-or-later
/* The text form of the configuration: what it means, and each kind of error. */
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
#include <libyang/libyang.h>

#include "config/config.h"

#define ERRORS_MAX    64
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NET "network lan address 10.0.0.1\n" /* 1 line */
#define INNER                                        \
	"sip gateway in network lan\n" /* 2 lines */ \
	"sip gateway in proxy-host 10.0.0.2\n"
#define TLS                                           \
	"sip gateway out network lan\n" /* 5 lines */ \
	"sip gateway out proxy-host 10.0.0.3\n"       \
	"sip gateway out transport tls\n"             \
	"sip gateway out tls ca-certs ca\n"           \
	"sip gateway out tls certificate own\n"
#define SUITES                                               \
	"AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32, " \
	"AES_192_CM_HMAC_SHA1_80, AES_192_CM_HMAC_SHA1_32, " \
	"AES_256_CM_HMAC_SHA1_80, AES_256_CM_HMAC_SHA1_32, ..."
#define NAME_WORDS                                                           \
	"a name of up to 63 letters, digits, '_', '.' and '-', that begins " \
	"with a letter or digit"
#define POLICY	  "media security extension secure\nsip security-policy "
#define EXTENSION "sip extension 1 "

static char *model_dir; /* of the test's own model */

/* Load and give all errors as "LINE: PATH: TEXT\n" each. */
static char *load_len(const char *text, size_t len, struct lyd_node **ret)
{
	static struct config_error errs[ERRORS_MAX];
	static char out[ERRORS_MAX * sizeof(errs[0])];
	size_t used = 0;
	int n;

	*ret = NULL;
	n = config_load_text(text, len, ret, errs, ERRORS_MAX);
	assert_in_range(n, 0, ERRORS_MAX);
	assert_true((n == 0) == (*ret != NULL));
	out[0] = '\0';
	for (int i = 0; i < n; i++)
		used += (size_t)sprintf(out + used, "%u: %s: %s\n",
					errs[i].line, errs[i].path,
					errs[i].text);
	return out;
}

static char *load(const char *text, struct lyd_node **ret)
{
	return load_len(text, strlen(text), ret);
}

/* What all errors of a text are, in the order of their lines. */
static const struct {
	const char *text, *errors;
} bad[] = {
	/* The words of a line. */
	{ "log level \"info", "1: : end the quoted value with a quote\n" },
	{ "log level \"in\\fo\"",
	  "1: : inside quotes write \\\\ for a backslash and \\\" for "
	  "a quote\n" },
	{ "log level \"info\"#",
	  "1: : leave a space after the closing quote\n" },
	{ "log level in\"fo\"",
	  "1: : quote the whole value, not a part of it\n" },
	{ "log level info\n\nlog\x1b target stderr",
	  "3: : remove the control character 0x1b in column 4\n" },
	{ "log\x7f target stderr",
	  "1: : remove the control character 0x7f in column 4\n" },
	{ "log x\xc3\xa4 \xa5",
	  "1: : remove the byte that is no UTF-8, 0xa5 in column 9\n" },
	{ "log \xc3(",
	  "1: : remove the byte that is no UTF-8, 0xc3 in column 5\n" },
	{ "log \xc0\x80",
	  "1: : remove the byte that is no UTF-8, 0xc0 in column 5\n" },
	{ "log \xed\xa0\x80",
	  "1: : remove the byte that is no UTF-8, 0xed in column 5\n" },
	{ "log \xef\xbf\xbe",
	  "1: : remove the byte that is no UTF-8, 0xef in column 5\n" },
	{ "log \xf4\x90\x80\x80",
	  "1: : remove the byte that is no UTF-8, 0xf4 in column 5\n" },
	{ "log \xe2\x82",
	  "1: : remove the byte that is no UTF-8, 0xe2 in column 5\n" },
	{ "log \r target stderr",
	  "1: : remove the control character 0x0d in column 5\n" },
	{ "log level 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
	  "1: : a line has at most 16 words; quote a value with "
	  "spaces\n" },

	/* Words that the model doesn't know, or too few. */
	{ "netwrk lan address 10.0.0.1",
	  "1: : unknown word \"netwrk\"; allowed: log, network, "
	  "media, sip, certificate, guard, control\n" },
	{ NET "network lan adress 10.0.0.1",
	  "2: network lan: unknown word \"adress\"; allowed: interface, "
	  "address, "
	  "media-port-min, media-port-max\n" },
	{ NET "network lan name wan",
	  "2: network lan: unknown word \"name\"; allowed: interface, address, "
	  "media-port-min, media-port-max\n" },
	{ "sip", "1: sip: the line is incomplete: go on with "
		 "session-expires, min-se, call-record-file, registrar-host, "
		 "registrar-port, dns-server, outbound-proxy-host, "
		 "outbound-proxy-port, connections, registrar, gateway, route, "
		 "security-policy, ...\n" },
	{ "network", "1: network: name the network\n" },
	{ NET "network lan",
	  "2: network lan: the line is incomplete: go on with "
	  "interface, address, media-port-min, media-port-max\n" },
	{ "media idle-timeout",
	  "1: media idle-timeout: the value is missing: give a number: "
	  "0 or 5 to 86400 seconds\n" },
	{ "log level info debug",
	  "1: log level: one value only, but \"debug\" follows; quote "
	  "a value with spaces\n" },

	/* Values. */
	{ "log level chatty",
	  "1: log level: \"chatty\" won't do: give one of error, "
	  "warning, notice, info, debug\n" },
	{ "log level \"\"", "1: log level: \"\" won't do: give one of error, "
			    "warning, notice, info, debug\n" },
	{ "media idle-timeout 4",
	  "1: media idle-timeout: \"4\" won't do: give a number: 0 or "
	  "5 to 86400 seconds\n" },
	{ "media idle-timeout ten",
	  "1: media idle-timeout: \"ten\" won't do: give a number: 0 "
	  "or 5 to 86400 seconds\n" },
	{ NET INNER "sip gateway in port 65536",
	  "4: sip gateway in port: \"65536\" won't do: give a number: "
	  "1 to 65535\n" },
	{ "network lan address 10.0.0.256",
	  "1: network lan address: \"10.0.0.256\" won't do: give the "
	  "IPv4 address of one host, like 192.0.2.1\n" },
	{ "network lan address 0.0.0.0",
	  "1: network lan address: \"0.0.0.0\" won't do: give the "
	  "IPv4 address of one host, like 192.0.2.1\n" },
	{ "network lan address 239.1.2.3",
	  "1: network lan address: \"239.1.2.3\" won't do: give the "
	  "IPv4 address of one host, like 192.0.2.1\n" },
	{ "network \"l n\" address 10.0.0.1",
	  "1: network: \"l n\" can't be a name: give " NAME_WORDS "\n" },
	{ NET INNER "sip gateway in tls client-authentication yes",
	  "4: sip gateway in tls client-authentication: \"yes\" won't do: give "
	  "true or false\n" },
	{ NET INNER "sip gateway in tls peer-name \"a b\"",
	  "4: sip gateway in tls peer-name: \"a b\" won't do: give a "
	  "host name or an IP address\n" },
	{ NET INNER "sip gateway in tls ca-certs \"\"",
	  "4: sip gateway in tls ca-certs: \"\" won't do: give the name "
	  "of a file, of up to 255 bytes\n" },
	{ NET INNER "sip gateway in suite \xc2\x9bm",
	  "4: sip gateway in suite: \"??m\" won't do: give one "
	  "of " SUITES "\n" },

	/* Twice. */
	{ NET "\n" NET,
	  "3: network lan address: set in line 1 already; remove one "
	  "of them\n" },
	{ NET INNER "sip gateway in suite AES_CM_128_HMAC_SHA1_80\n"
		    "sip gateway in suite AES_CM_128_HMAC_SHA1_80",
	  "5: sip gateway in suite: \"AES_CM_128_HMAC_SHA1_80\" is "
	  "listed in line 4 already; remove one\n" },

	/* Of the whole. */
	{ "\nnetwork lan media-port-min 2000",
	  "2: network lan: give its address, or the interface that has "
	  "it\n" },
	{ NET INNER "sip route r to in",
	  "4: sip route r from: missing, but mandatory: give the name "
	  "of a configured gateway\n" },
	{ INNER NET "network wan address 10.0.0.9\n"
		    "sip gateway g2 network lam\n"
		    "sip gateway g2 proxy-host 10.0.0.4",
	  "5: sip gateway g2 network: there is no \"lam\" to refer to; "
	  "configured: lan, wan\n" },
	{ INNER, "1: sip gateway in network: there is no \"lan\" to "
		 "refer to; configured: none\n" },
	{ NET "network w address 10.0.0.2\n"
	      "network lan2 address 10.0.0.1",
	  "3: network lan2 address: a network above has this address; "
	  "use that one\n" },
	{ NET "network lan media-port-max 2001\n"
	      "network lan media-port-min 2000",
	  "" },
	{ NET "network lan media-port-max 2002\n"
	      "network lan media-port-min 2001",
	  "2: network lan media-port-max: no even port with the next "
	  "one fits between media-port-min and media-port-max\n" },
	{ NET "network lan media-port-min 30000",
	  "1: network lan media-port-max: no even port with the next "
	  "one fits between media-port-min and media-port-max\n" },
	{ NET INNER "sip gateway in transport tls\n"
		    "sip gateway in tls ca-certs ca",
	  "4: sip gateway in transport: transport tls needs tls "
	  "certificate and tls ca-certs\n" },
	{ NET INNER "sip gateway in transport tls\n"
		    "sip gateway in tls certificate own\n"
		    "sip gateway in tls validation none",
	  "" },
	{ NET TLS "sip gateway out tls crl-file crl", "" },
	{ NET TLS "sip gateway out tls ocsp required", "" },
	{ NET INNER "sip gateway in tls ocsp if-present",
	  "4: sip gateway in tls ocsp: ocsp needs ca-certs\n" },
	{ NET INNER "sip gateway in tls crl-file crl",
	  "4: sip gateway in tls crl-file: crl-file needs ca-certs\n" },
	{ NET TLS "sip gateway out tls tls-versions min tls10",
	  "7: sip gateway out tls tls-versions min: tls10 and tls11 need a "
	  "cipher-suite whose name ends in _SHA\n" },
	{ NET TLS "sip gateway out tls tls-versions min tls11\n"
		  "sip gateway out tls cipher-suite "
		  "TLS_AES_128_GCM_SHA256\n"
		  "sip gateway out tls cipher-suite "
		  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
	  "" },
	{ NET TLS "sip gateway out tls tls-versions max tls11",
	  "7: sip gateway out tls tls-versions max: max must not be "
	  "older than min\n" },
	{ NET TLS "sip gateway out tls cipher-suite "
		  "TLS_AES_128_GCM_SHA256",
	  "5: sip gateway out tls tls-versions max: versions before tls13 "
	  "need a cipher-suite like TLS_ECDHE_ECDSA_WITH_AES_128_GCM_"
	  "SHA256\n" },
	{ NET TLS "sip gateway out tls cipher-suite "
		  "TLS_AES_128_GCM_SHA256\n"
		  "sip gateway out tls tls-versions min tls13",
	  "" },
	{ NET TLS "sip gateway out tls cipher-suite "
		  "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
	  "5: sip gateway out tls tls-versions max: tls13 needs a "
	  "cipher-suite like TLS_AES_128_GCM_SHA256\n" },
	/* Each row of what an extension may be, by policy. */
	{ NET INNER POLICY "all-secure\n" EXTENSION "password p", "" },
	{ NET INNER POLICY "all-secure\n" EXTENSION "security-exception true",
	  "5: sip security-policy: directory numbers with security exception "
	  "exist\n"
	  "6: sip extension 1 security-exception: security exception is not "
	  "allowed\n" },
	{ NET INNER POLICY "all-secure\n" EXTENSION "enabled true",
	  "6: sip extension 1: the PIN code may not be blank: give it a "
	  "password\n" },
	{ NET INNER POLICY "all-secure-extension-exception\n" EXTENSION
			   "security-exception true",
	  "" },
	{ NET INNER POLICY "all-secure-extension-exception\n" EXTENSION
			   "password p",
	  "" },
	{ NET INNER POLICY "all-secure-extension-exception\n" EXTENSION
			   "enabled true",
	  "6: sip extension 1: RAC is mandatory if security-exception is no: "
	  "give it a password\n" },
	{ NET INNER POLICY "all-secure-exception-type\n" EXTENSION "password p",
	  "" },
	{ NET INNER POLICY "all-secure-exception-type\n" EXTENSION
			   "security-exception true",
	  "5: sip security-policy: directory numbers with security exception "
	  "exist\n"
	  "6: sip extension 1 security-exception: security exception is not "
	  "allowed\n" },
	{ NET INNER POLICY "all-secure-exception-type\n" EXTENSION
			   "enabled true",
	  "6: sip extension 1: RAC is mandatory if security-exception is no: "
	  "give it a password\n" },
	{ NET INNER "sip security-policy all-secure",
	  "4: sip security-policy: with a security policy, media security "
	  "extension can't be unsecure\n" },
	{ NET INNER "sip gateway in media-security secure",
	  "4: sip gateway in media-security: media-security other "
	  "than unsecure needs transport tls: SDES keys travel only inside "
	  "TLS\n" },
	{ NET INNER "sip route r from in\nsip route r to in",
	  "5: sip route r to: a route must lead to another gateway\n" },
	{ NET INNER TLS "sip route r from in\nsip route r to out\n"
			"sip route r time 08:00-08:00",
	  "11: sip route r time: the time ends when it begins; leave it "
	  "out, or give 00:00-24:00\n" },

	/* Who listens where. */
	{ NET INNER "sip gateway g2 network lan\n"
		    "sip gateway g2 proxy-host 10.0.0.4",
	  "4: sip gateway g2 port: a gateway above listens on this "
	  "port of the same network; give another port\n" },
	{ NET INNER "sip gateway g2 network wan\n"
		    "sip gateway g2 proxy-host 10.0.0.4\n"
		    "network wan address 10.0.0.9",
	  "" },
	{ NET INNER TLS "sip gateway out port 5060", "" },
	{ NET INNER TLS "sip gateway in secure-port 5061", "" },
	{ NET TLS INNER "sip gateway in port 5061",
	  "9: sip gateway in port: a gateway above listens on this "
	  "port of the same network; give another port\n" },
	{ NET INNER TLS "sip gateway out secure-port 5060",
	  "9: sip gateway out secure-port: a gateway above listens on "
	  "this port of the same network; give another "
	  "secure-port\n" },
	{ NET INNER "sip gateway in port 20000",
	  "4: sip gateway in port: the port is among the media ports "
	  "of the network; give another port, or change media-port-min "
	  "or media-port-max\n" },
	{ NET INNER "sip gateway in port 29999",
	  "4: sip gateway in port: the port is among the media ports "
	  "of the network; give another port, or change media-port-min "
	  "or media-port-max\n" },
	{ NET INNER "sip gateway in port 30000", "" },
	{ NET INNER "sip gateway in port 19999", "" },
	{ NET TLS "sip gateway out port 20000", "" },

	/* What must go together. */
	{ "sip session-expires 90\nsip min-se 120",
	  "1: sip session-expires: session-expires must be 0, or min-se at "
	  "least\n" },
	{ "sip session-expires 0\nsip min-se 120", "" },
	{ "sip registrar-port 5", "1: sip registrar-port: registrar-port needs "
				  "registrar-host\n" },
	{ "sip registrar-port 5\nsip registrar-host 10.0.0.4", "" },
	{ "sip outbound-proxy-port 5",
	  "1: sip outbound-proxy-port: outbound-proxy-port needs "
	  "outbound-proxy-host\n" },
	{ NET INNER "sip gateway in registrar-port 5",
	  "4: sip gateway in registrar-port: registrar-port needs "
	  "registrar-host\n" },
	{ NET INNER "sip gateway in outbound-proxy-port 5",
	  "4: sip gateway in outbound-proxy-port: outbound-proxy-port needs "
	  "outbound-proxy-host\n" },
	{ "sip registrar expires-min 600\nsip registrar expires-max 599\n"
	  "sip registrar expires-default 599",
	  "2: sip registrar expires-max: expires-max must not be less than "
	  "expires-min\n"
	  "3: sip registrar expires-default: expires-default must not be less "
	  "than expires-min\n" },
	{ NET INNER "sip gateway in link persistent true",
	  "4: sip gateway in link persistent: link persistent needs "
	  "proxy-host, and transport tcp or tls\n" },
	{ NET INNER "sip gateway in link persistent true\n"
		    "sip gateway in transport tcp",
	  "" },
	{ NET "sip gateway p network lan\nsip gateway p type endpoint\n"
	      "sip gateway p registration joe password x\n"
	      "sip gateway p options-interval 9",
	  "4: sip gateway p registration joe: only a gateway of type trunk "
	  "registers\n"
	  "5: sip gateway p options-interval: options-interval needs "
	  "proxy-host\n" },
	{ NET INNER "sip gateway in registration joe password x\n"
		    "sip gateway in registration joe retry-min 9\n"
		    "sip gateway in registration joe retry-max 8",
	  "6: sip gateway in registration joe retry-max: retry-max must be "
	  "retry-min at least\n" },
	{ NET "sip gateway p network lan\nsip gateway p type endpoint\n"
	      "sip gateway p transport tls\n"
	      "sip gateway p tls certificate own\n"
	      "sip gateway p tls ca-certs ca",
	  "5: sip gateway p tls client-authentication: client-authentication "
	  "without "
	  "proxy-host needs tls peer-name; or give false: extensions prove by "
	  "their passwords who they are\n" },
	{ "guard limit invite ban-time 9\nguard limit invite ban-time-max 8\n"
	  "guard strike ban-time 9\nguard strike ban-time-max 8",
	  "2: guard limit invite ban-time-max: ban-time-max must not be less "
	  "than ban-time\n"
	  "4: guard strike ban-time-max: ban-time-max must not be less than "
	  "ban-time\n" },

	/* Nothing to compare with: one error only. */
	{ NET "sip gateway in network lan",
	  "2: sip gateway in type: a gateway of type trunk needs a "
	  "proxy-host; without one, extensions register at it: give type "
	  "endpoint\n" },
	{ NET "sip gateway in proxy-host 10.0.0.2",
	  "2: sip gateway in network: missing, but mandatory: give "
	  "the name of a configured network\n" },
	{ NET "sip gateway in network lam\n"
	      "sip gateway in proxy-host 10.0.0.2\n"
	      "sip gateway g2 network lam\n"
	      "sip gateway g2 proxy-host 10.0.0.2",
	  "2: sip gateway in network: there is no \"lam\" to refer to; "
	  "configured: lan\n"
	  "4: sip gateway g2 network: there is no \"lam\" to refer to; "
	  "configured: lan\n" },

	{ "network n media-port-min 3000",
	  "1: network n: give its address, or the interface that has it\n" },
	{ "network n interface eth0\nnetwork n address 10.0.0.1",
	  "1: network n interface: give an address, or an interface, not "
	  "both\n" },
	{ "network n interface eth0\nnetwork m interface eth0",
	  "2: network m interface: a network above has this interface; use "
	  "that one\n" },
	{ "network n interface \"a b\"",
	  "1: network n interface: \"a b\" won't do: give the name of a "
	  "network interface, like eth0\n" },
	/* All errors, by line, and none that only follows. */
	{ INNER "sip gateway in transport tsl\n"
		"sip gateway in media-security secure\n"
		"sip gateway g2 network 1/2\n"
		"sip gateway g2 proxy-host 10.0.0.4\n"
		"nonsense\n",
	  "1: sip gateway in network: there is no \"lan\" to refer to; "
	  "configured: none\n"
	  "3: sip gateway in transport: \"tsl\" won't do: give one of "
	  "udp, tcp, tls\n"
	  "5: sip gateway g2 network: \"1/2\" won't do: give the name "
	  "of a configured network\n"
	  "7: : unknown word \"nonsense\"; allowed: log, network, "
	  "media, sip, certificate, guard, control\n" },
};

static void test_errors(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct lyd_node *tree;

		assert_string_equal(load(bad[i].text, &tree), bad[i].errors);
		config_free(tree);
	}
}

/* The text of the error-message that begins at @p, as people see it. */
static const char *rule_text(const char *p, char *ret, size_t size)
{
	size_t used = 0;

	p = strchr(p, '"') + 1;
	for (; *p != '"'; p++) {
		bool blank = *p == ' ' || *p == '\n';

		if (blank && used && ret[used - 1] == ' ')
			continue;
		assert_true(used + 1 < size);
		ret[used++] = blank ? ' ' : *p;
	}
	ret[used] = '\0';
	return p;
}

static bool is_expected(const char *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (strstr(bad[i].errors, rule))
			return true;
	}
	return false;
}

/* Each rule of the model is broken by some text. */
static void test_each_rule(void **state)
{
	static char model[200000];
	const char *p = model;
	char path[512], rule[300];
	unsigned int n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/ringfence.yang",
		 getenv("RINGFENCE_YANG_DIR"));
	f = fopen(path, "r");
	assert_non_null(f);
	assert_in_range(fread(model, 1, sizeof(model), f), 10000,
			sizeof(model) - 1);
	fclose(f);
	while ((p = strstr(p, "error-message"))) {
		p = rule_text(p, rule, sizeof(rule));
		if (!is_expected(rule))
			fail_msg("nothing breaks the rule: %s", rule);
		n++;
	}
	assert_in_range(n, 30, 200);
}

static void test_words(void **state)
{
	struct lyd_node *tree;

	assert_string_equal(
		load("# \x7e comment \"\r\n"
		     " \t \n"
		     "\tlog  level \t\"debug\"\t# more\r\n"
		     "network a#b address 10.0.0.1\n"
		     "sip gateway g tls ca-certs \"a \\\"b\\\\#c\"\n"
		     "sip gateway g tls peer-name pbx#1\n"
		     "log target stderr#",
		     &tree),
		"4: network: \"a#b\" can't be a name: give " NAME_WORDS "\n"
		"5: sip gateway g network: missing, but mandatory: "
		"give the name of a configured network\n"
		"6: sip gateway g tls peer-name: \"pbx#1\" won't "
		"do: give a host name or an IP address\n"
		"7: log target: \"stderr#\" won't do: give one of "
		"stderr, syslog, journal\n");

	assert_string_equal(load(NET INNER "sip gateway in tls ca-certs "
					   "\"a \\\"b\\\\ #c\" # d",
				 &tree),
			    "");
	assert_string_equal(config_str(tree, "log/level"), "info");
	assert_string_equal(lyd_get_value(lyd_child(tree)), "info");
	config_free(tree);
}

static void test_limits(void **state)
{
	static char text[CONFIG_LINES_MAX + 100];
	struct lyd_node *tree;
	char line[2000], *p;

	/* Lengths of a line: with and without a line feed at the end. */
	memset(line, ' ', sizeof(line));
	line[CONFIG_LINE_MAX] = '\n';
	assert_string_equal(load_len(line, CONFIG_LINE_MAX + 1, &tree), "");
	config_free(tree);
	line[CONFIG_LINE_MAX] = ' ';
	assert_string_equal(load_len(line, CONFIG_LINE_MAX, &tree), "");
	config_free(tree);
	assert_string_equal(load_len(line, CONFIG_LINE_MAX + 1, &tree),
			    "1: : the line has 1025 bytes; at most 1024 are "
			    "allowed\n");

	/* Bytes behind the end are not read; a NUL is a byte as any. */
	assert_string_equal(load_len("log level infoX", 14, &tree), "");
	config_free(tree);
	assert_string_equal(load_len("log\0level info", 14, &tree),
			    "1: : remove the control character 0x00 in column "
			    "4\n");
	assert_string_equal(load("", &tree), "");
	assert_int_equal(config_u32(tree, "media/idle-timeout", 0), 120);
	config_free(tree);

	memset(text, '\n', sizeof(text));
	assert_string_equal(load_len(text, CONFIG_LINES_MAX, &tree), "");
	config_free(tree);
	text[CONFIG_LINES_MAX] = 'x';
	assert_string_equal(load_len(text, CONFIG_LINES_MAX + 1, &tree),
			    "16385: : a file has at most 16384 lines; the rest "
			    "was not read\n");

	p = text;
	for (int i = 0; i <= 64; i++)
		p += sprintf(p, "network n%d address 10.0.0.%d\n", i, i + 1);
	assert_string_equal(load(text, &tree),
			    "65: network: \"n64\" is one too many: there can "
			    "be 64; remove one\n");
}

/* With less room than errors, those of the first lines are kept. */
static void test_few_errors(void **state)
{
	static const char text[] = NET "sip gateway in proxy-host 10.0.0.2\n"
				       "a\nb\nc\n";
	struct config_error errs[3];
	struct lyd_node *tree;

	assert_int_equal(config_load_text(text, strlen(text), &tree, errs, 3),
			 4);
	assert_int_equal(errs[0].line, 2);
	assert_string_equal(errs[0].path, "sip gateway in network");
	assert_int_equal(errs[1].line, 3);
	assert_int_equal(errs[2].line, 4);
	assert_int_equal(config_load_text(text, strlen(text), &tree, errs, 1),
			 4);
	assert_int_equal(errs[0].line, 2);
	assert_int_equal(config_load_text(text, strlen(text), &tree, NULL, 0),
			 4);
}

/* A path or a value may be longer than an error has room for. */
static void test_long_words(void **state)
{
	struct config_error err;
	char text[CONFIG_LINE_MAX];
	struct lyd_node *tree;

	snprintf(text, sizeof(text), "%0*d", 1000, 7);
	assert_int_equal(config_load_text(text, strlen(text), &tree, &err, 1),
			 1);
	assert_non_null(strstr(err.text, "00\"; allowed: log, network"));
	snprintf(text, sizeof(text), "sip gateway %0*d port 1", 900, 7);
	assert_int_equal(config_load_text(text, strlen(text), &tree, &err, 1),
			 1);
	assert_non_null(strstr(err.text, "can't be a name: give a name"));
	snprintf(text, sizeof(text), "media idle-timeout %0*d", 900, 0);
	assert_int_equal(config_load_text(text, strlen(text), &tree, &err, 1),
			 0);
	config_free(tree);
}

static const char *const good_lines[] = {
	"network lan address 10.0.0.1\n",
	"network wan address 192.0.2.1\n",
	"network wan media-port-min 30000\n",
	"network wan media-port-max 30001\n",
	"sip gateway in network lan\n",
	"sip gateway in proxy-host 10.0.0.2\n",
	"sip gateway out network wan\n",
	"sip gateway out transport tls\n",
	"sip gateway out media-security secure\n",
	"sip gateway out suite AES_CM_128_HMAC_SHA1_32\n",
	"sip gateway out proxy-host 192.0.2.2\n",
	"sip gateway out tls ca-certs ca\n",
	"sip gateway out tls certificate own\n",
	"sip gateway out tls client-authentication false\n",
	"sip route r from in\n",
	"sip route r to out\n",
	"media idle-timeout 60\n",
};

static void test_any_order(void **state)
{
	const char *lines[ARRAY_SIZE(good_lines)];
	struct lyd_node *want, *got, *diff;
	unsigned short seed[3] = { 1, 2, 3 };
	char text[4096];

	memcpy(lines, good_lines, sizeof(lines));
	for (int round = 0; round < 200; round++) {
		text[0] = '\0';
		for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
			strcat(text, lines[i]);
		assert_string_equal(load(text, &got), "");
		if (round == 0)
			want = got;
		assert_int_equal(lyd_diff_siblings(want, got, LYD_DIFF_DEFAULTS,
						   &diff),
				 LY_SUCCESS);
		assert_null(diff);
		if (got != want)
			config_free(got);
		for (size_t i = ARRAY_SIZE(lines) - 1; i > 0; i--) {
			size_t j = (size_t)nrand48(seed) % (i + 1);
			const char *l = lines[i];

			lines[i] = lines[j];
			lines[j] = l;
		}
	}
	config_free(want);
}

static int collect(const struct lyd_node *entry, void *arg)
{
	const char *name = config_str(entry, "name");

	strcat(arg, name ? name : config_str(entry, "."));
	strcat(arg, " ");
	return 0;
}

static int first_only(const struct lyd_node *entry, void *arg)
{
	*(const struct lyd_node **)arg = entry;
	return 7;
}

static void test_read(void **state)
{
	const struct lyd_node *out, *gw;
	struct lyd_node *tree;
	char names[256] = "";

	/* Lists that the user orders: by first mention. */
	assert_string_equal(
		load(NET TLS "sip route b to out\n"
			     "sip route a from in\n"
			     "sip route b from in\n"
			     "sip route a to out\n" INNER
			     "sip gateway out suite AES_CM_128_HMAC_SHA1_32\n"
			     "sip gateway out suite AES_CM_128_HMAC_SHA1_80\n"
			     "sip gateway out port 06000\n",
		     &tree),
		"");
	assert_int_equal(config_each(tree, "sip/route", collect, names), 0);
	assert_string_equal(names, "b a ");
	assert_int_equal(config_each(tree, "sip/gateway", first_only, &out), 7);
	names[0] = '\0';
	assert_int_equal(config_each(out, "suite", collect, names), 0);
	assert_string_equal(names, "AES_CM_128_HMAC_SHA1_32 "
				   "AES_CM_128_HMAC_SHA1_80 ");
	names[0] = '\0';
	assert_int_equal(config_each(tree, "network", collect, names), 0);
	assert_string_equal(names, "lan ");
	assert_int_equal(config_each(tree, "sip/nothing", collect, names), 0);
	assert_int_equal(config_each(tree, "no/thing", collect, names), 0);

	assert_string_equal(config_str(out, "name"), "out");
	assert_string_equal(config_str(out, "tls/ca-certs"), "ca");
	assert_null(config_str(out, "tls/asymmetric-key"));
	assert_null(config_str(out, "no/thing"));
	assert_true(config_bool(out, "tls/client-authentication"));
	assert_false(config_bool(out, "tls/none"));
	assert_int_equal(config_u32(out, "port", 1), 6000);
	assert_int_equal(config_u32(out, "secure-port", 1), 5061);
	assert_int_equal(config_u32(out, "proxy-port", 1), 1);
	assert_string_equal(config_str(tree, "log/target"), "stderr");

	/* From a top-level list too, the path is the entry's own. */
	assert_int_equal(config_each(tree, "network", first_only, &gw), 7);
	assert_string_equal(config_str(gw, "address"), "10.0.0.1");
	assert_null(config_str(gw, "log/level"));
	config_free(tree);
	config_free(NULL);
}

static void test_fail(void **state)
{
	const struct lyd_node *entry;
	struct lyd_node *tree;
	struct config_error err;

	assert_string_equal(load(NET TLS "media idle-timeout 60", &tree), "");
	config_each(tree, "sip/gateway", first_only, &entry);
	assert_int_equal(config_fail(&err, entry, "tls/ca-certs",
				     "no %s\x1b\x7f", "file"),
			 -EINVAL);
	assert_int_equal(err.line, 5);
	assert_string_equal(err.path, "sip gateway out tls ca-certs");
	assert_string_equal(err.text, "no file??");
	/* Not set, or a default: the line of what is around. */
	config_fail(&err, entry, "tls/peer-name", "x");
	assert_int_equal(err.line, 2);
	assert_string_equal(err.path, "sip gateway out tls peer-name");
	config_fail(&err, entry, "port", "x");
	assert_int_equal(err.line, 2);
	config_fail(&err, entry, ".", "x");
	assert_int_equal(err.line, 2);
	assert_string_equal(err.path, "sip gateway out");
	config_each(tree, "network", first_only, &entry);
	config_fail(&err, entry, "none", "x");
	assert_int_equal(err.line, 1);
	assert_string_equal(err.path, "network lan none");
	config_fail(&err, tree, "media/idle-timeout", "x");
	assert_int_equal(err.line, 7);
	assert_string_equal(err.path, "media idle-timeout");
	config_fail(&err, tree, "log/level", "x");
	assert_int_equal(err.line, 0);
	assert_string_equal(err.path, "log level");
	config_free(tree);
}

static void test_file(void **state)
{
	static char zeros[4096];
	char name[] = "/tmp/test-config-XXXXXX";
	struct config_error err = { 0 };
	struct lyd_node *tree = NULL;
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, NET, strlen(NET)), strlen(NET));
	assert_int_equal(config_load_file(name, &tree, &err, 1), 0);
	assert_non_null(tree);
	config_free(tree);

	memset(zeros, '\n', sizeof(zeros));
	for (size_t i = 0; i < CONFIG_FILE_MAX / sizeof(zeros); i++)
		assert_int_equal(write(fd, zeros, sizeof(zeros)),
				 sizeof(zeros));
	close(fd);
	assert_int_equal(config_load_file(name, &tree, &err, 1), 1);
	assert_int_equal(err.line, 0);
	assert_string_equal(err.text, "the file is larger than 1048576 bytes");
	unlink(name);

	assert_int_equal(config_load_file(name, &tree, &err, 1), -ENOENT);
	assert_int_equal(config_load_file("/tmp", &tree, &err, 1), -EISDIR);
}

/* What the real model has not, but a later one may have. */
static void test_other_model(void **state)
{
	static const struct {
		const char *text, *errors;
	} cases[] = {
		{ "first count 256",
		  "1: first count: \"256\" won't do: give a whole number\n"
		  "1: first at: missing, but mandatory: give a number: 2 to "
		  "65535\n" },
		/* Nobody mentioned it: no line. */
		{ "",
		  "0: first at: missing, but mandatory: give a number: 2 to "
		  "65535\n" },
		/* Only libyang itself checks this one. */
		{ "first at 2\npair 1 left x\npair 2 left x\n",
		  "3: pair 2: Unique data leaf(s) \"left\" not satisfied in "
		  "\"/ringfence:pair[name='1']\" and "
		  "\"/ringfence:pair[name='2']\".\n" },
		{ "first at 2\npair 256 left x",
		  "2: pair: \"256\" can't be a name: give a whole "
		  "number\n" },
		{ "first at 2\npair 1 state x",
		  "2: pair 1: unknown word \"state\"; allowed: left, three\n" },
		{ "first at 2\npair 1 left x\npair 01 left x\n",
		  "3: pair 1 left: set in line 2 already; remove one of "
		  "them\n" },
		{ "first at 2\npair 1 three 1\npair 1 three 2\n"
		  "pair 1 three 3\npair 1 three 4\npair 1 three 01",
		  "5: pair 1 three: one too many: there can be 3; remove one\n"
		  "6: pair 1 three: \"01\" is listed in line 2 already; remove "
		  "one\n" },
		{ "first at 2\npair 1 left a\npair 2 left b\npair 3 left c",
		  "4: pair: \"3\" is one too many: there can be 2; remove "
		  "one\n" },
	};

	config_exit();
	assert_int_equal(config_init(model_dir), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct lyd_node *tree;

		assert_string_equal(load(cases[i].text, &tree),
				    cases[i].errors);
		config_free(tree);
	}
	config_exit();
	assert_int_equal(config_init(NULL), 0);
}

static void test_init(void **state)
{
	char dir[] = "/tmp/test-config-XXXXXX";
	char file[64];
	FILE *f;

	config_exit();
	assert_int_equal(config_init("/nonexistent"), -ENOENT);
	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/ringfence.yang", dir);
	f = fopen(file, "w");
	assert_non_null(f);
	fputs("module ringfence { oops }", f);
	fclose(f);
	assert_int_equal(config_init(dir), -EINVAL);
	unlink(file);
	rmdir(dir);
	assert_int_equal(config_init(NULL), 0);
}

static int setup(void **state)
{
	return config_init(NULL);
}

static int teardown(void **state)
{
	config_exit();
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_each_rule),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_few_errors),
		cmocka_unit_test(test_long_words),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_fail),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_other_model),
		cmocka_unit_test(test_init),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: test-config DIR-OF-TEST-MODEL\n");
		return 1;
	}
	model_dir = argv[1];
	return cmocka_run_group_tests(tests, setup, teardown);
}
