/* Functions about nodes and conditions, and those that ask the environment. */
#include "config.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "xpath/functions.h"

static bool give_nodes(struct xp_value *value, struct xp_nodeset nodes)
{
	value->type = XP_NODESET;
	value->nodes = nodes;
	return true;
}

static bool give_node(struct call *c, struct xp_value *value,
	struct xp_node node)
{
	struct xp_nodeset nodes = { NULL, 0, 0, true };

	if (node.tree != NULL)
		xp_nodeset_add(&nodes, node, c->e->arena);
	return give_nodes(value, nodes);
}

/* --- conditions --- */

bool fn_true(struct call *c, struct xp_value *value)
{
	(void)c;
	return give_boolean(value, true);
}

bool fn_false(struct call *c, struct xp_value *value)
{
	(void)c;
	return give_boolean(value, false);
}

bool fn_boolean(struct call *c, struct xp_value *value)
{
	bool b;

	return arg_boolean(c, 0, &b) && give_boolean(value, b);
}

bool fn_not(struct call *c, struct xp_value *value)
{
	bool b;

	return arg_boolean(c, 0, &b) && give_boolean(value, !b);
}

bool fn_boolean_from_string(struct call *c, struct xp_value *value)
{
	const char *text;

	return arg_text(c, 0, &text) && give_boolean(value,
		strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

/* Only the branch that is taken is evaluated. */
bool fn_if(struct call *c, struct xp_value *value)
{
	bool b;

	return arg_boolean(c, 0, &b) && arg_value(c, b ? 1 : 2, value);
}

static bool is_blank(struct call *c, const struct xp_value *value)
{
	if (value->type == XP_NUMBER)
		return isnan(value->number);
	return xp_to_text(value, c->e->arena)[0] == '\0';
}

bool fn_coalesce(struct call *c, struct xp_value *value)
{
	const char *text;
	size_t i;

	for (i = 0; i < arg_count(c); i++) {
		if (!arg_value(c, i, value))
			return false;
		if (!is_blank(c, value) || i + 1 == arg_count(c))
			break;
	}
	if (value->type != XP_NODESET)
		return true;
	return value_text(c->e, c->expr, value, &text) && give_text(value, text);
}

bool fn_once(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;
	struct xp_node node = c->scope->node;
	const char *own;

	if (node.tree == NULL)
		return call_unavailable(c);
	own = env->own_value != NULL ?
		env->own_value(env->data, node, c->e->arena) :
		xp_node_text(node, c->e->arena);
	if (own != NULL && own[0] != '\0')
		return give_text(value, own);
	if (!arg_value(c, 0, value))
		return false;
	/* No number: there is nothing to keep yet. */
	if (value->type == XP_NUMBER && isnan(value->number))
		return give_text(value, "");
	return true;
}

bool fn_depend(struct call *c, struct xp_value *value)
{
	return arg_value(c, 0, value);
}

/* --- checklists --- */

struct numbers { VEC(double) list; struct call *call; bool as_flags; };

/* An answer counts if it is a number above 0, or text that is none; for a
 * boolean that is true() (ODK XForms; JavaRosa for text). */
static bool add_number(void *data, const char *text)
{
	struct numbers *numbers = data;
	double number = text_to_number(text, numbers->call->e->env);

	if (numbers->as_flags)
		number = isnan(number) ? text[0] != '\0' &&
			strcmp(text, "false") != 0 : number > 0;
	else if (isnan(number) && strcmp(text, "true") == 0)
		number = 1;
	else if (isnan(number) && strcmp(text, "false") == 0)
		number = 0;
	vec_push(&numbers->list, number);
	return true;
}

/* -1 for either bound: there is none. */
static bool within(struct call *c, double total, struct xp_value *value)
{
	double low, high;

	return arg_number(c, 0, &low) && arg_number(c, 1, &high) &&
		give_boolean(value, (low < 0 || total >= low) &&
			(high < 0 || total <= high));
}

bool fn_checklist(struct call *c, struct xp_value *value)
{
	struct numbers flags = { .call = c, .as_flags = true };
	bool ok = arg_each(c, 2, arg_count(c), add_number, &flags);
	double total = 0;
	size_t i;

	for (i = 0; i < flags.list.n; i++)
		total += flags.list.items[i];
	vec_release(&flags.list);
	return ok && within(c, total, value);
}

static bool weigh(struct call *c, const struct numbers *flags,
	const struct numbers *weights, struct xp_value *value)
{
	double total = 0;
	size_t i;

	if (flags->list.n != weights->list.n)
		return call_fail(c,
			_("'%s()' needs as many weights as values"),
			c->call->name);
	for (i = 0; i < flags->list.n; i++)
		if (flags->list.items[i] != 0)
			total += weights->list.items[i];
	return within(c, total, value);
}

bool fn_weighted_checklist(struct call *c, struct xp_value *value)
{
	struct numbers flags = { .call = c, .as_flags = true };
	struct numbers weights = { .call = c };
	bool ok = true;
	size_t i;

	for (i = 2; ok && i + 1 < arg_count(c); i += 2)
		ok = arg_each(c, i, i + 1, add_number, &flags) &&
			arg_each(c, i + 1, i + 2, add_number, &weights);
	ok = ok && weigh(c, &flags, &weights, value);
	vec_release(&flags.list);
	vec_release(&weights.list);
	return ok;
}

/* --- sets and positions --- */

bool fn_count(struct call *c, struct xp_value *value)
{
	struct xp_nodeset nodes;

	return arg_nodes(c, 0, &nodes) && give_number(value, (double)nodes.n);
}

bool fn_count_non_empty(struct call *c, struct xp_value *value)
{
	struct xp_nodeset nodes;
	const char *text;
	size_t n = 0, i;

	if (!arg_nodes(c, 0, &nodes))
		return false;
	for (i = 0; i < nodes.n; i++) {
		struct arena_mark mark = arena_mark(c->e->arena);
		bool ok = eval_node_text(c->e, nodes.items[i], &text);

		n += ok && text[0] != '\0';
		arena_reset(c->e->arena, mark);
		if (!ok)
			return false;
	}
	return give_number(value, (double)n);
}

/* Without argument and outside predicates: among the siblings of its name,
 * as repeats are counted. */
bool fn_position(struct call *c, struct xp_value *value)
{
	struct xp_node node;

	if (arg_count(c) == 0 && c->scope->position > 0)
		return give_number(value, (double)c->scope->position);
	if (!arg_node(c, &node))
		return false;
	return give_number(value, node.tree == NULL ? NAN :
		(double)path_position(node));
}

bool fn_last(struct call *c, struct xp_value *value)
{
	return give_number(value, c->scope->size > 0 ?
		(double)c->scope->size : 1);
}

bool fn_current(struct call *c, struct xp_value *value)
{
	return give_node(c, value, c->e->ctx->current.tree != NULL ?
		c->e->ctx->current : c->e->ctx->node);
}

/* --- id() --- */

struct ids { struct map wanted; struct arena *arena; };

static const char *attribute_text(struct xp_node node, const char *ns,
	const char *local, struct arena *arena)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	uintptr_t at;

	if (ops->kind(node.tree, node.at) != XML_ELEMENT)
		return NULL;
	for (at = ops->first_attribute(node.tree, node.at); at != 0;
	     at = ops->next_attribute(node.tree, at)) {
		struct xp_node attribute = { node.tree, at };

		if (strcmp(ops->local(node.tree, at), local) == 0 &&
		    (ns == NULL || strcmp(ops->ns(node.tree, at), ns) == 0))
			return xp_node_text(attribute, arena);
	}
	return NULL;
}

/* The node after `node` in document order below `top`; 0: there is none. */
static uintptr_t next_below(struct xp_node top, struct xp_node node)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	uintptr_t at = ops->first_child(node.tree, node.at);

	while (at == 0 && node.at != 0 && node.at != top.at) {
		at = ops->next(node.tree, node.at);
		node.at = ops->parent(node.tree, node.at);
	}
	return at;
}

/* DTDs are not read, so an ID is what is called so: the attribute xml:id, or
 * id in no namespace. */
static const char *id_of(struct xp_node node, struct arena *arena)
{
	const char *id = attribute_text(node, "", "id", arena);

	return id != NULL ? id : attribute_text(node,
		"http://www.w3.org/XML/1998/namespace", "id", arena);
}

static bool add_ids(void *data, const char *text)
{
	struct ids *ids = data;
	const char *at = text + strspn(text, " \t\r\n");
	size_t n;

	while ((n = strcspn(at, " \t\r\n")) > 0) {
		map_set(&ids->wanted, arena_strndup(ids->arena, at, n), ids);
		at += n;
		at += strspn(at, " \t\r\n");
	}
	return true;
}

/* The first element that has a wanted ID, by document order. */
static bool collect_ids(struct call *c, struct ids *ids, struct xp_node node,
	struct xp_nodeset *found)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	struct xp_node top = node_root(node);

	for (node = top; node.at != 0; node.at = next_below(top, node)) {
		struct arena_mark mark = arena_mark(c->e->arena);
		const char *id = id_of(node, c->e->arena);
		bool is_wanted = id != NULL && map_get(&ids->wanted, id) == ids;

		if (is_wanted)
			map_set(&ids->wanted, id, NULL);
		if (!is_wanted)
			arena_reset(c->e->arena, mark);
		if (!eval_step(c->e))
			return false;
		if (is_wanted && ops->kind(node.tree, node.at) == XML_ELEMENT)
			xp_nodeset_add(found, node, c->e->arena);
	}
	return true;
}

bool fn_id(struct call *c, struct xp_value *value)
{
	struct ids ids = { MAP_INIT, arena_new() };
	struct xp_nodeset found = { NULL, 0, 0, true };
	bool ok = arg_each(c, 0, 1, add_ids, &ids);

	if (ok && c->scope->node.tree == NULL)
		ok = call_fail(c, _("there is no context node"));
	ok = ok && collect_ids(c, &ids, c->scope->node, &found);
	map_release(&ids.wanted);
	arena_free(ids.arena);
	return ok && give_nodes(value, found);
}

/* --- names --- */

static const char *expanded_name(const struct xp_node *node,
	struct arena *arena)
{
	const struct xp_tree_ops *ops = node->tree->ops;
	const char *local = ops->local(node->tree, node->at);
	const char *prefix = ops->prefix == NULL ? "" :
		ops->prefix(node->tree, node->at);

	return prefix[0] == '\0' ? local :
		arena_printf(arena, "%s:%s", prefix, local);
}

bool fn_name(struct call *c, struct xp_value *value)
{
	struct xp_node node;

	return arg_node(c, &node) && give_text(value, node.tree == NULL ? "" :
		expanded_name(&node, c->e->arena));
}

bool fn_local_name(struct call *c, struct xp_value *value)
{
	struct xp_node node;

	return arg_node(c, &node) && give_text(value, node.tree == NULL ? "" :
		node.tree->ops->local(node.tree, node.at));
}

bool fn_namespace_uri(struct call *c, struct xp_value *value)
{
	struct xp_node node;

	return arg_node(c, &node) && give_text(value, node.tree == NULL ? "" :
		node.tree->ops->ns(node.tree, node.at));
}

static bool is_language(const char *text, const char *wanted)
{
	size_t n = strlen(wanted);

	return strncasecmp(text, wanted, n) == 0 &&
		(text[n] == '\0' || text[n] == '-');
}

bool fn_lang(struct call *c, struct xp_value *value)
{
	struct xp_node node = c->scope->node;
	const char *wanted, *text;

	if (!arg_text(c, 0, &wanted))
		return false;
	while (node.tree != NULL && node.at != 0) {
		text = attribute_text(node,
			"http://www.w3.org/XML/1998/namespace", "lang",
			c->e->arena);
		if (text != NULL)
			return give_boolean(value, is_language(text, wanted));
		node.at = node.tree->ops->parent(node.tree, node.at);
	}
	return give_boolean(value, false);
}

/* The version attribute of the record's root element. */
bool fn_version(struct call *c, struct xp_value *value)
{
	struct xp_node root;
	const char *text = NULL;

	if (c->e->anchor.tree == NULL)
		return call_unavailable(c);
	root = node_root(c->e->anchor);
	root.at = child_element(root.tree, root.at, 0, NULL, NULL);
	if (root.at != 0)
		text = attribute_text(root, NULL, "version", c->e->arena);
	return give_text(value, text == NULL ? "" : text);
}

/* --- what the environment answers --- */

bool fn_instance(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;
	struct xp_node root = { NULL, 0 };
	const char *id;

	if (!arg_text(c, 0, &id))
		return false;
	if (env->instance == NULL)
		return call_unavailable(c);
	if (env->instance(env->data, id, &root, c->e->err))
		return give_node(c, value, root);
	if (c->e->err != NULL && c->e->err->code != ERR_NONE &&
	    c->e->err->code != ERR_XPATH)
		return false;
	return call_fail(c, _("there is no instance '%s'"), id);
}

bool fn_itext(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;
	const char *id, *text;

	if (!arg_text(c, 0, &id))
		return false;
	if (env->itext == NULL)
		return call_unavailable(c);
	text = env->itext(env->data, id, c->e->arena);
	if (text == NULL)	/* as JavaRosa shows it */
		text = arena_printf(c->e->arena, "[itext:%s]", id);
	return give_text(value, text);
}

bool fn_property(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;
	const char *name, *text = NULL;

	if (!arg_text(c, 0, &name))
		return false;
	if (env->property != NULL)
		text = env->property(env->data, name, c->e->arena);
	return give_text(value, text == NULL ? "" : text);
}

bool fn_pulldata(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;
	const char *table, *column, *key_column, *key, *text;

	if (!arg_text(c, 0, &table) || !arg_text(c, 1, &column) ||
	    !arg_text(c, 2, &key_column) || !arg_text(c, 3, &key))
		return false;
	if (env->pulldata == NULL)
		return call_unavailable(c);
	text = env->pulldata(env->data, table, column, key_column, key,
		c->e->arena);
	if (text == NULL)
		return call_fail(c, _("there is no table '%s'"), table);
	return give_text(value, text);
}

/* The question that the second argument names: a path, or text that is one. */
static bool question_node(struct call *c, struct xp_node *node)
{
	static const struct xpath_names names = { .any_namespace = true };
	const struct expr *path = c->call->path;
	struct xp_value value;
	struct xp_nodeset nodes;

	*node = (struct xp_node){ NULL, 0 };
	if (path == NULL) {
		if (!arg_value(c, 1, &value))
			return false;
		if (value.type == XP_NODESET) {
			if (value.nodes.n > 0)
				*node = value.nodes.items[0];
			return true;
		}
		path = parse_inner(c->e->arena,
			xp_to_text(&value, c->e->arena), &names, NULL);
	}
	if (path == NULL || path->kind != EXPR_PATH)
		return call_fail(c, _("'%s()' needs the path of a question"),
			c->call->name);
	if (!eval_path(c->e, path, c->scope, &nodes))
		return false;
	if (nodes.n > 0)
		*node = nodes.items[0];
	return true;
}

bool fn_choice_name(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;
	const char *choice, *text;
	struct xp_node node;

	if (!arg_text(c, 0, &choice) || !question_node(c, &node))
		return false;
	if (env->choice_name == NULL)
		return call_unavailable(c);
	text = node.tree == NULL ? NULL :
		env->choice_name(env->data, choice, node, c->e->arena);
	return give_text(value, text == NULL ? "" : text);
}

/* --- randomize --- */

/* Source: ODK XForms, randomize(): Park and Miller's generator, and the
 * inside-out shuffle of Fisher and Yates. */
enum { PARK_MODULUS = 2147483647, PARK_FACTOR = 16807 };

static double park_next(double *state)
{
	*state = fmod(*state * PARK_FACTOR, PARK_MODULUS);
	return (*state - 1) / (PARK_MODULUS - 1);
}

static double park_begin(double seed)
{
	double state = fmod(seed, PARK_MODULUS);

	return state <= 0 ? state + PARK_MODULUS - 1 : state;
}

static bool seed_of(struct call *c, double *seed)
{
	const struct xp_env *env = c->e->env;
	struct xp_value value;
	const char *text;

	if (arg_count(c) == 1) {
		if (env->random == NULL)
			return call_unavailable(c);
		*seed = floor(env->random(env->data) * PARK_MODULUS);
		return true;
	}
	if (!arg_value(c, 1, &value) ||
	    !value_number(c->e, c->expr, &value, seed) ||
	    !value_text(c->e, c->expr, &value, &text))
		return false;
	/* A text that is no number is a seed by its hash, "" as 0. */
	if (value.type == XP_NUMBER && isnan(*seed))
		*seed = 0;
	else if (isnan(*seed))
		*seed = text[0] == '\0' ? 0 : (double)hash_of_text(text);
	else
		*seed = trunc(fmax(fmin(*seed, 9223372036854775807.0),
			-9223372036854775808.0));
	return true;
}

bool fn_randomize(struct call *c, struct xp_value *value)
{
	struct xp_nodeset in, out = { NULL, 0, 0, false };
	double state;
	size_t i, k;

	if (!arg_nodes(c, 0, &in) || !seed_of(c, &state))
		return false;
	state = park_begin(state);
	out.items = ARENA_ARRAY(c->e->arena, struct xp_node, in.n + 1);
	out.n = in.n;
	out.cap = in.n + 1;
	for (i = 0; i < in.n; i++) {
		k = (size_t)floor(park_next(&state) * (double)(i + 1));
		if (k > i)
			k = i;
		out.items[i] = out.items[k];
		out.items[k] = in.items[i];
	}
	return give_nodes(value, out);
}

/* --- indexed-repeat --- */

enum { MAX_LEVELS = 64 };

/* A path by levels from the root element: a name each, and for the target
 * which instance of the name (0: any). */
struct levels {
	const struct step *steps[MAX_LEVELS];
	const char *names[MAX_LEVELS], *spaces[MAX_LEVELS];
	size_t index[MAX_LEVELS], n;
};

static bool bad_path(struct call *c, size_t i)
{
	return call_fail(c, _("'%s()' needs a plain path as argument %zu"),
		c->call->name, i + 1);
}

/* The names from the root element down to a node. */
static bool levels_of_node(struct xp_node node, struct levels *levels)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	uintptr_t chain[MAX_LEVELS + 1], at = node.at;
	size_t n = 0, i;

	for (; ops->parent(node.tree, at) != 0; at = ops->parent(node.tree, at)) {
		if (n == MAX_LEVELS)
			return false;
		chain[n++] = at;
	}
	levels->n = n;
	for (i = 0; i < n; i++) {
		struct xp_node level = { node.tree, chain[n - 1 - i] };

		levels->names[i] = ops->local(node.tree, level.at);
		levels->spaces[i] = ops->ns(node.tree, level.at);
		levels->index[i] = path_position(level);
	}
	return true;
}

static bool levels_of_path(struct call *c, size_t i, struct xp_node context,
	struct levels *levels)
{
	const struct expr *x = c->call->args[i];
	size_t k;

	if (x->kind != EXPR_PATH || !x->path.simple)
		return bad_path(c, i);
	levels->n = 0;
	if (x->path.start != START_ROOT && !levels_of_node(context, levels))
		return bad_path(c, i);
	for (k = 0; k < x->path.n_steps; k++) {
		const struct step *step = &x->path.steps[k];

		if (step->axis == AXIS_SELF)
			continue;
		if (step->axis == AXIS_PARENT) {
			if (levels->n == 0)
				return bad_path(c, i);
			levels->n--;
			continue;
		}
		if (levels->n == MAX_LEVELS)
			return bad_path(c, i);
		levels->names[levels->n] = step->local;
		levels->spaces[levels->n] = step->ns;
		levels->index[levels->n++] = 0;
	}
	return true;
}

static bool begins_with(const struct levels *target, const struct levels *group)
{
	size_t i;

	if (group->n == 0 || group->n >= target->n)
		return false;
	for (i = 0; i < group->n; i++)
		if (group->names[i] != target->names[i])
			return false;
	return true;
}

/* Levels that the context node lies in keep its instances. */
static void bind_levels(struct levels *target, const struct levels *context)
{
	size_t i;

	for (i = 0; i < target->n && i < context->n &&
	     target->names[i] == context->names[i]; i++)
		target->index[i] = context->index[i];
}

static bool set_indexes(struct call *c, struct xp_node context,
	struct levels *target)
{
	struct levels group;
	double index;
	size_t i;

	for (i = 1; i + 1 < arg_count(c); i += 2) {
		if (!levels_of_path(c, i, context, &group) ||
		    !arg_number(c, i + 1, &index))
			return false;
		if (!begins_with(target, &group))
			return call_fail(c,
				_("argument %zu of '%s()' must be a repeat around argument 1"),
				i + 1, c->call->name);
		/* An index that is not there yet counts as the first. */
		target->index[group.n - 1] = index >= 1 && index < 1e9 ?
			(size_t)index : 1;
	}
	return true;
}

static bool collect_levels(struct call *c, const struct levels *target,
	struct xp_nodeset *set)
{
	size_t level, i;

	for (level = 0; level < target->n; level++) {
		struct xp_nodeset out = { NULL, 0, 0, true };

		for (i = 0; i < set->n; i++) {
			const struct xp_tree *tree = set->items[i].tree;
			uintptr_t at = 0;
			size_t n = 0;

			while ((at = child_element(tree, set->items[i].at, at,
			       target->spaces[level],
			       target->names[level])) != 0) {
				struct xp_node node = { tree, at };

				if (!eval_step(c->e))
					return false;
				n++;
				if (target->index[level] == 0 ||
				    n == target->index[level])
					xp_nodeset_add(&out, node, c->e->arena);
				if (n == target->index[level])
					break;
			}
		}
		*set = out;
	}
	return true;
}

static void drop_hidden(struct xp_nodeset *set)
{
	size_t from, to = 0;

	for (from = 0; from < set->n; from++) {
		struct xp_node node = set->items[from];

		if (node.tree->ops->is_hidden == NULL ||
		    !node.tree->ops->is_hidden(node.tree, node.at))
			set->items[to++] = node;
	}
	set->n = to;
}

bool fn_indexed_repeat(struct call *c, struct xp_value *value)
{
	struct xp_nodeset set = { NULL, 0, 0, true };
	struct levels target, own;
	struct xp_node context = c->scope->node;

	if (c->e->anchor.tree == NULL)
		return call_unavailable(c);
	if (context.tree != c->e->anchor.tree)
		context = c->e->anchor;
	if (!levels_of_path(c, 0, context, &target))
		return false;
	if (levels_of_node(context, &own))
		bind_levels(&target, &own);
	if (!set_indexes(c, context, &target))
		return false;
	xp_nodeset_add(&set, node_root(context), c->e->arena);
	if (!collect_levels(c, &target, &set))
		return false;
	drop_hidden(&set);
	return give_nodes(value, set);
}
