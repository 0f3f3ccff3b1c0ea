#include "config.h"

#include "ui/digits.h"

#include <stdlib.h>
#include <string.h>

#include "xform/xform.h"

/* Sindhi and Arabic have digits of their own; Urdu, Pashto, Persian, Punjabi
 * and Saraiki share theirs. */
static const struct { const char *code; unsigned zero; } known[] = {
	{ "ur", 0x6F0 }, { "ps", 0x6F0 }, { "fa", 0x6F0 }, { "prs", 0x6F0 },
	{ "pnb", 0x6F0 }, { "skr", 0x6F0 }, { "bal", 0x6F0 },
	{ "sd", 0x660 }, { "ar", 0x660 },
};

unsigned digits_zero(const char *language)
{
	const char *asked = getenv("BAYAZ_DIGITS");
	const char *code;
	size_t n;

	if (asked == NULL || strcmp(asked, "native") != 0 || language == NULL)
		return '0';
	code = xf_language_code(language, &n);
	if (strcspn(code, "_-") < n)
		n = strcspn(code, "_-");
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i].code) == n &&
				strncasecmp(known[i].code, code, n) == 0)
			return known[i].zero;
	return '0';
}

void digits_add(struct str *to, const char *text, unsigned zero)
{
	for (; *text != '\0'; text++)
		if (*text >= '0' && *text <= '9')
			str_add_utf8(to, zero + (unsigned)(*text - '0'));
		else
			str_addc(to, *text);
}
