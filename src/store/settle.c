/* Settling a conflict.  See settle.h. */
#include "config.h"

#include "store/settle.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/problem.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "session/session.h"
#include "store/content.h"
#include "store/reconcile_parts.h"
#include "store/settle_parts.h"
#include "store/statement.h"
#include "store/store.h"
#include "store/version.h"

static struct store *store_of(const struct settle *s)
{
	return reconciler_store(s->reconciler);
}

/* --- which records --- */

void settle_names_release(struct settle_names *names)
{
	for (size_t i = 0; i < names->list.n; i++)
		free(names->list.items[i]);
	vec_release(&names->list);
}

/* By the hash of a version: names of two forms may be the same. */
bool settle_list(struct store *store, const char *form,
	struct settle_names *names, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT lower(hex(c.sha256)) FROM record r JOIN content c"
		" ON c.id = r.current WHERE r.conflict"
		" AND (?1 IS NULL OR r.form = ?1)"
		" ORDER BY r.form, r.name, c.sha256", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_text(walk, 1, form);
	while ((result = db_step(walk, err)) == DB_ROW) {
		char *name = xstrdup(db_text(walk, 0));

		vec_push(&names->list, name);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

/* --- opening --- */

static const struct store_version *version_of(const struct store_record *record,
	const char *sha256)
{
	for (size_t i = 0; i < record->versions.n; i++)
		if (strcmp(record->versions.items[i].sha256, sha256) == 0)
			return &record->versions.items[i];
	return NULL;
}

static bool read_side(struct settle *s, int64_t content, struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store_of(s)),
		"SELECT c.sha256, (SELECT min(finished) FROM brought"
		" WHERE content = c.id AND finished <> '') FROM content c"
		" WHERE c.id = ?1", err);
	struct settle_side side = { .content = content };
	char sha256[SHA256_HEX_BYTES];
	bool ok;

	if (get == NULL)
		return false;
	db_bind_int(get, 1, content);
	ok = db_step(get, err) == DB_ROW;
	if (ok) {
		const char *finished = db_text(get, 1);

		row_hash(get, 0, sha256);
		snprintf(side.finished, sizeof side.finished, "%s",
			finished != NULL ? finished : "");
		side.version = version_of(&s->record, sha256);
	}
	db_reset(get);
	if (!ok || side.version == NULL)
		return false;
	side.is_shown = side.version->is_shown;
	vec_push(&s->sides, side);
	return true;
}

static bool read_items(struct settle *s, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store_of(s)),
		"SELECT path, why FROM conflict WHERE record = ?1"
		" ORDER BY path", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, s->record.id);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct settle_item item = { .order = SIZE_MAX,
			.path = xstrdup(db_text(walk, 0)),
			.why = xstrdup(db_text(walk, 1)) };

		if (strcmp(item.why, CONFLICT_DELETED) == 0)
			s->is_deleted = true;
		else if (item.path[0] == '\0')
			s->is_whole = true;
		vec_push(&s->items, item);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

/* The form, if the heads can be joined by it at all. */
static bool find_form(struct settle *s, const struct reconcile_work *w,
	const char *language, struct err *err)
{
	struct err why = ERR_INIT;

	if (s->is_whole || w->heads.n < 2 || w->base == 0)
		return true;
	s->form = reconciler_form(s->reconciler, w->form,
		w->heads.items[0].form_version, &why);
	if (s->form == NULL && why.code != ERR_NOTFOUND) {
		if (err != NULL)
			*err = why;
		return false;
	}
	if (s->form != NULL && language != NULL &&
			xform_language(s->form, language) >= 0)
		s->language = xstrdup(s->form->languages[
			xform_language(s->form, language)]);
	return true;
}

static bool begin_work(struct settle *s, struct reconcile_work *w,
	struct err *err)
{
	*w = (struct reconcile_work){ .r = s->reconciler,
		.record = s->record.id };
	return reconcile_work_read(w, err);
}

static bool read_conflict(struct settle *s, const char *language,
	struct err *err)
{
	struct reconcile_work w;
	bool ok = begin_work(s, &w, err) && read_items(s, err) &&
		find_form(s, &w, language, err);

	for (size_t i = 0; ok && i < w.heads.n; i++)
		ok = read_side(s, w.heads.items[i].id, err);
	if (ok && s->form != NULL)
		ok = settle_look(s, &w, err);
	reconcile_work_release(&w);
	return ok;
}

bool settle_open(struct settle *s, struct reconciler *r, const char *text,
	const char *language, struct err *err)
{
	*s = (struct settle){ .reconciler = r };
	if (!store_record_find(reconciler_store(r), text, &s->record, err))
		return false;
	if (!s->record.conflict)
		return err_set(err, ERR_REFUSED,
			_("the record '%s' is not in conflict"), text);
	return read_conflict(s, language, err);
}

static void release_item(struct settle_item *item, size_t n_sides)
{
	for (size_t i = 0; item->values != NULL && i <= n_sides; i++)
		free(item->values[i]);
	free(item->values);
	free(item->path);
	free(item->why);
	free(item->label);
}

static void release_choice(struct join_choice *choice)
{
	free((char *)(uintptr_t)choice->path);
	free((char *)(uintptr_t)choice->text);
}

static void release_items(struct settle *s)
{
	for (size_t i = 0; i < s->items.n; i++)
		release_item(&s->items.items[i], s->sides.n);
	s->items.n = 0;
}

bool settle_again(struct settle *s, const struct join_conflicts *left,
	struct err *err)
{
	struct reconcile_work w;
	bool ok;

	release_items(s);
	for (size_t i = 0; i < left->list.n; i++) {
		struct settle_item item = { .order = SIZE_MAX,
			.path = xstrdup(left->list.items[i].path),
			.why = xstrdup(left->list.items[i].why) };

		vec_push(&s->items, item);
	}
	ok = begin_work(s, &w, err) && settle_look(s, &w, err);
	reconcile_work_release(&w);
	return ok;
}

void settle_close(struct settle *s)
{
	release_items(s);
	for (size_t i = 0; i < s->choices.n; i++)
		release_choice(&s->choices.items[i]);
	vec_release(&s->items);
	vec_release(&s->choices);
	vec_release(&s->sides);
	store_record_release(&s->record);
	free(s->language);
	*s = (struct settle){ .reconciler = NULL };
}

/* --- taking --- */

static void take(struct settle *s, const char *path, size_t side,
	const char *text)
{
	struct join_choice choice = { .path = xstrdup(path), .side = side,
		.text = text != NULL ? xstrdup(text) : NULL };

	for (size_t i = 0; i < s->choices.n; i++)
		if (strcmp(s->choices.items[i].path, path) == 0) {
			release_choice(&s->choices.items[i]);
			s->choices.items[i] = choice;
			return;
		}
	vec_push(&s->choices, choice);
}

void settle_take_side(struct settle *s, const char *path, size_t side)
{
	take(s, path, side, NULL);
}

/* Join with what was taken so far. */
static bool join(struct settle *s, struct reconcile_work *w, struct str *xml,
	struct err *err)
{
	struct join_sides how = { .choices = s->choices.items,
		.n_choices = s->choices.n };
	bool all, ok = begin_work(s, w, err) &&
		reconcile_read_docs(w, &all, err);

	if (ok && (!all || s->form == NULL))
		ok = err_set(err, ERR_REFUSED, _("these versions cannot be "
			"joined: one of them can be taken whole"));
	for (size_t i = 0; i < s->choices.n; i++)
		s->choices.items[i].is_used = false;
	if (ok)
		reconcile_join(w, s->form, &how, xml);
	return ok;
}

struct session *settle_session(struct settle *s, const char *now,
	const struct str *xml, struct err *err)
{
	struct session_options options = { .now = now, .time_zone = "UTC",
		.has_seed = true, .language = s->language };
	struct problems problems = PROBLEMS_INIT;
	struct session *session = session_load(s->form, xml->data, xml->len,
		false, &options, &problems, err);

	problems_release(&problems);
	if (session != NULL && !session_settle(session, err)) {
		session_free(session);
		return NULL;
	}
	return session;
}

/* As in an interview, if the question is asked there now; one that is not may
 * come back by what else is taken. */
static bool answer(struct settle *s, struct session *session,
	const char *path, const char *text, struct err *err)
{
	struct node *node = session_find(session, path, err);
	struct str ref = STR_INIT;

	if (node == NULL)
		return false;
	if (!join_is_answer(node_form(node)))
		return err_set(err, ERR_REFUSED,
			_("'%s' is no answer that somebody gave"), path);
	if (text[0] != '\0' && node_is_relevant(session, node) ?
			!session_answer(session, node, text, err) :
			!session_set(session, node, text, true, err))
		return false;
	node_ref(node, &ref);
	take(s, ref.data, 0, node_raw_value(node));
	str_release(&ref);
	return true;
}

bool settle_take_text(struct settle *s, const char *path, const char *text,
	struct err *err)
{
	struct reconcile_work w;
	struct str xml = STR_INIT;
	struct session *session = NULL;
	bool ok = join(s, &w, &xml, err);

	if (ok)
		session = settle_session(s, w.now, &xml, err);
	ok = session != NULL && answer(s, session, path, text, err);
	session_free(session);
	reconcile_work_release(&w);
	str_wipe(&xml);
	return ok;
}

/* --- what comes of it --- */

static bool check_used(const struct settle *s, struct err *err)
{
	for (size_t i = 0; i < s->choices.n; i++)
		if (!s->choices.items[i].is_used)
			return err_set(err, ERR_NOTFOUND,
				_("there is no answer at '%s' to take"),
				s->choices.items[i].path);
	return true;
}

bool settle_try(struct settle *s, struct join_conflicts *left,
	struct str *xml, struct err *err)
{
	struct reconcile_work w;
	struct str joined = STR_INIT;
	bool ok = join(s, &w, &joined, err) && check_used(s, err);

	for (size_t i = 0; ok && i < w.conflicts.list.n; i++)
		join_conflicts_add(left, w.conflicts.list.items[i].path,
			w.conflicts.list.items[i].why);
	if (ok && left->list.n == 0)
		ok = reconcile_check(s->form, &joined, w.now, left, xml, err);
	if (ok && left->list.n > 0) {
		str_clear(xml);
		str_addn(xml, joined.data, joined.len);
	}
	reconcile_work_release(&w);
	str_wipe(&joined);
	return ok;
}

char *settle_explain(struct settle *s, const struct str *xml,
	const char *path)
{
	struct err ignored = ERR_INIT;
	struct session *session = settle_session(s, NULL, xml, &ignored);
	struct node *node = session == NULL ? NULL :
		session_find(session, path, &ignored);
	char *message = NULL;

	if (node != NULL)
		(void)node_violation(session, node, &message);
	session_free(session);
	return message;
}

bool settle_whole(struct settle *s, size_t side, struct str *xml,
	struct err *err)
{
	struct version_head head;
	struct xml_doc *doc = NULL;
	bool ok = content_get(store_of(s), s->sides.items[side].content,
		VERSION_MAX_BYTES, xml, err);

	if (ok)
		doc = version_read(xml->data, xml->len, &head, err);
	xml_free(doc);
	return doc != NULL;
}

/* --- writing --- */

static void new_instance_id(char text[48])
{
	unsigned char random[16];
	char hex[33];

	crypt_random(random, sizeof random);
	random[6] = (unsigned char)((random[6] & 0x0f) | 0x40);
	random[8] = (unsigned char)((random[8] & 0x3f) | 0x80);
	hex_encode(random, sizeof random, hex);
	snprintf(text, 48, "uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
		hex + 12, hex + 16, hex + 20);
}

/* It becomes an edit of the shown one, as when a record is edited in ODK. */
static void name_anew(struct xml_doc *doc, const char *deprecated)
{
	struct xml_node *meta = xml_child(doc->root, NULL, NULL, "meta");
	struct xml_node *id = meta == NULL ? NULL :
		xml_child(meta, NULL, NULL, "instanceID");
	struct xml_node *old;
	char text[48];

	if (id == NULL)
		return;
	old = xml_child(meta, NULL, NULL, "deprecatedID");
	if (old == NULL)
		old = xml_append_element(doc, meta, id->ns, id->prefix,
			"deprecatedID");
	new_instance_id(text);
	xml_set_text(doc, id, text);
	xml_set_text(doc, old, deprecated);
}

static const struct settle_side *shown_side(const struct settle *s)
{
	size_t i = 0;

	while (i + 1 < s->sides.n && !s->sides.items[i].is_shown)
		i++;
	return &s->sides.items[i];
}

struct files { VEC(struct statement_file) list; };

static void files_release(struct files *files)
{
	for (size_t i = 0; i < files->list.n; i++)
		free(files->list.items[i].name);
	vec_release(&files->list);
}

static bool has_file(const struct files *files, const char *name)
{
	for (size_t i = 0; i < files->list.n; i++)
		if (strcmp(files->list.items[i].name, name) == 0)
			return true;
	return false;
}

static bool is_named(const struct str *xml, const char *name)
{
	struct str text = STR_INIT;
	bool is;

	xml_add_text(&text, name);
	is = strstr(xml->data, text.data) != NULL;
	str_release(&text);
	return is;
}

static bool add_files(struct settle *s, int64_t version, const struct str *xml,
	struct files *files, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store_of(s)),
		"SELECT name, sha256 FROM attachment WHERE version = ?1"
		" ORDER BY name, sha256", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	db_bind_int(walk, 1, version);
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct statement_file file;
		const char *name = db_text(walk, 0);

		if (has_file(files, name) || !is_named(xml, name))
			continue;
		file.name = xstrdup(name);
		row_hash(walk, 1, file.sha256);
		vec_push(&files->list, file);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct statement_file *)a)->name,
		((const struct statement_file *)b)->name);
}

static bool collect_files(struct settle *s, const struct str *xml,
	size_t first, struct files *files, struct err *err)
{
	bool ok = add_files(s, s->sides.items[first].content, xml, files, err);

	for (size_t i = 0; ok && i < s->sides.n; i++)
		ok = i == first || add_files(s, s->sides.items[i].content,
			xml, files, err);
	if (files->list.n > 1)
		qsort(files->list.items, files->list.n,
			sizeof *files->list.items, by_name);
	return ok;
}

static bool say_resolved(struct settle *s, const struct minisign_key *key,
	const struct str *xml, const struct files *files, struct err *err)
{
	struct statement_resolved made = { .xml = xml->data,
		.n_bytes = xml->len, .finished = shown_side(s)->finished,
		.files = files->list.items, .n_files = files->list.n };
	struct statement_versions heads;
	char (*hashes)[SHA256_HEX_BYTES];
	bool ok = store_record_heads(&s->record, &hashes, &heads, err) &&
		statement_resolve(store_of(s), key, &heads, &made, err);

	free(hashes);
	return ok;
}

bool settle_write(struct settle *s, const struct minisign_key *key,
	const struct str *xml, size_t first, char version[SHA256_HEX_BYTES],
	struct err *err)
{
	struct version_head head;
	struct xml_doc *doc = version_read(xml->data, xml->len, &head, err);
	struct files files = { { NULL, 0, 0 } };
	struct str bytes = STR_INIT;
	bool ok = false;

	if (doc != NULL) {
		name_anew(doc, shown_side(s)->version->instance);
		xml_add_node(&bytes, doc->root);
		sha256_hex(bytes.data, bytes.len, version);
		ok = collect_files(s, &bytes, first, &files, err) &&
			say_resolved(s, key, &bytes, &files, err);
	}
	files_release(&files);
	str_wipe(&bytes);
	xml_free(doc);
	return ok;
}
