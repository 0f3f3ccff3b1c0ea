/*
 * Texts: itext in every language, and what labels, hints and messages say,
 * with their outputs.
 * Source: ODK XForms, "Languages", "Media", "Markdown"; JavaRosa: a text that
 * is missing in the default language refuses the form, in another it is a
 * warning.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "base/near.h"
#include "xform/loader.h"

/* A text id with what the public struct does not tell: which languages have
 * the text in any form at all, forms unknown to us included. */
struct entry {
	struct xf_itext itext;		/* first: the map hands this out */
	struct xf_runs *values;		/* itext.values, writable */
	bool *present;			/* by language */
	unsigned char *seen;		/* bits of forms, by language */
	bool *reviewed;			/* itext.reviewed, writable; or NULL */
};

typedef VEC(struct xf_run) run_list;

/* Each text has room for each language: what is beyond this is an attack. */
enum { MOST_LANGUAGES = 500, MOST_TEXTS = 2000000 };

static const char *const form_names[XF_N_TEXT_FORMS] = {
	"", "short", "long", "guidance", "image", "big-image", "audio", "video"
};

/* --- runs: pieces of text and outputs --- */

static void push_text(struct loader *l, run_list *runs, struct str *text)
{
	struct xf_run run = { NULL, NULL };

	if (text->len == 0)
		return;
	run.text = arena_strndup(l->arena, text->data, text->len);
	vec_push(runs, run);
	str_clear(text);
}

static void push_output(struct loader *l, run_list *runs,
	const struct xml_node *output, struct xf_node *context)
{
	const struct xml_node *a = load_attribute(output, "value");
	struct xf_run run = { NULL, NULL };

	if (a == NULL)
		a = load_attribute(output, "ref");
	if (a == NULL) {
		load_error(l, output, NULL,
			_("<output> has neither 'value' nor 'ref'"));
		return;
	}
	run.output = load_output_expr(l, output, a);
	if (run.output == NULL)
		return;
	load_use(l, run.output, context != NULL ? context : l->form->root,
		XF_N_PROPERTIES, true);
	vec_push(runs, run);
}

/* Elements of XHTML stay in the text as tags; others are passed over. */
static void gather_runs(struct loader *l, run_list *runs, struct str *text,
	const struct xml_node *parent, struct xf_node *context)
{
	for (const struct xml_node *n = parent->first; n != NULL; n = n->next) {
		if (n->kind == XML_TEXT) {
			str_add(text, n->text);
		} else if (n->kind != XML_ELEMENT) {
			continue;
		} else if (strcmp(n->local, "output") == 0) {
			push_text(l, runs, text);
			push_output(l, runs, n, context);
		} else if (strcmp(n->ns, NS_XHTML) == 0) {
			str_addf(text, "<%s>", n->local);
			gather_runs(l, runs, text, n, context);
			str_addf(text, "</%s>", n->local);
		} else {
			load_warning(l, n, NULL, _("<%s> is passed over: in a "
				"text only <output> and XHTML are known"),
				n->local);
		}
	}
}

static const char *trim(struct loader *l, const char *text, bool start,
	bool end)
{
	size_t n;

	while (start && isspace((unsigned char)*text))
		text++;
	n = strlen(text);
	while (end && n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	return text[n] == '\0' ? text : arena_strndup(l->arena, text, n);
}

static struct xf_runs runs_of(struct loader *l, const struct xml_node *element,
	struct xf_node *context)
{
	struct str text = STR_INIT;
	run_list runs = { 0 };
	struct xf_runs result = { NULL, 0 };

	gather_runs(l, &runs, &text, element, context);
	push_text(l, &runs, &text);
	for (size_t i = 0; i < runs.n; i++)
		if (runs.items[i].output == NULL)
			runs.items[i].text = trim(l, runs.items[i].text, i == 0,
				i + 1 == runs.n);
	if (runs.n > 0) {
		struct xf_run *items = arena_alloc(l->arena,
			runs.n * sizeof *items);

		memcpy(items, runs.items, runs.n * sizeof *items);
		result = (struct xf_runs){ items, runs.n };
	}
	vec_release(&runs);
	str_release(&text);
	return result;
}

static struct xf_runs runs_of_literal(struct loader *l, const char *text)
{
	struct xf_run *run = ARENA_NEW(l->arena, struct xf_run);

	run->text = text;
	return (struct xf_runs){ run, 1 };
}

/* --- the itext block --- */

static struct entry *entry_of(struct loader *l, const char *id)
{
	struct entry *e = map_get(&l->form->itext, id);
	unsigned n = l->form->n_languages;

	if (e != NULL)
		return e;
	if ((l->form->itext.n + 1) * n > MOST_TEXTS)
		return NULL;
	e = ARENA_NEW(l->arena, struct entry);
	e->values = ARENA_ARRAY(l->arena, struct xf_runs,
		(size_t)n * XF_N_TEXT_FORMS);
	e->present = ARENA_ARRAY(l->arena, bool, n);
	e->seen = ARENA_ARRAY(l->arena, unsigned char, n);
	e->itext.id = arena_strdup(l->arena, id);	/* itext is dropped */
	e->itext.values = e->values;
	map_set(&l->form->itext, e->itext.id, e);
	return e;
}

static int form_of(const char *name)
{
	for (int i = 0; i < XF_N_TEXT_FORMS; i++)
		if (strcmp(form_names[i], name) == 0)
			return i;
	return -1;
}

static bool load_value(struct loader *l, const char *id, unsigned language,
	const struct xml_node *value)
{
	struct entry *e = entry_of(l, id);
	const char *name = load_attribute_text(value, "form");
	int form = form_of(name != NULL ? name : "");
	struct xf_runs *runs;

	if (e == NULL)
		return load_error(l, value, NULL,
			_("the form has too many texts"));
	e->present[language] = true;
	if (form < 0)
		return true;
	if (e->seen[language] & 1u << form) {
		load_error(l, value, NULL, _("text '%s' is given twice in this "
			"language"), e->itext.id);
		return true;
	}
	e->seen[language] = (unsigned char)(e->seen[language] | 1u << form);
	runs = &e->values[(size_t)language * XF_N_TEXT_FORMS + (size_t)form];
	*runs = runs_of(l, value, NULL);
	for (size_t i = 0; i < runs->n; i++)
		l->form->itext_has_outputs |= runs->items[i].output != NULL;
	if (runs->n == 0)
		*runs = runs_of_literal(l, "");
	return true;
}

static void load_texts(struct loader *l, unsigned language,
	const struct xml_node *translation)
{
	const struct xml_node *text = NULL, *value;

	while ((text = xml_child(translation, text, NULL, "text")) != NULL) {
		const char *id = load_attribute_text(text, "id");

		if (id == NULL || *id == '\0') {
			load_strictly(l, text, NULL, _("<text> has no id"));
			continue;
		}
		for (value = xml_child(text, NULL, NULL, NULL); value != NULL;
				value = xml_child(text, value, NULL, NULL)) {
			if (strcmp(value->local, "value") != 0)
				load_error(l, value, NULL, _("<%s> does not "
					"belong into <text>"), value->local);
			else if (!load_value(l, id, language, value))
				return;
		}
	}
}

static bool name_language(struct loader *l, const struct xml_node *translation)
{
	struct xform *form = l->form;
	const char *lang = load_attribute_text(translation, "lang");

	if (lang == NULL || *lang == '\0')
		return load_error(l, translation, NULL,
			_("<translation> has no lang"));
	for (unsigned i = 0; i < form->n_languages; i++)
		if (strcmp(form->languages[i], lang) == 0)
			return load_error(l, translation, NULL,
				_("there are two translations in '%s'"), lang);
	form->languages[form->n_languages++] = arena_strdup(l->arena, lang);
	return true;
}

/* Names first: the tables are as wide as there are languages. */
static unsigned name_languages(struct loader *l, const struct xml_node *itext)
{
	const struct xml_node *t = NULL;
	const struct xml_node *chosen = NULL;
	unsigned n = 0;

	while ((t = xml_child(itext, t, NULL, "translation")) != NULL)
		if (++n > MOST_LANGUAGES) {
			load_error(l, t, NULL, _("a form has at most %d "
				"languages"), MOST_LANGUAGES);
			return n;
		}
	l->form->languages = ARENA_ARRAY(l->arena, const char *, n + 1);
	while ((t = xml_child(itext, t, NULL, "translation")) != NULL) {
		if (!name_language(l, t) ||
				load_attribute(t, "default") == NULL)
			continue;
		if (chosen != NULL)
			load_error(l, t, NULL, _("more than one translation "
				"is the default"));
		chosen = t;
		l->form->default_language = l->form->n_languages - 1;
	}
	return n;
}

void load_itext(struct loader *l)
{
	const struct xml_node *itext = xml_child(l->model, NULL, NULL, "itext");
	const struct xml_node *t = NULL;
	unsigned language = 0;

	if (itext == NULL)
		return;
	if (name_languages(l, itext) == 0) {
		load_error(l, itext, NULL, _("<itext> has no <translation>"));
		return;
	}
	if (l->problems->n_errors > 0)
		return;
	while ((t = xml_child(itext, t, NULL, "translation")) != NULL)
		load_texts(l, language++, t);
	load_reviewed(l, itext);
}

void itext_set_reviewed(struct loader *l, const char *id, unsigned language,
	const char *form_name)
{
	struct entry *e = map_get(&l->form->itext, id);
	int form = form_of(form_name);

	if (e == NULL || form < 0)
		return;
	if (e->reviewed == NULL) {
		e->reviewed = ARENA_ARRAY(l->arena, bool,
			(size_t)l->form->n_languages * XF_N_TEXT_FORMS);
		e->itext.reviewed = e->reviewed;
	}
	e->reviewed[(size_t)language * XF_N_TEXT_FORMS + (size_t)form] = true;
}

/* --- references to texts --- */

/* Between the parentheses of "jr:itext(...)"; NULL: something else. */
static const char *itext_argument(struct loader *l, const char *text,
	size_t *skip)
{
	const char *open = "jr:itext(";
	const char *start = text + strspn(text, " \t\r\n");
	size_t n = strlen(text);

	while (n > 0 && isspace((unsigned char)text[n - 1]))
		n--;
	if (strncmp(start, open, strlen(open)) != 0 || n == 0 ||
			text[n - 1] != ')')
		return NULL;
	start += strlen(open);
	*skip = (size_t)(start - text);
	return arena_strndup(l->arena, start, n - 1 - *skip);
}

/* 'id' or "id": the id; NULL: an expression. */
static const char *quoted(struct loader *l, const char *text)
{
	size_t n;

	text = trim(l, text, true, true);
	n = strlen(text);
	if (n < 2 || (text[0] != '\'' && text[0] != '"') ||
			text[n - 1] != text[0] ||
			memchr(text + 1, text[0], n - 2) != NULL)
		return NULL;
	return arena_strndup(l->arena, text + 1, n - 2);
}

static void say_nearest_text(struct loader *l, const char *id)
{
	size_t least = strlen(id) / 3 + 1;
	const char *best = NULL;

	for (size_t i = 0; i < l->form->itext.n; i++) {
		const char *known = l->form->itext.entries[i].key;
		size_t far = text_distance(id, known);

		if (far > 0 && far < least) {
			least = far;
			best = known;
		}
	}
	if (best != NULL)
		load_remedy(l, _("did you mean '%s'?"), best);
	else
		load_remedy(l, _("add <text id=\"%s\"> to the translation"),
			id);
}

/* Is the text there in every language? */
static void check_languages(struct loader *l, const struct xml_node *element,
	const struct xml_node *attribute, const struct entry *e, const char *id,
	bool is_message)
{
	const struct xform *form = l->form;

	for (unsigned i = 0; i < form->n_languages; i++) {
		if (e != NULL && e->present[i])
			continue;
		if (i == form->default_language && !is_message)
			load_error(l, element, attribute, _("there is no text "
				"'%1$s' in '%2$s', the default language"), id,
				form->languages[i]);
		else
			load_warning(l, element, attribute, _("there is no "
				"text '%1$s' in '%2$s'"), id,
				form->languages[i]);
		say_nearest_text(l, id);
	}
	if (form->n_languages == 0 && is_message)
		load_warning(l, element, attribute,
			_("there is no text '%s': the form has no <itext>"), id);
	else if (form->n_languages == 0)
		load_error(l, element, attribute,
			_("there is no text '%s': the form has no <itext>"), id);
}

static bool refer(struct loader *l, const struct xml_node *element,
	const struct xml_node *attribute, struct xf_node *context,
	bool is_message, struct xf_text *text)
{
	size_t skip;
	const char *argument = itext_argument(l, attribute->text, &skip);
	const char *id;

	if (argument == NULL)
		return false;
	id = quoted(l, argument);
	if (id != NULL) {
		text->itext = map_get(&l->form->itext, id);
		check_languages(l, element, attribute,
			(const struct entry *)(const void *)text->itext, id,
			is_message);
		return true;
	}
	text->itext_id = load_expr(l, element, attribute, skip, argument);
	load_use(l, text->itext_id, context != NULL ? context : l->form->root,
		XF_N_PROPERTIES, true);
	return true;
}

static struct xf_text *text_new(struct loader *l,
	const struct xml_node *element)
{
	struct xf_text *text = ARENA_NEW(l->arena, struct xf_text);
	int column;

	xml_place(l->form->doc, element, NULL, 0, &text->line, &column);
	return text;
}

const struct xf_text *text_of_element(struct loader *l,
	const struct xml_node *element, struct xf_node *context)
{
	const struct xml_node *ref = load_attribute(element, "ref");
	struct xf_text *text = text_new(l, element);

	if (ref != NULL) {
		if (refer(l, element, ref, context, false, text))
			return text;
		load_error(l, element, ref, _("the ref of <%1$s> has to be "
			"jr:itext('ID'), not '%2$s'"), element->local,
			ref->text);
		return NULL;
	}
	text->runs = runs_of(l, element, context);
	return text->runs.n > 0 ? text : NULL;
}

const struct xf_text *text_of_attribute(struct loader *l,
	const struct xml_node *element, const struct xml_node *attribute,
	struct xf_node *context)
{
	struct xf_text *text;

	if (attribute == NULL)
		return NULL;
	text = text_new(l, element);
	if (!refer(l, element, attribute, context, true, text))
		text->runs = runs_of_literal(l, attribute->text);
	return text;
}

bool text_has_form(const struct xform *form, const struct xf_text *text,
	enum xf_form_of_text which)
{
	if (text == NULL || text->itext == NULL)
		return false;
	for (unsigned i = 0; i < form->n_languages; i++)
		if (text->itext->values[i * XF_N_TEXT_FORMS + which].n > 0)
			return true;
	return false;
}
