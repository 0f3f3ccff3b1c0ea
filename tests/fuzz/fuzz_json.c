/* Any bytes as JSON: manifests, projects, requests to the engine. */
#include "config.h"

#include <string.h>

#include "base/json.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;
	struct json *value = js_parse((const char *)bytes, n_bytes, &err);

	if (value != NULL) {
		char *line = js_print(value), *ordered = js_print_ordered(
			value), *again;
		struct json *other = js_parse(ordered, strlen(ordered), &err);

		again = other != NULL ? js_print(other) : NULL;
		if (again == NULL || strcmp(again, line) != 0)
			abort();	/* another value */
		free(line);
		free(ordered);
		free(again);
		js_free(other);
		js_free(value);
	}
	return 0;
}
