#include "config.h"

#include "store/history.h"

#include "crypt/crypt.h"
#include "db/db.h"
#include "store/store.h"

struct bundle_row { const char *device; int64_t sequence, records; };

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

/* Borrowed from `get` until the next call. */
static bool find_bundle(struct db_stmt *get, const char *about,
	struct bundle_row *row, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	enum db_result result;

	*row = (struct bundle_row){ "", 0, 0 };
	db_reset(get);
	if (!sha256_is_hex(about) || !hex_decode(about, sha256, sizeof sha256))
		return true;
	db_bind_blob(get, 1, sha256, sizeof sha256);
	result = db_step(get, err);
	if (result == DB_ROW)
		*row = (struct bundle_row){ or_empty(db_text(get, 0)),
			db_int(get, 1), db_int(get, 2) };
	return result != DB_FAILED;
}

static bool visit_row(struct db_stmt *walk, struct db_stmt *get, bool *go_on,
	bool (*visit)(void *context, const struct store_event *event),
	void *context, struct err *err)
{
	struct store_event event = { .at = or_empty(db_text(walk, 0)),
		.kind = or_empty(db_text(walk, 1)),
		.about = or_empty(db_text(walk, 2)),
		.text = or_empty(db_text(walk, 3)) };
	struct bundle_row row;

	if (!find_bundle(get, event.about, &row, err))
		return false;
	event.device = row.device;
	event.sequence = row.sequence;
	event.records = row.records;
	*go_on = visit(context, &event);
	return true;
}

bool store_history(struct store *store, const char *since,
	bool (*visit)(void *context, const struct store_event *event),
	void *context, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT at, kind, about, text FROM log WHERE at >= ?1"
		" ORDER BY id", err);
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT m.name, m.sequence, m.records FROM content c"
		" JOIN fact f ON f.content = c.id"
		" JOIN manifest m ON m.fact = f.id WHERE c.sha256 = ?1", err);
	enum db_result result = DB_FAILED;
	bool ok = true, go_on = true;

	if (walk == NULL || get == NULL)
		return false;
	db_bind_text(walk, 1, since);
	while (ok && go_on && (result = db_step(walk, err)) == DB_ROW)
		ok = visit_row(walk, get, &go_on, visit, context, err);
	db_reset(walk);
	db_reset(get);
	return ok && (!go_on || result == DB_DONE);
}
