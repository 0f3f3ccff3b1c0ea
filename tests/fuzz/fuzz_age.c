/* Any bytes as an age file, binary or armoured.  Only a key is tried: a
 * passphrase costs a second and a gigabyte where a file asks for it. */
#include "config.h"

#include "crypt/age.h"
#include "tests/fuzz/fuzz.h"

/* Of this test only. */
static const char secret[] =
	"AGE-SECRET-KEY-1GVQ7NUMRL8GZZZTZ4TGTVWQUCGNW8E5S8960HS3EYPUKLXG2LZHQTPN6QV";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	static struct age_identity identity;
	static bool ready;
	struct age_keys keys = { &identity, 1, NULL };
	struct err err = ERR_INIT;
	struct str out = STR_INIT;

	if (!ready && !(crypt_init(&err) &&
			age_identity_parse(secret, &identity, &err)))
		abort();
	ready = true;
	if (!age_decrypt_bytes(&keys, bytes, n_bytes, 1 << 20, &out, &err) &&
			out.len != 0)
		abort();	/* something was given out that is not true */
	str_release(&out);
	return 0;
}
