/* Days, for leafing in a calendar: Gregorian, also before it was. */
#ifndef BAYAZ_UI_CALENDAR_H
#define BAYAZ_UI_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct day { int year, month, day; };		/* month, day from 1 */

enum { DAY_TEXT_BYTES = 11 };			/* YYYY-MM-DD */

/* Days since 1970-01-01, and back. */
long day_number(struct day day);
struct day day_of_number(long number);
int day_weekday(long number);			/* 0: Monday */
/* The local day of a moment. */
struct day day_of_ms(int64_t ms);
/* YYYY-MM-DD, years 1 to 9999; false: that is no day. */
bool day_parse(const char *text, struct day *day);
void day_text(struct day day, char text[DAY_TEXT_BYTES]);

#endif
