#include "config.h"

#include "field/keys.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/wipe.h"
#include "crypt/crypt.h"

#define MAGIC "bayazky1"

/* Offsets in a slot; numbers are little endian. */
enum {
	AT_MAGIC = 0,
	AT_KIND = 8,
	AT_SERIAL = 12,
	AT_ID = 16,
	AT_SALT = 32,
	AT_PASSES = 48,
	AT_MEMORY_KIB = 52,
	AT_LENGTH = 56,
	AT_KEY = 60,
	AT_CHECK = KEYS_SLOT_BYTES - 32,
	ARGON_PASSES = 3,
	ARGON_MEMORY_KIB = 65536,
};

static void put32(uint8_t *to, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(number >> (8 * i));
}

static uint32_t get32(const uint8_t *from)
{
	return (uint32_t)from[0] | (uint32_t)from[1] << 8 |
		(uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
}

void keys_renew(struct keys *keys)
{
	seal_key_new(keys->store);
	seal_key_new(keys->wrapping);
	crypt_random(keys->wrapping_id, sizeof keys->wrapping_id);
}

bool keys_set_passphrase(struct keys *keys, const char *passphrase,
	struct err *err)
{
	keys->kind = passphrase != NULL ? KEYS_PASSPHRASE : KEYS_OPEN;
	crypt_random(keys->salt, sizeof keys->salt);
	wipe(keys->passphrase, sizeof keys->passphrase);
	if (passphrase == NULL)
		return true;
	return seal_key_from_passphrase(passphrase, keys->salt,
		keys->passphrase, err);
}

bool keys_make(struct keys *keys, const char *passphrase, struct err *err)
{
	memset(keys, 0, sizeof *keys);
	keys_renew(keys);
	for (int i = 0; i < KEYS_BUCKETS; i++)
		seal_key_new(keys->buckets[i]);
	return keys_set_passphrase(keys, passphrase, err);
}

/* --- a slot as bytes --- */

static void slot_fill(const struct keys *keys, uint8_t slot[KEYS_SLOT_BYTES])
{
	struct str sealed = STR_INIT;

	memset(slot, 0, KEYS_SLOT_BYTES);
	memcpy(slot + AT_MAGIC, MAGIC, 8);
	put32(slot + AT_KIND, (uint32_t)keys->kind);
	put32(slot + AT_SERIAL, keys->serial);
	memcpy(slot + AT_ID, keys->wrapping_id, KEYS_ID_BYTES);
	memcpy(slot + AT_SALT, keys->salt, SEAL_SALT_BYTES);
	put32(slot + AT_PASSES, ARGON_PASSES);
	put32(slot + AT_MEMORY_KIB, ARGON_MEMORY_KIB);
	if (keys->kind == KEYS_OPEN)
		str_addn(&sealed, keys->wrapping, SEAL_KEY_BYTES);
	else
		seal_bytes(keys->passphrase, slot, AT_LENGTH, keys->wrapping,
			SEAL_KEY_BYTES, 0, &sealed);
	put32(slot + AT_LENGTH, (uint32_t)sealed.len);
	memcpy(slot + AT_KEY, sealed.data, sealed.len);
	str_wipe(&sealed);
	sha256_bytes(slot, AT_CHECK, slot + AT_CHECK);
}

static bool slot_is_whole(const uint8_t slot[KEYS_SLOT_BYTES])
{
	uint8_t check[32];
	uint32_t length = get32(slot + AT_LENGTH);

	if (memcmp(slot, MAGIC, 8) != 0)
		return false;
	sha256_bytes(slot, AT_CHECK, check);
	return memcmp(check, slot + AT_CHECK, 32) == 0 &&
		length <= AT_CHECK - AT_KEY;
}

static bool slot_is_empty(const uint8_t slot[KEYS_SLOT_BYTES])
{
	for (int i = 0; i < KEYS_SLOT_BYTES; i++)
		if (slot[i] != 0)
			return false;
	return true;
}

/* Keys of `to_bytes` bytes, opened with `key` in locked memory. */
static bool open_key(const uint8_t key[SEAL_KEY_BYTES], const void *ad,
	size_t ad_bytes, const void *sealed, size_t n_bytes, void *to,
	size_t to_bytes)
{
	void *room;
	const char *plain;
	size_t n;
	bool ok;

	if (n_bytes != SEAL_OVERHEAD + to_bytes)
		return false;
	room = secret_new(n_bytes);
	ok = seal_open_into(key, ad, ad_bytes, sealed, n_bytes, room, &plain,
		&n) && n == to_bytes;
	if (ok)
		memcpy(to, plain, to_bytes);
	secret_free(room);
	return ok;
}

/* keys->passphrase holds what the passphrase gives, if there is one. */
static bool slot_open(struct keys *keys, const uint8_t *slot, struct err *err)
{
	uint32_t length = get32(slot + AT_LENGTH);

	if (keys->kind == KEYS_OPEN) {
		if (length != SEAL_KEY_BYTES)
			return err_set(err, ERR_SPEC,
				_("the file of keys is damaged"));
		memcpy(keys->wrapping, slot + AT_KEY, SEAL_KEY_BYTES);
		return true;
	}
	return open_key(keys->passphrase, slot, AT_LENGTH, slot + AT_KEY,
			length, keys->wrapping, SEAL_KEY_BYTES) ||
		err_set(err, ERR_CRYPTO,
			_("the passphrase does not open this workspace"));
}

static bool slot_passphrase(struct keys *keys, const uint8_t *slot,
	const char *passphrase, struct err *err)
{
	if (keys->kind == KEYS_OPEN)
		return true;
	if (get32(slot + AT_PASSES) != ARGON_PASSES ||
			get32(slot + AT_MEMORY_KIB) != ARGON_MEMORY_KIB)
		return err_set(err, ERR_SPEC,
			_("the file of keys was made by another version"));
	return seal_key_from_passphrase(passphrase, keys->salt,
		keys->passphrase, err);
}

/* --- the file --- */

/* FAT and its like take chmod() without doing it. */
bool keys_has_modes(const char *path)
{
	struct stat st;

	return chmod(path, 0400) == 0 && stat(path, &st) == 0 &&
		(st.st_mode & 0777) == 0400 && chmod(path, 0600) == 0 &&
		stat(path, &st) == 0 && (st.st_mode & 0777) == 0600;
}

bool keys_create(struct keys *keys, const char *path, struct err *err)
{
	uint8_t file[KEYS_FILE_BYTES] = { 0 };
	struct file_out out;
	bool ok;

	keys->slot = 0;
	keys->serial = 1;
	if (!file_create(&out, path, 0600, err))
		return false;
	if (keys->kind == KEYS_OPEN && !keys_has_modes(out.part)) {
		file_discard(&out);
		return err_set(err, ERR_REFUSED, _("cannot protect '%s': this "
			"file system keeps no modes, so a passphrase is needed"),
			path);
	}
	slot_fill(keys, file);
	ok = file_put(&out, file, sizeof file, err) && file_commit(&out, err);
	if (!ok)
		file_discard(&out);
	wipe(file, sizeof file);
	return ok;
}

static bool read_file(const char *path, struct str *bytes, struct err *err)
{
	struct err why = ERR_INIT;

	if (!file_exists(path))
		return err_set(err, ERR_NOTFOUND, _("there is no '%s'"), path);
	if (!file_read(path, KEYS_FILE_BYTES, bytes, &why)) {
		if (why.code == ERR_LIMIT)
			return err_set(err, ERR_SPEC, _("'%s' is damaged"), path);
		if (err != NULL)
			*err = why;
		return false;
	}
	if (bytes->len != KEYS_FILE_BYTES)
		return err_set(err, ERR_SPEC, _("'%s' is damaged"), path);
	return true;
}

static const uint8_t *slot_at(const struct str *bytes, int i)
{
	return (const uint8_t *)bytes->data + i * KEYS_SLOT_BYTES;
}

bool keys_kind(const char *path, int *kind, struct err *err)
{
	struct str bytes = STR_INIT;
	bool found = false, ok = read_file(path, &bytes, err);

	for (int i = 0; ok && i < 2; i++) {
		const uint8_t *slot = slot_at(&bytes, i);

		if (!slot_is_whole(slot))
			continue;
		*kind = found && *kind != (int)get32(slot + AT_KIND) ? 0 :
			(int)get32(slot + AT_KIND);
		found = true;
	}
	str_wipe(&bytes);
	if (ok && !found)
		return err_set(err, ERR_SPEC, _("'%s' is damaged"), path);
	return ok;
}

/* The whole slot of that id with the highest serial; -1: none. */
static int choose_slot(const struct str *bytes, const uint8_t *id)
{
	int best = -1;

	for (int i = 0; i < 2; i++) {
		const uint8_t *slot = slot_at(bytes, i);

		if (!slot_is_whole(slot) ||
				memcmp(slot + AT_ID, id, KEYS_ID_BYTES) != 0)
			continue;
		if (best < 0 || get32(slot + AT_SERIAL) >
				get32(slot_at(bytes, best) + AT_SERIAL))
			best = i;
	}
	return best;
}

/* The slot of that id; what it says in clear goes into `keys`. */
static const uint8_t *find_slot(struct keys *keys, const char *path,
	const struct str *bytes, const uint8_t *id, struct err *err)
{
	int chosen = choose_slot(bytes, id);
	const uint8_t *slot;

	if (chosen < 0) {
		err_set(err, ERR_CONFLICT,
			_("'%s' is not the file of keys of this workspace"), path);
		return NULL;
	}
	slot = slot_at(bytes, chosen);
	keys->slot = chosen;
	keys->kind = (int)get32(slot + AT_KIND);
	keys->serial = get32(slot + AT_SERIAL);
	memcpy(keys->wrapping_id, slot + AT_ID, KEYS_ID_BYTES);
	memcpy(keys->salt, slot + AT_SALT, SEAL_SALT_BYTES);
	keys->other_slot_used = !slot_is_empty(slot_at(bytes, 1 - chosen));
	return slot;
}

bool keys_kind_of(const char *path, const uint8_t wrapping_id[KEYS_ID_BYTES],
	int *kind, struct err *err)
{
	struct keys *keys = secret_new(sizeof *keys);
	struct str bytes = STR_INIT;
	bool ok = read_file(path, &bytes, err) && find_slot(keys, path, &bytes,
		wrapping_id, err) != NULL;

	*kind = keys->kind;
	str_wipe(&bytes);
	secret_free(keys);
	return ok;
}

static bool may_open(const struct keys *keys, const char *path,
	const char *passphrase, struct err *err)
{
	struct stat st;

	if (keys->kind == KEYS_PASSPHRASE) {
		if (passphrase != NULL)
			return true;
		return err_set(err, ERR_REFUSED,
			_("this workspace opens with a passphrase only"));
	}
	if (keys->kind != KEYS_OPEN)
		return err_set(err, ERR_SPEC,
			_("'%s' was made by a newer bayaz"), path);
	if (stat(path, &st) != 0)
		return err_set(err, ERR_IO, _("cannot read '%s': %s"), path,
			strerror(errno));
	if ((st.st_mode & 077) != 0)
		return err_set(err, ERR_REFUSED, _("'%s' is open to other "
			"people: its mode must be 0600"), path);
	return true;
}

bool keys_open(struct keys *keys, const char *path,
	const uint8_t wrapping_id[KEYS_ID_BYTES], const char *passphrase,
	struct err *err)
{
	struct str bytes = STR_INIT;
	const uint8_t *slot = NULL;
	bool ok;

	memset(keys, 0, sizeof *keys);
	if (read_file(path, &bytes, err))
		slot = find_slot(keys, path, &bytes, wrapping_id, err);
	ok = slot != NULL && may_open(keys, path, passphrase, err) &&
		slot_passphrase(keys, slot, passphrase, err) &&
		slot_open(keys, slot, err);
	str_wipe(&bytes);
	return ok;
}

bool keys_reopen(struct keys *keys, const char *path,
	const uint8_t wrapping_id[KEYS_ID_BYTES], struct err *err)
{
	uint8_t salt[SEAL_SALT_BYTES];
	struct str bytes = STR_INIT;
	const uint8_t *slot = NULL;
	int kind = keys->kind;
	bool ok;

	memcpy(salt, keys->salt, sizeof salt);
	if (read_file(path, &bytes, err))
		slot = find_slot(keys, path, &bytes, wrapping_id, err);
	ok = slot != NULL;
	if (ok && (keys->kind != kind ||
			memcmp(salt, keys->salt, sizeof salt) != 0))
		ok = err_set(err, ERR_CONFLICT, _("the passphrase of this "
			"workspace was changed by another program: close this "
			"one and open it again"));
	ok = ok && slot_open(keys, slot, err);
	str_wipe(&bytes);
	return ok;
}

bool keys_write_other(struct keys *keys, const char *path, struct err *err)
{
	uint8_t slot[KEYS_SLOT_BYTES];
	int other = 1 - keys->slot;
	bool ok;

	keys->serial++;
	slot_fill(keys, slot);
	ok = file_overwrite(path, other * KEYS_SLOT_BYTES, slot, sizeof slot,
		err);
	wipe(slot, sizeof slot);
	if (ok)
		keys->slot = other;
	return ok;
}

bool keys_clear_slot(const char *path, int slot, struct err *err)
{
	static const uint8_t zeros[KEYS_SLOT_BYTES];

	return file_overwrite(path, slot * KEYS_SLOT_BYTES, zeros,
		sizeof zeros, err);
}

/* --- the keys below --- */

static const char STORE_PLACE[] = "bayaz store key";
static const char BUCKETS_PLACE[] = "bayaz bucket keys";

static bool say_keys_damaged(struct err *err)
{
	return err_set(err, ERR_SPEC, _("the key of this workspace is damaged"));
}

void keys_seal_store(const struct keys *keys, struct str *out)
{
	seal_bytes(keys->wrapping, STORE_PLACE, sizeof STORE_PLACE, keys->store,
		SEAL_KEY_BYTES, 0, out);
}

bool keys_open_store(struct keys *keys, const void *sealed, size_t n_bytes,
	struct err *err)
{
	return open_key(keys->wrapping, STORE_PLACE, sizeof STORE_PLACE, sealed,
			n_bytes, keys->store, SEAL_KEY_BYTES) ||
		say_keys_damaged(err);
}

void keys_seal_buckets(const struct keys *keys, struct str *out)
{
	seal_bytes(keys->store, BUCKETS_PLACE, sizeof BUCKETS_PLACE,
		keys->buckets, sizeof keys->buckets, 0, out);
}

bool keys_open_buckets(struct keys *keys, const void *sealed, size_t n_bytes,
	struct err *err)
{
	return open_key(keys->store, BUCKETS_PLACE, sizeof BUCKETS_PLACE,
			sealed, n_bytes, keys->buckets,
			sizeof keys->buckets) || say_keys_damaged(err);
}
