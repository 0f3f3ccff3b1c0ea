#include "config.h"

#include "store/version.h"

#include <string.h>

#include "xform/xform.h"

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

/* Surrounding white space does not count. */
static const char *trimmed(struct xml_doc *doc, const struct xml_node *node)
{
	const char *text = xml_text_of(node, doc->arena);
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strlen(text);
	while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
		n--;
	return arena_strndup(doc->arena, text, n);
}

static const char *meta_text(struct xml_doc *doc, const struct xml_node *meta,
	const char *name)
{
	const struct xml_node *node = xml_child(meta, NULL, NULL, name);

	return node != NULL ? trimmed(doc, node) : "";
}

static void read_head(struct xml_doc *doc, struct version_head *head)
{
	const struct xml_node *meta;
	const char *id;

	*head = (struct version_head){ "", "", "", "", false, false };
	id = xml_attribute(doc->root, "", "id");
	/* without an id the form is named by its namespace */
	head->form = id != NULL ? id : or_empty(doc->root->ns);
	head->form_version = xf_version_of(doc->root);
	id = xml_attribute(doc->root, NS_BAYAZ, "training");
	head->training = id != NULL && strcmp(id, "yes") == 0;
	id = xml_attribute(doc->root, NS_BAYAZ, "clock");
	head->date_given = id != NULL && strcmp(id, "given") == 0;
	meta = xml_child(doc->root, NULL, NULL, "meta");
	if (meta != NULL) {
		head->instance = meta_text(doc, meta, "instanceID");
		head->deprecated = meta_text(doc, meta, "deprecatedID");
	}
}

struct xml_doc *version_read(const char *bytes, size_t n_bytes,
	struct version_head *head, struct err *err)
{
	struct xml_doc *doc = xml_parse(bytes, n_bytes, NULL,
		&xml_limits_record, err);

	if (doc != NULL)
		read_head(doc, head);
	return doc;
}

void version_parse(const char *bytes, size_t n_bytes,
	struct xml_reader *reader, struct version_parsed *parsed)
{
	const struct xml_how how = { .reader = reader };

	parsed->is_parsed = true;
	parsed->n_bytes = n_bytes;
	parsed->doc = xml_parse_how(bytes, n_bytes, NULL, &xml_limits_record,
		&how, NULL);
	if (parsed->doc != NULL)
		read_head(parsed->doc, &parsed->head);
}

void version_parsed_release(struct version_parsed *parsed)
{
	xml_free(parsed->doc);
	*parsed = (struct version_parsed){ .is_parsed = false };
}
/* --- the shelf --- */

enum { SHELF_VERSIONS = 32, SHELF_BYTES = 1 << 20 };

bool version_shelf_is_full(const struct version_shelf *shelf)
{
	return shelf->list.n >= SHELF_VERSIONS || shelf->n_bytes > SHELF_BYTES;
}

void version_shelve(struct version_shelf *shelf, int64_t content,
	struct version_parsed *parsed)
{
	struct version_shelved new = { content, parsed->head, parsed->doc };

	if (parsed->doc == NULL || version_shelf_is_full(shelf))
		return;
	vec_push(&shelf->list, new);
	shelf->n_bytes += parsed->n_bytes;
	parsed->doc = NULL;
}

const struct version_shelved *version_shelved(
	const struct version_shelf *shelf, int64_t content)
{
	for (size_t i = 0; i < shelf->list.n; i++)
		if (shelf->list.items[i].content == content)
			return &shelf->list.items[i];
	return NULL;
}

void version_shelf_clear(struct version_shelf *shelf)
{
	for (size_t i = 0; i < shelf->list.n; i++)
		xml_free(shelf->list.items[i].doc);
	shelf->list.n = 0;
	shelf->n_bytes = 0;
}

void version_shelf_release(struct version_shelf *shelf)
{
	version_shelf_clear(shelf);
	vec_release(&shelf->list);
}
