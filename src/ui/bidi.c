#include "config.h"

#include "ui/bidi.h"

#include <fribidi.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"

struct para {
	size_t n, n_given;
	uint32_t *chars;	/* in shapes, logical order */
	size_t *from;		/* index in the text that was given */
	uint16_t *looks;
	FriBidiCharType *types;
	FriBidiLevel *levels;
	FriBidiParType base;
	enum bidi bidi;
};

static bool has_unjoined, is_told;

bool bidi_tells_unjoined(void)
{
	bool tells = has_unjoined && !is_told;

	is_told = is_told || tells;
	return tells;
}

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

/* Terminals of the VTE family are told to leave the order to us (term.c). */
static bool terminal_orders(void)
{
	const char *term = getenv("TERM"), *program = getenv("TERM_PROGRAM");

	return is_set("KONSOLE_VERSION") ||
		(term != NULL && strncmp(term, "mlterm", 6) == 0) ||
		(program != NULL && strcmp(program, "Apple_Terminal") == 0);
}

bool bidi_by_name(const char *name, enum bidi *bidi)
{
	if (name == NULL || strcmp(name, "auto") == 0)
		*bidi = terminal_orders() ? BIDI_TERMINAL : BIDI_OURS;
	else if (strcmp(name, "terminal") == 0)
		*bidi = BIDI_TERMINAL;
	else if (strcmp(name, "ours") == 0)
		*bidi = BIDI_OURS;
	else
		return false;
	return true;
}

static void add(struct para *p, uint32_t c, size_t from, uint16_t look)
{
	p->chars[p->n] = c;
	p->from[p->n] = from;
	p->looks[p->n++] = look;
}

/* A letter that joins others and looks as if it stood alone. */
static void note_unjoined(const uint32_t *before, const struct para *p,
	const FriBidiArabicProp *props)
{
	for (size_t i = 0; i < p->n; i++)
		if (before[i] == p->chars[i] && before[i] < 0xFB50 &&
				(props[i] & FRIBIDI_MASK_ARAB_SHAPES) &&
				FRIBIDI_JOIN_SHAPE(props[i]) != 0 &&
				utf8_char_width(before[i]) > 0)
			has_unjoined = true;
}

static void join(struct para *p)
{
	FriBidiArabicProp *props = xcalloc(p->n + 1, sizeof *props);
	uint32_t *before = xcalloc(p->n + 1, sizeof *before);
	FriBidiStrIndex n = (FriBidiStrIndex)p->n;

	memcpy(before, p->chars, p->n * sizeof *before);
	fribidi_get_joining_types(p->chars, n, props);
	fribidi_join_arabic(p->types, n, p->levels, props);
	fribidi_shape(FRIBIDI_FLAGS_DEFAULT | FRIBIDI_FLAGS_ARABIC, p->levels,
		n, props, p->chars);
	note_unjoined(before, p, props);
	wipe(before, p->n * sizeof *before);
	free(before);
	free(props);
}

static void find_levels(struct para *p)
{
	FriBidiStrIndex n = (FriBidiStrIndex)p->n;
	FriBidiBracketType *brackets = xcalloc(p->n + 1, sizeof *brackets);

	fribidi_get_bidi_types(p->chars, n, p->types);
	fribidi_get_bracket_types(p->chars, n, p->types, brackets);
	if (fribidi_get_par_embedding_levels_ex(p->types, brackets, n,
			&p->base, p->levels) == 0)
		memset(p->levels, 0, p->n * sizeof *p->levels);
	free(brackets);
}

struct para *para_new(const uint32_t *chars, const uint16_t *looks, size_t n,
	bool is_rtl, enum bidi bidi)
{
	struct para *p = xcalloc(1, sizeof *p);
	size_t room = 2 * n + 1;

	p->bidi = bidi;
	p->n_given = n;
	p->base = is_rtl ? FRIBIDI_PAR_RTL : FRIBIDI_PAR_LTR;
	p->chars = xcalloc(room, sizeof *p->chars);
	p->from = xcalloc(room, sizeof *p->from);
	p->looks = xcalloc(room, sizeof *p->looks);
	p->types = xcalloc(room, sizeof *p->types);
	p->levels = xcalloc(room, sizeof *p->levels);
	for (size_t i = 0; i < n; i++) {
		if (chars[i] == 0x06C2 && bidi == BIDI_OURS) {
			add(p, 0x06C1, i, looks[i]);
			add(p, 0x0654, i, looks[i]);
		} else {
			add(p, chars[i], i, looks[i]);
		}
	}
	if (bidi == BIDI_OURS && p->n > 0) {
		find_levels(p);
		join(p);
	}
	return p;
}

void para_free(struct para *p)
{
	if (p == NULL)
		return;
	wipe(p->chars, p->n * sizeof *p->chars);
	free(p->chars);
	free(p->from);
	free(p->looks);
	free(p->types);
	free(p->levels);
	free(p);
}

size_t para_length(const struct para *p)
{
	return p->n;
}

size_t para_source(const struct para *p, size_t k)
{
	return k < p->n ? p->from[k] : p->n_given;
}

/* Joiners, direction marks and the second half of a ligature have done their
 * work. */
static bool is_gone(uint32_t c)
{
	return c == 0xFEFF || (c >= 0x200B && c <= 0x200F) ||
		(c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) ||
		c == 0x061C || c == 0xAD;
}

static int width_of(uint32_t c)
{
	int width = is_gone(c) ? 0 : utf8_char_width(c);

	return width < 0 ? 0 : width;
}

static bool starts_cell(uint32_t c)
{
	return width_of(c) > 0;
}

size_t para_fit(const struct para *p, size_t from, int columns)
{
	int used = 0;
	size_t blank = 0, i;

	for (i = from; i < p->n; i++) {
		used += width_of(p->chars[i]);
		if (p->chars[i] == ' ')
			blank = i + 1;
		else if (width_of(p->chars[i]) == 2 && i > from)
			blank = i;
		if (used > columns)
			break;
	}
	if (i >= p->n)
		return p->n;
	if (p->chars[i] == ' ')
		return i + 1;		/* a blank may stand out */
	if (blank > from)
		return blank;
	while (i < p->n && i > from && !starts_cell(p->chars[i]))
		i--;
	return i > from ? i : from + 1;
}

static void add_cell(struct cells *cells, const struct para *p, size_t k)
{
	uint32_t c = p->chars[k];
	int width = width_of(c);
	struct cell cell = { .chars = { c }, .n_chars = 1,
		.width = (uint8_t)width, .look = p->looks[k],
		.at = p->from[k], .is_rtl = p->levels[k] & 1 };
	struct cell *last = cells->n > 0 ? &cells->items[cells->n - 1] : NULL;

	if (is_gone(c))
		return;
	if (width == 0) {
		if (last != NULL && last->n_chars < CELL_CHARS)
			last->chars[last->n_chars++] = c;
		return;
	}
	vec_push(cells, cell);
}

static void reorder(const struct para *p, size_t from, size_t n,
	FriBidiStrIndex *map)
{
	FriBidiLevel *levels = xcalloc(n + 1, sizeof *levels);

	for (size_t i = 0; i < n; i++)
		map[i] = (FriBidiStrIndex)i;
	memcpy(levels, p->levels + from, n * sizeof *levels);
	if (fribidi_reorder_line(FRIBIDI_FLAGS_DEFAULT, p->types + from,
			(FriBidiStrIndex)n, 0, p->base, levels, NULL, map) == 0)
		for (size_t i = 0; i < n; i++)
			map[i] = (FriBidiStrIndex)i;
	free(levels);
}

void para_row(const struct para *p, size_t from, size_t to,
	struct cells *cells)
{
	FriBidiStrIndex *map;
	size_t n;

	while (to > from && p->chars[to - 1] == ' ' && to < p->n)
		to--;
	n = to - from;
	map = xcalloc(n + 1, sizeof *map);
	if (p->bidi == BIDI_OURS) {
		reorder(p, from, n, map);
	} else {
		for (size_t i = 0; i < n; i++)
			map[i] = (FriBidiStrIndex)i;
	}
	for (size_t i = 0; i < n; i++)
		add_cell(cells, p, from + (size_t)map[i]);
	free(map);
}
