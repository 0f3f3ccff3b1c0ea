#include "config.h"

#include "store/answers.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/codebook.h"
#include "store/version.h"
#include "xform/document.h"
#include "xform/xform.h"

struct reading {
	struct answers *to;
	const struct xform *form;	/* or NULL */
	unsigned language;
	struct str path, plain;		/* with positions, and without */
};

/* --- labels --- */

static unsigned language_of(const struct xform *form, const char *name)
{
	for (unsigned i = 0; name != NULL && i < form->n_languages; i++)
		if (strcmp(form->languages[i], name) == 0)
			return i;
	return form->default_language;
}

static const struct xf_node *node_at(const struct reading *r)
{
	return r->form != NULL ? map_get(&r->form->by_path, r->plain.data) :
		NULL;
}

static const char *label_of(const struct reading *r,
	const struct xf_node *node)
{
	const char *label = NULL;

	for (unsigned i = 0; node != NULL && label == NULL &&
			i < node->n_controls; i++) {
		const struct xf_text *text = node->controls[i]->label;
		const struct xf_runs *runs = text == NULL ? NULL :
			text->itext == NULL ? &text->runs :
			xf_itext_runs(r->form, text->itext, r->language,
				XF_TEXT_PLAIN);

		if (runs != NULL && runs->n > 0)
			label = codebook_text(r->to->arena, runs);
	}
	return label != NULL ? label : "";
}

/* --- values --- */

static bool is_same_name(const struct xml_node *a, const struct xml_node *b)
{
	return a->kind == XML_ELEMENT && strcmp(a->local, b->local) == 0;
}

/* From 1 among its siblings of that name; 0: it is not repeated. */
static size_t position_of(const struct reading *r, const struct xml_node *x)
{
	const struct xf_node *node = node_at(r);
	size_t n = 0, at = 0;

	if (x->parent == NULL)
		return 0;
	for (const struct xml_node *is = x->parent->first; is != NULL;
			is = is->next) {
		n += is_same_name(is, x);
		if (is == x)
			at = n;
	}
	return n > 1 || (node != NULL && node->is_repeat) ? at : 0;
}

static void add_value(struct reading *r, const struct xml_node *x)
{
	const struct xf_node *node = node_at(r);
	const char *text = xml_text_of(x, r->to->arena);
	struct answer answer;

	if (text[strspn(text, " \t\r\n")] == '\0' ||
			strcmp(x->local, "instanceID") == 0 ||
			strcmp(x->local, "deprecatedID") == 0)
		return;
	answer.path = arena_strdup(r->to->arena, r->path.data);
	answer.label = label_of(r, node);
	answer.value = arena_strdup(r->to->arena, text);
	vec_push(&r->to->list, answer);
}

static void walk(struct reading *r, const struct xml_node *x)
{
	size_t path = r->path.len, plain = r->plain.len, position;
	bool is_leaf = true;

	str_addf(&r->path, "/%s", x->local);
	str_addf(&r->plain, "/%s", x->local);
	position = position_of(r, x);
	if (position > 0)
		str_addf(&r->path, "[%zu]", position);
	for (const struct xml_node *is = x->first; is != NULL; is = is->next) {
		if (is->kind != XML_ELEMENT)
			continue;
		is_leaf = false;
		walk(r, is);
	}
	if (is_leaf)
		add_value(r, x);
	str_cut(&r->path, path);
	str_cut(&r->plain, plain);
}

void answers_read(struct answers *answers, const char *xml, size_t n_bytes,
	const struct xform *form, const char *language)
{
	struct reading r = { .to = answers, .form = form,
		.path = STR_INIT, .plain = STR_INIT };
	struct version_head head;
	struct xml_doc *doc = version_read(xml, n_bytes, &head, NULL);

	memset(answers, 0, sizeof *answers);
	answers->arena = arena_new();
	map_init(&answers->by_path);
	if (form != NULL)
		r.language = language_of(form, language);
	if (doc != NULL)
		walk(&r, doc->root);
	for (size_t i = 0; i < answers->list.n; i++)
		map_set(&answers->by_path, answers->list.items[i].path,
			&answers->list.items[i]);
	xml_free(doc);
	str_release(&r.path);
	str_release(&r.plain);
}

void answers_release(struct answers *answers)
{
	if (answers->arena == NULL)
		return;
	map_release(&answers->by_path);
	vec_release(&answers->list);
	arena_free(answers->arena);
	answers->arena = NULL;
}

const struct answer *answers_find(const struct answers *answers,
	const char *path)
{
	return map_get(&answers->by_path, path);
}
