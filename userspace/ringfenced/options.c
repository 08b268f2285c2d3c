// SPDX-License-Identifier: GPL-2.0-or-later
#include <getopt.h>
#include <stdio.h>

#include "cert/tls.h"
#include "ringfenced/options.h"

static const char usage[] =
	"Usage: ringfenced [-d] [-c FILE] [--run-dir DIR]\n"
	"       ringfenced --check [-c FILE]\n"
	"\n"
	"  -c, --config FILE   the configuration (" DEFAULT_CONFIG ")\n"
	"      --check         only check it: FILE:LINE: parameter: what to "
	"change\n"
	"  -d, --daemon        go to the background once running\n"
	"      --run-dir DIR   state and pid file (" DEFAULT_RUN_DIR ")\n"
	"  -V, --version       print the version, and what its TLS library "
	"lacks\n"
	"  -h, --help          print this\n";

enum {
	OPT_CHECK = 256,
	OPT_RUN_DIR
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "check", no_argument, NULL, OPT_CHECK },
	{ "daemon", no_argument, NULL, 'd' },
	{ "run-dir", required_argument, NULL, OPT_RUN_DIR },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static int bad_usage(void)
{
	fputs("ringfenced: see ringfenced --help\n", stderr);
	return RINGFENCED_USAGE;
}

int options_parse(int argc, char **argv, struct options *ret)
{
	struct options opt = {
		.config_file = DEFAULT_CONFIG,
		.run_dir = DEFAULT_RUN_DIR,
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:dVh", long_options, NULL)) !=
	       -1) {
		switch (c) {
		case 'c':
			opt.config_file = optarg;
			break;
		case 'd':
			opt.detach = true;
			break;
		case OPT_CHECK:
			opt.check = true;
			break;
		case OPT_RUN_DIR:
			opt.run_dir = optarg;
			break;
		case 'V':
			printf("ringfenced %s\n%s\n", VERSION, tls_features());
			return RINGFENCED_OK;
		case 'h':
			fputs(usage, stdout);
			return RINGFENCED_OK;
		default:
			return bad_usage();
		}
	}
	if (optind < argc) {
		fprintf(stderr, "ringfenced: unexpected argument: %s\n",
			argv[optind]);
		return bad_usage();
	}
	*ret = opt;
	return -1;
}
