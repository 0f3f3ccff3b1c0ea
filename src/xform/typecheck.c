/*
 * Comparisons that cannot mean what was meant: a choice that is none, a date
 * with a word, a question that takes several answers with '='.  Warnings only:
 * such a form opens, in JavaRosa too, and skips what it should not.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/near.h"
#include "xform/loader.h"
#include "xpath/compare.h"
#include "xpath/date.h"

struct checker {
	const struct xform *form;
	struct problems *problems;
	struct arena *scratch;
	const struct xf_use *use;
	struct map *choices;		/* by index of the node: values; made when asked for */
};

/* --- what values a question can have --- */

static const struct xf_control *select_of(const struct xf_node *node)
{
	for (unsigned i = 0; i < node->n_controls; i++)
		if (node->controls[i]->kind == XF_SELECT1 ||
				node->controls[i]->kind == XF_SELECT ||
				node->controls[i]->kind == XF_RANK)
			return node->controls[i];
	return NULL;
}

static void add_value(struct checker *c, struct map *values, const char *value)
{
	map_set(values, arena_strdup(c->scratch, value), c);
}

/* All items of the list, whatever the conditions leave of them. */
static bool add_items(struct checker *c, const struct xf_itemset *set,
	struct map *values)
{
	const struct xf_secondary *s = set->instance != NULL ?
		map_get(&c->form->secondary, set->instance) : NULL;
	const struct xp_tree_ops *ops;
	struct xpath_plain_path path;
	uintptr_t root, item, field;

	if (s == NULL || s->tree == NULL || set->value_name == NULL ||
			!xpath_plain(set->nodeset->program, c->scratch, &path) ||
			path.n_steps != 2)
		return false;
	ops = s->tree->ops;
	root = ops->first_child(s->tree, s->root.at);
	while (root != 0 && ops->kind(s->tree, root) != XML_ELEMENT)
		root = ops->next(s->tree, root);
	item = root != 0 ? ops->first_child(s->tree, root) : 0;
	for (; item != 0; item = ops->next(s->tree, item))
		for (field = ops->first_child(s->tree, item); field != 0;
				field = ops->next(s->tree, field))
			if (ops->local(s->tree, field) == set->value_name)
				add_value(c, values, ops->text(s->tree, field,
					c->scratch));
	return true;
}

/* NULL: they are not known (an open select, a list from answers). */
static const struct map *values_of(struct checker *c,
	const struct xf_node *node)
{
	const struct xf_control *select = select_of(node);
	struct map *values = &c->choices[node->index];

	if (select == NULL || select->is_open || node->n_controls > 1)
		return NULL;
	if (values->n > 0)
		return values;
	for (size_t i = 0; i < select->n_choices; i++)
		add_value(c, values, select->choices[i].value);
	if (select->itemset != NULL &&
			!add_items(c, select->itemset, values))
		return NULL;
	return values->n > 0 ? values : NULL;
}

/* --- saying it --- */

static void say(struct checker *c, const struct xpath_operand *at,
	const char *format, ...) PRINTF_LIKE(3, 4);

static void say(struct checker *c, const struct xpath_operand *at,
	const char *format, ...)
{
	const struct xf_expr *expr = c->use->expr;
	struct err err = ERR_INIT;
	va_list arguments;

	va_start(arguments, format);
	err_vset(&err, ERR_VALUE, format, arguments);
	va_end(arguments);
	problem_add(c->problems, SEVERITY_WARNING, ERR_VALUE, c->form->name,
		expr->line, expr->column + at->column - 1,
		c->use->node->ref, expr->text, "%s", err.message);
	problem_mark(c->problems, at->column);
}

/* A number in XPath's own notation. */
static bool is_number(const char *text)
{
	char *end;

	if (text[strspn(text, "+-.0123456789")] != '\0' || text[0] == '\0')
		return false;
	strtod(text, &end);
	return *end == '\0';
}

static const char *literal_text(struct checker *c,
	const struct xpath_operand *o)
{
	return o->kind == XPATH_NUMBER ?
		xp_number_to_text(o->number, c->scratch) : o->text;
}

static const char *nearest_value(const struct map *values, const char *text)
{
	const char *best = NULL;
	size_t least = strlen(text) / 3 + 1;

	for (size_t i = 0; i < values->n; i++) {
		size_t far = text_distance(text, values->entries[i].key);

		if (far < least) {
			least = far;
			best = values->entries[i].key;
		}
	}
	return best;
}

/* --- judging --- */

static void check_choice(struct checker *c, const struct xpath_comparison *x,
	const struct xf_node *node, const struct xpath_operand *literal)
{
	const struct map *values = values_of(c, node);
	const struct xf_control *select = select_of(node);
	const char *text = literal_text(c, literal), *near;

	if (select->kind == XF_SELECT && x->how == XPATH_EQUALS &&
			literal->kind == XPATH_TEXT && text[0] != '\0') {
		say(c, literal, _("several may be chosen at '%1$s': '=' holds "
			"only when '%2$s' is the only one"), node->ref, text);
		problem_remedy(c->problems,
			_("write selected(%1$s, '%2$s')"), node->ref, text);
	}
	/* 'NaN' is an idiom of old forms for "was not asked". */
	if (values == NULL || text[0] == '\0' || map_has(values, text) ||
			strchr(text, ' ') != NULL || strcmp(text, "NaN") == 0)
		return;
	near = nearest_value(values, text);
	say(c, literal, _("'%1$s' is none of the choices of '%2$s'"), text,
		node->ref);
	if (near != NULL)
		problem_remedy(c->problems, _("did you mean '%s'?"), near);
}

static void check_date(struct checker *c, const struct xf_node *node,
	const struct xpath_operand *literal)
{
	struct date_time t;

	if (literal->kind == XPATH_TEXT && literal->text[0] != '\0' &&
			!date_parse(literal->text, &t)) {
		say(c, literal, _("'%1$s' is a date, and '%2$s' is none"),
			node->ref, literal->text);
		problem_remedy(c->problems,
			_("write dates like date('2026-11-23')"));
	}
}

static void check_numeric(struct checker *c, const struct xf_node *node,
	const struct xpath_operand *literal)
{
	if (literal->kind == XPATH_TEXT && literal->text[0] != '\0' &&
			strcmp(literal->text, "NaN") != 0 &&
			!is_number(literal->text))
		say(c, literal, _("'%1$s' is a number, and '%2$s' is none"),
			node->ref, literal->text);
	else if (literal->kind == XPATH_DATE)
		say(c, literal, _("'%s' is a number, and is compared with a "
			"date"), node->ref);
}

static bool is_typed_text(const struct xf_node *node)
{
	return node->bind->type == XF_STRING && node->bind->calculate == NULL &&
		node->n_controls > 0 && node->controls[0]->kind == XF_INPUT &&
		node->bind->xml != NULL;
}

static void check_pair(struct checker *c, const struct xpath_comparison *x,
	const struct xpath_operand *path, const struct xpath_operand *other)
{
	struct str ref = STR_INIT;
	const struct xf_node *node;
	bool literal = other->kind == XPATH_NUMBER || other->kind == XPATH_TEXT;

	for (size_t i = 0; i < path->n_steps; i++)
		str_addf(&ref, "/%s", path->steps[i]);
	node = xform_node(c->form, ref.data);
	str_release(&ref);
	if (node == NULL || !node->is_value)
		return;
	if (select_of(node) != NULL) {
		if (literal && x->how != XPATH_ORDERS)
			check_choice(c, x, node, other);
		return;
	}
	if (x->how == XPATH_SELECTED)
		return;
	switch (node->bind->type) {
	case XF_DATE:
	case XF_DATETIME:
		check_date(c, node, other);
		break;
	case XF_INT:
	case XF_DECIMAL:
		check_numeric(c, node, other);
		break;
	default:
		if (x->how == XPATH_ORDERS && is_typed_text(node) &&
				other->kind == XPATH_NUMBER) {
			say(c, path, _("'%s' is text: what is no number is "
				"neither greater nor less"), node->ref);
			problem_remedy(c->problems, _("give its <bind> the "
				"type int or decimal"));
		}
		break;
	}
}

static void check_comparison(void *data, const struct xpath_comparison *x)
{
	struct checker *c = data;

	if (x->left.kind == XPATH_NODE)
		check_pair(c, x, &x->left, &x->right);
	if (x->right.kind == XPATH_NODE && x->how != XPATH_SELECTED)
		check_pair(c, x, &x->right, &x->left);
}

void xform_check_types(const struct xform *form, struct problems *problems)
{
	struct checker c = { .form = form, .problems = problems,
		.scratch = arena_new() };

	c.choices = xcalloc(form->n_nodes + 1u, sizeof *c.choices);
	for (size_t i = 0; i < form->n_uses; i++) {
		const char **names;
		size_t n;

		c.use = &form->uses[i];
		if (c.use->attribute != NULL)
			continue;
		names = path_names(c.scratch, c.use->node, NULL, &n);
		xpath_each_comparison(c.use->expr->program, c.scratch, names, n,
			check_comparison, &c);
	}
	for (unsigned i = 0; i < form->n_nodes; i++)
		map_release(&c.choices[i]);
	free(c.choices);
	arena_free(c.scratch);
}
