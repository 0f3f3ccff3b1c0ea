/* What the home page lists. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "cmd/formarg.h"
#include "cmd/home.h"
#include "cmd/record_text.h"
#include "field/query.h"
#include "ui/language.h"
#include "ui/plain.h"

/* --- names of questions --- */

/* A form that is open while a list is made. */
struct home_form {
	int64_t row;
	struct form_source source;
	struct xform *form;		/* NULL: it could not be read */
};

/* Large ones take much memory: their labels are kept instead. */
static void close_forms(struct home *h)
{
	for (size_t i = 0; i < h->forms.n; i++) {
		xform_free(h->forms.items[i]->form);
		form_source_release(&h->forms.items[i]->source);
		free(h->forms.items[i]);
	}
	h->forms.n = 0;
}

void home_forget_labels(struct home *h)
{
	for (size_t i = 0; i < h->labels.n; i++) {
		wipe_free(h->labels.items[i].place);
		wipe_free(h->labels.items[i].text);
	}
	h->labels.n = 0;
}

static const struct xform *form_of(struct home *h, int64_t row)
{
	struct err ignored = ERR_INIT;
	struct home_form *f;

	for (size_t i = 0; i < h->forms.n; i++)
		if (h->forms.items[i]->row == row)
			return h->forms.items[i]->form;
	f = xcalloc(1, sizeof *f);
	f->row = row;
	str_init(&f->source.xml);
	f->form = form_source_load(&f->source, h->iv.ws, row, &ignored);
	err_clear(&ignored);
	vec_push(&h->forms, f);
	return f->form;
}

static const struct xf_runs *runs_of(const struct xform *form,
	const struct xf_text *text)
{
	const char *wanted = language_of_person(form);
	unsigned language = wanted != NULL ?
		(unsigned)xform_language(form, wanted) : form->default_language;
	const struct xf_runs *runs;

	if (text->itext == NULL)
		return &text->runs;
	runs = &text->itext->values[language * XF_N_TEXT_FORMS +
		XF_TEXT_PLAIN];
	return runs->n > 0 ? runs : &text->itext->values[
		form->default_language * XF_N_TEXT_FORMS + XF_TEXT_PLAIN];
}

/* Without the answers that it may repeat; "" if it has none. */
static char *label_of(const struct xform *form, const char *place)
{
	char *ref = record_ref_without_positions(place);
	const struct xf_node *n = form != NULL ? map_get(&form->by_path, ref) :
		NULL;
	const struct xf_text *label = n != NULL && n->n_controls > 0 ?
		n->controls[0]->label : NULL;
	const struct xf_runs *runs = label != NULL ? runs_of(form, label) :
		NULL;
	struct str text = STR_INIT;

	free(ref);
	for (size_t i = 0; runs != NULL && i < runs->n; i++)
		str_add(&text, runs->items[i].output != NULL ? "…" :
			runs->items[i].text);
	return plain_line(plain_text(str_steal(&text)));
}

/* Where a draft stopped: the label of its question; "": it is not told. */
static const char *place_of(struct home *h, const struct record_head *head)
{
	const char *place = head->place + (head->place[0] == '+');
	struct home_label label = { head->form, NULL, NULL };

	if (head->is_protected || place[0] != '/')
		return "";
	for (size_t i = 0; i < h->labels.n; i++)
		if (h->labels.items[i].form == head->form &&
				strcmp(h->labels.items[i].place, place) == 0)
			return h->labels.items[i].text;
	label.place = xstrdup(place);
	label.text = label_of(form_of(h, head->form), place);
	vec_push(&h->labels, label);
	return label.text;
}

/* --- lines --- */

static void add_entry(struct home_list *list, char *text, unsigned look,
	const struct home_entry *entry)
{
	pick_add(&list->lines, text, look);
	vec_push(&list->entries, *entry);
}

static void add_heading(struct home_list *list, const char *text)
{
	pick_add_heading(&list->lines, xstrdup(text), LOOK_TITLE);
	vec_push(&list->entries, ((struct home_entry){ .kind = HOME_NOTHING }));
}

/* Each part keeps its own direction (FSI, PDI). */
static void add_part(struct str *line, const char *text)
{
	if (text[0] != '\0')
		str_addf(line, "%s\342\201\250%s\342\201\251",
			line->len > 0 ? "  " : "", text);
}

struct kept_line { int64_t when; struct home_entry entry; char *text; };

struct gathering {
	struct home *h;
	VEC(struct kept_line) lines;
	size_t n[RECORD_DISCARDED + 1];	/* records in each state */
	enum record_state wanted;
};

static void minute_text(int64_t seconds, char text[20])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	localtime_r(&when, &tm);
	strftime(text, 20, "%Y-%m-%d %H:%M", &tm);
}

/* "Household visit  Ayesha  2026-11-26  at: Number of children" */
static char *record_line(struct home *h, const struct record_head *head)
{
	struct str line = STR_INIT, more = STR_INIT;
	char date[11], since[11], minute[20];

	record_day(head->is_protected, head->finished != 0 ? head->finished :
		head->changed, date);
	record_day(head->is_protected, head->changed, since);
	add_part(&line, head->title);
	if (!head->is_protected)
		add_part(&line, head->name);
	if (head->state == RECORD_DRAFT && !head->is_protected) {
		minute_text(head->changed, minute);
		add_part(&line, minute);
	} else {
		add_part(&line, date);
	}
	if (head->training)
		add_part(&line, _("training"));
	if (head->state == RECORD_DRAFT) {
		const char *place = place_of(h, head);

		if (place[0] != '\0')
			/* TRANSLATORS: %s is a question: the one that an
			 * interview stopped at, or the last that was answered */
			str_addf(&line, head->place[0] == '+' ?
				_("  after: %s") : _("  at: %s"), place);
	} else {
		record_fate(head->state, head->bundle, head->refused, since,
			&more);
		add_part(&line, more.data);
	}
	str_wipe(&more);
	return str_steal(&line);
}

static bool gather(void *context, const struct record_head *head)
{
	struct gathering *g = context;
	struct kept_line line = { .when = head->changed * 1000 +
		head->changed_ms };

	if (head->is_deletion && head->state != RECORD_READY)
		return true;
	g->n[head->state]++;
	if (head->state != g->wanted)
		return true;
	line.entry = (struct home_entry){ .kind = HOME_RECORD, .id = head->id,
		.state = head->state };
	line.text = record_line(g->h, head);
	vec_push(&g->lines, line);
	return true;
}

/* The newest first. */
static int by_time(const void *a, const void *b)
{
	const struct kept_line *x = a, *y = b;

	return (x->when < y->when) - (x->when > y->when);
}

static void add_gathered(struct gathering *g, struct home_list *list)
{
	if (g->lines.n > 1)
		qsort(g->lines.items, g->lines.n, sizeof *g->lines.items,
			by_time);
	for (size_t i = 0; i < g->lines.n; i++)
		add_entry(list, g->lines.items[i].text, 0,
			&g->lines.items[i].entry);
	vec_release(&g->lines);
}

/* --- what the coordinator asks --- */

static bool add_asked(void *context, const struct field_query *query)
{
	struct home_list *list = context;
	struct home_entry entry = { .kind = HOME_ASKED };
	struct str line = STR_INIT;

	if (query->is_answered)
		return true;
	if (list->lines.n == 0)
		add_heading(list, _("The coordinator asks"));
	snprintf(entry.name, sizeof entry.name, "%s", query->sha256);
	add_part(&line, query->query.asked);
	add_part(&line, query_text(&query->query));
	add_entry(list, str_steal(&line), LOOK_BOLD, &entry);
	return true;
}

/* --- forms --- */

struct form_lines { struct home_list *list; char *last_id; };

/* Versions of one form come one after the other, the newest last. */
static bool add_form(void *context, const struct form_info *form)
{
	struct form_lines *f = context;
	struct home_list *list = f->list;
	struct home_entry entry = { .kind = HOME_FORM, .id = form->id };
	size_t last = list->lines.n - 1;

	if (f->last_id != NULL && strcmp(f->last_id, form->form_id) == 0) {
		free(list->lines.items[last].text);
		list->lines.items[last].text = xstrdup(form_shown_title(form));
		list->entries.items[last] = entry;
		return true;
	}
	add_entry(list, xstrdup(form_shown_title(form)), 0, &entry);
	list->n_forms++;
	free(f->last_id);
	f->last_id = xstrdup(form->form_id);
	return true;
}

bool home_list_forms(struct home *h, struct home_list *list, struct err *err)
{
	struct form_lines f = { .list = list };
	bool ok = forms_each(h->iv.ws, add_form, &f, err);

	free(f.last_id);
	return ok;
}

/* --- all of it --- */

char *home_state_text(enum record_state state, size_t n)
{
	switch (state) {
	case RECORD_READY:
		return str_format(ngettext("%zu is ready to be packed",
			"%zu are ready to be packed", n), n);
	case RECORD_PACKED:
		return str_format(ngettext("%zu was sent, and is not known to "
			"have arrived", "%zu were sent, and are not known to "
			"have arrived", n), n);
	case RECORD_RECEIVED:
		return str_format(ngettext("%zu was received at the centre",
			"%zu were received at the centre", n), n);
	case RECORD_DISCARDED:
		return str_format(ngettext("%zu was discarded",
			"%zu were discarded", n), n);
	default:
		return str_format(ngettext("%zu was begun", "%zu were begun",
			n), n);
	}
}

static void add_states(const struct gathering *g, struct home_list *list)
{
	bool any = false;

	for (int state = RECORD_READY; state <= RECORD_DISCARDED; state++) {
		const struct home_entry entry = { .kind = HOME_STATE,
			.state = (enum record_state)state };

		if (g->n[state] == 0)
			continue;
		if (!any)
			add_heading(list, _("Finished"));
		any = true;
		add_entry(list, home_state_text(entry.state, g->n[state]), 0,
			&entry);
	}
}

static void add_damaged(struct home_list *list, size_t n)
{
	char *text = str_format(ngettext("%zu record is damaged and cannot be "
		"read", "%zu records are damaged and cannot be read", n), n);

	add_heading(list, text);
	free(text);
}

bool home_list_make(struct home *h, struct home_list *list, struct err *err)
{
	struct gathering g = { .h = h, .wanted = RECORD_DRAFT };
	bool ok = queries_each(h->iv.ws, add_asked, list, err) &&
		records_each(h->iv.ws, gather, &g, err);

	close_forms(h);
	if (g.lines.n > 0)
		add_heading(list, _("Begun: go on"));
	add_gathered(&g, list);
	if (!ok)
		return false;
	add_heading(list, _("Begin a new one"));
	if (!home_list_forms(h, list, err))
		return false;
	if (list->n_forms == 0) {
		pick_add_heading(&list->lines, xstrdup(_("There is no form yet: "
			"forms come with the coordinator's kit.")), 0);
		vec_push(&list->entries,
			((struct home_entry){ .kind = HOME_NOTHING }));
	}
	add_states(&g, list);
	if (records_damaged(h->iv.ws) > 0)
		add_damaged(list, records_damaged(h->iv.ws));
	list->n_ready = g.n[RECORD_READY];
	return true;
}

bool home_list_state(struct home *h, enum record_state state,
	struct home_list *list, struct err *err)
{
	struct gathering g = { .h = h, .wanted = state };
	bool ok = records_each(h->iv.ws, gather, &g, err);

	close_forms(h);
	add_gathered(&g, list);
	return ok;
}

void home_list_release(struct home_list *list)
{
	pick_release(&list->lines);
	vec_release(&list->entries);
}
