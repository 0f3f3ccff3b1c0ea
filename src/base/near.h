/* How far two names are from each other, for "did you mean ...?". */
#ifndef BAYAZ_BASE_NEAR_H
#define BAYAZ_BASE_NEAR_H

#include <stddef.h>

enum { TEXT_DISTANCE_MOST = 40 };

/* Bytes to add, drop, change or swap with their neighbour; of longer texts only
 * the first TEXT_DISTANCE_MOST bytes count. */
size_t text_distance(const char *a, const char *b);

#endif
