/* Any bytes as keys, signatures, passphrases of words, and the signed
 * documents of a project. */
#include "config.h"

#include <string.h>

#include "base/mem.h"
#include "crypt/minisign.h"
#include "crypt/words.h"
#include "tests/fuzz/fuzz.h"
#include "trust/cert.h"
#include "trust/project.h"
#include "trust/signed.h"

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

static void read_documents(const char *bytes, size_t n_bytes)
{
	struct trust_project project;
	struct trust_cert cert;
	struct trust_secrets secrets;
	struct trust_signed both;
	struct err err = ERR_INIT;

	memset(&both, 0, sizeof both);
	if (trust_project_read(bytes, n_bytes, &project, &err) ||
			trust_cert_parse(bytes, n_bytes, &cert, &err))
		return;
	if (trust_secrets_parse(bytes, n_bytes, &secrets, &err))
		trust_secrets_wipe(&secrets);
	if (trust_signed_split(&both, bytes, n_bytes, &err))
		trust_signed_release(&both);
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
	read_documents((const char *)bytes, n_bytes);
	free(text);
	return 0;
}
