/* Help for people whose expression is wrong: the known name nearest to theirs,
 * and the token at fault with a mark below it. */
#include "config.h"

#include <string.h>

#include "base/utf8.h"
#include "xpath/xpath.h"

enum { MOST_NAME = 40 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to add, drop, change or swap with their neighbour. */
static size_t distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t rows[MOST_NAME + 1][MOST_NAME + 1], i, k;

	for (i = 0; i <= n_a; i++)
		rows[i][0] = i;
	for (k = 0; k <= n_b; k++)
		rows[0][k] = k;
	for (i = 1; i <= n_a; i++)
		for (k = 1; k <= n_b; k++) {
			rows[i][k] = least(least(rows[i - 1][k] + 1,
				rows[i][k - 1] + 1), rows[i - 1][k - 1] +
				(a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1])
				rows[i][k] = least(rows[i][k],
					rows[i - 2][k - 2] + 1);
		}
	return rows[n_a][n_b];
}

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
		size_t far = distance(wanted, n, known,
			plain_name(candidate, known));

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

	if (n > 0 && at[n] == ':' && at[n + 1] != ':')
		n += 1 + strcspn(at + n + 1, others);
	if (n == 0 && *at != '\0')
		n = (at[0] == '/' || at[0] == ':') && at[1] == at[0] ? 2 : 1;
	return n;
}

void xpath_mark(struct str *out, const char *source, int column)
{
	const char *at = source + xpath_byte_of_column(source, column);
	const char *line = at, *c;
	size_t n, width;
	struct str before = STR_INIT;

	while (line > source && line[-1] != '\n')
		line--;
	str_add(out, "    ");
	n = strcspn(line, "\n");
	str_addn(&before, line, n);
	for (c = before.data; *c != '\0'; c++)
		if (*c == '\t' || *c == '\r')
			before.data[c - before.data] = ' ';
	utf8_mask(out, before.data, false);
	str_cut(&before, (size_t)(at - line));
	width = utf8_width(before.data);
	str_release(&before);
	str_add(out, "\n    ");
	while (width-- > 0)
		str_addc(out, ' ');
	str_addc(out, '^');
	str_addn(&before, at, token_bytes(at));
	for (width = utf8_width(before.data); width > 1; width--)
		str_addc(out, '~');
	str_addc(out, '\n');
	str_release(&before);
}
