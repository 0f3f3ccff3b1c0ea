/* Any bytes as a manifest; what is taken prints and is taken again.  With blanks
 * in it, it is the same to the reader, who reads it in another way then. */
#include "config.h"

#include <string.h>

#include "base/str.h"
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

static char *with_blanks(const char *bytes, size_t n_bytes, size_t *n)
{
	struct str text = STR_INIT;
	bool in_string = false;

	for (size_t i = 0; i < n_bytes; i++) {
		if (bytes[i] == '\\' && i + 1 < n_bytes)
			str_addc(&text, bytes[i++]);
		else if (bytes[i] == '"')
			in_string = !in_string;
		str_addc(&text, bytes[i]);
		if (bytes[i] == '{' && !in_string)
			str_addc(&text, ' ');
	}
	*n = text.len;
	return str_steal(&text);
}

static void compare_with_blanks(const char *bytes, size_t n_bytes,
	const char *plain)
{
	size_t n;
	char *other = with_blanks(bytes, n_bytes, &n);
	char *printed = print_parsed(other, n);

	if ((printed == NULL) != (plain == NULL) ||
			(plain != NULL && strcmp(printed, plain) != 0))
		abort();
	free(printed);
	free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	char *one = print_parsed((const char *)bytes, n_bytes), *two;

	compare_with_blanks((const char *)bytes, n_bytes, one);
	if (one == NULL)
		return 0;
	two = print_parsed(one, strlen(one));
	if (two == NULL || strcmp(one, two) != 0)
		abort();
	free(one);
	free(two);
	return 0;
}
