/* bayaz list: what is in the workspace, under titles that tell nothing of
 * protected forms (DNH-02). */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "cmd/asked.h"
#include "cmd/cmd.h"
#include "cmd/record_text.h"
#include "cmd/secret.h"
#include "field/forms.h"
#include "field/query.h"
#include "field/records.h"
#include "field/workspace.h"

/* What a line shows of a record. */
struct line {
	int64_t id, created, when;
	enum record_state state;
	bool is_protected, training;
	uint64_t bundle;
	int64_t changed;
	bool is_asked;			/* about it, and nobody answered yet */
	char *refused;
	char *title, *name, *form_id, *version, *instance_id;
};

struct listing {
	VEC(struct line) lines;
	struct json *forms;		/* --json; or NULL */
	size_t n_forms;
};

static bool take_record(void *context, const struct record_head *head)
{
	struct listing *listing = context;
	struct line line = {
		.id = head->id, .created = head->created,
		.when = head->finished != 0 ? head->finished : head->changed,
		.state = head->state, .is_protected = head->is_protected,
		.bundle = head->bundle, .training = head->training,
		.changed = head->changed, .refused = xstrdup(head->refused),
		.title = xstrdup(head->title),
		.name = xstrdup(head->is_protected ? "" : head->name),
		.form_id = xstrdup(head->is_protected ? "" : head->form_id),
		.version = xstrdup(head->is_protected ? "" :
			head->form_version),
		.instance_id = xstrdup(head->is_protected ? "" :
			head->instance_id),
	};

	vec_push(&listing->lines, line);
	return true;
}

static int by_age(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static void release(struct listing *listing)
{
	for (size_t i = 0; i < listing->lines.n; i++) {
		free(listing->lines.items[i].refused);
		free(listing->lines.items[i].title);
		free(listing->lines.items[i].name);
		free(listing->lines.items[i].form_id);
		free(listing->lines.items[i].version);
		free(listing->lines.items[i].instance_id);
	}
	vec_release(&listing->lines);
	js_free(listing->forms);
}

/* --- for people --- */

static const char *state_text(const struct line *line)
{
	if (line->refused[0] != '\0')
		return _("refused");
	switch (line->state) {
	case RECORD_DRAFT: return _("draft");
	case RECORD_READY: return _("ready");
	case RECORD_PACKED: return _("packed");
	case RECORD_RECEIVED: return _("received");
	default: return _("discarded");
	}
}

static bool show_form(void *context, const struct form_info *form)
{
	struct listing *listing = context;
	struct str line = STR_INIT;

	if (listing->n_forms++ == 0)
		puts(_("forms:"));
	str_add(&line, "  ");
	utf8_mask(&line, form_shown_title(form), false);
	if (!form_is_protected(form)) {
		str_add(&line, "\t");
		utf8_mask(&line, form->form_id, false);
		str_add(&line, "\t");
		utf8_mask(&line, form->version, false);
	}
	puts(line.data);
	str_release(&line);
	return true;
}

static bool note_asked(void *context, const struct field_query *query)
{
	struct listing *listing = context;

	for (size_t i = 0; i < listing->lines.n; i++)
		if (listing->lines.items[i].id == query->record &&
				!query->is_answered)
			listing->lines.items[i].is_asked = true;
	return true;
}

static void show_record(const struct line *line)
{
	struct str text = STR_INIT, fate = STR_INIT;
	char id[17], date[11], since[11];

	record_id_text(line->id, id);
	record_day(line->is_protected, line->changed, since);
	record_day(line->is_protected, line->when, date);
	str_addf(&text, "  %.8s\t%s\t%s\t", id, state_text(line), date);
	utf8_mask(&text, line->title, false);
	if (line->name[0] != '\0') {
		str_addc(&text, '\t');
		utf8_mask(&text, line->name, false);
	}
	if (line->training)
		str_addf(&text, "\t%s", _("training"));
	record_fate(line->state, line->bundle, line->refused, since, &fate);
	if (fate.len > 0)
		str_addf(&text, "\t%s", fate.data);
	if (line->is_asked)
		/* TRANSLATORS: of a record: the coordinator asks about it */
		str_addf(&text, "\t%s", _("asked about"));
	puts(text.data);
	str_release(&text);
	str_release(&fate);
}

static bool show(struct workspace *ws, struct listing *listing,
	struct err *err)
{
	if (!forms_each(ws, show_form, listing, err))
		return false;
	if (listing->n_forms == 0)
		puts(_("no forms"));
	puts(listing->lines.n > 0 ? _("records:") : _("no records"));
	for (size_t i = 0; i < listing->lines.n; i++)
		show_record(&listing->lines.items[i]);
	return asked_show(ws, 0, err);
}

/* --- for programs --- */

static bool form_json(void *context, const struct form_info *form)
{
	struct listing *listing = context;
	struct json *item = js_new_object();

	js_put_text(item, "title", form_shown_title(form));
	js_put_bool(item, "protected", form_is_protected(form));
	if (!form_is_protected(form)) {
		js_put_text(item, "form", form->form_id);
		js_put_text(item, "version", form->version);
	}
	js_add(listing->forms, item);
	return true;
}

/* The day on which it was packed, or the receipt came. */
static void put_since(struct json *item, const struct line *line)
{
	time_t when = (time_t)line->changed;
	char date[11];
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(date, sizeof date, "%Y-%m-%d", &tm);
	js_put_text(item, "since", date);
}

static struct json *record_json(const struct line *line)
{
	struct json *item = js_new_object();
	time_t when = (time_t)line->when;
	char id[17], text[32];
	struct tm tm;

	record_id_text(line->id, id);
	gmtime_r(&when, &tm);
	strftime(text, sizeof text, line->is_protected ? "%Y-%m-%d" :
		"%Y-%m-%dT%H:%M:%SZ", &tm);
	js_put_text(item, "record", id);
	js_put_text(item, "state", record_state_name(line->state));
	js_put_text(item, "title", line->title);
	js_put_text(item, "when", text);
	js_put_bool(item, "protected", line->is_protected);
	if (line->training)
		js_put_bool(item, "training", true);
	if (line->bundle != 0)
		js_put_int(item, "bundle", (int64_t)line->bundle);
	if (line->is_asked)
		js_put_bool(item, "asked", true);
	if (line->refused[0] != '\0')
		js_put_text(item, "refused", line->refused);
	if (line->state == RECORD_PACKED || line->state == RECORD_RECEIVED)
		put_since(item, line);
	if (!line->is_protected) {
		js_put_text(item, "form", line->form_id);
		js_put_text(item, "version", line->version);
		js_put_text(item, "instance", line->instance_id);
		js_put_text(item, "name", line->name);
	}
	return item;
}

static bool show_json(struct workspace *ws, struct listing *listing,
	struct err *err)
{
	struct json *answer, *records, *questions;
	char *line;

	listing->forms = js_new_array();
	if (!forms_each(ws, form_json, listing, err))
		return false;
	questions = asked_json(ws, 0, err);
	if (questions == NULL)
		return false;
	records = js_new_array();
	for (size_t i = 0; i < listing->lines.n; i++)
		js_add(records, record_json(&listing->lines.items[i]));
	answer = js_new_object();
	js_put(answer, "forms", listing->forms);
	listing->forms = NULL;
	js_put(answer, "records", records);
	js_put(answer, "questions", questions);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
	return true;
}

static int run_list(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws = cmd_workspace_open(args, &err);
	struct listing listing = { 0 };
	bool ok = ws != NULL && records_each(ws, take_record, &listing, &err);
	size_t n_damaged = ok ? records_damaged(ws) : 0;

	if (listing.lines.n > 1)
		qsort(listing.lines.items, listing.lines.n,
			sizeof *listing.lines.items, by_age);
	ok = ok && queries_each(ws, note_asked, &listing, &err) &&
		(cmd_flag(args, "json") ? show_json(ws, &listing, &err) :
		show(ws, &listing, &err));
	if (ok && n_damaged > 0)
		log_note(ngettext("%zu record is damaged and cannot be read",
			"%zu records are damaged and cannot be read",
			n_damaged), n_damaged);
	release(&listing);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_list_all = {
	.name = "list",
	.usage = "",
	.summary = N_("list the forms and records of the workspace"),
	.options = options,
	.run = run_list,
};
