// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ringfence/file.h"

char *file_read(const struct cli *cli, const char *file, size_t max,
		size_t *len)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "re");
	char *text = malloc(max + 2);

	*len = 0;
	if (f && text)
		*len = fread(text, 1, max + 1, f);
	if (!f || !text || ferror(f)) {
		cli_say(cli, "", "cannot read %s: %s", file, strerror(errno));
		free(text);
		text = NULL;
	} else if (*len > max) {
		cli_say(cli, "", "%s has more than %zu bytes", file, max);
		explicit_bzero(text, *len);
		free(text);
		text = NULL;
	} else {
		text[*len] = '\0';
	}
	if (f && f != stdin)
		fclose(f);
	return text;
}

int file_write(const struct cli *cli, const char *file, const char *text)
{
	size_t len = strlen(text);
	char *temporary;
	int fd = -1, r = CLI_FAILED;

	if (asprintf(&temporary, "%s.new", file) < 0)
		return cli_error(cli, r, "out of memory");
	if (unlink(temporary) == 0 || errno == ENOENT)
		fd = open(temporary,
			  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			  0600);
	if (fd >= 0 && write(fd, text, len) == (ssize_t)len && !fsync(fd) &&
	    !rename(temporary, file))
		r = CLI_OK;
	else
		cli_say(cli, "", "cannot write %s: %s", file, strerror(errno));
	if (r && fd >= 0)
		unlink(temporary);
	if (fd >= 0)
		close(fd);
	free(temporary);
	return r;
}
