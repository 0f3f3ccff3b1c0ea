/* Questions with the same choices as a table (appearances list-nolabel and
 * label): choices across, a row for each question. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/wipe.h"
#include "ui/plain.h"
#include "ui/screen_parts.h"

enum {
	MOST_COLUMNS = 12,
	MARK_WIDTH = 2,		/* before the row that is worked at */
	BETWEEN = 2,
	LEAST_LABEL = 16	/* columns for the questions, if they need them */
};

struct grid {
	const struct step *rows;
	size_t n_rows;
	struct choices columns;		/* of the first row */
	int widths[MOST_COLUMNS];	/* with what is between */
	int label_width;
};

static bool is_row(struct screen *s, const struct step *step)
{
	const struct xf_control *c = step->control;

	return step->kind == STEP_QUESTION && !course_is_note(&s->c, step) &&
		(c->kind == XF_SELECT1 || c->kind == XF_SELECT) &&
		(course_has_appearance(c, "list-nolabel") || (c->parent != NULL
		&& course_has_appearance(c->parent, "table-list")));
}

static bool is_header(const struct step *step)
{
	return step->kind == STEP_QUESTION && course_is_header(step->control);
}

size_t screen_grid_end(struct screen *s, size_t from, size_t to)
{
	const struct step *steps = s->c.steps.items;
	size_t k = from;

	if (k < to && is_header(&steps[k]))
		k++;
	while (k < to && is_row(s, &steps[k]) && steps[k].control->parent ==
			steps[from].control->parent)
		k++;
	return k;
}

/* --- does it fit? --- */

static bool is_here(const struct screen *s, const struct step *row)
{
	return row == course_step(&s->c);
}

/* Those of the question here may have been asked for in another way: they are
 * as they were when it began. */
static bool choices_of(struct screen *s, const struct step *row,
	struct choices *choices)
{
	struct err ignored = ERR_INIT;

	if (is_here(s, row)) {
		*choices = s->choosing.choices;
		return true;
	}
	if (session_choices(s->c.draft.session, row->node, row->control,
			choices, &ignored))
		return true;
	err_clear(&ignored);
	return false;
}

static bool are_same(const struct choices *a, const struct choices *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->items[i].value, b->items[i].value) != 0 ||
				strcmp(a->items[i].shown,
				b->items[i].shown) != 0)
			return false;
	return true;
}

static bool have_same_choices(struct screen *s, struct grid *g)
{
	struct choices choices;

	if (!choices_of(s, &g->rows[0], &choices) || choices.n == 0 ||
			choices.n > MOST_COLUMNS)
		return false;
	g->columns = choices;
	choices_hold(&g->columns);
	for (size_t i = 1; i < g->n_rows; i++) {
		if (!choices_of(s, &g->rows[i], &choices) ||
				!are_same(&g->columns, &choices))
			return false;
	}
	return true;
}

/* "2 Often"; free() it. */
static char *heading(const struct screen *s, const struct grid *g, size_t i)
{
	char *text = screen_choice_text(s, &g->columns.items[i]);
	char *numbered = str_format("%zu %s", i + 1, text);

	free(text);
	return numbered;
}

/* In one line, with the star of a question that needs an answer; wipe_free()
 * it. */
static char *label_of(struct screen *s, const struct step *row)
{
	char *label = plain_line(course_label(&s->c, row)), *all;

	all = str_format("%s%s", label, node_is_required(s->c.draft.session,
		row->node) ? " *" : "");
	wipe_free(label);
	return all;
}

static int widest_label(struct screen *s, const struct grid *g)
{
	int widest = 0;

	for (size_t i = 0; i < g->n_rows; i++) {
		char *label = label_of(s, &g->rows[i]);
		int width = page_measure(&s->body, label);

		widest = width > widest ? width : widest;
		wipe_free(label);
	}
	return widest;
}

static bool measure(struct screen *s, struct grid *g)
{
	int room = s->body.columns - 1 - MARK_WIDTH - BETWEEN;
	int widest = widest_label(s, g);

	for (size_t i = 0; i < g->columns.n; i++) {
		char *text = heading(s, g, i);
		int width = page_measure(&s->body, text);

		g->widths[i] = (width < 3 ? 3 : width) + BETWEEN;
		room -= g->widths[i];
		free(text);
	}
	g->label_width = widest < room ? widest : room;
	return g->label_width >= (widest < LEAST_LABEL ? widest : LEAST_LABEL);
}

/* --- showing --- */

/* Something `width` wide, then blanks up to `columns`. */
static void fill(struct page *page, int width, int columns)
{
	for (; width < columns; width++)
		page_char(page, ' ', 0);
}

static void draw_headings(struct screen *s, const struct grid *g)
{
	fill(&s->body, 0, MARK_WIDTH + g->label_width + BETWEEN);
	for (size_t i = 0; i < g->columns.n; i++) {
		char *text = heading(s, g, i);

		page_isolated(&s->body, text, LOOK_DIM);
		fill(&s->body, page_measure(&s->body, text), g->widths[i]);
		free(text);
	}
	page_end(&s->body);
}

static const char *mark(bool is_several, bool is_on)
{
	if (is_several)
		return is_on ? "[x]" : "[ ]";
	return is_on ? "\342\227\217" : "\342\227\213";
}

/* What the question here says that is not answered yet. */
static bool is_on(const struct screen *s, const struct step *row,
	const struct grid *g, size_t i)
{
	bool is_several = row->control->kind == XF_SELECT;

	if (is_here(s, row))
		return s->choosing.is_on[i];
	return course_is_chosen(node_value(s->c.draft.session, row->node),
		g->columns.items[i].value, is_several);
}

static void draw_cells(struct screen *s, const struct grid *g,
	const struct step *row)
{
	for (size_t i = 0; i < g->columns.n; i++) {
		const char *text = mark(row->control->kind == XF_SELECT,
			is_on(s, row, g, i));
		bool has_cursor = is_here(s, row) && s->choosing.has_cursor &&
			s->choosing.at == i;

		if (has_cursor)
			page_cursor(&s->body);
		page_isolated(&s->body, text, has_cursor ? LOOK_REVERSE : 0);
		fill(&s->body, page_width(text), g->widths[i]);
	}
}

/* What of a label fits into its column, without the blanks behind it; *at goes
 * to what follows.  wipe_free() it. */
static char *next_part(const struct screen *s, const struct grid *g,
	const char **at)
{
	size_t n = page_fit(&s->body, *at, g->label_width);
	char *part = xstrndup(*at, n);

	*at += n;
	while (n > 0 && part[n - 1] == ' ')
		part[--n] = '\0';
	return part;
}

/* A long label goes on below, in its column. */
static void draw_row(struct screen *s, const struct grid *g,
	const struct step *row)
{
	unsigned look = is_here(s, row) ? LOOK_BOLD : 0;
	char *label = label_of(s, row);
	const char *at = label;
	bool is_first = true;

	do {
		char *part = next_part(s, g, &at);

		if (is_here(s, row) && is_first && !s->choosing.has_cursor)
			page_cursor(&s->body);
		page_text(&s->body, is_here(s, row) && is_first ? "> " : "  ",
			look);
		page_isolated(&s->body, part, look);
		if (is_first) {
			fill(&s->body, page_measure(&s->body, part),
				g->label_width + BETWEEN);
			draw_cells(s, g, row);
		}
		page_end(&s->body);
		wipe_free(part);
		is_first = false;
	} while (*at != '\0');
	wipe_free(label);
}

static void draw_title(struct screen *s, const struct step *header)
{
	char *label = plain_text(session_label(s->c.draft.session,
		header->context, header->control));

	if (label != NULL && label[strspn(label, " \t\r\n")] != '\0')
		page_line(&s->body, label, LOOK_BOLD);
	wipe_free(label);
}

static void draw_here(struct screen *s, const struct grid *g,
	const struct step *row, size_t start)
{
	size_t from = s->body.rows.n;

	s->choosing.layout = LAYOUT_TABLE;
	draw_row(s, g, row);
	s->body.indent = MARK_WIDTH;
	screen_draw_beside(s, row);
	s->body.indent = 0;
	/* the choices too, where there is room for both */
	s->body.focus_end = s->body.rows.n;
	s->body.focus = s->body.focus_end <= start +
		(size_t)term_rows(s->term) * 2 / 3 ? start : from;
}

static void draw_table(struct screen *s, const struct grid *g,
	const struct step *header)
{
	size_t start = s->body.rows.n;

	if (header != NULL)
		draw_title(s, header);
	draw_headings(s, g);
	for (size_t i = 0; i < g->n_rows; i++) {
		if (is_here(s, &g->rows[i]))
			draw_here(s, g, &g->rows[i], start);
		else
			draw_row(s, g, &g->rows[i]);
	}
	page_end(&s->body);
}

bool screen_grid_draw(struct screen *s, size_t from, size_t end)
{
	const struct step *steps = s->c.steps.items;
	bool has_header = is_header(&steps[from]);
	bool is_searching = s->control == &control_choice &&
		s->choosing.is_filtering;
	struct grid g = { .rows = &steps[from + has_header],
		.n_rows = end - from - has_header };
	bool fits = g.n_rows > 0 && !is_searching &&
		have_same_choices(s, &g) && measure(s, &g);

	if (fits)
		draw_table(s, &g, has_header ? &steps[from] : NULL);
	choices_let_go(&g.columns);
	return fits;
}
