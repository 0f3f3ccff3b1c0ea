/* Reviewers' marks in itext: those that hold for the text as it is. */
#include "config.h"

#include <string.h>

#include "xform/loader.h"
#include "xform/wording.h"

struct marks {
	struct arena *arena;		/* for as long as they are looked at */
	struct map values;		/* "LANGUAGE\004ID\004FORM" -> <value> */
	unsigned n_languages;
	bool any;			/* is there a mark at all? */
};

static const char *form_name(const struct xml_node *value)
{
	const char *form = xml_attribute(value, "", "form");

	return form != NULL ? form : "";
}

/* Visit each <value> of each language. */
static void each_value(struct loader *l, struct marks *m,
	const struct xml_node *itext, void (*visit)(struct loader *l,
	struct marks *m, unsigned language, const char *id,
	const struct xml_node *value))
{
	const struct xml_node *t = NULL, *text, *value;
	unsigned language = 0;

	for (; (t = xml_child(itext, t, NULL, "translation")) != NULL;
			language++)
		for (text = NULL; (text = xml_child(t, text, NULL, "text")) !=
				NULL;) {
			const char *id = xml_attribute(text, "", "id");

			for (value = NULL; id != NULL && (value = xml_child(
					text, value, NULL, "value")) != NULL;)
				visit(l, m, language, id, value);
		}
}

static void look_for_mark(struct loader *l, struct marks *m, unsigned language,
	const char *id, const struct xml_node *value)
{
	(void)l;
	(void)language;
	(void)id;
	m->any |= xml_attribute(value, NS_BAYAZ, "reviewed") != NULL;
}

static const char *key_of(const struct marks *m, unsigned language,
	const char *id, const char *form)
{
	return arena_printf(m->arena, "%u\004%s\004%s", language, id, form);
}

static void note_value(struct loader *l, struct marks *m, unsigned language,
	const char *id, const struct xml_node *value)
{
	(void)l;
	map_set(&m->values, key_of(m, language, id, form_name(value)),
		(void *)(uintptr_t)value);
}

static bool is_braced(const struct marks *m, const char *id, const char *form)
{
	for (unsigned i = 0; i < m->n_languages; i++) {
		const struct xml_node *value = map_get(&m->values, key_of(m, i,
			id, form));

		if (value != NULL && wording_has_markup(value))
			return true;
	}
	return false;
}

static void check_mark(struct loader *l, struct marks *m, unsigned language,
	const char *id, const struct xml_node *value)
{
	const char *mark = xml_attribute(value, NS_BAYAZ, "reviewed");
	const struct xml_node *original = mark == NULL ? NULL :
		map_get(&m->values, key_of(m, l->form->default_language, id,
		form_name(value)));
	struct wording_names names;
	bool braced;

	if (original == NULL)
		return;
	braced = is_braced(m, id, form_name(value));
	wording_names_of(original, m->arena, &names);
	if (wording_mark_holds(mark,
			wording_text(original, braced, &names, m->arena),
			wording_text(value, braced, &names, m->arena)))
		itext_set_reviewed(l, id, language, form_name(value));
	vec_release(&names);
}

void load_reviewed(struct loader *l, const struct xml_node *itext)
{
	struct marks m = { .n_languages = l->form->n_languages };

	each_value(l, &m, itext, look_for_mark);
	if (!m.any)
		return;
	m.arena = arena_new();
	map_init(&m.values);
	each_value(l, &m, itext, note_value);
	each_value(l, &m, itext, check_mark);
	map_release(&m.values);
	arena_free(m.arena);
}
