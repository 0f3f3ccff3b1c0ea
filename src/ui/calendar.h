/* Days, for leafing in a calendar: Gregorian, also before it was. */
#ifndef BAYAZ_UI_CALENDAR_H
#define BAYAZ_UI_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct day { int year, month, day; };		/* month, day from 1 */

enum { DAY_TEXT_BYTES = 11 };			/* YYYY-MM-DD */

/* How much of a date is asked for.  What is not is the first: of the year,
 * January 1, as ODK keeps it. */
enum day_part { DAY_WHOLE, DAY_MONTH, DAY_YEAR };

/* Days since 1970-01-01, and back. */
long day_number(struct day day);
struct day day_of_number(long number);
int day_weekday(long number);			/* 0: Monday */
/* The local day of a moment. */
struct day day_of_ms(int64_t ms);
/* YYYY-MM-DD, years 1 to 9999; false: that is no day. */
bool day_parse(const char *text, struct day *day);
void day_text(struct day day, char text[DAY_TEXT_BYTES]);
/* The same of YYYY-MM-DD, YYYY-MM, YYYY.  A longer one is taken, and cut. */
bool day_parse_part(const char *text, enum day_part part, struct day *day);
void day_text_part(struct day day, enum day_part part,
	char text[DAY_TEXT_BYTES]);
/* So many days, months or years on, within the years that can be written. */
struct day day_moved(struct day day, enum day_part part, int by);

#endif
