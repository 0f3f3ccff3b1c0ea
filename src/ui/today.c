#include "config.h"

#include "ui/today.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/prompt.h"

static bool ask_again(struct workspace *ws, const struct asker *asker,
	const char *date, bool *is_sure, struct err *err)
{
	char seen[CLOCK_DATE_BYTES], *question;
	const char *answer;

	if (!field_clock_last_seen(ws, seen, err))
		return false;
	/* TRANSLATORS: two dates: of the last answers here, and of today */
	question = str_format(_("There are answers of %1$s here already. Is "
		"today really %2$s? yes or no"), seen, date);
	answer = asker->ask(asker->data, question);
	*is_sure = answer != NULL && prompt_says_yes(answer);
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
	const struct asker *asker, const char *typed, bool *taken,
	struct err *err)
{
	char *date = xstrdup(typed);
	enum clock_answer answer;
	bool is_sure = false;
	bool ok = field_clock_give(ws, clock, date, false, &answer, err);

	if (ok && answer == CLOCK_BEFORE_SEEN)
		ok = ask_again(ws, asker, date, &is_sure, err) &&
			(!is_sure || field_clock_give(ws, clock, date, true,
				&answer, err));
	*taken = ok && answer == CLOCK_TAKEN;
	if (ok && complaint(answer) != NULL)
		asker->tell(asker->data, complaint(answer));
	free(date);
	return ok;
}

static bool ask(struct workspace *ws, struct field_clock *clock,
	const struct asker *asker, struct err *err)
{
	const char *typed, *wanted = _("What is today's date? Type it "
		"like 2026-11-26: year, month, day.");
	char shown[CLOCK_DATE_BYTES];
	struct str first = STR_INIT;
	bool taken = false, ok = true;

	field_clock_date(clock, shown);
	str_addf(&first, _("\nThe clock of this computer says that it is "
		"%s. That seems to be wrong.\n"), shown);
	str_addf(&first, "\n%s", wanted);
	typed = asker->ask(asker->data, first.data + strspn(first.data, "\n"));
	while (ok && typed != NULL) {
		ok = take(ws, clock, asker, typed, &taken, err);
		if (taken)
			break;
		typed = ok ? asker->ask(asker->data, wanted) : NULL;
	}
	str_release(&first);
	return taken;
}

bool today_check(struct workspace *ws, struct field_clock *clock,
	const struct asker *asker, struct err *err)
{
	bool doubtful = false;

	if (clock->is_given)
		return true;
	if (!field_clock_jumped(clock) && !field_clock_is_doubtful(ws, clock,
			&doubtful, err))
		return false;
	if (!doubtful && !field_clock_jumped(clock))
		return true;
	return ask(ws, clock, asker, err);
}
