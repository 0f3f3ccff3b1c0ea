#include "config.h"

#include "store/access.h"

#include <string.h>

#include "base/arena.h"
#include "base/gettext.h"
#include "base/map.h"
#include "base/str.h"
#include "db/db.h"
#include "store/layout.h"
#include "store/store.h"

enum refusal { REFUSED_NOTHING, REFUSED_TABLE, REFUSED_RESTRICTED,
	REFUSED_IDENTIFYING };

struct store_access {
	struct arena *arena;
	struct map sheets;		/* small name -> its layout_class + 1 */
	bool restricted;
	struct str used;
	enum refusal refusal;		/* the first */
	char table[128];
};

static const char *small(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name);

	for (char *c = copy; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return copy;
}

static void add_sheets(struct store_access *access,
	const struct layout *layout)
{
	for (size_t t = 0; t < layout->tables.n; t++)
		for (size_t s = 0; s < layout->tables.items[t].sheets.n; s++) {
			const struct layout_sheet *sheet =
				&layout->tables.items[t].sheets.items[s];

			map_set(&access->sheets,
				small(access->arena, sheet->name),
				(void *)((uintptr_t)sheet->class_ + 1));
		}
}

static bool load_sheets(struct store_access *access, struct store *store,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT form, tables FROM layout", err);
	enum db_result result = DB_FAILED;
	bool ok = walk != NULL;

	while (ok && (result = db_step(walk, err)) == DB_ROW) {
		struct layout *layout = layout_parse(db_text(walk, 0),
			db_text(walk, 1), err);

		ok = layout != NULL;
		if (ok)
			add_sheets(access, layout);
		layout_free(layout);
	}
	if (walk != NULL)
		db_reset(walk);
	return ok && result == DB_DONE;
}

/* What stands behind bz_records and bz_versions, what tells of forms and
 * bundles, and what SQLite tells of itself: no answers. */
static bool is_plain(const char *table, const char *column)
{
	static const char *const plain[] = {
		"record", "version", "manifest", "device", "form", "media",
		"brought", "prior", "attachment", "sealed", "layout", "log",
		"quarantine", "meta", "label_view", "sqlite_schema",
		"sqlite_master"
	};

	if (strcmp(table, "content") == 0)
		return strcmp(column, "bytes") != 0;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (strcmp(table, plain[i]) == 0)
			return true;
	return false;
}

static void note_use(struct store_access *access, const char *sheet)
{
	size_t n = strlen(sheet);
	const char *at = strstr(access->used.data, sheet);

	if (at != NULL && (at[n] == '\0' || at[n] == ','))
		return;
	str_addf(&access->used, "%s%s", access->used.len > 0 ? ", " : "",
		sheet);
}

static enum refusal judge(struct store_access *access, const char *table,
	const char *column)
{
	const char *name = small(access->arena, table);
	void *there = map_get(&access->sheets, name);

	if (there == NULL)
		return is_plain(name, small(access->arena, column)) ||
			str_starts(name, "bz_") ? REFUSED_NOTHING :
			REFUSED_TABLE;
	switch ((enum layout_class)((uintptr_t)there - 1)) {
	case LAYOUT_PUBLIC:
		return REFUSED_NOTHING;
	case LAYOUT_RESTRICTED:
		if (!access->restricted)
			return REFUSED_RESTRICTED;
		note_use(access, name);
		return REFUSED_NOTHING;
	case LAYOUT_IDENTIFYING:
		break;
	}
	return REFUSED_IDENTIFYING;
}

static bool may_read(void *context, const char *table, const char *column)
{
	struct store_access *access = context;
	struct arena_mark mark = arena_mark(access->arena);
	enum refusal refusal = judge(access, table, column);

	arena_reset(access->arena, mark);
	if (refusal != REFUSED_NOTHING &&
			access->refusal == REFUSED_NOTHING) {
		access->refusal = refusal;
		snprintf(access->table, sizeof access->table, "%s", table);
	}
	return refusal == REFUSED_NOTHING;
}

struct store_access *store_access_new(struct store *store, bool restricted,
	struct err *err)
{
	struct store_access *access = xcalloc(1, sizeof *access);

	access->arena = arena_new();
	map_init(&access->sheets);
	access->restricted = restricted;
	str_init(&access->used);
	/* a merge meanwhile must not bring tables that are not known here */
	if (db_exec(store_db(store), "BEGIN", err) &&
			load_sheets(access, store, err)) {
		db_only_read(store_db(store), may_read, access);
		return access;
	}
	store_access_free(access);
	return NULL;
}

void store_access_free(struct store_access *access)
{
	if (access == NULL)
		return;
	map_release(&access->sheets);
	str_release(&access->used);
	arena_free(access->arena);
	free(access);
}

const char *store_access_used(const struct store_access *access)
{
	return access->used.data;
}

bool store_access_refused(const struct store_access *access, struct err *err)
{
	switch (access->refusal) {
	case REFUSED_NOTHING:
		return false;
	case REFUSED_TABLE:
		err_set(err, ERR_REFUSED, _("'%s' is not read here: use the "
			"tables and views whose names begin with bz_"),
			access->table);
		break;
	case REFUSED_RESTRICTED:
		err_set(err, ERR_REFUSED, _("'%s' is restricted: it needs "
			"--include restricted and --reason TEXT"),
			access->table);
		break;
	case REFUSED_IDENTIFYING:
		err_set(err, ERR_REFUSED, _("'%s' tells who a person is: it is "
			"never shown"), access->table);
		break;
	}
	return true;
}
