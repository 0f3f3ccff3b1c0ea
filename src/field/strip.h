/*
 * Pictures without what they tell beside the picture.  A camera notes place,
 * time and its own number; programs add comments, authors, small copies of
 * what was there before they cut it.  Of a JPEG or PNG file only what is
 * needed to show the picture goes through, and that byte for byte: nothing is
 * decoded.  What is turned stays turned: an orientation other than 1 is kept,
 * alone.  Colour profiles go too, as they may name the device.
 *
 * A stream: memory does not grow with the picture.
 * Source: ITU-T T.81 (JPEG), JFIF 1.02, PNG third edition, Exif 2.32.
 */
#ifndef BAYAZ_FIELD_STRIP_H
#define BAYAZ_FIELD_STRIP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "crypt/crypt.h"

struct strip;

/* `name` is what messages call the picture.  Both are borrowed. */
struct strip *strip_new(byte_source *source, void *context, const char *name)
	RETURNS_NONNULL;
/* A byte_source; `strip` is a struct strip.  The source is read to its end.
 * ERR_REFUSED: neither JPEG nor PNG; ERR_VALUE: a picture that is cut short
 * or not made as it should be. */
bool strip_read(void *strip, void *buffer, size_t size_bytes, size_t *n_got,
	struct err *err) MUST_CHECK;
void strip_free(struct strip *strip);		/* wipes; NULL is fine */

#endif
