#include "config.h"

#include "author/phrases.h"

#include <string.h>

#include "base/mem.h"

static bool is_choice(const struct form_text *text)
{
	return text->uses.n > 0 && text->uses.items[0].kind == TEXT_CHOICE;
}

static bool is_translated_otherwise(const struct form_text *text, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (text->in[i] != NULL && strcmp(text->in[i], text->source) !=
				0)
			return true;
	return false;
}

/* Is there a language in which both are there and the same, and none in which
 * they differ? */
static bool agree(const struct phrase *p, const struct form_text *text,
	unsigned n_languages, unsigned original, bool *both)
{
	*both = false;
	for (unsigned i = 0; i < n_languages; i++) {
		if (i == original || p->in[i] == NULL || text->in[i] == NULL)
			continue;
		if (strcmp(p->in[i], text->in[i]) != 0)
			return false;
		*both = true;
	}
	return true;
}

static bool fits(const struct phrase *p, const struct form_text *text,
	const struct form_texts *t)
{
	bool both;

	if (strcmp(p->source, text->source) != 0 ||
			p->is_media != text->is_media ||
			p->texts.items[0]->language != text->language)
		return false;
	if (text->context != NULL || p->texts.items[0]->context != NULL)
		return text->context != NULL && p->context != NULL &&
			strcmp(text->context, p->context) == 0;
	return !p->is_alone &&
		agree(p, text, t->n_languages, text->language, &both) &&
		(both || p->is_choice == is_choice(text));
}

/* All phrases with the same words. */
struct same { VEC(struct phrase *) list; };

struct gathering {
	const struct form_texts *t;
	struct phrases *phrases;
	struct map by_source;		/* -> struct same */
};

static bool context_is_taken(const struct same *same, const char *context)
{
	for (size_t i = 0; i < same->list.n; i++) {
		const char *other = same->list.items[i]->context;

		if (other != NULL && strcmp(other, context) == 0)
			return true;
	}
	return false;
}

const char *text_use_context(const struct form_text *text)
{
	return is_choice(text) ? "choice" : "question";
}

const char *text_context(const struct form_text *text, struct arena *arena)
{
	return text->form[0] == '\0' ? text->id :
		arena_printf(arena, "%s %s", text->id, text->form);
}

static void set_context(struct gathering *g, const struct same *same,
	const struct form_text *text, struct phrase *p)
{
	const char *by_use = text_use_context(text);

	if (text->context != NULL || same->list.n == 0) {
		p->context = text->context;
	} else if (same->list.items[0]->is_choice != is_choice(text) &&
			!context_is_taken(same, by_use)) {
		p->context = by_use;
	} else {
		p->context = text_context(text, g->phrases->arena);
		p->is_alone = true;
	}
}

/* The entry has placeholders that msgfmt may compare: those of every language
 * are those of the original. */
static bool placeholders_agree(const struct form_text *text, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (text->in[i] != NULL && (strstr(text->in[i],
				"<output value=\"") != NULL ||
				!po_braces_agree(text->source, text->in[i],
				NULL)))
			return false;
	return true;
}

static void join(struct phrase *p, struct form_text *text, unsigned n)
{
	vec_push(&p->texts, text);
	for (unsigned i = 0; i < n; i++) {
		if (p->in[i] == NULL)
			p->in[i] = text->in[i];
		if (p->marks[i] == NULL)
			p->marks[i] = text->marks[i];
	}
	if (text->guard > p->guard)
		p->guard = text->guard;
	if (!placeholders_agree(text, n))
		p->braced = false;
}

static struct phrase *phrase_new(struct gathering *g,
	const struct form_text *text, struct same *same)
{
	struct arena *arena = g->phrases->arena;
	struct phrase *p = ARENA_NEW(arena, struct phrase);
	unsigned n = g->t->n_languages;

	set_context(g, same, text, p);
	p->index = g->phrases->list.n;
	p->source = text->source;
	p->in = ARENA_ARRAY(arena, const char *, n + 1);
	p->marks = ARENA_ARRAY(arena, const char *, n + 1);
	p->braced = text->braced;
	p->is_media = text->is_media;
	p->is_choice = is_choice(text);
	vec_push(&same->list, p);
	vec_push(&g->phrases->list, p);
	return p;
}

static struct same *same_words(struct gathering *g, const char *source)
{
	struct same *same = map_get(&g->by_source, source);

	if (same == NULL) {
		same = xcalloc(1, sizeof *same);
		map_set(&g->by_source, source, same);
	}
	return same;
}

static void gather(struct gathering *g, struct form_text *text)
{
	struct same *same;
	struct phrase *p = NULL;

	if (text->is_neutral && !is_translated_otherwise(text,
			g->t->n_languages))
		return;
	same = same_words(g, text->source);
	for (size_t i = 0; p == NULL && i < same->list.n; i++)
		if (fits(same->list.items[i], text, g->t))
			p = same->list.items[i];
	if (p == NULL)
		p = phrase_new(g, text, same);
	join(p, text, g->t->n_languages);
	map_set(&g->phrases->of_text, arena_printf(g->phrases->arena,
		"%s\004%s", text->id, text->form), p);
}

void phrases_of(const struct form_texts *texts, struct phrases *phrases)
{
	struct gathering g = { .t = texts, .phrases = phrases };

	*phrases = (struct phrases){ .arena = arena_new() };
	map_init(&phrases->of_text);
	map_init(&g.by_source);
	for (size_t i = 0; i < texts->texts.n; i++)
		gather(&g, texts->texts.items[i]);
	for (size_t i = 0; i < g.by_source.n; i++) {
		struct same *same = g.by_source.entries[i].value;

		vec_release(&same->list);
		free(same);
	}
	map_release(&g.by_source);
}

void phrases_release(struct phrases *phrases)
{
	for (size_t i = 0; i < phrases->list.n; i++)
		vec_release(&phrases->list.items[i]->texts);
	vec_release(&phrases->list);
	map_release(&phrases->of_text);
	arena_free(phrases->arena);
}

/* --- their entries --- */

const char *po_review_mark(const struct po_entry *entry)
{
	static const char sign[] = "reviewed-by:";

	for (size_t i = 0; i < entry->comments.n; i++) {
		const char *text = entry->comments.items[i];

		if (str_starts(text, sign)) {
			text += strlen(sign);
			return text + strspn(text, " ");
		}
	}
	return NULL;
}

const struct po_entry *po_entry_of(const struct po *po,
	const struct phrase *p)
{
	const struct po_entry *entry = po_find(po, p->context, p->source);

	return entry != NULL || p->context == NULL ? entry :
		po_find(po, NULL, p->source);
}
