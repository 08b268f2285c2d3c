// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ringfenced/rundir.h"

#define PID_FILE "ringfenced.pid"

static const char *run_dir;
static int pid_fd = -1;

const char *daemon_run_dir(void)
{
	return run_dir;
}

/* Others must not be able to put files there that we would trust. */
static int check_dir(const char *dir, int fd, char *err, size_t err_len)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid == geteuid() && !(st.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	snprintf(err, err_len,
		 "%s must belong to the user that runs ringfenced, and be "
		 "writable for nobody else",
		 dir);
	return -EPERM;
}

static int open_dir(const char *dir, char *err, size_t err_len)
{
	int fd, ret;

	/* The control socket is for others too, and who calls is not. */
	if (!mkdir(dir, 0700)) {
		chmod(dir, 0711);
	} else if (errno != EEXIST) {
		ret = -errno;
		snprintf(err, err_len, "can't make the run directory %s: %s",
			 dir, strerror(-ret));
		return ret;
	}
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		snprintf(err, err_len, "can't use the run directory %s: %s",
			 dir, strerror(-ret));
		return ret;
	}
	ret = check_dir(dir, fd, err, err_len);
	if (ret < 0) {
		close(fd);
		return ret;
	}
	return fd;
}

static int take_lock(const char *dir, int fd, char *err, size_t err_len)
{
	char pid[16] = "";

	if (!flock(fd, LOCK_EX | LOCK_NB))
		return 0;
	if (errno != EWOULDBLOCK) {
		int ret = -errno;

		snprintf(err, err_len, "can't lock %s/" PID_FILE ": %s", dir,
			 strerror(-ret));
		return ret;
	}
	if (read(fd, pid, sizeof(pid) - 1) < 0)
		pid[0] = '\0';
	snprintf(err, err_len,
		 "another ringfenced runs in %s, process %.*s; stop it, or "
		 "give this one its own --run-dir",
		 dir, (int)strcspn(pid, "\n"), pid);
	return -EBUSY;
}

int rundir_open(const char *dir, char *err, size_t err_len)
{
	int dir_fd = open_dir(dir, err, err_len);
	int fd, ret;

	if (dir_fd < 0)
		return dir_fd;
	fd = openat(dir_fd, PID_FILE, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
		    0644);
	ret = fd < 0 ? -errno : 0;
	close(dir_fd);
	if (fd < 0) {
		snprintf(err, err_len, "can't open %s/" PID_FILE ": %s", dir,
			 strerror(-ret));
		return ret;
	}
	ret = take_lock(dir, fd, err, err_len);
	if (ret < 0) {
		close(fd);
		return ret;
	}
	if (ftruncate(fd, 0) < 0 || dprintf(fd, "%d\n", getpid()) < 0) {
		ret = -errno;
		snprintf(err, err_len, "can't write %s/" PID_FILE ": %s", dir,
			 strerror(-ret));
		close(fd);
		return ret;
	}
	run_dir = dir;
	pid_fd = fd;
	return 0;
}

/*
 * The pid file stays, empty: to remove it could remove that of another
 * process, which has it open and waits for nothing but the lock.
 */
void rundir_close(void)
{
	if (pid_fd < 0)
		return;
	if (ftruncate(pid_fd, 0) < 0)
		(void)errno; /* a stale number without a lock does no harm */
	close(pid_fd);
	pid_fd = -1;
	run_dir = NULL;
}
