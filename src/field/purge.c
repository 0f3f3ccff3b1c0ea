/* Removing records so that they cannot be read any more. */
#include "config.h"

#include "field/local.h"

static bool purge_one(struct workspace *ws, int64_t id, struct err *err)
{
	struct record record = { 0 };
	bool ok = record_load(&record, ws, id, err) &&
		journal_destroy(&record, err) &&
		record_drop_files(&record, err) &&
		(record.body_file == 0 ||
			files_drop(ws, record.body_file, err)) &&
		row_run(ws, "DELETE FROM body WHERE owner = ?1", id, err) &&
		head_delete(ws, "record", id, err) &&
		workspace_forget(ws, id, err);

	record_release(&record);
	return ok;
}

bool records_purge(struct workspace *ws, const int64_t *ids, size_t n_ids,
	struct err *err)
{
	bool ok = true;

	if (n_ids == 0)
		return true;
	if (!workspace_begin(ws, err))
		return false;
	for (size_t i = 0; ok && i < n_ids; i++)
		ok = purge_one(ws, ids[i], err);
	if (ok && workspace_commit(ws, err)) {
		index_release(ws);
		return true;
	}
	workspace_rollback(ws);
	return false;
}
