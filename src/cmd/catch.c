#include "config.h"

#include "cmd/catch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/wipe.h"

/* Of a failure half way nothing stays. */
static bool give_up(struct catch *c, struct err *err)
{
	err_set(err, ERR_IO, _("cannot keep what is printed: %s"),
		strerror(errno));
	if (c->file >= 0)
		close(c->file);
	if (c->old_out >= 0)
		close(c->old_out);
	if (c->old_err >= 0)
		close(c->old_err);
	return false;
}

bool catch_begin(struct catch *c, struct err *err)
{
	fflush(stdout);
	fflush(stderr);
	*c = (struct catch){ -1, -1, -1 };
	c->file = memfd_create("bayaz", MFD_CLOEXEC);	/* never on a disk */
	if (c->file < 0)
		return give_up(c, err);
	c->old_out = dup(STDOUT_FILENO);
	c->old_err = dup(STDERR_FILENO);
	if (c->old_out < 0 || c->old_err < 0)
		return give_up(c, err);
	dup2(c->file, STDOUT_FILENO);
	dup2(c->file, STDERR_FILENO);
	return true;
}

void catch_end(struct catch *c, struct str *out)
{
	char piece[4096];
	ssize_t n;

	fflush(stdout);
	fflush(stderr);
	dup2(c->old_out, STDOUT_FILENO);
	dup2(c->old_err, STDERR_FILENO);
	close(c->old_out);
	close(c->old_err);
	lseek(c->file, 0, SEEK_SET);
	while ((n = read(c->file, piece, sizeof piece)) > 0)
		str_addn(out, piece, (size_t)n);
	wipe(piece, sizeof piece);
	close(c->file);
}
