#include "config.h"

#include "base/gettext.h"

const char *gettext_in_context(const char *key, const char *text)
{
	const char *translated = gettext(key);

	return translated == key ? text : translated;
}
