#include "config.h"

#include "author/translate.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"

struct writing {
	struct form_texts *t;
	const struct phrases *phrases;
	const struct po *po;
	const char *po_name, *language, *source_language;
	struct xml_node *into, *original;	/* <translation>s */
	struct map texts;		/* id -> <text> in `into` */
	struct translated *done;
	struct problems *problems;
};

/* --- elements on lines of their own --- */

static int depth_of(const struct xml_node *node)
{
	int depth = 0;

	for (; node->parent != NULL; node = node->parent)
		depth++;
	return depth;
}

static bool is_blank(const struct xml_node *node)
{
	return node != NULL && node->kind == XML_TEXT &&
		strspn(node->text, " \t\r\n") == strlen(node->text);
}

static void break_line(struct xml_doc *doc, struct xml_node *parent, int depth)
{
	char line[64] = "\n";

	for (int i = 1; i <= 2 * depth && i < 60; i++) {
		line[i] = ' ';
		line[i + 1] = '\0';
	}
	xml_append_text(doc, parent, line, strlen(line));
}

static struct xml_node *append_line(struct xml_doc *doc,
	struct xml_node *parent, const struct xml_node *like,
	const char *local)
{
	int depth = depth_of(parent);
	struct xml_node *node;

	if (is_blank(parent->last))
		xml_take_out(parent->last);
	break_line(doc, parent, depth);
	node = xml_append_element(doc, parent, like->ns, like->prefix, local);
	break_line(doc, parent, depth - 1);
	return node;
}

/* --- itext --- */

static struct xml_node *find_translation(const struct form_texts *t,
	const char *language)
{
	struct xml_node *n = NULL;
	const char *lang;

	while (t->itext != NULL && (n = xml_child(t->itext, n, NULL,
			"translation")) != NULL) {
		lang = xml_attribute(n, "", "lang");
		if (strcmp(lang != NULL ? lang : "", language) == 0)
			return n;
	}
	return NULL;
}

static struct xml_node *add_translation(struct form_texts *t,
	const char *language)
{
	struct xml_node *n = append_line(t->doc, t->itext, t->model,
		"translation");

	xml_set_attribute(t->doc, n, "", "", "lang", language);
	return n;
}

/* In a form without itext all texts are of one language without a name. */
static void make_itext(struct writing *w)
{
	struct form_texts *t = w->t;
	struct xml_node *first = t->model->first;

	t->itext = xml_append_element(t->doc, t->model, t->model->ns,
		t->model->prefix, "itext");
	if (first != NULL)
		xml_move_before(t->itext, first);
	if (is_blank(first)) {
		xml_move_before(first, t->itext);
		xml_append_text(t->doc, t->model, first->text,
			strlen(first->text));
		xml_move_before(t->model->last, t->itext->next != NULL ?
			t->itext->next : t->itext);
	}
	w->original = add_translation(t, w->source_language);
	xml_set_attribute(t->doc, w->original, "", "", "default", "true()");
}

static void open_itext(struct writing *w)
{
	struct form_texts *t = w->t;
	struct xml_node *text = NULL;

	if (t->itext == NULL)
		make_itext(w);
	else if (t->n_languages == 0)
		w->original = find_translation(t, w->source_language);
	else
		w->original = find_translation(t,
			t->languages[t->default_language]);
	w->into = find_translation(t, w->language);
	if (w->into == NULL)
		w->into = add_translation(t, w->language);
	while ((text = xml_child(w->into, text, NULL, "text")) != NULL) {
		const char *id = xml_attribute(text, "", "id");

		if (id != NULL)
			map_set(&w->texts, id, text);
	}
}

static bool has_form(const struct xml_node *value, const char *form)
{
	const char *own = xml_attribute(value, "", "form");

	return strcmp(own != NULL ? own : "", form) == 0;
}

static struct xml_node *find_value(const struct xml_node *text,
	const char *form)
{
	struct xml_node *value = NULL;

	while (text != NULL && (value = xml_child(text, value, NULL,
			"value")) != NULL)
		if (has_form(value, form))
			return value;
	return NULL;
}

static struct xml_node *value_for(struct writing *w,
	const struct form_text *text)
{
	struct xml_doc *doc = w->t->doc;
	struct xml_node *element = map_get(&w->texts, text->id);
	struct xml_node *value;

	if (element == NULL) {
		element = append_line(doc, w->into, w->into, "text");
		xml_set_attribute(doc, element, "", "", "id", text->id);
		map_set(&w->texts, text->id, element);
	}
	value = find_value(element, text->form);
	if (value != NULL)
		return value;
	value = append_line(doc, element, w->into, "value");
	if (text->form[0] != '\0')
		xml_set_attribute(doc, value, "", "", "form", text->form);
	return value;
}

/* --- texts of the form move into itext --- */

static void set_reference(struct writing *w, struct xml_node *element,
	const char *ns, const char *prefix, const char *attribute,
	const char *id)
{
	char *ref = str_format("jr:itext('%s')", id);

	xml_set_attribute(w->t->doc, element, ns, prefix, attribute, ref);
	free(ref);
}

static void put_original(struct writing *w, struct form_text *text)
{
	struct xml_doc *doc = w->t->doc;
	struct xml_node *element = append_line(doc, w->original, w->original,
		"text");
	struct xml_node *value;

	xml_set_attribute(doc, element, "", "", "id", text->id);
	value = append_line(doc, element, w->original, "value");
	wording_put(doc, value, text->source, text->braced, &text->names,
		false);
	if (w->original == w->into)
		map_set(&w->texts, text->id, element);
	text->place = TEXT_IN_ITEXT;
}

static bool is_title(const struct form_text *text)
{
	return text->uses.n > 0 && text->uses.items[0].kind <= TEXT_LIST_TITLE;
}

static void move_element(struct writing *w, struct form_text *text)
{
	put_original(w, text);
	if (is_title(text))		/* others read it where it stands */
		return;
	xml_set_text(w->t->doc, text->element, "");
	set_reference(w, text->element, "", "", "ref", text->id);
}

static const char *prefix_of(struct form_texts *t, const char *ns,
	const char *usual)
{
	const struct xml_node *root = t->doc->root;

	for (const struct xml_decl *d = root->decls; d != NULL; d = d->next)
		if (strcmp(d->uri, ns) == 0 && d->prefix[0] != '\0')
			return d->prefix;
	xml_declare(t->doc, t->doc->root, usual, ns);
	return usual;
}

static void move_attribute(struct writing *w, struct form_text *text)
{
	put_original(w, text);
	if (!is_title(text))
		set_reference(w, text->element, NS_JAVAROSA,
			prefix_of(w->t, NS_JAVAROSA, "jr"), text->attribute,
			text->id);
}

/* --- choices of an instance --- */

static const char *id_child_of(const struct form_text *text,
	struct arena *arena)
{
	return strcmp(text->element->local, "label") == 0 ? "itextId" :
		arena_printf(arena, "itextId_%s", text->element->local);
}

static bool names_instance(const char *nodeset, const char *id)
{
	char *one = str_format("instance('%s')", id);
	char *two = str_format("instance(\"%s\")", id);
	bool names = nodeset != NULL && (strstr(nodeset, one) != NULL ||
		strstr(nodeset, two) != NULL);

	free(one);
	free(two);
	return names;
}

static void point_itemset(struct writing *w, const struct xml_node *itemset,
	const struct form_text *text, const char *child)
{
	struct xml_node *label = xml_child(itemset, NULL, NULL, "label");
	const char *ref = label == NULL ? NULL : xml_attribute(label, "",
		"ref");
	char *call;

	if (ref == NULL || strcmp(ref, text->element->local) != 0)
		return;
	call = str_format("jr:itext(%s)", child);
	xml_set_attribute(w->t->doc, label, "", "", "ref", call);
	free(call);
}

static void point_itemsets(struct writing *w, const struct xml_node *element,
	const struct form_text *text, const char *instance, const char *child)
{
	for (const struct xml_node *n = element->first; n != NULL; n = n->next)
		if (n->kind != XML_ELEMENT)
			continue;
		else if (strcmp(n->local, "itemset") != 0)
			point_itemsets(w, n, text, instance, child);
		else if (names_instance(xml_attribute(n, "", "nodeset"),
				instance))
			point_itemset(w, n, text, child);
}

/* All labels of that list at once: a choice without an id would be blank. */
static void move_list(struct writing *w, const struct form_text *one)
{
	struct form_texts *t = w->t;
	struct xml_node *root = one->element->parent->parent;
	const char *instance = xml_attribute(root->parent, "", "id");
	const char *child = id_child_of(one, t->arena);
	const struct xml_node *body = xml_child(t->doc->root, NULL, NULL,
		"body");

	for (size_t i = 0; i < t->texts.n; i++) {
		struct form_text *text = t->texts.items[i];
		struct xml_node *item = text->element->parent, *id;

		if (text->place != TEXT_IN_ITEM || item->parent != root ||
				strcmp(text->element->local,
				one->element->local) != 0)
			continue;
		put_original(w, text);
		id = xml_append_element(t->doc, item, text->element->ns,
			text->element->prefix, child);
		xml_set_text(t->doc, id, text->id);
	}
	if (instance != NULL && body != NULL)
		point_itemsets(w, body, one, instance, child);
}

static void move_into_itext(struct writing *w, struct form_text *text)
{
	switch (text->place) {
	case TEXT_IN_ITEXT: break;
	case TEXT_IN_ELEMENT: move_element(w, text); break;
	case TEXT_IN_ATTRIBUTE: move_attribute(w, text); break;
	case TEXT_IN_ITEM: move_list(w, text); break;
	}
}

/* --- one text --- */

static void take_out_value(struct writing *w, const struct form_text *text)
{
	struct xml_node *element = map_get(&w->texts, text->id);
	struct xml_node *value = find_value(element, text->form);

	if (value == NULL)
		return;
	if (is_blank(value->previous))
		xml_take_out(value->previous);
	xml_take_out(value);
}

static bool is_braced(const struct po_entry *entry)
{
	return po_has_flag(entry, "python-brace-format");
}

static void put_translation(struct writing *w, struct form_text *text,
	const struct po_entry *entry)
{
	struct xml_node *value;
	const char *mark = po_review_mark(entry);

	move_into_itext(w, text);
	value = value_for(w, text);
	wording_put(w->t->doc, value, entry->strings.items[0], text->braced,
		&text->names, !is_braced(entry) &&
		strstr(entry->names.id, "<output ") == NULL);
	xml_remove_attribute(value, NS_BAYAZ, "reviewed");
	if (mark != NULL && wording_mark_holds(mark, entry->names.id,
			entry->strings.items[0]))
		xml_set_attribute(w->t->doc, value, NS_BAYAZ,
			prefix_of(w->t, NS_BAYAZ, "bayaz"), "reviewed", mark);
}

/* What reads the same in every language. */
static void put_neutral(struct writing *w, const struct form_text *text)
{
	const struct xml_node *element = map_get(&w->texts, text->id);

	if (text->place == TEXT_IN_ITEXT && find_value(element, text->form) ==
			NULL)
		wording_put(w->t->doc, value_for(w, text), text->source,
			text->braced, &text->names, false);
}

static bool has_agreeing_placeholders(struct writing *w,
	const struct phrase *p, const struct po_entry *entry)
{
	struct err err = ERR_INIT;

	if (!(p->braced || is_braced(entry)) || po_braces_agree(p->source,
			entry->strings.items[0], &err))
		return true;
	if (p->braced && !is_braced(entry) && p->texts.items[0]->braced)
		return true;		/* languages of the form differ there */
	problem_add(w->problems, SEVERITY_ERROR, err.code, w->po_name,
		entry->line, 1, NULL, NULL, "%s", err.message);
	w->done->n_refused++;
	return false;
}

/* What is to be done with the texts of a phrase. */
struct verdict {
	enum { LEAVE, TAKE_OUT, WRITE } what;
	const struct po_entry *entry;
};

static struct verdict judge(struct writing *w, const struct phrase *p)
{
	const struct po_entry *entry = po_entry_of(w->po, p);
	const char *mark;

	if (entry != NULL && entry->is_fuzzy &&
			entry->strings.items[0][0] != '\0') {
		w->done->n_fuzzy++;
		return (struct verdict){ TAKE_OUT, entry };
	}
	if (entry == NULL || !po_is_translated(entry)) {
		w->done->n_missing += !p->is_media;
		return (struct verdict){ LEAVE, entry };
	}
	if (!has_agreeing_placeholders(w, p, entry))
		return (struct verdict){ LEAVE, entry };
	w->done->n_written++;
	mark = po_review_mark(entry);
	w->done->n_reviewed += mark != NULL && wording_mark_holds(mark,
		entry->names.id, entry->strings.items[0]);
	return (struct verdict){ WRITE, entry };
}

static bool is_original(const struct writing *w, const struct form_text *text)
{
	const struct form_texts *t = w->t;

	return strcmp(w->language, t->n_languages == 0 ? w->source_language :
		t->languages[text->language]) == 0;
}

static const struct po_entry *usable(const struct po *po, const char *context,
	const struct form_text *text)
{
	const struct po_entry *entry = po_find(po, context, text->source);

	return entry != NULL && po_is_translated(entry) && (!is_braced(entry)
		|| po_braces_agree(text->source, entry->strings.items[0],
		NULL)) ? entry : NULL;
}

/* A text that is translated in its own way is named by its msgctxt, also where
 * the form has forgotten that it differs. */
static const struct po_entry *own_entry(const struct writing *w,
	const struct form_text *text)
{
	const struct po_entry *entry = usable(w->po, text_context(text,
		w->t->arena), text);

	return entry != NULL ? entry : usable(w->po, text_use_context(text),
		text);
}

static void translate_text(struct writing *w, struct form_text *text,
	const struct verdict *verdicts)
{
	const struct phrase *p = map_get(&w->phrases->of_text,
		arena_printf(w->t->arena, "%s\004%s", text->id, text->form));

	const struct po_entry *own;

	if (is_original(w, text))
		return;
	own = own_entry(w, text);
	if (own == NULL && p == NULL)
		own = usable(w->po, NULL, text);
	if (own != NULL)
		put_translation(w, text, own);
	else if (p == NULL)
		put_neutral(w, text);
	else if (verdicts[p->index].what == WRITE)
		put_translation(w, text, verdicts[p->index].entry);
	else if (verdicts[p->index].what == TAKE_OUT)
		take_out_value(w, text);
}

void form_translate(struct form_texts *t, const struct phrases *phrases,
	const struct po *po, const char *po_name, const char *language,
	const char *source_language, struct translated *done,
	struct problems *problems)
{
	struct writing w = { t, phrases, po, po_name, language,
		source_language, NULL, NULL, MAP_INIT, done, problems };
	struct verdict *verdicts = xcalloc(phrases->list.n + 1,
		sizeof *verdicts);

	*done = (struct translated){ 0, 0, 0, 0, 0 };
	for (size_t i = 0; i < phrases->list.n; i++)
		verdicts[i] = judge(&w, phrases->list.items[i]);
	open_itext(&w);
	for (size_t i = 0; i < t->texts.n; i++)
		translate_text(&w, t->texts.items[i], verdicts);
	map_release(&w.texts);
	free(verdicts);
}

void form_texts_xml(const struct form_texts *t, struct str *out)
{
	str_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	for (const struct xml_node *n = t->doc->document->first; n != NULL;
			n = n->next) {
		xml_add_node(out, n);
		str_addc(out, '\n');
	}
}
