#include "config.h"

#include "cmd/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/gettext.h"

#define QUIET_SECONDS 1.0		/* before the first line */
#define STEP_SECONDS 0.5		/* between two */

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void progress_begin(struct progress *p)
{
	p->on = isatty(STDERR_FILENO) != 0;
	p->shown = false;
	p->began = p->last = seconds();
}

/* Seconds since the beginning if a line is due, else 0. */
static double due(struct progress *p)
{
	double now;

	if (!p->on)
		return 0.0;
	now = seconds();
	if (now - p->began < QUIET_SECONDS || now - p->last < STEP_SECONDS)
		return 0.0;
	p->last = now;
	p->shown = true;
	return now - p->began;
}

static long seconds_left(double spent, uint64_t done, uint64_t all)
{
	double left = spent * (double)(all - done) / (double)done;

	return left < 360000.0 ? (long)(left + 0.5) : 359999;
}

void progress_bytes(void *progress, uint64_t done, uint64_t all)
{
	double spent = due(progress), rate;
	long left;

	if (spent <= 0.0 || done == 0 || done > all)
		return;
	rate = (double)done / 1e6 / spent;
	left = seconds_left(spent, done, all);
	/* TRANSLATORS: %1$.0f %% done, %2$.1f megabytes a second, and the
	 * minutes and seconds that it takes still, as in 2:05. */
	fprintf(stderr, _("\r%1$.0f %%, %2$.1f MB/s, %3$ld:%4$02ld left "),
		100.0 * (double)done / (double)all, rate, left / 60, left % 60);
	fputs("\033[K", stderr);
}

void progress_items(void *progress, uint64_t done, uint64_t all)
{
	double spent = due(progress);
	long left;

	if (spent <= 0.0 || done == 0 || done > all)
		return;
	left = seconds_left(spent, done, all);
	/* TRANSLATORS: %1$llu of %2$llu files done, %3$.0f a second, and the
	 * minutes and seconds that it takes still, as in 2:05. */
	fprintf(stderr, _("\r%1$llu of %2$llu, %3$.0f a second, "
		"%4$ld:%5$02ld left "), (unsigned long long)done,
		(unsigned long long)all, (double)done / spent, left / 60,
		left % 60);
	fputs("\033[K", stderr);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
