/* bayaz home, and `bayaz` alone on a terminal. */
#include "config.h"

#include "cmd/home.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "cmd/catch.h"
#include "cmd/member.h"
#include "cmd/screen_arg.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "field/query.h"
#include "ui/language.h"
#include "ui/lock.h"
#include "ui/today.h"

/* --- saying --- */

static void set_note(struct home *h, char *text)
{
	free(h->note);
	h->note = text;
	h->panel.note = text;
}

void home_say(struct home *h, const char *format, ...)
{
	char text[400];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	set_note(h, xstrdup(text));
}

void home_say_err(struct home *h, struct err *err)
{
	home_say(h, "%s", err->message);
	err_clear(err);
}

/* --- other commands --- */

static void show_output(struct home *h, const char *title, int status,
	const struct str *out)
{
	if (title == NULL && status == EXIT_DONE)
		return;
	if (out->len > 0)
		panel_tell(&h->panel, status == EXIT_DONE ? title :
			_("That did not work"), out->data);
}

bool home_run(struct home *h, const char *title, const char *const argv[])
{
	struct str out = STR_INIT;
	struct err err = ERR_INIT;
	struct catch caught;
	char *words[12];
	size_t n = 0;
	int status;

	for (; argv[n] != NULL && n + 1 < ARRAY_SIZE(words); n++)
		words[n] = xstrdup(argv[n]);
	words[n] = NULL;
	if (h->panel.term == NULL) {
		status = cmd_run_within(h->iv.ws, h->folder, words);
	} else if (catch_begin(&caught, &err)) {
		status = cmd_run_within(h->iv.ws, h->folder, words);
		catch_end(&caught, &out);
		show_output(h, title, status, &out);
	} else {
		status = EXIT_PROBLEM;
		home_say_err(h, &err);
	}
	while (n > 0)
		wipe_free(words[--n]);
	str_wipe(&out);
	return status == EXIT_DONE;
}

char *home_secret_path(const struct str *secret, int *fd)
{
	int ends[2];
	bool ok;

	*fd = -1;
	if (pipe(ends) != 0)
		return NULL;
	ok = write(ends[1], secret->data, secret->len) == (ssize_t)secret->len;
	close(ends[1]);
	if (!ok) {
		close(ends[0]);
		return NULL;
	}
	*fd = ends[0];
	return str_format("/dev/fd/%d", ends[0]);
}

/* --- interviews --- */

static void say_end(struct home *h, enum interview_end end, struct err *err)
{
	switch (end) {
	case INTERVIEW_FINISHED:
		home_say(h, "%s", _("finished: it is ready to be packed"));
		break;
	case INTERVIEW_SAVED:
		home_say(h, "%s", _("saved: it is among those that were begun"));
		break;
	case INTERVIEW_DISCARDED:
		home_say(h, "%s", _("discarded: nothing of it is kept"));
		break;
	case INTERVIEW_HIDDEN:
		h->panel.over = PANEL_GONE;
		break;
	default:
		home_say_err(h, err);
	}
}

static void interview(struct home *h, struct record *record, bool training,
	struct err *err)
{
	enum interview_end end;

	if (record == NULL) {
		home_say_err(h, err);
		return;
	}
	h->iv.training = training;
	home_forget_labels(h);		/* it may be hidden there */
	end = interviewing_run(&h->iv, &record, err);
	record_close(record);
	say_end(h, end, err);
	if (*screen_stopped() != 0 || h->iv.ws == NULL)
		h->panel.over = PANEL_GONE;
}

static void begin_new(struct home *h, int64_t form, bool training)
{
	struct record *record = NULL;
	struct err err = ERR_INIT;
	struct form_info info;

	if (forms_get(h->iv.ws, form, &info, &err)) {
		record = record_new(h->iv.ws, &info, 0, &err);
		form_info_release(&info);
	}
	interview(h, record, training || h->is_training, &err);
}

/* A draft goes on; what is finished and not sent is opened again. */
static void go_on(struct home *h, int64_t id)
{
	struct err err = ERR_INIT;
	struct record *record = record_open(h->iv.ws, id, &err);
	bool training = false;

	if (record != NULL && record_head(record)->state != RECORD_DRAFT &&
			!record_reopen(record, &err)) {
		record_close(record);
		record = NULL;
	}
	if (record != NULL)
		training = record_head(record)->training;
	interview(h, record, training, &err);
}

/* The form at the cursor, or one that is chosen. */
static bool choose_form(struct home *h, const struct home_entry *entry,
	int64_t *form)
{
	const struct picking picking = { _("Which form?"), NULL,
		_("Arrows, Enter begins, Tab back"), NULL, "" };
	struct home_list list = { .n_ready = 0 };
	struct err err = ERR_INIT;
	uint32_t letter;
	size_t at = 0;
	bool ok = true;

	if (entry->kind == HOME_FORM) {
		*form = entry->id;
		return true;
	}
	if (!home_list_forms(h, &list, &err))
		home_say_err(h, &err);
	ok = list.n_forms > 0 && (list.n_forms == 1 || panel_pick(&h->panel,
		&picking, &list.lines, &at, &letter) == PICKED_LINE);
	if (ok)
		*form = list.entries.items[at].id;
	else if (list.n_forms == 0)
		home_say(h, "%s", _("there is no form yet: forms come with the "
			"coordinator's kit"));
	home_list_release(&list);
	return ok;
}

static void new_record(struct home *h, const struct home_entry *entry,
	bool training)
{
	int64_t form;

	if (choose_form(h, entry, &form))
		begin_new(h, form, training);
}

/* --- records --- */

/* Is it really that one?  `line` is what the list said of it. */
static bool is_meant(struct home *h, const char *line)
{
	char *text = str_format("%s\n\n%s", line, _("It is not packed then. "
		"You can bring it back until it is purged."));
	bool yes = panel_asks(&h->panel, _("Discard this interview?"), text);

	wipe_free(text);
	return yes;
}

static void discard(struct home *h, const struct home_entry *entry,
	const char *line)
{
	bool back = entry->state == RECORD_DISCARDED;
	char id[17];

	if (entry->kind != HOME_RECORD) {
		home_say(h, "%s", _("go to an interview first"));
		return;
	}
	record_id_text(entry->id, id);
	if (!back && !is_meant(h, line))
		return;
	if (home_run(h, NULL, back ?
			(const char *const[]){ "discard", "--back", id, NULL } :
			(const char *const[]){ "discard", id, NULL }))
		home_say(h, "%s", back ? _("it is back") : _("discarded: it is "
			"at the end of the list"));
}

static void show_record(struct home *h, const struct home_entry *entry)
{
	char id[17];

	record_id_text(entry->id, id);
	home_run(h, _("A record"), (const char *const[]){ "show", id, NULL });
}

static void open_record(struct home *h, const struct home_entry *entry)
{
	if (entry->state == RECORD_DRAFT || entry->state == RECORD_READY)
		go_on(h, entry->id);
	else
		home_say(h, "%s", _("it was packed, or discarded: it cannot be "
			"changed here any more"));
}

/* Those in one state, under their number on the home page. */
static void show_state(struct home *h, enum record_state state)
{
	struct picking picking = { NULL, NULL, _("Enter show  o open again  "
		"d discard, bring back  Tab back"), _("A number shows it; o NUMBER opens it "
		"again, d NUMBER discards it or brings it back; an empty line "
		"goes back"), "od" };
	struct err err = ERR_INIT;
	uint32_t letter;
	size_t at = 0;

	while (h->panel.over == PANEL_OPEN) {
		struct home_list list = { .n_ready = 0 };
		struct home_entry entry = { .kind = HOME_NOTHING };
		char *title, *line = NULL;
		enum picked picked;

		if (!home_list_state(h, state, &list, &err)) {
			home_say_err(h, &err);
			return;
		}
		title = home_state_text(state, list.lines.n);
		picking.title = title;
		at = at < list.lines.n ? at : 0;
		picked = list.lines.n == 0 ? PICKED_NOTHING :
			panel_pick(&h->panel, &picking, &list.lines, &at,
				&letter);
		if (picked != PICKED_NOTHING) {
			entry = list.entries.items[at];
			line = xstrdup(list.lines.items[at].text);
		}
		home_list_release(&list);
		free(title);
		set_note(h, NULL);
		if (picked == PICKED_LINE)
			show_record(h, &entry);
		else if (picked == PICKED_LETTER && letter == 'o')
			open_record(h, &entry);
		else if (picked == PICKED_LETTER)
			discard(h, &entry, line);
		wipe_free(line);
		if (picked == PICKED_NOTHING)
			return;
	}
}

/* --- the coordinator's questions --- */

struct asked { const char *name; struct field_query query; bool found; };

static bool find_asked(void *context, const struct field_query *query)
{
	struct asked *asked = context;

	asked->found = strcmp(query->sha256, asked->name) == 0;
	if (asked->found)
		asked->query = *query;
	return !asked->found;
}

/* Of protected records nothing is said but one of these. */
static bool choose_code(struct home *h, const char *question, struct str *out)
{
	const struct picking picking = { question, NULL,
		_("Arrows, Enter answers, Tab back"), NULL, "" };
	struct pick_lines lines = { NULL, 0, 0 };
	uint32_t letter;
	size_t at = 0;
	bool ok;

	for (size_t i = 0; answer_codes[i].word != NULL; i++)
		pick_add(&lines, xstrdup(_(answer_codes[i].text)), 0);
	ok = panel_pick(&h->panel, &picking, &lines, &at, &letter) ==
		PICKED_LINE;
	if (ok)
		str_add(out, answer_codes[at].word);
	pick_release(&lines);
	return ok;
}

static void answer(struct home *h, const char *name)
{
	struct asked asked = { .name = name };
	struct str text = STR_INIT;
	struct err err = ERR_INIT;
	const char *question;

	if (!queries_each(h->iv.ws, find_asked, &asked, &err)) {
		home_say_err(h, &err);
		return;
	}
	question = query_text(&asked.query.query);
	if (asked.found && (asked.query.query.code[0] != '\0' ?
			choose_code(h, question, &text) :
			panel_type(&h->panel, question, "", &text)) &&
			text.len > 0 && home_run(h, NULL,
			(const char *const[]){ "answer", name, text.data,
				NULL }))
		home_say(h, "%s", _("answered: it goes with the next bundle"));
	str_wipe(&text);
}

/* --- sticks --- */

static void pack(struct home *h, size_t n_ready)
{
	char *folder;

	if (n_ready == 0) {
		home_say(h, "%s", _("nothing is ready to be packed"));
		return;
	}
	folder = home_choose_folder(h, _("Where does the bundle go?"));
	if (folder != NULL && !file_is_folder(folder))
		home_say(h, _("there is no folder '%s'"), folder);
	else if (folder != NULL)
		home_run(h, _("Packed"), (const char *const[]){ "pack", "-o",
			folder, NULL });
	free(folder);
}

static void receive(struct home *h)
{
	char *file = home_choose_file(h, _("Which file from the coordinator?"),
		".bayaz", NULL);

	if (file != NULL)
		home_run(h, _("Received"), (const char *const[]){ "receive",
			file, NULL });
	free(file);
}

/* What its project makes of this workspace: it may come with a kit. */
static void read_project(struct home *h)
{
	struct trust_project project;
	struct err ignored = ERR_INIT;

	h->is_training = member_project(h->iv.ws, &project, &ignored) &&
		project.training;
	err_clear(&ignored);
	h->prompt.idle_ms = screen_idle_ms(h->iv.ws, h->iv.lock_after);
	if (h->panel.term != NULL)
		term_set_idle(h->panel.term, h->prompt.idle_ms);
}

/* --- the page --- */

static void help(struct home *h)
{
	struct str text = STR_INIT;
	static const char *const lines[] = {
		N_("n  a new interview, with the form that the cursor is on"),
		N_("t  the same to practise: a made-up record that never counts"),
		N_("d  discard the interview that the cursor is on"),
		N_("p  pack what is ready into a bundle, on a stick or in a folder"),
		N_("r  receive a file from the coordinator"),
		N_("j  join a project with a kit, or take a newer kit"),
		N_("q  leave"),
	};

	str_addf(&text, "%s\n", h->panel.term != NULL ?
		_("Enter  open what the cursor is on: go on with an interview, "
		"begin one with a form, answer a question, look at a list") :
		_("a number  opens that line; a letter and a number, such as "
		"'d 2', means that line"));
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		str_addf(&text, "%s\n", _(lines[i]));
	if (h->panel.term != NULL)
		str_add(&text, _("Esc  hides everything at once, here as in an "
			"interview; the passphrase brings it back"));
	else
		str_add(&text, _(":h  hides everything at once; the passphrase "
			"brings it back"));
	panel_tell(&h->panel, _("Help"), text.data);
	str_release(&text);
}

static void open_entry(struct home *h, const struct home_entry *entry)
{
	switch (entry->kind) {
	case HOME_ASKED: answer(h, entry->name); break;
	case HOME_RECORD: go_on(h, entry->id); break;
	case HOME_FORM: begin_new(h, entry->id, false); break;
	case HOME_STATE: show_state(h, entry->state); break;
	default: break;
	}
}

static void take_letter(struct home *h, uint32_t letter,
	const struct home_entry *entry, const char *line, size_t n_ready)
{
	switch (letter) {
	case 'n': new_record(h, entry, false); break;
	case 't': new_record(h, entry, true); break;
	case 'd': discard(h, entry, line); break;
	case 'p': pack(h, n_ready); break;
	case 'r':
		receive(h);
		read_project(h);
		break;
	case 'j':
		home_join(h);
		read_project(h);
		break;
	case '?': help(h); break;
	default: break;
	}
}

/* False: to be left. */
static bool turn(struct home *h, size_t *at, struct err *err)
{
	const struct picking picking = { _("bayaz"), h->is_training ?
		_("training") : NULL, _("Enter open  n new  p pack  "
		"r receive  j join  ? help  q quit"), _("A number opens it; n new, "
		"p pack, r receive, j join, ? help, q quit"), "ntdprj?q" };
	struct home_list list = { .n_ready = 0 };
	struct home_entry entry = { .kind = HOME_NOTHING };
	enum picked picked;
	size_t n_ready;
	uint32_t letter = 0;
	char *line = NULL;

	if (!home_list_make(h, &list, err))
		return false;
	*at = *at < list.lines.n ? *at : 0;
	picked = panel_pick(&h->panel, &picking, &list.lines, at, &letter);
	if (*at < list.entries.n) {
		entry = list.entries.items[*at];
		line = xstrdup(list.lines.items[*at].text);
	}
	n_ready = list.n_ready;
	home_list_release(&list);
	set_note(h, NULL);
	if (picked == PICKED_LINE)
		open_entry(h, &entry);
	else if (picked == PICKED_LETTER && letter != 'q')
		take_letter(h, letter, &entry, line, n_ready);
	wipe_free(line);
	return !((picked == PICKED_LETTER && letter == 'q') ||
		(picked == PICKED_CONTROL && (letter == 'c' ||
		letter == 's')));
}

/* What is known is wiped, until the passphrase is given. */
static bool come_back(struct home *h, struct err *err)
{
	home_forget_labels(h);
	set_note(h, NULL);
	h->iv.ws = interviewing_hide(h->iv.ws, h->panel.term, &h->clock, err);
	h->panel.over = h->iv.ws != NULL ? PANEL_OPEN : PANEL_GONE;
	return h->iv.ws != NULL;
}

static bool turns(struct home *h, struct err *err)
{
	size_t at = 0;

	while (h->panel.over != PANEL_GONE) {
		if (h->panel.over == PANEL_HIDDEN && !come_back(h, err))
			break;
		if (!turn(h, &at, err))
			break;
	}
	return err->code == ERR_NONE;
}

/* --- opening --- */

static const char *ask(void *data, const char *question)
{
	struct home *h = data;

	str_wipe(&h->asked);
	while (h->asked.len == 0 && h->panel.over == PANEL_OPEN)
		if (!panel_type(&h->panel, question, "", &h->asked))
			str_clear(&h->asked);
	return h->asked.len > 0 ? h->asked.data : NULL;
}

static void tell(void *data, const char *text)
{
	home_say(data, "%s", text);
}

static bool check_clock(struct home *h, struct err *err)
{
	const struct asker asker = { ask, tell, h };

	field_clock_begin(&h->clock, NULL);
	workspace_use_clock(h->iv.ws, &h->clock);
	return today_check(h->iv.ws, &h->clock, &asker, err) &&
		field_clock_note_seen(h->iv.ws, &h->clock, err);
}

/* What opening it has to say is a page of its own. */
static bool greet(struct home *h, struct err *err)
{
	struct str out = STR_INIT;
	struct catch caught;
	bool ok;

	if (h->panel.term == NULL)
		return cmd_workspace_greet(&h->iv.ws, err);
	if (!catch_begin(&caught, err))
		return false;
	ok = cmd_workspace_greet(&h->iv.ws, err);
	catch_end(&caught, &out);
	if (out.len > 0)
		panel_tell(&h->panel, _("Before you begin"), out.data);
	str_wipe(&out);
	return ok;
}

static bool open_workspace(struct home *h, struct err *err)
{
	bool needs;

	if (!workspace_exists(h->folder))
		return home_first(h, err);
	if (!workspace_needs_passphrase(h->folder, &needs, err))
		return false;
	if (h->panel.term == NULL || !needs ||
			cmd_text(h->args, "passphrase-file") != NULL) {
		h->iv.ws = cmd_workspace_open(h->args, err);
		return h->iv.ws != NULL;
	}
	h->iv.ws = lock_wait(h->panel.term, h->folder, _("passphrase"), err);
	return h->iv.ws != NULL && greet(h, err);
}

static bool home(struct home *h, struct err *err)
{
	if (!crypt_init(err) || !screen_options(h->args, &h->screen,
			&h->iv.lock_after, err))
		return false;
	if (screen_is_wanted(h->args)) {
		h->panel.term = h->iv.term = term_open(&h->screen, err);
		if (h->panel.term == NULL)
			return false;
	}
	if (!open_workspace(h, err) || !check_clock(h, err))
		return err->code == ERR_NONE;
	read_project(h);
	return turns(h, err);
}

static int run_home(const struct cmd_args *args)
{
	struct home h = { .args = args, .asked = STR_INIT };
	struct err err = ERR_INIT;
	bool ok;

	h.folder = workspace_path(args->workspace);
	h.iv.clock = &h.clock;
	h.iv.stop = screen_stopped();
	h.iv.is_zoomed = h.panel.is_zoomed = cmd_flag(args, "zoom");
	h.prompt = (struct prompt){ .in = stdin, .out = stdout,
		.stop = screen_stopped() };
	h.panel.prompt = &h.prompt;
	h.panel.is_rtl = language_of_program_is_rtl();
	screen_catch_signals();
	ok = home(&h, &err);
	home_forget_labels(&h);
	vec_release(&h.labels);
	vec_release(&h.forms);
	str_wipe(&h.asked);
	workspace_close(h.iv.ws);
	panel_release(&h.panel);
	term_close(h.panel.term);
	prompt_release(&h.prompt);
	free(h.note);
	free(h.folder);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_SCREEN_OPTIONS,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_home = {
	.name = "home",
	.usage = "",
	.summary = N_("all interviews at a glance; what 'bayaz' alone shows"),
	.options = options,
	.run = run_home,
};
