#include "config.h"

#include "ui/today.h"

#include <stdlib.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"

static bool ask_again(struct workspace *ws, struct prompt *prompt,
	const char *date, bool *is_sure, struct err *err)
{
	char seen[CLOCK_DATE_BYTES], *question;

	if (!field_clock_last_seen(ws, seen, err))
		return false;
	/* TRANSLATORS: two dates: of the last answers here, and of today */
	question = str_format(_("There are answers of %1$s here already. Is "
		"today really %2$s? yes or no"), seen, date);
	*is_sure = prompt_read_text(prompt, question) &&
		prompt_says_yes(prompt->line);
	free(question);
	return true;
}

static const char *complaint(enum clock_answer answer)
{
	switch (answer) {
	case CLOCK_NO_DATE:
		return _("that is no date: type it like 2026-11-26");
	case CLOCK_BEFORE_PROGRAM:
		return _("today is later than that: the program or the forms "
			"on this computer are newer");
	case CLOCK_TOO_LATE:
		return _("that is too far ahead to be today");
	default:
		return NULL;
	}
}

/* *taken stays false if it has to be asked again. */
static bool take(struct workspace *ws, struct field_clock *clock,
	struct prompt *prompt, bool *taken, struct err *err)
{
	char *date = xstrdup(prompt->line);
	enum clock_answer answer;
	bool is_sure = false;
	bool ok = field_clock_give(ws, clock, date, false, &answer, err);

	if (ok && answer == CLOCK_BEFORE_SEEN)
		ok = ask_again(ws, prompt, date, &is_sure, err) &&
			(!is_sure || field_clock_give(ws, clock, date, true,
				&answer, err));
	*taken = ok && answer == CLOCK_TAKEN;
	if (ok && complaint(answer) != NULL)
		fprintf(prompt->out, "  ! %s\n", complaint(answer));
	free(date);
	return ok;
}

static bool ask(struct workspace *ws, struct field_clock *clock,
	struct prompt *prompt, struct err *err)
{
	char shown[CLOCK_DATE_BYTES];
	bool taken = false;

	field_clock_date(clock, shown);
	fprintf(prompt->out, _("\nThe clock of this computer says that it is "
		"%s. That seems to be wrong.\n"), shown);
	while (!taken) {
		if (!prompt_read_text(prompt, _("What is today's date? Type it "
				"like 2026-11-26: year, month, day.")))
			return false;
		if (!take(ws, clock, prompt, &taken, err))
			return false;
	}
	return true;
}

bool today_check(struct workspace *ws, struct field_clock *clock,
	struct prompt *prompt, struct err *err)
{
	bool doubtful = false;

	if (clock->is_given)
		return true;
	if (!field_clock_jumped(clock) && !field_clock_is_doubtful(ws, clock,
			&doubtful, err))
		return false;
	if (!doubtful && !field_clock_jumped(clock))
		return true;
	return ask(ws, clock, prompt, err);
}
