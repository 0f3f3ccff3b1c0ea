/* bayaz export: files that bayaz-export, the helper, writes. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cmd/export.h"
#include "export/feed.h"
#include "export/variables.h"

extern char **environ;

static const char *const kind_names[] = { "xlsx", "sav", "dta" };

/* --- the program --- */

/* Where $BAYAZ_LIBEXEC says, else beside this program, else where it was
 * installed.  NULL: it is not there. */
static char *find_helper(void)
{
	const char *given = getenv("BAYAZ_LIBEXEC");
	char own[4096], *folder, *path;
	ssize_t n;

	if (given != NULL) {
		path = path_join(given, "bayaz-export");
	} else {
		n = readlink("/proc/self/exe", own, sizeof own - 1);
		own[n > 0 ? n : 0] = '\0';
		folder = path_folder(own);
		path = path_join(folder, "bayaz-export");
		free(folder);
		if (n <= 0 || access(path, X_OK) != 0) {
			free(path);
			path = path_join(LIBEXECDIR, "bayaz-export");
		}
	}
	if (access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

struct helper {
	pid_t pid;
	FILE *to, *from;		/* its standard input and output */
};

static bool spawn(struct helper *h, char *const *arguments, int in[2],
	int out[2], struct err *err)
{
	posix_spawn_file_actions_t actions;
	int code;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	for (int i = 0; i < 2; i++) {
		posix_spawn_file_actions_addclose(&actions, in[i]);
		posix_spawn_file_actions_addclose(&actions, out[i]);
	}
	code = posix_spawn(&h->pid, arguments[0], &actions, NULL, arguments,
		environ);
	posix_spawn_file_actions_destroy(&actions);
	return code == 0 || err_set(err, ERR_IO, _("cannot run '%s': %s"),
		arguments[0], strerror(code));
}

static bool start(struct helper *h, enum feed_kind kind, const char *path,
	struct err *err)
{
	char *program = find_helper();
	char *arguments[] = { program, (char *)kind_names[kind], (char *)path,
		NULL };
	int in[2] = { -1, -1 }, out[2] = { -1, -1 };
	bool ok;

	if (program == NULL)
		return err_set(err, ERR_NOTFOUND, _("the program bayaz-export, "
			"which writes such files, is not installed here"));
	ok = (pipe(in) == 0 && pipe(out) == 0) || err_set(err, ERR_IO,
		_("cannot run '%s': %s"), program, strerror(errno));
	ok = ok && spawn(h, arguments, in, out, err);
	free(program);
	if (in[0] >= 0)
		close(in[0]);
	if (out[1] >= 0)
		close(out[1]);
	if (ok) {
		h->to = fdopen(in[1], "w");
		h->from = fdopen(out[0], "r");
		return true;
	}
	if (in[1] >= 0)
		close(in[1]);
	if (out[0] >= 0)
		close(out[0]);
	return false;
}

/* "cut", table, column, number. */
static void tell_cut(char *line)
{
	char *words[4] = { 0 };
	long n;

	line[strcspn(line, "\n")] = '\0';
	for (int i = 0; i < 4; i++)
		words[i] = strsep(&line, "\t");
	if (words[3] == NULL || strcmp(words[0], "cut") != 0)
		return;
	n = strtol(words[3], NULL, 10);
	/* TRANSLATORS: %1$s is a column, %2$s a table, %3$ld how many. */
	log_note(ngettext("%1$s in %2$s: %3$ld answer was too long for such a "
		"file and was shortened", "%1$s in %2$s: %3$ld answers were too "
		"long for such a file and were shortened", (unsigned long)n),
		words[2], words[1], n);
}

/* Its own words about a failure are on standard error already. */
static bool finish(struct helper *h, bool sent, const char *path,
	struct err *err)
{
	char *line = NULL;
	size_t size = 0;
	int status = 0;
	bool ok = fclose(h->to) == 0 && sent;

	while (getline(&line, &size, h->from) > 0)
		tell_cut(line);
	free(line);
	fclose(h->from);
	while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		return err_set(err, ERR_REFUSED, _("the program bayaz-export "
			"was built here without what writes such files"));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		err_clear(err);		/* the broken pipe is no cause */
		return err_set(err, ERR_IO, _("'%s' was not written"), path);
	}
	return ok;
}

/* --- what is sent --- */

static bool find_language(const struct export_job *job, int *language,
	struct err *err)
{
	const char *name = cmd_text(job->args, "language");

	*language = 0;
	if (name != NULL)
		*language = codebook_find_language(job->book, name);
	return *language >= 0 || err_set(err, ERR_NOTFOUND,
		_("form '%s' is not in the language '%s'"), job->form, name);
}

static bool prepare(const struct export_job *job, enum feed_kind kind,
	struct feed_order *order, struct err *err)
{
	*order = (struct feed_order){ .store = job->store,
		.layout = job->layout, .book = job->book,
		.options = &job->options, .kind = kind };
	return find_language(job, &order->language, err);
}

bool export_xlsx(struct export_job *job, struct err *err)
{
	const char *path = cmd_text(job->args, "output");
	struct feed_order order;
	struct helper helper;
	bool ok;

	if (!prepare(job, FEED_XLSX, &order, err) ||
			!start(&helper, FEED_XLSX, path, err))
		return false;
	ok = feed_send_workbook(&order, helper.to, err);
	return finish(&helper, ok, path, err);
}

static void tell_text(const struct feed_order *order, size_t table,
	const struct feed_scan *scan)
{
	const struct layout_table *t = &order->layout->tables.items[table];

	for (size_t c = 0; c < t->columns.n; c++)
		if (scan->columns[c].has_odd &&
				!variable_is_coded(&order->book->tables[table]
				.columns[c]))
			log_note(_("'%s' is text: not all of its answers are "
				"numbers or dates"), t->columns.items[c].name);
}

static bool write_part(const struct feed_order *order, size_t table,
	size_t part, const struct feed_scan *scan, const char *path,
	struct err *err)
{
	struct helper helper;
	bool ok;

	if (!start(&helper, order->kind, path, err))
		return false;
	ok = feed_send_table(order, table, part, scan, helper.to, err);
	return finish(&helper, ok, path, err);
}

static bool write_table(struct export_job *job, const struct feed_order *order,
	size_t table, struct err *err)
{
	struct feed_scan scan;
	char ending[32];
	size_t n = feed_n_parts(order, table);
	bool ok = feed_scan(order, table, &scan, err);

	snprintf(ending, sizeof ending, ".%s", kind_names[order->kind]);
	if (ok)
		tell_text(order, table, &scan);
	for (size_t p = 0; ok && p < n; p++) {
		char *path = export_table_path(job, table, ending), *whole;

		whole = p == 0 ? xstrdup(path) : str_format("%.*s_%zu%s",
			(int)(strlen(path) - strlen(ending)), path, p + 1,
			ending);
		ok = write_part(order, table, p, &scan, whole, err);
		free(whole);
		free(path);
	}
	feed_scan_release(&scan);
	return ok;
}

static bool write_tables(struct export_job *job, enum feed_kind kind,
	struct err *err)
{
	const char *to = cmd_text(job->args, "output");
	struct feed_order order;

	if (!prepare(job, kind, &order, err))
		return false;
	if (!str_ends(to, kind == FEED_SAV ? ".sav" : ".dta") &&
			!file_make_folder(to, err))
		return false;
	for (size_t t = 0; t < job->layout->tables.n; t++)
		if (!write_table(job, &order, t, err))
			return false;
	return true;
}

bool export_sav(struct export_job *job, struct err *err)
{
	return write_tables(job, FEED_SAV, err);
}

bool export_dta(struct export_job *job, struct err *err)
{
	return write_tables(job, FEED_DTA, err);
}
