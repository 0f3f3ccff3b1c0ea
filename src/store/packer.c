#include "config.h"

#include "store/packer.h"

#include <zlib.h>

#include "base/mem.h"
#include "store/content.h"

enum { LEVEL = 6, PACKED_MAX_BYTES = 16 * CONTENT_PART_BYTES };

/* By what is to be deflated: a window that holds it, and tables to match.  With
 * the usual ones (the last) 128 KiB are cleared for each record. */
static const struct size { size_t n_bytes; int window_bits, memory; } sizes[] = {
	{ 4096, 12, 5 }, { 16384, 14, 7 }, { (size_t)-1, 15, 8 }
};
enum { N_SIZES = sizeof sizes / sizeof *sizes };

struct packer { z_stream streams[N_SIZES]; bool open[N_SIZES]; };

struct packer *packer_new(void)
{
	return xcalloc(1, sizeof(struct packer));
}

void packer_free(struct packer *packer)
{
	if (packer == NULL)
		return;
	for (size_t i = 0; i < N_SIZES; i++)
		if (packer->open[i])
			deflateEnd(&packer->streams[i]);
	free(packer);
}

static z_stream *stream_for(struct packer *packer, size_t n_bytes)
{
	size_t i = 0;
	z_stream *z;

	while (n_bytes > sizes[i].n_bytes)
		i++;
	z = &packer->streams[i];
	if (packer->open[i])
		return deflateReset(z) == Z_OK ? z : NULL;
	packer->open[i] = deflateInit2(z, LEVEL, Z_DEFLATED,
		sizes[i].window_bits, sizes[i].memory, Z_DEFAULT_STRATEGY) ==
		Z_OK;
	return packer->open[i] ? z : NULL;
}

bool packer_pack(struct packer *packer, const void *bytes, size_t n_bytes,
	struct str *out)
{
	z_stream *z = n_bytes > UINT32_MAX ? NULL :
		stream_for(packer, n_bytes);
	size_t room = n_bytes < PACKED_MAX_BYTES ? n_bytes : PACKED_MAX_BYTES;

	str_clear(out);
	if (z == NULL || n_bytes == 0)
		return false;
	/* what does not become shorter runs out of room */
	z->next_in = (Bytef *)bytes;
	z->avail_in = (uInt)n_bytes;
	z->next_out = (Bytef *)str_room(out, room);
	z->avail_out = (uInt)room;
	if (deflate(z, Z_FINISH) != Z_STREAM_END || z->avail_out == 0)
		return false;
	str_grew(out, room - z->avail_out);
	return true;
}
