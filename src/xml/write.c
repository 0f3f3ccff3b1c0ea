#include "config.h"

#include "xml/xml.h"

#include <string.h>

static const char *escape_of(char c, bool in_attribute)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '\r': return "&#13;";
	case '"': return in_attribute ? "&quot;" : NULL;
	case '\t': return in_attribute ? "&#9;" : NULL;
	case '\n': return in_attribute ? "&#10;" : NULL;
	default: return NULL;
	}
}

static void add_escaped(struct str *to, const char *text, bool in_attribute)
{
	const char *special = in_attribute ? "&<>\r\"\t\n" : "&<>\r";

	for (;;) {
		size_t plain = strcspn(text, special);

		str_addn(to, text, plain);
		text += plain;
		if (*text == '\0')
			return;
		str_add(to, escape_of(*text++, in_attribute));
	}
}

void xml_add_text(struct str *to, const char *text)
{
	add_escaped(to, text, false);
}

void xml_add_attribute_value(struct str *to, const char *text)
{
	add_escaped(to, text, true);
}

static void add_name(struct str *to, const struct xml_node *node)
{
	if (node->prefix[0] != '\0') {
		str_add(to, node->prefix);
		str_addc(to, ':');
	}
	str_add(to, node->local);
}

static void add_start(struct str *to, const struct xml_node *node)
{
	const struct xml_decl *decl;
	const struct xml_node *a;

	str_addc(to, '<');
	add_name(to, node);
	for (decl = node->decls; decl != NULL; decl = decl->next) {
		str_add(to, decl->prefix[0] != '\0' ? " xmlns:" : " xmlns");
		str_add(to, decl->prefix);
		str_add(to, "=\"");
		xml_add_attribute_value(to, decl->uri);
		str_addc(to, '"');
	}
	for (a = node->attributes; a != NULL; a = a->next) {
		str_addc(to, ' ');
		add_name(to, a);
		str_add(to, "=\"");
		xml_add_attribute_value(to, a->text);
		str_addc(to, '"');
	}
	str_add(to, node->first == NULL ? "/>" : ">");
}

static void add_open(struct str *to, const struct xml_node *node)
{
	switch (node->kind) {
	case XML_DOCUMENT:
		break;
	case XML_ELEMENT:
		add_start(to, node);
		break;
	case XML_ATTRIBUTE:
	case XML_TEXT:
		xml_add_text(to, node->text);
		break;
	case XML_COMMENT:
		str_add(to, "<!--");
		str_add(to, node->text);
		str_add(to, "-->");
		break;
	case XML_PI:
		str_add(to, "<?");
		str_add(to, node->local);
		str_addc(to, ' ');
		str_add(to, node->text);
		str_add(to, "?>");
		break;
	case XML_NAMESPACE:
		break;
	}
}

static void add_close(struct str *to, const struct xml_node *node)
{
	if (node->kind != XML_ELEMENT || node->first == NULL)
		return;
	str_add(to, "</");
	add_name(to, node);
	str_addc(to, '>');
}

/* Without recursion: a tree may be as deep as the limits allow. */
void xml_add_node(struct str *to, const struct xml_node *node)
{
	const struct xml_node *at = node;

	add_open(to, at);
	for (;;) {
		if (at->first != NULL) {
			at = at->first;
			add_open(to, at);
			continue;
		}
		while (at != node && at->next == NULL) {
			at = at->parent;
			add_close(to, at);
		}
		if (at == node)
			return;
		at = at->next;
		add_open(to, at);
	}
}
