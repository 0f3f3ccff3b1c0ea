/* Media in folders: --media DIR, FORM-media/, media/, beside the form. */
#include "config.h"

#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "xform/xform.h"

#define MOST_BYTES ((size_t)256 << 20)

static char *folder_beside(const char *form_path, int i)
{
	char *beside = path_folder(form_path);
	char *stem = path_stem(form_path);
	char *name = str_format("%s-media", stem);
	char *result = NULL;

	switch (i) {
	case 1:
		result = path_join(beside, name);
		break;
	case 2:
		result = path_join(beside, "media");
		break;
	case 3:
		result = xstrdup(beside);
		break;
	}
	free(name);
	free(stem);
	free(beside);
	return result;
}

/* The folders in their order; free() each.  NULL: no such folder here. */
static char *folder_at(const struct xf_media_folders *folders, int i)
{
	if (i == 0)
		return folders->folder != NULL ? xstrdup(folders->folder) :
			NULL;
	return folders->form_path[0] != '\0' ?
		folder_beside(folders->form_path, i) : NULL;
}

/* A name that stays in its folder. */
static bool is_tame(const char *name)
{
	return name[0] != '\0' && strchr(name, '/') == NULL &&
		strchr(name, '\\') == NULL && strcmp(name, ".") != 0 &&
		strcmp(name, "..") != 0;
}

static bool read_from_folders(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	const struct xf_media_folders *folders = data;
	bool found = false, ok = false;

	(void)url;
	err_clear(err);
	if (!is_tame(name))
		return false;
	for (int i = 0; i < 4 && !found; i++) {
		char *folder = folder_at(folders, i);
		char *path = folder != NULL ? path_join(folder, name) : NULL;

		found = path != NULL && file_exists(path);
		if (found)
			ok = file_read(path, MOST_BYTES, out, err);
		free(path);
		free(folder);
	}
	if (found && !ok)
		err->code = ERR_RESOURCE;
	return ok;
}

struct xf_media xf_media_from_folders(struct xf_media_folders *folders)
{
	return (struct xf_media){ .read = read_from_folders, .data = folders };
}
