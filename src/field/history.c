#include "config.h"

#include "field/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "field/local.h"
#include "field/undo.h"
#include "xml/xml.h"

/* A place and what stood there before an event; to be put back. */
struct past {
	uint64_t number;	/* of the event */
	char *path;
	char *value;		/* NULL: nothing stood there */
	size_t shift;		/* of a removal: which instance; 0: a value */
	bool applied;
};

/* Paths are without "[1]", which a record's XML does not tell from none. */
struct value { char *path, *text; };

struct history {
	struct undo undo;
	VEC(struct value) values;
	struct map by_path;		/* path -> index + 1 */
	VEC(struct past) past;
	history_visit visit;
	void *context;
};

/* --- the values now --- */

static char *plain_path(const char *path)
{
	struct str out = STR_INIT;

	while (*path != '\0') {
		if (strncmp(path, "[1]", 3) == 0)
			path += 3;
		else
			str_addc(&out, *path++);
	}
	return str_steal(&out);
}

static void drop_values(struct history *h)
{
	for (size_t i = 0; i < h->values.n; i++) {
		wipe_free(h->values.items[i].text);
		wipe_free(h->values.items[i].path);
	}
	h->values.n = 0;
	map_release(&h->by_path);
	map_init(&h->by_path);
}

static void index_values(struct history *h)
{
	map_release(&h->by_path);
	map_init(&h->by_path);
	for (size_t i = 0; i < h->values.n; i++)
		map_set(&h->by_path, h->values.items[i].path,
			(void *)(uintptr_t)(i + 1));
}

static struct value *find(struct history *h, const char *path)
{
	uintptr_t at = (uintptr_t)map_get(&h->by_path, path);

	return at > 0 ? &h->values.items[at - 1] : NULL;
}

/* Takes over `text`; gives back what stood there, or NULL. */
static char *put_value(struct history *h, const char *path, char *text)
{
	struct value *there = find(h, path), fresh = { NULL, text };
	char *old;

	if (there != NULL) {
		old = there->text;
		there->text = text;
		return old;
	}
	fresh.path = xstrdup(path);
	vec_push(&h->values, fresh);
	map_set(&h->by_path, fresh.path, (void *)(uintptr_t)h->values.n);
	return NULL;
}

/* --- what can be taken back --- */

static void remember(struct history *h, uint64_t number, const char *path,
	char *value, size_t shift)
{
	struct past past = { number, xstrdup(path), value, shift, true };

	vec_push(&h->past, past);
}

static void set_value(struct history *h, uint64_t number, const char *path,
	const char *text)
{
	remember(h, number, path, put_value(h, path, xstrdup(text)), 0);
}

/* The instance that `path` goes through, below "REPEAT" or "REPEAT[k]"; 0: it
 * does not.  *rest is what follows. */
static size_t instance_of(const char *path, const char *repeat,
	const char **rest)
{
	size_t n = strlen(repeat), k = 1;
	char *end;

	if (strncmp(path, repeat, n) != 0)
		return 0;
	path += n;
	if (*path == '[') {
		k = strtoul(path + 1, &end, 10);
		path = end + (*end == ']');
	}
	*rest = path;
	return *path == '/' || *path == '\0' ? k : 0;
}

/* Instances from `from` on get another number; downwards, what was emptied in
 * the one before makes room. */
static void renumber(struct history *h, const char *repeat, size_t from,
	int by)
{
	size_t kept = 0;

	for (size_t i = 0; i < h->values.n; i++) {
		struct value v = h->values.items[i];
		const char *rest = "";
		size_t k = instance_of(v.path, repeat, &rest);
		char *path;

		if (by < 0 && k + 1 == from) {
			wipe_free(v.path);
			wipe_free(v.text);
			continue;
		}
		if (k >= from) {
			k = by < 0 ? k - 1 : k + 1;
			path = k == 1 ? str_format("%s%s", repeat, rest) :
				str_format("%s[%zu]%s", repeat, k, rest);
			wipe_free(v.path);
			v.path = path;
		}
		h->values.items[kept++] = v;
	}
	h->values.n = kept;
	index_values(h);
}

/* All values in an instance or group go, one `past` each. */
static void remove_values(struct history *h, uint64_t number,
	const char *path)
{
	size_t n = strlen(path), kept = 0;

	for (size_t i = 0; i < h->values.n; i++) {
		struct value v = h->values.items[i];

		if (strncmp(v.path, path, n) != 0 || (v.path[n] != '/' &&
				v.path[n] != '\0')) {
			h->values.items[kept++] = v;
			continue;
		}
		remember(h, number, v.path, v.text, 0);
		wipe_free(v.path);
	}
	h->values.n = kept;
	index_values(h);
}

/* "/data/r" and 2 from "/data/r[2]". */
static size_t split_instance(char *path)
{
	size_t n = strlen(path), k = 1;
	char *bracket = strrchr(path, '[');

	if (n > 0 && path[n - 1] == ']' && bracket != NULL) {
		k = strtoul(bracket + 1, NULL, 10);
		*bracket = '\0';
	}
	return k;
}

static void remove_instance(struct history *h, uint64_t number, char *path)
{
	size_t k;

	remove_values(h, number, path);
	k = split_instance(path);
	renumber(h, path, k + 1, -1);
	remember(h, number, path, NULL, k);
}

/* Exchanges what stands there with what is remembered, either way. */
static void swap(struct history *h, struct past *past)
{
	struct value *there;

	past->applied = !past->applied;
	if (past->shift > 0) {
		renumber(h, past->path, past->shift + past->applied,
			past->applied ? -1 : 1);
		return;
	}
	there = find(h, past->path);
	if (past->value != NULL) {
		past->value = put_value(h, past->path, past->value);
	} else if (there != NULL) {
		past->value = there->text;
		there->text = xstrdup("");
	}
}

static void take_back(struct history *h, uint64_t first)
{
	for (size_t i = h->past.n; i-- > 0 &&
			h->past.items[i].number >= first;)
		if (h->past.items[i].applied)
			swap(h, &h->past.items[i]);
}

static void bring_back(struct history *h, uint64_t first, uint64_t last)
{
	for (size_t i = 0; i < h->past.n; i++) {
		struct past *past = &h->past.items[i];

		if (past->number >= first && past->number <= last &&
				!past->applied)
			swap(h, past);
	}
}

/* --- events --- */

/* Instances of a repeat stand side by side. */
static void read_element(struct history *h, uint64_t number,
	const struct xml_node *e, const char *path)
{
	const struct xml_node *before = NULL;
	struct str text = STR_INIT;
	size_t k = 1;

	for (const struct xml_node *c = xml_child(e, NULL, NULL, NULL);
			c != NULL; c = xml_child(e, c, NULL, NULL)) {
		char *below = str_format("%s/%s%s%s", path, c->prefix,
			c->prefix[0] != '\0' ? ":" : "", c->local);
		char *name = below;

		k = before != NULL && strcmp(before->local, c->local) == 0 ?
			k + 1 : 1;
		if (k > 1)
			name = str_format("%s[%zu]", below, k);
		read_element(h, number, c, name);
		if (name != below)
			free(name);
		free(below);
		before = c;
	}
	if (before == NULL)
		xml_text(e, &text);
	if (text.len > 0)
		set_value(h, number, path, text.data);
	str_wipe(&text);
}

static bool read_whole(struct history *h, uint64_t number, const char *xml,
	struct err *err)
{
	struct xml_doc *doc = xml_parse(xml, strlen(xml), NULL,
		&xml_limits_record, err);
	char *path;

	if (doc == NULL)
		return false;
	path = str_format("/%s%s%s", doc->root->prefix,
		doc->root->prefix[0] != '\0' ? ":" : "", doc->root->local);
	read_element(h, number, doc->root, path);
	free(path);
	xml_free(doc);
	return true;
}

static void drop_past(struct history *h)
{
	for (size_t i = 0; i < h->past.n; i++) {
		wipe_free(h->past.items[i].path);
		wipe_free(h->past.items[i].value);
	}
	h->past.n = 0;
}

/* The step that an undo or redo takes; NULL: it takes none. */
static const struct undo_step *taken(const struct history *h, bool is_redo)
{
	if (is_redo)
		return h->undo.undone.n > 0 ? &h->undo.undone.items[
			h->undo.undone.n - 1] : NULL;
	return h->undo.steps.n > 0 ? &h->undo.steps.items[
		h->undo.steps.n - 1] : NULL;
}

static void move_step(struct history *h, const struct undo_step *step,
	bool is_redo)
{
	if (!is_redo) {
		take_back(h, step->first);
		return;
	}
	take_back(h, step->last + 1);	/* what chance gave meanwhile */
	bring_back(h, step->first, step->last);
	for (size_t i = 0; i < h->undo.afters.n; i++)
		if (h->undo.afters.items[i].owner == step->first)
			bring_back(h, h->undo.afters.items[i].number,
				h->undo.afters.items[i].number);
}

/* Also gives what stood at an answer's place; free() it. */
static bool follow(struct history *h, uint64_t number,
	const struct journal_event *e, char **old, struct err *err)
{
	char *path = plain_path(e->path);
	const struct value *there = find(h, path);
	bool ok = true;

	if (e->kind == JOURNAL_ANSWER)
		*old = xstrdup(there != NULL ? there->text : "");
	switch (e->kind) {
	case JOURNAL_STATE:
		drop_values(h);
		drop_past(h);
		ok = read_whole(h, number, e->value, err);
		break;
	case JOURNAL_REBASE:
		remove_values(h, number, "");
		ok = read_whole(h, number, e->value, err);
		break;
	case JOURNAL_ANSWER:
		set_value(h, number, path, e->value);
		break;
	case JOURNAL_CLEAR:
		remove_values(h, number, path);
		break;
	case JOURNAL_REMOVE:
		remove_instance(h, number, path);
		break;
	default:
		break;
	}
	wipe_free(path);
	return ok;
}

static bool is_step(enum journal_kind kind)
{
	switch (kind) {
	case JOURNAL_ANSWER: case JOURNAL_INSERT: case JOURNAL_REMOVE:
	case JOURNAL_COMMENT: case JOURNAL_CLEAR: case JOURNAL_REBASE:
	case JOURNAL_ASIDE:
		return true;
	default:
		return false;
	}
}

static bool see_event(void *context, uint64_t number,
	const struct journal_event *e, bool counts, struct err *err)
{
	struct history *h = context;
	struct history_event told = { .number = number, .event = e,
		.undone = !counts && is_step(e->kind) };
	bool is_move = e->kind == JOURNAL_UNDO || e->kind == JOURNAL_REDO;
	const struct undo_step *step = is_move ?
		taken(h, e->kind == JOURNAL_REDO) : NULL;
	char *old = NULL;
	bool ok;

	if (step != NULL) {
		told.step = step->first;
		move_step(h, step, e->kind == JOURNAL_REDO);
	}
	undo_see(&h->undo, number, e->kind, e->joined);
	ok = follow(h, number, e, &old, err);
	told.old = old;
	ok = ok && h->visit(h->context, &told, err);
	wipe_free(old);
	return ok;
}

bool history_each(struct record *record, history_visit visit, void *context,
	struct err *err)
{
	struct history h = { .visit = visit, .context = context };
	bool ok = journal_tell_all(record, see_event, &h, err);

	drop_values(&h);
	map_release(&h.by_path);
	drop_past(&h);
	vec_release(&h.values);
	vec_release(&h.past);
	undo_release(&h.undo);
	return ok;
}
