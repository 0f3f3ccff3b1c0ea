/* validate, serialize, finalize: checking a record and taking it away. */
#include "config.h"

#include "base/mem.h"
#include "engine/op.h"
#include "session/entity.h"

/* False: an expression failed. */
static bool put_violations(struct op *op, struct engine_record *r, bool rich,
	bool always)
{
	struct session_violations found = { 0 };
	struct json *list;

	if (!session_validate(r->session, &found, &op->err)) {
		session_violations_release(&found);
		return false;
	}
	list = js_new_array();
	for (size_t i = 0; i < found.n; i++) {
		struct place place = { found.items[i].node, NULL };
		struct json *o = violation_json(r, place.node,
			found.items[i].condition, rich);
		char *ref = place_ref(&place);

		js_put_int(o, "node", place_id(r, &place));
		js_put_text(o, "ref", ref);
		js_add(list, o);
		free(ref);
	}
	js_put_bool(op->result, "valid", found.n == 0);
	if (found.n > 0 || always)
		js_put(op->result, "violations", list);
	else
		js_free(list);
	session_violations_release(&found);
	return true;
}

bool op_validate(struct op *op)
{
	struct engine_record *r = op_record(op);
	bool rich = false;

	return r != NULL && op_flag(op, "rich", &rich) &&
		put_violations(op, r, rich, true);
}

static bool put_xml(struct op *op, struct engine_record *r, bool all)
{
	struct str xml = STR_INIT;
	bool ok = session_serialize(r->session, all, &xml, &op->err);

	if (ok)
		js_put_text(op->result, "xml", xml.data);
	str_release(&xml);
	return ok;
}

static bool put_compact(struct op *op, struct engine_record *r)
{
	struct str line = STR_INIT;
	bool ok = session_compact(r->session, &line, &op->err);

	if (ok)
		js_put_text(op->result, "compact", line.data);
	str_release(&line);
	return ok;
}

bool op_serialize(struct op *op)
{
	struct engine_record *r = op_record(op);
	bool all = false, compact = false;

	return r != NULL && op_flag(op, "all", &all) &&
		op_flag(op, "compact", &compact) && put_xml(op, r, all) &&
		(!compact || put_compact(op, r));
}

/* --- finalize --- */

static bool is_upload(const struct xf_node *form)
{
	for (unsigned i = 0; i < form->n_controls; i++)
		if (form->controls[i]->kind == XF_UPLOAD)
			return true;
	return false;
}

static void add_attachments(struct engine_record *r, struct node *n,
	struct json *list)
{
	const struct xf_node *form = node_form(n);

	if (!node_is_relevant(r->session, n))
		return;
	if (form->is_value) {
		const char *name = node_value(r->session, n);
		struct place place = { n, NULL };
		struct json *o;
		char *ref;

		if (!is_upload(form) || name[0] == '\0')
			return;
		ref = place_ref(&place);
		o = js_new_object();
		js_put_int(o, "node", node_id(n));
		js_put_text(o, "ref", ref);
		js_put_text(o, "name", name);
		js_add(list, o);
		free(ref);
		return;
	}
	for (unsigned i = 0; i < form->n_children; i++)
		for (size_t k = 1; k <= node_count(n, form->children[i]); k++)
			add_attachments(r, node_instance(n, form->children[i],
				k), list);
}

static void put_meta(struct op *op, struct engine_record *r, const char *name,
	const struct xf_node *meta)
{
	struct node *n = session_meta(r->session, meta);

	if (n != NULL && node_value(r->session, n)[0] != '\0')
		js_put_text(op->result, name, node_value(r->session, n));
}

static struct json *properties_json(const struct entity *e)
{
	struct json *o = js_new_object();

	for (size_t i = 0; i < e->n_properties; i++)
		js_put_text(o, e->properties[i].name, e->properties[i].value);
	return o;
}

static void put_version(struct json *o, const char *name, const char *value)
{
	if (value[0] != '\0')
		js_put_text(o, name, value);
}

static struct json *entity_json(const struct entity *e)
{
	struct place place = { e->node, NULL };
	struct json *o = js_new_object();
	char *ref = place_ref(&place);

	js_put_int(o, "node", node_id(e->node));
	js_put_text(o, "ref", ref);
	js_put_text(o, "dataset", e->dataset);
	js_put_text(o, "action", entity_action_name(e->action));
	js_put_text(o, "id", e->id);
	js_put_text(o, "label", e->label);
	put_version(o, "base_version", e->base_version);
	put_version(o, "trunk_version", e->trunk_version);
	put_version(o, "branch_id", e->branch_id);
	js_put(o, "properties", properties_json(e));
	if (e->fault != ENTITY_FITS)
		js_put_text(o, "fault", entity_fault_name(e->fault));
	free(ref);
	return o;
}

static void put_entities(struct op *op, struct engine_record *r)
{
	struct arena *arena = arena_new();
	struct json *list = js_new_array();
	struct entities entities;

	session_entities(r->session, arena, &entities);
	for (size_t i = 0; i < entities.n; i++)
		js_add(list, entity_json(&entities.items[i]));
	js_put(op->result, "entities", list);
	arena_free(arena);
}

bool op_finalize(struct op *op)
{
	struct engine_record *r = op_record(op);
	const struct xform *form;
	struct json *attachments;

	if (r == NULL)
		return false;
	form = r->form->form;
	session_begin(r->session);
	if (!session_finalize(r->session, &op->err) ||
			!put_violations(op, r, false, false) ||
			!put_xml(op, r, false)) {
		session_rollback(r->session);
		return false;
	}
	session_commit(r->session);
	record_put_change(op, r);
	put_meta(op, r, "instance_id", form->instance_id);
	put_meta(op, r, "instance_name", form->instance_name);
	attachments = js_new_array();
	add_attachments(r, session_root(r->session), attachments);
	js_put(op->result, "attachments", attachments);
	if (form->n_entities > 0)
		put_entities(op, r);
	return true;
}
