#include "config.h"

#include "store/packer.h"

#include <libdeflate.h>

#include "base/mem.h"
#include "store/content.h"

/* A record of a few KiB is as short after level 1 as after level 6, in half the
 * time; what is longer is not. */
enum { SMALL_BYTES = 8 << 10, SMALL_LEVEL = 1, LEVEL = 6,
	PACKED_MAX_BYTES = 16 * CONTENT_PART_BYTES };

struct packer {				/* each NULL until it is needed */
	struct libdeflate_compressor *small, *any;
	struct libdeflate_decompressor *unpacks;
};

struct packer *packer_new(void)
{
	return xcalloc(1, sizeof(struct packer));
}

void packer_free(struct packer *packer)
{
	if (packer == NULL)
		return;
	libdeflate_free_compressor(packer->small);
	libdeflate_free_compressor(packer->any);
	libdeflate_free_decompressor(packer->unpacks);
	free(packer);
}

static struct libdeflate_compressor *compressor_for(struct packer *packer,
	size_t n_bytes)
{
	bool is_small = n_bytes <= SMALL_BYTES;
	struct libdeflate_compressor **one =
		is_small ? &packer->small : &packer->any;

	if (*one == NULL)
		*one = libdeflate_alloc_compressor(
			is_small ? SMALL_LEVEL : LEVEL);
	return *one;
}

bool packer_pack(struct packer *packer, const void *bytes, size_t n_bytes,
	struct str *out)
{
	struct libdeflate_compressor *compressor =
		compressor_for(packer, n_bytes);
	size_t room = n_bytes < PACKED_MAX_BYTES ? n_bytes : PACKED_MAX_BYTES;
	size_t n;

	str_clear(out);
	if (compressor == NULL || n_bytes == 0)
		return false;
	/* what does not become shorter finds no room */
	n = libdeflate_zlib_compress(compressor, bytes, n_bytes,
		str_room(out, room), room - 1);
	str_grew(out, n);
	return n > 0;
}

bool packer_unpack(struct packer *packer, const void *packed, size_t n_packed,
	size_t n_bytes, struct str *out)
{
	char *room = str_room(out, n_bytes);

	if (packer->unpacks == NULL)
		packer->unpacks = libdeflate_alloc_decompressor();
	/* no room: a size that no content has */
	if (room == NULL || packer->unpacks == NULL ||
			libdeflate_zlib_decompress(packer->unpacks, packed,
				n_packed, room, n_bytes, NULL) !=
				LIBDEFLATE_SUCCESS)
		return false;
	str_grew(out, n_bytes);
	return true;
}
