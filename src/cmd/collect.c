/* bayaz collect FORM: an interview, new or resumed. */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cmd/asked.h"
#include "cmd/form_translate.h"
#include "cmd/formarg.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "field/receive.h"
#include "field/records.h"
#include "session/audit.h"
#include "ui/interview.h"
#include "ui/language.h"
#include "ui/lock.h"
#include "ui/prompt.h"
#include "ui/today.h"

/* The terminal is closed, the machine goes down, somebody presses Ctrl-C: the
 * interview is left as with ':q'. */
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void catch_signals(void)
{
	/* without SA_RESTART: reading ends */
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

enum { DEFAULT_LOCK_MINUTES = 3, MOST_LOCK_MINUTES = 15 };	/* DNH-05 */

struct begun { int64_t id, changed; int changed_ms; };

struct collecting {
	struct workspace *ws;
	struct form_info newest;	/* of the form asked for */
	struct form_source source;	/* of the version the record is of */
	struct xform *form;
	char worker[DEVICE_NAME_BYTES];	/* "" if there is none */
	bool training;			/* asked for, or all is in this project */
	VEC(struct begun) drafts;	/* of this form, oldest change first */
	struct str last_saved;
	struct field_clock clock;
	struct po_files po;		/* --po: translations that are tried */
	struct term_options screen;
	struct term *term;		/* while it is shown; or NULL */
};

static const char *property(void *data, const char *name)
{
	const struct collecting *c = data;

	return strcmp(name, "username") == 0 && c->worker[0] != '\0' ?
		c->worker : NULL;
}

static bool note_draft(void *context, const struct record_head *head)
{
	struct collecting *c = context;

	if (head->state == RECORD_DRAFT &&
			strcmp(head->form_id, c->newest.form_id) == 0)
		vec_push(&c->drafts, ((struct begun){ head->id, head->changed,
			head->changed_ms }));
	return true;
}

static int by_change(const void *a, const void *b)
{
	const struct begun *x = a, *y = b;

	if (x->changed != y->changed)
		return x->changed < y->changed ? -1 : 1;
	return (x->changed_ms > y->changed_ms) -
		(x->changed_ms < y->changed_ms);
}

static bool find_drafts(struct collecting *c, struct err *err)
{
	if (!records_each(c->ws, note_draft, c, err))
		return false;
	if (c->drafts.n > 1)
		qsort(c->drafts.items, c->drafts.n, sizeof *c->drafts.items,
			by_change);
	return true;
}

/* Of protected ones the day is known and no more. */
static bool find_last(struct collecting *c, int64_t *id, struct err *err)
{
	size_t n = c->drafts.n;

	if (n == 0)
		return err_set(err, ERR_NOTFOUND,
			_("no interview with this form was begun"));
	if (n > 1 && by_change(&c->drafts.items[n - 2],
			&c->drafts.items[n - 1]) == 0)
		return err_set(err, ERR_CONFLICT, _("several interviews were "
			"left on that day, and which was the last is not "
			"kept: 'bayaz list' names them"));
	*id = c->drafts.items[n - 1].id;
	return true;
}

static bool read_last_saved(struct collecting *c, bool training,
	struct err *err)
{
	struct record *record;
	int64_t id;
	bool ok;

	if (!records_last(c->ws, c->newest.form_id, training, &id, err))
		return false;
	if (id == 0)
		return true;
	record = record_open(c->ws, id, err);
	ok = record != NULL && record_xml(record, &c->last_saved, err);
	record_close(record);
	return ok;
}

/* Without a device there is no worker's code: the form asks for it. */
static void read_worker(struct collecting *c)
{
	struct trust_device device;
	struct err ignored = ERR_INIT;

	if (!member_device(c->ws, &device, &ignored))
		return;
	snprintf(c->worker, sizeof c->worker, "%s", device.name);
	trust_device_wipe(&device);
}

static void read_training(struct collecting *c, const struct cmd_args *args)
{
	struct trust_project project;
	struct err ignored = ERR_INIT;

	c->training = cmd_flag(args, "training") ||
		(member_project(c->ws, &project, &ignored) && project.training);
}

/* --- which record --- */

static void print_draft(size_t number, const struct record_head *head)
{
	char when[32];
	time_t changed = (time_t)head->changed;
	struct tm tm;

	localtime_r(&changed, &tm);
	strftime(when, sizeof when, "%Y-%m-%d %H:%M", &tm);
	printf("  %3zu  %s  %s\n", number, when,
		head->place + (head->place[0] == '+'));
}

/* 0: a new one.  -1: end of input or error. */
static int64_t ask_which(struct collecting *c, struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	int64_t answer = -1;

	printf(ngettext("%zu interview with this form was begun:\n",
		"%zu interviews with this form were begun:\n", c->drafts.n),
		c->drafts.n);
	for (size_t i = 0; i < c->drafts.n; i++) {
		struct record *record = record_open(c->ws,
			c->drafts.items[i].id, err);

		if (record == NULL)
			return -1;
		print_draft(i + 1, record_head(record));
		record_close(record);
	}
	printf("%s", _("Type its number to go on, or an empty line for a new one\n> "));
	fflush(stdout);
	if (getline(&line, &size, stdin) >= 0) {
		unsigned long k = strtoul(line, NULL, 10);

		answer = k >= 1 && k <= c->drafts.n ? c->drafts.items[k - 1].id :
			0;
	} else {
		err_set(err, ERR_IO, _("the input ended before an answer"));
	}
	free(line);
	return answer;
}

/* A finished record that was not sent is a draft again. */
static bool reopen(struct record *record, struct err *err)
{
	if (record_head(record)->state == RECORD_DRAFT)
		return true;
	if (!record_reopen(record, err))
		return false;
	log_note(_("this record was finished: it is open again, and has to be "
		"finished again to be packed"));
	return true;
}

static struct record *open_named(struct collecting *c, const char *name,
	struct err *err)
{
	struct record *record;
	int64_t id;

	if (!records_find(c->ws, name, &id, err))
		return NULL;
	record = record_open(c->ws, id, err);
	if (record == NULL)
		return NULL;
	if (!record_head(record)->is_protected ||
			record_head(record)->state == RECORD_DRAFT) {
		if (strcmp(record_head(record)->form_id,
				c->newest.form_id) != 0)
			err_set(err, ERR_REFUSED,
				_("'%s' is no record of this form"), name);
		else if (reopen(record, err))
			return record;
	} else {
		err_set(err, ERR_REFUSED, _("a finished protected record "
			"cannot be opened on this device"));
	}
	record_close(record);
	return NULL;
}

static struct record *choose_record(const struct cmd_args *args,
	struct collecting *c, struct err *err)
{
	const char *resume = cmd_text(args, "resume");
	int64_t id = 0;

	if (resume != NULL && strcmp(resume, "last") == 0) {
		if (!find_last(c, &id, err))
			return NULL;
	} else if (resume != NULL) {
		return open_named(c, resume, err);
	} else if (!cmd_flag(args, "new") && c->drafts.n > 0) {
		id = ask_which(c, err);
		if (id < 0)
			return NULL;
	}
	if (id != 0)
		return record_open(c->ws, id, err);
	return record_new(c->ws, &c->newest, 0, err);
}

/* --- running --- */

static int report(enum interview_end end, const struct record_head *head,
	const struct err *err)
{
	char id[17];

	record_id_text(head->id, id);
	switch (end) {
	case INTERVIEW_FINISHED:
		printf(_("\nfinished: record %s is ready to be packed\n"), id);
		return EXIT_DONE;
	case INTERVIEW_SAVED:
		printf(_("\nsaved: go on with 'bayaz collect %s --resume %s'\n"),
			head->form_id, id);
		return EXIT_DONE;
	case INTERVIEW_DISCARDED:
		printf("%s\n", _("\ndiscarded: nothing of it is kept to be packed"));
		return EXIT_DONE;
	default:
		log_note(_("what was confirmed is kept; go on with "
			"'--resume %s'"), id);
		return cmd_problem(err);
	}
}

static void say_no_places(const struct collecting *c)
{
	struct audit_settings settings;

	if (audit_wanted(c->form, &settings) && settings.location)
		log_note(_("the form wants places in its log: there is nothing "
			"here to find them with, so they stay blank"));
}

/* A translation that came from the centre; one that cannot be read is passed
 * over. */
static void add_received(struct collecting *c, struct po_files *files,
	const char *language)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;
	struct po *po = NULL;
	struct po_file file;

	if (receive_po(c->ws, c->newest.form_id, language, &bytes, &err) &&
			bytes.len > 0)
		po = po_parse(bytes.data, bytes.len, language, &err);
	if (po != NULL) {
		file = (struct po_file){ xstrdup(language), xstrdup(language),
			po };
		vec_push(files, file);
	} else if (err.code != ERR_NONE) {
		log_err(&err);
	}
	str_release(&bytes);
}

static bool open_received(struct collecting *c, struct po_files *files,
	struct err *err)
{
	struct str lines = STR_INIT;
	bool ok = receive_po_languages(c->ws, c->newest.form_id, &lines, err);
	char *at = lines.data, *language;

	while (ok && lines.len > 0 && (language = strsep(&at, "\n")) != NULL)
		if (language[0] != '\0')
			add_received(c, files, language);
	str_release(&lines);
	return ok;
}

/* With the translations that came from the centre, then with those that are
 * tried; entries that cannot be used are left out. */
static bool translate(struct collecting *c, struct err *err)
{
	struct po_files received = { NULL, 0, 0 };
	struct err ignored = ERR_INIT;
	const struct po_files *all[] = { &received, &c->po };
	bool ok = open_received(c, &received, err);

	for (size_t i = 0; ok && i < ARRAY_SIZE(all); i++)
		if (all[i]->n > 0 && !translate_form(&c->source.xml,
				c->source.name, &c->source.options, all[i],
				"default", false, &ignored))
			log_err(&ignored);
	po_files_release(&received);
	return ok;
}

static struct xform *load_form(struct collecting *c, int64_t row,
	struct err *err)
{
	struct problems problems = PROBLEMS_INIT;
	struct xform *form;

	if (!form_source_get(&c->source, c->ws, row, err) ||
			!translate(c, err))
		return NULL;
	form = xform_load(c->source.xml.data, c->source.xml.len,
		c->source.name, &c->source.options, &problems);
	if (form == NULL)
		problems_first_error(&problems, err);
	problems_release(&problems);
	return form;
}

/* As asked for, else the one that is tried. */
static const char *language_of(const struct cmd_args *args,
	const struct collecting *c)
{
	const char *language = cmd_text(args, "language");

	for (unsigned i = 0; language == NULL && c->po.n > 0 &&
			i < c->form->n_languages; i++)
		if (language_is(c->form->languages[i],
				c->po.items[0].language))
			language = c->form->languages[i];
	return language;
}

/* A draft goes on in the language that it was left in. */
static const char *language_to_begin(const struct cmd_args *args,
	const struct collecting *c, const struct record *record)
{
	const char *language = language_of(args, c);

	return language != NULL || record_head(record)->n_events > 0 ?
		language : language_of_person(c->form);
}

/* Before a record is begun that could not go on. */
static bool check_language(const struct cmd_args *args, struct collecting *c,
	struct err *err)
{
	const char *language;
	bool ok;

	if (cmd_text(args, "language") == NULL && c->po.n == 0)
		return true;
	c->form = load_form(c, c->newest.id, err);
	if (c->form == NULL)
		return false;
	language = language_of(args, c);
	ok = language == NULL || xform_language(c->form, language) >= 0 ||
		err_set(err, ERR_REFUSED, _("the form has no language '%s'"),
		language);
	ok = ok && (c->training || language_check(c->form, language, err));
	xform_free(c->form);
	c->form = NULL;
	form_source_release(&c->source);
	return ok;
}

/* --- the screen --- */

/* Lines where a screen cannot be shown, or is not wanted. */
static bool wants_screen(const struct cmd_args *args)
{
	return !cmd_flag(args, "lines") && term_is_possible();
}

static bool read_minutes(const struct cmd_args *args, int *minutes,
	struct err *err)
{
	const char *text = cmd_text(args, "lock-after");
	char *end;
	long n;

	if (text == NULL)
		text = getenv("BAYAZ_LOCK_AFTER");
	*minutes = DEFAULT_LOCK_MINUTES;
	if (text == NULL || text[0] == '\0')
		return true;
	n = strtol(text, &end, 10);
	if (*end != '\0' || n < 1 || n > MOST_LOCK_MINUTES)
		return err_set(err, ERR_USAGE, _("'%1$s' is no number of minutes "
			"from 1 to %2$d"), text, MOST_LOCK_MINUTES);
	*minutes = (int)n;
	return true;
}

/* What the command line says about the screen. */
static bool read_screen(const struct cmd_args *args, struct collecting *c,
	struct err *err)
{
	const char *bidi = cmd_text(args, "bidi");
	const char *no_colour = getenv("NO_COLOR");
	int minutes;

	if (!read_minutes(args, &minutes, err))
		return false;
	if (!bidi_by_name(bidi, &c->screen.bidi))
		return err_set(err, ERR_USAGE, _("'%s': it is 'auto', 'ours' or "
			"'terminal'"), bidi);
	c->screen.no_colour = no_colour != NULL && no_colour[0] != '\0';
	c->screen.high_contrast = cmd_flag(args, "contrast");
	c->screen.idle_ms = minutes * 60 * 1000;
	c->screen.stop = &stopped;
	return true;
}

/* The record's form and all that is told before it is shown. */
static bool open_interview(const struct cmd_args *args, struct collecting *c,
	struct record *record, struct interview_setup *setup, struct err *err)
{
	const struct record_head *head = record_head(record);

	/* A draft keeps the version of the form that it was begun with, until
	 * it is rebased. */
	c->form = load_form(c, head->form, err);
	if (c->form == NULL || !read_last_saved(c, head->training, err))
		return false;
	*setup = (struct interview_setup){ .ws = c->ws, .record = record,
		.in = stdin, .out = stdout, .clock = &c->clock,
		.stop = &stopped, .term = c->term, .form = c->form,
		.training = head->training,
		.is_zoomed = cmd_flag(args, "zoom") };
	setup->options.property = property;
	setup->options.property_data = c;
	setup->options.language = language_to_begin(args, c, record);
	setup->options.last_saved = c->last_saved.len > 0 ?
		c->last_saved.data : NULL;
	return true;
}

static bool tell_before(struct collecting *c, struct record *record,
	struct err *err)
{
	if (record_head(record)->form != c->newest.id)
		log_note(_("this interview has version '%1$s' of the form; "
			"'bayaz rebase' takes it over to version '%2$s'"),
			record_head(record)->form_version, c->newest.version);
	return !c->training || record_set_training(record, err);
}

/* In lines: it asks for the passphrase, and says nothing else. */
static struct workspace *unlock_in_lines(const char *folder, struct err *err)
{
	struct str typed = STR_INIT;
	struct workspace *ws = NULL;
	bool needs = false;

	if (!workspace_needs_passphrase(folder, &needs, err))
		return NULL;
	for (;;) {
		cmd_wait_for_turn(folder);
		if (needs && !cmd_ask_secret("> ", &typed, err))
			break;
		ws = workspace_open(folder, needs ? typed.data : NULL, err);
		str_wipe(&typed);
		if (ws != NULL || err->code != ERR_CRYPTO)
			break;
	}
	if (ws != NULL)
		err_clear(err);
	str_wipe(&typed);
	return ws;
}

/* It was hidden: keys and answers leave the memory, and come back with the
 * passphrase.  False: `err`, or the terminal went away. */
static bool come_back(struct collecting *c, struct record **record,
	struct err *err)
{
	char *folder = xstrdup(workspace_folder(c->ws));
	int64_t id = record_head(*record)->id;

	record_close(*record);
	*record = NULL;
	xform_free(c->form);
	c->form = NULL;
	form_source_release(&c->source);
	str_wipe(&c->last_saved);
	workspace_close(c->ws);
	c->ws = c->term != NULL ? lock_wait(c->term, folder, err) :
		unlock_in_lines(folder, err);
	free(folder);
	if (c->ws == NULL)
		return false;
	workspace_use_clock(c->ws, &c->clock);
	*record = record_open(c->ws, id, err);
	return *record != NULL;
}

static int interview(const struct cmd_args *args, struct collecting *c,
	struct record **record, struct err *err)
{
	struct interview_setup setup;
	enum interview_end end;

	if (!tell_before(c, *record, err) ||
			!open_interview(args, c, *record, &setup, err))
		return cmd_problem(err);
	say_no_places(c);
	if (!asked_show(c->ws, record_head(*record)->id, err))
		return cmd_problem(err);
	if (wants_screen(args)) {
		c->term = term_open(&c->screen, err);
		if (c->term == NULL)
			return cmd_problem(err);
		setup.term = c->term;
	}
	while ((end = interview_run(&setup, err)) == INTERVIEW_HIDDEN) {
		if (come_back(c, record, err) &&
				open_interview(args, c, *record, &setup, err)) {
			/* in the language that it was left in */
			setup.options.language = NULL;
			continue;
		}
		term_close(c->term);
		c->term = NULL;
		return err->code == ERR_NONE ? EXIT_DONE : cmd_problem(err);
	}
	term_close(c->term);
	c->term = NULL;
	return report(end, record_head(*record), err);
}

/* Before anything is dated.  False: `err`, or the input ended. */
static bool check_clock(struct collecting *c, struct err *err)
{
	struct prompt prompt = { .in = stdin, .out = stdout, .stop = &stopped };
	const struct asker asker = prompt_asker(&prompt);
	bool ok;

	field_clock_begin(&c->clock, NULL);
	workspace_use_clock(c->ws, &c->clock);
	ok = today_check(c->ws, &c->clock, &asker, err) &&
		field_clock_note_seen(c->ws, &c->clock, err);
	prompt_release(&prompt);
	if (!ok && err->code == ERR_NONE)
		err_set(err, ERR_IO, _("the input ended before an answer"));
	return ok;
}

static int collect(const struct cmd_args *args, struct collecting *c,
	struct err *err)
{
	struct record *record = NULL;
	int status;

	c->ws = read_screen(args, c, err) && po_files_open(args, &c->po, err) ?
		cmd_workspace_open(args, err) : NULL;
	if (c->ws != NULL)
		read_training(c, args);
	catch_signals();
	if (c->ws != NULL && check_clock(c, err) && forms_find(c->ws, args->items[0], NULL,
			&c->newest, err) && check_language(args, c, err) &&
			find_drafts(c, err))
		record = choose_record(args, c, err);
	if (record == NULL)
		return cmd_problem(err);
	read_worker(c);
	status = interview(args, c, &record, err);
	record_close(record);
	return status;
}

static int run_collect(const struct cmd_args *args)
{
	struct collecting c = { .last_saved = STR_INIT };
	struct err err = ERR_INIT;
	int status;

	if (form_arg_is_path(args->items[0]))
		return cmd_usage_error(args, _("'%s' is a file: add it with "
			"'bayaz form add', then name its id"), args->items[0]);
	str_init(&c.source.xml);
	status = collect(args, &c, &err);
	str_wipe(&c.last_saved);
	vec_release(&c.drafts);
	po_files_release(&c.po);
	xform_free(c.form);
	form_source_release(&c.source);
	form_info_release(&c.newest);
	workspace_close(c.ws);
	return status;
}

static const struct cmd_option options[] = {
	{ "new", 0, OPT_FLAG, NULL, N_("begin a new record without asking") },
	{ "resume", 0, OPT_TEXT, N_("RECORD"),
	  N_("go on with this draft ('last': the newest)") },
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"),
	  N_("a language of the form") },
	CMD_PO_OPTION,
	{ "training", 0, OPT_FLAG, NULL, N_("a made-up record, never counted") },
	{ "lines", 0, OPT_FLAG, NULL,
	  N_("line by line instead of on the whole screen") },
	{ "bidi", 0, OPT_TEXT, N_("WHO"), N_("who orders and joins text from "
	  "right to left: 'ours', 'terminal', 'auto'") },
	{ "lock-after", 0, OPT_TEXT, N_("MINUTES"),
	  N_("hide the screen when nothing was typed for so long (3)") },
	{ "zoom", 0, OPT_FLAG, NULL, N_("larger distance between lines") },
	{ "contrast", 0, OPT_FLAG, NULL, N_("bold, and no colours") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_collect = {
	.name = "collect",
	.usage = N_("FORM"),
	.summary = N_("interview somebody, or go on where it was left"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_collect,
};
