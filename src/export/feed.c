#include "config.h"

#include "export/feed.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "export/cell.h"
#include "export/feed_local.h"
#include "store/store.h"

/* Columns that a file of each kind takes. */
static const size_t most_columns[] = { 16384, 32767, 32767 };
static const char *const type_names[] = {
	"text", "number", "integer", "date", "moment"
};
/* Whole numbers beyond this are no 32-bit numbers of Stata's. */
static const int64_t widest_integer = 2147483620;

/* --- types --- */

static enum cell_type wanted_type(const struct layout_column *column,
	const struct codebook_column *in_book)
{
	if (column->type == LAYOUT_INT)
		return CELL_INTEGER;
	if (column->type == LAYOUT_REAL)
		return CELL_NUMBER;
	if (strcmp(in_book->type, "date") == 0)
		return CELL_DATE;
	return strcmp(in_book->type, "dateTime") == 0 ? CELL_MOMENT :
		CELL_TEXT;
}

enum cell_type feed_type_of(const struct feed_order *order,
	const struct layout_column *column,
	const struct codebook_column *in_book,
	const struct feed_column_scan *scan)
{
	enum cell_type type = wanted_type(column, in_book);

	if (order->kind == FEED_XLSX)
		return type;
	/* the text beside a code, and what choices are told from */
	if (variable_is_coded(in_book) || in_book->is_multiple)
		return CELL_TEXT;
	if (scan->has_odd)
		return CELL_TEXT;
	return type == CELL_INTEGER && scan->has_wide ? CELL_NUMBER : type;
}

/* --- a look through the rows --- */

static size_t n_digits(int64_t number)
{
	size_t n = number < 0 ? 2 : 1;

	while ((number /= 10) != 0)
		n++;
	return n;
}

static void look_at(struct feed_column_scan *scan, enum cell_type type,
	struct db_stmt *row, int at)
{
	bool is_number = type == CELL_INTEGER || type == CELL_NUMBER;
	size_t n;

	switch (db_type(row, at)) {
	case DB_NULL:
		return;
	case DB_INT:
		if (db_int(row, at) > (int64_t)1 << 53 ||
				db_int(row, at) < -((int64_t)1 << 53))
			scan->has_odd = true;
		if (db_int(row, at) > widest_integer ||
				db_int(row, at) < -widest_integer)
			scan->has_wide = true;
		n = n_digits(db_int(row, at));
		break;
	case DB_DOUBLE:
		n = 24;
		break;
	default:
		if (is_number || ((type == CELL_DATE || type == CELL_MOMENT) &&
				!feed_is_moment(type, db_text(row, at))))
			scan->has_odd = true;
		n = db_text_len(row, at);
	}
	if (n > scan->widest)
		scan->widest = n;
}

static void look_at_row(const struct feed_order *order,
	const struct reader_table *table, size_t t, struct feed_scan *scan)
{
	const struct codebook_column *in_book = order->book->tables[t].columns;
	size_t n_keys = t > 0 ? (size_t)N_REPEAT_KEYS : (size_t)N_FORM_KEYS;

	scan->n_rows++;
	for (size_t i = 0; i < n_keys; i++)
		look_at(&scan->keys[i], CELL_TEXT, table->keys, 1 + (int)i);
	for (size_t i = 0; i < table->columns.n; i++) {
		const struct reader_column *column = &table->columns.items[i];

		look_at(&scan->columns[column->index], wanted_type(
			column->column, &in_book[column->index]),
			column->from, column->at);
	}
}

bool feed_scan(const struct feed_order *order, size_t table,
	struct feed_scan *scan, struct err *err)
{
	struct reader reader;
	bool ok = reader_open(&reader, order->store, order->layout,
		order->options, (int)table, err);

	scan->n_rows = 0;
	scan->columns = xcalloc(order->layout->tables.items[table].columns.n +
		1, sizeof *scan->columns);
	scan->keys = xcalloc(N_FORM_KEYS, sizeof *scan->keys);
	while (ok && reader.tables[table].has_row) {
		look_at_row(order, &reader.tables[table], table, scan);
		ok = reader_step(&reader, table, err);
	}
	reader_close(&reader);
	return ok;
}

void feed_scan_release(struct feed_scan *scan)
{
	free(scan->columns);
	free(scan->keys);
}

/* --- which variables --- */

/* Is it sent at all?  Spreadsheets show the answers, not codes for them. */
static bool is_sent(const struct feed_order *order, size_t table,
	const struct variable *v)
{
	const struct layout_table *t = &order->layout->tables.items[table];

	if (v->kind == VARIABLE_KEY)
		return true;
	return export_has_column(&t->columns.items[v->column],
			order->options) &&
		(v->kind != VARIABLE_CODE || order->kind != FEED_XLSX);
}

/* The keys that every part has: the record and, in repeats, the row. */
static bool joins(const struct variable *v, size_t table)
{
	return v->kind == VARIABLE_KEY &&
		(v->column == KEY_RECORD || (table > 0 &&
		v->column == KEY_ROW));
}

/* In part p are the keys that join, and those of number p * room ... of the
 * others; `part` (size_t)-1: none.  Gives the number of parts. */
static size_t choose(struct feed_table_plan *plan, size_t part)
{
	size_t keys = plan->table > 0 ? 2 : 1, n = 0;
	size_t room = most_columns[plan->order->kind] - keys;

	for (size_t i = 0; i < plan->variables.list.n; i++) {
		struct feed_variable v = {
			.variable = &plan->variables.list.items[i] };
		bool is_key = joins(v.variable, plan->table);

		if (!is_sent(plan->order, plan->table, v.variable))
			continue;
		if (part != (size_t)-1 && (is_key || n / room == part))
			vec_push(&plan->sent, v);
		n += !is_key;
	}
	return n > 0 ? (n + room - 1) / room : 1;
}

static void plan_init(struct feed_table_plan *plan,
	const struct feed_order *order, size_t table)
{
	*plan = (struct feed_table_plan){ .order = order, .table = table,
		.arena = arena_new() };
	variables_of(order->layout, order->book, table, plan->arena,
		&plan->variables);
}

static void plan_release(struct feed_table_plan *plan)
{
	for (size_t i = 0; i < plan->sent.n; i++)
		if (plan->sent.items[i].choices != NULL)
			map_release(&plan->sent.items[i].choices->by_value);
	vec_release(&plan->sent);
	vec_release(&plan->variables.list);
	arena_free(plan->arena);
}

size_t feed_n_parts(const struct feed_order *order, size_t table)
{
	struct feed_table_plan plan;
	size_t n;

	plan_init(&plan, order, table);
	n = choose(&plan, (size_t)-1);
	plan_release(&plan);
	return n;
}

/* --- where they come from --- */

static struct feed_choices *new_choices(struct arena *arena,
	const struct codebook_column *in_book)
{
	struct feed_choices *choices = ARENA_NEW(arena, struct feed_choices);

	map_init(&choices->by_value);
	for (size_t i = 0; i < in_book->choices.n; i++)
		map_set(&choices->by_value, in_book->choices.items[i].value,
			(void *)(uintptr_t)(i + 1));
	choices->seen = ARENA_ARRAY(arena, int64_t, in_book->choices.n);
	return choices;
}

static const struct reader_column *find_column(
	const struct reader_table *table, size_t index)
{
	for (size_t i = 0; i < table->columns.n; i++)
		if (table->columns.items[i].index == index)
			return &table->columns.items[i];
	return NULL;
}

/* Types, columns of the reader, and maps of choices, one for each column. */
static void connect(struct feed_table_plan *plan,
	const struct reader_table *table, const struct feed_scan *scan)
{
	const struct feed_order *order = plan->order;
	struct feed_choices *choices = NULL;
	size_t of = (size_t)-1;		/* `choices` are of this column */

	for (size_t i = 0; i < plan->sent.n; i++) {
		struct feed_variable *v = &plan->sent.items[i];
		size_t column = v->variable->column;

		if (v->variable->kind == VARIABLE_KEY) {
			v->type = column == KEY_RECORD || (plan->table == 0 &&
				column < KEY_CONFLICT) ? CELL_TEXT :
				CELL_INTEGER;
			continue;
		}
		v->in_book = &order->book->tables[plan->table].columns[column];
		v->from = find_column(table, column);
		v->type = v->variable->kind != VARIABLE_COLUMN ? CELL_INTEGER :
			feed_type_of(order, v->from->column, v->in_book,
				scan != NULL ? &scan->columns[column] : NULL);
		if (v->variable->kind == VARIABLE_COLUMN)
			continue;
		if (of == column) {
			v->choices = choices;
			continue;
		}
		v->choices = choices = new_choices(plan->arena, v->in_book);
		of = column;
	}
}

/* --- what is sent --- */

const char *feed_label(const struct feed_order *order,
	const char **labels)
{
	if (labels[order->language] != NULL)
		return labels[order->language];
	for (size_t i = 0; i < order->book->languages.n; i++)
		if (labels[i] != NULL)
			return labels[i];
	return "";
}

static const char *name_of(const struct feed_table_plan *plan,
	const struct feed_variable *v)
{
	if (plan->order->kind != FEED_XLSX)
		return v->variable->short_name;
	return v->variable->kind == VARIABLE_COLUMN ?
		v->from->column->name : v->variable->name;
}

/* "Which crops?: Wheat" */
static void add_label(const struct feed_table_plan *plan, struct str *line,
	const struct feed_variable *v)
{
	const struct feed_order *order = plan->order;
	struct str label = STR_INIT;

	if (v->in_book != NULL)
		str_add(&label, feed_label(order, v->in_book->labels));
	if (v->variable->kind == VARIABLE_CHOICE) {
		const struct codebook_choice *choice =
			&v->in_book->choices.items[v->variable->choice];
		const char *text = feed_label(order, choice->labels);

		str_addf(&label, "%s%s", label.len > 0 ? ": " : "",
			text[0] != '\0' ? text : choice->value);
	}
	feed_add_field(line, label.data);
	str_release(&label);
}

static void add_choices(const struct feed_table_plan *plan, struct str *line,
	const struct feed_variable *v)
{
	for (size_t i = 0; i < v->in_book->choices.n; i++) {
		const struct codebook_choice *choice =
			&v->in_book->choices.items[i];
		const char *label = feed_label(plan->order, choice->labels);

		str_add(line, "choice\t");
		export_add_int(line, variable_code(v->in_book, i));
		feed_add_field(line, label[0] != '\0' ? label : choice->value);
		str_addc(line, '\n');
	}
}

static size_t width_of(const struct feed_variable *v,
	const struct feed_scan *scan)
{
	if (scan == NULL || v->type != CELL_TEXT)
		return 0;
	return v->variable->kind == VARIABLE_KEY ?
		scan->keys[v->variable->column].widest :
		scan->columns[v->variable->column].widest;
}

static void add_columns(const struct feed_table_plan *plan, struct str *line,
	const struct feed_scan *scan)
{
	for (size_t i = 0; i < plan->sent.n; i++) {
		const struct feed_variable *v = &plan->sent.items[i];

		str_add(line, "column");
		feed_add_field(line, name_of(plan, v));
		feed_add_field(line, type_names[v->type]);
		str_addc(line, '\t');
		export_add_int(line, (int64_t)width_of(v, scan));
		add_label(plan, line, v);
		str_addc(line, '\n');
		if (v->variable->kind == VARIABLE_CODE)
			add_choices(plan, line, v);
	}
}

static bool send_rows(struct feed_table_plan *plan, struct reader *reader,
	struct str *text, FILE *to, struct err *err)
{
	const struct reader_table *table = &reader->tables[plan->table];
	bool ok = true;

	while (ok && table->has_row) {
		feed_add_row(plan, table->keys, text);
		ok = export_flush_some(text, to, err) &&
			reader_step(reader, plan->table, err);
	}
	return ok && export_flush(text, to, err);
}

bool feed_send_part(const struct feed_order *order, size_t table,
	size_t part, const char *name, const struct feed_scan *scan, FILE *to,
	struct err *err)
{
	struct feed_table_plan plan;
	struct reader reader;
	struct str text = STR_INIT;
	bool ok = reader_open(&reader, order->store, order->layout,
		order->options, (int)table, err);

	plan_init(&plan, order, table);
	if (ok) {
		choose(&plan, part);
		connect(&plan, &reader.tables[table], scan);
		str_add(&text, "table");
		feed_add_field(&text, name);
		feed_add_field(&text, feed_label(order,
			order->book->tables[table].labels));
		str_addc(&text, '\t');
		export_add_int(&text, scan != NULL ? scan->n_rows : -1);
		str_addc(&text, '\n');
		add_columns(&plan, &text, scan);
		ok = send_rows(&plan, &reader, &text, to, err);
	}
	plan_release(&plan);
	reader_close(&reader);
	str_release(&text);
	return ok;
}

bool feed_send_line(const char *line, FILE *to, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	str_add(&text, line);
	ok = export_flush(&text, to, err);
	str_release(&text);
	return ok;
}

bool feed_send_table(const struct feed_order *order, size_t table,
	size_t part, const struct feed_scan *scan, FILE *to, struct err *err)
{
	return feed_send_line("bayaz-export 1\n", to, err) &&
		feed_send_part(order, table, part,
			order->layout->tables.items[table].sheets.items[0].name,
			scan, to, err) &&
		feed_send_line("end\n", to, err);
}
