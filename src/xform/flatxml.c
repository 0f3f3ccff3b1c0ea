/*
 * The quick way for large lists in XML.  It knows the plainest form only:
 *
 *	<root> <item> <field>text</field> ... </item> ... </root>
 *
 * in UTF-8, with ASCII names and the five entities, without attributes,
 * namespaces, comments, CDATA or a DOCTYPE.  Whatever else it meets, it gives
 * up, and libxml2 says what is right or wrong; so it must take nothing that
 * libxml2 would refuse or read otherwise (tests/property/test_flat_xml.c).
 * Source: XML 1.0, sections 2.2 to 2.4 and 3.1.
 */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "xform/table.h"

struct name { const char *text; size_t n; };

struct scan {
	const char *at, *end;
	struct table *table;
	struct arena *scratch;		/* texts with entities, of one item */
	VEC(struct csv_cell) texts;	/* of one item */
	VEC(unsigned) columns;
	uint32_t n_nodes;
	unsigned next_column;
};

/* --- characters --- */

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

static void skip_space(struct scan *s)
{
	while (s->at < s->end && is_space(*s->at))
		s->at++;
}

static bool take(struct scan *s, const char *what)
{
	size_t n = strlen(what);

	if ((size_t)(s->end - s->at) < n || memcmp(s->at, what, n) != 0)
		return false;
	s->at += n;
	return true;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
		(c >= '0' && c <= '9') || c == '-' || c == '.';
}

static bool take_name(struct scan *s, struct name *name)
{
	name->text = s->at;
	while (s->at < s->end && is_name_char(*s->at))
		s->at++;
	name->n = (size_t)(s->at - name->text);
	return name->n > 0 && strchr("-.0123456789", name->text[0]) == NULL;
}

/* "<name>" or "<name/>" */
static bool take_open(struct scan *s, struct name *name, bool *is_empty)
{
	if (s->at == s->end || *s->at != '<')
		return false;
	s->at++;
	if (!take_name(s, name) || ++s->n_nodes > xml_limits_form.max_nodes)
		return false;
	skip_space(s);
	*is_empty = s->at < s->end && *s->at == '/';
	s->at += *is_empty;
	return take(s, ">");
}

/* "</name>" */
static bool take_close(struct scan *s, const struct name *name)
{
	struct name closed;

	if (!take(s, "</") || !take_name(s, &closed) || closed.n != name->n ||
			memcmp(closed.text, name->text, closed.n) != 0)
		return false;
	skip_space(s);
	return take(s, ">");
}

/* --- text --- */

enum { PLAIN, STOP, HIGH };	/* HIGH: part of a longer character */

static int class_here(const struct scan *s)
{
	unsigned char c = (unsigned char)*s->at;

	if (c >= 0x80)
		return HIGH;
	if (c == '<' || c == '&' || (c < 0x20 && c != '\n' && c != '\t') ||
			(c == ']' && s->end - s->at >= 3 &&
			memcmp(s->at, "]]>", 3) == 0))
		return STOP;
	return PLAIN;
}

static char entity(struct scan *s)
{
	static const struct { const char *text; char c; } five[] = {
		{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' },
		{ "&quot;", '"' }, { "&apos;", '\'' },
	};

	for (size_t i = 0; i < ARRAY_SIZE(five); i++)
		if (take(s, five[i].text))
			return five[i].c;
	return '\0';
}

/* From `begin` on, with entities; they only make it shorter. */
static bool take_mixed(struct scan *s, const char *begin,
	struct csv_cell *cell)
{
	const char *close = memchr(s->at, '<', (size_t)(s->end - s->at));
	size_t n = (size_t)(s->at - begin);
	char *text;

	if (close == NULL)
		return false;
	text = arena_alloc(s->scratch, (size_t)(close - begin) + 1);
	memcpy(text, begin, n);
	for (; s->at < close; n++) {
		text[n] = class_here(s) == STOP ? entity(s) : *s->at++;
		if (text[n] == '\0')
			return false;
	}
	*cell = (struct csv_cell){ text, n };
	return true;
}

/* XML has no U+FFFE and U+FFFF; UTF-8 has. */
static bool is_xml_text(const struct csv_cell *cell)
{
	const char *at = cell->text, *end = at + cell->len;

	if (!utf8_is_valid(cell->text, cell->len))
		return false;
	for (; (at = memchr(at, 0xEF, (size_t)(end - at))) != NULL; at++)
		if (memcmp(at, "\xEF\xBF\xBE", 3) == 0 ||
				memcmp(at, "\xEF\xBF\xBF", 3) == 0)
			return false;
	return true;
}

static bool take_text(struct scan *s, struct csv_cell *cell)
{
	const char *begin = s->at;
	bool is_high = false;

	for (; s->at < s->end; s->at++) {
		int class = class_here(s);

		if (class == STOP)
			break;
		is_high |= class == HIGH;
	}
	if (s->at == s->end)
		return false;
	*cell = (struct csv_cell){ begin, (size_t)(s->at - begin) };
	if (*s->at == '&') {
		if (!take_mixed(s, begin, cell))
			return false;
		is_high = true;
	}
	s->n_nodes += cell->len > 0;
	return *s->at == '<' && (!is_high || is_xml_text(cell));
}

/* --- elements --- */

static bool is_called(const char *there, const struct name *name)
{
	return strncmp(there, name->text, name->n) == 0 &&
		there[name->n] == '\0';
}

/* Fields come in the order of the columns, so it is nearly always the next. */
static bool find_column(struct scan *s, const struct name *name,
	unsigned *column)
{
	*column = s->next_column;
	if ((*column >= table_n_columns(s->table) ||
			!is_called(table_column_name(s->table, *column),
			name)) && !table_column(s->table, name->text, name->n,
			column, NULL))
		return false;
	if (*column < s->next_column)
		return false;
	s->next_column = *column + 1;
	return true;
}

static bool take_field(struct scan *s)
{
	struct csv_cell cell = { "", 0 };
	struct name name;
	unsigned column;
	bool is_empty;

	if (!take_open(s, &name, &is_empty) || !find_column(s, &name, &column))
		return false;
	if (!is_empty && (!take_text(s, &cell) || !take_close(s, &name)))
		return false;
	vec_push(&s->texts, cell);
	vec_push(&s->columns, column);
	return true;
}

static bool is_close(const struct scan *s)
{
	return s->end - s->at >= 2 && s->at[0] == '<' && s->at[1] == '/';
}

static bool take_fields(struct scan *s, const struct name *item)
{
	struct arena_mark mark = arena_mark(s->scratch);
	bool ok = true;

	s->texts.n = s->columns.n = 0;
	s->next_column = 0;
	skip_space(s);
	while (ok && !is_close(s)) {
		ok = take_field(s);
		skip_space(s);
	}
	ok = ok && take_close(s, item) && table_put(s->table,
		s->columns.items, s->texts.items, s->texts.n, NULL);
	arena_reset(s->scratch, mark);
	return ok;
}

static bool take_item(struct scan *s, const struct name *root)
{
	struct name item;
	bool is_empty;

	if (!take_open(s, &item, &is_empty))
		return false;
	if (s->table == NULL) {
		char *root_text = arena_strndup(s->scratch, root->text,
			root->n);
		char *text = arena_strndup(s->scratch, item.text, item.n);

		s->table = table_new("", root_text, text);
	}
	return is_called(table_item(s->table), &item) &&
		table_add_row(s->table, NULL) &&
		(is_empty || take_fields(s, &item));
}

static bool take_beginning(struct scan *s)
{
	take(s, "\xEF\xBB\xBF");
	if (take(s, "<?xml version=\"1.0\"")) {
		if (!take(s, " encoding=\"UTF-8\""))
			take(s, " encoding=\"utf-8\"");
		if (!take(s, "?>"))
			return false;
	}
	skip_space(s);
	return true;
}

static bool take_list(struct scan *s)
{
	struct name root;
	bool is_empty;

	if (!take_beginning(s) || !take_open(s, &root, &is_empty) || is_empty)
		return false;
	for (skip_space(s); !is_close(s); skip_space(s))
		if (!take_item(s, &root))
			return false;
	if (!take_close(s, &root))
		return false;
	skip_space(s);
	return s->at == s->end && s->table != NULL;
}

struct table *table_from_flat_xml(const char *bytes, size_t n_bytes)
{
	struct scan s = { .at = bytes, .end = bytes + n_bytes,
		.scratch = arena_new() };
	bool ok = n_bytes <= xml_limits_form.max_bytes && take_list(&s);

	arena_free(s.scratch);
	vec_release(&s.texts);
	vec_release(&s.columns);
	if (ok)
		return s.table;
	table_free(s.table);
	return NULL;
}
