/*
 * The FORM of a command line: a path if it has a '/' or ".xml" in it, else the
 * id of a form in the workspace, of which the newest version counts.
 */
#ifndef BAYAZ_CMD_FORMARG_H
#define BAYAZ_CMD_FORMARG_H

#include <stdbool.h>

#include "base/err.h"
#include "base/problem.h"
#include "base/str.h"
#include "cmd/cmd.h"
#include "field/forms.h"
#include "field/workspace.h"
#include "xform/xform.h"

bool form_arg_is_path(const char *arg);

/* Where a form comes from.  Stays where it is while `options` is in use. */
struct form_source {
	struct str xml;
	char *name;			/* for messages: the path, or the id */
	struct xf_options options;	/* its media */
	struct form_info info;		/* of the workspace; id 0 for a path */
	struct xf_media_folders folders;
	struct workspace *ws;
};

/* Read what `arg` names.  `folder` (--media) may be NULL; it counts for paths
 * only.  `ws` may be NULL for a path; for an id it is where it is looked up,
 * and must stay open.  ERR_NOTFOUND, ERR_IO, ERR_USAGE (an id without ws).
 * Then form_source_release(), whatever came out. */
bool form_source_open(struct form_source *source, const char *arg,
	const char *folder, struct workspace *ws, struct err *err) MUST_CHECK;
/* The same for a version that is known by its row. */
bool form_source_get(struct form_source *source, struct workspace *ws,
	int64_t row, struct err *err) MUST_CHECK;
void form_source_release(struct form_source *source);
/* Get it and load it; NULL: the first problem. */
struct xform *form_source_load(struct form_source *source,
	struct workspace *ws, int64_t row, struct err *err) MUST_CHECK;

/* For commands that take a FORM and load it. */
struct form_arg {
	struct xform *form;
	struct form_source source;	/* where it came from; its media */
};

/* Open the workspace for an id; for a path *ws is NULL. */
bool form_arg_workspace(const struct cmd_args *args, const char *arg,
	struct workspace **ws, struct err *err) MUST_CHECK;
/*
 * Load it.  `ws` is needed for an id only.  `media`: --media DIR or NULL.
 * False: `err` holds the first problem and `problems` all of them (both are
 * for the caller to show).  Stays where it is until it is released; release
 * in any case.
 */
bool form_arg_open(struct form_arg *fa, const char *arg,
	struct workspace *ws, const char *media, struct problems *problems,
	struct err *err) MUST_CHECK;
void form_arg_release(struct form_arg *fa);

#endif
