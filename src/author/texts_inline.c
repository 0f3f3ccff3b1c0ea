/* Texts that stand in the form itself. */
#include "config.h"

#include "author/texts_parts.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

static const struct xf_control *control_of(const struct texts_reader *r,
	const struct xml_node *element)
{
	char key[16];

	texts_offset_key(element, key);
	return map_get(&r->controls, key);
}

static const char *free_id(struct texts_reader *r, const char *wanted)
{
	char *clean = arena_strdup(r->t->arena, wanted);
	const char *id = clean;

	for (char *c = clean; *c != '\0'; c++)
		if (*c == '\'' || *c == '"')	/* it is put in quotes */
			*c = '_';
	for (int i = 2; map_has(&r->ids, id); i++)
		id = arena_printf(r->t->arena, "%s-%d", wanted, i);
	map_set(&r->ids, id, r);
	return id;
}

static void finish_inline(struct texts_reader *r, struct form_text *text)
{
	if (r->t->n_languages > 0)
		text->in[text->language] = text->source;
}

static struct form_text *add_inline(struct texts_reader *r,
	struct xml_node *element, const char *id)
{
	struct form_texts *t = r->t;
	struct wording_names names;
	bool braced = wording_has_markup(element);
	struct form_text *text;
	const char *source;
	char key[16];

	wording_names_of(element, t->arena, &names);
	source = wording_text(element, braced, &names, t->arena);
	if (source[0] == '\0') {
		vec_release(&names);
		return NULL;
	}
	text = texts_add(t, free_id(r, id), "", element, t->default_language);
	text->place = TEXT_IN_ELEMENT;
	texts_offset_key(element, key);
	map_set(&t->by_offset, arena_strdup(t->arena, key), text);
	text->names = names;
	text->braced = braced;
	text->source = source;
	finish_inline(r, text);
	return text;
}

static const char *ref_of(const struct xf_control *control)
{
	return control->ref != NULL ? control->ref : "group";
}

static const char *item_value(const struct xml_node *item,
	struct arena *arena)
{
	const struct xml_node *value = xml_child(item, NULL, NULL, "value");

	return value != NULL ? xml_text_of(value, arena) : "";
}

/* A <label> or <hint> with its text in it. */
static void read_body_text(struct texts_reader *r, struct xml_node *element)
{
	struct form_texts *t = r->t;
	const struct xml_node *parent = element->parent;
	bool is_item = strcmp(parent->local, "item") == 0;
	bool is_hint = strcmp(element->local, "hint") == 0;
	const struct xf_control *c = control_of(r, is_item ? parent->parent :
		parent);
	const char *choice = is_item ? item_value(parent, t->arena) : NULL;
	struct form_text *text;

	if (c == NULL || xml_attribute(element, "", "ref") != NULL)
		return;
	text = add_inline(r, element, is_item ? arena_printf(t->arena,
		"%s/%s:label", ref_of(c), choice) : arena_printf(t->arena,
		"%s:%s", ref_of(c), element->local));
	if (text != NULL)
		texts_add_use(t, text, is_item ? TEXT_CHOICE : is_hint ? TEXT_HINT :
			TEXT_LABEL, c, c->node, choice);
}

static void read_body(struct texts_reader *r)
{
	struct xml_node *body = xml_child(r->t->doc->root, NULL, NULL, "body");
	struct xml_node *at = body;

	while (at != NULL && (at = texts_next_element(body, at)) != NULL)
		if (strcmp(at->local, "label") == 0 ||
				strcmp(at->local, "hint") == 0)
			read_body_text(r, at);
}

static void read_message(struct texts_reader *r, struct xml_node *bind,
	const char *local, enum text_kind kind)
{
	struct form_texts *t = r->t;
	const char *message = xml_attribute(bind, NS_JAVAROSA, local);
	const char *ref = xml_attribute(bind, "", "nodeset");
	const struct xf_node *node = ref == NULL ? NULL :
		xform_node(t->form, ref);
	struct form_text *text;

	while (message != NULL && isspace((unsigned char)*message))
		message++;
	if (str_is_empty(message) || node == NULL ||
			str_starts(message, "jr:itext("))
		return;
	text = texts_add(t, free_id(r, arena_printf(t->arena, "%s:jr:%s", node->ref,
		local)), "", bind, t->default_language);
	text->place = TEXT_IN_ATTRIBUTE;
	text->attribute = local;
	text->source = message;
	finish_inline(r, text);
	texts_add_use(t, text, kind, node->n_controls > 0 ?
		node->controls[0] : NULL, node, NULL);
}

static void read_messages(struct texts_reader *r)
{
	struct xml_node *bind = NULL;

	while ((bind = xml_child(r->t->model, bind, NULL, "bind")) != NULL) {
		read_message(r, bind, "constraintMsg", TEXT_CONSTRAINT);
		read_message(r, bind, "requiredMsg", TEXT_REQUIRED);
	}
}

/* Titles have no place in itext of other programs: an id of ours. */
static void read_titles(struct texts_reader *r)
{
	struct form_texts *t = r->t;
	struct xml_node *head = xml_child(t->doc->root, NULL, NULL, "head");
	struct xml_node *title = head == NULL ? NULL :
		xml_child(head, NULL, NULL, "title");
	struct xml_node *instance = xml_child(t->model, NULL, NULL,
		"instance");
	struct xml_node *root = instance == NULL ? NULL :
		xml_child(instance, NULL, NULL, NULL);
	const char *list_title = root == NULL ? NULL :
		xml_attribute(root, NS_BAYAZ, "list-title");
	struct form_text *text;

	if (title != NULL && !map_has(&t->by_id, texts_key(t->arena,
			"bayaz:title", ""))) {
		text = add_inline(r, title, "bayaz:title");
		if (text != NULL)
			texts_add_use(t, text, TEXT_TITLE, NULL, NULL, NULL);
	}
	if (str_is_empty(list_title) || map_has(&t->by_id, texts_key(t->arena,
			"bayaz:list-title", "")))
		return;
	text = texts_add(t, free_id(r, "bayaz:list-title"), "", root,
		t->default_language);
	text->place = TEXT_IN_ATTRIBUTE;
	text->attribute = "list-title";
	text->source = list_title;
	finish_inline(r, text);
	texts_add_use(t, text, TEXT_LIST_TITLE, NULL, NULL, NULL);
}

void texts_read_inline(struct texts_reader *r)
{
	read_titles(r);
	read_messages(r);
	read_body(r);
}

/* --- choices in instances of the form --- */

struct xml_node *texts_instance_root(const struct form_texts *t,
	const char *id)
{
	struct xml_node *n = NULL;

	while ((n = xml_child(t->model, n, NULL, "instance")) != NULL) {
		const char *name = xml_attribute(n, "", "id");

		if (name != NULL && strcmp(name, id) == 0)
			return xml_attribute(n, "", "src") != NULL ? NULL :
				xml_child(n, NULL, NULL, NULL);
	}
	return NULL;
}

static void read_item(struct texts_reader *r, const struct xf_control *c,
	struct xml_node *item, int number)
{
	struct form_texts *t = r->t;
	const struct xf_itemset *set = c->itemset;
	struct xml_node *label = xml_child(item, NULL, NULL, set->label_name);
	struct xml_node *value = set->value_name == NULL ? NULL :
		xml_child(item, NULL, NULL, set->value_name);
	const char *choice = value != NULL ? xml_text_of(value, t->arena) : "";
	const char *id;
	struct form_text *text;

	if (label == NULL)
		return;
	if (set->label_is_itext) {
		texts_use_id(r, xml_text_of(label, t->arena), TEXT_CHOICE, c,
			c->node, choice);
		return;
	}
	id = arena_printf(t->arena, "%s-%s-%d", set->instance, set->label_name,
		number);
	text = map_get(&t->by_id, texts_key(t->arena, id, ""));
	if (text == NULL) {
		text = add_inline(r, label, id);
		if (text == NULL)
			return;
		text->place = TEXT_IN_ITEM;
	}
	texts_add_use(t, text, TEXT_CHOICE, c, c->node, choice);
}

void texts_read_itemset(struct texts_reader *r, const struct xf_control *c)
{
	struct xml_node *root, *item = NULL;
	int number = 0;

	if (c->itemset == NULL || c->itemset->instance == NULL ||
			c->itemset->label_name == NULL)
		return;
	root = texts_instance_root(r->t, c->itemset->instance);
	while (root != NULL && (item = xml_child(root, item, NULL, NULL)) !=
			NULL)
		read_item(r, c, item, number++);
}
