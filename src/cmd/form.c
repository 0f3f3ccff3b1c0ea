/* bayaz form: what forms the workspace has. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/media.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "field/forms.h"
#include "field/workspace.h"
#include "xform/xform.h"
#include "xml/xml.h"

/* --- form add --- */

struct adding {
	struct workspace *ws;
	const char *media;		/* --media, or NULL */
	bool refuse_untagged;		/* the project's policy */
	struct json *done;		/* --json: what was added; or NULL */
};

static bool read_listed(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	const struct media_list *list = data;

	(void)url;
	err_clear(err);
	for (size_t i = 0; i < list->files.n; i++)
		if (strcmp(list->files.items[i].name, name) == 0) {
			str_addn(out, list->files.items[i].bytes.data,
				list->files.items[i].bytes.len);
			return true;
		}
	return false;
}

/* Every problem is shown; false if the form does not open. */
static bool check_form(const char *path, const struct str *xml,
	struct media_list *media)
{
	const struct xf_options options = {
		.media = { .read = read_listed, .data = media },
	};
	struct problems problems = PROBLEMS_INIT;
	struct xform *form = xform_load(xml->data, xml->len, path, &options,
		&problems);

	problems_print(&problems, stderr);
	problems_release(&problems);
	xform_free(form);
	return form != NULL;
}

static bool check_policy(const struct adding *adding,
	const struct form_info *form, const char *path, struct err *err)
{
	if (!adding->refuse_untagged || form->form_class[0] != '\0')
		return true;
	err_set(err, ERR_REFUSED, _("the form has no class (bayaz:class), and "
		"the project takes none such"));
	return err_at(err, path, 0, 0);
}

static void tell_added(const struct adding *adding,
	const struct form_info *form, bool added)
{
	struct json *item;

	if (adding->done == NULL) {
		printf(added ? _("added '%1$s' version '%2$s'\n") :
			_("'%1$s' version '%2$s' is here already\n"),
			form->form_id, form->version);
		return;
	}
	item = js_new_object();
	js_put_text(item, "form", form->form_id);
	js_put_text(item, "version", form->version);
	js_put_bool(item, "added", added);
	js_add(adding->done, item);
}

static bool put_form(const struct adding *adding, const char *path,
	const struct str *xml, const struct media_list *media, struct err *err)
{
	size_t n = media->files.n;
	struct form_file *files = xcalloc(n + 1, sizeof *files);
	struct form_info form;
	bool ok, added;

	for (size_t i = 0; i < n; i++) {
		files[i].name = media->files.items[i].name;
		files[i].bytes = media->files.items[i].bytes.data;
		files[i].n_bytes = media->files.items[i].bytes.len;
	}
	ok = form_describe(xml->data, xml->len, path, &form, err);
	if (ok) {
		ok = check_policy(adding, &form, path, err);
		form_info_release(&form);
	}
	ok = ok && forms_add(adding->ws, xml->data, xml->len, path, files, n,
		&form, &added, err);
	if (ok) {
		tell_added(adding, &form, added);
		form_info_release(&form);
	}
	free(files);
	return ok;
}

/* False after saying why. */
static bool add_path(const struct adding *adding, const char *path)
{
	struct media_list media = { { NULL, 0, 0 } };
	struct str xml = STR_INIT;
	struct err err = ERR_INIT;
	bool ok = file_read(path, xml_limits_form.max_bytes, &xml, &err) &&
		media_read(path, &xml, adding->media, &media, &err);

	if (ok && check_form(path, &xml, &media))
		ok = put_form(adding, path, &xml, &media, &err);
	else if (ok)
		ok = err_set(&err, ERR_NONE, "%s", "");	/* said above */
	if (!ok && err.code != ERR_NONE) {
		err_at(&err, path, 0, 0);
		log_err(&err);
	}
	media_release(&media);
	str_release(&xml);
	return ok;
}

static bool load_policy(struct adding *adding, struct err *err)
{
	struct trust_project project;

	if (!workspace_has_secret(adding->ws, WORKSPACE_PROJECT))
		return true;
	if (!member_project(adding->ws, &project, err))
		return false;
	adding->refuse_untagged = project.policy.refuse_untagged;
	return true;
}

static int run_add(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct adding adding = {
		.ws = cmd_workspace_open(args, &err),
		.media = cmd_text(args, "media"),
		.done = cmd_flag(args, "json") ? js_new_array() : NULL,
	};
	bool opened = adding.ws != NULL && load_policy(&adding, &err);
	bool ok = opened;

	for (int i = 0; opened && i < args->n; i++)
		if (!add_path(&adding, args->items[i]))
			ok = false;
	if (opened && adding.done != NULL) {
		char *line = js_print(adding.done);

		puts(line);
		free(line);
	}
	js_free(adding.done);
	workspace_close(adding.ws);
	if (!opened)
		return cmd_problem(&err);
	return ok ? EXIT_DONE : EXIT_PROBLEM;
}

/* --- form list --- */

static void format_date(int64_t seconds, char text[11])
{
	time_t time = (time_t)seconds;
	struct tm tm;

	localtime_r(&time, &tm);
	strftime(text, 11, "%Y-%m-%d", &tm);
}

static bool show_form(void *context, const struct form_info *form)
{
	struct str line = STR_INIT;
	char date[11];

	(void)context;
	format_date(form->added, date);
	utf8_mask(&line, form->form_id, false);
	str_addc(&line, '\t');
	utf8_mask(&line, form->version[0] != '\0' ? form->version : "-",
		false);
	str_addf(&line, "\t%s\t", date);
	utf8_mask(&line, form->form_class[0] != '\0' ? form->form_class : "-",
		false);
	str_addc(&line, '\t');
	utf8_mask(&line, form_shown_title(form), false);
	puts(line.data);
	str_release(&line);
	return true;
}

static bool show_json(void *context, const struct form_info *form)
{
	struct json *item = js_new_object(), *media = js_new_array();
	char date[11];

	format_date(form->added, date);
	js_put_text(item, "form", form->form_id);
	js_put_text(item, "version", form->version);
	js_put_text(item, "title", form_shown_title(form));
	js_put_text(item, "class", form->form_class);
	js_put_text(item, "added", date);
	for (size_t i = 0; i < form->n_media; i++)
		js_add(media, js_new_text(form->media[i].name));
	js_put(item, "media", media);
	js_add(context, item);
	return true;
}

static int run_list(const struct cmd_args *args)
{
	struct err err = ERR_INIT;
	struct workspace *ws = cmd_workspace_open(args, &err);
	struct json *list = cmd_flag(args, "json") ? js_new_array() : NULL;
	bool ok = ws != NULL && forms_each(ws,
		list != NULL ? show_json : show_form, list, &err);

	if (ok && list != NULL) {
		char *line = js_print(list);

		puts(line);
		free(line);
	}
	js_free(list);
	workspace_close(ws);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option add_options[] = {
	CMD_PASSPHRASE_OPTION,
	{ "media", 0, OPT_TEXT, N_("DIR"),
	  N_("look for the form's files in DIR first") },
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_form_add = {
	.name = "form add",
	.usage = N_("FORM.xml..."),
	.summary = N_("take forms into the workspace"),
	.options = add_options,
	.min_args = 1,
	.max_args = -1,
	.run = run_add,
};

static const struct cmd_option list_options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_form_list = {
	.name = "form list",
	.usage = "",
	.summary = N_("list the forms of the workspace"),
	.options = list_options,
	.run = run_list,
};
