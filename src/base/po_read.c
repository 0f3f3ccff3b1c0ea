/* PO files read: a line at a time, since comments are lines. */
#include "config.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/gettext.h"
#include "base/po_parts.h"
#include "base/utf8.h"

enum { MOST_FORMS = 100, MOST_DOMAINS = 100, MOST_CHARSET_BYTES = 40 };

enum field {			/* what the next string belongs to */
	FIELD_NONE, FIELD_DOMAIN, FIELD_CONTEXT, FIELD_ID, FIELD_PLURAL,
	FIELD_STRING, FIELD_OLD_CONTEXT, FIELD_OLD_ID, FIELD_OLD_PLURAL
};

enum stage {			/* how far the entry is */
	STAGE_BEFORE, STAGE_CONTEXT, STAGE_ID, STAGE_PLURAL, STAGE_STRINGS
};

struct reader {
	struct po *po;
	const char *name;
	const char *at, *line_start;
	int line;
	struct po_entry *entry;		/* being read */
	enum stage stage;
	enum field field;
	bool has_string;		/* FIELD was followed by one */
	struct str text;
	bool obsolete, previous;	/* of this line: #~, #| */
	const char *domain;
	bool header_only;
	struct err *err;
};

/* --- saying where --- */

static int column_of(const struct reader *r, const char *at)
{
	int column = 1;

	for (const char *c = r->line_start; c < at; c++)
		column += (*c & 0xc0) != 0x80;
	return column;
}

/* After err_set(). */
static bool at_place(struct reader *r, const char *at)
{
	return err_at(r->err, r->name, r->line, column_of(r, at));
}

/* --- entries --- */

/* Entries from here on are of this domain. */
static bool begin_domain(struct reader *r, const char *name, const char *at)
{
	struct po *po = r->po;

	for (size_t i = 0; i < po->domains.n; i++)
		if (strcmp(po->domains.items[i], name) == 0) {
			r->domain = po->domains.items[i];
			return true;
		}
	if (po->domains.n >= MOST_DOMAINS || name[0] == '\0' ||
			strpbrk(name, "\"\\\n/") != NULL) {
		err_set(r->err, ERR_SYNTAX, po->domains.n >= MOST_DOMAINS ?
			_("there are too many domains") :
			_("this is no name of a domain"));
		return at_place(r, at);
	}
	vec_push(&po->domains, name);
	r->domain = name;
	return true;
}

/* What was gathered goes where it belongs. */
static bool put_text(struct reader *r, const char *at)
{
	struct po_entry *e = r->entry;
	enum field field;
	const char *text;

	if (r->field == FIELD_NONE)
		return true;
	if (!r->has_string) {
		err_set(r->err, ERR_SYNTAX, _("a text in quotes is missing"));
		return at_place(r, at);
	}
	if (!r->header_only && !utf8_is_valid(r->text.data, r->text.len)) {
		err_set(r->err, ERR_SYNTAX, _("this is not UTF-8"));
		return at_place(r, at);		/* written as escapes */
	}
	text = arena_strndup(r->po->arena, r->text.data, r->text.len);
	field = r->field;
	r->field = FIELD_NONE;
	r->has_string = false;
	str_clear(&r->text);
	switch (field) {
	case FIELD_NONE: break;
	case FIELD_DOMAIN: return begin_domain(r, text, at);
	case FIELD_CONTEXT: e->names.context = text; break;
	case FIELD_ID: e->names.id = text; break;
	case FIELD_PLURAL: e->names.plural = text; break;
	case FIELD_STRING: vec_push(&e->strings, text); break;
	case FIELD_OLD_CONTEXT: e->previous.context = text; break;
	case FIELD_OLD_ID: e->previous.id = text; break;
	case FIELD_OLD_PLURAL: e->previous.plural = text; break;
	}
	return true;
}

/* The entry is complete, as far as can be seen. */
static bool end_entry(struct reader *r, const char *at)
{
	struct po_entry *e = r->entry;

	if (!put_text(r, at))
		return false;
	if (r->stage == STAGE_BEFORE)
		return true;
	if (r->stage != STAGE_STRINGS) {
		err_set(r->err, ERR_SYNTAX, r->stage == STAGE_CONTEXT ?
			_("msgid is missing") : _("msgstr is missing"));
		return at_place(r, at);
	}
	e->domain = r->domain;
	r->entry = po_entry_new(r->po);
	r->stage = STAGE_BEFORE;
	if (po_put(r->po, e))
		return true;
	err_set(r->err, ERR_SYNTAX,
		_("this msgid is given twice: '%.60s'"), e->names.id);
	err_at(r->err, r->name, e->line, 1);
	vec_push(&r->po->entries, e);	/* it has an owner */
	return false;
}

/* Comments after a complete entry are of the next. */
static bool next_if_complete(struct reader *r, const char *at)
{
	return r->stage != STAGE_STRINGS || end_entry(r, at);
}

/* --- comments --- */

/* The rest of the line, without its end. */
static char *rest_of_line(struct reader *r, const char *from)
{
	size_t n = strcspn(from, "\n");

	r->at = from + n;
	while (n > 0 && from[n - 1] == '\r')
		n--;
	return arena_strndup(r->po->arena, from, n);
}

#define BLANKS " \t\r\v\f"

static void read_flags(struct reader *r, char *text)
{
	char *flag;

	while ((flag = strsep(&text, ",")) != NULL) {
		size_t n;

		flag += strspn(flag, BLANKS);
		n = strlen(flag);
		while (n > 0 && strchr(BLANKS, flag[n - 1]) != NULL)
			flag[--n] = '\0';
		while (str_starts(flag, "possible-"))	/* xgettext is not sure */
			flag += strlen("possible-") + strspn(flag +
				strlen("possible-"), BLANKS);
		if (strcmp(flag, "fuzzy") == 0)
			r->entry->is_fuzzy = true;
		else if (flag[0] != '\0')
			po_flag(r->po, r->entry, flag);
	}
}

/* They stand around a name with blanks in it, and in none. */
static char *without_isolates(struct arena *arena, const char *text, size_t n)
{
	char *name = arena_strndup(arena, text, n), *to = name;

	for (const char *c = name; *c != '\0'; c++) {
		if (str_starts(c, "\342\201\250") ||
				str_starts(c, "\342\201\251"))
			c += 2;
		else
			*to++ = *c;
	}
	*to = '\0';
	return name;
}

static void add_reference(struct reader *r, const char *text, size_t n)
{
	char *name = without_isolates(r->po->arena, text, n);
	char *colon = strrchr(name, ':');
	struct po_reference ref = { name, 0 };
	size_t digits = colon == NULL ? 0 : strspn(colon + 1, "0123456789");

	if (digits > 0 && digits < 9 && colon > name &&
			colon[1 + digits] == '\0' && atoi(colon + 1) > 0) {
		ref.line = atoi(colon + 1);
		*colon = '\0';
	}
	while (str_starts(ref.file, "./"))
		ref.file += 2;
	if (ref.file[0] != '\0')
		vec_push(&r->entry->references, ref);
}

static void add_isolated(struct reader *r, const char *text, size_t n,
	const char *after, size_t n_after)
{
	char *both = arena_alloc(r->po->arena, n + n_after + 1);

	memcpy(both, text, n);
	memcpy(both + n, after, n_after);
	both[n + n_after] = '\0';
	add_reference(r, both, n + n_after);
}

static void read_references(struct reader *r, const char *text)
{
	static const char open[] = "\342\201\250", close[] = "\342\201\251";

	while (*(text += strspn(text, BLANKS)) != '\0') {
		const char *end = str_starts(text, open) ?
			strstr(text, close) : NULL;
		size_t n;

		if (end != NULL) {
			text += strlen(open);
			n = end[strlen(close)] == ':' ? 1 + strspn(end +
				strlen(close) + 1, "0123456789") : 0;
			n = n > 1 ? n : 0;
			add_isolated(r, text, (size_t)(end - text),
				end + strlen(close), n);
			text = end + strlen(close) + n;
			continue;
		}
		n = strcspn(text, BLANKS);
		add_reference(r, text, n);
		text += n;
	}
}

static const char *skip_blank(const char *text)
{
	return text + (*text == ' ');
}

/* At '#'.  "#~" and "#|" go on as what they hold; other comments end here. */
static bool read_comment(struct reader *r)
{
	const char *at = r->at;
	char *text;

	if (at[1] == '~' || at[1] == '|') {
		r->obsolete = at[1] == '~';
		r->previous = at[1] == '|' || at[2] == '|';
		r->at += r->obsolete && r->previous ? 3 : 2;
		return true;
	}
	if (!next_if_complete(r, at))
		return false;
	text = rest_of_line(r, at + 1);
	switch (*text) {
	case '.': vec_push(&r->entry->extracted, skip_blank(text + 1)); break;
	case ':': read_references(r, text + 1); break;
	case ',': read_flags(r, text + 1); break;
	default: vec_push(&r->entry->comments, skip_blank(text)); break;
	}
	return true;
}

/* --- strings --- */

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* After the backslash; -1: no such escape. */
static int read_escape(struct reader *r)
{
	static const char names[] = "abfnrtv\\\"";
	static const char plain[] = "\a\b\f\n\r\t\v\\\"";
	char c = *r->at;
	const char *found = c == '\0' ? NULL : strchr(names, c);
	int base = c == 'x' ? 16 : 8, most = c == 'x' ? 2 : 3, value = 0, n;

	if (found != NULL) {
		r->at++;
		return plain[found - names];
	}
	r->at += c == 'x';
	for (n = 0; n < most && digit_of(*r->at) < base; n++)
		value = value * base + digit_of(*r->at++);
	return n == 0 || value == 0 || value > 255 ? -1 : value;
}

static bool read_string(struct reader *r)
{
	const char *start = r->at++;

	if (r->field == FIELD_NONE) {
		err_set(r->err, ERR_SYNTAX,
			_("msgid or msgstr is missing before this text"));
		return at_place(r, start);
	}
	while (*r->at != '"') {
		size_t n = strcspn(r->at, "\"\\\n");
		const char *escape;
		int c;

		str_addn(&r->text, r->at, n);
		r->at += n;
		if (*r->at == '\0' || *r->at == '\n') {
			err_set(r->err, ERR_SYNTAX,
				_("the text does not end: '\"' is missing"));
			return at_place(r, r->at);
		}
		if (*r->at == '"')
			break;
		escape = r->at++;
		c = read_escape(r);
		if (c < 0) {
			err_set(r->err, ERR_SYNTAX,
				_("there is no such escape: write \\\\ for a "
				"backslash"));
			return at_place(r, escape);
		}
		str_addc(&r->text, (char)c);
	}
	r->at++;
	r->has_string = true;
	return true;
}

/* --- keywords --- */

static bool refuse(struct reader *r, const char *at, const char *what)
{
	err_set(r->err, ERR_SYNTAX, "%s", what);
	return at_place(r, at);
}

static bool begin_old(struct reader *r, const char *at, enum field field)
{
	if (!next_if_complete(r, at) || !put_text(r, at))
		return false;
	if (field < FIELD_CONTEXT || field > FIELD_PLURAL)
		return refuse(r, at, _("this does not belong after #|"));
	r->field = FIELD_OLD_CONTEXT + (field - FIELD_CONTEXT);
	return true;
}

/* "[2]" after msgstr; -1: none. */
static bool read_index(struct reader *r, const char *at, long *index)
{
	char *end;

	*index = -1;
	r->at += strspn(r->at, " \t");
	if (*r->at != '[')
		return true;
	*index = strtol(r->at + 1, &end, 10);
	end += strspn(end, " \t");
	if (end == r->at + 1 || *end != ']' || *index < 0 ||
			*index >= MOST_FORMS)
		return refuse(r, at, _("the number in msgstr[...] is wrong"));
	r->at = end + 1;
	return true;
}

static bool begin_msgstr(struct reader *r, const char *at)
{
	const struct po_entry *e = r->entry;
	long index;

	if (!read_index(r, at, &index))
		return false;
	if (r->stage < STAGE_ID)
		return refuse(r, at, _("msgid is missing"));
	if (e->names.plural == NULL && index >= 0)
		return refuse(r, at, _("msgid_plural is missing"));
	if (e->names.plural == NULL && e->strings.n > 0)
		return refuse(r, at, _("there is a msgstr already"));
	if (e->names.plural != NULL && index != (long)e->strings.n) {
		err_set(r->err, ERR_SYNTAX, _("msgstr[%zu] has to come here"),
			e->strings.n);
		return at_place(r, at);
	}
	r->stage = STAGE_STRINGS;
	r->field = FIELD_STRING;
	return true;
}

static bool begin_id(struct reader *r, const char *at, enum field field)
{
	if (!next_if_complete(r, at))
		return false;
	if (r->stage >= (field == FIELD_ID ? STAGE_ID : STAGE_CONTEXT))
		return refuse(r, at, r->stage == STAGE_CONTEXT ?
			_("msgid is missing") : _("msgstr is missing"));
	r->entry->is_obsolete = r->obsolete;
	r->entry->line = r->line;
	r->stage = field == FIELD_ID ? STAGE_ID : STAGE_CONTEXT;
	r->field = field;
	return true;
}

static bool begin_plural(struct reader *r, const char *at)
{
	if (r->stage != STAGE_ID)
		return refuse(r, at, _("msgid is missing"));
	r->stage = STAGE_PLURAL;
	r->field = FIELD_PLURAL;
	return true;
}

static enum field field_named(const char *text, size_t n)
{
	static const struct { const char *name; enum field field; } known[] = {
		{ "domain", FIELD_DOMAIN }, { "msgctxt", FIELD_CONTEXT },
		{ "msgid", FIELD_ID }, { "msgid_plural", FIELD_PLURAL },
		{ "msgstr", FIELD_STRING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i].name) == n &&
				memcmp(known[i].name, text, n) == 0)
			return known[i].field;
	return FIELD_NONE;
}

static bool read_keyword(struct reader *r)
{
	const char *at = r->at;
	size_t n = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
	enum field field = field_named(at, n);

	if (field == FIELD_NONE) {
		err_set(r->err, ERR_SYNTAX, _("'%.*s' is not known here: a "
			"line begins with #, msgid, msgstr or a text in "
			"quotes"), (int)(n > 0 ? n : strcspn(at, " \t\r\n")),
			at);
		return at_place(r, at);
	}
	r->at += n;
	if (r->previous)
		return begin_old(r, at, field);
	if (field == FIELD_DOMAIN ? !end_entry(r, at) : !put_text(r, at))
		return false;
	if (r->stage > STAGE_BEFORE && r->stage < STAGE_STRINGS &&
			r->obsolete != r->entry->is_obsolete)
		return refuse(r, at, _("part of this entry begins with #~, "
			"and part does not"));
	switch (field) {
	case FIELD_CONTEXT: case FIELD_ID: return begin_id(r, at, field);
	case FIELD_PLURAL: return begin_plural(r, at);
	case FIELD_STRING: return begin_msgstr(r, at);
	default: r->field = field; return true;
	}
}

/* --- lines --- */

static bool read_line(struct reader *r)
{
	r->line_start = r->at;
	r->obsolete = r->previous = false;
	for (;;) {
		r->at += strspn(r->at, " \t\r\v\f");
		if (*r->at == '\n' || *r->at == '\0')
			return true;
		if (*r->at == '#' ? !read_comment(r) :
				*r->at == '"' ? !read_string(r) :
				!read_keyword(r))
			return false;
	}
}

static bool read_lines(struct reader *r)
{
	for (;;) {
		r->line++;
		if (!read_line(r))
			return false;
		if (r->header_only && r->po->header != NULL)
			return true;
		if (*r->at == '\0')
			return end_entry(r, r->at);
		r->at++;
	}
}

static void keep_tail(struct reader *r)
{
	struct po_entry *e = r->entry;

	if (e->comments.n + e->extracted.n + e->references.n > 0)
		r->po->tail = e;
	else {
		vec_release(&e->flags);
		r->po->tail = NULL;
	}
}

static void drop_entry(struct reader *r)
{
	vec_push(&r->po->entries, r->entry);	/* po_free() does it */
}

static struct po *parse_text(const char *text, const char *name,
	bool header_only, struct err *err)
{
	struct reader r = { .po = po_new(), .name = name, .at = text,
		.line_start = text, .text = STR_INIT, .err = err,
		.header_only = header_only };
	bool ok;

	r.entry = po_entry_new(r.po);
	ok = read_lines(&r);
	if (ok)
		keep_tail(&r);
	else
		drop_entry(&r);
	str_release(&r.text);
	if (ok)
		return r.po;
	po_free(r.po);
	return NULL;
}

/* --- charsets --- */

/* As the header says it, for iconv; "" if it is UTF-8, or not said.  The header
 * is ASCII in every charset that can be told so. */
static void find_charset(const char *bytes, char charset[MOST_CHARSET_BYTES])
{
	struct err ignored = ERR_INIT;
	struct po *po = parse_text(bytes, NULL, true, &ignored);
	char *type = po == NULL ? NULL : po_header_field(po, "Content-Type");
	const char *found = type == NULL ? NULL : strstr(type, "charset=");

	charset[0] = '\0';
	if (found != NULL)
		snprintf(charset, MOST_CHARSET_BYTES, "%.*s", (int)strspn(
			found + strlen("charset="),
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			"0123456789-_.:"), found + strlen("charset="));
	if (strcasecmp(charset, "UTF-8") == 0 ||
			strcasecmp(charset, "UTF8") == 0 ||
			strcasecmp(charset, "US-ASCII") == 0 ||
			strcasecmp(charset, "ASCII") == 0 ||
			strcmp(charset, "CHARSET") == 0)
		charset[0] = '\0';
	free(type);
	po_free(po);
}

static bool convert(iconv_t cd, const char *bytes, size_t n_bytes,
	struct str *out)
{
	char *in = (char *)(uintptr_t)bytes;
	char buffer[4096];
	size_t n;

	do {
		char *to = buffer;
		size_t left = sizeof buffer;

		n = iconv(cd, &in, &n_bytes, &to, &left);
		str_addn(out, buffer, sizeof buffer - left);
		if (n == (size_t)-1 && errno != E2BIG)
			return false;
	} while (n == (size_t)-1);
	return true;
}

static bool to_utf8(const char *bytes, size_t n_bytes, const char *name,
	const char *charset, struct str *out, struct err *err)
{
	iconv_t cd = iconv_open("UTF-8", charset);
	bool ok = cd != (iconv_t)-1;

	if (!ok)
		err_set(err, ERR_SYNTAX,
			_("the charset '%s' is not known here"), charset);
	else if (!(ok = convert(cd, bytes, n_bytes, out)))
		err_set(err, ERR_SYNTAX, _("a byte is not of the charset "
			"'%s', which the header names"), charset);
	if (cd != (iconv_t)-1)
		iconv_close(cd);
	return ok || err_at(err, name, 0, 0);
}

static bool bad_bytes(const char *bytes, size_t n_bytes, const char *name,
	struct err *err)
{
	int line = 1;
	size_t start = 0;

	for (size_t i = 0; i <= n_bytes; i++) {
		if (i < n_bytes && bytes[i] != '\n')
			continue;
		if (!utf8_is_valid(bytes + start, i - start))
			break;
		start = i + 1;
		line++;
	}
	err_set(err, ERR_SYNTAX, _("this is not UTF-8"));
	return err_at(err, name, line, 0);
}

struct po *po_parse(const char *bytes, size_t n_bytes, const char *name,
	struct err *err)
{
	char charset[MOST_CHARSET_BYTES];
	struct str text = STR_INIT;
	struct po *po = NULL;

	err_clear(err);
	if (n_bytes > PO_MOST_BYTES) {
		err_set(err, ERR_LIMIT, _("the file is too large"));
		err_at(err, name, 0, 0);
		return NULL;
	}
	if (n_bytes >= 3 && memcmp(bytes, "\357\273\277", 3) == 0) {
		bytes += 3;
		n_bytes -= 3;
	}
	str_addn(&text, bytes, n_bytes);
	find_charset(text.data, charset);
	if (charset[0] != '\0') {
		str_clear(&text);
		if (!to_utf8(bytes, n_bytes, name, charset, &text, err))
			goto out;
	}
	if (!utf8_is_valid(text.data, text.len)) {
		bad_bytes(text.data, text.len, name, err);
		goto out;
	}
	po = parse_text(text.data, name, false, err);
	if (po != NULL && charset[0] != '\0')
		po_set_header_field(po, "Content-Type",
			"text/plain; charset=UTF-8");
out:
	str_release(&text);
	return po;
}

struct po *po_read(const char *path, struct err *err)
{
	struct str bytes = STR_INIT;
	struct po *po = NULL;

	if (file_read(path, PO_MOST_BYTES, &bytes, err))
		po = po_parse(bytes.data, bytes.len, path, err);
	str_release(&bytes);
	return po;
}
