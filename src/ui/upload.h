/* Files of a draft and the questions that name them.  What was attached once
 * stays in the draft, so that undo finds it; with the finished record go the
 * files that it names. */
#ifndef BAYAZ_UI_UPLOAD_H
#define BAYAZ_UI_UPLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "field/records.h"
#include "session/session.h"

/* The base name of `path`, with a number if the record has a file of that
 * name: photo.jpg, photo-2.jpg.  In restricted and protected forms it is
 * picture.jpg, picture-2.jpg, whatever the file was called.  free() it. */
char *upload_name(const struct record_head *head, const char *path)
	RETURNS_NONNULL;

struct upload_names { const char **items; size_t n, room; };

/* What relevant questions for files are answered with, or (`all`) those too that
 * are not relevant now.  The texts are the session's; `items` is never NULL. */
void upload_names_find(struct session *session, bool all,
	struct upload_names *names);
void upload_names_release(struct upload_names *names);

#endif
