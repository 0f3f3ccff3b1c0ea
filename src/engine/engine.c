/* The envelope: requests in, responses out, handles.  See engine.h. */
#include "config.h"

#include "engine/engine.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "engine/op.h"

static const struct { const char *name; op_run *run; } ops[] = {
	{ "hello", op_hello }, { "open", op_open }, { "close", op_close },
	{ "create", op_create }, { "language", op_language },
	{ "nodes", op_nodes }, { "node", op_one_node },
	{ "choices", op_choices }, { "set", op_set },
	{ "insert", op_insert }, { "remove", op_remove },
	{ "capture", op_capture }, { "validate", op_validate },
	{ "serialize", op_serialize }, { "finalize", op_finalize },
	{ "xpath", op_xpath },
};

struct engine *engine_new(bool training)
{
	struct engine *e = xcalloc(1, sizeof *e);

	e->training = training;
	return e;
}

void engine_free(struct engine *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->records.n; i++)
		record_free(e->records.items[i]);
	for (size_t i = 0; i < e->forms.n; i++)
		form_free(e->forms.items[i]);
	vec_release(&e->records);
	vec_release(&e->forms);
	free(e);
}

/* --- what requests say --- */

bool op_bad_request(struct op *op, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	err_vset(&op->err, ERR_USAGE, format, arguments);
	va_end(arguments);
	op->code = "request";
	return false;
}

bool op_text(struct op *op, const char *name, const char **text)
{
	const struct json *member = js_get(op->request, name);

	*text = js_text(member);
	if (*text != NULL || member == NULL || js_is_null(member))
		return true;
	return op_bad_request(op, _("'%s' has to be a string"), name);
}

bool op_flag(struct op *op, const char *name, bool *flag)
{
	const struct json *member = js_get(op->request, name);

	if (member == NULL || js_is_null(member))
		return true;
	if (!js_is_bool(member))
		return op_bad_request(op, _("'%s' has to be true or false"),
			name);
	*flag = js_true(member);
	return true;
}

bool op_count(struct op *op, const char *name, size_t *number)
{
	const struct json *member = js_get(op->request, name);

	if (member == NULL || js_is_null(member))
		return true;
	if (!js_is_int(member) || js_int(member) < 0)
		return op_bad_request(op, _("'%s' has to be a whole number, "
			"not below 0"), name);
	*number = (size_t)js_int(member);
	return true;
}

bool op_seed(struct op *op, bool *has_seed, uint64_t *seed)
{
	const struct json *member = js_get(op->request, "seed");

	if (member == NULL || js_is_null(member))
		return true;
	if (!js_is_int(member))
		return op_bad_request(op, _("'%s' has to be a whole number"),
			"seed");
	*has_seed = true;
	*seed = (uint64_t)js_int(member);
	return true;
}

static bool no_handle(struct op *op, const char *name)
{
	op->code = "handle";
	/* TRANSLATORS: %s is 'form' or 'record', as in the protocol */
	return err_set(&op->err, ERR_NOTFOUND, _("there is no such %s"), name);
}

static bool handle_of(struct op *op, const char *name, int64_t *handle)
{
	const struct json *member = js_get(op->request, name);

	if (!js_is_int(member))
		return op_bad_request(op, _("'%s' has to be a whole number"),
			name);
	*handle = js_int(member);
	return true;
}

struct engine_form *op_form(struct op *op)
{
	int64_t handle;

	if (!handle_of(op, "form", &handle))
		return NULL;
	for (size_t i = 0; i < op->engine->forms.n; i++)
		if (op->engine->forms.items[i]->handle == handle)
			return op->engine->forms.items[i];
	no_handle(op, "form");
	return NULL;
}

struct engine_record *op_record(struct op *op)
{
	int64_t handle;

	if (!handle_of(op, "record", &handle))
		return NULL;
	for (size_t i = 0; i < op->engine->records.n; i++)
		if (op->engine->records.items[i]->handle == handle)
			return op->engine->records.items[i];
	no_handle(op, "record");
	return NULL;
}

bool op_place(struct op *op, struct engine_record *r, struct place *place)
{
	const struct json *member = js_get(op->request, "node");
	const char *ref = js_text(member);

	if (ref != NULL) {
		free(op->ref);
		op->ref = xstrdup(ref);
		return session_place(r->session, ref, place, &op->err);
	}
	if (js_is_int(member)) {
		int64_t id = js_int(member);

		if (id > 0 && id <= UINT32_MAX && session_place_by_id(
				r->session, (uint32_t)id, place)) {
			free(op->ref);
			op->ref = place_ref(place);
			return true;
		}
		return err_set(&op->err, ERR_NODE,
			_("there is no node %lld"), (long long)id);
	}
	if (member != NULL && !js_is_null(member))
		return op_bad_request(op,
			_("'node' has to be a reference or an id"));
	*place = (struct place){ session_root(r->session), NULL };
	return true;
}

bool op_node(struct op *op, struct engine_record *r, struct node **n)
{
	struct place place;

	if (!op_place(op, r, &place))
		return false;
	if (place.repeat != NULL)
		return err_set(&op->err, ERR_REFUSED, _("'%s' is a repeat as a "
			"whole: name one of its instances, as in '%s[1]'"),
			place.repeat->ref, place.repeat->ref);
	*n = place.node;
	return true;
}

/* --- problems --- */

/* The codes of the protocol; ours are finer. */
static const char *protocol_code(enum err_code code)
{
	switch (code) {
	case ERR_XML:
	case ERR_CYCLE:
	case ERR_RESOURCE:
	case ERR_RECORD:
	case ERR_NODE:
	case ERR_REFUSED:
	case ERR_VALUE:
	case ERR_XPATH:
	case ERR_SPEC:
	case ERR_INTERNAL:
		return err_code_name(code);
	case ERR_SYNTAX:
		return "xpath";
	case ERR_IO:
		return "resource";
	case ERR_LIMIT:
		return "refused";
	case ERR_USAGE:
		return "request";
	case ERR_NOTFOUND:
		return "handle";
	default:
		return "internal";
	}
}

static void put_place(struct json *to, const char *file, int line, int column,
	const char *ref, const char *expression)
{
	if (!str_is_empty(file))
		js_put_text(to, "file", file);
	if (line > 0)
		js_put_int(to, "line", line);
	if (column > 0)
		js_put_int(to, "column", column);
	if (!str_is_empty(ref))
		js_put_text(to, "ref", ref);
	if (!str_is_empty(expression))
		js_put_text(to, "expression", expression);
}

struct json *problem_json(const struct problem *p)
{
	struct json *o = js_new_object();

	js_put_text(o, "code", protocol_code(p->code));
	js_put_text(o, "message", p->message);
	put_place(o, p->file, p->line, p->column, p->ref, p->expression);
	return o;
}

static struct json *problems_json(const struct problems *problems,
	enum severity severity, size_t skip)
{
	struct json *list = js_new_array();

	for (size_t i = 0; i < problems->n; i++)
		if (problems->items[i].severity == severity && skip-- == 0) {
			js_add(list, problem_json(&problems->items[i]));
			skip = 0;
		}
	return list;
}

void op_put_warnings(struct op *op)
{
	struct json *list = problems_json(&op->problems, SEVERITY_WARNING, 0);

	if (js_size(list) > 0)
		js_put(op->result, "warnings", list);
	else
		js_free(list);
}

static struct json *error_json(const struct op *op)
{
	struct json *o = js_new_object();
	struct json *more = problems_json(&op->problems, SEVERITY_ERROR, 1);

	js_put_text(o, "code", op->code != NULL ? op->code :
		protocol_code(op->err.code));
	js_put_text(o, "message", op->err.message);
	put_place(o, op->err.source, op->err.line, op->err.column, op->ref,
		op->expression);
	if (op->problems.n_errors > 0 && str_is_empty(op->ref) &&
			str_is_empty(op->expression))
		for (size_t i = 0; i < op->problems.n; i++)
			if (op->problems.items[i].severity == SEVERITY_ERROR) {
				put_place(o, NULL, 0, 0,
					op->problems.items[i].ref,
					op->problems.items[i].expression);
				break;
			}
	if (js_size(more) > 0)
		js_put(o, "more", more);
	else
		js_free(more);
	return o;
}

/* --- answering --- */

bool op_hello(struct op *op)
{
	js_put_text(op->result, "engine", "bayaz");
	js_put_text(op->result, "version", PACKAGE_VERSION);
	js_put_int(op->result, "protocol", ENGINE_PROTOCOL);
	return true;
}

static bool run(struct op *op)
{
	const char *name = js_get_text(op->request, "op");

	if (!js_is_object(op->request))
		return op_bad_request(op, _("a request is a JSON object"));
	if (name == NULL)
		return op_bad_request(op, _("'op' is missing"));
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (strcmp(ops[i].name, name) == 0)
			return ops[i].run(op);
	return op_bad_request(op, _("there is no op '%s'"), name);
}

/* What is written already goes in as the last member. */
static void add_result(const struct op *op, struct str *out)
{
	js_write_ordered(out, op->result);
	if (op->nodes.len == 0)
		return;
	str_cut(out, out->len - 1);
	if (js_size(op->result) > 0)
		str_addc(out, ',');
	str_add(out, "\"nodes\":");
	str_addn(out, op->nodes.data, op->nodes.len);
	str_addc(out, '}');
}

static void add_error(const struct op *op, struct str *out)
{
	struct json *error = error_json(op);
	js_write_ordered(out, error);
	js_free(error);
}

static void respond(const struct op *op, bool ok, struct str *out)
{
	const struct json *given = js_get(op->request, "id");
	char *id = given != NULL ? js_print_ordered(given) : xstrdup("null");

	str_addf(out, "{\"id\":%s,\"%s\":", id, ok ? "result" : "error");
	if (ok)
		add_result(op, out);
	else
		add_error(op, out);
	str_addc(out, '}');
	free(id);
}

void engine_answer(struct engine *e, const char *line, size_t n_bytes,
	struct str *out)
{
	struct op op = { .engine = e, .problems = PROBLEMS_INIT,
		.nodes = STR_INIT };
	struct json *request = js_parse(line, n_bytes, &op.err);
	bool ok = false;

	op.request = request;
	op.result = js_new_object();
	if (request == NULL)
		op.code = "request";
	else
		ok = run(&op);
	if (ok && op.nodes.over)
		ok = err_set(&op.err, ERR_LIMIT, _("the answer would be too "
			"long: ask for a part of it, by 'node'"));
	respond(&op, ok, out);
	js_free(op.result);
	str_wipe(&op.nodes);
	problems_release(&op.problems);
	free(op.ref);
	js_free(request);
}
