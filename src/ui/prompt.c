#include "config.h"

#include "ui/prompt.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/wipe.h"

static bool is_kept(unsigned c)
{
	return !(c >= 0x202A && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069) &&
		c >= 0x20 && c != 0x7F;
}

void prompt_clean(const char *text, bool keeps_lines, struct str *out)
{
	char *nfc = utf8_nfc(text);
	const char *at = nfc;

	utf8_ascii_digits(nfc);
	while (*at != '\0') {
		unsigned c = utf8_next(&at);

		if (is_kept(c) || (c == '\n' && keeps_lines))
			str_add_utf8(out, c);
	}
	wipe_free(nfc);
}

static void clean_line(struct prompt *p)
{
	struct str clean = STR_INIT;

	prompt_clean(p->line, false, &clean);
	wipe(p->line, p->line_size);
	if (clean.len + 1 > p->line_size) {
		p->line_size = clean.len + 1;
		p->line = xreallocarray(p->line, p->line_size, 1);
	}
	memcpy(p->line, clean.data, clean.len + 1);
	str_wipe(&clean);
}

static bool is_stopped(const struct prompt *p)
{
	return p->is_idle || (p->stop != NULL && *p->stop != 0);
}

/* Until there is a line, on a terminal where somebody may walk away. */
static void wait_for_line(struct prompt *p)
{
	struct pollfd poll_in = { .fd = fileno(p->in), .events = POLLIN };
	int n = -1;

	if (p->idle_ms <= 0 || !isatty(poll_in.fd))
		return;
	while (n < 0 && !is_stopped(p)) {
		n = poll(&poll_in, 1, p->idle_ms);
		if (n < 0 && errno != EINTR)
			return;		/* reading says what is wrong */
	}
	if (n != 0)
		return;
	p->is_idle = true;
	tcflush(poll_in.fd, TCIFLUSH);	/* half a line is no passphrase */
}

enum prompt_input prompt_read(struct prompt *p)
{
	ssize_t n = -1;

	fputs("> ", p->out);
	fflush(p->out);
	wait_for_line(p);
	if (!is_stopped(p))
		n = getline(&p->line, &p->line_size, p->in);
	if (n < 0)
		return PROMPT_END;
	while (n > 0 && (p->line[n - 1] == '\n' || p->line[n - 1] == '\r'))
		p->line[--n] = '\0';
	if (!utf8_is_valid(p->line, (size_t)n))
		return PROMPT_BAD;
	clean_line(p);
	return PROMPT_LINE;
}

void prompt_blank(struct prompt *p)
{
	int terminal = fileno(p->out);

	if (terminal >= 0 && isatty(terminal))
		fputs("\033[H\033[2J\033[3J\033]2;\a", p->out);
	fflush(p->out);
}

bool prompt_read_text(struct prompt *p, const char *question)
{
	enum prompt_input input;

	do {
		fprintf(p->out, "\n%s\n", question);
		input = prompt_read(p);
		if (input == PROMPT_END)
			return false;
	} while (input == PROMPT_BAD || p->line[strspn(p->line, " ")] == '\0');
	return true;
}

static const char *ask(void *data, const char *question)
{
	struct prompt *p = data;

	return prompt_read_text(p, question) ? p->line : NULL;
}

static void tell(void *data, const char *text)
{
	struct prompt *p = data;
	struct str clean = STR_INIT;

	utf8_mask(&clean, text, true);
	fprintf(p->out, "  ! %s\n", clean.data);
	str_wipe(&clean);
}

struct asker prompt_asker(struct prompt *prompt)
{
	return (struct asker){ ask, tell, prompt };
}

void prompt_release(struct prompt *p)
{
	if (p->line != NULL)
		wipe(p->line, p->line_size);
	free(p->line);
	p->line = NULL;
	p->line_size = 0;
}

static bool is_word(const char *line, const char *word)
{
	return line[0] != '\0' && strncasecmp(line, word, strlen(line)) == 0;
}

/* TRANSLATORS: what people type for yes and no; the first letter is enough. */
bool prompt_says_yes(const char *line)
{
	return is_word(line, P_("answer", "yes")) || is_word(line, "yes");
}

bool prompt_says_no(const char *line)
{
	return is_word(line, P_("answer", "no")) || is_word(line, "no");
}
