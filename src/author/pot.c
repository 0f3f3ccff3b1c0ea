#include "config.h"

#include "author/pot.h"

#include <string.h>

#include "author/words.h"
#include "base/gettext.h"
#include "base/mem.h"

enum { MOST_CHOICES_TOLD = 8, MOST_USES_TOLD = 3 };

/* --- what is said about it --- */

static const char *name_of(const struct text_use *use)
{
	return use->node != NULL ? use->node->local : "-";
}

static char *tell_label(const struct text_use *use)
{
	const struct xf_control *c = use->control;

	if (c == NULL)
		return str_format(_("question %s"), name_of(use));
	if (c->kind == XF_CONTROL_GROUP || c->kind == XF_CONTROL_REPEAT)
		return c->node == NULL ? xstrdup(_("heading of a group")) :
			str_format(_("heading of the group %s"), name_of(use));
	if (control_is_note(c))
		return str_format(_("note %s: nothing is asked"),
			name_of(use));
	return str_format(_("question %1$s (%2$s)"), name_of(use),
		control_type_words(c));
}

static char *tell_constraint(const struct form_texts *t,
	const struct text_use *use)
{
	const struct xf_expr *constraint = use->node->bind->constraint;
	char *rule, *text;

	if (constraint == NULL)
		return str_format(_("message of %s, when an answer is "
			"refused"), name_of(use));
	rule = words_of_condition(t, t->default_language, use->node,
		constraint);
	text = str_format(_("message of %1$s, when an answer breaks this "
		"rule: %2$s"), name_of(use), rule);
	free(rule);
	return text;
}

static char *tell_use(const struct form_texts *t, const struct form_text *text,
	const struct text_use *use)
{
	switch (use->kind) {
	case TEXT_TITLE: return xstrdup(_("title of the form"));
	case TEXT_LIST_TITLE:
		return xstrdup(_("title in lists, where others may look on: it "
			"does not tell what the form is about"));
	case TEXT_LABEL: return tell_label(use);
	case TEXT_CHOICE:
		return str_format(_("choice %1$s of %2$s"), use->choice,
			name_of(use));
	case TEXT_HINT:
		return str_format(_("hint below the question %s"),
			name_of(use));
	case TEXT_GUIDANCE:
		return str_format(_("guidance for %s, shown on request"),
			name_of(use));
	case TEXT_CONSTRAINT: return tell_constraint(t, use);
	case TEXT_REQUIRED:
		return str_format(_("message of %s, when there is no answer"),
			name_of(use));
	case TEXT_OTHER: break;
	}
	return str_format(_("text %s"), text->id);
}

/* Letters that fit on a screen of 80 columns. */
static int room_of(const struct form_text *text)
{
	switch (text->uses.n > 0 ? text->uses.items[0].kind : TEXT_OTHER) {
	case TEXT_TITLE: case TEXT_LIST_TITLE: return 60;
	case TEXT_CHOICE: return 70;
	case TEXT_CONSTRAINT: case TEXT_REQUIRED: return 150;
	default: return 0;
	}
}

static const char *tell_guard(enum xf_guard guard)
{
	switch (guard) {
	case XF_CONSENT:
		return _("consent: a second person has to review the "
			"translation");
	case XF_SAFETY:
		return _("safety: a second person has to review the "
			"translation");
	case XF_CLASSIFICATION:
		return _("classification: the words decide what is counted; "
			"have them reviewed");
	case XF_UNGUARDED: break;
	}
	return NULL;
}

/* --- the entry --- */

struct telling {
	struct po *po;
	const struct form_texts *t;
	struct po_entry *entry;
};

/* Once each; line breaks would end the comment. */
static void tell(struct telling *d, char *text)
{
	for (char *c = text; *c != '\0'; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	for (size_t i = 0; i < d->entry->extracted.n; i++)
		if (strcmp(d->entry->extracted.items[i], text) == 0) {
			free(text);
			return;
		}
	po_extracted(d->po, d->entry, text);
	free(text);
}

static bool is_choice_of(const struct form_text *text,
	const struct xf_control *c)
{
	for (size_t i = 0; i < text->uses.n; i++)
		if (text->uses.items[i].kind == TEXT_CHOICE &&
				text->uses.items[i].control == c)
			return text->form[0] == '\0';
	return false;
}

/* Where the choices of a control may stand: those of an instance stand
 * together, those of the control after its label. */
static size_t first_near(const struct form_texts *t,
	const struct form_text *text, const struct xf_control *c)
{
	size_t at = text->at;

	if (!is_choice_of(text, c))
		return at + 1;
	while (at > 0 && (is_choice_of(t->texts.items[at - 1], c) ||
			t->texts.items[at - 1]->form[0] != '\0'))
		at--;
	return at;
}

/* Those that stand beside it, or below the question. */
static void tell_choices(struct telling *d, const struct form_text *text,
	const struct text_use *use)
{
	const struct form_texts *t = d->t;
	const struct xf_control *c = use->control;
	struct str list = STR_INIT;
	size_t n = 0;

	if (c == NULL || use->node == NULL)
		return;
	for (size_t i = first_near(t, text, c); i < t->texts.n &&
			n <= MOST_CHOICES_TOLD; i++) {
		const struct form_text *other = t->texts.items[i];

		if (other->form[0] != '\0')
			continue;	/* a picture of the one before */
		if (!is_choice_of(other, c)) {
			if (n > 0 || use->choice != NULL || i > text->at + 3)
				break;
			continue;	/* the hint */
		}
		if (other != text && n++ < MOST_CHOICES_TOLD)
			str_addf(&list, "%s%s", n > 1 ? " / " : "",
				other->source);
	}
	if (n > MOST_CHOICES_TOLD)
		str_add(&list, " / …");
	if (n > 0)
		tell(d, str_format(use->choice != NULL ?
			_("beside it: %s") : _("choices: %s"), list.data));
	str_release(&list);
}

static void tell_skip(struct telling *d, const struct text_use *use)
{
	char *skip = use->node == NULL ? NULL : words_of_skip(d->t,
		d->t->default_language, use->node);

	if (skip != NULL)
		tell(d, str_format(_("shown only if %s"), skip));
	free(skip);
}

static void tell_names(struct telling *d, const struct form_text *text)
{
	for (size_t i = 0; i < text->names.n; i++) {
		const struct wording_name *name = &text->names.items[i];
		const struct xf_node *node = name->expr == NULL ? NULL :
			xform_node(d->t->form, name->expr);
		char *label;

		if (name->expr == NULL)
			continue;
		if (node == NULL) {
			tell(d, str_format(_("{%1$s} stands for %2$s"),
				name->name, name->expr));
			continue;
		}
		label = words_of_node(d->t, d->t->default_language, node);
		tell(d, str_format(_("{%1$s} stands for the answer to “%2$s”"),
			name->name, label));
		free(label);
	}
}

static void tell_text(struct telling *d, const struct form_text *text)
{
	for (size_t i = 0; i < text->uses.n && i < MOST_USES_TOLD; i++) {
		const struct text_use *use = &text->uses.items[i];

		tell(d, tell_use(d->t, text, use));
		if (use->kind == TEXT_LABEL || use->kind == TEXT_CHOICE)
			tell_choices(d, text, use);
		tell_skip(d, use);
	}
	if (text->uses.n == 0)
		tell(d, str_format(_("text %s"), text->id));
	if (text->uses.n > MOST_USES_TOLD)
		tell(d, str_format(_("and elsewhere")));
	if (text->form[0] != '\0' && !text->is_media)
		tell(d, str_format(_("its %s form"), text->form));
	tell_names(d, text);
}

static void tell_phrase(struct telling *d, const struct phrase *p)
{
	const struct form_text *first = p->texts.items[0];
	const char *guard = tell_guard(p->guard);

	for (size_t i = 0; i < p->texts.n && i < MOST_USES_TOLD; i++)
		tell_text(d, p->texts.items[i]);
	if (p->texts.n > MOST_USES_TOLD)
		tell(d, str_format(_("and elsewhere")));
	if (p->is_media)
		tell(d, str_format(_("name of a file (%s): translate it only "
			"if there is one in your language"), first->form));
	else if (room_of(first) > 0)
		tell(d, str_format(_("room for about %d letters"),
			room_of(first)));
	if (first->language != d->t->default_language)
		tell(d, str_format(_("this text is in %s"),
			d->t->languages[first->language]));
	if (guard != NULL)
		tell(d, xstrdup(guard));
	for (size_t i = 0; i < p->texts.n; i++)
		po_refer(d->po, d->entry, d->t->form->name,
			p->texts.items[i]->line);
	if (p->braced)
		po_flag(d->po, d->entry, "python-brace-format");
}

static void set_translation(struct po *po, struct po_entry *entry,
	const struct phrase *p, unsigned language)
{
	char *comment;

	if (p->in[language] == NULL || entry->strings.items[0][0] != '\0')
		return;
	po_set(po, entry, 0, p->in[language]);
	if (p->marks[language] == NULL || po_review_mark(entry) != NULL)
		return;
	comment = str_format("reviewed-by: %s", p->marks[language]);
	po_comment(po, entry, comment);
	free(comment);
}

void pot_add(struct po *po, const struct form_texts *texts,
	const struct phrases *phrases, int language)
{
	for (size_t i = 0; i < phrases->list.n; i++) {
		const struct phrase *p = phrases->list.items[i];
		struct telling d = { po, texts, po_find(po, p->context,
			p->source) };

		if (d.entry == NULL)
			d.entry = po_add(po, &(struct po_names){ p->context,
				p->source, NULL });
		tell_phrase(&d, p);
		if (language >= 0 && p->texts.items[0]->language !=
				(unsigned)language)
			set_translation(po, d.entry, p, (unsigned)language);
	}
}

void pot_set_header(struct po *po, const char *project, const char *language,
	const char *date)
{
	po_set_header_field(po, "Project-Id-Version", project);
	po_set_header_field(po, "Report-Msgid-Bugs-To", "");
	po_set_header_field(po, "PO-Revision-Date", date);
	po_set_header_field(po, "Last-Translator", language == NULL ?
		"FULL NAME <EMAIL@ADDRESS>" : "");
	po_set_header_field(po, "Language-Team", language == NULL ?
		"LANGUAGE <LL@li.org>" : "");
	po_set_header_field(po, "Language", language == NULL ? "" : language);
	po_set_header_field(po, "MIME-Version", "1.0");
	po_set_header_field(po, "Content-Type", "text/plain; charset=UTF-8");
	po_set_header_field(po, "Content-Transfer-Encoding", "8bit");
}
