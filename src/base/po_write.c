/*
 * PO files written as msgcat writes them.  Lines are broken where Unicode
 * allows (UAX 14, by libunistring, as in gettext), at 79 columns.
 */
#include "config.h"

#include <string.h>
#include <unilbrk.h>

#include "base/arena.h"
#include "base/po_parts.h"

enum { PAGE_WIDTH = 79, NO_WIDTH = 1 << 30 };

/* --- texts --- */

struct portion {			/* a line of a text, with its escapes */
	struct str text;
	struct str overrides;		/* where no break may be */
	struct str breaks;
};

static char escape_of(char c)
{
	static const char plain[] = "\a\b\f\n\r\t\v\\\"";
	static const char names[] = "abfnrtv\\\"";
	const char *found = c == '\0' ? NULL : strchr(plain, c);

	return found == NULL ? '\0' : names[found - plain];
}

/* Bytes of the directive of printf that begins here; 0: none. */
static size_t c_directive(const char *text)
{
	size_t n = 1;

	if (text[0] != '%')
		return 0;
	n += strspn(text + n, "0123456789$'+-# I");
	n += strspn(text + n, "*.0123456789hlLqjzt");
	return text[n] == '\0' || strchr("diouxXeEfFgGaAcsSpnCm%", text[n]) ==
		NULL ? 0 : n + 1;
}

static size_t brace_directive(const char *text)
{
	const char *name, *at = text;
	size_t n;

	return text[0] == '{' && po_next_brace(&at, &name, &n) &&
		name == text + 1 ? (size_t)(at - text) : 0;
}

static size_t directive(const struct po_entry *entry, const char *text)
{
	if (text[0] == '%' && po_has_flag(entry, "c-format"))
		return c_directive(text);
	if (text[0] == '{' && po_has_flag(entry, "python-brace-format"))
		return brace_directive(text);
	return 0;
}

static void push_byte(struct portion *p, char c, char override)
{
	str_addc(&p->text, c);
	str_addc(&p->overrides, override);
}

/* Up to and with the next line break; returns what follows. */
static const char *take_portion(struct portion *p,
	const struct po_entry *entry, const char *text)
{
	const char *inside = text;	/* end of a directive */

	str_clear(&p->text);
	str_clear(&p->overrides);
	while (*text != '\0') {
		char c = *text, escape = escape_of(c);
		size_t n = text < inside ? 0 : directive(entry, text);
		char override = text < inside ? UC_BREAK_PROHIBITED :
			UC_BREAK_UNDEFINED;

		if (n > 0)
			inside = text + n;
		if (c == '\n')
			override = UC_BREAK_PROHIBITED;
		if (escape != '\0') {
			push_byte(p, '\\', override);
			push_byte(p, escape, UC_BREAK_PROHIBITED);
		} else {
			push_byte(p, c, (c & 0xc0) == 0x80 ?
				UC_BREAK_PROHIBITED : override);
		}
		text++;
		if (c == '\n')
			break;
	}
	return text;
}

static bool break_portion(struct portion *p, int width, int start)
{
	str_clear(&p->breaks);
	if (p->text.len == 0)
		return false;
	str_room(&p->breaks, p->text.len);
	str_grew(&p->breaks, p->text.len);
	memset(p->breaks.data, UC_BREAK_PROHIBITED, p->text.len);
	if (width < NO_WIDTH)
		u8_width_linebreaks((const uint8_t *)p->text.data, p->text.len,
			width, start, 0, p->overrides.data, "UTF-8",
			p->breaks.data);
	return start > width ||
		memchr(p->breaks.data, UC_BREAK_POSSIBLE, p->text.len) != NULL;
}

static void put_portion(const struct portion *p, const char *prefix,
	struct str *out)
{
	str_addc(out, '"');
	for (size_t i = 0; i < p->text.len; i++) {
		if (p->breaks.data[i] == UC_BREAK_POSSIBLE)
			str_addf(out, "\"\n%s\"", prefix);
		str_addc(out, p->text.data[i]);
	}
	str_add(out, "\"\n");
}

struct writing {
	enum po_wrapping wrapping;
	struct str *out;
	struct portion portion;
};

static void write_text(struct writing *w, const struct po_entry *entry,
	const char *prefix, const char *keyword, const char *text)
{
	bool first = true;
	int width = w->wrapping == PO_WRAP && !po_has_flag(entry, "no-wrap") ?
		PAGE_WIDTH - 2 - (int)strlen(prefix) : NO_WIDTH;
	int start = (int)strlen(keyword) + 1;

	do {
		const char *rest = take_portion(&w->portion, entry, text);
		bool breaks = break_portion(&w->portion, width,
			first ? start : 0);

		if (first && w->portion.text.len > 0 &&
				(breaks || *rest != '\0')) {
			str_addf(w->out, "%s%s \"\"\n", prefix, keyword);
			first = false;
			break_portion(&w->portion, width, 0);
		}
		str_add(w->out, prefix);
		if (first)
			str_addf(w->out, "%s ", keyword);
		first = false;
		put_portion(&w->portion, prefix, w->out);
		text = rest;
	} while (*text != '\0');
}

static void write_names(struct writing *w, const struct po_entry *entry,
	const char *prefix, const struct po_names *names)
{
	if (names->context != NULL)
		write_text(w, entry, prefix, "msgctxt", names->context);
	if (names->id != NULL)
		write_text(w, entry, prefix, "msgid", names->id);
	if (names->plural != NULL)
		write_text(w, entry, prefix, "msgid_plural", names->plural);
}

/* --- comments --- */

static void write_comment(const char *sign, const char *text, struct str *out)
{
	str_addf(out, *text == '\0' ? "%s\n" : "%s %s\n", sign, text);
}

/* A file with a blank in its name stands between isolates. */
static void write_references(const struct po_entry *entry, struct str *out)
{
	size_t column = 2;

	if (entry->references.n == 0)
		return;
	str_add(out, "#:");
	for (size_t i = 0; i < entry->references.n; i++) {
		const struct po_reference *r = &entry->references.items[i];
		bool blank = strpbrk(r->file, " \t\r\v\f") != NULL;
		char *text = str_format(blank ? "\342\201\250%s\342\201\251" :
			"%s", r->file);
		char *number = r->line > 0 ? str_format(":%d", r->line) :
			xstrdup("");
		size_t n = strlen(text) + strlen(number) + 1;

		if (column > 2 && column + n > PAGE_WIDTH) {
			str_add(out, "\n#:");
			column = 2;
		}
		str_addf(out, " %s%s", text, number);
		column += n;
		free(number);
		free(text);
	}
	str_addc(out, '\n');
}

/* Formats of C first. */
static int rank_of(const char *flag)
{
	if (strcmp(flag, "no-wrap") == 0)
		return 3;
	if (str_starts(flag, "range:"))
		return 2;
	return str_ends(flag, "-format") && !str_ends(flag, "c-format");
}

static void write_flags(const struct po_entry *entry, struct str *out)
{
	const char *between = "#, ";

	if (entry->is_fuzzy && entry->strings.items[0][0] != '\0') {
		str_addf(out, "%sfuzzy", between);
		between = ", ";
	}
	for (int rank = 0; rank < 4; rank++)
		for (size_t i = 0; i < entry->flags.n; i++) {
			const char *flag = entry->flags.items[i];

			if (rank_of(flag) != rank ||
					strcmp(flag, "wrap") == 0 ||
					(rank == 2 && entry->is_obsolete))
				continue;
			str_addf(out, "%s%s", between, flag);
			between = ", ";
		}
	if (between[0] == ',')
		str_addc(out, '\n');
}

static void write_comments(const struct po_entry *entry, struct str *out)
{
	for (size_t i = 0; i < entry->comments.n; i++)
		write_comment("#", entry->comments.items[i], out);
	for (size_t i = 0; i < entry->extracted.n; i++)
		write_comment("#.", entry->extracted.items[i], out);
	write_references(entry, out);
}

/* --- entries --- */

static void write_entry(struct writing *w, const struct po_entry *entry)
{
	const char *prefix = entry->is_obsolete ? "#~ " : "";

	write_comments(entry, w->out);
	write_flags(entry, w->out);
	write_names(w, entry, entry->is_obsolete ? "#~| " : "#| ",
		&entry->previous);
	write_names(w, entry, prefix, &entry->names);
	for (size_t i = 0; i < entry->strings.n; i++) {
		char keyword[40];

		if (entry->names.plural == NULL)
			snprintf(keyword, sizeof keyword, "msgstr");
		else
			snprintf(keyword, sizeof keyword, "msgstr[%zu]", i);
		write_text(w, entry, prefix, keyword, entry->strings.items[i]);
	}
}

static void write_some(struct writing *w, const struct po *po,
	const char *domain, bool obsolete)
{
	for (size_t i = 0; i < po->entries.n; i++) {
		const struct po_entry *entry = po->entries.items[i];

		if (entry->is_obsolete != obsolete ||
				entry->domain != domain ||
				(obsolete && entry->strings.items[0][0] == '\0'))
			continue;	/* nothing is lost with the last */
		if (w->out->len > 0)
			str_addc(w->out, '\n');
		write_entry(w, entry);
	}
}

static void write_domain(struct writing *w, const struct po *po,
	const char *domain)
{
	write_some(w, po, domain, false);
	write_some(w, po, domain, true);
}

void po_write(const struct po *po, enum po_wrapping wrapping, struct str *out)
{
	struct writing w = { wrapping, out,
		{ STR_INIT, STR_INIT, STR_INIT } };

	write_domain(&w, po, NULL);
	for (size_t i = 0; i < po->domains.n; i++) {
		str_add(out, out->len > 0 ? "\n" : "");
		str_addf(out, "domain \"%s\"\n", po->domains.items[i]);
		write_domain(&w, po, po->domains.items[i]);
	}
	if (po->tail != NULL) {
		str_add(out, out->len > 0 ? "\n" : "");
		write_comments(po->tail, out);
	}
	str_release(&w.portion.text);
	str_release(&w.portion.overrides);
	str_release(&w.portion.breaks);
}
