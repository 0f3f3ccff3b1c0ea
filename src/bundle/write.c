#include "config.h"

#include "bundle/write.h"

#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "bundle/pack.h"
#include "bundle/tar.h"

uint64_t bundle_padded_size(uint64_t n_bytes)
{
	unsigned e = 0, s = 0;
	uint64_t mask;

	if (n_bytes < 2)
		return n_bytes;
	while (n_bytes >> (e + 1) != 0)
		e++;			/* log2 of the size */
	while (e >> (s + 1) != 0)
		s++;			/* log2 of that */
	mask = (UINT64_C(1) << (e - (s + 1))) - 1;
	return (n_bytes + mask) & ~mask;
}

static bool hash_piece(void *context, const void *bytes, size_t n_bytes,
	struct err *err UNUSED)
{
	sha256_add(context, bytes, n_bytes);
	return true;
}

static bool hash_source(const struct bundle_source *source,
	char sha256[SHA256_HEX_BYTES], struct err *err)
{
	struct sha256 hash;

	if (source->sha256 != NULL) {
		hex_encode(source->sha256, SHA256_BYTES, sha256);
		return true;
	}
	sha256_init(&hash);
	if (!source_each(source, hash_piece, &hash, err))
		return false;
	sha256_end_hex(&hash, sha256);
	return true;
}

static bool name_entry(struct manifest_entry *entry,
	const struct bundle_source *source, struct err *err)
{
	if (source->n_bytes > TAR_MAX_SIZE)
		return err_set(err, ERR_LIMIT,
			_("an entry is too large for a bundle"));
	if (!hash_source(source, entry->sha256, err))
		return false;
	entry_name(entry->kind, entry->sha256, entry->name);
	entry->size_bytes = source->n_bytes;
	return true;
}

struct packed { struct manifest_entry entry; const struct bundle_source *from; };

/* By name, and the first given first. */
static int by_name(const void *a, const void *b)
{
	const struct packed *left = a, *right = b;
	int order = strcmp(left->entry.name, right->entry.name);

	return order != 0 ? order : (left->from > right->from) -
		(left->from < right->from);
}

/* Name all entries, sort them, and leave out what is there twice.  The array
 * of sources that belongs to them is for free(). */
static const struct bundle_source **order_entries(struct manifest *manifest,
	const struct bundle_source *sources, struct err *err)
{
	size_t n = manifest->entries.n, n_kept = 0;
	struct manifest_entry *items = manifest->entries.items;
	struct packed *all = xcalloc(n + 1, sizeof *all);
	const struct bundle_source **from = xcalloc(n + 1, sizeof *from);

	for (size_t i = 0; i < n; i++) {
		if (!name_entry(&items[i], &sources[i], err)) {
			free(all);
			free(from);
			return NULL;
		}
		all[i].entry = items[i];
		all[i].from = &sources[i];
	}
	qsort(all, n, sizeof *all, by_name);
	for (size_t i = 0; i < n; i++) {
		if (n_kept > 0 && strcmp(items[n_kept - 1].name,
				all[i].entry.name) == 0)
			continue;
		items[n_kept] = all[i].entry;
		from[n_kept++] = all[i].from;
	}
	manifest->entries.n = n_kept;
	free(all);
	return from;
}

/* Where the bytes of all go, and how far it is. */
struct writing {
	struct pack pack;
	byte_sink *sink;
	void *context;
	const struct bundle_to *to;
	uint64_t n_in, n_out;
	struct sha256 hash;		/* of the entry that is written */
};

static bool count_out(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	struct writing *w = context;

	w->n_out += n_bytes;
	return w->sink(w->context, bytes, n_bytes, err);
}

static bool put_piece(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	struct writing *w = context;

	sha256_add(&w->hash, bytes, n_bytes);
	w->n_in += n_bytes;
	if (w->to->progress != NULL)
		w->to->progress(w->to->context, w->n_in, w->n_out);
	return pack_put(&w->pack, bytes, n_bytes, err);
}

static bool is_other(const struct manifest_entry *entry,
	const struct bundle_source *source, struct err *err)
{
	if (source->failed != NULL)
		source->failed(source->context);
	return err_set(err, ERR_CONFLICT, _("'%s' changed while it was packed"),
		entry->name);
}

static bool put_entry(struct writing *w, const struct manifest_entry *entry,
	const struct bundle_source *source, struct err *err)
{
	char again[SHA256_HEX_BYTES];

	sha256_init(&w->hash);
	if (!pack_header(&w->pack, entry->name, entry->size_bytes, err) ||
			!source_each(source, put_piece, w, err) ||
			!pack_padding(&w->pack, entry->size_bytes, err))
		return false;
	sha256_end_hex(&w->hash, again);
	return strcmp(again, entry->sha256) == 0 ||
		is_other(entry, source, err);
}

/* Everything that is decided before the first byte goes out. */
struct made {
	const struct bundle_source **from;
	char *manifest;
	size_t n_manifest;
	struct str signature;
};

static bool make(struct made *made, struct manifest *manifest,
	const struct bundle_source *sources, const struct bundle_to *to,
	struct err *err)
{
	struct minisign_public public_key;
	char key_text[MINISIGN_PUBLIC_TEXT], *comment;

	minisign_key_public(to->signer, &public_key);
	minisign_public_format(&public_key, key_text);
	manifest->device_key = arena_strdup(manifest->arena, key_text);
	made->from = order_entries(manifest, sources, err);
	if (made->from == NULL)
		return false;
	made->manifest = manifest_print(manifest);
	made->n_manifest = strlen(made->manifest);
	if (made->n_manifest > BUNDLE_MAX_MANIFEST)
		return err_set(err, ERR_LIMIT,
			_("there are too many entries for one bundle"));
	comment = str_format("bayaz bundle project:%s sequence:%lld",
		manifest->project != NULL ? manifest->project : "-",
		(long long)manifest->sequence);
	minisign_sign(to->signer, made->manifest, made->n_manifest, comment,
		&made->signature);
	free(comment);
	return true;
}

static bool put_all(struct writing *w, const struct made *made,
	const struct manifest *manifest, struct err *err)
{
	struct pack *pack = &w->pack;

	if (!pack_file(pack, BUNDLE_MANIFEST, made->manifest,
			made->n_manifest, err) ||
			!pack_file(pack, BUNDLE_SIGNATURE,
				made->signature.data, made->signature.len,
				err))
		return false;
	for (size_t i = 0; i < manifest->entries.n; i++)
		if (!put_entry(w, &manifest->entries.items[i],
				made->from[i], err))
			return false;
	return pack_finish(pack, pack->age != NULL ? bundle_padded_size :
		NULL, err);
}

static bool write_to(byte_sink *sink, void *context,
	struct manifest *manifest, const struct bundle_source *sources,
	const struct bundle_to *to, char manifest_sha256[SHA256_HEX_BYTES],
	struct err *err)
{
	struct made made = { NULL, NULL, 0, STR_INIT };
	struct writing w = { .sink = sink, .context = context, .to = to };
	bool ok = make(&made, manifest, sources, to, err) &&
		pack_begin(&w.pack, count_out, &w, to->age, err) &&
		put_all(&w, &made, manifest, err);

	if (ok && manifest_sha256 != NULL)
		sha256_hex(made.manifest, made.n_manifest, manifest_sha256);
	pack_release(&w.pack);
	str_release(&made.signature);
	free(made.manifest);
	free(made.from);
	return ok;
}

static bool to_file(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	return file_put(context, bytes, n_bytes, err);
}

bool bundle_write(const char *path, struct manifest *manifest,
	const struct bundle_source *sources, const struct bundle_to *to,
	char manifest_sha256[SHA256_HEX_BYTES], struct err *err)
{
	struct file_out out;
	bool ok;

	if (!file_create(&out, path, to->file_mode != 0 ? to->file_mode :
			0644, err))
		return false;
	ok = write_to(to_file, &out, manifest, sources, to, manifest_sha256,
			err) &&
		(to->before_name == NULL || (file_settle(&out, err) &&
			to->before_name(to->context, err))) &&
		file_commit(&out, err);
	file_discard(&out);
	return ok;
}

bool bundle_write_bytes(struct str *out, struct manifest *manifest,
	const struct bundle_source *sources, const struct bundle_to *to,
	char manifest_sha256[SHA256_HEX_BYTES], struct err *err)
{
	size_t before = out->len;

	if (write_to(pack_to_str, out, manifest, sources, to, manifest_sha256,
			err))
		return true;
	str_cut(out, before);
	return false;
}
