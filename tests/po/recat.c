/* recat FILE [long]: a PO file as it is read and written again.  The tests
 * hold it against msgcat. */
#include "config.h"

#include <stdio.h>

#include "base/po.h"

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	struct str out = STR_INIT;
	struct po *po = argc < 2 ? NULL : po_read(argv[1], &err);
	char text[1024];

	if (po == NULL) {
		fprintf(stderr, "%s\n", err_text(&err, text, sizeof text));
		return 1;
	}
	po_write(po, argc > 2 ? PO_LONG_LINES : PO_WRAP, &out);
	fwrite(out.data, 1, out.len, stdout);
	str_release(&out);
	po_free(po);
	return 0;
}
