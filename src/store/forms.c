#include "config.h"

#include "store/forms.h"

#include "db/db.h"
#include "store/content.h"
#include "store/store.h"
#include "store/version.h"

enum { MEDIA_MAX_BYTES = 256 << 20 };

/* Files that a form reads: lists of places and choices. */
struct shelf { struct store *store; int64_t form; };

/* Of two files of one name the one of higher hash, on every machine. */
static bool find_file(const struct shelf *shelf, const char *name,
	int64_t *content, struct err *err)
{
	struct db_stmt *find = db_prepare(store_db(shelf->store),
		"SELECT c.id FROM media m JOIN content c ON c.sha256 = m.sha256"
		" WHERE m.form = ?1 AND m.name = ?2"
		" ORDER BY m.sha256 DESC LIMIT 1", err);
	enum db_result result;

	*content = 0;
	if (find == NULL)
		return false;
	db_bind_int(find, 1, shelf->form);
	db_bind_text(find, 2, name);
	result = db_step(find, err);
	if (result == DB_ROW)
		*content = db_int(find, 0);
	db_reset(find);
	return result != DB_FAILED;
}

static bool read_file(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	const struct shelf *shelf = data;
	int64_t content;

	(void)url;
	return find_file(shelf, name, &content, err) && content != 0 &&
		content_get(shelf->store, content, MEDIA_MAX_BYTES, out, err);
}

bool store_form_load(struct store *store, int64_t content, bool complete,
	struct xform **form, struct err *err)
{
	struct shelf shelf = { store, content };
	struct problems problems = PROBLEMS_INIT;
	struct xf_options options = { .missing_is_error = complete,
		.is_lenient = true, .completes_meta = complete,
		.media = { .read = read_file, .data = &shelf } };
	struct str xml = STR_INIT;
	bool ok = content_get(store, content, VERSION_MAX_BYTES, &xml, err);

	*form = NULL;
	if (ok)
		*form = xform_load(xml.data, xml.len, "", &options, &problems);
	problems_release(&problems);
	str_release(&xml);
	return ok;
}

bool store_forms_load(struct store *store, const char *id,
	struct store_forms *forms, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT f.content FROM form f JOIN content c ON c.id = f.content"
		" WHERE f.id = ?1 ORDER BY f.version DESC, c.sha256 DESC", err);
	VEC(int64_t) contents = { 0 };
	enum db_result result;
	bool ok;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, id);
	while ((result = db_step(walk, err)) == DB_ROW) {
		int64_t content = db_int(walk, 0);

		vec_push(&contents, content);
	}
	db_reset(walk);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < contents.n; i++) {
		struct xform *form;

		ok = store_form_load(store, contents.items[i], false, &form,
			err);
		if (ok && form != NULL)
			vec_push(&forms->list, form);
	}
	vec_release(&contents);
	return ok;
}

void store_forms_release(struct store_forms *forms)
{
	for (size_t i = 0; i < forms->list.n; i++)
		xform_free(forms->list.items[i]);
	vec_release(&forms->list);
}
