#include "config.h"

#include "base/gettext.h"

#include <stdlib.h>

const char *gettext_in_context(const char *key, const char *text)
{
	const char *translated = gettext(key);

	return translated == key ? text : translated;
}

const char *gettext_folder(void)
{
	const char *folder = getenv("BAYAZ_LOCALEDIR");

	return folder != NULL && folder[0] == '/' ? folder : LOCALEDIR;
}
