/* Case codes.  See case_code.h. */
#include "config.h"

#include "trust/case_code.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"

enum { CODE_DIGITS = 12 };

/* Digits only; false: something else is there, or not twelve. */
static bool take_digits(const char *text, char digits[CODE_DIGITS])
{
	char *ascii = xstrdup(text);
	size_t n = 0;
	bool ok = true;

	utf8_ascii_digits(ascii);
	for (const char *c = ascii; ok && *c != '\0'; c++) {
		if (*c == '-' || *c == ' ')
			continue;
		ok = *c >= '0' && *c <= '9' && n < CODE_DIGITS;
		if (ok)
			digits[n++] = *c;
	}
	wipe_free(ascii);
	return ok && n == CODE_DIGITS;
}

static bool digits_check(const char digits[CODE_DIGITS])
{
	unsigned rest = 0;

	for (int i = 0; i < CODE_DIGITS; i++)
		rest = (rest * 10 + (unsigned)(digits[i] - '0')) % 97;
	return rest == 1;
}

bool case_code_parse(const char *text, char code[CASE_CODE_BYTES],
	struct err *err)
{
	char digits[CODE_DIGITS];

	if (!take_digits(text, digits))
		return err_set(err, ERR_VALUE, _("a case code has twelve "
			"digits, as in 1234-5678-9012"));
	if (!digits_check(digits))
		return err_set(err, ERR_VALUE, _("this code is not right: read "
			"it again from the card"));
	for (size_t i = 0, at = 0; i < CODE_DIGITS; i++) {
		if (i > 0 && i % 4 == 0)
			code[at++] = '-';
		code[at++] = digits[i];
	}
	code[CASE_CODE_BYTES - 1] = '\0';
	wipe(digits, sizeof digits);
	return true;
}
