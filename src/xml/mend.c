/*
 * Documents that are nearly XML, mended: see xml_mend() in xml.h.  One pass
 * over the bytes; lines stay where they are.
 */
#include "config.h"

#include "xml/xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"
#include "base/utf8.h"

enum { MOST_MENDED = 16 << 20, MOST_ATTRIBUTES = 64 };

struct name { const char *at; size_t n; };

struct mending {
	const char *at, *end;
	struct str *out;
	unsigned depth;			/* of open elements */
	bool was_root;
	bool failed;			/* at a bare '&' */
	struct name names[MOST_ATTRIBUTES];	/* of the tag being read */
	unsigned n_names;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_name(char c)
{
	return is_blank(c) || strchr("=<>/\"'", c) != NULL;
}

static bool is_ahead(const struct mending *m, const char *what)
{
	size_t n = strlen(what);

	return (size_t)(m->end - m->at) >= n && memcmp(m->at, what, n) == 0;
}

/* Leave `n` bytes out, but for their line breaks. */
static void leave_out(struct mending *m, size_t n)
{
	for (; n > 0; n--, m->at++)
		if (*m->at == '\n')
			str_addc(m->out, '\n');
}

/* --- characters --- */

/* "&name;", "&#9;" and the like that XML knows; its bytes, or 0. */
static size_t known_reference(const struct mending *m)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&quot;",
		"&apos;" };
	size_t n = 2;
	unsigned long code;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (is_ahead(m, known[i]))
			return strlen(known[i]);
	if (!is_ahead(m, "&#"))
		return 0;
	while (m->at + n < m->end && n < 12 && m->at[n] != ';')
		n++;
	if (m->at + n >= m->end || m->at[n] != ';')
		return 0;
	code = m->at[2] == 'x' ? strtoul(m->at + 3, NULL, 16) :
		strtoul(m->at + 2, NULL, 10);
	if (code < 0x20 && code != '\t' && code != '\n' && code != '\r')
		return 0;
	return n + 1;
}

static void mend_reference(struct mending *m)
{
	size_t n = known_reference(m);

	if (n > 0) {
		str_addn(m->out, m->at, n);
		m->at += n;
		return;
	}
	if (is_ahead(m, "&#")) {
		const char *close = memchr(m->at, ';', (size_t)(m->end - m->at) <
			12 ? (size_t)(m->end - m->at) : 12);

		leave_out(m, close != NULL ? (size_t)(close - m->at) + 1 : 2);
		return;
	}
	n = 1;
	while (m->at + n < m->end && !ends_name(m->at[n]) && m->at[n] != ';' &&
			m->at[n] != '&')
		n++;
	m->failed |= n == 1 || m->at + n == m->end || m->at[n] != ';';
	str_add(m->out, "&amp;");
	m->at++;
}

static size_t utf8_length(const struct mending *m)
{
	for (size_t n = 1; n <= 4 && m->at + n <= m->end; n++)
		if (utf8_is_valid(m->at, n))
			return n;
	return 0;
}

/* One character of text or of an attribute's value. */
static void mend_character(struct mending *m)
{
	unsigned char c = (unsigned char)*m->at;
	size_t n = c < 0x80 ? 1 : utf8_length(m);

	if (c == '&') {
		mend_reference(m);
	} else if (n == 0) {
		str_add(m->out, "\xef\xbf\xbd");	/* U+FFFD */
		m->at++;
		} else if (c < 0x20 && !is_blank((char)c)) {
		leave_out(m, 1);
	} else {
		str_addn(m->out, m->at, n);
		m->at += n;
	}
}

/* --- tags --- */

static void copy(struct mending *m, size_t n)
{
	str_addn(m->out, m->at, n);
	m->at += n;
}

static void copy_name(struct mending *m)
{
	while (m->at < m->end && !ends_name(*m->at))
		copy(m, 1);
}

static bool was_named(struct mending *m, struct name name)
{
	for (unsigned i = 0; i < m->n_names; i++)
		if (m->names[i].n == name.n &&
				memcmp(m->names[i].at, name.at, name.n) == 0)
			return true;
	if (m->n_names < MOST_ATTRIBUTES)
		m->names[m->n_names++] = name;
	return false;
}

/* The value with its quotes; false: it has none, or no end. */
static bool mend_value(struct mending *m)
{
	char quote = m->at < m->end ? *m->at : '\0';

	if (quote != '"' && quote != '\'')
		return false;
	copy(m, 1);
	while (m->at < m->end && *m->at != quote) {
		if (*m->at == '<') {
			str_add(m->out, "&lt;");
			m->at++;
				} else {
			mend_character(m);
		}
	}
	if (m->at == m->end)
		return false;
	copy(m, 1);
	return true;
}

/* name = "value"; of two of a name the first counts. */
static bool mend_attribute(struct mending *m)
{
	const char *start = m->at;
	size_t kept = m->out->len;
	struct name name = { m->at, 0 };

	copy_name(m);
	name.n = (size_t)(m->at - start);
	while (m->at < m->end && is_blank(*m->at))
		copy(m, 1);
	if (name.n == 0 || m->at == m->end || *m->at != '=')
		return false;
	copy(m, 1);
	while (m->at < m->end && is_blank(*m->at))
		copy(m, 1);
	if (!mend_value(m))
		return false;
	if (was_named(m, name)) {
		size_t n = (size_t)(m->at - start);

		str_cut(m->out, kept);
		m->at = start;
		leave_out(m, n);
	}
	return true;
}

static bool mend_tag(struct mending *m)
{
	bool is_end = is_ahead(m, "</"), is_empty = false;

	if (!is_end && m->depth == 0 && m->was_root)
		return false;		/* a second root */
	copy(m, is_end ? 2 : 1);
	copy_name(m);
	m->n_names = 0;
	while (m->at < m->end && *m->at != '>') {
		is_empty = *m->at == '/';
		if (is_empty || is_blank(*m->at))
			copy(m, 1);
		else if (!mend_attribute(m))
			return false;
	}
	if (m->at == m->end || (is_end && m->depth == 0))
		return false;
	copy(m, 1);
	m->was_root = true;
	if (is_end)
		m->depth--;
	else if (!is_empty)
		m->depth++;
	return true;
}

/* --- the rest --- */

/* Up to and with `close`; false: it never comes. */
static bool copy_until(struct mending *m, const char *close)
{
	while (m->at < m->end && !is_ahead(m, close))
		copy(m, 1);
	if (m->at == m->end)
		return false;
	copy(m, strlen(close));
	return true;
}

static bool leave_out_comment(struct mending *m)
{
	const char *start = m->at, *end;

	while (m->at < m->end && !is_ahead(m, "-->"))
		m->at++;
	end = m->at;
	if (end == m->end)
		return false;
	m->at = start;
	leave_out(m, (size_t)(end - start) + 3);
	return true;
}

static bool mend_next(struct mending *m)
{
	if (is_ahead(m, "<!--"))
		return leave_out_comment(m);
	if (is_ahead(m, "<![CDATA["))
		return copy_until(m, "]]>");
	if (is_ahead(m, "<?"))
		return copy_until(m, "?>");
	if (is_ahead(m, "<!"))
		return false;		/* a document type: as it is */
	if (*m->at == '<')
		return mend_tag(m);
	if (m->depth == 0 && !is_blank(*m->at))
		leave_out(m, 1);
	else
		mend_character(m);
	return true;
}

/* Other encodings are left alone. */
static bool is_utf8(const char *bytes, size_t n_bytes)
{
	char start[160];
	const char *encoding;
	size_t n = n_bytes < sizeof start - 1 ? n_bytes : sizeof start - 1;

	memcpy(start, bytes, n);
	start[n] = '\0';
	if (strlen(start) < n)
		return false;
	encoding = strstr(start, "encoding=");
	return encoding == NULL || (strlen(encoding) > 10 &&
		strncasecmp(encoding + 10, "utf-8", 5) == 0);
}

bool xml_mend(const char *bytes, size_t n_bytes, struct str *mended)
{
	struct mending m = { .at = bytes, .end = bytes + n_bytes,
		.out = mended };

	if (n_bytes > MOST_MENDED || !is_utf8(bytes, n_bytes))
		return false;
	if (n_bytes >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
		m.at += 3;
	while (m.at < m.end)
		if (!mend_next(&m) || m.failed)
			return false;
	return m.was_root && m.depth == 0;
}
