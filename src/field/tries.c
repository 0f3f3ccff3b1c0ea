/* Wrong passphrases, counted in clear: who guesses at the keyboard is slowed
 * down, and who comes back is told.  Format: bayaz-field(7). */
#include "config.h"

#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "field/local.h"

/* number (8), time of the first (8), of the last (8) */
enum { TRIES_BYTES = 24, FREE_TRIES = 3, MOST_S = 300 };

static bool load(struct db *db, struct workspace_tries *tries,
	struct err *err)
{
	struct str bytes = STR_INIT;
	bool ok = meta_find(db, "tries", &bytes, err);

	memset(tries, 0, sizeof *tries);
	if (ok && bytes.len == TRIES_BYTES) {
		const uint8_t *from = (const uint8_t *)bytes.data;

		tries->n = get_le64(from);
		tries->first = (int64_t)get_le64(from + 8);
		tries->last = (int64_t)get_le64(from + 16);
	}
	str_release(&bytes);
	return ok;
}

static bool save(struct db *db, const struct workspace_tries *tries,
	struct err *err)
{
	uint8_t bytes[TRIES_BYTES];

	put_le64(bytes, tries->n);
	put_le64(bytes + 8, (uint64_t)tries->first);
	put_le64(bytes + 16, (uint64_t)tries->last);
	return meta_put(db, "tries", bytes, sizeof bytes, err);
}

bool workspace_tries(const char *folder, struct workspace_tries *tries,
	struct err *err)
{
	char *path = path_join(folder, "field.db");
	struct db *db = db_open(path, 0, err);
	bool ok = db != NULL && load(db, tries, err);

	db_close(db);
	free(path);
	return ok;
}

unsigned workspace_wait_s(const struct workspace_tries *tries)
{
	uint64_t doublings;

	if (tries->n < FREE_TRIES)
		return 0;
	doublings = tries->n - FREE_TRIES;
	return doublings > 7 ? MOST_S : 2u << doublings;
}

const struct workspace_tries *workspace_tries_before(
	const struct workspace *ws)
{
	return &ws->tries;
}

static bool count(struct db *db)
{
	struct workspace_tries tries;

	if (!load(db, &tries, NULL))
		return false;
	tries.last = field_now(NULL);
	if (tries.n++ == 0)
		tries.first = tries.last;
	return save(db, &tries, NULL);
}

void tries_count(struct db *db)
{
	if (!db_begin(db, NULL))
		return;
	if (!count(db) || !db_commit(db, NULL))
		db_rollback(db);
}

void tries_forget(struct workspace *ws)
{
	if (load(ws->db, &ws->tries, NULL) && ws->tries.n > 0)
		(void)!meta_delete(ws->db, "tries", NULL);
}
