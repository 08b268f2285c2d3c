// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon: its modules, and start-up and shutdown in order. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <event2/event.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "base/loop.h"
#include "config/config.h"
#include "ringfenced/detach.h"
#include "ringfenced/modules.h"
#include "ringfenced/options.h"
#include "ringfenced/rundir.h"

#define ERRORS_MAX 100 /* of one configuration, that are shown */
#define SENTENCE   320

/* A module after those it needs; shutdown goes from the last to the first. */
static const struct module *const table[] = {
	&log_module,
	&media_module,
	&sip_module,
};

/* "FILE:LINE: path: text"; line and path only if there is one. */
static void format_error(const char *file, const struct config_error *err,
			 char *buf, size_t size)
{
	char line[16] = "";

	if (err->line)
		snprintf(line, sizeof(line), ":%u", err->line);
	snprintf(buf, size, "%s%s: %s%s%s", file, line, err->path,
		 err->path[0] ? ": " : "", err->text);
}

static void say_stderr(const char *text)
{
	fprintf(stderr, "%s\n", text);
}

static void say_log(const char *text)
{
	log_error("config", "%s", text);
}

/* Load @file; what is wrong goes to @say, a sentence each. */
static int load(const char *file, void (*say)(const char *text),
		struct lyd_node **ret)
{
	static struct config_error errs[ERRORS_MAX];
	char text[4096 + sizeof(errs[0])];
	int n, err;

	err = config_init(NULL);
	if (err < 0) {
		snprintf(text, sizeof(text),
			 "can't load the data model ringfence.yang: %s; "
			 "RINGFENCE_YANG_DIR can name its directory",
			 strerror(-err));
		say(text);
		return err;
	}
	n = config_load_file(file, ret, errs, ERRORS_MAX);
	if (n == 0)
		return 0;
	if (n < 0) {
		snprintf(text, sizeof(text), "can't read %s: %s", file,
			 strerror(-n));
		say(text);
		return n;
	}
	for (int i = 0; i < n && i < ERRORS_MAX; i++) {
		format_error(file, &errs[i], text, sizeof(text));
		say(text);
	}
	if (n > ERRORS_MAX) {
		snprintf(text, sizeof(text), "%s: %d more errors", file,
			 n - ERRORS_MAX);
		say(text);
	}
	return -EINVAL;
}

static int check(const char *file)
{
	struct lyd_node *tree = NULL;
	int ret = load(file, say_stderr, &tree);

	if (!ret)
		printf("%s: no errors\n", file);
	config_free(tree);
	config_exit();
	return ret ? RINGFENCED_FAILED : RINGFENCED_OK;
}

/* Keys are in our memory: it must not end up in a core file. */
static void harden(void)
{
	const struct rlimit none = { 0, 0 };
	struct rlimit files;

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	umask(077);
	signal(SIGPIPE, SIG_IGN);
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	if (sig == SIGHUP) {
		log_note("main", "SIGHUP ignored; restart ringfenced to read "
				 "its configuration again");
		return;
	}
	log_note("main", "stopping: %s", strsignal((int)sig));
	loop_stop();
}

static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
#define N_SIGNALS (sizeof(signals) / sizeof(signals[0]))
static struct event *signal_events[N_SIGNALS];

static void signals_exit(void)
{
	for (size_t i = 0; i < N_SIGNALS; i++) {
		if (signal_events[i])
			event_free(signal_events[i]);
		signal_events[i] = NULL;
	}
}

static int signals_init(void)
{
	for (size_t i = 0; i < N_SIGNALS; i++) {
		signal_events[i] =
			evsignal_new(loop_base(), signals[i], on_signal, NULL);
		if (!signal_events[i] || event_add(signal_events[i], NULL)) {
			signals_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

static int start_loop(void)
{
	int ret = loop_init();

	if (!ret) {
		ret = signals_init();
		if (ret < 0)
			loop_exit();
	}
	if (ret < 0)
		log_error("main", "event loop: %s", strerror(-ret));
	return ret;
}

static int configure(const struct modules *m, const char *file,
		     struct lyd_node **tree)
{
	struct config_error err;
	char text[4096 + sizeof(err)];
	int ret = load(file, say_log, tree);

	if (ret < 0)
		return ret;
	ret = modules_configure(m, *tree, &err);
	if (ret < 0) {
		format_error(file, &err, text, sizeof(text));
		say_log(text);
	}
	return ret;
}

static int serve(void)
{
	int ret;

	log_note("main", "ringfenced %s is running", VERSION);
	sd_notify(0, "READY=1");
	detach_ready();
	ret = loop_run();
	if (ret < 0)
		log_error("main", "event loop: %s", strerror(-ret));
	sd_notify(0, "STOPPING=1");
	return ret;
}

static int run(const struct options *opt)
{
	struct modules m = { table, sizeof(table) / sizeof(table[0]), 0 };
	struct lyd_node *tree = NULL;
	char err[SENTENCE];
	int ret;

	ret = rundir_open(opt->run_dir, err, sizeof(err));
	if (ret < 0) {
		log_error("main", "%s", err);
		return ret;
	}
	ret = start_loop();
	if (ret < 0)
		goto err_loop;
	ret = modules_init(&m);
	if (ret < 0)
		goto err_modules;
	ret = configure(&m, opt->config_file, &tree);
	if (!ret)
		ret = serve();

	modules_exit(&m);
	config_free(tree);
	config_exit();
err_modules:
	signals_exit();
	loop_exit();
err_loop:
	rundir_close();
	return ret;
}

int main(int argc, char **argv)
{
	struct options opt;
	int ret = options_parse(argc, argv, &opt);

	if (ret >= 0)
		return ret;
	if (opt.check)
		return check(opt.config_file);
	harden();
	if (opt.detach) {
		ret = detach_begin();
		if (ret < 0) {
			log_error("main", "can't go to the background: %s",
				  strerror(-ret));
			return RINGFENCED_FAILED;
		}
	}
	return run(&opt) < 0 ? RINGFENCED_FAILED : RINGFENCED_OK;
}
