/* What writing and reading a kit share.  Internal to trust/. */
#ifndef BAYAZ_TRUST_KIT_PARTS_H
#define BAYAZ_TRUST_KIT_PARTS_H

#include <stdbool.h>

#define KIT_KIND "down"

enum { KIT_MAX_ENTRIES = 20000, KIT_MAX_PO = 1 << 20 };

bool kit_is_file_name(const char *name);	/* NULL: no */
bool kit_is_language(const char *name);		/* NULL: no */

#endif
