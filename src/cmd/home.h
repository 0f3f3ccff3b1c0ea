/*
 * Home: what `bayaz` alone shows.  Forms, interviews that were begun, what is
 * ready, sent and received, what the coordinator asks; everything from there by
 * arrows and letters, on the screen or line by line.
 */
#ifndef BAYAZ_CMD_HOME_H
#define BAYAZ_CMD_HOME_H

#include "base/vec.h"
#include "cmd/interviewing.h"
#include "crypt/crypt.h"
#include "ui/panel.h"

struct home_form;
/* What a question is called; place: its path. */
struct home_label { int64_t form; char *place, *text; };

struct home {
	const struct cmd_args *args;
	char *folder;			/* of the workspace */
	struct interviewing iv;		/* iv.ws: the workspace, while it is open */
	struct field_clock clock;
	struct term_options screen;
	struct prompt prompt;
	struct panel panel;
	char *note;			/* for the bottom, once */
	bool is_training;		/* the whole project is */
	struct str asked;		/* the answer to a question in passing */
	VEC(struct home_form *) forms;	/* open while a list is made */
	VEC(struct home_label) labels;	/* of the questions where drafts are */
};

void home_say(struct home *h, const char *format, ...) PRINTF_LIKE(2, 3);
/* The same with what went wrong; `err` is cleared. */
void home_say_err(struct home *h, struct err *err);

/* Run another command here; argv ends with NULL.  What it prints is shown under
 * `title` (NULL: only if it fails, or in lines). */
bool home_run(struct home *h, const char *title, const char *const argv[]);
/* A secret for a command, as the path of a file that it reads; never on a disk.
 * Close *fd afterwards.  NULL: it could not be made. */
char *home_secret_path(const struct str *secret, int *fd);

/* --- what is shown: home_list.c --- */

enum home_kind { HOME_NOTHING, HOME_ASKED, HOME_RECORD, HOME_FORM, HOME_STATE };

struct home_entry {
	enum home_kind kind;
	int64_t id;			/* row: of the record or the form */
	enum record_state state;
	char name[SHA256_HEX_BYTES];	/* of a question */
};

struct home_list {
	struct pick_lines lines;
	struct { struct home_entry *items; size_t n, cap; } entries; /* as lines */
	size_t n_ready, n_forms;
};

/* All of it; false: err. */
bool home_list_make(struct home *h, struct home_list *list, struct err *err)
	MUST_CHECK;
/* The records in this state. */
bool home_list_state(struct home *h, enum record_state state,
	struct home_list *list, struct err *err) MUST_CHECK;
/* The forms, to choose one. */
bool home_list_forms(struct home *h, struct home_list *list, struct err *err)
	MUST_CHECK;
void home_list_release(struct home_list *list);
/* Labels that were kept go, before others see the screen or it is hidden. */
void home_forget_labels(struct home *h);
/* "3 records are ready to be packed" ... */
char *home_state_text(enum record_state state, size_t n);

/* --- files: home_places.c --- */

/* A folder to write to: sticks first, then one that is typed.  NULL: left. */
char *home_choose_folder(struct home *h, const char *title);
/* A file whose name ends so: those on sticks, in `folder` (or NULL) and in the
 * usual ones, newest first, or one that is typed.  NULL: left. */
char *home_choose_file(struct home *h, const char *title, const char *suffix,
	const char *folder);

/* --- the first start: home_first.c --- */

/* Three screens that lead to a workspace; false: `err`, or left (ERR_NONE). */
bool home_first(struct home *h, struct err *err) MUST_CHECK;
/* Join a project, or take a newer kit of it. */
void home_join(struct home *h);

#endif
