/* .sav of SPSS and .dta of Stata 14 (format 118) by ReadStat, a row at a time.
 * What a variable takes, and how long labels may be, differs between the two. */
#include "config.h"

#include <readstat.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/str.h"
#include "helper/feed.h"
#include "helper/writers.h"

enum { FIXED_TIME = 315532800 };	/* 1980-01-01: no clock in the bytes */

/* What the formats allow, in bytes (UTF-8), and how they count time. */
struct dialect {
	size_t text, label, choice_label;
	readstat_type_t integer;
	int64_t first_day;		/* in days since 1970 */
	double units_in_day, units_in_second;
	const char *date, *moment, *whole;	/* formats for showing */
	readstat_error_t (*begin)(readstat_writer_t *writer, void *data,
		long n_rows);
};

static const struct dialect sav = {
	.text = 32767, .label = 255, .choice_label = 120,
	.integer = READSTAT_TYPE_DOUBLE,
	.first_day = -141428, .units_in_day = 86400, .units_in_second = 1,
	.date = "SDATE10", .moment = "DATETIME20", .whole = "F8.0",
	.begin = readstat_begin_writing_sav,
};
/* Stata counts a label's 80 characters; so many of up to 4 bytes fit. */
static const struct dialect dta = {
	.text = 2045, .label = 320, .choice_label = 32000,
	.integer = READSTAT_TYPE_INT32,
	.first_day = -3653, .units_in_day = 1, .units_in_second = 1000,
	.date = "%td", .moment = "%tc", .whole = NULL,
	.begin = readstat_begin_writing_dta,
};

struct file {
	const struct dialect *dialect;
	readstat_writer_t *writer;
	readstat_variable_t **variables;
	struct file_out out;
	struct str text;
	int64_t n_tables;
	FILE *said;
};

static bool check(readstat_error_t code, struct err *err)
{
	return code == READSTAT_OK || err_set(err, ERR_IO,
		_("cannot write the data: %s"), readstat_error_message(code));
}

static ssize_t put_bytes(const void *bytes, size_t n_bytes, void *data)
{
	struct file *f = data;

	return fwrite(bytes, 1, n_bytes, f->out.stream) == n_bytes ?
		(ssize_t)n_bytes : -1;
}

/* As much of it as fits. */
static const char *shortened(struct file *f, const char *text, size_t limit)
{
	str_clear(&f->text);
	str_addn(&f->text, text, feed_fits(text, limit));
	return f->text.data;
}

/* The first 80 characters, for Stata. */
static size_t label_bytes(const struct file *f, const char *label)
{
	const char *at = label;

	if (f->dialect != &dta)
		return f->dialect->label;
	for (int i = 0; i < 80 && *at != '\0'; i++)
		do
			at++;
		while (((unsigned char)*at & 0xC0) == 0x80);
	return (size_t)(at - label);
}

/* --- variables --- */

static readstat_type_t type_of(const struct file *f,
	const struct feed_column *column)
{
	switch (column->type) {
	case FEED_TEXT:
		return READSTAT_TYPE_STRING;
	case FEED_INTEGER:
		return f->dialect->integer;
	case FEED_DATE:
		return f->dialect == &dta ? READSTAT_TYPE_INT32 :
			READSTAT_TYPE_DOUBLE;
	default:
		return READSTAT_TYPE_DOUBLE;
	}
}

static const char *format_of(const struct file *f,
	const struct feed_column *column)
{
	switch (column->type) {
	case FEED_INTEGER:
		return f->dialect->whole;
	case FEED_DATE:
		return f->dialect->date;
	case FEED_MOMENT:
		return f->dialect->moment;
	default:
		return NULL;
	}
}

static void add_choices(struct file *f, readstat_variable_t *variable,
	const struct feed_column *column)
{
	readstat_type_t type = type_of(f, column);
	readstat_label_set_t *set = readstat_add_label_set(f->writer, type,
		column->name);

	for (size_t i = 0; i < column->choices.n; i++) {
		const struct feed_choice *choice = &column->choices.items[i];
		const char *label = shortened(f, choice->label,
			f->dialect->choice_label);

		if (type == READSTAT_TYPE_INT32)
			readstat_label_int32_value(set, choice->code, label);
		else
			readstat_label_double_value(set, choice->code, label);
	}
	readstat_variable_set_label_set(variable, set);
}

static readstat_variable_t *add_variable(struct file *f,
	const struct feed_column *column)
{
	readstat_type_t type = type_of(f, column);
	size_t width = 0;
	readstat_variable_t *variable;

	if (type == READSTAT_TYPE_STRING) {
		width = column->width_bytes > f->dialect->text ?
			f->dialect->text : column->width_bytes;
		width = width > 0 ? width : 1;
	}
	variable = readstat_add_variable(f->writer, column->name, type, width);
	readstat_variable_set_label(variable, shortened(f, column->label,
		label_bytes(f, column->label)));
	if (format_of(f, column) != NULL)
		readstat_variable_set_format(variable, format_of(f, column));
	if (column->choices.n > 0 && column->type == FEED_INTEGER)
		add_choices(f, variable, column);
	return variable;
}

static bool begin(void *data, struct feed_table *table, struct err *err)
{
	struct file *f = data;

	if (f->n_tables++ > 0 || table->n_rows < 0 ||
			table->n_rows > INT32_MAX)
		return err_set(err, ERR_LIMIT,
			_("such a file holds one table of known length"));
	f->variables = xcalloc(table->columns.n + 1, sizeof *f->variables);
	for (size_t i = 0; i < table->columns.n; i++)
		f->variables[i] = add_variable(f, &table->columns.items[i]);
	readstat_writer_set_file_label(f->writer,
		shortened(f, table->label, 60));
	readstat_writer_set_file_timestamp(f->writer, FIXED_TIME);
	if (f->dialect == &dta)
		readstat_writer_set_file_format_version(f->writer, 118);
	return check(f->dialect->begin(f->writer, f, (long)table->n_rows), err);
}

/* --- rows --- */

static readstat_error_t put_number(struct file *f,
	readstat_variable_t *variable, readstat_type_t type, double number)
{
	return type == READSTAT_TYPE_INT32 ?
		readstat_insert_int32_value(f->writer, variable,
			(int32_t)number) :
		readstat_insert_double_value(f->writer, variable, number);
}

static readstat_error_t put_text(struct file *f, struct feed_column *column,
	readstat_variable_t *variable, const char *text)
{
	size_t limit = f->dialect->text;

	if (strnlen(text, limit + 1) > limit) {
		column->n_cut++;
		text = shortened(f, text, limit);
	}
	return readstat_insert_string_value(f->writer, variable, text);
}

static bool put_cell(struct file *f, struct feed_column *column,
	readstat_variable_t *variable, const struct feed_cell *cell,
	struct err *err)
{
	static const char kinds[FEED_N_TYPES] = { 's', 'n', 'n', 'd', 'm' };
	readstat_type_t type = type_of(f, column);
	double first = (double)f->dialect->first_day;

	if (cell->kind == '\0')
		return check(readstat_insert_missing_value(f->writer, variable),
			err);
	if (cell->kind != kinds[column->type])
		return err_set(err, ERR_SPEC,
			_("a cell of '%s' is not of its type"), column->name);
	switch (cell->kind) {
	case 's':
		return check(put_text(f, column, variable, cell->text), err);
	case 'd':
		return check(put_number(f, variable, type, (cell->number -
			first) * f->dialect->units_in_day), err);
	case 'm':
		return check(put_number(f, variable, type, (cell->number -
			first * 86400) * f->dialect->units_in_second), err);
	default:
		return check(put_number(f, variable, type, cell->number), err);
	}
}

static bool row(void *data, struct feed_table *table,
	const struct feed_cell *cells, struct err *err)
{
	struct file *f = data;

	if (!check(readstat_begin_row(f->writer), err))
		return false;
	for (size_t i = 0; i < table->columns.n; i++)
		if (!put_cell(f, &table->columns.items[i], f->variables[i],
				&cells[i], err))
			return false;
	return check(readstat_end_row(f->writer), err);
}

static bool end(void *data, struct feed_table *table, struct err *err)
{
	struct file *f = data;

	for (size_t i = 0; i < table->columns.n; i++)
		if (table->columns.items[i].n_cut > 0)
			fprintf(f->said, "cut\t%s\t%s\t%lld\n", table->name,
				table->columns.items[i].name,
				(long long)table->columns.items[i].n_cut);
	return check(readstat_end_writing(f->writer), err);
}

/* --- the file --- */

static bool write_file(FILE *feed, const char *path,
	const struct dialect *dialect, FILE *said, struct err *err)
{
	static const struct feed_writer writer = { begin, row, end };
	struct file f = { .dialect = dialect, .text = STR_INIT, .said = said };
	bool ok;

	if (!file_create(&f.out, path, 0600, err))
		return false;
	f.writer = readstat_writer_init();
	readstat_set_data_writer(f.writer, put_bytes);
	ok = feed_read(feed, &writer, &f, err) && file_commit(&f.out, err);
	readstat_writer_free(f.writer);
	file_discard(&f.out);
	free(f.variables);
	str_release(&f.text);
	return ok;
}

bool write_sav(FILE *feed, const char *path, FILE *said, struct err *err)
{
	return write_file(feed, path, &sav, said, err);
}

bool write_dta(FILE *feed, const char *path, FILE *said, struct err *err)
{
	return write_file(feed, path, &dta, said, err);
}
