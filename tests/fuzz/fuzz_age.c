/* Any bytes as an age file, binary or armoured.  Only a key is tried: a
 * passphrase costs a second and a gigabyte where a file asks for it. */
#include "config.h"

#include <string.h>

#include "crypt/age.h"
#include "tests/fuzz/fuzz.h"

/* Of this test only. */
static const char secret[] =
	"AGE-SECRET-KEY-1GVQ7NUMRL8GZZZTZ4TGTVWQUCGNW8E5S8960HS3EYPUKLXG2LZHQTPN6QV";

struct left { const uint8_t *at; size_t n; };

static bool from_bytes(void *context, void *buffer, size_t size, size_t *n,
	struct err *err)
{
	struct left *left = context;

	(void)err;
	*n = size < left->n ? size : left->n;
	if (*n > 0)
		memcpy(buffer, left->at, *n);
	left->at += *n;
	left->n -= *n;
	return true;
}

/* Without a key: what opens has the length that was told before. */
static bool measure(const uint8_t *bytes, size_t n_bytes, uint64_t *n_inside)
{
	struct left left = { bytes, n_bytes };
	struct age_reader *reader = age_reader_new(from_bytes, &left);
	bool ok = age_reader_header(reader, NULL) &&
		age_reader_measure(reader, n_inside, NULL);

	age_reader_free(reader);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	static struct age_identity identity;
	static bool ready;
	struct age_keys keys = { &identity, 1, NULL };
	struct err err = ERR_INIT;
	struct str out = STR_INIT;
	uint64_t n_inside = 0;
	bool whole, opened;

	if (!ready && !(crypt_init(&err) &&
			age_identity_parse(secret, &identity, &err)))
		abort();
	ready = true;
	whole = measure(bytes, n_bytes, &n_inside);
	opened = age_decrypt_bytes(&keys, bytes, n_bytes, 1 << 20, &out, &err);
	if (!opened && out.len != 0)
		abort();	/* something was given out that is not true */
	if (opened && (!whole || n_inside != out.len))
		abort();
	str_release(&out);
	return 0;
}
