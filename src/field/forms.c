#include "config.h"

#include "field/forms.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "crypt/crypt.h"
#include "field/local.h"
#include "xform/xform.h"
#include "xml/xml.h"

enum {
	FORM_KEY = 1, FORM_ID = 2, FORM_VERSION = 3, FORM_TITLE = 4,
	FORM_LIST_TITLE = 5, FORM_CLASS = 6, FORM_ADDED = 7, FORM_SIZE = 8,
	FORM_SHA256 = 9, FORM_MEDIA = 10, FORM_RETENTION = 11,
	FORM_TITLE_IN = 12,
	MEDIA_FIXED = 48,	/* file (8), size (8), SHA-256 (32), then name */
	MAX_MEDIA_FILES = 1000, MAX_TITLES = 1000,
};

void form_info_release(struct form_info *form)
{
	free(form->form_id);
	free(form->version);
	free(form->title);
	free(form->list_title);
	for (size_t i = 0; i < form->n_titles; i++) {
		free(form->titles[i].language);
		free(form->titles[i].text);
	}
	free(form->titles);
	free(form->form_class);
	for (size_t i = 0; i < form->n_media; i++)
		free(form->media[i].name);
	free(form->media);
	memset(form, 0, sizeof *form);
}

bool form_is_protected(const struct form_info *form)
{
	return strcmp(form->form_class, "protected") == 0;
}

static const char *title_for_person(const struct form_info *form)
{
	bool neutral = form_is_protected(form);
	char code[16];
	size_t at = 0;

	while (gettext_next_language(&at, code))
		for (size_t i = 0; i < form->n_titles; i++) {
			size_t n;
			const char *own = xf_language_code(
				form->titles[i].language, &n);

			if (form->titles[i].is_neutral == neutral &&
					n == strlen(code) &&
					strncmp(own, code, n) == 0)
				return form->titles[i].text;
		}
	return NULL;
}

const char *form_shown_title(const struct form_info *form)
{
	const char *title = title_for_person(form);

	if (title != NULL)
		return title;
	if (!form_is_protected(form))
		return form->title[0] != '\0' ? form->title : form->form_id;
	return form->list_title[0] != '\0' ? form->list_title :
		_("Protected form");
}

/* --- what a form says about itself --- */

static const struct xml_node *find_model(const struct xml_doc *doc)
{
	const struct xml_node *head = xml_child(doc->root, NULL, NULL, "head");

	return head == NULL ? NULL : xml_child(head, NULL, NULL, "model");
}

/* The root element of the primary instance, or NULL. */
static const struct xml_node *find_primary(const struct xml_doc *doc)
{
	const struct xml_node *model = find_model(doc), *instance;

	if (model == NULL)
		return NULL;
	instance = xml_child(model, NULL, NULL, "instance");
	return instance == NULL ? NULL : xml_child(instance, NULL, NULL, NULL);
}

static char *attribute_text(const struct xml_node *node, const char *ns,
	const char *local)
{
	const char *text = xml_attribute(node, ns, local);

	return xstrdup(text != NULL ? text : "");
}

static char *title_text(const struct xml_doc *doc)
{
	const struct xml_node *head = xml_child(doc->root, NULL, NULL, "head");
	const struct xml_node *title = xml_child(head, NULL, NULL, "title");
	struct str text = STR_INIT;

	if (title != NULL)
		xml_text(title, &text);
	return str_steal(&text);
}

static char *id_text(const struct xml_node *primary)
{
	const char *id = xml_attribute(primary, "", "id");

	if (id == NULL && strcmp(primary->ns, NS_XFORMS) != 0)
		id = primary->ns;	/* as JavaRosa names such forms */
	return xstrdup(id != NULL ? id : "");
}

static void add_title(struct form_info *form, const char *language,
	const char *text, bool is_neutral)
{
	struct form_title *title;

	if (text[0] == '\0' || form->n_titles >= MAX_TITLES)
		return;
	form->titles = xreallocarray(form->titles, form->n_titles + 1,
		sizeof *form->titles);
	title = &form->titles[form->n_titles++];
	*title = (struct form_title){ xstrdup(language), xstrdup(text),
		is_neutral };
}

/* Other programs have one title; ours are texts with ids of their own. */
static void read_titles(const struct xml_doc *doc, struct form_info *form)
{
	const struct xml_node *model = find_model(doc), *t = NULL, *text;
	const struct xml_node *itext = model == NULL ? NULL :
		xml_child(model, NULL, NULL, "itext");

	while (itext != NULL && (t = xml_child(itext, t, NULL,
			"translation")) != NULL) {
		const char *lang = xml_attribute(t, "", "lang");

		for (text = NULL; lang != NULL && (text = xml_child(t, text,
				NULL, "text")) != NULL;) {
			const char *id = xml_attribute(text, "", "id");
			const struct xml_node *value = xml_child(text, NULL,
				NULL, "value");

			if (id == NULL || value == NULL ||
					!str_starts(id, "bayaz:"))
				continue;
			if (strcmp(id, "bayaz:title") == 0 ||
					strcmp(id, "bayaz:list-title") == 0)
				add_title(form, lang, xml_text_of(value,
					doc->arena), id[6] == 'l');
		}
	}
}

/* What cannot be read is what `bayaz check` says; here it counts as nothing. */
static int retention_of(const struct xml_node *primary)
{
	const char *text = xml_attribute(primary, NS_BAYAZ, "retention");
	char *end;
	long months = text != NULL ? strtol(text, &end, 10) : 0;

	return text != NULL && *end == '\0' && months > 0 && months <= 1200 ?
		(int)months : 0;
}

bool form_describe(const char *xml, size_t n_bytes, const char *source,
	struct form_info *form, struct err *err)
{
	struct xml_doc *doc;
	const struct xml_node *primary;

	memset(form, 0, sizeof *form);
	doc = xml_parse(xml, n_bytes, source, &xml_limits_form, err);
	if (doc == NULL)
		return false;
	primary = find_primary(doc);
	if (primary != NULL) {
		form->form_id = id_text(primary);
		form->version = xstrdup(xf_version_of(primary));
		form->title = title_text(doc);
		form->list_title = attribute_text(primary, NS_BAYAZ,
			"list-title");
		read_titles(doc, form);
		form->form_class = attribute_text(primary, NS_BAYAZ, "class");
		form->retention_months = retention_of(primary);
		form->size_bytes = n_bytes;
		sha256_bytes(xml, n_bytes, form->sha256);
	}
	xml_free(doc);
	if (primary == NULL) {
		err_set(err, ERR_SPEC, _("this is not a form: it has no "
			"primary instance"));
		return err_at(err, source != NULL ? source : "", 0, 0);
	}
	if (form->form_id[0] == '\0') {
		form_info_release(form);
		err_set(err, ERR_SPEC, _("the form has no id"));
		return err_at(err, source != NULL ? source : "", 0, 0);
	}
	return true;
}

/* --- heads --- */

static void put_media(struct str *to, const struct form_media *media)
{
	struct str bytes = STR_INIT;
	uint8_t number[8];

	put_le64(number, (uint64_t)media->file);
	str_addn(&bytes, number, 8);
	put_le64(number, media->size_bytes);
	str_addn(&bytes, number, 8);
	str_addn(&bytes, media->sha256, 32);
	str_add(&bytes, media->name);
	field_put(to, FORM_MEDIA, bytes.data, bytes.len);
	str_release(&bytes);
}

static bool write_form(struct workspace *ws, const struct form_info *form,
	const uint8_t key[SEAL_KEY_BYTES], struct err *err)
{
	struct str plain = STR_INIT;
	bool ok;

	field_put(&plain, FORM_KEY, key, SEAL_KEY_BYTES);
	field_put_text(&plain, FORM_ID, form->form_id);
	field_put_text(&plain, FORM_VERSION, form->version);
	field_put_text(&plain, FORM_TITLE, form->title);
	field_put_text(&plain, FORM_LIST_TITLE, form->list_title);
	field_put_text(&plain, FORM_CLASS, form->form_class);
	field_put_int(&plain, FORM_ADDED, form->added);
	field_put_int(&plain, FORM_SIZE, (int64_t)form->size_bytes);
	field_put_int(&plain, FORM_RETENTION, form->retention_months);
	field_put(&plain, FORM_SHA256, form->sha256, 32);
	for (size_t i = 0; i < form->n_titles; i++) {
		const struct form_title *t = &form->titles[i];
		char *line = str_format("%c%s\t%s", t->is_neutral ? 'l' : 't',
			t->language, t->text);

		field_put_text(&plain, FORM_TITLE_IN, line);
		free(line);
	}
	for (size_t i = 0; i < form->n_media; i++)
		put_media(&plain, &form->media[i]);
	ok = head_write(ws, "form", form->id, &plain, err);
	str_wipe(&plain);
	return ok;
}

static bool take_media(struct form_info *form, const struct field *field)
{
	const uint8_t *bytes = (const uint8_t *)field->bytes;
	struct form_media *media;

	if (field->n_bytes < MEDIA_FIXED)
		return false;
	form->media = xreallocarray(form->media, form->n_media + 1,
		sizeof *form->media);
	media = &form->media[form->n_media++];
	media->file = (int64_t)get_le64(bytes);
	media->size_bytes = get_le64(bytes + 8);
	memcpy(media->sha256, bytes + 16, 32);
	media->name = xstrndup(field->bytes + MEDIA_FIXED,
		field->n_bytes - MEDIA_FIXED);
	return true;
}

/* "tur\tTITLE" */
static bool take_title(struct form_info *form, const struct field *field)
{
	char *line = field_text(field), *tab = strchr(line, '\t');

	if (tab != NULL && line[0] != '\0') {
		*tab = '\0';
		add_title(form, line + 1, tab + 1, line[0] == 'l');
	}
	free(line);
	return tab != NULL;
}

static char **form_slot(struct form_info *form, int tag)
{
	switch (tag) {
	case FORM_ID: return &form->form_id;
	case FORM_VERSION: return &form->version;
	case FORM_TITLE: return &form->title;
	case FORM_LIST_TITLE: return &form->list_title;
	case FORM_CLASS: return &form->form_class;
	default: return NULL;
	}
}

static bool take_field(struct form_info *form, uint8_t *key,
	const struct field *field)
{
	char **text = form_slot(form, field->tag);

	if (text != NULL) {
		free(*text);
		*text = field_text(field);
		return true;
	}
	switch (field->tag) {
	case FORM_KEY: return field_copy(field, key, SEAL_KEY_BYTES);
	case FORM_SHA256: return field_copy(field, form->sha256, 32);
	case FORM_ADDED: form->added = field_int(field); return true;
	case FORM_RETENTION:
		form->retention_months = (int)field_int(field);
		return true;
	case FORM_SIZE: form->size_bytes = (uint64_t)field_int(field); return true;
	case FORM_MEDIA: return take_media(form, field);
	case FORM_TITLE_IN: return take_title(form, field);
	default: return true;
	}
}

static void fill_blanks(struct form_info *form)
{
	for (int tag = FORM_ID; tag <= FORM_CLASS; tag++) {
		char **text = form_slot(form, tag);

		if (*text == NULL)
			*text = xstrdup("");
	}
}

/* False: damaged; `form` is released. */
static bool parse_form(int64_t id, struct field_reader reader,
	struct form_info *form, uint8_t key[SEAL_KEY_BYTES])
{
	struct field field;
	bool ok = true, whole;

	memset(form, 0, sizeof *form);
	form->id = id;
	while (ok && field_next(&reader, &field, &whole))
		ok = take_field(form, key, &field);
	fill_blanks(form);
	if (ok && whole)
		return true;
	form_info_release(form);
	return false;
}

bool forms_open(struct workspace *ws, int64_t id,
	struct form_info *form, uint8_t key[SEAL_KEY_BYTES], struct err *err)
{
	struct str plain = STR_INIT;
	bool ok = head_read(ws, "form", id, &plain, err);

	memset(form, 0, sizeof *form);
	if (ok && !parse_form(id, field_reader(&plain), form, key))
		ok = err_set(err, ERR_CRYPTO, _("'%s' is damaged: a head of a "
			"form cannot be read"), db_path(ws->db));
	str_wipe(&plain);
	return ok;
}

/* --- walking --- */

struct form_list { VEC(struct form_info) list; struct workspace *ws; };

static bool see_form(void *context, int64_t id, struct field_reader head,
	bool *stop, struct err *err)
{
	struct form_list *forms = context;
	struct form_info form;
	uint8_t key[SEAL_KEY_BYTES];
	bool ok = parse_form(id, head, &form, key);

	(void)stop;
	wipe(key, sizeof key);
	if (!ok)
		return err_set(err, ERR_CRYPTO, _("'%s' is damaged: a head of "
			"a form cannot be read"), db_path(forms->ws->db));
	vec_push(&forms->list, form);
	return true;
}

static int by_age(const void *a, const void *b)
{
	const struct form_info *x = a, *y = b;
	int order = strcmp(x->form_id, y->form_id);

	if (order == 0)
		order = (x->added > y->added) - (x->added < y->added);
	if (order == 0)
		order = strcmp(x->version, y->version);
	return order;
}

static bool list_forms(struct workspace *ws, struct form_list *forms,
	struct err *err)
{
	memset(forms, 0, sizeof *forms);
	forms->ws = ws;
	if (!heads_each(ws, "form", see_form, forms, err))
		return false;
	if (forms->list.n > 1)
		qsort(forms->list.items, forms->list.n,
			sizeof *forms->list.items, by_age);
	return true;
}

static void release_forms(struct form_list *forms)
{
	for (size_t i = 0; i < forms->list.n; i++)
		form_info_release(&forms->list.items[i]);
	vec_release(&forms->list);
}

bool forms_each(struct workspace *ws,
	bool (*visit)(void *context, const struct form_info *form),
	void *context, struct err *err)
{
	struct form_list forms;
	bool ok = list_forms(ws, &forms, err), more = true;

	for (size_t i = 0; ok && more && i < forms.list.n; i++)
		more = visit(context, &forms.list.items[i]);
	release_forms(&forms);
	return ok;
}

/* --- finding --- */

/* Position of the version, or of the newest; -1: none. */
static ptrdiff_t position_of(const struct form_list *forms,
	const char *form_id, const char *version)
{
	ptrdiff_t found = -1;

	for (size_t i = 0; i < forms->list.n; i++) {
		const struct form_info *form = &forms->list.items[i];

		if (strcmp(form->form_id, form_id) == 0 && (version == NULL ||
				strcmp(form->version, version) == 0))
			found = (ptrdiff_t)i;
	}
	return found;
}

static void move_out(struct form_list *forms, ptrdiff_t at,
	struct form_info *form)
{
	*form = forms->list.items[at];
	memset(&forms->list.items[at], 0, sizeof *form);
}

bool forms_find(struct workspace *ws, const char *form_id,
	const char *version, struct form_info *form, struct err *err)
{
	struct form_list forms;
	bool ok = list_forms(ws, &forms, err);
	ptrdiff_t at = ok ? position_of(&forms, form_id, version) : -1;

	memset(form, 0, sizeof *form);
	if (at >= 0)
		move_out(&forms, at, form);
	else if (ok && version != NULL && position_of(&forms, form_id, NULL) >= 0)
		ok = err_set(err, ERR_NOTFOUND, _("the workspace has form '%s', "
			"but not its version '%s'"), form_id, version);
	else if (ok)
		ok = err_set(err, ERR_NOTFOUND,
			_("the workspace has no form '%s'"), form_id);
	release_forms(&forms);
	return ok;
}

bool forms_get(struct workspace *ws, int64_t id, struct form_info *form,
	struct err *err)
{
	uint8_t key[SEAL_KEY_BYTES];
	bool ok = forms_open(ws, id, form, key, err);

	wipe(key, sizeof key);
	return ok;
}

/* --- bytes --- */

static bool write_body(struct workspace *ws, int64_t owner,
	const uint8_t key[SEAL_KEY_BYTES], const char *bytes, size_t n_bytes,
	struct err *err)
{
	const struct row_place place = { "body", owner, 0, NULL };
	struct db_stmt *stmt = db_prepare(ws->db, "INSERT INTO "
		"body(owner, sealed) VALUES(?1, ?2) ON CONFLICT(owner) "
		"DO UPDATE SET sealed = excluded.sealed", err);
	struct str sealed = STR_INIT;
	bool ok;

	if (stmt == NULL)
		return false;
	row_seal(key, &place, bytes, n_bytes, BODY_STEP, &sealed);
	db_bind_int(stmt, 1, owner);
	db_bind_blob(stmt, 2, sealed.data, sealed.len);
	ok = db_run(stmt, err);
	str_release(&sealed);
	return ok;
}

bool body_write(struct workspace *ws, int64_t owner,
	const uint8_t key[SEAL_KEY_BYTES], const char *bytes, size_t n_bytes,
	struct err *err)
{
	if (n_bytes > MAX_BODY)
		return err_set(err, ERR_LIMIT, _("more than %d bytes of XML"),
			MAX_BODY);
	return write_body(ws, owner, key, bytes, n_bytes, err);
}

bool body_read(struct workspace *ws, int64_t owner,
	const uint8_t key[SEAL_KEY_BYTES], const uint8_t sha256[32],
	struct str *out, struct err *err)
{
	const struct row_place place = { "body", owner, 0, NULL };
	struct db_stmt *stmt = db_prepare(ws->db,
		"SELECT sealed FROM body WHERE owner = ?1", err);
	size_t n = 0, start = out->len;
	uint8_t hash[32];
	bool ok = false;
	enum db_result result;

	if (stmt == NULL)
		return false;
	db_bind_int(stmt, 1, owner);
	result = db_step(stmt, err);
	if (result == DB_ROW) {
		const void *sealed = db_blob(stmt, 0, &n);

		ok = row_open(ws, key, &place, sealed, n, out, err);
	} else if (result == DB_DONE) {
		err_set(err, ERR_CRYPTO, _("'%s' is damaged: a body is "
			"missing"), db_path(ws->db));
	}
	db_reset(stmt);
	if (!ok || sha256 == NULL)
		return ok;
	sha256_bytes(out->data + start, out->len - start, hash);
	if (memcmp(hash, sha256, 32) == 0)
		return true;
	return err_set(err, ERR_CRYPTO,
		_("'%s' is damaged: a body has another hash"), db_path(ws->db));
}

bool forms_xml(struct workspace *ws, const struct form_info *form,
	struct str *out, struct err *err)
{
	struct form_info stored;
	uint8_t key[SEAL_KEY_BYTES];
	bool ok;

	if (!forms_open(ws, form->id, &stored, key, err))
		return false;
	ok = body_read(ws, form->id, key, stored.sha256, out, err);
	wipe(key, sizeof key);
	form_info_release(&stored);
	return ok;
}

bool forms_media(struct workspace *ws, const struct form_info *form,
	const char *name, struct str *out, struct err *err)
{
	for (size_t i = 0; i < form->n_media; i++)
		if (strcmp(form->media[i].name, name) == 0)
			return files_read(ws, form->media[i].file, MAX_BODY,
				out, err);
	return err_set(err, ERR_NOTFOUND, _("form '%s' has no file '%s'"),
		form->form_id, name);
}

/* --- adding --- */

static const struct form_media *find_media(const struct form_info *form,
	const char *name)
{
	for (size_t i = 0; i < form->n_media; i++)
		if (strcmp(form->media[i].name, name) == 0)
			return &form->media[i];
	return NULL;
}

static bool same_media(const struct form_info *form,
	const struct form_file *files, size_t n_files)
{
	uint8_t hash[32];

	if (form->n_media != n_files)
		return false;
	for (size_t i = 0; i < n_files; i++) {
		const struct form_media *media = find_media(form,
			files[i].name);

		if (media == NULL)
			return false;
		sha256_bytes(files[i].bytes, files[i].n_bytes, hash);
		if (memcmp(hash, media->sha256, 32) != 0)
			return false;
	}
	return true;
}

static bool drop_media(struct workspace *ws, struct form_info *form,
	struct err *err)
{
	bool ok = true;

	for (size_t i = 0; i < form->n_media; i++) {
		ok = ok && files_drop(ws, form->media[i].file, err);
		free(form->media[i].name);
	}
	form->n_media = 0;
	return ok;
}

static bool put_all_media(struct workspace *ws, struct form_info *form,
	const struct form_file *files, size_t n_files, struct err *err)
{
	if (n_files == 0)
		return true;
	form->media = xreallocarray(form->media, n_files, sizeof *form->media);
	for (size_t i = 0; i < n_files; i++) {
		struct form_media *media = &form->media[form->n_media];
		struct stored_file file;

		if (!files_put_bytes(ws, files[i].bytes, files[i].n_bytes,
				&file, err))
			return false;
		media->name = xstrdup(files[i].name);
		media->file = file.id;
		media->size_bytes = file.size_bytes;
		memcpy(media->sha256, file.sha256, 32);
		wipe(file.key, sizeof file.key);
		form->n_media++;
	}
	return true;
}

static bool add_new(struct workspace *ws, struct form_info *form,
	const char *xml, size_t n_bytes, const struct form_file *files,
	size_t n_files, struct err *err)
{
	uint8_t key[SEAL_KEY_BYTES];
	bool ok;

	seal_key_new(key);
	form->id = row_new_id();
	form->added = field_now(ws);
	ok = put_all_media(ws, form, files, n_files, err) &&
		write_form(ws, form, key, err) &&
		body_write(ws, form->id, key, xml, n_bytes, err);
	wipe(key, sizeof key);
	return ok;
}

static bool change_media(struct workspace *ws, struct form_info *form,
	const struct form_file *files, size_t n_files, struct err *err)
{
	struct form_info stored;
	uint8_t key[SEAL_KEY_BYTES];
	bool ok;

	if (!forms_open(ws, form->id, &stored, key, err))
		return false;
	form_info_release(form);
	*form = stored;
	ok = drop_media(ws, form, err) &&
		put_all_media(ws, form, files, n_files, err) &&
		write_form(ws, form, key, err);
	wipe(key, sizeof key);
	return ok;
}

/* What is to be done with the form described in `form`; on return `form` is
 * the one stored. */
static bool add_or_change(struct workspace *ws, struct form_info *form,
	const char *xml, size_t n_bytes, const struct form_file *files,
	size_t n_files, bool *added, struct err *err)
{
	struct form_info there;
	struct err why = ERR_INIT;

	*added = true;
	if (!forms_find(ws, form->form_id, form->version, &there, &why)) {
		if (why.code == ERR_NOTFOUND)
			return add_new(ws, form, xml, n_bytes, files, n_files,
				err);
		if (err != NULL)
			*err = why;
		return false;
	}
	if (memcmp(there.sha256, form->sha256, 32) != 0) {
		form_info_release(&there);
		return err_set(err, ERR_CONFLICT, _("the workspace has another "
			"form '%s' with the same version '%s': give the new one "
			"another version"), form->form_id, form->version);
	}
	form_info_release(form);
	*form = there;
	*added = !same_media(form, files, n_files);
	return !*added || change_media(ws, form, files, n_files, err);
}

static bool may_add(struct workspace *ws, const struct form_info *form,
	size_t n_files, struct err *err)
{
	if (form_is_protected(form) && !workspace_is_sealed(ws))
		return err_set(err, ERR_REFUSED, _("protected forms need a "
			"workspace with a passphrase"));
	if (n_files > MAX_MEDIA_FILES)
		return err_set(err, ERR_LIMIT,
			_("form '%s' has more than %d files"), form->form_id,
			MAX_MEDIA_FILES);
	return true;
}

bool forms_add(struct workspace *ws, const char *xml, size_t n_bytes,
	const char *source, const struct form_file *files, size_t n_files,
	struct form_info *form, bool *added, struct err *err)
{
	struct form_info described;
	bool ok, new_one = false;

	if (!form_describe(xml, n_bytes, source, &described, err))
		return false;
	ok = may_add(ws, &described, n_files, err) && workspace_begin(ws, err);
	if (ok) {
		ok = add_or_change(ws, &described, xml, n_bytes, files, n_files,
			&new_one, err) && workspace_commit(ws, err);
		if (!ok)
			workspace_rollback(ws);
	}
	if (added != NULL)
		*added = new_one;
	if (ok && form != NULL)
		*form = described;
	else
		form_info_release(&described);
	return ok;
}
