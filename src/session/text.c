/*
 * What a person reads: labels, hints and messages in the current language,
 * with outputs put in.  Source: ODK XForms, "Languages", "Body elements".
 */
#include "config.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "session/node.h"
#include "xform/document.h"

/* Letters from right to left: Hebrew, Arabic and their neighbours. */
static bool has_rtl(const char *text)
{
	while (*text != '\0') {
		unsigned c = utf8_next(&text);

		if ((c >= 0x590 && c <= 0x8FF) || (c >= 0xFB1D && c <= 0xFEFC))
			return true;
	}
	return false;
}

static void add_output(const char *text, bool isolates, struct str *out)
{
	if (isolates && text[0] != '\0')
		str_addf(out, "\342\201\250%s\342\201\251", text);
	else
		str_add(out, text);
}

/* `isolates`: 0 none, 1 what runs from right to left, 2 all. */
static void add_runs(struct session *s, struct node *context,
	const struct xf_runs *runs, int isolates, struct str *out)
{
	for (size_t i = 0; i < runs->n; i++) {
		const struct xf_run *run = &runs->items[i];
		struct arena_mark mark;
		struct xp_context ctx;
		struct err err = ERR_INIT;
		const char *text;

		if (run->output == NULL) {
			str_add(out, run->text);
			continue;
		}
		mark = arena_mark(s->scratch);
		ctx = node_context(s, context);
		if (xpath_eval_text(run->output->program, &ctx, &text, &err))
			add_output(text, isolates == 2 || (isolates == 1 &&
				has_rtl(text)), out);
		else
			note_failure(s, context, run->output, &err);
		arena_reset(s->scratch, mark);
	}
}

static const struct xf_itext *computed_itext(struct session *s,
	struct node *context, const struct xf_expr *id)
{
	struct arena_mark mark = arena_mark(s->scratch);
	struct xp_context ctx = node_context(s, context);
	const struct xf_itext *itext = NULL;
	struct err err = ERR_INIT;
	const char *text;

	if (xpath_eval_text(id->program, &ctx, &text, &err))
		itext = map_get(&s->form->itext, text);
	else
		note_failure(s, context, id, &err);
	arena_reset(s->scratch, mark);
	return itext;
}

static const struct xf_runs *find_runs(struct session *s,
	struct node *context, const struct xf_text *text,
	enum xf_form_of_text form)
{
	const struct xf_itext *itext = text->itext;

	if (itext == NULL && text->itext_id != NULL)
		itext = computed_itext(s, context, text->itext_id);
	if (itext != NULL)
		return xf_itext_runs(s->form, itext, s->language, form);
	return form == XF_TEXT_PLAIN && text->runs.n > 0 ? &text->runs : NULL;
}

char *session_text(struct session *s, struct node *context,
	const struct xf_text *text, enum xf_form_of_text form)
{
	const struct xf_runs *runs = find_runs(s, context, text, form);
	struct str out = STR_INIT;

	if (runs == NULL)
		return NULL;
	add_runs(s, context, runs, 0, &out);
	return str_steal(&out);
}

bool session_text_pieces(struct session *s, struct node *context,
	const struct xf_text *text, enum xf_form_of_text form,
	struct arena *arena, struct text_pieces *pieces)
{
	const struct xf_runs *runs = find_runs(s, context, text, form);
	struct text_piece *items;

	if (runs == NULL)
		return false;
	items = ARENA_ARRAY(arena, struct text_piece, runs->n);
	for (size_t i = 0; i < runs->n; i++) {
		struct xf_runs one = { &runs->items[i], 1 };
		struct str out = STR_INIT;

		add_runs(s, context, &one, 0, &out);
		items[i].is_output = runs->items[i].output != NULL;
		items[i].text = arena_strndup(arena, out.data, out.len);
		str_release(&out);
	}
	*pieces = (struct text_pieces){ items, runs->n };
	return true;
}

/* --- for people: what is not translated says so --- */

static bool is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n")] == '\0';
}

static bool has_letters(const char *text)
{
	while (*text != '\0')
		if (utf8_is_letter(utf8_next(&text)))
			return true;
	return false;
}

bool session_is_original(const struct session *s, const struct xf_itext *itext,
	enum xf_form_of_text form)
{
	return s->language != s->form->default_language &&
		(itext == NULL || xf_itext_runs_in(itext, s->language, form) ==
		NULL);
}

/* Of the text as it is shown: in the session's language, or the original. */
static int isolates_for(const struct session *s, bool original)
{
	const struct xform *form = s->form;

	if (!s->isolates)
		return 0;
	return form->n_languages > 0 && xf_language_is_rtl(form->languages[
		original ? form->default_language : s->language]) ? 2 : 1;
}

static char *show_runs(struct session *s, struct node *context,
	const struct xf_runs *runs, bool original)
{
	struct str out = STR_INIT;

	add_runs(s, context, runs, isolates_for(s, original), &out);
	return str_steal(&out);
}

char *session_shown(struct session *s, struct node *context,
	const struct xf_text *text, enum xf_form_of_text form)
{
	const struct xf_itext *itext = text->itext;
	const struct xf_runs *runs = find_runs(s, context, text, form);
	char *shown, *marked;
	bool original;

	if (runs == NULL)
		return NULL;
	if (itext == NULL && text->itext_id != NULL)
		itext = computed_itext(s, context, text->itext_id);
	original = session_is_original(s, itext, form);
	shown = show_runs(s, context, runs, original);
	if (s->original_mark == NULL)
		return shown;
	if (itext != NULL && is_blank(shown)) {	/* nothing shows blank */
		runs = xf_itext_runs_in(itext, s->form->default_language, form);
		original = s->language != s->form->default_language;
		if (runs != NULL) {
			free(shown);
			shown = show_runs(s, context, runs, original);
		}
	}
	if (!original || !has_letters(shown))
		return shown;
	marked = str_format("%s%s", s->original_mark, shown);
	free(shown);
	return marked;
}

char *session_label(struct session *s, struct node *context,
	const struct xf_control *control)
{
	return control->label != NULL ?
		session_shown(s, context, control->label, XF_TEXT_PLAIN) : NULL;
}

char *session_hint(struct session *s, struct node *context,
	const struct xf_control *control)
{
	return control->hint != NULL ?
		session_shown(s, context, control->hint, XF_TEXT_PLAIN) : NULL;
}

char *session_guidance(struct session *s, struct node *context,
	const struct xf_control *control)
{
	if (control->guidance != NULL)
		return session_shown(s, context, control->guidance,
			XF_TEXT_PLAIN);
	return control->hint != NULL && control->hint->itext != NULL ?
		session_shown(s, context, control->hint, XF_TEXT_GUIDANCE) : NULL;
}

const char *session_language(const struct session *s)
{
	return s->form->n_languages > 0 ?
		s->form->languages[s->language] : NULL;
}
