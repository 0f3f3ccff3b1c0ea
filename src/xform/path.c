/* Paths of binds, controls and actions, resolved without evaluating. */
#include "config.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "base/near.h"
#include "xform/loader.h"

enum { MOST_STEPS = 600 };

struct steps {
	const char *items[MOST_STEPS];
	size_t n;
};

static const char *skip_blank(const char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

static bool is_name_byte(unsigned char c)
{
	return isalnum(c) || c == '_' || c == '-' || c == '.' || c == ':' ||
		c >= 0x80;
}

/* The end of "[...]", quotes and inner brackets respected; NULL: not closed. */
static const char *skip_predicate(const char *at)
{
	int depth = 0;
	char quote = '\0';

	for (; *at != '\0'; at++) {
		if (quote != '\0') {
			if (*at == quote)
				quote = '\0';
		} else if (*at == '"' || *at == '\'') {
			quote = *at;
		} else if (*at == '[') {
			depth++;
		} else if (*at == ']' && --depth == 0) {
			return at + 1;
		}
	}
	return NULL;
}

/* One name step; NULL: it is none. */
static const char *take_name(const char *at, struct steps *steps,
	bool *predicates)
{
	const char *start = at, *colon;

	while (is_name_byte((unsigned char)*at))
		at++;
	colon = memchr(start, ':', (size_t)(at - start));
	if (colon != NULL)
		start = colon + 1;
	if (at == start || isdigit((unsigned char)*start) || *start == '-' ||
			*start == '.' || steps->n == MOST_STEPS)
		return NULL;
	steps->items[steps->n++] = intern_n(start, (size_t)(at - start));
	at = skip_blank(at);
	while (at != NULL && *at == '[') {
		*predicates = true;
		at = skip_predicate(at);
		at = at != NULL ? skip_blank(at) : NULL;
	}
	return at;
}

static const char *take_step(const char *at, struct steps *steps,
	struct xf_path *path)
{
	if (at[0] == '.' && at[1] == '.') {
		if (steps->n == 0)
			return NULL;
		steps->n--;
		return skip_blank(at + 2);
	}
	if (at[0] == '.')
		return skip_blank(at + 1);
	if (at[0] == '@') {
		path->is_attribute = true;
		at++;
	}
	return take_name(at, steps, &path->has_predicates);
}

static void start_at(struct steps *steps, const struct loader *l,
	const struct xf_path *context)
{
	steps->n = 0;
	if (context == NULL) {
		if (l->form->root != NULL)
			steps->items[steps->n++] = l->form->root->local;
		return;
	}
	for (size_t i = 0; i < context->n_steps && i < MOST_STEPS; i++)
		steps->items[steps->n++] = context->steps[i];
}

static bool keep(struct loader *l, const struct steps *steps,
	struct xf_path *path)
{
	path->n_steps = steps->n;
	path->steps = ARENA_ARRAY(l->arena, const char *, steps->n + 1);
	memcpy(path->steps, steps->items, steps->n * sizeof *path->steps);
	return true;
}

bool path_resolve(struct loader *l, const char *text,
	const struct xf_path *context, struct xf_path *path)
{
	static const struct xf_path nowhere;
	struct steps steps;
	const char *at = skip_blank(text);

	*path = (struct xf_path){ 0 };
	steps.n = 0;
	if (strncmp(at, "current()", 9) == 0)
		at = at[9] == '/' ? at + 10 : "";
	else if (*at == '/')
		at++, context = &nowhere;
	else if (*at == '\0')
		return false;
	start_at(&steps, l, context);
	at = skip_blank(at);
	if (*at == '\0')
		return keep(l, &steps, path);
	for (;;) {
		at = take_step(skip_blank(at), &steps, path);
		if (at == NULL || (*at != '\0' &&
				(*at != '/' || path->is_attribute)))
			return false;
		if (*at == '\0')
			return keep(l, &steps, path);
		at++;
	}
}

static const char *key_of(struct loader *l, const struct xf_path *path,
	size_t n_steps)
{
	str_clear(&l->key);
	for (size_t i = 0; i < n_steps; i++) {
		str_addc(&l->key, '/');
		str_add(&l->key, path->steps[i]);
	}
	return l->key.data;
}

/* Name by name, which is quicker than to make a key of them.  *is_sure: there
 * are no two of a name on the way. */
static struct xf_node *walk(const struct loader *l, const struct xf_path *path,
	size_t n_steps, bool *is_sure)
{
	struct xf_node *node = l->form->root;

	*is_sure = true;
	if (node == NULL || node->local != path->steps[0])
		return NULL;
	for (size_t i = 1; i < n_steps && node != NULL; i++) {
		node = xf_child(node, path->steps[i]);
		*is_sure &= node == NULL || !node->has_twin;
	}
	return node;
}

struct xf_node *path_node(struct loader *l, const struct xf_path *path)
{
	size_t n = path->is_attribute ? path->n_steps - 1 : path->n_steps;
	struct xf_node *node;
	bool is_sure;

	if (path->n_steps == 0 || n == 0)
		return NULL;
	node = walk(l, path, n, &is_sure);
	if (node != NULL || is_sure)
		return node;
	return map_get(&l->form->by_path, key_of(l, path, n));
}

struct xf_attribute *path_attribute(struct loader *l,
	const struct xf_path *path)
{
	struct xf_node *node = path_node(l, path);

	if (node == NULL || !path->is_attribute)
		return NULL;
	for (unsigned i = 0; i < node->n_attributes; i++)
		if (node->attributes[i].local == path->steps[path->n_steps - 1])
			return &node->attributes[i];
	return NULL;
}

const char *path_text(struct loader *l, const struct xf_path *path)
{
	struct str text = STR_INIT;
	const char *copy;

	for (size_t i = 0; i < path->n_steps; i++) {
		str_add(&text, path->is_attribute && i + 1 == path->n_steps ?
			"/@" : "/");
		str_add(&text, path->steps[i]);
	}
	copy = arena_strndup(l->arena, text.data, text.len);
	str_release(&text);
	return copy;
}

const char **path_names(struct arena *arena, const struct xf_node *node,
	const char *attribute, size_t *n)
{
	size_t depth = node->depth + 1u;
	const char **names = ARENA_ARRAY(arena, const char *, depth + 1);

	*n = depth;
	for (const struct xf_node *at = node; at != NULL; at = at->parent)
		names[at->depth] = at->local;
	if (attribute != NULL)
		names[(*n)++] = attribute;
	return names;
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The node whose name is nearest and, among those, whose path is. */
static const struct xf_node *nearest_node(const struct xform *form,
	const char *path)
{
	const char *name = last_name(path);
	size_t least = strlen(name) / 3 + 1, least_path = SIZE_MAX;
	const struct xf_node *best = NULL;

	for (unsigned i = 0; i < form->n_nodes; i++) {
		const struct xf_node *node = form->nodes[i];
		size_t far = text_distance(name, node->local), far_path;

		if (far > least || (far == least && best == NULL))
			continue;
		far_path = text_distance(path, node->ref);
		if (far == least && far_path >= least_path)
			continue;
		best = node;
		least = far;
		least_path = far_path;
	}
	return best;
}

void load_remedy_path(struct loader *l, const char *path)
{
	const struct xf_node *node = nearest_node(l->form, path);

	if (node != NULL)
		load_remedy(l, _("did you mean '%s'?"), node->ref);
	else
		load_remedy(l, _("add the node to the first <instance>, or "
			"write the path of one that is there"));
}

struct xf_path path_of(struct loader *l, const struct xf_node *node)
{
	struct xf_path path = { 0 };

	path.steps = path_names(l->arena, node, NULL, &path.n_steps);
	return path;
}
