/*
 * The forms of a workspace, every version that was added, each with its media
 * files.  Definitions are sealed like everything else.
 */
#ifndef BAYAZ_FIELD_FORMS_H
#define BAYAZ_FIELD_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct workspace;

struct form_media {
	char *name;		/* as the form calls it: "pk-admin.csv" */
	uint64_t size_bytes;
	uint8_t sha256[32];
	int64_t file;		/* row, see forms_media() */
};

/* A title in a language of the form: bayaz:title, bayaz:list-title. */
struct form_title {
	char *language, *text;
	bool is_neutral;
};

/* One version of a form. */
struct form_info {
	int64_t id;		/* row, random */
	char *form_id, *version;	/* version may be "" */
	char *title;		/* the true one */
	char *list_title;	/* "" unless the form has a neutral one */
	struct form_title *titles; size_t n_titles;	/* in other languages */
	char *form_class;	/* "public" ... "protected"; "": untagged */
	int retention_months;	/* how long its records are kept; 0: not said */
	int64_t added;		/* seconds since 1970, UTC */
	uint8_t sha256[32];	/* of the XML */
	uint64_t size_bytes;
	struct form_media *media;
	size_t n_media;
};

void form_info_release(struct form_info *form);
bool form_is_protected(const struct form_info *form);
/* What lists show: the neutral title of a protected form, else the title; in the
 * person's language, if the form has it. */
const char *form_shown_title(const struct form_info *form);

/* What a form says about itself, read from its XML (id, version, titles,
 * class); `form` has no row and no media.  ERR_XML, ERR_SPEC. */
bool form_describe(const char *xml, size_t n_bytes, const char *source,
	struct form_info *form, struct err *err) MUST_CHECK;

/* A media file to be added. */
struct form_file {
	const char *name;
	const char *bytes;
	size_t n_bytes;
};

/* Add a version.  The same bytes again (form and media): *added false and all
 * is well.  Same id and version with another XML: ERR_CONFLICT.  Same XML with
 * other media: the media are replaced.  ERR_REFUSED for a protected form in a
 * workspace without passphrase.  `form` may be NULL. */
bool forms_add(struct workspace *ws, const char *xml, size_t n_bytes,
	const char *source, const struct form_file *files, size_t n_files,
	struct form_info *form, bool *added, struct err *err) MUST_CHECK;

/* Every version, ordered by id, then by when it was added.  The callback's
 * `form` is borrowed; false stops without an error. */
bool forms_each(struct workspace *ws,
	bool (*visit)(void *context, const struct form_info *form),
	void *context, struct err *err) MUST_CHECK;

/* A version by id; `version` NULL: the newest, that is the one added last.
 * ERR_NOTFOUND. */
bool forms_find(struct workspace *ws, const char *form_id,
	const char *version, struct form_info *form, struct err *err) MUST_CHECK;
bool forms_get(struct workspace *ws, int64_t id, struct form_info *form,
	struct err *err) MUST_CHECK;

/* Add the XML, or the bytes of a media file, to `out`. */
bool forms_xml(struct workspace *ws, const struct form_info *form,
	struct str *out, struct err *err) MUST_CHECK;
bool forms_media(struct workspace *ws, const struct form_info *form,
	const char *name, struct str *out, struct err *err) MUST_CHECK;

#endif
