#include "config.h"

#include "base/csv.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"

void csv_init(struct csv *csv, const char *bytes, size_t n_bytes)
{
	memset(csv, 0, sizeof *csv);
	str_init(&csv->scratch);
	csv->at = bytes;
	csv->end = bytes + n_bytes;
	csv->next_line = 1;
	csv->delimiter = ',';
	if (n_bytes >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0)
		csv->at += 3;
}

void csv_release(struct csv *csv)
{
	free(csv->cells);
	str_release(&csv->scratch);
	memset(csv, 0, sizeof *csv);
}

static void add_cell(struct csv *csv, const char *text, size_t len)
{
	if (csv->n_cells == csv->cap) {
		csv->cap = csv->cap > 0 ? 2 * csv->cap : 16;
		csv->cells = xreallocarray(csv->cells, csv->cap,
			sizeof *csv->cells);
	}
	csv->cells[csv->n_cells].text = text;
	csv->cells[csv->n_cells].len = len;
	csv->n_cells++;
}

/* Skip one line end; true if there was one. */
static bool take_line_end(struct csv *csv)
{
	if (csv->at == csv->end || (*csv->at != '\n' && *csv->at != '\r'))
		return false;
	if (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n')
		csv->at++;
	csv->at++;
	csv->next_line++;
	return true;
}

static bool broken(struct csv *csv, struct err *err, int line,
	const char *line_start, const char *at, const char *message)
{
	err_set(err, ERR_SYNTAX, "%s", message);
	if (err != NULL) {
		err->line = line;
		err->column = (int)(at - line_start) + 1;
	}
	csv->at = csv->end;
	return false;
}

/* A cell that begins with a quote.  Its text is kept in `scratch`, at the
 * offset noted; pointers are set when the row is complete. */
static bool quoted_cell(struct csv *csv, const char **line_start,
	struct err *err)
{
	const char *open = csv->at++;
	const char *open_line = *line_start;
	int line = csv->next_line;
	size_t start = csv->scratch.len;

	for (;;) {
		if (csv->at == csv->end)
			return broken(csv, err, line, open_line, open,
				_("this quote is never closed"));
		if (*csv->at == '"') {
			csv->at++;
			if (csv->at == csv->end || *csv->at != '"')
				break;
		} else if (*csv->at == '\n') {
			csv->next_line++;
			*line_start = csv->at + 1;
		}
		str_addc(&csv->scratch, *csv->at++);
	}
	add_cell(csv, NULL, csv->scratch.len - start);
	return true;
}

bool csv_next(struct csv *csv, struct err *err)
{
	const char *line_start;

	if (err != NULL)
		err->code = ERR_NONE;
	while (take_line_end(csv))
		;
	csv->n_cells = 0;
	str_clear(&csv->scratch);
	if (csv->at == csv->end)
		return false;
	csv->line = csv->next_line;
	line_start = csv->at;
	for (;;) {
		if (csv->at < csv->end && *csv->at == '"') {
			if (!quoted_cell(csv, &line_start, err))
				return false;
		} else {
			const char *start = csv->at;

			while (csv->at < csv->end && *csv->at != '\n' &&
					*csv->at != '\r' &&
					*csv->at != csv->delimiter)
				csv->at++;
			add_cell(csv, start, (size_t)(csv->at - start));
		}
		if (csv->at == csv->end || *csv->at == '\n' || *csv->at == '\r')
			break;
		if (*csv->at != csv->delimiter)
			return broken(csv, err, csv->next_line, line_start,
				csv->at, _("text after a closing quote"));
		csv->at++;
	}
	take_line_end(csv);
	for (size_t i = 0, offset = 0; i < csv->n_cells; i++) {
		struct csv_cell *cell = &csv->cells[i];

		if (cell->text == NULL) {
			cell->text = csv->scratch.data + offset;
			offset += cell->len;
		}
		if (!csv->is_utf8 && !utf8_is_valid(cell->text, cell->len))
			return broken(csv, err, csv->line, line_start,
				line_start, _("a cell is not valid UTF-8 text"));
	}
	return true;
}

void csv_add_cell(struct str *to, const char *text, bool first_in_row)
{
	if (!first_in_row)
		str_addc(to, ',');
	if (strpbrk(text, ",\"\r\n") == NULL) {
		str_add(to, text);
		return;
	}
	str_addc(to, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			str_addc(to, '"');
		str_addc(to, *text);
	}
	str_addc(to, '"');
}
