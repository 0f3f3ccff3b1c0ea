/*
 * The record's XML, as OpenRosa servers take it.
 * Source: ODK XForms, "Instance"; engine protocol, section 6.
 */
#include "config.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "session/node.h"

/* The namespaces that stand at or above the form's instance and are used in
 * it; the default one only if the instance declares its own. */
struct writer {
	struct session *s;
	bool all;
	struct str *out;
	bool all_below_root;		/* the record, not a part of it */
	struct map prefixes;		/* prefix -> URI, of those in use */
	struct str own_prefix;		/* one that the form did not declare */
};

static void note_prefix(struct writer *w, const char *prefix, const char *ns)
{
	if (prefix[0] != '\0' && strcmp(prefix, "xml") != 0 &&
			!map_has(&w->prefixes, prefix))
		map_set(&w->prefixes, prefix, (void *)(uintptr_t)ns);
}

static void note_prefixes(struct writer *w, const struct xf_node *form)
{
	note_prefix(w, form->prefix, form->ns);
	for (unsigned i = 0; i < form->n_attributes; i++)
		note_prefix(w, form->attributes[i].prefix,
			form->attributes[i].ns);
	for (unsigned i = 0; i < form->n_children; i++)
		note_prefixes(w, form->children[i]);
}

static void add_name(struct str *out, const char *prefix, const char *local)
{
	if (prefix[0] != '\0')
		str_addf(out, "%s:", prefix);
	str_add(out, local);
}

/* Composed characters, as JavaRosa sends them; free() it.  NULL: it is that
 * already. */
static char *composed(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p >= 0x80)
			return utf8_nfc(text);
	return NULL;
}

static void add_value(struct str *out, const char *text)
{
	char *nfc = composed(text);

	xml_add_text(out, nfc != NULL ? nfc : text);
	free(nfc);
}

static void add_attribute(struct str *out, const char *prefix,
	const char *local, const char *value)
{
	char *nfc;

	str_addc(out, ' ');
	add_name(out, prefix, local);
	str_add(out, "=\"");
	nfc = composed(value);
	xml_add_attribute_value(out, nfc != NULL ? nfc : value);
	free(nfc);
	str_addc(out, '"');
}

/* What the root says of the record as a whole, whatever the form wrote there. */
static bool is_said(const struct writer *w, const struct node *n,
	const struct xf_attribute *a)
{
	if (n != w->s->root || strcmp(a->ns, NS_BAYAZ) != 0)
		return false;
	return (w->s->is_training && strcmp(a->local, "training") == 0) ||
		(w->s->clock_is_given && strcmp(a->local, "clock") == 0);
}

static bool says_anything(const struct writer *w)
{
	return w->all_below_root && (w->s->is_training ||
		w->s->clock_is_given);
}

/* The prefix that means our namespace here; NULL: none does. */
static const char *our_prefix(const struct writer *w)
{
	for (size_t i = 0; i < w->prefixes.n; i++)
		if (strcmp(w->prefixes.entries[i].value, NS_BAYAZ) == 0)
			return w->prefixes.entries[i].key;
	return NULL;
}

static void add_said(struct writer *w)
{
	const char *prefix = our_prefix(w);

	if (w->s->is_training)
		add_attribute(w->out, prefix, "training", "yes");
	if (w->s->clock_is_given)
		add_attribute(w->out, prefix, "clock", "given");
}

/* "bayaz", or the first of "bayaz-2" ... that the form does not use. */
static void note_our_prefix(struct writer *w)
{
	if (!says_anything(w) || our_prefix(w) != NULL)
		return;
	str_add(&w->own_prefix, "bayaz");
	for (unsigned n = 2; map_has(&w->prefixes, w->own_prefix.data); n++) {
		str_clear(&w->own_prefix);
		str_addf(&w->own_prefix, "bayaz-%u", n);
	}
	note_prefix(w, w->own_prefix.data, NS_BAYAZ);
}

static void add_attributes(struct writer *w, const struct node *n)
{
	for (unsigned i = 0; i < n->form->n_attributes; i++) {
		const struct xf_attribute *a = &n->form->attributes[i];
		struct arena_mark mark = arena_mark(w->s->scratch);

		if (strcmp(a->ns, NS_JAVAROSA) == 0 &&
				strcmp(a->local, "template") == 0)
			continue;
		if (is_said(w, n, a))
			continue;
		add_attribute(w->out, a->prefix, a->local,
			attribute_value(w->s, &n->attributes[i],
			w->s->scratch));
		arena_reset(w->s->scratch, mark);
	}
	if (n == w->s->root && says_anything(w))
		add_said(w);
}

static void add_declarations(struct writer *w, const struct xf_node *root)
{
	if (root->prefix[0] == '\0' && root->ns[0] != '\0' &&
			strcmp(root->ns, NS_XFORMS) != 0)
		add_attribute(w->out, "", "xmlns", root->ns);
	for (size_t i = 0; i < w->prefixes.n; i++)
		add_attribute(w->out, "xmlns", w->prefixes.entries[i].key,
			w->prefixes.entries[i].value);
}

static void add_node(struct writer *w, struct node *n)
{
	const struct xf_node *form = n->form;
	size_t start;

	if (!w->all && !node_is_relevant(w->s, n))
		return;
	str_addc(w->out, '<');
	add_name(w->out, form->prefix, form->local);
	if (n == w->s->root)
		add_declarations(w, form);
	/* An element back in the default namespace below one that is not. */
	else if (form->prefix[0] == '\0' && form->parent->prefix[0] == '\0' &&
			form->ns != form->parent->ns)
		add_attribute(w->out, "", "xmlns", form->ns);
	add_attributes(w, n);
	start = w->out->len;
	str_addc(w->out, '>');
	if (form->is_value) {
		add_value(w->out, w->all ? node_raw_value(n) :
			node_value(w->s, n));
	} else {
		for (unsigned i = 0; i < form->n_children; i++)
			for (uint32_t k = 0; k < n->slots[i].n; k++)
				add_node(w, n->slots[i].items[k]);
	}
	if (w->out->len == start + 1) {
		str_cut(w->out, start);
		str_add(w->out, "/>");
		return;
	}
	str_add(w->out, "</");
	add_name(w->out, form->prefix, form->local);
	str_addc(w->out, '>');
}

void node_xml(struct session *s, struct node *n, struct str *out)
{
	struct writer w = { s, true, out, false, MAP_INIT, STR_INIT };

	add_node(&w, n);
	map_release(&w.prefixes);
}

bool session_serialize(struct session *s, bool all, struct str *out,
	struct err *err)
{
	struct writer w = { s, all, out, true, MAP_INIT, STR_INIT };

	if (all && !session_settle(s, err))	/* a draft is computed, too */
		return false;
	note_prefixes(&w, s->form->root);
	note_our_prefix(&w);
	add_node(&w, s->root);
	map_release(&w.prefixes);
	str_release(&w.own_prefix);
	return !take_failure(s, err);
}
