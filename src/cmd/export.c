/* bayaz export: records of a form for other programs. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cmd/cmd.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "export/csv.h"
#include "field/forms.h"
#include "field/workspace.h"
#include "store/store.h"

static const struct cmd_option options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"), N_("the central store") },
	{ "format", 0, OPT_TEXT, N_("FORMAT"), N_("csv") },
	{ "output", 'o', OPT_TEXT, N_("DIR|FILE.csv"),
	  N_("a folder for all tables, or the file of the form's own table "
	     "with the repeats beside it; else that table goes to standard "
	     "output") },
	{ "all-versions", 0, OPT_FLAG, NULL,
	  N_("every version of each record, superseded ones too") },
	{ "restricted", 0, OPT_FLAG, NULL,
	  N_("restricted columns too; needs --reason and the coordinator's "
	     "workspace, and is logged") },
	{ "reason", 0, OPT_TEXT, N_("TEXT"),
	  N_("why restricted columns are needed") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

struct job {
	const struct cmd_args *args;
	struct store *store;
	struct layout *layout;
	struct export_options options;
	char *form;
	struct file_out *files;		/* one per table; path NULL: not open */
	size_t n_files;
};

/* FORM is a path if it has '/' or ".xml", else an id. */
static bool find_form_id(struct job *job, struct err *err)
{
	const char *given = job->args->items[0];
	struct form_info form;
	struct str xml = STR_INIT;
	bool ok;

	if (strchr(given, '/') == NULL && !str_ends(given, ".xml")) {
		job->form = xstrdup(given);
		return true;
	}
	ok = file_read(given, 256 << 20, &xml, err) &&
		form_describe(xml.data, xml.len, given, &form, err);
	if (ok) {
		job->form = xstrdup(form.form_id);
		form_info_release(&form);
	}
	str_release(&xml);
	return ok;
}

/* DNH-18: a typed reason, a coordinator's keys of this project, and a line in
 * the log. */
static bool allow_restricted(struct job *job, struct err *err)
{
	const char *reason = cmd_text(job->args, "reason");
	struct workspace *ws = cmd_workspace_open(job->args, err);
	struct trust_secrets secrets;
	struct trust_project project;
	bool ok = false;

	if (ws == NULL)
		return false;
	if (member_secrets(ws, &secrets, err)) {
		trust_secrets_wipe(&secrets);
		ok = member_project(ws, &project, err);
	}
	workspace_close(ws);
	if (ok && strcmp(project.id, store_project(job->store)) != 0)
		ok = err_set(err, ERR_CONFLICT,
			_("'%s' is the store of another project"),
			store_path(job->store));
	return ok && store_log(job->store, "export-restricted", job->form,
		reason, err);
}

static bool open_job(struct job *job, struct err *err)
{
	unsigned flags = job->options.restricted ? 0 : STORE_READ_ONLY;

	if (!find_form_id(job, err))
		return false;
	job->store = store_open(cmd_text(job->args, "store"), flags, err);
	if (job->store == NULL)
		return false;
	job->layout = layout_load(job->store, job->form, err);
	if (job->layout == NULL)
		return false;
	if (job->layout->is_protected)
		return err_set(err, ERR_REFUSED,
			_("form '%s' is protected: its records are not exported"),
			job->form);
	return !job->options.restricted || allow_restricted(job, err);
}

static void close_job(struct job *job)
{
	for (size_t i = 0; i < job->n_files; i++)
		if (job->files[i].path != NULL)
			file_discard(&job->files[i]);
	free(job->files);
	layout_free(job->layout);
	store_close(job->store);
	free(job->form);
}

/* DIR/bz_form__child.csv, or beside FILE.csv: FILE__child.csv. */
static char *table_path(const struct job *job, size_t table)
{
	const char *to = cmd_text(job->args, "output");
	const char *name =
		job->layout->tables.items[table].sheets.items[0].name;
	char *file, *path;

	if (str_ends(to, ".csv")) {
		const char *rest = name + strlen(
			job->layout->tables.items[0].sheets.items[0].name);

		if (table == 0)
			return xstrdup(to);
		return str_format("%.*s%s.csv", (int)strlen(to) - 4, to, rest);
	}
	file = str_format("%s.csv", name);
	for (char *c = file; *c != '\0'; c++)
		if (*c == '/' || (unsigned char)*c < ' ')
			*c = '_';
	path = path_join(to, file);
	free(file);
	return path;
}

static bool create_files(struct job *job, struct err *err)
{
	const char *to = cmd_text(job->args, "output");

	if (!str_ends(to, ".csv") && !file_make_folder(to, err))
		return false;
	for (size_t i = 0; i < job->n_files; i++) {
		char *path = table_path(job, i);
		bool ok = file_create(&job->files[i], path, 0600, err);

		free(path);
		if (!ok) {
			job->files[i].path = NULL;
			return false;
		}
	}
	return true;
}

static bool commit_files(struct job *job, struct err *err)
{
	for (size_t i = 0; i < job->n_files; i++) {
		if (ferror(job->files[i].stream))
			return err_set(err, ERR_IO, _("cannot write '%s'"),
				job->files[i].path);
		if (!file_commit(&job->files[i], err))
			return false;
	}
	return true;
}

static bool write_tables(struct job *job, FILE *const *to, size_t n,
	struct err *err)
{
	if (cmd_flag(job->args, "all-versions"))
		return export_csv_versions(job->store, job->layout,
			&job->options, to, err);
	for (size_t i = 0; i < n; i++)
		if (!export_csv_table(job->store, job->layout, i,
				&job->options, to[i], err))
			return false;
	return true;
}

static bool export_files(struct job *job, struct err *err)
{
	FILE **to;
	bool ok;

	job->n_files = job->layout->tables.n;
	job->files = xcalloc(job->n_files, sizeof *job->files);
	if (!create_files(job, err))
		return false;
	to = xcalloc(job->n_files, sizeof *to);
	for (size_t i = 0; i < job->n_files; i++)
		to[i] = job->files[i].stream;
	ok = write_tables(job, to, job->n_files, err) &&
		commit_files(job, err);
	free(to);
	return ok;
}

/* The form's own table; what stands in repeats has nowhere to go. */
static bool export_to_stdout(struct job *job, struct err *err)
{
	FILE **to = xcalloc(job->layout->tables.n, sizeof *to);
	bool ok = true;

	to[0] = stdout;
	for (size_t i = 1; ok && i < job->layout->tables.n; i++) {
		to[i] = fopen("/dev/null", "w");
		ok = to[i] != NULL || err_set(err, ERR_IO,
			_("cannot open '%s'"), "/dev/null");
	}
	ok = ok && write_tables(job, to, 1, err);
	for (size_t i = 1; i < job->layout->tables.n; i++)
		if (to[i] != NULL)
			fclose(to[i]);
	free(to);
	return ok;
}

static int check_usage(const struct cmd_args *args)
{
	const char *format = cmd_text(args, "format");

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	if (format != NULL && strcmp(format, "csv") != 0)
		return cmd_usage_error(args, _("there is no format '%s'"),
			format);
	if (cmd_flag(args, "restricted") &&
			str_is_empty(cmd_text(args, "reason")))
		return cmd_usage_error(args,
			_("--restricted needs --reason TEXT"));
	return EXIT_DONE;
}

static int run_export(const struct cmd_args *args)
{
	struct job job = { .args = args };
	struct err err = ERR_INIT;
	int status = check_usage(args);
	bool ok;

	if (status != EXIT_DONE)
		return status;
	job.options.restricted = cmd_flag(args, "restricted");
	ok = open_job(&job, &err);
	if (ok && job.layout->is_untagged)
		log_note(_("form '%s' has no bayaz:class: all its columns are "
			"exported"), job.form);
	ok = ok && (cmd_text(args, "output") != NULL ?
		export_files(&job, &err) : export_to_stdout(&job, &err));
	if (!ok)
		status = cmd_problem(&err);
	close_job(&job);
	return status;
}

const struct cmd cmd_export = {
	.name = "export",
	.usage = N_("FORM --store DB"),
	.summary = N_("write the records of a form as tables"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_export,
};
