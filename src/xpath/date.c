#include "config.h"

#include "xpath/date.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Source: the usual arithmetic with years that begin in March, so that the
 * leap day is the last day of a year; eras of 400 years have 146097 days. */
int64_t date_to_days(struct date date)
{
	int64_t year = date.month > 2 ? date.year : (int64_t)date.year - 1;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t of_era = year - era * 400;
	int64_t month = (date.month + 9) % 12;		/* March is 0 */
	int64_t of_year = (153 * month + 2) / 5 + date.day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
		of_year - 719468;
}

struct date date_from_days(int64_t days)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int64_t of_era = shifted - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 -
		of_era / 146096) / 365;
	int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 -
		year_of_era / 100);
	int64_t month = (5 * of_year + 2) / 153;	/* March is 0 */
	struct date date;

	date.day = (int)(of_year - (153 * month + 2) / 5 + 1);
	date.month = (int)(month < 10 ? month + 3 : month - 9);
	date.year = (int)(year_of_era + era * 400 + (date.month <= 2));
	return date;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool date_is_valid(struct date date)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int last;

	if (date.month < 1 || date.month > 12 || date.day < 1)
		return false;
	last = days[date.month - 1];
	if (date.month == 2 && is_leap(date.year))
		last = 29;
	return date.day <= last;
}

/* --- parsing --- */

static bool digits(const char **at, int n, int *value)
{
	*value = 0;
	for (; n > 0; n--, ++*at) {
		if (**at < '0' || **at > '9')
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return true;
}

static bool parse_date(const char **at, struct date *date)
{
	bool before_christ = **at == '-';

	if (before_christ)
		++*at;
	if (!digits(at, 4, &date->year) || *(*at)++ != '-' ||
	    !digits(at, 2, &date->month) || *(*at)++ != '-' ||
	    !digits(at, 2, &date->day))
		return false;
	if (before_christ)
		date->year = -date->year;
	return date_is_valid(*date);
}

static void parse_fraction(const char **at, struct clock *clock)
{
	int scale = 100;

	for (; **at >= '0' && **at <= '9'; ++*at) {
		clock->ms += (**at - '0') * scale;
		scale /= 10;
	}
}

static bool parse_clock(const char **at, struct clock *clock)
{
	if (!digits(at, 2, &clock->hour) || *(*at)++ != ':' ||
	    !digits(at, 2, &clock->minute))
		return false;
	if (**at == ':') {
		++*at;
		if (!digits(at, 2, &clock->second))
			return false;
		if (**at == '.') {
			++*at;
			if (**at < '0' || **at > '9')
				return false;
			parse_fraction(at, clock);
		}
	}
	return clock->hour < 24 && clock->minute < 60 && clock->second < 60;
}

static bool parse_zone(const char **at, struct date_time *out)
{
	int sign, hours, minutes = 0;

	if (**at == 'Z') {
		++*at;
		out->has_zone = true;
		return true;
	}
	if (**at != '+' && **at != '-')
		return true;
	sign = *(*at)++ == '-' ? -1 : 1;
	if (!digits(at, 2, &hours))
		return false;
	if (**at == ':') {
		++*at;
		if (!digits(at, 2, &minutes))
			return false;
	}
	if (hours > 14 || minutes > 59)
		return false;
	out->has_zone = true;
	out->zone_minutes = sign * (hours * 60 + minutes);
	return true;
}

bool date_parse(const char *text, struct date_time *out)
{
	const char *at = text;

	*out = (struct date_time){ .date = { 1970, 1, 1 } };
	if (at[0] != '\0' && at[1] != '\0' && at[2] == ':') {
		out->has_clock = true;
		return parse_clock(&at, &out->clock) && parse_zone(&at, out) &&
			*at == '\0';
	}
	out->has_date = true;
	if (!parse_date(&at, &out->date))
		return false;
	if (*at == '\0')
		return true;
	if (*at++ != 'T')
		return false;
	out->has_clock = true;
	return parse_clock(&at, &out->clock) && parse_zone(&at, out) &&
		*at == '\0';
}

/* Digits, at least one and at most `most`, and what must follow them. */
static bool copy_digits(const char **at, size_t least, size_t most,
	const char *after, char **to)
{
	size_t n = strspn(*at, "0123456789"), i;

	if (n == 0 || n > most || ((*at)[n] == '\0' ? after[0] != '\0' :
	    strchr(after, (*at)[n]) == NULL))
		return false;
	for (i = n; i < least; i++)
		*(*to)++ = '0';
	memcpy(*to, *at, n);
	*to += n;
	*at += n;
	return true;
}

bool date_parse_loose(const char *text, struct date_time *out)
{
	char strict[80], *to = strict;
	const char *at = text;

	if (date_parse(text, out))
		return true;
	if (!copy_digits(&at, 4, 4, "-", &to))
		return false;
	*to++ = *at++;
	if (!copy_digits(&at, 2, 2, "-", &to))
		return false;
	*to++ = *at++;
	if (!copy_digits(&at, 2, 2, at[strspn(at, "0123456789")] == '\0' ? "" :
	    "T", &to))
		return false;
	if (*at == 'T') {
		*to++ = *at++;
		if (!copy_digits(&at, 2, 2, ":", &to) || strlen(at) > 40)
			return false;
		memcpy(to, at, strlen(at));
		to += strlen(at);
	}
	*to = '\0';
	return date_parse(strict, out);
}

double date_time_to_number(const struct date_time *t, int local_offset)
{
	double minutes, fraction;

	if (!t->has_clock)
		return (double)date_to_days(t->date);
	minutes = t->clock.hour * 60 + t->clock.minute;
	if (t->has_zone)
		minutes += local_offset - t->zone_minutes;
	fraction = (minutes * 60000 + t->clock.second * 1000 + t->clock.ms) /
		86400000.0;
	if (t->has_date)
		return (double)date_to_days(t->date) + fraction;
	return fraction - floor(fraction);
}

/* --- printing --- */

void date_print(struct date date, char text[40])
{
	snprintf(text, 40, "%s%04d-%02d-%02d", date.year < 0 ? "-" : "",
		abs(date.year), date.month, date.day);
}

static void add_clock(struct clock c, int zone_minutes, char *text, size_t size)
{
	int z = abs(zone_minutes);

	if (zone_minutes == 0)
		snprintf(text, size, "%02d:%02d:%02d.%03dZ", c.hour, c.minute,
			c.second, c.ms);
	else
		snprintf(text, size, "%02d:%02d:%02d.%03d%c%02d:%02d", c.hour,
			c.minute, c.second, c.ms, zone_minutes < 0 ? '-' : '+',
			z / 60, z % 60);
}

void date_time_print(int64_t utc_ms, int zone_minutes, char text[40])
{
	int64_t local = utc_ms + (int64_t)zone_minutes * 60000;
	int64_t days = (local >= 0 ? local : local - 86399999) / 86400000;
	int rest = (int)(local - days * 86400000);
	struct clock clock = { rest / 3600000, rest / 60000 % 60,
		rest / 1000 % 60, rest % 1000 };
	char day[40], time[40];

	date_print(date_from_days(days), day);
	add_clock(clock, zone_minutes, time, sizeof time);
	snprintf(text, 40, "%.15sT%.20s", day, time);
}

void clock_print(struct clock clock, int zone_minutes, char text[40])
{
	add_clock(clock, zone_minutes, text, 40);
}
