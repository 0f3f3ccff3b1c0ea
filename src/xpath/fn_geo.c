/*
 * Functions about places.  Source: ODK XForms, "Geographic functions"; the
 * sphere and the formulas are JavaRosa's, so that results agree.
 */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/vec.h"
#include "xpath/functions.h"

static const double pi = 3.14159265358979323846;
static const double earth_radius_m = 6378100;

struct place { double latitude, longitude; };	/* degrees */
struct places { struct place *items; size_t n, cap; };

static double radians(double degrees)
{
	return degrees * pi / 180;
}

/* --- reading --- */

/* "latitude longitude [altitude [accuracy]]" up to `end`. */
static bool read_place(const char *at, const char *end, struct place *place)
{
	char text[200];
	char *rest;
	size_t n = (size_t)(end - at);

	if (n >= sizeof text)
		return false;
	memcpy(text, at, n);
	text[n] = '\0';
	place->latitude = strtod(text, &rest);
	if (rest == text || (*rest != ' ' && *rest != ','))
		return false;
	at = rest + 1;
	place->longitude = strtod(at, &rest);
	return rest != at && (*rest == '\0' || *rest == ' ' || *rest == ',') &&
		fabs(place->latitude) <= 90 && fabs(place->longitude) <= 180;
}

/* Places separated by ';'.  Blank ones are left out. */
static bool add_places(void *data, const char *text)
{
	struct places *list = data;

	while (*text != '\0') {
		const char *end = text + strcspn(text, ";");
		struct place place;

		while (*text == ' ' || *text == '\n' || *text == '\t')
			text++;
		if (text < end) {
			if (!read_place(text, end, &place))
				return false;
			vec_push(list, place);
		}
		text = *end == ';' ? end + 1 : end;
	}
	return true;
}

static bool arg_places(struct call *c, size_t first, size_t end, struct places *list)
{
	if (c->e->err != NULL)
		err_clear(c->e->err);
	if (arg_each(c, first, end, add_places, list))
		return eval_steps(c->e, list->n * 4);
	if (c->e->err == NULL || c->e->err->code != ERR_NONE)
		return false;
	return call_fail(c, _("'%s()' needs places: latitude, longitude"),
		c->call->name);
}

/* --- measuring --- */

/* As on a plane whose x is scaled by the cosine of the latitude.  In JavaRosa's
 * order of multiplying, so that the last digits agree. */
static double area_of(const struct places *list)
{
	const struct place *p = list->items;
	double sum = 0, around = 2 * earth_radius_m * pi;
	size_t i;

	for (i = 2; i < list->n; i++) {
		double x1 = (p[i - 1].longitude - p[0].longitude) * around *
			cos(radians(p[i - 1].latitude)) / 360;
		double x2 = (p[i].longitude - p[0].longitude) * around *
			cos(radians(p[i].latitude)) / 360;
		double y1 = (p[i - 1].latitude - p[0].latitude) * around / 360;
		double y2 = (p[i].latitude - p[0].latitude) * around / 360;

		sum += (y1 * x2 - x1 * y2) / 2;
	}
	return list->n < 3 ? 0 : fabs(sum);
}

/* Spherical law of cosines. */
static double distance_between(const struct place *a, const struct place *b)
{
	double cosine = sin(radians(a->latitude)) * sin(radians(b->latitude)) +
		cos(radians(a->latitude)) * cos(radians(b->latitude)) *
		cos(radians(a->longitude - b->longitude));

	if (a->latitude == b->latitude && a->longitude == b->longitude)
		return 0;
	return acos(fmax(-1, fmin(1, cosine))) * earth_radius_m;
}

bool fn_area(struct call *c, struct xp_value *value)
{
	struct places list = { NULL, 0, 0 };
	bool ok = arg_places(c, 0, 1, &list);

	if (ok)
		give_number(value, area_of(&list));
	vec_release(&list);
	return ok;
}

bool fn_distance(struct call *c, struct xp_value *value)
{
	struct places list = { NULL, 0, 0 };
	bool ok = arg_places(c, 0, arg_count(c), &list);
	double sum = 0;
	size_t i;

	for (i = 1; ok && i < list.n; i++)
		sum += distance_between(&list.items[i - 1], &list.items[i]);
	if (ok)
		give_number(value, sum);
	vec_release(&list);
	return ok;
}

/* A ray to the east crosses the border an odd number of times. */
static bool is_inside(const struct place *at, const struct places *border)
{
	bool inside = false;
	size_t i;

	for (i = 1; i < border->n; i++) {
		const struct place *a = &border->items[i - 1];
		const struct place *b = &border->items[i];

		if ((b->latitude > at->latitude) == (a->latitude > at->latitude))
			continue;
		if (at->longitude < (a->longitude - b->longitude) *
		    (at->latitude - b->latitude) /
		    (a->latitude - b->latitude) + b->longitude)
			inside = !inside;
	}
	return inside;
}

bool fn_geofence(struct call *c, struct xp_value *value)
{
	struct places at = { NULL, 0, 0 }, border = { NULL, 0, 0 };
	bool ok = arg_places(c, 0, 1, &at) && arg_places(c, 1, 2, &border);

	if (ok)
		give_boolean(value, at.n > 0 &&
			is_inside(&at.items[0], &border));
	vec_release(&at);
	vec_release(&border);
	return ok;
}
