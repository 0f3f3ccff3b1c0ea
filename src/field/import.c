/* Finished instances from elsewhere become records. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"

enum { ORIGIN_KEY_BYTES = 32 };

/* What is protected leaves no hash of its plain text; under a key of this
 * workspace one is kept, so that the same file is not taken twice. */
static bool make_origin(struct workspace *ws, const struct record_final *final,
	uint8_t origin[16], struct err *err)
{
	struct str key = STR_INIT;
	uint8_t fresh[ORIGIN_KEY_BYTES], hash[32], tag[32];
	bool ok = true;

	if (!workspace_has_secret(ws, "origin")) {
		crypt_random(fresh, sizeof fresh);
		ok = workspace_put_secret(ws, "origin", fresh, sizeof fresh,
			err);
		wipe(fresh, sizeof fresh);
	}
	ok = ok && workspace_get_secret(ws, "origin", &key, err);
	if (ok) {
		sha256_bytes(final->xml, final->n_bytes, hash);
		hmac_sha256(key.data, key.len, hash, sizeof hash, tag);
		memcpy(origin, tag, 16);
		wipe(hash, sizeof hash);
	}
	str_wipe(&key);
	return ok;
}

/* The record that has these bytes already, or 0. */
static bool find_same(struct workspace *ws, const struct record_final *final,
	const uint8_t origin[16], bool is_protected, int64_t *id,
	struct err *err)
{
	char key[40];
	uint8_t hash[32];
	struct found *found;

	if (!is_protected) {
		sha256_bytes(final->xml, final->n_bytes, hash);
		return records_find_hash(ws, hash, id, err);
	}
	if (!index_load(ws, err))
		return false;
	index_key_of_origin(origin, key);
	found = map_get(&ws->index.hashes, key);
	*id = found != NULL ? found->id : 0;
	return true;
}

static bool find_prior(struct workspace *ws, const struct form_info *form,
	const char *deprecated_id, int64_t *prior, struct err *err)
{
	*prior = 0;
	if (str_is_empty(deprecated_id) || form_is_protected(form))
		return true;
	return records_find_instance(ws, deprecated_id, prior, err);
}

static bool import_new(struct workspace *ws, const struct form_info *form,
	const struct record_final *final, int64_t prior,
	const uint8_t origin[16], const struct record_file *files,
	size_t n_files, int64_t *id, struct err *err)
{
	struct record *record = record_make(ws, form);
	bool ok = prior == 0 || record_take_prior(record, prior, err);

	memcpy(record->origin, origin, 16);
	for (size_t i = 0; ok && i < n_files; i++)
		ok = record_put_file(record, files[i].name, files[i].path,
			err);
	ok = ok && record_save(record, err) &&
		record_finish(record, final, err);
	*id = record->head.id;
	record_close(record);
	return ok;
}

static bool import(struct workspace *ws, const struct form_info *form,
	const struct record_final *final, const char *deprecated_id,
	const struct record_file *files, size_t n_files, bool *added,
	int64_t *id, struct err *err)
{
	bool is_protected = form_is_protected(form);
	uint8_t origin[16] = { 0 };
	int64_t prior;

	if (is_protected && !make_origin(ws, final, origin, err))
		return false;
	if (!find_same(ws, final, origin, is_protected, id, err) ||
			!find_prior(ws, form, deprecated_id, &prior, err))
		return false;
	*added = *id == 0;
	return !*added || import_new(ws, form, final, prior, origin, files,
		n_files, id, err);
}

bool records_import(struct workspace *ws, const struct form_info *form,
	const struct record_final *final, const char *deprecated_id,
	const struct record_file *files, size_t n_files, bool *added,
	int64_t *id, struct err *err)
{
	int64_t here;

	*added = false;
	if (!record_may_begin(ws, form, err) || !workspace_begin(ws, err))
		return false;
	if (import(ws, form, final, deprecated_id, files, n_files, added,
			id != NULL ? id : &here, err) &&
			workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}
