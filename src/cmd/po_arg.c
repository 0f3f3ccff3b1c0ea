#include "config.h"

#include "cmd/po_arg.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"

/* --- languages --- */

bool language_is(const char *name, const char *code)
{
	size_t n, m;
	const char *a = xf_language_code(name, &n);
	const char *b = xf_language_code(code, &m);

	if (strcmp(name, code) == 0)
		return true;
	if (n == m)
		return strncasecmp(a, b, n) == 0;
	/* ur_PK is ur */
	if (n > m)
		return strncasecmp(a, b, m) == 0 &&
			(a[m] == '_' || a[m] == '-');
	return strncasecmp(a, b, n) == 0 && (b[n] == '_' || b[n] == '-');
}

/* "po/forms/x/ur.po" -> "ur" */
static char *language_of_path(const char *path)
{
	const char *base = path_base(path);
	size_t n = strlen(base);

	return xstrndup(base, str_ends(base, ".po") ? n - 3 : n);
}

static bool is_printable(const char *text)
{
	struct str masked = STR_INIT;
	bool same;

	utf8_mask(&masked, text, false);
	same = strcmp(masked.data, text) == 0;
	str_release(&masked);
	return same;
}

/* As a form calls it ("French (fr)"), if the file says; else the code. */
static char *language_of(const struct po *po, const char *path)
{
	static const char *const fields[] = { PO_FORM_LANGUAGE, "Language" };

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		char *language = po_header_field(po, fields[i]);

		if (!str_is_empty(language) && is_printable(language))
			return language;
		free(language);
	}
	return language_of_path(path);
}

/* --- files --- */

static bool open_file(struct po_files *files, const char *path,
	struct err *err)
{
	struct po *po = po_read(path, err);
	struct po_file file;

	if (po == NULL)
		return err_at(err, path, 0, 0);
	file = (struct po_file){ xstrdup(path), language_of(po, path), po };
	vec_push(files, file);
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool list_folder(const char *path, char ***names, size_t *n,
	struct err *err)
{
	struct { char **items; size_t n, cap; } list = { NULL, 0, 0 };
	DIR *folder = opendir(path);
	const struct dirent *entry;

	if (folder == NULL)
		return err_set(err, ERR_IO, _("cannot open '%1$s': %2$s"), path,
			strerror(errno));
	while ((entry = readdir(folder)) != NULL)
		if (str_ends(entry->d_name, ".po"))
			vec_push(&list, path_join(path, entry->d_name));
	closedir(folder);
	if (list.n > 1)
		qsort(list.items, list.n, sizeof *list.items, by_name);
	*names = list.items;
	*n = list.n;
	return true;
}

static bool open_folder(struct po_files *files, const char *path,
	struct err *err)
{
	char **names = NULL;
	size_t n = 0;
	bool ok;

	if (!list_folder(path, &names, &n, err))
		return false;
	ok = n > 0 || err_set(err, ERR_NOTFOUND,
		_("there is no PO file in '%s'"), path);
	for (size_t i = 0; i < n; i++) {
		ok = ok && open_file(files, names[i], err);
		free(names[i]);
	}
	free(names);
	return ok;
}

bool po_files_open(const struct cmd_args *args, struct po_files *files,
	struct err *err)
{
	const char *path;

	*files = (struct po_files){ NULL, 0, 0 };
	for (size_t i = 0; (path = cmd_list(args, "po", i)) != NULL; i++)
		if (file_is_folder(path) ? !open_folder(files, path, err) :
				!open_file(files, path, err))
			return false;
	return true;
}

void po_files_release(struct po_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		free(files->items[i].path);
		free(files->items[i].language);
		po_free(files->items[i].po);
	}
	vec_release(files);
}

const struct po_file *po_files_find(const struct po_files *files,
	const char *language)
{
	for (size_t i = 0; i < files->n; i++)
		if (language_is(language, files->items[i].language))
			return &files->items[i];
	return NULL;
}

/* --- forms --- */

bool texts_arg_open(struct texts_arg *arg, const char *form,
	struct workspace *ws, struct err *err)
{
	arg->texts = NULL;
	if (!form_source_open(&arg->source, form, NULL, ws, err))
		return false;
	arg->texts = form_texts_read(arg->source.xml.data,
		arg->source.xml.len, arg->source.name, &arg->source.options,
		NULL, err);
	return arg->texts != NULL;
}

void texts_arg_release(struct texts_arg *arg)
{
	form_texts_free(arg->texts);
	arg->texts = NULL;
	form_source_release(&arg->source);
}

bool write_result(const struct cmd_args *args, const struct str *bytes,
	struct err *err)
{
	const char *path = cmd_text(args, "output");

	if (path != NULL && strcmp(path, "-") != 0)
		return file_write(path, bytes->data, bytes->len, 0644, err);
	fwrite(bytes->data, 1, bytes->len, stdout);
	return true;
}
