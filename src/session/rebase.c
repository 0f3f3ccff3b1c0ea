#include "config.h"

#include "session/rebase.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/wipe.h"
#include "session/node.h"

struct select { struct node *old, *new; };

struct rebasing {
	struct session *old, *new;
	struct rebase *found;
	struct map old_names, new_names;	/* of questions; see note_names() */
	struct node *anchor;	/* the new instance of the closest repeat around,
				 * or the new root; NULL: it is not there */
	VEC(struct select) selects;
};

void rebase_release(struct rebase *rebase)
{
	for (size_t i = 0; i < rebase->n; i++) {
		free(rebase->items[i].ref);
		wipe_free(rebase->items[i].text);
		free(rebase->items[i].to);
	}
	vec_release(rebase);
}

static char *ref_of(const struct node *n)
{
	struct str ref = STR_INIT;

	node_ref(n, &ref);
	return str_steal(&ref);
}

static void note(struct rebasing *r, enum rebase_why why,
	const struct node *old, const char *text, const struct node *to)
{
	struct rebase_item item = { why, ref_of(old), xstrdup(text),
		to != NULL ? ref_of(to) : NULL };

	vec_push(r->found, item);
}

/* --- what has moved --- */

/* Local name -> its question, or SEVERAL. */
static char SEVERAL;

static void note_names(struct map *names, const struct xform *form)
{
	for (unsigned i = 0; i < form->n_nodes; i++) {
		struct xf_node *node = form->nodes[i];

		if (node->is_value && node->n_controls > 0)
			map_set(names, node->local, map_has(names,
				node->local) ? (void *)&SEVERAL : node);
	}
}

/* Where the question stands now; NULL: it has not moved, it is gone. */
static const struct xf_node *moved_to(const struct rebasing *r,
	const struct xf_node *old)
{
	void *was = map_get(&r->old_names, old->local);
	void *is = map_get(&r->new_names, old->local);

	if (was != old || is == NULL || is == &SEVERAL)
		return NULL;
	return is;
}

/* No repeat lies between the two; NULL: not in this record. */
static struct node *below(struct node *anchor, const struct xf_node *form)
{
	struct node *parent;

	if (form == anchor->form)
		return anchor;
	if (form->parent == NULL || form->is_repeat)
		return NULL;
	parent = below(anchor, form->parent);
	return parent != NULL ? node_child(parent, form) : NULL;
}

static bool take(struct rebasing *r, struct node *to, const char *text)
{
	char *cast = value_cast(to->form, text, NULL);
	bool fits = strcmp(cast, text) == 0;

	if (fits) {
		node_store(r->new, to, text);
		to->answered = true;
		mark_value_changed(r->new, to);
	}
	wipe_free(cast);
	return fits;
}

static bool move(struct rebasing *r, struct node *old)
{
	const struct xf_node *form = moved_to(r, old->form);
	struct node *to;

	if (form == NULL || r->anchor == NULL ||
			form->bind->calculate != NULL)
		return false;
	to = below(r->anchor, form);
	if (to == NULL || node_raw_value(to)[0] != '\0' ||
			!take(r, to, old->raw))
		return false;
	note(r, REBASE_MOVED, old, old->raw, to);
	if (old->form->n_controls > 0)
		vec_push(&r->selects, ((struct select){ old, to }));
	return true;
}

/* --- choices --- */

static const struct xf_control *choosing(const struct node *n)
{
	const struct xf_control *c = n->form->controls[0];

	return (c->kind == XF_SELECT1 || c->kind == XF_SELECT ||
		c->kind == XF_RANK) && !c->is_open ? c : NULL;
}

static void add_word(struct str *to, const char *word)
{
	if (to->len > 0)
		str_addc(to, ' ');
	str_add(to, word);
}

/* The words of `text` that `among` has, or has not. */
static void pick(const char *text, const struct map *among, bool has,
	bool several, struct str *out)
{
	char *copy = xstrdup(text), *rest = copy, *word;

	while ((word = several ? strsep(&rest, " ") : rest) != NULL) {
		if (word[0] != '\0' && map_has(among, word) == has)
			add_word(out, word);
		if (!several)
			break;
	}
	wipe_free(copy);
}

/* What loading left out of a select: choices written in the form. */
static bool note_left_out(struct rebasing *r, struct node *old,
	const struct node *new)
{
	const struct xf_control *c = new->form->n_controls > 0 ?
		choosing(new) : NULL;
	struct str gone = STR_INIT;
	struct map words;
	char *copy, *rest, *word;

	if (c == NULL)
		return false;
	rest = copy = xstrdup(node_raw_value(new));
	map_init(&words);
	while ((word = c->kind != XF_SELECT1 ? strsep(&rest, " ") : rest) !=
			NULL) {
		map_set(&words, word, &words);
		if (c->kind == XF_SELECT1)
			break;
	}
	pick(old->raw, &words, false, c->kind != XF_SELECT1, &gone);
	if (gone.len > 0)
		note(r, REBASE_CHOICE, old, gone.data, NULL);
	map_release(&words);
	wipe_free(copy);
	str_wipe(&gone);
	return true;
}

/* --- one value --- */

/* What somebody gave, or an action wrote: no calculation, no layout. */
static bool is_answer(const struct node *old)
{
	const struct xf_bind *bind = old->form->bind;

	if (old->raw == NULL || old->raw[0] == '\0')
		return false;
	if (old->form->n_controls > 0)
		return bind->calculate == NULL || old->answered;
	return bind->calculate == NULL && bind->preload == NULL &&
		(old->form->default_value == NULL ||
		strcmp(old->raw, old->form->default_value) != 0);
}

static void compare_value(struct rebasing *r, struct node *old,
	struct node *new, enum rebase_why absent)
{
	if (!is_answer(old))
		return;
	if (new != NULL && !new->form->is_value)
		absent = REBASE_GONE;	/* a group has its name */
	if (new == NULL || !new->form->is_value) {
		if (absent != REBASE_GONE || !move(r, old))
			note(r, absent, old, old->raw, NULL);
	} else if (new->form->bind->calculate != NULL &&
			old->form->bind->calculate == NULL) {
		note(r, REBASE_CALCULATED, old, old->raw, NULL);
	} else if (strcmp(node_raw_value(new), old->raw) != 0) {
		if (!note_left_out(r, old, new))
			note(r, REBASE_VALUE, old, old->raw, NULL);
	} else if (new->form->n_controls > 0) {
		vec_push(&r->selects, ((struct select){ old, new }));
	}
}

/* --- the record --- */

static void compare(struct rebasing *r, struct node *old, struct node *new,
	enum rebase_why absent);

static void compare_child(struct rebasing *r, const struct slot *slot,
	const struct xf_node *form, struct node *new, enum rebase_why absent)
{
	const struct xf_node *now = new != NULL && !new->form->is_value ?
		xf_child(new->form, form->local) : NULL;

	if (new != NULL)
		absent = now != NULL ? REBASE_INSTANCE : REBASE_GONE;
	for (uint32_t k = 0; k < slot->n; k++)
		compare(r, slot->items[k], now != NULL ?
			node_instance(new, now, k + 1) : NULL, absent);
}

static void compare(struct rebasing *r, struct node *old, struct node *new,
	enum rebase_why absent)
{
	struct node *anchor = r->anchor;

	if (old->form->is_value) {
		compare_value(r, old, new, absent);
		return;
	}
	if (old->form->is_repeat)
		r->anchor = new != NULL && new->form->is_repeat ? new : NULL;
	for (unsigned i = 0; i < old->form->n_children; i++)
		compare_child(r, &old->slots[i], old->form->children[i], new,
			absent);
	r->anchor = anchor;
}

/* --- choices, when all answers are in place --- */

static void gone_choices(const struct choices *choices, const char *text,
	bool several, struct str *gone)
{
	struct map values;

	map_init(&values);
	for (size_t i = 0; i < choices->n; i++)
		map_set(&values, choices->items[i].value, &values);
	pick(text, &values, false, several, gone);
	map_release(&values);
}

static void leave_out(struct rebasing *r, struct node *n, const char *gone)
{
	char *copy = xstrdup(gone), *rest = copy, *word;
	struct str kept = STR_INIT;
	struct map words;

	map_init(&words);
	while ((word = strsep(&rest, " ")) != NULL)
		map_set(&words, word, &words);
	pick(n->raw, &words, false, n->form->controls[0]->kind != XF_SELECT1,
		&kept);
	node_store(r->new, n, kept.data);
	mark_value_changed(r->new, n);
	map_release(&words);
	str_wipe(&kept);
	wipe_free(copy);
}

static bool check_choices(struct rebasing *r, const struct select *pair,
	struct err *err)
{
	const struct xf_control *c = choosing(pair->new);
	const char *shown = node_value(r->old, pair->old);
	struct str gone = STR_INIT;
	struct choices choices;

	/* What was away before is away for another reason. */
	if (c == NULL || shown[0] == '\0' ||
			!node_is_relevant(r->new, pair->new))
		return true;
	if (!session_choices(r->new, pair->new, c, &choices, err))
		return false;
	gone_choices(&choices, shown, c->kind != XF_SELECT1, &gone);
	if (gone.len > 0) {
		note(r, REBASE_CHOICE, pair->old, gone.data, NULL);
		leave_out(r, pair->new, gone.data);
	}
	str_wipe(&gone);
	return true;
}

/* --- all --- */

/* The record says of which version it is: from now on of the new one. */
static void forget_version(struct session *s)
{
	for (unsigned i = 0; i < s->form->root->n_attributes; i++) {
		if (strcmp(s->form->root->attributes[i].local, "version") != 0)
			continue;
		free(s->root->attributes[i].value);
		s->root->attributes[i].value = NULL;
	}
}

static struct session *load_old(struct session *old, const struct xform *form,
	const struct session_options *options, struct err *err)
{
	struct str xml = STR_INIT;
	struct session *s = NULL;

	if (session_serialize(old, true, &xml, err))
		s = session_load(form, xml.data, xml.len, false, options,
			NULL, err);
	str_wipe(&xml);
	if (s != NULL && s->root->attributes != NULL)
		forget_version(s);
	return s;
}

struct session *session_rebase(struct session *old, const struct xform *form,
	const struct session_options *options, struct rebase *found,
	struct err *err)
{
	struct rebasing r = { .old = old, .found = found };
	bool ok = true;

	r.new = load_old(old, form, options, err);
	if (r.new == NULL)
		return NULL;
	r.anchor = r.new->root;
	map_init(&r.old_names);
	map_init(&r.new_names);
	note_names(&r.old_names, old->form);
	note_names(&r.new_names, form);
	compare(&r, old->root, r.new->root, REBASE_GONE);
	for (size_t i = 0; ok && i < r.selects.n; i++)
		ok = check_choices(&r, &r.selects.items[i], err);
	ok = ok && session_settle(r.new, err);
	map_release(&r.old_names);
	map_release(&r.new_names);
	vec_release(&r.selects);
	if (ok)
		return r.new;
	session_free(r.new);
	return NULL;
}
