/* A record's beginning, changes and end.  See session.h. */
#include "config.h"

#include "session/session.h"

#include <stdio.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/zone.h"
#include "session/node.h"
#include "xpath/date.h"

/* --- beginning and end of life --- */

static bool set_clock(struct session *s, const char *now, struct err *err)
{
	struct date_time t;
	int64_t seconds;

	if (now == NULL)
		return true;
	if (!date_parse(now, &t) || !t.has_date || !t.has_clock)
		return err_set(err, ERR_VALUE, _("'%s' is no date and time"),
			now);
	seconds = date_to_days(t.date) * 86400 + t.clock.hour * 3600 +
		t.clock.minute * 60 + t.clock.second;
	s->stands_at.offset_minutes = t.has_zone ? t.zone_minutes :
		session_zone_offset(s, seconds);
	s->stands_at.ms = (seconds - s->stands_at.offset_minutes * 60) * 1000 +
		t.clock.ms;
	s->clock_stands = true;
	if (s->time_zone != NULL)
		s->stands_at.offset_minutes = session_zone_offset(s,
			s->stands_at.ms / 1000);
	return true;
}

static bool set_zone(struct session *s, const char *zone, struct err *err)
{
	if (zone == NULL)
		return true;
	if (!zone_is_known(zone))
		return err_set(err, ERR_VALUE, _("there is no time zone '%s'"),
			zone);
	s->time_zone = xstrdup(zone);
	return true;
}

static bool set_last_saved(struct session *s, const char *xml, struct err *err)
{
	if (xml == NULL)
		return true;
	s->last_saved = xml_parse(xml, strlen(xml), "last-saved",
		&xml_limits_record, err);
	if (s->last_saved == NULL)
		return false;
	xp_xml_init(&s->last_saved_tree, s->last_saved,
		s->last_saved->document);
	return true;
}

static struct session *begin(const struct xform *form,
	const struct session_options *options, struct err *err)
{
	static const struct session_options none;
	struct session *s = xcalloc(1, sizeof *s);

	if (options == NULL)
		options = &none;
	s->tree.ops = &session_tree_ops;
	s->relevance_round = 1;		/* fresh nodes know nothing */
	s->tree.contextual = true;
	s->form = form;
	s->scratch = arena_new();
	s->language = form->default_language;
	s->original_mark = options->original_mark;
	s->isolates = options->isolates;
	s->property = options->property;
	s->property_data = options->property_data;
	s->clock_ms = options->clock_ms;
	s->clock_data = options->clock_data;
	s->is_training = options->training;
	s->clock_is_given = options->clock_given;
	s->chance = (struct chance){ options->seed, options->has_seed };
	env_init(s);
	if (form->n_languages > 0)
		s->env.language = form->languages[s->language];
	if (set_zone(s, options->time_zone, err) &&
			set_clock(s, options->now, err) &&
			set_last_saved(s, options->last_saved, err) &&
			(options->language == NULL ||
			session_set_language(s, options->language, err)))
		return s;
	session_free(s);
	return NULL;
}

void session_free(struct session *s)
{
	if (s == NULL)
		return;
	node_free(s->root);
	vec_release(&s->marks);
	vec_release(&s->to_spread);
	vec_release(&s->timely);
	vec_release(&s->written_over);
	vec_release(&s->counts);
	vec_release(&s->waiting);
	vec_release(&s->stale);
	vec_release(&s->asleep);
	vec_release(&s->unsaved);
	session_commit(s);
	vec_release(&s->changes);
	vec_release(&s->by_id);
	vec_release(&s->captures);
	arena_free(s->scratch);
	xml_free(s->last_saved);
	free(s->ranks);
	free(s->own_counts);
	free(s->time_zone);
	free(s);
}

/* A repeat whose instances nobody adds or removes has those that the form gives
 * it; one, if that only has a template. */
static void settle_fixed(struct session *s, struct node *n)
{
	if (n->slots == NULL)
		return;
	for (unsigned i = 0; i < n->form->n_children; i++) {
		const struct xf_node *child = n->form->children[i];
		struct slot *slot = &n->slots[i];
		size_t want = child->n_given > 0 ? child->n_given : 1;

		if (child->is_repeat && child->no_add_remove) {
			while (slot->n < want)
				instance_insert(s, n, child, slot->n);
			if (s->load_problems != NULL)
				drop_beyond(s, n, child, want);
		}
		for (uint32_t k = 0; k < slot->n; k++)
			settle_fixed(s, slot->items[k]);
	}
}

static bool says(const struct xml_node *root, const char *local,
	const char *value)
{
	const char *text = xml_attribute(root, NS_BAYAZ, local);

	return text != NULL && strcmp(text, value) == 0;
}

bool session_is_training(const struct session *s)
{
	return s->is_training;
}

bool session_clock_is_given(const struct session *s)
{
	return s->clock_is_given;
}

void session_set_clock_given(struct session *s)
{
	s->clock_is_given = true;
}

static void plant(struct session *s, const struct xml_node *xml,
	struct problems *problems)
{
	s->is_training = s->is_training || says(xml, "training", "yes");
	s->clock_is_given = s->clock_is_given || says(xml, "clock", "given");
	s->root = node_new(s, s->form->root, &s->document);
	node_fill(s, s->root, xml, false, problems);
	settle_fixed(s, s->root);
}

static bool start(struct session *s, unsigned events, struct err *err)
{
	if (!fire_load(s, events, err) || !settle_counts(s, err))
		return false;
	return session_settle(s, err);
}

static void fill_instance_id(struct session *s)
{
	struct node *id = session_meta(s, s->form->instance_id);
	char text[48] = "uuid:";

	if (!s->form->fills_instance_id || id == NULL ||
			id->form->bind->calculate != NULL ||
			node_raw_value(id)[0] != '\0')
		return;
	session_uuid(s, text + 5);
	node_store(s, id, text);
	mark_value_changed(s, id);
}

struct session *session_new(const struct xform *form,
	const struct session_options *options, struct err *err)
{
	struct session *s = begin(form, options, err);

	if (s == NULL)
		return NULL;
	plant(s, form->instance_xml, NULL);
	preload(s, s->root, false);
	fill_instance_id(s);
	if (start(s, XF_ON_FIRST_LOAD | XF_ON_READY |
			XF_ON_INSTANCE_LOAD, err)) {
		s->revision = 1;
		return s;
	}
	session_free(s);
	return NULL;
}

static bool fits(const struct xform *form, const struct xml_node *root,
	struct err *err)
{
	const char *id = xml_attribute(root, "", "id");

	if (strcmp(root->local, form->root->local) != 0)
		return err_set(err, ERR_RECORD,
			_("the record's root is '%s', the form's is '%s'"),
			root->local, form->root->local);
	if (id == NULL && xml_attribute(form->instance_xml, "", "id") != NULL)
		return err_set(err, ERR_RECORD,
			_("the record does not say of which form it is: its "
			"root has no id"));
	if (id != NULL && form->id != NULL && strcmp(id, form->id) != 0)
		return err_set(err, ERR_RECORD,
			_("the record is of form '%s', not '%s'"), id, form->id);
	return true;
}

/* A new version of a finished record: its name moves to deprecatedID. */
static void become_edit(struct session *s)
{
	struct node *id = session_meta(s, s->form->instance_id);
	struct node *old = session_meta(s, s->form->deprecated_id);
	char text[48] = "uuid:";

	if (id == NULL)
		return;
	if (old == NULL && s->form->deprecated_id != NULL)
		old = instance_add_optional(s, id->parent,
			s->form->deprecated_id);
	if (old != NULL) {
		node_store(s, old, node_raw_value(id));
		mark_value_changed(s, old);
	}
	session_uuid(s, text + 5);
	node_store(s, id, text);
	mark_value_changed(s, id);
}

/* What a person answered must not be called unanswered after loading. */
static void mark_answers(struct node *n)
{
	if (n->form->is_value) {
		n->answered = n->raw != NULL && n->form->n_controls > 0;
		return;
	}
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			mark_answers(n->slots[i].items[k]);
}

struct session *session_load(const struct xform *form, const char *xml,
	size_t n_bytes, bool edit, const struct session_options *options,
	struct problems *problems, struct err *err)
{
	struct xml_doc *doc = xml_parse(xml, n_bytes, "", &xml_limits_record,
		err);
	struct session *s = NULL;

	if (doc == NULL)
		return NULL;
	if (fits(form, doc->root, err))
		s = begin(form, options, err);
	if (s != NULL) {
		s->is_loading = true;
		s->load_problems = problems;
		plant(s, doc->root, problems);
		s->is_loading = false;
		mark_answers(s->root);
		if (edit)
			become_edit(s);
		fill_instance_id(s);
		if (!start(s, XF_ON_INSTANCE_LOAD, err)) {
			session_free(s);
			s = NULL;
		} else {
			s->revision = 1;
			s->load_problems = NULL;
		}
	}
	xml_free(doc);
	return s;
}

struct speaking { struct session *s; enum xf_property property; };

/* What a person wrote over a calculation stays. */
static void mark_speaking(void *data, struct node *n)
{
	const struct speaking *speaking = data;

	if (speaking->property != XF_P_VALUE || !n->answered)
		mark_property(speaking->s, n, speaking->property);
}

/* Engine protocol, section 3: every expression that uses jr:itext follows. */
static void follow_language(struct session *s)
{
	for (size_t i = 0; i < s->form->n_uses; i++) {
		const struct xf_use *use = &s->form->uses[i];
		struct speaking speaking = { s, use->property };

		if (use->expr->speaks && use->attribute == NULL &&
				use->property < XF_N_PROPERTIES &&
				use->property != XF_P_COUNT)
			each_instance(s->root, use->node, mark_speaking,
				&speaking);
	}
	settle_timely(s);
}

bool session_set_language(struct session *s, const char *language,
	struct err *err)
{
	int found = language != NULL ? xform_language(s->form, language) : -1;

	if (found < 0)
		return err_set(err, ERR_REFUSED,
			_("the form has no language '%s'"),
			language != NULL ? language : "");
	s->language = (unsigned)found;
	s->env.language = s->form->languages[found];
	s->revision++;
	if (s->root != NULL)
		follow_language(s);
	return true;
}

/* --- changing --- */

static bool refuse_set(struct session *s, struct node *n, struct err *err)
{
	bool question = false;

	for (unsigned i = 0; i < n->form->n_controls; i++)
		question |= n->form->controls[i]->kind != XF_CONTROL_GROUP &&
			n->form->controls[i]->kind != XF_CONTROL_REPEAT;
	if (!n->form->is_value || !question)
		return !err_set(err, ERR_REFUSED, _("'%s' is no question"),
			n->form->ref);
	if (node_is_readonly(s, n))
		return !err_set(err, ERR_REFUSED, _("'%s' is read-only"),
			n->form->ref);
	return false;
}

/* For strict front ends: a value that the itemset does not offer. */
static bool is_offered(struct session *s, struct node *n, const char *value,
	struct err *err)
{
	const struct xf_control *control = node_select(n->form);
	char *before;
	bool same;

	if (control == NULL || control->itemset == NULL || control->is_open ||
			value[0] == '\0')
		return true;
	before = n->raw;
	n->raw = xstrdup(value);
	free(n->shown);
	n->shown = NULL;
	same = strlen(node_shown_value(s, n)) == strlen(value);
	free(n->raw);
	n->raw = before;
	free(n->shown);
	n->shown = NULL;
	return same || err_set(err, ERR_VALUE,
		_("this is not among the choices"));
}

/* After every change. */
static bool settle(struct session *s, struct err *err)
{
	settle_timely(s);
	if (!settle_counts(s, err))
		return false;
	settle_timely(s);		/* of new instances */
	return true;
}

static bool take_value(struct session *s, struct node *n, const char *cast,
	struct err *err)
{
	bool changed;

	/* A calculation that was overwritten runs again when triggered, be it
	 * by the same answer. */
	compute(s, n, XF_P_VALUE);
	changed = strcmp(node_raw_value(n), cast) != 0;
	undo_keep_state(s, n);
	node_store(s, n, cast);
	n->answered = true;
	n->computed = XP_STRING;
	note_written_over(s, n);
	mark_value_changed(s, n);
	settle_timely(s);
	return (!changed || fire_value_changed(s, n, err)) &&
		settle(s, err);
}

bool session_set(struct session *s, struct node *n, const char *value,
	bool strict, struct err *err)
{
	char *cast;
	bool ok;

	if (refuse_set(s, n, err))
		return false;
	cast = value_cast(n->form, value, strict ? err : NULL);
	if (cast == NULL)
		return false;
	ok = (!strict || is_offered(s, n, cast, err)) &&
		take_value(s, n, cast, err);
	free(cast);
	return ok;
}

/* Judge a value without anything following from it: no action fires, no
 * instance comes or goes. */
static bool is_allowed(struct session *s, struct node *n, const char *cast,
	struct err *err)
{
	char *before = xstrdup(node_raw_value(n)), *message = NULL;
	bool ok;

	node_store(s, n, cast);
	mark_value_changed(s, n);
	ok = node_violation(s, n, &message) != VIOLATES_CONSTRAINT;
	node_store(s, n, before);
	mark_value_changed(s, n);
	if (!ok)
		err_set(err, ERR_REFUSED, "%s", message != NULL ? message :
			_("this answer is not allowed"));
	free(message);
	free(before);
	return ok && !take_failure(s, err);
}

bool session_answer(struct session *s, struct node *n, const char *value,
	struct err *err)
{
	char *cast;
	bool ok;

	if (refuse_set(s, n, err))
		return false;
	cast = value_cast(n->form, value, err);
	if (cast == NULL)
		return false;
	ok = is_offered(s, n, cast, err) && is_allowed(s, n, cast, err) &&
		take_value(s, n, cast, err);
	free(cast);
	return ok;
}

struct node_ids { VEC(uint32_t) list; };

static void note_answers(struct session *s, const struct node *n,
	struct node_ids *ids)
{
	if (n->form->is_value) {
		if (node_raw_value(n)[0] != '\0' && n->form->n_controls > 0 &&
				n->form->bind->calculate == NULL)
			vec_push(&ids->list, n->id);
		return;
	}
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			note_answers(s, n->slots[i].items[k], ids);
}

/* An answer that goes may take instances along, by their count. */
bool session_clear(struct session *s, struct node *n, struct err *err)
{
	struct node_ids ids = { { NULL, 0, 0 } };
	bool ok = true;

	note_answers(s, n, &ids);
	for (size_t i = 0; ok && i < ids.list.n; i++) {
		struct node *at = session_by_id(s, ids.list.items[i]);

		if (at != NULL && !node_is_readonly(s, at))
			ok = take_value(s, at, "", err);
	}
	vec_release(&ids.list);
	return ok;
}

bool session_insert(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t after, size_t count,
	struct err *err)
{
	if (node_is_fixed(s, repeat))
		return err_set(err, ERR_REFUSED,
			_("the form itself says how many '%s' there are"),
			repeat->ref);
	if (after > node_count(parent, repeat))
		return err_set(err, ERR_NODE, _("there is no '%s[%zu]'"),
			repeat->ref, after);
	if (count > MOST_INSTANCES - node_count(parent, repeat))
		return err_set(err, ERR_LIMIT,
			_("'%s' would have more than %d instances"),
			repeat->ref, MOST_INSTANCES);
	if (!has_room_for(s, repeat, count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct node *n;

		before_new_repeat(s, parent, repeat);
		n = instance_insert(s, parent, repeat, after + i);
		s->revision++;
		preload(s, n, false);
		if (!fire_new_repeat(s, n, err))
			return false;
		mark_below_changed(s, n);
		mark_structure_changed(s, parent, repeat, after + i);
		mark_written_over(s, parent, repeat, after + i, false);
	}
	return settle(s, err);
}

bool session_remove(struct session *s, struct node *parent,
	const struct xf_node *repeat, size_t position, size_t count,
	struct err *err)
{
	if (position < 1 || count > node_count(parent, repeat) ||
			position + count > node_count(parent, repeat) + 1)
		return err_set(err, ERR_NODE, _("there is no '%s[%zu]'"),
			repeat->ref, position + (count > 0 ? count - 1 : 0));
	if (repeat->no_add_remove || (repeat->count != NULL &&
			!is_beyond_count(s, parent,
			repeat, position)))
		return err_set(err, ERR_REFUSED,
			_("the form itself says how many '%s' there are"),
			repeat->ref);
	for (size_t i = 0; i < count; i++)
		mark_below_changed(s, node_instance(parent, repeat,
			position + i));
	instances_remove(s, parent, repeat, position - 1, count);
	s->revision++;
	mark_structure_changed(s, parent, repeat, position - 1);
	mark_written_over(s, parent, repeat, position - 1, true);
	return settle(s, err);
}

/* --- checking --- */

enum violation node_violation(struct session *s, struct node *n,
	char **message)
{
	const struct xf_bind *b = n->form->bind;
	const struct xf_text *text = NULL;
	enum violation found = VALID;

	if (message != NULL)
		*message = NULL;
	if (!n->form->is_value || !node_is_relevant(s, n))
		return VALID;
	if (node_value(s, n)[0] == '\0') {
		if (b->required != NULL && node_is_required(s, n)) {
			found = VIOLATES_REQUIRED;
			text = b->required_message;
		}
	} else if (b->constraint != NULL) {
		compute(s, n, XF_P_CONSTRAINT);
		if (!n->constraint_ok) {
			found = VIOLATES_CONSTRAINT;
			text = b->constraint_message;
		}
	}
	if (text != NULL && message != NULL)
		*message = session_shown(s, n, text, XF_TEXT_PLAIN);
	return found;
}

void session_violations_release(struct session_violations *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->items[i].message);
	vec_release(v);
}

static void validate_below(struct session *s, struct node *n,
	struct session_violations *out)
{
	struct session_violation found = { n, VALID, NULL };

	if (!node_is_relevant(s, n))
		return;
	if (n->form->is_value) {
		found.condition = node_violation(s, n, &found.message);
		if (found.condition != VALID)
			vec_push(out, found);
		return;
	}
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			validate_below(s, n->slots[i].items[k], out);
}

bool session_validate(struct session *s, struct session_violations *out,
	struct err *err)
{
	validate_below(s, s->root, out);
	return !take_failure(s, err);
}

bool session_finalize(struct session *s, struct err *err)
{
	if (!fire_at_end(s, err))
		return false;
	preload(s, s->root, true);
	return session_settle(s, err);
}
