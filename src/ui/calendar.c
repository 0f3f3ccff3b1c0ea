#include "config.h"

#include "ui/calendar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAYS_OF_400_YEARS = 146097, DAYS_TO_1970 = 719468 };

/* Years that begin in March put the leap day at their end; 400 of them always
 * have the same length. */
long day_number(struct day d)
{
	long year = d.month <= 2 ? d.year - 1 : d.year;
	long era = (year >= 0 ? year : year - 399) / 400;
	long of_era = year - era * 400;
	long of_year = (153 * ((d.month + 9) % 12) + 2) / 5 + d.day - 1;

	return era * DAYS_OF_400_YEARS + of_era * 365 + of_era / 4 -
		of_era / 100 + of_year - DAYS_TO_1970;
}

struct day day_of_number(long number)
{
	long n = number + DAYS_TO_1970;
	long era = (n >= 0 ? n : n - DAYS_OF_400_YEARS + 1) /
		DAYS_OF_400_YEARS;
	long of_era = n - era * DAYS_OF_400_YEARS;
	long year = (of_era - of_era / 1460 + of_era / 36524 -
		of_era / 146096) / 365;
	long of_year = of_era - (365 * year + year / 4 - year / 100);
	long month = (5 * of_year + 2) / 153;
	struct day d = { .day = (int)(of_year - (153 * month + 2) / 5 + 1),
		.month = (int)(month < 10 ? month + 3 : month - 9) };

	d.year = (int)(year + era * 400 + (d.month <= 2));
	return d;
}

int day_weekday(long number)
{
	return (int)(((number + 3) % 7 + 7) % 7);
}

struct day day_of_ms(int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	localtime_r(&seconds, &tm);
	return (struct day){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
}

bool day_parse(const char *text, struct day *day)
{
	struct day d, back;
	int end = -1;

	if (strlen(text) != 10 || sscanf(text, "%4d-%2d-%2d%n", &d.year,
			&d.month, &d.day, &end) != 3 || end != 10 ||
			d.year < 1 || d.month < 1 || d.month > 12 ||
			d.day < 1)
		return false;
	back = day_of_number(day_number(d));
	*day = d;
	return back.month == d.month && back.day == d.day;
}

void day_text(struct day d, char text[DAY_TEXT_BYTES])
{
	snprintf(text, DAY_TEXT_BYTES, "%04d-%02d-%02d",
		d.year < 1 ? 1 : d.year > 9999 ? 9999 : d.year,
		(int)((unsigned)d.month % 100), (int)((unsigned)d.day % 100));
}

static const size_t part_bytes[] = { [DAY_WHOLE] = 10, [DAY_MONTH] = 7,
	[DAY_YEAR] = 4 };

bool day_parse_part(const char *text, enum day_part part, struct day *day)
{
	char whole[] = "0000-01-01";
	size_t n = strlen(text);

	if (n != part_bytes[DAY_WHOLE] && n != part_bytes[DAY_MONTH] &&
			n != part_bytes[DAY_YEAR])
		return false;
	if (n < part_bytes[part])
		return false;
	memcpy(whole, text, n);
	if (!day_parse(whole, day))
		return false;
	if (part != DAY_WHOLE)
		day->day = 1;
	if (part == DAY_YEAR)
		day->month = 1;
	return true;
}

void day_text_part(struct day day, enum day_part part,
	char text[DAY_TEXT_BYTES])
{
	day_text(day, text);
	text[part_bytes[part]] = '\0';
}

struct day day_moved(struct day day, enum day_part part, int by)
{
	const struct day first = { 1, 1, 1 }, last = { 9999, 12, 31 };
	long to = part == DAY_WHOLE ? day_number(day) + by :
		day.year * 12L + day.month - 1 +
		(part == DAY_YEAR ? 12L * by : by);

	if (part != DAY_WHOLE)
		to = day_number((struct day){ (int)(to / 12),
			(int)(to % 12) + 1, 1 });
	if (to < day_number(first))
		return first;
	return to > day_number(last) ? last : day_of_number(to);
}
