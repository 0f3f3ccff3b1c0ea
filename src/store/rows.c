#include "config.h"

#include "store/tables.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- values --- */

/* Nearly all are a few digits. */
static bool short_number(const char *text, int64_t *number)
{
	const char *at = text;

	*number = 0;
	for (; *at >= '0' && *at <= '9' && at - text < 9; at++)
		*number = *number * 10 + (*at - '0');
	return at > text && *at == '\0';
}

bool value_to_int(const char *text, int64_t *number)
{
	char *end;

	if (short_number(text, number))
		return true;
	if (text[0] == '\0' || text[strspn(text, "+-0123456789")] != '\0')
		return false;
	errno = 0;
	*number = strtoll(text, &end, 10);
	return *end == '\0' && errno == 0;
}

bool value_to_real(const char *text, double *number)
{
	char *end;

	if (text[0] == '\0' || text[strspn(text, "+-.0123456789eE")] != '\0')
		return false;
	*number = strtod(text, &end);
	return *end == '\0' && isfinite(*number);
}

/* --- from the tree to rows --- */

struct builder {
	const struct layout *layout;
	struct arena *arena;
	row_sink *sink;
	void *context;
	int64_t *n_rows;		/* so far, per table */
};

static bool has_elements(const struct xml_node *node)
{
	return xml_child(node, NULL, NULL, NULL) != NULL;
}

/* White space alone is no answer. */
static const char *answer(struct builder *b, const struct xml_node *node)
{
	const char *text = xml_text_of(node, b->arena);

	return text[strspn(text, " \t\r\n")] != '\0' ? text : NULL;
}

static bool build_row(struct builder *b, const struct xml_node *element,
	const struct layout_node *plan, struct row row, struct err *err);


static bool open_row(struct builder *b, const struct xml_node *element,
	const struct layout_node *plan, int64_t parent, int64_t *positions,
	struct err *err)
{
	struct row row = { .table = (size_t)plan->table, .parent = parent };

	row.row = ++b->n_rows[row.table];
	row.position = ++positions[row.table];
	return build_row(b, element, plan, row, err);
}

static bool walk(struct builder *b, const struct xml_node *element,
	const struct layout_node *plan, struct row *row, int64_t *positions,
	struct err *err)
{
	size_t at = 0;

	for (const struct xml_node *child = element->first; child != NULL;
			child = child->next) {
		const struct layout_node *there;

		if (child->kind != XML_ELEMENT)
			continue;
		there = map_get_near(&plan->children, child->local, &at);
		if (there == NULL)
			continue;
		if (there->table >= 0) {
			if (!open_row(b, child, there, row->row * (row->table != 0),
					positions, err))
				return false;
		} else if (there->children.n > 0 && has_elements(child)) {
			if (!walk(b, child, there, row, positions, err))
				return false;
		} else if (there->column >= 0 &&
				row->values[there->column] == NULL) {
			row->values[there->column] = answer(b, child);
		}
	}
	return true;
}

static bool build_row(struct builder *b, const struct xml_node *element,
	const struct layout_node *plan, struct row row, struct err *err)
{
	size_t n = b->layout->tables.items[row.table].columns.n;
	int64_t *positions = ARENA_ARRAY(b->arena, int64_t,
		b->layout->tables.n);

	row.values = ARENA_ARRAY(b->arena, const char *, n + 1);
	return walk(b, element, plan, &row, positions, err) &&
		b->sink(b->context, &row, err);
}

bool rows_build(const struct layout *layout, const struct xml_doc *doc,
	row_sink *sink, void *context, struct err *err)
{
	struct builder b = { .layout = layout, .sink = sink,
		.context = context };
	struct row row = { .row = 1, .position = 1 };
	bool ok;

	if (layout->tables.n == 0)
		return true;
	b.arena = arena_new();
	b.n_rows = ARENA_ARRAY(b.arena, int64_t, layout->tables.n);
	ok = build_row(&b, doc->root, layout->root, row, err);
	arena_free(b.arena);
	return ok;
}
