/* Any bytes as a PO file.  What is read is written, and what was written reads
 * back as the same bytes. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/po.h"
#include "tests/fuzz/fuzz.h"

static void write_again(const struct str *first)
{
	struct err err = ERR_INIT;
	struct str second = STR_INIT;
	struct po *po = po_parse(first->data, first->len, NULL, &err);

	if (po == NULL)
		abort();
	po_write(po, PO_WRAP, &second);
	if (first->len != second.len ||
			memcmp(first->data, second.data, second.len) != 0)
		abort();
	str_release(&second);
	po_free(po);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;
	struct str out = STR_INIT;
	struct po *po = po_parse((const char *)bytes, n_bytes, NULL, &err);

	if (po == NULL)
		return 0;
	for (size_t i = 0; i < po->entries.n; i++) {
		const struct po_entry *e = po->entries.items[i];

		if (!e->is_obsolete && e->domain == NULL &&
				po_find(po, e->names.context, e->names.id) != e)
			abort();
		for (size_t k = 0; k < e->strings.n; k++)
			(void)po_braces_agree(e->names.id, e->strings.items[k],
				&err);
	}
	po_write(po, PO_WRAP, &out);
	write_again(&out);
	str_release(&out);
	po_free(po);
	return 0;
}
