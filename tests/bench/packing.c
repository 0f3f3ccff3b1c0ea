/*
 * What packing costs, against zlib alone.
 *
 *	packing make FOLDER N BYTES ATTACHED	a workspace in a project, with N
 *				ready records of about so many bytes, each with
 *				an attached file of so many (0: none)
 *	packing pack FOLDER FILE	pack all into FILE, FILE.2 ... as if none
 *				had been sent
 *	packing floor FOLDER FILE	the tar inside of FILE, through zlib at the
 *				level of bundles
 *
 * pack prints: records, bundles, seconds of processor, and the most memory that
 * was resident while packing, in KiB.  floor prints: bytes of tar, seconds.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "crypt/age.h"
#include "field/forms.h"
#include "field/pack.h"
#include "field/records.h"
#include "field/workspace.h"
#include "trust/device.h"
#include "trust/project.h"

enum { LEVEL = 6, STEP = 64 << 10, MAX_FILE = 1 << 30 };

static const char form_xml[] =
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\""
	" xmlns:h=\"http://www.w3.org/1999/xhtml\""
	" xmlns:bayaz=\"urn:x-bayaz:forms\">"
	"<h:head><h:title>Visit to a household</h:title><model><instance>"
	"<data id=\"visit\" version=\"1\" bayaz:class=\"standard\"><a/></data>"
	"</instance><bind nodeset=\"/data/a\" type=\"string\"/></model></h:head>"
	"<h:body><input ref=\"/data/a\"><label>A</label></input></h:body>"
	"</h:html>";

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- make --- */

/* Who can read it: kept beside the workspace, in the clear. */
static bool keep_reader(const char *folder, const struct age_identity *reader,
	struct err *err)
{
	char *path = path_join(folder, "reader.key");
	char text[AGE_IDENTITY_TEXT];
	bool ok;

	age_identity_format(reader, text);
	ok = file_write(path, text, strlen(text), 0600, err);
	free(path);
	return ok;
}

static bool join(struct workspace *ws, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_policy policy = { false };
	struct trust_recovery recovery;
	struct trust_secrets secrets;
	struct trust_project project;
	struct trust_device device;
	struct str out = STR_INIT;
	char *json;
	bool ok;

	if (!trust_project_new("Bench", "2026-11-24", false, policy, &project,
			&secrets, &recovery, err) ||
			!trust_device_new("KP-031", &device, err))
		return false;
	json = trust_project_print(&project);
	trust_sign(&text, json, &secrets.project);
	trust_signed_join(&text, &out);
	ok = workspace_put_secret(ws, WORKSPACE_PROJECT, out.data, out.len, err);
	str_clear(&out);
	trust_device_print(&device, &out);
	ok = ok && workspace_put_secret(ws, WORKSPACE_DEVICE, out.data,
			out.len, err) &&
		keep_reader(workspace_folder(ws),
			&secrets.readers[TRUST_STANDARD], err);
	str_release(&out);
	trust_signed_release(&text);
	free(json);
	return ok;
}

/* As records are: names of nodes that repeat, numbers and words that do not. */
static void write_record(struct str *xml, size_t i, size_t n_bytes)
{
	unsigned state = (unsigned)i * 2654435761u + 1;

	str_addf(xml, "<data id=\"visit\" version=\"1\"><visit>");
	for (int k = 0; xml->len < n_bytes; k++) {
		state = state * 1664525u + 1013904223u;
		str_addf(xml, "<question_%d>%u</question_%d>", k % 40,
			state >> 12, k % 40);
	}
	str_addf(xml, "</visit><meta><instanceID>uuid:%08zx-0000</instanceID>"
		"</meta></data>", i);
}

static bool add_record(struct workspace *ws, const struct form_info *form,
	size_t i, size_t n_bytes, const char *attached, struct err *err)
{
	const struct record_file file = { "photo.jpg", attached };
	char id[64];
	struct str xml = STR_INIT;
	struct record_final final = { .instance_id = id };
	bool added, ok;

	snprintf(id, sizeof id, "uuid:%08zx-0000", i);
	write_record(&xml, i, n_bytes);
	final.xml = xml.data;
	final.n_bytes = xml.len;
	ok = records_import(ws, form, &final, NULL, &file, attached != NULL,
		&added, NULL, err);
	str_release(&xml);
	return ok;
}

/* A file of noise, another for each record. */
static bool write_noise(const char *path, size_t n_bytes, struct err *err)
{
	char *noise = xmalloc(n_bytes);
	bool ok;

	crypt_random(noise, n_bytes);
	ok = file_write(path, noise, n_bytes, 0600, err);
	free(noise);
	return ok;
}

static bool add_records(struct workspace *ws, size_t n, size_t n_bytes,
	size_t n_attached, struct err *err)
{
	char *path = path_join(workspace_folder(ws), "noise");
	struct form_info form;
	bool ok = forms_add(ws, form_xml, strlen(form_xml), "form.xml", NULL, 0,
		&form, NULL, err) && workspace_begin(ws, err);

	for (size_t i = 0; ok && i < n; i++)
		ok = (n_attached == 0 || write_noise(path, n_attached, err)) &&
			add_record(ws, &form, i, n_bytes,
				n_attached > 0 ? path : NULL, err);
	ok = ok && workspace_commit(ws, err);
	form_info_release(&form);
	free(path);
	return ok;
}

static bool make(char **words, struct err *err)
{
	struct workspace *ws = NULL;
	bool ok = workspace_create(words[0], NULL, err) &&
		(ws = workspace_open(words[0], NULL, err)) != NULL &&
		join(ws, err) && add_records(ws, strtoul(words[1], NULL, 10),
			strtoul(words[2], NULL, 10),
			strtoul(words[3], NULL, 10), err);

	workspace_close(ws);
	return ok;
}

/* --- pack --- */

static bool pack(char **words, struct err *err)
{
	struct pack_options options = { .again = true };
	struct pack_result result = { .n_left = 1 };
	size_t n_records = 0, n_bundles = 0;
	struct workspace *ws = workspace_open(words[0], NULL, err);
	double began = now();
	struct rusage usage;
	bool ok = ws != NULL;

	for (; ok && result.n_left > 0; n_bundles++) {
		char *path = n_bundles == 0 ? xstrdup(words[1]) :
			str_format("%s.%zu", words[1], n_bundles + 1);

		unlink(path);
		ok = pack_ready(ws, path, &options, &result, NULL, err);
		if (options.again_before == 0)
			options.again_before = result.sequence;
		n_records += result.n_records;
		free(path);
	}
	getrusage(RUSAGE_SELF, &usage);
	if (ok)
		printf("%zu %zu %.4f %ld\n", n_records, n_bundles,
			now() - began, usage.ru_maxrss);
	workspace_close(ws);
	return ok;
}

/* --- floor --- */

static void inflate_all(const struct str *zipped, struct str *tar)
{
	z_stream z = { .next_in = (Bytef *)zipped->data,
		.avail_in = (uInt)zipped->len };
	int status = Z_OK;

	if (inflateInit2(&z, 31) != Z_OK)
		abort();
	while (status == Z_OK) {
		z.next_out = (Bytef *)str_room(tar, STEP);
		z.avail_out = STEP;
		status = inflate(&z, Z_NO_FLUSH);
		str_grew(tar, STEP - z.avail_out);
	}
	inflateEnd(&z);
}

static void deflate_all(const struct str *tar)
{
	static Bytef out[STEP];
	z_stream z = { .next_in = (Bytef *)tar->data };

	if (deflateInit2(&z, LEVEL, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) !=
			Z_OK)
		abort();
	for (size_t at = 0; at < tar->len || z.avail_out == 0; ) {
		size_t n = tar->len - at < STEP ? tar->len - at : STEP;

		z.avail_in = (uInt)n;
		at += n;
		do {
			z.next_out = out;
			z.avail_out = STEP;
			deflate(&z, at == tar->len ? Z_FINISH : Z_NO_FLUSH);
		} while (z.avail_out == 0);
	}
	deflateEnd(&z);
}

static bool floor_of(char **words, struct err *err)
{
	char *key = path_join(words[0], "reader.key");
	struct str sealed = STR_INIT, zipped = STR_INIT, tar = STR_INIT;
	struct age_keys keys = { NULL, 0, NULL };
	struct age_identity *identities = NULL;
	double began;
	bool ok = age_identities_read(key, &identities, &keys.n_identities,
			err) &&
		file_read(words[1], MAX_FILE, &sealed, err);

	keys.identities = identities;
	ok = ok && age_decrypt_bytes(&keys, sealed.data, sealed.len, MAX_FILE,
		&zipped, err);
	if (ok) {
		inflate_all(&zipped, &tar);
		began = now();
		deflate_all(&tar);
		printf("%zu %.4f\n", tar.len, now() - began);
	}
	age_identities_free(identities, keys.n_identities);
	str_release(&sealed);
	str_release(&zipped);
	str_release(&tar);
	free(key);
	return ok;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	char text[800];
	bool ok = crypt_init(&err);

	if (ok && argc == 6 && strcmp(argv[1], "make") == 0)
		ok = make(argv + 2, &err);
	else if (ok && argc == 4 && strcmp(argv[1], "pack") == 0)
		ok = pack(argv + 2, &err);
	else if (ok && argc == 4 && strcmp(argv[1], "floor") == 0)
		ok = floor_of(argv + 2, &err);
	else if (ok)
		ok = err_set(&err, ERR_USAGE, "wrong arguments");
	if (!ok)
		fprintf(stderr, "packing: %s\n",
			err_text(&err, text, sizeof text));
	return ok ? 0 : 2;
}
