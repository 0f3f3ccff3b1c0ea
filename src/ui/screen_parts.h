/* What the files of screen.h share. */
#ifndef BAYAZ_UI_SCREEN_PARTS_H
#define BAYAZ_UI_SCREEN_PARTS_H

#include "ui/course.h"
#include "ui/editor.h"
#include "ui/panel.h"
#include "ui/screen.h"
#include "ui/term.h"

struct screen;

/* What came of a key. */
enum taken {
	TAKEN_NOT,		/* it is nothing for this control */
	TAKEN_HERE,		/* it stays */
	TAKEN_ANSWER,		/* what is there now is the answer; go on */
	TAKEN_NEXT,		/* go on, with or without an answer */
};

/* A way to answer.  One file each: screen_KIND.c. */
struct control_kind {
	void (*begin)(struct screen *s, const struct step *step);
	void (*draw)(struct screen *s, const struct step *step);
	enum taken (*key)(struct screen *s, const struct step *step,
		struct keystroke key);
	/* As course_answer() takes it; false: nothing to be answered. */
	bool (*typed)(struct screen *s, const struct step *step,
		struct str *out);
	/* Has something been changed that is not answered yet? */
	bool (*is_touched)(const struct screen *s);
	const char *(*keys)(const struct screen *s);	/* for the bottom */
	/* Once the question is shown and nobody types yet; or NULL. */
	void (*idle)(struct screen *s);
};

extern const struct control_kind control_text, control_choice, control_range,
	control_trigger, control_note, control_repeat;

/* How choices lie on the screen. */
enum layout {
	LAYOUT_LIST,		/* one below the other */
	LAYOUT_ROW,		/* side by side */
	LAYOUT_TABLE		/* in columns, a row for each question */
};

/* Of the choices those that match what was typed. */
struct choosing {
	struct choices choices;		/* held: who else asks for those of
					 * this question takes the session's */
	bool *is_on;			/* per choice; rank: unused */
	size_t *order;			/* rank: choices in their order */
	size_t *found, n_found;		/* indices of those that are shown */
	char *folded;			/* labels and codes, for the search */
	size_t *folded_at;
	struct editor filter;
	bool is_filtering, is_several, is_rank, is_touched, is_grabbed;
	size_t at;			/* index into found */
	bool has_cursor;		/* one of several begins without: Enter
					 * alone must not choose */
	char digits[8];			/* of the number being typed */
	enum layout layout;		/* as it was drawn last */
};

void choosing_release(struct choosing *choosing);

/* Typed at a question and no answer: there again when somebody comes back. */
struct pending { uint32_t node; char *text; };

struct screen {
	struct course c;
	struct term *term;
	struct page head, body, foot;
	size_t top;
	const struct control_kind *control;	/* of this stop; NULL: the end */
	uint32_t control_node;		/* for which it was begun */
	const struct xf_control *control_of;
	uint64_t revision;		/* of the record, when it was begun:
					 * choices may be others then */
	struct editor editor;
	/* A file that was looked for, and how the editor has its path: names may
	 * hold what is cleaned from a text. */
	struct { char *path; struct str shown; } picked;
	struct choosing choosing;
	bool is_confirmed;			/* a trigger, just now */
	double range_value;
	bool range_is_set, range_is_touched;
	size_t repeat_at;		/* row of the table */
	struct { struct pending *items; size_t n, cap; } pending;
	bool is_warned;			/* once more, and it is left so */
	char *error;			/* beside the question; or NULL */
	struct str asked;		/* the answer to a question in passing */
	char *note;			/* at the bottom, until the next key */
	uint32_t letter;		/* a command given in a list: run next; 0 */
	bool may_copy;			/* for a viewer: it was asked */
	bool is_zoomed;
	bool is_over;
	enum interview_end end;
};

/* One key, for whoever has the screen now.  Hiding, a lost terminal and idling
 * are seen to here: then is_over, and the key is none. */
struct keystroke screen_key(struct screen *s);
/* It came to this elsewhere. */
void screen_left(struct screen *s, enum panel_over over);
/* Empty pages, of the terminal's size and the form's direction. */
void screen_begin(struct screen *s);
/* Build and show the question that stands now. */
void screen_draw(struct screen *s);
/* What was typed here before and is no answer yet; NULL: nothing. */
const char *screen_pending(const struct screen *s, const struct node *n);
/* All of it, when the nodes are others. */
void screen_drop_pending(struct screen *s);
/* The control begins anew, from what the record says. */
void screen_forget(struct screen *s);
bool screen_is_rtl(const struct screen *s);
void screen_say(struct screen *s, const char *format, ...) PRINTF_LIKE(2, 3);
void screen_quiet(struct screen *s);		/* it was said */
/* What went wrong, beside the question; `err` is cleared.  False if nothing can
 * go on: is_over. */
bool screen_error(struct screen *s, struct err *err);

/* A form's text with its Markdown, into the body. */
void screen_rich(struct screen *s, struct node *context,
	const struct xf_text *text, unsigned look);

/* Beside the question: hint, what is wrong, comment. */
void screen_draw_beside(struct screen *s, const struct step *step);
/* What stands for a choice, marked if it is not translated; free() it. */
char *screen_choice_text(const struct screen *s, const struct choice *choice);

/* --- questions with the same choices, as a table --- */

/* The step after those, from `from` on, that belong into one; `from`: none. */
size_t screen_grid_end(struct screen *s, size_t from, size_t to);
/* Draw it; false, and nothing drawn: it does not fit, or the choices differ. */
bool screen_grid_draw(struct screen *s, size_t from, size_t end);

/* --- below the text of a date: a calendar, the months, the years --- */

void screen_date_draw(struct screen *s, const struct step *step);
/* False: that key is nothing for it. */
bool screen_date_key(struct screen *s, const struct step *step,
	struct keystroke key);
const char *screen_date_keys(const struct screen *s);	/* NULL: no date */

/* --- things that take the screen for a while --- */

/* A file for a question, looked for in folders: its path, wipe_free() it; NULL:
 * none. */
char *screen_browse(struct screen *s, const struct xf_control *control);

/* One of several lines; false: left.  *at is where it begins and what was
 * chosen. */
bool screen_pick(struct screen *s, const char *title,
	const struct pick_lines *lines, size_t *at);
/* A line of text; false: left (s->letter: to save and stop; then what was typed
 * is there all the same).  str_wipe() it. */
bool screen_type(struct screen *s, const char *question, const char *before,
	struct str *out);
bool screen_asks(struct screen *s, const char *question);
void screen_tell(struct screen *s, const char *title, const char *text);
void screen_help(struct screen *s);

/* Commands by letter; false: err. */
bool screen_command(struct screen *s, uint32_t letter, struct err *err)
	MUST_CHECK;
/* Which letter a control key stands for; 0: none. */
uint32_t screen_letter(uint32_t control);
/* The menu of letters; 0: left; ':' again: it was meant as a text. */
uint32_t screen_menu(struct screen *s);

/* To the first thing that is missing or wrong, and how many there are. */
bool screen_check(struct screen *s, size_t *n, struct err *err) MUST_CHECK;
/* The end: what is missing, finish, or go back. */
bool screen_end(struct screen *s, struct err *err) MUST_CHECK;

#endif
