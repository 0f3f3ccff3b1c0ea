/* bayaz show RECORD: what a record of the workspace says, or all that was ever
 * done to it; with --store, the versions of a record of the central store. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "cmd/asked.h"
#include "cmd/formarg.h"
#include "cmd/record_text.h"
#include "cmd/secret.h"
#include "cmd/show.h"
#include "field/history.h"
#include "field/records.h"
#include "ui/draft.h"

struct showing {
	const struct cmd_args *args;
	struct workspace *ws;
	struct record *record;
	struct form_source source;
	struct xform *form;
	struct draft draft;
	struct json *list;		/* --json; else NULL */
	struct map secrets;		/* references of questions for secrets */
};

static const char HIDDEN[] = "****";

/* --- opening --- */

/* A draft as it stands; what is finished, as it was finished. */
static bool open_session(struct showing *s, struct err *err)
{
	const struct record_head *head = record_head(s->record);
	struct str xml = STR_INIT;

	s->draft.form = s->form;
	s->draft.record = s->record;
	s->draft.options.language = cmd_text(s->args, "language");
	if (!head->has_final || head->state == RECORD_DRAFT)
		return draft_open(&s->draft, err);
	if (record_xml(s->record, &xml, err))
		s->draft.session = session_load(s->form, xml.data, xml.len,
			false, &s->draft.options, NULL, err);
	str_wipe(&xml);
	return s->draft.session != NULL;
}

static void note_secrets(struct showing *s)
{
	for (unsigned i = 0; i < s->form->n_nodes; i++) {
		const struct xf_node *n = s->form->nodes[i];

		for (unsigned k = 0; k < n->n_controls; k++)
			if (n->controls[k]->kind == XF_SECRET)
				map_set(&s->secrets, n->ref, s);
	}
}

static bool is_secret(struct showing *s, const char *path)
{
	char *plain = record_ref_without_positions(path);
	bool is = map_has(&s->secrets, plain);

	free(plain);
	return is;
}

static bool is_sealed(const struct record_head *head)
{
	return head->is_protected && head->has_final;
}

static bool open_record(struct showing *s, struct err *err)
{
	int64_t id;

	s->ws = cmd_workspace_open(s->args, err);
	if (s->ws == NULL || !records_find(s->ws, s->args->items[0], &id, err))
		return false;
	s->record = record_open(s->ws, id, err);
	if (s->record == NULL)
		return false;
	if (is_sealed(record_head(s->record)))
		return true;
	s->form = form_source_load(&s->source, s->ws,
		record_head(s->record)->form, err);
	if (s->form == NULL)
		return false;
	note_secrets(s);
	return open_session(s, err);
}

/* --- the record itself --- */

static void date_text(int64_t seconds, bool is_day, char text[32])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (is_day)
		gmtime_r(&when, &tm);
	else
		localtime_r(&when, &tm);
	if (seconds == 0)
		text[0] = '\0';
	else
		strftime(text, 32, is_day ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S",
			&tm);
}

static const char *state_text(const struct record_head *head)
{
	switch (head->state) {
	case RECORD_DRAFT: return _("draft");
	case RECORD_READY: return _("ready");
	case RECORD_PACKED: return _("packed");
	case RECORD_RECEIVED: return _("received");
	default: return _("discarded");
	}
}

static void print_masked(const char *before, const char *text)
{
	struct str clean = STR_INIT;

	utf8_mask(&clean, text, false);
	printf("%s%s", before, clean.data);
	str_wipe(&clean);
}

static void print_head(const struct record_head *head)
{
	char id[17], when[32];

	record_id_text(head->id, id);
	date_text(head->created, true, when);
	printf("%s\t%s\t%s", id, state_text(head), when);
	print_masked("\t", head->title);
	if (!head->is_protected) {
		print_masked("\t", head->form_id);
		print_masked(" ", head->form_version);
	}
	if (head->training)
		printf("\t%s", _("training"));
	putchar('\n');
}

static struct json *head_json(const struct record_head *head)
{
	struct json *answer = js_new_object();
	char id[17], when[32];

	record_id_text(head->id, id);
	date_text(head->created, true, when);
	js_put_text(answer, "record", id);
	js_put_text(answer, "state", record_state_name(head->state));
	js_put_text(answer, "begun", when);
	js_put_text(answer, "title", head->title);
	js_put_bool(answer, "protected", head->is_protected);
	js_put_bool(answer, "training", head->training);
	if (!head->is_protected) {
		js_put_text(answer, "form", head->form_id);
		js_put_text(answer, "version", head->form_version);
		js_put_text(answer, "instance", head->instance_id);
	}
	return answer;
}

/* --- its answers --- */

struct answer { char *label, *path, *value; const char *comment; };

static struct answer answer_of(struct showing *s, const struct step *step)
{
	struct session *session = s->draft.session;
	struct str ref = STR_INIT;
	struct answer answer = { NULL, NULL, NULL, NULL };
	const char *value = node_value(session, step->node);

	node_ref(step->node, &ref);
	answer.path = str_steal(&ref);
	answer.label = session_label(session, step->context, step->control);
	if (answer.label == NULL)
		answer.label = xstrdup("");
	answer.value = xstrdup(value[0] != '\0' &&
		step->control->kind == XF_SECRET ? HIDDEN : value);
	answer.comment = draft_comment_at(&s->draft, step->node);
	return answer;
}

static void show_answer(struct showing *s, const struct answer *answer)
{
	struct json *item;

	if (s->list == NULL) {
		print_masked("", answer->label);
		print_masked("\t", answer->path);
		print_masked("\t", answer->value);
		if (answer->comment != NULL)
			print_masked("\t# ", answer->comment);
		putchar('\n');
		return;
	}
	item = js_new_object();
	js_put_text(item, "label", answer->label);
	js_put_text(item, "path", answer->path);
	js_put_text(item, "value", answer->value);
	if (answer->comment != NULL)
		js_put_text(item, "comment", answer->comment);
	js_add(s->list, item);
}

/* What stands where a question is asked now. */
static bool show_answers(struct showing *s, struct err *err)
{
	struct steps steps = { NULL, 0, 0 };
	bool ok = session_steps(s->draft.session, &steps, err);

	for (size_t i = 0; ok && i < steps.n; i++) {
		struct answer answer;

		if (steps.items[i].kind != STEP_QUESTION)
			continue;
		answer = answer_of(s, &steps.items[i]);
		if (answer.value[0] != '\0' || answer.comment != NULL)
			show_answer(s, &answer);
		wipe_free(answer.label);
		wipe_free(answer.path);
		wipe_free(answer.value);
	}
	steps_release(&steps);
	return ok;
}

/* --- its history --- */

/* For programs; what people read is kind_text(). */
static const char *kind_name(enum journal_kind kind)
{
	switch (kind) {
	case JOURNAL_ANSWER: return "answer";
	case JOURNAL_INSERT: return "insert";
	case JOURNAL_REMOVE: return "remove";
	case JOURNAL_COMMENT: return "comment";
	case JOURNAL_REFUSED: return "refused";
	case JOURNAL_UNDO: return "undo";
	case JOURNAL_REDO: return "redo";
	case JOURNAL_STATE: return "state";
	case JOURNAL_LANGUAGE: return "language";
	case JOURNAL_CLOCK: return "date";
	case JOURNAL_CLEAR: return "clear";
	case JOURNAL_REBASE: return "rebase";
	case JOURNAL_ASIDE: return "aside";
	case JOURNAL_AUDIT: return "log";
	default: return "unknown";
	}
}

static const char *kind_text(enum journal_kind kind)
{
	switch (kind) {
	case JOURNAL_ANSWER: return P_("event", "answer");
	case JOURNAL_INSERT: return P_("event", "added");
	case JOURNAL_REMOVE: return P_("event", "removed");
	case JOURNAL_COMMENT: return P_("event", "comment");
	case JOURNAL_REFUSED: return P_("event", "refused");
	case JOURNAL_UNDO: return P_("event", "undo");
	case JOURNAL_REDO: return P_("event", "redo");
	case JOURNAL_STATE: return P_("event", "begun");
	case JOURNAL_LANGUAGE: return P_("event", "language");
	case JOURNAL_CLOCK: return P_("event", "date given");
	case JOURNAL_CLEAR: return P_("event", "cleared");
	case JOURNAL_REBASE: return P_("event", "other version of the form");
	case JOURNAL_ASIDE: return P_("event", "kept aside");
	case JOURNAL_AUDIT: return P_("event", "log");
	default: return kind_name(kind);
	}
}

/* A whole state is the answers that `show` prints. */
static const char *shown_value(struct showing *s, const struct history_event *h,
	const char *value)
{
	if (h->event->kind == JOURNAL_STATE || h->event->kind == JOURNAL_REBASE)
		return "";
	return value[0] != '\0' && is_secret(s, h->event->path) ? HIDDEN :
		value;
}

static void print_event(struct showing *s, const struct history_event *h)
{
	const struct journal_event *e = h->event;
	char when[32];

	date_text(e->time, record_head(s->record)->is_protected, when);
	printf("%llu\t%s\t%s", (unsigned long long)h->number, when,
		kind_text(e->kind));
	print_masked("\t", e->path);
	if (e->kind == JOURNAL_INSERT)
		printf("[%lld]", (long long)e->number);
	if (h->step != 0)
		/* TRANSLATORS: the number of the event that an undo took back */
		printf(_("event %llu"), (unsigned long long)h->step);
	putchar('\t');
	if (h->old != NULL && h->old[0] != '\0') {
		print_masked("", shown_value(s, h, h->old));
		print_masked(" -> ", shown_value(s, h, e->value));
	} else {
		print_masked("", shown_value(s, h, e->value));
	}
	printf("%s%s\n", h->undone ? "\t" : "", h->undone ?
		P_("event", "undone") : "");
}

static struct json *event_json(struct showing *s,
	const struct history_event *h)
{
	const struct journal_event *e = h->event;
	struct json *item = js_new_object();
	char when[32];

	date_text(e->time, record_head(s->record)->is_protected, when);
	js_put_int(item, "number", (int64_t)h->number);
	if (when[0] != '\0')
		js_put_text(item, "time", when);
	js_put_text(item, "kind", kind_name(e->kind));
	js_put_bool(item, "joined", e->joined);
	js_put_bool(item, "undone", h->undone);
	if (e->path[0] != '\0')
		js_put_text(item, "path", e->path);
	if (e->kind == JOURNAL_INSERT)
		js_put_int(item, "position", e->number);
	if (h->step != 0)
		js_put_int(item, "event", (int64_t)h->step);
	if (h->old != NULL)
		js_put_text(item, "old", shown_value(s, h, h->old));
	if (e->kind != JOURNAL_STATE && e->kind != JOURNAL_REBASE)
		js_put_text(item, "new", shown_value(s, h, e->value));
	return item;
}

static bool show_event(void *context, const struct history_event *h,
	struct err *err)
{
	struct showing *s = context;

	(void)err;
	if (s->list != NULL)
		js_add(s->list, event_json(s, h));
	else
		print_event(s, h);
	return true;
}

/* --- all --- */

static void print_json(struct json *answer)
{
	char *line = js_print(answer);

	puts(line);
	wipe_free(line);
	js_free(answer);
}

static bool show(struct showing *s, struct err *err)
{
	const struct record_head *head = record_head(s->record);
	bool is_json = cmd_flag(s->args, "json");
	bool history = cmd_flag(s->args, "history"), ok = true;
	struct json *answer = is_json ? head_json(head) : NULL, *questions;

	if (is_json)
		s->list = js_new_array();
	else
		print_head(head);
	if (is_sealed(head)) {
		if (!is_json)
			puts(_("it is sealed: this device cannot open it any "
				"more"));
	} else {
		ok = history ? history_each(s->record, show_event, s, err) :
			show_answers(s, err);
	}
	if (!is_json)
		return ok && asked_show(s->ws, head->id, err);
	questions = asked_json(s->ws, head->id, NULL);
	if (js_size(questions) > 0)
		js_put(answer, "questions", questions);
	else
		js_free(questions);
	js_put(answer, history ? "events" : "answers", s->list);
	if (ok)
		print_json(answer);
	else
		js_free(answer);
	return ok;
}

static void release(struct showing *s)
{
	draft_close(&s->draft);
	record_close(s->record);
	map_release(&s->secrets);
	xform_free(s->form);
	form_source_release(&s->source);
	workspace_close(s->ws);
}

static int run_show(const struct cmd_args *args)
{
	struct showing s = { .args = args };
	struct err err = ERR_INIT;
	bool ok;

	if (cmd_text(args, "store") != NULL)
		return show_from_store(args);
	map_init(&s.secrets);
	str_init(&s.source.xml);
	ok = open_record(&s, &err) && show(&s, &err);
	release(&s);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "history", 0, OPT_FLAG, NULL,
	  N_("everything that was done to it, what was undone too") },
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"),
	  N_("a language of the form") },
	{ "store", 0, OPT_TEXT, N_("DB"),
	  N_("a record of this central store, not of the workspace") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_show = {
	.name = "show",
	.usage = N_("RECORD"),
	.summary = N_("show the answers of a record, or its history"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_show,
};
