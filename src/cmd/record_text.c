#include "config.h"

#include "cmd/record_text.h"

#include <string.h>
#include <time.h>

#include "base/gettext.h"

void record_day(bool is_protected, int64_t seconds, char date[11])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	if (is_protected)
		gmtime_r(&when, &tm);	/* a day, no time */
	else
		localtime_r(&when, &tm);
	strftime(date, 11, "%Y-%m-%d", &tm);
}

static const char *refusal_text(const char *code)
{
	if (strcmp(code, "no-consent") == 0)
		return _("refused at the centre: consent was missing");
	if (strcmp(code, "withdrawn") == 0)
		return _("erased at the centre: it was withdrawn");
	return _("refused at the centre: ask your coordinator why");
}

void record_fate(enum record_state state, uint64_t bundle,
	const char *refused, const char *since, struct str *out)
{
	if (refused[0] != '\0')
		str_add(out, refusal_text(refused));
	else if (state == RECORD_PACKED)
		/* TRANSLATORS: of a record: in which bundle it was packed, and
		 * on which day */
		str_addf(out, _("in bundle %1$llu of %2$s"),
			(unsigned long long)bundle, since);
	else if (state == RECORD_RECEIVED)
		/* TRANSLATORS: of a record; %s is a day */
		str_addf(out, _("safe at the centre since %s"), since);
}

char *record_ref_without_positions(const char *ref)
{
	struct str plain = STR_INIT;

	for (; *ref != '\0'; ref++)
		if (*ref == '[')
			ref += strcspn(ref, "]") - (strchr(ref, ']') == NULL);
		else
			str_addc(&plain, *ref);
	return str_steal(&plain);
}
