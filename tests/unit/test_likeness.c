/* Names and numbers that are written in several ways. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/likeness.h"

enum { MOST = 10 };

/* Each row is one name; rows differ. */
static const char *const names[][MOST] = {
	{ "Muhammad", "Mohammad", "Mohammed", "MUHAMMED", "Mohd", "Md.",
		"محمد", "محمّد", "مُحَمَّد" },
	{ "Ayesha", "Aisha", "Aysha", "Aaisha", "Ayishah", "عائشہ", "عائشة",
		"عایشہ" },
	{ "Fatima", "Fatimah", "Fatema", "Faatima", "فاطمہ", "فاطمه" },
	{ "Khadija", "Khadeeja", "Khadijah", "خدیجہ", "خديجة" },
	{ "Zainab", "Zaynab", "Zeinab", "زینب", "زينب" },
	{ "Hussain", "Husain", "Hussein", "Hosain", "حسین" },
	{ "Noor", "Nur", "Nour", "نور" },
	{ "Syed", "Sayyed", "Sayed", "Saiyid", "سید" },
	{ "Shahid", "Shaheed", "شاہد", "شاهد" },
	{ "Abdul Rahman", "Abdur Rehman", "Abdul-Rehman", "Abdurrahman",
		"عبدالرحمن", "عبد الرحمن", "عبدالرحمٰن" },
	{ "Rukhsana", "Rukhsaana", "رخسانہ" },
	{ "Qasim", "Kasim", "Qaasim", "قاسم" },
	{ "Waheed", "Wahid", "Vaheed", "وحید" },
	{ "Yasmin", "Yasmeen", "یاسمین", "ياسمين" },
	{ "Usman", "Osman", "Uthman", "عثمان" },
	{ "Gulalai", "Gulalay", "ګلالئ", "گلالئی" },
	{ "Bibi Amna", "BiBi  Aamna", "بی بی آمنہ", "بیبی آمنہ" },
	{ "Nighat", "Neghat", "نگہت" },
	{ "Ghazala", "Gazala", "غزالہ" },
	{ "Chand", "Chaand", "چاند" },
	{ "Zulfiqar", "Zulfikar", "Zulfeqar", "ذوالفقار" },
	{ "Noor-ul-Ain", "Noor ul Ain", "نور العین" },
	{ "Parveen", "Parvin", "Perween", "پروین" },
	{ "Anwar", "Anver", "انور" },
	{ "Muhammad Ilyas", "Mohd. Ilyaas", "محمد الیاس" },
	{ "Mehwish", "Mahwish", "Mehvish", "مہوش" },
};

static void a_name_has_one_key_in_many_spellings(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *first = likeness_key(LIKE_NAME, names[i][0]);

		assert_true(first[0] != '\0');
		for (size_t k = 1; k < MOST && names[i][k] != NULL; k++) {
			char *key = likeness_key(LIKE_NAME, names[i][k]);

			if (strcmp(first, key) != 0)
				print_message("%s %s: %s %s\n", names[i][0],
					names[i][k], first, key);
			assert_string_equal(first, key);
			free(key);
		}
		free(first);
	}
}

static void different_names_have_different_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		for (size_t k = 0; k < i; k++) {
			char *a = likeness_key(LIKE_NAME, names[i][0]);
			char *b = likeness_key(LIKE_NAME, names[k][0]);

			assert_string_not_equal(a, b);
			free(a);
			free(b);
		}
}

static void check(enum likeness likeness, const char *text, const char *key)
{
	char *got = likeness_key(likeness, text);

	assert_string_equal(got, key);
	free(got);
}

static void texts_are_compared_without_what_does_not_count(void **state)
{
	(void)state;
	check(LIKE_TEXT, "  Chak No. ۱۲ / 3-R ", "chak no 12 3 r");
	check(LIKE_TEXT, "كوٹلی", "کوٹلی");
	check(LIKE_TEXT, "کوٹلي", "کوٹلی");
	check(LIKE_TEXT, "گُل", "گل");
	check(LIKE_TEXT, "\uFB8E\uFEEE", "کو");	/* presentation forms */
	check(LIKE_TEXT, "می\u200Cخواہم", "میخواہم");
	check(LIKE_TEXT, "École", "ecole");
	check(LIKE_TEXT, " .-/ ", "");
	check(LIKE_TEXT, "", "");
}

static void numbers_are_their_digits(void **state)
{
	(void)state;
	check(LIKE_NUMBER, "+92 (300) 123-45 67", "923001234567");
	check(LIKE_NUMBER, "۰۳۰۰-۱۲۳", "0300123");
	check(LIKE_NUMBER, "none", "");
	check(LIKE_EXACT, " A b\n", "A b");
}

static void words_name_the_ways(void **state)
{
	enum likeness likeness;

	(void)state;
	assert_true(likeness_parse("name", &likeness));
	assert_int_equal(likeness, LIKE_NAME);
	assert_true(likeness_parse("exact", &likeness));
	assert_int_equal(likeness, LIKE_EXACT);
	assert_false(likeness_parse("sound", &likeness));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_has_one_key_in_many_spellings),
		cmocka_unit_test(different_names_have_different_keys),
		cmocka_unit_test(texts_are_compared_without_what_does_not_count),
		cmocka_unit_test(numbers_are_their_digits),
		cmocka_unit_test(words_name_the_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
