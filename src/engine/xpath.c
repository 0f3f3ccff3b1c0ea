/* xpath: evaluating an expression in a record. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "engine/op.h"

/* Namespaces of the request before those of the form's instance. */
struct scope { const struct json *given; const struct xml_node *element; };

static const char *uri_of(const void *data, const char *prefix)
{
	const struct scope *scope = data;
	const char *given = js_get_text(scope->given, prefix);

	return given != NULL ? given : xml_prefix_uri(scope->element, prefix,
		strlen(prefix));
}

static struct json *number_json(double number)
{
	if (isnan(number))
		return js_new_text("NaN");
	if (isinf(number))
		return js_new_text(number > 0 ? "Infinity" : "-Infinity");
	return js_new_number(number);
}

static struct json *item_json(struct engine_record *r, struct xp_node item,
	struct arena *arena)
{
	const struct xp_tree_ops *ops = item.tree->ops;
	struct node *n = session_node_of(r->session, item);
	struct json *o = js_new_object();
	const char *prefix = ops->prefix(item.tree, item.at);
	char *name = str_format("%s%s%s", prefix, prefix[0] != '\0' ? ":" : "",
		ops->local(item.tree, item.at));

	js_put_text(o, "name", name);
	js_put_text(o, "value", ops->text(item.tree, item.at, arena));
	if (n != NULL) {
		struct place place = { n, NULL };
		char *ref = place_ref(&place);

		js_put_int(o, "node", node_id(n));
		js_put_text(o, "ref", ref);
		free(ref);
	}
	free(name);
	return o;
}

static bool put_nodeset(struct op *op, struct engine_record *r,
	const struct xp_value *value, struct arena *arena)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < value->nodes.n; i++)
		js_add(list, item_json(r, value->nodes.items[i], arena));
	js_put_text(op->result, "type", "nodeset");
	js_put(op->result, "value", list);
	return true;
}

static bool put_as(struct op *op, struct engine_record *r,
	const struct xp_value *value, const char *as, struct arena *arena)
{
	static const char *const types[] = { [XP_NODESET] = "nodeset",
		[XP_BOOLEAN] = "boolean", [XP_NUMBER] = "number",
		[XP_STRING] = "string" };

	if (as == NULL)
		as = types[value->type];
	if (strcmp(as, "nodeset") == 0) {
		if (value->type != XP_NODESET)
			return err_set(&op->err, ERR_XPATH,
				_("the result is no set of nodes"));
		return put_nodeset(op, r, value, arena);
	}
	js_put_text(op->result, "type", as);
	if (strcmp(as, "string") == 0)
		js_put_text(op->result, "value", xp_to_text(value, arena));
	else if (strcmp(as, "number") == 0)
		js_put(op->result, "value", number_json(xp_to_number(value,
			arena)));
	else if (strcmp(as, "boolean") == 0)
		js_put_bool(op->result, "value", xp_to_boolean(value));
	else
		return op_bad_request(op, _("'as' is 'string', 'number', "
			"'boolean' or 'nodeset'"));
	return true;
}

static bool eval_in_record(struct op *op, struct engine_record *r,
	const char *as, struct arena *arena)
{
	struct scope scope = { js_get(op->request, "namespaces"),
		r->form->form->instance_xml };
	struct xpath_names names = { uri_of, &scope, js_get_text(scope.given,
		"") == NULL };
	struct xp_context context;
	struct xp_value value;
	struct xpath *program;
	struct node *n;

	if (!op_node(op, r, &n))
		return false;
	program = xpath_compile(arena, op->expression, &names, &op->err);
	if (program == NULL)
		return false;
	context = session_xpath_context(r->session, n, arena);
	return xpath_eval(program, &context, &value, &op->err) &&
		put_as(op, r, &value, as, arena);
}

bool op_xpath(struct op *op)
{
	struct engine_record *r;
	struct arena *arena;
	const char *as;
	bool ok;

	if (!op_text(op, "expression", &op->expression) ||
			!op_text(op, "as", &as))
		return false;
	if (op->expression == NULL)
		return op_bad_request(op, _("'expression' is missing"));
	r = op_record(op);
	if (r == NULL)
		return false;
	arena = arena_new();
	ok = eval_in_record(op, r, as, arena);
	arena_free(arena);
	return ok;
}
