/* Keys for what is written in several ways.  See likeness.h. */
#include "config.h"

#include "base/likeness.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

bool likeness_parse(const char *word, enum likeness *likeness)
{
	static const char *const words[] = { "exact", "text", "name",
		"number" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i], word) == 0) {
			*likeness = (enum likeness)i;
			return true;
		}
	return false;
}

/* --- text --- */

/* Without capitals, marks and what is invisible; presentation forms of Arabic
 * letters as the letters (UAX 15, NFKC; Unicode case folding). */
static char *bare(const char *text)
{
	utf8proc_uint8_t *out = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text, 0,
		&out, UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPAT |
		UTF8PROC_COMPOSE | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD |
		UTF8PROC_IGNORE);
	char *copy;

	if (n < 0)
		return xstrdup(text);
	utf8_ascii_digits((char *)out);
	copy = xstrdup((char *)out);
	free(out);
	return copy;
}

/* Letters that keyboards of Urdu, Arabic, Sindhi and Pashto exchange. */
static unsigned one_letter(unsigned c)
{
	switch (c) {
	case 0x064A: case 0x0649: case 0x06D2: case 0x06CD: case 0x06D0:
		return 0x06CC;			/* ي ى ے ۍ ې: ی */
	case 0x0643: case 0x06AA:
		return 0x06A9;			/* ك ڪ: ک */
	case 0x0647: case 0x0629: case 0x06D5: case 0x06BE: case 0x06C3:
		return 0x06C1;			/* ه ة ە ھ ۃ: ہ */
	case 0x06BA:
		return 0x0646;			/* ں: ن */
	case 0x0671:
		return 0x0627;			/* ٱ: ا */
	default:
		return c;
	}
}

static bool is_letter_or_digit(unsigned c)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)c);

	return (category >= UTF8PROC_CATEGORY_LU &&
			category <= UTF8PROC_CATEGORY_LO) ||
		category == UTF8PROC_CATEGORY_ND;
}

/* Words of letters and digits with a blank between. */
static char *text_key(const char *text)
{
	struct str key = STR_INIT;
	char *plain = bare(text);
	const char *at = plain;
	bool gap = false;

	while (*at != '\0') {
		unsigned c = utf8_next(&at);

		/* a mark that did not go with its letter is none either;
		 * nor is the hamza that stands by itself, or a stretching */
		if (c == 0x0621 || c == 0x0640)
			continue;
		if (!is_letter_or_digit(c)) {
			gap = key.len > 0;
			continue;
		}
		if (gap)
			str_addc(&key, ' ');
		gap = false;
		str_add_utf8(&key, one_letter(c));
	}
	free(plain);
	return str_steal(&key);
}

static char *number_key(const char *text)
{
	struct str key = STR_INIT;
	char *plain = bare(text);

	for (const char *at = plain; *at != '\0'; at++)
		if (*at >= '0' && *at <= '9')
			str_addc(&key, *at);
	free(plain);
	return str_steal(&key);
}

/* --- names --- */

/*
 * A sound is one capital letter: consonants that Roman spellings do not tell
 * apart are one (ق ک q k: K; ث س ص s: S; ذ ز ض ظ z: Z; ت ط ٹ t th: T).  Vowels
 * count at the beginning of a word only, all as A; so do و and ی, as W and Y.
 * An h after a consonant belongs to it; at the end of a word it is silent.
 */
struct sound { unsigned letter; char sound; };

static const struct sound urdu[] = {
	{ 0x0627, 'A' }, { 0x0639, 'A' },			/* ا ع */
	{ 0x0628, 'B' }, { 0x067E, 'P' },			/* ب پ */
	{ 0x062A, 'T' }, { 0x0637, 'T' }, { 0x0679, 'T' },	/* ت ط ٹ */
	{ 0x067C, 'T' }, { 0x062B, 'S' }, { 0x0633, 'S' },	/* ټ ث س */
	{ 0x0635, 'S' }, { 0x0634, 'C' }, { 0x062C, 'J' },	/* ص ش ج */
	{ 0x0686, 'Q' }, { 0x062D, 'H' }, { 0x06C1, 'H' },	/* چ ح ہ */
	{ 0x062E, 'X' }, { 0x062F, 'D' }, { 0x0688, 'D' },	/* خ د ڈ */
	{ 0x0689, 'D' }, { 0x0630, 'Z' }, { 0x0632, 'Z' },	/* ډ ذ ز */
	{ 0x0636, 'Z' }, { 0x0638, 'Z' }, { 0x0698, 'Z' },	/* ض ظ ژ */
	{ 0x0631, 'R' }, { 0x0691, 'R' }, { 0x0693, 'R' },	/* ر ڑ ړ */
	{ 0x063A, 'G' }, { 0x06AF, 'G' }, { 0x06AB, 'G' },	/* غ گ ګ */
	{ 0x0641, 'F' }, { 0x0642, 'K' }, { 0x06A9, 'K' },	/* ف ق ک */
	{ 0x0644, 'L' }, { 0x0645, 'M' }, { 0x0646, 'N' },	/* ل م ن */
	{ 0x06BC, 'N' }, { 0x0648, 'W' }, { 0x06CC, 'Y' },	/* ڼ و ی */
};

static const char roman[] =	/* of a, b, c ... z */
	"ABKDAFGHAJKLMNAPKRSTAWWKYZ";

static char sound_of(unsigned letter)
{
	if (letter >= 'a' && letter <= 'z')
		return roman[letter - 'a'];
	for (size_t i = 0; i < sizeof urdu / sizeof urdu[0]; i++)
		if (urdu[i].letter == letter)
			return urdu[i].sound;
	return '\0';
}

/* The consonant that an h makes of the one before it; else 0. */
static char with_h(unsigned letter)
{
	switch (letter) {
	case 's':
		return 'C';
	case 'c': case 0x0686:
		return 'Q';
	case 'p': case 0x067E:
		return 'F';
	case 'k': case 0x06A9:
		return 'X';
	case 'g': case 'd': case 'b': case 't': case 'j': case 'z':
	case 0x06AF: case 0x062F: case 0x0688: case 0x0628: case 0x062A:
	case 0x0679: case 0x062C:
		return sound_of(letter);
	default:
		return '\0';
	}
}

static bool is_h(unsigned letter)
{
	return letter == 'h' || letter == 0x06C1;
}

static bool is_vowel(char sound)
{
	return sound == 'A' || sound == 'W' || sound == 'Y';
}

/* One word, as text_key() writes it, without its end. */
static void add_sounds(struct str *key, const char *word, const char *end)
{
	size_t start = key->len;
	char last = '\0';		/* two of a letter are one */

	while (word < end) {
		unsigned c = utf8_next(&word);
		const char *after = word;
		unsigned next = word < end ? utf8_next(&after) : 0;
		char sound = sound_of(c);

		if (is_h(next) && with_h(c) != '\0') {
			sound = with_h(c);
			word = after;
		} else if (sound == 'H' && next == 0 && key->len > start) {
			continue;
		}
		if (c >= '0' && c <= '9')
			sound = (char)c;
		if (sound == '\0' || (is_vowel(sound) && key->len > start)) {
			last = '\0';
			continue;
		}
		if (sound != last)
			str_addc(key, sound);
		last = sound;
	}
}

/* What is written short, or heard otherwise than it is written. */
static const struct { const char *word, *full; } spellings[] = {
	{ "md", "muhammad" }, { "mohd", "muhammad" }, { "muhd", "muhammad" },
	{ "mhd", "muhammad" }, { "uthman", "usman" }, { "othman", "usman" },
	{ "bb", "bibi" }, { "بیبی", "bibi" },
	/* no article here */
	{ "الیاس", "ilyas" }, { "الطاف", "altaf" }, { "الہی", "ilahi" },
};

/* Particles: Noor-ul-Ain, Noor ul Ain, Noorulain are one. */
static bool is_particle(const char *word, size_t n)
{
	static const char *const particles[] = { "al", "ul", "ur", "el", "us",
		"ud", "uz", "un", "as", "ar", "ad", "az", "an", "ال" };

	for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++)
		if (strlen(particles[i]) == n &&
				memcmp(particles[i], word, n) == 0)
			return true;
	return false;
}

static bool has_start(const char *word, size_t n, const char *start)
{
	return n > strlen(start) && memcmp(word, start, strlen(start)) == 0;
}

static void add_name_word(struct str *key, const char *word, size_t n)
{
	const char *written = word;

	for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++)
		if (strlen(spellings[i].word) == n &&
				memcmp(spellings[i].word, word, n) == 0) {
			word = spellings[i].full;
			n = strlen(word);
			break;
		}
	/* Abdul, Abdur ... Rahman; عبدالرحمن: the article is not heard. */
	if (has_start(word, n, "عبدال")) {
		str_add(key, "ABD");
		word += strlen("عبدال");
		n -= strlen("عبدال");
	} else if (has_start(word, n, "abdu") || has_start(word, n, "abda")) {
		str_add(key, "ABD");
		word += 5;
		n = n > 5 ? n - 5 : 0;
	} else if (word == written && key->len > 0 &&
			has_start(word, n, "ال")) {
		word += strlen("ال");	/* the article, behind a name */
		n -= strlen("ال");
	}
	add_sounds(key, word, word + n);
}

/* Words without what is between them: how names are parted differs. */
static char *name_key(const char *text)
{
	struct str key = STR_INIT;
	char *words = text_key(text);
	size_t n = 0;

	for (const char *at = words; *at != '\0'; at += n + (at[n] == ' ')) {
		n = strcspn(at, " ");
		if (!is_particle(at, n))
			add_name_word(&key, at, n);
	}
	free(words);
	return str_steal(&key);
}

static char *exact_key(const char *text)
{
	static const char blanks[] = " \t\r\n";
	size_t n;
	char *key;

	text += strspn(text, blanks);
	n = strlen(text);
	while (n > 0 && strchr(blanks, text[n - 1]) != NULL)
		n--;
	key = xmalloc(n + 1);
	memcpy(key, text, n);
	key[n] = '\0';
	return key;
}

char *likeness_key(enum likeness likeness, const char *text)
{
	switch (likeness) {
	case LIKE_TEXT:
		return text_key(text);
	case LIKE_NAME:
		return name_key(text);
	case LIKE_NUMBER:
		return number_key(text);
	default:
		return exact_key(text);
	}
}
