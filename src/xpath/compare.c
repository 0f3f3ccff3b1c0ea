/* Comparisons of an expression.  See compare.h. */
#include "config.h"

#include "xpath/compare.h"

#include <string.h>

#include "base/arena.h"
#include "xpath/expr.h"

struct looker {
	struct arena *arena;
	const char *const *context;
	size_t n_context;
	bool in_predicate;
	xpath_comparison_visit *visit;
	void *data;
};

/* --- operands --- */

static bool gives_date(const char *name)
{
	static const char *const names[] = { "today", "now", "date",
		"date-time" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The absolute steps of a path of names; false: it is anything else. */
static bool resolve(const struct looker *l, const struct path *path,
	struct xpath_operand *operand)
{
	size_t n = 0;
	const char **steps = ARENA_ARRAY(l->arena, const char *,
		l->n_context + path->n_steps + 1);

	if (path->start != START_ROOT) {
		bool relative = path->start == START_CONTEXT ||
			path->start == START_CURRENT;

		if (!relative || (path->start == START_CONTEXT &&
				l->in_predicate))
			return false;
		if (l->n_context > 0)
			memcpy(steps, l->context, l->n_context * sizeof *steps);
		n = l->n_context;
	}
	for (size_t i = 0; i < path->n_steps; i++) {
		const struct step *step = &path->steps[i];

		if (step->axis == AXIS_SELF && step->test == TEST_NODE)
			continue;
		if (step->axis == AXIS_PARENT && step->test == TEST_NODE &&
				n > 0) {
			n--;
			continue;
		}
		if (step->axis != AXIS_CHILD || step->test != TEST_NAME ||
				step->local == NULL)
			return false;
		steps[n++] = step->local;
	}
	operand->kind = XPATH_NODE;
	operand->steps = steps;
	operand->n_steps = n;
	return n > 0;
}

static struct xpath_operand operand_of(const struct looker *l,
	const struct expr *x)
{
	struct xpath_operand o = { .kind = XPATH_OTHER, .column = x->column };

	switch (x->kind) {
	case EXPR_NUMBER:
		o.kind = XPATH_NUMBER;
		o.number = x->number;
		break;
	case EXPR_TEXT:
		o.kind = XPATH_TEXT;
		o.text = x->text;
		break;
	case EXPR_CALL:
		if (gives_date(x->call.name))
			o.kind = XPATH_DATE;
		break;
	case EXPR_PATH:
		if (!resolve(l, &x->path, &o))
			o.kind = XPATH_OTHER;
		break;
	default:
		break;
	}
	return o;
}

static void tell(struct looker *l, enum xpath_comparing how,
	const struct expr *left, const struct expr *right)
{
	struct xpath_comparison c = { how, operand_of(l, left),
		operand_of(l, right) };

	l->visit(l->data, &c);
}

/* --- walking --- */

static void look(struct looker *l, const struct expr *x);

static void look_at_predicates(struct looker *l,
	const struct predicate *predicates, size_t n)
{
	bool before = l->in_predicate;

	l->in_predicate = true;
	for (size_t i = 0; i < n; i++)
		look(l, predicates[i].expr);
	l->in_predicate = before;
}

static void look_at_path(struct looker *l, const struct path *path)
{
	if (path->start == START_EXPR)
		look(l, path->filter);
	look_at_predicates(l, path->predicates, path->n_predicates);
	for (size_t i = 0; i < path->n_steps; i++)
		look_at_predicates(l, path->steps[i].predicates,
			path->steps[i].n_predicates);
}

static void look_at_chain(struct looker *l, const struct chain *chain)
{
	for (size_t i = 0; i < chain->n; i++)
		look(l, chain->items[i]);
	for (size_t i = 1; i < chain->n; i++)
		switch (chain->ops[i]) {
		case OP_EQ:
		case OP_NE:
			if (chain->n == 2)
				tell(l, XPATH_EQUALS, chain->items[0],
					chain->items[1]);
			break;
		case OP_LT:
		case OP_LE:
		case OP_GT:
		case OP_GE:
			if (chain->n == 2)
				tell(l, XPATH_ORDERS, chain->items[0],
					chain->items[1]);
			break;
		default:
			break;
		}
}

static void look(struct looker *l, const struct expr *x)
{
	switch (x->kind) {
	case EXPR_CHAIN:
		look_at_chain(l, &x->chain);
		break;
	case EXPR_NEGATE:
		look(l, x->negated);
		break;
	case EXPR_CALL:
		for (size_t i = 0; i < x->call.n_args; i++)
			look(l, x->call.args[i]);
		if (strcmp(x->call.name, "selected") == 0 &&
				x->call.n_args == 2)
			tell(l, XPATH_SELECTED, x->call.args[0],
				x->call.args[1]);
		break;
	case EXPR_PATH:
		look_at_path(l, &x->path);
		break;
	default:
		break;
	}
}

void xpath_each_comparison(const struct xpath *x, struct arena *arena,
	const char *const *context, size_t n_context,
	xpath_comparison_visit *visit, void *data)
{
	struct looker l = { arena, context, n_context, false, visit, data };

	look(&l, x->top);
}
