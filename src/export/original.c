/* Records as XML.  See original.h. */
#include "config.h"

#include "export/original.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/map.h"
#include "store/reconcile.h"
#include "store/store.h"
#include "store/version.h"
#include "xml/xml.h"

/* --- what of it --- */

struct leaving {
	const struct layout *layout;
	const struct export_options *options;
	struct arena *arena;
	struct str *out;
	bool left_out;			/* anything */
};

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

/* instanceID and deprecatedID are keys: the layout does not have them. */
static bool is_key(const struct xml_node *node, unsigned depth)
{
	return depth == 2 && strcmp(node->parent->local, "meta") == 0 &&
		(strcmp(node->local, "instanceID") == 0 ||
		strcmp(node->local, "deprecatedID") == 0);
}

static void open_element(struct leaving *l, const struct xml_node *node,
	bool is_root)
{
	const char *ns = node->ns != NULL ? node->ns : "";
	const char *above = is_root ? "" :
		node->parent->ns != NULL ? node->parent->ns : "";
	static const char *const kept[] = { "id", "version" };

	str_addf(l->out, "<%s", node->local);
	if (strcmp(ns, above) != 0) {
		str_add(l->out, " xmlns=\"");
		xml_add_attribute_value(l->out, ns);
		str_addc(l->out, '"');
	}
	for (size_t i = 0; is_root && i < 2; i++) {
		const char *value = xml_attribute(node, "", kept[i]);

		if (value == NULL)
			continue;
		str_addf(l->out, " %s=\"", kept[i]);
		xml_add_attribute_value(l->out, value);
		str_addc(l->out, '"');
	}
	str_addc(l->out, '>');
}

static void add_answer(struct leaving *l, const struct xml_node *node,
	bool may)
{
	const char *text = xml_text_of(node, l->arena);

	if (may && xml_child(node, NULL, NULL, NULL) == NULL)
		xml_add_text(l->out, text);
	else if (!is_blank(text))
		l->left_out = true;
}

/* Where answers are not looked for: comments, attributes, text between. */
static bool has_more(const struct xml_node *node, bool is_root)
{
	for (const struct xml_node *a = node->attributes; a != NULL;
			a = a->next)
		if (!is_root || !(strcmp(a->ns, NS_BAYAZ) == 0 ||
				strcmp(a->local, "id") == 0 ||
				strcmp(a->local, "version") == 0))
			return true;
	for (const struct xml_node *child = node->first; child != NULL;
			child = child->next) {
		if (child->kind == XML_COMMENT || child->kind == XML_PI ||
				(child->kind == XML_ELEMENT &&
				has_more(child, false)))
			return true;
		if (child->kind == XML_TEXT && !is_blank(child->text) &&
				xml_child(node, NULL, NULL, NULL) != NULL)
			return true;
	}
	return false;
}

static bool stands_alone(const struct xml_doc *doc)
{
	const struct xml_node *first = doc->document->first;

	return first == doc->root && first->next == NULL &&
		!has_more(doc->root, true);
}

/* The answers below that the layout has and that are exported; `table` is that
 * of the row around. */
static void add_below(struct leaving *l, const struct xml_node *node,
	const struct layout_node *place, size_t table, unsigned depth);

static void add_child(struct leaving *l, const struct xml_node *child,
	const struct layout_node *place, size_t table, unsigned depth)
{
	open_element(l, child, false);
	if (place->table >= 0)
		table = (size_t)place->table;
	if (place->column >= 0)
		add_answer(l, child, export_has_column(&l->layout->tables.
			items[table].columns.items[place->column],
			l->options));
	else
		add_below(l, child, place, table, depth);
	str_addf(l->out, "</%s>", child->local);
}

static void add_below(struct leaving *l, const struct xml_node *node,
	const struct layout_node *place, size_t table, unsigned depth)
{
	for (const struct xml_node *child = xml_child(node, NULL, NULL, NULL);
			child != NULL;
			child = xml_child(node, child, NULL, NULL)) {
		const struct layout_node *next = place == NULL ? NULL :
			map_get(&place->children, child->local);

		if (is_key(child, depth + 1)) {
			open_element(l, child, false);
			add_answer(l, child, true);
			str_addf(l->out, "</%s>", child->local);
		} else if (next != NULL) {
			add_child(l, child, next, table, depth + 1);
		} else if (depth == 0 && strcmp(child->local, "meta") == 0) {
			open_element(l, child, false);
			add_below(l, child, NULL, table, depth + 1);
			str_addf(l->out, "</%s>", child->local);
		} else if (!is_blank(xml_text_of(child, l->arena))) {
			l->left_out = true;	/* the form does not know it */
		}
	}
}

bool export_original_xml(const struct layout *layout,
	const struct export_options *options, const struct str *xml,
	struct str *out, struct err *err)
{
	struct leaving l = { .layout = layout, .options = options,
		.out = out };
	struct version_head head;
	size_t before = out->len;
	struct xml_doc *doc;

	if (layout->is_untagged) {
		str_addn(out, xml->data, xml->len);
		return true;
	}
	doc = version_read(xml->data, xml->len, &head, err);
	if (doc == NULL)
		return false;
	l.arena = doc->arena;
	open_element(&l, doc->root, true);
	add_below(&l, doc->root, layout->root, 0, 0);
	str_addf(out, "</%s>\n", doc->root->local);
	l.left_out = l.left_out || !stands_alone(doc);
	xml_free(doc);
	if (!l.left_out) {
		str_cut(out, before);
		str_addn(out, xml->data, xml->len);
	}
	return true;
}

/* --- where to --- */

enum { NAME_MAX_BYTES = 120 };

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
		c == '.';
}

char *export_original_name(const char *record, const char *version)
{
	struct str name = STR_INIT;
	bool odd = record[0] == '.' || strlen(record) > NAME_MAX_BYTES;

	for (const char *c = record; *c != '\0' && name.len < NAME_MAX_BYTES;
			c++) {
		odd = odd || (!is_plain(*c) && *c != ':');
		str_addc(&name, is_plain(*c) || (*c >= 'A' && *c <= 'Z') ? *c :
			'_');
	}
	if (name.data[0] == '.')
		name.data[0] = '_';
	if (odd)
		str_addf(&name, "_%.16s", version);
	str_add(&name, ".xml");
	return str_steal(&name);
}

static bool is_empty_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	bool empty = folder != NULL;

	while (empty && (entry = readdir(folder)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 ||
			strcmp(entry->d_name, "..") == 0;
	if (folder != NULL)
		closedir(folder);
	return empty;
}

static void remove_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder != NULL && (entry = readdir(folder)) != NULL)
		unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder != NULL)
		closedir(folder);
	rmdir(path);
}

static bool write_file(int folder, const char *name, const struct str *xml,
	struct err *err)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		0600);
	size_t at = 0;
	ssize_t n = 0;

	while (fd >= 0 && at < xml->len && n >= 0) {
		n = write(fd, xml->data + at, xml->len - at);
		at += n > 0 ? (size_t)n : 0;
		if (n < 0 && errno == EINTR)
			n = 0;
	}
	if (fd < 0 || n < 0)
		err_set(err, ERR_IO, _("cannot write '%s': %s"), name,
			strerror(errno));
	return (fd >= 0 && close(fd) == 0 && n >= 0) || (err_set(err, ERR_IO,
		_("cannot write '%s': %s"), name, strerror(errno)));
}

static bool write_record(struct store *store, const struct layout *layout,
	const struct export_options *options, struct reader *reader,
	int folder, struct err *err)
{
	struct db_stmt *keys = reader->tables[0].keys;
	struct str xml = STR_INIT, out = STR_INIT;
	char *name = export_original_name(db_text(keys, 1 + KEY_RECORD),
		db_text(keys, 1 + KEY_VERSION));
	bool ok = reconcile_bytes(store, reader->tables[0].record, &xml,
			err) &&
		export_original_xml(layout, options, &xml, &out, err) &&
		write_file(folder, name, &out, err);

	free(name);
	str_release(&out);
	str_release(&xml);
	return ok;
}

static bool write_records(struct store *store, const struct layout *layout,
	const struct export_options *options, const char *path,
	struct err *err)
{
	struct reader reader;
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok;

	if (folder < 0)
		return err_set(err, ERR_IO, _("cannot open '%s'"), path);
	ok = reader_open(&reader, store, layout, options, 0, err);
	while (ok && reader.tables[0].has_row)
		ok = write_record(store, layout, options, &reader, folder,
				err) &&
			reader_step(&reader, 0, err);
	reader_close(&reader);
	if (ok && syncfs(folder) != 0)
		ok = err_set(err, ERR_IO, _("cannot write '%s': %s"), path,
			strerror(errno));
	close(folder);
	return ok;
}

bool export_original(struct store *store, const struct layout *layout,
	const struct export_options *options, const char *folder,
	struct err *err)
{
	char *part = str_format("%s.part", folder);
	bool ok = true;

	if (file_exists(folder) && !is_empty_folder(folder))
		ok = err_set(err, ERR_CONFLICT, _("something is in '%s': name "
			"a folder that is empty or not there"), folder);
	else
		remove_folder(part);
	ok = ok && file_make_folder(part, err);
	if (ok && !write_records(store, layout, options, part, err)) {
		remove_folder(part);
		ok = false;
	}
	if (ok && rename(part, folder) != 0) {
		ok = err_set(err, ERR_IO, _("cannot write '%s': %s"), folder,
			strerror(errno));
		remove_folder(part);
	}
	free(part);
	return ok;
}
