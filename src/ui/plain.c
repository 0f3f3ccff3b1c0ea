#include "config.h"

#include "ui/plain.h"

#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "session/rich.h"

#define FSI "\342\201\250"
#define PDI "\342\201\251"

struct pieces { struct text_piece *items; size_t n, cap; };

/* What stands between isolates, at the outermost level, is an output. */
static void cut(struct arena *arena, const char *text, struct pieces *pieces)
{
	const char *from = text;
	int depth = 0;

	for (const char *at = text; ; at++) {
		bool opens = strncmp(at, FSI, 3) == 0;
		bool closes = strncmp(at, PDI, 3) == 0 && depth > 0;

		if (*at == '\0' || (opens && depth == 0) ||
				(closes && depth == 1)) {
			vec_push(pieces, ((struct text_piece){ arena_strndup(
				arena, from, (size_t)(at - from)), depth > 0 }));
			from = at + 3;
		}
		if (*at == '\0')
			break;
		depth += opens ? 1 : closes ? -1 : 0;
	}
}

static bool is_one_of(const struct rich *r, const char *const names[])
{
	for (; *names != NULL; names++)
		if (strcmp(r->tag, *names) == 0)
			return true;
	return false;
}

/* A paragraph inside of an item begins beside its mark. */
static void end_line(struct str *out)
{
	const char *end = out->data + out->len;
	bool is_item = out->len >= 2 && strcmp(end - 2, "- ") == 0 &&
		(out->len == 2 || end[-3] == '\n');

	if (out->len > 0 && end[-1] != '\n' && !is_item)
		str_addc(out, '\n');
}

static void add(struct str *out, const struct rich *r);

static void add_element(struct str *out, const struct rich *r)
{
	static const char *const blocks[] = { "p", "div", "ul", "ol", "li",
		"h1", "h2", "h3", "h4", "h5", "h6", NULL };
	bool is_block = is_one_of(r, blocks);
	bool is_span = strcmp(r->tag, "span") == 0;

	if (is_block)
		end_line(out);
	if (strcmp(r->tag, "li") == 0)
		str_add(out, "- ");
	else if (strcmp(r->tag, "br") == 0)
		str_addc(out, '\n');
	str_add(out, is_span ? FSI : "");
	add(out, r->children);
	str_add(out, is_span ? PDI : "");
	if (r->href != NULL)
		str_addf(out, " <%s>", r->href);
	if (is_block)
		end_line(out);
}

static void add(struct str *out, const struct rich *r)
{
	for (; r != NULL; r = r->next) {
		if (r->tag == NULL)
			str_add(out, r->text);
		else
			add_element(out, r);
	}
}

bool plain_has_markup(const char *text)
{
	return strpbrk(text, "*_<[#&\\") != NULL;
}

char *plain_text(char *text)
{
	struct pieces pieces = { NULL, 0, 0 };
	struct str out = STR_INIT;
	struct arena *arena;

	if (text == NULL || !plain_has_markup(text))
		return text;
	arena = arena_new();
	cut(arena, text, &pieces);
	add(&out, rich_read(arena, pieces.items, pieces.n));
	while (out.len > 0 && out.data[out.len - 1] == '\n')
		out.data[--out.len] = '\0';
	vec_release(&pieces);
	arena_free(arena);
	wipe_free(text);
	return str_steal(&out);
}

char *plain_line(char *text)
{
	for (char *at = text; *at != '\0'; at++)
		if (*at == '\n' || *at == '\r' || *at == '\t')
			*at = ' ';
	return text;
}
