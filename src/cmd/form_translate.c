/* bayaz form translate: PO files into a form. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "author/translate.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/form_translate.h"
#include "cmd/po_arg.h"
#include "cmd/secret.h"

/* As the form calls it, if it does. */
static const char *name_in_form(const struct form_texts *texts,
	const char *language)
{
	for (unsigned i = 0; i < texts->n_languages; i++)
		if (language_is(texts->languages[i], language))
			return texts->languages[i];
	return language;
}

static bool translate_into(struct str *xml, const char *name,
	const struct xf_options *options, const struct po_file *file,
	const char *source, struct translated *done, struct problems *problems,
	struct err *err)
{
	struct form_texts *texts = form_texts_read(xml->data, xml->len, name,
		options, NULL, err);
	struct phrases phrases;
	size_t n_before = problems->n_errors;

	if (texts == NULL)
		return false;
	phrases_of(texts, &phrases);
	form_translate(texts, &phrases, file->po, file->path,
		name_in_form(texts, file->language), source, done, problems);
	str_clear(xml);
	form_texts_xml(texts, xml);
	phrases_release(&phrases);
	form_texts_free(texts);
	return problems->n_errors == n_before || err_set(err, ERR_VALUE,
		_("'%s' has translations that cannot be used"), file->path);
}

bool translate_form(struct str *xml, const char *name,
	const struct xf_options *options, const struct po_files *files,
	const char *source, bool tells, struct err *err)
{
	struct problems problems = PROBLEMS_INIT;
	bool ok = true;

	for (size_t i = 0; i < files->n; i++) {
		const struct po_file *file = &files->items[i];
		struct translated done;

		if (!translate_into(xml, name, options, file, source, &done,
				&problems, err)) {
			ok = false;
			if (xml->len == 0)
				break;
			continue;
		}
		if (tells)
			log_note(_("%1$s: %2$zu translated (%3$zu of them "
				"reviewed), %4$zu fuzzy, %5$zu missing"),
				file->language, done.n_written,
				done.n_reviewed, done.n_fuzzy, done.n_missing);
	}
	problems_print(&problems, stderr);
	problems_release(&problems);
	return ok;
}

/* Nothing is written that would not open any more. */
static bool still_opens(const struct str *xml, const char *name,
	const struct xf_options *options, struct err *err)
{
	struct problems problems = PROBLEMS_INIT;
	struct xform *form = xform_load(xml->data, xml->len, name, options,
		&problems);
	bool ok = form != NULL || problems_first_error(&problems, err);

	problems_release(&problems);
	xform_free(form);
	return ok;
}

static bool opened_before(const struct form_source *source)
{
	struct err ignored = ERR_INIT;

	return still_opens(&source->xml, source->name, &source->options,
		&ignored);
}

static bool translate(const struct cmd_args *args, struct workspace *ws,
	const struct po_files *files, struct err *err)
{
	const char *source_language = cmd_text(args, "source-language");
	struct form_source source;
	bool ok = form_source_open(&source, args->items[0], NULL, ws, err);
	bool opened = ok && opened_before(&source);

	ok = ok && translate_form(&source.xml, source.name, &source.options,
		files, source_language != NULL ? source_language : "default",
		true, err) &&
		(!opened || still_opens(&source.xml, source.name,
		&source.options, err)) &&
		write_result(args, &source.xml, err);
	form_source_release(&source);
	return ok;
}

static int run_translate(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws = NULL;
	struct po_files files;
	bool ok;

	if (cmd_list(args, "po", 0) == NULL)
		return cmd_usage_error(args, _("--po is missing"));
	ok = po_files_open(args, &files, &err) && form_arg_workspace(args,
		args->items[0], &ws, &err) && translate(args, ws, &files, &err);
	workspace_close(ws);
	po_files_release(&files);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_PO_OPTION,
	{ "source-language", 0, OPT_TEXT, N_("LANGUAGE"),
	  N_("what the language of a form without translations is called "
	     "('default')") },
	CMD_OUTPUT_OPTION,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_form_translate = {
	.name = "form translate",
	.usage = N_("FORM"),
	.summary = N_("write the translations of PO files into a form"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_translate,
};
