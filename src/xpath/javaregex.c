/*
 * Patterns as Java writes them, for PCRE2: classes within classes and their
 * intersections, names of properties, \uXXXX, flags that mean something else.
 * Source: java.util.regex.Pattern; PCRE2, pcre2pattern(3).
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/gettext.h"
#include "xpath/functions.h"

enum { MOST_NESTED = 50 };

struct java { const char *at; struct err *err; unsigned depth; };

static bool wrong(struct java *j, const char *why)
{
	return err_set(j->err, ERR_XPATH, "%s", why);
}

/* --- properties --- */

struct property { const char *name, *body; };	/* what stands within [ ] */

static const struct property properties[] = {
	{ "Lower", "a-z" }, { "Upper", "A-Z" }, { "ASCII", "\\x00-\\x7f" },
	{ "Alpha", "a-zA-Z" }, { "Digit", "0-9" }, { "Alnum", "a-zA-Z0-9" },
	{ "Punct", "!-\\/:-@\\[-`{-~" }, { "Graph", "!-~" },
	{ "Print", "\\x20-~" }, { "Blank", "\\x20\\t" },
	{ "Cntrl", "\\x00-\\x1f\\x7f" }, { "XDigit", "0-9a-fA-F" },
	{ "Space", "\\x20\\t\\n\\x0b\\f\\r" },
	{ "javaLowerCase", "\\p{Ll}" }, { "javaUpperCase", "\\p{Lu}" },
	{ "javaWhitespace", "\\s\\x1c-\\x1f" }, { "javaLetter", "\\p{L}" },
	{ "javaDigit", "\\p{Nd}" }, { "javaLetterOrDigit", "\\p{L}\\p{Nd}" },
	{ "IsAlphabetic", "\\p{L}\\p{Nl}" }, { "IsLetter", "\\p{L}" },
	{ "IsDigit", "\\p{Nd}" }, { "IsUppercase", "\\p{Lu}" },
	{ "IsLowercase", "\\p{Ll}" }, { "IsPunctuation", "\\p{P}" },
	{ "IsControl", "\\p{Cc}" }, { "IsIdeographic", "\\p{Han}" },
	{ "IsWhite_Space", "\\s\\x{85}\\p{Z}" },
	{ "IsHex_Digit", "0-9a-fA-F" },
	{ "InBasicLatin", "\\x00-\\x7f" },
	{ "InLatin1Supplement", "\\x{80}-\\x{ff}" },
	{ "InCombiningDiacriticalMarks", "\\x{300}-\\x{36f}" },
	{ "InGreek", "\\x{370}-\\x{3ff}" }, { "InCyrillic", "\\x{400}-\\x{4ff}" },
	{ "InHebrew", "\\x{590}-\\x{5ff}" }, { "InArabic", "\\x{600}-\\x{6ff}" },
	{ "InDevanagari", "\\x{900}-\\x{97f}" },
	{ "InBengali", "\\x{980}-\\x{9ff}" }, { "InThai", "\\x{e00}-\\x{e7f}" },
	{ "InMyanmar", "\\x{1000}-\\x{109f}" },
	{ "InEthiopic", "\\x{1200}-\\x{137f}" },
	{ "InKhmer", "\\x{1780}-\\x{17ff}" },
	{ "InCJKUnifiedIdeographs", "\\x{4e00}-\\x{9fff}" },
};

/* Blocks are named with any spaces, '_' and '-'. */
static bool is_called(const char *name, size_t n, const char *known)
{
	bool is_block = strncmp(known, "In", 2) == 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (is_block && strchr(" _-", name[i]) != NULL)
			continue;
		if (*known == '\0' || (is_block ? strncasecmp(&name[i], known,
		    1) != 0 : name[i] != *known))
			return false;
		known++;
	}
	return *known == '\0';
}

/* The name without what Java allows in front of it. */
static void strip(const char **name, size_t *n)
{
	static const char *const fronts[] = { "script=", "sc=", "IsScript=",
		"general_category=", "gc=", "Is" };
	size_t i;

	for (i = 0; i < sizeof fronts / sizeof *fronts; i++) {
		size_t front = strlen(fronts[i]);

		if (*n > front && strncmp(*name, fronts[i], front) == 0) {
			*name += front;
			*n -= front;
			return;
		}
	}
}

/* Behind "\p" or "\P": what stands within [ ]. */
static bool add_property(struct java *j, struct str *out)
{
	const char *name = j->at, *end = name + 1;
	size_t n = 1, i;

	if (*name == '{') {
		end = strchr(name, '}');
		if (end == NULL)
			return wrong(j, _("'\\p{' is not closed"));
		n = (size_t)(end++ - ++name);
	} else if (*name == '\0') {
		return wrong(j, _("'\\p' has no name"));
	}
	j->at = end;
	for (i = 0; i < sizeof properties / sizeof *properties; i++)
		if (is_called(name, n, properties[i].name)) {
			str_add(out, properties[i].body);
			return true;
		}
	strip(&name, &n);
	str_addf(out, "\\p{%.*s}", (int)(n > 100 ? 100 : n), name);
	return true;
}

/* --- escapes that both have, or that are only written otherwise --- */

static void add_literal(struct str *out, char c)
{
	if ((unsigned char)c < 0x80 && strchr("\\^$.|?*+()[]{}-&#/ ", c) != NULL)
		str_addc(out, '\\');
	str_addc(out, c);
}

static void add_digits(struct java *j, struct str *out, const char *front,
	const char *digits, size_t most)
{
	size_t n = strspn(j->at, digits);

	n = n > most ? most : n;
	str_addf(out, "%s{%.*s}", front, (int)n, j->at);
	j->at += n;
}

/* At the letter behind '\'. */
static void add_escape(struct java *j, struct str *out)
{
	char c = *j->at++;

	if (c == 'u' && strspn(j->at, "0123456789abcdefABCDEF") >= 4) {
		add_digits(j, out, "\\x", "0123456789abcdefABCDEF", 4);
	} else if (c == '0' && strspn(j->at, "01234567") >= 1) {
		add_digits(j, out, "\\o", "01234567", 3);
	} else {
		str_addc(out, '\\');
		str_addc(out, c);
	}
}

/* \Q...\E: as it is. */
static void add_quoted(struct java *j, struct str *out)
{
	const char *end = strstr(j->at, "\\E");

	for (; *j->at != '\0' && j->at != end; j->at++)
		add_literal(out, *j->at);
	if (end != NULL)
		j->at += 2;
}

/* --- classes --- */

static bool add_class(struct java *j, struct str *out);

/* A union: what fits between [ ], and what stands beside it. */
struct operand { struct str body, others; bool was_other; };

static void operand_init(struct operand *o)
{
	str_init(&o->body);
	str_init(&o->others);
	o->was_other = false;
}

static void operand_release(struct operand *o)
{
	str_release(&o->body);
	str_release(&o->others);
}

static void add_other(struct operand *o, const char *other)
{
	if (o->others.len > 0)
		str_addc(&o->others, '|');
	str_add(&o->others, other);
	o->was_other = true;
}

static void add_operand(struct str *out, const struct operand *o)
{
	if (o->others.len == 0)
		str_addf(out, "[%s]", o->body.data);
	else if (o->body.len == 0)
		str_addf(out, "(?:%s)", o->others.data);
	else
		str_addf(out, "(?:[%s]|%s)", o->body.data, o->others.data);
}

static bool class_escape(struct java *j, struct operand *o)
{
	struct str body = STR_INIT;
	bool ok = true;

	if (*j->at == 'Q') {
		j->at++;
		add_quoted(j, &o->body);
	} else if (*j->at == 'p') {
		j->at++;
		ok = add_property(j, &o->body);
	} else if (*j->at == 'P') {
		j->at++;
		str_add(&body, "[^");
		ok = add_property(j, &body);
		str_addc(&body, ']');
		add_other(o, body.data);
	} else if (*j->at == '\0') {
		ok = wrong(j, _("a '[' is not closed"));
	} else {
		add_escape(j, &o->body);
	}
	str_release(&body);
	return ok;
}

static bool class_item(struct java *j, struct operand *o)
{
	struct str nested = STR_INIT;
	bool ok = true;

	if (*j->at == '\\') {
		j->at++;
		return class_escape(j, o);
	}
	if (*j->at != '[') {
		/* What stood between may be gone to the others. */
		if (*j->at == '^' || (*j->at == '-' && o->was_other))
			str_addc(&o->body, '\\');
		str_addc(&o->body, *j->at++);
		o->was_other = false;
		return true;
	}
	ok = add_class(j, &nested);
	add_other(o, nested.data);
	str_release(&nested);
	return ok;
}

static bool class_union(struct java *j, struct operand *o, bool is_first)
{
	if (is_first && *j->at == ']') {	/* a literal, as elsewhere */
		str_add(&o->body, "\\]");
		j->at++;
	}
	while (*j->at != ']' && strncmp(j->at, "&&", 2) != 0) {
		if (*j->at == '\0')
			return wrong(j, _("a '[' is not closed"));
		if (!class_item(j, o))
			return false;
	}
	return true;
}

/* All that must hold but the last, as looking ahead; then the last. */
static bool class_intersection(struct java *j, struct str *ahead,
	struct operand *last)
{
	bool is_first = true;

	for (;;) {
		if (!class_union(j, last, is_first))
			return false;
		is_first = false;
		if (*j->at == ']')
			return true;
		j->at += 2;			/* && */
		if (last->body.len + last->others.len > 0) {
			str_add(ahead, "(?=");
			add_operand(ahead, last);
			str_addc(ahead, ')');
		}
		if (*j->at == ']')		/* [a&&] is [a] */
			return true;
		str_clear(&last->body);
		str_clear(&last->others);
	}
}

static void join_class(struct str *out, bool is_negated,
	const struct str *ahead, const struct operand *last)
{
	if (!is_negated && ahead->len == 0) {
		add_operand(out, last);
	} else if (last->others.len == 0 && ahead->len == 0) {
		str_addf(out, "[^%s]", last->body.data);
	} else {
		str_addf(out, is_negated ? "(?:(?!%s" : "(?:%s", ahead->data);
		add_operand(out, last);
		str_add(out, is_negated ? ")(?s:.))" : ")");
	}
}

/* At the '['. */
static bool add_class(struct java *j, struct str *out)
{
	struct operand last;
	struct str ahead = STR_INIT;
	bool is_negated = j->at[1] == '^', ok;

	if (++j->depth > MOST_NESTED)
		return err_set(j->err, ERR_LIMIT,
			_("the pattern is nested too deeply"));
	operand_init(&last);
	j->at += is_negated ? 2 : 1;
	ok = class_intersection(j, &ahead, &last);
	if (ok) {
		j->at++;
		join_class(out, is_negated, &ahead, &last);
	}
	operand_release(&last);
	str_release(&ahead);
	j->depth--;
	return ok;
}

/* --- the rest --- */

/* "(?iu)": u, d and U are about Unicode and lines in Java, not in PCRE2. */
static void add_flags(struct java *j, struct str *out)
{
	size_t n = strspn(j->at + 2, "idmsuxU-"), i;
	char end = j->at[2 + n];

	if (n == 0 || (end != ':' && end != ')')) {
		str_addc(out, *j->at++);
		return;
	}
	str_add(out, "(?");
	for (i = 0; i < n; i++)
		if (strchr("udU", j->at[2 + i]) == NULL)
			str_addc(out, j->at[2 + i]);
	j->at += 2 + n;
}

static bool add_outside(struct java *j, struct str *out)
{
	bool is_negated = j->at[0] == 'P';

	if (*j->at == '\0')
		return wrong(j, _("the pattern ends with '\\'"));
	if (*j->at == 'Q') {
		j->at++;
		add_quoted(j, out);
		return true;
	}
	if (*j->at != 'p' && *j->at != 'P') {
		add_escape(j, out);
		return true;
	}
	j->at++;
	str_add(out, is_negated ? "[^" : "[");
	if (!add_property(j, out))
		return false;
	str_addc(out, ']');
	return true;
}

bool java_pattern(const char *pattern, struct str *out, struct err *err)
{
	struct java j = { pattern, err, 0 };
	bool ok = true;

	while (ok && *j.at != '\0') {
		if (*j.at == '\\') {
			j.at++;
			ok = add_outside(&j, out);
		} else if (*j.at == '[') {
			ok = add_class(&j, out);
		} else if (j.at[0] == '(' && j.at[1] == '*') {
			ok = wrong(&j, _("'*' has nothing to repeat"));
		} else if (j.at[0] == '(' && j.at[1] == '?') {
			add_flags(&j, out);
		} else {
			str_addc(out, *j.at++);
		}
	}
	return ok;
}
