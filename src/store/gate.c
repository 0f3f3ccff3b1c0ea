/* Records without consent.  See gate.h. */
#include "config.h"

#include "store/gate.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"
#include "store/codes.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/erase.h"
#include "store/forms.h"
#include "store/judge.h"
#include "store/store.h"
#include "store/version.h"
#include "trust/cert.h"
#include "xform/consent.h"
#include "xform/xform.h"

/* --- what a form asks --- */

struct known {
	bool is_here;
	struct xf_consent *consent;
	struct code_paths *codes;
};

struct gate {
	struct store *store;
	struct arena *arena;
	struct map forms;		/* "id\nversion" -> struct known */
};

struct gate *gate_new(struct store *store)
{
	struct gate *gate = xcalloc(1, sizeof *gate);

	gate->store = store;
	gate->arena = arena_new();
	map_init(&gate->forms);
	return gate;
}

void gate_free(struct gate *gate)
{
	if (gate == NULL)
		return;
	for (size_t i = 0; i < gate->forms.n; i++) {
		struct known *known = gate->forms.entries[i].value;

		xf_consent_free(known->consent);
		code_paths_free(known->codes);
	}
	map_release(&gate->forms);
	arena_free(gate->arena);
	free(gate);
}

/* Of forms of one version the one of highest hash, as everywhere. */
static bool find_form(struct store *store, const char *form,
	const char *version, int64_t *content, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT f.content FROM form f JOIN content c"
		" ON c.id = f.content WHERE f.id = ?1 AND f.version = ?2"
		" ORDER BY c.sha256 DESC LIMIT 1", err);
	enum db_result result;

	*content = 0;
	if (find == NULL)
		return false;
	db_bind_text(find, 1, form);
	db_bind_text(find, 2, version);
	result = db_step(find, err);
	if (result == DB_ROW)
		*content = db_int(find, 0);
	db_reset(find);
	return result != DB_FAILED;
}

/* Most forms ask nobody: that is seen without reading them as forms. */
static bool names_roles(struct store *store, int64_t content, bool *names,
	struct err *err)
{
	struct str xml = STR_INIT;
	bool ok = content_get(store, content, VERSION_MAX_BYTES, &xml, err);

	*names = ok && (strstr(xml.data, "consent") != NULL ||
		strstr(xml.data, "case-code") != NULL);
	str_release(&xml);
	return ok;
}

static bool load(struct gate *gate, const char *id, const char *version,
	struct known *known, struct err *err)
{
	struct xform *form = NULL;
	int64_t content;
	bool names = false;
	bool ok = find_form(gate->store, id, version, &content, err) &&
		(content == 0 || names_roles(gate->store, content, &names,
			err)) &&
		(!names || store_form_load(gate->store, content, false, &form,
			err));

	known->is_here = content != 0;
	known->consent = form != NULL ? xf_consent_new(form) : NULL;
	known->codes = form != NULL ? code_paths_new(form) : NULL;
	xform_free(form);
	return ok;
}

static const struct known *ask(struct gate *gate, const char *form,
	const char *version, struct err *err)
{
	struct arena_mark mark = arena_mark(gate->arena);
	const char *key = arena_printf(gate->arena, "%s\n%s", form, version);
	struct known *known = map_get(&gate->forms, key);

	if (known != NULL) {
		arena_reset(gate->arena, mark);
		return known;
	}
	known = ARENA_NEW(gate->arena, struct known);
	if (!load(gate, form, version, known, err))
		return NULL;
	map_set(&gate->forms, key, known);
	return known;
}

bool gate_ask(struct gate *gate, const char *form, const char *version,
	const struct xml_node *root, bool *may, struct err *err)
{
	const struct known *known = ask(gate, form, version, err);
	const char *question;

	*may = known != NULL &&
		xf_consent_is_given(known->consent, root, &question);
	return known != NULL;
}

bool gate_codes(struct gate *gate, const char *form, const char *version,
	const struct code_paths **codes, bool *is_here, struct err *err)
{
	const struct known *known = ask(gate, form, version, err);

	*codes = known != NULL ? known->codes : NULL;
	*is_here = known != NULL && known->is_here;
	return known != NULL;
}

/* --- what follows --- */

bool gate_note(struct store *store, int64_t content, struct err *err)
{
	struct gate_list *list = store_gate_list(store);
	uint8_t sha256[SHA256_BYTES];
	struct gate_hash hash;

	if (!content_sha256(store, content, sha256, err))
		return false;
	hex_encode(sha256, sizeof sha256, hash.hex);
	vec_push(&list->list, hash);
	return true;
}

static bool may_erase(struct store *store, const struct minisign_key *key,
	bool *may, struct err *err)
{
	static const char unsaid[SHA256_HEX_BYTES] = "";
	char text[MINISIGN_PUBLIC_TEXT];
	struct minisign_public public;
	struct judge judge;
	bool ok = judge_load(store, &judge, err);

	minisign_key_public(key, &public);
	minisign_public_format(&public, text);
	*may = ok && judge_counts(&judge, text, unsaid,
		ROLE_MERGE | ROLE_DELETE);
	judge_release(&judge);
	return ok;
}

bool gate_files(struct store *store, const char hex[SHA256_HEX_BYTES],
	struct gate_list *files, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT c.sha256 FROM content c JOIN version v ON v.id = c.id"
		" WHERE c.sha256 = ?1"
		" UNION ALL SELECT a.sha256 FROM content c JOIN attachment a"
		" ON a.version = c.id WHERE c.sha256 = ?1"
		" AND NOT EXISTS (SELECT 1 FROM attachment b"
		" WHERE b.sha256 = a.sha256 AND b.version <> a.version)", err);
	uint8_t sha256[SHA256_BYTES];
	enum db_result result;

	if (walk == NULL || !hex_decode(hex, sha256, sizeof sha256))
		return false;
	db_bind_blob(walk, 1, sha256, sizeof sha256);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct gate_hash hash;

		row_hash(walk, 0, hash.hex);
		if (hash.hex[0] != '\0')
			vec_push(&files->list, hash);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

static bool erase_one(struct store *store, const struct minisign_key *key,
	const char *hex, struct touched *touched, size_t *n, struct err *err)
{
	struct gate_list files = { .list = { NULL, 0, 0 } };
	bool ok = gate_files(store, hex, &files, err);

	if (n != NULL)
		*n += files.list.n > 0;
	for (size_t i = 0; ok && i < files.list.n; i++)
		ok = erase_say(store, key, files.list.items[i].hex,
			ERASED_NO_CONSENT, touched, err);
	vec_release(&files.list);
	return ok;
}

bool gate_enforce(struct store *store, const struct minisign_key *key,
	size_t *n, struct err *err)
{
	struct gate_list *list = store_gate_list(store);
	struct touched touched = { .forms = false };
	bool may, ok;

	if (list->list.n == 0)
		return true;
	if (!may_erase(store, key, &may, err))
		return false;
	if (!may)
		return true;
	ok = true;
	for (size_t i = 0; ok && i < list->list.n; i++)
		ok = erase_one(store, key, list->list.items[i].hex, &touched,
			n, err);
	list->list.n = 0;
	ok = ok && derive_finish(store, &touched, err);
	touched_release(&touched);
	return ok;
}
