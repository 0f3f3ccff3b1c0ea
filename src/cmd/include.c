#include "config.h"

#include "cmd/include.h"

#include <string.h>

#include "base/gettext.h"
#include "base/str.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "field/workspace.h"

int include_check(const struct cmd_args *args, bool *restricted)
{
	const char *what;

	*restricted = false;
	for (size_t i = 0; (what = cmd_list(args, "include", i)) != NULL; i++)
		if (strcmp(what, "restricted") == 0)
			*restricted = true;
		else if (strcmp(what, "identifying") == 0)
			return cmd_usage_error(args, _("what identifies a "
				"person is never exported"));
		else
			return cmd_usage_error(args,
				_("there is nothing '%s' to include"), what);
	if (*restricted && str_is_empty(cmd_text(args, "reason")))
		return cmd_usage_error(args,
			_("--include restricted needs --reason TEXT"));
	return EXIT_DONE;
}

bool include_allow(const struct cmd_args *args, struct store *store,
	const char *kind, const char *about, struct err *err)
{
	struct workspace *ws = cmd_workspace_open(args, err);
	struct trust_secrets secrets;
	struct trust_project project;
	bool ok = false;

	if (ws == NULL)
		return false;
	if (member_secrets(ws, &secrets, err)) {
		trust_secrets_wipe(&secrets);
		ok = member_project(ws, &project, err);
	}
	workspace_close(ws);
	if (ok && strcmp(project.id, store_project(store)) != 0)
		ok = err_set(err, ERR_CONFLICT,
			_("'%s' is the store of another project"),
			store_path(store));
	return ok && store_log(store, kind, about, cmd_text(args, "reason"),
		err);
}
