/*
 * The files that belong to a form lying in a folder: all of FORM-media/, and
 * those that the form names (jr://.../NAME, pulldata('NAME', ...)) in media/
 * beside it or beside it.
 */
#ifndef BAYAZ_CMD_MEDIA_H
#define BAYAZ_CMD_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

struct media_file {
	char *name;
	struct str bytes;
};
struct media_list { VEC(struct media_file) files; };	/* sorted by name */

/* Read them.  `folder` (--media), if not NULL, is looked into before the
 * places beside the form.  A file that is not there is left out: a form may
 * come without.  ERR_IO, ERR_LIMIT (one file above 256 MiB). */
bool media_read(const char *form_path, const struct str *xml,
	const char *folder, struct media_list *list, struct err *err)
	MUST_CHECK;
/* NULL: not there. */
const struct str *media_find(const struct media_list *list, const char *name);
void media_release(struct media_list *list);

#endif
