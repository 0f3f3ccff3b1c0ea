/*
 * Merging is a union.  For histories made by chance (records, edits, edits of
 * the same version on two laptops, copies, other bytes of one instance, forks,
 * laptops accepted and revoked, deletions, reviews, links, horizons, bundles
 * set aside, resolutions, rules, words taken back, coordinators certified and
 * withdrawn, stores that were sent on), whatever the order in which the bundles
 * come, how often, and in which store they were put together before: the same
 * dump, byte for byte, and the same again when all is derived anew.
 *
 * 300 orders, 10,000 with BAYAZ_LONG=1; prints the seed, BAYAZ_SEED sets it.
 * With BAYAZ_STORES=FOLDER it leaves a store of each history there instead, for
 * another program to read; BAYAZ_HISTORIES says how many.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/erase.h"
#include "store/fact.h"
#include "store/stack.h"
#include "store/statement.h"
#include "tests/unit/pilot.h"
#include "trust/cert.h"

enum { ORDERS = 20, STEPS = 24, VERSIONS_MAX = 200, FILES_MAX = 100 };

static uint64_t state_of_chance;

static unsigned below(unsigned n)
{
	uint64_t z = state_of_chance += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

/* --- the form: answers, a calculation, a relevance, a constraint, a repeat
 * with an identity and one without --- */

static const char form[] =
	"<h:html xmlns='http://www.w3.org/2002/xforms'"
	" xmlns:h='http://www.w3.org/1999/xhtml'"
	" xmlns:jr='http://openrosa.org/javarosa'"
	" xmlns:bayaz='urn:x-bayaz:forms'><h:head><h:title>Visit</h:title><model>"
	"<instance><data id='visit' version='1' bayaz:class='standard'>"
	"<a/><b/><c/><only/><sum/><child jr:template=''><name/><age/></child>"
	"<row jr:template=''><x/></row><meta><instanceID/></meta></data></instance>"
	"<bind nodeset='/data/a' type='int' bayaz:sensitivity='public'/>"
	"<bind nodeset='/data/b' type='int' bayaz:sensitivity='public'/>"
	"<bind nodeset='/data/c' type='int' bayaz:sensitivity='public'"
	" constraint='. &lt; 8 or /data/a &lt; 5'/>"
	"<bind nodeset='/data/only' type='int' bayaz:sensitivity='public'"
	" relevant='/data/b &gt; 4'/>"
	"<bind nodeset='/data/sum' type='int' bayaz:sensitivity='public'"
	" calculate='/data/a + /data/b'/>"
	"<bind nodeset='/data/child/name' bayaz:key='repeat'"
	" bayaz:sensitivity='public'/>"
	"<bind nodeset='/data/child/age' type='int' bayaz:sensitivity='public'/>"
	"<bind nodeset='/data/row/x' type='int' bayaz:sensitivity='public'/>"
	"</model></h:head><h:body><input ref='/data/a'><label>A</label></input>"
	"<input ref='/data/b'><label>B</label></input>"
	"<input ref='/data/c'><label>C</label></input>"
	"<input ref='/data/only'><label>O</label></input>"
	"<group ref='/data/child'><label>k</label><repeat nodeset='/data/child'>"
	"<input ref='/data/child/name'><label>n</label></input>"
	"<input ref='/data/child/age'><label>g</label></input></repeat></group>"
	"<group ref='/data/row'><label>r</label><repeat nodeset='/data/row'>"
	"<input ref='/data/row/x'><label>x</label></input></repeat></group>"
	"</h:body></h:html>";

struct answers {
	unsigned a, b, c, only;		/* 0: none */
	unsigned ages[4];		/* of children "n0" ...; 0: not there */
	unsigned n_rows, rows[3];
};

static void change_answers(struct answers *x)
{
	unsigned value = 1 + below(9);

	switch (below(6)) {
	case 0: x->a = value; break;
	case 1: x->b = value; break;
	case 2: x->c = value; break;
	case 3: x->only = x->b > 4 ? value : 0; break;
	case 4: x->ages[below(4)] = below(3) == 0 ? 0 : value; break;
	default:
		if (below(2) == 0)
			x->n_rows = below(4);
		x->rows[below(3)] = value;
		break;
	}
	if (x->b <= 4)
		x->only = 0;
}

static void add_number(struct str *xml, const char *name, unsigned value)
{
	if (value > 0)
		str_addf(xml, "<%s>%u</%s>", name, value, name);
}

static char *answers_xml(const struct answers *x, const char *instance,
	const char *deprecated)
{
	struct str xml = STR_INIT;
	char *out;

	add_number(&xml, "a", x->a);
	add_number(&xml, "b", x->b);
	add_number(&xml, "c", x->c);
	add_number(&xml, "only", x->only);
	str_addf(&xml, "<sum>%u</sum>", x->a + x->b);
	for (unsigned i = 0; i < 4; i++)
		if (x->ages[i] > 0)
			str_addf(&xml, "<child><name>n%u</name><age>%u</age>"
				"</child>", i, x->ages[i]);
	for (unsigned i = 0; i < x->n_rows; i++)
		str_addf(&xml, "<row><x>%u</x></row>", x->rows[i]);
	out = record("visit", "1", instance, deprecated, xml.data);
	str_release(&xml);
	return out;
}

/* --- a history --- */

struct version { struct answers answers; char *xml, instance[16]; };

struct history {
	struct version versions[VERSIONS_MAX];
	size_t n_versions;
	char *files[FILES_MAX];		/* bundles, in the order they were made */
	size_t n_files;
	int sequences[N_DEVICES];
	char manifests[FILES_MAX][SHA256_HEX_BYTES];	/* of laptops' bundles */
	char last[N_DEVICES][SHA256_HEX_BYTES];
	size_t n_manifests;
	struct store *boss, *swat;
	struct minisign_key swat_key;
	bool swat_may;
};

static unsigned n_names;

static struct version *new_version(struct history *h)
{
	struct version *v = &h->versions[h->n_versions++];

	assert_true(h->n_versions < VERSIONS_MAX);
	memset(v, 0, sizeof *v);
	snprintf(v->instance, sizeof v->instance, "uuid:%zu", h->n_versions);
	return v;
}

/* A new record, or one made from another. */
static void put_version(struct history *h, struct sent *sent)
{
	/* mostly of the first ones: so that many are made of the same */
	size_t n_from = below(2) == 0 && h->n_versions > 4 ? 4 : h->n_versions;
	const struct version *from = n_from > 0 && below(5) > 0 ?
		&h->versions[below((unsigned)n_from)] : NULL;
	struct version *v;
	const char *deprecated = NULL, *prior = NULL;

	if (from != NULL && below(8) == 0) {	/* a copy */
		add_record(sent, "visit", "1", from->instance,
			xstrdup(from->xml), NULL);
		return;
	}
	v = new_version(h);
	if (from != NULL) {
		v->answers = from->answers;
		if (below(8) == 0)		/* other bytes of one instance */
			memcpy(v->instance, from->instance, sizeof v->instance);
		if (below(8) > 0)
			prior = from->xml;
		if (prior == NULL || below(4) > 0)
			deprecated = from->instance;
	}
	for (unsigned n = from == NULL ? 8 : 1; n > 0; n--)
		change_answers(&v->answers);
	v->xml = answers_xml(&v->answers, v->instance, deprecated);
	add_record(sent, "visit", "1", v->instance, xstrdup(v->xml), prior);
}

static void add_file(struct history *h, char *path)
{
	assert_true(h->n_files < FILES_MAX);
	h->files[h->n_files++] = path;
}

/* Now and then a laptop that was copied uses a number twice. */
static void send_records(struct history *h)
{
	int device = (int)below(N_DEVICES);
	bool forks = h->sequences[device] > 0 && below(8) == 0;
	struct sent *sent = new_bundle(device,
		h->sequences[device] + (forks ? 0 : 1));
	static const char *const days[] = { TODAY "T10:00:00Z",
		"2025-06-01T10:00:00Z", "2026-11-22T10:00:00Z" };
	char name[32];

	sent->manifest.previous = h->last[device][0] != '\0' && !forks ?
		h->last[device] : NULL;
	add_form(sent, "visit", "1", form);
	for (unsigned n = 1 + below(3); n > 0; n--)
		put_version(h, sent);
	for (size_t i = 0; i < sent->manifest.entries.n; i++)
		if (sent->manifest.entries.items[i].kind == ENTRY_RECORD)
			sent->manifest.entries.items[i].finished =
				days[below(3)];
	h->sequences[device] += !forks;
	snprintf(name, sizeof name, "u%u.bayaz", ++n_names);
	add_file(h, send_chained(sent, device, name,
		h->manifests[h->n_manifests]));
	memcpy(h->last[device], h->manifests[h->n_manifests],
		SHA256_HEX_BYTES);
	h->n_manifests++;
}

/* --- what coordinators say --- */

static void begin(struct store *store)
{
	assert_true(db_begin(store_db(store), &err));
}

static void commit(struct store *store)
{
	if (!db_commit(store_db(store), &err))
		fail_msg("%s", err.message);
}

/* The heads of some record of the store; 0: it has none. */
static size_t some_heads(struct store *store, char (*heads)[SHA256_HEX_BYTES],
	size_t most)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT c.sha256 FROM version v JOIN content c ON c.id = v.id"
		" WHERE v.head AND v.record = (SELECT id FROM record"
		" ORDER BY name LIMIT 1 OFFSET ?1)", &err);
	int64_t n_records;
	size_t n = 0;

	assert_true(db_number(store_db(store), "SELECT count(*) FROM record",
		&n_records, &err));
	if (n_records == 0)
		return 0;
	db_bind_int(walk, 1, below((unsigned)n_records));
	while (db_step(walk, &err) == DB_ROW && n < most)
		row_hash(walk, 0, heads[n++]);
	db_reset(walk);
	return n;
}

static void resolve(struct history *h, struct store *store,
	const struct minisign_key *key,
	const struct statement_versions *versions)
{
	struct version *v = new_version(h);
	struct statement_resolved made = { .finished = "" };

	v->answers.a = 1 + below(9);
	v->xml = answers_xml(&v->answers, v->instance, "uuid:1");
	made.xml = v->xml;
	made.n_bytes = strlen(v->xml);
	if (!statement_resolve(store, key, versions, &made, &err))
		fail_msg("%s", err.message);
}

static void take_back(struct store *store, const struct minisign_key *key,
	const char *kind, const char *subject)
{
	struct err none = ERR_INIT;

	if (!statement_take_back(store, key, kind, subject, &none))
		assert_int_equal(none.code, ERR_NOTFOUND);
}

static void say_of_record(struct history *h, struct store *store,
	const struct minisign_key *key)
{
	static const char *const states[] = { REVIEW_RECEIVED, REVIEW_ISSUES,
		REVIEW_APPROVED, REVIEW_REJECTED };
	static const char *const kinds[] = { FACT_DELETION, FACT_REVIEW,
		FACT_LINK, FACT_RESOLUTION };
	char heads[8][SHA256_HEX_BYTES];
	struct statement_versions versions = { "visit",
		(const char (*)[SHA256_HEX_BYTES])heads, 0 };
	unsigned what = below(5);
	bool ok = true;
	char *subject;

	versions.n = some_heads(store, heads, 8);
	if (versions.n == 0)
		return;
	if (what == 0) {
		ok = statement_delete(store, key, &versions, &err);
	} else if (what == 1) {
		ok = statement_review(store, key, &versions,
			states[below(4)], below(2) == 0 ? "" : "look", &err);
	} else if (what == 2) {
		versions.n = 1 + (some_heads(store, heads + 1, 1) > 0);
		if (strcmp(heads[0], heads[1]) != 0 && versions.n == 2)
			ok = statement_link(store, key, &versions, &err);
	} else if (what == 3) {
		resolve(h, store, key, &versions);
	} else {
		subject = statement_subject(&versions);
		take_back(store, key, kinds[below(4)], subject);
		free(subject);
	}
	if (!ok)
		fail_msg("%s", err.message);
}

static void say_of_bundle(struct history *h, struct store *store,
	const struct minisign_key *key)
{
	const char *manifest;

	if (h->n_manifests == 0)
		return;
	manifest = h->manifests[below((unsigned)h->n_manifests)];
	if (below(3) == 0)
		take_back(store, key, FACT_ASIDE, manifest);
	else if (!statement_set_aside(store, key, manifest, "", &err))
		fail_msg("%s", err.message);
}

static void say_of_device(struct store *store, const struct minisign_key *key)
{
	struct minisign_public public;
	char text[MINISIGN_PUBLIC_TEXT];

	minisign_key_public(&devices[below(N_DEVICES)].key, &public);
	minisign_public_format(&public, text);
	if (below(2) == 0)
		assert_true(fact_accept_device(store, key, text, &err));
	else
		assert_true(fact_revoke_device(store, key, text, below(4),
			NULL, &err));
}

static void say_rules(struct store *store, const struct minisign_key *key)
{
	static const char *const texts[] = { "",
		"form visit\nduplicate same a b\nduplicate sum sum:number\n",
		("form visit\nduplicate same a\nmissing c c most 1%\n"
		"outlier ages child.age factor 0.5\nconstraints all\n") };

	assert_true(statement_rules(store, key, texts[below(3)], &err));
}

/* Only the project's key, which cannot be withdrawn: what a store gave up for a
 * word that counts no more is back only with a copy. */
static void erase_something(struct history *h)
{
	static const char *const codes[] = { ERASED_NO_CONSENT,
		ERASED_WITHDRAWN };
	struct touched touched = { .forms = false };
	char heads[2][SHA256_HEX_BYTES];

	if (some_heads(h->boss, heads, 1) == 0)
		return;
	if (!erase_say(h->boss, &secrets.project, heads[0],
			codes[below(2)], &touched, &err) ||
			!derive_finish(h->boss, &touched, &err))
		fail_msg("%s", err.message);
	touched_release(&touched);
}

static void say_something(struct history *h)
{
	bool by_boss = below(2) == 0;
	struct store *store = by_boss ? h->boss : h->swat;
	const struct minisign_key *key = by_boss ? &secrets.project :
		&h->swat_key;

	begin(store);
	switch (below(9)) {
	case 3:
		say_rules(store, key);
		if (by_boss)
			erase_something(h);
		break;
	case 0: say_of_device(store, key); break;
	case 1: say_of_bundle(h, store, key); break;
	case 2:
		assert_true(statement_horizon(store, key, "visit",
			below(2) == 0 ? "2025-12-01" : "2024-01-01", &err));
		break;
	default: say_of_record(h, store, key); break;
	}
	commit(store);
}

static void certify(const struct history *h, struct store *store)
{
	struct trust_signed cert = TRUST_SIGNED_INIT;
	struct minisign_public key;

	minisign_key_public(&h->swat_key, &key);
	begin(store);
	assert_true(trust_cert_new(&project, &secrets.project, &key, "Swat",
			ROLE_MERGE | ROLE_REVIEW | ROLE_DELETE, TODAY, &cert,
			&err) &&
		fact_add_certificate(store, &cert, &err));
	commit(store);
	trust_signed_release(&cert);
}

static void withdraw(struct history *h)
{
	struct minisign_public key;
	char text[MINISIGN_PUBLIC_TEXT];

	minisign_key_public(&h->swat_key, &key);
	minisign_public_format(&key, text);
	begin(h->boss);
	assert_true(fact_withdraw_certificate(h->boss, &secrets.project, text,
		NULL, &err));
	commit(h->boss);
}

/* --- stores that are sent on --- */

static void send_store(struct history *h, struct store *store,
	const struct minisign_key *key, bool again)
{
	struct stack_options options = { .key = key, .project = &project,
		.again = again };
	struct stack_result result;
	struct err none = ERR_INIT;
	char *path = str_format("%s/s%u.bayaz", folder, ++n_names);

	begin(store);
	if (stack_pack(store, path, &options, &result, &none)) {
		assert_false(result.more);
		add_file(h, path);
	} else {
		assert_int_equal(none.code, ERR_NOTFOUND);
		free(path);
	}
	commit(store);
}

static void hear(struct store *store, const char *path)
{
	struct merge_result result;

	if (!store_merge_file(store, path, &setup, &result, &err))
		fail_msg("%s: %s", path, err.message);
}

static void make_step(struct history *h)
{
	struct store *store = below(2) == 0 ? h->boss : h->swat;

	switch (below(8)) {
	case 0: case 1: case 2:
		send_records(h);
		break;
	case 3: case 4:
		if (h->n_files > 0)
			hear(store, h->files[below((unsigned)h->n_files)]);
		break;
	case 5:
		send_store(h, store, store == h->boss ? &secrets.project :
			&h->swat_key, false);
		break;
	default:
		say_something(h);
		break;
	}
}

static struct store *quick_store(void)
{
	struct store *store = new_store();

	assert_true(db_set_durable(store_db(store), false, &err));
	return store;
}

static void make_history(struct history *h)
{
	memset(h, 0, sizeof *h);
	minisign_key_new(&h->swat_key);
	h->boss = quick_store();
	h->swat = quick_store();
	certify(h, h->swat);
	setup.accept_new = true;
	for (unsigned i = 0; i < STEPS; i++)
		make_step(h);
	if (below(4) == 0)
		withdraw(h);
	/* all that was said is in a bundle, and every laptop was accepted by
	 * somebody once: else what it sent waits, where no fact is */
	for (size_t i = 0; i < h->n_files; i++)
		hear(h->boss, h->files[i]);
	send_store(h, h->swat, &h->swat_key, true);
	send_store(h, h->boss, &secrets.project, true);
	setup.accept_new = false;
}

static void free_history(struct history *h)
{
	for (size_t i = 0; i < h->n_versions; i++)
		free(h->versions[i].xml);
	for (size_t i = 0; i < h->n_files; i++) {
		unlink(h->files[i]);
		free(h->files[i]);
	}
	store_close(h->boss);
	store_close(h->swat);
}

/* --- in any order --- */

static void remove_store(struct store *store)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char *path = xstrdup(store_path(store));

	store_close(store);
	for (size_t i = 0; i < 3; i++) {
		char *name = str_format("%s%s", path, endings[i]);

		unlink(name);
		free(name);
	}
	free(path);
}

/* Some are put together in a store of their own first, which then is sent on
 * (with the certificate that its sender needs). */
static void merge_by_way_of_another(struct history *h, struct store *to,
	const size_t *order, size_t n)
{
	struct store *between = quick_store();
	struct stack_options options = { .key = &h->swat_key,
		.project = &project, .again = true };
	struct stack_result result;
	char *path = str_format("%s/b%u.bayaz", folder, ++n_names);

	certify(h, between);
	for (size_t i = 0; i < n; i++)
		hear(between, h->files[order[i]]);
	assert_true(store_merge_retry(between, &setup, NULL, NULL, &err));
	assert_true(stack_pack(between, path, &options, &result, &err));
	hear(to, path);
	/* what waits there is in no bundle */
	for (size_t i = 0; i < n; i++)
		if (below(2) == 0)
			hear(to, h->files[order[i]]);
	unlink(path);
	free(path);
	remove_store(between);
}

static void check_whole(struct store *store)
{
	struct db_stmt *walk = db_prepare_once(store_db(store),
		"PRAGMA foreign_key_check", &err);

	assert_int_equal(db_step(walk, &err), DB_DONE);
	db_free(walk);
	assert_true(db_verify(store_db(store), &err));
}

static void shuffle(size_t *order, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t j = below((unsigned)i + 1);

		order[i] = order[j];
		order[j] = i;
	}
}

static char *dump_of_order(struct history *h, const size_t *order, bool anew)
{
	struct store *store = quick_store();
	char *text;

	certify(h, store);
	for (size_t i = 0; i < h->n_files; ) {
		size_t n = 1 + below(4);

		if (n > h->n_files - i)
			n = h->n_files - i;
		if (below(4) == 0)
			merge_by_way_of_another(h, store, order + i, n);
		for (size_t k = 0; k < n; k++)
			hear(store, h->files[order[i + k]]);
		i += n;
		if (below(6) == 0)	/* once more */
			hear(store, h->files[order[below((unsigned)i)]]);
	}
	assert_true(store_merge_retry(store, &setup, NULL, NULL, &err));
	if (anew)
		assert_true(store_rebuild(store, &err));
	check_whole(store);
	text = dump(store);
	remove_store(store);
	return text;
}

static void keep(const char *name, const char *text)
{
	const char *folder_to = getenv("BAYAZ_KEEP");
	char *path;
	FILE *file;

	if (folder_to == NULL)
		return;
	path = str_format("%s/%s", folder_to, name);
	file = fopen(path, "w");
	if (file != NULL) {
		fputs(text, file);
		fclose(file);
	}
	free(path);
}

static void check_orders(struct history *h, unsigned round)
{
	size_t order[FILES_MAX];
	char *first;

	for (size_t i = 0; i < h->n_files; i++)
		order[i] = i;
	first = dump_of_order(h, order, false);
	keep("first.dump", first);
	for (unsigned i = 0; i < ORDERS; i++) {
		char *text;

		shuffle(order, h->n_files);
		text = dump_of_order(h, order, i % 4 == 0);
		if (strcmp(text, first) != 0) {
			print_message("round %u, order %u\n", round, i);
			keep("other.dump", text);
			fail_msg("another dump");
		}
		free(text);
	}
	free(first);
}

/* What one order gave, as one file without -wal. */
static void leave_store(const struct history *h, const char *to, unsigned round)
{
	struct store *store = quick_store();
	char *sql = str_format("VACUUM INTO '%s/%03u.db'", to, round);

	certify(h, store);
	for (size_t i = 0; i < h->n_files; i++)
		hear(store, h->files[i]);
	assert_true(store_merge_retry(store, &setup, NULL, NULL, &err));
	assert_true(db_exec(store_db(store), sql, &err));
	remove_store(store);
	free(sql);
}

static void leave_histories(const char *to, uint64_t start)
{
	const char *wanted = getenv("BAYAZ_HISTORIES");
	unsigned n = wanted != NULL ? (unsigned)strtoul(wanted, NULL, 10) : 1;

	for (unsigned i = 0; i < n; i++) {
		struct history h;

		state_of_chance = start + i * 1000003u;
		make_history(&h);
		leave_store(&h, to, i);
		free_history(&h);
	}
}

static void any_order_gives_the_same_store(void **state)
{
	const char *seed = getenv("BAYAZ_SEED");
	unsigned n = getenv("BAYAZ_LONG") != NULL ? 10000 / ORDERS :
		300 / ORDERS;
	uint64_t start = seed != NULL ? strtoull(seed, NULL, 10) : 20261126;

	(void)state;
	if (getenv("BAYAZ_STORES") != NULL) {
		leave_histories(getenv("BAYAZ_STORES"), start);
		return;
	}
	print_message("seed %llu, %u histories, %u orders each\n",
		(unsigned long long)start, n, (unsigned)ORDERS);
	for (unsigned i = 0; i < n; i++) {
		struct history h;

		state_of_chance = start + i * 1000003u;
		make_history(&h);
		check_orders(&h, i);
		free_history(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order_gives_the_same_store),
	};

	return cmocka_run_group_tests(tests, pilot_set_up, pilot_tear_down);
}
