/* Case codes in records.  See codes.h. */
#include "config.h"

#include "store/codes.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/wipe.h"
#include "xml/xml.h"

enum path_use { IS_CODE = 1, IS_TYPED = 2 };

struct code_paths {
	struct arena *arena;
	struct map uses;		/* "/data/code" -> unsigned */
};

/* --- of the form --- */

static void add_path(const struct xf_node *node, struct str *out)
{
	if (node->parent != NULL)
		add_path(node->parent, out);
	str_addc(out, '/');
	str_add(out, node->local);
}

static unsigned use_of(const struct xf_node *node)
{
	const char *role = node->bind->role;
	unsigned use = 0;

	if (!node->is_value)
		return 0;
	if (role != NULL && strcmp(role, "case-code") == 0)
		use |= IS_CODE;
	if (node->n_controls > 0 && node->bind->calculate == NULL)
		use |= IS_TYPED;
	return use;
}

struct code_paths *code_paths_new(const struct xform *form)
{
	struct code_paths *paths = xcalloc(1, sizeof *paths);
	struct str path = STR_INIT;
	bool any = false;

	paths->arena = arena_new();
	map_init(&paths->uses);
	for (unsigned i = 0; i < form->n_nodes; i++) {
		unsigned *use = ARENA_NEW(paths->arena, unsigned);

		*use = use_of(form->nodes[i]);
		if (*use == 0)
			continue;
		any = any || (*use & IS_CODE);
		str_clear(&path);
		add_path(form->nodes[i], &path);
		map_set(&paths->uses, arena_strdup(paths->arena, path.data),
			use);
	}
	str_release(&path);
	if (any)
		return paths;
	code_paths_free(paths);
	return NULL;
}

void code_paths_free(struct code_paths *paths)
{
	if (paths == NULL)
		return;
	map_release(&paths->uses);
	arena_free(paths->arena);
	free(paths);
}

/* --- of a record --- */

struct looking {
	const struct code_paths *paths;
	struct arena *arena;		/* for texts */
	struct str path;
	struct codes *codes, typed;
};

static void note(struct looking *l, unsigned use, const struct xml_node *node)
{
	struct code code = { .is_drawn = true };

	if (case_code_parse(xml_text_of(node, l->arena), code.text, NULL)) {
		if (use & IS_CODE)
			vec_push(&l->codes->list, code);
		if (use & IS_TYPED)
			vec_push(&l->typed.list, code);
	}
	wipe(&code, sizeof code);
}

static void look(struct looking *l, const struct xml_node *node)
{
	size_t len = l->path.len;
	const unsigned *use;

	str_addc(&l->path, '/');
	str_add(&l->path, node->local);
	use = map_get(&l->paths->uses, l->path.data);
	if (use != NULL)
		note(l, *use, node);
	for (const struct xml_node *child = xml_child(node, NULL, NULL, NULL);
			child != NULL;
			child = xml_child(node, child, NULL, NULL))
		look(l, child);
	str_cut(&l->path, len);
}

static bool has(const struct codes *codes, const char *text)
{
	for (size_t i = 0; i < codes->list.n; i++)
		if (strcmp(codes->list.items[i].text, text) == 0)
			return true;
	return false;
}

void codes_find(const struct code_paths *paths, const struct xml_node *root,
	struct codes *codes)
{
	struct looking l = { .paths = paths, .path = STR_INIT,
		.codes = codes, .typed = { .list = { NULL, 0, 0 } } };
	size_t first = codes->list.n;

	if (paths == NULL)
		return;
	l.arena = arena_new();
	look(&l, root);
	for (size_t i = first; i < codes->list.n; i++)
		codes->list.items[i].is_drawn =
			!has(&l.typed, codes->list.items[i].text);
	codes_release(&l.typed);
	arena_free(l.arena);
	str_release(&l.path);
}

void codes_release(struct codes *codes)
{
	if (codes->list.n > 0)
		wipe(codes->list.items,
			codes->list.n * sizeof *codes->list.items);
	vec_release(&codes->list);
}
