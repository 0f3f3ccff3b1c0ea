/* Any bytes as a picture that is to lose what it tells: a picture comes out,
 * which then has nothing more to lose, or an error. */
#include "config.h"

#include <string.h>

#include "base/str.h"
#include "field/strip.h"
#include "tests/fuzz/fuzz.h"

struct bytes { const uint8_t *at; size_t n; };

static bool from_bytes(void *context, void *buffer, size_t size, size_t *n,
	struct err *err)
{
	struct bytes *from = context;

	(void)err;
	*n = size < from->n ? size : from->n;
	if (*n > 0)
		memcpy(buffer, from->at, *n);
	from->at += *n;
	from->n -= *n;
	return true;
}

static bool strip_all(const void *bytes, size_t n_bytes, struct str *out)
{
	struct bytes from = { bytes, n_bytes };
	struct strip *strip = strip_new(from_bytes, &from, "picture");
	struct err err = ERR_INIT;
	char buffer[500];
	size_t n = 1;
	bool ok = true;

	while (ok && n > 0) {
		ok = strip_read(strip, buffer, sizeof buffer, &n, &err);
		str_addn(out, buffer, ok ? n : 0);
	}
	strip_free(strip);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct str once = STR_INIT, twice = STR_INIT;

	if (strip_all(bytes, n_bytes, &once) &&
			(!strip_all(once.data, once.len, &twice) ||
			 once.len != twice.len ||
			 memcmp(once.data, twice.data, once.len) != 0))
		abort();
	str_release(&once);
	str_release(&twice);
	return 0;
}
