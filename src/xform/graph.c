/*
 * What depends on what, read out of the expressions once; and circles.
 *
 * Every expression is asked which nodes it reads (xpath_refs).  Each of those
 * nodes gets a `dependent`; the repeats whose number of instances matters get
 * one in `structure`; and `below` sums up a group, so that a change of its
 * relevance does not have to walk its descendants' lists.
 *
 * Circles are judged on two things per node: C, its calculation, and R, its
 * relevance, which every node takes over from its parent.  Reading a node
 * means its C and its R.  Constraints, required, read-only and choices depend
 * on values, but no value depends on them; still, JavaRosa refuses a required
 * or read-only that reads its own node, or a calculation that reads it: they
 * count with C.  Two nodes whose conditions read each other are no circle.
 */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "xform/loader.h"

/* Edges of all lists together: a form whose expressions are this entangled is
 * an attack, or asks for all descendants in thousands of places. */
#define MOST_EDGES ((size_t)4000000)

typedef VEC(struct xf_dependent) dependent_list;
typedef VEC(uint32_t) index_list;

struct graph {
	struct loader *l;
	struct xform *form;
	struct arena *scratch;		/* of one expression's references */
	dependent_list *dependents, *structure;	/* by node index */
	index_list *reads;	/* by vertex: the vertices it depends on */
	const struct xf_expr **expr_of;		/* by vertex */
	size_t n_edges;
	bool too_many;
};

/* Vertices: 2 * index is C, 2 * index + 1 is R. */
static uint32_t vertex_c(const struct xf_node *n)
{
	return 2 * n->index;
}

static uint32_t vertex_r(const struct xf_node *n)
{
	return 2 * n->index + 1;
}

/* --- dependents --- */

static const struct xf_node *ancestor_at(const struct xf_node *n,
	unsigned depth)
{
	while (n->depth > depth)
		n = n->parent;
	return n;
}

/* One expression adds its dependents to a node one after the other, so that a
 * doubled one can only be the last. */
static void add_dependent(struct graph *g, dependent_list *list,
	struct xf_node *node, enum xf_property property,
	const struct xf_node *common)
{
	struct xf_dependent fresh = { node, property, common };
	struct xf_dependent *last = list->n > 0 ? &list->items[list->n - 1] :
		NULL;

	if (last != NULL && last->node == node && last->property == property) {
		if (common->depth < last->common->depth)
			last->common = common;
		return;
	}
	if (g->n_edges >= MOST_EDGES) {
		g->too_many = true;
		return;
	}
	g->n_edges++;
	vec_push(list, fresh);
}

/* --- matching a reference --- */

struct match {
	struct graph *g;
	const struct xf_use *use;
	const struct xpath_ref *ref;
	bool found;
	bool is_attribute;	/* of the node: its own value is not read */
};

static bool can_be_irrelevant(const struct xf_node *node,
	const struct xf_node *common)
{
	for (; node != NULL && node->depth > common->depth; node = node->parent)
		if (node->bind->relevant != NULL)
			return true;
	return node != NULL && node->bind->relevant != NULL;
}

static const struct xf_node *common_of(const struct match *m,
	const struct xf_node *read)
{
	const struct xf_node *node = m->use->node;
	size_t bound = m->ref->n_bound;
	unsigned depth = bound > 0 ? (unsigned)bound - 1 : 0;

	if (depth > read->depth)
		depth = read->depth;
	/* A count is evaluated around its repeat, not in it. */
	if (m->use->property == XF_P_COUNT && depth >= node->depth)
		depth = node->depth - 1;
	return ancestor_at(node, depth < node->depth ? depth : node->depth);
}

static void add_all_below(struct match *m, struct xf_node *node,
	const struct xf_node *common)
{
	add_dependent(m->g, &m->g->dependents[node->index], m->use->node,
		m->use->property, common);
	for (unsigned i = 0; i < node->n_children && !m->g->too_many; i++)
		add_all_below(m, node->children[i], common);
}

/* Repeats on the way down that are not the very instances we lie in. */
static void add_structure(struct match *m, const struct xf_node *node,
	const struct xf_node *common)
{
	const struct xf_node *at = node;

	for (; at != NULL; at = at->parent) {
		bool bound = at->depth < m->ref->n_bound;

		if (at->is_repeat && (!bound ||
				(at == node && m->ref->is_position)))
			add_dependent(m->g, &m->g->structure[at->index],
				m->use->node, m->use->property, common);
	}
}

static void add_edge(struct graph *g, uint32_t from, uint32_t to)
{
	vec_push(&g->reads[from], to);
}

static bool has_own_conditions(const struct xf_node *node)
{
	return node->bind->calculate != NULL || node->bind->required != NULL ||
		node->bind->readonly != NULL;
}

/* "The one of the instance before": its own node, but chosen by a condition on
 * the repeat.  JavaRosa takes it for a circle; its tests say that it is none. */
static bool is_of_other_instance(const struct match *m,
	const struct xf_node *node)
{
	return node == m->use->node && m->use->property == XF_P_VALUE &&
		m->use->attribute == NULL && node->repeat != NULL &&
		m->ref->n_chosen == node->repeat->depth + 1u;
}

/* A calculation or condition reads `node`. */
static void add_reads(struct match *m, const struct xf_node *node)
{
	const struct xf_use *use = m->use;
	uint32_t from = use->property == XF_P_RELEVANT ? vertex_r(use->node) :
		vertex_c(use->node);
	bool reads_value = !m->ref->is_position && !m->is_attribute;

	if (use->attribute != NULL || (m->ref->in_once && node == use->node) ||
			is_of_other_instance(m, node))
		return;
	/* What is written at a node, and its place, do not follow from it. */
	if (node == use->node && (m->is_attribute || m->ref->is_position))
		return;
	switch (use->property) {
	case XF_P_VALUE:
		if (reads_value && has_own_conditions(node))
			add_edge(m->g, from, vertex_c(node));
		add_edge(m->g, from, vertex_r(node));
		break;
	case XF_P_RELEVANT:
		if (reads_value && node->bind->calculate != NULL)
			add_edge(m->g, from, vertex_c(node));
		add_edge(m->g, from, vertex_r(node));
		break;
	case XF_P_REQUIRED:
	case XF_P_READONLY:
		if (reads_value)
			add_edge(m->g, from, vertex_c(node));
		break;
	default:
		break;
	}
}

static bool is_own_value(const struct match *m, const struct xf_node *node)
{
	return node == m->use->node && m->use->property == XF_P_VALUE &&
		m->use->attribute == NULL;
}

static void add_match(struct match *m, struct xf_node *node)
{
	const struct xf_node *common = common_of(m, node);

	m->found = true;
	if (is_of_other_instance(m, node))
		node->reads_other_instances = true;
	if (m->use->property < XF_N_PROPERTIES) {
		add_structure(m, node, common);
		if (is_own_value(m, node) && !is_of_other_instance(m, node))
			;	/* once(), or a circle that is refused */
		else if (!m->ref->is_position)
			add_all_below(m, node, common);
		else if (!node->is_value || can_be_irrelevant(node, common))
			add_dependent(m->g, &m->g->dependents[node->index],
				m->use->node, m->use->property, common);
	}
	add_reads(m, node);
}

static bool step_fits(const char *step, const struct xf_node *node)
{
	return step == NULL || step == node->local;
}

static void match_any_depth(struct match *m, struct xf_node *node, size_t i);

/* `node` has matched the steps before i. */
static void match_below(struct match *m, struct xf_node *node, size_t i)
{
	const char *step;

	if (i == m->ref->n_steps) {
		add_match(m, node);
		return;
	}
	step = m->ref->steps[i];
	if (step == XPATH_ANY_DEPTH) {
		match_any_depth(m, node, i + 1);
		return;
	}
	for (unsigned c = 0; c < node->n_children && !m->g->too_many; c++)
		if (step_fits(step, node->children[c]))
			match_below(m, node->children[c], i + 1);
}

static void match_any_depth(struct match *m, struct xf_node *node, size_t i)
{
	if (i == m->ref->n_steps) {
		add_match(m, node);
		return;
	}
	for (unsigned c = 0; c < node->n_children && !m->g->too_many; c++) {
		struct xf_node *child = node->children[c];

		if (m->ref->steps[i] != XPATH_ANY_DEPTH &&
				step_fits(m->ref->steps[i], child))
			match_below(m, child, i + 1);
		match_any_depth(m, child, i);
	}
}

static bool is_plain(const struct xpath_ref *ref)
{
	for (size_t i = 0; i < ref->n_steps; i++)
		if (ref->steps[i] == NULL || ref->steps[i] == XPATH_ANY_DEPTH)
			return false;
	return true;
}

static struct xf_path path_of_ref(const struct xpath_ref *ref)
{
	return (struct xf_path){ ref->steps, ref->n_steps, false, false };
}

/* --- attributes: what they are calculated from --- */

static void read_refs(struct graph *g, const struct xf_use *use,
	const struct xf_expr *expr, const struct xf_node *context,
	const char *attribute, int depth);

static bool match_attribute(struct match *m, int depth)
{
	struct xf_path path = path_of_ref(m->ref);
	struct xf_attribute *a;
	struct xf_node *node;

	if (path.n_steps < 2 || path.steps[path.n_steps - 1] == NULL)
		return false;
	path.is_attribute = true;
	if (path.steps[path.n_steps - 1][0] == '@')
		path.steps[path.n_steps - 1] =
			intern(path.steps[path.n_steps - 1] + 1);
	a = path_attribute(m->g->l, &path);
	if (a == NULL)
		return false;
	node = path_node(m->g->l, &path);
	m->is_attribute = true;
	add_match(m, node);
	m->is_attribute = false;
	if (a->bind != NULL && a->bind->calculate != NULL && depth < 8)
		read_refs(m->g, m->use, a->bind->calculate, node, a->local,
			depth + 1);
	return true;
}

/* --- reading the references of an expression --- */

static int column_in(const struct xf_expr *expr, const struct xpath_ref *ref)
{
	return expr->column + (ref->column > 0 ? ref->column - 1 : 0);
}

static void say_unreachable(struct graph *g, const struct xf_expr *expr,
	const struct xpath_ref *ref)
{
	struct xf_path path = path_of_ref(ref);

	problem_add(g->l->problems, SEVERITY_WARNING, ERR_NODE, g->form->name,
		expr->line, column_in(expr, ref), NULL, expr->text,
		_("'%s' is not in the instance: the expression never finds "
		"anything there"), path_text(g->l, &path));
	problem_mark(g->l->problems, ref->column);
	load_remedy_path(g->l, path_text(g->l, &path));
}

static void note_instance(struct graph *g, const struct xf_expr *expr,
	const struct xpath_ref *ref)
{
	if (ref->instance == NULL) {
		g->l->any_instance_used = true;
		return;
	}
	if (!map_has(&g->form->secondary, ref->instance) &&
			!map_has(&g->l->used_instances, ref->instance))
		problem_add(g->l->problems, SEVERITY_WARNING, ERR_NODE,
			g->form->name, expr->line, column_in(expr, ref), NULL,
			expr->text,
			_("there is no instance '%s'"), ref->instance);
	map_set(&g->l->used_instances, ref->instance, g);
}

static void read_ref(struct match *m, const struct xf_expr *expr, int depth)
{
	struct graph *g = m->g;
	struct xf_path path = path_of_ref(m->ref);
	struct xf_node *node;

	if (m->ref->start == REF_SECONDARY) {
		note_instance(g, expr, m->ref);
		return;
	}
	if (m->ref->n_steps == 0)
		return;
	if (is_plain(m->ref)) {
		node = path_node(g->l, &path);
		if (node != NULL)
			add_match(m, node);
		else if (!match_attribute(m, depth))
			say_unreachable(g, expr, m->ref);
		return;
	}
	if (m->ref->steps[0] == XPATH_ANY_DEPTH) {
		if (m->ref->n_steps > 1 &&
				step_fits(m->ref->steps[1], g->form->root))
			match_below(m, g->form->root, 2);
		match_any_depth(m, g->form->root, 1);
	} else if (step_fits(m->ref->steps[0], g->form->root)) {
		match_below(m, g->form->root, 1);
	}
}

static void read_refs(struct graph *g, const struct xf_use *use,
	const struct xf_expr *expr, const struct xf_node *context,
	const char *attribute, int depth)
{
	struct match m = { .g = g, .use = use };
	struct xpath_ref *refs;
	size_t n_names, n;
	const char **names = path_names(g->scratch, context, attribute,
		&n_names);

	refs = xpath_refs(expr->program, g->scratch, names, n_names, true, &n);
	for (size_t i = 0; i < n && !g->too_many; i++) {
		m.ref = &refs[i];
		read_ref(&m, expr, depth);
	}
}

static void read_use(struct graph *g, const struct xf_use *use)
{
	const struct xf_node *context = use->node;
	struct arena_mark mark = arena_mark(g->scratch);

	if (use->property == XF_P_COUNT && context->parent != NULL)
		context = context->parent;
	if (use->property == XF_P_VALUE && use->attribute == NULL)
		g->expr_of[vertex_c(use->node)] = use->expr;
	if (use->property == XF_P_RELEVANT && use->attribute == NULL)
		g->expr_of[vertex_r(use->node)] = use->expr;
	if ((use->property == XF_P_REQUIRED ||
			use->property == XF_P_READONLY) &&
			use->attribute == NULL &&
			g->expr_of[vertex_c(use->node)] == NULL)
		g->expr_of[vertex_c(use->node)] = use->expr;
	read_refs(g, use, use->expr, context,
		use->attribute != NULL ? use->attribute->local : NULL, 0);
	arena_reset(g->scratch, mark);
}

/* --- circles: Tarjan's components, without recursion --- */

struct tarjan {
	struct graph *g;
	uint32_t n;
	uint32_t *order, *low, *next_edge;
	bool *on_stack;
	index_list stack, calls;
	uint32_t counter;
};

/* The edges of v, the one from R(child) to R(parent) last. */
static bool edge_at(const struct graph *g, uint32_t v, uint32_t i,
	uint32_t *to)
{
	const struct xf_node *node = g->form->nodes[v / 2];

	if (i < g->reads[v].n) {
		*to = g->reads[v].items[i];
		return true;
	}
	if (i == g->reads[v].n && v % 2 == 1 && node->parent != NULL) {
		*to = vertex_r(node->parent);
		return true;
	}
	return false;
}

/* --- naming a circle --- */

/* The shortest way from `start` back to it, within its component. */
static void shortest_way(struct graph *g, uint32_t start,
	const uint32_t *component, uint32_t mine, index_list *way)
{
	uint32_t n = 2 * g->form->n_nodes, last = UINT32_MAX;
	uint32_t *before = xmalloc((size_t)n * sizeof *before);
	index_list queue = { 0 };

	memset(before, 0xff, (size_t)n * sizeof *before);
	vec_push(&queue, start);
	for (size_t q = 0; q < queue.n && last == UINT32_MAX; q++) {
		uint32_t v = queue.items[q], to;

		for (uint32_t i = 0; edge_at(g, v, i, &to); i++) {
			if (to == start) {
				last = v;
				break;
			}
			if (component[to] != mine || before[to] != UINT32_MAX)
				continue;
			before[to] = v;
			vec_push(&queue, to);
		}
	}
	vec_push(way, start);
	for (uint32_t v = last; v != start && v != UINT32_MAX; v = before[v])
		vec_insert(way, 1, v);
	vec_push(way, start);
	vec_release(&queue);
	free(before);
}

static void add_name(struct str *text, const struct graph *g, uint32_t v,
	uint32_t *last)
{
	if (*last == v / 2)
		return;
	*last = v / 2;
	if (text->len > 0)
		str_add(text, " → ");
	str_add(text, g->form->nodes[v / 2]->ref);
}

/* Long circles are named by their beginning and their end. */
static void describe(const struct graph *g, const index_list *way,
	struct str *text)
{
	enum { ENDS = 20 };
	uint32_t last = UINT32_MAX;

	for (size_t i = 0; i < way->n; i++) {
		if (way->n > 2 * ENDS + 1 && i == ENDS) {
			str_addf(text, " → … (%zu)", way->n - 2 * ENDS);
			i = way->n - ENDS;
		}
		add_name(text, g, way->items[i], &last);
	}
	/* One node only: its C and R read each other. */
	if (strstr(text->data, " → ") == NULL)
		str_addf(text, " → %s", g->form->nodes[way->items[0] / 2]->ref);
}

static const struct xf_expr *first_expr(const struct graph *g,
	const index_list *way)
{
	for (size_t i = 0; i < way->n; i++)
		if (g->expr_of[way->items[i]] != NULL)
			return g->expr_of[way->items[i]];
	return NULL;
}

static void say_circle(struct graph *g, uint32_t start,
	const uint32_t *component, uint32_t mine)
{
	struct str text = STR_INIT;
	index_list way = { 0 };
	const struct xf_expr *expr;

	shortest_way(g, start, component, mine, &way);
	describe(g, &way, &text);
	expr = first_expr(g, &way);
	problem_add(g->l->problems, SEVERITY_ERROR, ERR_CYCLE, g->form->name,
		expr != NULL ? expr->line : 0, expr != NULL ? expr->column : 0,
		g->form->nodes[start / 2]->ref,
		expr != NULL ? expr->text : NULL,
		_("calculations and relevance go in a circle: %s"), text.data);
	problem_remedy(g->l->problems, _("take one of these references out: a value "
		"cannot follow from itself"));
	str_release(&text);
	vec_release(&way);
}

static bool reads_itself(const struct graph *g, uint32_t v)
{
	for (size_t i = 0; i < g->reads[v].n; i++)
		if (g->reads[v].items[i] == v)
			return true;
	return false;
}

/* Conditions of several nodes may read each other; a calculation among them
 * makes it a circle, and so does a group that reads what lies in it. */
static bool makes_circle(const struct graph *g, uint32_t v,
	const uint32_t *component)
{
	const struct xf_node *node = g->form->nodes[v / 2];

	if (v % 2 == 0)
		return node->bind->calculate != NULL;
	return node->parent != NULL &&
		component[vertex_r(node->parent)] == component[v];
}

/* Take the component off the stack; say it if it is a circle. */
static void close_component(struct tarjan *t, uint32_t v, uint32_t *component)
{
	size_t start = t->stack.n, end = t->stack.n;
	uint32_t first = v, w;
	bool is_circle = reads_itself(t->g, v);

	do {
		w = t->stack.items[--start];
		t->on_stack[w] = false;
		component[w] = v;
		if (t->g->expr_of[w] != NULL &&
				(t->g->expr_of[first] == NULL || w < first))
			first = w;
	} while (w != v);
	for (size_t i = start; i < end && end - start > 1 && !is_circle; i++)
		is_circle = makes_circle(t->g, t->stack.items[i], component) ||
			reads_itself(t->g, t->stack.items[i]);
	t->stack.n = start;
	if (is_circle)
		say_circle(t->g, first, component, v);
}

static void enter(struct tarjan *t, uint32_t v)
{
	t->order[v] = t->low[v] = ++t->counter;
	t->on_stack[v] = true;
	vec_push(&t->stack, v);
	vec_push(&t->calls, v);
}

static void visit(struct tarjan *t, uint32_t root, uint32_t *component)
{
	enter(t, root);
	while (t->calls.n > 0) {
		uint32_t v = t->calls.items[t->calls.n - 1], to;

		if (edge_at(t->g, v, t->next_edge[v], &to)) {
			t->next_edge[v]++;
			if (t->order[to] == 0)
				enter(t, to);
			else if (t->on_stack[to] && t->order[to] < t->low[v])
				t->low[v] = t->order[to];
			continue;
		}
		if (t->low[v] == t->order[v])
			close_component(t, v, component);
		t->calls.n--;
		if (t->calls.n > 0) {
			uint32_t up = t->calls.items[t->calls.n - 1];

			if (t->low[v] < t->low[up])
				t->low[up] = t->low[v];
		}
	}
}

static void find_circles(struct graph *g)
{
	struct tarjan t = { .g = g, .n = 2 * g->form->n_nodes };
	uint32_t *component = xcalloc(t.n, sizeof *component);

	t.order = xcalloc(t.n, sizeof *t.order);
	t.low = xcalloc(t.n, sizeof *t.low);
	t.next_edge = xcalloc(t.n, sizeof *t.next_edge);
	t.on_stack = xcalloc(t.n, sizeof *t.on_stack);
	memset(component, 0xff, t.n * sizeof *component);
	for (uint32_t v = 0; v < t.n; v++)
		if (t.order[v] == 0)
			visit(&t, v, component);
	free(component);
	free(t.order);
	free(t.low);
	free(t.next_edge);
	free(t.on_stack);
	vec_release(&t.stack);
	vec_release(&t.calls);
}

/* --- below --- */

struct summing {
	struct graph *g;
	/* By node and property: the group that saw it last (index + 1), and
	 * where in that group's list. */
	uint32_t *seen, *at;
};

static bool lies_in(const struct xf_node *common, const struct xf_node *group)
{
	if (common->depth < group->depth)
		return false;
	if (common->depth == group->depth)
		return common == group && group->is_repeat;
	return ancestor_at(common, group->depth) == group;
}

static void sum_one(struct summing *s, struct xf_node *group,
	const struct xf_dependent *d, dependent_list *list)
{
	size_t key = (size_t)d->node->index * XF_N_PROPERTIES + d->property;

	if (lies_in(d->common, group))
		return;
	if (s->seen[key] == group->index + 1) {
		struct xf_dependent *known = &list->items[s->at[key]];

		if (d->common->depth < known->common->depth)
			known->common = d->common;
		return;
	}
	if (s->g->n_edges >= MOST_EDGES) {
		s->g->too_many = true;
		return;
	}
	s->g->n_edges++;
	s->seen[key] = group->index + 1;
	s->at[key] = (uint32_t)list->n;
	vec_push(list, *d);
}

static void sum_all(struct summing *s, struct xf_node *group,
	const struct xf_dependents *from, dependent_list *list)
{
	for (size_t i = 0; i < from->n; i++)
		sum_one(s, group, &from->items[i], list);
}

static void keep(struct graph *g, dependent_list *list,
	struct xf_dependents *to)
{
	to->n = list->n;
	if (list->n > 0) {
		to->items = arena_alloc(g->l->arena,
			list->n * sizeof *to->items);
		memcpy(to->items, list->items, list->n * sizeof *to->items);
	}
	vec_release(list);
}

/* Children are summed up before their parents: from the last node backwards. */
static void sum_group(struct summing *s, struct xf_node *group)
{
	dependent_list list = { 0 };

	for (unsigned i = 0; i < group->n_children && !s->g->too_many; i++) {
		const struct xf_node *child = group->children[i];

		sum_all(s, group, &child->dependents, &list);
		sum_all(s, group, &child->structure, &list);
		sum_all(s, group, &child->below, &list);
	}
	keep(s->g, &list, &group->below);
}

static void sum_up(struct graph *g)
{
	struct summing s = { .g = g };
	size_t n = (size_t)g->form->n_nodes * XF_N_PROPERTIES;

	s.seen = xcalloc(n, sizeof *s.seen);
	s.at = xcalloc(n, sizeof *s.at);
	for (unsigned i = g->form->n_nodes; i-- > 0; )
		if (g->form->nodes[i]->n_children > 0)
			sum_group(&s, g->form->nodes[i]);
	free(s.seen);
	free(s.at);
}

/* --- all of it --- */

static void graph_init(struct graph *g, struct loader *l)
{
	size_t n = l->form->n_nodes;

	*g = (struct graph){ .l = l, .form = l->form,
		.scratch = arena_new() };
	g->dependents = xcalloc(n, sizeof *g->dependents);
	g->structure = xcalloc(n, sizeof *g->structure);
	g->reads = xcalloc(2 * n, sizeof *g->reads);
	g->expr_of = xcalloc(2 * n, sizeof *g->expr_of);
}

static void graph_release(struct graph *g)
{
	size_t n = g->form->n_nodes;

	for (size_t i = 0; i < n; i++) {
		keep(g, &g->dependents[i], &g->form->nodes[i]->dependents);
		keep(g, &g->structure[i], &g->form->nodes[i]->structure);
	}
	for (size_t i = 0; i < 2 * n; i++)
		vec_release(&g->reads[i]);
	free(g->dependents);
	free(g->structure);
	free(g->reads);
	free(g->expr_of);
	arena_free(g->scratch);
}

void load_graph(struct loader *l)
{
	struct graph g;

	graph_init(&g, l);
	for (size_t i = 0; i < l->uses.n; i++)
		read_use(&g, &l->uses.items[i]);
	find_circles(&g);
	graph_release(&g);
	sum_up(&g);
	if (g.too_many)
		problem_add(l->problems, SEVERITY_ERROR, ERR_LIMIT,
			l->form->name, 0, 0, NULL, NULL,
			_("the expressions of the form read too many nodes"));
}
