#include "config.h"

#include "author/texts.h"

#include <ctype.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "xform/guard.h"

/* --- finding things in the document --- */

struct reader {
	struct form_texts *t;
	struct map controls;		/* offset of the element -> xf_control */
	struct map translated;		/* "LANGUAGE\004ID\004FORM" -> <value> */
	struct map ids;			/* ids that are taken */
};

static const char *key_of(struct arena *arena, const char *id,
	const char *form)
{
	return arena_printf(arena, "%s\004%s", id, form);
}

/* In document order; NULL after the last. */
static struct xml_node *next_element(const struct xml_node *top,
	const struct xml_node *at)
{
	for (;;) {
		if (at->first != NULL) {
			at = at->first;
		} else {
			while (at != top && at->next == NULL)
				at = at->parent;
			if (at == top)
				return NULL;
			at = at->next;
		}
		if (at->kind == XML_ELEMENT)
			return (struct xml_node *)(uintptr_t)at;
	}
}

static struct xml_node *find_element(struct xml_node *top, const char *local)
{
	struct xml_node *at = top;

	while (at != NULL && strcmp(at->local, local) != 0)
		at = next_element(top, at);
	return at;
}

/* As the loader finds it. */
static struct xml_node *find_model(struct xml_node *root)
{
	struct xml_node *head = xml_child(root, NULL, NULL, "head");
	struct xml_node *model = head == NULL ? NULL :
		xml_child(head, NULL, NULL, "model");

	return model != NULL ? model : find_element(root, "model");
}

static void offset_key(const struct xml_node *element, char key[16])
{
	snprintf(key, 16, "%u", (unsigned)element->offset);
}

static void note_controls(struct reader *r, struct xf_control *const *controls,
	unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char key[16];

		offset_key(controls[i]->xml, key);
		map_set(&r->controls, arena_strdup(r->t->arena, key),
			controls[i]);
		note_controls(r, controls[i]->children,
			controls[i]->n_children);
	}
}

static const struct xf_control *control_of(const struct reader *r,
	const struct xml_node *element)
{
	char key[16];

	offset_key(element, key);
	return map_get(&r->controls, key);
}

/* --- one text --- */

static bool is_media_form(const char *form)
{
	return strcmp(form, "image") == 0 || strcmp(form, "big-image") == 0 ||
		strcmp(form, "audio") == 0 || strcmp(form, "video") == 0;
}

/* Letters outside of placeholders? */
static bool has_letters(const struct form_text *text)
{
	const char *c = text->source;

	while (*c != '\0') {
		unsigned code;

		if (text->braced && *c == '{' && c[1] != '{') {
			c += strcspn(c, "}");
			continue;
		}
		code = utf8_next(&c);
		if (utf8_is_letter(code))
			return true;
	}
	return false;
}

static int line_of(const struct form_texts *t, const struct xml_node *element)
{
	int line, column;

	xml_place(t->doc, element, NULL, 0, &line, &column);
	return line;
}

static struct form_text *add_text(struct form_texts *t, const char *id,
	const char *form, struct xml_node *element, unsigned language)
{
	struct form_text *text = ARENA_NEW(t->arena, struct form_text);

	text->id = arena_strdup(t->arena, id);
	text->form = arena_strdup(t->arena, form);
	text->element = element;
	text->language = language;
	text->line = line_of(t, element);
	text->is_media = is_media_form(form);
	text->in = ARENA_ARRAY(t->arena, const char *, t->n_languages + 1);
	text->marks = ARENA_ARRAY(t->arena, const char *, t->n_languages + 1);
	vec_push(&t->texts, text);
	map_set(&t->by_id, key_of(t->arena, text->id, text->form), text);
	return text;
}

/* What questions and choices are called. */
static void note_label(struct form_texts *t, const struct form_text *text,
	const struct text_use *use)
{
	const char *key;

	if (use->node == NULL || text->is_media ||
			(use->kind != TEXT_LABEL && use->kind != TEXT_CHOICE))
		return;
	key = use->kind == TEXT_LABEL ? use->node->ref : arena_printf(t->arena,
		"%s\004%s", use->node->ref, use->choice);
	if (!map_has(&t->labels, key))
		map_set(&t->labels, key, (void *)(uintptr_t)text);
}

/* "Yes" may be a choice of a thousand questions: some are enough to say where
 * it shows. */
enum { MOST_USES = 20 };

static void add_use(struct form_texts *t, struct form_text *text,
	enum text_kind kind, const struct xf_control *control, const struct xf_node *node,
	const char *choice)
{
	struct text_use use = { kind, control, node, choice };
	enum xf_guard guard = node == NULL ? XF_UNGUARDED : xf_guard_of(node);

	if (kind == TEXT_HINT && strcmp(text->form, "guidance") == 0)
		use.kind = TEXT_GUIDANCE;
	if (guard > text->guard)
		text->guard = guard;
	note_label(t, text, &use);
	if (text->uses.n >= MOST_USES)
		return;
	for (size_t i = 0; i < text->uses.n; i++) {
		const struct text_use *u = &text->uses.items[i];

		if (u->kind == use.kind && u->control == control &&
				u->node == node && u->choice == choice)
			return;
	}
	vec_push(&text->uses, use);
}

/* The same id may have a long text, a picture ... */
static void use_id(struct reader *r, const char *id, enum text_kind kind,
	const struct xf_control *c, const struct xf_node *node,
	const char *choice)
{
	static const char *const forms[] = { "", "short", "long", "guidance",
		"image", "big-image", "audio", "video" };
	struct form_texts *t = r->t;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct form_text *found = map_get(&t->by_id, key_of(t->arena,
			id, forms[i]));

		if (found != NULL)
			add_use(t, found, kind, c, node, choice);
	}
}

/* --- itext --- */

static struct xml_node *translation_of(const struct form_texts *t, unsigned i)
{
	struct xml_node *n = NULL;

	while ((n = xml_child(t->itext, n, NULL, "translation")) != NULL)
		if (i-- == 0)
			return n;
	return NULL;
}

static void read_languages(struct form_texts *t)
{
	struct xml_node *n = NULL;
	unsigned count = 0;

	while (t->itext != NULL && (n = xml_child(t->itext, n, NULL,
			"translation")) != NULL)
		count++;
	t->languages = ARENA_ARRAY(t->arena, const char *, count + 1);
	n = NULL;
	while (t->n_languages < count) {
		const char *lang;

		n = xml_child(t->itext, n, NULL, "translation");
		lang = xml_attribute(n, "", "lang");
		if (xml_attribute(n, "", "default") != NULL)
			t->default_language = t->n_languages;
		t->languages[t->n_languages++] = lang != NULL ? lang : "";
	}
}

/* The <value>s of one translation; those not met before are new texts. */
static void read_translation(struct reader *r, unsigned language)
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
			const char *key = key_of(t->arena, id,
				form != NULL ? form : "");
			struct wording_names none = { NULL, 0, 0 };

			map_set(&r->translated, arena_printf(t->arena,
				"%u\004%s", language, key), value);
			if (map_has(&t->by_id, key) ||
					wording_text(value, false, &none,
					t->arena)[0] == '\0')
				continue;
			add_text(t, id, form != NULL ? form : "", value,
				language)->context = xml_attribute(text,
				NS_BAYAZ, "context");
		}
	}
}

static struct xml_node *value_in(const struct reader *r, unsigned language,
	const struct form_text *text)
{
	const char *key = arena_printf(r->t->arena, "%u\004%s\004%s", language,
		text->id, text->form);

	return map_get(&r->translated, key);
}

/* Its wording in every language, once all are known. */
static void word_itext(struct reader *r, struct form_text *text)
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

static void read_itext(struct reader *r)
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

/* --- texts outside of itext --- */

static const char *free_id(struct reader *r, const char *wanted)
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

static void finish_inline(struct reader *r, struct form_text *text)
{
	if (r->t->n_languages > 0)
		text->in[text->language] = text->source;
}

static struct form_text *add_inline(struct reader *r, struct xml_node *element,
	const char *id)
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
	text = add_text(t, free_id(r, id), "", element, t->default_language);
	text->place = TEXT_IN_ELEMENT;
	offset_key(element, key);
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
static void read_body_text(struct reader *r, struct xml_node *element)
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
		add_use(t, text, is_item ? TEXT_CHOICE : is_hint ? TEXT_HINT :
			TEXT_LABEL, c, c->node, choice);
}

static void read_body(struct reader *r)
{
	struct xml_node *body = xml_child(r->t->doc->root, NULL, NULL, "body");
	struct xml_node *at = body;

	while (at != NULL && (at = next_element(body, at)) != NULL)
		if (strcmp(at->local, "label") == 0 ||
				strcmp(at->local, "hint") == 0)
			read_body_text(r, at);
}

static void read_message(struct reader *r, struct xml_node *bind,
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
	text = add_text(t, free_id(r, arena_printf(t->arena, "%s:jr:%s", node->ref,
		local)), "", bind, t->default_language);
	text->place = TEXT_IN_ATTRIBUTE;
	text->attribute = local;
	text->source = message;
	finish_inline(r, text);
	add_use(t, text, kind, node->n_controls > 0 ? node->controls[0] : NULL,
		node, NULL);
}

static void read_messages(struct reader *r)
{
	struct xml_node *bind = NULL;

	while ((bind = xml_child(r->t->model, bind, NULL, "bind")) != NULL) {
		read_message(r, bind, "constraintMsg", TEXT_CONSTRAINT);
		read_message(r, bind, "requiredMsg", TEXT_REQUIRED);
	}
}

/* Titles have no place in itext of other programs: an id of ours. */
static void read_titles(struct reader *r)
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

	if (title != NULL && !map_has(&t->by_id, key_of(t->arena,
			"bayaz:title", ""))) {
		text = add_inline(r, title, "bayaz:title");
		if (text != NULL)
			add_use(t, text, TEXT_TITLE, NULL, NULL, NULL);
	}
	if (str_is_empty(list_title) || map_has(&t->by_id, key_of(t->arena,
			"bayaz:list-title", "")))
		return;
	text = add_text(t, free_id(r, "bayaz:list-title"), "", root,
		t->default_language);
	text->place = TEXT_IN_ATTRIBUTE;
	text->attribute = "list-title";
	text->source = list_title;
	finish_inline(r, text);
	add_use(t, text, TEXT_LIST_TITLE, NULL, NULL, NULL);
}

/* --- choices in instances of the form --- */

static struct xml_node *instance_root(const struct form_texts *t,
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

static void read_item(struct reader *r, const struct xf_control *c,
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
		use_id(r, xml_text_of(label, t->arena), TEXT_CHOICE, c,
			c->node, choice);
		return;
	}
	id = arena_printf(t->arena, "%s-%s-%d", set->instance, set->label_name,
		number);
	text = map_get(&t->by_id, key_of(t->arena, id, ""));
	if (text == NULL) {
		text = add_inline(r, label, id);
		if (text == NULL)
			return;
		text->place = TEXT_IN_ITEM;
	}
	add_use(t, text, TEXT_CHOICE, c, c->node, choice);
}

static void read_itemset(struct reader *r, const struct xf_control *c)
{
	struct xml_node *root, *item = NULL;
	int number = 0;

	if (c->itemset == NULL || c->itemset->instance == NULL ||
			c->itemset->label_name == NULL)
		return;
	root = instance_root(r->t, c->itemset->instance);
	while (root != NULL && (item = xml_child(root, item, NULL, NULL)) !=
			NULL)
		read_item(r, c, item, number++);
}

/* --- uses of itext --- */

static void use_itext(struct reader *r, const struct xf_text *text,
	enum text_kind kind, const struct xf_control *c,
	const struct xf_node *node, const char *choice)
{
	if (text != NULL && text->itext != NULL)
		use_id(r, text->itext->id, kind, c, node, choice);
}

static void use_control(struct reader *r, const struct xf_control *c)
{
	use_itext(r, c->label, TEXT_LABEL, c, c->node, NULL);
	use_itext(r, c->hint, TEXT_HINT, c, c->node, NULL);
	for (size_t i = 0; i < c->n_choices; i++)
		use_itext(r, &c->choices[i].label, TEXT_CHOICE, c, c->node,
			c->choices[i].value);
	read_itemset(r, c);
}

static void use_controls(struct reader *r, struct xf_control *const *controls,
	unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		use_control(r, controls[i]);
		use_controls(r, controls[i]->children,
			controls[i]->n_children);
	}
}

static void use_binds(struct reader *r)
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
		add_use(t, title, TEXT_TITLE, NULL, NULL, NULL);
	if (list != NULL)
		add_use(t, list, TEXT_LIST_TITLE, NULL, NULL, NULL);
}

/* --- the whole --- */

/* In the order of the document, whatever they are found by. */
static int by_place(const void *a, const void *b)
{
	const struct form_text *x = *(struct form_text *const *)a;
	const struct form_text *y = *(struct form_text *const *)b;

	if (x->element != y->element)
		return x->element->order < y->element->order ? -1 : 1;
	return (x->attribute != NULL ? x->attribute[0] : 0) -
		(y->attribute != NULL ? y->attribute[0] : 0);
}

static void read_all(struct form_texts *t)
{
	struct reader r = { .t = t };

	map_init(&r.controls);
	map_init(&r.translated);
	map_init(&r.ids);
	note_controls(&r, t->form->body, t->form->n_body);
	read_languages(t);
	read_itext(&r);
	use_controls(&r, t->form->body, t->form->n_body);
	use_binds(&r);
	use_titles(t);
	read_titles(&r);
	read_messages(&r);
	read_body(&r);
	for (size_t i = 0; i < t->texts.n; i++)
		t->texts.items[i]->is_neutral = !has_letters(t->texts.items[i]);
	if (t->texts.n > 1)
		qsort(t->texts.items, t->texts.n, sizeof *t->texts.items,
			by_place);
	for (size_t i = 0; i < t->texts.n; i++)
		t->texts.items[i]->at = i;
	map_release(&r.controls);
	map_release(&r.translated);
	map_release(&r.ids);
}

/* As the loader reads it: what is no XML but for a trifle is mended. */
static struct xml_doc *read_document(const char *bytes, size_t n_bytes,
	const char *name, struct err *err)
{
	struct xml_doc *doc = xml_parse(bytes, n_bytes, name,
		&xml_limits_form, err);
	struct str mended = STR_INIT;

	if (doc == NULL && err->code == ERR_XML &&
			xml_mend(bytes, n_bytes, &mended))
		doc = xml_parse(mended.data, mended.len, name,
			&xml_limits_form, err);
	str_release(&mended);
	return doc;
}

static struct xform *load(const char *bytes, size_t n_bytes, const char *name,
	const struct xf_options *given, struct problems *problems,
	struct err *err)
{
	struct problems own = PROBLEMS_INIT;
	struct xf_options options = *given;
	struct xform *form;

	options.whole = true;
	options.missing_is_error = false;
	form = xform_load(bytes, n_bytes, name, &options, &own);
	if (form == NULL)
		problems_first_error(&own, err);
	if (problems != NULL) {
		*problems = own;
		return form;
	}
	problems_release(&own);
	return form;
}

struct form_texts *form_texts_read(const char *bytes, size_t n_bytes,
	const char *name, const struct xf_options *options,
	struct problems *problems, struct err *err)
{
	struct form_texts *t = xcalloc(1, sizeof *t);

	t->arena = arena_new();
	map_init(&t->by_id);
	map_init(&t->by_offset);
	map_init(&t->labels);
	t->form = load(bytes, n_bytes, name, options, problems, err);
	if (t->form != NULL)
		t->doc = read_document(bytes, n_bytes, name, err);
	if (t->doc == NULL) {
		form_texts_free(t);
		return NULL;
	}
	t->model = find_model(t->doc->root);
	t->itext = t->model == NULL ? NULL :
		xml_child(t->model, NULL, NULL, "itext");
	if (t->model != NULL)
		read_all(t);
	return t;
}

void form_texts_free(struct form_texts *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->texts.n; i++) {
		vec_release(&t->texts.items[i]->uses);
		vec_release(&t->texts.items[i]->names);
	}
	vec_release(&t->texts);
	map_release(&t->by_id);
	map_release(&t->by_offset);
	map_release(&t->labels);
	xml_free(t->doc);
	xform_free(t->form);
	arena_free(t->arena);
	free(t);
}

const struct form_text *form_text_of(const struct form_texts *t,
	const struct xf_text *text, const struct xml_node *element,
	const char *form)
{
	char key[16];

	if (text == NULL)
		return NULL;
	if (text->itext != NULL)
		return map_get(&t->by_id, key_of(t->arena, text->itext->id,
			form));
	if (element == NULL || form[0] != '\0')
		return NULL;
	offset_key(element, key);
	return map_get(&t->by_offset, key);
}

const struct form_text *form_text_of_message(const struct form_texts *t,
	const struct xf_node *node, const struct xf_text *text,
	const char *local)
{
	return text == NULL || text->itext != NULL ? form_text_of(t, text,
		NULL, "") : map_get(&t->by_id, arena_printf(t->arena,
		"%s:jr:%s\004", node->ref, local));
}

static void list_items(const struct form_texts *t, const struct xf_control *c,
	struct text_choices *choices)
{
	const struct xf_itemset *set = c->itemset;
	struct xml_node *item = NULL, *root = set->instance == NULL ||
		set->label_name == NULL ? NULL : instance_root(t,
		set->instance);
	int number = 0;

	while (root != NULL && (item = xml_child(root, item, NULL, NULL)) !=
			NULL) {
		struct xml_node *label = xml_child(item, NULL, NULL,
			set->label_name), *value = set->value_name == NULL ?
			NULL : xml_child(item, NULL, NULL, set->value_name);
		struct text_choice choice = { value == NULL ? "" :
			xml_text_of(value, t->arena), NULL };
		const char *id = label == NULL ? "" : set->label_is_itext ?
			xml_text_of(label, t->arena) : arena_printf(t->arena,
			"%s-%s-%d", set->instance, set->label_name, number);

		choice.text = map_get(&t->by_id, key_of(t->arena, id, ""));
		vec_push(choices, choice);
		number++;
	}
}

void form_texts_choices(const struct form_texts *t,
	const struct xf_control *c, struct text_choices *choices)
{
	struct xml_node *item = NULL;

	*choices = (struct text_choices){ NULL, 0, 0 };
	for (size_t i = 0; i < c->n_choices; i++) {
		item = xml_child(c->xml, item, NULL, "item");
		vec_push(choices, ((struct text_choice){ c->choices[i].value,
			form_text_of(t, &c->choices[i].label, item == NULL ?
			NULL : xml_child(item, NULL, NULL, "label"), "") }));
	}
	if (c->itemset != NULL)
		list_items(t, c, choices);
}

const char *form_text_in(const struct form_text *text, unsigned language)
{
	return text->in[language] != NULL ? text->in[language] : text->source;
}

int form_texts_language(const struct form_texts *t, const char *name)
{
	struct xform names = { .languages = t->languages,
		.n_languages = t->n_languages };

	return xform_language(&names, name);
}
