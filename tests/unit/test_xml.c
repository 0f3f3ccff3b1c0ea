/* xml: reading into a tree, places, writing. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>

#include "base/intern.h"
#include "base/mem.h"
#include "xml/xml.h"

static struct xml_doc *parse(const char *text)
{
	struct err err = ERR_INIT;
	struct xml_doc *doc = xml_parse(text, strlen(text), "t.xml",
		&xml_limits_form, &err);

	if (doc == NULL)
		fail_msg("%d:%d: %s", err.line, err.column, err.message);
	return doc;
}

static void expect_refused(const char *text, size_t n, enum err_code code)
{
	struct err err = ERR_INIT;

	assert_null(xml_parse(text, n, "t.xml", &xml_limits_form, &err));
	assert_int_equal(err.code, code);
	assert_true(err.message[0] != '\0');
}

static void a_tree_has_names_text_and_namespaces(void **state)
{
	struct xml_doc *doc = parse("<a xmlns='u:d' xmlns:p='u:p' x='1' p:y='2'>"
		"t<![CDATA[<u>]]>&amp;<p:b>in</p:b><!--c--><b/></a>");
	struct xml_node *a = doc->root, *b;

	(void)state;
	assert_ptr_equal(a->local, intern("a"));
	assert_ptr_equal(a->ns, intern("u:d"));
	assert_string_equal(xml_attribute(a, "", "x"), "1");
	assert_string_equal(xml_attribute(a, "u:p", "y"), "2");
	assert_null(xml_attribute(a, "", "y"));
	assert_string_equal(a->first->text, "t<u>&");
	b = xml_child(a, NULL, NULL, "b");
	assert_string_equal(b->prefix, "p");
	assert_string_equal(xml_text_of(b, doc->arena), "in");
	b = xml_child(a, b, NULL, "b");
	assert_string_equal(b->ns, "u:d");
	assert_null(xml_child(a, b, NULL, NULL));
	assert_string_equal(xml_text_of(a, doc->arena), "t<u>&in");
	assert_string_equal(xml_prefix_uri(b, "p", 1), "u:p");
	assert_null(xml_prefix_uri(b, "q", 1));
	xml_free(doc);
}

static void document_order_is_counted(void **state)
{
	struct xml_doc *doc = parse("<a x='1'>t<b/></a>");

	(void)state;
	assert_int_equal(doc->document->order, 0);
	assert_int_equal(doc->root->order, 1);
	assert_int_equal(doc->root->attributes->order, 2);
	assert_int_equal(doc->root->first->order, 3);
	assert_int_equal(doc->root->last->order, 4);
	assert_int_equal(doc->n_nodes, 5);
	xml_free(doc);
}

static void attributes_have_references_resolved(void **state)
{
	struct xml_doc *doc = parse("<a x='&amp;lt; &lt;&#38;&#x41;&#10;'/>");

	(void)state;
	assert_string_equal(xml_attribute(doc->root, "", "x"), "&lt; <&A\n");
	xml_free(doc);
}

static void a_place_is_a_line_and_a_column(void **state)
{
	struct xml_doc *doc = parse("<?xml version='1.0'?>\n<a>\n"
		"  <b one='1' دو=\"&lt;= ۲ and x\"/>\n</a>");
	const struct xml_node *b = xml_child(doc->root, NULL, NULL, "b");
	int line, column;

	(void)state;
	xml_place(doc, doc->root, NULL, 0, &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 1);
	xml_place(doc, b, NULL, 0, &line, &column);
	assert_int_equal(line, 3);
	assert_int_equal(column, 3);
	xml_place(doc, b, "one", 0, &line, &column);
	assert_int_equal(column, 11);
	xml_place(doc, b, "دو", 0, &line, &column);
	assert_int_equal(column, 18);
	xml_place(doc, b, "دو", strlen("<= ۲ "), &line, &column);
	assert_int_equal(column, 26);
	xml_place(doc, b, "none", 4, &line, &column);
	assert_int_equal(column, 3);
	xml_free(doc);
}

static void a_place_far_down_is_right(void **state)
{
	struct str text = STR_INIT;
	struct xml_doc *doc;
	int i, line, column;

	(void)state;
	str_add(&text, "<a>");
	for (i = 0; i < 3000; i++)
		str_add(&text, "سطر\n");
	str_add(&text, "سسس<b/></a>");
	doc = parse(text.data);
	xml_place(doc, doc->root->last, NULL, 0, &line, &column);
	assert_int_equal(line, 3001);
	assert_int_equal(column, 4);
	xml_free(doc);
	str_release(&text);
}

static void an_error_has_its_place(void **state)
{
	struct err err = ERR_INIT;
	const char *text = "<a>\n<b></c>\n</a>";

	(void)state;
	assert_null(xml_parse(text, strlen(text), "t.xml", &xml_limits_form,
		&err));
	assert_int_equal(err.code, ERR_XML);
	assert_int_equal(err.line, 2);
	assert_true(err.column > 3);
	assert_string_equal(err.source, "t.xml");
}

static void a_nul_is_an_error(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(xml_parse("<a/>\0<b", 8, "t.xml", &xml_limits_form, &err));
	assert_int_equal(err.code, ERR_XML);
	assert_null(xml_parse_kept("<a>\0</a>", 8, NULL, &xml_limits_form,
		&err));
	assert_int_equal(err.code, ERR_XML);
}

static void what_is_kept_is_not_copied(void **state)
{
	static const char text[] = "\xef\xbb\xbf<a>\n <b/></a>";
	struct err err = ERR_INIT;
	struct xml_doc *doc = xml_parse_kept(text, strlen(text), NULL,
		&xml_limits_form, &err);
	int line, column;

	(void)state;
	assert_non_null(doc);
	assert_ptr_equal(doc->source, text + 3);
	xml_place(doc, doc->root->last, NULL, 0, &line, &column);
	assert_int_equal(line, 2);
	assert_int_equal(column, 2);
	xml_free(doc);
}

static void what_is_no_xml_is_refused(void **state)
{
	static const char *const texts[] = {
		" ", "<a>", "<a/><b/>", "<a x='1' x='2'/>", "<a>&nbsp;</a>",
		"<p:a/>", "<a>\x01</a>", "<a>\xC0\x80</a>", "text", "<a b=<c/>",
		"<?xml version='1.0' encoding='x-none'?><a/>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof *texts; i++)
		expect_refused(texts[i], strlen(texts[i]), ERR_XML);
	expect_refused("", 0, ERR_XML);
	expect_refused("<a>\0</a>", 8, ERR_XML);
}

static void entities_and_dtds_do_nothing(void **state)
{
	static const char laughs[] = "<!DOCTYPE a [<!ENTITY x 'ha'>"
		"<!ENTITY y '&x;&x;&x;&x;'>]><a>&y;</a>";
	static const char outside[] = "<!DOCTYPE a [<!ENTITY x SYSTEM "
		"'file:///etc/passwd'>]><a>&x;</a>";
	static const char parameter[] = "<!DOCTYPE a [<!ENTITY % p SYSTEM "
		"'http://localhost/x'> %p;]><a/>";
	struct xml_doc *doc = parse("<!DOCTYPE a SYSTEM 'file:///nowhere.dtd' "
		"[<!ATTLIST a x CDATA 'added'>]><a/>");

	(void)state;
	assert_null(doc->root->attributes);
	xml_free(doc);
	expect_refused(laughs, strlen(laughs), ERR_XML);
	expect_refused(outside, strlen(outside), ERR_XML);
	expect_refused(parameter, strlen(parameter), ERR_XML);
}

static void limits_are_kept(void **state)
{
	static const struct xml_limits small = { 100, 3, 6 };
	struct err err = ERR_INIT;
	struct str deep = STR_INIT;

	(void)state;
	assert_null(xml_parse("<a><b><c><d/></c></b></a>", 25, NULL, &small,
		&err));
	assert_int_equal(err.code, ERR_LIMIT);
	assert_null(xml_parse("<a><b/><b/><b/><b/><b/></a>", 27, NULL, &small,
		&err));
	assert_int_equal(err.code, ERR_LIMIT);
	while (deep.len < 101)
		str_addc(&deep, ' ');
	assert_null(xml_parse(deep.data, deep.len, NULL, &small, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	str_clear(&deep);
	while (deep.len < 400000)
		str_add(&deep, "<a>");
	expect_refused(deep.data, deep.len, ERR_LIMIT);
	str_release(&deep);
}

static void other_encodings_become_utf8(void **state)
{
	static const char latin[] =
		"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>";
	static const char utf16[] = "\xff\xfe<\0a\0>\0\x28\x06<\0/\0a\0>\0";
	static const char bom[] = "\xef\xbb\xbf<a>x</a>";
	struct err err = ERR_INIT;
	struct xml_doc *doc = parse(latin);

	(void)state;
	assert_string_equal(doc->root->first->text, "é");
	xml_free(doc);
	doc = xml_parse(utf16, sizeof utf16 - 1, NULL, &xml_limits_form, &err);
	assert_non_null(doc);
	assert_string_equal(doc->root->first->text, "ب");
	xml_free(doc);
	doc = parse(bom);
	assert_string_equal(doc->root->first->text, "x");
	xml_free(doc);
	expect_refused(utf16, sizeof utf16 - 2, ERR_XML);
}

static void what_is_written_reads_the_same(void **state)
{
	static const char text[] = "<a xmlns=\"u:d\" xmlns:p=\"u:p\" "
		"p:x=\"&lt;&quot;&#10;&#9;\">a&amp;b&#13;&gt;<p:b/>"
		"<!--c--><?pi x?><c>d<e/></c></a>";
	struct xml_doc *doc = parse(text);
	struct str out = STR_INIT;

	(void)state;
	xml_add_node(&out, doc->document);
	assert_string_equal(out.data, text);
	str_clear(&out);
	xml_add_node(&out, xml_child(doc->root, NULL, NULL, "c"));
	assert_string_equal(out.data, "<c>d<e/></c>");
	str_release(&out);
	xml_free(doc);
}

static void every_cut_of_a_document_is_an_error(void **state)
{
	static const char text[] = "<?xml version='1.0'?><!--c--><a x='1'>"
		"<b>t&amp;</b><![CDATA[x]]></a>";
	size_t n;

	(void)state;
	for (n = 0; n < strlen(text); n++)
		expect_refused(text, n, ERR_XML);
}

static void read_with(struct xml_reader *reader, const char *text,
	const char *root)
{
	const struct xml_how how = { .reader = reader };
	struct err err = ERR_INIT;
	struct xml_doc *doc = xml_parse_how(text, strlen(text), "t.xml",
		&xml_limits_record, &how, &err);

	if (root == NULL) {
		assert_null(doc);
		assert_int_equal(err.code, ERR_XML);
		return;
	}
	assert_non_null(doc);
	assert_ptr_equal(doc->root->local, intern(root));
	assert_string_equal(xml_text_of(doc->root->first, doc->arena), "t");
	xml_free(doc);
}

/* After what was no XML, and after more names than are kept. */
static void a_reader_reads_one_after_another(void **state)
{
	struct xml_reader *reader = xml_reader_new();
	char text[64];

	(void)state;
	read_with(reader, "<a><b x='1'>t</b></a>", "a");
	read_with(reader, "<a><b>t</a>", NULL);
	read_with(reader, "<c xmlns='u:c'><b>t</b></c>", "c");
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof text, "<r><n%d>t</n%d></r>", i, i);
		read_with(reader, text, "r");
	}
	read_with(reader, "<a><b>t</b></a>", "a");
	xml_reader_free(reader);
	xml_reader_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_has_names_text_and_namespaces),
		cmocka_unit_test(document_order_is_counted),
		cmocka_unit_test(attributes_have_references_resolved),
		cmocka_unit_test(a_place_is_a_line_and_a_column),
		cmocka_unit_test(a_place_far_down_is_right),
		cmocka_unit_test(an_error_has_its_place),
		cmocka_unit_test(a_nul_is_an_error),
		cmocka_unit_test(what_is_kept_is_not_copied),
		cmocka_unit_test(what_is_no_xml_is_refused),
		cmocka_unit_test(entities_and_dtds_do_nothing),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(other_encodings_become_utf8),
		cmocka_unit_test(what_is_written_reads_the_same),
		cmocka_unit_test(every_cut_of_a_document_is_an_error),
		cmocka_unit_test(a_reader_reads_one_after_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
