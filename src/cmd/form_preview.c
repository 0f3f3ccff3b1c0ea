/* bayaz form preview, form status: what a translator sees of a form. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "author/preview.h"
#include "author/translate.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/po_arg.h"
#include "cmd/secret.h"
#include "xform/guard.h"

/* --- form preview --- */

/* The index of the language that is asked for by name; -1: the form has not. */
static int language_in(const struct form_texts *texts, const char *name)
{
	for (unsigned i = 0; name != NULL && i < texts->n_languages; i++)
		if (language_is(texts->languages[i], name))
			return (int)i;
	return -1;
}

static bool preview(const struct cmd_args *args,
	const struct form_texts *texts, const struct po_files *files,
	struct err *err)
{
	const char *name = cmd_text(args, "language");
	const struct po_file *file = name == NULL ? (files->n > 0 ?
		&files->items[0] : NULL) : po_files_find(files, name);
	struct phrases phrases;
	struct preview page;
	struct str out = STR_INIT;
	int language;
	bool ok;

	if (name == NULL && file != NULL)
		name = file->language;
	language = name == NULL ? (int)texts->default_language :
		language_in(texts, name);
	if (language < 0 && file == NULL)
		return err_set(err, ERR_NOTFOUND,
			_("neither the form nor a PO file has the language "
			"'%s'"), name);
	phrases_of(texts, &phrases);
	preview_make(&page, texts, &phrases, language, name, file == NULL ?
		NULL : file->po);
	if (cmd_flag(args, "html"))
		preview_write_html(&page, &out);
	else
		preview_write_text(&page, &out);
	ok = write_result(args, &out, err);
	str_release(&out);
	preview_release(&page);
	phrases_release(&phrases);
	return ok;
}

/* Open the form and the PO files, and do it. */
static int with_form(const struct cmd_args *args,
	bool (*work)(const struct cmd_args *args,
	const struct form_texts *texts, const struct po_files *files,
	struct err *err))
{
	struct err err = ERR_INIT;
	struct workspace *ws = NULL;
	struct po_files files;
	bool ok = po_files_open(args, &files, &err);

	for (int i = 0; ok && i < args->n; i++) {
		struct texts_arg form;

		ok = ws != NULL || form_arg_workspace(args, args->items[i],
			&ws, &err);
		if (!ok)
			break;
		ok = texts_arg_open(&form, args->items[i], ws, &err) &&
			work(args, form.texts, &files, &err);
		texts_arg_release(&form);
	}
	workspace_close(ws);
	po_files_release(&files);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static int run_preview(const struct cmd_args *args)
{
	return with_form(args, preview);
}

/* --- form status --- */

struct counts {
	size_t n, n_translated, n_fuzzy, n_missing;
	size_t n_guarded, n_reviewed;	/* consent and safety */
};

static void count_text(struct counts *c, const struct phrase *p,
	const char *text, const char *mark, bool fuzzy)
{
	if (fuzzy)
		c->n_fuzzy++;
	else if (text == NULL)
		c->n_missing++;
	else
		c->n_translated++;
	if (!fuzzy && text != NULL && p->guard >= XF_SAFETY && mark != NULL &&
			wording_mark_holds(mark, p->source, text))
		c->n_reviewed++;
}

static void count_in_po(struct counts *c, const struct phrase *p,
	const struct po *po)
{
	const struct po_entry *entry = po_entry_of(po, p);
	const char *text = entry == NULL ? "" : entry->strings.items[0];

	count_text(c, p, text[0] != '\0' ? text : NULL, entry == NULL ? NULL :
		po_review_mark(entry), text[0] != '\0' && entry->is_fuzzy);
}

static struct counts count(const struct phrases *phrases, int language,
	const struct po *po)
{
	struct counts c = { 0, 0, 0, 0, 0, 0 };

	for (size_t i = 0; i < phrases->list.n; i++) {
		const struct phrase *p = phrases->list.items[i];

		if (p->is_media)
			continue;
		c.n++;
		c.n_guarded += p->guard >= XF_SAFETY;
		if (po != NULL)
			count_in_po(&c, p, po);
		else
			count_text(&c, p, p->in[language], p->marks[language],
				false);
	}
	return c;
}

static bool is_protected(const struct xform *form)
{
	return form->form_class != NULL &&
		strcmp(form->form_class, "protected") == 0;
}

static bool opens(const struct form_texts *texts, const struct counts *c)
{
	return !is_protected(texts->form) || c->n_reviewed == c->n_guarded;
}

static void print_counts(const struct form_texts *texts, const char *language,
	const struct counts *c)
{
	struct str masked = STR_INIT;
	const char *id;

	utf8_mask(&masked, texts->form->id != NULL ? texts->form->id :
		texts->form->name, false);
	id = masked.data;
	printf(_("%1$s, %2$s: %3$zu of %4$zu translated, %5$zu fuzzy, "
		"%6$zu missing; of consent and safety %7$zu of %8$zu "
		"reviewed\n"), id, language, c->n_translated, c->n, c->n_fuzzy,
		c->n_missing, c->n_reviewed, c->n_guarded);
	if (!opens(texts, c))
		printf(_("%1$s, %2$s: it does not open in this language until "
			"they are\n"), id, language);
	str_release(&masked);
}

static void put_counts(const struct form_texts *texts, const char *language,
	const struct counts *c)
{
	struct json *o = js_new_object();
	char *line;

	js_put_text(o, "form", texts->form->id != NULL ? texts->form->id : "");
	js_put_text(o, "language", language);
	js_put_int(o, "texts", (int64_t)c->n);
	js_put_int(o, "translated", (int64_t)c->n_translated);
	js_put_int(o, "fuzzy", (int64_t)c->n_fuzzy);
	js_put_int(o, "missing", (int64_t)c->n_missing);
	js_put_int(o, "guarded", (int64_t)c->n_guarded);
	js_put_int(o, "reviewed", (int64_t)c->n_reviewed);
	js_put_bool(o, "opens", opens(texts, c));
	line = js_print(o);
	puts(line);
	free(line);
	js_free(o);
}

static void tell(const struct cmd_args *args, const struct form_texts *texts,
	const char *language, const struct counts *c)
{
	struct str shown = STR_INIT;

	utf8_mask(&shown, language, false);
	if (cmd_flag(args, "json"))
		put_counts(texts, language, c);
	else
		print_counts(texts, shown.data, c);
	str_release(&shown);
}

static bool status(const struct cmd_args *args, const struct form_texts *texts,
	const struct po_files *files, struct err *err)
{
	struct phrases phrases;

	(void)err;
	phrases_of(texts, &phrases);
	for (size_t i = 0; i < files->n; i++) {
		struct counts c = count(&phrases, -1, files->items[i].po);

		tell(args, texts, files->items[i].language, &c);
	}
	for (unsigned i = 0; i < texts->n_languages; i++) {
		struct counts c;

		if (i == texts->default_language || po_files_find(files,
				texts->languages[i]) != NULL)
			continue;
		c = count(&phrases, (int)i, NULL);
		tell(args, texts, texts->languages[i], &c);
	}
	if (files->n == 0 && texts->n_languages < 2 && !cmd_flag(args, "json"))
		printf(_("%s: it is in one language\n"), texts->form->id !=
			NULL ? texts->form->id : texts->form->name);
	phrases_release(&phrases);
	return true;
}

static int run_status(const struct cmd_args *args)
{
	return with_form(args, status);
}

static const struct cmd_option preview_options[] = {
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"),
	  N_("show it in this language, beside the original") },
	CMD_PO_OPTION,
	{ "html", 0, OPT_FLAG, NULL, N_("a page for a browser") },
	CMD_OUTPUT_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_form_preview = {
	.name = "form preview",
	.usage = N_("FORM"),
	.summary = N_("show all that a form says, with its choices and skips"),
	.options = preview_options,
	.min_args = 1,
	.max_args = 1,
	.run = run_preview,
};

static const struct cmd_option status_options[] = {
	CMD_PO_OPTION,
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_form_status = {
	.name = "form status",
	.usage = N_("FORM..."),
	.summary = N_("count what is translated, in doubt, missing, reviewed"),
	.options = status_options,
	.min_args = 1,
	.max_args = -1,
	.run = run_status,
};
