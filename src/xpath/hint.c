/* Help for people whose expression is wrong: the known name nearest to theirs,
 * and the token at fault with a mark below it. */
#include "config.h"

#include <string.h>

#include "base/near.h"
#include "base/utf8.h"
#include "xpath/xpath.h"

enum { MOST_NAME = TEXT_DISTANCE_MOST };

/* As they are compared: small letters, '-' for '_', without prefix. */
static size_t plain_name(const char *name, char plain[MOST_NAME + 1])
{
	const char *colon = strchr(name, ':');
	size_t n = 0;

	for (name = colon != NULL ? colon + 1 : name; *name != '\0' &&
	     n < MOST_NAME; name++)
		plain[n++] = *name == '_' ? '-' : *name >= 'A' && *name <= 'Z' ?
			(char)(*name - 'A' + 'a') : *name;
	plain[n] = '\0';
	return n;
}

const char *xpath_nearest_function(const char *name)
{
	char wanted[MOST_NAME + 1], known[MOST_NAME + 1];
	const char *candidate, *best = NULL;
	size_t n = plain_name(name, wanted), least_so_far = n / 3 + 1, i;

	for (i = 0; (candidate = xpath_function_name(i)) != NULL; i++) {
		size_t far;

		plain_name(candidate, known);
		far = text_distance(wanted, known);

		if (far < least_so_far || (far == 0 && best == NULL)) {
			least_so_far = far;
			best = candidate;
		}
	}
	return best;
}

/* Bytes of the name, number or sign that begins there. */
static size_t token_bytes(const char *at)
{
	static const char others[] = " \t\r\n()[]{},/|+=<>!*@'\"$&;:";
	size_t n = strcspn(at, others);
	const char *closing = *at == '\'' || *at == '"' ?
		strchr(at + 1, *at) : NULL;

	if (closing != NULL)
		return (size_t)(closing + 1 - at);
	if (*at == '/' || *at == '.')		/* a whole path */
		return strcspn(at, " \t\r\n()[]{},|+=<>!*'\"$");
	if (n > 0 && at[n] == ':' && at[n + 1] != ':')
		n += 1 + strcspn(at + n + 1, others);
	if (n == 0 && *at != '\0')
		n = (at[0] == '/' || at[0] == ':') && at[1] == at[0] ? 2 : 1;
	return n;
}

/* Where a piece of `line` that fits the screen begins and ends, so that `at` and
 * what stands around it are in it. */
static void choose_window(const char *line, const char *end, const char *at,
	const char **from, const char **to)
{
	enum { FITS = 70, BEFORE = 30 };

	*from = line;
	*to = end;
	if (end - line <= FITS)
		return;
	if (at - line > BEFORE)
		*from = at - BEFORE;
	while (*from < at && ((unsigned char)**from & 0xC0) == 0x80)
		(*from)++;
	if (end - *from > FITS)
		*to = *from + FITS;
	while (*to < end && ((unsigned char)**to & 0xC0) == 0x80)
		(*to)++;
}

/* Appended without what would move the cursor; how many columns. */
static size_t add_shown(struct str *out, const char *from, const char *to)
{
	struct str plain = STR_INIT, shown = STR_INIT;
	size_t width;

	for (; from < to; from++)
		str_addc(&plain, *from == '\t' || *from == '\r' ? ' ' : *from);
	utf8_mask(&shown, plain.data, false);
	width = utf8_width(shown.data);
	str_addn(out, shown.data, shown.len);
	str_release(&plain);
	str_release(&shown);
	return width;
}

void xpath_mark(struct str *out, const char *source, int column)
{
	const char *at = source + xpath_byte_of_column(source, column);
	const char *line = at, *end, *from, *to;
	struct str token = STR_INIT;
	size_t width = 0, wide;

	while (line > source && line[-1] != '\n')
		line--;
	end = line + strcspn(line, "\n");
	choose_window(line, end, at, &from, &to);
	str_add(out, from > line ? "    … " : "    ");
	width = from > line ? 2 : 0;
	width += add_shown(out, from, at);
	add_shown(out, at, to);
	str_add(out, to < end ? " …\n    " : "\n    ");
	while (width-- > 0)
		str_addc(out, ' ');
	str_addc(out, '^');
	wide = add_shown(&token, at, at + token_bytes(at));
	for (; wide > 1; wide--)
		str_addc(out, '~');
	str_addc(out, '\n');
	str_release(&token);
}
