/* Asking how a conflict is to be settled.  See resolve.h. */
#include "config.h"

#include "cmd/resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "cmd/conflict_text.h"
#include "cmd/saying.h"

/* --- one line --- */

enum said { SAID_NOTHING, SAID_SIDE, SAID_BEFORE, SAID_VALUE, SAID_PATH,
	SAID_QUIT };

static bool is_before(const char *line)
{
	/* TRANSLATORS: the first letter of what "before" is called */
	return strcmp(line, P_("key", "b")) == 0 || strcmp(line, "b") == 0;
}

static bool is_quit(const char *line)
{
	/* TRANSLATORS: the first letter of "quit" */
	return strcmp(line, P_("key", "q")) == 0 || strcmp(line, "q") == 0;
}

static enum said read_choice(const struct settle *s, const char *line,
	size_t *side)
{
	char *end;
	unsigned long number = strtoul(line, &end, 10);

	if (line[0] >= '1' && line[0] <= '9' && *end == '\0' &&
			number <= s->sides.n) {
		*side = number - 1;
		return SAID_SIDE;
	}
	if (is_before(line)) {
		*side = s->sides.n;
		return SAID_BEFORE;
	}
	if (is_quit(line))
		return SAID_QUIT;
	if (line[0] == '=')
		return SAID_VALUE;
	return line[0] == '/' && strchr(line, '=') != NULL ? SAID_PATH :
		SAID_NOTHING;
}

static bool read_line(struct prompt *prompt)
{
	enum prompt_input input;

	do {
		input = prompt_read(prompt);
		if (input == PROMPT_END)
			return false;
	} while (input == PROMPT_BAD);
	return true;
}

/* --- deletions and sides as a whole --- */

bool resolve_ask_deletion(struct prompt *prompt, const struct settle *s,
	enum resolve_deletion *deletion)
{
	conflict_print_record(s);
	for (size_t i = 0; i < s->items.n; i++)
		if (s->items.items[i].path[0] == '\0')
			conflict_print_item(s, &s->items.items[i]);
	puts(_("1 deletes it again, 2 keeps it; q gives up."));
	while (read_line(prompt)) {
		if (is_quit(prompt->line))
			return false;
		if (strcmp(prompt->line, "1") == 0 ||
				strcmp(prompt->line, "2") == 0) {
			*deletion = prompt->line[0] == '1' ? DELETION_AGAIN :
				DELETION_BACK;
			return true;
		}
		puts(_("1 or 2, or q"));
	}
	return false;
}

bool resolve_ask_side(struct prompt *prompt, const struct settle *s,
	size_t *side)
{
	conflict_print_record(s);
	for (size_t i = 0; i < s->items.n; i++)
		conflict_print_item(s, &s->items.items[i]);
	puts(_("A number takes that side as a whole; q gives up."));
	while (read_line(prompt)) {
		switch (read_choice(s, prompt->line, side)) {
		case SAID_SIDE:
			return true;
		case SAID_QUIT:
			return false;
		default:
			puts(_("that is none of the sides"));
		}
	}
	return false;
}

/* --- answers --- */

static void tell_refused(const struct err *err)
{
	char *clean = cmd_masked(err->message);

	puts(clean);
	free(clean);
}

static bool take_value(struct settle *s, const char *path, const char *value)
{
	struct err err = ERR_INIT;

	if (settle_take_text(s, path, value, &err))
		return true;
	tell_refused(&err);
	return false;
}

/* "/data/age=31": another answer, on which this one depends. */
static bool take_path(struct settle *s, const char *line)
{
	const char *equals = strchr(line, '=');
	char *path = str_format("%.*s", (int)(equals - line), line);
	bool ok = take_value(s, path, equals + 1);

	if (ok)
		puts(_("taken"));
	free(path);
	return ok;
}

static void tell_how(const struct settle_item *item)
{
	if (!item->has_place)
		puts(_("No side gave it. Change what it depends on:"));
	else if (item->place == JOIN_AT_ANSWER)
		puts(_("A number takes that answer, b the one before, =VALUE "
			"another one."));
	else
		puts(_("A number takes the entries of that side, b those "
			"before."));
	puts(_("PATH=VALUE changes another answer; q gives up."));
}

/* True: the item is taken. */
static bool take_said(struct settle *s, const struct settle_item *item,
	const char *line)
{
	size_t side = 0;

	switch (read_choice(s, line, &side)) {
	case SAID_SIDE:
	case SAID_BEFORE:
		if (item->has_place)
			settle_take_side(s, item->path, side);
		return item->has_place;
	case SAID_VALUE:
		if (item->has_place && item->place == JOIN_AT_ANSWER)
			return take_value(s, item->path, line + 1);
		break;
	case SAID_PATH:
		/* what is computed may be settled by that */
		return take_path(s, line) && !item->has_place;
	default:
		break;
	}
	tell_how(item);
	return false;
}

static bool ask_item(struct prompt *prompt, struct settle *s,
	const struct settle_item *item)
{
	conflict_print_item(s, item);
	tell_how(item);
	while (read_line(prompt)) {
		if (is_quit(prompt->line))
			return false;
		if (take_said(s, item, prompt->line))
			return true;
	}
	return false;
}

bool resolve_ask_items(struct prompt *prompt, struct settle *s)
{
	conflict_print_record(s);
	for (size_t i = 0; i < s->items.n; i++)
		if (!ask_item(prompt, s, &s->items.items[i]))
			return false;
	return true;
}

void resolve_tell_left(struct settle *s, const struct join_conflicts *left,
	const struct str *xml)
{
	for (size_t i = 0; i < left->list.n; i++) {
		const struct join_conflict *c = &left->list.items[i];
		char *path = cmd_masked(c->path);
		char *said = strcmp(c->why, JOIN_ANSWER) != 0 &&
			strcmp(c->why, JOIN_REPEAT) != 0 ?
			settle_explain(s, xml, c->path) : NULL;
		char *clean = cmd_masked(said != NULL ? said : "");

		if (said != NULL)
			/* TRANSLATORS: a path and what the form says */
			printf(_("%1$s: %2$s\n"), path, clean);
		else if (strcmp(c->why, JOIN_ANSWER) == 0 ||
				strcmp(c->why, JOIN_REPEAT) == 0)
			printf(_("%s: not settled yet\n"), path);
		else
			printf(_("%s: the form does not allow this\n"), path);
		free(clean);
		free(said);
		free(path);
	}
}
