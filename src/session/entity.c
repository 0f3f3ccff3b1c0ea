#include "config.h"

#include "session/entity.h"

#include <ctype.h>
#include <string.h>

#include "session/node.h"

const char *entity_action_name(enum entity_action action)
{
	switch (action) {
	case ENTITY_CREATE: return "create";
	case ENTITY_UPDATE: return "update";
	case ENTITY_UPSERT: return "upsert";
	default: return "none";
	}
}

const char *entity_fault_name(enum entity_fault fault)
{
	switch (fault) {
	case ENTITY_NO_DATASET: return "dataset";
	case ENTITY_BAD_ID: return "id";
	case ENTITY_NO_LABEL: return "label";
	default: return NULL;
	}
}

/* --- reading one --- */

struct listing {
	struct session *s;
	struct arena *arena;
	const struct xf_entity *declared;
	VEC(struct entity) found;
};

static const char *attribute(struct listing *l, const struct node *n,
	const char *local)
{
	const struct xf_node *form = n->form;

	for (unsigned i = 0; i < form->n_attributes; i++)
		if (strcmp(form->attributes[i].local, local) == 0 &&
				form->attributes[i].ns[0] == '\0')
			return arena_strdup(l->arena, node_attribute(l->s, n,
				i, l->arena));
	return "";
}

static bool is_true(const char *value)
{
	return strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
}

static enum entity_action action(struct listing *l, const struct node *n)
{
	bool creates = is_true(attribute(l, n, "create"));
	bool updates = is_true(attribute(l, n, "update"));

	if (creates && updates)
		return ENTITY_UPSERT;
	return creates ? ENTITY_CREATE : updates ? ENTITY_UPDATE : ENTITY_NONE;
}

/* RFC 4122, version 4 of the common variant: without "uuid:". */
bool entity_id_fits(const char *id)
{
	static const char shape[] = "xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx";
	size_t i;

	for (i = 0; shape[i] != '\0'; i++) {
		unsigned char c = (unsigned char)id[i];

		if (shape[i] == 'x' ? !isxdigit(c) : shape[i] == 'v' ?
				c == '\0' || strchr("89abAB", c) == NULL :
				c != (unsigned char)shape[i])
			return false;
	}
	return id[i] == '\0';
}

static const char *label(struct listing *l, struct node *n)
{
	for (unsigned i = 0; !n->form->is_value && i < n->form->n_children;
			i++) {
		struct node *child = node_child(n, n->form->children[i]);

		if (child != NULL && child->form->is_value &&
				strcmp(child->form->local, "label") == 0)
			return arena_strdup(l->arena, node_value(l->s, child));
	}
	return "";
}

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static enum entity_fault fault(const struct entity *e)
{
	if (e->action == ENTITY_NONE)
		return ENTITY_FITS;
	if (e->dataset[0] == '\0')
		return ENTITY_NO_DATASET;
	if (!entity_id_fits(e->id))
		return ENTITY_BAD_ID;
	return e->action != ENTITY_UPDATE && is_blank(e->label) ?
		ENTITY_NO_LABEL : ENTITY_FITS;
}

/* --- its properties --- */

/* No repeat lies between the two; NULL: not in this record. */
static struct node *down_to(struct node *subject, const struct xf_node *form)
{
	struct node *parent;

	if (form == subject->form)
		return subject;
	parent = down_to(subject, form->parent);
	return parent != NULL ? node_child(parent, form) : NULL;
}

static void add_property(struct listing *l, struct entity *e,
	const char *name, struct node *n, struct map *by_name)
{
	const char *value = arena_strdup(l->arena, node_value(l->s, n));
	struct entity_property *p = map_get(by_name, name);

	if (p == NULL) {
		p = &e->properties[e->n_properties++];
		map_set(by_name, name, p);
	}
	*p = (struct entity_property){ name, value, n };
}

static void read_properties(struct listing *l, struct entity *e,
	struct node *subject)
{
	const struct xf_entity *d = l->declared;
	struct map by_name;

	map_init(&by_name);
	e->properties = ARENA_ARRAY(l->arena, struct entity_property,
		d->n_savetos);
	for (size_t i = 0; i < d->n_savetos; i++) {
		struct node *n = down_to(subject, d->savetos[i].node);

		if (n != NULL && node_is_relevant(l->s, n))
			add_property(l, e, d->savetos[i].property, n,
				&by_name);
	}
	map_release(&by_name);
}

static void read_entity(struct listing *l, struct node *n)
{
	struct entity e = { .node = n, .action = action(l, n),
		.dataset = attribute(l, n, "dataset"),
		.id = attribute(l, n, "id"), .label = label(l, n),
		.base_version = attribute(l, n, "baseVersion"),
		.trunk_version = attribute(l, n, "trunkVersion"),
		.branch_id = attribute(l, n, "branchId") };

	e.fault = fault(&e);
	read_properties(l, &e, n->parent->parent);
	vec_push(&l->found, e);
}

/* --- finding them --- */

static void visit(struct listing *l, struct node *n,
	const struct xf_node *const *way)
{
	if (!node_is_relevant(l->s, n))
		return;
	if (*way == NULL) {
		read_entity(l, n);
		return;
	}
	for (size_t k = 1; k <= node_count(n, *way); k++)
		visit(l, node_instance(n, *way, k), way + 1);
}

void session_entities(struct session *s, struct arena *arena,
	struct entities *out)
{
	struct listing l = { .s = s, .arena = arena };

	for (size_t i = 0; i < s->form->n_entities; i++) {
		const struct xf_node *at;
		const struct xf_node **way;

		l.declared = &s->form->entities[i];
		at = l.declared->node;
		way = ARENA_ARRAY(arena, const struct xf_node *,
			at->depth + 1);
		for (; at->parent != NULL; at = at->parent)
			way[at->depth - 1] = at;
		visit(&l, s->root, way);
	}
	out->n = l.found.n;
	out->items = ARENA_ARRAY(arena, struct entity, l.found.n);
	if (l.found.n > 0)
		memcpy(out->items, l.found.items, l.found.n *
			sizeof *out->items);
	vec_release(&l.found);
}
