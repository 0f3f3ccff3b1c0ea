/* bayaz sql: ask the central store in SQL, which changes nothing. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "cmd/cmd.h"
#include "cmd/include.h"
#include "crypt/crypt.h"
#include "db/db.h"
#include "export/cell.h"
#include "store/access.h"
#include "store/store.h"

static const struct cmd_option options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"), N_("the central store") },
	{ "format", 0, OPT_TEXT, N_("csv|json"),
	  N_("CSV with a header, which is usual, or an array of JSON") },
	INCLUDE_OPTIONS,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

struct printer {
	struct db_stmt *rows;
	int n;				/* columns */
	bool masked;			/* for a terminal */
	struct str line, shown;
	VEC(char *) names;		/* keys of JSON: no two are the same */
	size_t n_rows;
};

/* --- cells --- */

static const char *shown(struct printer *p, const char *text)
{
	if (!p->masked)
		return text;
	str_clear(&p->shown);
	utf8_mask(&p->shown, text, true);
	return p->shown.data;
}

/* Bytes as hexadecimal digits; free() it. */
static char *blob_text(struct printer *p, int column)
{
	size_t n;
	const void *bytes = db_blob(p->rows, column, &n);
	char *hex = xmalloc(n * 2 + 1);

	hex[0] = '\0';
	if (n > 0)
		hex_encode(bytes, n, hex);
	return hex;
}

/* Is it a text (or bytes, which become one)?  free() what `hex` gets. */
static const char *text_of(struct printer *p, int i, char **hex)
{
	*hex = NULL;
	switch (db_type(p->rows, i)) {
	case DB_TEXT:
		return shown(p, db_text(p->rows, i));
	case DB_BLOB:
		*hex = blob_text(p, i);
		return *hex;
	default:
		return NULL;
	}
}

/* --- rows --- */

static void put(struct printer *p)
{
	/* the driver sees whether standard output took it all */
	fwrite(p->line.data, 1, p->line.len, stdout);
	str_clear(&p->line);
}

static void csv_header(struct printer *p)
{
	for (int i = 0; i < p->n; i++)
		export_csv_cell(&p->line,
			shown(p, db_column_name(p->rows, i)), false, i == 0);
	str_addc(&p->line, '\n');
	put(p);
}

static void csv_row(struct printer *p)
{
	for (int i = 0; i < p->n; i++) {
		char *hex;
		const char *text = text_of(p, i, &hex);

		if (text != NULL)
			export_csv_cell(&p->line, text, hex != NULL, i == 0);
		else
			export_csv_column(&p->line, p->rows, i, i == 0);
		free(hex);
	}
	str_addc(&p->line, '\n');
	put(p);
}

static void json_header(struct printer *p)
{
	struct map taken = MAP_INIT;

	for (int i = 0; i < p->n; i++) {
		const char *wanted = shown(p, db_column_name(p->rows, i));
		char *name = str_format("%s", wanted);

		for (unsigned k = 2; map_has(&taken, name); k++) {
			free(name);
			name = str_format("%s_%u", wanted, k);
		}
		vec_push(&p->names, name);
		map_set(&taken, name, p);
	}
	map_release(&taken);
	str_addc(&p->line, '[');
	put(p);
}

static void json_row(struct printer *p)
{
	str_add(&p->line, p->n_rows > 0 ? ",\n{" : "\n{");
	for (int i = 0; i < p->n; i++) {
		char *hex;
		const char *text = text_of(p, i, &hex);

		if (i > 0)
			str_addc(&p->line, ',');
		export_json_text(&p->line, p->names.items[i]);
		str_addc(&p->line, ':');
		if (text != NULL)
			export_json_text(&p->line, text);
		else
			export_json_column(&p->line, p->rows, i);
		free(hex);
	}
	str_addc(&p->line, '}');
	put(p);
}

static void json_end(struct printer *p)
{
	str_add(&p->line, "\n]\n");
	put(p);
}

static void no_end(struct printer *p)
{
	(void)p;
}

static const struct format {
	const char *name;
	void (*header)(struct printer *), (*row)(struct printer *),
		(*end)(struct printer *);
} formats[] = {
	{ "csv", csv_header, csv_row, no_end },
	{ "json", json_header, json_row, json_end },
};

static bool print(struct printer *p, const struct format *format,
	struct err *err)
{
	enum db_result result;

	p->n = db_columns(p->rows);
	format->header(p);
	while ((result = db_step(p->rows, err)) == DB_ROW) {
		format->row(p);
		p->n_rows++;
	}
	format->end(p);
	return result == DB_DONE;
}

/* --- asking --- */

/* The names of the tables are written down, not what was asked: that may hold
 * answers. */
static bool log_use(const struct cmd_args *args,
	const struct store_access *access, struct err *err)
{
	struct store *store = store_open(cmd_text(args, "store"), 0, err);
	bool ok = store != NULL && include_allow(args, store,
		"sql-restricted", store_access_used(access), err);

	store_close(store);
	return ok;
}

static bool ask(struct store *store, const struct cmd_args *args,
	const struct format *format, bool restricted, struct err *err)
{
	struct printer p = { .line = STR_INIT, .shown = STR_INIT,
		.masked = isatty(STDOUT_FILENO) == 1 };
	struct store_access *access = store_access_new(store, restricted, err);
	bool ok = false;

	if (access != NULL)
		p.rows = db_query(store_db(store), args->items[0], err);
	if (p.rows != NULL)
		ok = (!restricted || log_use(args, access, err)) &&
			print(&p, format, err);
	else if (access != NULL)
		store_access_refused(access, err);
	db_free(p.rows);
	for (size_t i = 0; i < p.names.n; i++)
		free(p.names.items[i]);
	vec_release(&p.names);
	str_release(&p.line);
	str_release(&p.shown);
	store_close(store);
	store_access_free(access);
	return ok;
}

static const struct format *find_format(const struct cmd_args *args)
{
	const char *name = cmd_text(args, "format");

	if (name == NULL)
		return &formats[0];
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static int run_sql(const struct cmd_args *args)
{
	const struct format *format = find_format(args);
	struct err err = ERR_INIT;
	struct store *store;
	bool restricted, ok;
	int status = include_check(args, &restricted);

	if (status != EXIT_DONE)
		return status;
	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	if (format == NULL)
		return cmd_usage_error(args, _("there is no format '%s'"),
			cmd_text(args, "format"));
	store = store_open(cmd_text(args, "store"), STORE_READ_ONLY, &err);
	ok = store != NULL && ask(store, args, format, restricted, &err);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

const struct cmd cmd_sql = {
	.name = "sql",
	.usage = N_("'SELECT ...' --store DB"),
	.summary = N_("ask the central store in SQL"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_sql,
};
