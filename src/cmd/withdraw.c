/* bayaz withdraw CODE: somebody wants what was written about her deleted. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "cmd/cmd.h"
#include "cmd/formarg.h"
#include "cmd/secret.h"
#include "field/records.h"
#include "field/withdraw.h"
#include "trust/case_code.h"
#include "ui/draft.h"

/* A record that can still be read here. */
struct candidate { int64_t id, form; bool is_draft; };

struct search {
	struct workspace *ws;
	char code[CASE_CODE_BYTES];
	VEC(struct candidate) all;
	VEC(int64_t) found;
	size_t n_unread;	/* with such a code, perhaps: not readable */
};

static bool note(void *context, const struct record_head *head)
{
	struct search *search = context;
	struct candidate c = { head->id, head->form, !head->has_final };

	if (!head->is_protected || !head->has_final)
		vec_push(&search->all, c);
	return true;
}

/* --- the code in a record --- */

static bool is_code(const struct search *search, const char *value)
{
	char code[CASE_CODE_BYTES];
	bool same = value != NULL && case_code_parse(value, code, NULL) &&
		strcmp(code, search->code) == 0;

	wipe(code, sizeof code);
	return same;
}

static bool has_code(const struct search *search, struct session *s,
	struct node *node)
{
	const struct xf_node *form = node_form(node);

	if (form->bind->role != NULL &&
			strcmp(form->bind->role, "case-code") == 0 &&
			(is_code(search, node_value(s, node)) ||
			 is_code(search, node_raw_value(node))))
		return true;
	for (unsigned i = 0; i < form->n_children; i++) {
		const struct xf_node *child = form->children[i];
		size_t n = child->is_repeat ? node_count(node, child) : 1;

		for (size_t at = 1; at <= n; at++) {
			struct node *below = child->is_repeat ?
				node_instance(node, child, at) :
				node_child(node, child);

			if (below != NULL && has_code(search, s, below))
				return true;
		}
	}
	return false;
}

static bool form_has_codes(const struct xform *form)
{
	for (unsigned i = 0; i < form->n_nodes; i++) {
		const char *role = form->nodes[i]->bind->role;

		if (role != NULL && strcmp(role, "case-code") == 0)
			return true;
	}
	return false;
}

static bool look_into_draft(struct search *search, const struct xform *form,
	struct record *record, bool *found, struct err *err)
{
	struct draft draft = { .form = form, .record = record };
	bool ok = draft_open(&draft, err);

	if (ok)
		*found = has_code(search, draft.session,
			session_root(draft.session));
	draft_close(&draft);
	return ok;
}

static bool look_into_final(struct search *search, const struct xform *form,
	struct record *record, bool *found, struct err *err)
{
	struct session_options options = { 0 };
	struct problems problems = PROBLEMS_INIT;
	struct session *session = NULL;
	struct str xml = STR_INIT;
	bool ok = record_xml(record, &xml, err);

	if (ok)
		session = session_load(form, xml.data, xml.len, false, &options,
			&problems, err);
	if (session != NULL)
		*found = has_code(search, session, session_root(session));
	session_free(session);
	problems_release(&problems);
	str_wipe(&xml);
	return ok && session != NULL;
}

static bool look_into(struct search *search, const struct xform *form,
	const struct candidate *c, struct err *err)
{
	struct record *record = record_open(search->ws, c->id, err);
	bool found = false, ok = record != NULL;

	if (ok && c->is_draft)
		ok = look_into_draft(search, form, record, &found, err);
	else if (ok)
		ok = look_into_final(search, form, record, &found, err);
	record_close(record);
	if (found)
		vec_push(&search->found, c->id);
	return ok;
}

/* --- form by form --- */

static int by_form(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->form != y->form)
		return x->form < y->form ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

static struct xform *load_form(struct search *search,
	struct form_source *source, int64_t row)
{
	struct problems problems = PROBLEMS_INIT;
	struct err ignored = ERR_INIT;
	struct xform *form = NULL;

	if (form_source_get(source, search->ws, row, &ignored))
		form = xform_load(source->xml.data, source->xml.len,
			source->name, &source->options, &problems);
	problems_release(&problems);
	return form;
}

/* Records of one form, from `first` on; returns how many. */
static size_t search_form(struct search *search, size_t first)
{
	const struct candidate *all = search->all.items;
	struct form_source source = { 0 };
	struct xform *form = load_form(search, &source, all[first].form);
	struct err ignored = ERR_INIT;
	size_t n = 0;

	while (first + n < search->all.n &&
			all[first + n].form == all[first].form) {
		const struct candidate *c = &all[first + n++];

		if (form == NULL || (form_has_codes(form) &&
				!look_into(search, form, c, &ignored)))
			search->n_unread++;
	}
	xform_free(form);
	form_source_release(&source);
	return n;
}

static bool search_all(struct search *search, struct err *err)
{
	if (!records_each(search->ws, note, search, err))
		return false;
	search->n_unread = records_damaged(search->ws);
	if (search->all.n > 1)
		qsort(search->all.items, search->all.n,
			sizeof *search->all.items, by_form);
	for (size_t i = 0; i < search->all.n; )
		i += search_form(search, i);
	return true;
}

/* --- the command --- */

static bool ask_code(struct str *line, struct err *err)
{
	int c;

	if (isatty(STDIN_FILENO)) {
		fputs(_("case code: "), stdout);
		fflush(stdout);
	}
	line->limit = 200;
	while ((c = getchar()) != EOF && c != '\n')
		str_addc(line, (char)c);
	if (line->over || line->len == 0)
		return err_set(err, ERR_VALUE, _("a case code has twelve "
			"digits, as in 1234-5678-9012"));
	return true;
}

static bool take_code(const struct cmd_args *args, struct search *search,
	struct err *err)
{
	struct str line = STR_INIT;
	bool ok;

	if (args->n == 1)
		return case_code_parse(args->items[0], search->code, err);
	ok = ask_code(&line, err) && utf8_is_valid(line.data, line.len) &&
		case_code_parse(line.data, search->code, err);
	str_wipe(&line);
	return ok;
}

static void tell(const struct cmd_args *args, const struct search *search)
{
	size_t n = search->found.n;
	struct json *answer;
	char *line;

	if (cmd_flag(args, "json")) {
		answer = js_new_object();
		js_put_int(answer, "removed", (int64_t)n);
		js_put_int(answer, "unread", (int64_t)search->n_unread);
		line = js_print(answer);
		puts(line);
		free(line);
		js_free(answer);
		return;
	}
	printf(ngettext("%zu record with this code was removed here\n",
		"%zu records with this code were removed here\n", n), n);
	puts(_("the request goes to the centre with the next bundle: run "
		"'bayaz pack'"));
	if (search->n_unread > 0)
		log_note(ngettext("%zu record could not be read, so it was not "
			"looked into: try again", "%zu records could not be "
			"read, so they were not looked into: try again",
			search->n_unread), search->n_unread);
}

static int run_withdraw(const struct cmd_args *args)
{
	struct search search = { 0 };
	struct err err = ERR_INIT;
	bool ok = take_code(args, &search, &err), all = false;

	search.ws = ok ? cmd_workspace_open(args, &err) : NULL;
	ok = search.ws != NULL && search_all(&search, &err) &&
		withdraw(search.ws, search.code, search.found.items,
			search.found.n, &err);
	all = ok && search.n_unread == 0;
	if (ok)
		tell(args, &search);
	wipe(search.code, sizeof search.code);
	vec_release(&search.all);
	vec_release(&search.found);
	workspace_close(search.ws);
	if (!ok)
		return cmd_problem(&err);
	return all ? EXIT_DONE : EXIT_PROBLEM;
}

static const struct cmd_option options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_withdraw = {
	.name = "withdraw",
	.usage = N_("[CODE]"),
	.summary = N_("delete what was written under a case code"),
	.options = options,
	.max_args = 1,
	.run = run_withdraw,
};
