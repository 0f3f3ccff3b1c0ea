#include "config.h"

#include "store/layout.h"

#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/str.h"
#include "db/db.h"
#include "store/store.h"
#include "xform/xform.h"

/* --- names --- */

/* SQLite does not tell ASCII letters' case apart in names. */
static char *folded(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name);

	for (char *c = copy; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return copy;
}

static const char *last_step(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* "farm/land_area" as "farm__land_area". */
static char *joined(struct arena *arena, const char *path)
{
	struct str name = STR_INIT;
	char *copy;

	for (; *path != '\0'; path++) {
		if (*path == '/')
			str_add(&name, "__");
		else
			str_addc(&name, *path);
	}
	copy = arena_strdup(arena, name.data);
	str_release(&name);
	return copy;
}

/* Not taken yet; a number is added until it is free. */
static const char *unique_name(struct arena *arena, struct map *taken,
	const char *wanted)
{
	const char *name = wanted, *key = folded(arena, name);

	for (unsigned n = 2; map_has(taken, key); n++) {
		name = arena_printf(arena, "%s_%u", wanted, n);
		key = folded(arena, name);
	}
	map_set(taken, key, arena);
	return name;
}

/* --- what the versions of a form ask --- */

struct field {
	const char *path;
	const char *repeat;		/* path of the repeat around it, or "" */
	enum layout_type type;
	enum layout_class class_;
	bool is_binary;
};

struct survey {
	struct arena *arena;
	VEC(struct field) fields;
	VEC(const char *) repeats;
	struct map by_path, by_repeat;
	struct map seen_once, ambiguous;	/* "repeat\nname" */
	struct map repeat_names, repeat_ambiguous;
};

/* The way below the root: names without prefixes. */
static const char *relative_path(struct arena *arena,
	const struct xf_node *node)
{
	if (node->parent == NULL)
		return "";
	if (node->parent->parent == NULL)
		return arena_strdup(arena, node->local);
	return arena_printf(arena, "%s/%s",
		relative_path(arena, node->parent), node->local);
}

static enum layout_type type_of(const struct xf_node *node)
{
	switch (node->bind->type) {
	case XF_INT:
		return LAYOUT_INT;
	case XF_DECIMAL:
		return LAYOUT_REAL;
	default:
		return LAYOUT_TEXT;
	}
}

static enum layout_class class_of(const struct xform *form,
	const struct xf_node *node)
{
	switch (xf_sensitivity_of(form, node)) {
	case XF_PUBLIC:
	case XF_UNTAGGED:
		return LAYOUT_PUBLIC;
	case XF_RESTRICTED:
		return LAYOUT_RESTRICTED;
	case XF_IDENTIFYING:
		break;
	}
	return LAYOUT_IDENTIFYING;
}

static const char *in_table(struct survey *s, const char *repeat,
	const char *path)
{
	return arena_printf(s->arena, "%s\n%s", repeat,
		folded(s->arena, last_step(path)));
}

static void add_field(struct survey *s, const struct xform *form,
	const struct xf_node *node, const char *path, const char *repeat)
{
	struct field new = { path, repeat, type_of(node),
		class_of(form, node), node->bind->type == XF_BINARY };
	void *there = map_get(&s->by_path, path);
	struct field *old;

	if (there == NULL) {
		vec_push(&s->fields, new);
		map_set(&s->by_path, path,
			(void *)(uintptr_t)s->fields.n);
		return;
	}
	old = &s->fields.items[(uintptr_t)there - 1];
	if (old->type != new.type)
		old->type = LAYOUT_TEXT;
	if (old->class_ < new.class_)
		old->class_ = new.class_;
	old->is_binary = old->is_binary || new.is_binary;
	/* inside a repeat in one version is inside it in all */
	if (strlen(old->repeat) < strlen(new.repeat))
		old->repeat = new.repeat;
}

static void add_repeat(struct survey *s, const char *path)
{
	const char *name = folded(s->arena, last_step(path));

	if (map_has(&s->by_repeat, path))
		return;
	vec_push(&s->repeats, path);
	map_set(&s->by_repeat, path, s);
	if (map_has(&s->repeat_names, name))
		map_set(&s->repeat_ambiguous, name, s);
	map_set(&s->repeat_names, name, s);
}

/* instanceID and deprecatedID are keys, not columns. */
static bool is_key(const char *path)
{
	return strcmp(path, "meta/instanceID") == 0 ||
		strcmp(path, "meta/deprecatedID") == 0;
}

static void look_through(struct survey *s, const struct xform *form)
{
	map_init(&s->seen_once);
	for (unsigned i = 1; i < form->n_nodes; i++) {
		const struct xf_node *node = form->nodes[i];
		const char *path = relative_path(s->arena, node), *repeat = "";
		const char *key;

		if (node->is_repeat)
			add_repeat(s, path);
		if (!node->is_value || node->is_repeat || is_key(path))
			continue;
		if (node->repeat != NULL)
			repeat = relative_path(s->arena, node->repeat);
		key = in_table(s, repeat, path);
		if (map_has(&s->seen_once, key))
			map_set(&s->ambiguous, key, s);
		map_set(&s->seen_once, key, s);
		add_field(s, form, node, path, repeat);
	}
	map_release(&s->seen_once);
}

/* --- from that to tables --- */

static bool lies_below(const char *path, const char *repeat)
{
	size_t n = strlen(repeat);

	return n == 0 || (strncmp(path, repeat, n) == 0 && path[n] == '/');
}

/* A field in a repeat that only another version of the form has. */
static const char *deepest_repeat(const struct survey *s, const char *path)
{
	const char *deepest = "";

	for (size_t i = 0; i < s->repeats.n; i++)
		if (lies_below(path, s->repeats.items[i]) &&
				strlen(s->repeats.items[i]) > strlen(deepest))
			deepest = s->repeats.items[i];
	return deepest;
}

static int table_at(const struct layout *layout, const char *path)
{
	for (size_t i = 0; i < layout->tables.n; i++)
		if (strcmp(layout->tables.items[i].path, path) == 0)
			return (int)i;
	return -1;
}

static int by_length(const void *a, const void *b)
{
	const struct layout_table *x = a, *y = b;
	size_t n = strlen(x->path), m = strlen(y->path);

	return n != m ? (n < m ? -1 : 1) : strcmp(x->path, y->path);
}

static void add_tables(struct layout *layout, const struct survey *s)
{
	struct layout_table main = { .path = "", .parent = -1 };

	vec_push(&layout->tables, main);
	for (size_t i = 0; i < s->repeats.n; i++) {
		struct layout_table table = { .path = s->repeats.items[i] };

		vec_push(&layout->tables, table);
	}
	qsort(layout->tables.items, layout->tables.n,
		sizeof *layout->tables.items, by_length);
	for (size_t i = 1; i < layout->tables.n; i++) {
		const char *above = deepest_repeat(s,
			layout->tables.items[i].path);

		layout->tables.items[i].parent = table_at(layout, above);
	}
}


struct naming { struct map columns, taken; };	/* of one table */

/* The last step of the path is the name of the column, so that a question
 * moved to another group keeps its column; where one version of the form has
 * two of that name, the whole path is. */
static void add_column(struct layout *layout, struct survey *s,
	struct layout_table *table, struct naming *naming,
	const struct field *field)
{
	struct layout_column new = { .type = field->type,
		.class_ = field->class_, .is_binary = field->is_binary };
	bool alone = map_has(&s->ambiguous,
		in_table(s, table->path, field->path));
	const char *path = field->path + strlen(table->path);
	const char *name, *key;
	struct layout_column *column;
	void *there;

	if (*path == '/')
		path++;
	name = alone ? joined(layout->arena, path) : last_step(path);
	if (strncmp(folded(layout->arena, name), "bz_", 3) == 0)
		name = arena_printf(layout->arena, "q_%s", name);
	key = folded(layout->arena, name);
	there = alone ? NULL : map_get(&naming->columns, key);
	if (there == NULL) {
		new.name = unique_name(layout->arena, &naming->taken, name);
		vec_push(&new.paths, field->path);
		vec_push(&table->columns, new);
		if (!alone)
			map_set(&naming->columns, key,
				(void *)(uintptr_t)table->columns.n);
		return;
	}
	column = &table->columns.items[(uintptr_t)there - 1];
	vec_push(&column->paths, field->path);
	if (column->type != field->type)
		column->type = LAYOUT_TEXT;
	if (column->class_ < field->class_)
		column->class_ = field->class_;
	column->is_binary = column->is_binary || field->is_binary;
}

static void add_columns(struct layout *layout, struct survey *s, size_t at)
{
	struct layout_table *table = &layout->tables.items[at];
	struct naming naming = { MAP_INIT, MAP_INIT };

	for (size_t i = 0; i < s->fields.n; i++)
		if (strcmp(deepest_repeat(s, s->fields.items[i].path),
				table->path) == 0)
			add_column(layout, s, table, &naming,
				&s->fields.items[i]);
	map_release(&naming.columns);
	map_release(&naming.taken);
}

/* Part 2 of a table is no form's and no repeat's: a step of a path does not
 * begin with a digit. */
static const char *sheet_name(struct layout *layout, const struct survey *s,
	const struct layout_table *table, enum layout_class class_,
	unsigned part, struct map *taken)
{
	static const char *const endings[] = {
		"", "__restricted", "__identifying"
	};
	const char *step = last_step(table->path);
	struct str name = STR_INIT;
	const char *result;

	str_add(&name, layout->base);
	if (table->path[0] != '\0')
		str_addf(&name, "__%s", map_has(&s->repeat_ambiguous,
			folded(layout->arena, step)) ?
			joined(layout->arena, table->path) : step);
	str_add(&name, endings[class_]);
	if (part > 1)
		str_addf(&name, "__%u", part);
	result = unique_name(layout->arena, taken,
		arena_strdup(layout->arena, name.data));
	str_release(&name);
	return result;
}

/* Do two columns stand in the same group at the top of the form? */
static bool same_group(const struct layout_table *table, size_t i, size_t k)
{
	const char *a = table->columns.items[i].paths.items[0];
	const char *b = table->columns.items[k].paths.items[0];
	size_t n = strcspn(a, "/");

	return n == strcspn(b, "/") && strncmp(a, b, n) == 0;
}

/* Columns of its group from i on: they stay together when a wide table is
 * split. */
static size_t group_size(const struct layout_table *table, size_t i)
{
	size_t n = 1;

	while (i + n < table->columns.n && same_group(table, i, i + n))
		n++;
	return n;
}

static void split_class(struct layout *layout, const struct survey *s,
	struct layout_table *table, enum layout_class class_,
	struct map *taken)
{
	struct layout_sheet *sheet = NULL;
	unsigned part = 0;

	for (size_t i = 0; i < table->columns.n; i++) {
		bool starts = i == 0 || !same_group(table, i - 1, i);
		size_t room = sheet != NULL ?
			LAYOUT_SHEET_COLUMNS - sheet->columns.n : 0;

		if (table->columns.items[i].class_ != class_)
			continue;
		if (room == 0 || (starts && room < group_size(table, i) &&
				sheet->columns.n > LAYOUT_SHEET_COLUMNS / 2)) {
			struct layout_sheet new = { .class_ = class_ };

			new.name = sheet_name(layout, s, table, class_,
				++part, taken);
			vec_push(&table->sheets, new);
			sheet = &table->sheets.items[table->sheets.n - 1];
		}
		table->columns.items[i].sheet = table->sheets.n - 1;
		vec_push(&sheet->columns, i);
	}
}

static void split_into_sheets(struct layout *layout, const struct survey *s)
{
	struct map taken = MAP_INIT;

	for (size_t i = 0; i < layout->tables.n; i++) {
		struct layout_table *table = &layout->tables.items[i];

		split_class(layout, s, table, LAYOUT_PUBLIC, &taken);
		if (table->sheets.n == 0) {
			struct layout_sheet keys = { .class_ = LAYOUT_PUBLIC };

			keys.name = sheet_name(layout, s, table, LAYOUT_PUBLIC,
				1, &taken);
			vec_push(&table->sheets, keys);
		}
	}
	for (size_t i = 0; i < layout->tables.n; i++) {
		split_class(layout, s, &layout->tables.items[i],
			LAYOUT_RESTRICTED, &taken);
		split_class(layout, s, &layout->tables.items[i],
			LAYOUT_IDENTIFYING, &taken);
	}
	map_release(&taken);
}

/* --- the way from an element to its column --- */

static struct layout_node *new_node(struct arena *arena)
{
	struct layout_node *node = ARENA_NEW(arena, struct layout_node);

	map_init(&node->children);
	node->table = node->column = -1;
	return node;
}

static struct layout_node *node_at(struct layout *layout, const char *path)
{
	struct layout_node *node = layout->root;

	while (*path != '\0') {
		size_t n = strcspn(path, "/");
		const char *name = arena_strndup(layout->arena, path, n);
		struct layout_node *child = map_get(&node->children, name);

		if (child == NULL) {
			child = new_node(layout->arena);
			map_set(&node->children, name, child);
		}
		node = child;
		path += n + (path[n] == '/');
	}
	return node;
}

static void release_nodes(struct layout_node *node)
{
	for (size_t i = 0; i < node->children.n; i++)
		release_nodes(node->children.entries[i].value);
	map_release(&node->children);
}

static void add_nodes(struct layout *layout)
{
	layout->root = new_node(layout->arena);
	for (size_t t = 0; t < layout->tables.n; t++) {
		struct layout_table *table = &layout->tables.items[t];

		node_at(layout, table->path)->table = (int)t;
		for (size_t c = 0; c < table->columns.n; c++) {
			struct layout_column *column =
				&table->columns.items[c];

			for (size_t p = 0; p < column->paths.n; p++)
				node_at(layout, column->paths.items[p])->column
					= (int)c;
		}
	}
}

static struct layout *empty_layout(void)
{
	struct arena *arena = arena_new();
	struct layout *layout = ARENA_NEW(arena, struct layout);

	layout->arena = arena;
	return layout;
}

struct layout *layout_new(const char *base,
	const struct xform *const *versions, size_t n_versions)
{
	struct layout *layout = empty_layout();
	struct survey s = { .arena = layout->arena };

	layout->base = arena_strdup(layout->arena, base);
	layout->form = n_versions > 0 ?
		arena_strdup(layout->arena, versions[0]->id) : "";
	layout->is_untagged = true;
	for (size_t i = 0; i < n_versions; i++) {
		const char *class_ = versions[i]->form_class;

		if (class_ != NULL)
			layout->is_untagged = false;
		if (class_ != NULL && strcmp(class_, "protected") == 0)
			layout->is_protected = true;
		look_through(&s, versions[i]);
	}
	if (!layout->is_protected) {
		add_tables(layout, &s);
		for (size_t i = 0; i < layout->tables.n; i++)
			add_columns(layout, &s, i);
		split_into_sheets(layout, &s);
	}
	add_nodes(layout);
	vec_release(&s.fields);
	vec_release(&s.repeats);
	map_release(&s.by_path);
	map_release(&s.by_repeat);
	map_release(&s.ambiguous);
	map_release(&s.repeat_names);
	map_release(&s.repeat_ambiguous);
	return layout;
}

void layout_free(struct layout *layout)
{
	if (layout == NULL)
		return;
	release_nodes(layout->root);
	for (size_t t = 0; t < layout->tables.n; t++) {
		struct layout_table *table = &layout->tables.items[t];

		for (size_t i = 0; i < table->columns.n; i++)
			vec_release(&table->columns.items[i].paths);
		for (size_t i = 0; i < table->sheets.n; i++)
			vec_release(&table->sheets.items[i].columns);
		vec_release(&table->columns);
		vec_release(&table->sheets);
	}
	vec_release(&layout->tables);
	arena_free(layout->arena);
}

/* --- as JSON --- */

static const char *const type_names[] = { "text", "integer", "real" };
static const char *const class_names[] = {
	"public", "restricted", "identifying"
};

static struct json *print_column(const struct layout_column *column)
{
	struct json *object = js_new_object(), *paths = js_new_array();

	for (size_t i = 0; i < column->paths.n; i++)
		js_add(paths, js_new_text(column->paths.items[i]));
	js_put_text(object, "name", column->name);
	js_put_text(object, "type", type_names[column->type]);
	js_put_text(object, "sensitivity", class_names[column->class_]);
	js_put_bool(object, "binary", column->is_binary);
	js_put_int(object, "sheet", (int64_t)column->sheet);
	js_put(object, "paths", paths);
	return object;
}

static struct json *print_table(const struct layout_table *table)
{
	struct json *object = js_new_object();
	struct json *columns = js_new_array(), *sheets = js_new_array();

	for (size_t i = 0; i < table->columns.n; i++)
		js_add(columns, print_column(&table->columns.items[i]));
	for (size_t i = 0; i < table->sheets.n; i++) {
		struct json *sheet = js_new_object();

		js_put_text(sheet, "name", table->sheets.items[i].name);
		js_put_text(sheet, "sensitivity",
			class_names[table->sheets.items[i].class_]);
		js_add(sheets, sheet);
	}
	js_put_text(object, "path", table->path);
	js_put_int(object, "parent", table->parent);
	js_put(object, "columns", columns);
	js_put(object, "sheets", sheets);
	return object;
}

char *layout_print(const struct layout *layout)
{
	struct json *object = js_new_object(), *tables = js_new_array();
	char *line;

	for (size_t i = 0; i < layout->tables.n; i++)
		js_add(tables, print_table(&layout->tables.items[i]));
	js_put_text(object, "base", layout->base);
	js_put_bool(object, "protected", layout->is_protected);
	js_put_bool(object, "untagged", layout->is_untagged);
	js_put(object, "tables", tables);
	line = js_print(object);
	js_free(object);
	return line;
}

static size_t find_name(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; name != NULL && i < n; i++)
		if (strcmp(names[i], name) == 0)
			return i;
	return n;
}

static bool parse_column(struct layout *layout, struct layout_table *table,
	const struct json *object)
{
	const struct json *paths = js_get(object, "paths");
	const char *name = js_get_text(object, "name");
	struct layout_column column = { 0 };
	size_t type = find_name(type_names, 3, js_get_text(object, "type"));
	size_t class_ = find_name(class_names, 3,
		js_get_text(object, "sensitivity"));
	int64_t sheet = js_get_int(object, "sheet", -1);

	if (name == NULL || type == 3 || class_ == 3 || sheet < 0 ||
			(uint64_t)sheet >= table->sheets.n ||
			js_size(paths) == 0)
		return false;
	column.name = arena_strdup(layout->arena, name);
	column.type = (enum layout_type)type;
	column.class_ = (enum layout_class)class_;
	column.is_binary = js_get_bool(object, "binary", false);
	column.sheet = (size_t)sheet;
	for (size_t i = 0; i < js_size(paths); i++) {
		const char *path = js_text(js_at(paths, i));

		if (path != NULL)
			vec_push(&column.paths,
				arena_strdup(layout->arena, path));
	}
	vec_push(&table->sheets.items[sheet].columns, table->columns.n);
	vec_push(&table->columns, column);
	return true;
}

static bool parse_sheets(struct layout *layout, struct layout_table *table,
	const struct json *sheets)
{
	for (size_t i = 0; i < js_size(sheets); i++) {
		const struct json *object = js_at(sheets, i);
		const char *name = js_get_text(object, "name");
		size_t class_ = find_name(class_names, 3,
			js_get_text(object, "sensitivity"));
		struct layout_sheet sheet = { 0 };

		if (name == NULL || class_ == 3)
			return false;
		sheet.name = arena_strdup(layout->arena, name);
		sheet.class_ = (enum layout_class)class_;
		vec_push(&table->sheets, sheet);
	}
	return table->sheets.n > 0;
}

static bool parse_table(struct layout *layout, const struct json *object)
{
	const struct json *columns = js_get(object, "columns");
	const char *path = js_get_text(object, "path");
	int64_t parent = js_get_int(object, "parent", -1);
	struct layout_table new = { 0 };
	struct layout_table *table;

	if (path == NULL || parent < -1 ||
			parent >= (int64_t)layout->tables.n)
		return false;
	new.path = arena_strdup(layout->arena, path);
	new.parent = (int)parent;
	vec_push(&layout->tables, new);
	table = &layout->tables.items[layout->tables.n - 1];
	if (!parse_sheets(layout, table, js_get(object, "sheets")))
		return false;
	for (size_t i = 0; i < js_size(columns); i++)
		if (!parse_column(layout, table, js_at(columns, i)))
			return false;
	return true;
}

struct layout *layout_parse(const char *form, const char *json,
	struct err *err)
{
	struct json *object = js_parse(json, strlen(json), err);
	const struct json *tables = js_get(object, "tables");
	const char *base = js_get_text(object, "base");
	struct layout *layout;
	bool ok = base != NULL;

	if (object == NULL)
		return NULL;
	layout = empty_layout();
	layout->form = arena_strdup(layout->arena, form);
	layout->base = arena_strdup(layout->arena, ok ? base : "");
	layout->is_protected = js_get_bool(object, "protected", false);
	layout->is_untagged = js_get_bool(object, "untagged", false);
	for (size_t i = 0; ok && i < js_size(tables); i++)
		ok = parse_table(layout, js_at(tables, i));
	js_free(object);
	add_nodes(layout);
	if (ok)
		return layout;
	layout_free(layout);
	err_set(err, ERR_SPEC, _("the layout of form '%s' is damaged"), form);
	return NULL;
}

struct layout *layout_load(struct store *store, const char *form,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT tables FROM layout WHERE form = ?1", err);
	struct layout *layout = NULL;
	enum db_result result;

	if (get == NULL)
		return NULL;
	db_bind_text(get, 1, form);
	result = db_step(get, err);
	if (result == DB_ROW)
		layout = layout_parse(form, db_text(get, 0), err);
	else if (result == DB_DONE)
		err_set(err, ERR_NOTFOUND, _("there is no form '%s' in '%s'"),
			form, store_path(store));
	db_reset(get);
	return layout;
}
