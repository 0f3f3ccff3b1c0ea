/* Base64, strictly: no blanks, no other characters, unused bits zero.
 * Source: RFC 4648 section 4. */
#ifndef BAYAZ_CRYPT_BASE64_H
#define BAYAZ_CRYPT_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

enum base64_kind { BASE64_PADDED, BASE64_UNPADDED };

/* Append. */
void base64_encode(enum base64_kind kind, const void *bytes, size_t n_bytes,
	struct str *out);
/* `n` characters to n_got bytes.  False: malformed, or more than size_bytes. */
bool base64_decode(enum base64_kind kind, const char *text, size_t n,
	void *bytes, size_t size_bytes, size_t *n_got);

#endif
