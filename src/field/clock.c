#include "config.h"

#include "field/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "field/local.h"

#define DAY_S INT64_C(86400)
#define DAY_MS (1000 * DAY_S)
#define MOST_YEARS_S (10 * 366 * DAY_S)

static const char SEEN[] = "seen", KIT_DAY[] = "kit-day";

#ifdef CLOCK_BOOTTIME
#define STEADY_CLOCK CLOCK_BOOTTIME
#else
#define STEADY_CLOCK CLOCK_MONOTONIC
#endif

static int64_t read_clock(clockid_t which)
{
	struct timespec ts;

	clock_gettime(which, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int64_t system_now(void *context)
{
	(void)context;
	return read_clock(CLOCK_REALTIME);
}

static int64_t system_steady(void *context)
{
	(void)context;
	return read_clock(STEADY_CLOCK);
}

static int64_t now_of(const struct field_clock *clock)
{
	return clock->source.now_ms(clock->source.context);
}

static int64_t steady_of(const struct field_clock *clock)
{
	return clock->source.steady_ms(clock->source.context);
}

void field_clock_begin(struct field_clock *clock,
	const struct clock_source *source)
{
	static const struct clock_source ours = { system_now, system_steady,
		NULL };

	memset(clock, 0, sizeof *clock);
	clock->source = source != NULL ? *source : ours;
	clock->began_ms = now_of(clock);
	clock->began_steady_ms = steady_of(clock);
}

int64_t field_clock_now_ms(const struct field_clock *clock)
{
	if (!clock->is_given)
		return now_of(clock);
	return clock->given_ms + steady_of(clock) - clock->given_steady_ms;
}

bool field_clock_jumped(const struct field_clock *clock)
{
	int64_t jump = (now_of(clock) - clock->began_ms) -
		(steady_of(clock) - clock->began_steady_ms);

	return jump > DAY_MS || jump < -DAY_MS;
}

static void print_day(int64_t seconds, bool is_local,
	char date[CLOCK_DATE_BYTES])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (is_local)
		localtime_r(&when, &tm);
	else
		gmtime_r(&when, &tm);
	snprintf(date, CLOCK_DATE_BYTES, "%04u-%02u-%02u",
		(unsigned)(tm.tm_year + 1900) % 10000,
		(unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100);
}

void field_clock_date(const struct field_clock *clock,
	char date[CLOCK_DATE_BYTES])
{
	print_day(field_clock_now_ms(clock) / 1000, true, date);
}

void workspace_use_clock(struct workspace *ws, const struct field_clock *clock)
{
	ws->clock = clock;
}

int64_t field_now_ms(const struct workspace *ws)
{
	return ws != NULL && ws->clock != NULL ? field_clock_now_ms(ws->clock) :
		system_now(NULL);
}

/* --- what was seen --- */

/* 0: nothing was. */
static bool get_moment(struct workspace *ws, const char *name,
	int64_t *seconds, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	*seconds = 0;
	if (!workspace_has_secret(ws, name))
		return true;
	ok = workspace_get_secret(ws, name, &text, err);
	if (ok)
		*seconds = strtoll(text.data, NULL, 10);
	str_release(&text);
	return ok;
}

static bool put_moment(struct workspace *ws, const char *name,
	int64_t seconds, struct err *err)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, seconds);
	if (!workspace_begin_light(ws, err))
		return false;
	if (workspace_put_secret(ws, name, text, strlen(text), err) &&
			workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}

/* What no day can be before: program and kit. */
static bool get_floor(struct workspace *ws, int64_t *seconds, struct err *err)
{
	int64_t kit;

	if (!get_moment(ws, KIT_DAY, &kit, err))
		return false;
	*seconds = kit > BUILD_TIME ? kit : BUILD_TIME;
	return true;
}

bool field_clock_is_doubtful(struct workspace *ws,
	const struct field_clock *clock, bool *doubtful, struct err *err)
{
	int64_t floor, seen, now = field_clock_now_ms(clock) / 1000;

	if (!get_floor(ws, &floor, err) || !get_moment(ws, SEEN, &seen, err))
		return false;
	*doubtful = now + DAY_S < (seen > floor ? seen : floor);
	return true;
}

bool field_clock_last_seen(struct workspace *ws, char date[CLOCK_DATE_BYTES],
	struct err *err)
{
	int64_t seen;

	date[0] = '\0';
	if (!get_moment(ws, SEEN, &seen, err))
		return false;
	if (seen != 0)
		print_day(seen, true, date);
	return true;
}

bool field_clock_note_seen(struct workspace *ws,
	const struct field_clock *clock, struct err *err)
{
	return put_moment(ws, SEEN, field_clock_now_ms(clock) / 1000, err);
}

/* --- dates --- */

/* "2026-11-26" and nothing else; the day must be one. */
static bool parse_day(const char *date, struct tm *tm)
{
	char again[CLOCK_DATE_BYTES];
	int year, month, day, n = 0;
	struct tm utc;

	if (strlen(date) != CLOCK_DATE_BYTES - 1 || sscanf(date,
			"%4d-%2d-%2d%n", &year, &month, &day, &n) != 3 ||
			n != CLOCK_DATE_BYTES - 1)
		return false;
	memset(tm, 0, sizeof *tm);
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	tm->tm_isdst = -1;
	utc = *tm;
	print_day(timegm(&utc), false, again);
	return strcmp(again, date) == 0;
}

static int64_t day_start(const struct tm *tm)
{
	struct tm copy = *tm;

	return (int64_t)timegm(&copy);
}

bool field_clock_note_kit(struct workspace *ws, const char *date,
	struct err *err)
{
	int64_t before;
	struct tm tm;

	if (!parse_day(date, &tm))
		return true;	/* a kit without a date tells nothing */
	if (!get_moment(ws, KIT_DAY, &before, err))
		return false;
	return day_start(&tm) <= before ||
		put_moment(ws, KIT_DAY, day_start(&tm), err);
}

/* That day, at the time of day that the clock shows. */
static void take_day(struct field_clock *clock, struct tm day,
	const char *date)
{
	int64_t now_ms = now_of(clock);
	time_t now = (time_t)(now_ms / 1000);
	struct tm here;

	localtime_r(&now, &here);
	day.tm_hour = here.tm_hour;
	day.tm_min = here.tm_min;
	day.tm_sec = here.tm_sec;
	clock->given_ms = (int64_t)mktime(&day) * 1000;
	clock->given_steady_ms = steady_of(clock);
	clock->is_given = true;
	snprintf(clock->date, sizeof clock->date, "%s", date);
}

static enum clock_answer judge(const struct tm *day, int64_t floor,
	int64_t seen, bool is_sure)
{
	int64_t start = day_start(day);

	if (start + DAY_S < floor - floor % DAY_S)
		return CLOCK_BEFORE_PROGRAM;
	if (start > BUILD_TIME + MOST_YEARS_S)
		return CLOCK_TOO_LATE;
	if (!is_sure && start + DAY_S < seen - seen % DAY_S)
		return CLOCK_BEFORE_SEEN;
	return CLOCK_TAKEN;
}

bool field_clock_give(struct workspace *ws, struct field_clock *clock,
	const char *date, bool is_sure, enum clock_answer *answer,
	struct err *err)
{
	int64_t floor, seen;
	struct tm day;

	*answer = CLOCK_NO_DATE;
	if (!parse_day(date, &day))
		return true;
	if (!get_floor(ws, &floor, err) || !get_moment(ws, SEEN, &seen, err))
		return false;
	*answer = judge(&day, floor, seen, is_sure);
	if (*answer == CLOCK_TAKEN)
		take_day(clock, day, date);
	return true;
}
