/*
 * One version of a record: its XML, and what the store reads from it.
 * Source: OpenRosa metadata schema; ODK XForms, "Metadata".
 */
#ifndef BAYAZ_STORE_VERSION_H
#define BAYAZ_STORE_VERSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
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

#endif
