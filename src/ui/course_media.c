/* Pictures, sounds and videos that the form shows with a question: always files
 * that were added with the form, never one of a person. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "field/forms.h"
#include "ui/course_parts.h"

static const enum xf_form_of_text forms[] = { XF_TEXT_BIG_IMAGE, XF_TEXT_IMAGE,
	XF_TEXT_AUDIO, XF_TEXT_VIDEO };

/* The last part of jr://images/NAME; free() it; NULL: none. */
static char *name_of(struct course *c, const struct step *step,
	enum xf_form_of_text form)
{
	const struct xf_text *label = step->control->label;
	char *url, *name = NULL;

	if (label == NULL || (label->itext == NULL && label->itext_id == NULL))
		return NULL;
	url = session_text(c->draft.session, step->context, label, form);
	if (url != NULL) {
		const char *last = url + strlen(url);

		while (last > url && last[-1] != '/')
			last--;
		if (last[0] != '\0')
			name = xstrdup(last);
	}
	free(url);
	return name;
}

/* A big picture is the same, larger. */
static bool has_big(struct course *c, const struct step *step)
{
	char *name = name_of(c, step, XF_TEXT_BIG_IMAGE);

	free(name);
	return name != NULL;
}

static char *caption(enum xf_form_of_text form, const char *name)
{
	switch (form) {
	/* TRANSLATORS: a file that the form shows with a question; %s is its
	 * name */
	case XF_TEXT_AUDIO: return str_format(_("[sound: %s]"), name);
	case XF_TEXT_VIDEO: return str_format(_("[video: %s]"), name);
	default: return str_format(_("[picture: %s]"), name);
	}
}

/* In turn each that the question has. */
static bool each(struct course *c, const struct step *step,
	bool (*visit)(void *context, enum xf_form_of_text form,
		const char *name), void *context)
{
	bool goes_on = true;

	for (size_t i = 0; goes_on && i < ARRAY_SIZE(forms); i++) {
		char *name = forms[i] == XF_TEXT_IMAGE && has_big(c, step) ?
			NULL : name_of(c, step, forms[i]);

		if (name != NULL)
			goes_on = visit(context, forms[i], name);
		free(name);
	}
	return goes_on;
}

static bool add_caption(void *context, enum xf_form_of_text form,
	const char *name)
{
	struct str *out = context;
	char *text = caption(form, name);

	str_addf(out, "%s%s", out->len > 0 ? "  " : "", text);
	free(text);
	return true;
}

char *course_media_captions(struct course *c, const struct step *step)
{
	struct str out = STR_INIT;

	each(c, step, add_caption, &out);
	if (out.len > 0)
		return str_steal(&out);
	str_release(&out);
	return NULL;
}

struct showing {
	struct course *c;
	const struct form_info *form;
	size_t n;
	struct err *err;
};

static bool show_one(void *context, enum xf_form_of_text kind,
	const char *name)
{
	struct showing *showing = context;
	struct course *c = showing->c;
	struct str bytes = STR_INIT;
	bool ok;

	(void)kind;
	showing->n++;
	ok = forms_media(c->setup->ws, showing->form, name, &bytes,
		showing->err);
	if (!ok && showing->err->code == ERR_NOTFOUND)
		err_set(showing->err, ERR_REFUSED, _("'%s' was not stored with "
			"the form: there is nothing to show"), name);
	ok = ok && viewer_show(&c->viewer, name, bytes.data, bytes.len,
		showing->err);
	str_wipe(&bytes);
	return ok;
}

bool course_show_media(struct course *c, struct err *err)
{
	const struct step *step = course_step(c);
	struct form_info form = { 0 };
	struct showing showing = { c, &form, 0, err };
	bool ok;

	if (step == NULL)
		return err_set(err, ERR_REFUSED,
			_("there is no question here"));
	ok = forms_get(c->setup->ws, record_head(c->draft.record)->form, &form,
		err) && each(c, step, show_one, &showing);
	form_info_release(&form);
	if (!ok)
		err->code = ERR_REFUSED;	/* the interview goes on without */
	return ok && (showing.n > 0 || err_set(err, ERR_REFUSED,
		_("the form shows no picture, sound or video here")));
}
