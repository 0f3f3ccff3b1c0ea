/* Tables from XML: a root of items that only hold fields of text. */
#include "config.h"

#include <string.h>

#include "xform/table.h"

static const struct xml_node *element_from(const struct xml_node *n)
{
	while (n != NULL && n->kind != XML_ELEMENT)
		n = n->next;
	return n;
}

static bool is_blank_text(const struct xml_node *n)
{
	return n->kind != XML_TEXT ||
		n->text[strspn(n->text, " \t\r\n")] == '\0';
}

static bool put_field(struct table *t, const struct xml_node *field,
	int *last_column)
{
	struct arena *scratch = NULL;
	struct csv_cell cell;
	const char *text = "";
	unsigned column;
	bool ok;

	if (field->ns != table_ns(t) || field->attributes != NULL ||
			element_from(field->first) != NULL ||
			!table_column(t, field->local, strlen(field->local),
			&column, NULL) || (int)column <= *last_column)
		return false;
	*last_column = (int)column;
	if (field->first != NULL) {
		scratch = arena_new();
		text = xml_text_of(field, scratch);
	}
	cell = (struct csv_cell){ text, strlen(text) };
	ok = table_put(t, &column, &cell, 1, NULL);
	arena_free(scratch);
	return ok;
}

static bool put_item(struct table *t, const struct xml_node *item)
{
	int last_column = -1;

	if (item->local != table_item(t) || item->ns != table_ns(t) ||
			item->attributes != NULL || !table_add_row(t, NULL))
		return false;
	for (const struct xml_node *n = item->first; n != NULL; n = n->next)
		if (n->kind == XML_ELEMENT ? !put_field(t, n, &last_column) :
				!is_blank_text(n))
			return false;
	return true;
}

struct table *table_from_xml(const struct xml_node *root)
{
	const struct xml_node *item = element_from(root->first);
	struct table *t;

	if (item == NULL || root->attributes != NULL)
		return NULL;
	t = table_new(root->ns, root->local, item->local);
	for (const struct xml_node *n = root->first; n != NULL; n = n->next)
		if (n->kind == XML_ELEMENT ? !put_item(t, n) :
				!is_blank_text(n)) {
			table_free(t);
			return NULL;
		}
	return t;
}

/* --- item by item --- */

struct listing { struct table *table; };

static bool take_item(void *data, const struct xml_node *item)
{
	struct listing *list = data;

	if (item->parent->attributes != NULL)
		return false;
	if (list->table == NULL)
		list->table = table_new(item->ns, item->parent->local,
			item->local);
	for (const struct xml_node *n = item->previous; n != NULL;
			n = n->previous)
		if (!is_blank_text(n))
			return false;
	return item->parent->ns == item->ns && put_item(list->table, item);
}

static bool ends_blank(const struct xml_node *root)
{
	for (const struct xml_node *n = root->first; n != NULL; n = n->next)
		if (!is_blank_text(n))
			return false;
	return true;
}

struct table *table_from_xml_file(const char *bytes, size_t n_bytes,
	const char *name, struct err *err)
{
	struct listing list = { NULL };
	struct xml_items items = { take_item, &list };
	struct xml_doc *doc;
	bool ok;

	err_clear(err);
	doc = xml_parse_items(bytes, n_bytes, name, &xml_limits_form, &items,
		err);
	ok = doc != NULL && list.table != NULL && ends_blank(doc->root);
	xml_free(doc);
	if (ok)
		return list.table;
	table_free(list.table);
	return NULL;
}
