/* Any bytes as CSV: the lists a form names. */
#include "config.h"

#include "base/csv.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;
	struct csv csv;

	csv_init(&csv, (const char *)bytes, n_bytes);
	while (csv_next(&csv, &err))
		continue;
	csv_release(&csv);
	return 0;
}
