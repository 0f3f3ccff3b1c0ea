/* The end of the form: what is missing or wrong, then finish or look back. */
#include "config.h"

#include <stdlib.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "ui/screen_parts.h"

bool screen_check(struct screen *s, size_t *n, struct err *err)
{
	struct session_violations found = { 0 };
	bool ok = course_check(&s->c, &found, err);

	*n = found.n;
	if (ok && found.n > 0) {
		screen_say(s, ngettext("%zu answer is missing or wrong",
			"%zu answers are missing or wrong", found.n), found.n);
		screen_forget(s);
	}
	session_violations_release(&found);
	return ok;
}

static bool finish(struct screen *s, struct err *err)
{
	if (!course_finish(&s->c, err)) {
		if (err->code == ERR_NONE)
			return true;	/* hidden meanwhile */
		s->end = INTERVIEW_FAILED;
		s->is_over = true;
		return false;
	}
	s->end = INTERVIEW_FINISHED;
	s->is_over = true;
	return true;
}

static bool discard(struct screen *s, struct err *err)
{
	s->is_over = true;
	s->end = course_erase(&s->c, err) ? INTERVIEW_DISCARDED :
		INTERVIEW_FAILED;
	return s->end != INTERVIEW_FAILED;
}

static void back(struct screen *s)
{
	course_back(&s->c);
	screen_forget(s);
}

bool screen_end(struct screen *s, struct err *err)
{
	enum { FINISH, REVIEW, BACK, STOP };
	struct pick_lines lines = { NULL, 0, 0 };
	size_t at = 0, n_wrong;
	bool lacks, ok = true;

	if (!screen_check(s, &n_wrong, err))
		return false;
	if (n_wrong > 0)
		return true;
	lacks = course_lacks_consent(&s->c);
	pick_add(&lines, xstrdup(lacks ? _("Discard this record") :
		_("Finish the record")), LOOK_BOLD);
	pick_add(&lines, xstrdup(_("Look at all answers")), 0);
	pick_add(&lines, xstrdup(_("Back to the last question")), 0);
	pick_add(&lines, xstrdup(_("Save it and stop for now")), 0);
	if (!screen_pick(s, lacks ? _("There is no consent: nothing of this is "
			"kept") : _("This is the end"), &lines, &at)) {
		if (s->letter == 0 && !s->is_over)
			back(s);
	} else if (at == FINISH) {
		ok = lacks ? discard(s, err) : finish(s, err);
	} else if (at == REVIEW) {
		ok = screen_command(s, 'o', err);
	} else if (at == BACK) {
		back(s);
	} else {
		ok = screen_command(s, 'q', err);
	}
	pick_release(&lines);
	return ok;
}
