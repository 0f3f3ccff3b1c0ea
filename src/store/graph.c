#include "config.h"

#include "store/graph.h"

#include <string.h>

#include "db/db.h"
#include "store/graph_parts.h"
#include "store/statement.h"
#include "store/store.h"

/* --- a set of row numbers --- */


bool idset_has(const struct idset *ids, int64_t id)
{
	if (ids->n_slots == 0)
		return false;
	for (size_t at = (size_t)map_hash(&id, sizeof id);; at++) {
		int64_t there = ids->slots[at & (ids->n_slots - 1)];

		if (there == id || there == 0)
			return there == id;
	}
}

static void idset_place(struct idset *ids, int64_t id)
{
	size_t at = (size_t)map_hash(&id, sizeof id);

	while (ids->slots[at & (ids->n_slots - 1)] != 0)
		at++;
	ids->slots[at & (ids->n_slots - 1)] = id;
}

void idset_add(struct idset *ids, int64_t id)
{
	if (idset_has(ids, id))
		return;
	if (ids->n * 2 >= ids->n_slots) {
		struct idset larger = { NULL, ids->n,
			ids->n_slots > 0 ? ids->n_slots * 2 : 64 };

		larger.slots = xcalloc(larger.n_slots, sizeof *larger.slots);
		for (size_t i = 0; i < ids->n_slots; i++)
			if (ids->slots[i] != 0)
				idset_place(&larger, ids->slots[i]);
		free(ids->slots);
		*ids = larger;
	}
	idset_place(ids, id);
	ids->n++;
}

/* --- collecting a record --- */

static bool load_vertex(struct graph *g, int64_t id, struct err *err)
{
	struct db_stmt *get = db_prepare(g->db,
		"SELECT c.sha256, v.instance, v.deprecated, v.record, v.form,"
		" EXISTS (SELECT 1 FROM named n JOIN statement s"
		" ON s.fact = n.fact WHERE n.sha256 = c.sha256"
		" AND s.kind = '" FACT_DELETION "' AND s.force)"
		" FROM version v JOIN content c ON c.id = v.id WHERE v.id = ?1",
		err);
	struct vertex v = { .id = id };
	const void *sha256;
	size_t n;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, id);
	if (db_step(get, err) != DB_ROW) {
		db_reset(get);
		return false;
	}
	sha256 = db_blob(get, 0, &n);
	memcpy(v.sha256.bytes, sha256, n < 32 ? n : 32);
	v.instance = arena_strdup(g->arena, db_text(get, 1));
	v.deprecated = arena_strdup(g->arena, db_text(get, 2));
	v.old_record = db_int(get, 3);
	v.deleted = db_int(get, 5) != 0;
	if (g->form == NULL)
		g->form = arena_strdup(g->arena, db_text(get, 4));
	db_reset(get);
	vec_push(&g->vertices, v);
	idset_add(&g->seen, id);
	return true;
}

static bool load_priors(struct graph *g, size_t at, struct err *err)
{
	struct db_stmt *get = db_prepare(g->db,
		"SELECT sha256 FROM prior WHERE version = ?1", err);
	struct vertex *v = &g->vertices.items[at];
	enum db_result result;

	if (get == NULL)
		return false;
	v->first_prior = g->priors.n;
	db_bind_int(get, 1, v->id);
	while ((result = db_step(get, err)) == DB_ROW) {
		struct hash prior = { { 0 } };
		size_t n;
		const void *bytes = db_blob(get, 0, &n);

		memcpy(prior.bytes, bytes, n < 32 ? n : 32);
		vec_push(&g->priors, prior);
		v->n_priors++;
	}
	db_reset(get);
	/* a record cannot replace itself */
	if (v->n_priors > 0 || strcmp(v->deprecated, v->instance) == 0)
		v->deprecated = "";
	return result != DB_FAILED;
}

/* All versions that a query finds, each once. */
static bool take_found(struct graph *g, struct db_stmt *find, struct err *err)
{
	VEC(int64_t) found = { 0 };
	enum db_result result;
	bool ok;

	while ((result = db_step(find, err)) == DB_ROW) {
		int64_t id = db_int(find, 0);

		if (!idset_has(&g->seen, id)) {
			idset_add(&g->seen, id);
			vec_push(&found, id);
		}
	}
	db_reset(find);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < found.n; i++)
		ok = load_vertex(g, found.items[i], err);
	vec_release(&found);
	return ok;
}

static bool is_first_time(struct graph *g, const char *token)
{
	if (map_has(&g->tokens, token))
		return false;
	map_set(&g->tokens, arena_strdup(g->arena, token), g);
	return true;
}

static bool follow_instance(struct graph *g, const char *instance,
	struct err *err)
{
	struct db_stmt *find;

	if (instance[0] == '\0' || !is_first_time(g,
			arena_printf(g->arena, "i%s", instance)))
		return true;
	find = db_prepare(g->db,
		"SELECT id FROM version WHERE instance = ?1 AND form = ?2"
		" UNION ALL SELECT id FROM version WHERE deprecated = ?1"
		" AND deprecated <> '' AND form = ?2 AND NOT EXISTS"
		" (SELECT 1 FROM prior WHERE version = id)", err);
	if (find == NULL)
		return false;
	db_bind_text(find, 1, instance);
	db_bind_text(find, 2, g->form);
	return take_found(g, find, err);
}

static bool follow_hash(struct graph *g, const struct hash *sha256,
	struct err *err)
{
	char token[1 + SHA256_HEX_BYTES] = "h";
	struct db_stmt *find;

	hex_encode(sha256->bytes, SHA256_BYTES, token + 1);
	if (!is_first_time(g, token))
		return true;
	find = db_prepare(g->db,
		"SELECT v.id FROM content c JOIN version v ON v.id = c.id"
		" WHERE c.sha256 = ?1 AND v.form = ?2"
		" UNION ALL SELECT v.id FROM prior p"
		" JOIN version v ON v.id = p.version"
		" WHERE p.sha256 = ?1 AND v.form = ?2", err);
	if (find == NULL)
		return false;
	db_bind_blob(find, 1, sha256->bytes, SHA256_BYTES);
	db_bind_text(find, 2, g->form);
	return take_found(g, find, err);
}

/* What somebody says is of the same record. */
static bool follow_links(struct graph *g, const struct hash *sha256,
	struct err *err)
{
	struct db_stmt *find = db_prepare(g->db,
		"SELECT o.sha256 FROM named n JOIN statement s"
		" ON s.fact = n.fact JOIN named o ON o.fact = n.fact"
		" WHERE n.sha256 = ?1 AND s.kind = '" FACT_LINK "'"
		" AND s.force", err);
	VEC(struct hash) found = { 0 };
	enum db_result result;
	bool ok;

	if (find == NULL)
		return false;
	db_bind_blob(find, 1, sha256->bytes, SHA256_BYTES);
	while ((result = db_step(find, err)) == DB_ROW) {
		struct hash other = { { 0 } };
		size_t n;
		const void *bytes = db_blob(find, 0, &n);

		memcpy(other.bytes, bytes, n < 32 ? n : 32);
		vec_push(&found, other);
	}
	db_reset(find);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < found.n; i++)
		ok = follow_hash(g, &found.items[i], err);
	vec_release(&found);
	return ok;
}

/* Most versions are of records that nothing else is said of: one question finds
 * that out.  Of others no vertex is made. */
static bool collect_alone(struct graph *g, int64_t version, struct err *err)
{
	struct db_stmt *get = db_prepare(g->db,
		"SELECT c.sha256, v.instance, v.record, v.form"
		" FROM version v JOIN content c ON c.id = v.id"
		" WHERE v.id = ?1 AND v.deprecated = ''"
		" AND NOT EXISTS (SELECT 1 FROM version o WHERE"
		" o.instance = v.instance AND o.id <> v.id)"
		" AND NOT EXISTS (SELECT 1 FROM version o WHERE"
		" o.deprecated = v.instance AND o.deprecated <> '')"
		" AND NOT EXISTS (SELECT 1 FROM prior WHERE version = v.id)"
		" AND NOT EXISTS (SELECT 1 FROM prior p"
		" WHERE p.sha256 = c.sha256)"
		" AND NOT EXISTS (SELECT 1 FROM named n"
		" WHERE n.sha256 = c.sha256)", err);
	struct vertex v = { .id = version, .deprecated = "" };
	enum db_result result;
	const void *sha256;
	size_t n;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, version);
	result = db_step(get, err);
	if (result == DB_ROW) {
		sha256 = db_blob(get, 0, &n);
		memcpy(v.sha256.bytes, sha256, n < 32 ? n : 32);
		v.instance = arena_strdup(g->arena, db_text(get, 1));
		v.old_record = db_int(get, 2);
		g->form = arena_strdup(g->arena, db_text(get, 3));
		vec_push(&g->vertices, v);
		idset_add(&g->seen, version);
	}
	db_reset(get);
	return result != DB_FAILED;
}

/* Collect everything that belongs to the same record as the first vertex. */
static bool collect(struct graph *g, int64_t version, struct err *err)
{
	if (!collect_alone(g, version, err))
		return false;
	if (g->vertices.n > 0)
		return true;
	if (!load_vertex(g, version, err))
		return false;
	for (size_t i = 0; i < g->vertices.n; i++) {
		struct vertex v;

		if (!load_priors(g, i, err))
			return false;
		v = g->vertices.items[i];
		if (!follow_instance(g, v.instance, err) ||
				!follow_instance(g, v.deprecated, err) ||
				!follow_hash(g, &v.sha256, err) ||
				!follow_links(g, &v.sha256, err))
			return false;
		for (size_t k = 0; k < v.n_priors; k++) {
			struct hash prior = g->priors.items[v.first_prior + k];

			/* who linked what is not here linked this, too */
			if (!follow_hash(g, &prior, err) ||
					!follow_links(g, &prior, err))
				return false;
		}
	}
	return true;
}

static void connect(struct graph *g, size_t from, size_t to)
{
	struct edge edge = { from, to, g->vertices.items[from].first_edge,
		g->vertices.items[to].first_back, false };

	g->vertices.items[from].first_edge = g->edges.n;
	g->vertices.items[to].first_back = g->edges.n;
	g->vertices.items[from].n_followers++;
	g->vertices.items[to].n_waiting++;
	vec_push(&g->edges, edge);
}

static void *as_pointer(size_t index)
{
	return (void *)(uintptr_t)(index + 1);
}

/* The vertex that stands for an instanceID; made when first asked for. */
static size_t instance_vertex(struct graph *g, struct map *instances,
	const char *instance)
{
	void *there = map_get(instances, instance);
	struct vertex v = { .instance = instance, .deprecated = "" };

	if (there != NULL)
		return (size_t)(uintptr_t)there - 1;
	vec_push(&g->vertices, v);
	map_set(instances, instance, as_pointer(g->vertices.n - 1));
	return g->vertices.n - 1;
}

static void connect_all(struct graph *g)
{
	struct map hashes = MAP_INIT, instances = MAP_INIT;
	size_t n = g->vertices.n;
	struct edge none = { 0 };

	vec_push(&g->edges, none);
	if (n == 1 && g->priors.n == 0 &&
			g->vertices.items[0].deprecated[0] == '\0')
		return;
	for (size_t i = 0; i < n; i++) {
		char *hex = arena_alloc(g->arena, SHA256_HEX_BYTES);

		hex_encode(g->vertices.items[i].sha256.bytes, SHA256_BYTES,
			hex);
		map_set(&hashes, hex, as_pointer(i));
		if (g->vertices.items[i].deprecated[0] != '\0')
			connect(g, instance_vertex(g, &instances,
				g->vertices.items[i].deprecated), i);
	}
	for (size_t i = 0; i < n; i++) {
		struct vertex v = g->vertices.items[i];
		void *stands = map_get(&instances, v.instance);

		if (stands != NULL)
			connect(g, i, (size_t)(uintptr_t)stands - 1);
		for (size_t k = 0; k < v.n_priors; k++) {
			char hex[SHA256_HEX_BYTES];
			void *prior;

			hex_encode(g->priors.items[v.first_prior + k].bytes,
				SHA256_BYTES, hex);
			prior = map_get(&hashes, hex);
			if (prior != NULL && prior != as_pointer(i))
				connect(g, (size_t)(uintptr_t)prior - 1, i);
		}
	}
	map_release(&hashes);
	map_release(&instances);
}

static void finish_vertex(struct graph *g, size_t at)
{
	struct vertex *v = &g->vertices.items[at];

	v->done = true;
	if (v->id != 0)
		v->depth++;
	for (size_t e = v->first_edge; e != 0; e = g->edges.items[e].next) {
		struct vertex *to =
			&g->vertices.items[g->edges.items[e].to];

		if (g->edges.items[e].dropped)
			continue;
		if (to->depth < v->depth)
			to->depth = v->depth;
		if (--to->n_waiting == 0 && !to->done)
			vec_push(&g->ready, g->edges.items[e].to);
	}
}

static void finish_ready(struct graph *g)
{
	while (g->ready.n > 0)
		finish_vertex(g, g->ready.items[--g->ready.n]);
}

static int by_hash(const void *a, const void *b)
{
	const struct vertex *x = a, *y = b;

	if ((x->id == 0) != (y->id == 0))
		return x->id == 0 ? 1 : -1;
	return memcmp(x->sha256.bytes, y->sha256.bytes, SHA256_BYTES);
}

/* What waits for `at` in a circle does not count: its arrows are dropped. */
static void stop_waiting(struct graph *g, size_t at)
{
	struct edge *edge;

	for (size_t e = g->vertices.items[at].first_back; e != 0;
			e = edge->next_back) {
		edge = &g->edges.items[e];
		if (g->vertices.items[edge->from].done)
			continue;
		edge->dropped = true;
		g->vertices.items[edge->from].n_followers--;
	}
	g->vertices.items[at].n_waiting = 0;
	vec_push(&g->ready, at);
}

/* Depths, from the roots on.  Manifests may claim circles; the version of the
 * lowest hash in one is then taken for a root. */
static void work_out_depths(struct graph *g)
{
	for (size_t i = 0; i < g->vertices.n; i++)
		if (g->vertices.items[i].n_waiting == 0)
			vec_push(&g->ready, i);
	finish_ready(g);
	for (size_t i = 0; i < g->vertices.n; i++) {
		if (g->vertices.items[i].done)
			continue;
		stop_waiting(g, i);	/* vertices are sorted by hash */
		finish_ready(g);
	}
}

static bool update_record(struct graph *g, int64_t version, struct err *err)
{
	bool ok;

	arena_reset(g->arena, g->mark);
	g->form = NULL;
	g->vertices.n = g->priors.n = g->edges.n = g->ready.n = 0;
	map_init(&g->tokens);
	ok = collect(g, version, err);
	if (ok) {
		qsort(g->vertices.items, g->vertices.n,
			sizeof *g->vertices.items, by_hash);
		connect_all(g);
		work_out_depths(g);
		ok = graph_write_down(g, err);
	}
	map_release(&g->tokens);
	return ok;
}

/* Versions that stood together and may not any more. */
static bool update_former(struct graph *g, int64_t version, struct err *err)
{
	struct db_stmt *find = db_prepare(g->db,
		"SELECT id FROM version WHERE record IS NOT NULL AND record ="
		" (SELECT record FROM version WHERE id = ?1)", err);
	VEC(int64_t) found = { 0 };
	enum db_result result;
	bool ok;

	if (find == NULL)
		return false;
	db_bind_int(find, 1, version);
	while ((result = db_step(find, err)) == DB_ROW) {
		int64_t id = db_int(find, 0);

		vec_push(&found, id);
	}
	db_reset(find);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < found.n; i++)
		if (!idset_has(&g->seen, found.items[i]))
			ok = update_record(g, found.items[i], err);
	vec_release(&found);
	return ok;
}

/* Most stores have none: then no record is asked for them. */
static bool find_statements(struct graph *g, struct err *err)
{
	struct db_stmt *get = db_prepare(g->db,
		"SELECT EXISTS (SELECT 1 FROM statement WHERE kind = '"
		FACT_REVIEW "' AND force), EXISTS (SELECT 1 FROM statement"
		" WHERE kind = '" FACT_HORIZON "' AND force)", err);
	enum db_result result;

	if (get == NULL)
		return false;
	result = db_step(get, err);
	if (result == DB_ROW) {
		g->has_reviews = db_int(get, 0) != 0;
		g->has_horizons = db_int(get, 1) != 0;
	}
	db_reset(get);
	return result != DB_FAILED;
}

bool graph_update(struct store *store, const int64_t *versions,
	size_t n_versions, graph_changed *gone, graph_changed *changed,
	void *context, struct err *err)
{
	struct graph g = { .store = store, .db = store_db(store),
		.gone = gone, .changed = changed, .context = context };
	bool ok = n_versions == 0 || find_statements(&g, err);

	g.arena = arena_new();
	g.mark = arena_mark(g.arena);
	for (size_t i = 0; ok && i < n_versions; i++)
		if (!idset_has(&g.seen, versions[i]))
			ok = update_former(&g, versions[i], err);
	for (size_t i = 0; ok && i < n_versions; i++)
		if (!idset_has(&g.seen, versions[i]))
			ok = update_record(&g, versions[i], err);
	for (size_t i = 0; ok && i < g.to_tell.n; i++)
		ok = g.changed(g.context, g.to_tell.items[i], GRAPH_KNOWN, err);
	arena_free(g.arena);
	vec_release(&g.to_tell);
	free(g.seen.slots);
	free(g.claimed.slots);
	vec_release(&g.vertices);
	vec_release(&g.priors);
	vec_release(&g.edges);
	vec_release(&g.ready);
	return ok;
}
