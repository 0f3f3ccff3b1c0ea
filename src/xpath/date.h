/*
 * Civil dates and times, ISO 8601 as ODK XForms uses it.  Proleptic Gregorian
 * calendar; days are counted from 1970-01-01.
 */
#ifndef BAYAZ_XPATH_DATE_H
#define BAYAZ_XPATH_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct date { int year, month, day; };			/* month, day from 1 */
struct clock { int hour, minute, second, ms; };

struct date_time {
	struct date date;
	struct clock clock;
	bool has_date, has_clock, has_zone;
	int zone_minutes;
};

int64_t date_to_days(struct date date);
struct date date_from_days(int64_t days);
bool date_is_valid(struct date date);

/* "2026-11-23", "2026-11-23T10:00:00.000+05:00", "10:00:00.000Z"; the whole
 * text must match.  Seconds and milliseconds may be absent. */
bool date_parse(const char *text, struct date_time *out);

/* Also as JavaRosa's functions take it: "2026-1-5", "2026-01-05T9:30". */
bool date_parse_loose(const char *text, struct date_time *out);

/* Days since the epoch with the time as a fraction.  A date-time with zone is
 * brought to `local_offset` minutes; one without is taken as local. */
double date_time_to_number(const struct date_time *t, int local_offset);

/* "2026-11-23" / "2026-11-23T10:00:00.000+05:00" / "10:00:00.000+05:00" ("Z" for 0),
 * at most 40 bytes. */
void date_print(struct date date, char text[40]);
void date_time_print(int64_t utc_ms, int zone_minutes, char text[40]);
void clock_print(struct clock clock, int zone_minutes, char text[40]);

#endif
