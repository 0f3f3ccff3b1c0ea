/*
 * Values in the types of their binds.
 * Source: engine protocol, section 5 "set": the whole list of what is changed;
 * ODK XForms, "Data types".
 */
#include "config.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "session/node.h"
#include "xpath/date.h"

static const char SPACE[] = " \t\r\n";

/* The trimmed text; free() it. */
static char *trimmed(const char *text)
{
	size_t n;

	text += strspn(text, SPACE);
	n = strlen(text);
	while (n > 0 && strchr(SPACE, text[n - 1]) != NULL)
		n--;
	return xstrndup(text, n);
}

/* A decimal number as people and XML Schema write it; no hexadecimal, no
 * infinities. */
static bool parse_number(const char *text, double *number)
{
	char *end;

	if (text[strspn(text, "+-.0123456789eE")] != '\0' || text[0] == '\0')
		return false;
	if (strpbrk(text, "0123456789") == NULL)
		return false;
	*number = strtod(text, &end);
	return *end == '\0' && isfinite(*number);
}

static char *cast_int(const char *text)
{
	double number;

	if (!parse_number(text, &number))
		return NULL;
	number = trunc(number);
	if (number < -2147483648.0 || number > 2147483647.0)
		return NULL;
	return str_format("%ld", (long)number);
}

/* Is a decimal written as cast_decimal() would?  With fifteen digits at most
 * there is no shorter one for the same number. */
static bool is_shortest(const char *text)
{
	size_t n_whole, n_rest;

	text += *text == '-';
	n_whole = strspn(text, "0123456789");
	if (n_whole == 0 || (n_whole > 1 && text[0] == '0') ||
			(n_whole == 1 && text[0] == '0' && text[1] == '\0'))
		return false;
	if (text[n_whole] != '.')
		return text[n_whole] == '\0' && n_whole <= 15;
	n_rest = strspn(text + n_whole + 1, "0123456789");
	if (strncmp(text, "0.0000", 6) == 0)
		return false;	/* too small for the loop to write so */
	return n_rest > 0 && n_whole + n_rest <= 15 &&
		text[n_whole + n_rest] != '0' &&
		text[n_whole + 1 + n_rest] == '\0';
}

/* "1.5e-09" as "0.0000000015", "2e+20" as "200000000000000000000.0". */
static char *without_exponent(const char *form, double number)
{
	const char *e = strchr(form, 'e'), *point = strchr(form, '.');
	int exponent = atoi(e + 1);
	int digits = point != NULL ? (int)(e - point) - 1 : 0;

	if (exponent > 0)
		return str_format("%.1f", number);
	return str_format("%.*f", digits - exponent, number);
}

/* The shortest form that reads back the same, with a point: "23.0". */
static char *cast_decimal(const char *text)
{
	char form[64];
	double number;

	if (is_shortest(text))
		return str_format(strchr(text, '.') == NULL ? "%s.0" : "%s",
			text);
	if (!parse_number(text, &number))
		return NULL;
	for (int digits = 1; digits <= 17; digits++) {
		snprintf(form, sizeof form, "%.*g", digits, number);
		if (strtod(form, NULL) == number)
			break;
	}
	if (strchr(form, 'e') != NULL)
		return without_exponent(form, number);
	if (strchr(form, '.') == NULL)
		return str_format("%s.0", form);
	return xstrdup(form);
}

static char *cast_boolean(const char *text)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
		return xstrdup("true");
	if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
		return xstrdup("false");
	return NULL;
}

static char *cast_date(const char *text)
{
	struct date_time t;
	char printed[40];

	if (!date_parse(text, &t) || !t.has_date)
		return NULL;
	if (t.has_clock && t.has_zone)
		return NULL;
	date_print(t.date, printed);
	return xstrdup(printed);
}

/* XML Schema wants the seconds. */
static bool has_seconds(const char *text)
{
	const char *colon = strchr(text, ':');

	return colon != NULL && colon[1] != '\0' && colon[2] != '\0' &&
		colon[3] == ':';
}

static char *cast_time(const char *text)
{
	struct date_time t;

	if (!date_parse(text, &t) || t.has_date || !t.has_clock ||
			!has_seconds(text))
		return NULL;
	return xstrdup(text);
}

static char *cast_date_time(const char *text)
{
	struct date_time t;

	if (!date_parse(text, &t) || !t.has_date || !t.has_clock ||
			!has_seconds(text))
		return NULL;
	return xstrdup(text);
}

/* What people type: "14:30", "2026-11-23T14:30".  NULL: it needs nothing. */
static char *with_seconds(enum xf_type type, const char *text)
{
	const char *colon;

	if ((type != XF_TIME && type != XF_DATETIME) || has_seconds(text))
		return NULL;
	colon = strchr(text, ':');
	if (colon == NULL || colon[1] == '\0' || colon[2] == '\0')
		return NULL;
	return str_format("%.*s:00%s", (int)(colon + 3 - text), text,
		colon + 3);
}

/* Java's Double.toString for what a place can be: always with a point. */
static void add_decimal(struct str *to, double number)
{
	char *text = str_format("%.17g", number), *shortest;

	shortest = cast_decimal(text);
	str_add(to, shortest);
	free(shortest);
	free(text);
}

/* "latitude longitude [altitude [accuracy]]". */
static bool add_point(struct str *to, const char *text)
{
	double part[4] = { 0, 0, 0, 0 };
	int n = 0;
	char *copy = xstrdup(text), *rest = copy, *word;
	bool ok = true;

	while (ok && (word = strsep(&rest, SPACE)) != NULL) {
		if (word[0] == '\0')
			continue;
		ok = n < 4 && parse_number(word, &part[n]);
		n++;
	}
	free(copy);
	if (!ok || n < 2 || fabs(part[0]) > 90 || fabs(part[1]) > 180 ||
			(part[0] == 0 && part[1] == 0))
		return false;
	for (int i = 0; i < n; i++) {
		if (i > 0)
			str_addc(to, ' ');
		add_decimal(to, part[i]);
	}
	return true;
}

static char *cast_point(const char *text)
{
	struct str out = STR_INIT;

	if (add_point(&out, text))
		return str_steal(&out);
	str_release(&out);
	return NULL;
}

/* Points separated by semicolons. */
static char *cast_points(const char *text)
{
	struct str out = STR_INIT;
	char *copy = xstrdup(text), *rest = copy, *point;
	bool ok = true;

	while (ok && (point = strsep(&rest, ";")) != NULL) {
		if (point[strspn(point, SPACE)] == '\0')
			continue;
		if (out.len > 0)
			str_add(&out, "; ");
		ok = add_point(&out, point);
	}
	free(copy);
	if (ok && out.len > 0)
		return str_steal(&out);
	str_release(&out);
	return NULL;
}

static char *(*const casts[])(const char *text) = {
	[XF_INT] = cast_int,
	[XF_DECIMAL] = cast_decimal,
	[XF_BOOLEAN] = cast_boolean,
	[XF_DATE] = cast_date,
	[XF_TIME] = cast_time,
	[XF_DATETIME] = cast_date_time,
	[XF_GEOPOINT] = cast_point,
	[XF_GEOTRACE] = cast_points,
	[XF_GEOSHAPE] = cast_points,
	[XF_OTHER] = NULL,
};

static char *cast_text(enum xf_type type, const char *text)
{
	char *clean, *cast;

	if (casts[type] == NULL)
		return xstrdup(text);
	clean = trimmed(text);
	cast = clean[0] == '\0' ? xstrdup("") : casts[type](clean);
	free(clean);
	return cast;
}

/* What a person is told who typed something else. */
static const char *expected(enum xf_type type)
{
	switch (type) {
	case XF_INT: return _("a whole number");
	case XF_DECIMAL: return _("a number");
	case XF_BOOLEAN: return _("true or false");
	case XF_DATE: return _("a date like 2026-11-23");
	case XF_TIME: return _("a time like 14:30");
	case XF_DATETIME: return _("a date and time like 2026-11-23T14:30");
	case XF_GEOPOINT: return _("a place: latitude and longitude");
	case XF_GEOTRACE:
	case XF_GEOSHAPE: return _("places separated by semicolons");
	default: return _("text");
	}
}

static char *only_listed(const struct xf_node *form, char *cast,
	struct err *why)
{
	const struct xf_control *select = node_select(form);
	char *listed;

	if (select == NULL || select->is_open || select->itemset != NULL ||
			cast[0] == '\0')
		return cast;
	listed = static_choices_only(select, cast);
	if (why != NULL && strlen(listed) < strlen(cast)) {
		err_set(why, ERR_VALUE, _("this is not among the choices"));
		free(cast);
		free(listed);
		return NULL;
	}
	free(cast);
	return listed;
}

static const struct xf_control *range_of(const struct xf_node *form)
{
	for (unsigned i = 0; i < form->n_controls; i++)
		if (form->controls[i]->kind == XF_RANGE)
			return form->controls[i];
	return NULL;
}

static bool is_out_of_range(const struct xf_control *range, const char *cast)
{
	double number, a, b;

	if (range->range_start == NULL || range->range_end == NULL ||
			!parse_number(cast, &number))
		return false;
	a = strtod(range->range_start, NULL);
	b = strtod(range->range_end, NULL);
	return number < fmin(a, b) || number > fmax(a, b);
}

static char *in_range_only(const struct xf_node *form, char *cast,
	struct err *why)
{
	const struct xf_control *range = range_of(form);

	if (range == NULL || !is_out_of_range(range, cast))
		return cast;
	free(cast);
	if (why == NULL)
		return xstrdup("");
	err_set(why, ERR_VALUE, _("this has to lie between %1$s and %2$s"),
		range->range_start, range->range_end);
	return NULL;
}

char *value_cast(const struct xf_node *form, const char *text,
	struct err *why)
{
	char *typed = why != NULL ? with_seconds(form->bind->type, text) : NULL;
	char *cast = node_select(form) != NULL ? trimmed(text) :
		cast_text(form->bind->type, typed != NULL ? typed : text);

	free(typed);
	if (cast == NULL && why != NULL) {
		/* TRANSLATORS: %s is what was expected: "a whole number" */
		err_set(why, ERR_VALUE, _("this has to be %s"),
			expected(form->bind->type));
		return NULL;
	}
	if (cast == NULL)
		return xstrdup("");
	cast = in_range_only(form, cast, why);
	return cast != NULL ? only_listed(form, cast, why) : NULL;
}

char *value_cast_result(const struct xf_node *form, const char *text)
{
	char *cast = cast_text(form->bind->type, text);
	struct date_time t;
	char date[40];

	if (cast == NULL && form->bind->type == XF_DATE &&
			date_parse_loose(text, &t) && !t.has_clock) {
		date_print(t.date, date);
		cast = xstrdup(date);
	}
	return cast != NULL ? cast : xstrdup("");
}

char *value_cast_place(const char *text)
{
	char *place = cast_text(XF_GEOPOINT, text);

	return place != NULL ? place : xstrdup("");
}

/* No marking here: whoever changes a value says so. */
void node_store(struct session *s, struct node *n, const char *value)
{
	const char *old = n->raw != NULL ? n->raw : "";

	if (strcmp(old, value) == 0)
		return;
	s->revision++;
	undo_keep_state(s, n);
	undo_take_value(s, n, n->raw);
	n->raw = value[0] != '\0' ? xstrdup(value) : NULL;
	free(n->shown);
	n->shown = NULL;
	note_stale(s, n);
	if (n->form->bind->constraint != NULL)
		n->dirty |= property_bit(XF_P_CONSTRAINT);
	if (n->form->bind->calculate != NULL &&
			n->form->bind->calculate->is_volatile)
		vec_push(&s->unsaved, n);
}

void session_restore(struct session *s, struct node *n, const char *value)
{
	node_store(s, n, value);
	n->dirty &= (uint8_t)~property_bit(XF_P_VALUE);
	mark_value_changed(s, n);
}

struct node *session_next_unsaved(struct session *s)
{
	return s->unsaved.n > 0 ? s->unsaved.items[--s->unsaved.n] : NULL;
}

void session_clear_unsaved(struct session *s)
{
	s->unsaved.n = 0;
}

static void note_unsaved(void *data, struct node *n)
{
	struct session *s = data;

	if (n->raw != NULL)
		vec_push(&s->unsaved, n);
}

void session_all_unsaved(struct session *s)
{
	s->unsaved.n = 0;
	for (unsigned i = 0; i < s->form->n_nodes; i++) {
		const struct xf_expr *calculate =
			s->form->nodes[i]->bind->calculate;

		if (calculate != NULL && calculate->is_volatile)
			each_instance(s->root, s->form->nodes[i], note_unsaved,
				s);
	}
}
