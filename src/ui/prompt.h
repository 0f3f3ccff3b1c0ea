/*
 * A line from a person, as answers are kept: digits of any script as ASCII,
 * composed, without direction marks and control characters.
 */
#ifndef BAYAZ_UI_PROMPT_H
#define BAYAZ_UI_PROMPT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/str.h"
#include "ui/asker.h"

enum prompt_input {
	PROMPT_END,	/* there is no more, or nobody types */
	PROMPT_LINE,
	PROMPT_BAD,	/* it is no UTF-8 */
};

struct prompt {
	FILE *in, *out;
	const volatile sig_atomic_t *stop;	/* not 0: there is no more; or
						 * NULL */
	int idle_ms;		/* of a terminal: nobody types; 0: never */
	bool is_idle;		/* nobody did: every reading ends at once */
	char *line;		/* the last one read, without its end */
	size_t line_size;
};

/* Shows "> " and reads. */
enum prompt_input prompt_read(struct prompt *prompt);
/* Everything goes from the terminal, and from what was scrolled off it. */
void prompt_blank(struct prompt *prompt);
/* Again until it is not blank; false: the input ended. */
bool prompt_read_text(struct prompt *prompt, const char *question);
/* Append `text` as answers are kept; `keeps_lines`: line breaks stay. */
void prompt_clean(const char *text, bool keeps_lines, struct str *out);

/* Asking with this prompt, which must outlive it. */
struct asker prompt_asker(struct prompt *prompt);
void prompt_release(struct prompt *prompt);	/* wipes the line */

/* Does the line say it, in the person's language or in English?  The first
 * letter is enough. */
bool prompt_says_yes(const char *line);
bool prompt_says_no(const char *line);

#endif
