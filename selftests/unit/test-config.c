// SPDX-License-Identifier: GPL-2.0-or-later
/* Each kind of error in the text form of the configuration. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libyang/libyang.h>

#include "config-load.h"
#include "config/config.h"

#define SUITES                                               \
	"AES_CM_128_HMAC_SHA1_80, AES_CM_128_HMAC_SHA1_32, " \
	"AES_192_CM_HMAC_SHA1_80, AES_192_CM_HMAC_SHA1_32, " \
	"AES_256_CM_HMAC_SHA1_80, AES_256_CM_HMAC_SHA1_32, ..."
#define POLICY	  "media security extension secure\nsip security-policy "
#define EXTENSION "sip extension 1 "

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
		 "session-expires, min-se, call-record-file, proxy-host, "
		 "proxy-port, registrar-host, registrar-port, dns-server, "
		 "outbound-proxy-host, outbound-proxy-port, connections, "
		 "registrar, gateway, route, ...\n" },
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
	  "proxy-host, or sip proxy-host; without one, extensions register at "
	  "it: give type endpoint\n" },
	{ NET "sip gateway in network lan\nsip proxy-host 10.0.0.2\n"
	      "sip gateway in options-interval 9\n"
	      "sip gateway in transport tcp\n"
	      "sip gateway in link persistent true",
	  "" },
	{ "sip proxy-port 5", "1: sip proxy-port: proxy-port needs "
			      "proxy-host\n" },
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

static int setup(void **state)
{
	return config_init(NULL);
}

static int teardown(void **state)
{
	config_exit();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_each_rule),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
