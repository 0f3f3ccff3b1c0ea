/*
 * What follows from what: marking after a change, computing when read.
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
/* Of one record: some 150 MB. */
#define MOST_NODES ((size_t)1000000)

/* --- marking --- */

struct marker { struct session *s; enum xf_property property; };

static void mark_visited(void *data, struct node *n)
{
	struct marker *marker = data;

	mark_property(marker->s, n, marker->property);
}

/* `n` lies below the instance of d->common whose dependents are concerned. */
static void mark_dependent(struct session *s, struct node *n,
	const struct xf_dependent *d)
{
	struct marker marker = { s, d->property };
	const struct xf_node *target = d->node;

	if (d->property == XF_P_COUNT)	/* kept at the node the repeat hangs in */
		target = target->parent;
	while (n != s->root && n->form != d->common)
		n = n->parent;
	if (target->depth < n->form->depth)
		n = n->parent;
	each_instance(n, target, mark_visited, &marker);
}

static void mark_all(struct session *s, struct node *n,
	const struct xf_dependents *list)
{
	for (size_t i = 0; i < list->n; i++)
		mark_dependent(s, n, &list->items[i]);
}

void mark_value_changed(struct session *s, struct node *n)
{
	mark_all(s, n, &n->form->dependents);
}

void mark_below_changed(struct session *s, struct node *n)
{
	mark_all(s, n, &n->form->dependents);
	mark_all(s, n, &n->form->below);
	if (n->form->is_repeat)
		for (size_t i = 0; i < n->form->structure.n; i++)
			if (n->form->structure.items[i].common != n->form)
				mark_dependent(s, n,
					&n->form->structure.items[i]);
}

/* Dependents on the order of instances, seen from each instance that moved. */
void mark_structure_changed(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t from_position)
{
	const struct slot *slot = &parent->slots[repeat->slot];

	for (size_t i = 0; i < repeat->structure.n; i++) {
		const struct xf_dependent *d = &repeat->structure.items[i];
		struct marker marker = { s, d->property };

		if (d->common != repeat) {
			mark_dependent(s, parent, d);
			continue;
		}
		for (size_t k = from_position; k < slot->n; k++)
			each_instance(slot->items[k], d->node, mark_visited,
				&marker);
	}
	/* Someone may read the repeat itself: count(), position() of others. */
	for (size_t i = 0; i < repeat->dependents.n; i++)
		if (repeat->dependents.items[i].common != repeat)
			mark_dependent(s, parent, &repeat->dependents.items[i]);
}

static bool is_computed(const struct node *n, enum xf_property p)
{
	const struct xf_bind *b;

	if (p == XF_P_COUNT || p == XF_P_CHOICES)
		return true;
	b = n->form->bind;
	switch (p) {
	case XF_P_VALUE: return b->calculate != NULL;
	case XF_P_RELEVANT: return b->relevant != NULL;
	case XF_P_READONLY: return b->readonly != NULL;
	case XF_P_REQUIRED: return b->required != NULL;
	case XF_P_CONSTRAINT: return b->constraint != NULL;
	default: return false;
	}
}

static void compact_marks(struct session *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->marks.n; i++) {
		struct mark *m = &s->marks.items[i];
		uint8_t bit = property_bit(m->property);

		if (m->node->dirty & bit)
			s->marks.items[kept++] = *m;
		else
			m->node->listed &= (uint8_t)~bit;
	}
	s->marks.n = kept;
	if (s->marks.n > s->marks.cap / 2)
		vec_reserve(&s->marks, 2 * s->marks.cap);
}

void note_mark(struct session *s, struct node *n, enum xf_property p)
{
	struct mark mark = { n, p, 0 };

	if ((n->listed & property_bit(p)) || s->is_probing)
		return;
	n->listed |= property_bit(p);
	if (s->marks.n > 0 && s->marks.n == s->marks.cap)
		compact_marks(s);
	vec_push(&s->marks, mark);
}

static void spread_one(struct session *s, const struct mark *m)
{
	if (m->property == XF_P_RELEVANT)
		mark_below_changed(s, m->node);
	else
		mark_value_changed(s, m->node);
}

/* What is marked marks others, and a chain of them may be longer than any
 * stack: the ones to go on from wait in a list. */
static void spread(struct session *s, struct node *n, enum xf_property p)
{
	struct mark mark = { n, p, 0 };

	vec_push(&s->to_spread, mark);
	if (s->is_spreading)
		return;
	s->is_spreading = true;
	while (s->to_spread.n > 0) {
		mark = s->to_spread.items[--s->to_spread.n];
		spread_one(s, &mark);
	}
	s->is_spreading = false;
}

void note_timely(struct session *s, struct node *n)
{
	if (n->form->bind->calculate->is_of_its_time)
		vec_push(&s->timely, n);
}

void settle_timely(struct session *s)
{
	size_t n_before = s->timely.n, kept = 0;

	for (size_t i = 0; i < n_before; i++) {
		struct node *n = s->timely.items[i];

		if (!(n->dirty & property_bit(XF_P_VALUE)))
			continue;
		if (node_is_relevant(s, n))
			compute(s, n, XF_P_VALUE);
		else			/* what it reads is away, too */
			s->timely.items[kept++] = n;
	}
	for (size_t i = n_before; i < s->timely.n; i++)
		s->timely.items[kept++] = s->timely.items[i];
	s->timely.n = kept;
}

void mark_property(struct session *s, struct node *n, enum xf_property p)
{
	if ((n->dirty & property_bit(p)) || !is_computed(n, p))
		return;
	undo_keep_state(s, n);
	n->dirty |= property_bit(p);
	switch (p) {
	case XF_P_VALUE:
		if (n->form->bind->constraint != NULL)
			n->dirty |= property_bit(XF_P_CONSTRAINT);
		note_mark(s, n, p);
		note_timely(s, n);
		spread(s, n, p);
		break;
	case XF_P_RELEVANT:
		s->relevance_marked = true;
		s->relevance_round++;
		note_mark(s, n, p);
		spread(s, n, p);
		break;
	case XF_P_CHOICES:
		spread(s, n, p);
		break;
	case XF_P_COUNT:
		vec_push(&s->counts, n);
		break;
	default:
		break;
	}
}

/* --- ranks: an order in which everything can be computed without waiting --- */

/* Vertices are 2 * index for values, 2 * index + 1 for relevance. */
static unsigned vertex(const struct xf_dependent *d)
{
	return 2 * d->node->index + (d->property == XF_P_RELEVANT);
}

static void each_successor(const struct xform *form, unsigned v,
	void (*visit)(void *data, unsigned to), void *data)
{
	const struct xf_node *n = form->nodes[v / 2];
	const struct xf_dependents *lists[] = { &n->dependents, &n->below,
		&n->structure };
	size_t n_lists = v % 2 == 1 ? 3 : 1;

	for (size_t l = 0; l < n_lists; l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			if (lists[l]->items[i].property == XF_P_VALUE ||
					lists[l]->items[i].property ==
					XF_P_RELEVANT)
				visit(data, vertex(&lists[l]->items[i]));
}

/* --- answers that stand in for a calculation --- */

void note_written_over(struct session *s, struct node *n)
{
	if (n->form->bind->calculate == NULL || n->is_written_over)
		return;
	n->is_written_over = true;
	vec_push(&s->written_over, n);
}

struct reach { bool *is_reached; unsigned *queue; unsigned n; };

static void reach(void *data, unsigned to)
{
	struct reach *r = data;

	if (r->is_reached[to])
		return;
	r->is_reached[to] = true;
	r->queue[r->n++] = to;
}

static void reach_dependents(struct reach *r, const struct xf_dependents *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].property == XF_P_VALUE ||
				list->items[i].property == XF_P_RELEVANT)
			reach(r, vertex(&list->items[i]));
}

static void reach_all(struct reach *r, const struct xform *form)
{
	for (unsigned i = 0; i < r->n; i++)
		each_successor(form, r->queue[i], reach, r);
}

static bool lies_in(const struct node *n, const struct node *top)
{
	while (n != NULL && n != top)
		n = n->parent;
	return n != NULL;
}

/* Take those out of the list that are reached and lie in `top`, and mark
 * them. */
static void recalculate_reached(struct session *s, const struct reach *r,
	const struct node *top)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->written_over.n; i++) {
		struct node *n = s->written_over.items[i];

		if (!r->is_reached[2 * n->form->index] || !lies_in(n, top)) {
			s->written_over.items[kept++] = n;
			continue;
		}
		n->is_written_over = false;
		mark_property(s, n, XF_P_VALUE);
	}
	s->written_over.n = kept;
}

/* JavaRosa calculates again in all instances what reads the repeat itself,
 * and in the instance that moved up what reads its children. */
void mark_written_over(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position, bool is_removal)
{
	const struct slot *slot = &parent->slots[repeat->slot];
	unsigned n = 2 * s->form->n_nodes;
	struct reach r = { NULL, NULL, 0 };

	if (s->written_over.n == 0)
		return;
	r.is_reached = xcalloc(n, sizeof *r.is_reached);
	r.queue = xcalloc(n, sizeof *r.queue);
	reach_dependents(&r, &repeat->dependents);
	reach_all(&r, s->form);
	recalculate_reached(s, &r, s->root);
	if (is_removal && position < slot->n) {
		for (unsigned i = 0; i < repeat->n_children; i++)
			reach_dependents(&r, &repeat->children[i]->dependents);
		reach_all(&r, s->form);
		recalculate_reached(s, &r, slot->items[position]);
	}
	free(r.queue);
	free(r.is_reached);
}

struct ranking { unsigned *waiting, *queue, *ranks; unsigned n_queue, at; };

/* A node may depend on itself in other instances: no order comes of that. */
static void count_edge(void *data, unsigned to)
{
	struct ranking *r = data;

	if (to != r->at)
		r->waiting[to]++;
}

static void pass_edge(void *data, unsigned to)
{
	struct ranking *r = data;

	if (to == r->at)
		return;
	if (r->ranks[to] <= r->ranks[r->at])
		r->ranks[to] = r->ranks[r->at] + 1;
	if (--r->waiting[to] == 0)
		r->queue[r->n_queue++] = to;
}

static void compute_ranks(struct session *s)
{
	unsigned n = 2 * s->form->n_nodes;
	struct ranking r = { .n_queue = 0 };

	r.waiting = xcalloc(n, sizeof *r.waiting);
	r.queue = xcalloc(n, sizeof *r.queue);
	r.ranks = xcalloc(n, sizeof *r.ranks);
	for (r.at = 0; r.at < n; r.at++)
		each_successor(s->form, r.at, count_edge, &r);
	for (unsigned v = 0; v < n; v++)
		if (r.waiting[v] == 0)
			r.queue[r.n_queue++] = v;
	for (unsigned i = 0; i < r.n_queue; i++) {
		r.at = r.queue[i];
		each_successor(s->form, r.at, pass_edge, &r);
	}
	s->ranks = r.ranks;
	free(r.waiting);
	free(r.queue);
}

static unsigned rank_of(const struct session *s, const struct mark *m)
{
	return s->ranks[2 * m->node->form->index +
		(m->property == XF_P_RELEVANT)];
}

static int by_rank(const void *a, const void *b)
{
	unsigned x = ((const struct mark *)a)->rank;
	unsigned y = ((const struct mark *)b)->rank;

	return x < y ? -1 : x > y;
}

/* They stay in the order in which they were sorted last, which is right for
 * the same marks the next time. */
static void sort_marks(struct session *s)
{
	bool is_sorted = true;

	compact_marks(s);
	for (size_t i = 0; i < s->marks.n; i++) {
		struct mark *m = &s->marks.items[i];

		m->rank = rank_of(s, m);
		is_sorted &= i == 0 || m[-1].rank <= m->rank;
	}
	if (!is_sorted)
		qsort(s->marks.items, s->marks.n, sizeof *s->marks.items,
			by_rank);
}

/* A long chain must not become a deep recursion: compute all that is marked
 * and comes before `limit`, in order. */
static void flush_before(struct session *s, const struct mark *limit)
{
	struct mark *list;
	unsigned rank;
	size_t n;

	if (s->ranks == NULL)
		compute_ranks(s);
	sort_marks(s);
	rank = rank_of(s, limit);
	for (n = 0; n < s->marks.n && s->marks.items[n].rank < rank; n++)
		;
	/* Computing may mark more, and move the list. */
	list = xreallocarray(NULL, n + 1, sizeof *list);
	if (n > 0)
		memcpy(list, s->marks.items, n * sizeof *list);
	for (size_t i = 0; i < n; i++) {
		if (list[i].node->busy & property_bit(list[i].property))
			continue;
		if (list[i].property == XF_P_RELEVANT)
			node_is_relevant(s, list[i].node);
		else
			node_value(s, list[i].node);
	}
	free(list);
}

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

static bool eval_flag(struct session *s, struct node *n,
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

static void run_compute(struct session *s, struct node *n, enum xf_property p)
{
	const struct xf_bind *b = n->form->bind;

	switch (p) {
	case XF_P_VALUE:
		compute_value(s, n);
		break;
	case XF_P_RELEVANT:
		n->relevant = eval_flag(s, n, b->relevant, true);
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

/* An instance that was never there, to look from; node_free() it. */
static struct node *probe_new(struct session *s, struct node *parent,
	const struct xf_node *repeat)
{
	size_t n_counts = s->counts.n, n_timely = s->timely.n;
	uint32_t last_id = s->last_id;
	struct node *probe;

	s->is_probing = true;		/* no marks: they would outlive it */
	probe = node_new(s, repeat, parent);
	s->is_probing = false;
	s->counts.n = n_counts;
	s->timely.n = n_timely;
	ids_forget_below(s, probe);
	s->n_nodes--;
	s->last_id = last_id;
	probe->dirty = 0;
	return probe;
}

bool repeat_is_relevant(struct session *s, struct node *parent,
	const struct xf_node *repeat)
{
	struct slot *slot = &parent->slots[repeat->slot];
	const struct xf_expr *relevant = repeat->bind->relevant;
	struct node *probe;
	bool is;

	if (!node_is_relevant(s, parent))
		return false;
	if (relevant == NULL)
		return true;
	for (uint32_t i = 0; i < slot->n; i++)
		if (node_is_relevant(s, slot->items[i]))
			return true;
	if (slot->n > 0)
		return false;
	probe = probe_new(s, parent, repeat);
	is = eval_flag(s, probe, relevant, true);
	node_free(probe);
	return is;
}

/* --- counts --- */

struct counted { struct session *s; const char *text; };

static void read_count(void *data, struct node *n)
{
	struct counted *counted = data;

	if (counted->text != NULL)
		return;
	compute(counted->s, n, XF_P_VALUE);
	counted->text = node_raw_value(n);
}

/* JavaRosa counts by what stands in the node, be it relevant or not. */
static const char *node_count_text(struct session *s, struct node *parent,
	const struct xf_node *count_node)
{
	struct counted counted = { s, NULL };

	each_nearest(parent, count_node, read_count, &counted);
	return counted.text != NULL ? counted.text : "";
}

/* The count is written as seen from an instance; there may be none yet. */
static bool eval_count(struct session *s, struct node *parent,
	const struct xf_node *repeat, double *count, struct err *err)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct slot *slot = &parent->slots[repeat->slot];
	struct node *probe = slot->n > 0 ? NULL : probe_new(s, parent, repeat);
	struct xp_context ctx = node_context(s,
		probe != NULL ? probe : slot->items[0]);
	struct err local = ERR_INIT;
	const char *text;
	bool ok = true;

	if (repeat->count_node != NULL)
		text = node_count_text(s, parent, repeat->count_node);
	else
		ok = xpath_eval_text(repeat->count->program, &ctx, &text,
			&local);
	if (ok)
		*count = xp_text_to_number(text);
	else
		note_failure(s, parent, repeat->count, &local);
	node_free(probe);
	arena_reset(s->scratch, mark);
	return ok || !take_failure(s, err);
}

static size_t n_nodes_of(const struct xf_node *form)
{
	size_t n = 1;

	for (unsigned i = 0; i < form->n_children; i++)
		n += n_nodes_of(form->children[i]);
	return n;
}

bool has_room_for(struct session *s, const struct xf_node *repeat,
	size_t n_instances, struct err *err)
{
	size_t each = n_nodes_of(repeat);

	if (s->n_nodes < MOST_NODES &&
			n_instances <= (MOST_NODES - s->n_nodes) / each)
		return true;
	return err_set(err, ERR_LIMIT, _("with %2$zu instances of '%1$s' the "
		"record would be too large"), repeat->ref, n_instances);
}

static bool add_instances(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want, struct err *err)
{
	size_t there = parent->slots[repeat->slot].n;

	if (want > there && !has_room_for(s, repeat, want - there, err))
		return false;
	while (parent->slots[repeat->slot].n < want) {
		bool is_read = before_new_repeat(s, parent, repeat);
		size_t position = parent->slots[repeat->slot].n;
		struct node *n = instance_insert(s, parent, repeat, position);

		preload(s, n, false);
		if (!fire_new_repeat(s, n, err))
			return false;
		mark_below_changed(s, n);
		if (is_read)		/* by the next one's actions */
			mark_structure_changed(s, parent, repeat, position);
	}
	return true;
}

/* Of a record that is loaded, what is beyond the count is left out, and told
 * with all that was in it. */
static void report_beyond(struct session *s, struct node *n)
{
	struct str ref = STR_INIT, xml = STR_INIT;

	node_ref(n, &ref);
	node_xml(s, n, &xml);
	problem_add(s->load_problems, SEVERITY_WARNING, ERR_RECORD, "", 0, 0,
		ref.data, NULL, _("the count does not allow '%1$s': it was "
		"left out: %2$s"), ref.data, xml.data);
	str_release(&ref);
	str_wipe(&xml);
}

static void drop_from(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t first)
{
	struct slot *slot = &parent->slots[repeat->slot];

	if (first >= slot->n)
		return;
	for (size_t i = first; i < slot->n; i++)
		mark_below_changed(s, slot->items[i]);
	instances_remove(s, parent, repeat, first, slot->n - first);
}

void drop_beyond(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want)
{
	struct slot *slot = &parent->slots[repeat->slot];

	for (size_t i = slot->n; i > want; i--)
		report_beyond(s, slot->items[i - 1]);
	drop_from(s, parent, repeat, want);
}

/* JavaRosa keeps instances beyond the count; so do we, if they hold an
 * answer (engine protocol, section 5). */
static void drop_unanswered(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want)
{
	struct slot *slot = &parent->slots[repeat->slot];
	size_t first = slot->n;

	while (first > want && !node_has_answer(slot->items[first - 1]))
		first--;
	drop_from(s, parent, repeat, first);
}

/* A count such as "one more than there are, unless the last one said no" would
 * grow without end if it were followed at once.  In JavaRosa a person has to
 * walk past an instance for the next one to come; here, the last one has to
 * have an answer. */
static size_t next_wanted(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t want)
{
	const struct slot *slot = &parent->slots[repeat->slot];
	bool known = s->own_counts != NULL &&
		s->own_counts[repeat->index] == 1;

	if (want <= slot->n || slot->n == 0 ||
			(slot->grown_in != s->settling && !known) ||
			!count_follows_itself(s, repeat) ||
			node_has_answer(slot->items[slot->n - 1]))
		return want;
	return slot->n;
}

static bool apply_count(struct session *s, struct node *parent,
	const struct xf_node *repeat, struct err *err)
{
	size_t before = parent->slots[repeat->slot].n, after;
	double count = NAN;

	if (!eval_count(s, parent, repeat, &count, err))
		return false;
	if (isnan(count) || count < 0)
		return true;		/* a blank count changes nothing */
	if (count > MOST_INSTANCES)
		return err_set(err, ERR_LIMIT,
			_("'%s' would have more than %d instances"),
			repeat->ref, MOST_INSTANCES);
	drop_unanswered(s, parent, repeat, (size_t)count);
	if (s->load_problems != NULL)
		drop_beyond(s, parent, repeat, (size_t)count);
	if (parent->slots[repeat->slot].n > (size_t)count)
		s->kept_beyond = repeat;
	if (!add_instances(s, parent, repeat, next_wanted(s, parent, repeat,
			(size_t)count), err))
		return false;
	after = parent->slots[repeat->slot].n;
	if (after != before)
		mark_structure_changed(s, parent, repeat,
			before < after ? before : after);
	if (after > before)
		parent->slots[repeat->slot].grown_in = s->settling;
	if (after > before)
		mark_written_over(s, parent, repeat, before, false);
	return true;
}

bool is_beyond_count(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position)
{
	double count = NAN;

	return eval_count(s, parent, repeat, &count, NULL) &&
		!isnan(count) && (double)position > count;
}

static bool settle_counts_of(struct session *s, struct node *n,
	struct err *err)
{
	undo_keep_state(s, n);
	n->dirty &= (uint8_t)~property_bit(XF_P_COUNT);
	for (unsigned i = 0; i < n->form->n_children; i++)
		if (n->form->children[i]->count != NULL &&
				!apply_count(s, n, n->form->children[i], err))
			return false;
	return true;
}

/* Counts of what is not relevant wait until it is. */
static void wake_waiting(struct session *s)
{
	if (!s->relevance_marked)
		return;
	s->relevance_marked = false;
	for (size_t i = 0; i < s->waiting.n; i++)
		vec_push(&s->counts, s->waiting.items[i]);
	s->waiting.n = 0;
}

bool settle_counts(struct session *s, struct err *err)
{
	unsigned long rounds = 0;

	s->settling++;
	wake_waiting(s);
	while (s->counts.n > 0) {
		struct node *n = s->counts.items[--s->counts.n];

		if (++rounds > 10UL * MOST_INSTANCES)
			return err_set(err, ERR_CYCLE,
				_("the count of a repeat in '%s' depends on "
				"its own instances"), n->form->ref);
		if (!(n->dirty & property_bit(XF_P_COUNT)))
			continue;
		if (!node_is_relevant(s, n))
			vec_push(&s->waiting, n);
		else if (!settle_counts_of(s, n, err))
			return false;
		wake_waiting(s);
	}
	return true;
}

bool node_is_fixed(struct session *s, const struct xf_node *repeat)
{
	(void)s;
	return repeat->count != NULL || repeat->no_add_remove;
}
