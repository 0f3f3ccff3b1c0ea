/* What is in conflict, in words: labels, and what each side has. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "session/session.h"
#include "store/reconcile_parts.h"
#include "store/settle_parts.h"

struct looking {
	struct settle *settle;
	struct arena *arena;
	size_t n_sides, n_seen;
};

static bool is_secret(const struct xf_node *form)
{
	for (unsigned i = 0; i < form->n_controls; i++)
		if (form->controls[i]->kind == XF_SECRET)
			return true;
	return false;
}

/* NULL: it is not there. */
static char *value_text(struct looking *l, const struct xf_node *form,
	enum join_place place, const struct xml_node *node)
{
	struct str text = STR_INIT;
	size_t n;

	switch (place) {
	case JOIN_AT_ANSWER:
		str_add(&text, join_text(node, form, l->arena));
		if (text.len > 0 && is_secret(form)) {
			str_wipe(&text);
			str_add(&text, "****");
		}
		break;
	case JOIN_AT_REPEAT:
		n = join_count(node, form);
		str_addf(&text, ngettext("%zu entry", "%zu entries", n), n);
		break;
	case JOIN_AT_INSTANCE:
		if (node == NULL)
			return NULL;
		join_describe(node, form, l->arena, &text);
		break;
	}
	return str_steal(&text);
}

static void look(void *context, const char *path, const struct xf_node *form,
	enum join_place place, const struct xml_node *const *nodes)
{
	struct looking *l = context;
	struct settle *s = l->settle;

	l->n_seen++;
	for (size_t i = 0; i < s->items.n; i++) {
		struct settle_item *item = &s->items.items[i];

		if (item->has_place || strcmp(item->path, path) != 0)
			continue;
		item->has_place = true;
		item->place = place;
		item->order = l->n_seen;
		item->values = xcalloc(l->n_sides + 1, sizeof *item->values);
		for (size_t k = 0; k <= l->n_sides; k++)
			item->values[k] = value_text(l, form, place, nodes[k]);
	}
}

/* --- labels --- */

static char *control_label(struct session *session, struct node *at,
	const struct xf_node *form)
{
	char *label = NULL;

	for (unsigned i = 0; label == NULL && i < form->n_controls; i++) {
		const struct xf_control *c = form->controls[i];

		label = session_label(session, at, c);
		if (label == NULL && c->kind == XF_CONTROL_REPEAT &&
				c->parent != NULL)
			label = session_label(session, at, c->parent);
	}
	return label;
}

static char *label_at(struct session *session, const char *path)
{
	struct err ignored = ERR_INIT;
	struct place place;

	if (path[0] == '\0' || !session_place(session, path, &place, &ignored))
		return NULL;
	return control_label(session, place.node, place.repeat != NULL ?
		place.repeat : node_form(place.node));
}

static void find_labels(struct settle *s, const char *now,
	const struct str *xml)
{
	struct err ignored = ERR_INIT;
	struct session *session = settle_session(s, now, xml, &ignored);

	for (size_t i = 0; session != NULL && i < s->items.n; i++)
		s->items.items[i].label = label_at(session,
			s->items.items[i].path);
	session_free(session);
}

static int by_order(const void *a, const void *b)
{
	const struct settle_item *x = a, *y = b;

	if (x->order != y->order)
		return x->order < y->order ? -1 : 1;
	return strcmp(x->path, y->path);
}

bool settle_look(struct settle *s, struct reconcile_work *w, struct err *err)
{
	struct looking l = { .settle = s, .n_sides = w->heads.n };
	struct join_sides how = { .look = look, .context = &l };
	struct str xml = STR_INIT;
	bool all, ok = reconcile_read_docs(w, &all, err);

	if (ok && all) {
		l.arena = arena_new();
		reconcile_join(w, s->form, &how, &xml);
		arena_free(l.arena);
		find_labels(s, w->now, &xml);
	}
	if (s->items.n > 1)
		qsort(s->items.items, s->items.n, sizeof *s->items.items,
			by_order);
	str_wipe(&xml);
	return ok;
}
