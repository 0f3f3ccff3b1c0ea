#include "config.h"

#include "author/texts.h"

#include <string.h>

#include "author/texts_parts.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "xform/guard.h"

/* --- finding things in the document --- */

const char *texts_key(struct arena *arena, const char *id,
	const char *form)
{
	return arena_printf(arena, "%s\004%s", id, form);
}

/* In document order; NULL after the last. */
struct xml_node *texts_next_element(const struct xml_node *top,
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

struct xml_node *texts_find_element(struct xml_node *top, const char *local)
{
	struct xml_node *at = top;

	while (at != NULL && strcmp(at->local, local) != 0)
		at = texts_next_element(top, at);
	return at;
}

void texts_offset_key(const struct xml_node *element, char key[16])
{
	snprintf(key, 16, "%u", (unsigned)element->offset);
}

/* --- one text --- */

static bool is_media_form(const char *form)
{
	return strcmp(form, "image") == 0 || strcmp(form, "big-image") == 0 ||
		strcmp(form, "audio") == 0 || strcmp(form, "video") == 0;
}

static int line_of(const struct form_texts *t, const struct xml_node *element)
{
	int line, column;

	xml_place(t->doc, element, NULL, 0, &line, &column);
	return line;
}

struct form_text *texts_add(struct form_texts *t, const char *id,
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
	map_set(&t->by_id, texts_key(t->arena, text->id, text->form), text);
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

void texts_add_use(struct form_texts *t, struct form_text *text,
	enum text_kind kind, const struct xf_control *control,
	const struct xf_node *node, const char *choice)
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
void texts_use_id(struct texts_reader *r, const char *id, enum text_kind kind,
	const struct xf_control *c, const struct xf_node *node,
	const char *choice)
{
	static const char *const forms[] = { "", "short", "long", "guidance",
		"image", "big-image", "audio", "video" };
	struct form_texts *t = r->t;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct form_text *found = map_get(&t->by_id, texts_key(t->arena,
			id, forms[i]));

		if (found != NULL)
			texts_add_use(t, found, kind, c, node, choice);
	}
}

/* --- the whole --- */

static void note_controls(struct texts_reader *r,
	struct xf_control *const *controls, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		char key[16];

		texts_offset_key(controls[i]->xml, key);
		map_set(&r->controls, arena_strdup(r->t->arena, key),
			controls[i]);
		note_controls(r, controls[i]->children,
			controls[i]->n_children);
	}
}

/* As the loader finds it. */
static struct xml_node *find_model(struct xml_node *root)
{
	struct xml_node *head = xml_child(root, NULL, NULL, "head");
	struct xml_node *model = head == NULL ? NULL :
		xml_child(head, NULL, NULL, "model");

	return model != NULL ? model : texts_find_element(root, "model");
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
	struct texts_reader r = { .t = t };

	map_init(&r.controls);
	map_init(&r.translated);
	map_init(&r.ids);
	note_controls(&r, t->form->body, t->form->n_body);
	read_languages(t);
	texts_read_itext(&r);
	texts_use_itext(&r);
	texts_read_inline(&r);
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
		return map_get(&t->by_id, texts_key(t->arena, text->itext->id,
			form));
	if (element == NULL || form[0] != '\0')
		return NULL;
	texts_offset_key(element, key);
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
		set->label_name == NULL ? NULL : texts_instance_root(t,
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

		choice.text = map_get(&t->by_id, texts_key(t->arena, id, ""));
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
