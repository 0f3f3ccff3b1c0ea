#include "config.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xpath/date.h"
#include "xpath/eval.h"

/* --- numbers as text --- */

/* The fewest digits that read back as the same number, as "d.ddde+dd". */
static void shortest(double number, char text[40])
{
	int precision;

	for (precision = 0; precision <= 16; precision++) {
		snprintf(text, 40, "%.*e", precision, number);
		if (strtod(text, NULL) == number)
			return;
	}
}

/*
 * Most numbers are short: fifteen digits at most, few of them behind the point.
 * Such a decimal is the only one of its length that reads as its double, so the
 * first found is the shortest.  0: it is none of them.
 */
static size_t few_digits(double number, char digits[20], int *point)
{
	static const double powers[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6 };
	char reversed[20];
	uint64_t whole;
	size_t n = 0;

	for (size_t i = 0; i < sizeof powers / sizeof *powers; i++) {
		double scaled = nearbyint(number * powers[i]);

		if (!(scaled < 1e15))
			return 0;
		if (scaled / powers[i] != number)
			continue;
		for (whole = (uint64_t)scaled; whole > 0; whole /= 10)
			reversed[n++] = (char)('0' + whole % 10);
		if (n == 0)
			reversed[n++] = '0';
		for (size_t k = 0; k < n; k++)
			digits[k] = reversed[n - 1 - k];
		*point = number == 0 ? 1 : (int)n - (int)i;
		return n;
	}
	return 0;
}

size_t number_digits(double number, char digits[20], int *point)
{
	char text[40];
	size_t n = few_digits(fabs(number), digits, point);
	const char *at;

	if (n == 0) {
		shortest(fabs(number), text);
		for (at = text; *at != 'e'; at++)
			if (*at != '.')
				digits[n++] = *at;
		*point = (int)strtol(at + 1, NULL, 10) + 1;
	}
	while (n > 1 && digits[n - 1] == '0')
		n--;
	digits[n] = '\0';
	return n;
}

static char *fill(char *to, char c, int n)
{
	for (; n > 0; n--)
		*to++ = c;
	return to;
}

/* XPath has no exponents: 1e-7 is 0.0000001. */
static const char *decimal(double number, struct arena *arena)
{
	char digits[20];
	int point;
	int n = (int)number_digits(number, digits, &point);
	char *text = arena_alloc(arena, (size_t)(abs(point) + n + 4));
	char *to = text;

	if (number < 0)
		*to++ = '-';
	if (point <= 0) {
		*to++ = '0';
		*to++ = '.';
		to = fill(to, '0', -point);
		memcpy(to, digits, (size_t)n);
		to += n;
	} else if (point >= n) {
		memcpy(to, digits, (size_t)n);
		to = fill(to + n, '0', point - n);
	} else {
		memcpy(to, digits, (size_t)point);
		to[point] = '.';
		memcpy(to + point + 1, digits + point, (size_t)(n - point));
		to += n + 1;
	}
	*to = '\0';
	return text;
}

const char *xp_number_to_text(double number, struct arena *arena)
{
	if (isnan(number))
		return "NaN";
	if (isinf(number))
		return number > 0 ? "Infinity" : "-Infinity";
	if (number == 0)
		return "0";
	return decimal(number, arena);
}

/* --- text as numbers --- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Number of XPath 1.0: '-'? (digits ('.' digits?)? | '.' digits), with white
 * space around.  false: it is none. */
static bool plain_number(const char *at, double *number)
{
	const char *begin;
	bool has_digits = false;
	double value = 0;
	int n = 0;

	while (is_space(*at))
		at++;
	begin = at;
	if (*at == '-')
		at++;
	for (; *at >= '0' && *at <= '9'; at++, n++) {
		has_digits = true;
		value = value * 10 + (*at - '0');
	}
	if (*at == '.') {
		for (at++; *at >= '0' && *at <= '9'; at++)
			has_digits = true;
		n = 99;
	}
	while (is_space(*at))
		at++;
	if (!has_digits || *at != '\0')
		return false;
	if (n <= 15)
		*number = *begin == '-' ? -value : value;
	else
		*number = strtod(begin, NULL);
	return true;
}

double text_to_number(const char *text, const struct xp_env *env)
{
	struct date_time t;
	double number;

	if (plain_number(text, &number))
		return number;
	if (text[0] == '\0' || (text[0] != '-' &&
	    (text[0] < '0' || text[0] > '9')) || !date_parse(text, &t))
		return NAN;
	if (env != NULL && env->utc_days && t.has_date)
		return (double)xp_moment_ms(&t, env) / 86400000.0;
	return date_time_to_number(&t, t.has_zone && t.has_clock ?
		local_offset(env, xp_moment_ms(&t, env)) : 0);
}

double xp_text_to_number(const char *text)
{
	return text_to_number(text, NULL);
}

/* --- dates --- */

int local_offset(const struct xp_env *env, int64_t utc_ms)
{
	int64_t seconds = (utc_ms >= 0 ? utc_ms : utc_ms - 999) / 1000;

	if (env == NULL || env->zone_offset == NULL)
		return 0;
	return env->zone_offset(env->data, seconds);
}

/* The moment; without zone, the text means local time. */
int64_t xp_moment_ms(const struct date_time *t, const struct xp_env *env)
{
	int64_t minutes = date_to_days(t->date) * 1440 + t->clock.hour * 60 +
		t->clock.minute;
	int64_t rest = t->clock.second * 1000 + t->clock.ms;
	int offset = t->zone_minutes;

	if (!t->has_zone) {
		offset = local_offset(env, minutes * 60000);
		offset = local_offset(env, (minutes - offset) * 60000);
	}
	return (minutes - offset) * 60000 + rest;
}

/* --- nodes and values --- */

const char *xp_node_text(struct xp_node node, struct arena *scratch)
{
	const char *text;

	if (node.tree == NULL)
		return "";
	text = node.tree->ops->text(node.tree, node.at, scratch);
	return text == NULL ? "" : text;
}

double node_number(struct xp_node node, struct arena *scratch,
	const struct xp_env *env)
{
	double number;

	if (node.tree->ops->number != NULL &&
	    node.tree->ops->number(node.tree, node.at, &number))
		return number;
	return text_to_number(xp_node_text(node, scratch), env);
}

const char *xp_to_text(const struct xp_value *v, struct arena *arena)
{
	switch (v->type) {
	case XP_BOOLEAN:
		return v->boolean ? "true" : "false";
	case XP_NUMBER:
		return xp_number_to_text(v->number, arena);
	case XP_STRING:
		return v->text;
	case XP_NODESET:
		return v->nodes.n == 0 ? "" :
			xp_node_text(v->nodes.items[0], arena);
	}
	return "";
}

double xp_to_number_in(const struct xp_value *v, struct arena *arena,
	const struct xp_env *env)
{
	switch (v->type) {
	case XP_BOOLEAN:
		return v->boolean ? 1 : 0;
	case XP_NUMBER:
		return v->number;
	case XP_STRING:
		return text_to_number(v->text, env);
	case XP_NODESET:
		return v->nodes.n == 0 ? NAN :
			node_number(v->nodes.items[0], arena, env);
	}
	return NAN;
}

double xp_to_number(const struct xp_value *v, struct arena *arena)
{
	return xp_to_number_in(v, arena, NULL);
}

/* In a record a node stands for its value, as in JavaRosa. */
bool xp_node_is_true(struct xp_node node)
{
	const struct xp_tree_ops *ops = node.tree->ops;

	return ops->truth == NULL || ops->truth(node.tree, node.at);
}

bool xp_node_is_boolean(struct xp_node node)
{
	const struct xp_tree_ops *ops = node.tree->ops;

	return ops->is_boolean != NULL && ops->is_boolean(node.tree, node.at);
}

bool xp_to_boolean(const struct xp_value *v)
{
	switch (v->type) {
	case XP_BOOLEAN:
		return v->boolean;
	case XP_NUMBER:
		return !isnan(v->number) && v->number != 0;
	case XP_STRING:
		return v->text[0] != '\0';
	case XP_NODESET:
		return v->nodes.n > 0 && xp_node_is_true(v->nodes.items[0]);
	}
	return false;
}
