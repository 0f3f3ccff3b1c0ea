/* Looking for a file: one folder at a time, from the home folder or what is
 * plugged in.  Nothing of it is kept but what is picked. */
#include "config.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "ui/screen_parts.h"

struct entry { char *name, *path; bool is_folder; };
struct entries { struct entry *items; size_t n, cap; };

/* --- which files --- */

static const struct {
	const char *kind;		/* the first part of a media type */
	const char *suffixes;
} kinds[] = {
	{ "image/", " jpg jpeg png gif webp heic heif bmp tif tiff svg " },
	{ "audio/", " mp3 m4a aac ogg oga opus wav amr flac wma 3gp " },
	{ "video/", " mp4 m4v mov 3gp webm mkv avi mpg mpeg ogv " },
};

/* All that a restricted or protected form takes. */
static const char pictures[] = " jpg jpeg png ";

static const char *suffixes_for(const struct screen *s,
	const struct xf_control *control)
{
	const char *type = control->mediatype;

	if (record_takes_only_pictures(record_head(s->c.draft.record)))
		return pictures;
	for (size_t i = 0; type != NULL && i < ARRAY_SIZE(kinds); i++)
		if (strncasecmp(type, kinds[i].kind,
				strlen(kinds[i].kind)) == 0)
			return kinds[i].suffixes;
	return NULL;			/* any */
}

static bool has_suffix(const char *name, const char *suffixes)
{
	const char *dot = strrchr(name, '.');
	char *word;
	bool has;

	if (suffixes == NULL)
		return true;
	if (dot == NULL)
		return false;
	word = str_format(" %s ", dot + 1);
	for (char *at = word; *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	has = strstr(suffixes, word) != NULL;
	free(word);
	return has;
}

/* --- the entries of a folder --- */

static void add(struct entries *entries, const char *name, char *path,
	bool is_folder)
{
	vec_push(entries, ((struct entry){ xstrdup(name), path, is_folder }));
}

static void release(struct entries *entries)
{
	for (size_t i = 0; i < entries->n; i++) {
		wipe_free(entries->items[i].name);
		wipe_free(entries->items[i].path);
	}
	vec_release(entries);
}

static int by_name(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = x->is_folder != y->is_folder ?
		(int)y->is_folder - (int)x->is_folder :
		strcasecmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->name, y->name);
}

/* Hidden files are the system's.  A name that is no UTF-8 cannot be shown, so
 * it cannot be picked. */
static void add_found(struct entries *entries, const char *folder,
	const char *name, const char *suffixes)
{
	char *path;
	bool is_folder;

	if (name[0] == '.' || !utf8_is_valid(name, strlen(name)))
		return;
	path = path_join(folder, name);
	is_folder = file_is_folder(path);
	if (is_folder || (file_exists(path) && has_suffix(name, suffixes)))
		add(entries, name, path, is_folder);
	else
		free(path);
}

/* False: it cannot be looked into. */
static bool read_folder(const char *folder, const char *suffixes,
	struct entries *entries)
{
	size_t from = entries->n;
	DIR *dir = opendir(folder);
	struct dirent *found;

	if (dir == NULL)
		return false;
	while ((found = readdir(dir)) != NULL)
		add_found(entries, folder, found->d_name, suffixes);
	closedir(dir);
	if (entries->n > from)
		qsort(entries->items + from, entries->n - from,
			sizeof *entries->items, by_name);
	return true;
}

static char *home(void)
{
	const char *home = getenv("HOME");

	return xstrdup(home != NULL && home[0] == '/' ? home : "/");
}

/* Where what is plugged in shows. */
static void add_plugged_in(struct entries *entries)
{
	static const char *const places[] = { "/media", "/run/media" };
	const char *user = getenv("USER");

	if (user == NULL || user[0] == '\0' || strchr(user, '/') != NULL)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char *path = path_join(places[i], user);

		if (file_is_folder(path))
			add(entries, path, path, true);
		else
			free(path);
	}
}

static bool fill(struct entries *entries, const char *folder,
	const char *suffixes)
{
	char *begin = home();

	if (strcmp(folder, begin) == 0)
		add_plugged_in(entries);
	free(begin);
	if (strcmp(folder, "/") != 0)
		add(entries, "..", path_folder(folder), true);
	return read_folder(folder, suffixes, entries);
}

/* --- picking --- */

/* "~/Pictures"; the end of a long path says more than its beginning. */
static char *title_of(const struct screen *s, const char *folder)
{
	char *begin = home(), *title;
	size_t n = strlen(begin);
	bool is_below = strncmp(folder, begin, n) == 0 &&
		(folder[n] == '/' || folder[n] == '\0');
	char *path = is_below ? str_format("~%s", folder + n) :
		xstrdup(folder);
	int room = term_columns(s->term) - 20;
	const char *at = path;

	while (page_width(at) > room && *at != '\0')
		utf8_next(&at);
	/* from left to right in any language (LRI, PDI) */
	title = str_format("\342\201\246%s%s\342\201\251",
		at > path ? "\342\200\246" : "", at);
	free(path);
	free(begin);
	return title;
}

static void list(const struct entries *entries, struct pick_lines *lines)
{
	for (size_t i = 0; i < entries->n; i++) {
		const struct entry *e = &entries->items[i];

		/* a piece by itself, whatever its direction */
		pick_add(lines, str_format("\342\201\250%s%s\342\201\251",
			e->name, e->is_folder ? "/" : ""),
			e->is_folder ? LOOK_BOLD : 0);
	}
}

/* One folder: what was picked in it; NULL: nothing, it was left. */
static struct entry *pick(struct screen *s, const char *folder,
	struct entries *entries, size_t at)
{
	struct pick_lines lines = { NULL, 0, 0 };
	char *title = title_of(s, folder);
	bool is_picked;

	list(entries, &lines);
	is_picked = screen_pick(s, title, &lines, &at);
	screen_quiet(s);
	pick_release(&lines);
	free(title);
	return is_picked ? &entries->items[at] : NULL;
}

/* Coming up from a folder, it is the one that is marked. */
static size_t find(const struct entries *entries, const char *path)
{
	for (size_t i = 0; path != NULL && i < entries->n; i++)
		if (strcmp(entries->items[i].path, path) == 0 &&
				strcmp(entries->items[i].name, "..") != 0)
			return i;
	return 0;
}

/* What is picked in that folder, free() it; NULL: it was left. */
static char *look_into(struct screen *s, const char *folder,
	const char *came_from, const char *suffixes, bool *is_folder)
{
	struct entries entries = { NULL, 0, 0 };
	struct entry *picked;
	char *path = NULL;

	if (!fill(&entries, folder, suffixes))
		screen_say(s, "%s", _("this folder cannot be looked into"));
	picked = pick(s, folder, &entries, find(&entries, came_from));
	if (picked != NULL) {
		path = xstrdup(picked->path);
		*is_folder = picked->is_folder;
	}
	release(&entries);
	return path;
}

char *screen_browse(struct screen *s, const struct xf_control *control)
{
	const char *suffixes = suffixes_for(s, control);
	char *folder = home(), *came_from = NULL, *picked;
	bool is_folder = true;

	while ((picked = look_into(s, folder, came_from, suffixes,
			&is_folder)) != NULL && is_folder) {
		wipe_free(came_from);
		came_from = folder;
		folder = picked;
	}
	wipe_free(came_from);
	wipe_free(folder);
	return picked;
}
