/* xform/document: expressions in documents, and how results name their nodes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "xform/document.h"

static const char form[] =
	"<h:html xmlns='http://www.w3.org/2002/xforms' "
	"xmlns:h='http://www.w3.org/1999/xhtml' "
	"xmlns:jr='http://openrosa.org/javarosa'><h:head><model>"
	"<itext><translation lang='en'><text id='a'><value>A"
	"<output value='/d/x'/></value></text></translation></itext>"
	"<instance><d xmlns:p='urn:p' p:q='1'><x>1</x>t<x>2</x><!--c--><?p i?>"
	"<y>m</y></d></instance>"
	"<instance id='l' v='2'><root><item><n>m</n><s>Mem</s></item></root>"
	"</instance><instance id='t' src='jr://file-csv/t.csv'/>"
	"</model></h:head><h:body><select1 ref='/d/y'>"
	"<itemset nodeset=\"instance('l')/root/item\"><value ref='n'/>"
	"<label ref='s'/></itemset></select1></h:body></h:html>";

static bool read_table(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	(void)data;
	(void)url;
	err_clear(err);
	if (strcmp(name, "t.csv") == 0)
		str_add(out, "k,v\n1,one\n2,two\n");
	return out->len > 0;
}

static struct xf_document *open_with(const char *xml,
	struct xf_document_options options)
{
	struct err err = ERR_INIT;
	struct xf_document *d = xf_document_new(xml, strlen(xml), "d.xml",
		&options, &err);

	if (d == NULL)
		fail_msg("%s", err.message);
	return d;
}

static struct xf_document *open_form(void)
{
	return open_with(form, (struct xf_document_options){
		.media = { .read = read_table, .data = NULL } });
}

static struct xp_value value_of(struct xf_document *d, const char *expression,
	const char *context)
{
	struct xf_query query = { .expression = expression,
		.context = context };
	struct err err = ERR_INIT;
	struct xp_value value;

	if (!xf_document_eval(d, &query, &value, &err))
		fail_msg("%s at %s: %s", expression, context, err.message);
	return value;
}

static void expect(struct xf_document *d, const char *expression,
	const char *expected)
{
	struct xf_query query = { .expression = expression, .has_type = true,
		.type = XP_STRING };
	struct err err = ERR_INIT;
	struct xp_value value;

	if (!xf_document_eval(d, &query, &value, &err))
		fail_msg("%s: %s", expression, err.message);
	assert_string_equal(value.text, expected);
}

/* Each node of the set is found again by its reference. */
static void expect_round_trip(struct xf_document *d, const char *expression)
{
	struct xp_value all = value_of(d, expression, NULL);
	struct xp_node *nodes = xcalloc(all.nodes.n + 1, sizeof *nodes);
	struct str ref = STR_INIT;

	assert_int_equal(all.type, XP_NODESET);
	assert_true(all.nodes.n > 0);
	memcpy(nodes, all.nodes.items, all.nodes.n * sizeof *nodes);
	for (size_t i = 0; i < all.nodes.n; i++) {
		struct xp_value self;

		str_clear(&ref);
		xf_document_ref(d, nodes[i], &ref);
		self = value_of(d, ".", ref.data);
		assert_int_equal(self.nodes.n, 1);
		assert_true(self.nodes.items[0].tree == nodes[i].tree);
		assert_int_equal(self.nodes.items[0].at, nodes[i].at);
	}
	str_release(&ref);
	free(nodes);
}

static void a_reference_leads_back_to_its_node(void **state)
{
	struct xf_document *d = open_form();

	(void)state;
	expect_round_trip(d, "/ | //node() | //@* | //*/namespace::*");
	expect_round_trip(d, "instance('l') | instance('l')/@* | "
		"instance('l')//node()");
	expect_round_trip(d, "instance('t')//node()");
	xf_document_free(d);
	d = open_with("<!--c--><a xmlns='urn:a' xml:id='q'>x<b xmlns=''/>y<b>"
		"z<?p i?></b></a><?e?>", (struct xf_document_options){ 0 });
	expect_round_trip(d, "/ | //node() | //@* | //*/namespace::*");
	xf_document_free(d);
}

static void a_form_need_not_be_good(void **state)
{
	struct xf_document *d = open_form();

	(void)state;
	expect(d, "count(/d/x)", "2");
	expect(d, "jr:itext('a')", "A1");
	expect(d, "jr:itext('none')", "[itext:none]");
	expect(d, "jr:choice-name(/d/y, '/d/y')", "Mem");
	expect(d, "instance('t')/root/item[k = 2]/v", "two");
	expect(d, "pulldata('t', 'v', 'k', 1)", "one");
	expect(d, "instance('l')/@v", "2");
	xf_document_free(d);
}

static const char *ms_text(struct xf_document *d, const char *expression)
{
	return value_of(d, expression, NULL).text;
}

/* New York changes its clocks on 2026-03-08 and 2026-11-01. */
static void local_time_follows_the_zone(void **state)
{
	struct xf_document *d = open_with("<a/>", (struct xf_document_options){
		.time_zone = "America/New_York",
		.now = "2026-03-08T06:59:00Z" });

	(void)state;
	assert_string_equal(ms_text(d, "now()"),
		"2026-03-08T01:59:00.000-05:00");
	assert_string_equal(ms_text(d, "date-time('2026-03-08T07:01:00Z')"),
		"2026-03-08T03:01:00.000-04:00");
	assert_string_equal(ms_text(d, "date-time('2026-07-01T12:00:00')"),
		"2026-07-01T12:00:00.000-04:00");
	assert_string_equal(ms_text(d, "date(number('2026-11-02') - 1)"),
		"2026-11-01");
	expect(d, "number('2026-07-01')", "20635.166666666668");
	expect(d, "decimal-time('18:00:00.000-05:00')", "0.75");
	expect(d, "format-date-time('2026-11-01T05:30:00Z', '%H:%M')", "01:30");
	expect(d, "format-date-time('2026-11-01T06:30:00Z', '%H:%M')", "01:30");
	xf_document_free(d);
}

static void chance_repeats_with_its_seed(void **state)
{
	struct xf_document_options seeded = { .has_seed = true, .seed = 7 };
	struct xf_document *d = open_with("<a/>", seeded);
	struct xf_document *same = open_with("<a/>", seeded);
	double first = value_of(d, "random()", NULL).number;

	(void)state;
	assert_true(first == value_of(same, "random()", NULL).number);
	assert_true(first != value_of(d, "random()", NULL).number);
	xf_document_free(d);
	xf_document_free(same);
}

static void expect_number(double number, const char *expected)
{
	struct json *json = xp_number_json(number);
	char *text = js_print(json);

	assert_string_equal(text, expected);
	free(text);
	js_free(json);
}

static void numbers_read_back_as_they_were(void **state)
{
	(void)state;
	expect_number(3, "3");
	expect_number(-0.0, "-0.0");
	expect_number(NAN, "\"NaN\"");
	expect_number(-INFINITY, "\"-Infinity\"");
	expect_number(0.5, "0.5");
	expect_number(9007199254740993.0, "9007199254740992.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reference_leads_back_to_its_node),
		cmocka_unit_test(a_form_need_not_be_good),
		cmocka_unit_test(local_time_follows_the_zone),
		cmocka_unit_test(chance_repeats_with_its_seed),
		cmocka_unit_test(numbers_read_back_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
