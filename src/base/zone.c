#include "config.h"

#include "base/zone.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

#define FOLDER "/usr/share/zoneinfo"

static bool is_tame(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789_+-/";

	return name[0] != '\0' && name[0] != '/' && strlen(name) < 100 &&
		strspn(name, allowed) == strlen(name);
}

bool zone_is_known(const char *name)
{
	const char *folder = getenv("TZDIR");
	char *path;
	bool there;

	if (!is_tame(name))
		return false;
	if (strcmp(name, "UTC") == 0)
		return true;
	path = str_format("%s/%s", folder != NULL ? folder : FOLDER, name);
	there = access(path, R_OK) == 0;
	free(path);
	return there;
}

/* The C library knows one zone at a time: the process's is put back. */
static int ask(const char *name, int64_t utc_seconds)
{
	const char *now = getenv("TZ");
	char *old = now != NULL ? xstrdup(now) : NULL;
	time_t at = (time_t)utc_seconds;
	struct tm tm;

	if (name != NULL) {
		setenv("TZ", name, 1);
		tzset();
	}
	if (localtime_r(&at, &tm) == NULL)
		tm.tm_gmtoff = 0;
	if (name != NULL) {
		if (old != NULL)
			setenv("TZ", old, 1);
		else
			unsetenv("TZ");
		tzset();
	}
	free(old);
	return (int)(tm.tm_gmtoff / 60);
}

/* Asking costs some ten microseconds, and forms ask about the same days again
 * and again.  Offsets change on the quarter of an hour. */
enum { QUARTER = 900, N_KEPT = 64 };

int zone_offset(const char *name, int64_t utc_seconds)
{
	static struct { int64_t quarter; int offset; bool is_set; } kept[N_KEPT];
	static char kept_name[100];
	int64_t quarter = (utc_seconds >= 0 ? utc_seconds :
		utc_seconds - (QUARTER - 1)) / QUARTER;
	size_t i = (size_t)((uint64_t)quarter % N_KEPT);

	if (name == NULL || strlen(name) >= sizeof kept_name)
		return ask(name, utc_seconds);
	if (strcmp(name, kept_name) != 0) {
		memset(kept, 0, sizeof kept);
		memcpy(kept_name, name, strlen(name) + 1);
	}
	if (!kept[i].is_set || kept[i].quarter != quarter) {
		kept[i].quarter = quarter;
		kept[i].offset = ask(name, quarter * QUARTER);
		kept[i].is_set = true;
	}
	return kept[i].offset;
}
