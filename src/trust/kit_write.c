/* Writing what goes down. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "bundle/write.h"
#include "trust/kit.h"
#include "trust/kit_parts.h"

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

static bool check_files(const struct kit_form *form, struct err *err)
{
	for (size_t i = 0; i < form->n_files; i++)
		if (!kit_is_file_name(form->files[i].name))
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

/* Of two with the same bytes only one entry would be written. */
static bool check_lists(const struct kit *kit, struct err *err)
{
	for (size_t i = 0; i < kit->lists.n; i++) {
		const struct kit_list *list = &kit->lists.items[i];

		if (!kit_is_file_name(list->name))
			return err_set(err, ERR_VALUE,
				_("a list has a name that is not allowed"));
		for (size_t j = 0; j < i; j++)
			if (kit->lists.items[j].n_bytes == list->n_bytes &&
			    memcmp(kit->lists.items[j].bytes, list->bytes,
				list->n_bytes) == 0)
				return err_set(err, ERR_CONFLICT,
					_("the lists '%s' and '%s' are the "
					  "same: send one of them"),
					kit->lists.items[j].name, list->name);
	}
	return true;
}

static bool check_translations(const struct kit *kit, struct err *err)
{
	for (size_t i = 0; i < kit->translations.n; i++) {
		const struct kit_po *po = &kit->translations.items[i];

		if (str_is_empty(po->form_id) ||
		    !kit_is_language(po->language))
			return err_set(err, ERR_VALUE,
				_("a translation needs a form and a "
				  "language: FORM:LANG=FILE"));
		if (po->n_bytes > KIT_MAX_PO)
			return err_set(err, ERR_LIMIT,
				_("a translation is larger than %d MiB"),
				KIT_MAX_PO >> 20);
		for (size_t j = 0; j < i; j++)
			if (kit->translations.items[j].n_bytes ==
			    po->n_bytes && memcmp(po->bytes,
				kit->translations.items[j].bytes,
				po->n_bytes) == 0)
				return err_set(err, ERR_CONFLICT,
					_("one translation is there twice"));
	}
	return true;
}

static bool check_signer(const struct kit *kit,
	const struct minisign_key *signer, struct trust_project *project,
	struct err *err)
{
	struct trust_papers checked = TRUST_PAPERS_INIT;
	struct minisign_public key;
	bool ok = trust_project_check(&kit->project_text, project, err) &&
		trust_papers_add_all(&checked, &kit->papers, project, err);

	minisign_key_public(signer, &key);
	if (ok && !trust_papers_may(&checked, project, &key, ROLE_PUBLISH))
		ok = err_set(err, ERR_REFUSED,
			_("this key has no certificate to publish kits"));
	trust_papers_release(&checked);
	return ok;
}

static void pack_list(struct packing *packing, const struct kit_list *list)
{
	struct manifest_entry *entry = pack(packing, ENTRY_LIST, list->bytes,
		list->n_bytes);

	entry->label = list->name;
	entry->form_id = list->form_id;
}

static void pack_po(struct packing *packing, const struct kit_po *po)
{
	struct manifest_entry *entry = pack(packing, ENTRY_PO, po->bytes,
		po->n_bytes);

	entry->label = po->language;
	entry->form_id = po->form_id;
}

static void pack_papers(struct packing *packing,
	const struct trust_papers *papers)
{
	for (size_t i = 0; i < papers->certs.n; i++)
		pack_signed(packing, ENTRY_CERT, &papers->certs.items[i].text);
	for (size_t i = 0; i < papers->withdrawals.n; i++)
		pack_signed(packing, ENTRY_FACT,
			&papers->withdrawals.items[i].text);
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
	pack_papers(packing, &kit->papers);
	for (size_t i = 0; i < kit->forms.n; i++)
		pack_form(packing, &kit->forms.items[i]);
	for (size_t i = 0; i < kit->lists.n; i++)
		pack_list(packing, &kit->lists.items[i]);
	for (size_t i = 0; i < kit->translations.n; i++)
		pack_po(packing, &kit->translations.items[i]);
	for (size_t i = 0; i < kit->messages.n; i++)
		pack_signed(packing, kit->messages.items[i].kind,
			&kit->messages.items[i].text);
}

bool kit_write(const char *path, const struct kit *kit,
	const struct minisign_key *signer, const struct age_to *age,
	struct err *err)
{
	struct packing packing;
	struct trust_project project;
	struct bundle_to to = { .age = age, .signer = signer };
	bool ok;

	if (!check_forms(kit, err) || !check_lists(kit, err) ||
	    !check_translations(kit, err) ||
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
