/*
 * Today's date, asked of the worker when the clock cannot be right.
 */
#ifndef BAYAZ_UI_TODAY_H
#define BAYAZ_UI_TODAY_H

#include <stdbool.h>

#include "base/err.h"
#include "field/clock.h"
#include "ui/asker.h"

/* Ask, once a session, if the clock is doubtful or has jumped.  True: it may be
 * believed now (clock->is_given: the worker said so).  False: `err`, or the
 * input ended (ERR_NONE). */
bool today_check(struct workspace *ws, struct field_clock *clock,
	const struct asker *asker, struct err *err) MUST_CHECK;

#endif
