/* What another store sends on.  See stacked.h. */
#include "config.h"

#include "store/stacked.h"

#include <string.h>

#include "base/arena.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "bundle/format.h"
#include "db/db.h"
#include "store/content.h"
#include "store/erase.h"
#include "store/fact.h"
#include "store/judge.h"
#include "store/statement.h"
#include "store/store.h"
#include "trust/cert.h"

static bool is_document(enum entry_kind kind)
{
	return kind == ENTRY_MANIFEST || kind == ENTRY_FACT ||
		kind == ENTRY_CERT || kind == ENTRY_PROJECT;
}

bool stacked_is(const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->entries.n; i++)
		if (is_document(manifest->entries.items[i].kind))
			return true;
	return false;
}

/* A fact on its way into the store. */
struct document {
	enum entry_kind kind;
	const char *hex;
	char *bytes;
	size_t n_bytes;
	const char *fact_kind;		/* of a statement: as it says itself */
	int64_t fact;
	bool is_new;
};

struct stacked {
	struct store *store;
	struct bundle *bundle;
	struct intake *intake;
	struct touched *touched;
	struct stacked_taken *taken;
	struct arena *arena;
	VEC(struct document) documents;
	struct map signatures;		/* hash of what is signed -> its text */
	struct map brought;		/* hashes of contents that came along */
	struct map named;		/* hashes that facts name */
	struct map erased;		/* hashes that they say are erased */
	struct trust_project project;
	bool anew;			/* whom to believe may have changed */
};

/* --- reading --- */

/* Documents and signatures are short, unless somebody means harm. */
static bool add_bytes(struct str *bytes, const struct feed_item *item,
	size_t limit, struct err *err)
{
	if (item->begins)
		str_clear(bytes);
	if (item->bytes.len > limit - bytes->len)
		return err_set(err, ERR_LIMIT,
			_("a statement in the bundle is too long"));
	str_addn(bytes, item->bytes.data, item->bytes.len);
	return true;
}

static void take_document(struct stacked *s,
	const struct manifest_entry *entry, struct str *bytes)
{
	struct document document = { .kind = entry->kind,
		.hex = arena_strdup(s->arena, entry->sha256),
		.n_bytes = bytes->len };

	document.bytes = str_steal(bytes);
	vec_push(&s->documents, document);
}

static void take_signature(struct stacked *s,
	const struct manifest_entry *entry, const struct str *bytes)
{
	if (entry->signs != NULL)
		map_set(&s->signatures, arena_strdup(s->arena, entry->signs),
			arena_strdup(s->arena, bytes->data));
}

static bool take_item(struct stacked *s, const struct feed_item *item,
	struct str *bytes, struct err *err)
{
	const struct manifest_entry *entry = item->entry;
	int64_t content;

	if (!is_document(entry->kind) && entry->kind != ENTRY_SIGNATURE) {
		if (item->ends)
			map_set(&s->brought, arena_strdup(s->arena,
				entry->sha256), s);
		return intake_item(s->intake, item, &content, err);
	}
	if (!add_bytes(bytes, item, is_document(entry->kind) ?
			BUNDLE_MAX_MANIFEST : BUNDLE_MAX_SIGNATURE, err))
		return false;
	if (item->ends && is_document(entry->kind))
		take_document(s, entry, bytes);
	else if (item->ends)
		take_signature(s, entry, bytes);
	return true;
}

static bool take_entries(struct stacked *s, struct feed *feed,
	struct err *err)
{
	const struct feed_item *item;
	struct str bytes = STR_INIT;
	bool ok;

	while ((ok = feed_next(feed, &item, err)) && item != NULL) {
		ok = take_item(s, item, &bytes, err);
		if (!ok)
			break;
	}
	str_release(&bytes);
	return ok;
}

/* --- facts --- */

/* Of whom and of what kind.  What a statement says of itself is checked with
 * its signature. */
static bool read_signer(struct stacked *s, struct document *d,
	struct minisign_public *signer, struct err *err)
{
	struct json *json;
	const char *key, *kind;
	bool ok;

	if (d->kind == ENTRY_CERT || d->kind == ENTRY_PROJECT) {
		*signer = s->project.key;
		d->fact_kind = d->kind == ENTRY_CERT ? FACT_CERTIFICATE :
			FACT_PROJECT;
		return true;
	}
	json = js_parse(d->bytes, d->n_bytes, err);
	if (json == NULL)
		return false;
	if (d->kind == ENTRY_MANIFEST) {
		key = js_get_text(js_get(json, "device"), "key");
		kind = FACT_MANIFEST;
	} else {
		key = js_get_text(json, "signer");
		kind = js_get_text(json, "fact");
	}
	ok = key != NULL && kind != NULL &&
		strcmp(kind, FACT_CERTIFICATE) != 0 &&
		strcmp(kind, FACT_PROJECT) != 0 &&
		(d->kind == ENTRY_MANIFEST ||
			strcmp(kind, FACT_MANIFEST) != 0) &&
		minisign_public_parse(key, signer, NULL);
	if (ok)
		d->fact_kind = arena_strdup(s->arena, kind);
	if (ok && strcmp(kind, FACT_ERASED) == 0 &&
			js_get_text(json, "sha256") != NULL)
		map_set(&s->erased, arena_strdup(s->arena,
			js_get_text(json, "sha256")), s);
	js_free(json);
	return ok || err_set(err, ERR_SPEC,
		_("a statement does not say whose it is"));
}

static bool add_document(struct stacked *s, struct document *d,
	struct err *err)
{
	const char *signature = map_get(&s->signatures, d->hex);
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct minisign_public signer;
	bool ok;

	if (signature == NULL)
		return err_set(err, ERR_SPEC,
			_("a statement has no signature"));
	str_addn(&text.document, d->bytes, d->n_bytes);
	str_add(&text.signature, signature);
	ok = read_signer(s, d, &signer, err) &&
		fact_add(s->store, d->fact_kind, &text, &signer, &d->fact,
			&d->is_new, err);
	trust_signed_release(&text);
	if (ok && d->is_new) {
		s->taken->n_facts++;
		s->taken->n_manifests += d->kind == ENTRY_MANIFEST;
		s->anew = s->anew || d->kind == ENTRY_CERT ||
			d->kind == ENTRY_PROJECT ||
			strcmp(d->fact_kind, FACT_WITHDRAWN) == 0;
		s->touched->trust = s->touched->trust ||
			strcmp(d->fact_kind, FACT_ACCEPTED) == 0 ||
			strcmp(d->fact_kind, FACT_REVOKED) == 0;
	}
	return ok;
}

/* Statements first: a manifest may be of a laptop that they accept. */
static bool add_documents(struct stacked *s, struct err *err)
{
	for (size_t i = 0; i < s->documents.n; i++)
		if (!add_document(s, &s->documents.items[i], err))
			return false;
	return true;
}

/* Whoever was certified once may: what is sent on is believed for its own
 * signatures, and it must not matter whether a withdrawal came before it. */
static bool check_sender(struct stacked *s, struct err *err)
{
	char fingerprint[FINGERPRINT_BYTES];
	const struct minisign_public *signer = bundle_signer_claim(s->bundle);
	struct judge judge;
	bool ok = judge_load(s->store, &judge, err);

	minisign_public_fingerprint(signer, fingerprint);
	if (ok && !trust_may(&judge.project, judge.certs.items, judge.certs.n,
			signer, ROLE_MERGE))
		ok = err_set(err, ERR_NOTFOUND,
			_("the store %s has no certificate to send records on"),
			fingerprint);
	judge_release(&judge);
	return ok;
}

/* --- all that is named is there, all that is there is named --- */

/* What was erased there does not come; a row stands for it. */
static bool note_erased(struct stacked *s, const char *hex,
	const uint8_t sha256[SHA256_BYTES], uint64_t size_bytes,
	struct err *err)
{
	bool refused = map_has(&s->erased, hex);
	int64_t content;

	if (!refused && !erase_is_refused(s->store, sha256, &refused, err))
		return false;
	return refused ? content_put_blank(s->store, sha256, size_bytes,
			&content, err) : err_set(err, ERR_SPEC,
		_("the bundle lacks something that it names"));
}

static bool note_name(struct stacked *s, const char *hex,
	uint64_t size_bytes, struct err *err)
{
	uint8_t sha256[SHA256_BYTES];
	struct content_slot slot;

	if (hex == NULL || !hex_decode(hex, sha256, sizeof sha256))
		return true;
	map_set(&s->named, arena_strdup(s->arena, hex), s);
	if (!content_slot(s->store, sha256, &slot, err))
		return false;
	return slot.id != 0 ||
		note_erased(s, hex, sha256, size_bytes, err);
}

static bool note_manifest(struct stacked *s, const struct document *d,
	struct err *err)
{
	struct manifest manifest;
	bool ok;

	manifest_init(&manifest);
	ok = manifest_parse(&manifest, d->bytes, d->n_bytes, err);
	if (ok && (manifest.project == NULL || strcmp(manifest.project,
			store_project(s->store)) != 0))
		ok = err_set(err, ERR_CONFLICT,
			_("this bundle belongs to another project"));
	for (size_t i = 0; ok && i < manifest.entries.n; i++)
		ok = note_name(s, manifest.entries.items[i].sha256,
			manifest.entries.items[i].size_bytes, err);
	manifest_release(&manifest);
	return ok;
}

static bool note_statement(struct stacked *s, const struct document *d,
	struct err *err)
{
	struct json *json = js_parse(d->bytes, d->n_bytes, err);
	const struct json *files = js_get(json, "files");
	bool form = strcmp(d->fact_kind, FACT_FORM) == 0;
	bool ok = json != NULL;

	if (ok && (form || strcmp(d->fact_kind, FACT_RESOLUTION) == 0))
		ok = note_name(s, js_get_text(json,
			form ? "sha256" : "version"), 0, err);
	for (size_t i = 0; ok && form && i < js_size(files); i++)
		ok = note_name(s, js_get_text(js_at(files, i), "sha256"),
			0, err);
	js_free(json);
	return ok;
}

static bool check_contents(struct stacked *s, struct err *err)
{
	for (size_t i = 0; i < s->documents.n; i++) {
		const struct document *d = &s->documents.items[i];

		if (d->kind == ENTRY_MANIFEST ? !note_manifest(s, d, err) :
				d->kind == ENTRY_FACT &&
				!note_statement(s, d, err))
			return false;
	}
	for (size_t i = 0; i < s->brought.n; i++)
		if (!map_has(&s->named, s->brought.entries[i].key))
			return err_set(err, ERR_SPEC,
				_("the bundle holds something that nobody signed"));
	return true;
}

/* --- deriving --- */

static bool each_manifest(struct stacked *s, bool (*visit)(struct stacked *s,
	const struct document *d, const struct manifest *manifest,
	struct err *err), struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < s->documents.n; i++) {
		const struct document *d = &s->documents.items[i];
		struct manifest manifest;

		if (d->kind != ENTRY_MANIFEST || !d->is_new)
			continue;
		manifest_init(&manifest);
		ok = manifest_parse(&manifest, d->bytes, d->n_bytes, err) &&
			visit(s, d, &manifest, err);
		manifest_release(&manifest);
	}
	return ok;
}

static bool derive_head(struct stacked *s, const struct document *d,
	const struct manifest *manifest, struct err *err)
{
	return derive_manifest(s->store, d->fact, manifest, err);
}

static bool derive_contents(struct stacked *s, const struct document *d,
	const struct manifest *manifest, struct err *err)
{
	bool trusted;

	return derive_is_trusted(s->store, d->fact, &trusted, err) &&
		(!trusted || derive_entries(s->store, d->fact, manifest,
			s->touched, err));
}

static bool check_forms(struct stacked *s, const struct document *d,
	const struct manifest *manifest, struct err *err)
{
	bool trusted;

	if (!derive_is_trusted(s->store, d->fact, &trusted, err))
		return false;
	for (size_t i = 0; i < manifest->entries.n; i++)
		if (manifest->entries.items[i].kind == ENTRY_RECORD &&
				!intake_check_form(s->intake,
				&manifest->entries.items[i], trusted, err))
			return false;
	return true;
}

static bool derive_statements(struct stacked *s, struct err *err)
{
	for (size_t i = 0; i < s->documents.n; i++) {
		const struct document *d = &s->documents.items[i];

		if (d->kind == ENTRY_FACT && d->is_new &&
				!derive_fact(s->store, d->fact, s->touched,
				err))
			return false;
	}
	return true;
}

/* Everything, and how many versions that adds. */
static bool derive_anew(struct stacked *s, struct err *err)
{
	static const char count[] = "SELECT count(*) FROM version";
	int64_t before, after;

	if (!db_number(store_db(s->store), count, &before, err) ||
			!store_derive_all(s->store, err) ||
			!db_number(store_db(s->store), count, &after, err))
		return false;
	s->touched->n_versions_new = after > before ?
		(size_t)(after - before) : 0;
	return true;
}

/* Heads of manifests before anybody judges them, their entries after it. */
static bool derive_new(struct stacked *s, struct err *err)
{
	bool changed = false;

	if (!each_manifest(s, derive_head, err) ||
			!derive_statements(s, err) ||
			!judge_update(s->store, 0, &changed, err))
		return false;
	s->touched->trust = false;
	/* what is new is among what changed, too: all of it, then */
	if (changed || s->touched->anew)
		return derive_anew(s, err);
	return each_manifest(s, derive_contents, err) &&
		derive_finish(s->store, s->touched, err);
}

static bool take(struct stacked *s, struct feed *feed, struct err *err)
{
	if (!judge_project(s->store, &s->project, err) ||
			!take_entries(s, feed, err) || !add_documents(s, err) ||
			!check_sender(s, err) || !check_contents(s, err))
		return false;
	if (s->taken->n_facts == 0)
		return true;
	return (s->anew ? store_read_project(s->store, err) &&
			derive_anew(s, err) :
			derive_new(s, err)) &&
		each_manifest(s, check_forms, err);
}

bool stacked_take(struct store *store, struct bundle *bundle,
	struct feed *feed, struct intake *intake, struct touched *touched,
	struct stacked_taken *taken, struct err *err)
{
	struct stacked s = { .store = store, .bundle = bundle,
		.intake = intake, .touched = touched, .taken = taken,
		.arena = arena_new() };
	bool ok;

	map_init(&s.signatures);
	map_init(&s.brought);
	map_init(&s.named);
	map_init(&s.erased);
	ok = take(&s, feed, err);
	for (size_t i = 0; i < s.documents.n; i++)
		free(s.documents.items[i].bytes);
	vec_release(&s.documents);
	map_release(&s.signatures);
	map_release(&s.brought);
	map_release(&s.named);
	map_release(&s.erased);
	arena_free(s.arena);
	return ok;
}
