#include "config.h"

#include "xform/consent.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "xml/xml.h"

/* An answer that a question of consent allows. */
struct gated {
	const char *path;		/* "/data/child/name", local names */
	const char *consent;		/* of its question */
	unsigned depth;			/* of their lowest common ancestor */
};

struct xf_consent {
	struct arena *arena;
	struct map by_path;		/* of an answer -> struct gated_list */
};

struct gated_list { struct gated gate; struct gated_list *next; };

/* --- from the form --- */

struct finding {
	const struct xform *form;
	struct xf_consent *found;
	const struct xf_node *consent;
	const char *path;		/* its */
	bool *told, *gated;		/* by index of the node */
	VEC(const struct xf_node *) queue;	/* those told, to follow */
};

static void add_path(const struct xf_node *node, struct str *out)
{
	if (node->parent != NULL)
		add_path(node->parent, out);
	str_addc(out, '/');
	str_add(out, node->local);
}

static const char *path_of(struct arena *arena, const struct xf_node *node)
{
	struct str path = STR_INIT;
	const char *copy;

	add_path(node, &path);
	copy = arena_strdup(arena, path.data);
	str_release(&path);
	return copy;
}

static unsigned common_depth(const struct xf_node *a, const struct xf_node *b)
{
	while (a->depth > b->depth)
		a = a->parent;
	while (b->depth > a->depth)
		b = b->parent;
	for (; a != b; a = a->parent)
		b = b->parent;
	return a->depth;
}

static bool is_answer(const struct xf_node *node)
{
	return node->is_value && node->bind->calculate == NULL &&
		node->bind->preload == NULL;
}

static void add_gate(struct finding *f, const struct xf_node *node)
{
	struct xf_consent *found = f->found;
	struct gated_list *item = ARENA_NEW(found->arena, struct gated_list);

	item->gate = (struct gated){ path_of(found->arena, node), f->path,
		common_depth(node, f->consent) };
	item->next = map_set(&found->by_path, item->gate.path, item);
}

static void gate_below(struct finding *f, const struct xf_node *node)
{
	if (f->gated[node->index] || node == f->consent)
		return;
	f->gated[node->index] = true;
	if (is_answer(node))
		add_gate(f, node);
	for (unsigned i = 0; i < node->n_children; i++)
		gate_below(f, node->children[i]);
}

static void follow(struct finding *f, const struct xf_node *node)
{
	for (size_t i = 0; i < node->dependents.n; i++) {
		const struct xf_dependent *d = &node->dependents.items[i];

		if (d->property == XF_P_RELEVANT) {
			gate_below(f, d->node);
		} else if (d->property == XF_P_VALUE &&
				!f->told[d->node->index]) {
			f->told[d->node->index] = true;
			vec_push(&f->queue, d->node);
		}
	}
}

static void find_gated(struct xf_consent *found, const struct xform *form,
	const struct xf_node *consent)
{
	struct finding f = { .form = form, .found = found,
		.consent = consent,
		.path = path_of(found->arena, consent),
		.told = xcalloc(form->n_nodes, sizeof(bool)),
		.gated = xcalloc(form->n_nodes, sizeof(bool)) };

	f.told[consent->index] = true;
	vec_push(&f.queue, consent);
	for (size_t i = 0; i < f.queue.n; i++)
		follow(&f, f.queue.items[i]);
	vec_release(&f.queue);
	free(f.told);
	free(f.gated);
}

struct xf_consent *xf_consent_new(const struct xform *form)
{
	struct xf_consent *found = xcalloc(1, sizeof *found);

	found->arena = arena_new();
	map_init(&found->by_path);
	for (unsigned i = 0; i < form->n_nodes; i++) {
		const char *role = form->nodes[i]->bind->role;

		if (role != NULL && strcmp(role, "consent") == 0)
			find_gated(found, form, form->nodes[i]);
	}
	if (found->by_path.n > 0)
		return found;
	xf_consent_free(found);
	return NULL;
}

void xf_consent_free(struct xf_consent *consent)
{
	if (consent == NULL)
		return;
	map_release(&consent->by_path);
	arena_free(consent->arena);
	free(consent);
}

/* --- a record --- */

struct looking {
	const struct xf_consent *consent;
	struct arena *arena;		/* for texts */
	struct str path;
};

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static bool is_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	text += strspn(text, " \t\r\n");
	return strncmp(text, word, n) == 0 && is_blank(text + n);
}

/* At each element of that path: `rest` begins with "/", or is empty at the
 * question itself.  *found: there is one; the result: none of them says no. */
static bool all_given(struct looking *l, const struct xml_node *node,
	const char *rest, bool *found)
{
	const char *name, *end;
	bool given = true;

	if (rest[0] == '\0') {
		const char *text = xml_text_of(node, l->arena);

		*found = true;
		return is_word(text, "yes") || is_word(text, "not_asked");
	}
	name = rest + 1;
	end = name + strcspn(name, "/");
	for (const struct xml_node *child = xml_child(node, NULL, NULL, NULL);
			child != NULL && given;
			child = xml_child(node, child, NULL, NULL))
		if (strncmp(child->local, name, (size_t)(end - name)) == 0 &&
				child->local[end - name] == '\0')
			given = all_given(l, child, end, found);
	return given;
}

static bool is_allowed(struct looking *l, const struct xml_node *answer,
	unsigned depth, const struct gated *gate)
{
	const char *rest = gate->consent;
	bool found = false, given;

	for (; depth > gate->depth; depth--)
		answer = answer->parent;
	for (unsigned i = 0; i <= gate->depth; i++)
		rest += 1 + strcspn(rest + 1, "/");
	given = all_given(l, answer, rest, &found);
	return found && given;
}

static const char *find_forbidden(struct looking *l,
	const struct xml_node *node, unsigned depth)
{
	size_t len = l->path.len;
	const struct gated_list *gates;
	const char *forbidden = NULL;

	str_addc(&l->path, '/');
	str_add(&l->path, node->local);
	gates = map_get(&l->consent->by_path, l->path.data);
	if (gates != NULL && !is_blank(xml_text_of(node, l->arena)))
		for (; gates != NULL && forbidden == NULL; gates = gates->next)
			if (!is_allowed(l, node, depth, &gates->gate))
				forbidden = gates->gate.path;
	for (const struct xml_node *child = xml_child(node, NULL, NULL, NULL);
			forbidden == NULL && child != NULL;
			child = xml_child(node, child, NULL, NULL))
		forbidden = find_forbidden(l, child, depth + 1);
	str_cut(&l->path, len);
	return forbidden;
}

bool xf_consent_is_given(const struct xf_consent *consent,
	const struct xml_node *root, const char **question)
{
	struct looking l = { .consent = consent, .path = STR_INIT };

	*question = NULL;
	if (consent == NULL)
		return true;
	l.arena = arena_new();
	*question = find_forbidden(&l, root, 0);
	arena_free(l.arena);
	str_wipe(&l.path);
	return *question == NULL;
}

bool xf_consent_is_given_in(const struct xf_consent *consent,
	const char *xml, size_t n_bytes)
{
	struct xml_doc *doc = consent == NULL ? NULL :
		xml_parse(xml, n_bytes, NULL, &xml_limits_record, NULL);
	const char *question;
	bool given = doc == NULL ||
		xf_consent_is_given(consent, doc->root, &question);

	xml_free(doc);
	return given;
}
