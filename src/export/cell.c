#include "config.h"

#include "export/cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/gettext.h"

enum { FLUSH_BYTES = 64 << 10 };

/* --- numbers --- */

static char *digits_of(uint64_t number, char end[static 24])
{
	char *at = end + 23;

	*at = '\0';
	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	return at;
}

void export_add_int(struct str *to, int64_t number)
{
	char text[24];

	if (number < 0)
		str_addc(to, '-');
	str_add(to, digits_of(number < 0 ? 0 - (uint64_t)number :
		(uint64_t)number, text));
}

/* Most measured values have few decimals: those that are a whole number of
 * thousandths, of less than 16 digits, are written without trial. */
static bool add_plain_number(struct str *to, double number)
{
	static const double scales[] = { 1, 10, 100, 1000 };
	double size = fabs(number);

	if (size >= 1e11 || (size < 1e-3 && size > 0) ||
			(size <= 0 && signbit(number)))
		return false;
	for (int decimals = 0; decimals < 4; decimals++) {
		double whole = nearbyint(size * scales[decimals]);
		uint64_t n = (uint64_t)whole, scale;

		if (!(whole / scales[decimals] >= size &&
				whole / scales[decimals] <= size))
			continue;
		scale = (uint64_t)scales[decimals];
		if (number < 0)
			str_addc(to, '-');
		export_add_int(to, (int64_t)(n / scale));
		if (decimals > 0)
			str_addf(to, ".%0*u", decimals, (unsigned)(n % scale));
		return true;
	}
	return false;
}

void export_number(double number, char text[32])
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, 32, "%.*g", digits, number);
		if (fabs(strtod(text, NULL) - number) <= 0)
			return;
	}
}

void export_add_number(struct str *to, double number)
{
	char text[32];

	if (add_plain_number(to, number))
		return;
	export_number(number, text);
	str_add(to, text);
}

/* --- CSV --- */

void export_csv_cell(struct str *line, const char *text, bool is_number,
	bool first_in_row)
{
	char *safe;

	if (is_number || text[0] == '\0' || strchr("=+-@\t\r", text[0]) == NULL) {
		csv_add_cell(line, text, first_in_row);
		return;
	}
	safe = str_format("'%s", text);
	csv_add_cell(line, safe, first_in_row);
	free(safe);
}

void export_csv_column(struct str *line, struct db_stmt *row, int column,
	bool first_in_row)
{
	enum db_type type = db_type(row, column);

	if (type != DB_NULL && type != DB_INT && type != DB_DOUBLE) {
		export_csv_cell(line, db_text(row, column), false,
			first_in_row);
		return;
	}
	if (!first_in_row)
		str_addc(line, ',');
	if (type == DB_INT)
		export_add_int(line, db_int(row, column));
	else if (type == DB_DOUBLE)
		export_add_number(line, db_double(row, column));
}

/* --- JSON --- */

void export_json_text(struct str *to, const char *text)
{
	str_addc(to, '"');
	while (*text != '\0') {
		size_t n = 0;

		while ((unsigned char)text[n] >= ' ' && text[n] != '"' &&
				text[n] != '\\')
			n++;
		str_addn(to, text, n);
		text += n;
		if (*text == '\0')
			break;
		if (*text == '"' || *text == '\\')
			str_addf(to, "\\%c", *text);
		else if (*text == '\n')
			str_add(to, "\\n");
		else
			str_addf(to, "\\u%04x", (unsigned char)*text);
		text++;
	}
	str_addc(to, '"');
}

void export_json_column(struct str *to, struct db_stmt *row, int column)
{
	switch (db_type(row, column)) {
	case DB_INT:
		export_add_int(to, db_int(row, column));
		break;
	case DB_DOUBLE:
		export_add_number(to, db_double(row, column));
		break;
	case DB_NULL:
		str_add(to, "null");
		break;
	default:
		export_json_text(to, db_text(row, column));
	}
}

/* --- out --- */

bool export_flush(struct str *text, FILE *to, struct err *err)
{
	bool ok = !text->over &&
		fwrite(text->data, 1, text->len, to) == text->len &&
		!ferror(to);

	str_clear(text);
	return ok || err_set(err, ERR_IO, _("cannot write the export"));
}

bool export_flush_some(struct str *text, FILE *to, struct err *err)
{
	return text->len < FLUSH_BYTES || export_flush(text, to, err);
}
