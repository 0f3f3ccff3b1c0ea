/* GeoJSON: a feature for each record. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "export/cell.h"
#include "export/geo.h"
#include "export/json.h"
#include "export/object.h"

/* --- which question --- */

static bool has_path(const struct layout_column *column, const char *path)
{
	if (strcmp(column->name, path) == 0)
		return true;
	if (*path == '/')		/* the root's name is not kept */
		path += 1 + strcspn(path + 1, "/");
	path += *path == '/';
	for (size_t i = 0; i < column->paths.n; i++)
		if (strcmp(column->paths.items[i], path) == 0)
			return true;
	return false;
}

static bool is_in_repeat(const struct layout *layout, const char *path)
{
	for (size_t t = 1; t < layout->tables.n; t++)
		for (size_t i = 0; i < layout->tables.items[t].columns.n; i++)
			if (has_path(&layout->tables.items[t].columns.items[i],
					path))
				return true;
	return false;
}

static int named_geometry(const struct layout *layout,
	const struct codebook *book, const struct export_options *options,
	const char *path, struct err *err)
{
	const struct layout_table *form = &layout->tables.items[0];

	for (size_t i = 0; i < form->columns.n; i++) {
		const struct layout_column *column = &form->columns.items[i];

		if (!has_path(column, path))
			continue;
		if (!export_has_column(column, options))
			err_set(err, ERR_REFUSED, _("'%s' is not exported: "
				"it is not public"), path);
		else if (geo_kind_of(book->tables[0].columns[i].type) ==
				GEO_NONE)
			err_set(err, ERR_NOTFOUND,
				_("'%s' does not ask for a place"), path);
		else
			return (int)i;
		return -1;
	}
	if (is_in_repeat(layout, path))
		err_set(err, ERR_NOTFOUND, _("'%s' stands in a repeat; a "
			"record has one geometry only"), path);
	else
		err_set(err, ERR_NOTFOUND, _("form '%s' has no question '%s'"),
			layout->form, path);
	return -1;
}

int export_find_geometry(const struct layout *layout,
	const struct codebook *book, const struct export_options *options,
	const char *path, struct err *err)
{
	const struct layout_table *form = &layout->tables.items[0];

	if (path != NULL)
		return named_geometry(layout, book, options, path, err);
	for (size_t i = 0; i < form->columns.n; i++)
		if (form->columns.items[i].class_ == LAYOUT_PUBLIC &&
				geo_kind_of(book->tables[0].columns[i].type) !=
				GEO_NONE)
			return (int)i;
	err_set(err, ERR_NOTFOUND,
		_("form '%s' has no public question for a place"),
		layout->form);
	return -1;
}

/* --- features --- */

struct writing {
	struct object_writer w;
	const struct reader_column *place;
	enum geo_kind kind;
	struct str text;
	int64_t n_odd;
};

static void add_place(struct writing *g)
{
	if (db_is_null(g->place->from, g->place->at)) {
		str_add(&g->text, "null");
	} else if (!geo_add(&g->text, g->kind,
			db_text(g->place->from, g->place->at))) {
		str_add(&g->text, "null");
		g->n_odd++;
	}
}

static bool add_feature(struct writing *g, struct err *err)
{
	const struct reader_table *form = &g->w.reader.tables[0];
	bool ok;

	str_add(&g->text, "{\"type\":\"Feature\",\"id\":");
	export_json_column(&g->text, form->keys, 1 + KEY_RECORD);
	str_add(&g->text, ",\"geometry\":");
	add_place(g);
	str_add(&g->text, ",\"properties\":");
	ok = object_add_record(&g->w, &g->text, err);
	str_addc(&g->text, '}');
	return ok;
}

static bool write_features(struct writing *g, FILE *to, struct err *err)
{
	const struct reader_table *form = &g->w.reader.tables[0];
	bool ok = true, first = true;

	str_add(&g->text, "{\"type\":\"FeatureCollection\",\"features\":[");
	while (ok && form->has_row) {
		str_add(&g->text, first ? "\n" : ",\n");
		first = false;
		ok = add_feature(g, err) &&
			export_flush_some(&g->text, to, err);
	}
	str_add(&g->text, "\n]}\n");
	return ok && export_flush(&g->text, to, err);
}

bool export_geojson(struct store *store, const struct layout *layout,
	const struct codebook *book, const struct export_options *options,
	int geometry, FILE *to, int64_t *n_odd, struct err *err)
{
	struct writing g = { .text = STR_INIT };
	bool ok = object_open(&g.w, store, layout, options, err);
	const struct reader_table *form = &g.w.reader.tables[0];

	for (size_t i = 0; ok && i < form->columns.n; i++)
		if (form->columns.items[i].index == (size_t)geometry)
			g.place = &form->columns.items[i];
	g.kind = geo_kind_of(book->tables[0].columns[geometry].type);
	ok = ok && write_features(&g, to, err);
	*n_odd = g.n_odd;
	str_release(&g.text);
	object_close(&g.w);
	return ok;
}
