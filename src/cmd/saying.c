/* Saying something about records of a store.  See saying.h. */
#include "config.h"

#include "cmd/saying.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/str.h"
#include "base/utf8.h"
#include "db/db.h"
#include "store/erase.h"
#include "store/gate.h"
#include "ui/prompt.h"

char *cmd_masked(const char *text)
{
	struct str clean = STR_INIT;

	utf8_mask(&clean, text, false);
	return str_steal(&clean);
}

int saying_check(const struct cmd_args *args)
{
	return cmd_text(args, "store") != NULL ? EXIT_DONE :
		cmd_usage_error(args, _("say which store with --store DB"));
}

bool saying_may(const struct centre *centre, unsigned roles, struct err *err)
{
	static const enum trust_role all[] = { ROLE_MERGE, ROLE_REVIEW,
		ROLE_DELETE, ROLE_PUBLISH };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if ((roles & (unsigned)all[i]) == 0)
			continue;
		err_clear(err);
		if (centre_may(centre, all[i], err))
			return true;
	}
	return false;
}

bool saying_begin(struct centre *centre, const struct cmd_args *args,
	unsigned roles, struct err *err)
{
	return centre_open(centre, args, 0, err) &&
		saying_may(centre, roles, err) &&
		db_begin(store_db(centre->store), err);
}

bool saying_end(struct centre *centre, bool ok, struct err *err)
{
	if (centre->store != NULL) {
		ok = ok && gate_enforce(centre->store,
				centre->setup.store_key, NULL, err) &&
			db_commit(store_db(centre->store), err);
		if (!ok)
			db_rollback(store_db(centre->store));
		else
			erase_settle(centre->store);
	}
	centre_close(centre);
	return ok;
}

static bool say_one(struct centre *centre, const char *text, saying_one *one,
	void *context, struct err *err)
{
	struct store_record record = { .name = NULL };
	struct said_record said = { centre, &record, { NULL, NULL, 0 } };
	char (*hashes)[SHA256_HEX_BYTES] = NULL;
	bool ok = store_record_find(centre->store, text, &record, err) &&
		store_record_heads(&record, &hashes, &said.heads, err) &&
		one(context, &said, err);

	free(hashes);
	store_record_release(&record);
	return ok;
}

bool saying_each(struct centre *centre, const struct cmd_args *args,
	saying_one *one, void *context, struct err *err)
{
	bool ok = true;

	for (int i = 0; ok && i < args->n; i++)
		ok = say_one(centre, args->items[i], one, context, err);
	return ok;
}

bool saying_confirm(const char *question)
{
	struct prompt prompt = { .in = stdin, .out = stdout };
	bool yes;

	if (!isatty(STDIN_FILENO))
		return true;
	yes = prompt_read_text(&prompt, question) &&
		prompt_says_yes(prompt.line);
	prompt_release(&prompt);
	return yes;
}
