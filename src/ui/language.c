#include "config.h"

#include "ui/language.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "xform/guard.h"

/* pyxform calls a language without a name "default". */
static char *short_name(const char *language)
{
	size_t n;
	const char *code = xf_language_code(language, &n);

	return strcmp(language, "default") == 0 ? xstrdup("*") :
		xstrndup(code, n);
}

char *language_original_mark(const struct xform *form)
{
	char *name, *mark;

	if (form->n_languages < 2)
		return NULL;
	name = short_name(form->languages[form->default_language]);
	mark = str_format("[%s] ", name);
	free(name);
	return mark;
}

bool language_check(const struct xform *form, const char *language,
	struct err *err)
{
	int index = language == NULL ? -1 : xform_language(form, language);
	struct xf_unreviewed why;

	if (index < 0 || xf_language_is_open(form, (unsigned)index, &why))
		return true;
	return err_set(err, ERR_REFUSED, _("this form is not open in '%1$s' "
		"yet: of its texts on consent and safety %2$u are missing and "
		"%3$u are not reviewed (the first: %4$s)"), language,
		why.n_missing, why.n_unmarked, why.first);
}

const char *language_of_person(const struct xform *form)
{
	char code[16];
	size_t at = 0;

	while (gettext_next_language(&at, code)) {
		int index = xform_language(form, code);
		struct xf_unreviewed why;

		if (index >= 0 && xf_language_is_open(form, (unsigned)index,
				&why))
			return form->languages[index];
	}
	return NULL;
}

bool language_of_program_is_rtl(void)
{
	char code[16];
	size_t at = 0;

	return gettext_next_language(&at, code) && xf_language_is_rtl(code);
}
