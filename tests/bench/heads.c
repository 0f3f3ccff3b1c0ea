/*
 * What opening a workspace costs, against libsodium alone.
 *
 *	heads make FOLDER N	a workspace of N records, drafts and sent ones
 *	heads open FOLDER	open it and read all heads, five times, in turns
 *				with a loop of libsodium over as many sealed
 *				texts of that size, in memory
 *	heads forget FOLDER N	remove N records, in a change each
 *
 * open prints: number, microseconds a head of libsodium, of the walk (smallest
 * of the five), and the most memory that was resident from when a passphrase
 * had been worked on until the first walk was done, in KiB (0: this system does
 * not tell).  forget prints: number, microseconds each.
 */
#include "config.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "field/forms.h"
#include "field/local.h"
#include "field/records.h"
#include "field/workspace.h"

enum { ROUNDS = 5, HEAD_BYTES = 512, ID_DIGITS = 36, AD_BYTES = 40 };

static const char form_xml[] =
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\""
	" xmlns:h=\"http://www.w3.org/1999/xhtml\">"
	"<h:head><h:title>Visit to a household</h:title><model><instance>"
	"<data id=\"visit\" version=\"2026112401\"><a/></data></instance>"
	"<bind nodeset=\"/data/a\" type=\"string\"/></model></h:head>"
	"<h:body><input ref=\"/data/a\"><label>A</label></input></h:body>"
	"</h:html>";

static int fail(const struct err *err)
{
	char text[800];

	fprintf(stderr, "heads: %s\n", err_text(err, text, sizeof text));
	return 2;
}

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* --- make --- */

/* A head as most records of a laptop have it: sent, of a standard form. */
static bool add_record(struct workspace *ws, const struct form_info *form,
	size_t i, struct err *err)
{
	struct record *record = record_make(ws, form);
	struct record_head *head = &record->head;
	char id[ID_DIGITS + 32];
	bool ok;

	snprintf(id, sizeof id, "uuid:%08zx-0000-4000-8000-000000000000", i);
	record_set_text(&head->instance_id, id);
	record_set_text(&head->name, "Household 4711");
	head->finished = head->created;
	head->has_final = true;
	head->size_bytes = 4000;
	randombytes_buf(head->sha256, sizeof head->sha256);
	head->bundle = 1 + i / 100;
	head->state = RECORD_PACKED;
	ok = record_save(record, err);
	record_close(record);
	return ok;
}

static bool add_records(struct workspace *ws, size_t n, struct err *err)
{
	struct form_info form;
	bool ok = forms_add(ws, form_xml, strlen(form_xml), "form.xml", NULL, 0,
		&form, NULL, err) && workspace_begin(ws, err);

	for (size_t i = 0; ok && i < n; i++)
		ok = add_record(ws, &form, i, err);
	ok = ok && workspace_commit(ws, err);
	form_info_release(&form);
	return ok;
}

static int make(const char *folder, size_t n)
{
	struct err err = ERR_INIT;
	struct workspace *ws = NULL;
	bool ok = workspace_create(folder, NULL, &err) &&
		(ws = workspace_open(folder, NULL, &err)) != NULL &&
		add_records(ws, n, &err);

	workspace_close(ws);
	return ok ? 0 : fail(&err);
}

/* --- open --- */

struct floor { uint8_t *texts, key[32]; size_t n, n_text; };

static void floor_make(struct floor *floor, size_t n)
{
	static const uint8_t ad[AD_BYTES];

	floor->n = n;
	floor->n_text = 24 + HEAD_BYTES + 16;
	floor->texts = xmalloc(n * floor->n_text);
	randombytes_buf(floor->key, sizeof floor->key);
	for (size_t i = 0; i < n; i++) {
		uint8_t *text = floor->texts + i * floor->n_text;

		randombytes_buf(text, 24);
		memset(text + 24, 0, HEAD_BYTES);
		crypto_aead_xchacha20poly1305_ietf_encrypt(text + 24, NULL,
			text + 24, HEAD_BYTES, ad, sizeof ad, NULL, text,
			floor->key);
	}
}

static double floor_us(const struct floor *floor)
{
	static const uint8_t ad[AD_BYTES];
	uint8_t plain[HEAD_BYTES];
	double start = now_us();

	for (size_t i = 0; i < floor->n; i++) {
		const uint8_t *text = floor->texts + i * floor->n_text;

		if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, NULL,
				NULL, text + 24, HEAD_BYTES + 16, ad, sizeof ad,
				text, floor->key) != 0)
			abort();
	}
	return (now_us() - start) / (double)floor->n;
}

static bool count(void *context, const struct record_head *head)
{
	(void)head;
	++*(size_t *)context;
	return true;
}

/* Opening and reading: without a passphrase, so without Argon2. */
static double walk_us(const char *folder, size_t *n, struct err *err)
{
	double start = now_us();
	struct workspace *ws = workspace_open(folder, NULL, err);
	bool ok = ws != NULL;

	*n = 0;
	ok = ok && records_each(ws, count, n, err);
	workspace_close(ws);
	return ok && *n > 0 ? (now_us() - start) / (double)*n : -1;
}

static bool peak_is_ours;

/* What Argon2 used is given back, so it counts no more. */
static void spend_argon(void)
{
	static const uint8_t salt[SEAL_SALT_BYTES];
	uint8_t key[SEAL_KEY_BYTES];
	FILE *peak;

	if (!seal_key_from_passphrase("twelve quiet apples", salt, key, NULL))
		abort();
	peak = fopen("/proc/self/clear_refs", "w");
	if (peak == NULL)
		return;		/* root only, once the keys are guarded */
	fputs("5", peak);	/* the peak begins at what there is now */
	fclose(peak);
	peak_is_ours = true;
}

static long peak_kib(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long kib = 0;

	while (peak_is_ours && status != NULL && fgets(line, sizeof line, status) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (status != NULL)
		fclose(status);
	return kib;
}

static int open_folder(const char *folder)
{
	struct err err = ERR_INIT;
	struct floor floor = { 0 };
	double best = 0, best_floor = 0;
	long kib = 0;
	size_t n;

	spend_argon();
	for (int i = 0; i < ROUNDS; i++) {
		double us = walk_us(folder, &n, &err), alone;

		if (us < 0)
			return fail(&err);
		if (i == 0) {
			kib = peak_kib();
			floor_make(&floor, n);
		}
		alone = floor_us(&floor);
		best = i == 0 || us < best ? us : best;
		best_floor = i == 0 || alone < best_floor ? alone : best_floor;
	}
	printf("%zu %.4f %.4f %ld\n", n, best_floor, best, kib);
	free(floor.texts);
	return 0;
}

/* --- forget --- */

struct some { VEC(int64_t) ids; size_t wanted; };

static bool take(void *context, const struct record_head *head)
{
	struct some *some = context;

	vec_push(&some->ids, head->id);
	return some->ids.n < some->wanted;
}

static int forget(const char *folder, size_t n)
{
	struct err err = ERR_INIT;
	struct workspace *ws = workspace_open(folder, NULL, &err);
	struct some some = { { NULL, 0, 0 }, n };
	bool ok = ws != NULL && records_each(ws, take, &some, &err);
	double start = now_us();

	for (size_t i = 0; ok && i < some.ids.n; i++)
		ok = records_purge(ws, &some.ids.items[i], 1, &err);
	if (ok)
		printf("%zu %.1f\n", some.ids.n,
			(now_us() - start) / (double)some.ids.n);
	vec_release(&some.ids);
	workspace_close(ws);
	return ok ? 0 : fail(&err);
}

int main(int argc, char **argv)
{
	size_t n = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;

	if (argc == 4 && strcmp(argv[1], "make") == 0)
		return make(argv[2], n);
	if (argc == 3 && strcmp(argv[1], "open") == 0)
		return open_folder(argv[2]);
	if (argc == 4 && strcmp(argv[1], "forget") == 0)
		return forget(argv[2], n);
	fputs("usage: heads make FOLDER N | open FOLDER | forget FOLDER N\n",
		stderr);
	return 2;
}
