/* What the files of po share. */
#ifndef BAYAZ_BASE_PO_PARTS_H
#define BAYAZ_BASE_PO_PARTS_H

#include "base/po.h"

/* What po.live knows an entry by. */
const char *po_key(struct arena *arena, const char *context, const char *id)
	RETURNS_NONNULL;

/* An entry that is in no list yet. */
struct po_entry *po_entry_new(struct po *po) RETURNS_NONNULL;
/* At the end of the entries; false: there is one of that name. */
bool po_put(struct po *po, struct po_entry *entry);

#endif
