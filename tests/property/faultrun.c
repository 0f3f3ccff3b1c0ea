/*
 * Run a program and stand between it and the disk: count its system calls on
 * files below a folder, make the Nth fail, cut it short, or kill the program
 * there; and write down all that it does to files, in order, for a test that
 * asks what a power cut would have left.
 *
 *	faultrun [--under DIR]... [--calls KIND,...] [--at N] [--do WHAT]
 *		[--log FILE] [--counts FILE] -- COMMAND [ARGUMENT]...
 *
 * WHAT: eio, enospc, erofs, emfile, eintr (the Nth call alone); full (the Nth
 * write takes half, all later ones nothing); short (half of the Nth read or
 * write); kill (before the Nth call), killed (after it).
 *
 * Nothing in the program knows of it: it is done with ptrace() and a seccomp
 * filter, so stdio's and SQLite's calls are seen alike, whatever was linked
 * how.  What is written through a shared mapping is not seen; such mappings are
 * logged.  Exit status: the command's; 128 + signal; 77 if this system does
 * not let us, 2 for wrong usage.
 *
 * The log has a line per call that changed something, data of n bytes following
 * its line and a newline:
 *	create INODE PATH	write INODE OFFSET N PATH
 *	truncate INODE SIZE
 *	sync INODE		syncdir PATH		syncall
 *	rename PATH\tPATH	link PATH\tPATH		unlink PATH
 *	mkdir PATH		rmdir PATH		map INODE PATH
 *	out N			(to standard output, where it is no file)
 */
#include "config.h"

#include <stdio.h>

#if !defined(__linux__) || !defined(__x86_64__)
int main(void)
{
	fputs("faultrun: not on this system\n", stderr);
	return 77;
}
#else

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SKIPPED = 77, MAX_UNDER = 8, MAX_TASKS = 64, PATH_BYTES = 4096 };

enum kind {
	OPEN, READ, WRITE, SYNC, RENAME, UNLINK, TRUNCATE, MKDIR, CLOSE, MAP,
	N_KINDS
};

static const char *const KINDS[N_KINDS] = {
	"open", "read", "write", "sync", "rename", "unlink", "truncate",
	"mkdir", "close", "map",
};

/* Where a call keeps what we want: which of its arguments, from 1; 0: none. */
struct call {
	long number;
	enum kind kind;
	int fd, path;		/* path: relative to `fd` if both are given */
	int fd2, path2;		/* rename, link */
	int data, size;		/* buffer and bytes; or iovec and their count */
	int offset;		/* of pwrite, or the size to truncate to */
	int flags;
	bool vector;
};

static const struct call CALLS[] = {
	{ SYS_open, OPEN, .path = 1, .flags = 2 },
	{ SYS_creat, OPEN, .path = 1 },
	{ SYS_openat, OPEN, .fd = 1, .path = 2, .flags = 3 },
	{ SYS_read, READ, .fd = 1, .size = 3 },
	{ SYS_pread64, READ, .fd = 1, .size = 3 },
	{ SYS_readv, READ, .fd = 1, .size = 3, .vector = true },
	{ SYS_preadv, READ, .fd = 1, .size = 3, .vector = true },
	{ SYS_write, WRITE, .fd = 1, .data = 2, .size = 3 },
	{ SYS_pwrite64, WRITE, .fd = 1, .data = 2, .size = 3, .offset = 4 },
	{ SYS_writev, WRITE, .fd = 1, .data = 2, .size = 3, .vector = true },
	{ SYS_pwritev, WRITE, .fd = 1, .data = 2, .size = 3, .offset = 4,
	  .vector = true },
	{ SYS_sendfile, WRITE, .fd = 1, .size = 4 },
	{ SYS_copy_file_range, WRITE, .fd = 3, .size = 5 },
	{ SYS_fsync, SYNC, .fd = 1 },
	{ SYS_fdatasync, SYNC, .fd = 1 },
	{ SYS_sync, SYNC, .fd = 0 },
	{ SYS_syncfs, SYNC, .fd = 1 },
	{ SYS_rename, RENAME, .path = 1, .path2 = 2 },
	{ SYS_renameat, RENAME, .fd = 1, .path = 2, .fd2 = 3, .path2 = 4 },
	{ SYS_renameat2, RENAME, .fd = 1, .path = 2, .fd2 = 3, .path2 = 4 },
	{ SYS_link, RENAME, .path = 1, .path2 = 2 },
	{ SYS_linkat, RENAME, .fd = 1, .path = 2, .fd2 = 3, .path2 = 4 },
	{ SYS_unlink, UNLINK, .path = 1 },
	{ SYS_unlinkat, UNLINK, .fd = 1, .path = 2 },
	{ SYS_rmdir, UNLINK, .path = 1 },
	{ SYS_truncate, TRUNCATE, .path = 1, .offset = 2 },
	{ SYS_ftruncate, TRUNCATE, .fd = 1, .offset = 2 },
	{ SYS_fallocate, TRUNCATE, .fd = 1 },
	{ SYS_mkdir, MKDIR, .path = 1 },
	{ SYS_mkdirat, MKDIR, .fd = 1, .path = 2 },
	{ SYS_close, CLOSE, .fd = 1 },
	{ SYS_mmap, MAP, .fd = 5, .flags = 4 },
};

enum { N_CALLS = sizeof CALLS / sizeof CALLS[0] };

enum action { NOTHING, FAIL, FULL, SHORT, KILL, KILLED };

static struct {
	const char *under[MAX_UNDER];
	int n_under;
	bool counted[N_KINDS];
	unsigned long at, n, seen[N_KINDS];
	enum action action;
	int error;
	FILE *log;
	const char *counts;
	bool is_full, done;
} run;

/* A call between its two stops. */
struct task {
	pid_t pid;
	bool inside;
	const struct call *call;
	char path[PATH_BYTES], path2[PATH_BYTES];
	unsigned long inode;
	uint64_t offset;
	bool existed, ours, is_folder, fails, kill_after;
	long result;		/* in place of the call's own, if it fails */
	uint8_t *data;
	size_t n_data;
	bool to_out;
};

static struct task tasks[MAX_TASKS];

static _Noreturn void leave(int status, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	fputs("faultrun: ", stderr);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
	exit(status);
}

/* --- reading the other's memory --- */

static bool peek(pid_t pid, uint64_t from, void *to, size_t n_bytes)
{
	struct iovec here = { to, n_bytes };
	struct iovec there = { (void *)(uintptr_t)from, n_bytes };

	return n_bytes == 0 ||
		process_vm_readv(pid, &here, 1, &there, 1, 0) ==
			(ssize_t)n_bytes;
}

static void peek_text(pid_t pid, uint64_t from, char *to, size_t size)
{
	for (size_t at = 0; at + 1 < size; at++) {
		if (!peek(pid, from + at, to + at, 1) || to[at] == '\0') {
			to[at] = '\0';
			return;
		}
	}
	to[size - 1] = '\0';
}

static uint64_t argument(const struct user_regs_struct *regs, int i)
{
	const unsigned long long all[] = { regs->rdi, regs->rsi, regs->rdx,
		regs->r10, regs->r8, regs->r9 };

	return i == 0 ? 0 : all[i - 1];
}

static void set_argument(struct user_regs_struct *regs, int i, uint64_t value)
{
	unsigned long long *const all[] = { &regs->rdi, &regs->rsi,
		&regs->rdx, &regs->r10, &regs->r8, &regs->r9 };

	*all[i - 1] = value;
}

static void fetch_data(struct task *t, const struct user_regs_struct *regs)
{
	uint64_t from = argument(regs, t->call->data);
	size_t n = (size_t)argument(regs, t->call->size), at = 0;
	struct iovec parts[64];

	free(t->data);
	t->data = NULL;
	t->n_data = 0;
	if (t->call->data == 0)
		leave(SKIPPED, "a kind of copying that is not known here");
	if (!t->call->vector) {
		parts[0] = (struct iovec){ (void *)(uintptr_t)from, n };
		n = 1;
	} else if (n > 64 || !peek(t->pid, from, parts, n * sizeof *parts)) {
		leave(1, "too many pieces in a write");
	}
	for (size_t i = 0; i < n; i++)
		t->n_data += parts[i].iov_len;
	t->data = malloc(t->n_data + 1);
	if (t->data == NULL)
		leave(1, "out of memory");
	for (size_t i = 0; i < n; i++) {
		if (!peek(t->pid, (uintptr_t)parts[i].iov_base, t->data + at,
				parts[i].iov_len))
			leave(1, "cannot read what is written");
		at += parts[i].iov_len;
	}
}

/* --- names --- */

/* "/a/./b//../c" is "/a/c". */
static void tidy(char *path)
{
	char *to = path, *from = path;

	while (*from != '\0') {
		size_t n;

		while (*from == '/')
			from++;
		n = strcspn(from, "/");
		if (n == 2 && from[0] == '.' && from[1] == '.') {
			while (to > path && *--to != '/')
				;
		} else if (n > 0 && !(n == 1 && from[0] == '.')) {
			*to++ = '/';
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

static void link_of(pid_t pid, const char *what, char *path)
{
	char name[64];
	ssize_t n;

	snprintf(name, sizeof name, "/proc/%d/%s", (int)pid, what);
	n = readlink(name, path, PATH_BYTES - 1);
	path[n > 0 ? n : 0] = '\0';
}

static void fd_path(pid_t pid, int fd, char *path)
{
	char what[32];

	snprintf(what, sizeof what, "fd/%d", fd);
	link_of(pid, fd == AT_FDCWD ? "cwd" : what, path);
}

static void name_path(pid_t pid, int fd, uint64_t text, char *path)
{
	char name[PATH_BYTES], base[PATH_BYTES];

	peek_text(pid, text, name, sizeof name);
	base[0] = '\0';
	if (name[0] != '/')
		fd_path(pid, fd, base);
	if (snprintf(path, PATH_BYTES, "%s/%s", base, name) >= PATH_BYTES)
		leave(1, "a path is too long");
	tidy(path);
}

static bool is_under(const char *path)
{
	for (int i = 0; i < run.n_under; i++) {
		size_t n = strlen(run.under[i]);

		if (n == 1 && path[0] == '/')
			return true;
		if (strncmp(path, run.under[i], n) == 0 &&
				(path[n] == '/' || path[n] == '\0'))
			return true;
	}
	return false;
}

static int folder_argument(const struct user_regs_struct *regs, int which)
{
	return which == 0 ? AT_FDCWD : (int)argument(regs, which);
}

static bool fd_stat(pid_t pid, int fd, struct stat *st)
{
	char name[64];

	snprintf(name, sizeof name, "/proc/%d/fd/%d", (int)pid, fd);
	return stat(name, st) == 0;
}

/* Where a write without an offset goes. */
static uint64_t position(pid_t pid, int fd, uint64_t size)
{
	unsigned long long pos = 0, flags = 0;
	char name[64];
	FILE *info;

	snprintf(name, sizeof name, "/proc/%d/fdinfo/%d", (int)pid, fd);
	info = fopen(name, "r");
	if (info == NULL || fscanf(info, "pos: %llu flags: %llo", &pos,
			&flags) != 2)
		leave(1, "cannot read %s", name);
	fclose(info);
	return (flags & O_APPEND) != 0 ? size : pos;
}

/* --- before a call --- */

static void look_at_fd(struct task *t, const struct user_regs_struct *regs)
{
	int fd = (int)argument(regs, t->call->fd);
	struct stat st;

	if (t->call->kind == MAP && (fd < 0 ||
			(argument(regs, 3) & PROT_WRITE) == 0 ||
			(argument(regs, t->call->flags) & MAP_SHARED) == 0))
		return;
	if (!fd_stat(t->pid, fd, &st))
		return;
	fd_path(t->pid, fd, t->path);
	t->is_folder = S_ISDIR(st.st_mode);
	t->inode = st.st_ino;
	t->to_out = t->call->kind == WRITE && fd == STDOUT_FILENO &&
		!S_ISREG(st.st_mode);
	t->ours = (S_ISREG(st.st_mode) || t->is_folder) && is_under(t->path);
	if (!t->ours)
		return;
	t->offset = argument(regs, t->call->offset);
	if (t->call->kind == WRITE && t->call->offset == 0)
		t->offset = position(t->pid, fd, (uint64_t)st.st_size);
}

static void look_at_path(struct task *t, const struct user_regs_struct *regs)
{
	const struct call *call = t->call;
	struct stat st;

	name_path(t->pid, folder_argument(regs, call->fd),
		argument(regs, call->path), t->path);
	t->ours = is_under(t->path);
	if (call->path2 != 0) {
		name_path(t->pid, folder_argument(regs, call->fd2),
			argument(regs, call->path2), t->path2);
		t->ours = t->ours || is_under(t->path2);
	}
	t->existed = lstat(t->path, &st) == 0;
	t->is_folder = t->existed && S_ISDIR(st.st_mode);
	t->inode = t->existed ? st.st_ino : 0;
	t->offset = argument(regs, call->offset);
}

static const struct call *find_call(long number)
{
	for (int i = 0; i < N_CALLS; i++)
		if (CALLS[i].number == number)
			return &CALLS[i];
	return NULL;
}

static void set_registers(pid_t pid, struct user_regs_struct *regs)
{
	if (ptrace(PTRACE_SETREGS, pid, NULL, regs) != 0)
		leave(1, "cannot change a call: %s", strerror(errno));
}

static void fail_call(struct task *t, struct user_regs_struct *regs, int error)
{
	t->fails = true;
	t->result = -error;
	if (t->call->kind == CLOSE)
		return;		/* it is done, and fails all the same */
	regs->orig_rax = (unsigned long long)-1;
	set_registers(t->pid, regs);
}

static void halve_call(struct task *t, struct user_regs_struct *regs)
{
	uint64_t n = argument(regs, t->call->size);

	if (t->call->size == 0 || n < 2)
		return;
	set_argument(regs, t->call->size, n / 2);
	set_registers(t->pid, regs);
}

static bool takes_room(const struct task *t)
{
	return t->call->kind == WRITE || t->call->kind == MKDIR ||
		(t->call->kind == TRUNCATE && t->call->number == SYS_fallocate) ||
		(t->call->kind == OPEN && !t->existed);
}

static void interfere(struct task *t, struct user_regs_struct *regs)
{
	if (run.is_full && takes_room(t)) {
		fail_call(t, regs, ENOSPC);
		return;
	}
	if (run.done || run.at == 0 || run.n != run.at)
		return;
	run.done = true;
	switch (run.action) {
	case FAIL: fail_call(t, regs, run.error); break;
	case SHORT: halve_call(t, regs); break;
	case KILL: kill(t->pid, SIGKILL); break;
	case KILLED: t->kill_after = true; break;
	case FULL:
		run.is_full = true;
		halve_call(t, regs);
		break;
	default: break;
	}
}

/* True: we want to see how it ends. */
static bool before(struct task *t)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, t->pid, NULL, &regs) != 0)
		return false;		/* killed meanwhile */
	t->call = find_call((long)regs.orig_rax);
	if (t->call == NULL)
		return false;
	t->ours = t->to_out = t->fails = t->kill_after = false;
	t->path[0] = t->path2[0] = '\0';
	t->n_data = 0;
	if (t->call->path != 0)
		look_at_path(t, &regs);
	else if (t->call->fd != 0)
		look_at_fd(t, &regs);
	else
		t->ours = true;		/* sync() */
	if (!t->ours && !t->to_out)
		return false;
	if (run.log != NULL && t->call->kind == WRITE)
		fetch_data(t, &regs);
	if (t->ours) {
		run.seen[t->call->kind]++;
		if (run.counted[t->call->kind]) {
			run.n++;
			interfere(t, &regs);
		}
	}
	return true;
}

/* --- after it --- */

static void note_open(const struct task *t, const struct user_regs_struct *regs)
{
	int flags = t->call->flags != 0 ?
		(int)argument(regs, t->call->flags) : O_CREAT | O_TRUNC;
	struct stat st;

	if (!fd_stat(t->pid, (int)regs->rax, &st) || !S_ISREG(st.st_mode))
		return;
	if ((flags & O_CREAT) != 0 && !t->existed)
		fprintf(run.log, "create %lu %s\n", st.st_ino, t->path);
	else if ((flags & O_TRUNC) != 0)
		fprintf(run.log, "truncate %lu 0\n", st.st_ino);
}

static void note_data(const struct task *t, size_t n_bytes)
{
	if (n_bytes > t->n_data)
		leave(1, "more was written than was asked");
	fwrite(t->data, 1, n_bytes, run.log);
	fputc('\n', run.log);
}

static void note_write(const struct task *t, size_t n_bytes)
{
	if (t->to_out)
		fprintf(run.log, "out %zu\n", n_bytes);
	else
		fprintf(run.log, "write %lu %llu %zu %s\n", t->inode,
			(unsigned long long)t->offset, n_bytes, t->path);
	note_data(t, n_bytes);
}

static void note_sync(const struct task *t)
{
	if (t->call->number == SYS_sync || t->call->number == SYS_syncfs)
		fputs("syncall\n", run.log);
	else if (t->is_folder)
		fprintf(run.log, "syncdir %s\n", t->path);
	else
		fprintf(run.log, "sync %lu\n", t->inode);
}

static void note_unlink(const struct task *t)
{
	fprintf(run.log, "%s %s\n", t->is_folder ? "rmdir" : "unlink",
		t->path);
}

static void note_rename(const struct task *t)
{
	bool is_link = t->call->number == SYS_link ||
		t->call->number == SYS_linkat;

	fprintf(run.log, "%s %s\t%s\n", is_link ? "link" : "rename", t->path,
		t->path2);
}

static void note(const struct task *t, const struct user_regs_struct *regs)
{
	switch (t->call->kind) {
	case OPEN: note_open(t, regs); break;
	case WRITE: note_write(t, (size_t)regs->rax); break;
	case SYNC: note_sync(t); break;
	case RENAME: note_rename(t); break;
	case UNLINK: note_unlink(t); break;
	case TRUNCATE:
		if (t->call->number == SYS_fallocate)
			leave(SKIPPED, "fallocate() is not known here");
		fprintf(run.log, "truncate %lu %llu\n", t->inode,
			(unsigned long long)t->offset);
		break;
	case MKDIR: fprintf(run.log, "mkdir %s\n", t->path); break;
	case MAP: fprintf(run.log, "map %lu %s\n", t->inode, t->path); break;
	default: break;
	}
}

static void after(struct task *t)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, t->pid, NULL, &regs) != 0)
		return;
	if (t->fails) {
		regs.rax = (unsigned long long)t->result;
		set_registers(t->pid, &regs);
	} else if (run.log != NULL && (long long)regs.rax >= 0) {
		note(t, &regs);
	}
	if (t->kill_after)
		kill(t->pid, SIGKILL);
}

/* --- the other's life --- */

/* The calls of our table stop it.  That it guards its memory from being read
 * is refused: only root could then look at what it writes. */
enum { N_PRCTL = 4 };

static void install_filter(void)
{
	struct sock_filter code[N_CALLS + 5 + N_PRCTL];
	struct sock_fprog program = { .len = 0, .filter = code };
	unsigned short n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, arch));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		AUDIT_ARCH_X86_64, 0, N_CALLS + N_PRCTL + 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, nr));
	for (int i = 0; i < N_CALLS; i++)
		code[n++] = (struct sock_filter)BPF_JUMP(
			BPF_JMP | BPF_JEQ | BPF_K,
			(unsigned)CALLS[i].number,
			(unsigned char)(N_CALLS - i + N_PRCTL), 0);
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		SYS_prctl, 0, N_PRCTL - 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, args[0]));
	code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
		PR_SET_DUMPABLE, 0, 1);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ERRNO | EPERM);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_ALLOW);
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
		SECCOMP_RET_TRACE);
	program.len = n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
			prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		leave(SKIPPED, "no filter of calls here: %s", strerror(errno));
}

static _Noreturn void child(char **command)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
		leave(SKIPPED, "no tracing here: %s", strerror(errno));
	raise(SIGSTOP);
	install_filter();
	execvp(command[0], command);
	leave(127, "cannot run '%s': %s", command[0], strerror(errno));
}

static struct task *task_of(pid_t pid)
{
	struct task *room = NULL;

	for (int i = 0; i < MAX_TASKS; i++) {
		if (tasks[i].pid == pid)
			return &tasks[i];
		if (room == NULL && tasks[i].pid == 0)
			room = &tasks[i];
	}
	if (room == NULL)
		leave(1, "too many processes");
	memset(room, 0, sizeof *room);
	room->pid = pid;
	return room;
}

/* What comes next for the task: how to let it go on, and with which signal. */
static int on_stop(struct task *t, int status, int *signal_out)
{
	int sig = WSTOPSIG(status);

	*signal_out = 0;
	if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)) {
		t->inside = before(t);
		return t->inside ? PTRACE_SYSCALL : PTRACE_CONT;
	}
	if (sig == (SIGTRAP | 0x80)) {
		if (t->inside)
			after(t);
		t->inside = false;
		return PTRACE_CONT;
	}
	if (status >> 16 == 0 && sig != SIGSTOP && sig != SIGTRAP)
		*signal_out = sig;
	return t->inside ? PTRACE_SYSCALL : PTRACE_CONT;
}

static int watch(pid_t first)
{
	int exit_status = 0, status, sig;
	pid_t pid;

	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		struct task *t = task_of(pid);

		if (WIFSTOPPED(status)) {
			int how = on_stop(t, status, &sig);

			ptrace((enum __ptrace_request)how, pid, NULL,
				(void *)(intptr_t)sig);
			continue;
		}
		free(t->data);
		memset(t, 0, sizeof *t);
		if (pid == first)
			exit_status = WIFEXITED(status) ? WEXITSTATUS(status) :
				128 + WTERMSIG(status);
	}
	return exit_status;
}

/* --- the command line --- */

static void take_kinds(const char *list)
{
	while (*list != '\0') {
		size_t n = strcspn(list, ",");
		int k = 0;

		while (k < N_KINDS && !(strlen(KINDS[k]) == n &&
				strncmp(KINDS[k], list, n) == 0))
			k++;
		if (k == N_KINDS)
			leave(2, "no such kind of call: %s", list);
		run.counted[k] = true;
		list += n + (list[n] == ',');
	}
}

static void take_action(const char *word)
{
	static const struct {
		const char *word;
		enum action action;
		int error;
	} all[] = {
		{ "eio", FAIL, EIO }, { "enospc", FAIL, ENOSPC },
		{ "erofs", FAIL, EROFS }, { "emfile", FAIL, EMFILE },
		{ "eintr", FAIL, EINTR }, { "full", FULL, 0 },
		{ "short", SHORT, 0 }, { "kill", KILL, 0 },
		{ "killed", KILLED, 0 },
	};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (strcmp(all[i].word, word) == 0) {
			run.action = all[i].action;
			run.error = all[i].error;
			return;
		}
	leave(2, "no such action: %s", word);
}

static void take_option(const char *name, char *value)
{
	if (strcmp(name, "--under") == 0 && run.n_under < MAX_UNDER)
		run.under[run.n_under++] = value;
	else if (strcmp(name, "--calls") == 0)
		take_kinds(value);
	else if (strcmp(name, "--at") == 0)
		run.at = strtoul(value, NULL, 10);
	else if (strcmp(name, "--do") == 0)
		take_action(value);
	else if (strcmp(name, "--counts") == 0)
		run.counts = value;
	else if (strcmp(name, "--log") == 0)
		run.log = fopen(value, "wbe");
	else
		leave(2, "what is %s?", name);
	if (strcmp(name, "--log") == 0 && run.log == NULL)
		leave(1, "cannot write '%s'", value);
}

/* Counted calls, whether the fault came, then a line for each kind. */
static void write_counts(void)
{
	FILE *out;

	if (run.counts == NULL)
		return;
	out = fopen(run.counts, "we");
	if (out == NULL)
		leave(1, "cannot write '%s'", run.counts);
	fprintf(out, "counted %lu\nreached %d\n", run.n, run.done);
	for (int k = 0; k < N_KINDS; k++)
		fprintf(out, "%s %lu\n", KINDS[k], run.seen[k]);
	if (fclose(out) != 0)
		leave(1, "cannot write '%s'", run.counts);
}

static pid_t start(char **command)
{
	const long options = PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD |
		PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
		PTRACE_O_EXITKILL;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		child(command);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		leave(1, "cannot begin a process");
	if (!WIFSTOPPED(status))
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	if (ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options) != 0)
		leave(SKIPPED, "no tracing here: %s", strerror(errno));
	ptrace(PTRACE_CONT, pid, NULL, NULL);
	return pid;
}

int main(int argc, char **argv)
{
	int i = 1, status;

	for (; i + 1 < argc && strcmp(argv[i], "--") != 0; i += 2)
		take_option(argv[i], argv[i + 1]);
	if (i + 1 >= argc || strcmp(argv[i], "--") != 0)
		leave(2, "faultrun [OPTION VALUE]... -- COMMAND");
	status = watch(start(argv + i + 1));
	if (run.log != NULL && fclose(run.log) != 0)
		leave(1, "cannot write the log");
	write_counts();
	return status;
}
#endif
