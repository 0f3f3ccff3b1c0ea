#include "config.h"

#include "store/merge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/str.h"
#include "bundle/read.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/erase.h"
#include "store/fact.h"
#include "store/feed.h"
#include "store/gate.h"
#include "store/intake.h"
#include "store/judge.h"
#include "store/quarantine.h"
#include "store/stacked.h"
#include "store/store.h"

struct merging {
	struct store *store;
	const struct merge_setup *setup;
	struct bundle *bundle;
	struct merge_result *result;
	struct touched touched;
	int64_t fact;
	bool is_new;
	bool is_revoked;		/* its device */
	bool is_trusted;		/* so its entries are derived */
	bool rejudged;			/* so is what came before */
	struct intake *intake;
	struct feed *feed;
};

/* --- who sent it --- */

static bool is_asked_for(const struct merge_setup *setup,
	const char *fingerprint)
{
	for (size_t i = 0; i < setup->n_accept; i++)
		if (crypt_fingerprint_same(setup->accept[i], fingerprint))
			return true;
	return false;
}

static void describe(struct merging *m)
{
	const struct manifest *manifest = bundle_manifest(m->bundle);
	const struct minisign_public *signer = bundle_signer_claim(m->bundle);
	struct merge_result *result = m->result;

	minisign_public_format(signer, result->device);
	minisign_public_fingerprint(signer, result->fingerprint);
	snprintf(result->device_name, sizeof result->device_name, "%s",
		manifest->device_name != NULL ? manifest->device_name : "");
	result->sequence = manifest->sequence;
	snprintf(result->date, sizeof result->date, "%s",
		manifest->date != NULL ? manifest->date : "");
}

static bool check_purpose(struct merging *m, struct err *err)
{
	const struct manifest *manifest = bundle_manifest(m->bundle);

	if (strcmp(manifest->kind, "up") != 0)
		return err_set(err, ERR_REFUSED,
			_("this is a kit for laptops, not a bundle of records"));
	if (manifest->project == NULL ||
			strcmp(manifest->project, store_project(m->store)) != 0)
		return err_set(err, ERR_CONFLICT,
			_("this bundle belongs to another project"));
	return bundle_check_signature(m->bundle,
		bundle_signer_claim(m->bundle), err);
}

/* ERR_NOTFOUND: nobody has accepted this device. */
static bool check_device(struct merging *m, struct err *err)
{
	struct merge_result *result = m->result;
	enum device_status status;

	if (!fact_device_status(m->store, result->device, &status, err))
		return false;
	m->is_revoked = status == DEVICE_IS_REVOKED;
	if (status != DEVICE_IS_UNKNOWN)
		return true;
	if (!m->setup->accept_new &&
			!is_asked_for(m->setup, result->fingerprint))
		return err_set(err, ERR_NOTFOUND,
			_("nobody has accepted the device %s yet"),
			result->fingerprint);
	if (m->setup->store_key == NULL)
		return err_set(err, ERR_REFUSED,
			_("this workspace has no key to accept devices with"));
	result->accepted_now = true;
	return fact_accept_device(m->store, m->setup->store_key,
			result->device, err) &&
		store_log(m->store, "accept", result->fingerprint, NULL, err);
}

/* --- what is in it --- */

/* As the other thread has packed it. */
static bool keep_manifest(struct merging *m, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	size_t n;
	const char *bytes = bundle_manifest_bytes(m->bundle, &n);
	int64_t content;

	if (!hex_decode(bundle_manifest_sha256(m->bundle), sha256,
			sizeof sha256) ||
			!content_find(m->store, sha256, &content, err))
		return false;
	return content != 0 || content_put_packed(m->store, sha256, bytes, n,
		feed_manifest(m->feed), &content, err);
}

static bool take_manifest(struct merging *m, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	size_t n;
	const char *bytes = bundle_manifest_bytes(m->bundle, &n);
	bool ok;

	str_addn(&text.document, bytes, n);
	str_add(&text.signature, bundle_signature(m->bundle));
	ok = keep_manifest(m, err) && fact_add_manifest(m->store, &text,
			bundle_manifest_sha256(m->bundle),
			bundle_signer_claim(m->bundle), &m->fact, &m->is_new,
			err) &&
		(!m->is_new || derive_manifest(m->store, m->fact,
			bundle_manifest(m->bundle), err));
	trust_signed_release(&text);
	if (ok && m->is_revoked && m->is_new)
		ok = judge_update(m->store, m->fact, &m->rejudged, err);
	return ok && derive_is_trusted(m->store, m->fact, &m->is_trusted, err);
}

static bool take_item(struct merging *m, const struct feed_item *item,
	struct err *err)
{
	const struct manifest_entry *entry = item->entry;
	int64_t content;

	if (entry->kind == ENTRY_RECORD && !intake_check_form(m->intake,
			entry, m->is_trusted, err))
		return false;
	if (!intake_item(m->intake, item, &content, err))
		return false;
	if (!item->ends)
		return true;
	if (!m->is_trusted) {
		m->result->n_aside += entry->kind == ENTRY_RECORD ||
			entry->kind == ENTRY_SEALED;
		return true;		/* kept, and means nothing */
	}
	return derive_entry(m->store, m->fact, entry, content,
		&(struct derive_bytes){ item->is_piece ? NULL : &item->bytes,
			item->parsed }, &m->touched, err);
}

static bool take_entries(struct merging *m, struct err *err)
{
	const struct feed_item *item;
	bool ok;

	while ((ok = feed_next(m->feed, &item, err)) && item != NULL) {
		if (m->setup->next != NULL && feed_has_read_all(m->feed))
			feed_early(m->setup->early, m->setup->next,
				m->setup->keys);
		ok = take_item(m, item, err) &&
			derive_some(m->store, &m->touched, err);
		if (!ok)
			break;
	}
	return ok;
}

/* What another coordinator's store sends on. */
static bool take_stacked(struct merging *m, struct err *err)
{
	struct stacked_taken taken = { .n_facts = 0 };

	m->is_trusted = true;
	if (!stacked_take(m->store, m->bundle, m->feed, m->intake,
			&m->touched, &taken, err))
		return false;
	m->is_new = taken.n_facts > 0;
	m->result->stacked = true;
	m->result->n_manifests = taken.n_manifests;
	return !m->is_new || store_log(m->store, "merge",
		bundle_manifest_sha256(m->bundle), m->result->fingerprint,
		err);
}

/* Of a bundle that has been merged: were bytes of it erased for a reason that
 * counts no more?  Then they are taken again. */
static bool lacks_bytes(struct merging *m, bool *lacks, struct err *err)
{
	const struct manifest *manifest = bundle_manifest(m->bundle);
	bool any, refused;

	*lacks = false;
	if (!content_any_erased(m->store, &any, err))
		return false;
	for (size_t i = 0; any && !*lacks && i < manifest->entries.n; i++) {
		struct content_slot slot;
		uint8_t sha256[SHA256_BYTES];

		if (!hex_decode(manifest->entries.items[i].sha256, sha256,
				sizeof sha256) ||
				!content_slot(m->store, sha256, &slot, err) ||
				!erase_is_refused(m->store, sha256, &refused,
					err))
			return false;
		*lacks = slot.is_erased && !refused;
	}
	return true;
}

/* Everything of one bundle; the caller commits or rolls back.  An entry is
 * believed when its hash was right, the manifest when its signature was, and
 * the whole when its end was reached. */
static bool take(struct merging *m, struct err *err)
{
	bool lacks = false;

	if (!check_purpose(m, err))
		return false;
	if (stacked_is(bundle_manifest(m->bundle)))
		return take_stacked(m, err);
	if (!check_device(m, err) || !take_manifest(m, err) ||
			(!m->is_new && !lacks_bytes(m, &lacks, err)))
		return false;
	if (!m->is_new && !lacks)	/* a damaged copy is damaged still */
		return feed_check_rest(m->feed, err);
	return take_entries(m, err) &&
		derive_finish(m->store, &m->touched, err) &&
		(!m->rejudged || store_derive_all(m->store, err)) &&
		store_log(m->store, "merge",
			bundle_manifest_sha256(m->bundle),
			m->result->fingerprint, err);
}

static void tell(struct merging *m)
{
	struct merge_result *result = m->result;

	result->outcome = m->is_new ? MERGE_TAKEN : MERGE_KNOWN;
	result->revoked = !m->is_trusted;
	result->versions_new = m->touched.n_versions_new;
	result->versions_known = m->touched.n_versions_known;
	if (!m->is_new)
		for (size_t i = 0;
				i < bundle_manifest(m->bundle)->entries.n; i++)
			result->versions_known += bundle_manifest(m->bundle)
				->entries.items[i].kind == ENTRY_RECORD;
	result->sealed_new = m->touched.n_sealed_new;
	result->missing = m->touched.n_missing;
	result->forms_new = m->touched.forms;
}

/* What cannot be taken yet, but may be later.  It must be whole. */
static bool may_wait(enum err_code code)
{
	return code == ERR_NOTFOUND;
}

static bool set_aside(struct store *store, const char *path,
	const struct merge_setup *setup, struct merge_result *result,
	const struct err *why, struct err *err)
{
	if (!bundle_verify(path, setup->keys, NULL, NULL, err))
		return false;
	result->outcome = MERGE_SET_ASIDE;
	result->accepted_now = false;
	snprintf(result->reason, sizeof result->reason, "%s", why->message);
	return quarantine_add(store, path, result, why->code, err);
}

/* What must not stay goes in the same breath. */
static bool erase_some(struct merging *m, struct err *err)
{
	const struct unlock_setup setup = {
		.identities = m->setup->protected_,
		.n_identities = m->setup->n_protected,
		.store_key = m->setup->store_key,
	};
	struct merge_result *result = m->result;
	struct unlock_result found;
	bool ok;

	if (m->setup->store_key == NULL)
		return true;
	if (!gate_enforce(m->store, m->setup->store_key,
			&result->n_no_consent, err))
		return false;
	if (m->setup->n_protected == 0 || !m->is_new)
		return true;
	ok = store_unlock(m->store, &setup, &found, err);
	result->n_no_consent += found.n_no_consent;
	result->n_withdrawn = found.n_withdrawn;
	result->n_waiting = found.n_waiting;
	unlock_result_release(&found);
	return ok;
}

static bool merge_open(struct merging *m, struct err *err)
{
	bool ok = db_begin(store_db(m->store), err) && take(m, err) &&
		erase_some(m, err) && db_commit(store_db(m->store), err);

	if (!ok)
		db_rollback(store_db(m->store));
	else
		erase_settle(m->store);
	return ok;
}

bool store_merge_file(struct store *store, const char *path,
	const struct merge_setup *setup, struct merge_result *result,
	struct err *err)
{
	struct merging m = { .store = store, .setup = setup,
		.result = result };
	struct err why = ERR_INIT;
	bool ok;

	*result = (struct merge_result){ .outcome = MERGE_TAKEN };
	m.feed = feed_take(setup->early, path, setup->keys);
	m.bundle = feed_bundle(m.feed, err);
	if (m.bundle == NULL) {
		feed_free(m.feed);
		return false;
	}
	feed_watch(m.feed, setup->progress, setup->context);
	m.intake = intake_new(store);
	describe(&m);
	ok = merge_open(&m, &why);
	if (ok)
		tell(&m);
	intake_free(m.intake);
	feed_free(m.feed);
	touched_release(&m.touched);
	if (ok)
		return true;
	if (may_wait(why.code))
		return set_aside(store, path, setup, result, &why, err);
	if (err != NULL)
		*err = why;
	return false;
}

/* --- again --- */

static bool retry_one(struct store *store, const struct quarantined *file,
	const struct merge_setup *setup, struct merge_result *result,
	struct err *refused, struct err *err)
{
	if (!store_merge_file(store, file->path, setup, result, refused))
		return true;		/* told; it stays */
	return result->outcome == MERGE_SET_ASIDE ||
		quarantine_remove(store, file, err);
}

struct attempt {
	const struct quarantined *file;
	struct merge_result result;
	struct err refused;
};

typedef void attempt_told(void *context, const char *name,
	const struct merge_result *result, const struct err *refused);

/* One pass over what waits; what is taken is told at once. */
static bool retry_all(struct store *store, const struct quarantine_list *list,
	const struct merge_setup *setup, struct attempt *waiting,
	size_t *n_waiting, attempt_told *told, void *context, struct err *err)
{
	*n_waiting = 0;
	for (size_t i = 0; i < list->n; i++) {
		struct attempt *attempt = &waiting[*n_waiting];

		*attempt = (struct attempt){ .file = &list->items[i],
			.refused = ERR_INIT };
		if (!retry_one(store, attempt->file, setup, &attempt->result,
				&attempt->refused, err))
			return false;
		if (attempt->refused.code != ERR_NONE ||
				attempt->result.outcome == MERGE_SET_ASIDE)
			++*n_waiting;
		else if (told != NULL)
			told(context, attempt->file->name, &attempt->result,
				&attempt->refused);
	}
	return true;
}

bool store_merge_retry(struct store *store, const struct merge_setup *setup,
	attempt_told *told, void *context, struct err *err)
{
	bool ok = true, progress = true;

	while (ok && progress) {
		struct quarantine_list list;
		struct attempt *waiting;
		size_t n = 0;

		ok = quarantine_list(store, &list, err);
		waiting = xcalloc(list.n + 1, sizeof *waiting);
		ok = ok && retry_all(store, &list, setup, waiting, &n, told,
			context, err);
		progress = n < list.n;
		for (size_t i = 0; ok && !progress && told != NULL && i < n; i++)
			told(context, waiting[i].file->name,
				&waiting[i].result, &waiting[i].refused);
		free(waiting);
		quarantine_list_release(&list);
	}
	return ok;
}

/* --- counting --- */

bool store_count(struct store *store, struct store_totals *totals,
	struct err *err)
{
	struct { const char *sql; int64_t *to; } counts[] = {
		{ "SELECT count(*) FROM manifest", &totals->manifests },
		{ "SELECT count(*) FROM device WHERE status = '"
			DEVICE_ACCEPTED "'", &totals->devices },
		{ "SELECT total(records) FROM manifest WHERE NOT trusted",
			&totals->set_aside },
		{ "SELECT n FROM total WHERE name = 'version'",
			&totals->versions },
		{ "SELECT n FROM total WHERE name = 'record'",
			&totals->records },
		{ "SELECT count(*) FROM record WHERE conflict",
			&totals->conflicts },
		{ "SELECT count(*) FROM bz_findings WHERE open",
			&totals->findings },
		{ "SELECT count(*) FROM version WHERE depth > 1",
			&totals->edits },
		{ "SELECT count(*) FROM sealed s CROSS JOIN content c ON c.id = s.id"
			" WHERE c.packing <> 2", &totals->sealed },
		{ "SELECT count(*) FROM sealed s CROSS JOIN content c ON c.id = s.id"
			" WHERE c.packing <> 2 AND NOT EXISTS"
			" (SELECT 1 FROM looked l WHERE l.content = c.id)",
			&totals->unread },
		{ "SELECT count(*) FROM refused", &totals->erased },
		{ "SELECT count(*) FROM quarantine", &totals->quarantined },
		{ "SELECT count(*) FROM version WHERE problem <> ''",
			&totals->unreadable },
	};

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		if (!db_number(store_db(store), counts[i].sql, counts[i].to,
				err))
			return false;
	return true;
}

static void add_range(struct str *text, int64_t first, int64_t last)
{
	if (first > last || text->len > 200)
		return;
	if (text->len > 0)
		str_add(text, ", ");
	if (first == last)
		str_addf(text, "%" PRId64, first);
	else
		str_addf(text, "%" PRId64 "-%" PRId64, first, last);
}

bool store_chain(struct store *store, const char *device, char **missing,
	char **forked, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT sequence, count(*) FROM manifest WHERE device = ?1"
		" GROUP BY sequence ORDER BY sequence", err);
	struct str gaps = STR_INIT, forks = STR_INIT;
	int64_t last = 0;
	enum db_result result;

	*missing = *forked = NULL;
	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, device);
	while ((result = db_step(walk, err)) == DB_ROW) {
		int64_t sequence = db_int(walk, 0);

		if (sequence > last + 1)
			add_range(&gaps, last + 1, sequence - 1);
		if (db_int(walk, 1) > 1)
			add_range(&forks, sequence, sequence);
		last = sequence;
	}
	db_reset(walk);
	*missing = str_steal(&gaps);
	*forked = str_steal(&forks);
	if (result == DB_FAILED) {
		free(*missing);
		free(*forked);
		*missing = *forked = NULL;
	}
	return result != DB_FAILED;
}
