/*
 * PO files and forms as arguments: --po names a file, or a folder of which all
 * LANG.po are meant.
 */
#ifndef BAYAZ_CMD_PO_ARG_H
#define BAYAZ_CMD_PO_ARG_H

#include "author/texts.h"
#include "base/po.h"
#include "cmd/cmd.h"
#include "cmd/formarg.h"

/* The header of a PO file has the code of its language, for other programs; where
 * a form calls it otherwise, its name is here. */
#define PO_FORM_LANGUAGE "X-Form-Language"

struct po_file {
	char *path;
	char *language;			/* of its header, else of its name */
	struct po *po;
};

struct po_files { struct po_file *items; size_t n, cap; };

/* All that --po names; a folder without a PO file is an error. */
bool po_files_open(const struct cmd_args *args, struct po_files *files,
	struct err *err) MUST_CHECK;
void po_files_release(struct po_files *files);

/* "ur" and "Urdu (ur)" are the same; so are "ur" and "ur_PK" where there is
 * nothing closer. */
bool language_is(const char *name, const char *code);
/* NULL: none is of that language. */
const struct po_file *po_files_find(const struct po_files *files,
	const char *language);

/* A form with all its texts.  Stays where it is while it is in use. */
struct texts_arg {
	struct form_texts *texts;
	struct form_source source;
};
/* As form_arg_open(); warnings are not shown.  Release in any case. */
bool texts_arg_open(struct texts_arg *arg, const char *form,
	struct workspace *ws, struct err *err) MUST_CHECK;
void texts_arg_release(struct texts_arg *arg);

/* Print, or write -o FILE. */
bool write_result(const struct cmd_args *args, const struct str *bytes,
	struct err *err) MUST_CHECK;

#define CMD_PO_OPTION \
	{ "po", 0, OPT_LIST, N_("PO"), \
	  N_("a PO file, or a folder of LANG.po files") }
#define CMD_OUTPUT_OPTION \
	{ "output", 'o', OPT_TEXT, N_("FILE"), \
	  N_("write FILE instead of standard output") }

#endif
