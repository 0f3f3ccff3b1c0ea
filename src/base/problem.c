#include "config.h"

#include "base/problem.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

enum { MAX_PROBLEMS = 1000 };

static void problem_release(struct problem *p)
{
	free(p->file);
	free(p->ref);
	free(p->expression);
	free(p->message);
	free(p->remedy);
}

void problems_release(struct problems *problems)
{
	for (size_t i = 0; i < problems->n; i++)
		problem_release(&problems->items[i]);
	free(problems->items);
	*problems = (struct problems)PROBLEMS_INIT;
}

static struct problem *new_problem(struct problems *problems,
	enum severity severity)
{
	problems->n_errors += severity == SEVERITY_ERROR;
	if (problems->n >= MAX_PROBLEMS) {
		problems->n_left_out++;
		return NULL;
	}
	if (problems->n == problems->cap) {
		problems->cap = problems->cap > 0 ? 2 * problems->cap : 8;
		problems->items = xreallocarray(problems->items, problems->cap,
			sizeof *problems->items);
	}
	return &problems->items[problems->n++];
}

bool problem_add(struct problems *problems, enum severity severity,
	enum err_code code, const char *file, int line, int column,
	const char *ref, const char *expression, const char *format, ...)
{
	struct err err = ERR_INIT;
	va_list arguments;

	va_start(arguments, format);
	err_vset(&err, code, format, arguments);
	va_end(arguments);
	err_at(&err, file, line, column);
	return problem_add_err(problems, severity, &err, ref, expression);
}

bool problem_add_err(struct problems *problems, enum severity severity,
	const struct err *err, const char *ref, const char *expression)
{
	struct problem *p = problems != NULL ?
		new_problem(problems, severity) : NULL;

	if (p == NULL)
		return false;
	p->severity = severity;
	p->code = err->code;
	p->rule = "";
	p->file = xstrdup(err->source);
	p->line = err->line;
	p->column = err->column;
	p->ref = xstrdup(ref != NULL ? ref : "");
	p->expression = xstrdup(expression != NULL ? expression : "");
	p->message = xstrdup(err->message);
	p->remedy = xstrdup("");
	p->token = 0;
	return false;
}

/* The one added last; NULL: it was one too many. */
static struct problem *last_of(struct problems *problems)
{
	return problems != NULL && problems->n > 0 &&
		problems->n_left_out == 0 ? &problems->items[problems->n - 1] :
		NULL;
}

void problem_mark(struct problems *problems, int token)
{
	struct problem *p = last_of(problems);

	if (p != NULL)
		p->token = token;
}

void problem_remedy(struct problems *problems, const char *format, ...)
{
	struct problem *p = last_of(problems);
	struct err err = ERR_INIT;
	va_list arguments;

	if (p == NULL)
		return;
	va_start(arguments, format);
	err_vset(&err, p->code, format, arguments);
	va_end(arguments);
	free(p->remedy);
	p->remedy = xstrdup(err.message);
}

static int compare_places(const void *a, const void *b)
{
	const struct problem *x = a, *y = b;
	int files = strcmp(x->file, y->file);

	if ((x->line == 0) != (y->line == 0))
		return x->line == 0 ? 1 : -1;
	if (files != 0)
		return files;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

void problems_sort(struct problems *problems)
{
	if (problems->n > 1)
		qsort(problems->items, problems->n, sizeof *problems->items,
			compare_places);
}

bool problems_first_error(const struct problems *problems, struct err *err)
{
	for (size_t i = 0; i < problems->n; i++) {
		const struct problem *p = &problems->items[i];

		if (p->severity != SEVERITY_ERROR)
			continue;
		err_set(err, p->code, "%s", p->message);
		return err_at(err, p->file, p->line, p->column);
	}
	return false;
}

void problem_line(const struct problem *p, struct str *to)
{
	struct err err = ERR_INIT;
	char text[1024];

	err_set(&err, p->code, p->rule[0] != '\0' ? "%s%s [%s]" : "%s%s",
		p->severity == SEVERITY_ERROR ? _("error: ") : _("warning: "),
		p->message, p->rule);
	err_at(&err, p->file, p->line, p->column);
	utf8_mask(to, err_text(&err, text, sizeof text), false);
}

void problems_print(const struct problems *problems, FILE *to)
{
	struct str line = STR_INIT;

	for (size_t i = 0; i < problems->n; i++) {
		str_clear(&line);
		problem_line(&problems->items[i], &line);
		fprintf(to, "%s\n", line.data);
	}
	if (problems->n_left_out > 0)
		fprintf(to, ngettext("and %zu more problem\n",
			"and %zu more problems\n", problems->n_left_out),
			problems->n_left_out);
	str_release(&line);
}
