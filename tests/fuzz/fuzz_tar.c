/* Any bytes as the tar inside a bundle.  It is compressed first: otherwise the
 * checksum of gzip would stop nearly every damaged one at the gate. */
#include "config.h"

#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "bundle/read.h"
#include "tests/fuzz/fuzz.h"

static const struct bundle_limits limits = {
	1 << 22, 1 << 20, 1 << 22, 200, 200
};

static void read_bundle(const uint8_t *bytes, size_t n_bytes)
{
	const struct manifest_entry *entry = NULL;
	struct err err = ERR_INIT;
	struct bundle *bundle = bundle_open_bytes(bytes, n_bytes, NULL,
		&limits, &err);

	if (bundle == NULL)
		return;
	if (bundle_check_signature(bundle, bundle_signer_claim(bundle), &err))
		err_clear(&err);
	while (bundle_next(bundle, &entry, &err) && entry != NULL) {
		struct str content = STR_INIT;

		if (!bundle_read_all(bundle, 1 << 20, &content, &err))
			content.len = 0;
		str_release(&content);
	}
	bundle_close(bundle);
}

static void read_compressed(const uint8_t *tar, size_t n_bytes)
{
	z_stream z;
	size_t room;
	uint8_t *bytes;

	memset(&z, 0, sizeof z);
	if (deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8,
			Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	room = deflateBound(&z, n_bytes) + 64;
	bytes = xmalloc(room);
	z.next_in = (uint8_t *)(uintptr_t)tar;
	z.avail_in = (unsigned)n_bytes;
	z.next_out = bytes;
	z.avail_out = (unsigned)room;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	read_bundle(bytes, z.total_out);
	deflateEnd(&z);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;

	if (!crypt_init(&err))
		abort();
	read_compressed(bytes, n_bytes);
	return 0;
}
