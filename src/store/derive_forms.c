/* What forms mean: their heads, their media.  See derive.h. */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "store/content.h"
#include "store/derive.h"
#include "store/store.h"
#include "store/version.h"
#include "xform/xform.h"

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void bind_hash(struct db_stmt *stmt, int at, const char *hex)
{
	uint8_t sha256[SHA256_BYTES];

	if (hex != NULL && hex_decode(hex, sha256, sizeof sha256))
		db_bind_blob(stmt, at, sha256, sizeof sha256);
	else
		db_bind_null(stmt, at);
}

struct form_head { const char *id, *version, *title, *class_; };

static const struct xml_node *first_element(const struct xml_node *parent)
{
	return parent != NULL ? xml_child(parent, NULL, NULL, NULL) : NULL;
}

static const struct xml_node *step(const struct xml_node *parent,
	const char *name)
{
	return parent != NULL ? xml_child(parent, NULL, NULL, name) : NULL;
}

/* Only what names the form; whether it can be filled is not asked here. */
static bool read_form_head(struct xml_doc *doc, struct form_head *head)
{
	const struct xml_node *top = step(doc->root, "head");
	const struct xml_node *title = step(top, "title");
	const struct xml_node *root =
		first_element(step(step(top, "model"), "instance"));

	if (root == NULL)
		return false;
	head->id = xml_attribute(root, "", "id");
	if (head->id == NULL)
		head->id = root->ns;
	head->version = xf_version_of(root);
	head->class_ = or_empty(xml_attribute(root, NS_BAYAZ, "class"));
	head->title = title != NULL ? xml_text_of(title, doc->arena) : "";
	return head->id[0] != '\0';
}

static bool insert_form(struct store *store, int64_t content,
	const struct form_head *head, struct touched *touched, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO form (content, id, version, title, class)"
		" VALUES (?1, ?2, ?3, ?4, ?5)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, content);
	db_bind_text(add, 2, head->id);
	db_bind_text(add, 3, head->version);
	db_bind_text(add, 4, head->title);
	db_bind_text(add, 5, head->class_);
	if (!db_run(add, err))
		return false;
	touched->forms = touched->forms || db_changes(store_db(store)) > 0;
	return true;
}

static bool derive_form(struct store *store, int64_t content,
	const struct str *bytes, struct touched *touched, struct err *err)
{
	struct form_head head;
	struct str own = STR_INIT;
	struct xml_doc *doc;
	bool ok = true;

	if (bytes == NULL) {
		ok = content_get(store, content, VERSION_MAX_BYTES, &own, err);
		bytes = &own;
	}
	if (ok) {
		doc = xml_parse(bytes->data, bytes->len, NULL,
			&xml_limits_form, err);
		/* what is no form is kept, and names nothing */
		if (doc == NULL)
			err_clear(err);
		else if (read_form_head(doc, &head))
			ok = insert_form(store, content, &head, touched, err);
		xml_free(doc);
	}
	str_release(&own);
	return ok;
}

static bool add_media(struct store *store, int64_t form, const char *name,
	const char *sha256, struct touched *touched, struct err *err)
{
	struct db_stmt *add = db_prepare(store_db(store),
		"INSERT OR IGNORE INTO media (form, name, sha256)"
		" VALUES (?1, ?2, ?3)", err);

	if (add == NULL)
		return false;
	db_bind_int(add, 1, form);
	db_bind_text(add, 2, name);
	bind_hash(add, 3, sha256);
	if (!db_run(add, err))
		return false;
	touched->forms = touched->forms || db_changes(store_db(store)) > 0;
	return true;
}

bool derive_form_entry(struct store *store,
	const struct manifest_entry *entry, int64_t content,
	const struct str *bytes, struct touched *touched, struct err *err)
{
	if (!derive_form(store, content, bytes, touched, err))
		return false;
	for (size_t i = 0; i < entry->n_files; i++)
		if (entry->files[i].sha256[0] != '\0' &&
				!add_media(store, content,
					entry->files[i].name,
					entry->files[i].sha256, touched, err))
			return false;
	return true;
}

bool derive_form_fact(struct store *store, const struct json *fact,
	struct touched *touched, struct err *err)
{
	const char *hex = js_get_text(fact, "sha256");
	const struct json *files = js_get(fact, "files");
	uint8_t sha256[SHA256_BYTES];
	int64_t content = 0;

	if (hex == NULL || !hex_decode(hex, sha256, sizeof sha256))
		return true;		/* of a format we do not know */
	if (!content_find(store, sha256, &content, err))
		return false;
	if (content == 0)
		return true;
	if (!derive_form(store, content, NULL, touched, err))
		return false;
	for (size_t i = 0; i < js_size(files); i++) {
		const struct json *file = js_at(files, i);
		const char *name = js_get_text(file, "name");
		const char *file_hash = js_get_text(file, "sha256");

		if (name != NULL && file_hash != NULL &&
				sha256_is_hex(file_hash) &&
				!add_media(store, content, name, file_hash,
					touched, err))
			return false;
	}
	return true;
}

bool derive_form_known(struct store *store, const char *form,
	const char *version, struct form_known *known, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(store),
		"SELECT max(class = 'protected'), max(class = ''),"
		" max(version = ?2) FROM form WHERE id = ?1", err);
	enum db_result result;

	*known = (struct form_known){ false, false, false };
	if (find == NULL)
		return false;
	db_bind_text(find, 1, form);
	db_bind_text(find, 2, version);
	result = db_step(find, err);
	if (result == DB_ROW) {
		known->is_protected = db_int(find, 0) != 0;
		known->is_untagged = db_int(find, 1) != 0;
		known->known = db_int(find, 2) != 0;
	}
	db_reset(find);
	return result != DB_FAILED;
}
