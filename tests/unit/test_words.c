/* Conditions in words, and texts as translators read them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "author/words.h"
#include "xform/guard.h"

static const char form_start[] =
	"<h:html xmlns='http://www.w3.org/2002/xforms' "
	"xmlns:h='http://www.w3.org/1999/xhtml' "
	"xmlns:jr='http://openrosa.org/javarosa'><h:head><h:title>t</h:title>"
	"<model><itext><translation lang='en'>"
	"<text id='a'><value>Age?</value></text></translation>"
	"<translation lang='ur'><text id='a'><value>\xd8\xb9\xd9\x85\xd8\xb1\xd8\x9f"
	"</value></text></translation></itext>"
	"<instance><d id='x'><age/><kind/><g><n/></g><c/></d></instance>"
	"<instance id='list'><root><item><name>1</name></item></root></instance>"
	"<bind nodeset='/d/g' relevant=\"/d/age &gt; 5\"/>"
	"<bind nodeset='/d/g/n' relevant=\"/d/kind = 'b'\"/>"
	"<bind nodeset='/d/c' relevant=\"";
static const char form_end[] =
	"\"/></model></h:head><h:body>"
	"<input ref='/d/age'><label ref=\"jr:itext('a')\"/></input>"
	"<select1 ref='/d/kind'><label>Which kind?</label>"
	"<item><label>Big one</label><value>b</value></item></select1>"
	"<input ref='/d/g/n'><label>How many?</label></input>"
	"<input ref='/d/c'><label>C</label></input>"
	"</h:body></h:html>";

static struct form_texts *read_form(const char *condition)
{
	const struct xf_options options = { .missing_is_error = false };
	struct err err = ERR_INIT;
	struct str xml = STR_INIT;
	struct form_texts *texts;

	str_addf(&xml, "%s%s%s", form_start, condition, form_end);
	texts = form_texts_read(xml.data, xml.len, "x.xml", &options, NULL,
		&err);
	str_release(&xml);
	if (texts == NULL)
		fail_msg("%s: %s", condition, err.message);
	return texts;
}

static void conditions_are_said_in_words(void **state)
{
	static const struct { const char *condition, *words; } known[] = {
		{ "/d/age &gt; 17", "“Age?” is more than 17" },
		{ "17 &lt; /d/age", "“Age?” is more than 17" },
		{ "/d/kind = 'b'", "“Which kind?” is “Big one”" },
		{ "/d/kind != 'b'", "“Which kind?” is not “Big one”" },
		{ "not(/d/kind = 'b')", "“Which kind?” is not “Big one”" },
		{ "/d/kind = 'z'", "“Which kind?” is “z”" },
		{ "selected(/d/kind, 'b')",
		  "“Big one” is chosen in “Which kind?”" },
		{ "not(selected(../kind, 'b'))",
		  "“Big one” is not chosen in “Which kind?”" },
		{ "/d/age != ''", "“Age?” is answered" },
		{ "'' = /d/age", "“Age?” is not answered" },
		{ ". &lt;= today()", "the answer is at most today" },
		{ "/d/age &gt; 1 and /d/age &lt; 9 or /d/kind = 'b'",
		  "(“Age?” is more than 1, and “Age?” is less than 9), or "
		  "“Which kind?” is “Big one”" },
		{ "count-selected(/d/kind) &gt; 1",
		  "the number of choices in “Which kind?” is more than 1" },
		{ "/d/age + 1 &gt; 2 * 3", "“Age?” + 1 is more than 2 × 3" },
		{ "true()", "always" },
		{ "coalesce(/d/age, 3) = 4", "coalesce(“Age?”, 3) is 4" },
		{ "instance('list')/root/item/name = 1",
		  "“name” in the list “list” is 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		struct form_texts *t = read_form(known[i].condition);
		const struct xf_node *node = xform_node(t->form, "/d/c");
		char *words = words_of_condition(t, 0, node,
			node->bind->relevant);

		assert_string_equal(words, known[i].words);
		free(words);
		form_texts_free(t);
	}
}

static void skips_of_groups_come_first(void **state)
{
	struct form_texts *t = read_form("true()");
	const struct xf_node *n = xform_node(t->form, "/d/g/n");
	char *words = words_of_skip(t, 0, n);

	(void)state;
	assert_string_equal(words, "“Age?” is more than 5, and “Which kind?” "
		"is “Big one”");
	free(words);
	assert_null(words_of_skip(t, 0, xform_node(t->form, "/d/c")));
	words = words_of_skip(t, 1, xform_node(t->form, "/d/g"));
	assert_string_equal(words, "“\xd8\xb9\xd9\x85\xd8\xb1\xd8\x9f” is "
		"more than 5");
	free(words);
	form_texts_free(t);
}

/* printf 'No\0na' | sha256sum */
static void a_mark_holds_for_its_texts_only(void **state)
{
	char hash[WORDING_HASH_BYTES];
	char mark[64];

	(void)state;
	wording_hash("No", "na", hash);
	assert_string_equal(hash, "54f34d5e839738f7");
	snprintf(mark, sizeof mark, "AK 2026-11-27 %s", hash);
	assert_true(wording_mark_holds(mark, "No", "na"));
	assert_false(wording_mark_holds(mark, "No", "nah"));
	assert_false(wording_mark_holds(mark, "Non", "a"));
	assert_false(wording_mark_holds("AK 2026-11-27", "No", "na"));
	assert_false(wording_mark_holds("AK", "No", "na"));
	assert_false(wording_mark_holds("", "No", "na"));
	assert_false(wording_mark_holds("AK 2026-11-27 ", "No", "na"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conditions_are_said_in_words),
		cmocka_unit_test(skips_of_groups_come_first),
		cmocka_unit_test(a_mark_holds_for_its_texts_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
