/* Any bytes as the tar in a backup; what comes out of it as a workspace. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypt/age.h"
#include "field/backup.h"
#include "field/copy.h"
#include "field/forms.h"
#include "field/records.h"
#include "field/workspace.h"
#include "tests/fuzz/fuzz.h"
#include "tests/scratch.h"

#define PASSPHRASE "river"

static char root[SCRATCH_BYTES];
static char *folder, *file;

static void remove_root(void)
{
	rmdir(root);
}

static void make_root(void)
{
	if (root[0] != '\0')
		return;
	if (!scratch_make("fuzz", root))
		abort();
	folder = path_join(root, "w");
	file = path_join(root, "b.age");
	atexit(remove_root);
}

static void seal(const uint8_t *bytes, size_t n_bytes)
{
	const struct age_to to = { .passphrase = PASSPHRASE, .log_n = 1 };
	struct str sealed = STR_INIT;

	if (!age_encrypt_bytes(&to, bytes, n_bytes, &sealed, NULL) ||
			!file_write(file, sealed.data, sealed.len, 0600, NULL))
		abort();
	str_release(&sealed);
}

static bool see_form(void *context, const struct form_info *form)
{
	(void)context;
	return form->title != NULL;
}

static bool see_record(void *context, const struct record_head *head)
{
	(void)context;
	return head->title != NULL;
}

static void look(struct workspace *ws, struct err *err)
{
	char fingerprint[FINGERPRINT_BYTES];

	if (!workspace_make_own(ws, fingerprint, err) ||
			!forms_each(ws, see_form, NULL, err) ||
			!records_each(ws, see_record, NULL, err))
		err_clear(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;
	struct workspace *ws;
	char *part;

	if (!crypt_init(&err))
		abort();
	make_root();
	seal(bytes, n_bytes);
	part = backup_part(folder);
	if (backup_unpack(file, folder, PASSPHRASE, &err)) {
		ws = workspace_open(part, NULL, &err);
		if (ws != NULL)
			look(ws, &err);
		workspace_close(ws);
		backup_discard(folder);
	}
	if (file_exists(folder))
		abort();	/* something was left behind */
	free(part);
	unlink(file);
	return 0;
}
