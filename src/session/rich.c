/* Blocks: headings, lists, paragraphs.  What is inside a line is inline.c's. */
#include "config.h"

#include "session/rich.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "session/inline.h"

struct line { const char *text; size_t n; };
typedef VEC(struct line) line_list;

struct items { struct rich *first, **end; };

static void add_item(struct items *items, struct rich *item)
{
	*items->end = item;
	while (*items->end != NULL)
		items->end = &(*items->end)->next;
}

static struct rich *new_item(struct rich_reader *r, const char *tag,
	struct rich *children)
{
	struct rich *item = ARENA_NEW(r->arena, struct rich);

	item->tag = tag;
	item->children = children;
	return item;
}

static bool is_blank_char(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct line strip_left(struct line line)
{
	while (line.n > 0 && is_blank_char(*line.text)) {
		line.text++;
		line.n--;
	}
	return line;
}

static struct line strip(struct line line)
{
	line = strip_left(line);
	while (line.n > 0 && is_blank_char(line.text[line.n - 1]))
		line.n--;
	return line;
}

static bool is_blank(struct line line)
{
	return strip_left(line).n == 0;
}

static size_t indent_of(struct line line)
{
	return (size_t)(strip_left(line).text - line.text);
}

/* --- headings --- */

/* "## text ##": the level, and the text; 0: no heading. */
static unsigned heading_of(struct line line, struct line *text)
{
	unsigned level = 0;

	line = strip(line);
	while (level < line.n && line.text[level] == '#')
		level++;
	if (level == 0 || level > 6 || (level < line.n &&
			!is_blank_char(line.text[level])))
		return 0;
	line.text += level;
	line.n -= level;
	line = strip(line);
	*text = line;
	while (text->n > 0 && text->text[text->n - 1] == '#')
		text->n--;
	if (text->n > 0 && !is_blank_char(text->text[text->n - 1]))
		*text = line;		/* "# C#" keeps its last character */
	*text = strip(*text);
	return level;
}

/* --- lists --- */

struct marker {
	bool ordered;
	char sign;		/* - * + . ) */
	size_t width;		/* of the marker and what stands before its text */
	bool may_interrupt;	/* a paragraph */
};

static bool marker_of(struct line line, struct marker *m)
{
	size_t at = indent_of(line), start = at, digits;

	while (at < line.n && at - start < 9 &&
			isdigit((unsigned char)line.text[at]))
		at++;
	digits = at - start;
	if (at == line.n || strchr(digits > 0 ? ".)" : "-*+",
			line.text[at]) == NULL)
		return false;
	m->ordered = digits > 0;
	m->sign = line.text[at++];
	m->may_interrupt = !m->ordered || (digits == 1 &&
		line.text[start] == '1');
	if (at < line.n && !is_blank_char(line.text[at]))
		return false;
	m->width = at + 1;
	if (at == line.n) {
		m->may_interrupt = false;
		return true;
	}
	while (m->width < line.n && m->width < at + 4 &&
			is_blank_char(line.text[m->width]))
		m->width++;
	return true;
}

static struct rich *read_blocks(struct rich_reader *r,
	const struct line *lines, size_t n, bool *is_single);

/* The lines of one item: its first without the marker, and what follows it,
 * indented at least as far or, in the middle of a paragraph, not at all. */
static size_t gather_list_item(const struct line *lines, size_t n,
	const struct marker *m, line_list *out)
{
	struct line first = lines[0];
	struct marker other;
	struct line text;
	size_t i;
	bool after_blank = false;

	first.text += m->width < first.n ? m->width : first.n;
	first.n -= m->width < first.n ? m->width : first.n;
	vec_push(out, first);
	for (i = 1; i < n; i++) {
		struct line line = lines[i];

		if (is_blank(line)) {
			after_blank = true;
			line.n = 0;
		} else if (indent_of(line) >= m->width) {
			line.text += m->width;
			line.n -= m->width;
			after_blank = false;
		} else if (after_blank || marker_of(line, &other) ||
				heading_of(line, &text) > 0) {
			break;
		}
		vec_push(out, line);
	}
	while (out->n > 0 && out->items[out->n - 1].n == 0 && i > 1) {
		out->n--;
		i--;
	}
	return i;
}

static struct rich *read_list_item(struct rich_reader *r,
	const line_list *lines)
{
	bool is_single;
	struct rich *children = read_blocks(r, lines->items, lines->n,
		&is_single);

	return new_item(r, "li", children);
}

/* All items of one list; how many lines they take. */
static size_t read_list(struct rich_reader *r, const struct line *lines,
	size_t n, struct rich **list)
{
	struct items items = { NULL, &items.first };
	struct marker first, m;
	size_t i = 0;

	marker_of(lines[0], &first);
	while (i < n) {
		line_list own = { 0 };
		size_t ahead = i;

		while (ahead < n && is_blank(lines[ahead]))
			ahead++;
		if (ahead == n || !marker_of(lines[ahead], &m) ||
				m.ordered != first.ordered ||
				m.sign != first.sign)
			break;
		i = ahead + gather_list_item(lines + ahead, n - ahead, &m,
			&own);
		add_item(&items, read_list_item(r, &own));
		vec_release(&own);
	}
	*list = new_item(r, first.ordered ? "ol" : "ul", items.first);
	return i;
}

/* --- paragraphs --- */

static size_t read_paragraph(struct rich_reader *r, const struct line *lines,
	size_t n, struct rich **paragraph)
{
	struct str text = STR_INIT;
	struct marker m;
	struct line heading;
	size_t i;

	for (i = 0; i < n && !is_blank(lines[i]); i++) {
		struct line line = strip(lines[i]);

		if (i > 0 && (heading_of(line, &heading) > 0 ||
				(marker_of(line, &m) && m.may_interrupt)))
			break;
		if (i > 0)
			str_addc(&text, '\n');
		str_addn(&text, line.text, line.n);
	}
	*paragraph = new_item(r, "p", inline_read(r, text.data, text.len));
	str_release(&text);
	return i;
}

/* --- blocks --- */

static size_t read_block(struct rich_reader *r, const struct line *lines,
	size_t n, struct rich **block)
{
	static const char *const tags[] = { "h1", "h2", "h3", "h4", "h5",
		"h6" };
	struct marker m;
	struct line text;
	unsigned level = heading_of(lines[0], &text);

	if (level > 0) {
		*block = new_item(r, tags[level - 1],
			inline_read(r, text.text, text.n));
		return 1;
	}
	if (r->depth < RICH_DEEPEST && marker_of(lines[0], &m)) {
		size_t used;

		r->depth++;
		used = read_list(r, lines, n, block);
		r->depth--;
		return used;
	}
	return read_paragraph(r, lines, n, block);
}

static struct rich *read_blocks(struct rich_reader *r,
	const struct line *lines, size_t n, bool *is_single)
{
	struct items items = { NULL, &items.first };
	size_t i = 0, n_blocks = 0;

	while (i < n) {
		struct rich *block;

		if (is_blank(lines[i])) {
			i++;
			continue;
		}
		i += read_block(r, lines + i, n - i, &block);
		add_item(&items, block);
		n_blocks++;
	}
	*is_single = n_blocks == 1;
	return items.first;
}

static void split(const char *text, size_t n, line_list *lines)
{
	const char *end = text + n;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct line line = { text, (size_t)((stop != NULL ? stop : end)
			- text) };

		vec_push(lines, line);
		text = stop != NULL ? stop + 1 : end;
	}
}

struct rich *rich_blocks(struct rich_reader *r, const char *text, size_t n)
{
	line_list lines = { 0 };
	bool is_single;
	struct rich *items;

	split(text, n, &lines);
	items = read_blocks(r, lines.items, lines.n, &is_single);
	vec_release(&lines);
	if (!is_single)
		return items;
	if (strcmp(items->tag, "p") == 0)
		return items->children;
	/* "3. Third question" is a label with a number, not a list. */
	if (strcmp(items->tag, "ol") == 0 && items->children->next == NULL)
		return inline_read(r, text, n);
	return items;
}

struct rich *rich_read(struct arena *arena, const struct text_piece *pieces,
	size_t n)
{
	struct rich_reader r = { .arena = arena };
	struct str text = STR_INIT;
	struct rich *items;

	r.outputs = pieces;
	for (size_t i = 0; i < n; i++) {
		const char *piece = pieces[i].text;

		if (pieces[i].is_output) {
			str_addf(&text, "%c%zu%c", OUTPUT_OPEN, i,
				OUTPUT_CLOSE);
			continue;
		}
		/* Indentation in the form's XML is no formatting. */
		if (is_blank_char(*piece) || *piece == '\n') {
			while (is_blank_char(*piece) || *piece == '\n')
				piece++;
			if (i > 0 || *piece == '\0')
				str_addc(&text, ' ');
		}
		for (; *piece != '\0'; piece++)
			if (*piece != OUTPUT_OPEN && *piece != OUTPUT_CLOSE)
				str_addc(&text, *piece);
	}
	items = rich_blocks(&r, text.data, text.len);
	str_release(&text);
	return items;
}
