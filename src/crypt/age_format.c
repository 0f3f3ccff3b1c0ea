#include "config.h"

#include "crypt/age_format.h"

#include <sodium.h>
#include <string.h>

#include "base/wipe.h"
#include "crypt/crypt.h"

void age_chunk_nonce(uint64_t counter, bool last, uint8_t nonce[12])
{
	memset(nonce, 0, 12);
	for (int i = 0; i < 8; i++)
		nonce[10 - i] = (uint8_t)(counter >> 8 * i);
	nonce[11] = last;
}

bool age_x25519_key(const uint8_t secret[32], const uint8_t theirs[32],
	const uint8_t share[32], const uint8_t point[32], uint8_t key[32])
{
	uint8_t shared[32], salt[64];

	if (crypto_scalarmult(shared, secret, theirs) != 0)
		return false;
	memcpy(salt, share, 32);
	memcpy(salt + 32, point, 32);
	hkdf_sha256(shared, sizeof shared, salt, sizeof salt, AGE_X25519_INFO,
		key);
	wipe(shared, sizeof shared);
	return true;
}

bool age_scrypt_key(const char *passphrase, const uint8_t salt[AGE_SALT],
	int log_n, uint8_t key[32])
{
	enum { LABEL = sizeof AGE_SCRYPT_LABEL - 1 };
	uint8_t labelled[LABEL + AGE_SALT];

	memcpy(labelled, AGE_SCRYPT_LABEL, LABEL);
	memcpy(labelled + LABEL, salt, AGE_SALT);
	return crypto_pwhash_scryptsalsa208sha256_ll(
		(const uint8_t *)passphrase, strlen(passphrase), labelled,
		sizeof labelled, UINT64_C(1) << log_n, 8, 1, key, 32) == 0;
}

static const uint8_t zero_nonce[12];

void age_wrap(const uint8_t key[32], const uint8_t file_key[AGE_FILE_KEY],
	uint8_t wrapped[AGE_WRAPPED])
{
	crypto_aead_chacha20poly1305_ietf_encrypt(wrapped, NULL, file_key,
		AGE_FILE_KEY, NULL, 0, NULL, zero_nonce, key);
}

bool age_unwrap(const uint8_t key[32], const uint8_t wrapped[AGE_WRAPPED],
	uint8_t file_key[AGE_FILE_KEY])
{
	return crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL, NULL,
		wrapped, AGE_WRAPPED, NULL, 0, zero_nonce, key) == 0;
}

void age_header_mac(const uint8_t file_key[AGE_FILE_KEY], const char *header,
	size_t n_bytes, uint8_t mac[32])
{
	uint8_t key[32];

	hkdf_sha256(file_key, AGE_FILE_KEY, NULL, 0, "header", key);
	hmac_sha256(key, sizeof key, header, n_bytes, mac);
	wipe(key, sizeof key);
}
