/*
 * Tables from GeoJSON (RFC 7946): points, lines and polygons.  Source: ODK
 * XForms, "External secondary instances"; JavaRosa on the names of columns.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "xform/table.h"

static void add_number(struct str *out, double number)
{
	char text[40];

	snprintf(text, sizeof text, "%.15g", number);
	if (strtod(text, NULL) != number)
		snprintf(text, sizeof text, "%.17g", number);
	str_add(out, text);
}

static bool add_point(struct str *out, const struct json *point)
{
	const struct json *longitude = js_at(point, 0);
	const struct json *latitude = js_at(point, 1);

	if (!js_is_array(point) || js_size(point) < 2 ||
			!js_is_number(longitude) || !js_is_number(latitude))
		return false;
	add_number(out, js_number(latitude));
	str_addc(out, ' ');
	add_number(out, js_number(longitude));
	str_add(out, " 0 0");
	return true;
}

static bool add_line(struct str *out, const struct json *points)
{
	if (!js_is_array(points) || js_size(points) == 0)
		return false;
	for (size_t i = 0; i < js_size(points); i++) {
		if (i > 0)
			str_add(out, "; ");
		if (!add_point(out, js_at(points, i)))
			return false;
	}
	return true;
}

static bool add_geometry(struct str *out, const struct json *geometry)
{
	const char *type = js_get_text(geometry, "type");
	const struct json *at = js_get(geometry, "coordinates");

	if (type == NULL || at == NULL)
		return false;
	if (strcmp(type, "Point") == 0)
		return add_point(out, at);
	if (strcmp(type, "LineString") == 0)
		return add_line(out, at);
	if (strcmp(type, "Polygon") == 0)
		return js_is_array(at) && js_size(at) > 0 &&
			add_line(out, js_at(at, 0));
	return false;
}

static bool put_text(struct table *t, const char *name, const char *text,
	struct err *err)
{
	const struct csv_cell cell = { text, strlen(text) };
	unsigned column;

	return table_column(t, name, strlen(name), &column, err) &&
		table_put(t, &column, &cell, 1, err);
}

static bool put_value(struct table *t, const char *name,
	const struct json *value, struct err *err)
{
	struct str number = STR_INIT;
	char *printed;
	bool ok;

	if (js_is_null(value))
		return put_text(t, name, "", err);
	if (js_text(value) != NULL)
		return put_text(t, name, js_text(value), err);
	if (js_is_number(value)) {
		if (js_is_int(value))
			str_addf(&number, "%lld", (long long)js_int(value));
		else
			add_number(&number, js_number(value));
		ok = put_text(t, name, number.data, err);
		str_release(&number);
		return ok;
	}
	printed = js_print(value);
	ok = put_text(t, name, printed, err);
	free(printed);
	return ok;
}

static bool put_feature(struct table *t, const struct json *feature,
	struct err *err)
{
	const struct json *properties = js_get(feature, "properties");
	const struct json *id = js_get(feature, "id");
	struct str geometry = STR_INIT;
	bool ok = add_geometry(&geometry, js_get(feature, "geometry"));

	if (!ok)
		err_set(err, ERR_SYNTAX, _("feature %zu has no geometry that "
			"can be used: Point, LineString or Polygon"),
			table_n_rows(t) + 1);
	ok = ok && table_add_row(t, err) &&
		put_text(t, "geometry", geometry.data, err);
	str_release(&geometry);
	for (const char *key = js_next_key(properties, NULL); ok && key != NULL;
			key = js_next_key(properties, key))
		ok = put_value(t, key, js_get(properties, key), err);
	if (ok && id != NULL && js_get(properties, "id") == NULL)
		ok = put_value(t, "id", id, err);
	return ok;
}

static bool put_all(struct table *t, const struct json *all, struct err *err)
{
	const char *type = js_get_text(all, "type");
	const struct json *features = js_get(all, "features");

	if (type == NULL || strcmp(type, "FeatureCollection") != 0 ||
			!js_is_array(features))
		return err_set(err, ERR_SYNTAX,
			_("the file is no FeatureCollection"));
	for (size_t i = 0; i < js_size(features); i++)
		if (!put_feature(t, js_at(features, i), err))
			return false;
	return true;
}

struct table *table_from_geojson(const char *bytes, size_t n_bytes,
	const char *name, struct err *err)
{
	struct json *all = js_parse(bytes, n_bytes, err);
	struct table *t;

	if (all == NULL) {
		err_at(err, name, 0, 0);
		return NULL;
	}
	t = table_new("", "root", "item");
	if (!put_all(t, all, err)) {
		err_at(err, name, 0, 0);
		table_free(t);
		t = NULL;
	}
	js_free(all);
	return t;
}
