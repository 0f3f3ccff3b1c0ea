/* Functions about numbers. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "xpath/functions.h"

static bool apply(struct call *c, struct xp_value *value, double (*f)(double))
{
	double number;

	return arg_number(c, 0, &number) && give_number(value, f(number));
}

#define OF_ONE(name, f) \
	bool name(struct call *c, struct xp_value *value) \
	{ \
		return apply(c, value, f); \
	}

static double power_of_ten(double number)
{
	return pow(10, number);
}

OF_ONE(fn_abs, fabs)
OF_ONE(fn_acos, acos)
OF_ONE(fn_asin, asin)
OF_ONE(fn_atan, atan)
OF_ONE(fn_ceiling, ceil)
OF_ONE(fn_cos, cos)
OF_ONE(fn_exp, exp)
OF_ONE(fn_exp10, power_of_ten)
OF_ONE(fn_floor, floor)
OF_ONE(fn_int, trunc)
OF_ONE(fn_log, log)
OF_ONE(fn_log10, log10)
OF_ONE(fn_sin, sin)
OF_ONE(fn_sqrt, sqrt)
OF_ONE(fn_tan, tan)

bool fn_atan2(struct call *c, struct xp_value *value)
{
	double y, x;

	return arg_number(c, 0, &y) && arg_number(c, 1, &x) &&
		give_number(value, atan2(y, x));
}

bool fn_pow(struct call *c, struct xp_value *value)
{
	double base, exponent;

	return arg_number(c, 0, &base) && arg_number(c, 1, &exponent) &&
		give_number(value, pow(base, exponent));
}

bool fn_pi(struct call *c, struct xp_value *value)
{
	(void)c;
	return give_number(value, 3.14159265358979323846);
}

bool fn_random(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;

	if (env->random == NULL)
		return call_unavailable(c);
	return give_number(value, env->random(env->data));
}

bool fn_number(struct call *c, struct xp_value *value)
{
	double number;

	if (arg_count(c) > 0)
		return arg_number(c, 0, &number) && give_number(value, number);
	if (c->scope->node.tree == NULL)
		return call_fail(c, _("there is no context node"));
	return give_number(value, node_number(c->scope->node, c->e->arena,
		c->e->env));
}

/* --- rounding --- */

/* XPath 1.0: to the nearest, a half upwards; -0.5 ... -0 stays -0. */
static double round_plain(double number)
{
	double low;

	if (!isfinite(number) || number == 0)
		return number;
	low = floor(number);
	if (number - low >= 0.5)
		low += 1;
	return low == 0 && number < 0 ? -0.0 : low;
}

/* Rounds the decimal digits a person sees, not the binary number: 1.005 to two
 * places is 1.01.  A half goes upwards, so that -1.5 becomes -1. */
static double round_digits(double number, int places)
{
	char digits[20];
	char text[64];
	int point, keep;
	size_t n = number_digits(number, digits, &point), i;
	bool up;

	keep = point + places;		/* digits that stay */
	if (keep >= (int)n)
		return number;
	if (keep < 0)
		return number < 0 ? -0.0 : 0;
	up = number < 0 ? (digits[keep] > '5' || (digits[keep] == '5' &&
		(size_t)keep + 1 < n)) : digits[keep] >= '5';
	i = 0;
	text[i++] = number < 0 ? '-' : '+';
	text[i++] = '0';
	memcpy(text + i, digits, (size_t)keep);
	i += (size_t)keep;
	if (up) {
		size_t at = i - 1;

		while (text[at] == '9')
			text[at--] = '0';
		text[at]++;
	}
	snprintf(text + i, sizeof text - i, "e%d", -places);
	return strtod(text, NULL);
}

bool fn_round(struct call *c, struct xp_value *value)
{
	double number, places;

	if (!arg_number(c, 0, &number))
		return false;
	if (arg_count(c) == 1)
		return give_number(value, round_plain(number));
	if (!arg_number(c, 1, &places))
		return false;
	if (!isfinite(number) || number == 0)
		return give_number(value, number);
	if (isnan(places) || fabs(places) > 30)
		return give_number(value, NAN);
	return give_number(value, round_digits(number, (int)places));
}

/* --- over sets --- */

/* In a record, a question without answer counts as nothing (JavaRosa); in
 * other documents the sum of a blank is NaN, as XPath 1.0 says. */
static bool sum_node(struct call *c, struct xp_node node, double *sum)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	double number;
	const char *text;

	if (ops->number != NULL && ops->number(node.tree, node.at, &number)) {
		*sum += number;
		return true;
	}
	if (!eval_node_text(c->e, node, &text))
		return false;
	if (text[0] == '\0' && node.tree->contextual)
		return true;
	*sum += text_to_number(text, c->e->env);
	return true;
}

bool fn_sum(struct call *c, struct xp_value *value)
{
	struct xp_nodeset nodes;
	double sum = 0;
	size_t i;

	if (!arg_nodes(c, 0, &nodes))
		return false;
	for (i = 0; i < nodes.n; i++) {
		struct arena_mark mark = arena_mark(c->e->arena);
		bool ok = sum_node(c, nodes.items[i], &sum);

		arena_reset(c->e->arena, mark);
		if (!ok)
			return false;
	}
	return give_number(value, sum);
}

/* In a record a question without answer counts as nothing (JavaRosa); in other
 * documents it is no number, and XPath 3.0 says NaN then. */
struct extreme { double best; bool any, max, blanks_count;
	const struct xp_env *env; };

static bool try_extreme(void *data, const char *text)
{
	struct extreme *x = data;
	double number;

	if (text[0] == '\0' && !x->blanks_count)
		return true;
	number = text_to_number(text, x->env);
	if (!x->any || isnan(number) ||
	    (x->max ? number > x->best : number < x->best))
		x->best = isnan(x->best) && x->any ? x->best : number;
	x->any = true;
	return true;
}

/* NaN if nothing is left. */
static bool find_extreme(struct call *c, bool max, struct xp_value *value)
{
	struct extreme x = { NAN, false, max, c->e->anchor.tree != NULL &&
		!c->e->anchor.tree->contextual, c->e->env };

	return arg_each(c, 0, arg_count(c), try_extreme, &x) &&
		give_number(value, x.best);
}

bool fn_max(struct call *c, struct xp_value *value)
{
	return find_extreme(c, true, value);
}

bool fn_min(struct call *c, struct xp_value *value)
{
	return find_extreme(c, false, value);
}
