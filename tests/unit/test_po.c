/* PO files: what is wrong is said with its place, what is right is kept.
 * tests/po holds what is written against msgcat. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/po.h"

static struct po *parse(const char *text, struct err *err)
{
	return po_parse(text, strlen(text), "x.po", err);
}

static void every_error_has_its_place(void **state)
{
	static const struct { const char *text; int line, column; } wrong[] = {
		{ "msgid \"a\"\nmsgstr \"b\nmsgid \"c\"\n", 2, 10 },
		{ "msgid \"a\"\nmsgstr \"b\\q\"\n", 2, 10 },
		{ "msgid \"a\"\nmsgstr \"\\0\"\n", 2, 9 },
		{ "msgid \"a\"\n\nmsgid \"b\"\nmsgstr \"\"\n", 3, 1 },
		{ "msgctxt \"a\"\nmsgstr \"b\"\n", 2, 1 },
		{ "msgstr \"b\"\n", 1, 1 },
		{ "  \"b\"\n", 1, 3 },
		{ "msgid \"a\"\n", 2, 1 },
		{ "msgid\nmsgstr \"a\"\n", 2, 1 },
		{ "msgid \"a\"\nmsgstr\n", 3, 1 },
		{ "msgid \"a\"\nmsgstr \"b\"\nmsgid \"a\"\nmsgstr \"c\"\n", 3, 1 },
		{ "msgid \"a\"\nmsgstr \"b\"\nmsgstr \"c\"\n", 3, 1 },
		{ "msgid \"a\"\nmsgstr[0] \"b\"\n", 2, 1 },
		{ "msgid \"a\"\nmsgid_plural \"as\"\nmsgstr \"b\"\n", 3, 1 },
		{ "msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[1] \"b\"\n", 3, 1 },
		{ "msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[x] \"b\"\n", 3, 1 },
		{ "msgid \"a\"\nmsgid_plural \"as\"\nmsgstr[0] \"b\"\n"
		  "msgstr[5] \"b\"\n", 4, 1 },
		{ "#~ msgid \"a\"\nmsgstr \"b\"\n", 2, 1 },
		{ "msgid \"a\" msgstt \"b\"\n", 1, 11 },
		{ "\xd9\x88 msgid \"a\"\n", 1, 1 },
		{ "# \xd9\x88\xd9\x88\nmsgid \"\xd9\x88\xd9\x88\" x\n", 2, 12 },
		{ "msgid \"a\"\nmsgstr \"\xff\"\n", 2, 0 },
		{ "#| msgstr \"a\"\n", 1, 4 },
		{ "domain \"a/b\"\nmsgid \"a\"\nmsgstr \"\"\n", 2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct err err = ERR_INIT;

		if (parse(wrong[i].text, &err) != NULL)
			fail_msg("not refused: %s", wrong[i].text);
		if (err.line != wrong[i].line || err.column != wrong[i].column)
			fail_msg("%d:%d, not %d:%d (%s): %s", err.line,
				err.column, wrong[i].line, wrong[i].column,
				err.message, wrong[i].text);
		assert_string_equal(err.source, "x.po");
		assert_int_equal(err.code, ERR_SYNTAX);
	}
}

static void charsets_become_utf8(void **state)
{
	struct err err = ERR_INIT;
	struct po *po = parse("msgid \"\"\nmsgstr \"Content-Type: text/plain; "
		"charset=ISO-8859-1\\n\"\nmsgid \"a\"\nmsgstr \"\xfc\"\n", &err);
	char *type;

	(void)state;
	assert_non_null(po);
	assert_string_equal(po_find(po, NULL, "a")->strings.items[0],
		"\xc3\xbc");
	type = po_header_field(po, "Content-Type");
	assert_string_equal(type, "text/plain; charset=UTF-8");
	free(type);
	po_free(po);
	assert_null(parse("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=KLINGON\\n\"\n", &err));
	assert_null(parse("msgid \"\"\nmsgstr \"Content-Type: text/plain; charset=UTF-16\\n\"\n", &err));
}

static void names_are_found(void **state)
{
	struct err err = ERR_INIT;
	struct po *po = parse("msgid \"a\"\nmsgstr \"1\"\n\n"
		"msgctxt \"c\"\nmsgid \"a\"\nmsgstr \"2\"\n\n"
		"#, fuzzy\nmsgid \"f\"\nmsgstr \"3\"\n\n"
		"#~ msgid \"o\"\n#~ msgstr \"4\"\n\n"
		"msgid \"p\"\nmsgid_plural \"ps\"\nmsgstr[0] \"5\"\n"
		"msgstr[1] \"\"\n", &err);

	(void)state;
	assert_non_null(po);
	assert_int_equal(po->entries.n, 5);
	assert_string_equal(po_find(po, NULL, "a")->strings.items[0], "1");
	assert_string_equal(po_find(po, "c", "a")->strings.items[0], "2");
	assert_null(po_find(po, "d", "a"));
	assert_null(po_find(po, NULL, "o"));
	assert_true(po_is_translated(po_find(po, NULL, "a")));
	assert_false(po_is_translated(po_find(po, NULL, "f")));
	assert_false(po_is_translated(po_find(po, NULL, "p")));
	po_free(po);
}

static void a_header_is_made_and_changed(void **state)
{
	struct po *po = po_new();
	struct str out = STR_INIT;

	(void)state;
	po_add(po, &(struct po_names){ NULL, "a", NULL });
	po_set_header_field(po, "Language", "ur");
	po_set_header_field(po, "Content-Type", "text/plain; charset=UTF-8");
	po_set_header_field(po, "Language", "ps");
	po_write(po, PO_WRAP, &out);
	assert_string_equal(out.data, "msgid \"\"\nmsgstr \"\"\n"
		"\"Language: ps\\n\"\n"
		"\"Content-Type: text/plain; charset=UTF-8\\n\"\n\n"
		"msgid \"a\"\nmsgstr \"\"\n");
	str_release(&out);
	po_free(po);
}

static void comments_at_the_end_stay(void **state)
{
	static const char text[] = "msgid \"a\"\nmsgstr \"b\"\n\n# the end\n";
	struct err err = ERR_INIT;
	struct po *po = parse(text, &err);
	struct str out = STR_INIT;

	(void)state;
	assert_non_null(po);
	po_write(po, PO_WRAP, &out);
	assert_string_equal(out.data, text);
	str_release(&out);
	po_free(po);
}

static void lines_may_end_as_in_dos(void **state)
{
	struct err err = ERR_INIT;
	struct po *po = parse("# c\r\n#: a.c:7\r\n#, fuzzy\r\nmsgid \"x\"\r\n"
		"msgstr \"y\"\r\n", &err);
	struct str out = STR_INIT;

	(void)state;
	assert_non_null(po);
	po_write(po, PO_WRAP, &out);
	assert_string_equal(out.data, "# c\n#: a.c:7\n#, fuzzy\n"
		"msgid \"x\"\nmsgstr \"y\"\n");
	str_release(&out);
	po_free(po);
}

/* As gettext 0.22 and later. */
static void a_file_may_have_a_blank_in_its_name(void **state)
{
	static const char text[] = "#: \342\201\250a b.xml\342\201\251:12 c.xml:3\n"
		"msgid \"x\"\nmsgstr \"y\"\n";
	struct err err = ERR_INIT;
	struct po *po = parse(text, &err);
	struct str out = STR_INIT;

	(void)state;
	assert_non_null(po);
	assert_string_equal(po->entries.items[0]->references.items[0].file,
		"a b.xml");
	assert_int_equal(po->entries.items[0]->references.items[0].line, 12);
	po_write(po, PO_WRAP, &out);
	assert_string_equal(out.data, text);
	str_release(&out);
	po_free(po);
}

static void placeholders_agree(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_true(po_braces_agree("{a} of {b_2}", "{b_2} {a} {a}", &err));
	assert_true(po_braces_agree("{{a}} {1} { a }", "none", &err));
	assert_false(po_braces_agree("{a} of {b}", "{a}", &err));
	assert_non_null(strstr(err.message, "{b}"));
	assert_false(po_braces_agree("{a}", "{a} {ab}", &err));
	assert_non_null(strstr(err.message, "{ab}"));
	assert_false(po_braces_agree("{a}", "{{a}}", &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_error_has_its_place),
		cmocka_unit_test(charsets_become_utf8),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(a_header_is_made_and_changed),
		cmocka_unit_test(comments_at_the_end_stay),
		cmocka_unit_test(lines_may_end_as_in_dos),
		cmocka_unit_test(a_file_may_have_a_blank_in_its_name),
		cmocka_unit_test(placeholders_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
