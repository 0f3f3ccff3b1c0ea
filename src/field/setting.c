/* Small things that a workspace remembers, as JSON among its secrets. */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "field/local.h"

bool setting_get(struct workspace *ws, const char *name, struct json **value,
	struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	*value = NULL;
	if (!workspace_has_secret(ws, name))
		return true;
	ok = workspace_get_secret(ws, name, &text, err);
	if (ok)
		*value = js_parse(text.data, text.len, err);
	str_wipe(&text);
	return ok && *value != NULL;
}

bool setting_put(struct workspace *ws, const char *name,
	const struct json *value, struct err *err)
{
	char *text = js_print(value);
	bool ok = workspace_put_secret(ws, name, text, strlen(text), err);

	free(text);
	return ok;
}
