#include "config.h"

#include "xform/guard.h"

#include <string.h>

static bool is_word(const char *text, const char *word)
{
	return text != NULL && strcmp(text, word) == 0;
}

enum xf_guard xf_guard_of(const struct xf_node *node)
{
	const struct xf_bind *bind = node->bind;
	const char *wording = bind->xml == NULL ? NULL :
		xml_attribute(bind->xml, NS_BAYAZ, "wording");

	if (is_word(bind->role, "consent") || is_word(wording, "consent"))
		return XF_CONSENT;
	if (is_word(wording, "safety"))
		return XF_SAFETY;
	return is_word(wording, "classification") ? XF_CLASSIFICATION :
		XF_UNGUARDED;
}

struct looking {
	const struct xform *form;
	unsigned language;
	struct xf_unreviewed *why;
	struct map seen;		/* texts of several questions count once */
};

static void note(struct looking *k, const struct xf_node *node, bool missing)
{
	if (missing)
		k->why->n_missing++;
	else
		k->why->n_unmarked++;
	if (k->why->first == NULL)
		k->why->first = node->ref;
}

static bool is_media(int form)
{
	return form >= XF_TEXT_IMAGE;
}

static void look_at_itext(struct looking *k, const struct xf_node *node,
	const struct xf_itext *itext)
{
	size_t at = (size_t)k->language * XF_N_TEXT_FORMS;
	size_t original = (size_t)k->form->default_language * XF_N_TEXT_FORMS;

	if (map_has(&k->seen, itext->id))
		return;
	map_set(&k->seen, itext->id, k);
	for (int i = 0; i < XF_N_TEXT_FORMS; i++) {
		const struct xf_runs *in = &itext->values[at + (size_t)i];

		if (is_media(i) || itext->values[original + (size_t)i].n == 0)
			continue;
		if (in->n == 0 || (in->n == 1 && in->items[0].output == NULL &&
				in->items[0].text[0] == '\0'))
			note(k, node, true);
		else if (itext->reviewed == NULL ||
				!itext->reviewed[at + (size_t)i])
			note(k, node, false);
	}
}

/* What stands in the form itself, or is chosen by an expression, is in no
 * language but the form's own. */
static void look_at(struct looking *k, const struct xf_node *node,
	const struct xf_text *text)
{
	if (text == NULL)
		return;
	if (text->itext != NULL)
		look_at_itext(k, node, text->itext);
	else if (text->runs.n > 0 || text->itext_id != NULL)
		note(k, node, true);
}

static const struct xf_itext *item_text(const struct looking *k,
	const struct xp_tree *tree, uintptr_t item, const char *label,
	struct arena *scratch)
{
	for (uintptr_t n = tree->ops->first_child(tree, item); n != 0;
			n = tree->ops->next(tree, n))
		if (tree->ops->kind(tree, n) == XML_ELEMENT &&
				strcmp(tree->ops->local(tree, n), label) == 0)
			return map_get(&k->form->itext,
				tree->ops->text(tree, n, scratch));
	return NULL;
}

/* The choices of an instance of the form name their texts; those of a file
 * cannot be reviewed. */
static void look_at_items(struct looking *k, const struct xf_control *c)
{
	const struct xf_itemset *set = c->itemset;
	const struct xf_secondary *s = set->instance == NULL ? NULL :
		map_get(&k->form->secondary, set->instance);
	struct arena *scratch = arena_new();
	const struct xp_tree *tree = s == NULL ? NULL : s->tree;
	uintptr_t item = 0, root = tree == NULL ? 0 :
		tree->ops->first_child(tree, s->root.at);

	while (root != 0 && tree->ops->kind(tree, root) != XML_ELEMENT)
		root = tree->ops->next(tree, root);
	if (root == 0 || s->src != NULL || !set->label_is_itext ||
			set->label_name == NULL)
		note(k, c->node, true);
	else
		item = tree->ops->first_child(tree, root);
	for (; item != 0; item = tree->ops->next(tree, item)) {
		const struct xf_itext *itext = item_text(k, tree, item,
			set->label_name, scratch);

		if (itext != NULL)
			look_at_itext(k, c->node, itext);
	}
	arena_free(scratch);
}

static void look_at_control(struct looking *k, const struct xf_control *c)
{
	look_at(k, c->node, c->label);
	look_at(k, c->node, c->hint);
	if (c->guidance != NULL && c->guidance != c->hint)
		look_at(k, c->node, c->guidance);
	for (size_t i = 0; i < c->n_choices; i++)
		look_at(k, c->node, &c->choices[i].label);
	if (c->itemset != NULL)
		look_at_items(k, c);
}

bool xf_language_is_open(const struct xform *form, unsigned language,
	struct xf_unreviewed *why)
{
	struct looking k = { form, language, why, MAP_INIT };

	*why = (struct xf_unreviewed){ 0, 0, NULL };
	if (!is_word(form->form_class, "protected") ||
			form->n_languages == 0 ||
			language == form->default_language)
		return true;
	for (unsigned i = 0; i < form->n_nodes; i++) {
		const struct xf_node *n = form->nodes[i];

		if (xf_guard_of(n) < XF_SAFETY)
			continue;
		look_at(&k, n, n->bind->constraint_message);
		look_at(&k, n, n->bind->required_message);
		for (unsigned c = 0; c < n->n_controls; c++)
			look_at_control(&k, n->controls[c]);
	}
	map_release(&k.seen);
	return why->n_missing + why->n_unmarked == 0;
}
