#include "config.h"

#include "export/book.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/map.h"
#include "base/str.h"
#include "export/cell.h"
#include "export/variables.h"

static const char *const class_names[] = {
	"public", "restricted", "identifying"
};

struct printing {
	const struct layout *layout;
	const struct codebook *book;
	struct arena *arena;
	struct variables variables;	/* of the table at hand */
};

static const char *table_name(const struct printing *p, size_t t)
{
	return p->layout->tables.items[t].sheets.items[0].name;
}

/* The variable that has the question's name, or one behind it. */
static const char *variable_name(const struct printing *p, size_t column,
	size_t behind)
{
	return p->variables.list.items[p->variables.of_column[column] +
		behind].short_name;
}

/* --- CSV --- */

static void add_cell(struct str *line, const char *text)
{
	export_csv_cell(line, text != NULL ? text : "", false, false);
}

static void add_texts(const struct printing *p, struct str *line,
	const char **texts)
{
	for (size_t i = 0; i < p->book->languages.n; i++)
		add_cell(line, texts != NULL ? texts[i] : NULL);
}

static void add_headers(const struct printing *p, struct str *line,
	const char *what)
{
	for (size_t i = 0; i < p->book->languages.n; i++) {
		const char *language = p->book->languages.items[i].name;

		add_cell(line, language[0] == '\0' ? what :
			arena_printf(p->arena, "%s::%s", what, language));
	}
}

/* Each once: "3; 2". */
static char *places(const struct codebook_column *column, bool paths)
{
	struct map seen = MAP_INIT;
	struct str all = STR_INIT;

	for (size_t i = 0; i < column->places.n; i++) {
		const struct codebook_place *place = &column->places.items[i];
		const char *one = paths ? place->path : place->version;

		if (map_has(&seen, one))
			continue;
		map_set(&seen, one, &seen);
		str_addf(&all, "%s%s", seen.n > 1 ? "; " : "", one);
	}
	map_release(&seen);
	return str_steal(&all);
}

static void add_column(const struct printing *p, struct str *out, size_t t,
	size_t c)
{
	const struct layout_column *column =
		&p->layout->tables.items[t].columns.items[c];
	const struct codebook_column *in_book = &p->book->tables[t].columns[c];
	char *paths = places(in_book, true), *versions = places(in_book, false);

	export_csv_cell(out, table_name(p, t), false, true);
	add_cell(out, column->name);
	add_cell(out, paths);
	add_cell(out, in_book->type);
	add_cell(out, class_names[column->class_]);
	add_cell(out, versions);
	add_cell(out, variable_name(p, c, 0));
	add_cell(out, variable_is_coded(in_book) ? variable_name(p, c, 1) :
		NULL);
	add_cell(out, NULL);
	add_cell(out, NULL);
	add_texts(p, out, in_book->labels);
	add_texts(p, out, in_book->hints);
	str_addc(out, '\n');
	free(paths);
	free(versions);
}

static void add_choice(const struct printing *p, struct str *out, size_t t,
	size_t c, size_t at)
{
	const struct layout_column *column =
		&p->layout->tables.items[t].columns.items[c];
	const struct codebook_column *in_book = &p->book->tables[t].columns[c];
	const struct codebook_choice *choice = &in_book->choices.items[at];

	export_csv_cell(out, table_name(p, t), false, true);
	add_cell(out, column->name);
	add_cell(out, NULL);
	add_cell(out, "choice");
	add_cell(out, NULL);
	add_cell(out, NULL);
	add_cell(out, variable_is_spread(in_book) ?
		variable_name(p, c, 1 + at) : NULL);
	add_cell(out, NULL);
	add_cell(out, choice->value);
	str_addc(out, ',');
	if (variable_is_coded(in_book))
		export_add_int(out, variable_code(in_book, at));
	add_texts(p, out, choice->labels);
	add_texts(p, out, NULL);
	str_addc(out, '\n');
}

static bool write_table(struct printing *p, size_t t, struct str *out,
	FILE *to, struct err *err)
{
	bool ok = true;

	variables_of(p->layout, p->book, t, p->arena, &p->variables);
	for (size_t c = 0; ok && c < p->book->tables[t].n_columns; c++) {
		add_column(p, out, t, c);
		for (size_t i = 0; ok &&
				i < p->book->tables[t].columns[c].choices.n;
				i++) {
			add_choice(p, out, t, c, i);
			ok = export_flush_some(out, to, err);
		}
		ok = ok && export_flush_some(out, to, err);
	}
	vec_release(&p->variables.list);
	return ok;
}

bool export_book_csv(const struct layout *layout, const struct codebook *book,
	FILE *to, struct err *err)
{
	struct printing p = { .layout = layout, .book = book,
		.arena = arena_new() };
	struct str out = STR_INIT;
	bool ok = true;

	str_add(&out, "table,column,path,type,class,versions,variable,"
		"text_variable,choice,code");
	add_headers(&p, &out, "label");
	add_headers(&p, &out, "hint");
	str_addc(&out, '\n');
	for (size_t t = 0; ok && t < layout->tables.n; t++)
		ok = write_table(&p, t, &out, to, err);
	ok = ok && export_flush(&out, to, err);
	str_release(&out);
	arena_free(p.arena);
	return ok;
}

/* --- JSON --- */

/* By language; NULL: there are none. */
static struct json *texts_as_json(const struct printing *p, const char **texts)
{
	struct json *object = js_new_object();

	for (size_t i = 0; i < p->book->languages.n; i++)
		if (texts[i] != NULL)
			js_put_text(object, p->book->languages.items[i].name,
				texts[i]);
	if (js_size(object) > 0)
		return object;
	js_free(object);
	return NULL;
}

static struct json *choice_as_json(const struct printing *p,
	const struct codebook_column *in_book, size_t column, size_t at)
{
	const struct codebook_choice *choice = &in_book->choices.items[at];
	struct json *object = js_new_object();

	js_put_text(object, "value", choice->value);
	js_put(object, "label", texts_as_json(p, choice->labels));
	if (variable_is_coded(in_book))
		js_put_int(object, "code", variable_code(in_book, at));
	if (variable_is_spread(in_book))
		js_put_text(object, "variable",
			variable_name(p, column, 1 + at));
	return object;
}

static struct json *places_as_json(const struct codebook_column *in_book)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < in_book->places.n; i++) {
		struct json *place = js_new_object();

		js_put_text(place, "version", in_book->places.items[i].version);
		js_put_text(place, "path", in_book->places.items[i].path);
		js_add(list, place);
	}
	return list;
}

static struct json *column_as_json(const struct printing *p, size_t t,
	size_t c)
{
	const struct layout_column *column =
		&p->layout->tables.items[t].columns.items[c];
	const struct codebook_column *in_book = &p->book->tables[t].columns[c];
	struct json *object = js_new_object(), *choices = js_new_array();

	for (size_t i = 0; i < in_book->choices.n; i++)
		js_add(choices, choice_as_json(p, in_book, c, i));
	js_put_text(object, "column", column->name);
	js_put_text(object, "type", in_book->type);
	js_put_text(object, "class", class_names[column->class_]);
	js_put(object, "versions", places_as_json(in_book));
	js_put_text(object, "variable", variable_name(p, c, 0));
	if (variable_is_coded(in_book))
		js_put_text(object, "text_variable", variable_name(p, c, 1));
	js_put(object, "label", texts_as_json(p, in_book->labels));
	js_put(object, "hint", texts_as_json(p, in_book->hints));
	if (in_book->choices.n > 0)
		js_put(object, "choices", choices);
	else
		js_free(choices);
	return object;
}

static struct json *table_as_json(struct printing *p, size_t t)
{
	struct json *object = js_new_object(), *columns = js_new_array();

	variables_of(p->layout, p->book, t, p->arena, &p->variables);
	for (size_t c = 0; c < p->book->tables[t].n_columns; c++)
		js_add(columns, column_as_json(p, t, c));
	vec_release(&p->variables.list);
	js_put_text(object, "table", table_name(p, t));
	js_put_text(object, "path", p->layout->tables.items[t].path);
	js_put(object, "label", texts_as_json(p, p->book->tables[t].labels));
	js_put(object, "columns", columns);
	return object;
}

bool export_book_json(const struct layout *layout, const struct codebook *book,
	FILE *to, struct err *err)
{
	struct printing p = { .layout = layout, .book = book,
		.arena = arena_new() };
	struct json *object = js_new_object(), *tables = js_new_array();
	struct json *languages = js_new_array();
	struct str out = STR_INIT;
	char *text;
	bool ok;

	for (size_t i = 0; i < book->languages.n; i++)
		js_add(languages, js_new_text(book->languages.items[i].name));
	for (size_t t = 0; t < layout->tables.n; t++)
		js_add(tables, table_as_json(&p, t));
	js_put_text(object, "form", layout->form);
	js_put(object, "languages", languages);
	js_put(object, "tables", tables);
	text = js_print_pretty(object);
	str_addf(&out, "%s\n", text);
	ok = export_flush(&out, to, err);
	free(text);
	str_release(&out);
	js_free(object);
	arena_free(p.arena);
	return ok;
}
