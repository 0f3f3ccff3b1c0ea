#include "config.h"

#include "export/geo.h"

#include <math.h>
#include <string.h>

#include "base/vec.h"
#include "export/cell.h"
#include "store/tables.h"

struct point { double latitude, longitude, altitude; bool has_altitude; };
struct points { VEC(struct point) list; };

enum geo_kind geo_kind_of(const char *type)
{
	if (strcmp(type, "geopoint") == 0)
		return GEO_POINT;
	if (strcmp(type, "geotrace") == 0)
		return GEO_TRACE;
	return strcmp(type, "geoshape") == 0 ? GEO_SHAPE : GEO_NONE;
}

/* --- reading --- */

static bool take_number(const char **at, double *number)
{
	char word[64];
	size_t n;

	*at += strspn(*at, " \t\r\n");
	n = strcspn(*at, " \t\r\n;");
	if (n == 0 || n >= sizeof word)
		return false;
	memcpy(word, *at, n);
	word[n] = '\0';
	*at += n;
	return value_to_real(word, number);
}

static bool take_point(const char **at, struct point *p)
{
	double accuracy;

	if (!take_number(at, &p->latitude) || !take_number(at, &p->longitude))
		return false;
	p->has_altitude = take_number(at, &p->altitude);
	if (p->has_altitude)
		take_number(at, &accuracy);
	*at += strspn(*at, " \t\r\n");
	if (**at == ';')
		++*at;
	else if (**at != '\0')
		return false;
	*at += strspn(*at, " \t\r\n");
	return fabs(p->latitude) <= 90 && fabs(p->longitude) <= 180;
}

static bool read_points(const char *text, struct points *points)
{
	text += strspn(text, " \t\r\n");
	while (*text != '\0') {
		struct point point = { 0 };

		if (!take_point(&text, &point))
			return false;
		vec_push(&points->list, point);
	}
	return points->list.n > 0;
}

/* --- rings --- */

static bool same_place(const struct point *a, const struct point *b)
{
	return !(fabs(a->latitude - b->latitude) > 0) &&
		!(fabs(a->longitude - b->longitude) > 0);
}

static void close_ring(struct points *points)
{
	const struct point first = points->list.items[0];

	if (!same_place(&first, &points->list.items[points->list.n - 1]))
		vec_push(&points->list, first);
}

/* Twice the area, positive if it lies to the left. */
static double area(const struct points *points)
{
	const struct point *p = points->list.items;
	double sum = 0;

	for (size_t i = 0; i + 1 < points->list.n; i++)
		sum += p[i].longitude * p[i + 1].latitude -
			p[i + 1].longitude * p[i].latitude;
	return sum;
}

static void turn(struct points *points)
{
	struct point *p = points->list.items;

	for (size_t i = 0, k = points->list.n - 1; i < k; i++, k--) {
		struct point other = p[i];

		p[i] = p[k];
		p[k] = other;
	}
}

/* --- writing --- */

static void add_point(struct str *to, const struct point *p)
{
	str_addc(to, '[');
	export_add_number(to, p->longitude);
	str_addc(to, ',');
	export_add_number(to, p->latitude);
	if (p->has_altitude) {
		str_addc(to, ',');
		export_add_number(to, p->altitude);
	}
	str_addc(to, ']');
}

static void add_points(struct str *to, const struct points *points)
{
	str_addc(to, '[');
	for (size_t i = 0; i < points->list.n; i++) {
		if (i > 0)
			str_addc(to, ',');
		add_point(to, &points->list.items[i]);
	}
	str_addc(to, ']');
}

static bool add_geometry(struct str *to, enum geo_kind kind,
	struct points *points)
{
	if (kind == GEO_POINT && points->list.n == 1) {
		str_add(to, "{\"type\":\"Point\",\"coordinates\":");
		add_point(to, &points->list.items[0]);
	} else if (kind == GEO_TRACE && points->list.n > 1) {
		str_add(to, "{\"type\":\"LineString\",\"coordinates\":");
		add_points(to, points);
	} else if (kind == GEO_SHAPE && points->list.n > 2) {
		close_ring(points);
		if (points->list.n < 4)
			return false;
		if (area(points) < 0)
			turn(points);
		str_add(to, "{\"type\":\"Polygon\",\"coordinates\":[");
		add_points(to, points);
		str_addc(to, ']');
	} else {
		return false;
	}
	str_addc(to, '}');
	return true;
}

bool geo_add(struct str *to, enum geo_kind kind, const char *text)
{
	struct points points = { { NULL, 0, 0 } };
	bool ok = read_points(text, &points) &&
		add_geometry(to, kind, &points);

	vec_release(&points.list);
	return ok;
}
