#include "config.h"

#include "ui/viewer.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

/* --- the copy --- */

static const char *base_folder(void)
{
	static const char *const names[] = { "XDG_RUNTIME_DIR", "TMPDIR" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *folder = getenv(names[i]);

		if (folder != NULL && folder[0] == '/' &&
				file_is_folder(folder))
			return folder;
	}
	return "/tmp";
}

static bool make_folder(struct viewer *v, struct err *err)
{
	if (v->folder != NULL)
		return true;
	v->folder = path_join(base_folder(), "view-XXXXXX");
	if (mkdtemp(v->folder) != NULL)		/* 0700 */
		return true;
	err_set(err, ERR_REFUSED, _("cannot create '%s': %s"), v->folder,
		strerror(errno));
	free(v->folder);
	v->folder = NULL;
	return false;
}

/* ".png", by which programs know what it is; "" if there is none to trust. */
static const char *ending(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t n = dot != NULL ? strlen(dot + 1) : 0;

	if (n < 1 || n > 5)
		return "";
	for (size_t i = 1; i <= n; i++)
		if (!isalnum((unsigned char)dot[i]))
			return "";
	return dot;
}

/* The name says nothing about the form: viewers keep lists of what they
 * showed. */
static char *write_copy(struct viewer *v, const char *name, const void *bytes,
	size_t n_bytes, struct err *err)
{
	char *neutral, *path;

	if (!make_folder(v, err))
		return NULL;
	neutral = str_format("%zu%s", v->copies.n + 1, ending(name));
	path = path_join(v->folder, neutral);
	free(neutral);
	vec_push(&v->copies, path);
	if (file_write(path, bytes, n_bytes, 0600, err))
		return path;
	err->code = ERR_REFUSED;
	return NULL;
}

/* --- the program --- */

/* free() it. */
static char *program(void)
{
	const char *named = getenv("BAYAZ_VIEWER");

	return xstrdup(named != NULL && named[0] != '\0' ? named : "xdg-open");
}

/* In the child: nothing of our terminal is left to it.  Only returns to
 * _exit(). */
static void become(char *name, char *path, int failed)
{
	char *const arguments[] = { name, path, NULL };
	int nowhere = open("/dev/null", O_RDWR), why;

	setsid();
	if (nowhere >= 0 && dup2(nowhere, STDIN_FILENO) >= 0 &&
			dup2(nowhere, STDOUT_FILENO) >= 0 &&
			dup2(nowhere, STDERR_FILENO) >= 0)
		execvp(name, arguments);
	why = errno;
	if (write(failed, &why, sizeof why) < 0)
		_exit(126);
}

/* errno of the child, if it could not become the program; 0: it did. */
static int wait_for_start(int from)
{
	int why = 0;
	ssize_t n;

	do
		n = read(from, &why, sizeof why);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof why ? why : 0;
}

static bool open_pipe(int ends[2])
{
	if (pipe(ends) != 0)
		return false;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	return true;
}

/* 0: it runs; else errno. */
static int start(struct viewer *v, char *name, char *path)
{
	int ends[2], why;
	pid_t pid;

	if (!open_pipe(ends))
		return errno;
	pid = fork();
	if (pid == 0) {
		become(name, path, ends[1]);
		_exit(127);
	}
	why = pid < 0 ? errno : 0;
	close(ends[1]);
	if (pid > 0) {
		vec_push(&v->programs, pid);
		why = wait_for_start(ends[0]);
	}
	close(ends[0]);
	return why;
}

bool viewer_show(struct viewer *v, const char *name, const void *bytes,
	size_t n_bytes, struct err *err)
{
	char *path = write_copy(v, name, bytes, n_bytes, err);
	char *opens;
	int why;

	if (path == NULL)
		return false;
	opens = program();
	why = start(v, opens, path);
	if (why != 0)
		err_set(err, ERR_REFUSED, _("cannot start '%s': %s"), opens,
			strerror(why));
	free(opens);
	return why == 0;
}

/* Not waited for before: so the number is still theirs, and their group's. */
void viewer_close(struct viewer *v)
{
	for (size_t i = 0; i < v->programs.n; i++) {
		kill(-v->programs.items[i], SIGTERM);
		waitpid(v->programs.items[i], NULL, WNOHANG);
	}
	vec_release(&v->programs);
	for (size_t i = 0; i < v->copies.n; i++) {
		unlink(v->copies.items[i]);
		free(v->copies.items[i]);
	}
	vec_release(&v->copies);
	if (v->folder != NULL)
		rmdir(v->folder);
	free(v->folder);
	v->folder = NULL;
}
