/* base: text, maps, files, CSV, JSON. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

static void a_text_stops_at_its_limit(void **state)
{
	struct str s = STR_INIT;

	(void)state;
	s.limit = 5;
	str_add(&s, "abc");
	str_add(&s, "def");
	assert_true(s.over);
	assert_string_equal(s.data, "abc");
	str_release(&s);
}

static void the_deepest_place_of_an_error_wins(void **state)
{
	struct err err = ERR_INIT;
	char text[256];

	(void)state;
	err_set(&err, ERR_SYNTAX, "expected ')' before '%s'", "or");
	err_at(&err, "household.xml", 41, 17);
	err_at(&err, "outer.xml", 1, 1);
	assert_string_equal(err_text(&err, text, sizeof text),
		"household.xml:41:17: expected ')' before 'or'");
}

static void invalid_utf8_is_seen(void **state)
{
	(void)state;
	assert_true(utf8_is_valid("بیاض", strlen("بیاض")));
	assert_false(utf8_is_valid("\xC0\x80", 2));	/* overlong */
	assert_false(utf8_is_valid("\xED\xA0\x80", 3));	/* surrogate */
	assert_false(utf8_is_valid("\xF4\x90\x80\x80", 4));
	assert_false(utf8_is_valid("\xE0\xA4", 2));	/* cut */
	assert_false(utf8_is_valid("a\0b", 3));
	/* eight bytes are looked at together */
	assert_true(utf8_is_valid("0123456789abcdefبیاض012345678", 32));
	for (size_t i = 0; i < 16; i++) {
		char text[17] = "0123456789abcdef";

		text[i] = '\0';
		assert_false(utf8_is_valid(text, 16));
		text[i] = '\x80';
		assert_false(utf8_is_valid(text, 16));
		text[i] = '\x01';
		assert_true(utf8_is_valid(text, 16));
	}
}

static void native_digits_become_ascii(void **state)
{
	char text[] = "۱۲۳ ٤٥٦ 7";

	(void)state;
	utf8_ascii_digits(text);
	assert_string_equal(text, "123 456 7");
}

static void terminal_escapes_are_masked(void **state)
{
	struct str s = STR_INIT;

	(void)state;
	utf8_mask(&s, "a\x1b[2Jb\xE2\x80\xAE", false);
	assert_string_equal(s.data, "a\xEF\xBF\xBD[2Jb\xEF\xBF\xBD");
	str_release(&s);
}

static void a_map_keeps_what_it_was_given(void **state)
{
	struct map map = MAP_INIT;
	static char keys[500][8];

	(void)state;
	for (size_t i = 0; i < 500; i++) {
		snprintf(keys[i], sizeof keys[i], "k%zu", i);
		map_set(&map, keys[i], keys[i]);
	}
	for (size_t i = 0; i < 500; i++)
		assert_ptr_equal(map_get(&map, keys[i]), keys[i]);
	assert_null(map_get(&map, "k500"));
	map_release(&map);
}

/* Whatever the order, near finds what get finds. */
static void a_near_search_finds_the_same(void **state)
{
	struct map map = MAP_INIT;
	static char keys[60][8];
	size_t at = 0;

	(void)state;
	assert_null(map_get_near(&map, "k0", &at));
	for (size_t i = 0; i < 60; i++) {
		snprintf(keys[i], sizeof keys[i], "k%zu", i);
		if (i < 50)
			map_set(&map, keys[i], keys[i]);
	}
	for (size_t i = 0; i < 3000; i++) {
		/* onwards, again, back, far, past the end, not there */
		size_t k = i % 7 == 3 ? i * 31 % 60 : i / 2 % 60;

		assert_ptr_equal(map_get_near(&map, keys[k], &at),
			map_get(&map, keys[k]));
		assert_true(at <= map.n);
	}
	map_release(&map);
}

static void csv_rows_are_read_as_rfc_4180_says(void **state)
{
	static const char text[] =
		"\xEF\xBB\xBFname,label\r\na,\"x, \"\"y\"\"\n2\"\n\nb,\n";
	struct csv csv;
	struct err err = ERR_INIT;

	(void)state;
	csv_init(&csv, text, sizeof text - 1);
	assert_true(csv_next(&csv, &err));
	assert_int_equal(csv.n_cells, 2);
	assert_memory_equal(csv.cells[0].text, "name", 4);
	assert_true(csv_next(&csv, &err));
	assert_int_equal(csv.cells[1].len, 8);
	assert_memory_equal(csv.cells[1].text, "x, \"y\"\n2", 8);
	assert_true(csv_next(&csv, &err));
	assert_int_equal(csv.line, 5);
	assert_int_equal(csv.cells[1].len, 0);
	assert_false(csv_next(&csv, &err));
	assert_int_equal(err.code, ERR_NONE);
	csv_release(&csv);
}

static void an_open_quote_in_csv_has_its_place(void **state)
{
	static const char text[] = "a,b\nc,\"d\ne\n";
	struct csv csv;
	struct err err = ERR_INIT;

	(void)state;
	csv_init(&csv, text, sizeof text - 1);
	assert_true(csv_next(&csv, &err));
	assert_false(csv_next(&csv, &err));
	assert_int_equal(err.code, ERR_SYNTAX);
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 3);
	csv_release(&csv);
}

static void json_in_order_is_the_same_json(void **state)
{
	static const char text[] = "{\"z\":[1,-2.5,1e300,-0.0,true,false,"
		"null,{},[]],\"a\":\"\\\"\\\\\\n\\t\\r\\u0001\\u001f/\xd9\xbe\","
		"\"\":{\"b\":9007199254740993}}";
	struct json *value = js_parse(text, sizeof text - 1, NULL), *again;
	char *line = js_print_ordered(value), *sorted, *other;

	(void)state;
	assert_memory_equal(line, "{\"z\":[1,-2.5,", 13);
	again = js_parse(line, strlen(line), NULL);
	sorted = js_print(value);
	other = js_print(again);
	assert_string_equal(other, sorted);
	js_free(value);
	js_free(again);
	free(line);
	free(sorted);
	free(other);
}

static void equal_json_prints_equal_bytes(void **state)
{
	static const char text[] = "{\"b\":[1,2.5,null],\"a\":\"\\u06CC\"}";
	struct json *value = js_parse(text, sizeof text - 1, NULL);
	char *line;

	(void)state;
	assert_non_null(value);
	line = js_print(value);
	assert_string_equal(line, "{\"a\":\"ی\",\"b\":[1,2.5,null]}");
	free(line);
	js_free(value);
}

/* Whatever write, sync or rename fails, the old file or the new one is there. */
static void a_failed_write_leaves_the_old_file(void **state)
{
	char path[] = "/tmp/bayaz-test-file-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_true(file_write(path, "old", 3, 0600, NULL));
	for (unsigned n = 1; n < 10; n++) {
		struct str got = STR_INIT;
		bool done;

		file_fail_nth(n);
		done = file_write(path, "newer", 5, 0600, NULL);
		file_fail_nth(0);
		assert_true(file_read(path, 100, &got, NULL));
		if (done) {
			assert_string_equal(got.data, "newer");
			str_release(&got);
			break;
		}
		assert_true(strcmp(got.data, "old") == 0 ||
			strcmp(got.data, "newer") == 0);
		str_release(&got);
		assert_true(n < 9);
	}
	unlink(path);
}

static void a_file_over_the_limit_is_refused(void **state)
{
	char path[] = "/tmp/bayaz-test-file-XXXXXX";
	int fd = mkstemp(path);
	struct str got = STR_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(write(fd, "0123456789", 10), 10);
	close(fd);
	assert_false(file_read(path, 9, &got, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	str_release(&got);
	assert_true(file_read(path, 10, &got, &err));
	assert_string_equal(got.data, "0123456789");
	str_release(&got);
	unlink(path);
}

static void an_arena_goes_back_to_its_mark(void **state)
{
	struct arena *arena = arena_new();
	char *kept = arena_strdup(arena, "kept");
	struct arena_mark mark = arena_mark(arena);

	(void)state;
	for (int i = 0; i < 1000; i++)
		memset(arena_alloc(arena, 1000), i, 1000);
	arena_reset(arena, mark);
	assert_string_equal(kept, "kept");
	assert_true(arena_size_bytes(arena) < 600000);
	arena_free(arena);
}

static void an_arena_may_give_its_memory_away(void **state)
{
	struct arena *from = arena_new(), *to = arena_new();
	const char *kept = arena_strdup(to, "kept");
	size_t held;

	(void)state;
	for (int i = 0; i < 3000; i++)
		memset(arena_alloc(from, 1000), i, 1000);
	arena_give(from, to);
	held = arena_size_bytes(to);
	assert_true(held > 3000000);
	for (int i = 0; i < 2500; i++)
		memset(arena_alloc(to, 1000), i, 1000);
	assert_int_equal(arena_size_bytes(to), held);
	assert_string_equal(kept, "kept");
	arena_give(NULL, to);
	arena_free(to);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_stops_at_its_limit),
		cmocka_unit_test(the_deepest_place_of_an_error_wins),
		cmocka_unit_test(invalid_utf8_is_seen),
		cmocka_unit_test(native_digits_become_ascii),
		cmocka_unit_test(terminal_escapes_are_masked),
		cmocka_unit_test(a_map_keeps_what_it_was_given),
		cmocka_unit_test(a_near_search_finds_the_same),
		cmocka_unit_test(csv_rows_are_read_as_rfc_4180_says),
		cmocka_unit_test(an_open_quote_in_csv_has_its_place),
		cmocka_unit_test(equal_json_prints_equal_bytes),
		cmocka_unit_test(json_in_order_is_the_same_json),
		cmocka_unit_test(a_failed_write_leaves_the_old_file),
		cmocka_unit_test(a_file_over_the_limit_is_refused),
		cmocka_unit_test(an_arena_goes_back_to_its_mark),
		cmocka_unit_test(an_arena_may_give_its_memory_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
