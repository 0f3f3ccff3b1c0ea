/* Texts of itext, and what uses them. */
#include "config.h"

#include "author/texts_parts.h"

#include <string.h>

#include "base/mem.h"

/* --- every language --- */

static struct xml_node *translation_of(const struct form_texts *t, unsigned i)
{
	struct xml_node *n = NULL;

	while ((n = xml_child(t->itext, n, NULL, "translation")) != NULL)
		if (i-- == 0)
			return n;
	return NULL;
}

/* The <value>s of one translation; those not met before are new texts. */
static void read_translation(struct texts_reader *r, unsigned language)
{
	struct form_texts *t = r->t;
	struct xml_node *text = NULL, *value;

	while ((text = xml_child(translation_of(t, language), text, NULL,
			"text")) != NULL) {
		const char *id = xml_attribute(text, "", "id");

		if (str_is_empty(id))
			continue;
		map_set(&r->ids, id, text);
		for (value = xml_child(text, NULL, NULL, "value");
				value != NULL; value = xml_child(text, value,
				NULL, "value")) {
			const char *form = xml_attribute(value, "", "form");
			const char *key = texts_key(t->arena, id,
				form != NULL ? form : "");
			struct wording_names none = { NULL, 0, 0 };

			map_set(&r->translated, arena_printf(t->arena,
				"%u\004%s", language, key), value);
			if (map_has(&t->by_id, key) ||
					wording_text(value, false, &none,
					t->arena)[0] == '\0')
				continue;
			texts_add(t, id, form != NULL ? form : "", value,
				language)->context = xml_attribute(text,
				NS_BAYAZ, "context");
		}
	}
}

static struct xml_node *value_in(const struct texts_reader *r, unsigned language,
	const struct form_text *text)
{
	const char *key = arena_printf(r->t->arena, "%u\004%s\004%s", language,
		text->id, text->form);

	return map_get(&r->translated, key);
}

/* Its wording in every language, once all are known. */
static void word_itext(struct texts_reader *r, struct form_text *text)
{
	struct form_texts *t = r->t;

	for (unsigned i = 0; i < t->n_languages && !text->braced; i++) {
		const struct xml_node *value = value_in(r, i, text);

		text->braced = value != NULL && wording_has_markup(value);
	}
	wording_names_of(text->element, t->arena, &text->names);
	text->source = wording_text(text->element, text->braced, &text->names,
		t->arena);
	for (unsigned i = 0; i < t->n_languages; i++) {
		const struct xml_node *value = value_in(r, i, text);
		const char *in;

		if (value == NULL)
			continue;
		in = wording_text(value, text->braced, &text->names, t->arena);
		text->in[i] = in[0] != '\0' ? in : NULL;
		text->marks[i] = xml_attribute(value, NS_BAYAZ, "reviewed");
	}
}

void texts_read_itext(struct texts_reader *r)
{
	struct form_texts *t = r->t;

	if (t->n_languages == 0)
		return;
	read_translation(r, t->default_language);
	for (unsigned i = 0; i < t->n_languages; i++)
		if (i != t->default_language)
			read_translation(r, i);
	for (size_t i = 0; i < t->texts.n; i++)
		word_itext(r, t->texts.items[i]);
}

/* --- uses --- */

static void use_itext(struct texts_reader *r, const struct xf_text *text,
	enum text_kind kind, const struct xf_control *c,
	const struct xf_node *node, const char *choice)
{
	if (text != NULL && text->itext != NULL)
		texts_use_id(r, text->itext->id, kind, c, node, choice);
}

static void use_control(struct texts_reader *r, const struct xf_control *c)
{
	use_itext(r, c->label, TEXT_LABEL, c, c->node, NULL);
	use_itext(r, c->hint, TEXT_HINT, c, c->node, NULL);
	for (size_t i = 0; i < c->n_choices; i++)
		use_itext(r, &c->choices[i].label, TEXT_CHOICE, c, c->node,
			c->choices[i].value);
	texts_read_itemset(r, c);
}

static void use_controls(struct texts_reader *r, struct xf_control *const *controls,
	unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		use_control(r, controls[i]);
		use_controls(r, controls[i]->children,
			controls[i]->n_children);
	}
}

static void use_binds(struct texts_reader *r)
{
	const struct xform *form = r->t->form;

	for (unsigned i = 0; i < form->n_nodes; i++) {
		const struct xf_node *n = form->nodes[i];
		const struct xf_control *c = n->n_controls > 0 ?
			n->controls[0] : NULL;

		use_itext(r, n->bind->constraint_message, TEXT_CONSTRAINT, c,
			n, NULL);
		use_itext(r, n->bind->required_message, TEXT_REQUIRED, c, n,
			NULL);
	}
}

static void use_titles(struct form_texts *t)
{
	struct form_text *title = map_get(&t->by_id, "bayaz:title\004");
	struct form_text *list = map_get(&t->by_id, "bayaz:list-title\004");

	if (title != NULL)
		texts_add_use(t, title, TEXT_TITLE, NULL, NULL, NULL);
	if (list != NULL)
		texts_add_use(t, list, TEXT_LIST_TITLE, NULL, NULL, NULL);
}

void texts_use_itext(struct texts_reader *r)
{
	const struct xform *form = r->t->form;

	use_controls(r, form->body, form->n_body);
	use_binds(r);
	use_titles(r->t);
}
