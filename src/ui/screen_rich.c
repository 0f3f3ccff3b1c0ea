/* Texts of a form with their Markdown: bold, lists, links. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "ui/screen_parts.h"

struct writing {
	struct page *page;
	unsigned look;
	int number;		/* of an ordered list; 0: bullets */
	bool has_text;		/* since the last break */
};

static void break_row(struct writing *w)
{
	if (w->has_text)
		page_end(w->page);
	w->has_text = false;
}

static bool is_tag(const struct rich *r, const char *names)
{
	const char *at = strstr(names, r->tag);
	size_t n = strlen(r->tag);

	return at != NULL && (at[n] == ' ' || at[n] == '\0') &&
		(at == names || at[-1] == ' ');
}

static void write_all(struct writing *w, const struct rich *r);

static void write_item(struct writing *w, const struct rich *r)
{
	char mark[16];

	break_row(w);
	if (w->number > 0)
		snprintf(mark, sizeof mark, "  %d. ", w->number++);
	else
		snprintf(mark, sizeof mark, "  - ");
	page_text(w->page, mark, w->look);
	w->has_text = false;	/* a paragraph inside begins beside it */
	write_all(w, r->children);
	break_row(w);
}

static void write_one(struct writing *w, const struct rich *r)
{
	struct writing inner = *w;

	if (r->tag == NULL) {
		page_text(w->page, r->text, w->look);
		w->has_text = w->has_text || r->text[0] != '\0';
		return;
	}
	if (is_tag(r, "li")) {
		write_item(w, r);
		return;
	}
	if (is_tag(r, "br p h1 h2 h3 h4 h5 h6 ul ol div"))
		break_row(w);
	inner.has_text = w->has_text;
	if (is_tag(r, "strong h1 h2 h3 h4 h5 h6"))
		inner.look |= LOOK_BOLD;
	if (is_tag(r, "em u a"))
		inner.look |= LOOK_UNDERLINE;
	if (is_tag(r, "span"))
		page_char(w->page, FIRST_ISOLATE, w->look);
	inner.number = is_tag(r, "ol") ? 1 : is_tag(r, "ul") ? 0 : w->number;
	write_all(&inner, r->children);
	w->has_text = inner.has_text;
	if (is_tag(r, "span"))
		page_char(w->page, END_ISOLATE, w->look);
	if (r->href != NULL) {
		page_text(w->page, " <", LOOK_DIM);
		page_isolated(w->page, r->href, LOOK_DIM);
		page_text(w->page, ">", LOOK_DIM);
	}
	if (is_tag(r, "p h1 h2 h3 h4 h5 h6 ul ol div"))
		break_row(w);
}

static void write_all(struct writing *w, const struct rich *r)
{
	for (; r != NULL; r = r->next)
		write_one(w, r);
}

/* What is not translated has its mark, as in lines. */
static const char *mark_of(struct screen *s, struct node *context,
	const struct xf_text *text)
{
	const char *mark = s->c.draft.options.original_mark;
	char *as_shown = mark != NULL ? session_shown(s->c.draft.session,
		context, text, XF_TEXT_PLAIN) : NULL;
	bool has = as_shown != NULL && str_starts(as_shown, mark);

	free(as_shown);
	return has ? mark : NULL;
}

void screen_rich(struct screen *s, struct node *context,
	const struct xf_text *text, unsigned look)
{
	struct writing w = { .page = &s->body, .look = look };
	struct text_pieces pieces;
	struct arena *arena = arena_new();
	const char *mark = mark_of(s, context, text);

	if (mark != NULL) {
		char *plain = session_shown(s->c.draft.session, context, text,
			XF_TEXT_PLAIN);

		page_text(&s->body, plain, look);
		free(plain);
	} else if (session_text_pieces(s->c.draft.session, context, text,
			XF_TEXT_PLAIN, arena, &pieces)) {
		write_all(&w, rich_read(arena, pieces.items, pieces.n));
	}
	arena_free(arena);
}
