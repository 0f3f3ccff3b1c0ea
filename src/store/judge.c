#include "config.h"

#include "store/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "bundle/format.h"
#include "db/db.h"
#include "store/content.h"
#include "store/fact.h"
#include "store/statement.h"
#include "store/store.h"

/* --- walking facts of one kind --- */

struct statement {
	const char *signer;
	char sha256[SHA256_HEX_BYTES];
	const struct str *text;
};

typedef bool visit_fn(struct store *store, void *context,
	const struct statement *is, struct err *err);

/* In the order of their hashes. */
static bool each_fact(struct store *store, const char *kind, visit_fn *visit,
	void *context, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT f.content, f.signer, c.sha256 FROM fact f"
		" JOIN content c ON c.id = f.content WHERE f.kind = ?1"
		" ORDER BY c.sha256", err);
	struct str text = STR_INIT;
	enum db_result result;
	bool ok = true;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, kind);
	while (ok && (result = db_step(walk, err)) != DB_DONE) {
		struct statement is = { .text = &text };
		const void *hash;
		size_t n;

		str_clear(&text);
		ok = result == DB_ROW && content_get(store, db_int(walk, 0),
			BUNDLE_MAX_MANIFEST, &text, err);
		if (!ok)
			break;
		is.signer = db_text(walk, 1);
		hash = db_blob(walk, 2, &n);
		hex_encode(hash, n < SHA256_BYTES ? n : SHA256_BYTES,
			is.sha256);
		ok = visit(store, context, &is, err);
	}
	db_reset(walk);
	str_release(&text);
	return ok;
}

/* --- the project and its certificates --- */

struct newest { bool found; struct trust_project project; };

/* They come in the order of their hashes, so of equals the last is taken. */
static bool take_project(struct store *store, void *context,
	const struct statement *is, struct err *err)
{
	struct newest *newest = context;
	struct trust_project project;

	(void)store;
	if (!trust_project_parse(is->text->data, is->text->len, &project,
			err)) {
		err_clear(err);		/* of a format we do not know */
		return true;
	}
	if (!newest->found || project.serial >= newest->project.serial)
		newest->project = project;
	newest->found = true;
	return true;
}

static bool find_project(struct store *store, struct trust_project *project,
	bool *found, struct err *err)
{
	struct newest newest = { .found = false };

	if (!each_fact(store, FACT_PROJECT, take_project, &newest, err))
		return false;
	*found = newest.found;
	if (newest.found)
		*project = newest.project;
	return true;
}

bool judge_project(struct store *store, struct trust_project *project,
	struct err *err)
{
	bool found;

	if (!find_project(store, project, &found, err))
		return false;
	return found || err_set(err, ERR_NOTFOUND,
		_("'%s' does not know its project yet"), store_path(store));
}

static bool is_projects(const struct judge *judge, const char *signer)
{
	struct minisign_public key;

	return minisign_public_parse(signer, &key, NULL) &&
		minisign_public_same(&judge->project.key, &key);
}

static bool take_certificate(struct store *store, void *context,
	const struct statement *is, struct err *err)
{
	struct judge *judge = context;
	struct trust_cert cert;

	(void)store;
	if (!is_projects(judge, is->signer))
		return true;
	if (trust_cert_parse(is->text->data, is->text->len, &cert, err))
		vec_push(&judge->certs, cert);
	else
		err_clear(err);		/* of a format we do not know */
	return true;
}

static void add_withdrawn(struct judge *judge, const struct json *fact)
{
	const char *key = js_get_text(fact, "key");
	const struct json *keeps = js_get(fact, "keeps");
	struct judge_withdrawn withdrawn = { .keeps = { 0 } };

	if (key == NULL || !minisign_public_parse(key, &withdrawn.key, NULL))
		return;
	for (size_t i = 0; i < js_size(keeps); i++) {
		const char *hex = js_text(js_at(keeps, i));
		struct judge_hash hash;

		if (hex == NULL || !sha256_is_hex(hex))
			continue;
		memcpy(hash.hex, hex, sizeof hash.hex);
		vec_push(&withdrawn.keeps, hash);
	}
	vec_push(&judge->withdrawn, withdrawn);
}

static bool take_withdrawal(struct store *store, void *context,
	const struct statement *is, struct err *err)
{
	struct judge *judge = context;
	struct json *fact;

	(void)store;
	if (!is_projects(judge, is->signer))
		return true;
	fact = js_parse(is->text->data, is->text->len, err);
	if (fact == NULL)
		return false;
	add_withdrawn(judge, fact);
	js_free(fact);
	return true;
}

bool judge_load(struct store *store, struct judge *judge, struct err *err)
{
	memset(judge, 0, sizeof *judge);
	if (!find_project(store, &judge->project, &judge->has_project, err))
		return false;
	return !judge->has_project ||
		(each_fact(store, FACT_CERTIFICATE, take_certificate, judge,
			err) &&
		each_fact(store, FACT_WITHDRAWN, take_withdrawal, judge,
			err));
}

void judge_release(struct judge *judge)
{
	for (size_t i = 0; i < judge->withdrawn.n; i++)
		vec_release(&judge->withdrawn.items[i].keeps);
	vec_release(&judge->withdrawn);
	vec_release(&judge->certs);
}

static bool is_kept(const struct judge_withdrawn *withdrawn,
	const char sha256[SHA256_HEX_BYTES])
{
	for (size_t i = 0; i < withdrawn->keeps.n; i++)
		if (strcmp(withdrawn->keeps.items[i].hex, sha256) == 0)
			return true;
	return false;
}

static bool is_withdrawn(const struct judge *judge,
	const struct minisign_public *key,
	const char sha256[SHA256_HEX_BYTES])
{
	for (size_t i = 0; i < judge->withdrawn.n; i++)
		if (minisign_public_same(&judge->withdrawn.items[i].key,
				key) &&
				!is_kept(&judge->withdrawn.items[i], sha256))
			return true;
	return false;
}

bool judge_counts(const struct judge *judge, const char *signer,
	const char sha256[SHA256_HEX_BYTES], unsigned roles)
{
	struct minisign_public key;
	bool may = false;

	if (!judge->has_project || !minisign_public_parse(signer, &key, NULL))
		return false;
	for (unsigned role = 1; role <= ROLES_ALL; role <<= 1)
		may = may || ((roles & role) && trust_may(&judge->project,
			judge->certs.items, judge->certs.n, &key, role));
	return may && !is_withdrawn(judge, &key, sha256);
}

/* --- devices --- */

/* What was said about one device, if it counts. */
struct saying {
	char device[MINISIGN_PUBLIC_TEXT];
	char sha256[SHA256_HEX_BYTES];
	bool revoked;
	VEC(struct judge_hash) trusted;	/* manifests; with their ancestors */
};

struct devices {
	struct store *store;
	struct judge judge;
	VEC(struct saying) sayings;
	struct map replaced;		/* hashes of what does not count any more */
	struct arena *arena;
};

static void take_replaced(struct devices *d, const struct json *fact)
{
	const struct json *replaces = js_get(fact, "replaces");

	for (size_t i = 0; i < js_size(replaces); i++) {
		const char *hex = js_text(js_at(replaces, i));

		if (hex != NULL && sha256_is_hex(hex))
			map_set(&d->replaced, arena_strdup(d->arena, hex), d);
	}
}

static void take_trusted(struct saying *saying, const struct json *fact)
{
	const struct json *trusted = js_get(fact, "trusted");

	for (size_t i = 0; i < js_size(trusted); i++) {
		const char *hex = js_text(js_at(trusted, i));
		struct judge_hash hash;

		if (hex == NULL || !sha256_is_hex(hex))
			continue;
		memcpy(hash.hex, hex, sizeof hash.hex);
		vec_push(&saying->trusted, hash);
	}
}

static void add_saying(struct devices *d, const struct json *fact,
	const struct statement *is, bool revoked)
{
	const char *device = js_get_text(fact, "device");
	struct minisign_public key;
	struct saying saying = { .revoked = revoked };

	if (device == NULL || strlen(device) != sizeof saying.device - 1 ||
			!minisign_public_parse(device, &key, NULL))
		return;
	memcpy(saying.device, device, sizeof saying.device);
	memcpy(saying.sha256, is->sha256, sizeof saying.sha256);
	take_replaced(d, fact);
	if (revoked)
		take_trusted(&saying, fact);
	vec_push(&d->sayings, saying);
}

static bool take_saying(struct devices *d, const struct statement *is,
	bool revoked, struct err *err)
{
	struct json *fact;

	if (!judge_counts(&d->judge, is->signer, is->sha256, ROLE_MERGE))
		return true;
	fact = js_parse(is->text->data, is->text->len, err);
	if (fact == NULL)
		return false;
	add_saying(d, fact, is, revoked);
	js_free(fact);
	return true;
}

static bool take_acceptance(struct store *store, void *context,
	const struct statement *is, struct err *err)
{
	(void)store;
	return take_saying(context, is, false, err);
}

static bool take_revocation(struct store *store, void *context,
	const struct statement *is, struct err *err)
{
	(void)store;
	return take_saying(context, is, true, err);
}

static bool in_force(const struct devices *d, const struct saying *saying)
{
	return !map_has(&d->replaced, saying->sha256);
}

/* A revocation outweighs an acceptance that does not name it (it is the
 * greater word, too). */
static bool write_device(struct devices *d, const struct saying *saying,
	struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(d->store),
		"INSERT INTO device (key, fingerprint, status)"
		" VALUES (?1, ?2, ?3) ON CONFLICT (key) DO UPDATE"
		" SET status = max(status, excluded.status)", err);
	char fingerprint[FINGERPRINT_BYTES];
	struct minisign_public key;

	if (add == NULL || !minisign_public_parse(saying->device, &key, err))
		return false;
	minisign_public_fingerprint(&key, fingerprint);
	db_bind_text(add, 1, saying->device);
	db_bind_text(add, 2, fingerprint);
	db_bind_text(add, 3, saying->revoked ? DEVICE_REVOKED :
		DEVICE_ACCEPTED);
	return db_run(add, err);
}

static bool write_devices(struct devices *d, struct err *err)
{
	if (!db_exec(store_db(d->store), "DELETE FROM device", err))
		return false;
	for (size_t i = 0; i < d->sayings.n; i++)
		if (in_force(d, &d->sayings.items[i]) &&
				!write_device(d, &d->sayings.items[i], err))
			return false;
	return true;
}

/* --- which manifests of a revoked device are trusted --- */

struct link {
	int64_t fact;
	char sha256[SHA256_HEX_BYTES], previous[SHA256_HEX_BYTES];
	bool was, is, reached;
	bool is_aside;			/* somebody set it aside */
};

struct chain_map {
	VEC(struct link) links;
	struct map by_hash;		/* hash -> struct link */
};

static bool load_links(struct store *store, const char *device,
	struct chain_map *chain, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT m.fact, c.sha256, m.previous, m.trusted, EXISTS"
		" (SELECT 1 FROM named n JOIN statement s ON s.fact = n.fact"
		" WHERE n.sha256 = c.sha256 AND s.kind = '" FACT_ASIDE "'"
		" AND s.force) FROM manifest m"
		" JOIN fact f ON f.id = m.fact JOIN content c ON c.id = f.content"
		" WHERE m.device = ?1", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, device);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct link link = { .fact = db_int(walk, 0),
			.was = db_int(walk, 3) != 0, .is = true,
			.is_aside = db_int(walk, 4) != 0 };

		row_hash(walk, 1, link.sha256);
		row_hash(walk, 2, link.previous);
		vec_push(&chain->links, link);
	}
	db_reset(walk);
	for (size_t i = 0; i < chain->links.n; i++)
		map_set(&chain->by_hash, chain->links.items[i].sha256,
			&chain->links.items[i]);
	return result != DB_FAILED;
}

/* Whatever this revocation does not name or lead back from is out. */
static void apply_revocation(struct chain_map *chain,
	const struct saying *saying)
{
	for (size_t i = 0; i < chain->links.n; i++)
		chain->links.items[i].reached = false;
	for (size_t i = 0; i < saying->trusted.n; i++) {
		struct link *at = map_get(&chain->by_hash,
			saying->trusted.items[i].hex);

		for (; at != NULL && !at->reached;
				at = map_get(&chain->by_hash, at->previous))
			at->reached = true;
	}
	for (size_t i = 0; i < chain->links.n; i++)
		if (!chain->links.items[i].reached)
			chain->links.items[i].is = false;
}

static bool write_links(struct store *store, const struct chain_map *chain,
	int64_t except, bool *changed, struct err *err)
{
	struct db_stmt *set = db_prepare(store_db(store),
		"UPDATE manifest SET trusted = ?2 WHERE fact = ?1", err);

	if (set == NULL)
		return false;
	for (size_t i = 0; i < chain->links.n; i++) {
		const struct link *link = &chain->links.items[i];

		if (link->is == link->was)
			continue;
		*changed = *changed || link->fact != except;
		db_bind_int(set, 1, link->fact);
		db_bind_int(set, 2, link->is);
		if (!db_run(set, err))
			return false;
	}
	return true;
}

static bool judge_device(struct devices *d, const char *device,
	int64_t except, bool *changed, struct err *err)
{
	struct chain_map chain = { .by_hash = MAP_INIT };
	enum device_status status;
	bool ok = load_links(d->store, device, &chain, err) &&
		fact_device_status(d->store, device, &status, err);

	for (size_t i = 0; ok && i < chain.links.n; i++)
		chain.links.items[i].is = status != DEVICE_IS_UNKNOWN;
	for (size_t i = 0; ok && i < d->sayings.n; i++) {
		const struct saying *saying = &d->sayings.items[i];

		if (saying->revoked && in_force(d, saying) &&
				strcmp(saying->device, device) == 0)
			apply_revocation(&chain, saying);
	}
	for (size_t i = 0; ok && i < chain.links.n; i++)
		if (chain.links.items[i].is_aside)
			chain.links.items[i].is = false;
	ok = ok && write_links(d->store, &chain, except, changed, err);
	map_release(&chain.by_hash);
	vec_release(&chain.links);
	return ok;
}

/* Those that are revoked, those that nobody accepts who may (any more), and
 * those of which something is set aside or ought to be. */
static bool judge_manifests(struct devices *d, int64_t except, bool *changed,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(d->store),
		"SELECT key FROM device WHERE status = '" DEVICE_REVOKED "'"
		" UNION SELECT device FROM manifest WHERE NOT trusted"
		" UNION SELECT m.device FROM statement s"
		" JOIN named n ON n.fact = s.fact"
		" JOIN content c ON c.sha256 = n.sha256"
		" JOIN fact f ON f.content = c.id"
		" JOIN manifest m ON m.fact = f.id"
		" WHERE s.kind = '" FACT_ASIDE "' AND s.force"
		" UNION SELECT device FROM manifest"
		" WHERE device NOT IN (SELECT key FROM device)", err);
	VEC(char *) keys = { 0 };
	enum db_result result;
	bool ok;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		char *key = xstrdup(db_text(walk, 0));

		vec_push(&keys, key);
	}
	db_reset(walk);
	ok = result != DB_FAILED;
	for (size_t i = 0; i < keys.n; i++) {
		ok = ok && judge_device(d, keys.items[i], except, changed,
			err);
		free(keys.items[i]);
	}
	vec_release(&keys);
	return ok;
}

static void release_devices(struct devices *d)
{
	for (size_t i = 0; i < d->sayings.n; i++)
		vec_release(&d->sayings.items[i].trusted);
	vec_release(&d->sayings);
	map_release(&d->replaced);
	arena_free(d->arena);
	judge_release(&d->judge);
}

static bool load_sayings(struct devices *d, struct err *err)
{
	return judge_load(d->store, &d->judge, err) &&
		each_fact(d->store, FACT_ACCEPTED, take_acceptance, d, err) &&
		each_fact(d->store, FACT_REVOKED, take_revocation, d, err);
}

bool judge_update(struct store *store, int64_t except, bool *changed,
	struct err *err)
{
	struct devices d = { .store = store, .replaced = MAP_INIT,
		.arena = arena_new() };
	bool ok;

	*changed = false;
	ok = load_sayings(&d, err) && write_devices(&d, err) &&
		judge_manifests(&d, except, changed, err);
	release_devices(&d);
	return ok;
}

bool judge_in_force(struct store *store, const char *device, bool revoked,
	struct json *hashes, struct err *err)
{
	struct devices d = { .store = store, .replaced = MAP_INIT,
		.arena = arena_new() };
	bool ok = load_sayings(&d, err);

	for (size_t i = 0; ok && i < d.sayings.n; i++) {
		const struct saying *saying = &d.sayings.items[i];

		if (saying->revoked == revoked && in_force(&d, saying) &&
				strcmp(saying->device, device) == 0)
			js_add(hashes, js_new_text(saying->sha256));
	}
	release_devices(&d);
	return ok;
}
