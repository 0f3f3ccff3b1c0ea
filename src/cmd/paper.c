#include "config.h"

#include "cmd/paper.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/str.h"
#include "base/wipe.h"
#include "cmd/secret.h"
#include "trust/project.h"

enum { PAPER_BYTES_MAX = 64 << 10, TRIES = 5 };

/* One key, of whichever sort it is.  ERR_SYNTAX, ERR_CONFLICT: another of that
 * sort was there before. */
static bool take_key(struct paper *paper, const char *text, struct err *err)
{
	struct age_identity identity;
	uint8_t half[32];
	char which = '\0';
	bool again = false;

	if (str_starts(text, "AGE-SECRET-KEY-1")) {
		if (!age_identity_parse(text, &identity, err))
			return err_set(err, ERR_SYNTAX,
				_("the recovery key of standard forms is "
				  "misspelt: its checksum is not right"));
		again = paper->has_standard && memcmp(&identity,
			&paper->standard, sizeof identity) != 0;
		paper->standard = identity;
		paper->has_standard = true;
		age_identity_wipe(&identity);
	} else if (trust_recovery_half_read(text, &which, half, NULL)) {
		bool *has = which == 'A' ? &paper->has_a : &paper->has_b;
		uint8_t *to = which == 'A' ? paper->half_a : paper->half_b;

		again = *has && memcmp(to, half, sizeof half) != 0;
		memcpy(to, half, sizeof half);
		*has = true;
		wipe(half, sizeof half);
	} else if (str_starts(text, "BAYAZ-HALF-")) {
		return err_set(err, ERR_SYNTAX,
			_("half %c of the recovery key of protected forms is "
			  "misspelt: its checksum is not right"), text[11]);
	} else {
		return err_set(err, ERR_SYNTAX,
			_("this is no recovery key: they begin with "
			  "AGE-SECRET-KEY-1, BAYAZ-HALF-A-1 or "
			  "BAYAZ-HALF-B-1"));
	}
	return !again || err_set(err, ERR_CONFLICT,
		_("two different keys of the same sort were given"));
}

/* ---- from files ---- */

static bool is_key(const char *line)
{
	return str_starts(line, "AGE-SECRET-KEY-") ||
		str_starts(line, "BAYAZ-HALF-");
}

static bool read_lines(struct paper *paper, char *text, const char *path,
	struct err *err)
{
	int number = 0;

	for (char *line = text, *next; line != NULL; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		number++;
		line += strspn(line, " \t");
		if (is_key(line) && !take_key(paper, line, err))
			return err_at(err, path, number, 0);
	}
	return true;
}

bool paper_read_files(struct paper *paper, const struct cmd_args *args,
	struct err *err)
{
	const char *path;
	bool ok = true;

	for (size_t i = 0; ok &&
			(path = cmd_list(args, "paper-file", i)) != NULL; i++) {
		struct str text = STR_INIT;

		ok = file_read(path, PAPER_BYTES_MAX, &text, err) &&
			read_lines(paper, text.data, path, err);
		str_wipe(&text);
	}
	return ok;
}

/* ---- typed ---- */

/* Small letters and blanks between are how people copy. */
static void tidy(struct str *typed)
{
	size_t n = 0;

	for (size_t i = 0; i < typed->len; i++)
		if (!isspace((unsigned char)typed->data[i]))
			typed->data[n++] = (char)toupper(
				(unsigned char)typed->data[i]);
	wipe(typed->data + n, typed->len - n);
	str_cut(typed, n);
}

/* Until it is right, or left out with an empty line. */
static bool ask_one(struct paper *paper, const bool *has, const char *prompt,
	struct err *err)
{
	for (int i = 0; i < TRIES && !*has; i++) {
		struct str typed = STR_INIT;
		bool ok = cmd_ask_secret(prompt, &typed, err), empty;

		tidy(&typed);
		empty = typed.len == 0;
		if (ok && !empty && !take_key(paper, typed.data, err)) {
			log_err(err);
			err_clear(err);
		}
		str_wipe(&typed);
		if (!ok || empty)
			return ok;
	}
	return *has || err_set(err, ERR_VALUE,
		_("the key was misspelt too often"));
}

bool paper_ask(struct paper *paper, bool standard, bool halves,
	struct err *err)
{
	return (!standard || ask_one(paper, &paper->has_standard,
			_("recovery key of standard forms "
			  "(AGE-SECRET-KEY-1...): "), err)) &&
		(!halves || (ask_one(paper, &paper->has_a,
			_("half A of the recovery key of protected forms "
			  "(BAYAZ-HALF-A-1...): "), err) &&
		ask_one(paper, &paper->has_b,
			_("half B, by the other person "
			  "(BAYAZ-HALF-B-1...): "), err)));
}

void paper_join(const struct paper *paper, struct age_identity *identity)
{
	uint8_t secret[32];

	for (int i = 0; i < 32; i++)
		secret[i] = (uint8_t)(paper->half_a[i] ^ paper->half_b[i]);
	age_identity_from_secret(secret, identity);
	wipe(secret, sizeof secret);
}

void paper_wipe(struct paper *paper)
{
	wipe(paper, sizeof *paper);
	memset(paper, 0, sizeof *paper);
}
