/*
 * The record in a line, for a message of few characters.
 * Source: ODK XForms, "Compact Record Representation".
 */
#include "config.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "session/node.h"

struct line {
	struct session *s;
	const char *delimiter;
	struct str *out;
};

/* The namespace as the specification's table writes it, too. */
static bool is_odk(const char *ns)
{
	return strcmp(ns, NS_ODK) == 0 ||
		strcmp(ns, "http://opendatakit.org/xforms") == 0;
}

/* As it stands in the form: it is the same in all records. */
static const char *odk_attribute(const struct xf_node *form, const char *local)
{
	for (unsigned i = 0; i < form->n_attributes; i++) {
		const struct xf_attribute *a = &form->attributes[i];

		if (strcmp(a->local, local) == 0 && is_odk(a->ns))
			return a->value;
	}
	return NULL;
}

static void add_part(struct line *line, const char *text)
{
	if (line->out->len > 0)
		str_add(line->out, line->delimiter);
	str_add(line->out, text);
}

/* A delimiter in a value has a backslash before it. */
static void add_escaped(struct line *line, const char *text)
{
	size_t n = strlen(line->delimiter);

	str_add(line->out, line->delimiter);
	while (*text != '\0') {
		if (n > 0 && strncmp(text, line->delimiter, n) == 0) {
			str_addf(line->out, "\\%s", line->delimiter);
			text += n;
		} else {
			str_addc(line->out, *text++);
		}
	}
}

static void add_tagged(struct line *line, struct node *n)
{
	const struct xf_node *form = n->form;
	const char *tag = odk_attribute(form, "tag");
	char *value;

	if (!node_is_relevant(line->s, n))
		return;
	for (unsigned i = 0; i < form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			add_tagged(line, n->slots[i].items[k]);
	if (!form->is_value || tag == NULL || node_value(line->s, n)[0] == '\0')
		return;
	value = utf8_nfc(node_value(line->s, n));
	add_part(line, tag);
	add_escaped(line, value);
	free(value);
}

bool session_compact(struct session *s, struct str *out, struct err *err)
{
	const char *prefix = odk_attribute(s->form->root, "prefix");
	const char *delimiter = odk_attribute(s->form->root, "delimiter");
	struct line line = { s, delimiter != NULL ? delimiter : " ", out };

	if (prefix != NULL)
		str_add(out, prefix);
	add_tagged(&line, s->root);
	return !take_failure(s, err);
}
