/*
 * How something is asked of the person in passing (today's date, who
 * interviews, why a record was changed), whatever shows the interview.
 */
#ifndef BAYAZ_UI_ASKER_H
#define BAYAZ_UI_ASKER_H

#include <stdbool.h>

struct asker {
	/* The answer, not blank, cleaned as prompt.h says and borrowed until
	 * the next question; NULL: the input ended. */
	const char *(*ask)(void *data, const char *question);
	/* A line to be read before the next question. */
	void (*tell)(void *data, const char *text);
	void *data;
};

#endif
