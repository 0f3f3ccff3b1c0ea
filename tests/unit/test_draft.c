/* draft: an interview's changes, its undo, and what is left of them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/chance.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "db/db.h"
#include "field/local.h"
#include "trust/device.h"
#include "trust/project.h"
#include "ui/draft.h"
#include "ui/interview.h"
#include "ui/prompt.h"
#include "ui/today.h"
#include "laptop.h"

/* --- a workspace per test --- */

static void join_project(struct workspace *ws)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_policy policy = { false };
	struct trust_recovery recovery;
	struct trust_secrets secrets;
	struct trust_project project;
	struct str out = STR_INIT;
	struct err err = ERR_INIT;
	char *json;

	assert_good(trust_project_new("Test", "2026-11-24", false, policy,
		&project, &secrets, &recovery, &err), &err);
	json = trust_project_print(&project);
	trust_sign(&text, json, &secrets.project);
	trust_signed_join(&text, &out);
	assert_good(workspace_put_secret(ws, WORKSPACE_PROJECT, out.data,
		out.len, &err), &err);
	str_wipe(&out);
	trust_signed_release(&text);
	trust_recovery_wipe(&recovery);
	trust_secrets_wipe(&secrets);
	free(json);
}

#define FORM(version, class, nodes, body) \
	"<h:html xmlns='http://www.w3.org/2002/xforms'" \
	" xmlns:h='http://www.w3.org/1999/xhtml'" \
	" xmlns:jr='http://openrosa.org/javarosa'" \
	" xmlns:bayaz='urn:x-bayaz:forms'><h:head><h:title>T</h:title><model>" \
	"<instance><data id='talk' version='" version "' bayaz:class='" class \
	"'>" nodes "<meta><instanceID/></meta></data></instance>" \
	"<bind nodeset='/data/drawn' calculate='once(int(random() * 1000000))'" \
	"/><bind nodeset='/data/again' calculate=\"concat(/data/a, " \
	"int(random() * 1000000))\"/>" \
	"<bind nodeset='/data/r/drawn' calculate='once(int(random() * " \
	"1000000))'/><bind nodeset='/data/n' type='int' constraint='. &lt; 9'/>" \
	"<bind nodeset='/data/p' type='binary'/>" \
	"<bind nodeset='/data/day' type='date' jr:preload='date'" \
	" jr:preloadParams='today'/>" \
	"<bind nodeset='/data/g/d' relevant=\"/data/g/c != ''\"/>" \
	"<bind nodeset='/data/meta/instanceID' jr:preload='uid'/>" \
	"</model></h:head><h:body>" body "</h:body></h:html>"
#define ASK(ref) "<input ref='" ref "'><label>Q</label></input>"
#define NODES "<a/><b/><n/><p/><day/><drawn/><again/><g><c/><d/></g>" \
	"<r jr:template=''><name/><drawn/></r>"
#define BODY ASK("/data/a") ASK("/data/b") ASK("/data/n") \
	"<upload ref='/data/p' mediatype='image/*'><label>P</label></upload>" \
	"<group ref='/data/g'>" ASK("/data/g/c") ASK("/data/g/d") "</group>" \
	"<group ref='/data/r'><repeat nodeset='/data/r'>" ASK("/data/r/name") \
	"</repeat></group>"

static const char standard_form[] = FORM("1", "standard", NODES, BODY);
static const char protected_form[] = FORM("1", "protected", NODES, BODY);
static const char newer_form[] = FORM("2", "protected",
	"<a/><n/><p/><day/><drawn/><again/><g><c/><d/></g>"
	"<r jr:template=''><name/><drawn/></r>",
	ASK("/data/a") ASK("/data/n") ASK("/data/g/c"));

struct scene {
	struct workspace *ws;
	struct xform *form;
	struct record *record;
	struct draft draft;
	int64_t id;
};

static struct xform *load_form(const char *xml)
{
	struct problems said = PROBLEMS_INIT;
	struct xform *form = xform_load(xml, strlen(xml), "t.xml", NULL,
		&said);

	if (form == NULL)
		problems_print(&said, stderr);
	assert_non_null(form);
	problems_release(&said);
	return form;
}

static struct form_info add_form(struct workspace *ws, const char *xml)
{
	struct err err = ERR_INIT;
	struct form_info info;

	assert_good(forms_add(ws, xml, strlen(xml), "t.xml", NULL, 0, &info,
		NULL, &err), &err);
	return info;
}

static void open_draft(struct scene *s)
{
	struct err err = ERR_INIT;

	s->ws = workspace_open(folder, PASSPHRASE, &err);
	assert_good(s->ws != NULL, &err);
	s->record = record_open(s->ws, s->id, &err);
	assert_good(s->record != NULL, &err);
	memset(&s->draft, 0, sizeof s->draft);
	s->draft.form = s->form;
	s->draft.record = s->record;
	assert_good(draft_open(&s->draft, &err), &err);
}

static void close_draft(struct scene *s)
{
	draft_close(&s->draft);
	record_close(s->record);
	workspace_close(s->ws);
}

static struct scene begin(const char *xml)
{
	struct scene s = { .form = load_form(xml) };
	struct err err = ERR_INIT;
	struct form_info info;

	assert_good(workspace_create(folder, PASSPHRASE, &err), &err);
	s.ws = workspace_open(folder, PASSPHRASE, &err);
	assert_good(s.ws != NULL, &err);
	join_project(s.ws);
	info = add_form(s.ws, xml);
	s.record = record_new(s.ws, &info, 0, &err);
	assert_good(s.record != NULL, &err);
	s.id = record_head(s.record)->id;
	form_info_release(&info);
	s.draft.form = s.form;
	s.draft.record = s.record;
	assert_good(draft_open(&s.draft, &err), &err);
	return s;
}

static void end(struct scene *s)
{
	close_draft(s);
	xform_free(s->form);
}

static struct node *at(struct scene *s, const char *ref)
{
	struct err err = ERR_INIT;
	struct node *n = session_find(s->draft.session, ref, &err);

	assert_good(n != NULL, &err);
	return n;
}

static void answer(struct scene *s, const char *ref, const char *value)
{
	struct err err = ERR_INIT;

	assert_good(draft_answer(&s->draft, at(s, ref), value, &err), &err);
}

static void add_one(struct scene *s)
{
	const struct xf_node *repeat;
	struct err err = ERR_INIT;
	struct node *parent;

	assert_good(session_find_repeat(s->draft.session, "/data/r", &parent,
		&repeat, &err), &err);
	assert_good(draft_insert(&s->draft, parent, repeat, &err), &err);
}

static bool undo(struct scene *s, bool redo)
{
	struct err err = ERR_INIT;
	struct journal_step step;
	bool ok = draft_undo(&s->draft, redo, &step, &err);

	if (!ok)
		assert_int_equal(err.code, ERR_NOTFOUND);
	journal_step_release(&step);
	return ok;
}

static void assert_value(struct scene *s, const char *ref, const char *value)
{
	assert_string_equal(node_raw_value(at(s, ref)), value);
}

static char *xml_of(struct scene *s)
{
	struct str xml = STR_INIT;
	struct err err = ERR_INIT;

	assert_good(draft_keep_chance(&s->draft, &err), &err);
	assert_good(session_serialize(s->draft.session, true, &xml, &err),
		&err);
	assert_good(draft_keep_chance(&s->draft, &err), &err);
	return str_steal(&xml);
}

/* --- undo --- */

/* A walk through changes, undo and redo, with the draft left and opened again
 * now and then; each state is compared with how it was when it was made. */
struct walk {
	struct scene s;
	struct chance chance;
	VEC(char *) states;	/* by number of steps that count */
	size_t now;
};

static unsigned draw(struct walk *w, unsigned n)
{
	return (unsigned)(chance_next(&w->chance) % n);
}

static size_t n_instances(struct walk *w)
{
	const struct xf_node *repeat;
	struct node *parent;

	assert_true(session_find_repeat(w->s.draft.session, "/data/r", &parent,
		&repeat, NULL));
	return node_count(parent, repeat);
}

static void change(struct walk *w)
{
	static const char *const refs[] = { "/data/a", "/data/b", "/data/g/c",
		"/data/g/d" };
	size_t n = n_instances(w);
	struct err err = ERR_INIT;
	char text[40];

	snprintf(text, sizeof text, "value %u", draw(w, 1000));
	switch (draw(w, 8)) {
	case 0:
		add_one(&w->s);
		break;
	case 1:
		if (n > 0) {
			snprintf(text, sizeof text, "/data/r[%u]",
				1 + draw(w, (unsigned)n));
			assert_good(draft_remove(&w->s.draft, at(&w->s, text),
				&err), &err);
			break;
		}
		add_one(&w->s);
		break;
	case 2:
		assert_good(draft_clear(&w->s.draft, at(&w->s, "/data/g"),
			&err), &err);
		break;
	case 3:
		if (n > 0) {
			char ref[40];

			snprintf(ref, sizeof ref, "/data/r[%u]/name",
				1 + draw(w, (unsigned)n));
			answer(&w->s, ref, text);
			break;
		}
		/* fall through */
	default:
		answer(&w->s, refs[draw(w, 4)], text);
	}
}

static void note_state(struct walk *w)
{
	char *xml = xml_of(&w->s);

	while (w->states.n > w->now)
		free(w->states.items[--w->states.n]);
	vec_push(&w->states, xml);
}

static void assert_state(struct walk *w)
{
	char *xml = xml_of(&w->s);

	assert_string_equal(xml, w->states.items[w->now]);
	free(xml);
}

static void step(struct walk *w)
{
	struct err err = ERR_INIT;
	unsigned what = draw(w, 12);

	if (what < 6) {
		change(w);
		w->now++;
		note_state(w);
	} else if (what < 9) {
		assert_true(undo(&w->s, false) == (w->now > 0));
		w->now -= w->now > 0;
	} else if (what < 11) {
		bool can = w->now + 1 < w->states.n;

		assert_true(undo(&w->s, true) == can);
		w->now += can;
	} else if (draw(w, 2)) {
		close_draft(&w->s);
		open_draft(&w->s);
	} else {	/* what was typed and is no answer is no step */
		assert_false(draft_answer(&w->s.draft, at(&w->s, "/data/n"),
			"nine", &err));
	}
	assert_state(w);
}

static void walk_of(unsigned n_steps, uint64_t seed)
{
	struct walk w = { .chance = { seed, true } };

	fresh_folder(NULL);
	w.s = begin(standard_form);
	note_state(&w);
	for (unsigned i = 0; i < n_steps; i++)
		step(&w);
	while (w.now > 0) {
		assert_true(undo(&w.s, false));
		w.now--;
		assert_state(&w);
	}
	while (w.now + 1 < w.states.n) {
		assert_true(undo(&w.s, true));
		w.now++;
		assert_state(&w);
	}
	w.now = 0;
	while (w.states.n > 0)
		free(w.states.items[--w.states.n]);
	vec_release(&w.states);
	end(&w.s);
	free(folder);
	folder = NULL;
}

static void undo_and_redo_bring_back_what_was(void **state)
{
	bool is_long = getenv("BAYAZ_LONG") != NULL;

	(void)state;
	free(folder);
	for (uint64_t seed = 1; seed <= (is_long ? 60 : 3); seed++)
		walk_of(is_long ? 400 : 120, seed);
}

static void a_cleared_group_comes_back(void **state)
{
	struct scene s = begin(standard_form);
	struct err err = ERR_INIT;

	(void)state;
	answer(&s, "/data/g/c", "one");
	answer(&s, "/data/g/d", "two");
	answer(&s, "/data/a", "stays");
	assert_good(draft_clear(&s.draft, at(&s, "/data/g"), &err), &err);
	assert_value(&s, "/data/g/c", "");
	assert_value(&s, "/data/g/d", "");
	assert_value(&s, "/data/a", "stays");
	close_draft(&s);
	open_draft(&s);
	assert_value(&s, "/data/g/c", "");
	assert_true(undo(&s, false));
	assert_value(&s, "/data/g/c", "one");
	assert_value(&s, "/data/g/d", "two");
	assert_true(undo(&s, true));
	assert_value(&s, "/data/g/d", "");
	end(&s);
}

static void write_photo(const char *path, const char *text)
{
	struct err err = ERR_INIT;

	assert_good(file_write(path, text, strlen(text), 0600, &err), &err);
}

/* The bytes of the record's attachment of that name. */
static void assert_photo(struct scene *s, const char *name, const char *text)
{
	const struct record_head *head = record_head(s->record);
	struct str out = STR_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < head->n_attachments; i++)
		if (strcmp(head->attachments[i].name, name) == 0)
			assert_good(files_read(s->ws, head->attachments[i].file,
				1 << 20, &out, &err), &err);
	assert_non_null(strstr(out.data, text));
	str_release(&out);
}

static void a_file_of_the_same_name_does_not_replace_the_other(void **state)
{
	struct scene s = begin(standard_form);
	char *path = str_format("%s/photo.txt", root);
	struct err err = ERR_INIT;

	(void)state;
	write_photo(path, "the first");
	assert_good(draft_attach(&s.draft, at(&s, "/data/p"), path, &err),
		&err);
	write_photo(path, "the second");
	assert_good(draft_attach(&s.draft, at(&s, "/data/p"), path, &err),
		&err);
	assert_value(&s, "/data/p", "photo-2.txt");
	assert_photo(&s, "photo-2.txt", "second");
	assert_true(undo(&s, false));
	assert_value(&s, "/data/p", "photo.txt");
	assert_photo(&s, "photo.txt", "first");
	free(path);
	end(&s);
}

/* With the finished record goes what it names; the rest waits. */
static void opened_again_a_record_has_the_files_of_its_undo(void **state)
{
	struct scene s = begin(standard_form);
	char *path = str_format("%s/photo.txt", root);
	struct err err = ERR_INIT;

	(void)state;
	write_photo(path, "the first");
	assert_good(draft_attach(&s.draft, at(&s, "/data/p"), path, &err),
		&err);
	write_photo(path, "the second");
	assert_good(draft_attach(&s.draft, at(&s, "/data/p"), path, &err),
		&err);
	assert_good(draft_finish(&s.draft, &err), &err);
	assert_int_equal(record_head(s.record)->n_attachments, 1);
	assert_photo(&s, "photo-2.txt", "second");
	draft_close(&s.draft);
	assert_good(record_reopen(s.record, &err), &err);
	record_close(s.record);
	workspace_close(s.ws);
	open_draft(&s);
	assert_true(undo(&s, false));
	assert_value(&s, "/data/p", "photo.txt");
	assert_photo(&s, "photo.txt", "first");
	assert_good(draft_finish(&s.draft, &err), &err);
	assert_int_equal(record_head(s.record)->n_attachments, 1);
	assert_good(records_purge(s.ws, &s.id, 1, &err), &err);
	free(path);
	end(&s);
}

/* --- protected drafts --- */

struct looking { const char *word; bool found; };

static bool look(void *context, uint64_t number, const struct journal_event *e,
	struct err *err)
{
	struct looking *looking = context;

	(void)number;
	(void)err;
	looking->found = looking->found ||
		strstr(e->value, looking->word) != NULL ||
		strstr(e->path, looking->word) != NULL;
	return true;
}

/* In anything that the keys of today open. */
static bool journal_says(struct scene *s, const char *word)
{
	struct looking looking = { word, false };
	struct err err = ERR_INIT;

	assert_good(journal_history(s->record, look, &looking, &err), &err);
	return looking.found;
}

static void copy(const char *from, const char *to, const char *name)
{
	char *a = path_join(from, name), *b = path_join(to, name);
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	if (file_exists(a)) {
		assert_good(file_read(a, 1 << 28, &bytes, &err), &err);
		assert_good(file_write(b, bytes.data, bytes.len, 0600, &err),
			&err);
	}
	str_release(&bytes);
	free(a);
	free(b);
}

/* The database as a disk may still hold it, beside the keys of today. */
static void assert_old_does_not_open(const char *old)
{
	struct err err = ERR_INIT;

	copy(folder, old, "keys");
	assert_null(workspace_open(old, PASSPHRASE, &err));
	assert_int_equal(err.code, ERR_CONFLICT);
	scratch_remove(old);
}

static char *keep_old(void)
{
	char *old = str_format("%s.old", folder);

	assert_int_equal(mkdir(old, 0700), 0);
	copy(folder, old, "field.db");
	copy(folder, old, "field.db-wal");
	return old;
}

/* Something of everything that a draft may forget. */
static void talk(struct scene *s)
{
	struct err err = ERR_INIT;

	answer(s, "/data/a", "before-canary");
	answer(s, "/data/a", "now-canary");
	answer(s, "/data/b", "undone-canary");
	assert_true(undo(s, false));
	assert_false(draft_answer(&s->draft, at(s, "/data/n"),
		"refused-canary", &err));
	assert_good(draft_comment(&s->draft, at(s, "/data/a"), "old-remark",
		&err), &err);
	assert_good(draft_comment(&s->draft, at(s, "/data/a"), "new-remark",
		&err), &err);
	add_one(s);
	answer(s, "/data/r[1]/name", "removed-canary");
	assert_good(draft_comment(&s->draft, at(s, "/data/r[1]/name"),
		"gone-remark", &err), &err);
	assert_good(draft_remove(&s->draft, at(s, "/data/r[1]"), &err), &err);
}

static const char *const FORGOTTEN[] = { "before-canary", "undone-canary",
	"refused-canary", "old-remark", "removed-canary", "gone-remark" };

static void assert_folded(struct scene *s)
{
	for (size_t i = 0; i < sizeof FORGOTTEN / sizeof *FORGOTTEN; i++)
		assert_false(journal_says(s, FORGOTTEN[i]));
	assert_value(s, "/data/a", "now-canary");
	assert_value(s, "/data/b", "");
	assert_string_equal(draft_comment_at(&s->draft, at(s, "/data/a")),
		"new-remark");
	assert_int_equal(record_head(s->record)->n_events, 1);
	assert_false(undo(s, false));
	assert_false(undo(s, true));
}

static void what_is_left_is_one_state(void **state)
{
	struct scene s = begin(protected_form);
	struct err err = ERR_INIT;
	char *old, *xml, *after;

	(void)state;
	talk(&s);
	for (size_t i = 0; i < sizeof FORGOTTEN / sizeof *FORGOTTEN; i++)
		assert_true(journal_says(&s, FORGOTTEN[i]));
	xml = xml_of(&s);
	old = keep_old();
	assert_good(draft_lock(&s.draft, &err), &err);
	assert_folded(&s);
	assert_old_does_not_open(old);
	close_draft(&s);
	open_draft(&s);
	assert_folded(&s);
	after = xml_of(&s);
	assert_string_equal(after, xml);
	end(&s);
	free(xml);
	free(after);
	free(old);
}

/* A photo that was taken back is gone, one that waits for its question stays. */
static void a_file_that_nothing_names_goes_with_the_fold(void **state)
{
	static const char jpeg[] = "\xFF\xD8\xFF\xDA\0\2x\xFF\xD9";
	struct scene s = begin(protected_form);
	char *path = str_format("%s/a.jpg", root), *old;
	struct err err = ERR_INIT;

	(void)state;
	assert_good(file_write(path, jpeg, sizeof jpeg - 1, 0600, &err), &err);
	assert_good(draft_attach(&s.draft, at(&s, "/data/p"), path, &err),
		&err);
	assert_good(draft_attach(&s.draft, at(&s, "/data/p"), path, &err),
		&err);
	assert_int_equal(record_head(s.record)->n_attachments, 2);
	old = keep_old();
	assert_good(draft_lock(&s.draft, &err), &err);
	assert_int_equal(record_head(s.record)->n_attachments, 1);
	assert_string_equal(record_head(s.record)->attachments[0].name,
		"picture-2.jpg");
	assert_old_does_not_open(old);
	free(old);
	free(path);
	end(&s);
}

static void after_a_crash_the_next_opening_folds(void **state)
{
	struct scene s = begin(protected_form);
	char *old;

	(void)state;
	talk(&s);
	close_draft(&s);	/* without locking it */
	old = keep_old();
	open_draft(&s);
	assert_folded(&s);
	assert_old_does_not_open(old);
	end(&s);
	free(old);
}

static void a_standard_draft_keeps_its_undo(void **state)
{
	struct scene s = begin(standard_form);
	struct err err = ERR_INIT;

	(void)state;
	talk(&s);
	assert_good(draft_lock(&s.draft, &err), &err);
	close_draft(&s);
	open_draft(&s);
	assert_true(journal_says(&s, "before-canary"));
	while (undo(&s, false))
		;
	assert_value(&s, "/data/a", "");
	while (undo(&s, true))
		;
	assert_value(&s, "/data/a", "now-canary");
	assert_string_equal(draft_comment_at(&s.draft, at(&s, "/data/a")),
		"new-remark");
	end(&s);
}

static void what_a_rebase_kept_aside_outlives_the_fold(void **state)
{
	struct scene s = begin(protected_form);
	struct xform *newer = load_form(newer_form);
	struct form_info info = add_form(s.ws, newer_form);
	struct rebase found = { NULL, 0, 0 }, kept = { NULL, 0, 0 };
	struct err err = ERR_INIT;

	(void)state;
	answer(&s, "/data/b", "no place for it");
	assert_good(draft_comment(&s.draft, at(&s, "/data/b"), "nor for this",
		&err), &err);
	assert_good(draft_comment(&s.draft, at(&s, "/data/a"), "but for this",
		&err), &err);
	assert_good(draft_rebase(&s.draft, s.ws, &info, newer, &found, &err),
		&err);
	assert_good(draft_lock(&s.draft, &err), &err);
	assert_int_equal(record_head(s.record)->n_events, 1);
	xform_free(s.form);
	s.form = newer;
	close_draft(&s);
	open_draft(&s);
	assert_good(draft_asides(s.record, &kept, &err), &err);
	assert_int_equal(kept.n, 2);
	assert_string_equal(kept.items[0].ref, "/data/b");
	assert_string_equal(kept.items[0].text, "no place for it");
	assert_string_equal(kept.items[1].text, "nor for this");
	assert_string_equal(draft_comment_at(&s.draft, at(&s, "/data/a")),
		"but for this");
	rebase_release(&found);
	rebase_release(&kept);
	form_info_release(&info);
	end(&s);
}

static void set_fault(int where, unsigned nth)
{
	if (where == 0)
		db_fail_nth(nth);
	else
		file_fail_nth(nth);
}

/* Locks, with the nth write failing; true: it went well. */
static bool lock_failing(const char *from, int64_t id, struct xform *form,
	int where, unsigned nth)
{
	struct scene s = { .form = form, .id = id };
	struct err err = ERR_INIT;
	bool ok;

	fresh_folder(NULL);
	assert_int_equal(mkdir(folder, 0700), 0);
	copy(from, folder, "keys");
	copy(from, folder, "field.db");
	s.ws = workspace_open(folder, PASSPHRASE, &err);
	assert_good(s.ws != NULL, &err);
	s.record = record_open(s.ws, id, &err);
	s.draft.form = form;
	s.draft.record = s.record;
	set_fault(where, nth);
	ok = draft_open(&s.draft, &err);	/* folds */
	set_fault(where, 0);
	close_draft(&s);
	open_draft(&s);
	assert_folded(&s);
	close_draft(&s);
	scratch_remove(folder);
	free(folder);
	assert_true(nth < 500);
	return ok;
}

static void whichever_write_fails_the_draft_is_there_and_folds(void **state)
{
	struct scene s = begin(protected_form);
	char *from = folder;

	(void)state;
	talk(&s);
	close_draft(&s);
	for (int where = 0; where < 2; where++)
		for (unsigned nth = 1; !lock_failing(from, s.id, s.form, where,
				nth); nth++)
			;
	xform_free(s.form);
	folder = from;
}

/* --- the clock --- */

#define DAY INT64_C(86400)

/* A clock that can be set, and time that goes on evenly. */
struct made_up { int64_t now_s, steady_s; };

static int64_t made_up_now(void *context)
{
	return ((struct made_up *)context)->now_s * 1000;
}

static int64_t made_up_steady(void *context)
{
	return ((struct made_up *)context)->steady_s * 1000;
}

static struct field_clock begin_clock(struct made_up *time)
{
	const struct clock_source source = { made_up_now, made_up_steady,
		time };
	struct field_clock clock;

	field_clock_begin(&clock, &source);
	return clock;
}

/* Days after the program was built. */
static const char *day_text(int days)
{
	static char text[4][CLOCK_DATE_BYTES];
	static unsigned at;
	time_t when = (time_t)(BUILD_TIME + days * DAY);
	struct tm tm;

	gmtime_r(&when, &tm);
	at = (at + 1) % 4;
	strftime(text[at], CLOCK_DATE_BYTES, "%Y-%m-%d", &tm);
	return text[at];
}

/* In the digits of Urdu. */
static char *in_urdu(const char *text)
{
	struct str out = STR_INIT;

	for (; *text != '\0'; text++)
		if (*text >= '0' && *text <= '9')
			str_add_utf8(&out, 0x6F0 + (unsigned)(*text - '0'));
		else
			str_addc(&out, *text);
	return str_steal(&out);
}

/* What a person types, and what is shown. */
struct talk { char *shown; size_t n_shown; FILE *in; };

static struct talk begin_talk(const char *typed)
{
	struct talk talk = { .shown = NULL };

	talk.in = tmpfile();
	fputs(typed, talk.in);
	rewind(talk.in);
	return talk;
}

static void end_talk(struct talk *talk)
{
	fclose(talk->in);
	free(talk->shown);
}

/* Typed lines; how it ended, and what was shown in talk->shown. */
static bool check_today(struct workspace *ws, struct field_clock *clock,
	struct talk *talk)
{
	struct err err = ERR_INIT;
	FILE *out = open_memstream(&talk->shown, &talk->n_shown);
	struct prompt prompt = { .in = talk->in, .out = out };
	const struct asker asker = prompt_asker(&prompt);
	bool ok = today_check(ws, clock, &asker, &err);

	assert_int_equal(err.code, ERR_NONE);
	prompt_release(&prompt);
	fclose(out);
	return ok;
}

static void a_clock_that_is_right_is_not_asked_about(void **state)
{
	struct made_up time = { BUILD_TIME + 3 * DAY, 7 };
	struct scene s = begin(standard_form);
	struct field_clock clock = begin_clock(&time);
	struct talk talk = begin_talk("");

	(void)state;
	assert_true(check_today(s.ws, &clock, &talk));
	assert_string_equal(talk.shown, "");
	assert_false(clock.is_given);
	assert_int_equal(field_clock_now_ms(&clock), time.now_s * 1000);
	end_talk(&talk);
	end(&s);
}

/* A battery that is empty: 1970. */
static void a_clock_before_the_program_is_asked_about(void **state)
{
	struct made_up time = { 3600, 7 };
	struct scene s = begin(standard_form);
	struct field_clock clock = begin_clock(&time);
	char *urdu = in_urdu(day_text(5)), *typed;
	struct talk talk;
	char date[CLOCK_DATE_BYTES];

	(void)state;
	typed = str_format("\n\nno idea\n2026-02-30\n26-11-2026\n%s\n%s\n%s\n"
		"%s\n", "1970-01-02", day_text(-2), "2999-01-01", urdu);
	talk = begin_talk(typed);
	assert_true(check_today(s.ws, &clock, &talk));
	assert_non_null(strstr(talk.shown, "1970-01-01"));
	assert_non_null(strstr(talk.shown, "that is no date"));
	assert_non_null(strstr(talk.shown, "are newer"));
	assert_non_null(strstr(talk.shown, "too far ahead"));
	assert_true(clock.is_given);
	assert_string_equal(clock.date, day_text(5));
	field_clock_date(&clock, date);
	assert_string_equal(date, day_text(5));
	time.now_s = 99;	/* whatever the clock does now, time goes on */
	time.steady_s += DAY;
	field_clock_date(&clock, date);
	assert_string_equal(date, day_text(6));
	end_talk(&talk);
	talk = begin_talk("");
	assert_true(check_today(s.ws, &clock, &talk));	/* once is enough */
	end_talk(&talk);
	free(urdu);
	free(typed);
	end(&s);
}

static void a_clock_before_the_kit_is_asked_about(void **state)
{
	struct made_up time = { BUILD_TIME + 3 * DAY, 7 };
	struct scene s = begin(standard_form);
	struct field_clock clock = begin_clock(&time);
	struct err err = ERR_INIT;
	char *typed = str_format("%s\n%s\n", day_text(7), day_text(12));
	struct talk talk = begin_talk(typed);

	(void)state;
	assert_good(field_clock_note_kit(s.ws, day_text(10), &err), &err);
	assert_good(field_clock_note_kit(s.ws, day_text(4), &err), &err);
	assert_true(check_today(s.ws, &clock, &talk));
	assert_non_null(strstr(talk.shown, "are newer"));
	assert_string_equal(clock.date, day_text(12));
	end_talk(&talk);
	free(typed);
	end(&s);
}

/* It ran ahead once: the true date is before what was seen, and can be said. */
static void a_clock_before_the_last_session_is_asked_about(void **state)
{
	struct made_up time = { BUILD_TIME + 400 * DAY, 7 };
	struct scene s = begin(standard_form);
	struct field_clock clock = begin_clock(&time);
	struct err err = ERR_INIT;
	char *typed = str_format("%s\nno\n%s\nyes\n", day_text(5), day_text(6));
	struct talk talk = begin_talk(typed);

	(void)state;
	assert_good(field_clock_note_seen(s.ws, &clock, &err), &err);
	time.now_s = BUILD_TIME + 5 * DAY;
	clock = begin_clock(&time);
	assert_true(check_today(s.ws, &clock, &talk));
	assert_non_null(strstr(talk.shown, day_text(400)));
	assert_string_equal(clock.date, day_text(6));
	end_talk(&talk);
	assert_good(field_clock_note_seen(s.ws, &clock, &err), &err);
	time.now_s = BUILD_TIME + 7 * DAY;	/* it is right again */
	clock = begin_clock(&time);
	talk = begin_talk("");
	assert_true(check_today(s.ws, &clock, &talk));
	assert_false(clock.is_given);
	end_talk(&talk);
	free(typed);
	end(&s);
}

/* An interview of the scene's draft, under this clock. */
static enum interview_end interview(struct scene *s, struct field_clock *clock,
	struct talk *talk)
{
	struct err err = ERR_INIT;
	FILE *out = open_memstream(&talk->shown, &talk->n_shown);
	struct interview_setup setup = { .ws = s->ws, .form = s->form,
		.record = s->record, .clock = clock, .in = talk->in,
		.out = out };
	enum interview_end end;

	workspace_use_clock(s->ws, clock);
	end = interview_run(&setup, &err);
	assert_int_equal(err.code, ERR_NONE);
	fclose(out);
	workspace_use_clock(s->ws, NULL);
	return end;
}

struct dates { char text[200]; };

static bool note_date(void *context, uint64_t number,
	const struct journal_event *e, struct err *err)
{
	struct dates *dates = context;

	(void)number;
	(void)err;
	if (e->kind == JOURNAL_CLOCK)
		strncat(dates->text, e->value, sizeof dates->text -
			strlen(dates->text) - 1);
	return true;
}

static void assert_dated(struct scene *s, const char *date)
{
	struct dates dates = { "" };
	struct err err = ERR_INIT;
	char *xml;

	assert_true(record_head(s->record)->clock_given);
	assert_good(journal_replay(s->record, note_date, &dates, &err), &err);
	assert_string_equal(dates.text, date);
	close_draft(s);
	open_draft(s);
	xml = xml_of(s);
	assert_non_null(strstr(xml, "bayaz:clock=\"given\""));
	free(xml);
}

static void a_given_date_is_that_of_the_record(void **state)
{
	struct made_up time = { 3600, 7 };
	struct scene s = begin(standard_form);
	struct field_clock clock = begin_clock(&time);
	struct err err = ERR_INIT;
	enum clock_answer given;
	struct form_info info;
	struct talk talk;

	(void)state;
	assert_good(field_clock_give(s.ws, &clock, day_text(9), false, &given,
		&err), &err);
	assert_int_equal(given, CLOCK_TAKEN);
	draft_close(&s.draft);
	record_close(s.record);
	workspace_use_clock(s.ws, &clock);
	info = add_form(s.ws, standard_form);
	s.record = record_new(s.ws, &info, 0, &err);
	form_info_release(&info);
	s.id = record_head(s.record)->id;
	talk = begin_talk("one\n:q\n");
	assert_int_equal(interview(&s, &clock, &talk), INTERVIEW_SAVED);
	assert_int_equal(record_head(s.record)->created / DAY,
		BUILD_TIME / DAY + 9);
	memset(&s.draft, 0, sizeof s.draft);
	assert_dated(&s, day_text(9));
	assert_value(&s, "/data/day", day_text(9));
	assert_value(&s, "/data/a", "one");
	end_talk(&talk);
	end(&s);
}

/* The clock is set while the program runs. */
struct jumping { struct made_up *time; const char *typed; };

static ssize_t read_and_jump(void *cookie, char *buffer, size_t size)
{
	struct jumping *j = cookie;
	size_t n = strcspn(j->typed, "\n") + (strchr(j->typed, '\n') != NULL);

	if (n > size)
		return -1;
	memcpy(buffer, j->typed, n);
	j->typed += n;
	j->time->now_s += 2 * DAY;	/* with each line */
	j->time->steady_s += 60;
	return (ssize_t)n;
}

static void a_clock_that_jumps_is_asked_about_before_the_next_question(
	void **state)
{
	struct made_up time = { BUILD_TIME + 5 * DAY, 7 };
	struct scene s = begin(protected_form);
	struct field_clock clock = begin_clock(&time);
	char *typed = str_format("one\n%s\ntwo\n:q\n", day_text(5));
	struct jumping jumping = { &time, typed };
	const cookie_io_functions_t functions = { .read = read_and_jump };
	struct talk talk = { .in = fopencookie(&jumping, "r", functions) };
	const char *asked;

	(void)state;
	draft_close(&s.draft);
	assert_int_equal(interview(&s, &clock, &talk), INTERVIEW_SAVED);
	asked = strstr(talk.shown, "What is today's date?");
	assert_non_null(asked);
	assert_null(strstr(asked + 1, "What is today's date?"));
	assert_int_equal(record_head(s.record)->n_events, 1);	/* folded */
	assert_dated(&s, day_text(5));
	assert_value(&s, "/data/a", "one");
	assert_value(&s, "/data/b", "two");
	end_talk(&talk);
	free(typed);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(undo_and_redo_bring_back_what_was),
		IN_A_FOLDER(a_cleared_group_comes_back),
		IN_A_FOLDER(a_file_of_the_same_name_does_not_replace_the_other),
		IN_A_FOLDER(opened_again_a_record_has_the_files_of_its_undo),
		IN_A_FOLDER(what_is_left_is_one_state),
		IN_A_FOLDER(a_file_that_nothing_names_goes_with_the_fold),
		IN_A_FOLDER(after_a_crash_the_next_opening_folds),
		IN_A_FOLDER(a_standard_draft_keeps_its_undo),
		IN_A_FOLDER(what_a_rebase_kept_aside_outlives_the_fold),
		IN_A_FOLDER(whichever_write_fails_the_draft_is_there_and_folds),
		IN_A_FOLDER(a_clock_that_is_right_is_not_asked_about),
		IN_A_FOLDER(a_clock_before_the_program_is_asked_about),
		IN_A_FOLDER(a_clock_before_the_kit_is_asked_about),
		IN_A_FOLDER(a_clock_before_the_last_session_is_asked_about),
		IN_A_FOLDER(a_given_date_is_that_of_the_record),
		IN_A_FOLDER(a_clock_that_jumps_is_asked_about_before_the_next_question),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, make_root, remove_root);
}
