/*
 * What changed since: every node has a fingerprint of all that its object
 * says, and a revision at which that was last another.  Fingerprints are
 * taken when somebody asks; so what nobody looks at costs nothing, and what
 * has not changed is never written out.
 */
#include "config.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "engine/op.h"

struct look {
	struct engine_record *r;
	const char *language;		/* or NULL */
	struct arena *arena;		/* of attributes */
	bool has_changes;
};

struct told *told_of(struct engine_record *r, uint32_t id)
{
	struct told none = { 0 };

	while (r->told.n <= id)
		vec_push(&r->told, none);
	return &r->told.items[id];
}

/* --- fingerprints --- */

static uint64_t mix(uint64_t print, uint64_t more)
{
	print = (print ^ more) * 0x9e3779b97f4a7c15u;
	return print ^ (print >> 32);
}

static uint64_t mix_text(uint64_t print, const char *text)
{
	return mix(print, map_hash(text, strlen(text)));
}

static bool has_output(const struct xf_runs *runs)
{
	for (size_t i = 0; i < runs->n; i++)
		if (runs->items[i].output != NULL)
			return true;
	return false;
}

/* Does it say anything that is not the form's? */
static bool is_constant(const struct xform *form, const struct xf_text *text)
{
	if (text->itext_id != NULL)
		return false;
	if (text->itext == NULL)
		return !has_output(&text->runs);
	for (unsigned i = 0; i < form->n_languages * XF_N_TEXT_FORMS; i++)
		if (has_output(&text->itext->values[i]))
			return false;
	return true;
}

/* A constant text changes with the language only. */
static uint64_t mix_words(struct look *look, uint64_t print,
	struct node *context, const struct xf_text *text,
	enum xf_form_of_text form)
{
	struct session *s = look->r->session;
	struct json *o;
	char *words;

	if (text == NULL || is_constant(look->r->form->form, text))
		return print;
	o = form == XF_TEXT_PLAIN ? text_json(s, context, text, false) :
		text_json_of_form(s, context, text, form, false);
	if (o == NULL)
		return mix(print, 1);
	words = js_print(o);
	print = mix_text(print, words);
	free(words);
	js_free(o);
	return print;
}

static bool is_mute(const struct xform *form, const struct place *place,
	const struct xf_control *c)
{
	const struct xf_text *label = place_label(place, c);

	return (label == NULL || is_constant(form, label)) &&
		(c->hint == NULL || is_constant(form, c->hint)) &&
		(c->guidance == NULL || is_constant(form, c->guidance));
}

/* The control of a node is always the same one: what it says is looked at
 * once, and again only if that can change. */
static uint64_t mix_control(struct look *look, uint64_t print,
	const struct place *place, struct told *told)
{
	const struct xf_control *c;

	if (told->is_known && !told->has_words)
		return print;
	c = place_control(place);
	if (c == NULL)
		return print;
	told->has_words = !is_mute(look->r->form->form, place, c);
	if (!told->has_words)
		return print;
	print = mix_words(look, print, place->node, place_label(place, c),
		XF_TEXT_PLAIN);
	print = mix_words(look, print, place->node, c->hint, XF_TEXT_PLAIN);
	return mix_words(look, print, place->node, c->guidance,
		XF_TEXT_GUIDANCE);
}

static uint64_t mix_attributes(struct look *look, uint64_t print,
	const struct node *n)
{
	struct arena_mark mark = arena_mark(look->arena);

	for (unsigned i = 0; i < node_form(n)->n_attributes; i++)
		print = mix_text(print, node_attribute(look->r->session, n, i,
			look->arena));
	arena_reset(look->arena, mark);
	return print;
}

static uint64_t mix_value(struct look *look, uint64_t print, struct node *n,
	enum violation violation)
{
	const struct xf_bind *bind = node_form(n)->bind;

	print = mix_text(print, node_value(look->r->session, n));
	print = mix(print, violation);
	if (violation == VALID)
		return print;
	return mix_words(look, print, n, violation == VIOLATES_REQUIRED ?
		bind->required_message : bind->constraint_message,
		XF_TEXT_PLAIN);
}

static uint64_t mix_instances(uint64_t print, const struct place *place)
{
	size_t n = node_count(place->node, place->repeat);

	print = mix(print, n);
	for (size_t i = 1; i <= n; i++)
		print = mix(print, node_id(node_instance(place->node,
			place->repeat, i)));
	return print;
}

struct standing {			/* of a node or repeat */
	bool relevant, valid;
	enum violation violation;
};

/* Of all that node_json() writes; `path` stands for the reference. */
static uint64_t fingerprint(struct look *look, const struct place *place,
	uint64_t path, const struct standing *is, struct told *told)
{
	struct session *s = look->r->session;
	struct node *n = place->node;
	uint64_t print = mix(path, (uintptr_t)look->language);

	print = mix(print, (uint64_t)is->valid | (uint64_t)is->relevant << 1 |
		(uint64_t)node_is_readonly(s, n) << 2 | 8);
	if (place->repeat != NULL) {
		print = mix_instances(print, place);
	} else {
		print = mix(print, node_is_required(s, n));
		if (node_form(n)->n_attributes > 0)
			print = mix_attributes(look, print, n);
		if (node_form(n)->is_value && is->relevant)
			print = mix_value(look, print, n, is->violation);
	}
	return mix_control(look, print, place, told);
}

/* --- looking --- */

static void note(struct look *look, const struct place *place, uint64_t path,
	const struct standing *is)
{
	struct told *told = told_of(look->r, place_id(look->r, place));
	uint64_t print = fingerprint(look, place, path, is, told);

	if (!told->is_known || told->print != print) {
		told->is_known = true;
		told->print = print;
		told->revision = UINT64_MAX;	/* now: set at the end */
		look->has_changes = true;
	}
	told->is_valid = is->valid;
	told->walk = look->r->walks;
}

static bool look_at(struct look *look, const struct place *place,
	uint64_t path);

static bool look_at_instances(struct look *look, const struct place *place,
	uint64_t path)
{
	size_t n = node_count(place->node, place->repeat);
	bool valid = true;

	for (size_t i = 1; i <= n; i++) {
		struct place instance = { node_instance(place->node,
			place->repeat, i), NULL };

		valid &= look_at(look, &instance, mix(path, i));
	}
	return valid;
}

static bool look_at_children(struct look *look, const struct place *place,
	uint64_t path)
{
	const struct xf_node *form = node_form(place->node);
	bool valid = true;

	if (place->repeat != NULL)
		return look_at_instances(look, place, path);
	for (unsigned i = 0; i < form->n_children; i++) {
		struct place child = place_child(place->node,
			form->children[i]);

		if (child.node != NULL)
			valid &= look_at(look, &child, path);
	}
	return valid;
}

/* Is it valid, or not relevant? */
static bool look_at(struct look *look, const struct place *place,
	uint64_t path)
{
	struct session *s = look->r->session;
	struct standing is = { place->repeat != NULL ? repeat_is_relevant(s,
		place->node, place->repeat) : node_is_relevant(s, place->node),
		true, VALID };

	if (place->repeat != NULL || !node_form(place->node)->is_value) {
		is.valid = look_at_children(look, place, path) || !is.relevant;
	} else if (is.relevant) {
		is.violation = node_violation(s, place->node, NULL);
		is.valid = is.violation == VALID;
	}
	note(look, place, path, &is);
	return is.valid;
}

/* What was there and was not met is gone. */
static void note_gone(struct look *look)
{
	struct engine_record *r = look->r;

	for (size_t id = 0; id < r->told.n; id++) {
		struct told *told = &r->told.items[id];

		if (told->is_known && !told->is_gone &&
				told->walk != r->walks) {
			told->is_gone = true;
			told->revision = UINT64_MAX;
			look->has_changes = true;
		}
	}
}

uint64_t record_look(struct engine_record *r)
{
	struct place root = { session_root(r->session), NULL };
	struct look look = { .r = r,
		.language = session_language(r->session) };

	look.arena = arena_new();
	r->walks++;
	look_at(&look, &root, 0);
	note_gone(&look);
	arena_free(look.arena);
	/* A label may change with the clock alone. */
	if (record_revision(r) == r->looked_revision && look.has_changes)
		r->revision++;
	r->looked_revision = r->revision;
	for (size_t id = 0; look.has_changes && id < r->told.n; id++)
		if (r->told.items[id].revision == UINT64_MAX)
			r->told.items[id].revision = r->revision;
	return r->revision;
}
