/* A line from a person: cleaned, and waited for as long as somebody is there. */
#include "config.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "ui/prompt.h"

/* A terminal: what is written to `person` is typed. */
struct typing { int person; FILE *terminal; struct prompt prompt; };

static void begin(struct typing *t, int idle_ms)
{
	memset(t, 0, sizeof *t);
	t->person = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(t->person >= 0);
	assert_int_equal(grantpt(t->person), 0);
	assert_int_equal(unlockpt(t->person), 0);
	t->terminal = fopen(ptsname(t->person), "r+e");
	assert_non_null(t->terminal);
	t->prompt = (struct prompt){ .in = t->terminal, .out = t->terminal,
		.idle_ms = idle_ms };
}

static void type(struct typing *t, const char *text)
{
	assert_int_equal(write(t->person, text, strlen(text)), strlen(text));
}

static void end(struct typing *t)
{
	prompt_release(&t->prompt);
	fclose(t->terminal);
	close(t->person);
}

static void lines_come(void **state)
{
	struct typing t;

	(void)state;
	begin(&t, 60 * 1000);
	type(&t, "\333\261\333\262 wells\nno\n");
	assert_int_equal(prompt_read(&t.prompt), PROMPT_LINE);
	assert_string_equal(t.prompt.line, "12 wells");
	assert_int_equal(prompt_read(&t.prompt), PROMPT_LINE);
	assert_string_equal(t.prompt.line, "no");
	assert_false(t.prompt.is_idle);
	end(&t);
}

/* Then all that is asked ends, until somebody is there again; what stood half
 * typed is nothing for what is asked next. */
static void nobody_is_there(void **state)
{
	struct typing t;

	(void)state;
	begin(&t, 20);
	type(&t, "half a line");
	assert_int_equal(prompt_read(&t.prompt), PROMPT_END);
	assert_true(t.prompt.is_idle);
	type(&t, "more\n");
	assert_int_equal(prompt_read(&t.prompt), PROMPT_END);
	assert_false(prompt_read_text(&t.prompt, "Who?"));
	t.prompt.is_idle = false;
	assert_int_equal(prompt_read(&t.prompt), PROMPT_LINE);
	assert_string_equal(t.prompt.line, "more");
	end(&t);
}

/* Of what is no terminal nobody walks away. */
static void files_are_patient(void **state)
{
	struct prompt p = { .out = tmpfile(), .idle_ms = 1 };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	p.in = fdopen(ends[0], "r");
	assert_int_equal(write(ends[1], "late\n", 5), 5);
	close(ends[1]);
	usleep(5000);
	assert_int_equal(prompt_read(&p), PROMPT_LINE);
	assert_string_equal(p.line, "late");
	assert_int_equal(prompt_read(&p), PROMPT_END);
	assert_false(p.is_idle);
	prompt_release(&p);
	fclose(p.in);
	fclose(p.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_come),
		cmocka_unit_test(nobody_is_there),
		cmocka_unit_test(files_are_patient),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
