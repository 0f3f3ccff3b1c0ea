/* Three-way merge of answers.  See join.h. */
#include "config.h"

#include "store/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"

void join_conflicts_release(struct join_conflicts *conflicts)
{
	for (size_t i = 0; i < conflicts->list.n; i++)
		free(conflicts->list.items[i].path);
	vec_release(&conflicts->list);
}

void join_conflicts_add(struct join_conflicts *conflicts, const char *path,
	const char *why)
{
	struct join_conflict conflict = { .why = why };

	for (size_t i = 0; i < conflicts->list.n; i++)
		if (strcmp(conflicts->list.items[i].path, path) == 0)
			return;
	conflict.path = xstrdup(path);
	vec_push(&conflicts->list, conflict);
}

static bool is_question(const struct xf_control *control)
{
	return control->kind != XF_CONTROL_GROUP &&
		control->kind != XF_CONTROL_REPEAT;
}

bool join_is_answer(const struct xf_node *form)
{
	bool asked = false;

	for (unsigned i = 0; i < form->n_controls; i++)
		asked |= is_question(form->controls[i]);
	return asked && form->is_value && form->bind->calculate == NULL &&
		form->bind->preload == NULL;
}

/* --- elements --- */

static bool means(const struct xml_node *x, const struct xf_node *form)
{
	return x->kind == XML_ELEMENT && x->local == form->local &&
		(!form->has_twin || x->ns == form->ns) &&
		xml_attribute(x, NS_JAVAROSA, "template") == NULL;
}

static struct xml_node *element(const struct xml_node *parent,
	const struct xf_node *form)
{
	struct xml_node *x = parent != NULL ? parent->first : NULL;

	while (x != NULL && !means(x, form))
		x = x->next;
	return x;
}

static const char *text_of(const struct xml_node *parent,
	const struct xf_node *form, struct arena *arena)
{
	const struct xml_node *x = element(parent, form);

	return x != NULL ? xml_text_of(x, arena) : "";
}

static void unlink_node(struct xml_node *x)
{
	struct xml_node *parent = x->parent;

	if (x->previous != NULL)
		x->previous->next = x->next;
	else
		parent->first = x->next;
	if (x->next != NULL)
		x->next->previous = x->previous;
	else
		parent->last = x->previous;
	x->next = x->previous = x->parent = NULL;
}

static void append_node(struct xml_node *parent, struct xml_node *x)
{
	if (x->parent != NULL)
		unlink_node(x);
	x->parent = parent;
	x->previous = parent->last;
	if (parent->last != NULL)
		parent->last->next = x;
	else
		parent->first = x;
	parent->last = x;
}

/* --- what each side has, for people --- */

const char *join_text(const struct xml_node *parent,
	const struct xf_node *form, struct arena *arena)
{
	return text_of(parent, form, arena);
}

size_t join_count(const struct xml_node *parent, const struct xf_node *form)
{
	const struct xml_node *x = parent != NULL ? parent->first : NULL;
	size_t n = 0;

	for (; x != NULL; x = x->next)
		n += means(x, form);
	return n;
}

void join_describe(const struct xml_node *x, const struct xf_node *form,
	struct arena *arena, struct str *out)
{
	for (unsigned c = 0; c < form->n_children; c++) {
		const struct xf_node *child = form->children[c];
		const char *text = join_is_answer(child) ?
			text_of(x, child, arena) : "";

		if (text[0] != '\0')
			str_addf(out, "%s%s", out->len > 0 ? ", " : "", text);
		if (!child->is_value && !child->is_repeat &&
				element(x, child) != NULL)
			join_describe(element(x, child), child, arena, out);
	}
}

/* --- what is joined --- */

/* The same place on every side; NULL: it is not there. */
struct view {
	struct xml_node *base;
	struct xml_node **heads;	/* join.n of them */
	struct xml_node *out;		/* where the result grows: one of them,
					 * or a new element */
};

struct join {
	const struct join_sides *sides;
	struct join_conflicts *conflicts;
	struct xml_doc *doc;		/* the shown one: new elements are its */
	struct arena *arena;
	struct str path;
};

static size_t enter(struct join *j, const struct xf_node *form)
{
	size_t before = j->path.len;

	str_addf(&j->path, "/%s%s%s", form->prefix,
		form->prefix[0] != '\0' ? ":" : "", form->local);
	return before;
}

static void leave(struct join *j, size_t before)
{
	str_cut(&j->path, before);
}

static struct xml_node *out_element(struct join *j, struct xml_node *parent,
	const struct xf_node *form)
{
	struct xml_node *x = element(parent, form);

	return x != NULL ? x : xml_append_element(j->doc, parent, form->ns,
		form->prefix, form->local);
}

/* What a person chose for the place at hand; NULL: nothing. */
static struct join_choice *find_choice(struct join *j)
{
	for (size_t i = 0; i < j->sides->n_choices; i++)
		if (strcmp(j->sides->choices[i].path, j->path.data) == 0) {
			j->sides->choices[i].is_used = true;
			return &j->sides->choices[i];
		}
	return NULL;
}

static const struct xml_node *side_of(struct join *j, const struct view *at,
	size_t side)
{
	return side < j->sides->n ? at->heads[side] : at->base;
}

/* Tell who wants to know what each side has there. */
static void look(struct join *j, const struct xf_node *form,
	const struct view *at, enum join_place kind)
{
	const struct xml_node **nodes;

	if (j->sides->look == NULL)
		return;
	nodes = ARENA_ARRAY(j->arena, const struct xml_node *, j->sides->n + 1);
	for (size_t i = 0; i <= j->sides->n; i++)
		nodes[i] = side_of(j, at, i);
	j->sides->look(j->sides->context, j->path.data, form, kind, nodes);
}

static void set_answer(struct join *j, const struct xf_node *form,
	const struct view *at, const char *text)
{
	if (strcmp(text, text_of(at->out, form, j->arena)) != 0)
		xml_set_text(j->doc, out_element(j, at->out, form), text);
}

static const char *chosen_text(struct join *j, const struct xf_node *form,
	const struct view *at, const struct join_choice *choice)
{
	return choice->text != NULL ? choice->text :
		text_of(side_of(j, at, choice->side), form, j->arena);
}

/* What the sides changed it to; NULL: nothing, or (*differ) several things. */
static const char *changed_text(struct join *j, const struct xf_node *form,
	const struct view *at, bool *differ)
{
	const char *before = text_of(at->base, form, j->arena);
	const char *taken = NULL;

	*differ = false;
	for (size_t i = 0; i < j->sides->n; i++) {
		const char *text = text_of(at->heads[i], form, j->arena);

		if (strcmp(text, before) == 0)
			continue;
		*differ |= taken != NULL && strcmp(taken, text) != 0;
		taken = text;
	}
	return *differ ? NULL : taken;
}

static void join_answer(struct join *j, const struct xf_node *form,
	const struct view *at)
{
	size_t mark = enter(j, form);
	const struct join_choice *choice = find_choice(j);
	bool differ = false;
	const char *text = choice != NULL ?
		chosen_text(j, form, at, choice) :
		changed_text(j, form, at, &differ);

	look(j, form, at, JOIN_AT_ANSWER);
	if (text != NULL)
		set_answer(j, form, at, text);
	else if (differ)
		join_conflicts_add(j->conflicts, j->path.data, JOIN_ANSWER);
	leave(j, mark);
}

static void join_children(struct join *j, const struct xf_node *form,
	const struct view *at);

/* Is anything there, on any side? */
static bool view_child(struct join *j, const struct xf_node *form,
	const struct view *at, struct view *child)
{
	bool some = false;

	child->base = element(at->base, form);
	child->heads = ARENA_ARRAY(j->arena, struct xml_node *, j->sides->n);
	for (size_t i = 0; i < j->sides->n; i++) {
		child->heads[i] = element(at->heads[i], form);
		some |= child->heads[i] != NULL;
	}
	return some;
}

static void join_group(struct join *j, const struct xf_node *form,
	const struct view *at)
{
	struct view child;
	size_t mark;

	if (!view_child(j, form, at, &child))
		return;
	mark = enter(j, form);
	child.out = out_element(j, at->out, form);
	join_children(j, form, &child);
	leave(j, mark);
}

/* --- repeats --- */

struct instances { struct xml_node **items; size_t n; };

static struct instances instances_of(struct join *j,
	const struct xml_node *parent, const struct xf_node *form)
{
	struct instances list = { NULL, 0 };

	if (parent == NULL)
		return list;
	for (struct xml_node *x = parent->first; x != NULL; x = x->next)
		list.n += means(x, form);
	list.items = ARENA_ARRAY(j->arena, struct xml_node *, list.n + 1);
	list.n = 0;
	for (struct xml_node *x = parent->first; x != NULL; x = x->next)
		if (means(x, form))
			list.items[list.n++] = x;
	return list;
}

/* Do both hold the same answers? */
static bool same_answers(struct join *j, const struct xf_node *form,
	const struct xml_node *a, const struct xml_node *b)
{
	for (unsigned c = 0; c < form->n_children; c++) {
		const struct xf_node *child = form->children[c];

		if (child->is_repeat) {
			struct instances x = instances_of(j, a, child);
			struct instances y = instances_of(j, b, child);

			if (x.n != y.n)
				return false;
			for (size_t i = 0; i < x.n; i++)
				if (!same_answers(j, child, x.items[i],
						y.items[i]))
					return false;
		} else if (!child->is_value) {
			if (!same_answers(j, child, element(a, child),
					element(b, child)))
				return false;
		} else if (join_is_answer(child) && strcmp(
				text_of(a, child, j->arena),
				text_of(b, child, j->arena)) != 0) {
			return false;
		}
	}
	return true;
}

static bool same_lists(struct join *j, const struct xf_node *form,
	const struct instances *a, const struct instances *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!same_answers(j, form, a->items[i], b->items[i]))
			return false;
	return true;
}

/* The values that identify an instance among its siblings; "": none. */
static void add_key(struct join *j, const struct xf_node *form,
	const struct xml_node *x, struct str *key)
{
	for (unsigned c = 0; c < form->n_children; c++) {
		const struct xf_node *child = form->children[c];

		if (child->is_repeat)
			continue;
		if (!child->is_value)
			add_key(j, child, element(x, child), key);
		else if (child->bind->key != NULL &&
				strcmp(child->bind->key, "repeat") == 0)
			str_addf(key, "%s\x1f",
				text_of(x, child, j->arena));
	}
}

static const char *key_of(struct join *j, const struct xf_node *form,
	const struct xml_node *x)
{
	struct str key = STR_INIT;
	const char *text;

	add_key(j, form, x, &key);
	text = strspn(key.data, "\x1f") == key.len ? "" :
		arena_strdup(j->arena, key.data);
	str_wipe(&key);
	return text;
}

struct keyed { const char **keys; const struct instances *list; };

/* False: one has no key, or two have the same. */
static bool find_keys(struct join *j, const struct xf_node *form,
	const struct instances *list, struct keyed *keyed, struct map *seen)
{
	keyed->list = list;
	keyed->keys = ARENA_ARRAY(j->arena, const char *, list->n + 1);
	for (size_t i = 0; i < list->n; i++) {
		keyed->keys[i] = key_of(j, form, list->items[i]);
		if (keyed->keys[i][0] == '\0' ||
				map_set(seen, keyed->keys[i], j) != NULL)
			return false;
	}
	return true;
}

static struct xml_node *with_key(const struct keyed *keyed, const char *key)
{
	for (size_t i = 0; i < keyed->list->n; i++)
		if (strcmp(keyed->keys[i], key) == 0)
			return keyed->list->items[i];
	return NULL;
}

static bool has_keys(struct join *j, const struct xf_node *form,
	const struct instances *lists, struct keyed *keyed)
{
	for (size_t i = 0; i <= j->sides->n; i++) {
		struct map seen = MAP_INIT;
		bool ok = find_keys(j, form, &lists[i], &keyed[i], &seen);

		map_release(&seen);
		if (!ok)
			return false;
	}
	return true;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All keys: those of the base in its order, then new ones by themselves. */
static const char **all_keys(struct join *j, const struct keyed *keyed,
	size_t *n)
{
	const struct keyed *base = &keyed[j->sides->n];
	struct map seen = MAP_INIT;
	size_t most = 0;
	const char **keys;

	for (size_t i = 0; i <= j->sides->n; i++)
		most += keyed[i].list->n;
	keys = ARENA_ARRAY(j->arena, const char *, most + 1);
	*n = 0;
	for (size_t i = 0; i < base->list->n; i++) {
		map_set(&seen, base->keys[i], j);
		keys[(*n)++] = base->keys[i];
	}
	for (size_t i = 0; i < j->sides->n; i++)
		for (size_t k = 0; k < keyed[i].list->n; k++)
			if (!map_has(&seen, keyed[i].keys[k])) {
				map_set(&seen, keyed[i].keys[k], j);
				keys[(*n)++] = keyed[i].keys[k];
			}
	if (*n > base->list->n)
		qsort(keys + base->list->n, *n - base->list->n, sizeof *keys,
			by_text);
	map_release(&seen);
	return keys;
}

/* What becomes of an instance of the base that some sides took away. */
enum fate { STAYS, GOES, DISPUTED };

static enum fate fate_of(struct join *j, const struct xf_node *form,
	const struct view *at)
{
	bool taken_away = false, changed = false;

	for (size_t i = 0; i < j->sides->n; i++) {
		if (at->heads[i] == NULL)
			taken_away = true;
		else if (!same_answers(j, form, at->base, at->heads[i]))
			changed = true;
	}
	if (at->base == NULL || !taken_away)
		return STAYS;
	return changed ? DISPUTED : GOES;
}

static void enter_position(struct join *j, size_t position)
{
	str_addf(&j->path, "[%zu]", position);
}

/* As a person chose; paths go on counting as if nobody had. */
static void take_instance(struct join *j, const struct view *at, size_t side,
	struct xml_node *parent)
{
	struct xml_node *shown = at->heads[j->sides->shown];
	struct xml_node *taken = side < j->sides->n ? at->heads[side] :
		at->base;

	if (shown != NULL)
		unlink_node(shown);
	if (taken != NULL)
		append_node(parent, taken);
}

/* One instance: `position` is where it will stand. */
static bool join_instance(struct join *j, const struct xf_node *form,
	struct view *at, struct xml_node *parent, size_t position)
{
	enum fate fate = fate_of(j, form, at);
	size_t mark = j->path.len;
	struct xml_node *out = at->heads[j->sides->shown];
	const struct join_choice *choice;

	if (fate == GOES) {
		if (out != NULL)
			unlink_node(out);
		return false;
	}
	enter_position(j, position);
	if (fate == DISPUTED)
		look(j, form, at, JOIN_AT_INSTANCE);
	choice = fate == DISPUTED ? find_choice(j) : NULL;
	if (choice != NULL) {
		take_instance(j, at, choice->side, parent);
		leave(j, mark);
		return out != NULL;
	}
	for (size_t i = 0; out == NULL && i < j->sides->n; i++)
		if (fate != DISPUTED)
			out = at->heads[i];
	if (fate == DISPUTED)
		join_conflicts_add(j->conflicts, j->path.data, JOIN_REPEAT);
	if (out != NULL) {
		at->out = out;
		append_node(parent, out);
	}
	if (out != NULL && fate == STAYS)
		join_children(j, form, at);
	leave(j, mark);
	return out != NULL;
}

static void join_keyed(struct join *j, const struct xf_node *form,
	const struct keyed *keyed, struct xml_node *parent)
{
	size_t n, position = 1;
	const char **keys = all_keys(j, keyed, &n);

	for (size_t k = 0; k < n; k++) {
		struct view at = { .base = with_key(&keyed[j->sides->n],
			keys[k]) };

		at.heads = ARENA_ARRAY(j->arena, struct xml_node *,
			j->sides->n);
		for (size_t i = 0; i < j->sides->n; i++)
			at.heads[i] = with_key(&keyed[i], keys[k]);
		position += join_instance(j, form, &at, parent, position);
	}
}

static void join_by_position(struct join *j, const struct xf_node *form,
	const struct instances *lists)
{
	for (size_t k = 0; k < lists[j->sides->n].n; k++) {
		struct view at = { .base = lists[j->sides->n].items[k] };
		size_t mark = j->path.len;

		enter_position(j, k + 1);
		at.heads = ARENA_ARRAY(j->arena, struct xml_node *,
			j->sides->n);
		for (size_t i = 0; i < j->sides->n; i++)
			at.heads[i] = lists[i].items[k];
		at.out = at.heads[j->sides->shown];
		join_children(j, form, &at);
		leave(j, mark);
	}
}

static void put_list(struct join *j, const struct xf_node *form,
	const struct instances *list, struct xml_node *parent)
{
	struct instances shown = instances_of(j, parent, form);

	for (size_t i = 0; i < shown.n; i++)
		unlink_node(shown.items[i]);
	for (size_t i = 0; i < list->n; i++)
		append_node(parent, list->items[i]);
}

/* One side changed their number: its list is taken as a whole, if all others
 * left the repeat alone or did the very same. */
static void take_list(struct join *j, const struct xf_node *form,
	const struct instances *lists, size_t changed,
	struct xml_node *parent)
{
	for (size_t i = 0; i < j->sides->n; i++) {
		if (same_lists(j, form, &lists[i], &lists[changed]) ||
				same_lists(j, form, &lists[i],
					&lists[j->sides->n]))
			continue;
		join_conflicts_add(j->conflicts, j->path.data, JOIN_REPEAT);
		return;
	}
	put_list(j, form, &lists[changed], parent);
}

static void join_repeat(struct join *j, const struct xf_node *form,
	const struct view *at)
{
	size_t n = j->sides->n, mark = enter(j, form), changed = n;
	struct instances *lists = ARENA_ARRAY(j->arena, struct instances,
		n + 1);
	struct keyed *keyed = ARENA_ARRAY(j->arena, struct keyed, n + 1);
	const struct join_choice *choice = find_choice(j);

	look(j, form, at, JOIN_AT_REPEAT);
	for (size_t i = 0; i < n; i++)
		lists[i] = instances_of(j, at->heads[i], form);
	lists[n] = instances_of(j, at->base, form);
	for (size_t i = 0; i < n && changed == n; i++)
		if (lists[i].n != lists[n].n)
			changed = i;
	if (choice != NULL)
		put_list(j, form, &lists[choice->side], at->out);
	else if (has_keys(j, form, lists, keyed))
		join_keyed(j, form, keyed, at->out);
	else if (changed < n)
		take_list(j, form, lists, changed, at->out);
	else
		join_by_position(j, form, lists);
	leave(j, mark);
}

static void join_children(struct join *j, const struct xf_node *form,
	const struct view *at)
{
	for (unsigned c = 0; c < form->n_children; c++) {
		const struct xf_node *child = form->children[c];

		if (child->is_repeat)
			join_repeat(j, child, at);
		else if (!child->is_value)
			join_group(j, child, at);
		else if (join_is_answer(child))
			join_answer(j, child, at);
	}
}

void join_answers(const struct join_sides *sides,
	struct join_conflicts *conflicts, struct str *xml)
{
	struct join j = { .sides = sides, .conflicts = conflicts,
		.doc = sides->heads[sides->shown], .arena = arena_new(),
		.path = STR_INIT };
	struct view at = { .base = sides->base->root,
		.out = sides->heads[sides->shown]->root };

	at.heads = ARENA_ARRAY(j.arena, struct xml_node *, sides->n);
	for (size_t i = 0; i < sides->n; i++)
		at.heads[i] = sides->heads[i]->root;
	enter(&j, sides->form->root);
	join_children(&j, sides->form->root, &at);
	xml_add_node(xml, j.doc->root);
	str_release(&j.path);
	arena_free(j.arena);
}
