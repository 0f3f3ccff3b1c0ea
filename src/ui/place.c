#include "config.h"

#include "ui/place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* One of the two, as it was written. */
struct coordinate {
	double parts[3];	/* degrees, minutes, seconds */
	int n;
	char letter;		/* N, S, E, W; 0: none */
	bool is_negative;
};

struct reading {
	struct coordinate both[2];
	int n;			/* that are closed */
	struct coordinate now;
	bool letters_first;
};

static bool close_now(struct reading *r)
{
	if (r->now.n == 0 || r->n == 2)
		return false;
	r->both[r->n++] = r->now;
	r->now = (struct coordinate){ .n = 0 };
	return true;
}

static bool take_letter(struct reading *r, char letter)
{
	if (r->n == 0 && r->now.n == 0)
		r->letters_first = true;
	if (r->letters_first) {
		if (r->now.n > 0 && !close_now(r))
			return false;
		if (r->now.letter != '\0')
			return false;
		r->now.letter = letter;
		return true;
	}
	if (r->now.n == 0)
		return false;
	r->now.letter = letter;
	return close_now(r);
}

static bool is_degree_mark(unsigned c)
{
	return c == 0xB0 || c == 0xBA;		/* and the ordinal o */
}

static bool is_mark(unsigned c)
{
	return is_degree_mark(c) || c == ' ' || c == '\'' || c == '"' ||
		(c >= 0x2018 && c <= 0x201D) || c == 0x2032 || c == 0x2033;
}

static bool take_number(struct reading *r, const char **at)
{
	bool is_negative = **at == '-';
	const char *after;
	double value;
	char *end;

	value = strtod(*at + (is_negative || **at == '+'), &end);
	after = end + strspn(end, " ");
	/* the degrees of the next one */
	if (r->now.n > 0 && is_degree_mark(utf8_next(&after)) &&
			!close_now(r))
		return false;
	if (r->now.n == 3 || (is_negative && r->now.n > 0))
		return false;
	if (r->now.n == 0)
		r->now.is_negative = is_negative;
	r->now.parts[r->now.n++] = value;
	*at = end;
	return true;
}

static bool take_one(struct reading *r, const char **at)
{
	const char *from = *at;
	unsigned c = utf8_next(at);

	if (is_mark(c))
		return true;
	if (c == ',')
		return r->now.n == 0 ? r->n == 1 : close_now(r);
	if (c < 0x80 && c != 0 && strchr("NSEWnsew", (int)c) != NULL)
		return take_letter(r, (char)(c & ~0x20u));
	*at = from;
	/* no sign by itself, no "inf" */
	from += *from == '-' || *from == '+';
	return *from >= '0' && *from <= '9' && take_number(r, at);
}

static bool is_across(const struct coordinate *c)
{
	return c->letter == 'E' || c->letter == 'W';
}

/* False: there is no such. */
static bool degrees_of(const struct coordinate *c, double most, double *out)
{
	if (c->parts[1] >= 60 || c->parts[2] >= 60)
		return false;
	*out = c->parts[0] + c->parts[1] / 60 + c->parts[2] / 3600;
	if (*out > most)
		return false;
	if (c->is_negative || c->letter == 'S' || c->letter == 'W')
		*out = -*out;
	return !(c->is_negative && c->letter != '\0');
}

/* A centimetre is enough. */
static void add_degrees(struct str *out, double degrees)
{
	char text[32];
	size_t n = (size_t)snprintf(text, sizeof text, "%.7f", degrees);

	while (text[n - 1] == '0')
		n--;
	str_addn(out, text, n - (text[n - 1] == '.'));
}

bool place_parse(const char *typed, struct str *out)
{
	struct reading r = { .n = 0 };
	const struct coordinate *up, *across;
	double latitude, longitude;

	while (*typed != '\0')
		if (!take_one(&r, &typed))
			return false;
	if (r.now.n > 0 && !close_now(&r))
		return false;
	if (r.n != 2 || (r.both[0].letter == '\0') !=
			(r.both[1].letter == '\0'))
		return false;
	up = is_across(&r.both[0]) ? &r.both[1] : &r.both[0];
	across = up == &r.both[0] ? &r.both[1] : &r.both[0];
	if (up->letter != '\0' && is_across(up) == is_across(across))
		return false;
	if (!degrees_of(up, 90, &latitude) || !degrees_of(across, 180,
			&longitude))
		return false;
	add_degrees(out, latitude);
	str_addc(out, ' ');
	add_degrees(out, longitude);
	return true;
}
