/*
 * The floors of a merge: what cannot be left out of it, done as plainly as the
 * libraries can, on the same bytes.
 *
 *	merging WORKSPACE STORE COPY BUNDLE...
 *
 * WORKSPACE has the keys that open the bundles; STORE is what they were merged
 * into.  Its rows are inserted into COPY, which is made with the same tables.
 * Prints seconds of processor: decrypt, inflate, SHA-256, SAX parse of the
 * records, deflate of all that is stored, insertion; then how many records, and their
 * bytes.
 */
#include "config.h"

#include <libxml/parser.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypt/age.h"
#include "field/workspace.h"
#include "trust/project.h"

enum { STEP = 64 << 10, BLOCK = 512, MAX_FILE = 1 << 30, LEVEL = 6,
	N_COMMITS = 20 };

static struct { double decrypt, inflate, sha256, parse, deflate, insert; }
	spent;
static size_t n_records, n_bytes;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void stop(const char *why)
{
	fprintf(stderr, "merging: %s\n", why);
	exit(2);
}

/* --- bundles --- */

static void inflate_all(const struct str *zipped, struct str *tar)
{
	z_stream z = { .next_in = (Bytef *)zipped->data,
		.avail_in = (uInt)zipped->len };
	int status = Z_OK;

	if (inflateInit2(&z, 31) != Z_OK)
		stop("inflate");
	while (status == Z_OK) {
		z.next_out = (Bytef *)str_room(tar, STEP);
		z.avail_out = STEP;
		status = inflate(&z, Z_NO_FLUSH);
		str_grew(tar, STEP - z.avail_out);
	}
	inflateEnd(&z);
	if (status != Z_STREAM_END)
		stop("a damaged bundle");
}

static void see_start(void *context, const xmlChar *name,
	const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
	const xmlChar **namespaces, int n_attributes, int n_default,
	const xmlChar **attributes)
{
	(void)name, (void)prefix, (void)uri, (void)n_namespaces;
	(void)namespaces, (void)n_default, (void)attributes;
	*(size_t *)context += (size_t)n_attributes + 1;
}

static void see_text(void *context, const xmlChar *text, int n)
{
	(void)text;
	*(size_t *)context += (size_t)n;
}

static void parse(const char *bytes, size_t n)
{
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC,
		.startElementNs = see_start, .characters = see_text };
	size_t seen = 0;

	if (xmlSAXUserParseMemory(&sax, &seen, bytes, (int)n) != 0 ||
			seen == 0)
		stop("a record is no XML");
}

static void deflate_one(const char *bytes, size_t n)
{
	static Bytef out[16 << 20];
	uLongf n_out = sizeof out;

	if (n < sizeof out / 2 && compress2(out, &n_out, (const Bytef *)bytes,
			(uLong)n, LEVEL) != Z_OK)
		stop("deflate");
}

static void each_entry(const struct str *tar,
	void (*visit)(const char *bytes, size_t n), bool records_only)
{
	for (size_t at = 0; at + BLOCK <= tar->len && tar->data[at] != '\0';) {
		const char *header = tar->data + at;
		size_t n = strtoul(header + 124, NULL, 8);

		if (!records_only || strncmp(header, "records/", 8) == 0)
			visit(header + BLOCK, n);
		at += BLOCK + (n + BLOCK - 1) / BLOCK * BLOCK;
	}
}

static void hash(const char *bytes, size_t n)
{
	uint8_t digest[SHA256_BYTES];

	sha256_bytes(bytes, n, digest);
}

static void count(const char *bytes, size_t n)
{
	(void)bytes;
	n_records++;
	n_bytes += n;
}

static double timed(const struct str *tar,
	void (*visit)(const char *bytes, size_t n), bool records_only)
{
	double began = now();

	each_entry(tar, visit, records_only);
	return now() - began;
}

static void measure_bundle(const char *path, const struct age_keys *keys)
{
	struct str sealed = STR_INIT, zipped = STR_INIT, tar = STR_INIT;
	struct err err = ERR_INIT;
	double began;

	if (!file_read(path, MAX_FILE, &sealed, &err))
		stop(err.message);
	began = now();
	if (!age_decrypt_bytes(keys, sealed.data, sealed.len, MAX_FILE,
			&zipped, &err))
		stop(err.message);
	spent.decrypt += now() - began;
	began = now();
	inflate_all(&zipped, &tar);
	spent.inflate += now() - began;
	spent.sha256 += timed(&tar, hash, false);
	spent.parse += timed(&tar, parse, true);
	spent.deflate += timed(&tar, deflate_one, false);
	each_entry(&tar, count, true);
	str_release(&sealed);
	str_release(&zipped);
	str_release(&tar);
}

/* --- rows --- */

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		stop(sqlite3_errmsg(db));
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;

	if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) != SQLITE_OK)
		stop(sqlite3_errmsg(db));
	return stmt;
}

/* Like a store: see src/db. */
static sqlite3 *make_copy(sqlite3 *from, const char *path)
{
	sqlite3_stmt *walk = prepare(from, "SELECT sql FROM sqlite_schema"
		" WHERE sql IS NOT NULL AND type IN ('table', 'index')"
		" ORDER BY type DESC");
	sqlite3 *to;

	unlink(path);
	if (sqlite3_open(path, &to) != SQLITE_OK)
		stop("the copy");
	run(to, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
		"PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;"
		"PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;"
		"PRAGMA cache_size=-16384");
	while (sqlite3_step(walk) == SQLITE_ROW)
		run(to, (const char *)sqlite3_column_text(walk, 0));
	sqlite3_finalize(walk);
	return to;
}

static long count_rows(sqlite3 *from, const char *name)
{
	char *sql = sqlite3_mprintf("SELECT count(*) FROM \"%w\"", name);
	sqlite3_stmt *stmt = prepare(from, sql);
	long n = 0;

	if (sqlite3_step(stmt) == SQLITE_ROW)
		n = (long)sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_free(sql);
	return n;
}

static sqlite3_stmt *insertion(sqlite3 *to, const char *name, int n_columns)
{
	char *quoted = sqlite3_mprintf("INSERT INTO \"%w\" VALUES (?", name);
	struct str sql = STR_INIT;
	sqlite3_stmt *stmt;

	str_add(&sql, quoted);
	for (int i = 1; i < n_columns; i++)
		str_add(&sql, ",?");
	str_add(&sql, ")");
	stmt = prepare(to, sql.data);
	str_release(&sql);
	sqlite3_free(quoted);
	return stmt;
}

/* Read all rows; put them into the copy, if there is one. */
static double copy_table(sqlite3 *from, sqlite3 *to, const char *name)
{
	char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", name);
	sqlite3_stmt *rows = prepare(from, sql), *put = NULL;
	long n = count_rows(from, name) / N_COMMITS + 1, done = 0;
	int n_columns = sqlite3_column_count(rows);
	double began = now();

	if (to != NULL)
		put = insertion(to, name, n_columns);
	if (to != NULL)
		run(to, "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys=ON");
	while (sqlite3_step(rows) == SQLITE_ROW) {
		for (int i = 0; i < n_columns; i++) {
			const sqlite3_value *value =
				sqlite3_column_value(rows, i);

			if (to != NULL)
				sqlite3_bind_value(put, i + 1, value);
			else
				sqlite3_column_bytes(rows, i);
		}
		if (to == NULL)
			continue;
		if (sqlite3_step(put) != SQLITE_DONE)
			stop(sqlite3_errmsg(to));
		sqlite3_reset(put);
		if (++done % n == 0)
			run(to, "COMMIT; BEGIN IMMEDIATE;"
				"PRAGMA defer_foreign_keys=ON");
	}
	if (to != NULL)
		run(to, "COMMIT");
	sqlite3_finalize(rows);
	sqlite3_finalize(put);
	sqlite3_free(sql);
	return now() - began;
}

/* Those that others refer to come first, as they were made first. */
static double copy_all(sqlite3 *from, sqlite3 *to)
{
	sqlite3_stmt *walk = prepare(from, "SELECT name FROM sqlite_schema"
		" WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
		" ORDER BY rowid");
	double seconds = 0;

	while (sqlite3_step(walk) == SQLITE_ROW)
		seconds += copy_table(from, to,
			(const char *)sqlite3_column_text(walk, 0));
	sqlite3_finalize(walk);
	return seconds;
}

static void measure_insertion(const char *store, const char *path)
{
	sqlite3 *from, *to;

	if (sqlite3_open_v2(store, &from, SQLITE_OPEN_READONLY, NULL) !=
			SQLITE_OK)
		stop("the store");
	to = make_copy(from, path);
	copy_all(from, NULL);		/* so that both find it in memory */
	spent.insert = copy_all(from, to) - copy_all(from, NULL);
	sqlite3_close(to);
	sqlite3_close(from);
}

/* --- keys --- */

static void load_keys(const char *folder, struct trust_secrets *secrets)
{
	struct err err = ERR_INIT;
	struct str text = STR_INIT;
	struct workspace *ws = workspace_open(folder, NULL, &err);

	if (ws == NULL || !workspace_get_secret(ws, WORKSPACE_SECRETS, &text,
			&err) || !trust_secrets_parse(text.data, text.len,
			secrets, &err))
		stop(err.message);
	workspace_close(ws);
	str_wipe(&text);
}

int main(int argc, char **argv)
{
	struct age_identity identities[TRUST_IDENTITIES_MAX];
	struct trust_secrets secrets;
	struct age_keys keys = { identities, 0, NULL };
	struct err err = ERR_INIT;

	if (argc < 5 || !crypt_init(&err))
		stop("wrong arguments");
	load_keys(argv[1], &secrets);
	keys.n_identities = trust_secrets_identities(&secrets, identities);
	for (int i = 4; i < argc; i++)
		measure_bundle(argv[i], &keys);
	measure_insertion(argv[2], argv[3]);
	printf("%.3f %.3f %.3f %.3f %.3f %.3f %zu %zu\n", spent.decrypt,
		spent.inflate, spent.sha256, spent.parse, spent.deflate,
		spent.insert, n_records, n_bytes);
	trust_secrets_wipe(&secrets);
	return 0;
}
