/*
 * Emphasis by CommonMark's delimiter runs (section 6.2), links, escapes, code
 * (shown as plain text), HTML of the ODK XForms specification.
 */
#include "config.h"

#include "session/inline.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

/* A token in the order of the text; emphasis is decided afterwards. */
enum token_kind {
	T_TEXT, T_RUN, T_BREAK, T_OUTPUT, T_LINK_OPEN, T_LINK_CLOSE, T_TAG_OPEN,
	T_TAG_CLOSE
};

struct token {
	enum token_kind kind;
	const char *tag;		/* T_TAG_: span, b, strong ... */
	const char *text;		/* T_TEXT, T_TAG_; T_LINK_OPEN: href or NULL */
	struct rich_style styles[4];
	unsigned n_styles;
	size_t output;
	/* T_RUN */
	char sign;
	size_t n, n_first;		/* characters left / at first */
	bool can_open, can_close;
	/* what a run becomes: closing tags stand before, opening ones after */
	const char **closing, **opening;
	unsigned n_closing, n_opening;
};

typedef VEC(struct token) token_list;

struct inline_reader {
	struct rich_reader *r;
	const char *text, *end;
	token_list tokens;
	struct str plain;		/* text not yet a token */
	VEC(size_t) brackets;		/* tokens that are '[' */
};

static struct token *push(struct inline_reader *in, enum token_kind kind)
{
	struct token token = { .kind = kind };

	vec_push(&in->tokens, token);
	return &in->tokens.items[in->tokens.n - 1];
}

static void flush(struct inline_reader *in)
{
	if (in->plain.len == 0)
		return;
	push(in, T_TEXT)->text = arena_strndup(in->r->arena, in->plain.data,
		in->plain.len);
	str_clear(&in->plain);
}

/* --- characters --- */

static bool is_punctuation(const char *p, const char *end)
{
	return p < end && ispunct((unsigned char)*p);
}

static bool is_space(const char *p, const char *start, const char *end)
{
	if (p < start || p >= end || isspace((unsigned char)*p))
		return true;
	/* U+00A0 and U+2000 ... U+200A end in these bytes. */
	return (unsigned char)*p == 0xA0 && p > start &&
		(unsigned char)p[-1] == 0xC2;
}

static const char *read_entity(struct inline_reader *in, const char *p)
{
	static const struct { const char *name, *text; } known[] = {
		{ "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" },
		{ "&quot;", "\"" }, { "&apos;", "'" },
		{ "&nbsp;", "\xC2\xA0" },
	};
	char *stop;
	unsigned long code;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t n = strlen(known[i].name);

		if ((size_t)(in->end - p) >= n &&
				memcmp(p, known[i].name, n) == 0) {
			str_add(&in->plain, known[i].text);
			return p + n;
		}
	}
	if (in->end - p < 4 || p[1] != '#')
		return NULL;
	code = p[2] == 'x' || p[2] == 'X' ? strtoul(p + 3, &stop, 16) :
		strtoul(p + 2, &stop, 10);
	if (stop >= in->end || *stop != ';')
		return NULL;
	if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
		code = 0xFFFD;
	else if (code < 32)
		return NULL;
	str_add_utf8(&in->plain, (unsigned)code);
	return stop + 1;
}

/* --- runs of * and _ --- */

static const char *read_run(struct inline_reader *in, const char *p)
{
	const char *after = p;
	bool left, right, space_before, space_after, mark_before, mark_after;
	struct token *run;

	while (after < in->end && *after == *p)
		after++;
	space_before = is_space(p - 1, in->text, in->end);
	space_after = is_space(after, in->text, in->end);
	mark_before = p > in->text && is_punctuation(p - 1, in->end);
	mark_after = is_punctuation(after, in->end);
	left = !space_after && (!mark_after || space_before || mark_before);
	right = !space_before && (!mark_before || space_after || mark_after);
	flush(in);
	run = push(in, T_RUN);
	run->sign = *p;
	run->n = run->n_first = (size_t)(after - p);
	run->can_open = left && (*p == '*' || !right || mark_before);
	run->can_close = right && (*p == '*' || !left || mark_after);
	return after;
}

/* --- links --- */

static char *href_of(struct inline_reader *in, const char *p, size_t n)
{
	struct str out = STR_INIT;
	char *href;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == OUTPUT_OPEN) {
			size_t output = strtoul(p + i + 1, NULL, 10);

			str_add(&out, in->r->outputs[output].text);
			while (i < n && p[i] != OUTPUT_CLOSE)
				i++;
		} else if (p[i] != '\\' || i + 1 == n ||
				!ispunct((unsigned char)p[i + 1])) {
			str_addc(&out, p[i]);
		}
	}
	href = arena_strndup(in->r->arena, out.data, out.len);
	str_release(&out);
	return href;
}

/* Nothing that a browser would run: it passes over control characters in a
 * scheme, so only known schemes are let through. */
static bool is_safe(const char *href)
{
	static const char *const good[] = { "http", "https", "mailto", "tel",
		"sms", "geo", "jr" };
	size_t n = strcspn(href, ":/?#");

	if (href[n] != ':')
		return true;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (strlen(good[i]) == n &&
				strncasecmp(href, good[i], n) == 0)
			return true;
	return false;
}

enum { DEEPEST_PARENTHESES = 32 };	/* as in CommonMark */

/* "<...>" from `p` on; `end` if it does not close.  It holds no other. */
static const char *end_of_angled(const char *p, const char *end)
{
	for (p++; p < end && *p != '>' && *p != '<' && *p != '\n'; p++)
		;
	return p < end && *p == '>' ? p : end;
}

/* Up to a space or the ')' that has no '(' before it. */
static const char *end_of_bare(const char *p, const char *end)
{
	int depth = 0;

	for (; p < end && !isspace((unsigned char)*p); p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
		else if (*p == '(' && ++depth > DEEPEST_PARENTHESES)
			return end;
		else if (*p == ')' && depth-- == 0)
			break;
	}
	return p;
}

static const char *skip_spaces(const char *p, const char *end)
{
	while (p < end && isspace((unsigned char)*p))
		p++;
	return p;
}

/* "(destination "title")" behind a ']'; NULL: there is none. */
static const char *read_destination(struct inline_reader *in, const char *p,
	const char **href)
{
	const char *start, *stop;
	bool angled;

	if (p == in->end || *p != '(')
		return NULL;
	start = skip_spaces(p + 1, in->end);
	angled = start < in->end && *start == '<';
	stop = angled ? end_of_angled(start, in->end) :
		end_of_bare(start, in->end);
	if (stop == in->end)
		return NULL;
	p = skip_spaces(stop + angled, in->end);
	if (p < in->end && strchr("\"'", *p) != NULL) {	/* the title */
		p = memchr(p + 1, *p, (size_t)(in->end - p) - 1);
		if (p == NULL)
			return NULL;
		p = skip_spaces(p + 1, in->end);
	}
	if (p == in->end || *p != ')')
		return NULL;
	*href = href_of(in, start + angled, (size_t)(stop - start) - angled);
	return p + 1;
}

static const char *read_bracket_close(struct inline_reader *in, const char *p)
{
	const char *href, *after;
	size_t open;

	if (in->brackets.n == 0)
		return NULL;
	open = in->brackets.items[--in->brackets.n];
	after = read_destination(in, p + 1, &href);
	if (after == NULL)
		return NULL;
	flush(in);
	in->tokens.items[open].kind = T_LINK_OPEN;
	in->tokens.items[open].text = is_safe(href) ? href : NULL;
	push(in, T_LINK_CLOSE);
	in->brackets.n = 0;		/* no link inside a link */
	return after;
}

static const char *read_bracket_open(struct inline_reader *in, const char *p)
{
	flush(in);
	vec_push(&in->brackets, in->tokens.n);
	push(in, T_TEXT)->text = "[";
	return p + 1;
}

/* --- HTML --- */

static const struct { const char *name, *tag; } html[] = {
	{ "span", "span" }, { "div", "div" }, { "p", "p" }, { "u", "u" },
	{ "i", "em" }, { "em", "em" }, { "b", "strong" },
	{ "strong", "strong" }, { "br", "br" },
};

static const char *html_tag(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof html / sizeof *html; i++)
		if (strlen(html[i].name) == n &&
				strncasecmp(html[i].name, name, n) == 0)
			return html[i].name;
	return NULL;
}

static const char *rich_tag(const char *name)
{
	for (size_t i = 0; i < sizeof html / sizeof *html; i++)
		if (strcmp(html[i].name, name) == 0)
			return html[i].tag;
	return "span";
}

static void take_style(struct inline_reader *in, struct token *token,
	const char *name, size_t n_name, const char *value, size_t n_value)
{
	static const char *const known[] = { "color", "font-family",
		"font-size", "text-align" };

	while (n_value > 0 && isspace((unsigned char)*value))
		value++, n_value--;
	while (n_value > 0 && isspace((unsigned char)value[n_value - 1]))
		n_value--;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		char *copy;
		bool given = false;

		if (strlen(known[i]) != n_name || n_value == 0 ||
				strncasecmp(known[i], name, n_name) != 0)
			continue;
		copy = arena_strndup(in->r->arena, value, n_value);
		if (i == 3 && strcmp(copy, "left") != 0 &&
				strcmp(copy, "right") != 0 &&
				strcmp(copy, "center") != 0)
			return;
		for (unsigned k = 0; k < token->n_styles; k++)
			given |= token->styles[k].name == known[i];
		if (!given)
			token->styles[token->n_styles++] =
				(struct rich_style){ known[i], copy };
	}
}

/* style="color: red; text-align: center" in the tag. */
static void read_styles(struct inline_reader *in, struct token *token,
	const char *p, const char *end)
{
	const char *value = NULL, *stop;

	for (; p + 5 < end && value == NULL; p++)
		if (strncasecmp(p, "style", 5) == 0) {
			const char *q = p + 5;

			while (q < end && isspace((unsigned char)*q))
				q++;
			if (q < end && *q == '=')
				for (q++; q < end &&
						isspace((unsigned char)*q);)
					q++;
			if (q < end && (*q == '"' || *q == '\''))
				value = q;
		}
	if (value == NULL)
		return;
	stop = memchr(value + 1, *value, (size_t)(end - value) - 1);
	if (stop == NULL)
		return;
	for (p = value + 1; p < stop;) {
		const char *semicolon = memchr(p, ';', (size_t)(stop - p));
		const char *colon;

		if (semicolon == NULL)
			semicolon = stop;
		while (p < semicolon && isspace((unsigned char)*p))
			p++;
		colon = memchr(p, ':', (size_t)(semicolon - p));
		if (colon != NULL) {
			size_t n = (size_t)(colon - p);

			while (n > 0 && isspace((unsigned char)p[n - 1]))
				n--;
			take_style(in, token, p, n, colon + 1,
				(size_t)(semicolon - colon) - 1);
		}
		p = semicolon + 1;
	}
}

static const char *read_autolink(struct inline_reader *in, const char *p,
	const char *stop)
{
	const char *colon = memchr(p, ':', (size_t)(stop - p));
	struct token *link;

	if (colon == NULL || colon - p < 3)
		return NULL;
	for (const char *q = p + 1; q < colon; q++)
		if (!isalnum((unsigned char)*q))
			return NULL;
	for (const char *q = colon; q < stop; q++)
		if (isspace((unsigned char)*q) || *q == '<')
			return NULL;
	flush(in);
	link = push(in, T_LINK_OPEN);
	link->text = href_of(in, p + 1, (size_t)(stop - p) - 1);
	if (!is_safe(link->text))
		link->text = NULL;
	push(in, T_TEXT)->text = arena_strndup(in->r->arena, p + 1,
		(size_t)(stop - p) - 1);
	push(in, T_LINK_CLOSE);
	return stop + 1;
}

static const char *read_angle(struct inline_reader *in, const char *p)
{
	const char *stop = memchr(p, '>', (size_t)(in->end - p));
	const char *name = p + 1, *after, *known;
	bool closing;
	struct token *token;

	if (stop == NULL)
		return NULL;
	while (name < stop && isspace((unsigned char)*name))
		name++;
	closing = *name == '/';
	name += closing;
	after = name;
	while (after < stop && isalnum((unsigned char)*after))
		after++;
	known = html_tag(name, (size_t)(after - name));
	if (known == NULL || (after < stop && !isspace((unsigned char)*after) &&
			*after != '/'))
		return read_autolink(in, p, stop);
	flush(in);
	if (strcmp(known, "br") == 0) {
		push(in, T_BREAK);
		return stop + 1;
	}
	token = push(in, closing ? T_TAG_CLOSE : T_TAG_OPEN);
	token->tag = known;
	token->text = arena_strndup(in->r->arena, p, (size_t)(stop - p) + 1);
	if (!closing)
		read_styles(in, token, after, stop);
	return stop + 1;
}

/* --- code: its text as it is --- */

static const char *read_code(struct inline_reader *in, const char *p)
{
	size_t n = 0, found = 0;
	const char *q;

	while (p + n < in->end && p[n] == '`')
		n++;
	for (q = p + n; q < in->end && found != n; q++)
		found = *q != '`' ? 0 : found + 1;
	if (found != n || (q < in->end && *q == '`')) {
		str_addn(&in->plain, p, n);
		return p + n;
	}
	str_addn(&in->plain, p + n, (size_t)(q - p) - 2 * n);
	return q;
}

static const char *read_output(struct inline_reader *in, const char *p)
{
	char *stop;

	flush(in);
	push(in, T_OUTPUT)->output = strtoul(p + 1, &stop, 10);
	return stop + 1;		/* OUTPUT_CLOSE */
}

static const char *read_newline(struct inline_reader *in, const char *p)
{
	while (in->plain.len > 0 && in->plain.data[in->plain.len - 1] == ' ')
		str_cut(&in->plain, in->plain.len - 1);
	flush(in);
	push(in, T_BREAK);
	return p + 1;
}

static const char *read_special(struct inline_reader *in, const char *p)
{
	switch (*p) {
	case '*':
	case '_':
		return read_run(in, p);
	case '[':
		return read_bracket_open(in, p);
	case ']':
		return read_bracket_close(in, p);
	case '<':
		return read_angle(in, p);
	case '&':
		return read_entity(in, p);
	case '`':
		return read_code(in, p);
	case '\n':
		return read_newline(in, p);
	case OUTPUT_OPEN:
		return read_output(in, p);
	case '\\':
		if (p + 1 < in->end && p[1] == '\n')
			return read_newline(in, p + 1);
		if (!is_punctuation(p + 1, in->end))
			return NULL;
		str_addc(&in->plain, p[1]);
		return p + 2;
	default:
		return NULL;
	}
}

static void tokenize(struct inline_reader *in)
{
	const char *p = in->text;

	while (p < in->end) {
		const char *after = read_special(in, p);

		if (after == NULL) {
			str_addc(&in->plain, *p);
			after = p + 1;
		}
		p = after;
	}
	flush(in);
}

/* --- emphasis: pairing runs --- */

static void add_tag(struct arena *arena, const char ***list, unsigned *n,
	const char *tag)
{
	const char **longer = ARENA_ARRAY(arena, const char *, *n + 1);

	if (*n > 0)
		memcpy(longer, *list, *n * sizeof *longer);
	longer[(*n)++] = tag;
	*list = longer;
}

/* "Rule of three" of CommonMark, 6.2, rules 9 and 10. */
static bool may_pair(const struct token *open, const struct token *close)
{
	if (open->sign != close->sign || open->n == 0 || !open->can_open)
		return false;
	return !(open->can_close || close->can_open) ||
		(open->n_first + close->n_first) % 3 != 0 ||
		(open->n_first % 3 == 0 && close->n_first % 3 == 0);
}

/* For each kind of closing run: openers before this were tried in vain. */
static size_t *bottom_of(size_t bottoms[2][2][3], const struct token *t)
{
	return &bottoms[t->sign == '_'][t->can_open][t->n_first % 3];
}

struct openers { size_t *items; size_t n; };	/* tokens, innermost last */

/* The innermost opener that fits; `n` of openers: there is none. */
static size_t find_opener(const struct openers *openers,
	const struct token *t, const struct token *close, size_t bottom)
{
	for (size_t k = openers->n; k > 0 && openers->items[k - 1] >= bottom;
			k--)
		if (may_pair(&t[openers->items[k - 1]], close))
			return k - 1;
	return openers->n;
}

static void pair(struct inline_reader *in, struct token *open,
	struct token *close)
{
	bool strong = open->n >= 2 && close->n >= 2;
	const char *tag = strong ? "strong" : "em";

	open->n -= strong ? 2 : 1;
	close->n -= strong ? 2 : 1;
	add_tag(in->r->arena, &open->opening, &open->n_opening, tag);
	add_tag(in->r->arena, &close->closing, &close->n_closing, tag);
}

static void close_run(struct inline_reader *in, size_t at,
	struct openers *openers, size_t bottoms[2][2][3])
{
	struct token *t = in->tokens.items;

	while (t[at].can_close && t[at].n > 0) {
		size_t *bottom = bottom_of(bottoms, &t[at]);
		size_t k = find_opener(openers, t, &t[at], *bottom);

		if (k == openers->n) {
			*bottom = at;
			return;
		}
		pair(in, &t[openers->items[k]], &t[at]);
		openers->n = t[openers->items[k]].n > 0 ? k + 1 : k;
	}
}

/* Links bind tighter than emphasis: each is paired by itself. */
static void pair_between(struct inline_reader *in, size_t from, size_t to)
{
	struct token *t = in->tokens.items;
	struct openers openers = { xcalloc(to - from + 1, sizeof(size_t)), 0 };
	size_t bottoms[2][2][3];

	for (size_t i = 0; i < 12; i++)
		(&bottoms[0][0][0])[i] = from;
	for (size_t i = from; i < to; i++) {
		if (t[i].kind == T_LINK_OPEN)
			while (t[i].kind != T_LINK_CLOSE)
				i++;
		if (t[i].kind != T_RUN)
			continue;
		close_run(in, i, &openers, bottoms);
		if (t[i].can_open && t[i].n > 0)
			openers.items[openers.n++] = i;
	}
	free(openers.items);
}

static void pair_runs(struct inline_reader *in)
{
	for (size_t i = 0; i < in->tokens.n; i++)
		if (in->tokens.items[i].kind == T_LINK_OPEN) {
			size_t stop = i;

			while (in->tokens.items[stop].kind != T_LINK_CLOSE)
				stop++;
			pair_between(in, i + 1, stop);
			i = stop;
		}
	pair_between(in, 0, in->tokens.n);
}

/* --- the tree --- */

struct builder {
	struct rich_reader *r;
	struct rich *stack[RICH_DEEPEST + 1];	/* [0]: all */
	struct rich **ends[RICH_DEEPEST + 1];
	const char *names[RICH_DEEPEST + 1];	/* closed by this */
	unsigned depth;
};

static struct rich *put(struct builder *b, const char *tag)
{
	struct rich *item = ARENA_NEW(b->r->arena, struct rich);

	item->tag = tag;
	*b->ends[b->depth] = item;
	b->ends[b->depth] = &item->next;
	return item;
}

static void put_text(struct builder *b, const char *text, size_t n)
{
	if (n > 0)
		put(b, NULL)->text = arena_strndup(b->r->arena, text, n);
}

static struct rich *open_item(struct builder *b, const char *tag,
	const char *name)
{
	struct rich *item;

	if (b->r->depth + b->depth >= RICH_DEEPEST)
		return NULL;
	item = put(b, tag);
	b->depth++;
	b->stack[b->depth] = item;
	b->ends[b->depth] = &item->children;
	b->names[b->depth] = name;
	return item;
}

/* Close up to the innermost of that name; false: it is not open. */
static bool close_item(struct builder *b, const char *name)
{
	unsigned d = b->depth;

	while (d > 0 && strcmp(b->names[d], name) != 0)
		d--;
	if (d == 0)
		return false;
	b->depth = d - 1;
	return true;
}

static void put_run(struct builder *b, const struct token *t)
{
	for (unsigned i = 0; i < t->n_closing; i++)
		close_item(b, t->closing[i]);
	for (size_t i = 0; i < t->n; i++)
		put_text(b, &t->sign, 1);
	for (unsigned i = t->n_opening; i-- > 0;)
		open_item(b, t->opening[i], t->opening[i]);
}

static void put_output(struct builder *b, size_t output)
{
	struct rich *span;
	const char *text = b->r->outputs[output].text;
	struct rich_reader inner = { .arena = b->r->arena,
		.depth = b->r->depth + b->depth + 1 };
	struct str clean = STR_INIT;

	span = put(b, "span");
	for (; *text != '\0'; text++)
		if (*text != OUTPUT_OPEN && *text != OUTPUT_CLOSE)
			str_addc(&clean, *text);
	span->children = rich_blocks(&inner, clean.data, clean.len);
	str_release(&clean);
}

static void put_tag(struct builder *b, const struct token *t)
{
	struct rich *item = open_item(b, rich_tag(t->tag), t->tag);

	if (item == NULL)
		return;
	memcpy(item->styles, t->styles, sizeof item->styles);
	item->n_styles = t->n_styles;
}

static void put_token(struct builder *b, const struct token *t)
{
	struct rich *item;

	switch (t->kind) {
	case T_TEXT:
		put_text(b, t->text, strlen(t->text));
		break;
	case T_RUN:
		put_run(b, t);
		break;
	case T_BREAK:
		put(b, "br");
		break;
	case T_OUTPUT:
		put_output(b, t->output);
		break;
	case T_LINK_OPEN:
		item = open_item(b, "a", "a");
		if (item != NULL)
			item->href = t->text;
		break;
	case T_LINK_CLOSE:
		close_item(b, "a");
		break;
	case T_TAG_OPEN:
		put_tag(b, t);
		break;
	case T_TAG_CLOSE:
		if (!close_item(b, t->tag))
			put_text(b, t->text, strlen(t->text));
		break;
	default:
		break;
	}
}

/* Texts that stand beside each other become one. */
static void join_texts(struct arena *arena, struct rich *item)
{
	for (; item != NULL; item = item->next) {
		struct str text = STR_INIT;

		join_texts(arena, item->children);
		if (item->tag != NULL || item->next == NULL ||
				item->next->tag != NULL)
			continue;
		str_add(&text, item->text);
		while (item->next != NULL && item->next->tag == NULL) {
			str_add(&text, item->next->text);
			item->next = item->next->next;
		}
		item->text = arena_strndup(arena, text.data, text.len);
		str_release(&text);
	}
}

struct rich *inline_read(struct rich_reader *r, const char *text, size_t n)
{
	struct inline_reader in = { .r = r, .text = text, .end = text + n,
		.plain = STR_INIT };
	struct rich top = { 0 };
	struct builder b = { .r = r };

	tokenize(&in);
	pair_runs(&in);
	b.stack[0] = &top;
	b.ends[0] = &top.children;
	for (size_t i = 0; i < in.tokens.n; i++)
		put_token(&b, &in.tokens.items[i]);
	join_texts(r->arena, top.children);
	vec_release(&in.tokens);
	vec_release(&in.brackets);
	str_release(&in.plain);
	return top.children;
}
