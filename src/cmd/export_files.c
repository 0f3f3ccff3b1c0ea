/* bayaz export: where the output goes. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/export.h"
#include "export/csv.h"

/* --- one file --- */

static bool cannot_write(const struct file_out *file, struct err *err)
{
	return err_set(err, ERR_IO, _("cannot write '%s'"), file->path);
}

bool export_one_file(struct export_job *job, export_write *write,
	struct err *err)
{
	const char *to = cmd_text(job->args, "output");
	struct file_out file;
	bool ok;

	if (to == NULL)
		return write(job, stdout, err);
	if (!file_create(&file, to, 0600, err))
		return false;
	ok = write(job, file.stream, err) &&
		(!ferror(file.stream) || cannot_write(&file, err)) &&
		file_commit(&file, err);
	file_discard(&file);
	return ok;
}

/* --- a file per table --- */

static char *as_file_name(const char *name, const char *ending)
{
	char *file = str_format("%s%s", name, ending);

	for (char *c = file; *c != '\0'; c++)
		if (*c == '/' || (unsigned char)*c < ' ')
			*c = '_';
	return file;
}

/* DIR/bz_form__child.csv, or beside FILE.csv: FILE__child.csv. */
char *export_table_path(const struct export_job *job, size_t table,
	const char *ending)
{
	const char *to = cmd_text(job->args, "output");
	const char *form = job->layout->tables.items[0].sheets.items[0].name;
	const char *name =
		job->layout->tables.items[table].sheets.items[0].name;
	char *file, *path;

	if (!str_ends(to, ending)) {
		file = as_file_name(name, ending);
		path = path_join(to, file);
	} else if (table == 0) {
		return xstrdup(to);
	} else {
		file = as_file_name(name + strlen(form), ending);
		path = str_format("%.*s%s",
			(int)(strlen(to) - strlen(ending)), to, file);
	}
	free(file);
	return path;
}

struct files { struct file_out *list; size_t n; };

static bool create_files(struct export_job *job, struct files *files,
	struct err *err)
{
	const char *to = cmd_text(job->args, "output");

	if (!str_ends(to, ".csv") && !file_make_folder(to, err))
		return false;
	for (size_t i = 0; i < files->n; i++) {
		char *path = export_table_path(job, i, ".csv");
		bool ok = file_create(&files->list[i], path, 0600, err);

		free(path);
		if (!ok) {
			files->list[i].path = NULL;
			return false;
		}
	}
	return true;
}

static bool commit_files(struct files *files, struct err *err)
{
	for (size_t i = 0; i < files->n; i++)
		if ((ferror(files->list[i].stream) &&
				!cannot_write(&files->list[i], err)) ||
				!file_commit(&files->list[i], err))
			return false;
	return true;
}

static bool write_tables(struct export_job *job, FILE *const *to, size_t n,
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

static bool export_files(struct export_job *job, struct err *err)
{
	struct files files = { NULL, job->layout->tables.n };
	FILE **to = xcalloc(files.n, sizeof *to);
	bool ok;

	files.list = xcalloc(files.n, sizeof *files.list);
	ok = create_files(job, &files, err);
	for (size_t i = 0; ok && i < files.n; i++)
		to[i] = files.list[i].stream;
	ok = ok && write_tables(job, to, files.n, err) &&
		commit_files(&files, err);
	for (size_t i = 0; i < files.n; i++)
		if (files.list[i].path != NULL)
			file_discard(&files.list[i]);
	free(files.list);
	free(to);
	return ok;
}

/* The form's own table; what stands in repeats has nowhere to go. */
static bool export_to_stdout(struct export_job *job, struct err *err)
{
	size_t n = job->layout->tables.n;
	FILE **to = xcalloc(n, sizeof *to);
	bool ok = true;

	to[0] = stdout;
	for (size_t i = 1; ok && i < n; i++) {
		to[i] = fopen("/dev/null", "w");
		ok = to[i] != NULL || err_set(err, ERR_IO,
			_("cannot open '%s'"), "/dev/null");
	}
	ok = ok && write_tables(job, to, 1, err);
	for (size_t i = 1; i < n; i++)
		if (to[i] != NULL)
			fclose(to[i]);
	free(to);
	return ok;
}

bool export_tables(struct export_job *job, struct err *err)
{
	return cmd_text(job->args, "output") != NULL ?
		export_files(job, err) : export_to_stdout(job, err);
}
