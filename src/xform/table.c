#include "config.h"

#include "xform/table.h"

#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/mem.h"

enum { MOST_COLUMNS = 4096 };
#define MOST_NODES 0x7ffffff0u
#define MOST_POOL_BYTES 0x40000000u
#define ABSENT UINT32_MAX

/* A column's index: chains of rows by hash of the cell, ascending. */
struct column_index {
	uint32_t *heads, *next;		/* row + 1; 0 ends */
	uint32_t mask;
};

struct column {
	const char *name;		/* interned */
	uint32_t *cells;		/* offsets into the pool, or ABSENT */
	uint32_t n_absent;		/* counted by table_finish() */
	struct column_index index;	/* heads NULL: not made yet */
};

/* With the hash beside it, another text in the way costs no look into the
 * pool, and a larger table none at all. */
struct pool_slot { uint32_t text;	/* offset + 1; 0: free */ uint32_t hash; };

struct table {
	struct xp_tree tree;		/* first */
	const char *ns, *root, *item;	/* interned */
	struct column *columns;
	unsigned n_columns;
	uint32_t n_rows, cap_rows;
	char *pool;			/* texts, each once, NUL-terminated */
	uint32_t pool_bytes, cap_pool;
	struct pool_slot *slots;	/* by hash */
	uint32_t n_slots, n_texts;
};

/* --- the pool --- */

static struct pool_slot *find_slot(const struct table *t, const char *text,
	size_t n, uint32_t hash)
{
	uint32_t mask = t->n_slots - 1;
	uint32_t i = hash & mask;

	for (; t->slots[i].text != 0; i = (i + 1) & mask) {
		const char *there = t->pool + (t->slots[i].text - 1);

		if (t->slots[i].hash == hash && strncmp(there, text, n) == 0 &&
				there[n] == '\0')
			break;
	}
	return &t->slots[i];
}

static void grow_slots(struct table *t)
{
	struct pool_slot *old = t->slots;
	uint32_t n_old = t->n_slots, mask;

	t->n_slots = n_old > 0 ? 2 * n_old : 256;
	t->slots = xcalloc(t->n_slots, sizeof *t->slots);
	mask = t->n_slots - 1;
	for (uint32_t i = 0; i < n_old; i++) {
		uint32_t to = old[i].hash & mask;

		if (old[i].text == 0)
			continue;
		while (t->slots[to].text != 0)
			to = (to + 1) & mask;
		t->slots[to] = old[i];
	}
	free(old);
}

static void add_text(struct table *t, const char *text, size_t n)
{
	if (t->pool_bytes + n + 1 > t->cap_pool) {
		t->cap_pool = t->cap_pool + t->cap_pool / 2 + (uint32_t)n +
			4096;
		t->pool = xreallocarray(t->pool, t->cap_pool, 1);
	}
	memcpy(t->pool + t->pool_bytes, text, n);
	t->pool[t->pool_bytes + n] = '\0';
	t->pool_bytes += (uint32_t)n + 1;
	t->n_texts++;
}

static bool has_room(const struct table *t, size_t n)
{
	return n < MOST_POOL_BYTES - 1 &&
		t->pool_bytes <= MOST_POOL_BYTES - (uint32_t)n - 1;
}

static bool pool_text(struct table *t, const struct csv_cell *text,
	uint32_t hash, uint32_t *offset, struct err *err)
{
	struct pool_slot *slot;

	if (!has_room(t, text->len))
		return err_set(err, ERR_LIMIT, _("the list is too large"));
	if (2 * (t->n_texts + 1) > t->n_slots)
		grow_slots(t);
	slot = find_slot(t, text->text, text->len, hash);
	if (slot->text == 0) {
		*slot = (struct pool_slot){ t->pool_bytes + 1, hash };
		add_text(t, text->text, text->len);
	}
	*offset = slot->text - 1;
	return true;
}

static uint32_t hash_of(const struct table *t, const struct csv_cell *text)
{
	uint32_t hash = (uint32_t)map_hash(text->text, text->len);

	if (t->n_slots > 0)
		__builtin_prefetch(&t->slots[hash & (t->n_slots - 1)], 1);
	return hash;
}

static uint32_t *cell_of(const struct table *t, unsigned column)
{
	return &t->columns[column].cells[t->n_rows - 1];
}

/* Is it what the row before has there?  Lists are full of such runs. */
static bool is_as_before(const struct table *t, const uint32_t *cell,
	const struct csv_cell *text)
{
	const char *before;

	if (t->n_rows < 2 || cell[-1] == ABSENT)
		return false;
	before = t->pool + cell[-1];
	return strncmp(before, text->text, text->len) == 0 &&
		before[text->len] == '\0';
}

/* --- building --- */

struct table *table_new(const char *ns, const char *root, const char *item)
{
	struct table *t = xcalloc(1, sizeof *t);

	t->ns = intern(ns);
	t->root = intern(root);
	t->item = intern(item);
	return t;
}

void table_free(struct table *t)
{
	if (t == NULL)
		return;
	for (unsigned i = 0; i < t->n_columns; i++) {
		free(t->columns[i].cells);
		free(t->columns[i].index.heads);
		free(t->columns[i].index.next);
	}
	free(t->columns);
	free(t->pool);
	free(t->slots);
	free(t);
}

static bool fits(uint64_t n_rows, uint64_t n_columns)
{
	return n_rows * (1 + 2 * n_columns) < MOST_NODES;
}

bool table_column(struct table *t, const char *name, size_t n_bytes,
	unsigned *column, struct err *err)
{
	const char *wanted = intern_n(name, n_bytes);
	struct column *c;

	for (unsigned i = 0; i < t->n_columns; i++)
		if (t->columns[i].name == wanted) {
			*column = i;
			return true;
		}
	if (t->n_columns == MOST_COLUMNS || !fits(t->n_rows, t->n_columns + 1u))
		return err_set(err, ERR_LIMIT, _("the list has too many "
			"columns"));
	t->columns = xreallocarray(t->columns, t->n_columns + 1u,
		sizeof *t->columns);
	c = &t->columns[t->n_columns];
	*c = (struct column){ .name = wanted };
	c->cells = xreallocarray(NULL, t->cap_rows + 1u, sizeof *c->cells);
	for (uint32_t i = 0; i < t->n_rows; i++)
		c->cells[i] = ABSENT;
	*column = t->n_columns++;
	return true;
}

bool table_add_row(struct table *t, struct err *err)
{
	if (!fits(t->n_rows + 1u, t->n_columns))
		return err_set(err, ERR_LIMIT, _("the list is too large"));
	if (t->n_rows == t->cap_rows) {
		t->cap_rows = t->cap_rows + t->cap_rows / 2 + 16;
		for (unsigned i = 0; i < t->n_columns; i++)
			t->columns[i].cells = xreallocarray(t->columns[i].cells,
				t->cap_rows + 1u, sizeof(uint32_t));
	}
	for (unsigned i = 0; i < t->n_columns; i++)
		t->columns[i].cells[t->n_rows] = ABSENT;
	t->n_rows++;
	return true;
}

/* The memory to look into is asked for all cells first: waiting for it one
 * cell after the other takes longer than all the rest. */
bool table_put(struct table *t, const unsigned *columns,
	const struct csv_cell *texts, size_t n, struct err *err)
{
	enum { AT_ONCE = 16 };
	uint32_t hashes[AT_ONCE];
	bool is_put[AT_ONCE];

	for (size_t begin = 0; begin < n; begin += AT_ONCE) {
		size_t end = n - begin > AT_ONCE ? begin + AT_ONCE : n;

		for (size_t i = begin; i < end; i++) {
			uint32_t *cell = cell_of(t, columns[i]);

			is_put[i - begin] = is_as_before(t, cell, &texts[i]);
			if (is_put[i - begin])
				*cell = cell[-1];
			else
				hashes[i - begin] = hash_of(t, &texts[i]);
		}
		for (size_t i = begin; i < end; i++)
			if (!is_put[i - begin] && !pool_text(t, &texts[i],
					hashes[i - begin],
					cell_of(t, columns[i]), err))
				return false;
	}
	return true;
}

/* --- what is there --- */

const char *table_ns(const struct table *t)
{
	return t->ns;
}

const char *table_item(const struct table *t)
{
	return t->item;
}

size_t table_n_rows(const struct table *t)
{
	return t->n_rows;
}

unsigned table_n_columns(const struct table *t)
{
	return t->n_columns;
}

const char *table_column_name(const struct table *t, unsigned column)
{
	return t->columns[column].name;
}

const char *table_cell(const struct table *t, size_t row, unsigned column)
{
	uint32_t cell = t->columns[column].cells[row];

	return cell == ABSENT ? NULL : t->pool + cell;
}

size_t table_size_bytes(const struct table *t)
{
	size_t size = sizeof *t + t->cap_pool +
		(size_t)t->n_slots * sizeof *t->slots;

	for (unsigned i = 0; i < t->n_columns; i++) {
		const struct column_index *x = &t->columns[i].index;

		size += sizeof(struct column) +
			(t->cap_rows + (size_t)1) * sizeof(uint32_t);
		if (x->heads != NULL)
			size += ((size_t)x->mask + 1 + t->n_rows) *
				sizeof(uint32_t);
	}
	return size;
}

/* --- nodes as numbers: 1 the document, 2 the root, then row by row the item,
 * and for each column its element and that one's text --- */

enum { AT_DOCUMENT = 1, AT_ROOT = 2, AT_FIRST = 3 };

enum what { DOCUMENT, ROOT, ITEM, FIELD, TEXT };

struct spot { enum what what; uint32_t row; unsigned column; };

static const struct table *table_in(const struct xp_tree *tree)
{
	return (const struct table *)(const void *)tree;
}

static uintptr_t stride(const struct table *t)
{
	return 1 + 2 * (uintptr_t)t->n_columns;
}

static struct spot spot_of(const struct table *t, uintptr_t at)
{
	struct spot s = { DOCUMENT, 0, 0 };
	uintptr_t in_row;

	if (at < AT_FIRST) {
		s.what = at == AT_ROOT ? ROOT : DOCUMENT;
		return s;
	}
	s.row = (uint32_t)((at - AT_FIRST) / stride(t));
	in_row = (at - AT_FIRST) % stride(t);
	s.what = in_row == 0 ? ITEM : in_row % 2 == 1 ? FIELD : TEXT;
	s.column = in_row == 0 ? 0 : (unsigned)((in_row - 1) / 2);
	return s;
}

static uintptr_t at_item(const struct table *t, uint32_t row)
{
	return row < t->n_rows ? AT_FIRST + row * stride(t) : 0;
}

static uintptr_t at_field(const struct table *t, uint32_t row, unsigned column)
{
	return AT_FIRST + row * stride(t) + 1 + 2 * (uintptr_t)column;
}

static bool has_cell(const struct table *t, uint32_t row, unsigned column)
{
	return t->columns[column].cells[row] != ABSENT;
}

/* The first field at or after `column`; 0: none. */
static uintptr_t field_from(const struct table *t, uint32_t row,
	unsigned column)
{
	for (; column < t->n_columns; column++)
		if (has_cell(t, row, column))
			return at_field(t, row, column);
	return 0;
}

static uintptr_t field_before(const struct table *t, uint32_t row,
	unsigned column)
{
	while (column-- > 0)
		if (has_cell(t, row, column))
			return at_field(t, row, column);
	return 0;
}

static enum xml_kind op_kind(const struct xp_tree *tree, uintptr_t at)
{
	enum what what = spot_of(table_in(tree), at).what;

	return what == DOCUMENT ? XML_DOCUMENT : what == TEXT ? XML_TEXT :
		XML_ELEMENT;
}

static uintptr_t op_parent(const struct xp_tree *tree, uintptr_t at)
{
	const struct table *t = table_in(tree);
	struct spot s = spot_of(t, at);

	switch (s.what) {
	case DOCUMENT:
		return 0;
	case ROOT:
		return AT_DOCUMENT;
	case ITEM:
		return AT_ROOT;
	case FIELD:
		return at_item(t, s.row);
	case TEXT:
		return at - 1;
	}
	return 0;
}

static uintptr_t text_in(const struct table *t, struct spot s, uintptr_t at)
{
	const char *text = table_cell(t, s.row, s.column);

	return text != NULL && *text != '\0' ? at + 1 : 0;
}

static uintptr_t op_first_child(const struct xp_tree *tree, uintptr_t at)
{
	const struct table *t = table_in(tree);
	struct spot s = spot_of(t, at);

	switch (s.what) {
	case DOCUMENT:
		return AT_ROOT;
	case ROOT:
		return at_item(t, 0);
	case ITEM:
		return field_from(t, s.row, 0);
	case FIELD:
		return text_in(t, s, at);
	case TEXT:
		return 0;
	}
	return 0;
}

static uintptr_t op_last_child(const struct xp_tree *tree, uintptr_t at)
{
	const struct table *t = table_in(tree);
	struct spot s = spot_of(t, at);

	switch (s.what) {
	case DOCUMENT:
		return AT_ROOT;
	case ROOT:
		return t->n_rows > 0 ? at_item(t, t->n_rows - 1) : 0;
	case ITEM:
		return field_before(t, s.row, t->n_columns);
	case FIELD:
		return text_in(t, s, at);
	case TEXT:
		return 0;
	}
	return 0;
}

static uintptr_t op_next(const struct xp_tree *tree, uintptr_t at)
{
	const struct table *t = table_in(tree);
	struct spot s = spot_of(t, at);

	if (s.what == ITEM)
		return at_item(t, s.row + 1);
	return s.what == FIELD ? field_from(t, s.row, s.column + 1) : 0;
}

static uintptr_t op_previous(const struct xp_tree *tree, uintptr_t at)
{
	const struct table *t = table_in(tree);
	struct spot s = spot_of(t, at);

	if (s.what == ITEM)
		return s.row > 0 ? at_item(t, s.row - 1) : 0;
	return s.what == FIELD ? field_before(t, s.row, s.column) : 0;
}

static uintptr_t op_none(const struct xp_tree *tree, uintptr_t at)
{
	(void)tree;
	(void)at;
	return 0;
}

static const char *op_local(const struct xp_tree *tree, uintptr_t at)
{
	const struct table *t = table_in(tree);
	struct spot s = spot_of(t, at);

	switch (s.what) {
	case ROOT:
		return t->root;
	case ITEM:
		return t->item;
	case FIELD:
		return t->columns[s.column].name;
	case DOCUMENT:
	case TEXT:
		return intern("");
	}
	return intern("");
}

static const char *op_ns(const struct xp_tree *tree, uintptr_t at)
{
	const struct table *t = table_in(tree);
	enum what what = spot_of(t, at).what;

	return what == DOCUMENT || what == TEXT ? intern("") : t->ns;
}

static const char *op_prefix(const struct xp_tree *tree, uintptr_t at)
{
	(void)tree;
	(void)at;
	return intern("");
}

static void add_row_text(const struct table *t, uint32_t row, struct str *out)
{
	for (unsigned c = 0; c < t->n_columns; c++)
		if (has_cell(t, row, c))
			str_add(out, table_cell(t, row, c));
}

static const char *op_text(const struct xp_tree *tree, uintptr_t at,
	struct arena *scratch)
{
	const struct table *t = table_in(tree);
	struct spot s = spot_of(t, at);
	struct str all = STR_INIT;
	const char *copy;

	if (s.what == FIELD || s.what == TEXT) {
		copy = table_cell(t, s.row, s.column);
		return copy != NULL ? copy : "";
	}
	if (s.what == ITEM)
		add_row_text(t, s.row, &all);
	else
		for (uint32_t row = 0; row < t->n_rows; row++)
			add_row_text(t, row, &all);
	copy = arena_strndup(scratch, all.data, all.len);
	str_release(&all);
	return copy;
}

static int op_order(const struct xp_tree *tree, uintptr_t a, uintptr_t b)
{
	(void)tree;
	return a < b ? -1 : a > b;
}

static uintptr_t op_child_named(const struct xp_tree *tree, uintptr_t parent,
	uintptr_t after, const char *ns, const char *local)
{
	const struct table *t = table_in(tree);
	struct spot s = spot_of(t, parent);

	if (ns != NULL && ns != t->ns)
		return 0;
	if (s.what == DOCUMENT)
		return after == 0 && local == t->root ? AT_ROOT : 0;
	if (s.what == ROOT) {
		if (local != t->item)
			return 0;
		return at_item(t, after == 0 ? 0 : spot_of(t, after).row + 1);
	}
	if (s.what != ITEM)
		return 0;
	for (unsigned c = after == 0 ? 0 : spot_of(t, after).column + 1;
			c < t->n_columns; c++)
		if (t->columns[c].name == local && has_cell(t, s.row, c))
			return at_field(t, s.row, c);
	return 0;
}

/* --- the index --- */

static uint32_t mix(uint32_t x)
{
	x *= 0x9e3779b1u;
	return x ^ x >> 15;
}

static void make_index(const struct table *t, const struct column *c,
	struct column_index *x)
{
	uint32_t n = 16;

	while (n < t->n_rows)
		n *= 2;
	x->mask = n - 1;
	x->heads = xcalloc(n, sizeof *x->heads);
	x->next = xcalloc(t->n_rows + (size_t)1, sizeof *x->next);
	for (uint32_t row = t->n_rows; row-- > 0; ) {
		uint32_t *head = &x->heads[mix(c->cells[row]) & x->mask];

		x->next[row] = *head;
		*head = row + 1;
	}
}

static bool op_lookup(const struct xp_tree *tree, uintptr_t parent,
	const char *item, const char *key, const char *value,
	struct xp_nodeset *out, struct arena *scratch)
{
	const struct table *t = table_in(tree);
	uint32_t offset;
	size_t n = strlen(value);
	unsigned c = 0;

	if (parent != AT_ROOT || item != t->item)
		return false;
	while (c < t->n_columns && t->columns[c].name != key)
		c++;
	/* Whether an absent cell equals "" is for the caller to say. */
	if (*value == '\0' && (c == t->n_columns || t->columns[c].n_absent > 0))
		return false;
	if (c == t->n_columns || t->n_slots == 0)
		return true;
	offset = find_slot(t, value, n, (uint32_t)map_hash(value, n))->text;
	if (offset-- == 0)
		return true;
	if (t->columns[c].index.heads == NULL)
		make_index(t, &t->columns[c], &t->columns[c].index);
	for (uint32_t row = t->columns[c].index.heads[mix(offset) &
			t->columns[c].index.mask]; row != 0;
			row = t->columns[c].index.next[row - 1])
		if (t->columns[c].cells[row - 1] == offset)
			xp_nodeset_add(out, (struct xp_node){ tree,
				at_item(t, row - 1) }, scratch);
	return true;
}

static const struct xp_tree_ops table_ops = {
	.kind = op_kind, .parent = op_parent,
	.first_child = op_first_child, .last_child = op_last_child,
	.next = op_next, .previous = op_previous,
	.first_attribute = op_none, .next_attribute = op_none,
	.local = op_local, .ns = op_ns, .prefix = op_prefix, .text = op_text,
	.order = op_order, .child_named = op_child_named, .lookup = op_lookup,
};

void table_finish(struct table *t, unsigned rank)
{
	t->tree.ops = &table_ops;
	t->tree.rank = rank;
	if (t->pool_bytes > 0) {
		t->pool = xreallocarray(t->pool, t->pool_bytes, 1);
		t->cap_pool = t->pool_bytes;
	}
	for (unsigned i = 0; i < t->n_columns; i++) {
		struct column *c = &t->columns[i];

		c->cells = xreallocarray(c->cells, t->n_rows + 1u,
			sizeof *c->cells);
		for (uint32_t row = 0; row < t->n_rows; row++)
			c->n_absent += c->cells[row] == ABSENT;
	}
	t->cap_rows = t->n_rows;
}

struct xp_node table_root(const struct table *t)
{
	return (struct xp_node){ &t->tree, AT_DOCUMENT };
}

const struct table *table_of(const struct xp_tree *tree)
{
	return tree != NULL && tree->ops == &table_ops ? table_in(tree) : NULL;
}
