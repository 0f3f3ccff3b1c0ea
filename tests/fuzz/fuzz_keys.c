/* Any bytes as the text of keys, signatures and passphrases of words. */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "crypt/age.h"
#include "crypt/minisign.h"
#include "crypt/words.h"
#include "tests/fuzz/fuzz.h"

static void read_texts(const char *text)
{
	struct minisign_public public_key;
	struct minisign_key key;
	struct age_identity identity;
	struct age_recipient recipient;
	struct err err = ERR_INIT;
	struct str out = STR_INIT;

	if (minisign_public_parse(text, &public_key, &err) &&
			minisign_verify(&public_key, "x", 1, text, &out, &err))
		abort();	/* a text cannot sign this with its own key */
	if (minisign_key_parse(text, &key, &err))
		minisign_key_wipe(&key);
	if (age_identity_parse(text, &identity, &err))
		age_identity_wipe(&identity);
	if (!age_recipient_parse(text, &recipient, &err) &&
			!words_normalise(text, &out, &err))
		out.len = 0;
	str_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;
	char *text = xmalloc(n_bytes + 1);

	if (!crypt_init(&err))
		abort();
	memcpy(text, bytes, n_bytes);
	text[n_bytes] = '\0';
	read_texts(text);
	free(text);
	return 0;
}
