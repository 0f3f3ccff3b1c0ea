#include "config.h"

#include "crypt/words.h"

#include <ctype.h>
#include <string.h>

#include "base/gettext.h"
#include "crypt/crypt.h"

static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aiou";

static unsigned check_letter(unsigned c1, unsigned v1, unsigned c2,
	unsigned v2)
{
	return (c1 + 3 * c2 + 5 * v1 + 7 * v2) % 16;
}

/* Bits, from the top: c1 (4), v1 (2), c2 (4), half of v2 (1). */
void words_get(unsigned number, char word[WORD_BYTES])
{
	unsigned c1 = number >> 7 & 15, v1 = number >> 5 & 3;
	unsigned c2 = number >> 1 & 15;
	unsigned v2 = (number & 1) * 2 + v1 % 2;

	word[0] = consonants[c1];
	word[1] = vowels[v1];
	word[2] = consonants[c2];
	word[3] = vowels[v2];
	word[4] = consonants[check_letter(c1, v1, c2, v2)];
	word[5] = '\0';
}

static bool place(const char *letters, char c, unsigned *number)
{
	const char *at = c == '\0' ? NULL : strchr(letters, c);

	if (at == NULL)
		return false;
	*number = (unsigned)(at - letters);
	return true;
}

bool words_has(const char *word)
{
	unsigned c1, v1, c2, v2, c3;

	return strlen(word) == WORD_BYTES - 1 &&
		place(consonants, word[0], &c1) && place(vowels, word[1], &v1) &&
		place(consonants, word[2], &c2) && place(vowels, word[3], &v2) &&
		place(consonants, word[4], &c3) && (v1 + v2) % 2 == 0 &&
		c3 == check_letter(c1, v1, c2, v2);
}

void words_new(struct str *out)
{
	char word[WORD_BYTES];

	for (int i = 0; i < WORDS_IN_PASSPHRASE; i++) {
		words_get(crypt_random_below(WORDS_IN_LIST), word);
		if (i > 0)
			str_addc(out, ' ');
		str_add(out, word);
	}
}

/* The next run of letters, in lower case and cut to what a word may have (one
 * more shows that it was too long).  False: there is none. */
static bool next_word(const char **typed, char word[WORD_BYTES + 1])
{
	static const char between[] = " \t\r\n,;.-_";
	size_t n;

	*typed += strspn(*typed, between);
	n = strcspn(*typed, between);
	if (n == 0)
		return false;
	for (size_t i = 0; i < WORD_BYTES; i++)
		word[i] = i < n ?
			(char)tolower((unsigned char)(*typed)[i]) : '\0';
	word[WORD_BYTES] = '\0';
	*typed += n;
	return true;
}

bool words_normalise(const char *typed, struct str *out, struct err *err)
{
	char word[WORD_BYTES + 1], text[WORDS_IN_PASSPHRASE * WORD_BYTES + 1];
	size_t len = 0;
	int n = 0;

	while (next_word(&typed, word)) {
		n++;
		if (!words_has(word)) {
			err_set(err, ERR_VALUE,
				_("word %d is not one of the list"), n);
			return err_at(err, "", 0, n);
		}
		if (n > WORDS_IN_PASSPHRASE)
			break;
		if (n > 1)
			text[len++] = ' ';
		memcpy(text + len, word, WORD_BYTES - 1);
		len += WORD_BYTES - 1;
	}
	if (n != WORDS_IN_PASSPHRASE)
		return err_set(err, ERR_VALUE,
			_("there must be %d words"), WORDS_IN_PASSPHRASE);
	str_addn(out, text, len);
	return true;
}
