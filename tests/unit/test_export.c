/* export: numbers, cells, places and names of variables. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/str.h"
#include "export/cell.h"
#include "export/geo.h"
#include "export/variables.h"

/* --- numbers --- */

static void assert_number(double number, const char *text)
{
	struct str got = STR_INIT;

	export_add_number(&got, number);
	assert_string_equal(got.data, text);
	str_release(&got);
}

static void numbers_are_as_short_as_can_be(void **state)
{
	(void)state;
	assert_number(0, "0");
	assert_number(-0.5, "-0.5");
	assert_number(12, "12");
	assert_number(-12.25, "-12.25");
	assert_number(0.1, "0.1");
	assert_number(2.005, "2.005");
	assert_number(100.05, "100.05");
	assert_number(0.0001, "0.0001");
	assert_number(34.5123456, "34.5123456");
	assert_number(1e21, "1e+21");
	assert_number(1.0 / 3, "0.3333333333333333");
}

static void a_number_reads_back_as_itself(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct str got = STR_INIT;
		char shortest[32];
		double number;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		number = (double)(int64_t)(seed >> 20) / (i % 2 ? 1000 : 7e8);
		export_add_number(&got, number);
		export_number(number, shortest);
		assert_string_equal(got.data, shortest);
		assert_memory_equal(&(double){ strtod(got.data, NULL) },
			&number, sizeof number);
		str_release(&got);
	}
}

/* --- text --- */

static void json_text_is_escaped(void **state)
{
	struct str got = STR_INIT;

	(void)state;
	export_json_text(&got, "a\"\\\n\x01 \xd9\x86");
	assert_string_equal(got.data, "\"a\\\"\\\\\\n\\u0001 \xd9\x86\"");
	str_release(&got);
}

static void formulas_become_text(void **state)
{
	static const char *const cells[] = { "=1", "+1", "-1", "@a", "\ta",
		"\ra" };

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		struct str got = STR_INIT;

		export_csv_cell(&got, cells[i], false, true);
		assert_int_equal(got.data[got.data[0] == '"'], '\'');
		str_release(&got);
	}
}

/* --- places --- */

static void assert_place(enum geo_kind kind, const char *text,
	const char *coordinates)
{
	struct str got = STR_INIT;
	bool ok = geo_add(&got, kind, text);
	const char *at = strstr(got.data, "\"coordinates\":");

	if (coordinates == NULL) {
		assert_false(ok);
		assert_int_equal(got.len, 0);
	} else {
		assert_true(ok);
		assert_non_null(at);
		got.data[got.len - 1] = '\0';		/* the last '}' */
		assert_string_equal(at + strlen("\"coordinates\":"),
			coordinates);
	}
	str_release(&got);
}

static void longitude_comes_first(void **state)
{
	(void)state;
	assert_place(GEO_POINT, "34.5 71.25 300 4.2", "[71.25,34.5,300]");
	assert_place(GEO_POINT, " 34.5  71.25 ", "[71.25,34.5]");
	assert_place(GEO_TRACE, "1 2 0 0; 3 4 0 0;", "[[2,1,0],[4,3,0]]");
}

static void a_shape_is_closed_and_turned(void **state)
{
	(void)state;
	assert_place(GEO_SHAPE, "0 0;0 2;2 2;0 0", "[[[0,0],[2,0],[2,2],[0,0]]]");
	assert_place(GEO_SHAPE, "0 0;2 2;0 2", "[[[0,0],[2,0],[2,2],[0,0]]]");
}

static void what_is_no_place_is_refused(void **state)
{
	(void)state;
	assert_place(GEO_POINT, "", NULL);
	assert_place(GEO_POINT, "34.5", NULL);
	assert_place(GEO_POINT, "91 0", NULL);
	assert_place(GEO_POINT, "0 181", NULL);
	assert_place(GEO_POINT, "1 2; 3 4", NULL);
	assert_place(GEO_POINT, "1 2 3 4 5", NULL);
	assert_place(GEO_POINT, "a b", NULL);
	assert_place(GEO_POINT, "1 nan", NULL);
	assert_place(GEO_TRACE, "1 2", NULL);
	assert_place(GEO_SHAPE, "1 2; 3 4", NULL);
	assert_place(GEO_SHAPE, "1 2; 3 4; 1 2", NULL);
}

/* --- names --- */

static const char *const wanted[] = {
	"name", "Name", "all", "2nd", "\xd9\x86\xd8\xa7\xd9\x85", "str12",
	"str1_round", 	"stretch", "a.b-c",
	"a_question_with_a_name_of_more_than_32_bytes",
	"a_question_with_a_name_of_more_than_that",
	"kind__text",
};
enum { N_WANTED = sizeof wanted / sizeof *wanted };

static const char *const given[] = {
	"name", "Name_2", "all_", "v_2nd", "v____", "str12_", "str1_round_", "stretch",
	"a_b_c", "a_question_with_a_name_of_more_t",
	"a_question_with_a_name_of_more_2", "kind__text",
};

/* A table of those columns, and "kind", one choice of two. */
static void short_names_fit_and_differ(void **state)
{
	struct layout_column columns[N_WANTED + 1];
	struct codebook_column in_book[N_WANTED + 1];
	struct codebook_choice choices[] = { { "a", NULL }, { "b", NULL } };
	struct layout_table table = { .path = "" };
	struct codebook_table table_in_book = { NULL, in_book, N_WANTED + 1 };
	struct layout layout = { .form = "f" };
	struct codebook book = { .tables = &table_in_book, .n_tables = 1 };
	struct arena *arena = arena_new();
	struct variables variables;

	(void)state;
	memset(columns, 0, sizeof columns);
	memset(in_book, 0, sizeof in_book);
	for (size_t i = 0; i < N_WANTED; i++)
		columns[i].name = wanted[i];
	columns[N_WANTED].name = "kind";
	in_book[N_WANTED].choices.items = choices;
	in_book[N_WANTED].choices.n = 2;
	table.columns.items = columns;
	table.columns.n = N_WANTED + 1;
	layout.tables.items = &table;
	layout.tables.n = 1;

	variables_of(&layout, &book, 0, arena, &variables);
	for (size_t i = 0; i < N_WANTED; i++)
		assert_string_equal(variables.list.items[
			variables.of_column[i]].short_name, given[i]);
	assert_string_equal(variables.list.items[
		variables.of_column[N_WANTED]].short_name, "kind");
	assert_string_equal(variables.list.items[
		variables.of_column[N_WANTED] + 1].short_name, "kind__text_2");
	for (size_t i = 0; i < variables.list.n; i++)
		assert_true(strlen(variables.list.items[i].short_name) <=
			VARIABLE_NAME_BYTES);
	vec_release(&variables.list);
	arena_free(arena);
}

static void numbers_are_their_own_codes(void **state)
{
	struct codebook_choice numbers[] = { { "-1", NULL }, { "0", NULL },
		{ "99", NULL } };
	struct codebook_choice padded[] = { { "01", NULL }, { "02", NULL } };
	struct codebook_column column = { .type = "select_one" };

	(void)state;
	column.choices.items = numbers;
	column.choices.n = 3;
	assert_true(variable_has_numbers(&column));
	assert_int_equal(variable_code(&column, 0), -1);
	assert_int_equal(variable_code(&column, 2), 99);
	column.choices.items = padded;
	column.choices.n = 2;
	assert_false(variable_has_numbers(&column));
	assert_int_equal(variable_code(&column, 1), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_as_short_as_can_be),
		cmocka_unit_test(a_number_reads_back_as_itself),
		cmocka_unit_test(json_text_is_escaped),
		cmocka_unit_test(formulas_become_text),
		cmocka_unit_test(longitude_comes_first),
		cmocka_unit_test(a_shape_is_closed_and_turned),
		cmocka_unit_test(what_is_no_place_is_refused),
		cmocka_unit_test(short_names_fit_and_differ),
		cmocka_unit_test(numbers_are_their_own_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
