/* Functions about text and lists of choices. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/gettext.h"
#include "base/utf8.h"
#include "xpath/functions.h"

enum { MAX_TEXT_BYTES = 64 << 20 };

static bool text_or_node(struct call *c, const char **text)
{
	if (arg_count(c) > 0)
		return arg_text(c, 0, text);
	if (c->scope->node.tree == NULL)
		return call_fail(c, _("there is no context node"));
	*text = xp_node_text(c->scope->node, c->e->arena);
	return true;
}

bool fn_string(struct call *c, struct xp_value *value)
{
	const char *text;

	return text_or_node(c, &text) && give_text(value, text);
}

bool fn_string_length(struct call *c, struct xp_value *value)
{
	const char *text;

	return text_or_node(c, &text) &&
		give_number(value, (double)utf8_count(text));
}

/* --- joining --- */

struct joint { struct str text; const char *separator; bool begun; };

static bool join_one(void *data, const char *text)
{
	struct joint *j = data;

	if (j->begun)
		str_add(&j->text, j->separator);
	j->begun = true;
	str_add(&j->text, text);
	return true;
}

static bool join(struct call *c, const char *separator, size_t first,
	struct xp_value *value)
{
	struct joint j = { STR_INIT, separator, false };

	j.text.limit = MAX_TEXT_BYTES;
	if (!arg_each(c, first, arg_count(c), join_one, &j)) {
		str_release(&j.text);
		return false;
	}
	return give_built(c, &j.text, value);
}

bool fn_concat(struct call *c, struct xp_value *value)
{
	return join(c, "", 0, value);
}

bool fn_join(struct call *c, struct xp_value *value)
{
	const char *separator;

	return arg_text(c, 0, &separator) && join(c, separator, 1, value);
}

/* --- parts --- */

static bool two_texts(struct call *c, const char **a, const char **b)
{
	return arg_text(c, 0, a) && arg_text(c, 1, b);
}

bool fn_contains(struct call *c, struct xp_value *value)
{
	const char *a, *b;

	return two_texts(c, &a, &b) &&
		give_boolean(value, strstr(a, b) != NULL);
}

bool fn_starts_with(struct call *c, struct xp_value *value)
{
	const char *a, *b;

	return two_texts(c, &a, &b) &&
		give_boolean(value, strncmp(a, b, strlen(b)) == 0);
}

bool fn_ends_with(struct call *c, struct xp_value *value)
{
	const char *a, *b;

	return two_texts(c, &a, &b) && give_boolean(value, str_ends(a, b));
}

bool fn_substring_before(struct call *c, struct xp_value *value)
{
	const char *a, *b, *found;

	if (!two_texts(c, &a, &b))
		return false;
	found = strstr(a, b);
	return give_text(value, found == NULL ? "" :
		arena_strndup(c->e->arena, a, (size_t)(found - a)));
}

bool fn_substring_after(struct call *c, struct xp_value *value)
{
	const char *a, *b, *found;

	if (!two_texts(c, &a, &b))
		return false;
	found = strstr(a, b);
	return give_text(value, found == NULL ? "" : found + strlen(b));
}

/* Characters number `from` to before `end`, from 0. */
static const char *cut(struct call *c, const char *text, double from,
	double end)
{
	const char *begin = NULL, *at = text;
	double i;

	for (i = 0; *at != '\0' && i < end; i++) {
		if (begin == NULL && i >= from)
			begin = at;
		utf8_next(&at);
	}
	return begin == NULL ? "" :
		arena_strndup(c->e->arena, begin, (size_t)(at - begin));
}

static double round_half_up(double number)
{
	return floor(number + 0.5);
}

/* XPath 1.0: characters p with p >= round(from) and p < round(from) +
 * round(length), counted from 1; with NaN none. */
bool fn_substring(struct call *c, struct xp_value *value)
{
	const char *text;
	double from, length = 0, end;

	if (!arg_text(c, 0, &text) || !arg_number(c, 1, &from) ||
	    (arg_count(c) > 2 && !arg_number(c, 2, &length)))
		return false;
	from = round_half_up(from);
	end = arg_count(c) > 2 ? from + round_half_up(length) : INFINITY;
	if (isnan(from) || isnan(end))
		return give_text(value, "");
	return give_text(value, cut(c, text, from - 1, end - 1));
}

/* Counted from 0, negative numbers from the end. */
bool fn_substr(struct call *c, struct xp_value *value)
{
	const char *text;
	double from, end, n;

	if (!arg_text(c, 0, &text) || !arg_number(c, 1, &from))
		return false;
	n = end = (double)utf8_count(text);
	if (arg_count(c) > 2 && !arg_number(c, 2, &end))
		return false;
	from = isnan(from) ? 0 : trunc(from);
	end = isnan(end) ? 0 : trunc(end);
	if (from < 0)
		from = fmax(n + from, 0);
	if (end < 0)
		end = n + end;
	return give_text(value, from < end ? cut(c, text, from, end) : "");
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool fn_normalize_space(struct call *c, struct xp_value *value)
{
	const char *text;
	char *out, *to;

	if (!text_or_node(c, &text))
		return false;
	out = to = arena_alloc(c->e->arena, strlen(text) + 1);
	for (; *text != '\0'; text++) {
		if (!is_space(*text))
			*to++ = *text;
		else if (to > out && to[-1] != ' ')
			*to++ = ' ';
	}
	if (to > out && to[-1] == ' ')
		to--;
	*to = '\0';
	return give_text(value, out);
}

/* What becomes of a character: 0 takes it away. */
struct change { unsigned from, to; size_t place; };
struct changes { struct change *items; size_t n; };

static int compare_change(const void *left, const void *right)
{
	const struct change *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

/* Sorted; of several for one character the first counts. */
static struct changes read_changes(const char *from, const char *to,
	struct arena *arena)
{
	struct changes all = { NULL, 0 };
	size_t i, n = utf8_count(from);

	all.items = ARENA_ARRAY(arena, struct change, n + 1);
	for (i = 0; i < n; i++)
		all.items[i] = (struct change){ utf8_next(&from),
			*to != '\0' ? utf8_next(&to) : 0, i };
	qsort(all.items, n, sizeof *all.items, compare_change);
	for (i = 0; i < n; i++)
		if (all.n == 0 || all.items[all.n - 1].from !=
		    all.items[i].from)
			all.items[all.n++] = all.items[i];
	return all;
}

static unsigned change(const struct changes *changes, unsigned code)
{
	size_t low = 0, high = changes->n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (changes->items[middle].from == code)
			return changes->items[middle].to;
		if (changes->items[middle].from < code)
			low = middle + 1;
		else
			high = middle;
	}
	return code;
}

bool fn_translate(struct call *c, struct xp_value *value)
{
	const char *text, *from, *to;
	struct str out = STR_INIT;
	struct changes changes;

	if (!arg_text(c, 0, &text) || !arg_text(c, 1, &from) ||
	    !arg_text(c, 2, &to))
		return false;
	changes = read_changes(from, to, c->e->arena);
	out.limit = MAX_TEXT_BYTES;
	while (*text != '\0') {
		unsigned code = change(&changes, utf8_next(&text));

		if (code != 0)
			str_add_utf8(&out, code);
	}
	return give_built(c, &out, value);
}

/* --- choices, separated by white space --- */

/* The next choice at *at, which moves behind it; its bytes; NULL at the end. */
static const char *next_choice(const char **at, size_t *n)
{
	const char *begin = *at;

	while (is_space(*begin))
		begin++;
	*at = begin;
	while (**at != '\0' && !is_space(**at))
		++*at;
	*n = (size_t)(*at - begin);
	return *n == 0 ? NULL : begin;
}

/* Is it one of the choices?  A blank value: is there no choice? */
bool fn_selected(struct call *c, struct xp_value *value)
{
	const char *list, *wanted, *choice;
	size_t n_wanted, n;

	if (!two_texts(c, &list, &wanted))
		return false;
	while (is_space(*wanted))
		wanted++;
	n_wanted = strlen(wanted);
	while (n_wanted > 0 && is_space(wanted[n_wanted - 1]))
		n_wanted--;
	if (n_wanted == 0)
		return give_boolean(value, next_choice(&list, &n) == NULL);
	while ((choice = next_choice(&list, &n)) != NULL)
		if (n == n_wanted && memcmp(choice, wanted, n) == 0)
			return give_boolean(value, true);
	return give_boolean(value, false);
}

bool fn_selected_at(struct call *c, struct xp_value *value)
{
	const char *list, *choice;
	double index;
	size_t n;

	if (!arg_text(c, 0, &list) || !arg_number(c, 1, &index))
		return false;
	index = trunc(index);
	while (index >= 0 && (choice = next_choice(&list, &n)) != NULL)
		if (index-- == 0)
			return give_text(value,
				arena_strndup(c->e->arena, choice, n));
	return give_text(value, "");
}

bool fn_count_selected(struct call *c, struct xp_value *value)
{
	const char *list;
	size_t n, total = 0;

	if (!arg_text(c, 0, &list))
		return false;
	while (next_choice(&list, &n) != NULL)
		total++;
	return give_number(value, (double)total);
}

/* --- patterns, digests, identifiers --- */

bool fn_regex(struct call *c, struct xp_value *value)
{
	void *regex = c->call->regex;
	const char *text, *pattern;
	bool matches, was_hard;

	if (!two_texts(c, &text, &pattern))
		return false;
	if (regex == NULL)
		regex = regex_compile(pattern, c->e->arena, c->e->err);
	if (regex == NULL || !regex_matches(regex, text, &matches, &was_hard,
	    c->e->arena, c->e->err)) {
		if (c->e->err != NULL) {
			c->e->err->line = 1;
			c->e->err->column = c->expr->column;
		}
		return false;
	}
	return eval_steps(c->e, was_hard ? 100000 : 10) &&
		give_boolean(value, matches);
}

static const char base64_digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const char *base64(const unsigned char *bytes, size_t n,
	struct arena *arena)
{
	char *text = arena_alloc(arena, (n + 2) / 3 * 4 + 1), *to = text;
	size_t i;

	for (i = 0; i < n; i += 3) {
		unsigned group = (unsigned)bytes[i] << 16;

		if (i + 1 < n)
			group |= (unsigned)bytes[i + 1] << 8;
		if (i + 2 < n)
			group |= bytes[i + 2];
		*to++ = base64_digits[group >> 18];
		*to++ = base64_digits[group >> 12 & 63];
		*to++ = i + 1 < n ? base64_digits[group >> 6 & 63] : '=';
		*to++ = i + 2 < n ? base64_digits[group & 63] : '=';
	}
	*to = '\0';
	return text;
}

static const char *hex(const unsigned char *bytes, size_t n,
	struct arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_alloc(arena, 2 * n + 1);
	size_t i;

	for (i = 0; i < n; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * n] = '\0';
	return text;
}

bool fn_digest(struct call *c, struct xp_value *value)
{
	const char *text, *algorithm, *encoding = "base64";
	unsigned char bytes[64];
	size_t n;

	if (!two_texts(c, &text, &algorithm) ||
	    (arg_count(c) > 2 && !arg_text(c, 2, &encoding)))
		return false;
	if (!eval_steps(c->e, strlen(text) / 8))
		return false;
	if (!digest_bytes(algorithm, text, bytes, &n))
		return call_fail(c, _("unknown digest '%s'"), algorithm);
	if (strcasecmp(encoding, "base64") == 0)
		return give_text(value, base64(bytes, n, c->e->arena));
	if (strcasecmp(encoding, "hex") == 0)
		return give_text(value, hex(bytes, n, c->e->arena));
	return call_fail(c, _("unknown encoding '%s'"), encoding);
}

/* Characters that are no digits of base64 are skipped, as in MIME.  The bytes
 * are in the arena, with a NUL behind. */
static char *decode_base64(struct call *c, const char *text, size_t *n)
{
	char *bytes = arena_alloc(c->e->arena, strlen(text) + 1), *to = bytes;
	unsigned group = 0, bits = 0;
	const char *digit;

	for (; *text != '\0' && *text != '='; text++) {
		digit = strchr(base64_digits, *text);
		if (digit == NULL)
			continue;
		group = (group << 6 | (unsigned)(digit - base64_digits)) &
			0xffffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*to++ = (char)(group >> bits & 255);
		}
	}
	*to = '\0';
	*n = (size_t)(to - bytes);
	return bytes;
}

/* Bytes of the character that begins there; 0: it is none that XML can hold. */
static size_t character_at(const char *bytes, size_t n)
{
	unsigned char first = (unsigned char)*bytes;
	size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ?
		3 : 4;

	if (first < 32 && first != '\t' && first != '\n' && first != '\r')
		return 0;
	return length <= n && utf8_is_valid(bytes, length) ? length : 0;
}

/* As text; what is no character becomes U+FFFD, as in Java. */
static bool give_decoded(struct call *c, struct xp_value *value,
	const char *bytes, size_t n)
{
	struct str text = STR_INIT;

	for (size_t i = 0; i < n;) {
		size_t length = character_at(bytes + i, n - i);

		if (length == 0)
			str_add(&text, "\xEF\xBF\xBD");
		else
			str_addn(&text, bytes + i, length);
		i += length > 0 ? length : 1;
	}
	return give_built(c, &text, value);
}

bool fn_base64_decode(struct call *c, struct xp_value *value)
{
	const char *text, *bytes;
	size_t n;

	if (!arg_text(c, 0, &text))
		return false;
	bytes = decode_base64(c, text, &n);
	return give_decoded(c, value, bytes, n);
}

static xpath_verifier *verify;

void xpath_verify_with(xpath_verifier *verifier)
{
	verify = verifier;
}

/* A signature and what was signed, in base64: what was signed if the key made
 * the signature, else "".  Source: JavaRosa, Ed25519. */
bool fn_extract_signed(struct call *c, struct xp_value *value)
{
	const char *text, *key;
	const char *signed_bytes, *key_bytes;
	size_t n, n_key;

	if (!two_texts(c, &text, &key))
		return false;
	if (verify == NULL)
		return call_unavailable(c);
	signed_bytes = decode_base64(c, text, &n);
	key_bytes = decode_base64(c, key, &n_key);
	if (n < 64 || n_key < 32 ||
	    !verify((const unsigned char *)key_bytes,
	    (const unsigned char *)signed_bytes, signed_bytes + 64, n - 64))
		return give_text(value, "");
	return give_decoded(c, value, signed_bytes + 64, n - 64);
}

static unsigned below(struct call *c, unsigned n)
{
	double x = c->e->env->random(c->e->env->data) * n;
	unsigned k = x > 0 ? (unsigned)x : 0;

	return k < n ? k : n - 1;
}

/* Source: RFC 4122 section 4.4, random UUIDs. */
static const char *random_uuid(struct call *c)
{
	static const char digits[] = "0123456789abcdef";
	char *text = arena_strdup(c->e->arena,
		"xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx");
	char *at;

	for (at = text; *at != '\0'; at++) {
		if (*at == 'x')
			*at = digits[below(c, 16)];
		else if (*at == 'y')
			*at = digits[8 + below(c, 4)];
	}
	return text;
}

bool fn_uuid(struct call *c, struct xp_value *value)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
	double n;
	char *text;
	size_t i;

	if (c->e->env->random == NULL)
		return call_unavailable(c);
	if (arg_count(c) == 0)
		return give_text(value, random_uuid(c));
	if (!arg_number(c, 0, &n))
		return false;
	if (isnan(n) || n < 0 || n > 100000)
		return call_fail(c, _("'%s()' cannot make that many characters"),
			c->call->name);
	text = arena_zalloc(c->e->arena, (size_t)n + 1);
	for (i = 0; i < (size_t)n; i++)
		text[i] = digits[below(c, 36)];
	return give_text(value, text);
}
