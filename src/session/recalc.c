/*
 * Computing what is marked, when somebody reads it.
 * Source: design, "The engine"; ODK XForms, "Bindings"; JavaRosa's rule that
 * a node that is not relevant reads as empty.
 */
#include "config.h"

#include <math.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "session/node.h"
#include "xpath/date.h"

enum { DEEPEST_RECURSION = 64, DEEPEST_OF_ALL = 400 };

/* --- computing --- */

struct xp_context node_context(struct session *s, struct node *n)
{
	struct xp_context ctx = { 0 };

	ctx.node = ctx.current = node_handle(s, n);
	ctx.position = ctx.size = 1;
	ctx.env = &s->env;
	ctx.arena = s->scratch;
	return ctx;
}

void note_failure(struct session *s, const struct node *n,
	const struct xf_expr *expr, struct err *err)
{
	if (s->failure.code != ERR_NONE)
		return;
	if (err->line == 1 && err->column > 0 && err->source[0] == '\0')
		err->column += expr->column - 1;
	else
		err->column = expr->column;
	err->line = expr->line;
	if (err->source[0] == '\0') {
		struct err placed = *err;

		err_prefix(&placed, "%s", n->form != NULL ? n->form->ref : "/");
		placed.line = err->line;
		placed.column = err->column;
		err_at(&placed, s->form->name, err->line, err->column);
		s->failure = placed;
		return;
	}
	s->failure = *err;
}

bool take_failure(struct session *s, struct err *err)
{
	if (s->failure.code == ERR_NONE)
		return false;
	if (err != NULL)
		*err = s->failure;
	err_clear(&s->failure);
	return true;
}

const struct xf_node *session_take_kept(struct session *s)
{
	const struct xf_node *repeat = s->kept_beyond;

	s->kept_beyond = NULL;
	return repeat;
}

bool session_take_failure(struct session *s, struct err *err)
{
	return take_failure(s, err);
}

bool eval_flag(struct session *s, struct node *n,
	const struct xf_expr *expr, bool otherwise)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_context ctx = node_context(s, n);
	struct err err;
	bool value = otherwise;

	err_clear(&err);	/* ERR_INIT would clear all its bytes */
	if (!xpath_eval_boolean(expr->program, &ctx, &value, &err)) {
		note_failure(s, n, expr, &err);
		value = otherwise;
	}
	arena_reset(s->scratch, mark);
	return value;
}

static bool holds_text(const struct xf_bind *bind)
{
	switch (bind->type) {
	case XF_INT: case XF_DECIMAL: case XF_BOOLEAN: case XF_DATE:
	case XF_TIME: case XF_DATETIME: case XF_GEOPOINT: case XF_GEOTRACE:
	case XF_GEOSHAPE:
		return false;
	default:
		return true;
	}
}

/* The moment of a node that holds a date; false: it holds something else. */
static bool node_moment(struct xp_node node, struct xp_time *moment)
{
	struct session *s = (struct session *)(uintptr_t)node.tree;
	const char *text;
	struct date_time t;
	int64_t seconds;

	if (node.tree->ops->moment == NULL)
		return false;
	text = node.tree->ops->moment(node.tree, node.at);
	if (text == NULL || !date_parse(text, &t))
		return false;
	seconds = date_to_days(t.date) * 86400 + t.clock.hour * 3600 +
		t.clock.minute * 60 + t.clock.second;
	moment->offset_minutes = t.has_zone ? t.zone_minutes :
		session_zone_offset(s, seconds);
	moment->ms = (seconds - moment->offset_minutes * 60) * 1000 +
		t.clock.ms;
	return true;
}

static bool is_date(struct xp_value *value)
{
	if (value->type == XP_NODESET)
		return value->nodes.n == 1 && node_moment(value->nodes.items[0],
			&value->moment);
	return value->type == XP_STRING && value->is_date;
}

static const char *moment_text(const struct xp_value *value,
	struct arena *arena)
{
	char text[40];

	date_time_print(value->moment.ms, value->moment.offset_minutes, text);
	return arena_strdup(arena, text);
}

bool eval_result(const struct xf_expr *expr, const struct xf_bind *bind,
	struct xp_context *ctx, const char **text, uint8_t *type,
	struct err *err)
{
	struct xp_value value;

	if (!xpath_eval(expr->program, ctx, &value, err))
		return false;
	if (value.type == XP_NODESET && value.nodes.n == 1 &&
			xp_node_is_boolean(value.nodes.items[0])) {
		value.boolean = xp_node_is_true(value.nodes.items[0]);
		value.type = XP_BOOLEAN;
	}
	*type = value.type == XP_NODESET ? XP_STRING : (uint8_t)value.type;
	if (holds_text(bind) && is_date(&value)) {
		*type = COMPUTED_DATE;
		*text = moment_text(&value, ctx->arena);
		return true;
	}
	if (value.type == XP_BOOLEAN)
		*text = value.boolean ? "1" : "0";
	else if (value.type == XP_NUMBER && isnan(value.number))
		*text = "";
	else
		*text = xp_to_text(&value, ctx->arena);
	return true;
}

static void compute_value(struct session *s, struct node *n)
{
	const struct xf_expr *expr = n->form->bind->calculate;
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_context ctx = node_context(s, n);
	struct err err;
	const char *text;
	char *cast;

	err_clear(&err);
	if (!eval_result(expr, n->form->bind, &ctx, &text, &n->computed,
			&err)) {
		note_failure(s, n, expr, &err);
		arena_reset(s->scratch, mark);
		return;
	}
	cast = value_cast_result(n->form, text);
	node_store(s, n, cast);
	free(cast);
	arena_reset(s->scratch, mark);
}

static void compute_relevance(struct session *s, struct node *n)
{
	bool before = n->relevant;

	n->relevant = eval_flag(s, n, n->form->bind->relevant, true);
	s->shape += n->relevant != before;
}

static void run_compute(struct session *s, struct node *n, enum xf_property p)
{
	const struct xf_bind *b = n->form->bind;

	switch (p) {
	case XF_P_VALUE:
		compute_value(s, n);
		break;
	case XF_P_RELEVANT:
		compute_relevance(s, n);
		break;
	case XF_P_READONLY:
		n->readonly = eval_flag(s, n, b->readonly, false);
		break;
	case XF_P_REQUIRED:
		n->required = eval_flag(s, n, b->required, false);
		break;
	case XF_P_CONSTRAINT:
		n->constraint_ok = eval_flag(s, n, b->constraint, true);
		break;
	default:
		break;
	}
}

static void compute_one(void *data, struct node *n)
{
	compute(data, n, XF_P_VALUE);
}

/* A running total reads the instance before, that the one before it ...: from
 * the first on, none has to wait for another. */
static void compute_instances_before(struct session *s, struct node *n)
{
	struct node *instance = n;

	while (instance->form != n->form->repeat)
		instance = instance->parent;
	for (uint32_t i = 0; i < instance->position; i++)
		each_instance(instance->parent->slots[instance->form->slot]
			.items[i], n->form, compute_one, s);
}

/* Deeper than expressions can depend on each other that are computed in order;
 * and before the stack ends. */
static bool is_too_deep(struct session *s, const struct node *n)
{
	if (s->depth < DEEPEST_OF_ALL)
		return false;
	if (s->failure.code == ERR_NONE) {
		err_set(&s->failure, ERR_CYCLE, _("%s: too many instances "
			"depend on each other"), n->form->ref);
		err_at(&s->failure, s->form->name, 0, 0);
	}
	return true;
}

void compute(struct session *s, struct node *n, enum xf_property p)
{
	uint8_t bit = property_bit(p);
	struct mark self = { n, p, 0 };

	if (!(n->dirty & bit) || (n->busy & bit) || is_too_deep(s, n))
		return;
	undo_keep_state(s, n);
	if (n->form->reads_other_instances && p == XF_P_VALUE) {
		n->busy |= bit;
		compute_instances_before(s, n);
	}
	n->busy |= bit;
	if (s->depth >= DEEPEST_RECURSION && s->depth < 2 * DEEPEST_RECURSION &&
			(p == XF_P_VALUE || p == XF_P_RELEVANT)) {
		s->depth += DEEPEST_RECURSION;	/* no flush within a flush */
		flush_before(s, &self);
		s->depth -= DEEPEST_RECURSION;
	}
	s->depth++;
	run_compute(s, n, p);
	s->depth--;
	n->busy &= (uint8_t)~bit;
	n->dirty &= (uint8_t)~bit;
}

/* Not while it is being computed, by itself or further up. */
static bool is_relevance_known(const struct session *s, const struct node *n)
{
	const struct node *up = n->parent;

	if (up != NULL && up->form != NULL) {
		if (up->relevance_round != s->relevance_round)
			return false;
		if (!up->is_in)
			return true;
	}
	return !(n->dirty & property_bit(XF_P_RELEVANT));
}

bool node_is_relevant(struct session *s, struct node *n)
{
	bool is_in;

	if (n->form == NULL || n->relevance_round == s->relevance_round)
		return n->form == NULL || n->is_in;
	is_in = n->parent == NULL || node_is_relevant(s, n->parent);
	if (is_in) {
		if (n->dirty & property_bit(XF_P_RELEVANT))
			compute(s, n, XF_P_RELEVANT);
		is_in = n->relevant;
	}
	if (is_relevance_known(s, n)) {
		n->is_in = is_in;
		n->relevance_round = s->relevance_round;
	}
	return is_in;
}

bool node_is_readonly(struct session *s, struct node *n)
{
	/* What is not relevant is not computed: its surroundings read as
	 * empty, and nobody would be told when they come back. */
	bool relevant = node_is_relevant(s, n);

	for (; n != NULL && n->form != NULL; n = n->parent) {
		const struct xf_expr *expr = n->form->bind->readonly;

		if ((n->dirty & property_bit(XF_P_READONLY)) && (relevant ||
				(expr != NULL && expr->is_constant)))
			compute(s, n, XF_P_READONLY);
		if (n->readonly)
			return true;
	}
	return false;
}

bool node_is_required(struct session *s, struct node *n)
{
	const struct xf_expr *expr = n->form->bind->required;

	if (expr == NULL)
		return false;
	/* Its surroundings read as empty, and nobody would be told when they
	 * come back: not to be remembered. */
	if (!node_is_relevant(s, n))
		return eval_flag(s, n, expr, false);
	if (n->dirty & property_bit(XF_P_REQUIRED))
		compute(s, n, XF_P_REQUIRED);
	return n->required;
}

const char *node_value(struct session *s, struct node *n)
{
	if (!node_is_relevant(s, n))
		return "";
	if (n->dirty & property_bit(XF_P_VALUE))
		compute(s, n, XF_P_VALUE);
	return node_shown_value(s, n);
}
