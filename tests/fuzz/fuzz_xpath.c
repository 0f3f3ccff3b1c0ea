/* Any bytes as an expression: compiled, its references read, and evaluated in
 * a small record; then the same with a limit on the nodes visited. */
#include "config.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"
#include "xpath/xpath.h"

static const char record[] = "<data version='1'><person><name>A</name>"
	"<age>30</age></person><person><name>B</name><age/></person>"
	"<d>2026-11-24</d><place>31.5 74.3 0 0</place><sel>a b</sel></data>";

static double get_random(void *data)
{
	(void)data;
	return 0.5;
}

static struct xp_time get_now(void *data)
{
	struct xp_time now = { 1795478400123, 300 };

	(void)data;
	return now;
}

static void evaluate(const struct xpath *x, struct arena *arena,
	struct xml_doc *doc, unsigned long steps)
{
	struct xp_env env = { .random = get_random, .now = get_now };
	struct xp_context ctx = { .env = &env, .arena = arena,
		.steps_left = steps };
	struct xp_xml_tree tree;
	struct err err = ERR_INIT;
	struct xp_value value;

	xp_xml_init(&tree, doc, NULL);
	tree.tree.contextual = true;
	ctx.node = xp_xml_node(&tree, doc->root->first->first);
	if (xpath_eval(x, &ctx, &value, &err)) {
		xp_to_text(&value, arena);
		xp_to_number(&value, arena);
	} else if (err.code == ERR_NONE) {
		abort();	/* a failure says why */
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	static const char *const context[] = { "data", "person", "name" };
	static const struct xpath_names names = { .any_namespace = true };
	struct arena *arena = arena_new();
	char *text = xstrndup((const char *)bytes, n_bytes);
	struct err err = ERR_INIT;
	struct xpath *x = xpath_compile(arena, text, &names, &err);
	struct xml_doc *doc = xml_parse(record, strlen(record), NULL,
		&xml_limits_record, NULL);
	size_t n_refs;

	if (x != NULL && doc != NULL) {
		xpath_refs(x, arena, context, 3, true, &n_refs);
		evaluate(x, arena, doc, 20000);
		evaluate(x, arena, doc, 10);
	} else if (err.column < 1) {
		abort();	/* a syntax error has its column */
	}
	xml_free(doc);
	free(text);
	arena_free(arena);
	return 0;
}
