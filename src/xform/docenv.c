/* What expressions ask a document for: clock, chance, lists, texts, choices. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "base/intern.h"
#include "base/mem.h"
#include "base/zone.h"
#include "xform/docenv.h"

enum { MOST_DEPTH = 20 };	/* of texts that put texts in */

const struct xform *document_form(struct xf_document *d)
{
	struct xf_options options = { .media = d->options->media,
		.whole = true };
	struct problems problems = PROBLEMS_INIT;

	if (!d->is_form_read && d->model != NULL)
		d->form = xform_load(d->doc->source, d->doc->source_bytes,
			d->doc->name, &options, &problems);
	d->is_form_read = true;
	problems_release(&problems);
	return d->form;
}

/* --- clock and chance --- */

static int env_zone_offset(void *data, int64_t utc_seconds)
{
	const struct xf_document *d = data;

	return zone_offset(d->options->time_zone, utc_seconds);
}

static struct xp_time env_now(void *data)
{
	const struct xf_document *d = data;
	struct timespec ts;

	if (d->clock_stands)
		return d->stands_at;
	clock_gettime(CLOCK_REALTIME, &ts);
	return (struct xp_time){
		(int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000,
		env_zone_offset(data, ts.tv_sec) };
}

static double env_random(void *data)
{
	struct xf_document *d = data;

	return chance_fraction(&d->chance);
}

/* --- instances --- */

static const struct xml_node *find_instance(const struct xf_document *d,
	const char *id)
{
	const struct xml_node *at = NULL;

	while ((at = xml_child(d->model, at, NULL, "instance")) != NULL) {
		const char *own = xml_attribute(at, "", "id");

		if (own != NULL && strcmp(own, id) == 0)
			return at;
	}
	return NULL;
}

static struct xp_node inline_root(struct xf_document *d, const char *id,
	const struct xml_node *element)
{
	struct inline_instance *new;

	for (size_t i = 0; i < d->instances.n; i++)
		if (strcmp(d->instances.items[i]->id, id) == 0)
			return xp_xml_node(&d->instances.items[i]->tree, NULL);
	new = ARENA_NEW(d->arena, struct inline_instance);
	new->id = arena_strdup(d->arena, id);
	xp_xml_init_root(&new->tree, d->doc, element);
	new->tree.tree.rank = 1;	/* by its place within the document */
	vec_push(&d->instances, new);
	return xp_xml_node(&new->tree, NULL);
}

static bool env_instance(void *data, const char *id, struct xp_node *root,
	struct err *err)
{
	struct xf_document *d = data;
	const struct xml_node *element = d->model == NULL ? NULL :
		find_instance(d, id);
	const struct xf_secondary *s;

	(void)err;
	if (element == NULL)
		return false;
	if (xml_child(element, NULL, NULL, NULL) ==
			xml_child(xp_xml_of(xp_xml_node(&d->tree, NULL)), NULL,
			NULL, NULL)) {
		*root = xp_xml_node(&d->tree, NULL);	/* the primary one */
		return true;
	}
	if (xml_attribute(element, "", "src") == NULL) {
		*root = inline_root(d, id, element);
		return true;
	}
	s = document_form(d) == NULL ? NULL :
		map_get(&d->form->secondary, id);
	*root = s == NULL ? (struct xp_node){ NULL, 0 } : s->root;
	return true;
}

/* --- pulldata --- */

static uintptr_t first_element(struct xp_node at)
{
	uintptr_t child = at.tree->ops->first_child(at.tree, at.at);

	while (child != 0 && at.tree->ops->kind(at.tree, child) != XML_ELEMENT)
		child = at.tree->ops->next(at.tree, child);
	return child;
}

/* A column is a child element or, written "@name", an attribute. */
struct column { const char *name; bool is_attribute; };

static bool column_named(const char *text, struct column *column)
{
	column->is_attribute = text[0] == '@';
	text += column->is_attribute;
	column->name = intern_find(text, strlen(text));
	return column->name != NULL;
}

static const char *cell_text(struct xp_node row, struct column column,
	struct arena *scratch)
{
	const struct xp_tree_ops *ops = row.tree->ops;
	uintptr_t at = column.is_attribute ?
		ops->first_attribute(row.tree, row.at) :
		ops->first_child(row.tree, row.at);

	while (at != 0 && ops->local(row.tree, at) != column.name)
		at = column.is_attribute ? ops->next_attribute(row.tree, at) :
			ops->next(row.tree, at);
	return at != 0 ? ops->text(row.tree, at, scratch) : "";
}

/* The first row whose key is right. */
static bool find_row(struct xp_node top, struct column key_column,
	const char *key, struct arena *scratch, struct xp_node *row)
{
	const struct xp_tree_ops *ops = top.tree->ops;
	uintptr_t at = first_element(top);
	struct xp_nodeset found = { 0 };

	if (at != 0 && ops->lookup != NULL && !key_column.is_attribute &&
			ops->lookup(top.tree, top.at, ops->local(top.tree, at),
			key_column.name, key, &found, scratch)) {
		if (found.n > 0)
			*row = found.items[0];
		return found.n > 0;
	}
	for (; at != 0; at = ops->next(top.tree, at)) {
		*row = (struct xp_node){ top.tree, at };
		if (ops->kind(top.tree, at) == XML_ELEMENT && strcmp(
				cell_text(*row, key_column, scratch), key) == 0)
			return true;
	}
	return false;
}

const char *xf_pulldata(struct xp_node root, const char *column,
	const char *key_column, const char *key, struct arena *scratch)
{
	struct xp_node top = { root.tree, first_element(root) }, row;
	struct column c, k;

	if (!column_named(column, &c) || !column_named(key_column, &k) ||
			top.at == 0 || !find_row(top, k, key, scratch, &row))
		return "";
	return cell_text(row, c, scratch);
}

/* A table that no <instance> names: NAME.csv among the media. */
static struct table *read_table(struct xf_document *d, const char *name)
{
	const struct xf_media *media = &d->options->media;
	struct read_table read = { arena_strdup(d->arena, name), NULL };
	const char *file = str_ends(name, ".csv") ? read.name :
		arena_printf(d->arena, "%s.csv", name);
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < d->tables.n; i++)
		if (strcmp(d->tables.items[i].name, name) == 0)
			return d->tables.items[i].table;
	if (media->read != NULL && media->read(media->data,
			arena_printf(d->arena, "jr://file-csv/%s", file), file,
			&bytes, &err))
		read.table = table_from_csv(bytes.data, bytes.len, file, &err);
	if (read.table != NULL)
		table_finish(read.table, 2);
	vec_push(&d->tables, read);
	str_release(&bytes);
	return read.table;
}

static const char *env_pulldata(void *data, const char *name,
	const char *column, const char *key_column, const char *key,
	struct arena *scratch)
{
	struct xf_document *d = data;
	struct xp_node root = { NULL, 0 };
	struct table *table;

	if (!env_instance(data, name, &root, NULL)) {
		table = read_table(d, name);
		if (table != NULL)
			root = table_root(table);
	}
	return root.tree == NULL ? NULL :
		xf_pulldata(root, column, key_column, key, scratch);
}

/* --- texts --- */

const struct xf_runs *xf_itext_runs_in(const struct xf_itext *itext,
	unsigned language, enum xf_form_of_text which)
{
	enum xf_form_of_text forms[] = { which,
		which == XF_TEXT_PLAIN ? XF_TEXT_LONG : which,
		which == XF_TEXT_PLAIN ? XF_TEXT_SHORT : which };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct xf_runs *runs = &itext->values[
			language * XF_N_TEXT_FORMS + forms[i]];

		if (runs->n > 0)
			return runs;
	}
	return NULL;
}

const struct xf_runs *xf_itext_runs(const struct xform *form,
	const struct xf_itext *itext, unsigned language,
	enum xf_form_of_text which)
{
	const struct xf_runs *runs = xf_itext_runs_in(itext, language, which);

	return runs != NULL ? runs : xf_itext_runs_in(itext,
		form->default_language, which);
}

/* An output is evaluated at '/'; one that fails leaves nothing, as on paper. */
static const char *join_runs(struct xf_document *d, const struct xf_runs *runs,
	struct arena *scratch)
{
	struct xp_node top = xp_xml_node(&d->tree, NULL);
	const char *whole = "", *text;

	for (size_t i = 0; i < runs->n; i++) {
		struct xp_context ctx = { .node = top, .current = top,
			.env = &d->env, .arena = scratch };

		text = runs->items[i].text;
		if (text == NULL && !xpath_eval_text(
				runs->items[i].output->program, &ctx, &text,
				NULL))
			text = "";
		whole = i == 0 ? text :
			arena_printf(scratch, "%s%s", whole, text);
	}
	return whole;
}

static const char *itext(struct xf_document *d, const struct xf_itext *itext,
	struct arena *scratch)
{
	const struct xform *form = d->form;
	int language = d->options->language == NULL ? -1 :
		xform_language(form, d->options->language);
	const struct xf_runs *runs = xf_itext_runs(form, itext,
		language < 0 ? form->default_language : (unsigned)language,
		XF_TEXT_PLAIN);
	const char *text = "";

	if (runs == NULL || d->depth >= MOST_DEPTH)
		return text;
	d->depth++;
	text = join_runs(d, runs, scratch);
	d->depth--;
	return text;
}

static const char *env_itext(void *data, const char *id, struct arena *scratch)
{
	struct xf_document *d = data;
	const struct xform *form = document_form(d);
	const struct xf_itext *found = form == NULL ? NULL :
		map_get(&form->itext, id);

	return found == NULL ? NULL : itext(d, found, scratch);
}

/* --- choices --- */

static const struct xf_control *control_of(struct xf_document *d,
	struct xp_node question)
{
	const struct xp_tree_ops *ops = question.tree->ops;
	const struct xform *form = document_form(d);
	const struct xf_node *node;
	const char *path = "";
	uintptr_t at = question.at;

	if (form == NULL || question.tree != &d->tree.tree)
		return NULL;
	for (; ops->parent(question.tree, at) != 0;
			at = ops->parent(question.tree, at))
		path = arena_printf(d->scratch, "/%s%s",
			ops->local(question.tree, at), path);
	node = xform_node(form, path);
	for (unsigned i = 0; node != NULL && i < node->n_controls; i++) {
		const struct xf_control *c = node->controls[i];

		if (c->itemset != NULL || c->n_choices > 0)
			return c;
	}
	return NULL;
}

static const char *label_text(struct xf_document *d, const struct xf_text *label,
	struct arena *scratch)
{
	if (label->itext != NULL)
		return itext(d, label->itext, scratch);
	return label->runs.n > 0 ? join_runs(d, &label->runs, scratch) : NULL;
}

static const char *choice_label(struct xf_document *d,
	const struct xf_control *c, const char *value, struct arena *scratch)
{
	for (size_t i = 0; i < c->n_choices; i++)
		if (strcmp(c->choices[i].value, value) == 0)
			return label_text(d, &c->choices[i].label, scratch);
	return NULL;
}

static const char *text_at(struct xf_document *d, const struct xf_expr *expr,
	struct xp_node node, struct arena *scratch)
{
	struct xp_context ctx = { .node = node, .current = node,
		.env = &d->env, .arena = scratch };
	const char *text;

	return expr != NULL && xpath_eval_text(expr->program, &ctx, &text,
		NULL) ? text : "";
}

static const char *item_label(struct xf_document *d, const struct xf_itemset *set,
	struct xp_node question, const char *value, struct arena *scratch)
{
	struct xp_context ctx = { .node = question, .current = question,
		.env = &d->env, .arena = scratch };
	struct xp_value items;
	const char *label;

	if (!xpath_eval(set->nodeset->program, &ctx, &items, NULL) ||
			items.type != XP_NODESET)
		return NULL;
	for (size_t i = 0; i < items.nodes.n; i++) {
		struct xp_node item = items.nodes.items[i];

		if (strcmp(text_at(d, set->value, item, scratch), value) != 0)
			continue;
		label = text_at(d, set->label, item, scratch);
		return set->label_is_itext ? env_itext(d, label, scratch) :
			label;
	}
	return NULL;
}

static const char *env_choice_name(void *data, const char *value,
	struct xp_node question, struct arena *scratch)
{
	struct xf_document *d = data;
	const struct xf_control *c = control_of(d, question);
	const char *label = NULL;

	if (c == NULL || d->depth >= MOST_DEPTH)
		return NULL;
	d->depth++;
	label = c->itemset == NULL ? choice_label(d, c, value, scratch) :
		item_label(d, c->itemset, question, value, scratch);
	d->depth--;
	return label;
}

/* --- */

void document_env_init(struct xf_document *d)
{
	d->env = (struct xp_env){ .data = d, .instance = env_instance,
		.pulldata = env_pulldata, .random = env_random,
		.now = env_now, .zone_offset = env_zone_offset,
		.utc_days = true };
	if (d->model == NULL)
		return;
	d->env.itext = env_itext;
	d->env.choice_name = env_choice_name;
}

void document_env_release(struct xf_document *d)
{
	for (size_t i = 0; i < d->tables.n; i++)
		table_free(d->tables.items[i].table);
	vec_release(&d->tables);
	vec_release(&d->instances);
	xform_free(d->form);
}
