/* Any bytes as JSON: manifests, projects, requests to the engine. */
#include "config.h"

#include "base/json.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;
	struct json *value = js_parse((const char *)bytes, n_bytes, &err);

	if (value != NULL) {
		char *line = js_print(value);

		free(line);
		js_free(value);
	}
	return 0;
}
