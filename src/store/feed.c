#include "config.h"

#include "store/feed.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/processors.h"
#include "store/content.h"
#include "store/packer.h"
#include "store/version.h"

/* Handed over together, so that the threads seldom wait for each other. */
enum { BATCH_ITEMS = 8, BATCH_BYTES = 512 << 10, N_BATCHES = 64,
	ENOUGH_BATCHES = 2,		/* that the caller does not wait */
	MAX_HELD_BYTES = 6 << 20,	/* of batches that are full, about */
	KEPT_BYTES = 64 << 10,		/* of an item's room, for the next */
	LARGE_BYTES = 8 << 20 };	/* of a file: not begun early */

struct batch {
	struct feed_item items[BATCH_ITEMS];
	struct version_parsed parsed[BATCH_ITEMS];
	size_t n, n_bytes;
	bool is_last;
	bool failed;			/* after its items */
	struct err err;
	uint64_t n_read, n_all;		/* of the file, so far */
};

struct feed {
	char *path;
	const struct age_keys *keys;
	struct bundle *bundle;
	struct err open_err;		/* where that is NULL, once opened */
	struct str manifest;		/* packed, once that was tried */
	struct packer *packer;
	struct xml_reader *reader;
	void (*progress)(void *context, uint64_t n_read, uint64_t n_all);
	void *context;
	struct batch batches[N_BATCHES];	/* in a circle */
	/* the reader's */
	const struct manifest_entry *entry;	/* a long one, half read */
	bool begun;			/* of it */
	bool reads_ahead;		/* in a thread */
	uint64_t n_read, n_all;
	/* the caller's */
	size_t at;			/* in the batch at hand */
	bool has_batch;
	/* both */
	bool has_thread;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t first, n_full;		/* batches that are full */
	size_t n_held;			/* bytes in them */
	bool is_opened;			/* or could not be */
	bool packed_manifest;		/* or tried to */
	bool has_read_all;
	bool only_checks;		/* nobody wants to store this */
	bool stop;
};

/* --- reading --- */

static void note_progress(void *context, uint64_t n_read, uint64_t n_all)
{
	struct feed *feed = context;

	feed->n_read = n_read;
	feed->n_all = n_all;
}

/* As much of a long entry as is kept in one part. */
static bool read_piece(struct feed *feed, struct feed_item *item,
	struct err *err)
{
	size_t got;

	item->is_piece = true;
	item->begins = !feed->begun;
	feed->begun = true;
	do {
		char *room = str_room(&item->bytes, CONTENT_PART_BYTES);

		if (!bundle_read(feed->bundle, room,
				CONTENT_PART_BYTES - item->bytes.len, &got,
				err))
			return false;
		str_grew(&item->bytes, got);
	} while (got > 0 && item->bytes.len < CONTENT_PART_BYTES);
	item->ends = item->bytes.len < CONTENT_PART_BYTES;
	if (item->ends)
		feed->entry = NULL;
	return true;
}

static bool is_long(const struct manifest_entry *entry)
{
	return entry->size_bytes > CONTENT_PART_BYTES &&
		entry->kind != ENTRY_RECORD && entry->kind != ENTRY_FORM;
}

/* What else is to be done with an entry?  It is parsed if there is time. */
static void look(struct feed *feed, bool *packs, bool *parses)
{
	pthread_mutex_lock(&feed->lock);
	*packs = !feed->only_checks;
	*parses = *packs && feed->reads_ahead &&
		feed->n_full >= ENOUGH_BATCHES;
	pthread_mutex_unlock(&feed->lock);
}

static bool read_whole(struct feed *feed, struct feed_item *item,
	struct err *err)
{
	bool packs, parses;

	item->is_piece = false;
	item->begins = item->ends = true;
	if (!bundle_read_all(feed->bundle, VERSION_MAX_BYTES, &item->bytes,
			err))
		return false;
	look(feed, &packs, &parses);
	item->is_packed = packs && packer_pack(feed->packer, item->bytes.data,
		item->bytes.len, &item->packed);
	if (parses && item->entry->kind == ENTRY_RECORD)
		version_parse(item->bytes.data, item->bytes.len, feed->reader,
			item->parsed);
	return true;
}

/* *end: there is none. */
static bool read_item(struct feed *feed, struct feed_item *item, bool *end,
	struct err *err)
{
	const struct manifest_entry *entry = feed->entry;

	*end = false;
	str_clear(&item->bytes);
	item->is_packed = false;
	version_parsed_release(item->parsed);
	if (entry == NULL) {
		if (!bundle_next(feed->bundle, &entry, err))
			return false;
		*end = entry == NULL;
		if (*end)
			return true;
		feed->begun = false;
		feed->entry = is_long(entry) ? entry : NULL;
	}
	item->entry = entry;
	return feed->entry != NULL ? read_piece(feed, item, err) :
		read_whole(feed, item, err);
}

static size_t room_of(const struct feed_item *item)
{
	const struct xml_doc *doc = item->parsed->doc;

	/* a piece fills its room seldom more than by half */
	return (item->is_piece ? 2 : 1) * item->bytes.len + item->packed.len +
		(doc != NULL ? arena_size_bytes(doc->arena) : 0);
}

static void fill(struct feed *feed, struct batch *batch)
{
	bool end = false;

	batch->n = batch->n_bytes = 0;
	batch->failed = false;
	err_clear(&batch->err);
	while (!end && batch->n < BATCH_ITEMS &&
			batch->n_bytes < BATCH_BYTES) {
		struct feed_item *item = &batch->items[batch->n];

		if (!read_item(feed, item, &end, &batch->err)) {
			batch->failed = true;
			break;
		}
		batch->n_bytes += room_of(item);
		batch->n += !end;
	}
	batch->is_last = end || batch->failed;
	batch->n_read = feed->n_read;
	batch->n_all = feed->n_all;
}

/* --- two threads --- */

static bool is_full(const struct feed *feed)
{
	return feed->n_full == N_BATCHES ||
		(feed->n_full > 0 && feed->n_held >= MAX_HELD_BYTES);
}

static bool wait_for_room(struct feed *feed, struct batch **batch)
{
	pthread_mutex_lock(&feed->lock);
	while (is_full(feed) && !feed->stop)
		pthread_cond_wait(&feed->changed, &feed->lock);
	*batch = feed->stop ? NULL :
		&feed->batches[(feed->first + feed->n_full) % N_BATCHES];
	pthread_mutex_unlock(&feed->lock);
	return *batch != NULL;
}

static void hand_over(struct feed *feed, const struct batch *batch)
{
	pthread_mutex_lock(&feed->lock);
	feed->n_full++;
	feed->n_held += batch->n_bytes;
	feed->has_read_all = batch->is_last;
	pthread_cond_signal(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
}

static void open_bundle(struct feed *feed)
{
	struct bundle *bundle = bundle_open(feed->path, feed->keys, NULL,
		&feed->open_err);

	if (bundle != NULL)
		bundle_watch(bundle, note_progress, feed);
	pthread_mutex_lock(&feed->lock);
	feed->bundle = bundle;
	feed->is_opened = true;
	pthread_cond_signal(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
}

static void pack_manifest(struct feed *feed)
{
	size_t n;
	const char *bytes = bundle_manifest_bytes(feed->bundle, &n);

	(void)packer_pack(feed->packer, bytes, n, &feed->manifest);
	pthread_mutex_lock(&feed->lock);
	feed->packed_manifest = true;
	pthread_cond_signal(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
}

static void *read_ahead(void *context)
{
	struct feed *feed = context;
	struct batch *batch;
	bool is_last = false;

	open_bundle(feed);
	if (feed->bundle != NULL)
		pack_manifest(feed);
	feed->reads_ahead = true;
	while (feed->bundle != NULL && !is_last &&
			wait_for_room(feed, &batch)) {
		fill(feed, batch);
		is_last = batch->is_last;
		hand_over(feed, batch);
	}
	return NULL;
}

static void wait_for_batch(struct feed *feed)
{
	if (!feed->has_thread) {
		fill(feed, &feed->batches[feed->first]);
		return;
	}
	pthread_mutex_lock(&feed->lock);
	while (feed->n_full == 0)
		pthread_cond_wait(&feed->changed, &feed->lock);
	pthread_mutex_unlock(&feed->lock);
}

/* Room for the largest items is not kept for each. */
static void forget_large(struct batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (batch->items[i].bytes.len > KEPT_BYTES) {
			str_wipe(&batch->items[i].bytes);
			str_wipe(&batch->items[i].packed);
		}
}

static void give_back(struct feed *feed)
{
	struct batch *batch = &feed->batches[feed->first];

	forget_large(batch);
	if (!feed->has_thread)
		return;
	pthread_mutex_lock(&feed->lock);
	feed->n_held -= batch->n_bytes;
	feed->first = (feed->first + 1) % N_BATCHES;
	feed->n_full--;
	pthread_cond_signal(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
}

/* --- for the caller --- */

static struct feed *feed_new(const char *path, const struct age_keys *keys)
{
	struct feed *feed = xcalloc(1, sizeof *feed);

	feed->path = xstrdup(path);
	feed->keys = keys;
	feed->packer = packer_new();
	feed->reader = xml_reader_new();
	str_init(&feed->manifest);
	for (size_t i = 0; i < N_BATCHES; i++)
		for (size_t k = 0; k < BATCH_ITEMS; k++) {
			str_init(&feed->batches[i].items[k].bytes);
			str_init(&feed->batches[i].items[k].packed);
			feed->batches[i].items[k].parsed =
				&feed->batches[i].parsed[k];
		}
	pthread_mutex_init(&feed->lock, NULL);
	pthread_cond_init(&feed->changed, NULL);
	return feed;
}

static struct feed *begin(const char *path, const struct age_keys *keys)
{
	struct feed *feed = feed_new(path, keys);

	feed->has_thread = has_second_processor() &&
		pthread_create(&feed->thread, NULL, read_ahead, feed) == 0;
	return feed;
}

void feed_early(struct feed **early, const char *path,
	const struct age_keys *keys)
{
	struct stat st;

	if (*early == NULL && has_second_processor() && stat(path, &st) == 0 &&
			S_ISREG(st.st_mode) && st.st_size <= LARGE_BYTES)
		*early = begin(path, keys);
}

struct feed *feed_take(struct feed **early, const char *path,
	const struct age_keys *keys)
{
	struct feed *feed = early != NULL ? *early : NULL;

	if (feed != NULL)
		*early = NULL;
	if (feed != NULL && feed->keys == keys &&
			strcmp(feed->path, path) == 0)
		return feed;
	feed_free(feed);
	return begin(path, keys);
}

struct bundle *feed_bundle(struct feed *feed, struct err *err)
{
	if (!feed->has_thread && !feed->is_opened)
		open_bundle(feed);
	pthread_mutex_lock(&feed->lock);
	while (!feed->is_opened)
		pthread_cond_wait(&feed->changed, &feed->lock);
	pthread_mutex_unlock(&feed->lock);
	if (feed->bundle == NULL && err != NULL)
		*err = feed->open_err;
	return feed->bundle;
}

const struct str *feed_manifest(struct feed *feed)
{
	if (!feed->has_thread && !feed->packed_manifest)
		pack_manifest(feed);
	pthread_mutex_lock(&feed->lock);
	while (!feed->packed_manifest)
		pthread_cond_wait(&feed->changed, &feed->lock);
	pthread_mutex_unlock(&feed->lock);
	return feed->manifest.len > 0 ? &feed->manifest : NULL;
}

void feed_watch(struct feed *feed, void (*progress)(void *context,
	uint64_t n_read, uint64_t n_all), void *context)
{
	feed->progress = progress;
	feed->context = context;
}

bool feed_has_read_all(struct feed *feed)
{
	bool has;

	pthread_mutex_lock(&feed->lock);
	has = feed->has_read_all;
	pthread_mutex_unlock(&feed->lock);
	return has;
}

bool feed_next(struct feed *feed, const struct feed_item **item,
	struct err *err)
{
	const struct batch *batch = &feed->batches[feed->first];

	while (!feed->has_batch || (feed->at == batch->n && !batch->is_last)) {
		if (feed->has_batch)
			give_back(feed);
		feed->has_batch = false;
		wait_for_batch(feed);
		feed->has_batch = true;
		feed->at = 0;
		batch = &feed->batches[feed->first];
		if (feed->progress != NULL)
			feed->progress(feed->context, batch->n_read,
				batch->n_all);
	}
	*item = feed->at < batch->n ? &batch->items[feed->at++] : NULL;
	if (*item != NULL || !batch->failed)
		return true;
	if (err != NULL)
		*err = batch->err;
	return false;
}

bool feed_check_rest(struct feed *feed, struct err *err)
{
	const struct feed_item *item;
	bool ok;

	pthread_mutex_lock(&feed->lock);
	feed->only_checks = true;
	pthread_mutex_unlock(&feed->lock);
	while ((ok = feed_next(feed, &item, err)) && item != NULL)
		;
	return ok;
}

static void stop_thread(struct feed *feed)
{
	if (!feed->has_thread)
		return;
	pthread_mutex_lock(&feed->lock);
	feed->stop = true;
	pthread_cond_signal(&feed->changed);
	pthread_mutex_unlock(&feed->lock);
	pthread_join(feed->thread, NULL);
}

void feed_free(struct feed *feed)
{
	if (feed == NULL)
		return;
	stop_thread(feed);
	pthread_mutex_destroy(&feed->lock);
	pthread_cond_destroy(&feed->changed);
	bundle_close(feed->bundle);
	str_release(&feed->manifest);
	for (size_t i = 0; i < N_BATCHES; i++)
		for (size_t k = 0; k < BATCH_ITEMS; k++) {
			str_wipe(&feed->batches[i].items[k].bytes);
			str_wipe(&feed->batches[i].items[k].packed);
			version_parsed_release(&feed->batches[i].parsed[k]);
		}
	packer_free(feed->packer);
	xml_reader_free(feed->reader);
	free(feed->path);
	free(feed);
}
