/* Looking into sealed records.  See unlock.h. */
#include "config.h"

#include "store/unlock.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/wipe.h"
#include "bundle/sealed.h"
#include "db/db.h"
#include "store/codes.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/erase.h"
#include "store/gate.h"
#include "store/judge.h"
#include "store/store.h"
#include "store/version.h"
#include "trust/cert.h"
#include "xml/xml.h"

struct sealed_row { int64_t content; char hex[SHA256_HEX_BYTES]; };
typedef VEC(struct sealed_row) sealed_rows;

struct unlocking {
	struct store *store;
	const struct unlock_setup *setup;
	struct unlock_result *result;
	struct age_keys keys;
	struct gate *gate;
	struct touched touched;
	struct arena *arena;
	struct map drawn;		/* MAC of a code -> struct drawn */
	bool may_delete, may_merge;
	bool all;
	bool has_tombstones;
	int64_t after;			/* up to this content all was looked into */
};

/* --- tombstones --- */

char *tombstone_subject(const struct age_identity *identity, const char *code)
{
	char under[AGE_RECIPIENT_TEXT], hex[SHA256_HEX_BYTES];
	struct age_recipient recipient;
	uint8_t key[32], tag[32];

	age_identity_recipient(identity, &recipient);
	age_recipient_format(&recipient, under);
	hkdf_sha256(identity->secret, sizeof identity->secret, NULL, 0,
		"bayaz tombstone 1", key);
	hmac_sha256(key, sizeof key, code, strlen(code), tag);
	wipe(key, sizeof key);
	hex_encode(tag, sizeof tag, hex);
	return str_format("%s %s", under, hex);
}

/* Under any of the keys that are here. */
static bool is_withdrawn(struct unlocking *u, const char *code, bool *is,
	struct err *err)
{
	bool ok = true;

	*is = false;
	for (size_t i = 0; ok && !*is && u->has_tombstones &&
			i < u->setup->n_identities; i++) {
		char *subject = tombstone_subject(&u->setup->identities[i],
			code);

		ok = tombstone_is_said(u->store, subject, is, err);
		free(subject);
	}
	return ok;
}

static bool any_withdrawn(struct unlocking *u, const struct codes *codes,
	bool *any, struct err *err)
{
	bool ok = true;

	*any = false;
	for (size_t i = 0; ok && !*any && i < codes->list.n; i++)
		ok = is_withdrawn(u, codes->list.items[i].text, any, err);
	return ok;
}

/* --- opening --- */

/* The sealed bytes, as a stream. */
struct stream {
	struct store *store;
	int64_t content, part;
	bool whole;
	struct str bytes;
	size_t at;
};

static bool read_stream(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	struct stream *s = context;

	*n_got = 0;
	if (s->at == s->bytes.len && !s->whole) {
		str_clear(&s->bytes);
		s->at = 0;
		if (!content_part(s->store, s->content, s->part++, &s->whole,
				&s->bytes, err))
			return false;
	}
	*n_got = s->bytes.len - s->at < size_bytes ? s->bytes.len - s->at :
		size_bytes;
	memcpy(buffer, s->bytes.data + s->at, *n_got);
	s->at += *n_got;
	return true;
}

enum opened { OPENED, OTHER_KEY, DAMAGED };

/* The first file inside, if it has that name. */
static bool open_sealed(struct unlocking *u, int64_t content,
	const char *wanted, struct str *plain, enum opened *how,
	struct err *err)
{
	struct stream stream = { .store = u->store, .content = content,
		.bytes = STR_INIT };
	char name[SEALED_NAME_BYTES] = "";
	struct err why = ERR_INIT;
	bool ok = sealed_open_first(read_stream, &stream, &u->keys,
		VERSION_MAX_BYTES, name, plain, &why);

	str_release(&stream.bytes);
	*how = ok && strcmp(name, wanted) == 0 ? OPENED :
		why.code == ERR_NOKEY ? OTHER_KEY : DAMAGED;
	if (!ok && (why.code == ERR_IO || why.code == ERR_INTERNAL)) {
		if (err != NULL)
			*err = why;
		return false;
	}
	u->result->n_other_key += *how == OTHER_KEY;
	u->result->n_damaged += *how == DAMAGED;
	return true;
}

static bool mark_looked(struct unlocking *u, int64_t content, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(u->store),
		"INSERT OR IGNORE INTO looked (content) VALUES (?1)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, content);
	return db_run(add, err);
}

static bool list_rows(struct store *store, const char *sql, int64_t all,
	sealed_rows *rows, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store), sql, err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, all);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct sealed_row row = { .content = db_int(walk, 0) };

		row_hash(walk, 1, row.hex);
		vec_push(rows, row);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

#define NOT_LOOKED " AND (?1 OR NOT EXISTS" \
	" (SELECT 1 FROM looked l WHERE l.content = c.id)) ORDER BY c.sha256"

/* --- requests to delete --- */

static bool say_tombstone(struct unlocking *u, const char *code,
	struct err *err)
{
	char *subject;
	bool is, ok;

	ok = is_withdrawn(u, code, &is, err);
	if (!ok || is)
		return ok;
	subject = tombstone_subject(&u->setup->identities[0], code);
	ok = tombstone_say(u->store, u->setup->store_key, subject, err);
	free(subject);
	u->all = u->has_tombstones = true;
	return ok;
}

/* A request of a later version is kept for a program that knows it. */
static bool read_request(const struct str *plain, char code[CASE_CODE_BYTES])
{
	struct json *request = js_parse(plain->data, plain->len, NULL);
	const char *format = js_get_text(request, "format");
	const char *text = js_get_text(request, "code");
	bool ok = format != NULL && strcmp(format, "bayaz-deletion") == 0 &&
		js_get_int(request, "version", 0) == 1 && text != NULL &&
		case_code_parse(text, code, NULL);

	js_free(request);
	return ok;
}

static bool look_at_request(struct unlocking *u, const struct sealed_row *row,
	struct err *err)
{
	struct str plain = STR_INIT;
	char code[CASE_CODE_BYTES];
	enum opened how;
	bool ok = open_sealed(u, row->content, SEALED_DELETION, &plain, &how,
		err);

	if (ok && how == OPENED && read_request(&plain, code)) {
		u->result->n_requests++;
		if (u->may_delete)
			ok = say_tombstone(u, code, err) &&
				mark_looked(u, row->content, err);
		else
			u->result->n_waiting++;
		wipe(code, sizeof code);
	} else if (ok && how == OPENED) {
		u->result->n_damaged++;
	}
	str_wipe(&plain);
	return ok;
}

static bool look_at_requests(struct unlocking *u, struct err *err)
{
	sealed_rows rows = { NULL, 0, 0 };
	bool ok = list_rows(u->store,
		"SELECT c.id, c.sha256 FROM sealed s CROSS JOIN content c"
		" ON c.id = s.id WHERE s.kind = 'deletion' AND c.packing <> 2"
		NOT_LOOKED, u->all, &rows, err);

	for (size_t i = 0; ok && i < rows.n; i++)
		ok = look_at_request(u, &rows.items[i], err);
	vec_release(&rows);
	return ok;
}

/* --- records --- */

struct drawn { char hex[SHA256_HEX_BYTES]; int64_t content; };

/* Did one laptop bring both? */
static bool have_one_device(struct unlocking *u, int64_t a, int64_t b,
	bool *have, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(u->store),
		"SELECT 1 FROM brought x JOIN manifest m ON m.fact ="
		" x.manifest JOIN manifest n ON n.device = m.device"
		" JOIN brought y ON y.manifest = n.fact"
		" WHERE x.content = ?1 AND y.content = ?2", err);
	enum db_result result;

	if (find == NULL)
		return false;
	db_bind_int(find, 1, a);
	db_bind_int(find, 2, b);
	result = db_step(find, err);
	db_reset(find);
	*have = result == DB_ROW;
	return result != DB_FAILED;
}

static bool note_clash(struct unlocking *u, const struct drawn *first,
	const struct sealed_row *row, struct err *err)
{
	struct unlock_clash clash;
	bool same;

	if (!have_one_device(u, first->content, row->content, &same, err))
		return false;
	if (same)
		return true;
	memcpy(clash.one, first->hex, sizeof clash.one);
	memcpy(clash.other, row->hex, sizeof clash.other);
	vec_push(&u->result->clashes, clash);
	return true;
}

/* Codes are not kept, only what they hash to. */
static bool note_drawn(struct unlocking *u, const struct codes *codes,
	const struct sealed_row *row, struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && u->all && i < codes->list.n; i++) {
		struct drawn *first;
		char *mac;

		if (!codes->list.items[i].is_drawn)
			continue;
		mac = tombstone_subject(&u->setup->identities[0],
			codes->list.items[i].text);
		first = map_get(&u->drawn, mac);
		if (first != NULL) {
			ok = note_clash(u, first, row, err);
		} else {
			first = ARENA_NEW(u->arena, struct drawn);
			first->content = row->content;
			memcpy(first->hex, row->hex, sizeof first->hex);
			map_set(&u->drawn, arena_strdup(u->arena, mac), first);
		}
		free(mac);
	}
	return ok;
}

static bool erase(struct unlocking *u, const char *hex, const char *code,
	size_t *n, struct err *err)
{
	if (!(strcmp(code, ERASED_NO_CONSENT) == 0 ? u->may_merge :
			u->may_delete)) {
		u->result->n_waiting++;
		return true;
	}
	++*n;
	return erase_say(u->store, u->setup->store_key, hex, code,
		&u->touched, err);
}

/* A record that opened: may it stay? */
static bool judge_record(struct unlocking *u, const struct sealed_row *row,
	const struct version_parsed *parsed, struct err *err)
{
	const struct version_head *head = &parsed->head;
	const struct xml_node *root = parsed->doc->root;
	const struct code_paths *paths;
	struct codes codes = { .list = { NULL, 0, 0 } };
	bool here, may = true, withdrawn = false;
	bool ok = gate_codes(u->gate, head->form, head->form_version, &paths,
			&here, err) &&
		gate_ask(u->gate, head->form, head->form_version, root, &may,
			err);

	if (ok && !here) {
		u->result->n_form_unknown++;
		return true;
	}
	if (ok && may) {
		codes_find(paths, root, &codes);
		ok = any_withdrawn(u, &codes, &withdrawn, err);
	}
	if (ok && !may) {
		ok = erase(u, row->hex, ERASED_NO_CONSENT,
			&u->result->n_no_consent, err);
	} else if (ok && withdrawn) {
		ok = erase(u, row->hex, ERASED_WITHDRAWN,
			&u->result->n_withdrawn, err);
	} else if (ok) {
		u->result->n_opened++;
		if (u->setup->opened != NULL)
			u->setup->opened(u->setup->context, row->hex, head);
		ok = note_drawn(u, &codes, row, err) &&
			mark_looked(u, row->content, err);
	}
	codes_release(&codes);
	return ok;
}

static bool look_at_record(struct unlocking *u, const struct sealed_row *row,
	struct err *err)
{
	struct version_parsed parsed = { .is_parsed = false };
	struct str plain = STR_INIT;
	enum opened how;
	bool ok = open_sealed(u, row->content, SEALED_RECORD, &plain, &how,
		err);

	if (ok && how == OPENED) {
		version_parse(plain.data, plain.len, NULL, &parsed);
		if (parsed.doc != NULL)
			ok = judge_record(u, row, &parsed, err);
		else
			u->result->n_damaged++;
	}
	version_parsed_release(&parsed);
	str_wipe(&plain);
	return ok;
}

static bool look_at_records(struct unlocking *u, struct err *err)
{
	sealed_rows rows = { NULL, 0, 0 };
	bool ok = list_rows(u->store,
		"SELECT c.id, c.sha256 FROM sealed s CROSS JOIN content c"
		" ON c.id = s.id WHERE s.kind = 'sealed' AND c.packing <> 2"
		NOT_LOOKED, u->all, &rows, err);

	for (size_t i = 0; ok && i < rows.n; i++) {
		if (u->setup->progress != NULL)
			u->setup->progress(u->setup->context, i, rows.n);
		ok = look_at_record(u, &rows.items[i], err);
	}
	vec_release(&rows);
	return ok;
}

/* --- standard records that carry a case code --- */

/* All versions of the record, with the files that only they have. */
static bool erase_standard(struct unlocking *u, int64_t version,
	struct err *err)
{
	sealed_rows rows = { NULL, 0, 0 };
	size_t n = 0;
	bool ok = list_rows(u->store,
		"SELECT c.id, c.sha256 FROM version v JOIN content c"
		" ON c.id = v.id WHERE v.record ="
		" (SELECT record FROM version WHERE id = ?1)", version, &rows,
		err);

	for (size_t i = 0; ok && i < rows.n; i++) {
		struct gate_list files = { .list = { NULL, 0, 0 } };

		ok = gate_files(u->store, rows.items[i].hex, &files, err);
		for (size_t j = 0; ok && j < files.list.n; j++)
			ok = erase(u, files.list.items[j].hex,
				ERASED_WITHDRAWN, &n, err);
		vec_release(&files.list);
	}
	u->result->n_withdrawn += n > 0;
	vec_release(&rows);
	return ok;
}

static bool look_at_version(struct unlocking *u, const struct sealed_row *row,
	struct err *err)
{
	struct version_parsed parsed = { .is_parsed = false };
	struct codes codes = { .list = { NULL, 0, 0 } };
	const struct code_paths *paths;
	struct str bytes = STR_INIT;
	bool here, withdrawn = false;
	struct err why = ERR_INIT;
	bool ok = content_get(u->store, row->content, VERSION_MAX_BYTES,
		&bytes, &why);

	if (!ok && why.code == ERR_NOTFOUND)
		return true;		/* gone with another of its record */
	if (!ok && err != NULL)
		*err = why;
	if (ok)
		version_parse(bytes.data, bytes.len, NULL, &parsed);
	if (ok && parsed.doc != NULL) {
		ok = gate_codes(u->gate, parsed.head.form,
			parsed.head.form_version, &paths, &here, err);
		if (ok)
			codes_find(paths, parsed.doc->root, &codes);
		ok = ok && any_withdrawn(u, &codes, &withdrawn, err);
	}
	if (ok)
		ok = withdrawn ? erase_standard(u, row->content, err) :
			mark_looked(u, row->content, err);
	codes_release(&codes);
	version_parsed_release(&parsed);
	str_release(&bytes);
	return ok;
}

static bool look_at_form(struct unlocking *u, const char *form,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(u->store),
		"SELECT c.id, c.sha256 FROM version v CROSS JOIN content c"
		" ON c.id = v.id WHERE v.id > ?3 AND v.form = ?2"
		" AND c.packing <> 2" NOT_LOOKED, err);
	sealed_rows rows = { NULL, 0, 0 };
	enum db_result result;
	bool ok;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, u->all);
	db_bind_text(walk, 2, form);
	db_bind_int(walk, 3, u->all ? 0 : u->after);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct sealed_row row = { .content = db_int(walk, 0) };

		row_hash(walk, 1, row.hex);
		vec_push(&rows, row);
	}
	db_reset(walk);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < rows.n; i++)
		ok = look_at_version(u, &rows.items[i], err);
	vec_release(&rows);
	return ok;
}

/* Forms of which some version asks for a case code. */
static bool look_at_standard(struct unlocking *u, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(u->store),
		"SELECT id, version FROM form WHERE class <> 'protected'"
		" ORDER BY id, version", err);
	VEC(const char *) texts = { 0 };
	const char *last = "";
	enum db_result result;
	bool ok;

	if (walk == NULL || !u->has_tombstones)
		return walk != NULL;
	while ((result = db_step(walk, err)) == DB_ROW)
		for (int i = 0; i < 2; i++) {
			const char *text = arena_strdup(u->arena,
				db_text(walk, i));

			vec_push(&texts, text);
		}
	db_reset(walk);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < texts.n; i += 2) {
		const struct code_paths *paths;
		bool here;

		ok = gate_codes(u->gate, texts.items[i], texts.items[i + 1],
			&paths, &here, err);
		if (ok && paths != NULL && strcmp(last, texts.items[i]) != 0) {
			last = texts.items[i];
			ok = look_at_form(u, last, err);
		}
	}
	vec_release(&texts);
	return ok;
}

/* --- all of it --- */

/* The tombstones in force, as one hash. */
static bool hash_tombstones(struct unlocking *u,
	char hex[SHA256_HEX_BYTES], struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(u->store),
		"SELECT DISTINCT subject FROM statement WHERE kind = '"
		FACT_TOMBSTONE "' AND force ORDER BY subject", err);
	struct sha256 hash;
	enum db_result result;

	if (walk == NULL)
		return false;
	sha256_init(&hash);
	u->has_tombstones = false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		const char *subject = db_text(walk, 0);

		sha256_add(&hash, subject, strlen(subject) + 1);
		u->has_tombstones = true;
	}
	db_reset(walk);
	sha256_end_hex(&hash, hex);
	return result != DB_FAILED;
}

/* What was looked into when there were other tombstones is looked into again:
 * it may have that code. */
static bool forget_looked(struct unlocking *u, struct err *err)
{
	struct db_stmt *drop = db_prepare(store_db(u->store),
		"DELETE FROM looked WHERE NOT EXISTS (SELECT 1 FROM meta"
		" WHERE name = 'tombstones' AND value = ?1)", err);
	char hex[SHA256_HEX_BYTES];

	if (drop == NULL || !hash_tombstones(u, hex, err))
		return false;
	db_bind_text(drop, 1, hex);
	return db_run(drop, err);
}

static bool note_tombstones(struct unlocking *u, struct err *err)
{
	struct db_stmt *put = db_prepare(store_db(u->store),
		"INSERT INTO meta (name, value) VALUES ('tombstones', ?1)"
		" ON CONFLICT (name) DO UPDATE SET value = excluded.value",
		err);
	char hex[SHA256_HEX_BYTES];

	if (put == NULL || !hash_tombstones(u, hex, err))
		return false;
	db_bind_text(put, 1, hex);
	return db_run(put, err);
}

static bool read_powers(struct unlocking *u, struct err *err)
{
	static const char unsaid[SHA256_HEX_BYTES] = "";
	char text[MINISIGN_PUBLIC_TEXT];
	struct minisign_public public;
	struct judge judge;
	bool ok = judge_load(u->store, &judge, err);

	minisign_key_public(u->setup->store_key, &public);
	minisign_public_format(&public, text);
	u->may_delete = ok && judge_counts(&judge, text, unsaid, ROLE_DELETE);
	u->may_merge = u->may_delete || (ok && judge_counts(&judge, text,
		unsaid, ROLE_MERGE));
	judge_release(&judge);
	return ok && forget_looked(u, err) && db_number(store_db(u->store),
		"SELECT coalesce(max(content), 0) FROM looked", &u->after,
		err);
}

bool store_unlock(struct store *store, const struct unlock_setup *setup,
	struct unlock_result *result, struct err *err)
{
	struct unlocking u = { .store = store, .setup = setup,
		.result = result, .all = setup->all };
	bool ok;

	memset(result, 0, sizeof *result);
	if (setup->n_identities == 0)
		return true;
	u.keys.identities = setup->identities;
	u.keys.n_identities = setup->n_identities;
	u.gate = gate_new(store);
	u.arena = arena_new();
	map_init(&u.drawn);
	ok = read_powers(&u, err) && look_at_requests(&u, err) &&
		look_at_records(&u, err) && look_at_standard(&u, err) &&
		note_tombstones(&u, err) && (!u.touched.anew || derive_finish(store, &u.touched, err));
	touched_release(&u.touched);
	gate_free(u.gate);
	map_release(&u.drawn);
	arena_free(u.arena);
	return ok;
}

void unlock_result_release(struct unlock_result *result)
{
	vec_release(&result->clashes);
}
