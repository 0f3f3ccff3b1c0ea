/*
 * Secondary instances: inline, XML, CSV, GeoJSON, the record saved last.
 * Only those that an expression names are read, as JavaRosa does.
 * Source: ODK XForms, "Secondary instances".
 */
#include "config.h"

#include <ctype.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "xform/loader.h"
#include "xform/table.h"

enum { FEWEST_ROWS_OF_A_TABLE = 16 };

struct secondary {
	struct xf_secondary public;	/* first: the map hands this out */
	const struct xml_node *xml;	/* the <instance>, or NULL */
	struct xml_doc *doc;		/* of a file that is no flat list */
	struct xp_xml_tree tree;
};

void secondary_release(struct xf_secondary *public)
{
	struct secondary *s = (struct secondary *)(void *)public;

	/* The map is the only owner of tables. */
	table_free((struct table *)(uintptr_t)table_of(public->tree));
	xml_free(s->doc);
}

/* --- which there are --- */

static void add_instance(struct loader *l, const struct xml_node *e)
{
	struct secondary *s = ARENA_NEW(l->arena, struct secondary);
	const char *id = load_attribute_text(e, "id");
	int column;

	if (id == NULL || *id == '\0') {
		load_warning(l, e, NULL, _("an <instance> without id cannot be "
			"used"));
		return;
	}
	if (map_has(&l->form->secondary, id))
		load_warning(l, e, NULL, _("two instances have the id '%s': "
			"this one counts"), id);
	s->xml = e;
	s->public.id = id;
	s->public.src = load_attribute_text(e, "src");
	s->public.is_last_saved = s->public.src != NULL &&
		strcmp(s->public.src, "jr://instance/last-saved") == 0;
	xml_place(l->form->doc, e, NULL, 0, &s->public.line, &column);
	map_set(&l->form->secondary, id, &s->public);
}

void load_secondary(struct loader *l)
{
	const struct xml_node *e = xml_child(l->model, NULL, NULL, "instance");

	while (e != NULL &&
			(e = xml_child(l->model, e, NULL, "instance")) != NULL)
		add_instance(l, e);
}

/* --- what pulldata() names --- */

static void imply(struct loader *l, const char *name, size_t n_bytes)
{
	struct secondary *s;
	char *id = arena_strndup(l->arena, name, n_bytes);

	if (n_bytes > 4 && strcmp(id + n_bytes - 4, ".csv") == 0)
		id[n_bytes - 4] = '\0';
	if (!map_has(&l->form->secondary, id)) {
		s = ARENA_NEW(l->arena, struct secondary);
		s->public.id = id;
		s->public.src = arena_printf(l->arena, "jr://file-csv/%s.csv",
			id);
		s->public.is_implied = true;
		map_set(&l->form->secondary, id, &s->public);
	}
	map_set(&l->used_instances, id, l);
}

static void find_pulldata(struct loader *l, const char *text)
{
	while ((text = strstr(text, "pulldata")) != NULL) {
		const char *at = text + 8, *end;

		text = at;
		while (isspace((unsigned char)*at) || *at == '(')
			at++;
		if (*at != '\'' && *at != '"')
			continue;
		end = strchr(at + 1, *at);
		if (end != NULL && end > at + 1)
			imply(l, at + 1, (size_t)(end - at) - 1);
	}
}

/* --- what they hold --- */

static const char *last_part(const char *url)
{
	const char *slash = strrchr(url, '/');

	return slash != NULL ? slash + 1 : url;
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	if (n < m)
		return false;
	for (size_t i = 0; i < m; i++)
		if (tolower((unsigned char)text[n - m + i]) != end[i])
			return false;
	return true;
}

static void set_xml(struct secondary *s, const struct xml_doc *doc,
	const struct xml_node *top, unsigned rank)
{
	xp_xml_init(&s->tree, doc, top);
	s->tree.tree.rank = rank;
	s->public.tree = &s->tree.tree;
	s->public.root = xp_xml_node(&s->tree, NULL);
}

static void set_table(struct secondary *s, struct table *table, unsigned rank)
{
	table_finish(table, rank);
	s->public.root = table_root(table);
	s->public.tree = s->public.root.tree;
	s->public.is_table = true;
}

static void load_inline(struct loader *l, struct secondary *s, unsigned rank)
{
	const struct xml_node *root = xml_child(s->xml, NULL, NULL, NULL);
	struct table *table;

	if (root == NULL)
		return;
	if (xml_child(s->xml, root, NULL, NULL) != NULL) {
		load_error(l, s->xml, NULL, _("<instance> has more than one "
			"child element"));
		return;
	}
	table = table_from_xml(root);
	if (table != NULL && table_n_rows(table) >= FEWEST_ROWS_OF_A_TABLE) {
		set_table(s, table, rank);
		return;
	}
	table_free(table);
	set_xml(s, l->form->doc, root, rank);
}

static bool parse_xml(struct secondary *s, const struct str *bytes,
	const char *name, unsigned rank, struct err *err)
{
	struct table *table = table_from_flat_xml(bytes->data, bytes->len);
	struct xml_doc *doc;

	if (table == NULL)
		table = table_from_xml_file(bytes->data, bytes->len, name, err);

	if (table != NULL) {
		set_table(s, table, rank);
		return true;
	}
	if (err->code != ERR_NONE)
		return false;
	doc = xml_parse(bytes->data, bytes->len, name, &xml_limits_form, err);
	if (doc == NULL)
		return false;
	s->doc = doc;
	set_xml(s, doc, doc->document, rank);
	return true;
}

static bool parse_file(struct secondary *s, const struct str *bytes,
	const char *name, unsigned rank, struct err *err)
{
	struct table *table;

	if (ends_in(name, ".geojson"))
		table = table_from_geojson(bytes->data, bytes->len, name, err);
	else if (ends_in(name, ".csv") ||
			strncmp(s->public.src, "jr://file-csv/", 14) == 0)
		table = table_from_csv(bytes->data, bytes->len, name, err);
	else
		return parse_xml(s, bytes, name, rank, err);
	if (table != NULL)
		set_table(s, table, rank);
	return table != NULL;
}

static void say_missing(struct loader *l, const struct secondary *s,
	const struct err *err)
{
	bool refuse = l->options->missing_is_error && !s->public.is_implied;
	struct err why = ERR_INIT;
	int column = 0;

	if (err->code == ERR_NONE)
		err_set(&why, ERR_RESOURCE, _("the file '%1$s' of instance "
			"'%2$s' is missing: its list is empty"),
			last_part(s->public.src), s->public.id);
	else
		err_set(&why, ERR_RESOURCE, "%s", err->message);
	if (s->xml != NULL)
		xml_place(l->form->doc, s->xml, NULL, 0, &why.line, &column);
	why.column = column;
	err_at(&why, l->form->name, why.line, column);
	problem_add_err(l->problems, refuse ? SEVERITY_ERROR :
		SEVERITY_WARNING, &why, NULL, NULL);
}

static void load_external(struct loader *l, struct secondary *s, unsigned rank)
{
	const char *name = last_part(s->public.src);
	const struct xf_media *media = &l->options->media;
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	if (media->read == NULL || !media->read(media->data, s->public.src,
			name, &bytes, &err))
		say_missing(l, s, &err);
	else if (!parse_file(s, &bytes, name, rank, &err))
		problem_add_err(l->problems, SEVERITY_ERROR, &err, NULL, NULL);
	str_release(&bytes);
}

static bool is_jr_url(const char *src)
{
	return strncmp(src, "jr://file/", 10) == 0 ||
		strncmp(src, "jr://file-csv/", 14) == 0;
}

static void load_one(struct loader *l, struct secondary *s, unsigned rank)
{
	bool used = l->any_instance_used ||
		map_has(&l->used_instances, s->public.id);

	if (s->public.src == NULL)
		load_inline(l, s, rank);
	else if (s->public.is_last_saved || !used)
		return;
	else if (is_jr_url(s->public.src))
		load_external(l, s, rank);
	else
		load_warning(l, s->xml, load_attribute(s->xml, "src"),
			_("'%s' is not read: an instance comes from "
			"jr://file/NAME or jr://file-csv/NAME"), s->public.src);
}

/* --- do items have what itemsets read of them? --- */

static bool row_has(const struct table *t, const char *name)
{
	for (unsigned i = 0; i < table_n_columns(t); i++)
		if (table_column_name(t, i) == name)
			return true;
	return false;
}

static const struct xml_node *child_of(const struct xml_node *parent,
	const struct xml_node *after, const char *local)
{
	return xml_child(parent, after, NULL, local);
}

/* JavaRosa looks at the first node on the way, no further. */
static bool first_has(const struct xml_node *at, const char **steps, size_t n,
	const char *name)
{
	for (size_t i = 0; i < n && at != NULL; i++)
		at = child_of(at, NULL, steps[i]);
	return at != NULL && child_of(at, NULL, name) != NULL;
}

static bool table_has(const struct table *t,
	const struct xpath_plain_path *path, const char *name, bool is_inline)
{
	if (is_inline && (table_n_rows(t) == 0 || path->n_steps != 2))
		return false;
	return table_n_rows(t) == 0 || path->n_steps != 2 || row_has(t, name);
}

static bool has_name(const struct secondary *s,
	const struct xpath_plain_path *path, const char *name)
{
	bool is_inline = s->public.src == NULL;
	const struct table *t;

	if (s->public.is_last_saved)
		return true;
	if (s->public.tree == NULL)	/* a file that is away may have it */
		return !is_inline && is_jr_url(s->public.src);
	t = table_of(s->public.tree);
	if (t != NULL)
		return table_has(t, path, name, is_inline);
	return first_has(s->doc != NULL ? s->doc->document : s->xml,
		path->steps, path->n_steps, name);
}

/* Of the record itself: items that are instances of a repeat. */
static bool record_has(struct loader *l, const struct xpath_plain_path *path,
	const char *name)
{
	const char **steps = ARENA_ARRAY(l->arena, const char *,
		path->n_steps + 1);
	struct xf_path child = { steps, path->n_steps + 1, false, false };

	if (!path->absolute || path->n_steps == 0)
		return true;
	memcpy(steps, path->steps, path->n_steps * sizeof *steps);
	steps[path->n_steps] = name;
	return path_node(l, &child) != NULL;
}

/* A file whose columns are others is another file. */
static void say_no_field(struct loader *l, const struct xml_node *e,
	const struct secondary *s, const char *name)
{
	const char *format = _("the items of instance '%1$s' have no '%2$s'");

	if (s->public.src == NULL && l->options->is_lenient)
		load_warning(l, e, NULL, format, s->public.id, name);
	else
		load_error(l, e, NULL, format, s->public.id, name);
}

static void check_itemset(struct loader *l, const struct xf_control *c)
{
	const struct xf_itemset *set = c->itemset;
	const struct xml_node *e = xml_child(c->xml, NULL, NULL, "itemset");
	const char *names[2] = { set->value_name, set->label_name };
	struct xpath_plain_path path;
	const struct secondary *s;

	if (!xpath_plain(set->nodeset->program, l->arena, &path))
		return;
	s = set->instance != NULL ?
		map_get(&l->form->secondary, set->instance) : NULL;
	for (size_t i = 0; i < 2; i++)
		if (s != NULL && names[i] != NULL &&
				!has_name(s, &path, names[i]))
			say_no_field(l, e, s, names[i]);
		else if (set->instance == NULL && names[i] != NULL &&
				!record_has(l, &path, names[i]))
			load_error(l, e, NULL, _("the items have no '%s'"),
				names[i]);
}

void load_secondary_data(struct loader *l)
{
	struct map *all = &l->form->secondary;

	for (size_t i = 0; i < l->uses.n; i++)
		find_pulldata(l, l->uses.items[i].expr->text);
	for (size_t i = 0; i < all->n; i++)
		load_one(l, (struct secondary *)all->entries[i].value,
			(unsigned)i + 2);
	for (size_t i = 0; i < l->itemset_controls.n; i++)
		check_itemset(l, l->itemset_controls.items[i]);
}
