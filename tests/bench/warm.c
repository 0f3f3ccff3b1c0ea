/*
 * What one step costs in a form that is open, measured inside the process:
 *
 *   warm answers FORM SCRIPT   one answer: set, compute all that follows from
 *                              it, judge it; the script first, then each of
 *                              its questions with one answer and another
 *   warm chain FORM SCRIPT     one answer that recomputes all calculations
 *   warm choices FORM SCRIPT   choice lists, once their lists are indexed
 *   warm member FORM SCRIPT    one answer in the middle of a roster, and what
 *                              follows from it in that member
 *
 * Prints a line: how many were measured, p50 and p99 in microseconds.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "author/script.h"
#include "base/file.h"
#include "base/mem.h"
#include "session/session.h"

enum { LARGEST_BYTES = 1 << 28, MOST_FOLLOWING = 20000 };

static struct xform *form;
static struct session *s;
static struct script script;
static struct node **nodes;		/* by index; NULL: in a repeat */
static VEC(double) times_us;

static void stop(const struct err *err)
{
	fprintf(stderr, "warm: %s\n", err->message);
	exit(1);
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* --- beginning --- */

static void ignore(void *data, const struct script_outcome *outcome)
{
	(void)data;
	(void)outcome;
}

static void index_nodes(struct node *n)
{
	const struct xf_node *f = node_form(n);

	nodes[f->index] = n;
	for (unsigned i = 0; i < f->n_children; i++)
		if (!f->children[i]->is_repeat)
			index_nodes(node_child(n, f->children[i]));
}

static void begin(const char *form_path, const char *script_path)
{
	static struct xf_media_folders folders;
	const struct script_listener listener = { .hear = ignore,
		.only_operations = true };
	struct xf_options options = { .media =
		xf_media_from_folders(&folders) };
	struct problems problems = PROBLEMS_INIT;
	struct str bytes = STR_INIT, out = STR_INIT;
	struct err err = ERR_INIT;

	folders.form_path = form_path;
	if (!file_read(form_path, LARGEST_BYTES, &bytes, &err))
		stop(&err);
	form = xform_load(bytes.data, bytes.len, form_path, &options,
		&problems);
	if (form == NULL && problems_first_error(&problems, &err) + 1)
		stop(&err);
	problems_release(&problems);
	str_clear(&bytes);
	if (!file_read(script_path, LARGEST_BYTES, &bytes, &err) ||
			!script_parse(&script, bytes.data, bytes.len,
			script_path, &err) ||
			(s = session_new(form, NULL, &err)) == NULL ||
			!script_run(&script, s, &listener, &out, &err))
		stop(&err);
	str_release(&bytes);
	str_release(&out);
	nodes = xcalloc(form->n_nodes, sizeof *nodes);
	index_nodes(session_root(s));
}

/* --- what follows from an answer: everything, however far --- */

struct following { const struct xf_node **items; size_t n; bool *seen; };

static void follow(struct following *f, const struct xf_node *from);

static void follow_all(struct following *f, const struct xf_dependents *list)
{
	for (size_t i = 0; i < list->n && f->n < MOST_FOLLOWING; i++) {
		const struct xf_node *to = list->items[i].node;

		if (f->seen[to->index])
			continue;
		f->seen[to->index] = true;
		f->items[f->n++] = to;
		follow(f, to);
	}
}

static void follow(struct following *f, const struct xf_node *from)
{
	follow_all(f, &from->dependents);
	if (from->bind->relevant != NULL)
		follow_all(f, &from->below);
}

static void read_all(struct node *n)
{
	if (n == NULL)
		return;
	node_is_relevant(s, n);
	node_is_readonly(s, n);
	node_is_required(s, n);
	if (node_form(n)->is_value) {
		node_value(s, n);
		node_violation(s, n, NULL);
	}
}

static void answer(struct node *n, const char *value,
	const struct following *f)
{
	struct err err = ERR_INIT;
	double start = now_us();

	if (!session_set(s, n, value, false, &err))
		return;			/* read-only by now */
	for (size_t i = 0; i < f->n; i++)
		read_all(nodes[f->items[i]->index]);
	node_violation(s, n, NULL);
	vec_push(&times_us, now_us() - start);
}

static void measure_answers(void)
{
	struct following f = { .items = xcalloc(MOST_FOLLOWING + 1,
		sizeof *f.items) };

	f.seen = xcalloc(form->n_nodes, sizeof *f.seen);
	for (size_t i = 0; i < script.lines.n; i++) {
		const struct script_line *line = &script.lines.items[i];
		struct node *n = line->kind == SCRIPT_SET ?
			session_find(s, line->path, NULL) : NULL;

		if (n == NULL || nodes[node_form(n)->index] != n)
			continue;
		f.n = 0;
		memset(f.seen, 0, form->n_nodes * sizeof *f.seen);
		follow(&f, node_form(n));
		for (int k = 0; k < 3; k++) {
			answer(n, "", &f);
			answer(n, line->value, &f);
		}
	}
	free(f.items);
	free(f.seen);
}

static void measure_chain(void)
{
	struct node *start = NULL, *last = NULL;
	size_t n = 0;
	char value[32];

	for (unsigned i = 0; i < form->n_nodes; i++) {
		n += form->nodes[i]->bind->calculate != NULL;
		if (form->nodes[i]->bind->calculate == NULL &&
				form->nodes[i]->n_controls > 0)
			start = nodes[i];
	}
	snprintf(value, sizeof value, "/data/c%zu", n);
	last = session_find(s, value, NULL);
	for (int i = 0; start != NULL && last != NULL && i < 50; i++) {
		struct err err = ERR_INIT;
		double begun = now_us();

		snprintf(value, sizeof value, "%d", i);
		if (!session_set(s, start, value, false, &err))
			stop(&err);
		node_value(s, last);
		vec_push(&times_us, (now_us() - begun) / (double)n);
	}
}

static void measure_choices(void)
{
	for (size_t i = 0; i < script.lines.n; i++) {
		const struct script_line *line = &script.lines.items[i];
		struct node *n = line->kind == SCRIPT_SET ||
			line->kind == SCRIPT_CHOICES ?
			session_find(s, line->path, NULL) : NULL;
		struct err err = ERR_INIT;
		struct choices choices;
		double start = now_us();

		if (n == NULL)
			continue;
		if (line->kind == SCRIPT_SET) {
			if (!session_set(s, n, line->value, false, &err))
				stop(&err);
			continue;
		}
		if (!session_choices(s, n, node_form(n)->controls[0], &choices,
				&err))
			stop(&err);
		vec_push(&times_us, now_us() - start);
	}
}

static void measure_member(void)
{
	struct err err = ERR_INIT;
	const struct xf_node *repeat;
	struct node *parent, *member, *age;

	if (!session_find_repeat(s, "/data/member", &parent, &repeat, &err))
		stop(&err);
	member = node_instance(parent, repeat, node_count(parent, repeat) / 2);
	for (int i = 0; i < 3000; i++) {
		double start = now_us();

		age = NULL;
		for (unsigned k = 0; k < repeat->n_children; k++)
			if (strcmp(repeat->children[k]->local, "age") == 0)
				age = node_child(member, repeat->children[k]);
		if (age == NULL || !session_set(s, age, i % 2 == 0 ? "7" : "34",
				false, &err))
			stop(&err);
		for (unsigned k = 0; k < repeat->n_children; k++)
			read_all(node_child(member, repeat->children[k]));
		vec_push(&times_us, now_us() - start);
	}
}

/* --- what came out --- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*measure)(void); } all[] = {
		{ "answers", measure_answers }, { "chain", measure_chain },
		{ "choices", measure_choices }, { "member", measure_member },
	};

	if (argc != 4)
		return 2;
	begin(argv[2], argv[3]);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (strcmp(all[i].name, argv[1]) == 0)
			all[i].measure();
	if (times_us.n == 0)
		return 1;
	qsort(times_us.items, times_us.n, sizeof *times_us.items, by_size);
	printf("%zu %.3f %.3f\n", times_us.n, times_us.items[times_us.n / 2],
		times_us.items[times_us.n - 1 - times_us.n / 100]);
	vec_release(&times_us);
	script_release(&script);
	session_free(s);
	xform_free(form);
	free(nodes);
	return 0;
}
