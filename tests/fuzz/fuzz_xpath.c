/* Any bytes as an expression: compiled, its references read, and evaluated in
 * a small record; then in a form with texts, choices and lists, where each node
 * of the result must be found again by its reference. */
#include "config.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"
#include "xform/document.h"

static const char record[] = "<data version='1'><person><name>A</name>"
	"<age>30</age></person><person><name>B</name><age/></person>"
	"<d>2026-11-24</d><place>31.5 74.3 0 0</place><sel>a b</sel></data>";

static const char form[] =
	"<h:html xmlns='http://www.w3.org/2002/xforms' "
	"xmlns:h='http://www.w3.org/1999/xhtml' "
	"xmlns:jr='http://openrosa.org/javarosa'><h:head><model>"
	"<itext><translation lang='en'><text id='a'><value>A"
	"<output value=\"jr:itext('a')\"/></value></text></translation></itext>"
	"<instance><data version='1' xmlns:p='urn:p' p:q='1'><person><name>A"
	"</name><age>30</age></person><person><name>B</name><age/></person>"
	"<d>2026-11-24</d><t>10:00:00.000Z</t><!--c--><?p i?>"
	"<place>31.5 74.3 0 0</place><shape>0 0;0 1;1 1;0 0</shape>"
	"<sel>a b</sel></data></instance>"
	"<instance id='l'><root><item><n>a</n><s>Aa</s></item><item><n>b</n>"
	"<s>Bb</s></item></root></instance>"
	"<instance id='t' src='jr://file-csv/t.csv'/>"
	"</model></h:head><h:body><select ref='/data/sel'>"
	"<itemset nodeset=\"instance('l')/root/item\"><value ref='n'/>"
	"<label ref='s'/></itemset></select></h:body></h:html>";

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

static bool read_table(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	(void)data;
	(void)url;
	(void)name;
	err_clear(err);
	str_add(out, "k,v\n1,one\n2,two\n");
	return true;
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

static struct xf_document *open_form(void)
{
	static const struct xf_document_options options = {
		.media = { .read = read_table, .data = NULL }, .time_zone = "UTC",
		.now = "2026-11-24T10:00:00Z", .has_seed = true };

	return xf_document_new(form, strlen(form), "form", &options, NULL);
}

static void find_again(struct xf_document *d, struct xp_node node)
{
	struct xf_query query = { .expression = "." };
	struct str ref = STR_INIT;
	struct err err = ERR_INIT;
	struct xp_value value;

	xf_document_ref(d, node, &ref);
	query.context = ref.data;
	if (!xf_document_eval(d, &query, &value, &err) ||
	    value.nodes.n != 1 || value.nodes.items[0].at != node.at)
		abort();
	str_release(&ref);
}

static void evaluate_in_form(struct xf_document *d, const char *text)
{
	struct xf_query query = { .expression = text, .most_steps = 20000,
		.context = "/*[1]/*[1]/*[1]" };
	struct err err = ERR_INIT;
	struct xp_value value;

	if (!xf_document_eval(d, &query, &value, &err)) {
		if (err.code == ERR_NONE)
			abort();
		return;
	}
	js_free(xf_document_result(d, &value));
	if (value.type == XP_NODESET && value.nodes.n > 0)
		find_again(d, value.nodes.items[value.nodes.n - 1]);
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
	struct xf_document *document;
	size_t n_refs;

	if (x != NULL && doc != NULL) {
		xpath_refs(x, arena, context, 3, true, &n_refs);
		evaluate(x, arena, doc, 20000);
		evaluate(x, arena, doc, 10);
		document = open_form();
		evaluate_in_form(document, text);
		xf_document_free(document);
	} else if (err.column < 1) {
		abort();	/* a syntax error has its column */
	}
	xml_free(doc);
	free(text);
	arena_free(arena);
	return 0;
}
