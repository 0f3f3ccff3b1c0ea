/* Reading what came down. */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "bundle/read.h"
#include "trust/kit.h"
#include "trust/kit_parts.h"

enum { MAX_MESSAGES = 2000 };

/* Entries as they come; believed only after the last. */
struct unpacked { const char *bytes; size_t n_bytes; };

struct unpacking {
	struct kit *kit;
	struct bundle *bundle;
	const struct manifest *manifest;
	VEC(struct unpacked) contents;	/* entry i of the manifest */
};

static const struct manifest_entry *entry_at(const struct unpacking *u,
	size_t i)
{
	return &u->manifest->entries.items[i];
}

/* The content of the entry of that name; NULL: not there. */
static const struct unpacked *content_of(const struct unpacking *u,
	const char *name)
{
	const struct manifest_entry *entry = manifest_find(u->manifest, name);

	return entry == NULL ? NULL :
		&u->contents.items[entry - u->manifest->entries.items];
}

static bool read_contents(struct unpacking *u, struct err *err)
{
	const struct manifest_entry *entry;
	struct str bytes = STR_INIT;
	bool ok;

	while ((ok = bundle_next(u->bundle, &entry, err)) && entry != NULL) {
		struct unpacked content;

		assert(entry == entry_at(u, u->contents.n));
		str_clear(&bytes);
		ok = bundle_read_all(u->bundle, KIT_MAX_BYTES, &bytes, err);
		if (!ok)
			break;
		content.n_bytes = bytes.len;
		content.bytes = arena_strndup(u->kit->arena, bytes.data, 0);
		if (bytes.len > 0) {
			char *copy = arena_alloc(u->kit->arena, bytes.len + 1);

			memcpy(copy, bytes.data, bytes.len + 1);
			content.bytes = copy;
		}
		vec_push(&u->contents, content);
	}
	str_release(&bytes);
	if (ok && u->contents.n != u->manifest->entries.n)
		return err_set(err, ERR_SPEC, _("the kit is incomplete"));
	return ok;
}

static bool not_a_kit(struct err *err)
{
	return err_set(err, ERR_SPEC, _("this is not a kit"));
}

/* Put entry i together with the signature that names it. */
static bool get_signed(const struct unpacking *u, size_t i,
	struct trust_signed *out, struct err *err)
{
	const struct unpacked *document = &u->contents.items[i];

	for (size_t j = 0; j < u->manifest->entries.n; j++) {
		const struct manifest_entry *entry = entry_at(u, j);
		const struct unpacked *signature = &u->contents.items[j];

		if (entry->kind != ENTRY_SIGNATURE || entry->signs == NULL ||
		    strcmp(entry->signs, entry_at(u, i)->sha256) != 0)
			continue;
		str_addn(&out->document, document->bytes, document->n_bytes);
		str_addn(&out->signature, signature->bytes,
			signature->n_bytes);
		return true;
	}
	return err_set(err, ERR_CRYPTO,
		_("a document in the kit has no signature"));
}

static bool get_file(const struct unpacking *u,
	const struct manifest_file *is, struct kit_file *file,
	struct err *err)
{
	char name[BUNDLE_NAME_BYTES];
	const struct unpacked *content;

	if (!kit_is_file_name(is->name))
		return err_set(err, ERR_SPEC,
			_("a file in the kit has a name that is not allowed"));
	entry_name(ENTRY_FILE, is->sha256, name);
	content = content_of(u, name);
	if (content == NULL)
		return err_set(err, ERR_SPEC,
			_("the file '%s' is missing from the kit"), is->name);
	file->name = arena_strdup(u->kit->arena, is->name);
	file->bytes = content->bytes;
	file->n_bytes = content->n_bytes;
	return true;
}

static const char *copy_text(struct arena *arena, const char *text)
{
	return text != NULL ? arena_strdup(arena, text) : NULL;
}

static bool get_form(const struct unpacking *u, size_t i, struct err *err)
{
	const struct manifest_entry *entry = entry_at(u, i);
	struct arena *arena = u->kit->arena;
	struct kit_form form;

	memset(&form, 0, sizeof form);
	if (str_is_empty(entry->form_id))
		return err_set(err, ERR_SPEC,
			_("a form in the kit has no id"));
	form.form_id = copy_text(arena, entry->form_id);
	form.version = arena_strdup(arena, entry->form_version != NULL ?
		entry->form_version : "");
	form.form_class = copy_text(arena, entry->class_);
	form.xml = u->contents.items[i].bytes;
	form.n_bytes = u->contents.items[i].n_bytes;
	form.files = ARENA_ARRAY(arena, struct kit_file, entry->n_files + 1);
	form.n_files = entry->n_files;
	for (size_t f = 0; f < entry->n_files; f++)
		if (!get_file(u, &entry->files[f], &form.files[f], err))
			return false;
	vec_push(&u->kit->forms, form);
	return true;
}

static bool get_list(const struct unpacking *u, size_t i, struct err *err)
{
	const struct manifest_entry *entry = entry_at(u, i);
	struct kit_list list;

	if (!kit_is_file_name(entry->label))
		return err_set(err, ERR_SPEC,
			_("a list in it has a name that is not allowed"));
	memset(&list, 0, sizeof list);
	list.name = copy_text(u->kit->arena, entry->label);
	list.form_id = copy_text(u->kit->arena, entry->form_id);
	list.bytes = u->contents.items[i].bytes;
	list.n_bytes = u->contents.items[i].n_bytes;
	vec_push(&u->kit->lists, list);
	return true;
}

static bool get_po(const struct unpacking *u, size_t i, struct err *err)
{
	const struct manifest_entry *entry = entry_at(u, i);
	struct kit_po po;

	if (str_is_empty(entry->form_id) || !kit_is_language(entry->label) ||
	    entry->size_bytes > KIT_MAX_PO)
		return err_set(err, ERR_SPEC,
			_("a translation in it is not described well"));
	memset(&po, 0, sizeof po);
	po.form_id = copy_text(u->kit->arena, entry->form_id);
	po.language = copy_text(u->kit->arena, entry->label);
	po.bytes = u->contents.items[i].bytes;
	po.n_bytes = u->contents.items[i].n_bytes;
	vec_push(&u->kit->translations, po);
	return true;
}

/* Certificates and statements about them are needed before the others can be
 * judged: the first pass. */
static bool get_paper(const struct unpacking *u, size_t i, struct err *err)
{
	struct trust_signed paper = TRUST_SIGNED_INIT;
	bool ok = get_signed(u, i, &paper, err) &&
		trust_papers_add(&u->kit->papers, &paper, &u->kit->project,
			err);

	trust_signed_release(&paper);
	return ok;
}

/* A fact of the kind that withdraws a certificate? */
static bool is_withdrawal(const struct unpacking *u, size_t i)
{
	const struct unpacked *content = &u->contents.items[i];
	struct json *fact = js_parse(content->bytes, content->n_bytes, NULL);
	const char *word = js_get_text(fact, "fact");
	bool is = word != NULL && strcmp(word, WITHDRAWAL_FACT) == 0;

	js_free(fact);
	return is;
}

static bool get_papers(const struct unpacking *u, struct err *err)
{
	for (size_t i = 0; i < u->manifest->entries.n; i++) {
		enum entry_kind kind = entry_at(u, i)->kind;

		if ((kind == ENTRY_CERT ||
		    (kind == ENTRY_FACT && is_withdrawal(u, i))) &&
		    !get_paper(u, i, err))
			return false;
	}
	return true;
}

static enum trust_role role_of(enum entry_kind kind)
{
	switch (kind) {
	case ENTRY_POLICY:
		return ROLE_PUBLISH;
	case ENTRY_QUERY:
		return ROLE_REVIEW;
	default:
		return ROLE_MERGE;	/* receipts; facts about devices */
	}
}

static bool get_message(const struct unpacking *u, size_t i, struct err *err)
{
	enum entry_kind kind = entry_at(u, i)->kind;
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct minisign_public signer;
	bool ok;

	if (u->kit->messages.n >= MAX_MESSAGES)
		return err_set(err, ERR_LIMIT,
			_("it holds more than %d messages"), MAX_MESSAGES);
	ok = get_signed(u, i, &text, err) &&
		trust_papers_signer(&u->kit->papers, &u->kit->project, &text,
			role_of(kind), &signer, err);

	if (ok) {
		kit_add_message(u->kit, kind, &text);
		u->kit->messages.items[u->kit->messages.n - 1].signer = signer;
	}
	trust_signed_release(&text);
	return ok;
}

static bool get_entry(const struct unpacking *u, size_t i, struct err *err)
{
	switch (entry_at(u, i)->kind) {
	case ENTRY_FORM:
		return get_form(u, i, err);
	case ENTRY_LIST:
		return get_list(u, i, err);
	case ENTRY_PO:
		return get_po(u, i, err);
	case ENTRY_FACT:
		return is_withdrawal(u, i) || get_message(u, i, err);
	case ENTRY_POLICY: case ENTRY_QUERY: case ENTRY_RECEIPT:
		return get_message(u, i, err);
	case ENTRY_FILE: case ENTRY_SIGNATURE: case ENTRY_PROJECT:
	case ENTRY_CERT:
		return true;		/* taken by what names them, or before */
	default:
		u->kit->n_unused++;
		return true;
	}
}

/* The one project that it is of. */
static bool get_project(const struct unpacking *u, struct err *err)
{
	struct kit *kit = u->kit;

	for (size_t i = 0; i < u->manifest->entries.n; i++) {
		if (entry_at(u, i)->kind != ENTRY_PROJECT)
			continue;
		if (kit->project_text.document.len > 0)
			return not_a_kit(err);	/* two of them */
		if (!get_signed(u, i, &kit->project_text, err))
			return false;
	}
	if (kit->project_text.document.len == 0)
		return not_a_kit(err);
	if (!trust_project_check(&kit->project_text, &kit->project, err))
		return false;
	return (u->manifest->project != NULL &&
		strcmp(u->manifest->project, kit->project.id) == 0) ||
		not_a_kit(err);
}

static bool check_maker(const struct unpacking *u, struct err *err)
{
	struct kit *kit = u->kit;

	kit->signer = *bundle_signer_claim(u->bundle);
	if (trust_papers_is_withdrawn(&kit->papers, &kit->signer))
		return err_set(err, ERR_REFUSED,
			_("it is signed by a store whose certificate was "
			  "withdrawn"));
	return trust_papers_may(&kit->papers, &kit->project, &kit->signer,
			ROLE_PUBLISH) ||
		err_set(err, ERR_CRYPTO,
			_("the kit is signed by a key that may not publish "
			  "kits"));
}

/* What is ours is known before anything of the kit is believed. */
static bool check_origin(const struct unpacking *u,
	const struct trust_project *ours, const struct trust_papers *papers,
	struct err *err)
{
	struct kit *kit = u->kit;

	return get_project(u, err) &&
		(ours == NULL ||
			trust_project_follows(&kit->project, ours, err)) &&
		(papers == NULL || trust_papers_add_all(&kit->papers, papers,
			&kit->project, err)) &&
		get_papers(u, err) && check_maker(u, err);
}

static bool unpack(struct unpacking *u, const struct trust_project *ours,
	const struct trust_papers *papers, struct err *err)
{
	const struct manifest *manifest = u->manifest;

	if (strcmp(manifest->kind, KIT_KIND) != 0 || manifest->sequence < 1 ||
	    strlen(manifest->date) != TRUST_DATE_BYTES - 1)
		return not_a_kit(err);
	if (!bundle_check_signature(u->bundle, bundle_signer_claim(u->bundle),
		err) || !read_contents(u, err))
		return false;
	u->kit->number = manifest->sequence;
	memcpy(u->kit->date, manifest->date, TRUST_DATE_BYTES);
	if (!check_origin(u, ours, papers, err))
		return false;
	for (size_t i = 0; i < manifest->entries.n; i++)
		if (!get_entry(u, i, err))
			return false;
	return true;
}

static const struct bundle_limits *kit_limits(void)
{
	static struct bundle_limits limits;

	limits = bundle_default_limits;
	limits.file_bytes = 2 * (uint64_t)KIT_MAX_BYTES;
	limits.entry_bytes = KIT_MAX_BYTES;
	limits.total_bytes = 2 * (uint64_t)KIT_MAX_BYTES;
	limits.n_entries = KIT_MAX_ENTRIES;
	return &limits;
}

/* Words open kits, and a laptop's own key what is sent to it: say which is
 * which before a key is tried. */
static struct bundle *open_kit(const char *path, const struct age_keys *keys,
	struct err *err)
{
	struct bundle *bundle;
	bool wants;

	if (!bundle_wants_passphrase(path, &wants, err))
		return NULL;
	if (wants != (keys->passphrase != NULL)) {
		err_set(err, ERR_SPEC, wants ?
			_("this is a kit, which opens with words: take it "
			  "with 'bayaz join'") :
			_("this is not a kit"));
		return NULL;
	}
	bundle = bundle_open(path, keys, kit_limits(), err);
	if (bundle == NULL && err != NULL && err->code == ERR_NOKEY)
		err_set(err, ERR_NOKEY, wants ?
			_("these words do not open the kit") :
			_("this was not sent to this laptop"));
	return bundle;
}

static bool read_opened(struct bundle *bundle,
	const struct trust_project *ours, const struct trust_papers *papers,
	struct kit *kit, struct err *err)
{
	struct unpacking u;
	bool ok = false;

	memset(&u, 0, sizeof u);
	u.kit = kit;
	u.bundle = bundle;
	if (bundle != NULL) {
		u.manifest = bundle_manifest(bundle);
		ok = bundle_is_sealed(bundle) ?
			unpack(&u, ours, papers, err) : not_a_kit(err);
	}
	vec_release(&u.contents);
	bundle_close(bundle);
	return ok;
}

bool kit_read(const char *path, const struct age_keys *keys,
	const struct trust_project *ours, const struct trust_papers *papers,
	struct kit *kit, struct err *err)
{
	struct err own = ERR_INIT;

	if (err == NULL)
		err = &own;
	kit->by_words = keys->passphrase != NULL;
	return read_opened(open_kit(path, keys, err), ours, papers, kit,
		err) || err_at(err, path, 0, 0);
}

bool kit_read_bytes(const void *bytes, size_t n_bytes,
	const struct age_keys *keys, const struct trust_project *ours,
	const struct trust_papers *papers, struct kit *kit, struct err *err)
{
	kit->by_words = keys->passphrase != NULL;
	return read_opened(bundle_open_bytes(bytes, n_bytes, keys,
		kit_limits(), err), ours, papers, kit, err);
}
