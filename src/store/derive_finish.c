/* When enough has come: records, rows of tables, findings. */
#include "config.h"

#include <stdlib.h>

#include "base/mem.h"
#include "db/db.h"
#include "store/derive_parts.h"
#include "store/findings.h"
#include "store/gate.h"
#include "store/graph.h"
#include "store/judge.h"
#include "store/reconcile.h"
#include "store/store.h"
#include "store/tables.h"

/* What is open while records are written. */
struct finishing {
	struct reconciler *reconciler;
	struct tables *tables;
	struct finder *finder;
	int64_t n_records;		/* more than before */
};

static bool open_finishing(struct store *store, struct touched *touched,
	struct err *err)
{
	struct finishing *f = touched->finishing;

	if (f != NULL)
		return true;
	f = touched->finishing = xcalloc(1, sizeof *f);
	f->reconciler = reconciler_new(store);
	f->tables = tables_open(store, &touched->shelf);
	f->finder = finder_open(store, f->reconciler, err);
	return f->finder != NULL;
}

static void close_finishing(struct touched *touched)
{
	struct finishing *f = touched->finishing;

	if (f == NULL)
		return;
	touched->n_missing += tables_n_missing(f->tables);
	finder_close(f->finder);
	tables_close(f->tables);
	reconciler_free(f->reconciler);
	free(f);
	touched->finishing = NULL;
}

void touched_release(struct touched *touched)
{
	close_finishing(touched);
	gate_free(touched->gate);
	version_shelf_release(&touched->shelf);
	xml_reader_free(touched->reader);
	vec_release(&touched->versions);
	vec_release(&touched->resolutions);
}

static bool write_record(void *context, int64_t record, enum graph_how how,
	struct err *err)
{
	struct finishing *f = context;

	f->n_records += how != GRAPH_KNOWN;
	return (how == GRAPH_PLAIN || reconcile(f->reconciler, record, err)) &&
		tables_write(f->tables, record, how == GRAPH_KNOWN, err) &&
		finder_note(f->finder, record, err);
}

static bool remove_record(void *context, int64_t record, enum graph_how how,
	struct err *err)
{
	struct finishing *f = context;

	(void)how;
	f->n_records--;
	return reconcile_forget(reconciler_store(f->reconciler), record,
			err) &&
		tables_remove(f->tables, record, err) &&
		finder_forget(f->finder, record, err);
}

/* Records with several heads are joined by what their form says. */
static bool touch_joined(struct store *store, struct touched *touched,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT current FROM record WHERE heads > 1", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		int64_t current = db_int(walk, 0);

		vec_push(&touched->versions, current);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

static bool add_total(struct store *store, const char *name, int64_t n,
	struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"UPDATE total SET n = n + ?2 WHERE name = ?1", err);

	if (add == NULL)
		return false;
	db_bind_text(add, 1, name);
	db_bind_int(add, 2, n);
	return db_run(add, err);
}

/* Counting rows takes the longer the more there are. */
static bool add_totals(struct store *store, struct touched *touched,
	struct err *err)
{
	struct finishing *f = touched->finishing;
	bool ok = add_total(store, "version", (int64_t)
			(touched->n_versions_new - touched->n_versions_counted),
			err) &&
		add_total(store, "record", f->n_records, err);

	touched->n_versions_counted = touched->n_versions_new;
	f->n_records = 0;
	return ok;
}

static bool finish_records(struct store *store, struct touched *touched,
	struct err *err)
{
	bool ok = open_finishing(store, touched, err) &&
		graph_update(store, touched->versions.items,
			touched->versions.n, remove_record, write_record,
			touched->finishing, err) &&
		add_totals(store, touched, err);

	touched->versions.n = 0;
	version_shelf_clear(&touched->shelf);
	return ok;
}

bool derive_some(struct store *store, struct touched *touched,
	struct err *err)
{
	if (!version_shelf_is_full(&touched->shelf) || touched->forms ||
			touched->rules || touched->trust || touched->anew ||
			touched->resolutions.n > 0)
		return true;
	return finish_records(store, touched, err);
}

bool derive_finish(struct store *store, struct touched *touched,
	struct err *err)
{
	bool changed = false, ok;

	if (touched->trust && !judge_update(store, 0, &changed, err))
		return false;
	if (changed || touched->anew)
		return store_derive_all(store, err);
	if (!derive_resolutions(store, touched, err))
		return false;
	if (touched->forms) {
		close_finishing(touched);
		if (!tables_update_layouts(store, err) ||
				!touch_joined(store, touched, err))
			return false;
	}
	ok = finish_records(store, touched, err) &&
		finder_finish(touched->finishing->finder,
			touched->forms || touched->rules, err);
	close_finishing(touched);
	return ok;
}
