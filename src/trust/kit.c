#include "config.h"

#include <assert.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "bundle/read.h"
#include "bundle/write.h"
#include "trust/kit.h"

#define KIT_KIND "down"

enum { MAX_ENTRIES = 20000, MAX_CERTS = 256 };

void kit_init(struct kit *kit)
{
	memset(kit, 0, sizeof *kit);
	kit->arena = arena_new();
	str_init(&kit->project_text.document);
	str_init(&kit->project_text.signature);
}

void kit_release(struct kit *kit)
{
	for (size_t i = 0; i < kit->certs.n; i++)
		trust_signed_release(&kit->certs.items[i].text);
	trust_signed_release(&kit->project_text);
	vec_release(&kit->certs);
	vec_release(&kit->forms);
	arena_free(kit->arena);
	kit->arena = NULL;
}

static struct kit_cert *new_cert(struct kit *kit)
{
	struct kit_cert cert;

	memset(&cert, 0, sizeof cert);
	str_init(&cert.text.document);
	str_init(&cert.text.signature);
	vec_push(&kit->certs, cert);
	return &kit->certs.items[kit->certs.n - 1];
}

void kit_add_cert(struct kit *kit, const struct trust_signed *cert)
{
	struct kit_cert *copy = new_cert(kit);

	str_addn(&copy->text.document, cert->document.data,
		cert->document.len);
	str_addn(&copy->text.signature, cert->signature.data,
		cert->signature.len);
}

/* Check every certificate against the project. */
static bool check_certs(struct kit_cert *certs, size_t n_certs,
	const struct trust_project *project, struct err *err)
{
	for (size_t i = 0; i < n_certs; i++)
		if (!trust_cert_check(&certs[i].text, project, &certs[i].cert,
		    err))
			return false;
	return true;
}

static bool may_publish(const struct kit_cert *certs, size_t n_certs,
	const struct trust_project *project,
	const struct minisign_public *signer)
{
	if (trust_may(project, NULL, 0, signer, ROLE_PUBLISH))
		return true;
	for (size_t i = 0; i < n_certs; i++)
		if (trust_may(project, &certs[i].cert, 1, signer,
		    ROLE_PUBLISH))
			return true;
	return false;
}

/* ---- writing ---- */

/* What is collected for bundle_write(): source i belongs to entry i. */
struct packing {
	struct manifest manifest;
	VEC(struct bundle_source) sources;
	uint64_t n_bytes;
};

static struct manifest_entry *pack(struct packing *packing,
	enum entry_kind kind, const void *bytes, size_t n_bytes)
{
	struct bundle_source source;

	memset(&source, 0, sizeof source);
	source.bytes = n_bytes > 0 ? bytes : "";
	source.n_bytes = n_bytes;
	vec_push(&packing->sources, source);
	packing->n_bytes += n_bytes;
	return manifest_add(&packing->manifest, kind);
}

static void pack_signed(struct packing *packing, enum entry_kind kind,
	const struct trust_signed *signed_)
{
	char hex[SHA256_HEX_BYTES];
	struct manifest_entry *entry;

	pack(packing, kind, signed_->document.data, signed_->document.len);
	entry = pack(packing, ENTRY_SIGNATURE, signed_->signature.data,
		signed_->signature.len);
	sha256_hex(signed_->document.data, signed_->document.len, hex);
	entry->signs = arena_strdup(packing->manifest.arena, hex);
}

static void pack_form(struct packing *packing, const struct kit_form *form)
{
	struct manifest_file *files = ARENA_ARRAY(packing->manifest.arena,
		struct manifest_file, form->n_files + 1);
	struct manifest_entry *entry;

	for (size_t i = 0; i < form->n_files; i++) {
		const struct kit_file *file = &form->files[i];

		files[i].name = file->name;
		sha256_hex(file->bytes, file->n_bytes, files[i].sha256);
		pack(packing, ENTRY_FILE, file->bytes, file->n_bytes);
	}
	entry = pack(packing, ENTRY_FORM, form->xml, form->n_bytes);
	entry->form_id = form->form_id;
	entry->form_version = form->version;
	entry->class_ = form->form_class;
	entry->files = files;
	entry->n_files = form->n_files;
}

/* Names that may become files of a folder. */
static bool is_file_name(const char *name)
{
	if (str_is_empty(name) || strlen(name) > 255 || name[0] == '.' ||
	    strchr(name, '/') != NULL || strchr(name, '\\') != NULL)
		return false;
	if (!utf8_is_valid(name, strlen(name)))
		return false;
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return false;
	return true;
}

static bool check_files(const struct kit_form *form, struct err *err)
{
	for (size_t i = 0; i < form->n_files; i++)
		if (!is_file_name(form->files[i].name))
			return err_set(err, ERR_VALUE,
				_("a file of the form '%s' has a name that is "
				  "not allowed"), form->form_id);
	return true;
}

static bool check_forms(const struct kit *kit, struct err *err)
{
	for (size_t i = 0; i < kit->forms.n; i++) {
		if (!check_files(&kit->forms.items[i], err))
			return false;
		for (size_t j = i + 1; j < kit->forms.n; j++) {
			const struct kit_form *a = &kit->forms.items[i];
			const struct kit_form *b = &kit->forms.items[j];

			if (strcmp(a->form_id, b->form_id) == 0 &&
			    strcmp(a->version, b->version) == 0)
				return err_set(err, ERR_CONFLICT,
					_("the form '%s' is there twice"),
					a->form_id);
		}
	}
	return true;
}

static bool check_signer(const struct kit *kit,
	const struct minisign_key *signer, struct trust_project *project,
	struct err *err)
{
	struct minisign_public key;

	if (!trust_project_check(&kit->project_text, project, err) ||
	    !check_certs(kit->certs.items, kit->certs.n, project, err))
		return false;
	minisign_key_public(signer, &key);
	if (!may_publish(kit->certs.items, kit->certs.n, project, &key))
		return err_set(err, ERR_REFUSED,
			_("this key has no certificate to publish kits"));
	return true;
}

static void pack_all(struct packing *packing, const struct kit *kit,
	const struct trust_project *project)
{
	struct manifest *manifest = &packing->manifest;

	manifest->kind = KIT_KIND;
	manifest->project = project->id;
	manifest->sequence = kit->number;
	manifest->date = kit->date;
	manifest->training = project->training;
	pack_signed(packing, ENTRY_PROJECT, &kit->project_text);
	for (size_t i = 0; i < kit->certs.n; i++)
		pack_signed(packing, ENTRY_CERT, &kit->certs.items[i].text);
	for (size_t i = 0; i < kit->forms.n; i++)
		pack_form(packing, &kit->forms.items[i]);
}

bool kit_write(const char *path, const struct kit *kit,
	const struct minisign_key *signer, const char *words, struct err *err)
{
	struct packing packing;
	struct trust_project project;
	struct age_to age = { .passphrase = words };
	struct bundle_to to = { .age = &age, .signer = signer };
	bool ok;

	if (!check_forms(kit, err) ||
	    !check_signer(kit, signer, &project, err))
		return false;
	memset(&packing, 0, sizeof packing);
	manifest_init(&packing.manifest);
	pack_all(&packing, kit, &project);
	if (packing.n_bytes > KIT_MAX_BYTES)
		ok = err_set(err, ERR_LIMIT,
			_("the kit would hold more than %d MiB"),
			KIT_MAX_BYTES >> 20);
	else
		ok = bundle_write(path, &packing.manifest,
			packing.sources.items, &to, NULL, err);
	vec_release(&packing.sources);
	manifest_release(&packing.manifest);
	return ok;
}

/* ---- reading ---- */

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

	if (!is_file_name(is->name))
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

static bool get_entry(const struct unpacking *u, size_t i, struct err *err)
{
	switch (entry_at(u, i)->kind) {
	case ENTRY_PROJECT:
		if (u->kit->project_text.document.len > 0)
			return not_a_kit(err);	/* two of them */
		return get_signed(u, i, &u->kit->project_text, err);
	case ENTRY_CERT:
		if (u->kit->certs.n >= MAX_CERTS)
			return err_set(err, ERR_LIMIT,
				_("the kit holds too many certificates"));
		return get_signed(u, i, &new_cert(u->kit)->text, err);
	case ENTRY_FORM:
		return get_form(u, i, err);
	case ENTRY_FILE: case ENTRY_SIGNATURE:
		return true;		/* taken by what names them */
	default:
		u->kit->n_unused++;
		return true;
	}
}

/* The kit is of the project that it holds, and its maker may make kits. */
static bool check_origin(const struct unpacking *u, struct err *err)
{
	struct kit *kit = u->kit;

	if (kit->project_text.document.len == 0)
		return not_a_kit(err);
	if (!trust_project_check(&kit->project_text, &kit->project, err) ||
	    !check_certs(kit->certs.items, kit->certs.n, &kit->project, err))
		return false;
	if (u->manifest->project == NULL ||
	    strcmp(u->manifest->project, kit->project.id) != 0)
		return not_a_kit(err);
	if (!may_publish(kit->certs.items, kit->certs.n, &kit->project,
	    bundle_signer_claim(u->bundle)))
		return err_set(err, ERR_CRYPTO,
			_("the kit is signed by a key that may not publish "
			  "kits"));
	return true;
}

static bool check_ours(const struct kit *kit,
	const struct trust_project *ours, int64_t newest, struct err *err)
{
	if (ours != NULL && !trust_project_same(ours, &kit->project))
		return err_set(err, ERR_CONFLICT,
			_("the kit is of another project ('%s'); this "
			  "workspace belongs to '%s'"), kit->project.name,
			ours->name);
	if (kit->number < newest)
		return err_set(err, ERR_CONFLICT,
			_("the kit has number %lld, but this workspace has "
			  "number %lld already"), (long long)kit->number,
			(long long)newest);
	return true;
}

static bool unpack(struct unpacking *u, struct err *err)
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
	for (size_t i = 0; i < manifest->entries.n; i++)
		if (!get_entry(u, i, err))
			return false;
	return check_origin(u, err);
}

static struct bundle *open_kit(const char *path, const char *words,
	struct err *err)
{
	struct bundle_limits limits = bundle_default_limits;
	struct age_keys keys = { .passphrase = words };
	struct bundle *bundle;
	bool wants;

	limits.file_bytes = 2 * (uint64_t)KIT_MAX_BYTES;
	limits.entry_bytes = KIT_MAX_BYTES;
	limits.total_bytes = 2 * (uint64_t)KIT_MAX_BYTES;
	limits.n_entries = MAX_ENTRIES;
	if (!bundle_wants_passphrase(path, &wants, err))
		return NULL;
	if (!wants) {
		not_a_kit(err);
		return NULL;
	}
	bundle = bundle_open(path, &keys, &limits, err);
	if (bundle == NULL && err != NULL && err->code == ERR_NOKEY)
		err_set(err, ERR_NOKEY, _("these words do not open the kit"));
	return bundle;
}

bool kit_read(const char *path, const char *words,
	const struct trust_project *ours, int64_t newest, struct kit *kit,
	struct err *err)
{
	struct err own = ERR_INIT;
	struct unpacking u;
	bool ok;

	if (err == NULL)
		err = &own;
	memset(&u, 0, sizeof u);
	u.kit = kit;
	u.bundle = open_kit(path, words, err);
	ok = u.bundle != NULL;
	if (ok) {
		u.manifest = bundle_manifest(u.bundle);
		ok = unpack(&u, err) && check_ours(kit, ours, newest, err);
	}
	if (!ok)
		err_at(err, path, 0, 0);
	vec_release(&u.contents);
	bundle_close(u.bundle);
	return ok;
}
