/*
 * PO files, read and written: what msgcat gives, line breaks included, is what
 * po_write() gives.  Comments, references, flags, previous texts, obsolete
 * entries, plural forms and domains are kept.  Whatever is wrong with a file is
 * an error with line and column; nothing ends the program.
 * Source: GNU gettext manual, "The Format of PO Files".
 */
#ifndef BAYAZ_BASE_PO_H
#define BAYAZ_BASE_PO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "base/vec.h"

struct po_reference {			/* "#: forms/a.xml:12" */
	const char *file;
	int line;			/* 0: none */
};

struct po_names {			/* what identifies an entry */
	const char *context;		/* msgctxt, or NULL */
	const char *id;			/* msgid; of a previous text: or NULL */
	const char *plural;		/* msgid_plural, or NULL */
};

struct po_entry {
	struct po_names names, previous;
	VEC(const char *) strings;	/* msgstr, or msgstr[0] ...; at least one */
	VEC(const char *) comments;	/* "# ...", the translator's */
	VEC(const char *) extracted;	/* "#. ...", for the translator */
	VEC(struct po_reference) references;
	VEC(const char *) flags;	/* "c-format" ...; fuzzy is below */
	const char *domain;		/* one of po.domains; NULL: none was named */
	bool is_fuzzy, is_obsolete;
	int line;			/* of msgid, in the file read; or 0 */
};

/* Entries in the order of the file; all text belongs to the po. */
struct po {
	struct arena *arena;
	VEC(struct po_entry *) entries;
	struct map live;		/* by po_key(), obsolete ones left out */
	struct po_entry *header;	/* msgid "" without context; or NULL */
	struct po_entry *tail;		/* comments after the last entry; or NULL */
	VEC(const char *) domains;
};

struct po *po_new(void) RETURNS_NONNULL;
void po_free(struct po *po);				/* NULL is fine */

enum { PO_MOST_BYTES = 64 << 20 };

/* ERR_SYNTAX with line and column; `name` (may be NULL) is the file's.  Other
 * charsets than UTF-8 are converted, and the header says UTF-8 from then on. */
struct po *po_parse(const char *bytes, size_t n_bytes, const char *name,
	struct err *err) MUST_CHECK;
struct po *po_read(const char *path, struct err *err) MUST_CHECK;

/* A new entry at the end, with one empty string (two if it has a plural).
 * There must be none of that name. */
struct po_entry *po_add(struct po *po, const struct po_names *names)
	RETURNS_NONNULL;
/* The entry that is not obsolete; context may be NULL.  NULL: none. */
struct po_entry *po_find(const struct po *po, const char *context,
	const char *id);

void po_set(struct po *po, struct po_entry *entry, size_t i, const char *text);
void po_comment(struct po *po, struct po_entry *entry, const char *text);
void po_extracted(struct po *po, struct po_entry *entry, const char *text);
void po_refer(struct po *po, struct po_entry *entry, const char *file,
	int line);				/* once each */
void po_flag(struct po *po, struct po_entry *entry, const char *flag);
bool po_has_flag(const struct po_entry *entry, const char *flag);

/* All strings are there and none is in doubt. */
bool po_is_translated(const struct po_entry *entry);

/* A field of the header, like "Language"; NULL: it is not there. */
char *po_header_field(const struct po *po, const char *field);
/* Replaces or adds it; makes the header if there is none. */
void po_set_header_field(struct po *po, const char *field, const char *text);

enum po_wrapping { PO_WRAP, PO_LONG_LINES };	/* msgcat's default; --no-wrap */
void po_write(const struct po *po, enum po_wrapping wrapping, struct str *out);

/*
 * Placeholders of python-brace-format: {name}, with {{ and }} for braces.  Do
 * both texts name the same ones?  False: ERR_VALUE says which differs, as
 * msgfmt -c does.
 */
bool po_braces_agree(const char *id, const char *text, struct err *err);
/* The next placeholder at or after *at, which moves past it: its name, between
 * the braces.  False: there is none. */
bool po_next_brace(const char **at, const char **name, size_t *n_bytes);

#endif
