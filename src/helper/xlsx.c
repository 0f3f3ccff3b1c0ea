/* XLSX by libxlsxwriter, a row at a time.
 * Source: ECMA-376; its limits as Excel documents them. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/str.h"
#include "base/utf8.h"
#include "helper/feed.h"
#include "helper/writers.h"

enum {
	MOST_ROWS = 1048576,
	MOST_COLUMNS = 16384,
	MOST_UNITS = 32767,		/* UTF-16 units in a cell */
	SHEET_NAME = 31			/* characters */
};
static const double first_day = -25509;	/* 1900-03-01: the calendar before it is wrong */
static const double days_to_1970 = 25569;

struct book {
	lxw_workbook *workbook;
	lxw_worksheet *sheet;
	lxw_format *date, *moment, *head;
	lxw_row_t row;			/* the next */
	int part;			/* sheets of the table at hand */
	struct str text;
	FILE *said;
};

static bool put(lxw_error code, struct err *err)
{
	return code == LXW_NO_ERROR || err_set(err, ERR_IO,
		_("cannot write the workbook: %s"), lxw_strerror(code));
}

/* --- sheets --- */

static bool put_text(struct book *b, lxw_col_t column, const char *text,
	lxw_format *format, struct err *err)
{
	return put(worksheet_write_string(b->sheet, b->row, column, text,
		format), err);
}

/* The library does not look at what becomes of the sheet's temporary file. */
static bool close_sheet(struct book *b, struct err *err)
{
	FILE *file = b->sheet->optimize_tmpfile;

	return (fflush(file) == 0 && !ferror(file)) || err_set(err, ERR_IO,
		_("cannot write a temporary file: %s"), strerror(errno));
}

/* "visits", and when it is full "visits (2)". */
static bool open_sheet(struct book *b, const struct feed_table *table,
	struct err *err)
{
	struct str name = STR_INIT;
	char end[16] = "";

	if (++b->part > 1)
		snprintf(end, sizeof end, " (%d)", b->part);
	str_addn(&name, table->name, feed_fits(table->name,
		(size_t)SHEET_NAME - strlen(end)));
	str_add(&name, end);
	b->sheet = workbook_add_worksheet(b->workbook, name.data);
	b->row = 0;
	if (b->sheet == NULL)
		err_set(err, ERR_SPEC, _("'%s' cannot be the name of a sheet"),
			name.data);
	str_release(&name);
	if (b->sheet == NULL)
		return false;
	worksheet_freeze_panes(b->sheet, 1, 0);
	for (size_t i = 0; i < table->columns.n; i++)
		if (!put_text(b, (lxw_col_t)i, table->columns.items[i].name,
				b->head, err))
			return false;
	b->row = 1;
	return true;
}

static bool begin(void *data, struct feed_table *table, struct err *err)
{
	struct book *b = data;

	if (table->columns.n > MOST_COLUMNS)
		return err_set(err, ERR_LIMIT,
			_("a sheet has at most %d columns"), MOST_COLUMNS);
	b->part = 0;
	return open_sheet(b, table, err);
}

/* --- cells --- */

static size_t fits(const char *text)
{
	const char *at = text, *before = text;
	size_t units = 0;

	while (*at != '\0') {
		before = at;
		units += utf8_next(&at) > 0xFFFF ? 2 : 1;
		if (units > MOST_UNITS)
			return (size_t)(before - text);
	}
	return (size_t)(at - text);
}

static bool put_answer(struct book *b, struct feed_column *column,
	lxw_col_t at, const char *text, struct err *err)
{
	size_t n = strlen(text) <= MOST_UNITS ? strlen(text) : fits(text);

	if (text[n] == '\0')
		return put_text(b, at, text, NULL, err);
	column->n_cut++;
	str_clear(&b->text);
	str_addn(&b->text, text, n);
	return put_text(b, at, b->text.data, NULL, err);
}

static bool put_moment(struct book *b, lxw_col_t at,
	const struct feed_cell *cell, struct err *err)
{
	bool is_day = cell->kind == 'd';
	double days = is_day ? cell->number : cell->number / 86400;

	if (days < first_day)
		return put_text(b, at, cell->text, NULL, err);
	return put(worksheet_write_number(b->sheet, b->row, at,
		days + days_to_1970, is_day ? b->date : b->moment), err);
}

static bool put_cell(struct book *b, struct feed_column *column, lxw_col_t at,
	const struct feed_cell *cell, struct err *err)
{
	switch (cell->kind) {
	case 's':
		return put_answer(b, column, at, cell->text, err);
	case 'n':
		return put(worksheet_write_number(b->sheet, b->row, at,
			cell->number, NULL), err);
	case 'd':
	case 'm':
		return put_moment(b, at, cell, err);
	default:
		return true;
	}
}

static bool row(void *data, struct feed_table *table,
	const struct feed_cell *cells, struct err *err)
{
	struct book *b = data;

	if (b->row == MOST_ROWS && (!close_sheet(b, err) ||
			!open_sheet(b, table, err)))
		return false;
	for (size_t i = 0; i < table->columns.n; i++)
		if (!put_cell(b, &table->columns.items[i], (lxw_col_t)i,
				&cells[i], err))
			return false;
	b->row++;
	return true;
}

static bool end(void *data, struct feed_table *table, struct err *err)
{
	struct book *b = data;

	for (size_t i = 0; i < table->columns.n; i++)
		if (table->columns.items[i].n_cut > 0)
			fprintf(b->said, "cut\t%s\t%s\t%lld\n", table->name,
				table->columns.items[i].name,
				(long long)table->columns.items[i].n_cut);
	return close_sheet(b, err);
}

/* --- the book --- */

static bool open_book(struct book *b, const char *part, char *folder,
	struct err *err)
{
	lxw_workbook_options options = { .constant_memory = LXW_TRUE,
		.tmpdir = folder, .use_zip64 = LXW_TRUE };
	lxw_doc_properties properties = { .created = 315532800 };

	b->workbook = workbook_new_opt(part, &options);
	if (b->workbook == NULL)
		return err_set(err, ERR_IO, _("cannot create '%s'"), part);
	workbook_set_properties(b->workbook, &properties);
	b->head = workbook_add_format(b->workbook);
	format_set_bold(b->head);
	b->date = workbook_add_format(b->workbook);
	format_set_num_format(b->date, "yyyy-mm-dd");
	b->moment = workbook_add_format(b->workbook);
	format_set_num_format(b->moment, "yyyy-mm-dd hh:mm:ss");
	return true;
}

static bool write_book(struct book *b, FILE *feed, const struct file_out *file,
	struct err *err)
{
	static const struct feed_writer writer = { begin, row, end };
	char *folder = path_folder(file->path);
	bool ok = open_book(b, file->part, folder, err) &&
		feed_read(feed, &writer, b, err);

	/* closing is what writes the file; it also frees the book */
	if (ok)
		ok = put(workbook_close(b->workbook), err);
	else
		lxw_workbook_free(b->workbook);
	free(folder);
	return ok;
}

bool write_xlsx(FILE *feed, const char *path, FILE *said, struct err *err)
{
	struct book b = { .text = STR_INIT, .said = said };
	struct file_out file;
	bool ok;

	if (!file_create(&file, path, 0600, err))
		return false;
	ok = write_book(&b, feed, &file, err) && file_commit(&file, err);
	file_discard(&file);
	str_release(&b.text);
	return ok;
}
