#include "config.h"

#include "crypt/age_input.h"

#include <string.h>

#include "base/gettext.h"
#include "crypt/base64.h"

static const char begin_line[] = "-----BEGIN AGE ENCRYPTED FILE-----";
static const char end_line[] = "-----END AGE ENCRYPTED FILE-----";

enum {
	COLUMNS = 64,
	MAX_BLANKS = 1024,	/* around the armour */
};

static bool armour_fault(struct age_input *input, struct err *err)
{
	input->fault = AGE_ARMOR;
	return err_set(err, ERR_SYNTAX,
		_("this is no age file, or its text form is damaged"));
}

/* Have at least `want` raw bytes, or all there are. */
static bool fill(struct age_input *input, size_t want, struct err *err)
{
	if (input->raw_n >= want)
		return true;
	memmove(input->raw, input->raw + input->raw_at, input->raw_n);
	input->raw_at = 0;
	while (input->raw_n < want && !input->source_ended) {
		size_t n = 0;

		if (!input->source(input->context, input->raw + input->raw_n,
				sizeof input->raw - input->raw_n, &n, err)) {
			input->fault = AGE_SOURCE;
			return false;
		}
		input->raw_n += n;
		input->source_ended = n == 0;
	}
	return true;
}

static void use(struct age_input *input, size_t n)
{
	input->raw_at += n;
	input->raw_n -= n;
}

static const char *raw(const struct age_input *input)
{
	return (const char *)input->raw + input->raw_at;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool skip_blanks(struct age_input *input, struct err *err)
{
	for (int i = 0; i <= MAX_BLANKS; i++) {
		if (!fill(input, 1, err))
			return false;
		if (input->raw_n == 0 || !is_blank(*raw(input)))
			return true;
		use(input, 1);
	}
	return armour_fault(input, err);
}

/* The next line's characters without its end (LF or CR LF); used up.  The text
 * stays in `raw` until the next fill().  No longer than `max`. */
static bool take_line(struct age_input *input, size_t max, const char **line,
	size_t *n, struct err *err)
{
	const char *end;
	size_t used;

	if (!fill(input, max + 2, err))
		return false;
	*line = raw(input);
	used = input->raw_n < max + 2 ? input->raw_n : max + 2;
	end = used == 0 ? NULL : memchr(*line, '\n', used);
	if (end == NULL) {
		if (used > max)
			return armour_fault(input, err);
		*n = used;
		use(input, used);
		return true;
	}
	*n = (size_t)(end - *line);
	use(input, *n + 1);
	if (*n > 0 && (*line)[*n - 1] == '\r')
		--*n;
	return *n <= max || armour_fault(input, err);
}

static bool same_line(const char *line, size_t n, const char *wanted)
{
	return n == strlen(wanted) && memcmp(line, wanted, n) == 0;
}

/* Anything that does not begin as an age file must be armour. */
static bool find_form(struct age_input *input, struct err *err)
{
	static const char start[] = "age-encryption.org/";
	size_t n_start = strlen(start), n;
	const char *line;

	if (!fill(input, n_start, err))
		return false;
	if (input->raw_n == 0 || (input->raw_n >= n_start &&
			memcmp(raw(input), start, n_start) == 0)) {
		input->form = INPUT_BINARY;
		return true;
	}
	input->form = INPUT_ARMOUR;
	if (!skip_blanks(input, err) ||
			!take_line(input, COLUMNS, &line, &n, err))
		return false;
	return same_line(line, n, begin_line) || armour_fault(input, err);
}

static bool end_armour(struct age_input *input, struct err *err)
{
	if (!skip_blanks(input, err))
		return false;
	input->form = INPUT_ENDED;
	return input->raw_n == 0 || armour_fault(input, err);
}

static bool decode_line(struct age_input *input, struct err *err)
{
	const char *line;
	size_t n;

	if (!take_line(input, COLUMNS, &line, &n, err))
		return false;
	if (same_line(line, n, end_line))
		return end_armour(input, err);
	if (n == 0 || input->last_line || !base64_decode(BASE64_PADDED, line,
			n, input->line, sizeof input->line, &input->line_n))
		return armour_fault(input, err);
	input->line_at = 0;
	input->last_line = input->line_n < sizeof input->line;
	return true;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool read_some(struct age_input *input, uint8_t *to, size_t size,
	size_t *n, struct err *err)
{
	*n = 0;
	if (input->form == INPUT_BINARY) {
		if (!fill(input, 1, err))
			return false;
		*n = least(size, input->raw_n);
		memcpy(to, raw(input), *n);
		use(input, *n);
		return true;
	}
	if (input->line_n == 0 && input->form == INPUT_ARMOUR &&
			!decode_line(input, err))
		return false;
	*n = least(size, input->line_n);
	memcpy(to, input->line + input->line_at, *n);
	input->line_at += *n;
	input->line_n -= *n;
	return true;
}

bool age_input_read(struct age_input *input, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	size_t n = 1;

	*n_got = 0;
	if (input->form == INPUT_UNKNOWN && !find_form(input, err))
		return false;
	while (*n_got < size_bytes && n > 0) {
		if (!read_some(input, (uint8_t *)buffer + *n_got,
				size_bytes - *n_got, &n, err))
			return false;
		*n_got += n;
	}
	return true;
}
