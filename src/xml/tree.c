#include "config.h"

#include "xml/xml.h"

#include <string.h>

#include "base/intern.h"

/* --- asking --- */

static bool is_named(const struct xml_node *node, const char *ns,
	const char *local)
{
	/* Most differ in the first letter. */
	return (local == NULL || (node->local[0] == local[0] &&
		strcmp(node->local, local) == 0)) &&
		(ns == NULL || strcmp(node->ns, ns) == 0);
}

const char *xml_attribute(const struct xml_node *element, const char *ns,
	const char *local)
{
	const struct xml_node *a;

	for (a = element->attributes; a != NULL; a = a->next)
		if (is_named(a, ns, local))
			return a->text;
	return NULL;
}

struct xml_node *xml_child(const struct xml_node *parent,
	const struct xml_node *after, const char *ns, const char *local)
{
	struct xml_node *node = after == NULL ? parent->first : after->next;

	for (; node != NULL; node = node->next)
		if (node->kind == XML_ELEMENT && is_named(node, ns, local))
			return node;
	return NULL;
}

/* The next node in document order below `top`; NULL at the end. */
static const struct xml_node *next_below(const struct xml_node *top,
	const struct xml_node *node)
{
	if (node->first != NULL)
		return node->first;
	while (node != top && node->next == NULL)
		node = node->parent;
	return node == top ? NULL : node->next;
}

void xml_text(const struct xml_node *node, struct str *out)
{
	const struct xml_node *at;

	if (node->text != NULL) {
		str_add(out, node->text);
		return;
	}
	for (at = next_below(node, node); at != NULL; at = next_below(node, at))
		if (at->kind == XML_TEXT)
			str_add(out, at->text);
}

const char *xml_text_of(const struct xml_node *node, struct arena *arena)
{
	struct str text;
	const char *copy;

	if (node->text != NULL)
		return node->text;
	if (node->first == NULL)
		return "";
	if (node->first->kind == XML_TEXT && node->first->next == NULL)
		return node->first->text;
	str_init(&text);
	xml_text(node, &text);
	copy = arena_strndup(arena, text.data, text.len);
	str_release(&text);
	return copy;
}

const char *xml_prefix_uri(const struct xml_node *node, const char *prefix,
	size_t n_bytes)
{
	const struct xml_decl *decl;

	if (n_bytes == 3 && memcmp(prefix, "xml", 3) == 0)
		return intern("http://www.w3.org/XML/1998/namespace");
	if (node->kind != XML_ELEMENT)
		node = node->parent;
	for (; node != NULL; node = node->parent)
		for (decl = node->decls; decl != NULL; decl = decl->next)
			if (strlen(decl->prefix) == n_bytes &&
			    memcmp(decl->prefix, prefix, n_bytes) == 0)
				return decl->uri;
	return NULL;
}

/* --- places --- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_space(const struct xml_doc *doc, size_t at)
{
	while (at < doc->source_bytes && is_space(doc->source[at]))
		at++;
	return at;
}

static size_t skip_name(const struct xml_doc *doc, size_t at)
{
	while (at < doc->source_bytes && !is_space(doc->source[at]) &&
	       strchr("=/>", doc->source[at]) == NULL)
		at++;
	return at;
}

static size_t skip_value(const struct xml_doc *doc, size_t at)
{
	char quote = doc->source[at++];

	while (at < doc->source_bytes && doc->source[at] != quote)
		at++;
	return at;
}

/* Bytes that a reference such as "&lt;" or "&#x41;" stands for. */
static size_t reference_bytes(const char *text)
{
	long code;

	if (text[1] != '#')
		return 1;
	code = text[2] == 'x' ? strtol(text + 3, NULL, 16) :
		strtol(text + 2, NULL, 10);
	return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/* `at` moved on by so many bytes of the value as it was read. */
static size_t into_value(const struct xml_doc *doc, size_t at, size_t bytes)
{
	while (bytes > 0 && at < doc->source_bytes) {
		size_t step = 1;

		if (doc->source[at] == '&') {
			step = reference_bytes(doc->source + at);
			while (at < doc->source_bytes && doc->source[at] != ';')
				at++;
		} else if (doc->source[at] == '\r' &&
			   doc->source[at + 1] == '\n') {
			at++;
		}
		at++;
		bytes -= step < bytes ? step : bytes;
	}
	return at;
}

/* Where the value of that attribute begins; the element's '<' if not found. */
static size_t find_attribute(const struct xml_doc *doc, size_t tag,
	const char *attribute)
{
	size_t n = strlen(attribute);
	size_t at = skip_name(doc, tag + 1);

	for (;;) {
		size_t name = skip_space(doc, at);
		size_t end = skip_name(doc, name);

		at = skip_space(doc, end);
		if (end == name || at + 1 >= doc->source_bytes ||
		    doc->source[at] != '=')
			return tag;
		at = skip_space(doc, at + 1);
		if (at >= doc->source_bytes)
			return tag;
		if (end - name == n && memcmp(doc->source + name, attribute, n) == 0)
			return at + 1;
		at = skip_value(doc, at) + 1;
	}
}

static bool begins_character(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* Line by line; characters are counted in the last one only. */
static void go_forward(const struct xml_doc *doc, struct xml_cursor *c,
	size_t at)
{
	const char *from = doc->source + c->at, *end = doc->source + at;
	const char *line_end;

	while ((line_end = memchr(from, '\n', (size_t)(end - from))) != NULL) {
		from = line_end + 1;
		c->line++;
		c->column = 1;
	}
	for (; from < end; from++)
		c->column += begins_character(*from);
	c->at = at;
}

static int column_of(const struct xml_doc *doc, size_t at)
{
	int column = 1;

	while (at > 0 && doc->source[at - 1] != '\n')
		column += begins_character(doc->source[--at]);
	return column;
}

static void go_back(const struct xml_doc *doc, struct xml_cursor *c, size_t at)
{
	int line = c->line;

	while (c->at > at) {
		c->at--;
		if (doc->source[c->at] == '\n')
			c->line--;
		else if (begins_character(doc->source[c->at]))
			c->column--;
	}
	if (c->line != line)
		c->column = column_of(doc, at);
}

static void count_to(const struct xml_doc *doc, size_t at, int *line,
	int *column)
{
	struct xml_cursor *c = doc->cursor;

	if (at > doc->source_bytes)
		at = doc->source_bytes;
	if (at < c->at / 2)
		*c = (struct xml_cursor){ 0, 1, 1 };
	if (at < c->at)
		go_back(doc, c, at);
	else
		go_forward(doc, c, at);
	*line = c->line;
	*column = c->column;
}

void xml_place(const struct xml_doc *doc, const struct xml_node *node,
	const char *attribute, size_t value_offset, int *line, int *column)
{
	size_t at = node->offset;

	if (attribute != NULL) {
		size_t value = find_attribute(doc, at, attribute);

		if (value != at)
			at = into_value(doc, value, value_offset);
	}
	count_to(doc, at, line, column);
}
