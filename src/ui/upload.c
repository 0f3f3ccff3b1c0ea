#include "config.h"

#include "ui/upload.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "session/audit.h"

static bool has_name(const struct record_head *head, const char *name)
{
	for (size_t i = 0; i < head->n_attachments; i++)
		if (strcmp(head->attachments[i].name, name) == 0)
			return true;
	return false;
}

/* Cameras write the time into the name, people the name of who is on it. */
static const char *neutral_name(const char *base)
{
	return str_ends(base, ".png") || str_ends(base, ".PNG") ?
		"picture.png" : "picture.jpg";
}

char *upload_name(const struct record_head *head, const char *path)
{
	const char *base = path_base(path), *dot;
	char *name;
	int stem;

	if (record_takes_only_pictures(head))
		base = neutral_name(base);
	dot = strrchr(base, '.');
	if (dot == NULL || dot == base)
		dot = base + strlen(base);
	stem = (int)(dot - base);
	name = xstrdup(base);
	for (int i = 2; has_name(head, name); i++) {
		free(name);
		name = str_format("%.*s-%d%s", stem, base, i, dot);
	}
	return name;
}

static bool is_for_files(const struct xf_node *form)
{
	for (unsigned i = 0; i < form->n_controls; i++)
		if (form->controls[i]->kind == XF_UPLOAD)
			return true;
	return form->bind->type == XF_BINARY;
}

static void add_name(struct upload_names *names, const char *name)
{
	if (names->n == names->room) {
		names->room = names->room * 2 + 4;
		names->items = xreallocarray(names->items, names->room,
			sizeof *names->items);
	}
	names->items[names->n++] = name;
}

static void find(struct session *session, struct node *n, bool all,
	struct upload_names *names)
{
	const struct xf_node *form = node_form(n);

	if (!all && !node_is_relevant(session, n))
		return;
	if (form->is_value) {
		const char *name = all ? node_raw_value(n) :
			node_value(session, n);

		if (name[0] != '\0' && (is_for_files(form) ||
				strcmp(name, AUDIT_FILE) == 0))
			add_name(names, name);
		return;
	}
	for (unsigned i = 0; i < form->n_children; i++)
		for (size_t k = 1; k <= node_count(n, form->children[i]); k++)
			find(session, node_instance(n, form->children[i], k),
				all, names);
}

void upload_names_find(struct session *session, bool all,
	struct upload_names *names)
{
	add_name(names, "");
	names->n = 0;
	find(session, session_root(session), all, names);
}

void upload_names_release(struct upload_names *names)
{
	free(names->items);
	names->items = NULL;
	names->n = names->room = 0;
}
