/* Any bytes as a bundle: sealed or plain, read to the end. */
#include "config.h"

#include "bundle/read.h"
#include "bundle/sealed.h"
#include "tests/fuzz/fuzz.h"

/* Of this test only. */
static const char secret[] =
	"AGE-SECRET-KEY-1GVQ7NUMRL8GZZZTZ4TGTVWQUCGNW8E5S8960HS3EYPUKLXG2LZHQTPN6QV";

static void read_bundle(const uint8_t *bytes, size_t n_bytes,
	const struct age_keys *keys)
{
	static const struct bundle_limits limits = { 1 << 20, 1 << 20,
		4 << 20, 100, 100 };
	const struct manifest_entry *entry = NULL;
	struct err err = ERR_INIT;
	struct bundle *bundle = bundle_open_bytes(bytes, n_bytes, keys,
		&limits, &err);
	struct str content = STR_INIT;
	bool ok = bundle != NULL;

	if (ok)
		ok = bundle_check_signature(bundle,
			bundle_signer_claim(bundle), &err);
	while (ok && bundle_next(bundle, &entry, &err) && entry != NULL) {
		str_clear(&content);
		ok = bundle_read_all(bundle, 1 << 20, &content, &err);
	}
	str_release(&content);
	bundle_close(bundle);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	static struct age_identity identity;
	static bool ready;
	struct age_keys keys = { &identity, 1, NULL };
	struct sealed sealed;
	struct err err = ERR_INIT;

	if (!ready && !(crypt_init(&err) &&
			age_identity_parse(secret, &identity, &err)))
		abort();
	ready = true;
	read_bundle(bytes, n_bytes, &keys);
	if (sealed_open(&sealed, bytes, n_bytes, &keys, 1 << 20, &err))
		sealed_release(&sealed);
	return 0;
}
