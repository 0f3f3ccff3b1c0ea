/* Any bytes as an expression: compiled, its references read out, evaluated on
 * a small record. */
#include "config.h"

#include <string.h>

#include "base/intern.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"
#include "xpath/xpath.h"

static const char record[] =
	"<data><date>2026-11-20</date><n>3</n><r><a>1</a><b>x y</b></r>"
	"<r><a>2</a><b/></r><g t='1'><d>2026-02-29</d></g></data>";

static void evaluate(const struct xpath *x, const struct xml_doc *doc,
	struct arena *arena)
{
	static const struct xp_env env = { 0 };
	struct xp_context context;
	struct xp_xml_tree tree;
	struct xp_value value;
	struct err err = ERR_INIT;

	xp_xml_init(&tree, doc, doc->document);
	memset(&context, 0, sizeof context);
	context.node = xp_xml_node(&tree, doc->root->first);
	context.current = context.node;
	context.position = context.size = 1;
	context.env = &env;
	context.arena = arena;
	context.steps_left = 100000;
	if (xpath_eval(x, &context, &value, &err)) {
		xp_to_text(&value, arena);
		xp_to_number(&value, arena);
		xp_to_boolean(&value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	static const struct xpath_names names = { .any_namespace = true };
	const char *path[] = { intern("data"), intern("date") };
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct xml_doc *doc = xml_parse(record, sizeof record - 1, "record",
		&xml_limits_record, &err);
	char *text = xmalloc(n_bytes + 1);
	struct xpath *x;
	size_t n_refs;

	if (doc == NULL)
		abort();
	memcpy(text, bytes, n_bytes);
	text[n_bytes] = '\0';
	x = xpath_compile(arena, text, &names, &err);
	if (x != NULL) {
		xpath_refs(x, arena, path, 2, true, &n_refs);
		evaluate(x, doc, arena);
	}
	free(text);
	xml_free(doc);
	arena_free(arena);
	return 0;
}
