/* Records: create, language, and what changes them. */
#include "config.h"

#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "engine/op.h"

void record_free(struct engine_record *r)
{
	if (r == NULL)
		return;
	session_free(r->session);
	js_free(r->properties);
	vec_release(&r->told);
	free(r);
}

uint64_t record_revision(struct engine_record *r)
{
	uint64_t now = session_revision(r->session);

	if (now != r->seen_revision) {
		r->seen_revision = now;
		r->revision++;
	}
	return r->revision;
}

static struct json *capture_json(struct engine_record *r,
	const struct capture *capture)
{
	struct place place = { capture->node, NULL };
	struct json *o = js_new_object();
	char *ref = place_ref(&place);

	js_put_int(o, "capture", capture->id);
	js_put_text(o, "kind", capture->kind == XF_SETGEOPOINT ? "geopoint" :
		"audio");
	js_put_int(o, "node", place_id(r, &place));
	js_put_text(o, "ref", ref);
	if (capture->quality != NULL)
		js_put_text(o, "quality", capture->quality);
	free(ref);
	return o;
}

/* An answer that the form no longer asks for is not thrown away. */
static void warn_of_kept(struct op *op, struct engine_record *r)
{
	const struct xf_node *repeat = session_take_kept(r->session);

	if (repeat == NULL)
		return;
	problem_add(&op->problems, SEVERITY_WARNING, ERR_REFUSED, "", 0, 0,
		repeat->ref, NULL, _("'%s' has more instances than its count "
		"says: those at the end hold answers, and stay until they are "
		"removed"), repeat->ref);
	op_put_warnings(op);
}

void record_put_change(struct op *op, struct engine_record *r)
{
	struct json *captures = js_new_array();
	struct capture capture;

	while (session_next_capture(r->session, &capture))
		js_add(captures, capture_json(r, &capture));
	js_put_int(op->result, "revision", (int64_t)record_revision(r));
	if (js_size(captures) > 0)
		js_put(op->result, "captures", captures);
	else
		js_free(captures);
	warn_of_kept(op, r);
}

/* --- create --- */

static const char *property(void *data, const char *name)
{
	const struct engine_record *r = data;

	return js_get_text(r->properties, name);
}

static bool read_options(struct op *op, struct engine_record *r,
	struct session_options *options)
{
	const struct json *given = js_get(op->request, "properties");

	if (!op_text(op, "language", &options->language) ||
			!op_text(op, "now", &options->now) ||
			!op_text(op, "time_zone", &options->time_zone) ||
			!op_seed(op, &options->has_seed, &options->seed))
		return false;
	if (given != NULL && !js_is_null(given)) {
		if (!js_is_object(given))
			return op_bad_request(op,
				_("'properties' has to be an object"));
		r->properties = js_copy(given);
		options->property = property;
		options->property_data = r;
	}
	return true;
}

static bool read_mode(struct op *op, bool *edit)
{
	const char *mode;

	if (!op_text(op, "mode", &mode))
		return false;
	*edit = mode != NULL && strcmp(mode, "edit") == 0;
	if (mode == NULL || *edit || strcmp(mode, "resume") == 0)
		return true;
	return op_bad_request(op, _("'mode' is 'resume' or 'edit'"));
}

/* The record's XML, if any was given. */
static bool read_xml(struct op *op, struct str *bytes, bool *given)
{
	const char *xml, *path;

	if (!op_text(op, "xml", &xml) || !op_text(op, "path", &path))
		return false;
	*given = xml != NULL || path != NULL;
	if (xml != NULL && path != NULL)
		return op_bad_request(op,
			_("a record is given as 'xml' or as 'path'"));
	if (xml != NULL)
		str_add(bytes, xml);
	return path == NULL || file_read(path, xml_limits_record.max_bytes,
		bytes, &op->err);
}

static bool begin(struct op *op, struct engine_record *r)
{
	struct session_options options = { 0 };
	struct str bytes = STR_INIT;
	const char *last_saved = js_get_text(js_get(r->form->attachments,
		"jr://instance/last-saved"), "text");
	bool edit, given = false;

	if (read_options(op, r, &options) && read_mode(op, &edit) &&
			read_xml(op, &bytes, &given)) {
		options.last_saved = last_saved;
		options.training = op->engine->training;
		r->session = given ? session_load(r->form->form, bytes.data,
			bytes.len, edit, &options, &op->problems, &op->err) :
			session_new(r->form->form, &options, &op->err);
	}
	str_release(&bytes);
	return r->session != NULL;
}

bool op_create(struct op *op)
{
	struct engine_record *r = xcalloc(1, sizeof *r);

	r->form = op_form(op);
	if (r->form == NULL || !begin(op, r)) {
		record_free(r);
		return false;
	}
	r->handle = ++op->engine->last_record;
	r->revision = 1;
	r->seen_revision = session_revision(r->session);
	vec_push(&op->engine->records, r);
	js_put_int(op->result, "record", r->handle);
	record_put_change(op, r);
	op_put_warnings(op);
	return true;
}

/* --- changes, whole or not at all --- */

static bool end_change(struct op *op, struct engine_record *r, bool ok)
{
	if (!ok) {
		session_rollback(r->session);
		return false;
	}
	session_commit(r->session);
	record_put_change(op, r);
	return true;
}

bool op_language(struct op *op)
{
	struct engine_record *r = op_record(op);
	const char *language;

	if (r == NULL || !op_text(op, "language", &language))
		return false;
	if (language != NULL) {
		session_begin(r->session);
		if (!end_change(op, r, session_set_language(r->session,
				language, &op->err)))
			return false;
	}
	language = session_language(r->session);
	js_put(op->result, "language", language != NULL ?
		js_new_text(language) : js_new_null());
	return true;
}

/* --- set --- */

/* What XML 1.0 cannot hold cannot be an answer. */
static bool is_xml_text(const char *text)
{
	for (const char *p = text; *p != '\0';) {
		unsigned c = utf8_next(&p);

		if ((c < 32 && c != '\t' && c != '\n' && c != '\r') ||
				c == 0xFFFE || c == 0xFFFF)
			return false;
	}
	return true;
}

static bool bad_value(struct op *op, const char *message)
{
	return err_set(&op->err, ERR_VALUE, "%s", message);
}

static void add_number(struct str *out, const struct json *value)
{
	struct arena *arena;

	if (js_is_int(value)) {
		str_addf(out, "%lld", (long long)js_int(value));
		return;
	}
	arena = arena_new();
	str_add(out, xp_number_to_text(js_number(value), arena));
	arena_free(arena);
}

static bool add_geopoint(struct op *op, const struct json *value,
	struct str *out)
{
	static const char *const names[] = { "latitude", "longitude",
		"altitude", "accuracy" };
	size_t n = 4;

	while (n > 0 && !js_is_number(js_get(value, names[n - 1])))
		n--;
	if (n < 2)
		return bad_value(op, _("a place needs a latitude and a "
			"longitude"));
	for (size_t i = 0; i < n; i++) {
		const struct json *part = js_get(value, names[i]);

		if (i > 0)
			str_addc(out, ' ');
		if (js_is_number(part))
			add_number(out, part);
		else
			str_addc(out, '0');
	}
	return true;
}

static char is_wanted, is_taken;	/* what a value's entry points to */

struct ordering {
	struct map values;		/* each one asked for */
	struct str *out;
};

static void add_word(struct str *out, const char *word)
{
	if (out->len > 0)
		str_addc(out, ' ');
	str_add(out, word);
}

static void take(struct ordering *o, const char *value)
{
	if (map_get(&o->values, value) != &is_wanted)
		return;
	map_set(&o->values, value, &is_taken);
	add_word(o->out, value);
}

static void take_choice(void *data, const struct choice_source *choice)
{
	take(data, choice->value);
}

/* In the order of the choices; what is none of them follows, and it is up to
 * the question whether it stays. */
static bool add_in_order(struct op *op, struct engine_record *r,
	struct node *n, const struct json *values, struct str *out)
{
	struct ordering o = { MAP_INIT, out };
	bool ok;

	for (size_t i = 0; i < js_size(values); i++)
		map_set(&o.values, js_text(js_at(values, i)), &is_wanted);
	ok = session_each_choice(r->session, n, NULL, take_choice, &o,
		&op->err);
	for (size_t i = 0; ok && i < js_size(values); i++)
		take(&o, js_text(js_at(values, i)));
	map_release(&o.values);
	return ok;
}

static bool add_list(struct op *op, struct engine_record *r, struct node *n,
	const struct json *values, struct str *out)
{
	const struct xf_control *select = NULL;
	const struct xf_node *form = node_form(n);

	for (unsigned i = 0; i < form->n_controls; i++)
		switch (form->controls[i]->kind) {
		case XF_SELECT1:
		case XF_SELECT:
		case XF_RANK:
			select = form->controls[i];
			break;
		default:
			break;
		}
	for (size_t i = 0; i < js_size(values); i++)
		if (js_text(js_at(values, i)) == NULL)
			return bad_value(op,
				_("a list of values holds strings only"));
	if (select == NULL)
		return bad_value(op, _("only a question with choices takes a "
			"list of values"));
	if (select->kind == XF_SELECT)
		return add_in_order(op, r, n, values, out);
	for (size_t i = 0; i < js_size(values); i++)
		add_word(out, js_text(js_at(values, i)));
	return true;
}

static bool is_trigger(const struct node *n)
{
	const struct xf_node *form = node_form(n);

	return form->n_controls > 0 &&
		form->controls[0]->kind == XF_TRIGGER;
}

/* The lexical value that a JSON value stands for. */
static bool lexical(struct op *op, struct engine_record *r, struct node *n,
	struct str *out)
{
	const struct json *value = js_get(op->request, "value");

	if (value == NULL || js_is_null(value))
		return true;
	if (js_text(value) != NULL) {
		str_add(out, js_text(value));
		return true;
	}
	if (js_is_number(value)) {
		add_number(out, value);
		return true;
	}
	if (js_is_bool(value)) {
		if (is_trigger(n))
			str_add(out, js_true(value) ? "OK" : "");
		else
			str_add(out, js_true(value) ? "true" : "false");
		return true;
	}
	if (js_is_array(value))
		return add_list(op, r, n, value, out);
	if (node_form(n)->bind->type == XF_GEOPOINT)
		return add_geopoint(op, value, out);
	return bad_value(op, _("an object is a value of a geopoint only"));
}

static bool read_value(struct op *op, struct engine_record *r, struct node *n,
	struct str *value)
{
	if (!lexical(op, r, n, value))
		return false;
	return is_xml_text(value->data) || bad_value(op, _("the value has a "
		"control character, which XML cannot hold"));
}

bool op_set(struct op *op)
{
	struct engine_record *r = op_record(op);
	struct str value = STR_INIT;
	struct node *n;
	bool strict = false, ok;

	if (r == NULL || !op_node(op, r, &n) ||
			!op_flag(op, "strict", &strict))
		return false;
	ok = read_value(op, r, n, &value);
	if (ok) {
		session_begin(r->session);
		ok = end_change(op, r, session_set(r->session, n, value.data,
			strict, &op->err));
	}
	if (ok)
		js_put_text(op->result, "value", node_value(r->session, n));
	str_release(&value);
	return ok;
}

/* --- insert, remove --- */

static bool op_repeat(struct op *op, struct engine_record *r,
	struct place *place)
{
	if (!op_place(op, r, place))
		return false;
	return place->repeat != NULL || err_set(&op->err, ERR_REFUSED,
		_("'%s' is no repeat"), node_form(place->node)->ref);
}

bool op_insert(struct op *op)
{
	struct engine_record *r = op_record(op);
	struct place place;
	size_t after, count = 1;
	struct json *inserted;

	if (r == NULL || !op_repeat(op, r, &place))
		return false;
	after = node_count(place.node, place.repeat);
	if (!op_count(op, "after", &after) || !op_count(op, "count", &count))
		return false;
	session_begin(r->session);
	if (!end_change(op, r, session_insert(r->session, place.node,
			place.repeat, after, count, &op->err)))
		return false;
	inserted = js_new_array();
	for (size_t i = 1; i <= count; i++)
		js_add(inserted, js_new_int(node_id(node_instance(place.node,
			place.repeat, after + i))));
	js_put(op->result, "inserted", inserted);
	return true;
}

bool op_remove(struct op *op)
{
	struct engine_record *r = op_record(op);
	struct node *n;
	size_t count = 1;

	if (r == NULL || !op_node(op, r, &n) ||
			!op_count(op, "count", &count))
		return false;
	if (!node_form(n)->is_repeat)
		return err_set(&op->err, ERR_REFUSED,
			_("'%s' is no instance of a repeat"),
			node_form(n)->ref);
	session_begin(r->session);
	return end_change(op, r, session_remove(r->session, node_parent(n),
		node_form(n), node_position(n), count, &op->err));
}

bool op_capture(struct op *op)
{
	struct engine_record *r = op_record(op);
	struct str value = STR_INIT;
	struct node *n;
	size_t id = 0;
	bool ok;

	if (r == NULL || !op_count(op, "capture", &id))
		return false;
	n = session_capture_node(r->session, (uint32_t)id, &op->err);
	if (n == NULL)
		return false;
	ok = read_value(op, r, n, &value);
	if (ok) {
		session_begin(r->session);
		ok = end_change(op, r, session_capture(r->session,
			(uint32_t)id, value.data, &op->err));
	}
	str_release(&value);
	return ok;
}
