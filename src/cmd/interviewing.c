#include "config.h"

#include "cmd/interviewing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/asked.h"
#include "cmd/catch.h"
#include "cmd/form_translate.h"
#include "cmd/formarg.h"
#include "cmd/member.h"
#include "cmd/screen_arg.h"
#include "cmd/secret.h"
#include "field/receive.h"
#include "session/audit.h"
#include "ui/language.h"
#include "ui/lock.h"
#include "xform/xform.h"

/* What one interview borrows, from one showing to the next. */
struct showing {
	const struct interviewing *iv;
	struct form_source source;	/* of the version the record is of */
	struct xform *form;
	struct str last_saved;
	char worker[DEVICE_NAME_BYTES];	/* "" if there is none */
};

static void release(struct showing *sh)
{
	xform_free(sh->form);
	sh->form = NULL;
	form_source_release(&sh->source);
	str_wipe(&sh->last_saved);
}

static const char *property(void *data, const char *name)
{
	const struct showing *sh = data;

	return strcmp(name, "username") == 0 && sh->worker[0] != '\0' ?
		sh->worker : NULL;
}

/* Without a device there is no worker's code: the form asks for it. */
static void read_worker(struct showing *sh)
{
	struct trust_device device;
	struct err ignored = ERR_INIT;

	if (!member_device(sh->iv->ws, &device, &ignored))
		return;
	snprintf(sh->worker, sizeof sh->worker, "%s", device.name);
	trust_device_wipe(&device);
}

static bool read_last_saved(struct showing *sh,
	const struct record_head *head, struct err *err)
{
	struct record *record;
	int64_t id;
	bool ok;

	if (!records_last(sh->iv->ws, head->form_id, head->training, &id, err))
		return false;
	if (id == 0)
		return true;
	record = record_open(sh->iv->ws, id, err);
	ok = record != NULL && record_xml(record, &sh->last_saved, err);
	record_close(record);
	return ok;
}

/* --- the form in its languages --- */

/* A translation that came from the centre; one that cannot be read is passed
 * over. */
static void add_received(struct showing *sh, struct po_files *files,
	const char *language)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;
	struct po *po = NULL;
	struct po_file file;

	if (receive_po(sh->iv->ws, sh->source.info.form_id, language, &bytes, &err) &&
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

static bool open_received(struct showing *sh, struct po_files *files,
	struct err *err)
{
	struct str lines = STR_INIT;
	bool ok = receive_po_languages(sh->iv->ws, sh->source.info.form_id, &lines, err);
	char *at = lines.data, *language;

	while (ok && lines.len > 0 && (language = strsep(&at, "\n")) != NULL)
		if (language[0] != '\0')
			add_received(sh, files, language);
	str_release(&lines);
	return ok;
}

/* With the translations that came from the centre, then with those that are
 * tried; entries that cannot be used are left out. */
static bool translate(struct showing *sh, struct err *err)
{
	struct po_files received = { NULL, 0, 0 };
	struct err ignored = ERR_INIT;
	const struct po_files *all[] = { &received, sh->iv->po };
	bool ok = open_received(sh, &received, err);

	for (size_t i = 0; ok && i < ARRAY_SIZE(all); i++)
		if (all[i] != NULL && all[i]->n > 0 &&
				!translate_form(&sh->source.xml,
					sh->source.name, &sh->source.options,
					all[i], "default", false, &ignored))
			log_err(&ignored);
	po_files_release(&received);
	return ok;
}

static struct xform *load_form(struct showing *sh, int64_t row,
	struct err *err)
{
	struct problems problems = PROBLEMS_INIT;
	struct xform *form;

	if (!form_source_get(&sh->source, sh->iv->ws, row, err) ||
			!translate(sh, err))
		return NULL;
	form = xform_load(sh->source.xml.data, sh->source.xml.len,
		sh->source.name, &sh->source.options, &problems);
	if (form == NULL)
		problems_first_error(&problems, err);
	problems_release(&problems);
	return form;
}

/* As asked for, else the one that is tried. */
static const char *language_of(const struct showing *sh)
{
	const char *language = sh->iv->language;
	const struct po_files *po = sh->iv->po;

	for (unsigned i = 0; language == NULL && po != NULL && po->n > 0 &&
			i < sh->form->n_languages; i++)
		if (language_is(sh->form->languages[i],
				po->items[0].language))
			language = sh->form->languages[i];
	return language;
}

/* A draft goes on in the language that it was left in. */
static const char *language_to_begin(const struct showing *sh,
	const struct record *record)
{
	const char *language = language_of(sh);

	return language != NULL || record_head(record)->n_events > 0 ?
		language : language_of_person(sh->form);
}

bool interviewing_check_language(const struct interviewing *iv,
	const struct form_info *form, struct err *err)
{
	struct showing sh = { .iv = iv, .last_saved = STR_INIT };
	const char *language;
	bool ok;

	if (iv->language == NULL && (iv->po == NULL || iv->po->n == 0))
		return true;
	str_init(&sh.source.xml);
	sh.form = load_form(&sh, form->id, err);
	language = sh.form != NULL ? language_of(&sh) : NULL;
	ok = sh.form != NULL && (language == NULL ||
		xform_language(sh.form, language) >= 0 ||
		err_set(err, ERR_REFUSED, _("the form has no language '%s'"),
		language));
	ok = ok && (iv->training || language_check(sh.form, language, err));
	release(&sh);
	return ok;
}

/* --- one showing after the other --- */

/* The record's form, with all that an interview needs. */
static bool open_form(struct showing *sh, const struct record_head *head,
	struct err *err)
{
	/* A draft keeps the version of the form that it was begun with, until
	 * it is rebased. */
	str_init(&sh->source.xml);
	sh->form = load_form(sh, head->form, err);
	return sh->form != NULL && read_last_saved(sh, head, err);
}

static void set_up(struct interviewing *iv, struct showing *sh,
	struct record *record, struct interview_setup *setup)
{
	*setup = (struct interview_setup){ .ws = iv->ws, .record = record,
		.in = stdin, .out = stdout, .clock = iv->clock,
		.stop = iv->stop, .term = iv->term, .form = sh->form,
		.training = record_head(record)->training,
		.idle_ms = iv->idle_ms, .is_zoomed = &iv->is_zoomed };
	setup->options.property = property;
	setup->options.property_data = sh;
	setup->options.language = language_to_begin(sh, record);
	setup->options.last_saved = sh->last_saved.len > 0 ?
		sh->last_saved.data : NULL;
}

static void say_no_places(const struct xform *form)
{
	struct audit_settings settings;

	if (audit_wanted(form, &settings) && settings.location)
		log_note(_("the form wants places in its log: there is nothing "
			"here to find them with, so they stay blank"));
}

static bool say_version(const struct interviewing *iv,
	const struct record_head *head, struct err *err)
{
	struct form_info newest;
	bool ok = forms_find(iv->ws, head->form_id, NULL, &newest, err);

	if (ok && head->form != newest.id)
		log_note(_("this interview has version '%1$s' of the form; "
			"'bayaz rebase' takes it over to version '%2$s'"),
			head->form_version, newest.version);
	if (ok)
		form_info_release(&newest);
	return ok;
}

/* All that is told before the first question. */
static bool tell_before(const struct interviewing *iv, struct showing *sh,
	struct record *record, struct err *err)
{
	const struct record_head *head = record_head(record);

	if (!say_version(iv, head, err) || (iv->training &&
			!record_set_training(record, err)) ||
			!open_form(sh, head, err))
		return false;
	say_no_places(sh->form);
	return asked_show(iv->ws, head->id, err);
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

struct workspace *interviewing_hide(struct workspace *ws, struct term *term,
	const struct field_clock *clock, struct err *err)
{
	char *folder = xstrdup(workspace_folder(ws));

	workspace_close(ws);
	ws = term != NULL ? lock_wait(term, folder, NULL, err) :
		unlock_in_lines(folder, err);
	free(folder);
	if (ws != NULL)
		workspace_use_clock(ws, clock);
	return ws;
}

/* Keys and answers leave the memory, and come back with the passphrase. */
static bool come_back(struct interviewing *iv, struct showing *sh,
	struct record **record, struct err *err)
{
	int64_t id = record_head(*record)->id;

	record_close(*record);
	*record = NULL;
	release(sh);
	iv->ws = interviewing_hide(iv->ws, iv->term, iv->clock, err);
	if (iv->ws == NULL)
		return false;
	*record = record_open(iv->ws, id, err);
	return *record != NULL && open_form(sh, record_head(*record), err);
}

/* On the screen what is told would vanish under it: there it is a page. */
static bool tell_page(const struct interviewing *iv, struct showing *sh,
	struct record *record, struct str *page, struct err *err)
{
	struct catch caught;
	bool ok;

	if (iv->term == NULL)
		return tell_before(iv, sh, record, err);
	if (!catch_begin(&caught, err))
		return false;
	ok = tell_before(iv, sh, record, err);
	catch_end(&caught, page);
	return ok;
}

enum interview_end interviewing_run(struct interviewing *iv,
	struct record **record, struct err *err)
{
	struct showing sh = { .iv = iv, .last_saved = STR_INIT };
	enum interview_end end = INTERVIEW_FAILED;
	struct interview_setup setup;
	struct str page = STR_INIT;

	iv->idle_ms = screen_idle_ms(iv->ws, iv->lock_after);
	if (iv->term != NULL)
		term_set_idle(iv->term, iv->idle_ms);
	read_worker(&sh);
	if (tell_page(iv, &sh, *record, &page, err)) {
		set_up(iv, &sh, *record, &setup);
		setup.before = page.len > 0 ? page.data : NULL;
		iv->has_begun = true;
		end = interview_run(&setup, err);
	}
	while (end == INTERVIEW_HIDDEN) {
		if (!come_back(iv, &sh, record, err)) {
			end = err->code == ERR_NONE ? INTERVIEW_HIDDEN :
				INTERVIEW_FAILED;
			break;
		}
		set_up(iv, &sh, *record, &setup);
		setup.options.language = NULL;	/* as it was left */
		end = interview_run(&setup, err);
	}
	str_wipe(&page);
	release(&sh);
	return end;
}
