/* xpath: evaluating an expression in a record, or in any document. */
#include "config.h"

#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "engine/op.h"
#include "xform/document.h"

/* `type` is said only if `has_type`. */
struct wanted { bool has_type; enum xp_type type; };

/* --- in a record --- */

/* Namespaces of the request before those of the form's instance. */
struct scope { const struct json *given; const struct xml_node *element; };

static const char *uri_of(const void *data, const char *prefix)
{
	const struct scope *scope = data;
	const char *uri = js_get_text(scope->given, prefix);

	if (uri == NULL)
		uri = xml_prefix_uri(scope->element, prefix, strlen(prefix));
	return uri != NULL ? uri : xf_usual_uri(prefix);
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

static struct json *nodeset_json(struct engine_record *r,
	const struct xp_nodeset *nodes, struct arena *arena)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < nodes->n; i++)
		js_add(list, item_json(r, nodes->items[i], arena));
	return list;
}

static bool put_result(struct op *op, struct engine_record *r,
	const struct xp_value *value, const struct wanted *wanted,
	struct arena *arena)
{
	enum xp_type type = wanted->has_type ? wanted->type : value->type;
	struct json *o;

	if (type == XP_NODESET && value->type != XP_NODESET)
		return err_set(&op->err, ERR_XPATH,
			_("the result is no set of nodes"));
	js_put_text(op->result, "type", xp_type_name(type));
	if (type == XP_NODESET)
		o = nodeset_json(r, &value->nodes, arena);
	else if (type == XP_STRING)
		o = js_new_text(xp_to_text(value, arena));
	else if (type == XP_NUMBER)
		o = xp_number_json(xp_to_number(value, arena));
	else
		o = js_new_bool(xp_to_boolean(value));
	js_put(op->result, "value", o);
	return true;
}

static bool eval_in_record(struct op *op, const struct wanted *wanted,
	struct engine_record *r, struct arena *arena)
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
		put_result(op, r, &value, wanted, arena);
}

static bool in_record(struct op *op, const struct wanted *wanted)
{
	struct engine_record *r = op_record(op);
	struct arena *arena;
	bool ok;

	if (r == NULL)
		return false;
	arena = arena_new();
	ok = eval_in_record(op, wanted, r, arena);
	arena_free(arena);
	return ok;
}

/* --- in a document --- */

struct question {
	struct xf_document_options options;
	struct xf_query query;
	VEC(struct xf_namespace) namespaces;
};

static bool read_question(struct op *op, const struct wanted *wanted,
	struct question *q)
{
	const struct json *given = js_get(op->request, "namespaces");

	q->query.expression = op->expression;
	q->query.has_type = wanted->has_type;
	q->query.type = wanted->type;
	for (const char *key = js_next_key(given, NULL); key != NULL;
			key = js_next_key(given, key)) {
		struct xf_namespace one = { key, js_get_text(given, key) };

		vec_push(&q->namespaces, one);
	}
	q->query.namespaces = q->namespaces.items;
	q->query.n_namespaces = q->namespaces.n;
	return op_text(op, "context", &q->query.context) &&
		op_text(op, "language", &q->options.language) &&
		op_text(op, "now", &q->options.now) &&
		op_text(op, "time_zone", &q->options.time_zone) &&
		op_seed(op, &q->options.has_seed, &q->options.seed);
}

static bool eval_in_document(struct op *op, const struct question *q,
	const struct str *xml, const char *name)
{
	struct xf_document *document = xf_document_new(xml->data, xml->len,
		name, &q->options, &op->err);
	struct xp_value value;
	bool ok = document != NULL && xf_document_eval(document, &q->query,
		&value, &op->err);

	if (ok) {
		js_free(op->result);
		op->result = xf_document_result(document, &value);
	}
	xf_document_free(document);
	return ok;
}

static bool in_document(struct op *op, const struct wanted *wanted)
{
	struct question q = { .options = { .language = NULL } };
	struct str xml = STR_INIT;
	const char *text = NULL, *path = NULL;
	bool ok = op_text(op, "xml", &text) && op_text(op, "path", &path) &&
		read_question(op, wanted, &q);

	if (ok && (text != NULL) == (path != NULL))
		ok = op_bad_request(op, _("an expression needs a 'record', or "
			"a document as 'xml' or as 'path'"));
	if (ok && path != NULL)
		ok = file_read(path, xml_limits_form.max_bytes, &xml,
			&op->err);
	if (ok && text != NULL)
		str_add(&xml, text);
	ok = ok && eval_in_document(op, &q, &xml, path);
	str_release(&xml);
	vec_release(&q.namespaces);
	return ok;
}

/* --- xpath --- */

static bool check_namespaces(struct op *op)
{
	const struct json *given = js_get(op->request, "namespaces");

	if (given == NULL || js_is_null(given))
		return true;
	if (!js_is_object(given))
		return op_bad_request(op,
			_("'namespaces' has to be an object"));
	for (const char *key = js_next_key(given, NULL); key != NULL;
			key = js_next_key(given, key))
		if (js_get_text(given, key) == NULL)
			return op_bad_request(op, _("the namespace of '%s' "
				"has to be a string"), key);
	return true;
}

static bool read_wanted(struct op *op, struct wanted *wanted)
{
	const char *as;

	if (!op_text(op, "as", &as))
		return false;
	wanted->has_type = as != NULL;
	return as == NULL || xp_type_of_name(as, &wanted->type) ||
		op_bad_request(op, _("'as' is 'string', 'number', "
			"'boolean' or 'nodeset'"));
}

bool op_xpath(struct op *op)
{
	struct wanted wanted = { false, XP_STRING };

	if (!op_text(op, "expression", &op->expression) ||
			!read_wanted(op, &wanted) || !check_namespaces(op))
		return false;
	if (op->expression == NULL)
		return op_bad_request(op, _("'expression' is missing"));
	return js_get(op->request, "record") != NULL ?
		in_record(op, &wanted) : in_document(op, &wanted);
}
