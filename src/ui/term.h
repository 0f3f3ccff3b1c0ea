/*
 * The terminal: keys in, pages out; only what changed is sent.  While it is
 * open, nothing else may write to it.  ncurses is known here only.
 */
#ifndef BAYAZ_UI_TERM_H
#define BAYAZ_UI_TERM_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "ui/page.h"

enum key {			/* beyond Unicode */
	KEY_IS_CHAR = 0,	/* key.c */
	KEY_IS_GONE,		/* no terminal any more, or told to stop */
	KEY_IS_IDLE,		/* nothing for so long */
	KEY_IS_SIZE,		/* another size */
	KEY_IS_HIDE,		/* Esc */
	KEY_IS_ENTER, KEY_IS_TAB, KEY_IS_UP, KEY_IS_DOWN, KEY_IS_LEFT,
	KEY_IS_RIGHT, KEY_IS_HOME, KEY_IS_END, KEY_IS_PAGE_UP,
	KEY_IS_PAGE_DOWN, KEY_IS_BACKSPACE, KEY_IS_DELETE, KEY_IS_HELP,
	KEY_IS_CONTROL,		/* with the letter key.c, 'a' to 'z' */
	KEY_IS_OTHER
};

struct keystroke {
	enum key key;
	uint32_t c;
	bool is_pasted;
};

struct term;

struct term_options {
	enum bidi bidi;
	bool no_colour, high_contrast;
	const volatile sig_atomic_t *stop;	/* not 0: KEY_IS_GONE; or NULL */
	int idle_ms;			/* 0: never KEY_IS_IDLE */
};

/* Is there one that a screen can be shown on? */
bool term_is_possible(void);
/* ERR_IO: there is none, or it is dumb. */
struct term *term_open(const struct term_options *options, struct err *err)
	MUST_CHECK;
/* Puts it back as it was; nothing of ours stays in it.  NULL is fine. */
void term_close(struct term *term);

/* From now on; 0: never KEY_IS_IDLE. */
void term_set_idle(struct term *term, int idle_ms);

int term_columns(const struct term *term);
int term_rows(const struct term *term);
enum bidi term_bidi(const struct term *term);

/* One, waiting for it. */
struct keystroke term_key(struct term *term);
/* Is another there already?  (Then what comes of it may be shown together.) */
bool term_has_key(struct term *term);

/* Show `head` rows at the top, `foot` at the bottom, and between them what
 * fits of `body` around its focus.  *top is the first row of the body that is
 * shown, kept from one time to the next. */
void term_show(struct term *term, const struct page *head,
	const struct page *body, const struct page *foot, size_t *top);

/* Everything away: screen, what was scrolled off it, and the title. */
void term_blank(struct term *term);
/* Send all of it anew with the next showing. */
void term_redraw(struct term *term);
void term_beep(struct term *term);

#endif
