#include "config.h"

#include "store/receipt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"
#include "store/backup.h"
#include "store/store.h"

/* A version is in the backup if any bundle that brought it is, and so are all
 * the files that it names. */
#define IS_HELD \
	"(SELECT min(o.manifest) FROM brought o WHERE o.content = b.content)" \
	" <= ?2 AND NOT EXISTS (SELECT 1 FROM attachment a" \
	" LEFT JOIN content f ON f.sha256 = a.sha256" \
	" WHERE a.version = b.content AND coalesce(f.id > ?3, 1))"

static const char of_device[] =
	"SELECT c.sha256, r.code, " IS_HELD " FROM manifest m JOIN brought b ON b.manifest = m.fact"
	" JOIN content c ON c.id = b.content"
	" LEFT JOIN refused r ON r.sha256 = c.sha256"
	" WHERE m.device = ?1 AND m.trusted"
	" GROUP BY b.content ORDER BY max(m.sequence) DESC, c.sha256";

static bool take(struct db_stmt *row, struct trust_receipt *receipt)
{
	const char *code = db_text(row, 1);
	struct trust_refused refused;
	size_t n;
	const void *hash = db_blob(row, 0, &n);

	if (n != SHA256_BYTES || (code == NULL && db_int(row, 2) == 0))
		return false;
	memcpy(refused.record.bytes, hash, n);
	if (receipt->records.n + receipt->refused.n == RECEIPT_MAX)
		return true;
	if (code == NULL) {
		vec_push(&receipt->records, refused.record);
		return true;
	}
	snprintf(refused.code, sizeof refused.code, "%s", code);
	vec_push(&receipt->refused, refused);
	return true;
}

/* Both begin with the hash. */
static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, SHA256_BYTES);
}

static void sort(struct trust_receipt *receipt)
{
	if (receipt->records.n > 1)
		qsort(receipt->records.items, receipt->records.n,
			sizeof *receipt->records.items, by_hash);
	if (receipt->refused.n > 1)
		qsort(receipt->refused.items, receipt->refused.n,
			sizeof *receipt->refused.items, by_hash);
}

bool receipt_for(struct store *store, const char *device,
	const struct store_backup *backup, struct trust_receipt *receipt,
	size_t *n_without, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store), of_device, err);
	enum db_result result;

	memset(receipt, 0, sizeof *receipt);
	*n_without = 0;
	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, device);
	db_bind_int(walk, 2, backup->last_fact);
	db_bind_int(walk, 3, backup->last_content);
	while ((result = db_step(walk, err)) == DB_ROW)
		*n_without += !take(walk, receipt);
	db_reset(walk);
	sort(receipt);
	return result != DB_FAILED;
}

bool receipt_count(struct store *store, const char *device,
	const struct store_backup *backup, struct receipt_counts *counts,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT count(*), total(held), total(files) FROM (SELECT "
		IS_HELD " AS held, (SELECT count(*) FROM attachment a"
		" LEFT JOIN content f ON f.sha256 = a.sha256"
		" WHERE a.version = b.content AND f.id IS NULL) AS files"
		" FROM manifest m JOIN brought b ON b.manifest = m.fact"
		" LEFT JOIN sealed s ON s.id = b.content WHERE m.device = ?1"
		" AND m.trusted AND coalesce(s.kind, '') <> 'deletion'"
		" GROUP BY b.content)", err);
	enum db_result result;

	*counts = (struct receipt_counts){ 0, 0, 0 };
	if (get == NULL)
		return false;
	db_bind_text(get, 1, device);
	db_bind_int(get, 2, backup->last_fact);
	db_bind_int(get, 3, backup->last_content);
	result = db_step(get, err);
	if (result == DB_ROW)
		*counts = (struct receipt_counts){ db_int(get, 0),
			db_int(get, 1), db_int(get, 2) };
	db_reset(get);
	return result != DB_FAILED;
}
