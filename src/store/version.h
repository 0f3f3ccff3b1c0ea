/*
 * One version of a record: its XML, and what the store reads from it.
 * Source: OpenRosa metadata schema; ODK XForms, "Metadata".
 */
#ifndef BAYAZ_STORE_VERSION_H
#define BAYAZ_STORE_VERSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/vec.h"
#include "xml/xml.h"

enum { VERSION_MAX_BYTES = 64 << 20 };

/* Texts are in the document's arena; "" where the record has none. */
struct version_head {
	const char *form, *form_version;
	const char *instance, *deprecated;
	bool training;			/* bayaz:training="yes" */
	bool date_given;		/* bayaz:clock="given" */
};

/* Parse; NULL: ERR_XML, ERR_LIMIT.  xml_free() it. */
struct xml_doc *version_read(const char *bytes, size_t n_bytes,
	struct version_head *head, struct err *err) MUST_CHECK;

/* A version as far as it could be read; doc NULL: it is not a record. */
struct version_parsed {
	bool is_parsed;
	size_t n_bytes;
	struct version_head head;	/* texts in the document */
	struct xml_doc *doc;
};
/* `reader` or NULL, as for xml_how. */
void version_parse(const char *bytes, size_t n_bytes,
	struct xml_reader *reader, struct version_parsed *parsed);
void version_parsed_release(struct version_parsed *parsed);

/* Versions that were parsed a moment ago, for who needs them again: a few, so
 * that memory stays flat. */
struct version_shelved {
	int64_t content;
	struct version_head head;	/* texts in the document */
	struct xml_doc *doc;
};
struct version_shelf {
	VEC(struct version_shelved) list;
	size_t n_bytes;			/* of XML */
};
/* Is there room for no more? */
bool version_shelf_is_full(const struct version_shelf *shelf);
/* Takes the document, if there is one and room. */
void version_shelve(struct version_shelf *shelf, int64_t content,
	struct version_parsed *parsed);
const struct version_shelved *version_shelved(
	const struct version_shelf *shelf, int64_t content);	/* or NULL */
void version_shelf_clear(struct version_shelf *shelf);
void version_shelf_release(struct version_shelf *shelf);

#endif
