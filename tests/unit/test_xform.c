/* xform: reading forms, what depends on what, tables, lint. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/intern.h"
#include "base/mem.h"
#include "xform/table.h"
#include "xform/xform.h"

#define HEAD "<h:html xmlns='http://www.w3.org/2002/xforms'" \
	" xmlns:h='http://www.w3.org/1999/xhtml'" \
	" xmlns:ev='http://www.w3.org/2001/xml-events'" \
	" xmlns:jr='http://openrosa.org/javarosa'" \
	" xmlns:orx='http://openrosa.org/xforms'" \
	" xmlns:odk='http://www.opendatakit.org/xforms'" \
	" xmlns:bayaz='urn:x-bayaz:forms'>" \
	"<h:head><h:title>T</h:title><model>"
#define MIDDLE "</model></h:head><h:body>"
#define TAIL "</h:body></h:html>"

static struct problems said = PROBLEMS_INIT;

static bool read_given(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	const char *const *files = data;

	(void)url;
	(void)err;
	for (; *files != NULL; files += 2)
		if (strcmp(files[0], name) == 0) {
			str_add(out, files[1]);
			return true;
		}
	return false;
}

static struct xform *load_whole(const char *text, const char **files)
{
	struct xf_options options = { .media = {
		.read = files != NULL ? read_given : NULL, .data = files } };

	problems_release(&said);
	return xform_load(text, strlen(text), "t.xml", &options, &said);
}

static struct xform *load_with(const char *model, const char *body,
	const char **files)
{
	char *text = str_format("%s%s%s%s%s", HEAD, model, MIDDLE, body, TAIL);
	struct xform *form = load_whole(text, files);

	free(text);
	return form;
}

static struct xform *load(const char *model, const char *body)
{
	return load_with(model, body, NULL);
}

static struct xform *load_good(const char *model, const char *body)
{
	struct xform *form = load(model, body);

	if (form == NULL)
		problems_print(&said, stderr);
	assert_non_null(form);
	return form;
}

static bool has_said(const char *part)
{
	for (size_t i = 0; i < said.n; i++)
		if (strstr(said.items[i].message, part) != NULL)
			return true;
	return false;
}

static void expect_refused(const char *model, const char *body,
	const char *part)
{
	assert_null(load(model, body));
	if (!has_said(part)) {
		problems_print(&said, stderr);
		fail_msg("nothing was said about '%s'", part);
	}
}

static bool depends(const struct xf_dependents *list, const struct xf_node *n,
	enum xf_property property, const struct xf_node *common)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].node == n &&
				list->items[i].property == property)
			return list->items[i].common == common;
	return false;
}

#define ROSTER "<instance><data id='f' version='3'><n/><total/>" \
	"<person jr:template=''><name/><age/><twice/><pos/></person>" \
	"<person><name>A</name><age/><twice/><pos/></person>" \
	"<orx:meta><orx:instanceID/></orx:meta></data></instance>"

/* --- the model --- */

static void a_form_knows_its_nodes(void **state)
{
	struct xform *f = load_good(ROSTER
		"<bind nodeset='/data/n' type='xsd:integer' required='true()'/>"
		"<bind nodeset='/data/person/age' type='int'/>",
		"<input ref='/data/n'><label>N</label></input>"
		"<repeat nodeset='/data/person' jr:count='/data/n'>"
		"<input ref='age'><label>Age</label></input></repeat>");
	const struct xf_node *person = xform_node(f, "/data/person");

	(void)state;
	assert_string_equal(f->id, "f");
	assert_string_equal(f->version, "3");
	assert_string_equal(f->title, "T");
	assert_int_equal(f->root->n_children, 4);
	assert_true(person->is_repeat);
	assert_ptr_equal(xform_node(f, "/data/person/age")->repeat, person);
	assert_int_equal(xform_node(f, "/data/person/age")->bind->type, XF_INT);
	assert_string_equal(xform_node(f, "/data/person/age")->controls[0]->ref,
		"/data/person/age");
	assert_string_equal(person->count->text, "/data/n");
	assert_string_equal(xform_node(f, "/data/person/name")->default_value,
		"");
	assert_string_equal(f->instance_id->ref,
		"/data/orx:meta/orx:instanceID");
	assert_int_equal(xform_node(f, "/data/n")->bind->type, XF_INT);
	for (unsigned i = 0; i < f->n_nodes; i++)
		assert_int_equal(f->nodes[i]->index, i);
	xform_free(f);
}

static void siblings_of_one_name_are_a_repeat_and_said(void **state)
{
	struct xform *f = load_good("<instance><data id='f'><a><b/></a><a><b/>"
		"<c/></a></data></instance>", "");

	(void)state;
	assert_true(xform_node(f, "/data/a")->is_repeat);
	assert_false(xform_node(f, "/data/a/b")->is_repeat);
	assert_int_equal(xform_node(f, "/data/a")->n_children, 2);
	assert_true(has_said("'/data/a' is there several times"));
	xform_free(f);
}

static void binds_may_be_relative_and_nested(void **state)
{
	struct xform *f = load_good("<instance><data id='f'><g><a/></g></data>"
		"</instance><bind nodeset='g'><bind nodeset='a' type='date'/>"
		"</bind>", "");

	(void)state;
	assert_int_equal(xform_node(f, "/data/g/a")->bind->type, XF_DATE);
	xform_free(f);
}

static void attributes_can_be_bound(void **state)
{
	struct xform *f = load_good("<instance><data id='f'><a/><e id=''/>"
		"</data></instance><bind nodeset='/data/e/@id' "
		"calculate='../../a'/><setvalue event='odk-instance-first-load'"
		" ref='/data/e/@id' value='1'/>", "");
	const struct xf_node *e = xform_node(f, "/data/e");

	(void)state;
	assert_int_equal(e->n_attributes, 1);
	assert_non_null(e->attributes[0].bind);
	assert_ptr_equal(f->actions[0]->attribute, &e->attributes[0]);
	xform_free(f);
}

static void everything_wrong_is_said_in_one_run(void **state)
{
	struct xform *f = load("<instance><data id='f'><a/><b/></data>"
		"</instance>\n"
		"<bind nodeset='/data/a' relevant='1 +'/>\n"
		"<bind nodeset='/data/b' constraint='(.'/>\n"
		"<bind/>", "\n"
		"<input ref='/data/x'><label>X</label></input>\n"
		"<select1 ref='/data/a'><label>A</label></select1>");

	(void)state;
	assert_null(f);
	assert_int_equal(said.n_errors, 5);
	assert_int_equal(said.items[0].line, 2);
	assert_true(said.items[0].column > 34);
	assert_string_equal(said.items[0].expression, "1 +");
	assert_int_equal(said.items[1].line, 3);
	assert_int_equal(said.items[2].line, 4);
	assert_int_equal(said.items[3].line, 5);
	assert_int_equal(said.items[4].line, 6);
	assert_string_equal(said.items[4].file, "t.xml");
}

static void columns_count_characters_behind_entities(void **state)
{
	(void)state;
	assert_null(load("<instance><data id='f'><a/></data></instance>\n"
		"<bind nodeset='/data/a' relevant='\"ی\" &lt; )'/>", ""));
	assert_int_equal(said.items[0].line, 2);
	assert_int_equal(said.items[0].column, 44);
}

static void bodies_are_strict(void **state)
{
	const char *model = "<instance><data id='f'><a/><r><b/></r></data>"
		"</instance>";

	(void)state;
	expect_refused(model, "<label>x</label>", "<label> belongs");
	expect_refused(model, "<input><label>x</label></input>", "no ref");
	expect_refused(model, "<repeat ref='/data/r'/>", "no nodeset");
	expect_refused(model, "<repeat nodeset='/data/r' jr:count='1 +'/>",
		"ends too early");
	xform_free(load_good(model, "<repeat nodeset='/data/r'/>"
		"<input ref='/data/r/b'><label>x</label></input>"));
	assert_true(has_said("stands outside"));
	expect_refused(model, "<select1 ref='/data/a'><label>x</label>"
		"</select1>", "has no choices");
	expect_refused(model, "<input ref='/data/z'/>", "not in the instance");
	expect_refused(model, "<repeat nodeset='/data/r'><input ref='/data/a'>"
		"<label>x</label></input></repeat>", "does not lie directly");
	expect_refused(model, "<repeat nodeset='/data/r'><repeat "
		"nodeset='/data/r'/></repeat>", "of the same node");
	expect_refused(model, "<select ref='/data/a'><label>x</label><item>"
		"<label>y</label></item></select>", "no <value>");
	expect_refused(model, "<select ref='/data/a'><label>x</label><itemset "
		"nodeset=\"instance('q')/root/item\"><value ref='name'/><label "
		"ref='label'/></itemset></select>", "no instance 'q'");
	expect_refused(model, "<range ref='/data/a' start='1' end='x' "
		"step='1'><label>x</label></range>", "has to be a number");
	expect_refused("<instance><data/><other/></instance>", "",
		"more than one child");
	expect_refused("<model/>", "", "does not belong");
	expect_refused("", "", "no <instance>");
}

/* What JavaRosa refuses, the specification allows or does not forbid, and
 * browsers' engines open. */
static void what_others_open_opens_with_a_warning(void **state)
{
	static const char model[] = "<instance><data id='f'><a/>"
		"<r jr:template=''><b/></r></data></instance>";
	static const struct { const char *body, *warning; } cases[] = {
		{ "<repeat ref='/data/r'/>", "by 'nodeset', not by 'ref'" },
		{ "<repeat nodeset='/data/r' jr:count='3'/>", "" },
		{ "<repeat nodeset='/data/r'/><input ref='/data/r/b'>"
			"<label>x</label></input>", "the first instance only" },
		{ "<select1 ref='/data/a' appearance='quick'/>",
			"neither a label nor choices" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct xform *f = load_good(model, cases[i].body);

		assert_true(cases[i].warning[0] == '\0' ||
			has_said(cases[i].warning));
		xform_free(f);
	}
}

static void what_is_no_form_is_refused(void **state)
{
	(void)state;
	assert_null(load_whole("<html/>", NULL));
	assert_true(has_said("no <model>"));
	assert_null(load_whole("<html", NULL));
	assert_int_equal(said.items[0].code, ERR_XML);
	assert_null(load_whole("", NULL));
	assert_null(xform_load("\0\1", 2, NULL, NULL, NULL));
}

static void unknown_types_attributes_functions_only_warn(void **state)
{
	struct xform *f = load_good("<instance><data id='f'><a/></data>"
		"</instance><bind nodeset='/data/a' type='tel' for='me' "
		"calculate='nothing(1)'/><bind nodeset='/data/z'/>",
		"<unknown-control><input ref='/data/a'><label>x</label></input>"
		"</unknown-control>");

	(void)state;
	assert_int_equal(f->n_body, 1);
	assert_int_equal(xform_node(f, "/data/a")->bind->type, XF_OTHER);
	assert_true(has_said("no type 'tel'"));
	assert_true(has_said("no attribute 'for'"));
	assert_true(has_said("no function 'nothing'"));
	assert_true(has_said("'/data/z', which is not in the instance"));
	assert_true(has_said("<unknown-control> is unknown"));
	xform_free(f);
}

/* --- texts --- */

#define ITEXT "<itext><translation lang='English (en)' default='true()'>" \
	"<text id='a'><value>Dear <output value='/data/a'/>!</value>" \
	"<value form='image'>jr://images/a.png</value></text>" \
	"<text id='g'><value form='guidance'>G</value><value>H</value></text>" \
	"</translation><translation lang='Urdu (ur)'><text id='a'>" \
	"<value>ا</value></text></translation></itext>"

static void texts_come_in_languages_with_outputs(void **state)
{
	struct xform *f = load_good(ITEXT "<instance><data id='f'><a/></data>"
		"</instance>", "<input ref='/data/a'><label "
		"ref=\"jr:itext('a')\"/><hint ref=\"jr:itext('g')\"/></input>");
	const struct xf_control *c = f->body[0];
	const struct xf_runs *en = &c->label->itext->values[XF_TEXT_PLAIN];

	(void)state;
	assert_int_equal(f->n_languages, 2);
	assert_int_equal(xform_language(f, "ur"), 1);
	assert_int_equal(xform_language(f, "Urdu (ur)"), 1);
	assert_int_equal(xform_language(f, "u"), -1);
	assert_int_equal(en->n, 3);
	assert_string_equal(en->items[0].text, "Dear ");
	assert_string_equal(en->items[1].output->text, "/data/a");
	assert_string_equal(en->items[2].text, "!");
	assert_int_equal(c->label->itext->values[XF_TEXT_IMAGE].n, 1);
	assert_ptr_equal(c->guidance, c->hint);
	assert_true(has_said("no text 'g' in 'Urdu (ur)'"));
	xform_free(f);
}

static void a_text_missing_in_the_default_language_is_refused(void **state)
{
	(void)state;
	expect_refused(ITEXT "<instance><data id='f'><a/></data></instance>",
		"<input ref='/data/a'><label ref=\"jr:itext('q')\"/></input>",
		"no text 'q' in 'English (en)', the default language");
	expect_refused("<itext><translation><text id='a'/></translation>"
		"</itext><instance><data id='f'/></instance>", "",
		"has no lang");
}

/* --- dependencies --- */

static void a_change_knows_what_follows(void **state)
{
	struct xform *f = load_good(ROSTER
		"<bind nodeset='/data/total' calculate='sum(/data/person/age)'/>"
		"<bind nodeset='/data/person/twice' calculate='../age * 2'/>"
		"<bind nodeset='/data/person/pos' calculate='position(..)'/>"
		"<bind nodeset='/data/person/age' constraint='. &gt; /data/n'/>",
		"<repeat nodeset='/data/person' jr:count='/data/n'/>");
	const struct xf_node *person = xform_node(f, "/data/person");
	const struct xf_node *age = xform_node(f, "/data/person/age");
	const struct xf_node *n = xform_node(f, "/data/n");
	const struct xf_node *total = xform_node(f, "/data/total");

	(void)state;
	assert_true(depends(&age->dependents, total, XF_P_VALUE, f->root));
	assert_true(depends(&age->dependents, xform_node(f,
		"/data/person/twice"), XF_P_VALUE, person));
	assert_true(depends(&n->dependents, age, XF_P_CONSTRAINT, f->root));
	assert_true(depends(&n->dependents, person, XF_P_COUNT, f->root));
	assert_true(depends(&person->structure, total, XF_P_VALUE, f->root));
	assert_true(depends(&person->structure, xform_node(f,
		"/data/person/pos"), XF_P_VALUE, person));
	assert_true(depends(&person->below, total, XF_P_VALUE, f->root));
	assert_false(depends(&person->below, xform_node(f,
		"/data/person/twice"), XF_P_VALUE, person));
	xform_free(f);
}

static void wildcards_reach_all_nodes_they_match(void **state)
{
	struct xform *f = load_good("<instance><data id='f'><g><a/><b/></g>"
		"<s/><t/></data></instance>"
		"<bind nodeset='/data/s' calculate='sum(/data/g/*)'/>"
		"<bind nodeset='/data/t' calculate='count(//b)'/>", "");
	const struct xf_node *s = xform_node(f, "/data/s");

	(void)state;
	assert_true(depends(&xform_node(f, "/data/g/a")->dependents, s,
		XF_P_VALUE, f->root));
	assert_true(depends(&xform_node(f, "/data/g/b")->dependents, s,
		XF_P_VALUE, f->root));
	assert_int_equal(said.n, 0);
	xform_free(f);
}

static void a_path_to_nowhere_is_a_warning_with_its_place(void **state)
{
	struct xform *f = load_good("<instance><data id='f'><a/></data>"
		"</instance>\n<bind nodeset='/data/a' "
		"relevant='1 = /data/gone'/>", "");

	(void)state;
	assert_int_equal(said.n, 1);
	assert_true(has_said("'/data/gone' is not in the instance"));
	assert_int_equal(said.items[0].line, 2);
	assert_int_equal(said.items[0].column, 39);
	xform_free(f);
}

static void a_circle_is_named_with_its_whole_path(void **state)
{
	const char *three = "<instance><data id='f'><a/><b/><c/></data>"
		"</instance><bind nodeset='/data/a' calculate='/data/b'/>"
		"<bind nodeset='/data/b' calculate='/data/c'/>"
		"<bind nodeset='/data/c' relevant=\"/data/a = ''\"/>";

	(void)state;
	expect_refused(three, "", "/data/a → /data/b → /data/c → /data/a");
	assert_int_equal(said.items[0].code, ERR_CYCLE);
	assert_int_equal(said.items[0].line, 1);
	assert_string_equal(said.items[0].expression, "/data/b");
	expect_refused("<instance><data id='f'><a/></data></instance>"
		"<bind nodeset='/data/a' calculate='/data/a + 1'/>", "",
		"/data/a → /data/a");
	expect_refused("<instance><data id='f'><g><s/></g></data></instance>"
		"<bind nodeset='/data/g' relevant=\"./s = 'x'\"/>", "",
		"/data/g → /data/g/s → /data/g");
}

static void what_is_no_circle_is_not_taken_for_one(void **state)
{
	struct xform *f = load_good("<instance><data id='f'><a/><b/><c/><d/>"
		"<e of='x'/></data></instance>"
		"<bind nodeset='/data/a' calculate='once(random())' "
		"constraint='. &gt; 1'/>"
		"<bind nodeset='/data/b' calculate='once(/data/b + 1)'/>"
		"<bind nodeset='/data/e' calculate='/data/e/@of'/>"
		"<bind nodeset='/data/c' relevant='/data/d = 1'/>"
		"<bind nodeset='/data/d' constraint='. = /data/c'/>", "");

	(void)state;
	xform_free(f);
}

static void conditions_may_read_each_other_but_not_themselves(void **state)
{
	static const char *const kinds[] = { "relevant", "required",
		"readonly" };
	char model[400];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		snprintf(model, sizeof model, "<instance><data id='f'><a/><b/>"
			"</data></instance><bind nodeset='/data/a' "
			"%s='/data/b &gt; 0'/><bind nodeset='/data/b' "
			"%s='/data/a &gt; 0'/>", kinds[i], kinds[i]);
		xform_free(load_good(model, ""));
		snprintf(model, sizeof model, "<instance><data id='f'><a/>"
			"</data></instance><bind nodeset='/data/a' "
			"%s='/data/a &gt; 0'/>", kinds[i]);
		expect_refused(model, "", "/data/a → /data/a");
		snprintf(model, sizeof model, "<instance><data id='f'><a/><b/>"
			"</data></instance><bind nodeset='/data/a' "
			"%s='/data/b &gt; 0'/><bind nodeset='/data/b' "
			"calculate='/data/a'/>", kinds[i]);
		expect_refused(model, "", "/data/a → /data/b → /data/a");
	}
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A group of n questions under one relevance, a chain of calculations. */
static char *wide_form(int n)
{
	struct str s = STR_INIT;

	str_addf(&s, "%s<instance><data id='f'><k/><g>", HEAD);
	for (int i = 0; i < n; i++)
		str_addf(&s, "<q%d/>", i);
	str_add(&s, "</g></data></instance>"
		"<bind nodeset='/data/g' relevant=\"/data/k = 'x'\"/>\n");
	for (int i = 1; i < n; i++)
		str_addf(&s, "<bind nodeset='/data/g/q%d' calculate='"
			"/data/g/q%d + 1' constraint='. &lt; 9'/>\n", i, i - 1);
	str_addf(&s, "%s", MIDDLE);
	for (int i = 0; i < n; i++)
		str_addf(&s, "<input ref='/data/g/q%d'><label>L</label>"
			"</input>\n", i);
	str_add(&s, TAIL);
	return str_steal(&s);
}

static void lists_and_time_grow_with_the_form(void **state)
{
	char *text = wide_form(10000);
	double start = seconds();
	struct xform *f = load_whole(text, NULL);
	size_t edges = 0;

	(void)state;
	assert_non_null(f);
	assert_true(seconds() - start < 3);	/* 0.1 s; sanitizers, old laptops */
	for (unsigned i = 0; i < f->n_nodes; i++)
		edges += f->nodes[i]->dependents.n + f->nodes[i]->below.n;
	assert_true(edges < 10000 * 6);
	assert_true(xform_node(f, "/data/g")->below.n <= 20000);
	xform_free(f);
	free(text);
}

static void a_long_circle_does_not_exhaust_the_stack(void **state)
{
	char *text = wide_form(20000);
	char *at = strstr(text, "'/data/g/q1' calculate='/data/g/q0 + 1'");

	(void)state;
	memcpy(at, "'/data/g/q1' calculate='/data/g/q9999 '", 39);
	assert_null(load_whole(text, NULL));
	assert_true(has_said("…"));
	free(text);
}

/* --- actions --- */

static void actions_know_events_and_targets(void **state)
{
	struct xform *f = load_good(ROSTER "<setvalue event='xforms-ready "
		"odk-instance-load' ref='/data/n'>5</setvalue>",
		"<input ref='/data/n'><label>N</label><setvalue "
		"ev:event='xforms-value-changed' ref='/data/total' "
		"value='1'/></input><repeat nodeset='/data/person'><setvalue "
		"event='jr-insert' ref='/data/person/age' value='2'/>"
		"</repeat>");

	(void)state;
	assert_int_equal(f->n_actions, 3);
	assert_int_equal(f->actions[0]->events,
		XF_ON_READY | XF_ON_INSTANCE_LOAD);
	assert_string_equal(f->actions[0]->text, "5");
	assert_int_equal(xform_node(f, "/data/n")->n_on_change, 1);
	assert_ptr_equal(f->actions[2]->repeat, xform_node(f, "/data/person"));
	assert_int_equal(f->actions[2]->events, XF_ON_NEW_REPEAT);
	xform_free(f);
	expect_refused(ROSTER "<setvalue event='some-event' ref='/data/n'/>",
		"", "no event 'some-event'");
	expect_refused(ROSTER "<setvalue event='xforms-ready' ref='/data/q'/>",
		"", "'/data/q', which is not in the instance");
	expect_refused(ROSTER "<setgeopoint event='xforms-ready' "
		"ref='/data/n'/>", "", "has to be in the namespace");
}

/* --- tables --- */

static const char *cell_text(struct xp_node node, struct arena *scratch)
{
	return node.tree->ops->text(node.tree, node.at, scratch);
}

static size_t look_up(const struct xp_tree *tree, const char *key,
	const char *value, const char *column, struct str *found)
{
	struct arena *scratch = arena_new();
	struct xp_nodeset set = { 0 };
	const struct xp_tree_ops *ops = tree->ops;
	uintptr_t root = ops->first_child(tree, 1);

	assert_true(ops->lookup(tree, root, intern("item"), intern(key), value,
		&set, scratch));
	for (size_t i = 0; i < set.n; i++) {
		uintptr_t c = ops->child_named(tree, set.items[i].at, 0, NULL,
			intern(column));
		struct xp_node node = { tree, c };

		str_add(found, i > 0 ? "," : "");
		str_add(found, cell_text(node, scratch));
	}
	arena_free(scratch);
	return set.n;
}

static struct table *csv_table(const char *text, struct err *err)
{
	struct table *t = table_from_csv(text, strlen(text), "t.csv", err);

	if (t != NULL)
		table_finish(t, 1);
	return t;
}

static void csv_is_a_list_with_an_index(void **state)
{
	struct err err = ERR_INIT;
	struct table *t = csv_table("\xEF\xBB\xBFname,label,province\n"
		"a,\"A, 1\",x\nb,B,y\n\nc,C,x\nd\n", &err);
	const struct xp_tree *tree = table_root(t).tree;
	struct str found = STR_INIT;

	(void)state;
	assert_int_equal(table_n_rows(t), 4);
	assert_string_equal(table_cell(t, 0, 1), "A, 1");
	assert_string_equal(table_cell(t, 3, 2), "");
	assert_int_equal(look_up(tree, "province", "x", "name", &found), 2);
	assert_string_equal(found.data, "a,c");
	assert_int_equal(look_up(tree, "province", "", "name", &found), 1);
	assert_int_equal(look_up(tree, "province", "q", "name", &found), 0);
	assert_int_equal(look_up(tree, "no_such", "x", "name", &found), 0);
	str_release(&found);
	table_free(t);
}

static void a_broken_csv_names_its_line(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(csv_table("a,b\n1,2\n1,2,3\n", &err));
	assert_int_equal(err.line, 3);
	assert_string_equal(err.source, "t.csv");
	assert_null(csv_table("a,b\n1,\"2\n", &err));
	assert_int_equal(err.code, ERR_SYNTAX);
	assert_null(csv_table("", &err));
	assert_null(csv_table("a\n\xff\n", &err));
}

static void semicolons_part_cells_where_there_are_no_commas(void **state)
{
	struct err err = ERR_INIT;
	struct table *t = csv_table("a;b\n1;2,3\n", &err);

	(void)state;
	assert_string_equal(table_cell(t, 0, 1), "2,3");
	table_free(t);
}

static void geojson_becomes_a_list(void **state)
{
	static const char text[] = "{\"type\":\"FeatureCollection\","
		"\"features\":[{\"type\":\"Feature\",\"geometry\":{\"type\":"
		"\"Point\",\"coordinates\":[102.5,0.5]},\"id\":\"p\","
		"\"properties\":{\"name\":\"N\",\"n\":3}},{\"type\":\"Feature\""
		",\"geometry\":{\"type\":\"LineString\",\"coordinates\":"
		"[[1,2],[3,4]]},\"properties\":null}]}";
	struct err err = ERR_INIT;
	struct table *t = table_from_geojson(text, strlen(text), "g", &err);

	(void)state;
	assert_non_null(t);
	assert_string_equal(table_cell(t, 0, 0), "0.5 102.5 0 0");
	assert_string_equal(table_cell(t, 0, 1), "N");
	assert_string_equal(table_cell(t, 0, 2), "3");
	assert_string_equal(table_cell(t, 0, 3), "p");
	assert_string_equal(table_cell(t, 1, 0), "2 1 0 0; 4 3 0 0");
	assert_null(table_cell(t, 1, 1));
	table_free(t);
	assert_null(table_from_geojson("{}", 2, "g", &err));
	assert_null(table_from_geojson("[", 1, "g", &err));
}

/* Both trees, step by step. */
static void expect_same(struct xp_node a, struct xp_node b,
	struct arena *scratch)
{
	const struct xp_tree_ops *x = a.tree->ops, *y = b.tree->ops;
	uintptr_t p, q, last = 0;

	assert_int_equal(x->kind(a.tree, a.at), y->kind(b.tree, b.at));
	assert_ptr_equal(x->local(a.tree, a.at), y->local(b.tree, b.at));
	assert_ptr_equal(x->ns(a.tree, a.at), y->ns(b.tree, b.at));
	assert_string_equal(cell_text(a, scratch), cell_text(b, scratch));
	p = x->first_child(a.tree, a.at);
	q = y->first_child(b.tree, b.at);
	while (p != 0 && q != 0) {
		assert_true(x->parent(a.tree, p) == a.at);
		assert_true(x->previous(a.tree, p) == last);
		assert_true(last == 0 || x->order(a.tree, last, p) < 0);
		expect_same((struct xp_node){ a.tree, p },
			(struct xp_node){ b.tree, q }, scratch);
		last = p;
		p = x->next(a.tree, p);
		q = y->next(b.tree, q);
	}
	assert_true(p == 0 && q == 0);
	assert_true(x->last_child(a.tree, a.at) == last);
}

static void a_flat_list_is_the_same_as_columns(void **state)
{
	static const char text[] = "<root xmlns='u:x'><item><n>1</n><l>a</l>"
		"</item><item><n/><m>q</m></item><item><l>z</l></item></root>";
	struct err err = ERR_INIT;
	struct xml_doc *doc = xml_parse(text, strlen(text), "x",
		&xml_limits_form, &err);
	struct table *t = table_from_xml(doc->root);
	struct arena *scratch = arena_new();
	struct xp_xml_tree tree;

	(void)state;
	assert_non_null(t);
	table_finish(t, 1);
	xp_xml_init(&tree, doc, doc->document);
	expect_same(table_root(t), xp_xml_node(&tree, NULL), scratch);
	table_free(t);
	t = table_from_xml_file(text, strlen(text), "x", &err);
	assert_non_null(t);
	table_finish(t, 1);
	expect_same(table_root(t), xp_xml_node(&tree, NULL), scratch);
	table_free(t);
	assert_null(table_from_xml_file("<root><item/></root", 19, "x", &err));
	assert_int_equal(err.code, ERR_XML);
	arena_free(scratch);
	xml_free(doc);
}

static void an_absent_cell_is_not_looked_up_as_an_empty_one(void **state)
{
	static const char text[] = "<root><item><n>1</n><f>a</f></item>"
		"<item><n>2</n></item></root>";
	struct err err = ERR_INIT;
	struct table *t = table_from_xml_file(text, strlen(text), "x", &err);
	const struct xp_tree *tree;
	struct xp_nodeset set = { 0 };
	uintptr_t root;

	(void)state;
	assert_non_null(t);
	table_finish(t, 1);
	tree = table_root(t).tree;
	root = tree->ops->first_child(tree, 1);
	assert_false(tree->ops->lookup(tree, root, intern("item"), intern("f"),
		"", &set, NULL));
	assert_true(tree->ops->lookup(tree, root, intern("item"), intern("n"),
		"", &set, NULL));
	assert_int_equal(set.n, 0);
	table_free(t);
}

static void what_is_no_flat_list_stays_xml(void **state)
{
	static const char *const texts[] = { "<r><i a='1'><n>1</n></i></r>",
		"<r><i><n><m/></n></i></r>", "<r><i/><j/></r>",
		"<r><i><n/><n/></i></r>", "<r>text<i/></r>", "<r/>",
		"<r><i><a/><b/></i><i><b/><a/></i></r>" };
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct xml_doc *doc = xml_parse(texts[i], strlen(texts[i]),
			"x", &xml_limits_form, &err);

		assert_null(table_from_xml(doc->root));
		xml_free(doc);
		assert_null(table_from_xml_file(texts[i], strlen(texts[i]),
			"x", &err));
		assert_int_equal(err.code, ERR_NONE);
	}
}

static void a_big_list_is_small_and_answers_at_once(void **state)
{
	struct err err = ERR_INIT;
	struct str text = STR_INIT, found = STR_INIT;
	struct table *t;
	double start;

	(void)state;
	str_add(&text, "name,label,label_ur,district,province\n");
	for (int i = 0; i < 200000; i++)
		str_addf(&text, "v%d,Village %d,گاؤں %d,d%d,p%d\n", i, i, i,
			i / 100, i / 10000);
	t = csv_table(text.data, &err);
	str_release(&text);
	assert_non_null(t);
	assert_int_equal(table_n_rows(t), 200000);
	look_up(table_root(t).tree, "district", "d7", "name", &found);
	assert_true(table_size_bytes(t) < (size_t)40 << 20);
	start = seconds();
	for (int i = 0; i < 1000; i++)
		assert_int_equal(look_up(table_root(t).tree, "district",
			"d1234", "name", &found), 100);
	assert_true(seconds() - start < 5);
	str_release(&found);
	table_free(t);
}

/* --- secondary instances --- */

#define LIST "<instance><data id='f'><a/></data></instance>" \
	"<instance id='q' src='jr://file-csv/q.csv'/>"
#define ASKS_LIST "<select1 ref='/data/a'><label>A</label><itemset " \
	"nodeset=\"instance('q')/root/item\"><value ref='name'/>" \
	"<label ref='label'/></itemset></select1>"

static void external_lists_are_read_and_checked(void **state)
{
	static const char *good[] = { "q.csv", "name,label\n1,A\n", NULL };
	static const char *poor[] = { "q.csv", "name,text\n1,A\n", NULL };
	static const char *broken[] = { "q.csv", "name,label\n\"1,A\n", NULL };
	struct xform *f = load_with(LIST, ASKS_LIST, good);
	const struct xf_secondary *s;

	(void)state;
	assert_non_null(f);
	s = map_get(&f->secondary, "q");
	assert_true(s->is_table);
	assert_string_equal(f->body[0]->itemset->instance, "q");
	assert_ptr_equal(f->body[0]->itemset->value_name, intern("name"));
	xform_free(f);
	assert_null(load_with(LIST, ASKS_LIST, poor));
	assert_true(has_said("have no 'label'"));
	assert_null(load_with(LIST, ASKS_LIST, broken));
	assert_string_equal(said.items[0].file, "q.csv");
}

static void a_missing_list_is_a_warning_or_an_error(void **state)
{
	char *text = str_format("%s%s%s%s%s", HEAD, LIST, MIDDLE, ASKS_LIST,
		TAIL);
	struct xf_options strict = { .missing_is_error = true };
	struct xform *f = load_whole(text, NULL);

	(void)state;
	assert_non_null(f);
	assert_true(has_said("'q.csv' of instance 'q' is missing"));
	xform_free(f);
	problems_release(&said);
	assert_null(xform_load(text, strlen(text), "t", &strict, &said));
	assert_int_equal(said.items[0].code, ERR_RESOURCE);
	free(text);
}

static void pulldata_names_a_list_too(void **state)
{
	static const char *files[] = { "towns.csv", "k,v\n1,one\n", NULL };
	struct xform *f = load_with("<instance><data id='f'><a/></data>"
		"</instance><bind nodeset='/data/a' calculate=\"pulldata("
		"'towns', 'v', 'k', '1')\"/>", "", files);
	const struct xf_secondary *s;

	(void)state;
	assert_non_null(f);
	s = map_get(&f->secondary, "towns");
	assert_true(s->is_implied && s->is_table);
	xform_free(f);
}

static void media_are_looked_for_in_their_order(void **state)
{
	char folder[] = "/tmp/bayaz-media-XXXXXX";
	char *form, *beside, *in_media, *out;
	struct err err = ERR_INIT;
	struct str text = STR_INIT;
	struct xf_media_folders folders = { NULL, NULL };
	struct xf_media media;

	(void)state;
	assert_non_null(mkdtemp(folder));
	form = path_join(folder, "f.xml");
	beside = path_join(folder, "a.csv");
	in_media = path_join(folder, "f-media");
	assert_true(file_make_folder(in_media, &err));
	out = path_join(in_media, "a.csv");
	folders.form_path = form;
	media = xf_media_from_folders(&folders);
	assert_false(media.read(media.data, "jr://file/a.csv", "a.csv", &text,
		&err));
	assert_int_equal(err.code, ERR_NONE);
	assert_true(file_write(beside, "1", 1, 0600, &err));
	assert_true(media.read(media.data, "", "a.csv", &text, &err));
	assert_true(file_write(out, "2", 1, 0600, &err));
	assert_true(media.read(media.data, "", "a.csv", &text, &err));
	assert_string_equal(text.data, "12");
	assert_false(media.read(media.data, "", "../a.csv", &text, &err));
	remove(out);
	remove(beside);
	remove(in_media);
	remove(folder);
	str_release(&text);
	free(form);
	free(beside);
	free(in_media);
	free(out);
}

/* --- sensitivity and lint --- */

static bool lints(const char *class, const char *bind, const char *control,
	const char *rule)
{
	char *model = str_format("<instance><data id='f' version='1'%s><a/>"
		"<meta><instanceID/></meta></data></instance>"
		"<bind nodeset='/data/a' %s/>", class, bind);
	struct xform *f = load_good(model, control);
	bool found = false;

	problems_release(&said);
	xform_lint(f, &said);
	for (size_t i = 0; i < said.n; i++)
		found = found || strcmp(said.items[i].rule, rule) == 0;
	xform_free(f);
	free(model);
	return found;
}

#define ASK "<input ref='/data/a'><label>Age</label></input>"
#define CHOOSE(items) "<select ref='/data/a'><label>A</label>" items \
	"</select>"
#define ITEM(value) "<item><label>L</label><value>" value "</value></item>"
#define PROTECTED " bayaz:class='protected'"
#define STANDARD " bayaz:class='standard'"

static void lint_finds_what_each_rule_is_about(void **state)
{
	(void)state;
	assert_true(lints(STANDARD, "type='int'", ASK, "sensitivity"));
	assert_false(lints("", "type='int'", ASK, "sensitivity"));
	assert_true(lints(STANDARD, "type='string'", ASK, "free-text"));
	assert_false(lints(STANDARD, "constraint=\"regex(., '^[0-9]$')\"", ASK,
		"free-text"));
	assert_true(lints(PROTECTED, "", "<input ref='/data/a'><label>Her "
		"father's job</label></input>", "identifying"));
	assert_false(lints(PROTECTED, "readonly='true()'", "<input "
		"ref='/data/a'><label>Do not write names</label></input>",
		"identifying"));
	assert_false(lints(PROTECTED, "", ASK, "identifying"));
	assert_true(lints(PROTECTED, "type='geopoint'", ASK, "location"));
	assert_true(lints(PROTECTED, "jr:preload='property' "
		"jr:preloadParams='deviceid'", "", "device"));
	assert_true(lints(PROTECTED, "type='dateTime'", ASK, "time"));
	assert_true(lints(PROTECTED, "", ASK, "consent"));
	assert_true(lints("", "bayaz:ask='sensitive'", CHOOSE(ITEM("a")),
		"refusal"));
	assert_false(lints("", "bayaz:ask='sensitive'", CHOOSE(ITEM("a")
		ITEM("pnts")), "refusal"));
	assert_true(lints("", "bayaz:ask='sensitive' required='true()'", ASK,
		"refusal"));
	assert_true(lints("", "", CHOOSE(ITEM("a b")), "choice-name"));
	assert_true(lints("", "", CHOOSE(ITEM("a") ITEM("a")), "choice-twice"));
	assert_true(lints("", "relevant='false()'", ASK, "never"));
	assert_true(lints("", "required='true()' readonly='true()'", ASK,
		"required-note"));
	assert_true(lints("", "constraint='. = 1'", ASK, "message"));
}

static void a_rule_can_be_waived_with_a_reason(void **state)
{
	(void)state;
	assert_false(lints(STANDARD, "bayaz:waive='sensitivity: a test'", ASK,
		"sensitivity"));
	assert_true(lints(STANDARD, "bayaz:waive='sensitivity'", ASK,
		"sensitivity"));
	assert_true(lints(STANDARD, "bayaz:waive='sensitivity:'", ASK,
		"waive"));
	assert_false(lints(STANDARD " bayaz:waive='sensitivity: all; free-text:"
		" too'", "", ASK, "free-text"));
}

static void untagged_binds_count_as_identifying_in_forms_with_a_class(
	void **state)
{
	struct xform *f = load_good("<instance><data id='f'"
		" bayaz:class='standard' bayaz:retention='24'><a/><b/><n/>"
		"<meta><instanceID/></meta></data></instance>"
		"<bind nodeset='/data/b' bayaz:sensitivity='public'/>"
		"<bind nodeset='/data/n' readonly='true()'/>",
		"<input ref='/data/n'><label>note</label></input>");

	(void)state;
	assert_int_equal(f->retention_months, 24);
	assert_int_equal(xf_sensitivity_of(f, xform_node(f, "/data/a")),
		XF_IDENTIFYING);
	assert_int_equal(xf_sensitivity_of(f, xform_node(f, "/data/b")),
		XF_PUBLIC);
	assert_int_equal(xf_sensitivity_of(f, xform_node(f, "/data/n")),
		XF_PUBLIC);
	assert_int_equal(xf_sensitivity_of(f, f->instance_id), XF_PUBLIC);
	xform_free(f);
	expect_refused("<instance><data id='f' bayaz:class='secret'/>"
		"</instance>", "", "not 'secret'");
}

/* Every beginning of a form, and every byte changed: refused or not, no more. */
static void damaged_forms_are_survived(void **state)
{
	char *text = str_format("%s%s%s%s%s", HEAD, ITEXT ROSTER
		"<bind nodeset='/data/n' calculate='1 + /data/total'/>",
		MIDDLE, "<repeat nodeset='/data/person'/>", TAIL);
	size_t n = strlen(text);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		char kept = text[i];

		problems_release(&said);
		assert_null(xform_load(text, i, "t", NULL, &said));
		text[i] = (char)(kept ^ 4);
		problems_release(&said);
		xform_free(xform_load(text, n, "t", NULL, &said));
		text[i] = kept;
	}
	problems_release(&said);
	free(text);
}

/* The form's texts are dropped when they are read; a question may bear their
 * element's name, and what stands in it is no text. */
static void a_question_may_be_called_itext(void **state)
{
	struct xform *f = load("<instance><data id='f'><itext>kept</itext>"
		"<a/></data></instance><itext><translation lang='en'>"
		"<text id='a'><value>A <output value=' /data/a '/></value>"
		"</text></translation></itext>",
		"<input ref='/data/a'><label ref=\"jr:itext('a')\"/></input>");
	const struct xf_runs *runs;

	(void)state;
	assert_non_null(f);
	assert_string_equal(xform_node(f, "/data/itext")->default_value,
		"kept");
	assert_string_equal(f->languages[0], "en");
	runs = &f->body[0]->label->itext->values[0];
	assert_int_equal(runs->n, 2);
	assert_string_equal(runs->items[0].text, "A ");
	assert_string_equal(runs->items[1].output->text, " /data/a ");
	xform_free(f);
}

/* Between elements that hold elements only it is no node; in an instance, and
 * in texts, it is. */
static void white_space_stays_where_it_can_be_seen(void **state)
{
	struct xform *f = load("\n <instance>\n <data id='f'>\n <a> </a>\n"
		"<group>\n</group> </data></instance>\n <itext>\n"
		"<translation lang='en'>\n <text id='a'>\n <value>x"
		"<output value='/data/a'/> <output value='/data/a'/></value>\n"
		"</text></translation></itext>\n",
		"\n<input ref='/data/a'>\n <label>y<output value='/data/a'/>\n"
		"<output value='/data/a'/></label>\n</input>\n");

	(void)state;
	assert_non_null(f);
	assert_string_equal(xform_node(f, "/data/a")->default_value, " ");
	assert_string_equal(xform_node(f, "/data/group")->default_value, "\n");
	assert_int_equal(f->body[0]->label->runs.n, 4);
	assert_int_equal(f->instance_xml->first->kind, XML_TEXT);
	assert_int_equal(f->body[0]->xml->first->kind, XML_ELEMENT);
	xform_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_knows_its_nodes),
		cmocka_unit_test(siblings_of_one_name_are_a_repeat_and_said),
		cmocka_unit_test(binds_may_be_relative_and_nested),
		cmocka_unit_test(attributes_can_be_bound),
		cmocka_unit_test(everything_wrong_is_said_in_one_run),
		cmocka_unit_test(columns_count_characters_behind_entities),
		cmocka_unit_test(bodies_are_strict),
		cmocka_unit_test(what_others_open_opens_with_a_warning),
		cmocka_unit_test(what_is_no_form_is_refused),
		cmocka_unit_test(unknown_types_attributes_functions_only_warn),
		cmocka_unit_test(texts_come_in_languages_with_outputs),
		cmocka_unit_test(
			a_text_missing_in_the_default_language_is_refused),
		cmocka_unit_test(a_change_knows_what_follows),
		cmocka_unit_test(wildcards_reach_all_nodes_they_match),
		cmocka_unit_test(a_path_to_nowhere_is_a_warning_with_its_place),
		cmocka_unit_test(a_circle_is_named_with_its_whole_path),
		cmocka_unit_test(what_is_no_circle_is_not_taken_for_one),
		cmocka_unit_test(
			conditions_may_read_each_other_but_not_themselves),
		cmocka_unit_test(lists_and_time_grow_with_the_form),
		cmocka_unit_test(a_long_circle_does_not_exhaust_the_stack),
		cmocka_unit_test(actions_know_events_and_targets),
		cmocka_unit_test(csv_is_a_list_with_an_index),
		cmocka_unit_test(a_broken_csv_names_its_line),
		cmocka_unit_test(
			semicolons_part_cells_where_there_are_no_commas),
		cmocka_unit_test(geojson_becomes_a_list),
		cmocka_unit_test(a_flat_list_is_the_same_as_columns),
		cmocka_unit_test(
			an_absent_cell_is_not_looked_up_as_an_empty_one),
		cmocka_unit_test(what_is_no_flat_list_stays_xml),
		cmocka_unit_test(a_big_list_is_small_and_answers_at_once),
		cmocka_unit_test(external_lists_are_read_and_checked),
		cmocka_unit_test(a_missing_list_is_a_warning_or_an_error),
		cmocka_unit_test(pulldata_names_a_list_too),
		cmocka_unit_test(media_are_looked_for_in_their_order),
		cmocka_unit_test(lint_finds_what_each_rule_is_about),
		cmocka_unit_test(a_rule_can_be_waived_with_a_reason),
		cmocka_unit_test(
			untagged_binds_count_as_identifying_in_forms_with_a_class),
		cmocka_unit_test(a_question_may_be_called_itext),
		cmocka_unit_test(white_space_stays_where_it_can_be_seen),
		cmocka_unit_test(damaged_forms_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
