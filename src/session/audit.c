#include "config.h"

#include "session/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/wipe.h"

/* --- what the form asks for --- */

static const struct xf_node *child(const struct xf_node *parent,
	const char *local)
{
	for (unsigned i = 0; parent != NULL && i < parent->n_children; i++)
		if (strcmp(parent->children[i]->local, local) == 0)
			return parent->children[i];
	return NULL;
}

static bool is_discreet(const struct xform *form)
{
	return form->form_class != NULL &&
		(strcmp(form->form_class, "protected") == 0 ||
		strcmp(form->form_class, "restricted") == 0);
}

static const char *attribute(const struct xf_bind *bind, const char *local)
{
	const char *text = bind->xml != NULL ?
		xml_attribute(bind->xml, NS_ODK, local) : NULL;

	return text != NULL ? text : "";
}

bool audit_wanted(const struct xform *form, struct audit_settings *settings)
{
	const struct xf_node *node = child(child(form->root, "meta"), "audit");
	const struct xf_bind *bind;

	memset(settings, 0, sizeof *settings);
	if (node == NULL || !node->is_value || is_discreet(form))
		return false;
	bind = node->bind;
	settings->node = node;
	settings->location =
		attribute(bind, "location-priority")[0] != '\0' &&
		attribute(bind, "location-min-interval")[0] != '\0' &&
		attribute(bind, "location-max-age")[0] != '\0';
	settings->changes = strcmp(attribute(bind, "track-changes"),
		"true") == 0;
	settings->user = strcmp(attribute(bind, "identify-user"),
		"true") == 0;
	settings->reasons = strcmp(attribute(bind, "track-changes-reasons"),
		"on-form-edit") == 0;
	return true;
}

/* --- lines --- */

void audit_header(const struct audit_settings *settings, struct str *out)
{
	str_add(out, "event,node,start,end");
	if (settings->location)
		str_add(out, ",latitude,longitude,accuracy");
	if (settings->changes)
		str_add(out, ",old-value,new-value");
	if (settings->user)
		str_add(out, ",user");
	if (settings->reasons)
		str_add(out, ",change-reason");
	str_addc(out, '\n');
}

/* Quotes are doubled only in what is quoted, says the specification. */
static void add_cell(struct str *out, const char *text)
{
	bool quoted = strpbrk(text, ",\n\r") != NULL;

	if (quoted)
		str_addc(out, '"');
	for (; *text != '\0'; text++) {
		if (quoted && *text == '"')
			str_addc(out, '"');
		str_addc(out, *text);
	}
	if (quoted)
		str_addc(out, '"');
}

static const char *event_name(enum audit_kind kind)
{
	switch (kind) {
	case AUDIT_FORM_START: return "form start";
	case AUDIT_FORM_RESUME: return "form resume";
	case AUDIT_FORM_SAVE: return "form save";
	case AUDIT_FORM_EXIT: return "form exit";
	case AUDIT_FORM_FINALIZE: return "form finalize";
	case AUDIT_FINALIZE_ERROR: return "finalize error";
	case AUDIT_CONSTRAINT_ERROR: return "constraint error";
	case AUDIT_DELETE_REPEAT: return "delete repeat";
	case AUDIT_CHANGE_REASON: return "change reason";
	case AUDIT_QUESTION: return "question";
	case AUDIT_GROUP: return "group questions";
	case AUDIT_ADD_REPEAT: return "add repeat";
	case AUDIT_JUMP: return "jump";
	case AUDIT_END_SCREEN: return "end screen";
	}
	return "";
}

struct line {
	enum audit_kind kind;
	const char *node, *old_value, *new_value, *reason;
	int64_t start_ms, end_ms;	/* end 0: it has none */
};

static void add_line(const struct audit *a, const struct line *line,
	struct str *out)
{
	bool changed = strcmp(line->old_value, line->new_value) != 0;

	str_addf(out, "%s,", event_name(line->kind));
	add_cell(out, line->node);
	str_addf(out, ",%lld,", (long long)line->start_ms);
	if (line->end_ms != 0)
		str_addf(out, "%lld", (long long)line->end_ms);
	if (a->settings.location)
		str_add(out, ",,,");
	if (a->settings.changes) {
		str_addc(out, ',');
		add_cell(out, changed ? line->old_value : "");
		str_addc(out, ',');
		add_cell(out, changed ? line->new_value : "");
	}
	if (a->settings.user) {
		str_addc(out, ',');
		add_cell(out, a->user != NULL ? a->user : "");
	}
	if (a->settings.reasons) {
		str_addc(out, ',');
		add_cell(out, line->reason);
	}
	str_addc(out, '\n');
}

/* --- what happens --- */

void audit_init(struct audit *a, const struct audit_settings *settings)
{
	memset(a, 0, sizeof *a);
	a->settings = *settings;
}

static void forget(struct audit *a)
{
	free(a->node);
	wipe_free(a->old_value);
	a->node = a->old_value = NULL;
	a->is_open = false;
}

void audit_release(struct audit *a)
{
	forget(a);
	wipe_free(a->user);
	a->user = NULL;
}

void audit_note(const struct audit *a, enum audit_kind kind, const char *node,
	const char *reason, int64_t now_ms, struct str *out)
{
	struct line line = { kind, node != NULL ? node : "", "", "",
		reason != NULL ? reason : "", now_ms, 0 };

	add_line(a, &line, out);
}

void audit_enter(struct audit *a, enum audit_kind kind, const char *node,
	const char *value, int64_t now_ms)
{
	forget(a);
	a->is_open = true;
	a->kind = kind;
	a->node = xstrdup(node);
	a->old_value = xstrdup(value);
	a->start_ms = now_ms;
}

bool audit_is_at(const struct audit *a, enum audit_kind kind,
	const char *node)
{
	return a->is_open && a->kind == kind && strcmp(a->node, node) == 0;
}

void audit_leave(struct audit *a, const char *value, int64_t now_ms,
	struct str *out)
{
	if (a->is_open) {
		struct line line = { a->kind, a->node, a->old_value, value, "",
			a->start_ms, now_ms };

		add_line(a, &line, out);
	}
	forget(a);
}
