#include "config.h"

#include "store/proof.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "bundle/manifest.h"
#include "db/db.h"
#include "store/content.h"
#include "store/store.h"

static bool find_newest(struct store *store, const char *device,
	int64_t *content, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT f.content FROM manifest m JOIN fact f ON f.id = m.fact"
		" JOIN content c ON c.id = f.content WHERE m.device = ?1"
		" ORDER BY m.sequence DESC, c.sha256 DESC LIMIT 1", err);
	enum db_result result;

	*content = 0;
	if (get == NULL)
		return false;
	db_bind_text(get, 1, device);
	result = db_step(get, err);
	if (result == DB_ROW)
		*content = db_int(get, 0);
	db_reset(get);
	return result != DB_FAILED;
}

static bool read_head(struct store *store, const char *device,
	struct proof *proof, struct err *err)
{
	struct manifest manifest;
	struct str text = STR_INIT;
	int64_t content;
	bool ok;

	proof->n_sent = -1;
	if (!find_newest(store, device, &content, err))
		return false;
	if (content == 0)
		return true;
	manifest_init(&manifest);
	ok = content_get(store, content, BUNDLE_MAX_MANIFEST, &text, err) &&
		manifest_parse(&manifest, text.data, text.len, err);
	if (ok && manifest.has_head) {
		proof->n_sent = manifest.n_packed;
		proof->n_left = manifest.n_left;
	}
	manifest_release(&manifest);
	str_release(&text);
	return ok;
}

/* The one before is here, and is another than the one it names. */
static bool count_breaks(struct store *store, const char *device,
	struct proof *proof, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT count(*) FROM manifest m WHERE m.device = ?1 AND EXISTS"
		" (SELECT 1 FROM manifest p WHERE p.device = ?1"
		" AND p.sequence = m.sequence - 1) AND NOT EXISTS"
		" (SELECT 1 FROM manifest p JOIN fact f ON f.id = p.fact"
		" JOIN content c ON c.id = f.content WHERE p.device = ?1"
		" AND p.sequence = m.sequence - 1 AND c.sha256 = m.previous)",
		err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_text(get, 1, device);
	result = db_step(get, err);
	if (result == DB_ROW)
		proof->n_breaks = db_int(get, 0);
	db_reset(get);
	return result != DB_FAILED;
}

bool proof_of(struct store *store, const struct device *device,
	struct proof *proof, struct err *err)
{
	memset(proof, 0, sizeof *proof);
	return store_backup_noted(store, &proof->backup, err) &&
		receipt_count(store, device->key, &proof->backup,
			&proof->counts, err) &&
		read_head(store, device->key, proof, err) &&
		count_breaks(store, device->key, proof, err);
}

void proof_release(struct proof *proof)
{
	free(proof->backup.path);
	proof->backup.path = NULL;
}

bool proof_holds(const struct proof *proof, const struct device *device)
{
	const struct receipt_counts *c = &proof->counts;

	return device->missing[0] == '\0' && device->forked[0] == '\0' &&
		device->n_waiting == 0 && device->n_aside == 0 &&
		proof->n_breaks == 0 && c->n_files_missing == 0 &&
		c->n_held == c->n_here && proof->n_sent == c->n_here;
}
