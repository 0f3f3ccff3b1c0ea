/*
 * Law: what the quick reader of lists in XML takes, libxml2 takes too, and
 * reads the same.  Lists are generated and damaged: 20,000 of them, a million
 * with BAYAZ_LONG=1.  Prints the seed; BAYAZ_SEED sets it.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "xform/table.h"

static uint64_t state_of_chance;

static unsigned below(unsigned n)
{
	uint64_t z = state_of_chance += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

#define ONE_OF(list) ((list)[below(sizeof (list) / sizeof *(list))])

/* --- a list --- */

static void add_text(struct str *x)
{
	static const char *const pieces[] = { "a", "Kabul", " ", "\n", "\t",
		"&amp;", "&lt;", "&quot;", "کابل", "é", "]", "]]", ">", "'", "x1" };

	for (unsigned i = below(4); i > 0; i--)
		str_add(x, ONE_OF(pieces));
}

static void add_item(struct str *x)
{
	static const char *const names[] = { "name", "label", "a.b", "_c" };
	static const char *const gaps[] = { "", "", " ", "\n" };

	str_addf(x, "<item%s>", ONE_OF(gaps));
	for (unsigned i = 0; i < 4; i++) {
		if (below(8) == 0)
			continue;
		str_add(x, ONE_OF(gaps));
		if (below(8) == 0) {
			str_addf(x, "<%s%s/>", names[i], ONE_OF(gaps));
			continue;
		}
		str_addf(x, "<%s>", names[i]);
		add_text(x);
		str_addf(x, "</%s>", names[i]);
	}
	str_add(x, "</item>\n");
}

static void add_list(struct str *x)
{
	static const char *const starts[] = { "", "", "\n",
		"<?xml version=\"1.0\"?>", "\xEF\xBB\xBF",
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" };

	str_add(x, ONE_OF(starts));
	str_add(x, "<root>");
	for (unsigned i = below(5); i > 0; i--)
		add_item(x);
	str_add(x, "</root>\n");
}

/* --- damage --- */

static void damage(struct str *x)
{
	static const char *const bits[] = { "<", ">", "/", "&", "]]>", "<!--",
		"-->", "<![CDATA[", "\r", "\xEF\xBF\xBE", "\xEF\xBF\xBF",
		"\xC3", "\xED\xA0\x80", "\x01", "&#10;", "&amp;", " a='b'",
		"<item>", "</item>", "<name>", "</root>", "0", "-", ":",
		" xmlns='u'", "<?p?>", "&lt", " " };
	const char *bit = ONE_OF(bits);
	struct str made = STR_INIT;
	size_t at = below((unsigned)x->len + 1);
	size_t cut = below(2) * below(3);

	if (cut > x->len - at)
		cut = x->len - at;
	str_addn(&made, x->data, at);
	str_add(&made, bit);
	str_addn(&made, x->data + at + cut, x->len - at - cut);
	str_release(x);
	*x = made;
}

/* --- the law --- */

static void assert_same(const struct table *a, const struct table *b,
	const char *xml)
{
	bool same = table_n_rows(a) == table_n_rows(b) &&
		table_n_columns(a) == table_n_columns(b) &&
		table_item(a) == table_item(b) && table_ns(a) == table_ns(b);

	for (unsigned c = 0; same && c < table_n_columns(a); c++) {
		same = table_column_name(a, c) == table_column_name(b, c);
		for (size_t row = 0; same && row < table_n_rows(a); row++) {
			const char *x = table_cell(a, row, c);
			const char *y = table_cell(b, row, c);

			same = x == NULL || y == NULL ? x == y :
				strcmp(x, y) == 0;
		}
	}
	if (!same)
		fail_msg("read otherwise: %s", xml);
}

/* Did the quick reader take it? */
static bool compare(const struct str *xml)
{
	struct err err = ERR_INIT;
	struct table *quick = table_from_flat_xml(xml->data, xml->len);
	struct table *slow;

	if (quick == NULL)
		return false;
	slow = table_from_xml_file(xml->data, xml->len, "x", &err);
	if (slow == NULL)
		fail_msg("libxml2 refuses (%s): %s", err.message, xml->data);
	assert_same(quick, slow, xml->data);
	table_free(quick);
	table_free(slow);
	return true;
}

static void the_quick_reader_reads_as_libxml2_does(void **state)
{
	const char *seed = getenv("BAYAZ_SEED");
	unsigned n = getenv("BAYAZ_LONG") != NULL ? 1000000 : 20000;
	unsigned n_whole = 0, n_damaged = 0;

	(void)state;
	state_of_chance = seed != NULL ? strtoull(seed, NULL, 10) : 20261125;
	print_message("seed %llu, %u lists\n",
		(unsigned long long)state_of_chance, n);
	for (unsigned i = 0; i < n; i++) {
		struct str xml = STR_INIT;

		add_list(&xml);
		n_whole += compare(&xml);
		damage(&xml);
		n_damaged += compare(&xml);
		str_release(&xml);
	}
	print_message("taken: %u whole, %u damaged\n", n_whole, n_damaged);
	/* Else nothing would have been compared. */
	assert_true(n_whole > n / 2);
	assert_true(n_damaged > n / 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_quick_reader_reads_as_libxml2_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
