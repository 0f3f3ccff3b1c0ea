/* Probable duplicates: records whose declared columns have one key. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "crypt/crypt.h"
#include "store/findings_parts.h"
#include "store/store.h"

size_t findings_sheet(const struct running *running,
	const struct rule_place *place)
{
	return running->layout->tables.items[place->table].columns.items[
		place->column].sheet;
}

void findings_add_sheet(struct str *sql, const struct running *running,
	size_t table, size_t sheet)
{
	char *name = db_quote_name(running->layout->tables.items[table].
		sheets.items[sheet].name);

	str_add(sql, name);
	free(name);
}

void findings_add_column(struct str *sql, const struct running *running,
	const struct rule_place *place, char alias)
{
	char *name = db_quote_name(running->layout->tables.items[
		place->table].columns.items[place->column].name);

	str_addf(sql, "%c.%s", alias, name);
	free(name);
}

/* --- keys --- */

/* The values of a rule's columns in one record, NULLs where there is none. */
static struct db_stmt *prepare_values(struct finder *f,
	struct running *running, struct err *err)
{
	struct str sql = STR_INIT;

	str_add(&sql, "SELECT 1");
	for (size_t i = 0; i < running->places.keys.n; i++) {
		const struct rule_place *place =
			&running->places.keys.items[i];

		str_add(&sql, ", (SELECT CAST(");
		findings_add_column(&sql, running, place, 'x');
		str_add(&sql, " AS TEXT) FROM ");
		findings_add_sheet(&sql, running, 0,
			findings_sheet(running, place));
		str_add(&sql, " x WHERE x.bz_id = ?1)");
	}
	running->read = db_prepare_once(store_db(f->store), sql.data, err);
	str_release(&sql);
	return running->read;
}

/* False: something of it is not answered. */
static bool make_key(const struct rule *rule, struct db_stmt *row,
	uint8_t key[LIKENESS_BYTES])
{
	uint8_t whole[SHA256_BYTES];
	struct str all = STR_INIT;
	bool is = true;

	for (size_t i = 0; is && i < rule->keys.n; i++) {
		const char *text = db_text(row, (int)i + 1);
		char *part = likeness_key(rule->keys.items[i].likeness,
			text != NULL ? text : "");

		is = part[0] != '\0';
		str_addn(&all, part, strlen(part) + 1);
		free(part);
	}
	sha256_bytes(all.data, all.len, whole);
	memcpy(key, whole, LIKENESS_BYTES);
	str_wipe(&all);
	return is;
}

static void note_alike(struct finder *f, size_t running,
	const uint8_t key[LIKENESS_BYTES])
{
	struct alike alike = { .running = running };

	memcpy(alike.key, key, LIKENESS_BYTES);
	vec_push(&f->alike, alike);
}

static bool insert_key(struct finder *f, const struct rule *rule,
	const uint8_t key[LIKENESS_BYTES], int64_t record, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(f->store),
		"INSERT OR IGNORE INTO likeness (form, rule, key, record)"
		" VALUES (?1, ?2, ?3, ?4)", err);

	if (add == NULL)
		return false;
	db_bind_text(add, 1, rule->form);
	db_bind_text(add, 2, rule->name);
	db_bind_blob(add, 3, key, LIKENESS_BYTES);
	db_bind_int(add, 4, record);
	return db_run(add, err);
}

bool likeness_keep(struct finder *f, size_t i, int64_t record,
	struct err *err)
{
	struct running *running = &f->running.items[i];
	uint8_t key[LIKENESS_BYTES];
	enum db_result result;
	bool is;

	if (running->read == NULL && prepare_values(f, running, err) == NULL)
		return false;
	db_bind_int(running->read, 1, record);
	result = db_step(running->read, err);
	is = result == DB_ROW && make_key(running->rule, running->read, key);
	db_reset(running->read);
	if (result == DB_FAILED || !is)
		return result != DB_FAILED;
	note_alike(f, i, key);
	return insert_key(f, running->rule, key, record, err);
}

static bool find_running(const struct finder *f, const char *form,
	const char *rule, size_t *running)
{
	for (*running = 0; *running < f->running.n; ++*running) {
		const struct rule *r = f->running.items[*running].rule;

		if (strcmp(r->form, form) == 0 && strcmp(r->name, rule) == 0)
			return true;
	}
	return false;
}

bool likeness_forget(struct finder *f, int64_t record, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(f->store),
		"SELECT form, rule, key FROM likeness WHERE record = ?1", err);
	struct db_stmt *remove = db_prepare(store_db(f->store),
		"DELETE FROM likeness WHERE record = ?1", err);
	enum db_result result;

	if (walk == NULL || remove == NULL)
		return false;
	db_bind_int(walk, 1, record);
	while ((result = db_step(walk, err)) == DB_ROW) {
		size_t running, n;
		const void *key = db_blob(walk, 2, &n);

		if (n == LIKENESS_BYTES && find_running(f, db_text(walk, 0),
				db_text(walk, 1), &running))
			note_alike(f, running, key);
	}
	db_reset(walk);
	db_bind_int(remove, 1, record);
	return result != DB_FAILED && db_run(remove, err);
}

/* --- groups --- */

struct member { int64_t record; char *name; };
typedef VEC(struct member) members;

/* In the order of their names. */
static bool read_members(struct finder *f, const struct alike *alike,
	members *list, struct err *err)
{
	const struct rule *rule = f->running.items[alike->running].rule;
	struct db_stmt *walk = db_prepare(store_db(f->store),
		"SELECT l.record, r.name FROM likeness l"
		" JOIN record r ON r.id = l.record WHERE l.form = ?1"
		" AND l.rule = ?2 AND l.key = ?3 ORDER BY r.name, r.current",
		err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, rule->form);
	db_bind_text(walk, 2, rule->name);
	db_bind_blob(walk, 3, alike->key, LIKENESS_BYTES);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct member member = { db_int(walk, 0),
			xstrdup(db_text(walk, 1)) };

		vec_push(list, member);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

static bool forget_finding(struct finder *f, const struct rule *rule,
	int64_t record, struct err *err)
{
	struct db_stmt *remove = db_prepare(store_db(f->store),
		"DELETE FROM finding WHERE form = ?1 AND rule = ?2"
		" AND record = ?3", err);

	if (remove == NULL)
		return false;
	db_bind_text(remove, 1, rule->form);
	db_bind_text(remove, 2, rule->name);
	db_bind_int(remove, 3, record);
	return db_run(remove, err);
}

/* Each of several names the first of them. */
static bool tell_group(struct finder *f, const struct alike *alike,
	struct err *err)
{
	const struct rule *rule = f->running.items[alike->running].rule;
	members list = { 0 };
	bool ok = read_members(f, alike, &list, err);

	for (size_t i = 0; ok && i < list.n; i++)
		ok = forget_finding(f, rule, list.items[i].record, err) &&
			(list.n < 2 || finding_add(f->store, rule,
				list.items[i].record, list.items[0].name, "",
				err));
	for (size_t i = 0; i < list.n; i++)
		free(list.items[i].name);
	vec_release(&list);
	return ok;
}

static int by_group(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct alike));
}

/* A group that has lost all but one has lost its findings with them. */
bool likeness_tell(struct finder *f, struct err *err)
{
	bool ok = true;

	if (f->alike.n > 0)
		qsort(f->alike.items, f->alike.n, sizeof *f->alike.items,
			by_group);
	for (size_t i = 0; ok && i < f->alike.n; i++)
		if (i == 0 || by_group(&f->alike.items[i],
				&f->alike.items[i - 1]) != 0)
			ok = tell_group(f, &f->alike.items[i], err);
	f->alike.n = 0;
	return ok;
}
