/*
 * Time zones by their IANA names, as the system's database knows them.
 */
#ifndef BAYAZ_BASE_ZONE_H
#define BAYAZ_BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

/* Is it a zone: "Asia/Karachi", "UTC"?  A name that leaves the database
 * ("../x", "/x") is none. */
bool zone_is_known(const char *name);

/* Minutes that local time is ahead of UTC at a moment (seconds since 1970).
 * `name` is a known zone, or NULL: that of the process. */
int zone_offset(const char *name, int64_t utc_seconds);

#endif
