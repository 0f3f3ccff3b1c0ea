#include "config.h"

#include "bundle/source.h"

#include "base/mem.h"
#include "base/wipe.h"

enum { STEP_BYTES = 64 << 10 };

bool source_each(const struct bundle_source *source, byte_sink *piece,
	void *context, struct err *err)
{
	size_t room = source->n_bytes < STEP_BYTES ?
		(size_t)source->n_bytes : STEP_BYTES;
	uint8_t *buffer;
	uint64_t at = 0;
	bool ok = true, was_read = true;

	if (source->read == NULL)
		return source->n_bytes == 0 || piece(context, source->bytes,
			(size_t)source->n_bytes, err);
	buffer = xmalloc(room + 1);
	while (ok && at < source->n_bytes) {
		uint64_t left = source->n_bytes - at;
		size_t n = left < room ? (size_t)left : room;

		was_read = source->read(source->context, at, buffer, n, err);
		ok = was_read && piece(context, buffer, n, err);
		at += n;
	}
	if (!was_read && source->failed != NULL)
		source->failed(source->context);
	wipe(buffer, room);
	free(buffer);
	return ok;
}
