#include "config.h"

#include "crypt/base64.h"

#include <sodium.h>

static int variant(enum base64_kind kind)
{
	return kind == BASE64_PADDED ? sodium_base64_VARIANT_ORIGINAL :
		sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
}

void base64_encode(enum base64_kind kind, const void *bytes, size_t n_bytes,
	struct str *out)
{
	size_t size = sodium_base64_encoded_len(n_bytes, variant(kind));
	char *room = str_room(out, size);

	if (room == NULL)
		return;
	sodium_bin2base64(room, size, bytes, n_bytes, variant(kind));
	str_grew(out, size - 1);
}

/* libsodium 1.0.18 takes some bytes above 127 for letters, where `char` has a
 * sign: they are kept from it. */
static bool is_ascii(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] > 127)
			return false;
	return true;
}

bool base64_decode(enum base64_kind kind, const char *text, size_t n,
	void *bytes, size_t size_bytes, size_t *n_got)
{
	*n_got = 0;
	return n == 0 || (is_ascii(text, n) &&
		sodium_base642bin(bytes, size_bytes, text, n, NULL, n_got,
			NULL, variant(kind)) == 0);
}
