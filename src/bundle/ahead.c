#include "config.h"

#include "bundle/ahead.h"

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/processors.h"

enum { LARGE_BYTES = 8 << 20 };		/* of the file */

struct bundle_ahead {
	bool begun;
	pthread_t thread;
	const char *path;
	const struct age_keys *keys;
	struct bundle *bundle;		/* the thread's, until it has ended */
	struct err err;
};

struct bundle_ahead *bundle_ahead_new(void)
{
	return xcalloc(1, sizeof(struct bundle_ahead));
}

static void *open_it(void *context)
{
	struct bundle_ahead *ahead = context;

	ahead->bundle = bundle_open(ahead->path, ahead->keys, NULL,
		&ahead->err);
	return NULL;
}

static struct bundle *wait_for_it(struct bundle_ahead *ahead)
{
	struct bundle *bundle;

	if (!ahead->begun)
		return NULL;
	pthread_join(ahead->thread, NULL);
	ahead->begun = false;
	bundle = ahead->bundle;
	ahead->bundle = NULL;
	return bundle;
}

void bundle_ahead_free(struct bundle_ahead *ahead)
{
	if (ahead == NULL)
		return;
	bundle_close(wait_for_it(ahead));
	free(ahead);
}

void bundle_ahead_start(struct bundle_ahead *ahead, const char *path,
	const struct age_keys *keys)
{
	struct stat st;

	if (ahead->begun || !has_second_processor() || stat(path, &st) != 0 ||
			!S_ISREG(st.st_mode) || st.st_size > LARGE_BYTES)
		return;
	ahead->path = path;
	ahead->keys = keys;
	err_clear(&ahead->err);
	ahead->begun = pthread_create(&ahead->thread, NULL, open_it, ahead) ==
		0;
}

struct bundle *bundle_ahead_open(struct bundle_ahead *ahead, const char *path,
	const struct age_keys *keys, struct err *err)
{
	bool is_this = ahead != NULL && ahead->begun && ahead->keys == keys &&
		strcmp(ahead->path, path) == 0;
	struct bundle *bundle;

	if (ahead == NULL)
		return bundle_open(path, keys, NULL, err);
	bundle = wait_for_it(ahead);
	if (!is_this) {
		bundle_close(bundle);
		return bundle_open(path, keys, NULL, err);
	}
	if (bundle == NULL && err != NULL)
		*err = ahead->err;
	return bundle;
}
