#include "config.h"

#include "ui/lock.h"

#include <stdio.h>
#include <time.h>

#include "base/gettext.h"
#include "base/str.h"
#include "field/workspace.h"
#include "ui/calendar.h"
#include "ui/editor.h"
#include "ui/language.h"

struct lock {
	struct term *term;
	struct page head, body, foot;
	size_t top;
	struct editor editor;
	bool needs_passphrase;
	const char *label, *complaint;
};

static void draw_month(struct page *page)
{
	struct day today = day_of_ms((int64_t)time(NULL) * 1000);
	struct day first = { today.year, today.month, 1 };
	long from = day_number(first), d = from - day_weekday(from);
	char text[40];

	snprintf(text, sizeof text, "%04d-%02d", today.year, today.month);
	page_line(page, text, LOOK_DIM);
	do {
		for (int i = 0; i < 7; i++, d++) {
			struct day at = day_of_number(d);

			snprintf(text, sizeof text, "%3d", at.day);
			page_text(page, at.month == today.month ? text : "   ",
				at.month == today.month && at.day == today.day ?
				LOOK_BOLD : 0);
		}
		page_end(page);
	} while (day_of_number(d).month == today.month);
}

static void show(struct lock *l)
{
	struct page *pages[] = { &l->head, &l->body, &l->foot };

	for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
		page_clear(pages[i]);
		pages[i]->columns = term_columns(l->term);
		pages[i]->bidi = term_bidi(l->term);
		pages[i]->is_rtl = language_of_program_is_rtl();
	}
	l->body.indent = 2;
	page_end(&l->body);
	draw_month(&l->body);
	page_end(&l->body);
	if (l->complaint != NULL)
		page_line(&l->body, l->complaint, 0);
	if (l->needs_passphrase) {
		if (l->label != NULL)
			page_text(&l->body, l->label, LOOK_DIM);
		page_text(&l->body, "> ", LOOK_DIM);
		editor_draw(&l->editor, &l->body);
	}
	term_show(l->term, &l->head, &l->body, &l->foot, &l->top);
}

/* False: the terminal is gone. */
static bool read_passphrase(struct lock *l, struct str *out)
{
	for (;;) {
		struct keystroke k;

		show(l);
		k = term_key(l->term);
		switch (k.key) {
		case KEY_IS_GONE: return false;
		case KEY_IS_HIDE:
			editor_set(&l->editor, "");
			break;
		case KEY_IS_ENTER:
			for (size_t i = 0; i < l->editor.chars.n; i++)
				str_add_utf8(out, l->editor.chars.items[i]);
			if (out->len > 0 || !l->needs_passphrase)
				return true;
			break;
		case KEY_IS_IDLE: break;
		default: editor_key(&l->editor, k);
		}
	}
}

/* Nobody tries one after another. */
static void pause_after(const char *folder)
{
	struct workspace_tries tries;
	struct err ignored = ERR_INIT;
	struct timespec wait = { 0, 0 };

	if (!workspace_tries(folder, &tries, &ignored)) {
		err_clear(&ignored);
		return;
	}
	wait.tv_sec = workspace_wait_s(&tries);
	if (wait.tv_sec > 0)
		nanosleep(&wait, NULL);
}

struct workspace *lock_wait(struct term *term, const char *folder,
	const char *label, struct err *err)
{
	struct lock l = { .term = term, .label = label };
	struct workspace *ws = NULL;
	struct str typed = STR_INIT;

	l.editor.is_masked = true;
	term_blank(term);
	if (!workspace_needs_passphrase(folder, &l.needs_passphrase, err))
		return NULL;
	while (ws == NULL && read_passphrase(&l, &typed)) {
		ws = workspace_open(folder, l.needs_passphrase ? typed.data :
			NULL, err);
		str_wipe(&typed);
		editor_release(&l.editor);
		if (ws != NULL)
			break;
		if (err->code != ERR_CRYPTO)
			break;
		err_clear(err);
		l.complaint = _("that is not it");
		show(&l);		/* before the pause, which may be long */
		pause_after(folder);
	}
	editor_release(&l.editor);
	page_release(&l.head);
	page_release(&l.body);
	page_release(&l.foot);
	return ws;
}
