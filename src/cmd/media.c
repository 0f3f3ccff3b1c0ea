#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "cmd/media.h"

enum { MEDIA_BYTES_MAX = 256 << 20, NAME_BYTES_MAX = 255 };

void media_release(struct media_list *list)
{
	for (size_t i = 0; i < list->files.n; i++) {
		free(list->files.items[i].name);
		str_release(&list->files.items[i].bytes);
	}
	vec_release(&list->files);
}

/* Where `name` stands or would stand. */
static size_t find_place(const struct media_list *list, const char *name,
	bool *there)
{
	size_t low = 0, high = list->files.n;

	*there = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(list->files.items[middle].name, name);

		if (order == 0) {
			*there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Read folder/name into the list unless it is there. */
static bool add_file(struct media_list *list, const char *folder,
	const char *name, bool *found, struct err *err)
{
	size_t at = find_place(list, name, found);
	char *path;
	bool ok = true;

	if (*found)
		return true;
	path = path_join(folder, name);
	if (file_exists(path) && !file_is_folder(path)) {
		struct media_file file = { NULL, STR_INIT };

		ok = file_read(path, MEDIA_BYTES_MAX, &file.bytes, err);
		if (ok) {
			file.name = xstrdup(name);
			vec_insert(&list->files, at, file);
			*found = true;
		} else {
			str_release(&file.bytes);
		}
	}
	free(path);
	return ok;
}

/* All of FORM-media/; hidden files are the system's. */
static bool add_folder(struct media_list *list, const char *folder,
	struct err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	bool ok = true, found;

	if (dir == NULL && (errno == ENOENT || errno == ENOTDIR))
		return true;
	if (dir == NULL)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), folder,
			strerror(errno));
	while (ok && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			ok = add_file(list, folder, entry->d_name, &found,
				err);
	closedir(dir);
	return ok;
}

/* ---- names in the form's text ---- */

/* The places to look into, in order; NULL ends it. */
struct places { const char *folders[3]; };

static bool add_named(struct media_list *list, const struct places *places,
	const char *name, struct err *err)
{
	bool found = false;

	if (name[0] == '\0' || name[0] == '.')
		return true;
	for (int i = 0; places->folders[i] != NULL && !found; i++)
		if (!add_file(list, places->folders[i], name, &found, err))
			return false;
	return true;
}

/* The last part of the jr:// address at `at`. */
static bool add_address(struct media_list *list, const struct places *places,
	const char *at, struct err *err)
{
	size_t n = strcspn(at, "\"'<> \t\r\n");
	char *address, *name;
	bool ok = true;

	if (n > 4 * NAME_BYTES_MAX)
		return true;
	address = xstrndup(at, n);
	name = strrchr(address, '/') + 1;
	if (strlen(name) <= NAME_BYTES_MAX)
		ok = add_named(list, places, name, err);
	free(address);
	return ok;
}

/* pulldata('NAME', ...): NAME.csv, also where the quote is &apos; or &quot; */
static bool add_pulldata(struct media_list *list, const struct places *places,
	const char *at, struct err *err)
{
	size_t n;
	char *name;
	bool ok;

	at += strspn(at, " \t\r\n(");
	if (strncmp(at, "&apos;", 6) == 0 || strncmp(at, "&quot;", 6) == 0)
		at += 6;
	else if (*at == '\'' || *at == '"')
		at++;
	else
		return true;
	n = strcspn(at, "'\"&<>/,()");
	if (n == 0 || n > NAME_BYTES_MAX - 4)
		return true;
	name = str_format("%.*s.csv", (int)n, at);
	ok = add_named(list, places, name, err);
	free(name);
	return ok;
}

static bool add_mentioned(struct media_list *list, const struct places *places,
	const char *xml, struct err *err)
{
	const char *at = xml;

	while ((at = strstr(at, "jr://")) != NULL) {
		at += strlen("jr://");
		if (!add_address(list, places, at - 1, err))
			return false;
	}
	at = xml;
	while ((at = strstr(at, "pulldata")) != NULL) {
		at += strlen("pulldata");
		if (!add_pulldata(list, places, at, err))
			return false;
	}
	return true;
}

const struct str *media_find(const struct media_list *list, const char *name)
{
	bool there;
	size_t at = find_place(list, name, &there);

	return there ? &list->files.items[at].bytes : NULL;
}

bool media_read(const char *form_path, const struct str *xml,
	const char *folder, struct media_list *list, struct err *err)
{
	char *beside = path_folder(form_path), *stem = path_stem(form_path);
	char *own_name = str_format("%s-media", stem);
	char *own = path_join(beside, own_name);
	char *shared = path_join(beside, "media");
	/* the same order as xf_media_from_folders() */
	const struct places first = { { folder, NULL } };
	const struct places last = { { shared, beside, NULL } };
	bool ok;

	ok = add_mentioned(list, &first, xml->data, err) &&
		add_folder(list, own, err) &&
		add_mentioned(list, &last, xml->data, err);
	free(beside);
	free(stem);
	free(own_name);
	free(own);
	free(shared);
	return ok;
}
