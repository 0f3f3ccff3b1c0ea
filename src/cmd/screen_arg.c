#include "config.h"

#include "cmd/screen_arg.h"

#include <stdlib.h>

#include "base/gettext.h"
#include "cmd/member.h"
#include "field/receive.h"

enum { MOST_LOCK_MINUTES = 15 };	/* DNH-05 */

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

void screen_catch_signals(void)
{
	/* without SA_RESTART: reading ends */
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

const volatile sig_atomic_t *screen_stopped(void)
{
	return &stopped;
}

bool screen_is_wanted(const struct cmd_args *args)
{
	return !cmd_flag(args, "lines") && term_is_possible();
}

static bool read_minutes(const struct cmd_args *args, int *minutes,
	struct err *err)
{
	const char *text = cmd_text(args, "lock-after");
	char *end;
	long n;

	if (text == NULL)
		text = getenv("BAYAZ_LOCK_AFTER");
	*minutes = 0;
	if (text == NULL || text[0] == '\0')
		return true;
	n = strtol(text, &end, 10);
	if (*end != '\0' || n < 1 || n > MOST_LOCK_MINUTES)
		return err_set(err, ERR_USAGE, _("'%1$s' is no number of minutes "
			"from 1 to %2$d"), text, MOST_LOCK_MINUTES);
	*minutes = (int)n;
	return true;
}

bool screen_options(const struct cmd_args *args, struct term_options *options,
	int *lock_after, struct err *err)
{
	const char *bidi = cmd_text(args, "bidi");
	const char *no_colour = getenv("NO_COLOR");

	if (!read_minutes(args, lock_after, err))
		return false;
	if (!bidi_by_name(bidi, &options->bidi))
		return err_set(err, ERR_USAGE, _("'%s': it is 'auto', 'ours' or "
			"'terminal'"), bidi);
	options->no_colour = no_colour != NULL && no_colour[0] != '\0';
	options->high_contrast = cmd_flag(args, "contrast");
	options->idle_ms = (*lock_after > 0 ? *lock_after : IDLE_MINUTES) *
		60 * 1000;
	options->stop = &stopped;
	return true;
}

int screen_idle_ms(struct workspace *ws, int lock_after)
{
	struct trust_policy policy = { .idle_minutes = 0 };
	struct trust_project project;
	struct err ignored = ERR_INIT;
	int minutes = lock_after > 0 ? lock_after : IDLE_MINUTES;

	if (member_project(ws, &project, &ignored) &&
			receive_policy(ws, &project, &policy, &ignored) &&
			policy.idle_minutes > 0 && (lock_after == 0 ||
			policy.idle_minutes < lock_after))
		minutes = policy.idle_minutes;
	err_clear(&ignored);
	return minutes * 60 * 1000;
}
