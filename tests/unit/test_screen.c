/* What the screen is made of, without a terminal: days, order and joining of
 * text, rows. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "ui/calendar.h"
#include "ui/page.h"
#include "ui/place.h"
#include "ui/plain.h"

static void days_go_there_and_back(void **state)
{
	struct day day, before = { 0, 0, 0 };
	long first = day_number((struct day){ 1, 1, 1 });
	long last = day_number((struct day){ 9999, 12, 31 });

	(void)state;
	assert_int_equal(last - first + 1, 3652059);
	for (long n = first; n <= last; n++) {
		day = day_of_number(n);
		assert_int_equal(day_number(day), n);
		assert_true(day.year > before.year || (day.year == before.year &&
			(day.month > before.month || day.day ==
			before.day + 1)));
		before = day;
	}
	assert_int_equal(day_weekday(0), 3);		/* a Thursday */
	assert_int_equal(day_weekday(-1), 2);
}

static void only_days_are_read(void **state)
{
	static const char *const wrong[] = { "2026-02-29", "2026-13-01",
		"2026-00-10", "2026-01-00", "2026-1-01", "0000-01-01",
		"2026-01-01x", "", "2026/01/01", "1900-02-29" };
	struct day day;
	char text[DAY_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_false(day_parse(wrong[i], &day));
	assert_true(day_parse("2000-02-29", &day));
	day_text(day, text);
	assert_string_equal(text, "2000-02-29");
}

static void assert_part(const char *text, enum day_part part,
	const char *expected)
{
	char got[DAY_TEXT_BYTES];
	struct day day;

	assert_int_equal(day_parse_part(text, part, &day), expected != NULL);
	if (expected == NULL)
		return;
	day_text(day, got);
	assert_string_equal(got, expected);
}

static void what_is_not_asked_of_a_date_is_the_first(void **state)
{
	(void)state;
	assert_part("2026-03", DAY_MONTH, "2026-03-01");
	assert_part("2026-03-15", DAY_MONTH, "2026-03-01");
	assert_part("2026", DAY_YEAR, "2026-01-01");
	assert_part("2026-03", DAY_YEAR, "2026-01-01");
	assert_part("2026-03-15", DAY_WHOLE, "2026-03-15");
	assert_part("2026", DAY_MONTH, NULL);
	assert_part("2026-03", DAY_WHOLE, NULL);
	assert_part("2026-02-30", DAY_MONTH, NULL);
	assert_part("2026-13", DAY_MONTH, NULL);
	assert_part("202", DAY_YEAR, NULL);
	assert_part("20266", DAY_YEAR, NULL);
	assert_part("0000", DAY_YEAR, NULL);
	assert_part("", DAY_YEAR, NULL);
}

static void assert_moved(const char *from, enum day_part part, int by,
	const char *to)
{
	char got[DAY_TEXT_BYTES];
	struct day day;

	assert_true(day_parse(from, &day));
	day_text(day_moved(day, part, by), got);
	assert_string_equal(got, to);
}

static void dates_move_within_the_years_that_are_written(void **state)
{
	(void)state;
	assert_moved("2026-02-28", DAY_WHOLE, 1, "2026-03-01");
	assert_moved("2026-01-01", DAY_MONTH, -1, "2025-12-01");
	assert_moved("2026-12-01", DAY_MONTH, 1, "2027-01-01");
	assert_moved("2026-05-01", DAY_YEAR, -1, "2025-05-01");
	assert_moved("0001-01-01", DAY_MONTH, -1, "0001-01-01");
	assert_moved("0001-06-01", DAY_YEAR, -1, "0001-01-01");
	assert_moved("9999-12-31", DAY_WHOLE, 7, "9999-12-31");
	assert_moved("9999-06-01", DAY_YEAR, 1, "9999-12-31");
}

/* The rows of a page, from left to right, '|' between them; free() it. */
static char *rows(const char *text, int columns, bool is_rtl, enum bidi bidi)
{
	struct page page;
	struct str out = STR_INIT;

	page_init(&page, columns, is_rtl, bidi);
	page_line(&page, text, 0);
	for (size_t i = 0; i < page.rows.n; i++) {
		const struct row *row = &page.rows.items[i];

		if (i > 0)
			str_addc(&out, '|');
		for (size_t k = 0; k < row->cells.n; k++)
			for (unsigned c = 0; c < row->cells.items[k].n_chars; c++)
				str_add_utf8(&out,
					row->cells.items[k].chars[c]);
	}
	page_release(&page);
	return str_steal(&out);
}

static void assert_rows(const char *text, int columns, bool is_rtl,
	enum bidi bidi, const char *expected)
{
	char *got = rows(text, columns, is_rtl, bidi);

	assert_string_equal(got, expected);
	free(got);
}

/* By the Unicode charts: letters of U+FE70.. and U+FB50.., last letter first. */
static void letters_are_joined_and_ordered(void **state)
{
	(void)state;
	/* meem, alef: initial and final */
	assert_rows("\u0645\u0627", 20, true, BIDI_OURS, "\uFE8E\uFEE3");
	/* lam-alef is one */
	assert_rows("\u0644\u0627", 20, true, BIDI_OURS, "\uFEFB");
	/* yeh of Urdu, final, after seen */
	assert_rows("\u0633\u06CC", 20, true, BIDI_OURS, "\uFBFD\uFEB3");
	/* a heh goal with hamza is taken apart: final heh goal, mark on it */
	assert_rows("\u0628\u06C2", 20, true, BIDI_OURS,
		"\uFBA7\u0654\uFE91");
	/* a number keeps its order */
	assert_rows("\u0627 12 \u0628", 20, true, BIDI_OURS,
		"\uFE8F 12 \uFE8D");
	/* an isolated name does not take the bracket along */
	assert_rows("\u0627 \u2068Saima (2)\u2069 \u0628", 30, true, BIDI_OURS,
		"\uFE8F Saima (2) \uFE8D");
	/* the terminal does it all, and gets no isolates */
	assert_rows("\u0627 \u2068Saima\u2069", 20, true, BIDI_TERMINAL,
		"\u0627 Saima");
}

static void rows_are_cut_at_blanks(void **state)
{
	(void)state;
	assert_rows("one two three", 9, false, BIDI_OURS, "one two|three");
	assert_rows("abcdefghijkl", 9, false, BIDI_OURS, "abcdefgh|ijkl");
	assert_rows("", 9, false, BIDI_OURS, "");
	/* two columns each */
	assert_rows("\u4E00\u4E8C\u4E09\u56DB\u4E94", 9, false, BIDI_OURS,
		"\u4E00\u4E8C\u4E09\u56DB|\u4E94");
	/* marks stay with their letter */
	assert_rows("abcdefge\u0301x", 9, false, BIDI_OURS,
		"abcdefge\u0301|x");
}

/* Whatever is shown, nothing of it drives the terminal, and nothing is lost. */
static void nothing_is_lost_by_wrapping(void **state)
{
	static const uint32_t letters[] = { 'a', ' ', 'b', '1', 0x0627, 0x0628,
		0x06C2, 0x0644, 0x4E00, 0x0301, 0x2068, 0x2069, 0x1B, '(' };
	unsigned seed = 1325;

	(void)state;
	for (int round = 0; round < 3000; round++) {
		struct page page;
		size_t n = 0, shown = 0;
		int columns = 6 + round % 40;

		page_init(&page, columns, round % 2 == 0, round % 3 == 0 ?
			BIDI_TERMINAL : BIDI_OURS);
		for (int i = 0; i < round % 97; i++) {
			uint32_t c;

			seed = seed * 1103515245u + 12345u;
			c = letters[(seed >> 16) %
				(sizeof letters / sizeof letters[0])];
			n += c != ' ' && c != 0x2068 && c != 0x2069 &&
				c != 0x0301;
			page_char(&page, c, 0);
		}
		page_end(&page);
		for (size_t i = 0; i < page.rows.n; i++) {
			const struct row *row = &page.rows.items[i];
			int width = 0;

			for (size_t k = 0; k < row->cells.n; k++) {
				const struct cell *cell = &row->cells.items[k];

				width += cell->width;
				assert_true(cell->chars[0] >= 0x20);
				shown += cell->chars[0] != ' ';
				/* lam and alef are one cell */
				shown += cell->chars[0] >= 0xFEF5 &&
					cell->chars[0] <= 0xFEFC;
			}
			assert_true(row->x >= 0);
			assert_true(width <= columns);
		}
		assert_int_equal(shown, n);
		page_release(&page);
	}
}

static void letters_that_keyboards_mix_up_are_found(void **state)
{
	struct str a = STR_INIT, b = STR_INIT;

	(void)state;
	utf8_fold(&a, "\u064A\u0643\u0647 \u00C9A \u023A");
	utf8_fold(&b, "\u06CC\u06A9\u06C1 \u00E9a \u2C65");
	assert_string_equal(a.data, b.data);
	str_release(&a);
	str_release(&b);
}

static int measured(const char *text, bool is_rtl, enum bidi bidi)
{
	struct page page;
	int width;

	page_init(&page, 80, is_rtl, bidi);
	width = page_measure(&page, text);
	page_release(&page);
	return width;
}

/* Lam and alef become one letter; who joins says how wide that is. */
static void a_text_is_as_wide_as_it_is_joined(void **state)
{
	(void)state;
	assert_int_equal(measured("", false, BIDI_OURS), 0);
	assert_int_equal(measured("Agrees", false, BIDI_OURS), 6);
	assert_int_equal(measured("\331\204\330\247", true, BIDI_OURS), 1);
	assert_int_equal(measured("\331\204\330\247", true, BIDI_TERMINAL), 2);
}

static void a_piece_that_fits_ends_at_a_blank(void **state)
{
	struct page page;

	(void)state;
	page_init(&page, 80, false, BIDI_OURS);
	assert_int_equal(page_fit(&page, "how often", 20), 9);
	assert_int_equal(page_fit(&page, "how often", 5), 4);
	assert_int_equal(page_fit(&page, "how often", 3), 4);
	assert_int_equal(page_fit(&page, "often", 2), 2);
	assert_int_equal(page_fit(&page, "\331\204\330\247 a", 1), 5);
	assert_int_equal(page_fit(&page, "", 5), 0);
	page_release(&page);
}

/* Words only: what a screen reader says.  What was put in (between isolates) is
 * formatted by itself and changes nothing around it, as rich.h says. */
static void markdown_is_left_out(void **state)
{
	static const struct { const char *text, *plain; } cases[] = {
		{ "Name", "Name" },
		{ "**Name** of _the_ child", "Name of the child" },
		{ "5 * 3 < 20", "5 * 3 < 20" },
		{ "# Today\nGo on", "Today\nGo on" },
		{ "Bring\n- water\n- **salt**", "Bring\n- water\n- salt" },
		{ "[card](https://a.example/b)",
		  "card <https://a.example/b>" },
		{ "**Is** \342\201\250**well** 2\342\201\251 right?",
		  "Is \342\201\250well 2\342\201\251 right?" },
		{ "\342\201\250**a\342\201\251 **b**",
		  "\342\201\250**a\342\201\251 b" },
		{ "<span style=\"color:red\">now</span>",
		  "\342\201\250now\342\201\251" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *plain = plain_text(xstrdup(cases[i].text));

		assert_string_equal(plain, cases[i].plain);
		free(plain);
	}
	assert_null(plain_text(NULL));
}

/* As on maps, on paper, and from receivers. */
static void places_are_read(void **state)
{
	static const struct { const char *typed, *place; } cases[] = {
		{ "31.5204, 74.3587", "31.5204 74.3587" },
		{ "-31.5,-74.25", "-31.5 -74.25" },
		{ "31\302\26030'N 74\302\26015'E", "31.5 74.25" },
		{ "31\302\26030'36\"S 74\302\26015'0\"W", "-31.51 -74.25" },
		{ "31\302\260 30\342\200\262 36\342\200\263 N, "
		  "74\302\260 15\342\200\262 E", "31.51 74.25" },
		{ "N 31 30.6 E 74 15", "31.51 74.25" },
		{ "n31.51 e74.25", "31.51 74.25" },
		{ "31 30 36 N 74 15 0 E", "31.51 74.25" },
		{ "74.25E 31.51N", "31.51 74.25" },
		{ "31\302\26030' 74\302\26015'", "31.5 74.25" },
		{ "90N 180W", "90 -180" },
		{ "0\302\26020'N 0\302\2600'E", "0.3333333 0" },
	};
	static const char *const wrong[] = { "", "31.5", "here", "91N 74E",
		"31N 181E", "31\302\26060'N 74\302\260E", "31N 74N", "31E 74W",
		"31N 74", "-31N 74E", "31,74,200", "31 30 36 5 N 74E", "N E",
		"N31 N74", "inf,nan", "31\302\26030'N", "31.5.5, 74",
		"1e999N 5E", "31 -30 N 74 E" };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str out = STR_INIT;

		assert_true(place_parse(cases[i].typed, &out));
		assert_string_equal(out.data, cases[i].place);
		str_release(&out);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		struct str out = STR_INIT;

		if (place_parse(wrong[i], &out))
			fail_msg("'%s' is taken for '%s'", wrong[i], out.data);
		assert_int_equal(out.len, 0);
		str_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_go_there_and_back),
		cmocka_unit_test(only_days_are_read),
		cmocka_unit_test(what_is_not_asked_of_a_date_is_the_first),
		cmocka_unit_test(dates_move_within_the_years_that_are_written),
		cmocka_unit_test(letters_are_joined_and_ordered),
		cmocka_unit_test(rows_are_cut_at_blanks),
		cmocka_unit_test(nothing_is_lost_by_wrapping),
		cmocka_unit_test(letters_that_keyboards_mix_up_are_found),
		cmocka_unit_test(a_text_is_as_wide_as_it_is_joined),
		cmocka_unit_test(a_piece_that_fits_ends_at_a_blank),
		cmocka_unit_test(markdown_is_left_out),
		cmocka_unit_test(places_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
