#include "config.h"

#include "field/copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "field/local.h"
#include "trust/device.h"

#define PLACE "place"		/* secrets, see bayaz-field(7) */
#define CHAIN "chain"
#define PACKING "packing"

/* --- where it lies --- */

struct place { char machine[33]; int64_t inode; };	/* 0: not stable here */

/* File systems on which a file keeps its number as long as it lives. */
static bool has_stable_numbers(const char *path)
{
	static const long kinds[] = {
		0xEF53 /* ext2, 3, 4 */, 0x58465342 /* XFS */,
		0x9123683E /* Btrfs */, 0xF2F52010 /* F2FS */,
		0x01021994 /* tmpfs */, 0x2FC12FC1 /* ZFS */,
		0x3153464A /* JFS */, 0x52654973 /* ReiserFS */,
	};
	struct statfs fs;

	if (statfs(path, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if ((unsigned long)fs.f_type == (unsigned long)kinds[i])
			return true;
	return false;
}

/* Not the id itself, which other programs know this computer by. */
static void read_machine(char machine[33])
{
	static const char salt[] = "bayaz machine";
	struct str id = STR_INIT;
	uint8_t tag[32];

	machine[0] = '\0';
	if (file_exists("/etc/machine-id") &&
			file_read("/etc/machine-id", 4096, &id, NULL)) {
		hmac_sha256(salt, sizeof salt, id.data, id.len, tag);
		hex_encode(tag, 16, machine);
	}
	str_release(&id);
}

static void look(const struct workspace *ws, struct place *place)
{
	char *path = workspace_keys_path(ws->folder);
	struct stat st;

	read_machine(place->machine);
	place->inode = has_stable_numbers(path) && stat(path, &st) == 0 ?
		(int64_t)st.st_ino : 0;
	free(path);
}

/* *known false: nothing was noted yet. */
static bool recall(struct workspace *ws, const struct place *now,
	struct place *place, bool *known, struct err *err)
{
	struct str text = STR_INIT;
	struct json *value = NULL;
	const char *machine;
	struct err why = ERR_INIT;
	bool read;

	memset(place, 0, sizeof *place);
	read = workspace_get_secret(ws, PLACE, &text, &why);
	if (read)
		value = js_parse(text.data, text.len, NULL);
	str_release(&text);
	machine = js_get_text(value, "machine");
	if (machine != NULL)
		snprintf(place->machine, sizeof place->machine, "%s", machine);
	place->inode = js_get_int(value, "keys", 0);
	js_free(value);
	*known = machine != NULL || why.code == ERR_CRYPTO;
	if (read || why.code == ERR_NOTFOUND)
		return true;
	if (why.code == ERR_CRYPTO) {	/* damaged: it tells nothing */
		*place = *now;
		return true;
	}
	if (err != NULL)
		*err = why;
	return false;
}

static bool note(struct workspace *ws, const struct place *place,
	struct err *err)
{
	struct json *value = js_new_object();
	char *text;
	bool ok;

	js_put_text(value, "machine", place->machine);
	js_put_int(value, "keys", place->inode);
	text = js_print(value);
	ok = workspace_put_secret(ws, PLACE, text, strlen(text), err);
	free(text);
	js_free(value);
	return ok;
}

/* A stick that is carried from one laptop to another is no copy: the file of
 * keys is the same one.  Another file is a copy, also on the same laptop.
 * Where files have no lasting numbers, nothing can be told. */
bool copy_look(struct workspace *ws, struct err *err)
{
	struct place now, before;
	bool known;

	look(ws, &now);
	/* what could not be read must not be written anew: a copy would never
	 * be known for one */
	if (!recall(ws, &now, &before, &known, err))
		return false;
	if (known && now.inode == before.inode &&
			strcmp(now.machine, before.machine) == 0)
		return true;
	ws->is_copy = known && now.inode != 0 && before.inode != 0 &&
		now.inode != before.inode;
	if (!ws->is_copy)
		(void)!note(ws, &now, NULL);
	return true;
}

bool workspace_is_copy(const struct workspace *ws)
{
	return ws->is_copy;
}

/* --- a key of its own --- */

static bool new_device(struct workspace *ws,
	char fingerprint[FINGERPRINT_BYTES], struct err *err)
{
	struct trust_device old, fresh;
	struct str text = STR_INIT;
	bool ok = workspace_get_secret(ws, WORKSPACE_DEVICE, &text, err) &&
		trust_device_parse(text.data, text.len, &old, err);

	str_wipe(&text);
	if (!ok)
		return false;
	ok = trust_device_new(old.name[0] != '\0' ? old.name : NULL, &fresh,
		err);
	trust_device_wipe(&old);
	if (!ok)
		return false;
	trust_device_fingerprint(&fresh, fingerprint);
	trust_device_print(&fresh, &text);
	ok = workspace_put_secret(ws, WORKSPACE_DEVICE, text.data, text.len,
		err);
	trust_device_wipe(&fresh);
	str_wipe(&text);
	return ok;
}

static bool make_own(struct workspace *ws,
	char fingerprint[FINGERPRINT_BYTES], struct err *err)
{
	struct place now;

	look(ws, &now);
	fingerprint[0] = '\0';
	return (!workspace_has_secret(ws, WORKSPACE_DEVICE) ||
			new_device(ws, fingerprint, err)) &&
		/* the bundle that was being written is the original's */
		workspace_put_secret(ws, PACKING, "", 0, err) &&
		workspace_put_secret(ws, CHAIN, "", 0, err) &&
		note(ws, &now, err);
}

bool workspace_make_own(struct workspace *ws,
	char fingerprint[FINGERPRINT_BYTES], struct err *err)
{
	if (!workspace_begin(ws, err))
		return false;
	if (make_own(ws, fingerprint, err) && workspace_commit(ws, err)) {
		ws->is_copy = false;
		return true;
	}
	workspace_rollback(ws);
	return false;
}
