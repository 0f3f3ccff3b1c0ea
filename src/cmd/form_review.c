/* bayaz form review: a second person reads what consent and safety hang on. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "author/translate.h"
#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "cmd/po_arg.h"
#include "cmd/secret.h"
#include "ui/prompt.h"

struct reviewing {
	const char *initials;
	struct po *po;
	struct prompt prompt;
	enum po_wrapping wrapping;
	bool all;			/* --all: not only consent and safety */
	size_t n_marked, n_open;
};

static void date_today(char text[11])
{
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(text, 11, "%Y-%m-%d", &tm);
}

static void remove_mark(struct po_entry *entry)
{
	for (size_t i = 0; i < entry->comments.n;)
		if (str_starts(entry->comments.items[i], "reviewed-by:"))
			vec_remove(&entry->comments, i, 1);
		else
			i++;
}

static void set_mark(struct reviewing *r, struct po_entry *entry,
	const char *initials)
{
	char hash[WORDING_HASH_BYTES], date[11];
	char *comment;

	wording_hash(entry->names.id, entry->strings.items[0], hash);
	date_today(date);
	comment = str_format("reviewed-by: %s %s %s", initials, date, hash);
	remove_mark(entry);
	po_comment(r->po, entry, comment);
	free(comment);
	r->n_marked++;
}

/* "# reviewed-by: AK", typed in a PO editor: date and hash are missing. */
static bool complete_mark(struct reviewing *r, struct po_entry *entry,
	const char *mark)
{
	size_t n = strcspn(mark, " ");
	char *initials;

	if (n == 0 || mark[n + strspn(mark + n, " ")] != '\0')
		return false;
	initials = xstrndup(mark, n);
	set_mark(r, entry, initials);
	free(initials);
	return true;
}

static bool is_marked(struct reviewing *r, struct po_entry *entry)
{
	const char *mark = po_review_mark(entry);

	return mark != NULL && (wording_mark_holds(mark, entry->names.id,
		entry->strings.items[0]) || complete_mark(r, entry, mark));
}

static void show(const char *text)
{
	struct str masked = STR_INIT;

	utf8_mask(&masked, text, true);
	printf("%s\n", masked.data);
	str_release(&masked);
}

/* False: enough for now. */
static bool ask(struct reviewing *r, struct po_entry *entry)
{
	puts("");
	for (size_t i = 0; i < entry->extracted.n; i++)
		show(entry->extracted.items[i]);
	show(entry->names.id);
	show(entry->strings.items[0]);
	if (!prompt_read_text(&r->prompt, _("Does it say the same, kindly and "
			"clearly?  y (yes), n (no), q (enough for now)")) ||
			r->prompt.line[0] == 'q')
		return false;
	if (prompt_says_yes(r->prompt.line))
		set_mark(r, entry, r->initials);
	else
		r->n_open++;
	return true;
}

static void review(struct reviewing *r, const struct phrases *phrases)
{
	bool goes_on = true;

	for (size_t i = 0; i < phrases->list.n; i++) {
		const struct phrase *p = phrases->list.items[i];
		/* po belongs to us: it is only looked up through const */
		struct po_entry *entry = (struct po_entry *)(uintptr_t)
			po_entry_of(r->po, p);

		if (entry == NULL || !po_is_translated(entry) ||
				is_marked(r, entry) ||
				(!r->all && p->guard == XF_UNGUARDED))
			continue;
		if (goes_on)
			goes_on = r->initials != NULL && ask(r, entry);
		if (!goes_on)
			r->n_open++;
	}
}

/* Lines stay as long as they were: only what was marked changes. */
static enum po_wrapping wrapping_of(const struct po *po, const char *path)
{
	struct str bytes = STR_INIT, written = STR_INIT;
	struct err ignored = ERR_INIT;
	bool same;

	po_write(po, PO_LONG_LINES, &written);
	same = file_read(path, PO_MOST_BYTES, &bytes, &ignored) &&
		strcmp(bytes.data, written.data) == 0;
	str_release(&bytes);
	str_release(&written);
	return same ? PO_LONG_LINES : PO_WRAP;
}

static bool save(const struct reviewing *r, const char *path, struct err *err)
{
	struct str out = STR_INIT;
	bool ok;

	po_write(r->po, r->wrapping, &out);
	ok = file_write(path, out.data, out.len, 0644, err);
	str_release(&out);
	return ok;
}

static bool review_form(const struct cmd_args *args,
	const struct form_texts *texts, const struct po_file *file,
	struct err *err)
{
	struct reviewing r = { .initials = cmd_text(args, "by"),
		.po = file->po, .wrapping = wrapping_of(file->po, file->path),
		.all = cmd_flag(args, "all"),
		.prompt = { .in = stdin, .out = stdout } };
	struct phrases phrases;
	bool ok;

	phrases_of(texts, &phrases);
	review(&r, &phrases);
	phrases_release(&phrases);
	prompt_release(&r.prompt);
	ok = r.n_marked == 0 || save(&r, file->path, err);
	if (ok)
		printf(_("%1$zu marked as reviewed, %2$zu still open\n"),
			r.n_marked, r.n_open);
	return ok;
}

static bool is_initials(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= 20 && strpbrk(text, " \t\r\n\"") == NULL &&
		utf8_is_valid(text, n);
}

static int run_review(const struct cmd_args *args)
{
	const char *by = cmd_text(args, "by");
	struct err err = ERR_INIT;
	struct workspace *ws = NULL;
	struct po_files files;
	struct texts_arg form = { .texts = NULL };
	bool ok;

	if (cmd_list(args, "po", 0) == NULL)
		return cmd_usage_error(args, _("--po is missing"));
	if (by != NULL && !is_initials(by))
		return cmd_usage_error(args, _("--by wants initials, without "
			"blanks"));
	ok = po_files_open(args, &files, &err) &&
		form_arg_workspace(args, args->items[0], &ws, &err);
	if (ok) {
		ok = files.n == 1 || err_set(&err, ERR_USAGE,
			_("one PO file is reviewed at a time"));
		ok = ok && texts_arg_open(&form, args->items[0], ws, &err) &&
			review_form(args, form.texts, &files.items[0], &err);
		if (form.source.name != NULL)
			texts_arg_release(&form);
	}
	workspace_close(ws);
	po_files_release(&files);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	CMD_PO_OPTION,
	{ "by", 0, OPT_TEXT, N_("INITIALS"),
	  N_("who reviews; without it, only marks typed in a PO editor are "
	     "completed") },
	{ "all", 0, OPT_FLAG, NULL,
	  N_("ask about every text, not only consent, safety and "
	     "classification") },
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

const struct cmd cmd_form_review = {
	.name = "form review",
	.usage = N_("FORM"),
	.summary = N_("mark translations that a second person has read"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_review,
};
