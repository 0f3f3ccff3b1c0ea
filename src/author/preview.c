#include "config.h"

#include "author/preview.h"

#include <string.h>

#include "author/words.h"
#include "base/gettext.h"
#include "base/mem.h"

struct walking {
	struct preview *p;
	const struct form_texts *t;
	const struct phrases *phrases;
	const struct po *po;
	int language;
	int depth;
	bool *counted;			/* by phrase: a text counts once */
};

/* --- one text --- */

struct seen { const char *text; enum preview_state state; };

static struct seen see_mark(const struct phrase *p, const char *text,
	const char *mark)
{
	bool marked = p->guard < XF_SAFETY || (mark != NULL &&
		wording_mark_holds(mark, p->source, text));

	return (struct seen){ text, marked ? PREVIEW_DONE :
		PREVIEW_UNREVIEWED };
}

static struct seen see_in_po(const struct walking *w, const struct phrase *p)
{
	const struct po_entry *entry = po_entry_of(w->po, p);

	if (entry == NULL || entry->strings.items[0][0] == '\0')
		return (struct seen){ NULL, PREVIEW_MISSING };
	if (entry->is_fuzzy)
		return (struct seen){ entry->strings.items[0], PREVIEW_FUZZY };
	return see_mark(p, entry->strings.items[0], po_review_mark(entry));
}

static const struct phrase *phrase_of(const struct walking *w,
	const struct form_text *text)
{
	return map_get(&w->phrases->of_text, arena_printf(w->p->arena,
		"%s\004%s", text->id, text->form));
}

/* What a person will read, and what is to be said of it. */
static struct seen see(const struct walking *w, const struct form_text *text)
{
	const struct phrase *p = phrase_of(w, text);
	struct seen seen = { NULL, PREVIEW_MISSING };

	if (w->language == (int)text->language)
		return (struct seen){ text->source, PREVIEW_DONE };
	if (p == NULL)
		return (struct seen){ text->source, PREVIEW_DONE };
	if (w->po != NULL)
		seen = see_in_po(w, p);
	if (seen.text == NULL && w->language >= 0 &&
			text->in[w->language] != NULL)
		seen = see_mark(p, text->in[w->language],
			text->marks[w->language]);
	if (text->is_media && seen.state == PREVIEW_MISSING)
		seen.state = PREVIEW_DONE;
	return seen;
}

static void count(struct walking *w, const struct form_text *text,
	enum preview_state state)
{
	const struct phrase *p = phrase_of(w, text);

	if (p == NULL || w->counted[p->index])
		return;
	w->counted[p->index] = true;
	w->p->n_missing += state == PREVIEW_MISSING;
	w->p->n_fuzzy += state == PREVIEW_FUZZY;
	w->p->n_unreviewed += state == PREVIEW_UNREVIEWED;
}

/* "{{" is for translators: a person sees "{". */
static const char *unbraced(const struct walking *w,
	const struct form_text *text, const char *wording)
{
	char *out = arena_strdup(w->p->arena, wording), *to = out;

	if (!text->braced)
		return out;
	for (const char *c = wording; *c != '\0'; c++) {
		*to++ = *c;
		c += (*c == '{' || *c == '}') && c[1] == *c;
	}
	*to = '\0';
	return out;
}

static void add(struct walking *w, enum preview_kind kind, const char *name,
	const char *about, const struct form_text *text)
{
	struct preview_line line = { kind, w->depth, name, about, "", NULL,
		PREVIEW_DONE };

	if (text != NULL) {
		struct seen seen = see(w, text);

		line.source = unbraced(w, text, text->source);
		line.state = seen.state;
		if (w->p->target_language != NULL)
			line.target = unbraced(w, text, seen.text != NULL ?
				seen.text : text->source);
		count(w, text, seen.state);
	}
	vec_push(&w->p->lines, line);
}

/* Own words, freed. */
static void add_words(struct walking *w, enum preview_kind kind, char *words)
{
	struct preview_line line = { kind, w->depth, "", "",
		arena_strdup(w->p->arena, words), NULL, PREVIEW_DONE };

	free(words);
	vec_push(&w->p->lines, line);
}

/* --- controls --- */

static unsigned words_language(const struct walking *w)
{
	return w->language >= 0 ? (unsigned)w->language :
		w->t->default_language;
}

static void add_skip(struct walking *w, const struct xf_node *node)
{
	const struct xf_expr *relevant = node->bind->relevant;

	if (relevant == NULL || (relevant->is_constant &&
			strstr(relevant->text, "true") != NULL))
		return;
	{
		char *words = words_of_condition(w->t, words_language(w), node,
			relevant);

		add_words(w, PREVIEW_SKIP, str_format(
			_("shown only if %s"), words));
		free(words);
	}
}

static void add_messages(struct walking *w, const struct xf_node *node)
{
	const struct xf_bind *b = node->bind;
	const struct form_text *text;

	if (b->constraint != NULL) {
		char *words = words_of_condition(w->t, words_language(w), node,
			b->constraint);

		text = form_text_of_message(w->t, node, b->constraint_message,
			"constraintMsg");
		add_words(w, PREVIEW_REMARK, str_format(
			_("an answer has to obey: %s"), words));
		free(words);
		if (text != NULL)
			add(w, PREVIEW_CONSTRAINT, "", "", text);
	}
	text = form_text_of_message(w->t, node, b->required_message,
		"requiredMsg");
	if (text != NULL)
		add(w, PREVIEW_REQUIRED, "", "", text);
}

static void add_choices(struct walking *w, const struct xf_control *c)
{
	struct text_choices choices;

	form_texts_choices(w->t, c, &choices);
	for (size_t i = 0; i < choices.n; i++)
		if (choices.items[i].text != NULL)
			add(w, PREVIEW_CHOICE, choices.items[i].value, "",
				choices.items[i].text);
	if (choices.n == 0 && c->itemset != NULL)
		add_words(w, PREVIEW_REMARK, str_format(
			_("choices come from the list '%s'"),
			c->itemset->instance != NULL ? c->itemset->instance :
			c->itemset->nodeset->text));
	vec_release(&choices);
}

static void add_text_of(struct walking *w, enum preview_kind kind,
	const struct xf_control *c, const struct xf_text *text,
	const char *local, const char *form)
{
	const struct form_text *found = form_text_of(w->t, text,
		xml_child(c->xml, NULL, NULL, local), form);

	if (found != NULL)
		add(w, kind, "", "", found);
}

static const char *required_words(const struct xf_node *node)
{
	const struct xf_expr *r = node == NULL ? NULL : node->bind->required;

	if (r == NULL)
		return "";
	if (!r->is_constant)
		return _("sometimes required");
	return strstr(r->text, "true") != NULL ? _("required") : "";
}

static const char *about_question(const struct walking *w,
	const struct xf_control *c)
{
	const char *required = required_words(c->node);

	return required[0] == '\0' ? control_type_words(c) :
		arena_printf(w->p->arena, "%s, %s", control_type_words(c),
		required);
}

static void walk_control(struct walking *w, const struct xf_control *c);

static void walk_group(struct walking *w, const struct xf_control *c)
{
	const struct form_text *label = form_text_of(w->t, c->label,
		xml_child(c->xml, NULL, NULL, "label"), "");
	bool repeats = c->kind == XF_CONTROL_REPEAT;

	if (!repeats || label != NULL)
		add(w, PREVIEW_GROUP, c->node != NULL ? c->node->local : "",
			"", label);
	if (repeats)
		add_words(w, PREVIEW_REMARK,
			xstrdup(_("what follows is asked several times")));
	if (c->node != NULL && (c->parent == NULL || c->parent->node !=
			c->node))
		add_skip(w, c->node);
	w->depth++;
	for (unsigned i = 0; i < c->n_children; i++)
		walk_control(w, c->children[i]);
	w->depth--;
}

static void walk_question(struct walking *w, const struct xf_control *c)
{
	const struct form_text *label = form_text_of(w->t, c->label,
		xml_child(c->xml, NULL, NULL, "label"), "");
	const char *name = c->node != NULL ? c->node->local : "";

	if (label == NULL)
		label = form_text_of(w->t, c->label, NULL, "long");
	if (control_is_note(c))
		add(w, PREVIEW_NOTE, name, "", label);
	else
		add(w, PREVIEW_QUESTION, name, about_question(w, c), label);
	if (c->node != NULL)
		add_skip(w, c->node);
	add_text_of(w, PREVIEW_HINT, c, c->hint, "hint", "");
	add_text_of(w, PREVIEW_GUIDANCE, c, c->hint, "hint", "guidance");
	add_choices(w, c);
	if (c->node != NULL)
		add_messages(w, c->node);
}

static void walk_control(struct walking *w, const struct xf_control *c)
{
	if (c->kind == XF_CONTROL_GROUP || c->kind == XF_CONTROL_REPEAT)
		walk_group(w, c);
	else
		walk_question(w, c);
}

static void add_title(struct walking *w, const char *id,
	enum preview_kind kind)
{
	const struct form_text *text = map_get(&w->t->by_id,
		arena_printf(w->p->arena, "%s\004", id));

	if (text != NULL)
		add(w, kind, "", "", text);
}

void preview_make(struct preview *p, const struct form_texts *texts,
	const struct phrases *phrases, int language, const char *name,
	const struct po *po)
{
	struct walking w = { p, texts, phrases, po, language, 0,
		xcalloc(phrases->list.n + 1, sizeof(bool)) };
	const struct xform *form = texts->form;

	*p = (struct preview){ .arena = arena_new() };
	p->title = form->title;
	p->source_language = texts->n_languages == 0 ? "" :
		texts->languages[texts->default_language];
	if (po != NULL || (language >= 0 && (unsigned)language !=
			texts->default_language))
		p->target_language = name;
	add_title(&w, "bayaz:title", PREVIEW_TITLE);
	add_title(&w, "bayaz:list-title", PREVIEW_LIST_TITLE);
	for (unsigned i = 0; i < form->n_body; i++)
		walk_control(&w, form->body[i]);
	free(w.counted);
}

void preview_release(struct preview *p)
{
	vec_release(&p->lines);
	arena_free(p->arena);
}
