/*
 * Case codes: they stand for a person whose name is not written.  Ten digits
 * drawn at random and two that check them, so that a wrong digit or two that
 * changed places are seen.  Source: domain.md, code rule CC; ISO 7064 MOD 97-10.
 */
#ifndef BAYAZ_TRUST_CASE_CODE_H
#define BAYAZ_TRUST_CASE_CODE_H

#include <stdbool.h>

#include "base/err.h"

enum { CASE_CODE_BYTES = 15 };		/* AAAA-BBBB-CCKK and NUL */

/* What was typed, as a case code: native digits are digits, blanks and dashes
 * mean nothing.  ERR_VALUE: not twelve digits, or the check digits are
 * wrong. */
bool case_code_parse(const char *text, char code[CASE_CODE_BYTES],
	struct err *err) MUST_CHECK;

#endif
