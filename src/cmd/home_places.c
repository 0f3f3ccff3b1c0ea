/* Where files come from and go to: sticks, the usual folders, or a path that is
 * typed. */
#include "config.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "cmd/home.h"

enum { MANY_FILES = 40 };

struct found { char *path; time_t changed; };
struct places { struct found *items; size_t n, cap; };

static void add(struct places *places, char *path, time_t changed)
{
	vec_push(places, ((struct found){ path, changed }));
}

static void release(struct places *places)
{
	for (size_t i = 0; i < places->n; i++)
		free(places->items[i].path);
	vec_release(places);
}

/* Folders below this one that are disks of their own. */
static void find_mounted(const char *folder, struct places *places)
{
	struct stat outer, inner;
	struct dirent *entry;
	DIR *dir;

	if (stat(folder, &outer) != 0)
		return;
	dir = opendir(folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char *path = path_join(folder, entry->d_name);

		if (entry->d_name[0] != '.' && stat(path, &inner) == 0 &&
				S_ISDIR(inner.st_mode) &&
				inner.st_dev != outer.st_dev)
			add(places, path, inner.st_mtime);
		else
			free(path);
	}
	if (dir != NULL)
		closedir(dir);
}

static void find_sticks(struct places *places)
{
	static const char *const roots[] = { "/media", "/run/media", "/mnt" };
	const char *user = getenv("USER");

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		find_mounted(roots[i], places);
		if (user != NULL && strchr(user, '/') == NULL) {
			char *folder = path_join(roots[i], user);

			find_mounted(folder, places);
			free(folder);
		}
	}
}

static void find_files(const char *folder, const char *suffix,
	struct places *places)
{
	size_t n_suffix = strlen(suffix);
	DIR *dir = opendir(folder);
	struct dirent *entry;
	struct stat st;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t n = strlen(entry->d_name);
		char *path;

		if (entry->d_name[0] == '.' || n <= n_suffix ||
				strcmp(entry->d_name + n - n_suffix,
					suffix) != 0)
			continue;
		path = path_join(folder, entry->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			add(places, path, st.st_mtime);
		else
			free(path);
	}
	if (dir != NULL)
		closedir(dir);
}

static int by_time(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return (x->changed < y->changed) - (x->changed > y->changed);
}

/* One of them, or one that is typed. */
static char *choose(struct home *h, const char *title,
	const struct places *places, const char *question, const char *before)
{
	const struct picking picking = { title, NULL,
		_("Arrows, Enter takes it, Tab back"), NULL, "" };
	size_t n = places->n < MANY_FILES ? places->n : MANY_FILES, at = 0;
	struct pick_lines lines = { NULL, 0, 0 };
	struct str typed = STR_INIT;
	enum picked picked;
	uint32_t letter;

	for (size_t i = 0; i < n; i++)
		/* from left to right in any language (LRI, PDI) */
		pick_add(&lines, str_format("\342\201\246%s\342\201\251",
			places->items[i].path), 0);
	pick_add(&lines, xstrdup(_("Another one: type where it is")), 0);
	do
		picked = n == 0 ? PICKED_LINE : panel_pick(&h->panel, &picking,
			&lines, &at, &letter);
	while (picked == PICKED_CONTROL);
	pick_release(&lines);
	if (picked != PICKED_LINE)
		return NULL;
	if (at < n)
		return xstrdup(places->items[at].path);
	if (!panel_type_path(&h->panel, question, before, &typed) ||
			typed.len == 0) {
		str_release(&typed);
		return NULL;
	}
	return str_steal(&typed);
}

char *home_choose_folder(struct home *h, const char *title)
{
	struct places places = { NULL, 0, 0 };
	const char *home = getenv("HOME");
	char *folder;

	find_sticks(&places);
	folder = choose(h, title, &places, _("Into which folder?"),
		home != NULL ? home : "");
	release(&places);
	return folder;
}

char *home_choose_file(struct home *h, const char *title, const char *suffix,
	const char *folder)
{
	struct places sticks = { NULL, 0, 0 }, files = { NULL, 0, 0 };
	const char *home = getenv("HOME");
	char *downloads = home != NULL ? path_join(home, "Downloads") : NULL;
	char *file;

	find_sticks(&sticks);
	for (size_t i = 0; i < sticks.n; i++)
		find_files(sticks.items[i].path, suffix, &files);
	if (folder != NULL)
		find_files(folder, suffix, &files);
	if (home != NULL) {
		find_files(home, suffix, &files);
		find_files(downloads, suffix, &files);
	}
	if (files.n > 1)
		qsort(files.items, files.n, sizeof *files.items, by_time);
	file = choose(h, title, &files, _("Which file? Type where it is"), "");
	release(&sticks);
	release(&files);
	free(downloads);
	return file;
}
