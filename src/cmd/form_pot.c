/* bayaz form pot, form po: what a form says, for translators. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "author/pot.h"
#include "author/translate.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "cmd/po_arg.h"
#include "cmd/secret.h"

/* "2026-11-27 15:20+0000"; SOURCE_DATE_EPOCH, if it is set, is the time. */
static void date_now(char text[32])
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	time_t now = epoch != NULL ? (time_t)strtoll(epoch, NULL, 10) :
		time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(text, 32, "%Y-%m-%d %H:%M+0000", &tm);
}

struct making {
	struct po *po;
	const char *language;		/* NULL: a template */
	char *name;			/* what the first form calls it; or NULL */
	const struct po_files *known;	/* translations to be taken over */
	struct str project;
};

static void name_project(struct making *m, const struct xform *form)
{
	if (m->project.len > 0)
		str_add(&m->project, ", ");
	str_add(&m->project, form->id != NULL ? form->id : form->name);
	if (!str_is_empty(form->version))
		str_addf(&m->project, " %s", form->version);
}

/* The words of an older file, with what was said about them. */
static void take_over(struct po *po, struct po_entry *entry,
	const struct po_entry *known)
{
	po_set(po, entry, 0, known->strings.items[0]);
	entry->is_fuzzy = known->is_fuzzy;
	for (size_t i = 0; i < known->comments.n; i++)
		po_comment(po, entry, known->comments.items[i]);
}

static void fill_in(const struct making *m)
{
	for (size_t i = 0; i < m->known->n; i++) {
		const struct po *known = m->known->items[i].po;

		if (!language_is(m->language, m->known->items[i].language))
			continue;
		for (size_t k = 0; k < m->po->entries.n; k++) {
			struct po_entry *e = m->po->entries.items[k];
			const struct phrase as = { .context =
				e->names.context, .source = e->names.id };
			const struct po_entry *old = po_entry_of(known, &as);

			if (old != NULL && e->strings.items[0][0] == '\0' &&
					e->names.id[0] != '\0')
				take_over(m->po, e, old);
		}
	}
}

static bool add_form(struct making *m, const char *arg, struct workspace *ws,
	struct err *err)
{
	struct texts_arg form;
	struct phrases phrases;
	bool ok = texts_arg_open(&form, arg, ws, err);
	int language = !ok || m->language == NULL ? -1 :
		form_texts_language(form.texts, m->language);

	if (ok) {
		if (language >= 0 && m->name == NULL)
			m->name = xstrdup(form.texts->languages[language]);
		phrases_of(form.texts, &phrases);
		pot_add(m->po, form.texts, &phrases, language);
		name_project(m, form.texts->form);
		phrases_release(&phrases);
	}
	texts_arg_release(&form);
	return ok;
}

static bool make(struct making *m, const struct cmd_args *args,
	struct err *err)
{
	struct workspace *ws = NULL;
	bool ok = true;

	for (int i = 0; ok && i < args->n; i++)
		ok = (ws != NULL || form_arg_workspace(args, args->items[i],
			&ws, err)) && add_form(m, args->items[i], ws, err);
	workspace_close(ws);
	return ok;
}

static void set_header(struct making *m, const char *date)
{
	const char *name = m->name != NULL ? m->name : m->language;
	size_t n;
	const char *code = name == NULL ? NULL : xf_language_code(name, &n);
	char *language = code == NULL ? NULL : xstrndup(code, n);

	pot_set_header(m->po, m->project.data, language,
		language == NULL ? "YEAR-MO-DA HO:MI+ZONE" : date);
	if (language != NULL && strcmp(language, name) != 0)
		po_set_header_field(m->po, PO_FORM_LANGUAGE, name);
	free(language);
}

static int write_po(const struct cmd_args *args, struct making *m)
{
	struct err err = ERR_INIT;
	struct str out = STR_INIT;
	char date[32];
	bool ok;

	m->po = po_new();
	ok = make(m, args, &err);
	if (ok) {
		date_now(date);
		set_header(m, date);
		if (m->known != NULL)
			fill_in(m);
		po_write(m->po, cmd_flag(args, "no-wrap") ? PO_LONG_LINES :
			PO_WRAP, &out);
		ok = write_result(args, &out, &err);
	}
	str_release(&out);
	str_release(&m->project);
	free(m->name);
	po_free(m->po);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static int run_pot(const struct cmd_args *args)
{
	struct making m = { .project = STR_INIT };

	return write_po(args, &m);
}

static int run_po(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct po_files known;
	struct making m = { .project = STR_INIT, .known = &known,
		.language = cmd_text(args, "language") };
	int status;

	if (m.language == NULL)
		return cmd_usage_error(args, _("--language is missing"));
	status = po_files_open(args, &known, &err) ? write_po(args, &m) :
		cmd_problem(&err);
	po_files_release(&known);
	return status;
}

#define NO_WRAP_OPTION \
	{ "no-wrap", 0, OPT_FLAG, NULL, N_("do not break long lines") }

static const struct cmd_option pot_options[] = {
	CMD_OUTPUT_OPTION,
	NO_WRAP_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_form_pot = {
	.name = "form pot",
	.usage = N_("FORM..."),
	.summary = N_("write the template that translators begin with"),
	.options = pot_options,
	.min_args = 1,
	.max_args = -1,
	.run = run_pot,
};

static const struct cmd_option po_options[] = {
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"),
	  N_("the language of the translation, like 'ur'") },
	{ "po", 0, OPT_LIST, N_("PO"),
	  N_("take over what is translated in this PO file or folder") },
	CMD_OUTPUT_OPTION,
	NO_WRAP_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_form_po = {
	.name = "form po",
	.usage = N_("FORM..."),
	.summary = N_("write a PO file with what is translated already"),
	.options = po_options,
	.min_args = 1,
	.max_args = -1,
	.run = run_po,
};
