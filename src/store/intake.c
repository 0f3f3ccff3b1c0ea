/* Entries of bundles.  See intake.h. */
#include "config.h"

#include "store/intake.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/gettext.h"
#include "base/map.h"
#include "base/mem.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/erase.h"
#include "store/store.h"

struct intake {
	struct store *store;
	struct content_writer writer;	/* of a long entry */
	bool is_here;			/* it is in the store already, or erased */
	bool asked, refuses;		/* whether anything is refused here */
	struct map forms;		/* "id\nversion" that were found to be here */
	struct arena *arena;
};

struct intake *intake_new(struct store *store)
{
	struct intake *intake = xcalloc(1, sizeof *intake);

	intake->store = store;
	intake->arena = arena_new();
	map_init(&intake->forms);
	return intake;
}

void intake_free(struct intake *intake)
{
	if (intake == NULL)
		return;
	map_release(&intake->forms);
	arena_free(intake->arena);
	free(intake);
}

bool intake_check_form(struct intake *intake,
	const struct manifest_entry *entry, bool trusted, struct err *err)
{
	const char *id = entry->form_id != NULL ? entry->form_id : "";
	const char *version =
		entry->form_version != NULL ? entry->form_version : "";
	struct arena_mark mark = arena_mark(intake->arena);
	const char *key = arena_printf(intake->arena, "%s\n%s", id, version);
	struct form_known known;

	if (map_has(&intake->forms, key)) {
		arena_reset(intake->arena, mark);
		return true;
	}
	if (!derive_form_known(intake->store, id, version, &known, err))
		return false;
	if (!known.known && trusted)
		return err_set(err, ERR_NOTFOUND,
			_("version '%2$s' of form '%1$s' is not known here"),
			id, version);
	if (known.is_protected)
		return err_set(err, ERR_REFUSED,
			_("a record of the protected form '%s' is not sealed"),
			id);
	if (known.is_untagged && store_refuses_untagged(intake->store))
		return err_set(err, ERR_REFUSED,
			_("the project takes no forms without a class, as '%s'"),
			id);
	map_set(&intake->forms, key, intake);
	return true;
}

static bool entry_hash(const struct manifest_entry *entry,
	uint8_t sha256[SHA256_BYTES], struct err *err)
{
	return hex_decode(entry->sha256, sha256, SHA256_BYTES) ||
		err_set(err, ERR_SPEC, _("an entry has no hash"));
}

/* Answers that the store has given up are not taken again. */
static bool is_refused(struct intake *intake,
	const struct manifest_entry *entry,
	const uint8_t sha256[SHA256_BYTES], bool *is, struct err *err)
{
	int64_t any;

	*is = false;
	if (entry->kind != ENTRY_RECORD && entry->kind != ENTRY_SEALED &&
			entry->kind != ENTRY_FILE)
		return true;
	if (!intake->asked && !db_number(store_db(intake->store),
			"SELECT EXISTS (SELECT 1 FROM refused)", &any, err))
		return false;
	if (!intake->asked)
		intake->refuses = any != 0;
	intake->asked = true;
	return !intake->refuses ||
		erase_is_refused(intake->store, sha256, is, err);
}

/* A whole entry, whose hash the reader has checked at its end. */
static bool keep_whole(struct intake *intake, const struct feed_item *item,
	int64_t *content, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	bool refused;

	if (!entry_hash(item->entry, sha256, err) || !is_refused(intake,
			item->entry, sha256, &refused, err))
		return false;
	return refused ? content_put_blank(intake->store, sha256,
			item->bytes.len, content, err) :
		content_put_packed(intake->store, sha256, item->bytes.data,
			item->bytes.len, item->is_packed ? &item->packed :
			NULL, content, err);
}

static bool begin_pieces(struct intake *intake, const struct feed_item *item,
	struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	struct content_slot slot;
	bool refused;

	intake->is_here = false;
	if (!entry_hash(item->entry, sha256, err) ||
			!is_refused(intake, item->entry, sha256, &refused,
				err) ||
			!content_slot(intake->store, sha256, &slot, err))
		return false;
	intake->is_here = refused || (slot.id != 0 && !slot.is_erased);
	intake->writer.id = slot.id;
	if (refused)
		return content_put_blank(intake->store, sha256,
			item->entry->size_bytes, &intake->writer.id, err);
	return intake->is_here || content_begin(intake->store,
		&intake->writer, sha256, item->entry->size_bytes, err);
}

bool intake_item(struct intake *intake, const struct feed_item *item,
	int64_t *content, struct err *err)
{
	if (!item->is_piece)
		return keep_whole(intake, item, content, err);
	if (item->begins && !begin_pieces(intake, item, err))
		return false;
	*content = intake->writer.id;
	return intake->is_here || item->bytes.len == 0 ||
		content_more(&intake->writer, item->bytes.data,
			item->bytes.len, err);
}
