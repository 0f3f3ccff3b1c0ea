/*
 * Passphrases of eight random words (88 bits) that can be said over a bad
 * line: consonant, vowel, consonant, vowel, consonant, from the 16 letters
 * b d f g h j k l m n p r s t v z and a i o u.  With the letters numbered in
 * that order a word c1 v1 c2 v2 c3 is in the list if v1 + v2 is even and
 * c3 = c1 + 3 c2 + 5 v1 + 7 v2 (modulo 16): 2048 words, no two of which differ
 * in one letter only, so that one letter misheard is found out.
 */
#ifndef BAYAZ_CRYPT_WORDS_H
#define BAYAZ_CRYPT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum { WORDS_IN_LIST = 2048, WORDS_IN_PASSPHRASE = 8, WORD_BYTES = 6 };

/* Word number 0 ... 2047. */
void words_get(unsigned number, char word[WORD_BYTES]);
bool words_has(const char *word);		/* lower case */

/* Append eight random words, one blank between. */
void words_new(struct str *out);

/* What a person typed (any case; blanks, commas, hyphens, line breaks between)
 * in the one form that is used as passphrase, appended to `out`.  ERR_VALUE
 * with err->column = the position (from 1) of the first word that is not in
 * the list; column 0 if there are not eight.  The message never repeats what
 * was typed. */
bool words_normalise(const char *typed, struct str *out, struct err *err)
	MUST_CHECK;

#endif
