/*
 * spawn COMMAND ...: run it, reading what we may read, with its output thrown
 * away, and print what it cost: seconds on the clock, seconds of processor, peak memory in KiB,
 * instructions in user mode (0: this machine does not count), exit status.
 * A small parent, as a process begins with the peak memory of who forked it.
 */
#include "config.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Counts in the children that begin from now on. */
static int counter_open(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof attr,
		.config = PERF_COUNT_HW_INSTRUCTIONS,
		.inherit = 1, .enable_on_exec = 1, .disabled = 1,
		.exclude_kernel = 1, .exclude_hv = 1,
	};

	return (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1,
		PERF_FLAG_FD_CLOEXEC);
}

static void run(char **command)
{
	int nowhere = open("/dev/null", O_WRONLY);

	dup2(nowhere, 1);
	dup2(nowhere, 2);
	execvp(command[0], command);
	_exit(127);
}

int main(int argc, char **argv)
{
	int counter = counter_open(), status;
	uint64_t instructions = 0;
	struct rusage usage;
	double start = now();
	pid_t child;

	if (argc < 2 || (child = fork()) < 0)
		return 1;
	if (child == 0)
		run(argv + 1);
	if (wait4(child, &status, 0, &usage) < 0)
		return 1;
	if (counter >= 0 && read(counter, &instructions, sizeof instructions) !=
			(ssize_t)sizeof instructions)
		instructions = 0;
	printf("%.6f %.6f %ld %llu %d\n", now() - start,
		seconds(usage.ru_utime) + seconds(usage.ru_stime),
		usage.ru_maxrss, (unsigned long long)instructions,
		WIFEXITED(status) ? WEXITSTATUS(status) : 128);
	return 0;
}
