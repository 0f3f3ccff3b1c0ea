/* rich: Markdown and HTML in texts, resolved. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "session/rich.h"

/* As HTML, so that expectations can be read: nothing is escaped. */
static void write_items(struct str *out, const struct rich *items)
{
	for (; items != NULL; items = items->next) {
		if (items->tag == NULL) {
			str_add(out, items->text);
			continue;
		}
		str_addf(out, "<%s", items->tag);
		if (items->href != NULL)
			str_addf(out, " href=%s", items->href);
		for (unsigned i = 0; i < items->n_styles; i++)
			str_addf(out, " %s:%s", items->styles[i].name,
				items->styles[i].value);
		str_addc(out, '>');
		write_items(out, items->children);
		if (strcmp(items->tag, "br") != 0)
			str_addf(out, "</%s>", items->tag);
	}
}

static char *html_of(const struct text_piece *pieces, size_t n)
{
	struct arena *arena = arena_new();
	struct str out = STR_INIT;

	write_items(&out, rich_read(arena, pieces, n));
	arena_free(arena);
	return str_steal(&out);
}

static void check(const char *text, const char *html)
{
	struct text_piece piece = { text, false };
	char *found = html_of(&piece, 1);

	if (strcmp(found, html) != 0)
		print_message("%s\n", text);
	assert_string_equal(found, html);
	free(found);
}

struct example { const char *text, *html; };

static void check_all(const struct example *examples, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(examples[i].text, examples[i].html);
}

#define CHECK(list) check_all(list, sizeof list / sizeof *list)

static void plain_text_stays_as_it_is(void **state)
{
	static const struct example examples[] = {
		{ "", "" }, { "How old?", "How old?" },
		{ "2 * 3 * 4", "2 * 3 * 4" }, { "a_b_c", "a_b_c" },
		{ "1 < 2 > 0", "1 < 2 > 0" }, { "#1", "#1" },
		{ "a & b", "a & b" }, { "50% [of] it", "50% [of] it" },
		{ "-5 degrees", "-5 degrees" }, { "C#", "C#" },
		{ "\xd8\xa2\xd9\xbe \xda\xa9\xdb\x8c \xd8\xb9\xd9\x85\xd8\xb1?",
		  "\xd8\xa2\xd9\xbe \xda\xa9\xdb\x8c \xd8\xb9\xd9\x85\xd8\xb1?" },
	};

	(void)state;
	CHECK(examples);
}

/* The numbers are those of the examples in CommonMark 0.31. */
static void emphasis_is_as_in_commonmark(void **state)
{
	static const struct example examples[] = {
		{ "*foo bar*", "<em>foo bar</em>" },			/* 350 */
		{ "a * foo bar*", "a * foo bar*" },
		{ "a*\"foo\"*", "a*\"foo\"*" },
		{ "foo*bar*", "foo<em>bar</em>" },
		{ "5*6*78", "5<em>6</em>78" },
		{ "_foo bar_", "<em>foo bar</em>" },
		{ "_ foo bar_", "_ foo bar_" },
		{ "foo_bar_", "foo_bar_" },
		{ "5_6_78", "5_6_78" },
		{ "aa_\"bb\"_cc", "aa_\"bb\"_cc" },			/* 362 */
		{ "foo-_(bar)_", "foo-<em>(bar)</em>" },
		{ "_foo*", "_foo*" },
		{ "*foo bar *", "*foo bar *" },
		{ "*(*foo)", "*(*foo)" },
		{ "*(*foo*)*", "<em>(<em>foo</em>)</em>" },
		{ "*foo*bar", "<em>foo</em>bar" },
		{ "_foo_bar_baz_", "<em>foo_bar_baz</em>" },
		{ "_(bar)_.", "<em>(bar)</em>." },
		{ "**foo bar**", "<strong>foo bar</strong>" },
		{ "** foo bar**", "** foo bar**" },
		{ "foo**bar**", "foo<strong>bar</strong>" },
		{ "__foo bar__", "<strong>foo bar</strong>" },
		{ "foo__bar__", "foo__bar__" },
		{ "**foo bar **", "**foo bar **" },
		{ "*(**foo**)*", "<em>(<strong>foo</strong>)</em>" },
		{ "_foo __bar__ baz_",
		  "<em>foo <strong>bar</strong> baz</em>" },
		{ "**foo*bar*baz**",
		  "<strong>foo<em>bar</em>baz</strong>" },
		{ "***foo** bar*", "<em><strong>foo</strong> bar</em>" },
		{ "*foo **bar***", "<em>foo <strong>bar</strong></em>" },
		{ "*foo**bar***", "<em>foo<strong>bar</strong></em>" },
		{ "foo***bar***baz",
		  "foo<em><strong>bar</strong></em>baz" },
		{ "*foo**bar*", "<em>foo**bar</em>" },
		{ "foo *\\**", "foo <em>*</em>" },
		{ "foo ***", "foo ***" },
		{ "foo **_**", "foo <strong>_</strong>" },
		{ "**foo*", "*<em>foo</em>" },
		{ "*foo**", "<em>foo</em>*" },
		{ "****foo*", "***<em>foo</em>" },
		{ "****foo****",
		  "<strong><strong>foo</strong></strong>" },
		{ "***foo***", "<em><strong>foo</strong></em>" },
		{ "*foo _bar* baz_", "<em>foo _bar</em> baz_" },
		{ "**foo **bar baz**", "**foo <strong>bar baz</strong>" },
		{ "*foo *bar baz*", "*foo <em>bar baz</em>" },		/* 472 */
	};

	(void)state;
	CHECK(examples);
}

static void escapes_and_entities_are_resolved(void **state)
{
	static const struct example examples[] = {
		{ "\\*not em\\*", "*not em*" }, { "\\_a\\_", "_a_" },
		{ "\\# no heading", "# no heading" },
		{ "\\[a](b)", "[a](b)" }, { "1\\. one", "1. one" },
		{ "\\a", "\\a" }, { "a\\", "a\\" }, { "\\\\", "\\" },
		{ "\\<b>a</b>", "<b>a</b>" },
		{ "&lt;b&gt;", "<b>" }, { "&amp;amp;", "&amp;" },
		{ "&#65;", "A" }, { "&nothing;", "&nothing;" }, { "&", "&" },
		{ "&#0;", "\xef\xbf\xbd" },
	};

	(void)state;
	CHECK(examples);
}

static void links_are_links(void **state)
{
	static const struct example examples[] = {
		{ "[a](http://x.y/z)", "<a href=http://x.y/z>a</a>" },
		{ "[a](http://x.y \"title\")", "<a href=http://x.y>a</a>" },
		{ "[a](<http://x.y/a b>)", "<a href=http://x.y/a b>a</a>" },
		{ "[*a*](u)", "<a href=u><em>a</em></a>" },
		{ "*[a*](u)", "*<a href=u>a*</a>" },
		{ "[a]", "[a]" }, { "[a](", "[a](" }, { "[a](u", "[a](u" },
		{ "[a] (u)", "[a] (u)" }, { "[](u)", "<a href=u></a>" },
		{ "[a](u(v)w)", "<a href=u(v)w>a</a>" },
		{ "a](u)", "a](u)" },
		{ "[a [b](u) c](v)", "[a <a href=u>b</a> c](v)" },
	};

	(void)state;
	CHECK(examples);
}

/* Whatever a browser would run or fetch as a script has no address. */
static void links_that_run_something_lead_nowhere(void **state)
{
	static const struct example examples[] = {
		{ "[a](javascript:alert(1))", "<a>a</a>" },
		{ "[a](JaVaScRiPt:x)", "<a>a</a>" },
		{ "[a](data:text/html,x)", "<a>a</a>" },
		{ "[a](vbscript:x)", "<a>a</a>" },
		{ "[a](file:///etc/passwd)", "<a>a</a>" },
		{ "[a](<java\tscript:x>)", "<a>a</a>" },
		{ "[a](< javascript:x>)", "<a>a</a>" },
		{ "[a](<\x0bjavascript:x>)", "<a>a</a>" },
		{ "[a](mailto:a@b.c)", "<a href=mailto:a@b.c>a</a>" },
		{ "[a](tel:+92)", "<a href=tel:+92>a</a>" },
		{ "[a](/x:y)", "<a href=/x:y>a</a>" },
		{ "[a](jr://images/a.png)",
		  "<a href=jr://images/a.png>a</a>" },
	};

	(void)state;
	CHECK(examples);
}

static void headings_lists_and_paragraphs_are_blocks(void **state)
{
	static const struct example examples[] = {
		{ "# One", "<h1>One</h1>" }, { "###### Six", "<h6>Six</h6>" },
		{ "####### Seven", "####### Seven" },
		{ "## Two ##", "<h2>Two</h2>" }, { "# C#", "<h1>C#</h1>" },
		{ "# *a*\ntext", "<h1><em>a</em></h1><p>text</p>" },
		{ "- a\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>" },
		{ "a\n\nb", "<p>a</p><p>b</p>" },
		{ "a\nb", "a<br>b" },
		{ "3. Third question", "3. Third question" },
		{ "14 years.", "14 years." },
		{ "*not a list*\nb", "<em>not a list</em><br>b" },
	};

	(void)state;
	CHECK(examples);
}

static void lists_may_nest(void **state)
{
	struct text_piece piece = { "1. a\n   - b\n   - c\n2. d", false };
	char *found = html_of(&piece, 1);

	(void)state;
	assert_non_null(strstr(found, "<ol><li>"));
	assert_non_null(strstr(found, "<ul><li>"));
	assert_int_equal(strncmp(strstr(found, "c</"), "c</", 3), 0);
	assert_true(strstr(found, "<ul>") < strstr(found, "</ol>"));
	assert_true(strstr(found, "</ul>") < strstr(found, "d</"));
	free(found);
}

static void html_has_a_few_tags(void **state)
{
	static const struct example examples[] = {
		{ "<b>a</b>", "<strong>a</strong>" },
		{ "<i>a</i> <u>b</u>", "<em>a</em> <u>b</u>" },
		{ "a<br>b<br/>c", "a<br>b<br>c" },
		{ "<span style=\"color:red\">a</span>",
		  "<span color:red>a</span>" },
		{ "<span style=\"color: #f00; font-family: serif\">a</span>",
		  "<span color:#f00 font-family:serif>a</span>" },
		{ "<span style=\"position:fixed\">a</span>", "<span>a</span>" },
		{ "<span style=\"color:red;background:url(x)\">a</span>",
		  "<span color:red>a</span>" },
		{ "<span onclick=\"x()\">a</span>", "<span>a</span>" },
		{ "<b>a", "<strong>a</strong>" }, { "a</b>", "a</b>" },
	};

	(void)state;
	CHECK(examples);
}

/* No tag but those of the protocol comes out of any text. */
static void other_tags_are_never_made(void **state)
{
	static const char *const texts[] = {
		"<script>x</script>", "<img src=x onerror=y>", "<svg/onload=x>",
		"<iframe src=x>", "<style>*{}</style>", "<!-- x -->",
		"<a href='javascript:x'>y</a>", "<object>", "<b/onclick=x>",
		"<math><mi//xlink:href='x'>", "<?php x ?>", "<![CDATA[x]]>",
		"<javascript:x>", "<b <i>x", "<<b>>x", "< b>x</ b>",
	};
	static const char *const known[] = { "h1", "h2", "h3", "h4", "h5",
		"h6", "p", "br", "ul", "ol", "li", "strong", "em", "u", "a",
		"span", "div" };
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct text_piece piece = { texts[i], false };
		const struct rich *item = rich_read(arena, &piece, 1);

		for (; item != NULL; item = item->next) {
			bool found = item->tag == NULL;

			for (size_t k = 0; k < sizeof known / sizeof *known;
					k++)
				found |= item->tag != NULL &&
					strcmp(item->tag, known[k]) == 0;
			assert_true(found);
			assert_null(item->href);
		}
	}
	arena_free(arena);
}

/* --- outputs --- */

static void check_output(const char *before, const char *answer,
	const char *after, const char *html)
{
	struct text_piece pieces[] = { { before, false }, { answer, true },
		{ after, false } };
	char *found = html_of(pieces, 3);

	if (strcmp(found, html) != 0)
		print_message("%s|%s|%s\n", before, answer, after);
	assert_string_equal(found, html);
	free(found);
}

static void an_answer_is_a_span_of_its_own(void **state)
{
	(void)state;
	check_output("Is ", "Ali", " well?", "Is <span>Ali</span> well?");
	check_output("Is **", "Ali", "** well?",
		"Is <strong><span>Ali</span></strong> well?");
	check_output("Is ", "**Ali**", "?",
		"Is <span><strong>Ali</strong></span>?");
	check_output("", "", "", "<span></span>");
}

static void an_answer_cannot_spill_out(void **state)
{
	(void)state;
	check_output("*a ", "b*", " c*", "<em>a <span>b*</span> c</em>");
	check_output("**", "x** y", "**",
		"<strong><span>x** y</span></strong>");
	check_output("a ", "**", " b **c", "a <span>**</span> b **c");
	check_output("a ", "<b>", " c", "a <span><strong></strong></span> c");
	check_output("**a ", "</strong></b></span>", " c**",
		"<strong>a <span></strong></b></span></span> c</strong>");
	check_output("a ", "[x](", " b)", "a <span>[x](</span> b)");
	check_output("[x", "](http://evil)", "", "[x<span>](http://evil)"
		"</span>");
	check_output("a ", "\\", "*b*", "a <span>\\</span><em>b</em>");
	check_output("a ", "&lt", ";b", "a <span>&lt</span>;b");
	check_output("a ", "\x01" "0\x02", " b", "a <span>0</span> b");
}

static void an_answer_may_be_part_of_an_address(void **state)
{
	(void)state;
	check_output("[x](http://y/", "7", ")", "<a href=http://y/7>x</a>");
	check_output("[x](", "javascript:alert(1)", ")", "<a>x</a>");
	check_output("[x](java", "script:alert(1)", ")", "<a>x</a>");
}

/* --- hostile texts --- */

static void many(struct str *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		str_add(out, text);
}

static double seconds_for(const char *unit, const char *end, size_t n)
{
	struct arena *arena = arena_new();
	struct str text = STR_INIT;
	struct text_piece piece;
	clock_t start;
	double seconds;

	many(&text, unit, n);
	many(&text, end, end[0] != '\0' ? n : 0);
	piece = (struct text_piece){ text.data, false };
	start = clock();
	rich_read(arena, &piece, 1);
	seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
	str_release(&text);
	arena_free(arena);
	return seconds;
}

/* What grows with the square takes minutes here, not a second. */
static void hostile_texts_take_linear_time(void **state)
{
	static const char *const units[][2] = {
		{ "*", "" }, { "_", "" }, { "**", "" }, { "*a ", "" },
		{ "a*", "" }, { "*a_", "" }, { "*_", "" }, { "[", "" },
		{ "[", "]" }, { "[a](", "" }, { "[a](<", "" }, { "[a](<", ">" }, { "](", "" },
		{ "[a](b \"", "" }, { "<", "" }, { "<b>", "" },
		{ "<b>", "</b>" }, { "<span style=\"", "" }, { "</b>", "" },
		{ "`", "" }, { "``a", "" }, { "&", "" }, { "&#", "" },
		{ "\\", "" }, { "- ", "" }, { "- a\n", "" }, { "1. ", "" },
		{ " - a\n", "" }, { "#", "" }, { "# a\n", "" }, { "\n", "" },
		{ "a\n", "" }, { " ", "" }, { "\t", "" }, { "<a ", "" },
		{ "<http:", "" }, { "**a **", "" }, { "a**b", "c*" },
		{ "***a", "" }, { "*a**b", "" }, { "[a]", "" }, { "!", "" },
		{ "(", ")" }, { "[x](", "(" }, { "<!--", "" }, { "- -", "" },
		{ "\r", "" }, { ">", "" }, { "`a``", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		double seconds = seconds_for(units[i][0], units[i][1], 100000);

		if (seconds > 2)
			print_message("%s ... %s: %.1f s\n", units[i][0],
				units[i][1], seconds);
		assert_true(seconds <= 2);
	}
}

static void lists_nested_without_end_take_bounded_depth(void **state)
{
	struct arena *arena = arena_new();
	struct str text = STR_INIT;
	struct text_piece piece;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		many(&text, "  ", i);
		str_add(&text, "- a\n");
	}
	piece = (struct text_piece){ text.data, false };
	assert_non_null(rich_read(arena, &piece, 1));
	str_release(&text);
	arena_free(arena);
}

static void many_answers_take_linear_time(void **state)
{
	size_t n = 100000;
	struct text_piece *pieces = xcalloc(n, sizeof *pieces);
	struct arena *arena = arena_new();
	clock_t start = clock();

	(void)state;
	for (size_t i = 0; i < n; i++)
		pieces[i] = (struct text_piece){ i % 2 ? "*a" : "[b](",
			i % 2 };
	rich_read(arena, pieces, n);
	assert_true(clock() - start <= 2 * CLOCKS_PER_SEC);
	arena_free(arena);
	free(pieces);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays_as_it_is),
		cmocka_unit_test(emphasis_is_as_in_commonmark),
		cmocka_unit_test(escapes_and_entities_are_resolved),
		cmocka_unit_test(links_are_links),
		cmocka_unit_test(links_that_run_something_lead_nowhere),
		cmocka_unit_test(headings_lists_and_paragraphs_are_blocks),
		cmocka_unit_test(lists_may_nest),
		cmocka_unit_test(html_has_a_few_tags),
		cmocka_unit_test(other_tags_are_never_made),
		cmocka_unit_test(an_answer_is_a_span_of_its_own),
		cmocka_unit_test(an_answer_cannot_spill_out),
		cmocka_unit_test(an_answer_may_be_part_of_an_address),
		cmocka_unit_test(hostile_texts_take_linear_time),
		cmocka_unit_test(lists_nested_without_end_take_bounded_depth),
		cmocka_unit_test(many_answers_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
