/* Any bytes as a manifest; what is taken prints and is taken again. */
#include "config.h"

#include <string.h>

#include "bundle/manifest.h"
#include "tests/fuzz/fuzz.h"

static char *print_parsed(const char *bytes, size_t n_bytes)
{
	struct manifest manifest;
	struct err err = ERR_INIT;
	char *text = NULL;

	manifest_init(&manifest);
	if (manifest_parse(&manifest, bytes, n_bytes, &err))
		text = manifest_print(&manifest);
	manifest_release(&manifest);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	char *one = print_parsed((const char *)bytes, n_bytes), *two;

	if (one == NULL)
		return 0;
	two = print_parsed(one, strlen(one));
	if (two == NULL || strcmp(one, two) != 0)
		abort();
	free(one);
	free(two);
	return 0;
}
