#include "config.h"

#include "base/wipe.h"

#include <stdlib.h>
#include <string.h>

void wipe(void *bytes, size_t n_bytes)
{
	if (n_bytes > 0)
		explicit_bzero(bytes, n_bytes);
}

void wipe_free(char *text)
{
	if (text == NULL)
		return;
	wipe(text, strlen(text));
	free(text);
}
