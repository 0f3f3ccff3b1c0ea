/* xpath: what the tables of tests/spec cannot say: references, plain paths,
 * hidden nodes, indexes, limits, dates. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/intern.h"
#include "base/mem.h"
#include "xpath/date.h"
#include "xpath/xpath.h"

static const struct xpath_names any = { .any_namespace = true };

static struct xpath *compile(struct arena *arena, const char *text)
{
	struct err err = ERR_INIT;
	struct xpath *x = xpath_compile(arena, text, &any, &err);

	if (x == NULL)
		fail_msg("%s: %s", text, err.message);
	return x;
}

/* --- references --- */

/* All references, in the context /data/person/name, as one text:
 * "PATH:BOUND", with '!' for a position and '~' within once(). */
static void expect_refs(const char *expression, const char *expected)
{
	static const char *const context[] = { "data", "person", "name" };
	struct arena *arena = arena_new();
	struct str all = STR_INIT;
	size_t n, i, k;
	struct xpath_ref *refs = xpath_refs(compile(arena, expression), arena,
		context, 3, true, &n);

	for (i = 0; i < n; i++) {
		if (i > 0)
			str_addc(&all, ' ');
		if (refs[i].start == REF_SECONDARY)
			str_addf(&all, "%s#", refs[i].instance == NULL ? "?" :
				refs[i].instance);
		for (k = 0; k < refs[i].n_steps; k++)
			str_addf(&all, "/%s", refs[i].steps[k] == NULL ? "*" :
				refs[i].steps[k] == XPATH_ANY_DEPTH ? "**" :
				refs[i].steps[k]);
		str_addf(&all, ":%zu%s%s", refs[i].n_bound,
			refs[i].is_position ? "!" : "",
			refs[i].in_once ? "~" : "");
	}
	assert_string_equal(all.data, expected);
	str_release(&all);
	arena_free(arena);
}

static void references_are_resolved_against_the_context(void **state)
{
	(void)state;
	expect_refs("1 + 'x'", "");
	expect_refs(".", "/data/person/name:3");
	expect_refs("../age", "/data/person/age:2");
	expect_refs("/data/person/age", "/data/person/age:2");
	expect_refs("/data/person[1]/age", "/data/person/age:1");
	expect_refs("../../person/age", "/data/person/age:1");
	expect_refs("/data/x + /data/y", "/data/x:1 /data/y:1");
	expect_refs("../@a", "/data/person/@a:2");
	expect_refs("../*", "/data/person/*:2");
	expect_refs("//age", "/**/age:0");
	expect_refs("/data//age", "/data/**/age:1");
	expect_refs("ancestor::person", "/data/person:2");
	expect_refs("../following-sibling::person/age", "/data/person/age:1");
	expect_refs("string()", "/data/person/name:3");
}

static void predicates_are_read_in_their_own_context(void **state)
{
	(void)state;
	expect_refs("/data/person[age > 5]/x",
		"/data/person/age:1 /data/person/x:1");
	expect_refs("/data/person[name = current()/../friend]/age",
		"/data/person/name:1 /data/person/friend:2 /data/person/age:1");
	expect_refs("instance('t')/root/item[k = /data/person/q]/v",
		"t#/root/item/k:0 /data/person/q:2 t#/root/item/v:0");
	expect_refs("instance('t')/root/item[k = /data/a[b = 1]/c]",
		"t#/root/item/k:0 /data/a/b:1 /data/a/c:1 t#/root/item:0");
	expect_refs("(/data/a | /data/b)[c]/d",
		"/data/a/c:1 /data/b/c:1 /data/a/d:1 /data/b/d:1");
	expect_refs("/data/person[/data/person/age = 1]",
		"/data/person/age:1 /data/person:1");
}

static void functions_say_what_they_read(void **state)
{
	(void)state;
	expect_refs("count(/data/pet)", "/data/pet:1!");
	expect_refs("position(..)", "/data/person:2!");
	expect_refs("once(../x)", "/data/person/x:2~");
	expect_refs("indexed-repeat(/data/person/age, /data/person, ../n)",
		"/data/person:1! /data/person/n:2 /data/person/age:1");
	expect_refs("jr:choice-name(../sel, '/data/person/sel')",
		"/data/person/sel:2 /data/person/sel:2");
	expect_refs("if(../a, ../b, ../c)",
		"/data/person/a:2 /data/person/b:2 /data/person/c:2");
	expect_refs("randomize(instance('t')/root/item, /data/seed)",
		"/data/seed:1 t#/root/item:0");
	expect_refs("instance(../id)/root", "/data/person/id:2 ?#/root:0");
}

/* --- plain paths --- */

static void plain_paths_are_taken_apart(void **state)
{
	struct arena *arena = arena_new();
	struct xpath_plain_path path;

	(void)state;
	assert_true(xpath_plain(compile(arena, "../../b[1]/c"), arena, &path));
	assert_false(path.absolute);
	assert_int_equal(path.n_up, 2);
	assert_int_equal(path.n_steps, 2);
	assert_ptr_equal(path.steps[1], intern("c"));
	assert_true(path.has_predicates);
	assert_true(xpath_plain(compile(arena, "instance('t')/root/item"),
		arena, &path));
	assert_string_equal(path.instance, "t");
	assert_int_equal(path.n_steps, 2);
	assert_true(xpath_plain(compile(arena, "/data/@v"), arena, &path));
	assert_string_equal(path.steps[1], "@v");
	assert_false(xpath_plain(compile(arena, "//a"), arena, &path));
	assert_false(xpath_plain(compile(arena, "/data/*"), arena, &path));
	assert_false(xpath_plain(compile(arena, "1"), arena, &path));
	arena_free(arena);
}

static void constants_and_volatile_expressions_are_known(void **state)
{
	struct arena *arena = arena_new();
	int column;

	(void)state;
	assert_true(xpath_is_constant(compile(arena, "true() and 1 = 2")));
	assert_false(xpath_is_constant(compile(arena, "today()")));
	assert_false(xpath_is_constant(compile(arena, "jr:itext('a')")));
	assert_false(xpath_is_constant(compile(arena, ". = 1")));
	assert_true(xpath_is_volatile(compile(arena, "/a + random()")));
	assert_true(xpath_is_volatile(compile(arena, "/a[b > now()]")));
	assert_false(xpath_is_volatile(compile(arena, "/a[position() = 2]")));
	assert_string_equal(xpath_unknown_function(
		compile(arena, "1 + my:f(2)"), 0, &column), "my:f");
	assert_int_equal(column, 5);
	assert_null(xpath_unknown_function(compile(arena, "count(/a)"), 0,
		NULL));
	assert_int_equal(xpath_byte_of_column("'دو' + 1", 6), 7);
	arena_free(arena);
}

/* --- trees with ways of their own --- */

struct world {
	struct xml_doc *doc;
	struct xp_xml_tree tree;
	struct xp_tree_ops ops;
	struct arena *arena;
	struct xp_env env;
	unsigned n_lookups;
};

static struct world *the_world;

static bool hide_marked(const struct xp_tree *tree, uintptr_t at)
{
	const struct xml_node *node = (const struct xml_node *)at;

	return at != (uintptr_t)tree && node->kind == XML_ELEMENT &&
		xml_attribute(node, "", "hidden") != NULL;
}

static bool look_up(const struct xp_tree *tree, uintptr_t parent,
	const char *item, const char *key, const char *value,
	struct xp_nodeset *out, struct arena *scratch)
{
	const struct xml_node *node = (const struct xml_node *)parent, *child;

	the_world->n_lookups++;
	for (child = node->first; child != NULL; child = child->next) {
		const struct xml_node *k = child->local == item ?
			xml_child(child, NULL, NULL, key) : NULL;
		struct xp_node found = { tree, (uintptr_t)child };

		if (k != NULL && strcmp(xml_text_of(k, scratch), value) == 0)
			xp_nodeset_add(out, found, scratch);
	}
	return true;
}

static void world_open(struct world *w, const char *xml)
{
	struct err err = ERR_INIT;

	memset(w, 0, sizeof *w);
	w->doc = xml_parse(xml, strlen(xml), NULL, &xml_limits_form, &err);
	assert_non_null(w->doc);
	xp_xml_init(&w->tree, w->doc, NULL);
	w->ops = *w->tree.tree.ops;
	w->tree.tree.ops = &w->ops;
	w->arena = arena_new();
	the_world = w;
}

static void world_close(struct world *w)
{
	xml_free(w->doc);
	arena_free(w->arena);
}

static bool world_text(struct world *w, const char *expression,
	const char **text, struct err *err)
{
	struct xp_context ctx = { .arena = w->arena, .env = &w->env };

	ctx.node = xp_xml_node(&w->tree, NULL);
	return xpath_eval_text(compile(w->arena, expression), &ctx, text, err);
}

static void expect_text(struct world *w, const char *expression,
	const char *expected)
{
	struct err err = ERR_INIT;
	const char *text;

	if (!world_text(w, expression, &text, &err))
		fail_msg("%s: %s", expression, err.message);
	assert_string_equal(text, expected);
}

static void hidden_nodes_are_in_no_set(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "<r><i>1</i><i hidden='1'>2</i><i>4</i>"
		"<g hidden='1'>x</g></r>");
	w.ops.is_hidden = hide_marked;
	expect_text(&w, "count(/r/i)", "2");
	expect_text(&w, "sum(/r/i)", "5");
	expect_text(&w, "/r/g", "");
	expect_text(&w, "boolean(/r/g)", "false");
	expect_text(&w, "join(',', //i)", "1,4");
	world_close(&w);
}

static void an_index_answers_equality(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "<r><want>b</want><i><k>a</k><v>1</v></i>"
		"<i><k>b</k><v>2</v></i><i><k>b</k><v>3</v></i></r>");
	w.ops.lookup = look_up;
	expect_text(&w, "join(',', /r/i[k = /r/want]/v)", "2,3");
	expect_text(&w, "join(',', /r/i['b' = k][2]/v)", "3");
	expect_text(&w, "join(',', /r/i[v > 2 and k = 'b']/v)", "3");
	assert_int_equal(w.n_lookups, 3);
	expect_text(&w, "count(/r/i[k = 5])", "0");	/* by number */
	expect_text(&w, "count(/r/i[k = v])", "0");	/* of the item itself */
	assert_int_equal(w.n_lookups, 3);
	world_close(&w);
}

static void several_nodes_as_one_may_be_an_error(void **state)
{
	struct err err = ERR_INIT;
	const char *text;
	struct world w;

	(void)state;
	world_open(&w, "<r><i>1</i><i>2</i></r>");
	expect_text(&w, "string(/r/i)", "1");
	w.env.strict_one_node = true;
	assert_false(world_text(&w, "1 + string(/r/i)", &text, &err));
	assert_int_equal(err.code, ERR_XPATH);
	assert_int_equal(err.column, 12);
	assert_false(world_text(&w, "/r/i", &text, &err));
	expect_text(&w, "/r/i[2]", "2");
	world_close(&w);
}

/* --- limits and failures --- */

static void visited_nodes_are_counted(void **state)
{
	struct world w;
	struct xp_value value;
	struct err err = ERR_INIT;
	struct xp_context ctx = { .steps_left = 50 };

	(void)state;
	world_open(&w, "<r><a/><a/><a/><a/><a/><a/><a/><a/><a/><a/></r>");
	ctx.arena = w.arena;
	ctx.node = xp_xml_node(&w.tree, NULL);
	assert_false(xpath_eval(compile(w.arena,
		"count(//*[count(//*[count(//*) > 1]) > 1])"), &ctx, &value,
		&err));
	assert_int_equal(err.code, ERR_LIMIT);
	world_close(&w);
}

static void deep_nesting_is_an_error_in_every_form(void **state)
{
	static const char *const opens[] = { "(", "a[", "not(", "a[b | (",
		"-(" };
	struct arena *arena = arena_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof opens / sizeof *opens; i++) {
		struct err err = ERR_INIT;
		struct str text = STR_INIT;

		while (text.len < 200000)
			str_add(&text, opens[i]);
		assert_null(xpath_compile(arena, text.data, &any, &err));
		assert_int_equal(err.code, ERR_LIMIT);
		str_release(&text);
	}
	arena_free(arena);
}

/* `head`, `n` times `middle`, `tail`. */
static char *repeated(const char *head, const char *middle, size_t n,
	const char *tail)
{
	struct str text = STR_INIT;

	str_add(&text, head);
	while (n-- > 0)
		str_add(&text, middle);
	str_add(&text, tail);
	return str_steal(&text);
}

static enum err_code code_of(struct world *w, char *expression)
{
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct xpath *x = xpath_compile(arena, expression, &any, &err);
	struct xp_context ctx = { .arena = arena,
		.node = xp_xml_node(&w->tree, NULL) };
	struct xp_value value;
	bool ok = x != NULL && xpath_eval(x, &ctx, &value, &err);

	assert_int_equal(ok, err.code == ERR_NONE);
	free(expression);
	arena_free(arena);
	return err.code;
}

static void long_expressions_end_soon(void **state)
{
	struct world w;

	(void)state;
	world_open(&w, "<a><a/></a>");
	assert_int_equal(code_of(&w, repeated("", "(", 100000, "1")), ERR_LIMIT);
	assert_int_equal(code_of(&w, repeated("", "a[", 100000, "1")), ERR_LIMIT);
	assert_int_equal(code_of(&w, repeated("", "not(", 100000, "1")),
		ERR_LIMIT);
	assert_int_equal(code_of(&w, repeated("1", "+1", 500000, "")), ERR_NONE);
	assert_int_equal(code_of(&w, repeated("", "-", 1000000, "1")), ERR_NONE);
	assert_int_equal(code_of(&w, repeated("/a", "/a", 500000, "")),
		ERR_NONE);
	assert_int_equal(code_of(&w, repeated("a", "[1]", 300000, "")),
		ERR_NONE);
	assert_int_equal(code_of(&w, repeated("a", "|a", 100000, "")),
		ERR_NONE);
	world_close(&w);
}

static void results_do_not_outgrow_memory(void **state)
{
	char *many = repeated("<a>", "<b>1</b>", 3000, "</a>");
	struct world w;

	(void)state;
	world_open(&w, many);
	assert_int_equal(code_of(&w, repeated("count(//b",
		"/following::b/preceding-sibling::b", 20, ")")), ERR_NONE);
	assert_int_equal(code_of(&w, repeated("count(//b",
		"|//b/following-sibling::b", 100, ")")), ERR_NONE);
	assert_int_equal(code_of(&w, repeated("join('", "x", 100000,
		"', //b)")), ERR_LIMIT);
	assert_int_equal(code_of(&w, xstrdup("uuid(1000000000)")), ERR_XPATH);
	assert_int_equal(code_of(&w, xstrdup("substr('ab', -1000000000000, "
		"1000000000000)")), ERR_NONE);
	assert_true(arena_size_bytes(w.arena) < 1 << 20);
	world_close(&w);
	free(many);
}

static void what_takes_too_long_is_given_up(void **state)
{
	char *many = repeated("<a>", "<b>1</b>", 3000, "</a>");
	struct world w;

	(void)state;
	world_open(&w, many);
	assert_int_equal(code_of(&w, repeated("regex('", "a", 5000,
		"', '(a|aa)*(a|aa)*[bc]')")), ERR_LIMIT);
	assert_int_equal(code_of(&w, xstrdup("//b[regex('aaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaa!', '(a|a)*(a|b|ab)*[cd]')]")), ERR_LIMIT);
	assert_int_equal(code_of(&w, repeated("//b[digest('", "y", 1000000,
		"', 'SHA-256') = 'x']")), ERR_LIMIT);
	assert_int_equal(code_of(&w, repeated("translate('", "abcdefghij",
		20000, "', 'abcdefghijklmnop', 'x')")), ERR_NONE);
	assert_int_equal(code_of(&w, xstrdup("//b[//b[//b > 2] > 2]")),
		ERR_LIMIT);
	world_close(&w);
	free(many);
}

static void what_the_environment_lacks_is_an_error(void **state)
{
	static const char *const texts[] = { "now()", "today()", "random()",
		"uuid()", "instance('a')", "jr:itext('a')",
		"pulldata('a', 'b', 'c', 'd')", "jr:choice-name('a', '/r')",
		"randomize(/r)" };
	struct world w;
	size_t i;

	(void)state;
	world_open(&w, "<r/>");
	for (i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct err err = ERR_INIT;
		const char *text;

		assert_false(world_text(&w, texts[i], &text, &err));
		assert_int_equal(err.code, ERR_XPATH);
	}
	world_close(&w);
}

static void an_expression_needs_no_node(void **state)
{
	struct arena *arena = arena_new();
	struct xp_context ctx = { .arena = arena };
	struct err err = ERR_INIT;
	struct xp_value value;

	(void)state;
	assert_true(xpath_eval(compile(arena, "1 + 1"), &ctx, &value, &err));
	assert_false(xpath_eval(compile(arena, "/a"), &ctx, &value, &err));
	assert_false(xpath_eval(compile(arena, "string()"), &ctx, &value,
		&err));
	arena_free(arena);
}

static void a_sum_over_a_long_repeat_is_one_pass(void **state)
{
	struct str xml = STR_INIT;
	struct world w;
	struct xp_value value;
	struct err err = ERR_INIT;
	struct xp_context ctx = { .steps_left = 25000 };
	int i;

	(void)state;
	str_add(&xml, "<r>");
	for (i = 0; i < 5000; i++)
		str_add(&xml, "<p><a>2</a></p>");
	str_add(&xml, "</r>");
	world_open(&w, xml.data);
	ctx.arena = w.arena;
	ctx.node = xp_xml_node(&w.tree, NULL);
	assert_true(xpath_eval(compile(w.arena, "sum(/r/p/a)"), &ctx, &value,
		&err));
	assert_true(value.number == 10000);
	world_close(&w);
	str_release(&xml);
}

/* --- the table of functions --- */

static void functions_are_found_and_sorted(void **state)
{
	struct arena *arena = arena_new();
	const char *before = "", *name;
	size_t i;

	(void)state;
	for (i = 0; (name = xpath_function_name(i)) != NULL; i++) {
		struct err err = ERR_INIT;
		char *text = arena_printf(arena, "%s(1,2,3,4,5,6)", name);
		struct xpath *x = xpath_compile(arena, text, &any, &err);

		assert_true(strcmp(before, name) < 0);
		assert_true(x == NULL ||
			xpath_unknown_function(x, 0, NULL) == NULL);
		before = name;
	}
	assert_true(i > 80);
	arena_free(arena);
}

/* --- dates --- */

static void days_and_dates_are_one_to_one(void **state)
{
	int64_t days;

	(void)state;
	for (days = -800000; days < 800000; days += 13) {
		struct date date = date_from_days(days);

		assert_true(date_is_valid(date));
		assert_int_equal(date_to_days(date), days);
	}
	assert_int_equal(date_to_days((struct date){ 2000, 3, 1 }), 11017);
	assert_false(date_is_valid((struct date){ 1900, 2, 29 }));
	assert_true(date_is_valid((struct date){ 2000, 2, 29 }));
}

static void dates_are_read_as_written_or_not_at_all(void **state)
{
	static const char *const wrong[] = { "", "2026", "2026-1-1",
		"2026-02-30", "2026-11-23T", "2026-11-23T1:00", "24:00",
		"10:60", "2026-11-23T10:00:00.", "2026-11-23T10:00+5",
		"2026-11-23x", "10:00Zx", "99999999999-01-01" };
	struct date_time t;
	char text[40];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_false(date_parse(wrong[i], &t));
	assert_true(date_parse("2026-11-23T10:20:30.4567-03:30", &t));
	assert_int_equal(t.clock.ms, 456);
	assert_int_equal(t.zone_minutes, -210);
	date_time_print(-1, 0, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999Z");
	date_time_print(0, -210, text);
	assert_string_equal(text, "1969-12-31T20:30:00.000-03:30");
	clock_print((struct clock){ 1, 2, 3, 4 }, 300, text);
	assert_string_equal(text, "01:02:03.004+05:00");
}

/* The fewest digits that read back as the number, by trying. */
static void shortest_by_trying(double number, char text[64])
{
	for (int digits = 0; digits < 30; digits++) {
		snprintf(text, 64, "%.*f", digits, number);
		if (strtod(text, NULL) == number)
			return;
	}
}

static void numbers_are_written_as_short_as_they_can_be(void **state)
{
	struct arena *arena = arena_new();
	uint64_t z = 1;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		static const double units[] = { 1, 10, 100, 1000, 1e5, 1e6, 3,
			7, 1e7 };
		struct arena_mark mark = arena_mark(arena);
		char text[64];
		double number;

		z = z * 6364136223846793005u + 1442695040888963407u;
		number = (double)(int64_t)z / 0x1p12;
		if (i % 2 == 0)
			number = (double)(int32_t)(z >> 32);
		number /= units[i % 9];
		shortest_by_trying(number, text);
		if (strlen(text) < 17)
			assert_string_equal(xp_number_to_text(number, arena),
				strcmp(text, "-0") == 0 ? "0" : text);
		arena_reset(arena, mark);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(references_are_resolved_against_the_context),
		cmocka_unit_test(predicates_are_read_in_their_own_context),
		cmocka_unit_test(functions_say_what_they_read),
		cmocka_unit_test(plain_paths_are_taken_apart),
		cmocka_unit_test(constants_and_volatile_expressions_are_known),
		cmocka_unit_test(hidden_nodes_are_in_no_set),
		cmocka_unit_test(an_index_answers_equality),
		cmocka_unit_test(several_nodes_as_one_may_be_an_error),
		cmocka_unit_test(visited_nodes_are_counted),
		cmocka_unit_test(deep_nesting_is_an_error_in_every_form),
		cmocka_unit_test(long_expressions_end_soon),
		cmocka_unit_test(results_do_not_outgrow_memory),
		cmocka_unit_test(what_takes_too_long_is_given_up),
		cmocka_unit_test(what_the_environment_lacks_is_an_error),
		cmocka_unit_test(an_expression_needs_no_node),
		cmocka_unit_test(a_sum_over_a_long_repeat_is_one_pass),
		cmocka_unit_test(functions_are_found_and_sorted),
		cmocka_unit_test(numbers_are_written_as_short_as_they_can_be),
		cmocka_unit_test(days_and_dates_are_one_to_one),
		cmocka_unit_test(dates_are_read_as_written_or_not_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
