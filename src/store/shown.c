/*
 * What of a record is shown: its heads, the base that they go back to, whether
 * it is hidden, what reviews say.  Source: bayaz-store(5), "Records".
 */
#include "config.h"

#include <string.h>

#include "base/str.h"
#include "db/db.h"
#include "store/graph_parts.h"
#include "store/statement.h"
#include "store/store.h"

/* A version is a head unless something was made from it.  An instanceID that
 * nobody else replaces makes nobody a follower. */
static bool is_head(const struct graph *g, const struct vertex *v)
{
	for (size_t e = v->first_edge; e != 0; e = g->edges.items[e].next) {
		const struct vertex *to =
			&g->vertices.items[g->edges.items[e].to];

		if (!g->edges.items[e].dropped &&
				(to->id != 0 || to->n_followers > 0))
			return false;
	}
	return true;
}

/* --- writing it down --- */

struct outcome {
	int64_t record, current;
	int64_t base;			/* what all heads go back to; 0 */
	size_t n_versions, n_heads;
	const char *name, *hidden, *review;
	bool conflict;			/* of a deletion with what goes on */
};

static bool write_version(struct graph *g, const struct vertex *v,
	int64_t record, bool head, struct err *err)
{
	struct db_stmt *set = db_prepare(g->db,
		"UPDATE version SET record = ?2, depth = ?3, head = ?4,"
		" deleted = ?5 WHERE id = ?1", err);

	if (set == NULL)
		return false;
	db_bind_int(set, 1, v->id);
	db_bind_int(set, 2, record);
	db_bind_int(set, 3, v->depth);
	db_bind_int(set, 4, head);
	db_bind_int(set, 5, v->deleted);
	return db_run(set, err);
}

static const char *record_name(struct graph *g)
{
	const struct vertex *best = NULL;
	char hex[SHA256_HEX_BYTES];

	for (size_t i = 0; i < g->vertices.n; i++) {
		const struct vertex *v = &g->vertices.items[i];

		if (v->id != 0 && (best == NULL || v->depth < best->depth ||
				(v->depth == best->depth &&
				strcmp(v->instance, best->instance) < 0)))
			best = v;
	}
	if (best->instance[0] != '\0')
		return best->instance;
	hex_encode(best->sha256.bytes, SHA256_BYTES, hex);
	return arena_printf(g->arena, "sha256:%s", hex);
}

/* The lowest number that one of these versions had and that is still free. */
static int64_t old_record(const struct graph *g)
{
	int64_t lowest = 0;

	for (size_t i = 0; i < g->vertices.n; i++) {
		int64_t old = g->vertices.items[i].old_record;

		if (old != 0 && (lowest == 0 || old < lowest) &&
				!idset_has(&g->claimed, old))
			lowest = old;
	}
	return lowest;
}

static bool insert_record(struct graph *g, struct outcome *out,
	struct err *err)
{
	struct db_stmt *add = db_prepare(g->db,
		"INSERT INTO record (id, name, form, current, versions, heads,"
		" base, hidden, review, conflict)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
		" ON CONFLICT (id) DO UPDATE"
		" SET name = excluded.name, form = excluded.form,"
		" current = excluded.current, versions = excluded.versions,"
		" heads = excluded.heads, base = excluded.base,"
		" hidden = excluded.hidden, review = excluded.review,"
		" conflict = excluded.conflict", err);

	if (add == NULL)
		return false;
	db_bind_null(add, 1);
	if (out->record != 0)
		db_bind_int(add, 1, out->record);
	db_bind_text(add, 2, out->name);
	db_bind_text(add, 3, g->form);
	db_bind_int(add, 4, out->current);
	db_bind_int(add, 5, (int64_t)out->n_versions);
	db_bind_int(add, 6, (int64_t)out->n_heads);
	db_bind_null(add, 7);
	if (out->base != 0)
		db_bind_int(add, 7, out->base);
	db_bind_text(add, 8, out->hidden);
	db_bind_text(add, 9, out->review);
	db_bind_int(add, 10, out->conflict);
	if (!db_run(add, err))
		return false;
	if (out->record == 0)
		out->record = db_last_row_id(g->db);
	idset_add(&g->claimed, out->record);
	return true;
}

/* Numbers that are free now: their rows go. */
static bool drop_others(struct graph *g, int64_t kept, struct err *err)
{
	for (size_t i = 0; i < g->vertices.n; i++) {
		int64_t old = g->vertices.items[i].old_record;
		struct db_stmt *drop;

		if (old == 0 || old == kept || idset_has(&g->claimed, old))
			continue;
		idset_add(&g->claimed, old);
		if (!g->gone(g->context, old, GRAPH_KNOWN, err))
			return false;
		drop = db_prepare(g->db, "DELETE FROM record WHERE id = ?1",
			err);
		if (drop == NULL)
			return false;
		db_bind_int(drop, 1, old);
		if (!db_run(drop, err))
			return false;
	}
	return true;
}

/* Has what tables show of the record changed? */
static bool differs(struct graph *g, const struct outcome *out, bool *changed,
	struct err *err)
{
	struct db_stmt *get = db_prepare(g->db,
		"SELECT name, current, heads, hidden, conflict, review"
		" FROM record WHERE id = ?1", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, out->record);
	result = db_step(get, err);
	*changed = result != DB_ROW || db_int(get, 1) != out->current ||
		db_int(get, 2) > 1 || out->n_heads > 1 ||
		(db_int(get, 4) != 0) != out->conflict ||
		strcmp(db_text(get, 0), out->name) != 0 ||
		strcmp(db_text(get, 3), out->hidden) != 0 ||
		strcmp(db_text(get, 5), out->review) != 0;
	db_reset(get);
	return result != DB_FAILED;
}

static bool is_live(const struct graph *g, const struct vertex *v)
{
	return v->id != 0 && !v->deleted && is_head(g, v);
}

/* Count the head at every vertex that it goes back to, itself included. */
static void reach_back(struct graph *g, size_t head)
{
	size_t *waiting = ARENA_ARRAY(g->arena, size_t, g->vertices.n + 1);
	bool *seen = ARENA_ARRAY(g->arena, bool, g->vertices.n + 1);
	size_t n = 0;

	waiting[n++] = head;
	seen[head] = true;
	while (n > 0) {
		struct vertex *v = &g->vertices.items[waiting[--n]];

		v->n_reached++;
		for (size_t e = v->first_back; e != 0;
				e = g->edges.items[e].next_back) {
			size_t from = g->edges.items[e].from;

			if (g->edges.items[e].dropped || seen[from])
				continue;
			seen[from] = true;
			waiting[n++] = from;
		}
	}
}

/* The deepest version that all of them go back to, then of highest hash. */
static int64_t common_base(struct graph *g, size_t n_heads)
{
	const struct vertex *base = NULL;

	for (size_t i = 0; i < g->vertices.n; i++)
		if (is_live(g, &g->vertices.items[i]))
			reach_back(g, i);
	for (size_t i = 0; i < g->vertices.n; i++) {
		const struct vertex *v = &g->vertices.items[i];

		if (v->id != 0 && v->n_reached == n_heads &&
				(base == NULL || v->depth >= base->depth))
			base = v;	/* sorted by hash */
	}
	return base != NULL ? base->id : 0;
}

/* Heads, of those that are not deleted; of all if all are. */
static void choose_current(struct graph *g, struct outcome *out)
{
	const struct vertex *live = NULL, *any = NULL;
	bool some_deleted = false;

	for (size_t i = 0; i < g->vertices.n; i++) {
		const struct vertex *v = &g->vertices.items[i];

		if (v->id == 0)
			continue;
		out->n_versions++;
		some_deleted |= v->deleted;
		if (!is_head(g, v))
			continue;
		/* sorted by hash: of the deepest the last */
		if (any == NULL || v->depth >= any->depth)
			any = v;
		if (v->deleted)
			continue;
		out->n_heads++;
		if (live == NULL || v->depth >= live->depth)
			live = v;
	}
	out->current = live != NULL ? live->id : any->id;
	out->hidden = live == NULL ? "deleted" : "";
	out->conflict = live != NULL && some_deleted;
}

/* The day on which the shown version was finished lies before the horizon. */
static bool check_horizon(struct graph *g, struct outcome *out,
	struct err *err)
{
	struct db_stmt *get = !g->has_horizons ? NULL : db_prepare(g->db,
		"SELECT substr(min(finished), 1, 10) FROM brought"
		" WHERE content = ?1 AND finished <> ''", err);
	char date[11];
	enum db_result result;

	if (!g->has_horizons)
		return true;
	if (get == NULL || !statement_horizon_of(g->store, g->form, date, err))
		return false;
	if (date[0] == '\0' || out->hidden[0] != '\0')
		return true;
	db_bind_int(get, 1, out->current);
	result = db_step(get, err);
	if (result == DB_ROW && db_text(get, 0) != NULL &&
			strcmp(db_text(get, 0), date) < 0)
		out->hidden = "past";
	db_reset(get);
	return result != DB_FAILED;
}

/* What people say of these heads; of several words the strictest. */
static bool find_review(struct graph *g, struct outcome *out, struct err *err)
{
	static const char *const strictest[] = { REVIEW_REJECTED,
		REVIEW_ISSUES, REVIEW_APPROVED };
	struct db_stmt *walk = !g->has_reviews ? NULL : db_prepare(g->db,
		"SELECT value FROM statement WHERE kind = '" FACT_REVIEW "'"
		" AND subject = ?1 AND force", err);
	struct str subject = STR_INIT;
	size_t best = sizeof strictest / sizeof strictest[0];
	enum db_result result;

	out->review = REVIEW_RECEIVED;
	if (!g->has_reviews)
		return true;
	if (walk == NULL)
		return false;
	for (size_t i = 0; i < g->vertices.n; i++) {
		char hex[SHA256_HEX_BYTES];

		if (!is_live(g, &g->vertices.items[i]))
			continue;
		hex_encode(g->vertices.items[i].sha256.bytes, SHA256_BYTES,
			hex);
		str_addf(&subject, "%s%s", subject.len > 0 ? " " : "", hex);
	}
	db_bind_text(walk, 1, subject.data);
	while ((result = db_step(walk, err)) == DB_ROW)
		for (size_t i = 0; i < best; i++)
			if (strcmp(db_text(walk, 0), strictest[i]) == 0) {
				out->review = strictest[i];
				best = i;
			}
	db_reset(walk);
	str_release(&subject);
	return result != DB_FAILED;
}

bool graph_write_down(struct graph *g, struct err *err)
{
	struct outcome out = { .name = record_name(g) };
	bool changed = true, is_new;

	out.record = old_record(g);
	is_new = out.record == 0;
	choose_current(g, &out);
	if (out.n_heads > 1)
		out.base = common_base(g, out.n_heads);
	if (!check_horizon(g, &out, err) || !find_review(g, &out, err) ||
			(!is_new && !differs(g, &out, &changed, err)) ||
			!insert_record(g, &out, err) ||
			!drop_others(g, out.record, err))
		return false;
	for (size_t i = 0; i < g->vertices.n; i++)
		if (g->vertices.items[i].id != 0 && !write_version(g,
				&g->vertices.items[i], out.record,
				is_live(g, &g->vertices.items[i]), err))
			return false;
	if (is_new)
		return g->changed(g->context, out.record,
			out.n_heads == 1 && !out.conflict ? GRAPH_PLAIN :
			GRAPH_NEW, err);
	/* not yet: versions that have left the record may still stand in it */
	if (changed)
		vec_push(&g->to_tell, out.record);
	return true;
}
