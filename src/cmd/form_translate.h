/* A form in the languages of PO files, for commands that show it. */
#ifndef BAYAZ_CMD_FORM_TRANSLATE_H
#define BAYAZ_CMD_FORM_TRANSLATE_H

#include "cmd/po_arg.h"

/* `xml` is replaced.  Entries that cannot be used are shown and left out: false
 * then, with the rest written.  `tells`: a line for each file on standard
 * error. */
bool translate_form(struct str *xml, const char *name,
	const struct xf_options *options, const struct po_files *files,
	const char *source, bool tells, struct err *err) MUST_CHECK;

#endif
