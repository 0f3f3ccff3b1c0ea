/* A project, laptops, bundles, stores.  See pilot.h. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"
#include "store/dump.h"
#include "store/fact.h"
#include "tests/unit/pilot.h"

struct err err;
struct trust_project project;
struct trust_secrets secrets;
struct trust_device devices[N_DEVICES];
struct age_keys keys;
struct merge_setup setup;
char folder[SCRATCH_BYTES];
static struct trust_recovery recovery;
static struct age_identity identities[TRUST_IDENTITIES_MAX];

char *record(const char *form, const char *version,
	const char *instance, const char *deprecated, const char *answers)
{
	return str_format("<data id=\"%s\" version=\"%s\">%s<meta>%s%s%s"
		"<instanceID>%s</instanceID></meta></data>", form, version,
		answers, deprecated != NULL ? "<deprecatedID>" : "",
		deprecated != NULL ? deprecated : "",
		deprecated != NULL ? "</deprecatedID>" : "", instance);
}

/* --- bundles --- */

struct sent *new_bundle(int device, int sequence)
{
	struct sent *sent = xcalloc(1, sizeof *sent);

	manifest_init(&sent->manifest);
	sent->manifest.kind = "up";
	sent->manifest.project = project.id;
	sent->manifest.device_name = devices[device].name;
	sent->manifest.sequence = sequence;
	sent->manifest.date = TODAY;
	return sent;
}

void add_source(struct sent *sent, const char *bytes)
{
	struct bundle_source source = { .bytes = bytes,
		.n_bytes = strlen(bytes) };

	vec_push(&sent->sources, source);
}

void add_form(struct sent *sent, const char *id, const char *version,
	const char *xml)
{
	struct manifest_entry *entry = manifest_add(&sent->manifest,
		ENTRY_FORM);

	entry->class_ = "standard";
	entry->form_id = id;
	entry->form_version = version;
	add_source(sent, xml);
}

/* `prior`: XML of the version it was made from, or NULL. */
void add_record(struct sent *sent, const char *form,
	const char *version, const char *instance, char *xml,
	const char *prior)
{
	struct manifest_entry *entry = manifest_add(&sent->manifest,
		ENTRY_RECORD);

	entry->class_ = "standard";
	entry->form_id = form;
	entry->form_version = version;
	entry->instance_id = instance;
	entry->finished = TODAY "T10:00:00Z";
	if (prior != NULL) {
		char (*priors)[SHA256_HEX_BYTES] = arena_alloc(
			sent->manifest.arena, sizeof *priors);

		sha256_hex(prior, strlen(prior), priors[0]);
		entry->priors = (const char (*)[SHA256_HEX_BYTES])priors;
		entry->n_priors = 1;
	}
	add_source(sent, xml);
	vec_push(&sent->owned, xml);
}

char *send_chained(struct sent *sent, int device, const char *name,
	char manifest[SHA256_HEX_BYTES])
{
	struct age_recipient recipients[2];
	struct age_to age = { .recipients = recipients, .n_recipients = 2 };
	struct bundle_to to = { .age = &age, .signer = &devices[device].key };
	char *path = path_join(folder, name);

	trust_project_recipients(&project, TRUST_STANDARD, recipients);
	assert_true(bundle_write(path, &sent->manifest, sent->sources.items,
		&to, manifest, &err));
	manifest_release(&sent->manifest);
	for (size_t i = 0; i < sent->owned.n; i++)
		free(sent->owned.items[i]);
	vec_release(&sent->owned);
	vec_release(&sent->sources);
	free(sent);
	return path;
}

char *send_bundle(struct sent *sent, int device, const char *name)
{
	return send_chained(sent, device, name, NULL);
}

/* --- stores --- */

static int n_stores;

struct store *new_store(void)
{
	char *path = str_format("%s/%d.db", folder, ++n_stores);
	struct trust_signed text = TRUST_SIGNED_INIT;
	char *json = trust_project_print(&project);
	struct store *store = store_open(path, STORE_CREATE, &err);

	assert_non_null(store);
	trust_sign(&text, json, &secrets.project);
	assert_true(db_begin(store_db(store), &err));
	assert_true(fact_add_project(store, &text, &err));
	assert_true(db_commit(store_db(store), &err));
	trust_signed_release(&text);
	free(json);
	free(path);
	return store;
}

/* What is told without counting is what counting gives. */
static void assert_totals(struct store *store)
{
	static const char *const names[] = { "version", "record" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *told = str_format("SELECT n FROM total"
			" WHERE name = '%s'", names[i]);
		char *counted = str_format("SELECT count(*) FROM %s",
			names[i]);
		int64_t a, b;

		assert_true(db_number(store_db(store), told, &a, &err));
		assert_true(db_number(store_db(store), counted, &b, &err));
		assert_int_equal(a, b);
		free(told);
		free(counted);
	}
}

char *dump(struct store *store)
{
	char *text = NULL;
	size_t n = 0;
	FILE *to = open_memstream(&text, &n);

	assert_true(store_dump(store, to, &err));
	fclose(to);
	assert_totals(store);
	return text;
}

struct merge_result merge(struct store *store, const char *path)
{
	struct merge_result result;

	if (!store_merge_file(store, path, &setup, &result, &err))
		fail_msg("%s", err.message);
	return result;
}

int pilot_set_up(void **state)
{
	struct trust_policy policy = { .refuse_untagged = false };
	static const char *const names[N_DEVICES] = { "KP-001", "KP-002",
		"KP-003", "KP-004" };

	(void)state;
	err_clear(&err);
	if (!scratch_make("store", folder) || !crypt_init(&err) ||
			!trust_project_new("Pilot", TODAY, false, policy,
				&project, &secrets, &recovery, &err))
		return -1;
	for (int i = 0; i < N_DEVICES; i++)
		if (!trust_device_new(names[i], &devices[i], &err))
			return -1;
	keys.n_identities = trust_secrets_identities(&secrets, identities);
	keys.identities = identities;
	setup.keys = &keys;
	setup.store_key = &secrets.project;
	setup.accept_new = true;
	return 0;
}

int pilot_tear_down(void **state)
{
	(void)state;
	scratch_remove(folder);
	return 0;
}
