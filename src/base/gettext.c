#include "config.h"

#include "base/gettext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* LANGUAGE is a list; of the others the first that is set counts. */
static const char *asked_for(bool *is_list)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *list = getenv("LANGUAGE");

	*is_list = list != NULL && list[0] != '\0';
	if (*is_list)
		return list;
	for (size_t i = 0; i < 3; i++) {
		list = getenv(names[i]);
		if (list != NULL && list[0] != '\0')
			return list;
	}
	return "";
}

bool gettext_next_language(size_t *at, char code[16])
{
	bool is_list;
	const char *list = asked_for(&is_list);
	size_t n;

	if (*at > strlen(list))
		return false;
	list += *at;
	list += strspn(list, ":");
	n = strcspn(list, is_list ? ":" : "");
	if (n == 0)
		return false;
	snprintf(code, 16, "%.*s", (int)(strcspn(list, "_.@:") < n ?
		strcspn(list, "_.@:") : n), list);
	*at = (size_t)(list - asked_for(&is_list)) + n + 1;
	return true;
}
