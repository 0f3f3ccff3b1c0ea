#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wipe.h"
#include "cmd/secret.h"
#include "crypt/crypt.h"
#include "crypt/words.h"
#include "field/copy.h"
#include "field/workspace.h"

#define SECRET_BYTES_MAX 4096

/* ---- from the terminal ---- */

static const int caught_signals[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
};
enum { N_SIGNALS = sizeof caught_signals / sizeof caught_signals[0] };

static volatile sig_atomic_t signal_seen;

static void note_signal(int number)
{
	signal_seen = number;
}

static void catch_signals(struct sigaction old[N_SIGNALS])
{
	struct sigaction ours;

	memset(&ours, 0, sizeof ours);
	ours.sa_handler = note_signal;	/* no SA_RESTART: reading must stop */
	sigemptyset(&ours.sa_mask);
	signal_seen = 0;
	for (int i = 0; i < N_SIGNALS; i++)
		sigaction(caught_signals[i], &ours, &old[i]);
}

/* The terminal is as it was before the signal does its work. */
static void release_signals(const struct sigaction old[N_SIGNALS])
{
	for (int i = 0; i < N_SIGNALS; i++)
		sigaction(caught_signals[i], &old[i], NULL);
	if (signal_seen != 0)
		raise(signal_seen);
}

static bool echo_off(int terminal, struct termios *old)
{
	struct termios quiet;

	if (tcgetattr(terminal, old) != 0)
		return false;
	quiet = *old;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
	quiet.c_lflag |= ICANON;
	return tcsetattr(terminal, TCSAFLUSH, &quiet) == 0;
}

/* Bytes up to the end of the line; false: interrupted, or no line came. */
static bool read_secret_line(int terminal, struct str *out)
{
	char c;
	ssize_t n;

	while ((n = read(terminal, &c, 1)) == 1 && c != '\n')
		str_addc(out, c);
	wipe(&c, 1);
	return n == 1;
}

static void show(int terminal, const char *text)
{
	if (write(terminal, text, strlen(text)) < 0)
		return;		/* a prompt that cannot be seen is no failure */
}

bool cmd_ask_secret(const char *prompt, struct str *out, struct err *err)
{
	int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct sigaction signals[N_SIGNALS];
	struct termios old;
	struct str line = STR_INIT;
	bool ok;

	if (terminal < 0)
		return err_set(err, ERR_USAGE,
			_("there is no terminal to ask on: give a file with "
			  "--passphrase-file or --words-file"));
	line.limit = SECRET_BYTES_MAX;
	str_room(&line, SECRET_BYTES_MAX);	/* no copies when it grows */
	catch_signals(signals);
	ok = echo_off(terminal, &old);
	if (ok) {
		show(terminal, prompt);
		ok = read_secret_line(terminal, &line);
		tcsetattr(terminal, TCSAFLUSH, &old);
		show(terminal, "\n");
	}
	close(terminal);
	release_signals(signals);
	if (ok)
		str_addn(out, line.data, line.len);
	else
		err_set(err, ERR_USAGE, _("nothing was typed"));
	str_wipe(&line);
	return ok;
}

/* ---- from a file ---- */

static bool check_secret(const char *bytes, size_t n_bytes, const char *path,
	struct err *err)
{
	if (n_bytes == 0)
		return err_set(err, ERR_VALUE,
			_("the first line of '%s' is empty"), path);
	if (memchr(bytes, '\0', n_bytes) != NULL)
		return err_set(err, ERR_VALUE, _("'%s' is not text"), path);
	return true;
}

/* The first line of a file, without its break. */
static bool secret_from_file(const char *path, struct str *out,
	struct err *err)
{
	struct str all = STR_INIT;
	size_t n;
	bool ok;

	ok = file_read(path, SECRET_BYTES_MAX, &all, err);
	if (ok) {
		const char *end = memchr(all.data, '\n', all.len);

		n = end != NULL ? (size_t)(end - all.data) : all.len;
		if (n > 0 && all.data[n - 1] == '\r')
			n--;
		ok = check_secret(all.data, n, path, err);
		if (ok)
			str_addn(out, all.data, n);
	}
	str_wipe(&all);
	return ok;
}

/* ---- the passphrase ---- */

static bool ask_again(const struct str *first, struct err *err)
{
	struct str second = STR_INIT;
	bool ok = cmd_ask_secret(_("the same passphrase again: "), &second,
		err);

	if (ok && (second.len != first->len ||
	    memcmp(second.data, first->data, first->len) != 0))
		ok = err_set(err, ERR_VALUE,
			_("the two passphrases are not the same"));
	str_wipe(&second);
	return ok;
}

static bool ask_passphrase(bool confirm, struct str *out, struct err *err)
{
	struct str typed = STR_INIT;
	bool ok = cmd_ask_secret(confirm ? _("new passphrase: ") :
		_("passphrase: "), &typed, err);

	if (ok && typed.len == 0)
		ok = err_set(err, ERR_VALUE, _("the passphrase is empty"));
	if (ok && confirm)
		ok = ask_again(&typed, err);
	if (ok)
		str_addn(out, typed.data, typed.len);
	str_wipe(&typed);
	return ok;
}

bool cmd_passphrase(const struct cmd_args *args, bool confirm,
	struct str *out, struct err *err)
{
	const char *path = cmd_text(args, "passphrase-file");

	if (path != NULL)
		return secret_from_file(path, out, err);
	return ask_passphrase(confirm, out, err);
}

bool cmd_new_passphrase(const struct cmd_args *args, struct str *out,
	struct err *err)
{
	const char *path = cmd_text(args, "new-passphrase-file");

	if (path != NULL)
		return secret_from_file(path, out, err);
	return ask_passphrase(true, out, err);
}

bool cmd_inner_passphrase(const struct cmd_args *args, struct str *out,
	struct err *err)
{
	const char *path = cmd_text(args, "workspace-passphrase-file");

	if (path != NULL)
		return secret_from_file(path, out, err);
	return cmd_ask_secret(_("passphrase of the workspace in it: "), out,
		err);
}

/* ---- the words of a kit ---- */

bool cmd_words(const struct cmd_args *args, struct str *out, struct err *err)
{
	const char *path = cmd_text(args, "words-file");
	struct str typed = STR_INIT;
	bool ok;

	if (path != NULL)
		ok = file_read(path, SECRET_BYTES_MAX, &typed, err);
	else
		ok = cmd_ask_secret(_("the eight words: "), &typed, err);
	if (ok && memchr(typed.data, '\0', typed.len) != NULL)
		ok = err_set(err, ERR_VALUE, _("these are not eight words"));
	if (ok)
		ok = words_normalise(typed.data, out, err);
	str_wipe(&typed);
	return ok;
}

/* ---- the workspace ---- */

void cmd_wait_for_turn(const char *folder)
{
	struct workspace_tries tries;
	unsigned seconds;

	if (!workspace_tries(folder, &tries, NULL))
		return;		/* opening says what is wrong */
	seconds = workspace_wait_s(&tries);
	if (seconds == 0)
		return;
	log_note(ngettext("%1$llu wrong passphrase was tried here; please wait "
		"%2$u seconds", "%1$llu wrong passphrases were tried here; "
		"please wait %2$u seconds", (unsigned long)tries.n),
		(unsigned long long)tries.n, seconds);
	while (seconds > 0)
		seconds = sleep(seconds);
}

static void tell_tries(const struct workspace *ws)
{
	const struct workspace_tries *tries = workspace_tries_before(ws);
	time_t first = (time_t)tries->first;
	char text[64];
	struct tm tm;

	if (tries->n == 0)
		return;
	localtime_r(&first, &tm);
	strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm);
	log_note(ngettext("%1$llu wrong passphrase was tried here on %2$s: if it "
		"was not you, tell your coordinator",
		"%1$llu wrong passphrases were tried here since %2$s: if it "
		"was not you, tell your coordinator", (unsigned long)tries->n),
		(unsigned long long)tries->n, text);
}

static struct workspace *open_folder(const struct cmd_args *args,
	const char *folder, struct str *passphrase, struct err *err)
{
	struct workspace *ws = NULL;
	bool needs;

	if (!workspace_needs_passphrase(folder, &needs, err))
		return NULL;
	if (!needs)
		return workspace_open(folder, NULL, err);
	cmd_wait_for_turn(folder);
	if (cmd_passphrase(args, false, passphrase, err))
		ws = workspace_open(folder, passphrase->data, err);
	return ws;
}

bool cmd_workspace_greet(struct workspace **ws, struct err *err)
{
	char fingerprint[FINGERPRINT_BYTES];

	tell_tries(*ws);
	if (!workspace_is_copy(*ws))
		return true;
	if (!workspace_make_own(*ws, fingerprint, err)) {
		workspace_close(*ws);
		*ws = NULL;
		return false;
	}
	if (fingerprint[0] != '\0')
		log_note(_("this workspace was copied, so it has a new key now: "
			"tell the coordinator this laptop's new fingerprint: "
			"%s"), fingerprint);
	return true;
}

struct workspace *cmd_workspace_open_with(const struct cmd_args *args,
	struct str *passphrase, struct err *err)
{
	char *folder = workspace_path(args->workspace);
	struct workspace *ws = NULL;

	if (args->open != NULL) {
		free(folder);
		return workspace_hold(args->open);
	}
	if (crypt_init(err))
		ws = open_folder(args, folder, passphrase, err);
	free(folder);
	return ws != NULL && cmd_workspace_greet(&ws, err) ? ws : NULL;
}

struct workspace *cmd_workspace_open(const struct cmd_args *args,
	struct err *err)
{
	struct str passphrase = STR_INIT;
	struct workspace *ws = cmd_workspace_open_with(args, &passphrase, err);

	str_wipe(&passphrase);
	return ws;
}

/* Only what a workspace consists of: other files keep the folder. */
static void remove_folder(const char *folder)
{
	static const char *const names[] = {
		"keys", "field.db", "field.db-wal", "field.db-shm", "keys.part",
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		char *path = path_join(folder, names[i]);

		unlink(path);
		free(path);
	}
	rmdir(folder);
}

static struct workspace *make_folder(const struct cmd_args *args,
	const char *folder, struct err *err)
{
	struct str passphrase = STR_INIT;
	struct workspace *ws = NULL;
	const char *given = NULL;
	bool ok = true;

	if (!cmd_flag(args, "no-passphrase")) {
		ok = cmd_passphrase(args, true, &passphrase, err);
		given = passphrase.data;
	}
	if (ok) {
		if (workspace_create(folder, given, err))
			ws = workspace_open(folder, given, err);
		if (ws == NULL)
			remove_folder(folder);
	}
	str_wipe(&passphrase);
	return ws;
}

struct workspace *cmd_workspace_make(const struct cmd_args *args,
	struct err *err)
{
	char *folder = workspace_path(args->workspace);
	struct workspace *ws = NULL;

	if (!crypt_init(err))
		ws = NULL;
	else if (workspace_exists(folder))
		err_set(err, ERR_CONFLICT,
			_("there is a workspace in '%s' already"), folder);
	else
		ws = make_folder(args, folder, err);
	free(folder);
	return ws;
}

void cmd_workspace_unmake(struct workspace *ws)
{
	char *folder = xstrdup(workspace_folder(ws));

	workspace_close(ws);
	remove_folder(folder);
	free(folder);
}
