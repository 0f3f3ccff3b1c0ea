#include "config.h"

#include "ui/language.h"

#include <stdlib.h>
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

/* "ur_PK.UTF-8" is "ur" to a form. */
static const char *open_language(const struct xform *form, const char *name,
	size_t n)
{
	char *code = xstrndup(name, n < strcspn(name, "_.@") ? n :
		strcspn(name, "_.@"));
	int index = code[0] == '\0' ? -1 : xform_language(form, code);
	struct xf_unreviewed why;

	free(code);
	return index >= 0 && xf_language_is_open(form, (unsigned)index, &why) ?
		form->languages[index] : NULL;
}

const char *language_of_person(const struct xform *form)
{
	static const char *const names[] = { "LANGUAGE", "LC_ALL",
		"LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *list = getenv(names[i]);

		if (str_is_empty(list))
			continue;
		while (*list != '\0') {
			size_t n = strcspn(list, ":");
			const char *found = open_language(form, list, n);

			if (found != NULL)
				return found;
			list += n + (list[n] == ':');
		}
		if (i > 0)		/* LANGUAGE comes before; then one counts */
			break;
	}
	return NULL;
}
