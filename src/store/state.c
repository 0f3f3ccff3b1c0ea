#include "config.h"

#include "store/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/disk.h"
#include "db/db.h"
#include "store/findings.h"
#include "store/query.h"
#include "store/store.h"

static bool count_all(struct store *store, struct store_state *state,
	struct err *err)
{
	const struct { const char *sql; int64_t *to; } counts[] = {
		{ "SELECT n FROM total WHERE name = 'record'",
			&state->n_records },
		{ "SELECT count(*) FROM sealed s CROSS JOIN content c ON c.id = s.id"
			" WHERE s.kind = 'sealed' AND c.packing <> 2",
			&state->n_sealed },
		{ "SELECT count(*) FROM manifest", &state->n_bundles },
		{ "SELECT count(*) FROM record WHERE conflict",
			&state->n_conflicts },
		{ "SELECT count(*) FROM quarantine", &state->n_waiting },
	};

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		if (!db_number(store_db(store), counts[i].sql, counts[i].to,
				err))
			return false;
	return findings_count(store, &state->n_findings, err) &&
		query_count_open(store, &state->n_questions, err);
}

static bool count_since(struct store *store, struct store_state *state,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT count(*) FROM manifest WHERE fact > ?1", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, state->backup.last_fact);
	result = db_step(get, err);
	if (result == DB_ROW)
		state->n_since = db_int(get, 0);
	db_reset(get);
	return result != DB_FAILED;
}

bool store_state(struct store *store, struct store_state *state,
	struct err *err)
{
	struct disk disk;

	memset(state, 0, sizeof *state);
	disk_look(store_path(store), &disk);
	state->free_bytes = disk.free_bytes;
	return count_all(store, state, err) &&
		devices_list(store, &state->devices, err) &&
		store_backup_noted(store, &state->backup, err) &&
		count_since(store, state, err);
}

void store_state_release(struct store_state *state)
{
	devices_release(&state->devices);
	free(state->backup.path);
	state->backup.path = NULL;
}
