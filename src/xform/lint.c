/*
 * Lint for survey design: what a form may do, but should not.  Each finding
 * has a rule's name; a bind waives it with bayaz:waive="RULE: reason" (several
 * parted by ';'), the root of the instance for the whole form.
 * Source: domain.md a.3 (DNH-...), c.0.  bayaz-check(1) lists the rules.
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/gettext.h"
#include "base/map.h"
#include "base/mem.h"
#include "xform/loader.h"
#include "xform/table.h"

struct lint {
	const struct xform *form;
	struct problems *problems;
	bool is_protected;	/* protected or restricted: DNH-09, DNH-23 */
	bool has_class;
};

/* --- findings and waivers --- */

/* The reason given for waiving `rule` in "RULE: reason; RULE: reason"; NULL:
 * it is not waived.  "" when the reason is missing. */
static const char *waiver(const char *waive, const char *rule)
{
	size_t n = strlen(rule);

	while (waive != NULL) {
		waive += strspn(waive, " \t\r\n;");
		if (strncmp(waive, rule, n) == 0 &&
				strchr(" \t:;", waive[n]) != NULL) {
			const char *reason = waive + n;

			reason += strspn(reason, " \t:");
			return *reason == ';' ? "" : reason;
		}
		waive = strchr(waive, ';');
	}
	return NULL;
}

static bool is_waived(const struct lint *l, const struct xf_node *node,
	const char *rule)
{
	const struct xml_node *root = load_attribute_ns(l->form->instance_xml,
		NS_BAYAZ, "waive");
	const char *reason = waiver(root != NULL ? root->text : NULL, rule);

	if (reason == NULL && node != NULL)
		reason = waiver(node->bind->waive, rule);
	return reason != NULL && *reason != '\0';
}

static void say(struct lint *l, enum severity severity, const char *rule,
	const struct xf_node *node, const struct xml_node *at,
	const char *format, ...) PRINTF_LIKE(6, 7);

static void say(struct lint *l, enum severity severity, const char *rule,
	const struct xf_node *node, const struct xml_node *at,
	const char *format, ...)
{
	struct err err = ERR_INIT;
	va_list arguments;
	int line = 0, column = 0;
	size_t before = l->problems->n;

	if (is_waived(l, node, rule))
		return;
	va_start(arguments, format);
	err_vset(&err, ERR_SPEC, format, arguments);
	va_end(arguments);
	if (at != NULL)
		xml_place(l->form->doc, at, NULL, 0, &line, &column);
	err_at(&err, l->form->name, line, column);
	problem_add_err(l->problems, severity, &err,
		node != NULL ? node->ref : NULL, NULL);
	if (l->problems->n > before)
		l->problems->items[before].rule = rule;
}

static const struct xml_node *place_of(const struct xf_node *node)
{
	if (node->bind->xml != NULL)
		return node->bind->xml;
	if (node->n_controls > 0)
		return node->controls[0]->xml;
	return node->template_xml;
}

/* --- what a node is --- */

static bool is_constant(const struct xf_expr *expr, const char *value)
{
	const char *text = expr != NULL ? expr->text : "";
	char bare[16];
	size_t n = 0;

	for (; *text != '\0'; text++)
		if (!isspace((unsigned char)*text)) {
			if (n + 1 >= sizeof bare)
				return false;
			bare[n++] = *text;
		}
	bare[n] = '\0';
	return strcmp(bare, value) == 0;
}

static const struct xf_control *question(const struct xf_node *node)
{
	return node->n_controls > 0 &&
		node->controls[0]->kind < XF_CONTROL_GROUP ?
		node->controls[0] : NULL;
}

static bool is_note(const struct xf_node *node)
{
	const struct xf_control *c = question(node);

	return c != NULL && c->kind == XF_INPUT &&
		is_constant(node->bind->readonly, "true()") &&
		node->bind->calculate == NULL;
}

static bool is_typed(const struct xf_node *node)
{
	const struct xf_control *c = question(node);

	return c != NULL && (c->kind == XF_INPUT || c->kind == XF_SECRET) &&
		!is_note(node) && node->bind->calculate == NULL &&
		node->bind->preload == NULL &&
		!is_constant(node->bind->readonly, "true()");
}

static bool has_choices(const struct xf_control *c)
{
	return c->kind == XF_SELECT1 || c->kind == XF_SELECT ||
		c->kind == XF_RANK;
}

/* --- words in names and labels --- */

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* "father_name" and "Her father's name" have the word "father"; "fathers" and
 * "nickel" are other words. */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; *at != '\0'; at++) {
		size_t i = 0;

		if (at > text && is_word_byte(at[-1]))
			continue;
		while (i < n && tolower((unsigned char)at[i]) == word[i])
			i++;
		if (i == n && !is_word_byte(at[n]))
			return true;
	}
	return false;
}

static const char *identifying_word(const char *text)
{
	static const char *const words[] = { "name", "names", "father", "cnic",
		"nic", "phone", "telephone", "mobile", "cell", "address",
		"gps", "photo", "photos", "picture", "voice", "audio",
		"fingerprint", "husband", "mother", NULL };

	for (size_t i = 0; words[i] != NULL; i++)
		if (has_word(text, words[i]))
			return words[i];
	return NULL;
}

static const char *word_in_runs(const struct xf_runs *runs)
{
	const char *word = NULL;

	for (size_t i = 0; i < runs->n && word == NULL; i++)
		if (runs->items[i].text != NULL)
			word = identifying_word(runs->items[i].text);
	return word;
}

static const char *word_in_text(const struct xform *form,
	const struct xf_text *text)
{
	const char *word;

	if (text == NULL)
		return NULL;
	word = word_in_runs(&text->runs);
	for (unsigned i = 0; text->itext != NULL && word == NULL &&
			i < form->n_languages * XF_N_TEXT_FORMS; i++)
		if (i % XF_N_TEXT_FORMS <= XF_TEXT_LONG)
			word = word_in_runs(&text->itext->values[i]);
	return word;
}

/* --- DNH-09, DNH-23: what protected forms must not hold --- */

static void lint_identifying(struct lint *l, const struct xf_node *node)
{
	const struct xf_control *c = question(node);
	const char *word = NULL;

	if (!node->is_value || (c != NULL && c->kind == XF_TRIGGER) ||
			is_note(node) || node == l->form->instance_name)
		return;
	if (c == NULL || is_typed(node))
		word = identifying_word(node->local);
	if (word == NULL && is_typed(node))
		word = word_in_text(l->form, c->label);
	if (word != NULL)
		say(l, SEVERITY_ERROR, "identifying", node, place_of(node),
			_("'%1$s' seems to ask for what identifies a person "
			"('%2$s'): a %3$s form must not"), node->ref, word,
			l->form->form_class);
}

static void lint_location(struct lint *l, const struct xf_node *node)
{
	switch (node->bind->type) {
	case XF_GEOPOINT:
	case XF_GEOTRACE:
	case XF_GEOSHAPE:
	case XF_BINARY:
		say(l, SEVERITY_ERROR, "location", node, place_of(node),
			_("'%1$s' is a %2$s: a %3$s form takes no places, "
			"pictures or recordings"), node->ref,
			node->bind->type_name, l->form->form_class);
		break;
	default:
		break;
	}
}

static bool is_one_of(const char *text, const char *const *words)
{
	for (; text != NULL && *words != NULL; words++)
		if (strcmp(text, *words) == 0)
			return true;
	return false;
}

static void lint_device(struct lint *l, const struct xf_node *node)
{
	static const char *const tells[] = { "deviceid", "phonenumber",
		"simserial", "subscriberid", "email", "uri:deviceid",
		"uri:phonenumber", "uri:simserial", "uri:subscriberid",
		"uri:email", NULL };
	const struct xf_bind *b = node->bind;

	if (b->preload != NULL && strcmp(b->preload, "property") == 0 &&
			is_one_of(b->preload_params, tells))
		say(l, SEVERITY_ERROR, "device", node, place_of(node),
			_("'%1$s' keeps the %2$s: a %3$s form must not"),
			node->ref, b->preload_params, l->form->form_class);
}

static void lint_time(struct lint *l, const struct xf_node *node)
{
	static const char *const attributes[] = { "track-changes",
		"location-priority", "location-min-interval",
		"location-max-age", NULL };
	const struct xf_bind *b = node->bind;

	if (b->type == XF_DATETIME || b->type == XF_TIME ||
			(b->preload != NULL &&
			strcmp(b->preload, "timestamp") == 0))
		say(l, SEVERITY_ERROR, "time", node, place_of(node),
			_("'%1$s' keeps a time: a %2$s form keeps dates only"),
			node->ref, l->form->form_class);
	if (node->parent != NULL && strcmp(node->local, "audit") == 0 &&
			strcmp(node->parent->local, "meta") == 0)
		say(l, SEVERITY_ERROR, "audit", node, place_of(node),
			_("a %s form keeps no audit of who did what when"),
			l->form->form_class);
	if (node->parent != NULL && strcmp(node->local, "entity") == 0 &&
			strcmp(node->parent->local, "meta") == 0)
		say(l, SEVERITY_ERROR, "entity", node, place_of(node),
			_("a %s form declares no entities: their lists go to "
			"other devices"), l->form->form_class);
	for (size_t i = 0; b->xml != NULL && attributes[i] != NULL; i++)
		if (load_attribute(b->xml, attributes[i]) != NULL)
			say(l, SEVERITY_ERROR, "audit", node, b->xml,
				_("odk:%1$s has no place in a %2$s form"),
				attributes[i], l->form->form_class);
}

/* --- DNH-10 --- */

static void lint_sensitivity(struct lint *l, const struct xf_node *node)
{
	if (!node->is_value || node->bind->sensitivity != XF_UNTAGGED ||
			xf_sensitivity_of(l->form, node) == XF_PUBLIC ||
			node == l->form->instance_id || is_note(node) ||
			(node->parent != NULL &&
			strcmp(node->parent->local, "meta") == 0))
		return;
	say(l, SEVERITY_ERROR, "sensitivity", node, place_of(node),
		_("'%s' does not say how sensitive it is and counts as "
		"identifying: give its bind bayaz:sensitivity"), node->ref);
}

/* --- DNH-11 --- */

static void lint_free_text(struct lint *l, const struct xf_node *node)
{
	const struct xf_expr *c = node->bind->constraint;

	if (!is_typed(node) || node->bind->type != XF_STRING)
		return;
	if (c != NULL && strstr(c->text, "regex") != NULL &&
			(strstr(c->text, "string-length") != NULL ||
			strstr(c->text, ".*") == NULL))
		return;
	say(l, SEVERITY_ERROR, "free-text", node, place_of(node),
		_("'%s' takes any text: its constraint has to hold it to 80 "
		"characters without 5 digits in a row, or to a pattern"),
		node->ref);
}

/* --- choices --- */

struct choice_list { VEC(const char *) values; };

/* The values of the choices as far as they stand in the form or its files. */
static void gather_choices(const struct xform *form,
	const struct xf_control *c, struct choice_list *list)
{
	const struct xf_secondary *s = NULL;
	const struct table *t;
	const struct xml_node *root, *item = NULL;

	for (size_t i = 0; i < c->n_choices; i++)
		vec_push(&list->values, c->choices[i].value);
	if (c->itemset == NULL || c->itemset->instance == NULL ||
			c->itemset->value_name == NULL)
		return;
	s = map_get(&form->secondary, c->itemset->instance);
	t = s != NULL ? table_of(s->tree) : NULL;
	for (unsigned col = 0; t != NULL && col < table_n_columns(t); col++)
		for (size_t row = 0; table_column_name(t, col) ==
				c->itemset->value_name &&
				row < table_n_rows(t); row++)
			if (table_cell(t, row, col) != NULL)
				vec_push(&list->values,
					table_cell(t, row, col));
	if (t != NULL || s == NULL || s->tree == NULL)
		return;
	root = xp_xml_of(s->root);
	while (root != NULL && root->kind == XML_DOCUMENT)
		root = xml_child(root, NULL, NULL, NULL);
	while (root != NULL &&
			(item = xml_child(root, item, NULL, NULL)) != NULL) {
		const struct xml_node *v = xml_child(item, NULL, NULL,
			c->itemset->value_name);

		if (v != NULL && v->first != NULL && v->first->text != NULL)
			vec_push(&list->values, v->first->text);
	}
}

static bool offers_refusal(const struct choice_list *list)
{
	static const char *const words[] = { "pnts", "refused", "refuse",
		"prefer_not", "prefer_not_to_say", "no_answer", NULL };

	for (size_t i = 0; i < list->values.n; i++)
		if (is_one_of(list->values.items[i], words))
			return true;
	return false;
}

static void lint_choice_names(struct lint *l, const struct xf_node *node,
	const struct xf_control *c, const struct choice_list *list)
{
	struct map seen = MAP_INIT;
	bool is_filtered = c->itemset != NULL &&
		strchr(c->itemset->nodeset->text, '[') != NULL;

	for (size_t i = 0; i < list->values.n; i++) {
		const char *value = list->values.items[i];

		if (value[strcspn(value, " \t\r\n")] != '\0')
			say(l, c->kind == XF_SELECT1 ? SEVERITY_WARNING :
				SEVERITY_ERROR, "choice-name", node, c->xml,
				_("the choice '%1$s' of '%2$s' has a space in "
				"its name"), value, node->ref);
		if (!is_filtered && map_set(&seen, value, l) != NULL)
			say(l, SEVERITY_ERROR, "choice-twice", node, c->xml,
				_("'%2$s' has the choice '%1$s' twice"), value,
				node->ref);
	}
	map_release(&seen);
}

static void lint_choices(struct lint *l, const struct xf_node *node,
	const struct xf_control *c)
{
	const struct xf_secondary *s = c->itemset != NULL &&
		c->itemset->instance != NULL ?
		map_get(&l->form->secondary, c->itemset->instance) : NULL;
	struct choice_list list = { 0 };

	gather_choices(l->form, c, &list);
	if (list.values.n == 0 && s != NULL && s->tree != NULL)
		say(l, SEVERITY_WARNING, "no-choices", node, c->xml,
			_("'%s' has no choices to offer"), node->ref);
	lint_choice_names(l, node, c, &list);
	if (node->bind->ask != NULL && list.values.n > 0 &&
			!offers_refusal(&list))
		say(l, SEVERITY_ERROR, "refusal", node, c->xml,
			_("'%s' is sensitive, but one cannot prefer not to "
			"answer: offer the choice 'pnts'"), node->ref);
	vec_release(&list.values);
}

/* DNH-13 for questions without choices. */
static void lint_refusal(struct lint *l, const struct xf_node *node)
{
	const struct xf_control *c = question(node);

	if (node->bind->ask == NULL || c == NULL || has_choices(c))
		return;
	if (node->bind->required != NULL &&
			!is_constant(node->bind->required, "false()"))
		say(l, SEVERITY_ERROR, "refusal", node, place_of(node),
			_("'%s' is sensitive and required: it has to be "
			"possible to leave it"), node->ref);
}

/* --- the way through the form --- */

static void lint_way(struct lint *l, const struct xf_node *node)
{
	const struct xf_bind *b = node->bind;

	if (is_constant(b->relevant, "false()"))
		say(l, SEVERITY_WARNING, "never", node, place_of(node),
			_("'%s' can never open: relevant is always false"),
			node->ref);
	if (is_note(node) && b->required != NULL &&
			!is_constant(b->required, "false()"))
		say(l, SEVERITY_ERROR, "required-note", node, place_of(node),
			_("'%s' is a note and required: nobody can answer it"),
			node->ref);
	if (is_constant(b->constraint, "false()"))
		say(l, SEVERITY_ERROR, "never-valid", node, place_of(node),
			_("no answer to '%s' is ever valid"), node->ref);
	if (b->constraint != NULL && b->constraint_message == NULL &&
			question(node) != NULL)
		say(l, SEVERITY_WARNING, "message", node, place_of(node),
			_("'%s' has a constraint, but no message that says "
			"what is wrong"), node->ref);
	if (b->waive != NULL && (strchr(b->waive, ':') == NULL ||
			strchr(b->waive, ':')[strspn(strchr(b->waive, ':'),
			": \t")] == '\0'))
		say(l, SEVERITY_ERROR, "waive", NULL, place_of(node),
			_("bayaz:waive of '%s' gives no reason: write 'RULE: "
			"reason'"), node->ref);
}

/* --- languages --- */

static bool is_missing(const struct xform *form, const struct xf_text *text,
	unsigned language)
{
	for (unsigned f = 0; f < XF_N_TEXT_FORMS; f++)
		if (text->itext->values[language * XF_N_TEXT_FORMS + f].n > 0)
			return false;
	return form->n_languages > 1;
}

static void lint_label(struct lint *l, const struct xf_control *c)
{
	const char *ref = c->ref != NULL ? c->ref : "";

	if (c->label == NULL && c->kind < XF_CONTROL_GROUP) {
		say(l, SEVERITY_WARNING, "label", c->node, c->xml,
			_("'%s' has no label"), ref);
		return;
	}
	if (c->label == NULL || c->label->itext == NULL) {
		if (c->label != NULL && c->label->itext_id == NULL &&
				l->form->n_languages > 1)
			say(l, SEVERITY_WARNING, "language", c->node, c->xml,
				_("the label of '%s' is the same in every "
				"language"), ref);
		return;
	}
	for (unsigned i = 0; i < l->form->n_languages; i++)
		if (is_missing(l->form, c->label, i))
			say(l, SEVERITY_WARNING, "language", c->node, c->xml,
				_("'%1$s' has no label in '%2$s'"), ref,
				l->form->languages[i]);
}

/* --- the form as a whole --- */

static void lint_consent(struct lint *l)
{
	if (l->form->form_class == NULL ||
			strcmp(l->form->form_class, "protected") != 0)
		return;
	for (unsigned i = 0; i < l->form->n_nodes; i++) {
		const char *role = l->form->nodes[i]->bind->role;

		if (role != NULL && strcmp(role, "consent") == 0)
			return;
	}
	say(l, SEVERITY_ERROR, "consent", NULL, l->form->instance_xml,
		_("a protected form needs a question with bayaz:role "
		"'consent'"));
}

static void lint_meta(struct lint *l)
{
	if (l->form->instance_id == NULL)
		say(l, SEVERITY_WARNING, "instance-id", NULL,
			l->form->instance_xml, _("the form has no "
			"meta/instanceID: records cannot be told apart"));
	if (l->form->version[0] == '\0')
		say(l, SEVERITY_WARNING, "version", NULL,
			l->form->instance_xml, _("the form has no version"));
}

static void lint_node(struct lint *l, const struct xf_node *node)
{
	const struct xf_control *c = question(node);

	lint_way(l, node);
	if (c != NULL && has_choices(c))
		lint_choices(l, node, c);
	lint_refusal(l, node);
	if (l->has_class)
		lint_sensitivity(l, node);
	if (l->has_class && strcmp(l->form->form_class, "public") != 0)
		lint_free_text(l, node);
	if (!l->is_protected)
		return;
	lint_identifying(l, node);
	lint_location(l, node);
	lint_device(l, node);
	lint_time(l, node);
}

static void lint_controls(struct lint *l, struct xf_control **items,
	unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		lint_label(l, items[i]);
		lint_controls(l, items[i]->children, items[i]->n_children);
	}
}

void xform_lint(const struct xform *form, struct problems *problems)
{
	struct lint l = { .form = form, .problems = problems };

	l.has_class = form->form_class != NULL;
	l.is_protected = l.has_class &&
		(strcmp(form->form_class, "protected") == 0 ||
		strcmp(form->form_class, "restricted") == 0);
	lint_meta(&l);
	lint_consent(&l);
	for (unsigned i = 0; i < form->n_nodes; i++)
		lint_node(&l, form->nodes[i]);
	lint_controls(&l, form->body, form->n_body);
}
