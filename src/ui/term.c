#include "config.h"

#include "ui/term.h"

#include <curses.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"

enum {
	ESCAPE_MS = 50,		/* keys that begin with Esc come faster */
	PASTE_BEGINS = 700, PASTE_ENDS,		/* keys of ours */
	PAIR_ERROR = 1, PAIR_GOOD, PAIR_TITLE
};

/* What came: a character, or a key by its name in ncurses. */
struct input {
	enum { INPUT_NONE, INPUT_CHAR, INPUT_FUNCTION } kind;
	uint32_t c;
};

struct term {
	struct term_options options;
	SCREEN *screen;
	bool has_colour, is_pasting;
	struct input ahead;		/* was looked at, and comes next */
	char bytes[5];			/* of a character, until it is whole */
	size_t n_bytes;
};

bool term_is_possible(void)
{
	const char *name = getenv("TERM");

	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
		name != NULL && name[0] != '\0' && strcmp(name, "dumb") != 0;
}

static void send(const char *sequence)
{
	fputs(sequence, stdout);
	fflush(stdout);
}

/* Does it take the sequences of xterm?  Others print them. */
static bool is_xterm_like(void)
{
	const char *name = getenv("TERM");

	return name != NULL && (strncmp(name, "xterm", 5) == 0 ||
		strncmp(name, "tmux", 4) == 0 || strncmp(name, "vte", 3) == 0 ||
		strncmp(name, "rxvt", 4) == 0 || strncmp(name, "mlterm", 6) == 0 ||
		strncmp(name, "konsole", 7) == 0 ||
		strncmp(name, "screen", 6) == 0 ||
		strncmp(name, "gnome", 5) == 0);
}

static void set_up_colours(struct term *t)
{
	t->has_colour = !t->options.no_colour && !t->options.high_contrast &&
		has_colors();
	if (!t->has_colour)
		return;
	start_color();
	use_default_colors();
	init_pair(PAIR_ERROR, COLOR_RED, -1);
	init_pair(PAIR_GOOD, COLOR_GREEN, -1);
	init_pair(PAIR_TITLE, COLOR_CYAN, -1);
}

struct term *term_open(const struct term_options *options, struct err *err)
{
	struct term *t;
	SCREEN *screen;

	/* What is shown is UTF-8, whatever the environment says. */
	if (MB_CUR_MAX < 4 && setlocale(LC_CTYPE, "C.UTF-8") == NULL) {
		err_set(err, ERR_IO, _("this system has no UTF-8 locale: use "
			"'--lines'"));
		return NULL;
	}
	screen = term_is_possible() ? newterm(NULL, stdout, stdin) : NULL;
	if (screen == NULL) {
		err_set(err, ERR_IO, _("no full screen can be shown on this "
			"terminal: use '--lines'"));
		return NULL;
	}
	t = xcalloc(1, sizeof *t);
	t->options = *options;
	t->screen = screen;
	set_term(screen);
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	meta(stdscr, TRUE);
	set_escdelay(ESCAPE_MS);
	set_up_colours(t);
	if (is_xterm_like()) {
		define_key("\033[200~", PASTE_BEGINS);
		define_key("\033[201~", PASTE_ENDS);
		/* keep the title, show a neutral one; mark what is pasted */
		send("\033[22;2t\033]2;bayaz\a\033[?2004h");
		if (options->bidi == BIDI_OURS)
			send("\033[8l");	/* the order is ours */
	}
	return t;
}

void term_close(struct term *t)
{
	if (t == NULL)
		return;
	erase();
	refresh();
	if (is_xterm_like()) {
		send("\033[?2004l\033[23;2t");
		if (t->options.bidi == BIDI_OURS)
			send("\033[8h");
	}
	endwin();
	delscreen(t->screen);
	wipe(t, sizeof *t);
	free(t);
}

void term_set_idle(struct term *t, int idle_ms)
{
	t->options.idle_ms = idle_ms;
}

int term_columns(const struct term *t)
{
	(void)t;
	return COLS;
}

int term_rows(const struct term *t)
{
	(void)t;
	return LINES;
}

enum bidi term_bidi(const struct term *t)
{
	return t->options.bidi;
}

/* --- keys --- */

static struct keystroke keystroke(enum key key)
{
	return (struct keystroke){ .key = key };
}

static struct keystroke from_function(uint32_t c)
{
	static const struct { uint32_t code; enum key key; } keys[] = {
		{ KEY_ENTER, KEY_IS_ENTER }, { KEY_UP, KEY_IS_UP },
		{ KEY_DOWN, KEY_IS_DOWN }, { KEY_LEFT, KEY_IS_LEFT },
		{ KEY_RIGHT, KEY_IS_RIGHT }, { KEY_HOME, KEY_IS_HOME },
		{ KEY_END, KEY_IS_END }, { KEY_PPAGE, KEY_IS_PAGE_UP },
		{ KEY_NPAGE, KEY_IS_PAGE_DOWN },
		{ KEY_BACKSPACE, KEY_IS_BACKSPACE }, { KEY_DC, KEY_IS_DELETE },
		{ KEY_RESIZE, KEY_IS_SIZE }, { KEY_F(1), KEY_IS_HELP },
		{ KEY_F(2), KEY_IS_TAB }
	};

	/* what a terminal keeps of the screen then, nobody knows */
	if (c == KEY_RESIZE)
		clearok(stdscr, TRUE);
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (keys[i].code == c)
			return keystroke(keys[i].key);
	return keystroke(KEY_IS_OTHER);
}

/* --- what comes in --- */

/* Marks of what is pasted are no keys. */
static bool take_mark(struct term *t, int code)
{
	if (code != PASTE_BEGINS && code != PASTE_ENDS)
		return false;
	t->is_pasting = code == PASTE_BEGINS;
	return true;
}

static size_t char_bytes(unsigned char first)
{
	return first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
}

/* One more byte: true once it makes a character.  What is no UTF-8 is left
 * out. */
static bool add_byte(struct term *t, unsigned char byte, uint32_t *c)
{
	const char *at = t->bytes;
	size_t n;

	if ((byte & 0xC0) != 0x80)
		t->n_bytes = 0;
	t->bytes[t->n_bytes++] = (char)byte;
	n = char_bytes((unsigned char)t->bytes[0]);
	if (t->n_bytes < n)
		return false;
	t->bytes[n] = '\0';
	t->n_bytes = 0;
	if (byte != 0 && !utf8_is_valid(at, n))
		return false;
	*c = utf8_next(&at);
	return true;
}

/* The next character or key of terminfo, within that time.  Bytes are put
 * together here: get_wch() loses those of a character whose others are still
 * to come. */
static struct input read_input(struct term *t, int wait_ms)
{
	struct input in = t->ahead;

	t->ahead = (struct input){ INPUT_NONE, 0 };
	timeout(wait_ms);
	while (in.kind == INPUT_NONE) {
		int got = getch();

		if (got == ERR)
			break;
		if (got > 0xFF && !take_mark(t, got))
			in = (struct input){ INPUT_FUNCTION, (uint32_t)got };
		else if (got <= 0xFF &&
				add_byte(t, (unsigned char)got, &in.c))
			in.kind = INPUT_CHAR;
	}
	return in;
}

/* A key that terminfo does not know comes as Esc and more: it is none, and
 * surely no Esc. */
static struct keystroke after_escape(struct term *t)
{
	struct input in = read_input(t, 0);

	if (in.kind == INPUT_CHAR && (in.c == '[' || in.c == 'O')) {
		do {
			in = read_input(t, 0);
		} while (in.kind == INPUT_CHAR && !(in.c >= 0x40 &&
			in.c <= 0x7E));
		return keystroke(KEY_IS_OTHER);
	}
	t->ahead = in;
	return keystroke(KEY_IS_HIDE);
}

static struct keystroke from_char(struct term *t, uint32_t c)
{
	struct keystroke k = { .key = KEY_IS_CHAR, .c = c,
		.is_pasted = t->is_pasting };

	if (t->is_pasting)
		k.c = c == '\r' ? '\n' : k.c;
	else if (c == 27)
		return after_escape(t);
	else if (c == '\r' || c == '\n')
		k.key = KEY_IS_ENTER;
	else if (c == '\t')
		k.key = KEY_IS_TAB;
	else if (c == 8 || c == 127)
		k.key = KEY_IS_BACKSPACE;
	else if (c >= 1 && c <= 26)
		k = (struct keystroke){ .key = KEY_IS_CONTROL,
			.c = c - 1 + 'a' };
	else if (c < 32)
		k.key = KEY_IS_OTHER;
	return k;
}

static bool is_told_to_stop(const struct term *t)
{
	return t->options.stop != NULL && *t->options.stop != 0;
}

struct keystroke term_key(struct term *t)
{
	enum { TICK_MS = 1000 };
	int waited = 0;

	for (;;) {
		struct input in;

		if (is_told_to_stop(t))
			return keystroke(KEY_IS_GONE);
		in = read_input(t, TICK_MS);
		/* a paste is text, whatever keys it may spell */
		if (in.kind == INPUT_FUNCTION && t->is_pasting &&
				in.c != KEY_RESIZE)
			continue;
		if (in.kind == INPUT_FUNCTION)
			return from_function(in.c);
		if (in.kind == INPUT_CHAR)
			return from_char(t, in.c);
		if (!isatty(STDIN_FILENO))
			return keystroke(KEY_IS_GONE);
		waited += TICK_MS;
		t->is_pasting = false;	/* its end was lost: Esc must hide */
		if (t->options.idle_ms > 0 && waited >= t->options.idle_ms)
			return keystroke(KEY_IS_IDLE);
	}
}

bool term_has_key(struct term *t)
{
	t->ahead = read_input(t, 0);
	return t->ahead.kind != INPUT_NONE;
}

/* --- pages --- */

static attr_t attributes(const struct term *t, unsigned look, short *pair)
{
	attr_t a = A_NORMAL;

	*pair = 0;
	if (look & LOOK_BOLD || look & LOOK_TITLE || t->options.high_contrast)
		a |= A_BOLD;
	if (look & LOOK_DIM && !t->options.high_contrast)
		a |= A_DIM;
	if (look & LOOK_REVERSE)
		a |= A_REVERSE;
	if (look & LOOK_UNDERLINE)
		a |= A_UNDERLINE;
	if (look & LOOK_ERROR) {
		a |= A_BOLD;
		*pair = PAIR_ERROR;
	} else if (look & LOOK_GOOD) {
		*pair = PAIR_GOOD;
	} else if (look & LOOK_TITLE) {
		*pair = PAIR_TITLE;
	}
	if (!t->has_colour)
		*pair = 0;
	return a;
}

static void draw_row(struct term *t, int y, const struct row *row)
{
	int x = row->x;

	for (size_t i = 0; i < row->cells.n && x < COLS; i++) {
		const struct cell *c = &row->cells.items[i];
		wchar_t text[CELL_CHARS + 1] = { 0 };
		cchar_t out;
		short pair;
		attr_t a = attributes(t, c->look, &pair);

		for (unsigned k = 0; k < c->n_chars; k++)
			text[k] = (wchar_t)c->chars[k];
		if (setcchar(&out, text, a, pair, NULL) == OK)
			mvadd_wch(y, x, &out);
		x += c->width;
	}
}

static void draw(struct term *t, const struct page *page, size_t from,
	int y, int n, int *cursor_y, int *cursor_x)
{
	for (int i = 0; i < n && from + (size_t)i < page->rows.n; i++) {
		const struct row *row = &page->rows.items[from + (size_t)i];

		draw_row(t, y + i, row);
		if (row->cursor_x >= 0) {
			*cursor_y = y + i;
			*cursor_x = row->cursor_x;
		}
	}
}

/* The row of the cursor; the first of the focus, if there is none. */
static size_t cursor_row(const struct page *body)
{
	for (size_t i = 0; i < body->rows.n; i++)
		if (body->rows.items[i].cursor_x >= 0)
			return i;
	return body->focus;
}

/* Where the body is looked at: the focus as a whole, if it can be, else what is
 * around the cursor. */
static void scroll_to(const struct page *body, size_t room, size_t *top)
{
	size_t row = cursor_row(body);

	if (body->focus_end > *top + room)
		*top = body->focus_end - room;
	if (body->focus < *top)
		*top = body->focus;
	if (row >= *top + room)
		*top = row - room + 1;
	if (*top + room > body->rows.n)
		*top = body->rows.n > room ? body->rows.n - room : 0;
}

void term_show(struct term *t, const struct page *head,
	const struct page *body, const struct page *foot, size_t *top)
{
	int n_head = (int)head->rows.n, n_foot = (int)foot->rows.n;
	int room = LINES - n_head - n_foot, y = -1, x = 0;

	erase();
	scroll_to(body, (size_t)(room > 0 ? room : 1), top);
	draw(t, head, 0, 0, n_head, &y, &x);
	draw(t, body, *top, n_head, room, &y, &x);
	draw(t, foot, 0, LINES - n_foot, n_foot, &y, &x);
	curs_set(y >= 0);
	if (y >= 0)
		move(y, x);
	refresh();
}

void term_blank(struct term *t)
{
	(void)t;
	erase();
	clearok(stdscr, TRUE);
	refresh();
	if (is_xterm_like())
		send("\033[3J\033]2;\a");
	else if (getenv("TERM") != NULL &&
			strncmp(getenv("TERM"), "linux", 5) == 0)
		send("\033[3J");
}

void term_redraw(struct term *t)
{
	(void)t;
	clearok(stdscr, TRUE);
}

void term_beep(struct term *t)
{
	(void)t;
	beep();
}
