#include "config.h"

#include "store/blame.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "crypt/minisign.h"
#include "db/db.h"
#include "store/content.h"
#include "store/reconcile.h"
#include "store/store.h"
#include "store/version.h"

/* --- the values of versions --- */

static bool find_content(struct store *store, const char *hex, int64_t *id,
	struct err *err)
{
	uint8_t sha256[SHA256_BYTES];

	*id = 0;
	return hex_decode(hex, sha256, sizeof sha256) &&
		content_find(store, sha256, id, err);
}

static void read_values(struct reconciler *forms, const char *form_id,
	const struct store_version *version, const char *language,
	const struct str *xml, struct answers *answers)
{
	const struct xform *form = reconciler_form(forms, form_id,
		version->form_version, NULL);

	answers_read(answers, xml->data, xml->len, form, language);
}

static bool read_version(struct store *store, struct reconciler *forms,
	const char *form_id, const struct store_version *version,
	const char *language, struct answers *answers, struct err *err)
{
	struct str xml = STR_INIT;
	int64_t id;
	bool ok = find_content(store, version->sha256, &id, err) &&
		content_get(store, id, VERSION_MAX_BYTES, &xml, err);

	if (ok)
		read_values(forms, form_id, version, language, &xml, answers);
	str_release(&xml);
	return ok;
}

static const struct store_version *shown_version(
	const struct store_record *record)
{
	for (size_t i = 0; i < record->versions.n; i++)
		if (record->versions.items[i].is_shown)
			return &record->versions.items[i];
	return &record->versions.items[record->versions.n - 1];
}

static bool check_open(const struct store_record *record, struct err *err)
{
	return !record->versions.items[0].is_sealed || err_set(err,
		ERR_REFUSED, _("this is a protected record: its answers are "
			"not shown one by one"));
}

/* What counts for the record: the shown version, or what was joined. */
static bool read_shown(struct store *store, struct reconciler *forms,
	struct blame *blame, const char *language, struct err *err)
{
	const struct store_version *version = shown_version(&blame->record);
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT record FROM version WHERE id = ?1", err);
	struct str xml = STR_INIT;
	int64_t id, record = 0;
	bool ok;

	if (get == NULL || !find_content(store, version->sha256, &id, err))
		return false;
	db_bind_int(get, 1, id);
	ok = db_step(get, err) == DB_ROW;
	if (ok)
		record = db_int(get, 0);
	db_reset(get);
	ok = ok && reconcile_bytes(store, record, &xml, err);
	if (ok)
		read_values(forms, blame->record.form, version, language,
			&xml, &blame->shown);
	str_release(&xml);
	return ok;
}

/* --- who changed it --- */

static bool has_value(const struct blame *blame, size_t version,
	const struct answer *answer)
{
	const struct answer *is = version < blame->record.versions.n ?
		answers_find(&blame->answers[version], answer->path) : NULL;

	return is != NULL && strcmp(is->value, answer->value) == 0;
}

/* Versions come by depth, so a later one is the later change. */
static size_t later(const struct blame *blame, size_t a, size_t b)
{
	size_t none = blame->record.versions.n;

	return a == none ? b : b == none ? a : a > b ? a : b;
}

/* Does an arrow lead from one version to the other?  As graph.h says. */
static bool leads_to(const struct store_version *from,
	const struct store_version *to)
{
	for (size_t i = 0; i < to->priors.n; i++)
		if (strcmp(to->priors.items[i], from->sha256) == 0)
			return true;
	return to->priors.n == 0 && to->deprecated[0] != '\0' &&
		strcmp(to->deprecated, from->instance) == 0;
}

/* Of each version before those that follow it: priors come first. */
static void find_origins(const struct blame *blame,
	const struct answer *answer, size_t *origins)
{
	for (size_t i = 0; i < blame->record.versions.n; i++) {
		const struct store_version *v =
			&blame->record.versions.items[i];
		size_t found = blame->record.versions.n;

		for (size_t k = 0; k < i; k++)
			if (leads_to(&blame->record.versions.items[k], v) &&
					has_value(blame, k, answer))
				found = later(blame, found, origins[k]);
		origins[i] = found < blame->record.versions.n ? found : i;
	}
}

static const struct store_version *origin_of(const struct blame *blame,
	const struct answer *answer, size_t *origins)
{
	size_t n = blame->record.versions.n, found = n;

	find_origins(blame, answer, origins);
	for (size_t i = 0; i < n; i++)
		if (blame->record.versions.items[i].is_head &&
				has_value(blame, i, answer))
			found = later(blame, found, origins[i]);
	return found < n ? &blame->record.versions.items[found] : NULL;
}

static void blame_all(struct blame *blame)
{
	size_t *origins = xcalloc(blame->record.versions.n, sizeof *origins);

	for (size_t i = 0; i < blame->shown.list.n; i++) {
		struct blame_line line = {
			.answer = &blame->shown.list.items[i] };

		line.version = origin_of(blame, line.answer, origins);
		vec_push(&blame->lines, line);
	}
	free(origins);
}

static bool read_all(struct store *store, struct blame *blame,
	const char *language, struct err *err)
{
	struct reconciler *forms = reconciler_new(store);
	size_t n = blame->record.versions.n;
	bool ok = true;

	blame->answers = xcalloc(n, sizeof *blame->answers);
	for (size_t i = 0; ok && i < n; i++)
		ok = read_version(store, forms, blame->record.form,
			&blame->record.versions.items[i], language,
			&blame->answers[i], err);
	ok = ok && read_shown(store, forms, blame, language, err);
	reconciler_free(forms);
	return ok;
}

bool blame_record(struct store *store, const char *text, const char *language,
	struct blame *blame, struct err *err)
{
	memset(blame, 0, sizeof *blame);
	if (!store_record_find(store, text, &blame->record, err) ||
			!check_open(&blame->record, err) ||
			!read_all(store, blame, language, err))
		return false;
	blame_all(blame);
	return true;
}

void blame_release(struct blame *blame)
{
	for (size_t i = 0; blame->answers != NULL &&
			i < blame->record.versions.n; i++)
		answers_release(&blame->answers[i]);
	free(blame->answers);
	answers_release(&blame->shown);
	vec_release(&blame->lines);
	store_record_release(&blame->record);
}

bool blame_centre(struct store *store, const struct store_version *version,
	char fingerprint[FINGERPRINT_BYTES], struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT f.signer FROM statement s JOIN fact f ON f.id = s.fact"
		" WHERE s.kind = 'resolution' AND s.value = ?1 AND s.force"
		" ORDER BY f.signer LIMIT 1", err);
	struct minisign_public key;
	enum db_result result;

	fingerprint[0] = '\0';
	if (get == NULL)
		return false;
	db_bind_text(get, 1, version->sha256);
	result = db_step(get, err);
	if (result == DB_ROW && minisign_public_parse(db_text(get, 0), &key,
			NULL))
		minisign_public_fingerprint(&key, fingerprint);
	db_reset(get);
	return result != DB_FAILED;
}

/* --- one version --- */

static const struct store_version *named_version(
	const struct store_record *record, const char *text)
{
	for (size_t i = 0; i < record->versions.n; i++)
		if (str_starts(record->versions.items[i].sha256, text))
			return &record->versions.items[i];
	return shown_version(record);
}

bool blame_version(struct store *store, const char *text,
	const char *language, struct answers *answers, struct err *err)
{
	struct store_record record;
	struct reconciler *forms = reconciler_new(store);
	bool ok = store_record_find(store, text, &record, err);

	memset(answers, 0, sizeof *answers);
	ok = ok && check_open(&record, err) && read_version(store, forms,
		record.form, named_version(&record, text), language, answers,
		err);
	store_record_release(&record);
	reconciler_free(forms);
	return ok;
}
