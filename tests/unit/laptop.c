#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/str.h"
#include "db/db.h"
#include "laptop.h"

char *folder;

char root[SCRATCH_BYTES];
static unsigned n_folders;

int make_root(void **state)
{
	(void)state;
	return !scratch_make("laptop", root);
}

int remove_root(void **state)
{
	(void)state;
	scratch_remove(root);
	return 0;
}

int fresh_folder(void **state)
{
	(void)state;
	db_fail_nth(0);
	folder = str_format("%s/w%u", root, n_folders++);
	return 0;
}

int forget_folder(void **state)
{
	(void)state;
	db_fail_nth(0);
	file_fail_nth(0);
	free(folder);
	folder = NULL;
	return 0;
}

void assert_good(bool ok, const struct err *err)
{
	char text[800];

	if (!ok)
		fail_msg("%s", err_text(err, text, sizeof text));
}

struct workspace *open_with(const char *passphrase)
{
	struct err err = ERR_INIT;
	struct workspace *ws = workspace_open(folder, passphrase, &err);

	assert_good(ws != NULL, &err);
	return ws;
}

struct workspace *make_workspace(const char *passphrase)
{
	struct err err = ERR_INIT;

	assert_good(workspace_create(folder, passphrase, &err), &err);
	return open_with(passphrase);
}
