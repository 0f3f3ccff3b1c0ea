/* Tables from CSV.  Source: ODK XForms, "External secondary instances". */
#include "config.h"

#include <string.h>

#include "base/csv.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "xform/table.h"

static char delimiter_of(const char *bytes, size_t n_bytes)
{
	static const char known[] = ",;\t|";
	const char *end = memchr(bytes, '\n', n_bytes);
	size_t n = end != NULL ? (size_t)(end - bytes) : n_bytes;

	for (const char *c = known; *c != '\0'; c++)
		if (memchr(bytes, *c, n) != NULL)
			return *c;
	return ',';
}

/* Columns of the header row, by cell. */
static bool read_header(struct csv *csv, struct table *t, unsigned **columns,
	size_t *n, struct err *err)
{
	if (!csv_next(csv, err)) {
		if (err->code == ERR_NONE)
			err_set(err, ERR_SYNTAX, _("the first row has to name "
				"the columns, but the file is empty"));
		return false;
	}
	*n = csv->n_cells;
	*columns = xcalloc(*n + 1, sizeof **columns);
	for (size_t i = 0; i < *n; i++) {
		const char *name = csv->cells[i].text;
		size_t len = csv->cells[i].len;

		while (len > 0 && *name == ' ')
			name++, len--;
		while (len > 0 && name[len - 1] == ' ')
			len--;
		if (!table_column(t, name, len, &(*columns)[i], err))
			return err_at(err, "", csv->line, 0);
	}
	return true;
}

static bool read_row(struct csv *csv, struct table *t, const unsigned *columns,
	size_t n, struct err *err)
{
	const struct csv_cell empty = { "", 0 };

	if (csv->n_cells > n) {
		err_set(err, ERR_SYNTAX, ngettext(
			"the row has %1$zu cells, but the first row names "
			"%2$zu column", "the row has %1$zu cells, but the "
			"first row names %2$zu columns", n), csv->n_cells, n);
		return err_at(err, "", csv->line, 0);
	}
	if (!table_add_row(t, err))
		return err_at(err, "", csv->line, 0);
	if (!table_put(t, columns, csv->cells, csv->n_cells, err))
		return err_at(err, "", csv->line, 0);
	for (size_t i = csv->n_cells; i < n; i++)
		if (!table_put(t, &columns[i], &empty, 1, err))
			return err_at(err, "", csv->line, 0);
	return true;
}

static bool read_all(struct csv *csv, struct table *t, struct err *err)
{
	unsigned *columns = NULL;
	size_t n = 0;
	bool ok = read_header(csv, t, &columns, &n, err);

	while (ok && csv_next(csv, err))
		ok = read_row(csv, t, columns, n, err);
	free(columns);
	return ok && err->code == ERR_NONE;
}

struct table *table_from_csv(const char *bytes, size_t n_bytes,
	const char *name, struct err *err)
{
	struct err own = ERR_INIT;
	struct table *t;
	struct csv csv;
	bool ok;

	if (!utf8_is_valid(bytes, n_bytes)) {
		err_set(err, ERR_SYNTAX, _("the file is not UTF-8 text"));
		err_at(err, name, 0, 0);
		return NULL;
	}
	t = table_new("", "root", "item");
	csv_init(&csv, bytes, n_bytes);
	csv.is_utf8 = true;
	csv.delimiter = delimiter_of(bytes, n_bytes);
	ok = read_all(&csv, t, &own);
	csv_release(&csv);
	if (ok)
		return t;
	table_free(t);
	err_set(err, own.code, "%s", own.message);
	err_at(err, name, own.line, own.column);
	return NULL;
}
