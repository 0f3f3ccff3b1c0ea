#include "config.h"

#include "crypt/seal.h"

#include <sodium.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "crypt/crypt.h"

enum {
	NONCE_BYTES = 24,
	LENGTH_BYTES = 8,
	ARGON_PASSES = 3,
	ARGON_MEMORY_BYTES = 64 << 20,
};

void seal_key_new(uint8_t key[SEAL_KEY_BYTES])
{
	crypt_random(key, SEAL_KEY_BYTES);
}

static size_t padded(size_t n, size_t step)
{
	return step < 2 || n % step == 0 ? n : n + step - n % step;
}

static void put_length(uint8_t *to, uint64_t n)
{
	for (int i = 0; i < LENGTH_BYTES; i++)
		to[i] = (uint8_t)(n >> 8 * i);
}

static uint64_t get_length(const uint8_t *from)
{
	uint64_t n = 0;

	for (int i = LENGTH_BYTES - 1; i >= 0; i--)
		n = n << 8 | from[i];
	return n;
}

void seal_bytes(const uint8_t key[SEAL_KEY_BYTES],
	const void *ad, size_t ad_bytes, const void *bytes, size_t n_bytes,
	size_t pad_step, struct str *out)
{
	size_t n_inner = padded(LENGTH_BYTES + n_bytes, pad_step);
	size_t n_sealed = NONCE_BYTES + n_inner + SEAL_TAG_BYTES;
	uint8_t *room = xmalloc(n_sealed), *inner = room + NONCE_BYTES;

	crypt_random(room, NONCE_BYTES);
	memset(inner, 0, n_inner);
	put_length(inner, n_bytes);
	if (n_bytes > 0)
		memcpy(inner + LENGTH_BYTES, bytes, n_bytes);
	/* Sealed in place: no second copy of the plain text is made. */
	crypto_aead_xchacha20poly1305_ietf_encrypt(inner, NULL, inner,
		n_inner, ad, ad_bytes, NULL, room, key);
	str_addn(out, room, n_sealed);
	free(room);
}

static bool damaged(struct err *err)
{
	return err_set(err, ERR_CRYPTO,
		_("sealed data does not open: another key, or damaged"));
}

bool seal_open_into(const uint8_t key[SEAL_KEY_BYTES],
	const void *ad, size_t ad_bytes, const void *sealed, size_t n_bytes,
	void *room, const char **plain, size_t *plain_bytes)
{
	const uint8_t *from = sealed;
	uint8_t *inner = room;
	uint64_t n;

	if (n_bytes < SEAL_OVERHEAD ||
			crypto_aead_xchacha20poly1305_ietf_decrypt(inner, NULL,
				NULL, from + NONCE_BYTES, n_bytes - NONCE_BYTES,
				ad, ad_bytes, from, key) != 0)
		return false;
	n = get_length(inner);
	if (n > n_bytes - SEAL_OVERHEAD)
		return false;
	*plain = (const char *)inner + LENGTH_BYTES;
	*plain_bytes = (size_t)n;
	return true;
}

bool seal_open(const uint8_t key[SEAL_KEY_BYTES],
	const void *ad, size_t ad_bytes, const void *sealed, size_t n_bytes,
	struct str *out, struct err *err)
{
	uint8_t *room = xmalloc(n_bytes);
	const char *plain;
	size_t n;
	bool ok = seal_open_into(key, ad, ad_bytes, sealed, n_bytes, room,
		&plain, &n);

	if (ok)
		str_addn(out, plain, n);
	wipe(room, n_bytes);
	free(room);
	return ok || damaged(err);
}

const uint8_t *seal_tag(const void *sealed, size_t n_bytes)
{
	return (const uint8_t *)sealed + n_bytes - SEAL_TAG_BYTES;
}

bool seal_key_from_passphrase(const char *passphrase,
	const uint8_t salt[SEAL_SALT_BYTES], uint8_t key[SEAL_KEY_BYTES],
	struct err *err)
{
	if (crypto_pwhash(key, SEAL_KEY_BYTES, passphrase, strlen(passphrase),
			salt, ARGON_PASSES, ARGON_MEMORY_BYTES,
			crypto_pwhash_ALG_ARGON2ID13) != 0)
		return err_set(err, ERR_LIMIT,
			_("not enough memory to check the passphrase"));
	return true;
}
