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
#include "base/notify.h"
#include "config/config.h"
#include "config/datastore.h"
#include "manage/registrations.h"
#include "ringfenced/apply.h"
#include "ringfenced/detach.h"
#include "ringfenced/modules.h"
#include "ringfenced/options.h"
#include "ringfenced/rundir.h"
#include "sip/register-client.h"
#include "sip/registrar.h"
#include "sip/regstore.h"

#define ERRORS_MAX 100 /* of one configuration, that are shown */
#define SENTENCE   320

/* A module after those it needs; shutdown goes from the last to the first. */
static const struct module *const table[] = {
	&log_module, &media_module,  &guard_module,
	&sip_module, &expiry_module, &manage_module,
};

static const struct api_registrations registrations = { regstore_list,
							register_report,
							registrar_end };

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
	notify(CONF_ERROR, text);
}

static int open_model(void (*say)(const char *text))
{
	char text[SENTENCE];
	int ret = config_init(NULL);

	if (ret == 0)
		return 0;
	snprintf(text, sizeof(text),
		 "can't load the data model ringfence.yang: %s; "
		 "RINGFENCE_YANG_DIR can name its directory",
		 strerror(-ret));
	say(text);
	return ret;
}

/* @n errors of @file, as many as there was room for, a sentence each. */
static void say_errors(const char *file, const struct config_error *errs, int n,
		       void (*say)(const char *text))
{
	char text[4096 + sizeof(errs[0])];

	for (int i = 0; i < n && i < ERRORS_MAX; i++) {
		format_error(file, &errs[i], text, sizeof(text));
		say(text);
	}
	if (n > ERRORS_MAX) {
		snprintf(text, sizeof(text), "%s: %d more errors", file,
			 n - ERRORS_MAX);
		say(text);
	}
}

static struct config_error errs[ERRORS_MAX];

static int check_file(const char *file)
{
	struct lyd_node *tree = NULL;
	int n = config_load_file(file, &tree, errs, ERRORS_MAX);

	if (n < 0)
		fprintf(stderr, "can't read %s: %s\n", file, strerror(-n));
	else if (n > 0)
		say_errors(file, errs, n, say_stderr);
	else
		printf("%s: no errors\n", file);
	config_free(tree);
	return n;
}

static int check(const char *file)
{
	int ret = open_model(say_stderr);

	if (!ret)
		ret = check_file(file);
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
	notify(MAIN_STOPPING, strsignal((int)sig));
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

static int configure(const char *file)
{
	int ret = datastore_start(daemon_datastore(), errs, ERRORS_MAX);

	if (ret > 0) {
		say_errors(file, errs, ret, say_log);
		return -EINVAL;
	}
	/* Of a module: the line is known. Of the file itself: no path. */
	if (ret < 0 && errs[0].path[0])
		say_errors(file, errs, 1, say_log);
	else if (ret < 0)
		say_log(errs[0].text);
	return ret;
}

static int serve(void)
{
	int ret;

	notify(MAIN_RUNNING, VERSION);
	sd_notify(0, "READY=1");
	detach_ready();
	ret = loop_run();
	if (ret < 0)
		log_error("main", "event loop: %s", strerror(-ret));
	sd_notify(0, "STOPPING=1");
	return apply_is_stuck() ? -ECANCELED : ret;
}

/* The model and the datastore are there before the modules, and after them. */
static int run_modules(const struct options *opt)
{
	struct modules m = { .table = table,
			     .n = sizeof(table) / sizeof(table[0]) };
	int ret = open_model(say_log);

	if (ret < 0)
		return ret;
	ret = apply_init(opt->config_file, &m);
	if (ret < 0) {
		log_error("config", "can't read %s: %s", opt->config_file,
			  strerror(-ret));
		goto out;
	}
	api_set_registrations(&registrations);
	ret = modules_init(&m);
	if (!ret)
		ret = configure(opt->config_file);
	if (!ret)
		ret = serve();
	modules_exit(&m);
out:
	apply_exit();
	config_exit();
	return ret;
}

static int run(const struct options *opt)
{
	char err[SENTENCE];
	int ret;

	ret = rundir_open(opt->run_dir, err, sizeof(err));
	if (ret < 0) {
		log_error("main", "%s", err);
		return ret;
	}
	ret = start_loop();
	if (!ret) {
		ret = run_modules(opt);
		signals_exit();
		loop_exit();
	}
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
