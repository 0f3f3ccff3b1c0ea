/* Previews as lines and as a page. */
#include "config.h"

#include <string.h>

#include "author/preview.h"
#include "base/gettext.h"
#include "base/utf8.h"
#include "xml/xml.h"

static const char *state_words(enum preview_state state)
{
	switch (state) {
	case PREVIEW_MISSING: return _("not translated");
	case PREVIEW_FUZZY: return _("in doubt");
	case PREVIEW_UNREVIEWED: return _("not reviewed");
	case PREVIEW_DONE: break;
	}
	return "";
}

static const char *kind_words(enum preview_kind kind)
{
	switch (kind) {
	case PREVIEW_TITLE: return _("title");
	case PREVIEW_LIST_TITLE: return _("title in lists");
	case PREVIEW_HINT: return _("hint");
	case PREVIEW_GUIDANCE: return _("guidance");
	case PREVIEW_CONSTRAINT: return _("if refused");
	case PREVIEW_REQUIRED: return _("if not answered");
	default: return "";
	}
}

static char *summary(const struct preview *p)
{
	if (p->target_language == NULL)
		return xstrdup("");
	return str_format(_("%1$s: %2$zu not translated, %3$zu in doubt, "
		"%4$zu of consent or safety not reviewed"),
		p->target_language, p->n_missing, p->n_fuzzy,
		p->n_unreviewed);
}

/* --- lines --- */

static void indent(struct str *out, int depth)
{
	for (int i = 0; i < depth && i < 20; i++)
		str_add(out, "  ");
}

/* Line breaks of a text stay, below its beginning. */
static void add_lines(struct str *out, const char *text, int depth)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n");
		char *line = xstrndup(text, n);

		utf8_mask(out, line, false);
		free(line);
		text += n + (text[n] == '\n');
		if (*text != '\0') {
			str_addc(out, '\n');
			indent(out, depth);
		}
	}
}

static void write_both(const struct preview_line *l, struct str *out,
	int depth)
{
	if (l->target == NULL) {
		add_lines(out, l->source, depth);
	} else {
		if (l->state != PREVIEW_DONE)
			str_addf(out, "[%s] ", state_words(l->state));
		add_lines(out, l->target, depth);
		if (l->state != PREVIEW_MISSING) {
			str_addc(out, '\n');
			indent(out, depth);
			str_add(out, "= ");
			add_lines(out, l->source, depth);
		}
	}
	str_addc(out, '\n');
}

static void write_line(const struct preview_line *l, struct str *out)
{
	int depth = l->depth + 2;
	const char *what = kind_words(l->kind);

	switch (l->kind) {
	case PREVIEW_GROUP:
		str_addc(out, '\n');
		indent(out, l->depth);
		str_add(out, "== ");
		utf8_mask(out, l->name, false);
		str_addc(out, '\n');
		break;
	case PREVIEW_QUESTION: case PREVIEW_NOTE:
		str_addc(out, '\n');
		indent(out, l->depth + 1);
		utf8_mask(out, l->name, false);
		str_addf(out, l->about[0] != '\0' ? " (%s)\n" : "\n",
			l->about);
		break;
	case PREVIEW_CHOICE:
		indent(out, depth);
		str_add(out, "o ");
		utf8_mask(out, l->name, false);
		str_add(out, ": ");
		write_both(l, out, depth + 1);
		return;
	default: break;
	}
	if (l->source[0] == '\0')
		return;
	indent(out, depth);
	if (l->kind == PREVIEW_SKIP || l->kind == PREVIEW_REMARK)
		str_add(out, "> ");
	if (what[0] != '\0')
		str_addf(out, "%s: ", what);
	write_both(l, out, depth);
}

void preview_write_text(const struct preview *p, struct str *out)
{
	char *words = summary(p);

	for (size_t i = 0; i < p->lines.n; i++)
		if (p->lines.items[i].kind != PREVIEW_GROUP ||
				p->lines.items[i].source[0] != '\0')
			write_line(&p->lines.items[i], out);
	if (words[0] != '\0')
		str_addf(out, "\n%s\n", words);
	free(words);
}

/* --- a page --- */

static const char style[] =
	"body{font:16px/1.5 sans-serif;margin:1em auto;max-width:70em;"
	"padding:0 1em;color:#111;background:#fff}"
	"table{border-collapse:collapse;width:100%}"
	"td{border:1px solid #999;padding:.3em .6em;vertical-align:top;"
	"width:50%}"
	"td[dir=rtl]{font-family:'Noto Nastaliq Urdu','Jameel Noori Nastaleeq',"
	"'Noto Naskh Arabic',serif;line-height:2}"
	".group td{background:#dde8f3;font-weight:bold}"
	".question td{border-top:3px solid #333;font-weight:bold}"
	".name{font:13px monospace;color:#555;font-weight:normal}"
	".what{font-size:13px;color:#555}"
	".said td{width:auto;background:#f4f4f4;font-style:italic}"
	".missing{background:#fde0dc}.fuzzy{background:#fff3c4}"
	".unreviewed{background:#e9dcfa}"
	"@media print{body{font-size:11px}}";

static const char *class_of(const struct preview_line *l)
{
	switch (l->kind) {
	case PREVIEW_TITLE: case PREVIEW_GROUP: return "group";
	case PREVIEW_QUESTION: case PREVIEW_NOTE: return "question";
	case PREVIEW_SKIP: case PREVIEW_REMARK: return "said";
	default: return "text";
	}
}

static const char *state_class(enum preview_state state)
{
	static const char *const names[] = { "done", "missing", "fuzzy",
		"unreviewed" };

	return names[state];
}

static void add_escaped(struct str *out, const char *text)
{
	struct str masked = STR_INIT;

	utf8_mask(&masked, text, true);
	for (const char *c = masked.data; *c != '\0'; c++) {
		char one[2] = { *c, '\0' };

		if (*c == '\n')
			str_add(out, "<br>");
		else
			xml_add_attribute_value(out, one);
	}
	str_release(&masked);
}

static void open_cell(struct str *out, const char *language, const char *state)
{
	size_t n;
	const char *code = xf_language_code(language, &n);
	char *lang = xstrndup(code, n);

	str_add(out, "<td dir=\"");
	str_add(out, xf_language_is_rtl(language) ? "rtl" : "ltr");
	if (n > 0 && n <= 12 && strspn(lang, "abcdefghijklmnopqrstuvwxyz"
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == n &&
			strcmp(lang, "default") != 0)
		str_addf(out, "\" lang=\"%s", lang);
	str_addf(out, "\" class=\"%s\">", state);
	free(lang);
}

static void add_about(struct str *out, const struct preview_line *l)
{
	const char *what = kind_words(l->kind);

	if (what[0] != '\0')
		str_addf(out, "<div class=\"what\" dir=\"auto\">%s</div>", what);
	if (l->name[0] == '\0')
		return;
	str_add(out, "<div class=\"name\" dir=\"ltr\">");
	add_escaped(out, l->name);
	if (l->about[0] != '\0') {
		str_add(out, " <span dir=\"auto\">(");
		add_escaped(out, l->about);
		str_add(out, ")</span>");
	}
	str_add(out, "</div>");
}

static void add_source_cell(struct str *out, const struct preview *p,
	const struct preview_line *l)
{
	open_cell(out, p->source_language, "done");
	add_about(out, l);
	if (l->kind == PREVIEW_CHOICE)
		str_add(out, "○ ");
	add_escaped(out, l->source);
	str_add(out, "</td>");
}

static void add_target_cell(struct str *out, const struct preview *p,
	const struct preview_line *l)
{
	bool missing = l->state == PREVIEW_MISSING && l->source[0] != '\0';

	open_cell(out, missing ? p->source_language : p->target_language,
		state_class(missing || l->state != PREVIEW_MISSING ? l->state :
		PREVIEW_DONE));
	if (l->state != PREVIEW_DONE && l->source[0] != '\0')
		str_addf(out, "<div class=\"what\" dir=\"auto\">%s</div>",
			state_words(l->state));
	if (l->kind == PREVIEW_CHOICE)
		str_add(out, "○ ");
	add_escaped(out, l->target != NULL ? l->target : "");
	str_add(out, "</td>");
}

static void add_row(struct str *out, const struct preview *p,
	const struct preview_line *l)
{
	bool two = p->target_language != NULL;

	str_addf(out, "<tr class=\"%s\">", class_of(l));
	if (l->kind == PREVIEW_SKIP || l->kind == PREVIEW_REMARK) {
		str_addf(out, "<td%s dir=\"auto\">", two ? " colspan=\"2\"" :
			"");
		add_escaped(out, l->source);
		str_add(out, "</td>");
	} else {
		add_source_cell(out, p, l);
		if (two)
			add_target_cell(out, p, l);
	}
	str_add(out, "</tr>\n");
}

static void add_heads(struct str *out, const struct preview *p)
{
	if (p->target_language == NULL)
		return;
	str_add(out, "<thead><tr><th scope=\"col\">");
	add_escaped(out, p->source_language);
	str_add(out, "</th><th scope=\"col\">");
	add_escaped(out, p->target_language);
	str_add(out, "</th></tr></thead>\n");
}

void preview_write_html(const struct preview *p, struct str *out)
{
	char *words = summary(p);

	str_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
		"<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
		"content=\"width=device-width\">\n<title>");
	add_escaped(out, p->title != NULL ? p->title : "");
	str_addf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<h1>",
		style);
	add_escaped(out, p->title != NULL ? p->title : "");
	str_add(out, "</h1>\n<p dir=\"auto\">");
	add_escaped(out, words);
	str_add(out, "</p>\n<table>\n");
	add_heads(out, p);
	for (size_t i = 0; i < p->lines.n; i++)
		add_row(out, p, &p->lines.items[i]);
	str_add(out, "</table>\n</body>\n</html>\n");
	free(words);
}
