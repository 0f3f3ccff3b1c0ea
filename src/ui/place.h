/* A place as people write it down: decimal, or in degrees, minutes, seconds. */
#ifndef BAYAZ_UI_PLACE_H
#define BAYAZ_UI_PLACE_H

#include <stdbool.h>

#include "base/str.h"

/* 31°31'14"N 74°21'E, N 31 31.2 E 74 21.5, 31.52, 74.36 ...: appended as "31.52
 * 74.36", latitude first.  False, and nothing: it is not written so, or there is
 * no such place; then it may still be what the form takes. */
bool place_parse(const char *typed, struct str *out);

#endif
