// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ringfenced/detach.h"

static int ready_fd = -1; /* the pipe to the parent */

/* A byte says ready; the end of the pipe, that the child is gone. */
static int wait_for(int fd, pid_t child)
{
	int status;
	ssize_t n;
	char c;

	do {
		n = read(fd, &c, 1);
	} while (n < 0 && errno == EINTR);
	if (n == 1)
		return EXIT_SUCCESS;
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		return WEXITSTATUS(status);
	return EXIT_FAILURE;
}

int detach_begin(void)
{
	pid_t child;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	child = fork();
	if (child < 0) {
		int ret = -errno;

		close(fds[0]);
		close(fds[1]);
		return ret;
	}
	if (child > 0) {
		close(fds[1]);
		_exit(wait_for(fds[0], child));
	}
	close(fds[0]);
	ready_fd = fds[1];
	setsid();
	return 0;
}

void detach_ready(void)
{
	int null;

	if (ready_fd < 0)
		return;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		close(null);
	}
	if (write(ready_fd, "", 1) < 0)
		(void)errno; /* the parent was killed: nobody waits */
	close(ready_fd);
	ready_fd = -1;
}
