/*
 * Makes the files that the tests give to other programs:
 *
 *	bundle_tool write OUT RECIPIENT DEVICE.pub	for an age1... key
 *	bundle_tool words OUT PASSPHRASE DEVICE.pub	for a passphrase
 *	bundle_tool plain OUT DEVICE.pub		not encrypted
 *	bundle_tool keys SECRET.key DEVICE.key DEVICE.pub
 *	bundle_tool sealed OUT RECIPIENT		a protected record
 *	bundle_tool unseal FILE SECRET.key		prints its record
 *	bundle_tool strip PICTURE OUT			without metadata
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "bundle/sealed.h"
#include "bundle/write.h"
#include "field/strip.h"

static const struct bundle_source sources[] = {
	{ .bytes = "<data id=\"household\"><a>1</a></data>\n", .n_bytes = 36 },
	{ .bytes = "\xff\xd8\xff\xe0 not a real photo", .n_bytes = 21 },
	{ .bytes = "", .n_bytes = 0 },
	{ .bytes = "<h:html xmlns:h=\"http://www.w3.org/1999/xhtml\"/>\n",
	  .n_bytes = 49 },
};

static void fill(struct manifest *m, struct manifest_file *photo)
{
	struct manifest_entry *entry;

	manifest_init(m);
	m->kind = "up";
	m->project = "0123456789abcdef";
	m->device_name = "KP-031";
	m->sequence = 7;
	m->date = "2026-11-23";
	sha256_hex(sources[1].bytes, sources[1].n_bytes, photo->sha256);
	photo->name = "photo.jpg";
	entry = manifest_add(m, ENTRY_RECORD);
	entry->class_ = "standard";
	entry->form_id = "household";
	entry->form_version = "3";
	entry->instance_id = "uuid:5e0f2a36-1d7c-4bd4-8f5e-0c6a4b0f8a11";
	entry->finished = "2026-11-22T10:00:00+05:00";
	entry->files = photo;
	entry->n_files = 1;
	manifest_add(m, ENTRY_FILE);
	manifest_add(m, ENTRY_LIST)->label = "villages";
	entry = manifest_add(m, ENTRY_FORM);
	entry->form_id = "household";
	entry->form_version = "3";
}

static bool write_bundle(const char *out, const struct age_to *age,
	const char *device, struct err *err)
{
	struct minisign_public public_key;
	struct manifest_file photo;
	struct minisign_key key;
	struct bundle_to to = { .age = age, .signer = &key };
	struct str text = STR_INIT;
	struct manifest m;
	bool ok;

	minisign_key_new(&key);
	minisign_key_public(&key, &public_key);
	minisign_public_file(&public_key, &text);
	fill(&m, &photo);
	ok = bundle_write(out, &m, sources, &to, NULL, err) &&
		file_write(device, text.data, text.len, 0644, err);
	manifest_release(&m);
	str_release(&text);
	return ok;
}

static bool write_keys(char **names, struct err *err)
{
	struct age_identity identity;
	struct minisign_public public_key;
	struct minisign_key key;
	struct str files[3] = { STR_INIT, STR_INIT, STR_INIT };
	char text[AGE_IDENTITY_TEXT];
	bool ok = true;

	age_identity_new(&identity);
	age_identity_format(&identity, text);
	str_addf(&files[0], "%s\n", text);
	minisign_key_new(&key);
	minisign_key_public(&key, &public_key);
	minisign_key_file(&key, &files[1]);
	minisign_public_file(&public_key, &files[2]);
	for (int i = 0; i < 3; i++) {
		ok = ok && file_write(names[i], files[i].data, files[i].len,
			0600, err);
		str_wipe(&files[i]);
	}
	return ok;
}

static bool write_sealed(const char *out, const struct age_to *to,
	struct err *err)
{
	static const struct sealed_part parts[] = {
		{ SEALED_RECORD, "<data>secret</data>\n", 20 },
		{ "note.txt", "a note\n", 7 },
		{ "a-name-of-more-than-one-hundred-bytes-"
		  "which-the-old-header-of-tar-cannot-hold-and-"
		  "an-extended-one-can.txt", "long\n", 5 },
	};
	char sha256[SHA256_HEX_BYTES];
	struct str bytes = STR_INIT;
	bool ok = sealed_make(parts, 3, to, &bytes, sha256, err) &&
		file_write(out, bytes.data, bytes.len, 0644, err);

	str_release(&bytes);
	return ok;
}

static bool unseal(const char *path, const char *key, struct err *err)
{
	struct age_keys keys = { NULL, 0, NULL };
	struct age_identity *identities = NULL;
	const struct sealed_part *part;
	struct str bytes = STR_INIT;
	struct sealed sealed = { NULL, 0, STR_INIT };
	bool ok = age_identities_read(key, &identities, &keys.n_identities,
		err) && file_read(path, 1 << 20, &bytes, err);

	keys.identities = identities;
	ok = ok && sealed_open(&sealed, bytes.data, bytes.len, &keys, 1 << 20,
		err);
	part = ok ? sealed_find(&sealed, SEALED_RECORD) : NULL;
	if (part != NULL)
		fwrite(part->bytes, 1, part->n_bytes, stdout);
	sealed_release(&sealed);
	age_identities_free(identities, keys.n_identities);
	str_release(&bytes);
	return part != NULL;
}

static bool from_stream(void *context, void *buffer, size_t size, size_t *n,
	struct err *err)
{
	(void)err;
	*n = fread(buffer, 1, size, context);
	return true;
}

static bool strip_picture(const char *from, const char *to, struct err *err)
{
	FILE *stream = fopen(from, "rb");
	struct strip *strip;
	struct str out = STR_INIT;
	char buffer[4096];
	size_t n = 1;
	bool ok = true;

	if (stream == NULL)
		return err_set(err, ERR_IO, "cannot open '%s'", from);
	strip = strip_new(from_stream, stream, from);
	while (ok && n > 0) {
		ok = strip_read(strip, buffer, sizeof buffer, &n, err);
		str_addn(&out, buffer, ok ? n : 0);
	}
	strip_free(strip);
	fclose(stream);
	ok = ok && file_write(to, out.data, out.len, 0644, err);
	str_release(&out);
	return ok;
}

static bool run(int argc, char **argv, struct err *err)
{
	struct age_recipient recipient;
	struct age_to to = { &recipient, 1, NULL, 0 };
	struct age_to words = { NULL, 0, argc > 3 ? argv[3] : NULL, 10 };
	const char *verb = argc > 2 ? argv[1] : "";

	if (argc == 5 && strcmp(verb, "write") == 0)
		return age_recipient_parse(argv[3], &recipient, err) &&
			write_bundle(argv[2], &to, argv[4], err);
	if (argc == 5 && strcmp(verb, "words") == 0)
		return write_bundle(argv[2], &words, argv[4], err);
	if (argc == 4 && strcmp(verb, "plain") == 0)
		return write_bundle(argv[2], NULL, argv[3], err);
	if (argc == 5 && strcmp(verb, "keys") == 0)
		return write_keys(argv + 2, err);
	if (argc == 4 && strcmp(verb, "sealed") == 0)
		return age_recipient_parse(argv[3], &recipient, err) &&
			write_sealed(argv[2], &to, err);
	if (argc == 4 && strcmp(verb, "unseal") == 0)
		return unseal(argv[2], argv[3], err);
	if (argc == 4 && strcmp(verb, "strip") == 0)
		return strip_picture(argv[2], argv[3], err);
	return err_set(err, ERR_USAGE, "wrong arguments");
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;

	if (crypt_init(&err) && run(argc, argv, &err))
		return 0;
	fprintf(stderr, "bundle_tool: %s\n", err.message);
	return 1;
}
