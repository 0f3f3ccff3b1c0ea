/* Functions about dates and times. */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/gettext.h"
#include "xpath/functions.h"

enum { MS_PER_DAY = 86400000 };

/* Text that remembers its moment: a record keeps it whole, JavaRosa's way. */
static bool give_date(struct call *c, struct xp_value *value, const char *text,
	int64_t utc_ms, int offset_minutes)
{
	give_text(value, arena_strdup(c->e->arena, text));
	value->is_date = true;
	value->moment = (struct xp_time){ utc_ms, offset_minutes };
	return true;
}

/* --- now --- */

bool fn_now(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;
	struct xp_time now;
	char text[40];

	if (env->now == NULL)
		return call_unavailable(c);
	now = env->now(env->data);
	date_time_print(now.ms, now.offset_minutes, text);
	return give_date(c, value, text, now.ms, now.offset_minutes);
}

static int64_t local_days(int64_t utc_ms, int offset_minutes)
{
	int64_t local = utc_ms + (int64_t)offset_minutes * 60000;

	return (local >= 0 ? local : local - (MS_PER_DAY - 1)) / MS_PER_DAY;
}

static int64_t midnight(int64_t utc_ms, int offset_minutes)
{
	return local_days(utc_ms, offset_minutes) * MS_PER_DAY -
		(int64_t)offset_minutes * 60000;
}

bool fn_today(struct call *c, struct xp_value *value)
{
	const struct xp_env *env = c->e->env;
	struct xp_time now;
	char text[40];

	if (env->now == NULL)
		return call_unavailable(c);
	now = env->now(env->data);
	date_print(date_from_days(local_days(now.ms, now.offset_minutes)),
		text);
	return give_date(c, value, text, midnight(now.ms, now.offset_minutes),
		now.offset_minutes);
}

/* --- a moment from a value --- */

/* What an argument says: nothing (blank, NaN), or a moment. */
struct moment {
	bool blank;
	int64_t utc_ms;
	int offset;		/* of local time, in minutes */
};

static bool not_a_date(struct call *c)
{
	return call_fail(c, _("'%s()' needs a date"), c->call->name);
}

/* Days since 1970-01-01, local time unless env->utc_days. */
static bool moment_of_number(struct call *c, double days, struct moment *m)
{
	int64_t local;

	if (isnan(days)) {
		m->blank = true;
		return true;
	}
	if (fabs(days) > 3000000)	/* beyond the year 9999 */
		return not_a_date(c);
	local = (int64_t)floor(days * MS_PER_DAY + 0.5);
	if (c->e->env->utc_days) {
		m->utc_ms = local;
		m->offset = local_offset(c->e->env, local);
		return true;
	}
	m->offset = local_offset(c->e->env, local);
	m->offset = local_offset(c->e->env, local - m->offset * 60000LL);
	m->utc_ms = local - m->offset * 60000LL;
	return true;
}

static bool moment_of_text(struct call *c, const char *text, struct moment *m)
{
	struct date_time t;

	while (*text == ' ')
		text++;
	if (*text == '\0') {
		m->blank = true;
		return true;
	}
	if (!date_parse_loose(text, &t))
		return not_a_date(c);
	m->utc_ms = xp_moment_ms(&t, c->e->env);
	m->offset = local_offset(c->e->env, m->utc_ms);
	return true;
}

static bool is_plain_number(const char *text)
{
	return text[0] != '\0' && strspn(text, "-.0123456789") == strlen(text) &&
		!isnan(text_to_number(text, NULL));
}

static const char *node_moment(struct xp_node node, const char *otherwise)
{
	const struct xp_tree_ops *ops = node.tree->ops;
	const char *text = ops->moment != NULL ? ops->moment(node.tree,
		node.at) : NULL;

	return text != NULL ? text : otherwise;
}

/* Text that is a date; a number of days, also as text of a node. */
static bool moment_of_value(struct call *c, const struct xp_value *value,
	struct moment *m)
{
	struct date_time t;
	const char *text;

	*m = (struct moment){ false, 0, 0 };
	if (value->type == XP_NUMBER)
		return moment_of_number(c, value->number, m);
	if (value->type == XP_BOOLEAN)
		return not_a_date(c);
	if (!value_text(c->e, c->expr, value, &text))
		return false;
	if (value->type == XP_NODESET && value->nodes.n > 0)
		text = node_moment(value->nodes.items[0], text);
	if (!date_parse_loose(text, &t) && is_plain_number(text))
		return moment_of_number(c, text_to_number(text, NULL), m);
	return moment_of_text(c, text, m);
}

static bool arg_moment(struct call *c, size_t i, struct moment *m)
{
	struct xp_value value;

	return arg_value(c, i, &value) && moment_of_value(c, &value, m);
}

/* Blank, a number or a date; else it has no number, as number() says. */
static bool is_moment(struct call *c, const struct xp_value *value)
{
	const char *text = xp_to_text(value, c->e->arena);
	struct date_time t;

	return text[strspn(text, " ")] == '\0' || is_plain_number(text) ||
		date_parse_loose(text, &t);
}

bool fn_date(struct call *c, struct xp_value *value)
{
	struct moment m;
	char text[40];

	if (!arg_moment(c, 0, &m))
		return false;
	if (m.blank)
		return give_text(value, "");
	date_print(date_from_days(local_days(m.utc_ms, m.offset)), text);
	return give_date(c, value, text, m.utc_ms, m.offset);
}

bool fn_date_time(struct call *c, struct xp_value *value)
{
	struct moment m;
	char text[40];

	if (!arg_moment(c, 0, &m))
		return false;
	if (m.blank)
		return give_text(value, "");
	date_time_print(m.utc_ms, m.offset, text);
	return give_date(c, value, text, m.utc_ms, m.offset);
}

/* A number stays as it is; text gives days since 1970-01-01 UTC. */
bool fn_decimal_date_time(struct call *c, struct xp_value *value)
{
	struct xp_value v;
	struct moment m;

	if (!arg_value(c, 0, &v))
		return false;
	if (v.type == XP_NUMBER) {
		*value = v;
		return true;
	}
	if (!arg_moment(c, 0, &m))
		return false;
	if (m.blank)
		return give_text(value, "");
	return give_number(value, (double)m.utc_ms / MS_PER_DAY);
}

/* The part of the local day that has gone: noon is 0.5. */
bool fn_decimal_time(struct call *c, struct xp_value *value)
{
	struct xp_value v;
	struct moment m;
	int64_t local;

	if (!arg_value(c, 0, &v))
		return false;
	if (v.type != XP_NUMBER && !is_moment(c, &v))
		return give_number(value, NAN);
	if (!moment_of_value(c, &v, &m))
		return false;
	if (m.blank)
		return give_text(value, "");
	local = m.utc_ms + m.offset * 60000LL;
	local -= local_days(m.utc_ms, m.offset) * MS_PER_DAY;
	return give_number(value, (double)local / MS_PER_DAY);
}

/* --- format-date --- */

struct names { const char *language; const char *months[12], *days[7]; };

/* Short names of months and days from Sunday on.  Source: CLDR, abbreviated
 * forms. */
static const struct names names[] = {
	{ "en", { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
		"Oct", "Nov", "Dec" },
		{ "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" } },
	{ "fr", { "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.",
		"août", "sept.", "oct.", "nov.", "déc." },
		{ "dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam." } },
	{ "es", { "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept",
		"oct", "nov", "dic" },
		{ "dom", "lun", "mar", "mié", "jue", "vie", "sáb" } },
	{ "pt", { "jan.", "fev.", "mar.", "abr.", "mai.", "jun.", "jul.", "ago.",
		"set.", "out.", "nov.", "dez." },
		{ "dom.", "seg.", "ter.", "qua.", "qui.", "sex.", "sáb." } },
	{ "ur", { "جنوری", "فروری", "مارچ", "اپریل", "مئی", "جون", "جولائی",
		"اگست", "ستمبر", "اکتوبر", "نومبر", "دسمبر" },
		{ "اتوار", "پیر", "منگل", "بدھ", "جمعرات", "جمعہ", "ہفتہ" } },
	{ "fa", { "ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه",
		"اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر" },
		{ "یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه",
		"شنبه" } },
	{ "ar", { "يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو",
		"أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر" },
		{ "الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة",
		"السبت" } },
};

/* By the code: "fr", "fr-CA", "French (fr)". */
static const struct names *names_of(const char *language)
{
	const char *open = language == NULL ? NULL : strrchr(language, '(');
	size_t i;

	if (open != NULL)
		language = open + 1;
	for (i = 0; language != NULL && i < ARRAY_SIZE(names); i++)
		if (strncmp(language, names[i].language, 2) == 0 &&
		    (language[2] == '\0' || language[2] == '-' ||
		     language[2] == '_' || language[2] == ')'))
			return &names[i];
	return &names[0];
}

/* Week of the year: that with the year's first Thursday is 1 (ISO 8601). */
static int week_of(int64_t days)
{
	int64_t thursday = days - ((days + 3) % 7 + 7) % 7 + 3;
	struct date date = date_from_days(thursday);
	struct date first = { date.year, 1, 1 };

	return (int)((thursday - date_to_days(first)) / 7) + 1;
}

/* One letter after '%'; false: it has no meaning. */
static bool add_field(struct str *out, char letter, const struct names *n,
	int64_t days, int ms)
{
	struct date d = date_from_days(days);
	int weekday = (int)(((days + 4) % 7 + 7) % 7);

	switch (letter) {
	case '%': str_addc(out, '%'); return true;
	case 'Y': str_addf(out, "%04d", d.year); return true;
	case 'y': str_addf(out, "%02d", d.year % 100); return true;
	case 'm': str_addf(out, "%02d", d.month); return true;
	case 'n': str_addf(out, "%d", d.month); return true;
	case 'b': str_add(out, n->months[d.month - 1]); return true;
	case 'd': str_addf(out, "%02d", d.day); return true;
	case 'e': str_addf(out, "%d", d.day); return true;
	case 'a': str_add(out, n->days[weekday]); return true;
	case 'W': str_addf(out, "%d", week_of(days)); return true;
	case 'H': str_addf(out, "%02d", ms / 3600000); return true;
	case 'h': str_addf(out, "%d", ms / 3600000); return true;
	case 'M': str_addf(out, "%02d", ms / 60000 % 60); return true;
	case 'S': str_addf(out, "%02d", ms / 1000 % 60); return true;
	case '3': str_addf(out, "%03d", ms % 1000); return true;
	default: return false;
	}
}

bool fn_format_date(struct call *c, struct xp_value *value)
{
	struct str out = STR_INIT;
	struct moment m;
	const char *format;
	int64_t days;
	int ms;

	if (!arg_moment(c, 0, &m) || !arg_text(c, 1, &format))
		return false;
	if (m.blank)
		return give_text(value, "");
	days = local_days(m.utc_ms, m.offset);
	ms = (int)(m.utc_ms + m.offset * 60000LL - days * MS_PER_DAY);
	for (; *format != '\0'; format++) {
		if (*format != '%') {
			str_addc(&out, *format);
		} else if (*++format == '\0' || !add_field(&out, *format,
			   names_of(c->e->env->language), days, ms)) {
			str_release(&out);
			return call_fail(c,
				_("'%s()' does not know '%%%c' in its format"),
				c->call->name, *format == '\0' ? ' ' : *format);
		}
	}
	return give_built(c, &out, value);
}
