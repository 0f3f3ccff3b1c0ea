/* Overwrite secrets so that the compiler cannot leave it out. */
#ifndef BAYAZ_BASE_WIPE_H
#define BAYAZ_BASE_WIPE_H

#include <stddef.h>

void wipe(void *bytes, size_t n_bytes);
/* Overwrite a NUL-terminated text, then free() it; NULL is fine. */
void wipe_free(char *text);

#endif
