/*
 * What an expression reads, found without evaluating it.  A *shape* is a path
 * of names from the root element; a step of an expression turns shapes into
 * shapes, as evaluation turns nodes into nodes.
 */
#include "config.h"

#include <string.h>

#include "base/intern.h"
#include "xpath/expr.h"

const char xpath_any_depth[] = "//";

enum { MAX_SHAPES = 64 };	/* more: "anything" takes their place */

struct shape {
	enum xpath_ref_start start;
	const char *instance;
	const char **steps;
	size_t n, n_bound;
	size_t n_chosen;	/* steps up to the first with a condition; 0: none */
};

struct shapes { struct shape *items; size_t n, cap; };

struct reader {
	struct arena *arena;		/* of the shapes */
	struct arena *result;		/* of the refs */
	struct shape original;		/* the expression's context node */
	bool contextual, in_once;
	struct xpath_ref *refs;
	size_t n, cap;
};

static void read_expr(struct reader *r, const struct expr *x,
	const struct shape *context, bool is_position);
static void shapes_of(struct reader *r, const struct expr *x,
	const struct shape *context, struct shapes *out);

/* --- shapes --- */

/* One is the rule; a field of many for each step costs more than all else. */
static void add_shape(struct reader *r, struct shapes *list,
	const struct shape *shape)
{
	if (list->n == MAX_SHAPES)
		return;
	if (list->n == list->cap) {
		size_t cap = list->cap == 0 ? 1 : 4 * list->cap;
		struct shape *items = arena_alloc(r->arena,
			cap * sizeof *items);

		if (list->n > 0)
			memcpy(items, list->items, list->n * sizeof *items);
		list->items = items;
		list->cap = cap;
	}
	list->items[list->n++] = *shape;
}

static void push(struct reader *r, struct shape *shape, const char *name)
{
	const char **steps = ARENA_ARRAY(r->arena, const char *, shape->n + 1);

	if (shape->n > 0)
		memcpy(steps, shape->steps, shape->n * sizeof *steps);
	steps[shape->n++] = name;
	shape->steps = steps;
}

static void cut(struct shape *shape, size_t n)
{
	shape->n = n;
	if (shape->n_bound > n)
		shape->n_bound = n;
}

static bool ends_anywhere(const struct shape *shape)
{
	return shape->n > 0 && shape->steps[shape->n - 1] == XPATH_ANY_DEPTH;
}

static void push_any_depth(struct reader *r, struct shape *shape)
{
	if (!ends_anywhere(shape))
		push(r, shape, XPATH_ANY_DEPTH);
}

/* One level up: from a node of unknown depth, anywhere from above it. */
static void pop(struct reader *r, struct shape *shape)
{
	if (shape->n == 0)
		return;
	if (ends_anywhere(shape)) {
		cut(shape, shape->n > 1 ? shape->n - 2 : 0);
		push_any_depth(r, shape);
		return;
	}
	cut(shape, shape->n - 1);
}

/* A name as a step; text and comments count as their element. */
static void push_test(struct reader *r, struct shape *shape,
	const struct step *step)
{
	if (step->test == TEST_NAME)
		push(r, shape, step->local);
	else if (step->test == TEST_NODE)
		push(r, shape, NULL);
}

static void push_attribute(struct reader *r, struct shape *shape,
	const struct step *step)
{
	char name[256] = "@";

	if (step->local == NULL || strlen(step->local) > sizeof name - 2) {
		push(r, shape, NULL);
		return;
	}
	memcpy(name + 1, step->local, strlen(step->local) + 1);
	push(r, shape, intern(name));
}

static void add_ancestors(struct reader *r, const struct step *step,
	struct shape shape, bool or_self, struct shapes *out)
{
	if (!or_self)
		pop(r, &shape);
	for (;;) {
		bool any = step->test != TEST_NAME || (shape.n > 0 &&
			(step->local == NULL || ends_anywhere(&shape) ||
			 shape.steps[shape.n - 1] == NULL));

		if (any || (shape.n > 0 &&
		    shape.steps[shape.n - 1] == step->local))
			add_shape(r, out, &shape);
		if (shape.n == 0)
			return;
		if (ends_anywhere(&shape))
			cut(&shape, shape.n - 1);
		else
			pop(r, &shape);
	}
}

static void apply_axis(struct reader *r, const struct step *step,
	struct shape shape, struct shapes *out)
{
	switch (step->axis) {
	case AXIS_SELF:
		break;
	case AXIS_CHILD:
		push_test(r, &shape, step);
		break;
	case AXIS_PARENT:
		pop(r, &shape);
		break;
	case AXIS_ATTRIBUTE:
		push_attribute(r, &shape, step);
		break;
	case AXIS_DESCENDANT:
	case AXIS_DESCENDANT_OR_SELF:
		push_any_depth(r, &shape);
		if (step->test == TEST_NAME ||
		    step->axis == AXIS_DESCENDANT)
			push_test(r, &shape, step);
		break;
	case AXIS_FOLLOWING_SIBLING:
	case AXIS_PRECEDING_SIBLING:
		pop(r, &shape);
		push_test(r, &shape, step);
		break;
	case AXIS_FOLLOWING:
	case AXIS_PRECEDING:
		cut(&shape, 0);
		push_any_depth(r, &shape);
		push_test(r, &shape, step);
		break;
	case AXIS_ANCESTOR:
	case AXIS_ANCESTOR_OR_SELF:
		add_ancestors(r, step, shape,
			step->axis == AXIS_ANCESTOR_OR_SELF, out);
		return;
	case AXIS_NAMESPACE:
		return;
	}
	add_shape(r, out, &shape);
}

static void read_predicates(struct reader *r,
	const struct predicate *predicates, size_t n,
	const struct shapes *shapes)
{
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < shapes->n; k++)
			read_expr(r, predicates[i].expr, &shapes->items[k],
				false);
}

static void apply_step(struct reader *r, const struct step *step,
	struct shapes *shapes)
{
	struct shapes *next = ARENA_NEW(r->arena, struct shapes);
	size_t i;

	for (i = 0; i < shapes->n; i++)
		apply_axis(r, step, shapes->items[i], next);
	if (next->n == MAX_SHAPES) {
		next->n = 1;
		cut(&next->items[0], 0);
		push_any_depth(r, &next->items[0]);
	}
	*shapes = *next;
	for (i = 0; step->n_predicates > 0 && i < shapes->n; i++)
		if (shapes->items[i].n_chosen == 0)
			shapes->items[i].n_chosen = shapes->items[i].n;
	read_predicates(r, step->predicates, step->n_predicates, shapes);
}

/* --- where a path begins --- */

/* '/': leading steps that the context node lies in are its own instances. */
static size_t bound_steps(const struct reader *r, const struct path *path,
	const struct shape *context)
{
	const struct shape *bind = context->start == REF_PRIMARY ? context :
		&r->original;
	size_t i;

	if (!r->contextual)
		return 0;
	for (i = 0; i + 1 < path->n_steps && i < bind->n_bound; i++) {
		const struct step *step = &path->steps[i];

		if (step->axis != AXIS_CHILD || step->test != TEST_NAME ||
		    step->n_predicates > 0 || step->local == NULL ||
		    step->local != bind->steps[i])
			break;
	}
	return i;
}

static void path_shapes(struct reader *r, const struct expr *x,
	const struct shape *context, struct shapes *out)
{
	const struct path *path = &x->path;
	struct shape root = { REF_PRIMARY, NULL, NULL, 0, 0, 0 };
	size_t bound = 0, i, k;

	out->n = 0;
	switch (path->start) {
	case START_ROOT:
		bound = bound_steps(r, path, context);
		add_shape(r, out, &root);
		break;
	case START_CURRENT:
		add_shape(r, out, &r->original);
		break;
	case START_CONTEXT:
		add_shape(r, out, context);
		break;
	case START_EXPR:
		shapes_of(r, path->filter, context, out);
		read_predicates(r, path->predicates, path->n_predicates, out);
		break;
	}
	for (i = 0; i < path->n_steps; i++) {
		apply_step(r, &path->steps[i], out);
		if (i < bound)
			for (k = 0; k < out->n; k++)
				out->items[k].n_bound = out->items[k].n;
	}
}

/* --- calls --- */

static const struct shape *first_shape(struct reader *r, const struct expr *x,
	const struct shape *context, struct shapes *shapes)
{
	shapes_of(r, x, context, shapes);
	return shapes->n == 0 ? NULL : &shapes->items[0];
}

/* The target, bound only above the outermost repeat that is indexed. */
static void indexed_repeat_shapes(struct reader *r,
	const struct call_expr *call, const struct shape *context,
	struct shapes *out)
{
	struct shapes *groups = ARENA_NEW(r->arena, struct shapes);
	size_t i, k;

	shapes_of(r, call->args[0], context, out);
	for (i = 1; i < call->n_args; i += 2) {
		const struct shape *group = first_shape(r, call->args[i],
			context, groups);

		read_expr(r, call->args[i], context, true);
		if (i + 1 < call->n_args)
			read_expr(r, call->args[i + 1], context, false);
		for (k = 0; group != NULL && group->n > 0 && k < out->n; k++)
			if (out->items[k].n_bound >= group->n)
				out->items[k].n_bound = group->n - 1;
	}
}

/* The nodes a call gives; other arguments are read.  false: it gives none. */
static bool call_shapes(struct reader *r, const struct expr *x,
	const struct shape *context, struct shapes *out)
{
	const struct call_expr *call = &x->call;
	struct shape instance = { REF_SECONDARY, NULL, NULL, 0, 0, 0 };
	struct shapes *more;
	size_t i;

	out->n = 0;
	if (strcmp(call->name, "current") == 0) {
		add_shape(r, out, &r->original);
		return true;
	}
	if (strcmp(call->name, "instance") == 0 && call->n_args == 1) {
		if (call->args[0]->kind == EXPR_TEXT)
			instance.instance = call->args[0]->text;
		else
			read_expr(r, call->args[0], context, false);
		add_shape(r, out, &instance);
		return true;
	}
	if (strcmp(call->name, "indexed-repeat") == 0 && call->n_args >= 3) {
		indexed_repeat_shapes(r, call, context, out);
		return true;
	}
	if (strcmp(call->name, "randomize") == 0 && call->n_args >= 1) {
		shapes_of(r, call->args[0], context, out);
		if (call->n_args > 1)
			read_expr(r, call->args[1], context, false);
		return true;
	}
	if (strcmp(call->name, "if") != 0 || call->n_args != 3)
		return false;
	read_expr(r, call->args[0], context, false);
	shapes_of(r, call->args[1], context, out);
	more = ARENA_NEW(r->arena, struct shapes);
	shapes_of(r, call->args[2], context, more);
	for (i = 0; i < more->n; i++)
		add_shape(r, out, &more->items[i]);
	return true;
}

static void shapes_of(struct reader *r, const struct expr *x,
	const struct shape *context, struct shapes *out)
{
	struct shapes *more;
	size_t i, k;

	out->n = 0;
	if (x->kind == EXPR_PATH) {
		path_shapes(r, x, context, out);
	} else if (x->kind == EXPR_CHAIN && x->chain.ops[1] == OP_UNION) {
		more = ARENA_NEW(r->arena, struct shapes);
		for (i = 0; i < x->chain.n; i++) {
			shapes_of(r, x->chain.items[i], context, more);
			for (k = 0; k < more->n; k++)
				add_shape(r, out, &more->items[k]);
		}
	} else if (x->kind != EXPR_CALL || !call_shapes(r, x, context, out)) {
		read_expr(r, x, context, false);
	}
}

/* --- reading --- */

static void add_ref(struct reader *r, const struct shape *shape,
	const struct expr *x, bool is_position)
{
	struct xpath_ref *ref;

	if (r->n == r->cap) {
		size_t cap = r->cap == 0 ? 8 : r->cap * 2;
		struct xpath_ref *more = ARENA_ARRAY(r->result,
			struct xpath_ref, cap);

		if (r->n > 0)
			memcpy(more, r->refs, r->n * sizeof *more);
		r->refs = more;
		r->cap = cap;
	}
	ref = &r->refs[r->n++];
	ref->start = shape->start;
	ref->instance = shape->instance;
	ref->steps = ARENA_ARRAY(r->result, const char *, shape->n + 1);
	if (shape->n > 0)
		memcpy(ref->steps, shape->steps, shape->n * sizeof *ref->steps);
	ref->n_steps = shape->n;
	ref->n_bound = shape->n_bound;
	ref->n_chosen = shape->n_chosen;
	ref->in_once = r->in_once;
	ref->is_position = is_position;
	ref->column = x->column;
}

static void read_nodes(struct reader *r, const struct expr *x,
	const struct shape *context, bool is_position)
{
	struct shapes *shapes = ARENA_NEW(r->arena, struct shapes);
	size_t i;

	shapes_of(r, x, context, shapes);
	for (i = 0; i < shapes->n; i++)
		add_ref(r, &shapes->items[i], x, is_position);
}

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static bool gives_nodes(const struct call_expr *call)
{
	static const char *const names[] = { "current", "instance",
		"indexed-repeat", "randomize", NULL };

	return call->fault == NULL && is_one_of(call->name, names);
}

static void read_call(struct reader *r, const struct expr *x,
	const struct shape *context)
{
	static const char *const places[] = { "count", "position", "pos",
		"name", "local-name", "namespace-uri", NULL };
	const struct call_expr *call = &x->call;
	bool was_in_once = r->in_once;
	bool is_place = is_one_of(call->name, places);
	size_t i;

	if (gives_nodes(call)) {
		read_nodes(r, x, context, false);
		return;
	}
	if (call->n_args == 0 && call->function != NULL &&
	    (call->function->flags &
	     (FN_NODE_IF_EMPTY | FN_POSITION_IF_EMPTY)) != 0)
		add_ref(r, context, x, is_place);
	if (strcmp(call->name, "once") == 0)
		r->in_once = true;
	for (i = 0; i < call->n_args; i++)
		read_expr(r, call->args[i], context, is_place);
	r->in_once = was_in_once;
	if (call->path != NULL)
		read_expr(r, call->path, context, false);
}

static void read_expr(struct reader *r, const struct expr *x,
	const struct shape *context, bool is_position)
{
	size_t i;

	switch (x->kind) {
	case EXPR_NUMBER:
	case EXPR_TEXT:
		break;
	case EXPR_CHAIN:
		for (i = 0; i < x->chain.n; i++)
			read_expr(r, x->chain.items[i], context,
				is_position && x->chain.ops[1] == OP_UNION);
		break;
	case EXPR_NEGATE:
		read_expr(r, x->negated, context, false);
		break;
	case EXPR_CALL:
		read_call(r, x, context);
		break;
	case EXPR_PATH:
		read_nodes(r, x, context, is_position);
		break;
	}
}

struct xpath_ref *xpath_refs(const struct xpath *x, struct arena *arena,
	const char *const *context, size_t n_context, bool contextual,
	size_t *n_refs)
{
	struct reader r = { .arena = arena, .result = arena,
		.contextual = contextual };
	size_t i;

	r.original.start = REF_PRIMARY;
	r.original.steps = ARENA_ARRAY(r.arena, const char *, n_context + 1);
	for (i = 0; i < n_context; i++)
		r.original.steps[i] = intern(context[i]);
	r.original.n = r.original.n_bound = n_context;
	read_expr(&r, x->top, &r.original, false);
	*n_refs = r.n;
	return r.refs;
}

/* --- plain paths --- */

static const char *literal_instance(const struct expr *filter)
{
	const struct call_expr *call = expr_call_named(filter, "instance");

	if (call == NULL || call->n_args != 1 ||
	    call->args[0]->kind != EXPR_TEXT)
		return NULL;
	return call->args[0]->text;
}

static bool plain_begin(const struct path *from, struct xpath_plain_path *path)
{
	switch (from->start) {
	case START_ROOT:
		path->absolute = true;
		return true;
	case START_CONTEXT:
		return true;
	case START_EXPR:
		path->instance = literal_instance(from->filter);
		path->absolute = true;
		path->has_predicates = from->n_predicates > 0;
		return path->instance != NULL;
	default:
		return false;
	}
}

static bool plain_step(const struct step *step, struct arena *arena,
	struct xpath_plain_path *path)
{
	path->has_predicates = path->has_predicates || step->n_predicates > 0;
	if (step->axis == AXIS_SELF && step->test == TEST_NODE)
		return true;
	if (step->axis == AXIS_PARENT && step->test == TEST_NODE) {
		if (path->n_steps > 0)
			path->n_steps--;
		else if (path->absolute)
			return false;
		else
			path->n_up++;
		return true;
	}
	if (step->test != TEST_NAME || step->local == NULL)
		return false;
	if (step->axis == AXIS_ATTRIBUTE)
		path->steps[path->n_steps++] =
			intern(arena_printf(arena, "@%s", step->local));
	else if (step->axis == AXIS_CHILD)
		path->steps[path->n_steps++] = step->local;
	else
		return false;
	return true;
}

bool xpath_plain(const struct xpath *x, struct arena *arena,
	struct xpath_plain_path *path)
{
	const struct expr *top = x->top;
	size_t i;

	memset(path, 0, sizeof *path);
	if (top->kind == EXPR_CALL) {
		path->instance = literal_instance(top);
		path->absolute = true;
		return path->instance != NULL;
	}
	if (top->kind != EXPR_PATH || !plain_begin(&top->path, path))
		return false;
	path->steps = ARENA_ARRAY(arena, const char *, top->path.n_steps + 1);
	for (i = 0; i < top->path.n_steps; i++)
		if (!plain_step(&top->path.steps[i], arena, path))
			return false;
	return true;
}
