/* Rows for the helper. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "export/cell.h"
#include "export/feed_local.h"
#include "xpath/date.h"

/* Whole numbers that a double keeps. */
static const double exact = 9007199254740992.0;

static void add_escaped(struct str *line, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\t\n\r\\");

		str_addn(line, text, n);
		text += n;
		switch (*text) {
		case '\t': str_add(line, "\\t"); break;
		case '\n': str_add(line, "\\n"); break;
		case '\r': str_add(line, "\\r"); break;
		case '\\': str_add(line, "\\\\"); break;
		default: return;
		}
		text++;
	}
}

void feed_add_field(struct str *line, const char *text)
{
	str_addc(line, '\t');
	add_escaped(line, text);
}

/* --- dates --- */

/* Of a year that every calendar program knows. */
bool feed_is_moment(enum cell_type type, const char *text)
{
	struct date_time t;

	return date_parse(text, &t) && t.has_date && t.date.year >= 1600 &&
		t.date.year <= 9999 && (type == CELL_MOMENT || !t.has_clock);
}

/* The clock on the wall where it was answered, whatever its zone. */
static void add_moment(struct str *line, enum cell_type type, const char *text)
{
	struct date_time t;

	date_parse(text, &t);
	str_addf(line, "\t%c%04d-%02d-%02d", type == CELL_DATE ? 'd' : 'm',
		t.date.year, t.date.month, t.date.day);
	if (type == CELL_MOMENT)
		str_addf(line, "T%02d:%02d:%02d", t.clock.hour, t.clock.minute,
			t.clock.second);
}

/* --- plain answers --- */

void feed_add_cell(struct str *line, const char *text)
{
	str_add(line, "\ts");
	add_escaped(line, text);
}

static void add_number(struct str *line, struct db_stmt *row, int at)
{
	str_add(line, "\tn");
	if (db_type(row, at) == DB_INT)
		export_add_int(line, db_int(row, at));
	else
		export_add_number(line, db_double(row, at));
}

static void add_number_as_text(struct str *line, struct db_stmt *row, int at)
{
	str_add(line, "\ts");
	if (db_type(row, at) == DB_INT)
		export_add_int(line, db_int(row, at));
	else
		export_add_number(line, db_double(row, at));
}

static bool is_number(struct db_stmt *row, int at)
{
	enum db_type type = db_type(row, at);

	return type == DB_DOUBLE || (type == DB_INT &&
		fabs((double)db_int(row, at)) < exact);
}

static void add_answer(struct str *line, enum cell_type type,
	struct db_stmt *row, int at)
{
	enum db_type is = db_type(row, at);

	if (is == DB_NULL)
		str_addc(line, '\t');
	else if ((type == CELL_NUMBER || type == CELL_INTEGER) &&
			is_number(row, at))
		add_number(line, row, at);
	else if (is == DB_INT || is == DB_DOUBLE)
		add_number_as_text(line, row, at);
	else if ((type == CELL_DATE || type == CELL_MOMENT) &&
			feed_is_moment(type, db_text(row, at)))
		add_moment(line, type, db_text(row, at));
	else
		feed_add_cell(line, db_text(row, at));
}

/* --- choices --- */

/* The index of the choice + 1; 0: it is none. */
static size_t choice_at(const struct feed_choices *choices, const char *value)
{
	return (size_t)(uintptr_t)map_get(&choices->by_value, value);
}

static void add_code(const struct feed_variable *v, struct str *line)
{
	struct db_stmt *row = v->from->from;
	char digits[24];
	const char *value = digits;
	size_t choice;

	if (db_type(row, v->from->at) == DB_INT)
		snprintf(digits, sizeof digits, "%lld",
			(long long)db_int(row, v->from->at));
	else if (!db_is_null(row, v->from->at))
		value = db_text(row, v->from->at);
	else
		value = "";
	choice = choice_at(v->choices, value);
	str_addc(line, '\t');
	if (choice > 0) {
		str_addc(line, 'n');
		export_add_int(line, variable_code(v->in_book, choice - 1));
	}
}

/* Mark the choices that are words of the answer. */
static void look_for_choices(struct feed_choices *choices, const char *answer,
	int64_t row)
{
	char *words = xstrdup(answer), *rest = words, *word;

	choices->row = row;
	while ((word = strsep(&rest, " \t\r\n")) != NULL) {
		size_t at = choice_at(choices, word);

		if (at > 0)
			choices->seen[at - 1] = row;
	}
	free(words);
}

static void add_choice(const struct feed_variable *v, struct str *line,
	int64_t row)
{
	struct db_stmt *from = v->from->from;

	if (db_is_null(from, v->from->at)) {
		str_addc(line, '\t');
		return;
	}
	if (v->choices->row != row)
		look_for_choices(v->choices, db_text(from, v->from->at), row);
	str_add(line, v->choices->seen[v->variable->choice] == row ?
		"\tn1" : "\tn0");
}

/* --- rows --- */

void feed_add_row(struct feed_table_plan *plan, struct db_stmt *keys,
	struct str *line)
{
	plan->row++;
	str_add(line, "row");
	for (size_t i = 0; i < plan->sent.n; i++) {
		const struct feed_variable *v = &plan->sent.items[i];

		switch (v->variable->kind) {
		case VARIABLE_KEY:
			add_answer(line, v->type, keys,
				1 + (int)v->variable->column);
			break;
		case VARIABLE_COLUMN:
			add_answer(line, v->type, v->from->from, v->from->at);
			break;
		case VARIABLE_CODE:
			add_code(v, line);
			break;
		case VARIABLE_CHOICE:
			add_choice(v, line, plan->row);
			break;
		}
	}
	str_addc(line, '\n');
}
