/* rebase: a draft goes on with another version of its form, and nothing is
 * lost. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "session/rebase.h"
#include "session/session.h"

static const struct session_options options = { .has_seed = true, .seed = 1,
	.time_zone = "UTC" };

static struct xform *load(const char *instance, const char *model,
	const char *body)
{
	char *text = str_format("<h:html xmlns='http://www.w3.org/2002/xforms'"
		" xmlns:jr='http://openrosa.org/javarosa'"
		" xmlns:h='http://www.w3.org/1999/xhtml'>"
		"<h:head><h:title>T</h:title><model><instance>%s"
		"</instance>%s</model></h:head><h:body>%s</h:body></h:html>",
		instance, model, body);
	struct problems said = PROBLEMS_INIT;
	struct xform *form = xform_load(text, strlen(text), "t.xml", NULL,
		&said);

	if (form == NULL)
		problems_print(&said, stderr);
	assert_non_null(form);
	problems_release(&said);
	free(text);
	return form;
}

struct both {
	struct xform *before, *after;
	struct session *old, *new;
	struct rebase found;
};

static struct both begin(struct xform *before, struct xform *after)
{
	struct both b = { .before = before, .after = after };

	b.old = session_new(before, &options, NULL);
	assert_non_null(b.old);
	return b;
}

static void set(struct both *b, const char *ref, const char *value)
{
	struct err err = ERR_INIT;
	struct node *n = session_find(b->old, ref, &err);

	assert_non_null(n);
	assert_true(session_set(b->old, n, value, true, &err));
}

static void add(struct both *b, const char *ref, size_t count)
{
	const struct xf_node *repeat;
	struct node *parent;

	assert_true(session_find_repeat(b->old, ref, &parent, &repeat, NULL));
	assert_true(session_insert(b->old, parent, repeat,
		node_count(parent, repeat), count, NULL));
}

static void rebase(struct both *b)
{
	struct err err = ERR_INIT;

	b->new = session_rebase(b->old, b->after, &options, &b->found, &err);
	if (b->new == NULL)
		print_message("%s\n", err.message);
	assert_non_null(b->new);
}

static const char *get(struct both *b, const char *ref)
{
	struct node *n = session_find(b->new, ref, NULL);

	return n != NULL ? node_value(b->new, n) : "(none)";
}

/* "why ref text;" of each. */
static char *story(const struct both *b)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < b->found.n; i++) {
		const struct rebase_item *item = &b->found.items[i];

		str_addf(&out, "%d %s %s%s%s;", (int)item->why, item->ref,
			item->text, item->to != NULL ? " > " : "",
			item->to != NULL ? item->to : "");
	}
	return str_steal(&out);
}

static void assert_story(const struct both *b, const char *want)
{
	char *got = story(b);

	assert_string_equal(got, want);
	free(got);
}

static void end(struct both *b)
{
	rebase_release(&b->found);
	session_free(b->old);
	session_free(b->new);
	xform_free(b->before);
	xform_free(b->after);
}

#define INPUT(ref) "<input ref='" ref "'><label>x</label></input>"

static void what_fits_is_kept_with_what_is_hidden(void **state)
{
	struct both b = begin(
		load("<data id='t' version='1'><a/><b/></data>",
			"<bind nodeset='/data/b' relevant=\"/data/a='y'\"/>",
			INPUT("/data/a") INPUT("/data/b")),
		load("<data id='t' version='2'><b/><new>d</new><a/></data>",
			"<bind nodeset='/data/b' relevant=\"/data/a='n'\"/>",
			INPUT("/data/a") INPUT("/data/b") INPUT("/data/new")));
	struct str xml = STR_INIT;

	(void)state;
	set(&b, "/data/a", "y");
	set(&b, "/data/b", "hidden");
	set(&b, "/data/a", "n");
	rebase(&b);
	assert_story(&b, "");
	assert_string_equal(get(&b, "/data/a"), "n");
	assert_string_equal(get(&b, "/data/b"), "hidden");
	assert_string_equal(get(&b, "/data/new"), "d");
	assert_true(session_serialize(b.new, true, &xml, NULL));
	assert_non_null(strstr(xml.data, "version=\"2\""));
	str_release(&xml);
	end(&b);
}

static void a_retyped_answer_is_kept_aside(void **state)
{
	struct both b = begin(
		load("<data id='t'><a/><b/><c/><g/></data>", "",
			INPUT("/data/a") INPUT("/data/b") INPUT("/data/c")
			INPUT("/data/g")),
		load("<data id='t'><a/><b/><c/><g><x/></g></data>",
			"<bind nodeset='/data/a' type='int'/>"
			"<bind nodeset='/data/b' type='int'/>"
			"<bind nodeset='/data/c' calculate='/data/b + 1'/>",
			INPUT("/data/a") INPUT("/data/b") INPUT("/data/g/x")));

	(void)state;
	set(&b, "/data/a", "many");
	set(&b, "/data/b", "12");
	set(&b, "/data/c", "mine");
	set(&b, "/data/g", "whole");
	rebase(&b);
	assert_story(&b, "3 /data/a many;6 /data/c mine;1 /data/g whole;");
	assert_string_equal(get(&b, "/data/a"), "");
	assert_string_equal(get(&b, "/data/b"), "12");
	assert_string_equal(get(&b, "/data/c"), "13");
	end(&b);
}

static void a_question_moves_into_a_group_of_its_repeat(void **state)
{
	struct both b = begin(
		load("<data id='t'><r><a/><b/><z/></r><twice/><o><twice/></o>"
			"</data>", "", "<repeat nodeset='/data/r'>"
			INPUT("/data/r/a") INPUT("/data/r/b") INPUT("/data/r/z")
			"</repeat>" INPUT("/data/twice")
			INPUT("/data/o/twice")),
		load("<data id='t'><r><g><a/></g><b/></r><z/><p><twice/></p>"
			"</data>", "", "<repeat nodeset='/data/r'>"
			INPUT("/data/r/g/a") INPUT("/data/r/b") "</repeat>"
			INPUT("/data/z") INPUT("/data/p/twice")));

	(void)state;
	add(&b, "/data/r", 1);
	set(&b, "/data/r[1]/a", "one");
	set(&b, "/data/r[2]/a", "two");
	set(&b, "/data/r[2]/b", "b");
	set(&b, "/data/r[2]/z", "out");	/* not out of the repeat */
	set(&b, "/data/twice", "t");	/* which of the two was it? */
	rebase(&b);
	assert_story(&b, "2 /data/r[1]/a one > /data/r[1]/g/a;"
		"2 /data/r[2]/a two > /data/r[2]/g/a;"
		"1 /data/r[2]/z out;1 /data/twice t;");
	assert_string_equal(get(&b, "/data/r[2]/g/a"), "two");
	assert_string_equal(get(&b, "/data/r[2]/b"), "b");
	assert_string_equal(get(&b, "/data/z"), "");
	end(&b);
}

static void instances_without_a_repeat_are_kept_aside(void **state)
{
	struct both b = begin(
		load("<data id='t'><r><a/></r></data>", "",
			"<repeat nodeset='/data/r'>" INPUT("/data/r/a")
			"</repeat>"),
		load("<data id='t'><r><a/></r></data>", "",
			"<group ref='/data/r'>" INPUT("/data/r/a")
			"</group>"));

	(void)state;
	add(&b, "/data/r", 2);
	set(&b, "/data/r[1]/a", "one");
	set(&b, "/data/r[2]/a", "two");
	set(&b, "/data/r[3]/a", "three");
	rebase(&b);
	assert_story(&b, "5 /data/r[2]/a two;5 /data/r[3]/a three;");
	assert_string_equal(get(&b, "/data/r/a"), "one");
	end(&b);
}

static void a_count_that_falls_takes_no_answers_away(void **state)
{
	struct both b = begin(
		load("<data id='t'><r><a/></r></data>", "",
			"<repeat nodeset='/data/r' jr:count='3'>"
			INPUT("/data/r/a") "</repeat>"),
		load("<data id='t'><r><a/></r></data>", "",
			"<repeat nodeset='/data/r' jr:count='1'>"
			INPUT("/data/r/a") "</repeat>"));

	(void)state;
	assert_true(session_settle(b.old, NULL));
	set(&b, "/data/r[3]/a", "three");
	rebase(&b);
	assert_story(&b, "");
	assert_string_equal(get(&b, "/data/r[3]/a"), "three");
	end(&b);
}

#define CHOICE(v) "<item><label>" v "</label><value>" v "</value></item>"
#define ITEM(v, of) "<item><name>" v "</name><of>" of "</of></item>"
#define LISTED(items) "<instance id='l'><root>" items "</root></instance>"
#define CASCADE "<select1 ref='/data/b'><label>b</label><itemset " \
	"nodeset=\"instance('l')/root/item[of = /data/a]\"><value " \
	"ref='name'/><label ref='name'/></itemset></select1>"

static void choices_that_are_gone_are_kept_aside(void **state)
{
	struct both b = begin(
		load("<data id='t'><a/><b/><m/><away/></data>",
			LISTED(ITEM("x", "p") ITEM("y", "p")),
			INPUT("/data/a") CASCADE "<select ref='/data/m'>"
			"<label>m</label>" CHOICE("1") CHOICE("2") CHOICE("3")
			"</select>"),
		load("<data id='t'><a/><b/><m/><away/></data>",
			LISTED(ITEM("x", "p") ITEM("y", "q")),
			INPUT("/data/a") CASCADE "<select ref='/data/m'>"
			"<label>m</label>" CHOICE("3") CHOICE("1") CHOICE("4")
			"</select>"));

	(void)state;
	set(&b, "/data/a", "p");
	set(&b, "/data/b", "y");
	set(&b, "/data/m", "1 2 3");
	rebase(&b);
	assert_story(&b, "4 /data/m 2;4 /data/b y;");
	assert_string_equal(get(&b, "/data/m"), "1 3");
	assert_string_equal(get(&b, "/data/b"), "");
	end(&b);
}

static void another_form_is_refused(void **state)
{
	struct both b = begin(load("<data id='t'><a/></data>", "", ""),
		load("<data id='other'><a/></data>", "", ""));
	struct err err = ERR_INIT;

	(void)state;
	assert_null(session_rebase(b.old, b.after, &options, &b.found, &err));
	assert_int_equal(err.code, ERR_RECORD);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_is_kept_with_what_is_hidden),
		cmocka_unit_test(a_retyped_answer_is_kept_aside),
		cmocka_unit_test(a_question_moves_into_a_group_of_its_repeat),
		cmocka_unit_test(instances_without_a_repeat_are_kept_aside),
		cmocka_unit_test(a_count_that_falls_takes_no_answers_away),
		cmocka_unit_test(choices_that_are_gone_are_kept_aside),
		cmocka_unit_test(another_form_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
