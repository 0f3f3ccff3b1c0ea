/* Conflicts in words.  See conflict_text.h. */
#include "config.h"

#include "cmd/conflict_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "cmd/saying.h"
#include "store/reconcile.h"

enum { COLUMNS = 80 };

/* --- the language --- */

const char *conflict_language(const struct cmd_args *args, char code[16])
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL",
		"LC_MESSAGES", "LANG" };
	const char *given = cmd_text(args, "language");

	for (size_t i = 0; given == NULL && i < ARRAY_SIZE(names); i++) {
		const char *set = getenv(names[i]);

		if (set == NULL || set[0] == '\0')
			continue;
		snprintf(code, 16, "%.*s", (int)strcspn(set, "_.@:"), set);
		return code;
	}
	return given;
}

/* --- lines --- */

/* A line of at most 80 columns; what is too long ends in "...". */
static void print_clipped(const char *start, const char *text)
{
	struct str line = STR_INIT;
	size_t width = utf8_width(start), fits;
	const char *at;

	str_add(&line, start);
	fits = line.len;
	for (at = text; *at != '\0' && width <= COLUMNS; ) {
		char one[5] = "";

		(void)utf8_encode(utf8_next(&at), one);
		width += utf8_width(one);
		str_add(&line, one);
		if (width <= COLUMNS - 3)
			fits = line.len;
	}
	if (width > COLUMNS) {
		str_cut(&line, fits);
		str_add(&line, "...");
	}
	puts(line.data);
	str_release(&line);
}

static void print_line(const char *start, const char *text)
{
	char *clean = cmd_masked(text);

	print_clipped(start, clean);
	free(clean);
}

/* --- a record --- */

void conflict_print_record(const struct settle *s)
{
	char *name = cmd_masked(s->record.name);
	char *form = cmd_masked(s->record.form);

	printf(_("record %1$s of form %2$s\n"), name, form);
	free(name);
	free(form);
}

static const char *why_whole(const char *why)
{
	if (strcmp(why, CONFLICT_DELETED) == 0)
		return _("It was deleted, and somebody went on with it.");
	if (strcmp(why, CONFLICT_FORM_VERSION) == 0)
		return _("The sides were filled in with different versions of "
			"the form.");
	if (strcmp(why, CONFLICT_FORM) == 0)
		return _("The form is not here to join them.");
	if (strcmp(why, CONFLICT_DAMAGED) == 0)
		return _("One of the versions is damaged.");
	if (strcmp(why, CONFLICT_BASE) == 0)
		return _("The sides go back to nothing that they share.");
	return _("The form does not take what comes of joining them.");
}

static const char *why_place(const char *why)
{
	if (strcmp(why, JOIN_ANSWER) == 0)
		return _("The sides changed this answer to different things.");
	if (strcmp(why, JOIN_REPEAT) == 0)
		return _("Entries came, went or changed on several sides.");
	return _("Joined, the form does not allow this answer.");
}

/* "KP-001, 2026-11-26, version 0123456789ab, shown now" */
static void print_source(const char *start, const struct settle_side *side)
{
	const struct store_version *v = side->version;
	bool has_bundle = v->bundles.n > 0;
	const struct version_bundle *b = has_bundle ? &v->bundles.items[0] :
		NULL;
	/* TRANSLATORS: who made a version of a record */
	char *text, *device = cmd_masked(!has_bundle ? P_("version", "made at "
		"the centre") : b->device[0] != '\0' ? b->device :
		b->fingerprint);
	char date[11] = "";

	snprintf(date, sizeof date, "%.10s", has_bundle ? b->date :
		side->finished);
	if (side->is_shown)
		/* TRANSLATORS: %1$s is a laptop, %2$s a date, %3$.12s the
		 * beginning of a hash. */
		text = str_format(_("%1$s, %2$s, version %3$.12s, shown now"),
			device, date, v->sha256);
	else
		text = str_format(_("%1$s, %2$s, version %3$.12s"), device,
			date, v->sha256);
	print_clipped(start, text);
	free(text);
	free(device);
}

static const char *value_word(const char *value)
{
	if (value == NULL)
		return P_("entry", "(taken away)");
	return value[0] != '\0' ? value : P_("answer", "(no answer)");
}

static void print_sides(const struct settle *s, const struct settle_item *item)
{
	for (size_t i = 0; i < s->sides.n; i++) {
		char *start = str_format("    %zu: ", i + 1);

		if (item->has_place) {
			print_line(start, value_word(item->values[i]));
			print_source("       ", &s->sides.items[i]);
		} else if (item->path[0] == '\0') {
			print_source(start, &s->sides.items[i]);
		}
		free(start);
	}
	if (item->has_place) {
		/* TRANSLATORS: the answer before the sides changed it */
		char *start = str_format("    %s: ", _("before"));

		print_line(start, value_word(item->values[s->sides.n]));
		free(start);
	}
}

void conflict_print_item(const struct settle *s,
	const struct settle_item *item)
{
	if (item->label != NULL)
		print_line("  ", item->label);
	if (item->path[0] != '\0')
		print_line("  ", item->path);
	print_line("  ", item->path[0] == '\0' ? why_whole(item->why) :
		why_place(item->why));
	print_sides(s, item);
}

/* --- JSON --- */

static struct json *side_json(const struct settle_side *side)
{
	const struct store_version *v = side->version;
	struct json *o = js_new_object();

	js_put_text(o, "version", v->sha256);
	js_put_bool(o, "shown", side->is_shown);
	js_put_text(o, "finished", side->finished);
	if (v->bundles.n > 0) {
		js_put_text(o, "device", v->bundles.items[0].device);
		js_put_text(o, "fingerprint", v->bundles.items[0].fingerprint);
		js_put_text(o, "date", v->bundles.items[0].date);
	}
	return o;
}

static struct json *text_json(const char *text)
{
	return text != NULL ? js_new_text(text) : js_new_null();
}

static struct json *item_json(const struct settle *s,
	const struct settle_item *item)
{
	struct json *o = js_new_object(), *values = js_new_array();

	js_put_text(o, "path", item->path);
	js_put_text(o, "why", item->why);
	if (item->label != NULL)
		js_put_text(o, "label", item->label);
	for (size_t i = 0; item->has_place && i < s->sides.n; i++)
		js_add(values, text_json(item->values[i]));
	if (item->has_place)
		js_put(o, "before", text_json(item->values[s->sides.n]));
	js_put(o, "values", values);
	return o;
}

struct json *conflict_json(const struct settle *s)
{
	struct json *o = js_new_object(), *sides = js_new_array();
	struct json *items = js_new_array();

	for (size_t i = 0; i < s->sides.n; i++)
		js_add(sides, side_json(&s->sides.items[i]));
	for (size_t i = 0; i < s->items.n; i++)
		js_add(items, item_json(s, &s->items.items[i]));
	js_put_text(o, "record", s->record.name);
	js_put_text(o, "form", s->record.form);
	js_put(o, "sides", sides);
	js_put(o, "conflicts", items);
	return o;
}
