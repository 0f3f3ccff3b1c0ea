#include "config.h"

#include "crypt/crypt.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/resource.h>

#include "base/gettext.h"
#include "base/wipe.h"

static_assert(sizeof(struct sha256) >= sizeof(crypto_hash_sha256_state),
	"struct sha256 is too small for libsodium");

bool crypt_init(struct err *err)
{
	const struct rlimit none = { 0, 0 };

	if (sodium_init() < 0)
		return err_set(err, ERR_INTERNAL,
			_("this system gives no random numbers"));
	/* Where it is refused, cores were off or are the administrator's. */
	(void)setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
	/* A core that is piped to a program has no limit; and nobody else but
	 * root looks into our memory. */
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	return true;
}

void crypt_random(void *bytes, size_t n_bytes)
{
	randombytes_buf(bytes, n_bytes);
}

uint32_t crypt_random_below(uint32_t below)
{
	return randombytes_uniform(below);
}

void *secret_new(size_t size_bytes)
{
	void *secret;

	if (sodium_init() < 0)
		abort();
	secret = sodium_malloc(size_bytes);
	if (secret == NULL)	/* as xmalloc(): out of memory ends it */
		abort();
	memset(secret, 0, size_bytes);
	return secret;
}

void secret_free(void *secret)
{
	sodium_free(secret);
}

bool crypt_same(const void *a, const void *b, size_t n_bytes)
{
	return sodium_memcmp(a, b, n_bytes) == 0;
}

bool crypt_verify(const unsigned char key[32],
	const unsigned char signature[64], const void *message, size_t n_bytes)
{
	return sodium_init() >= 0 && crypto_sign_verify_detached(signature,
		message, n_bytes, key) == 0;
}

static crypto_hash_sha256_state *state_of(struct sha256 *hash)
{
	return (crypto_hash_sha256_state *)(void *)hash->opaque;
}

void sha256_init(struct sha256 *hash)
{
	crypto_hash_sha256_init(state_of(hash));
}

void sha256_add(struct sha256 *hash, const void *bytes, size_t n_bytes)
{
	if (n_bytes > 0)
		crypto_hash_sha256_update(state_of(hash), bytes, n_bytes);
}

void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_BYTES])
{
	crypto_hash_sha256_final(state_of(hash), digest);
}

void sha256_end_hex(struct sha256 *hash, char hex[SHA256_HEX_BYTES])
{
	uint8_t digest[SHA256_BYTES];

	sha256_end(hash, digest);
	hex_encode(digest, sizeof digest, hex);
}

void sha256_bytes(const void *bytes, size_t n_bytes,
	uint8_t digest[SHA256_BYTES])
{
	struct sha256 hash;

	sha256_init(&hash);
	sha256_add(&hash, bytes, n_bytes);
	sha256_end(&hash, digest);
}

void sha256_hex(const void *bytes, size_t n_bytes, char hex[SHA256_HEX_BYTES])
{
	uint8_t digest[SHA256_BYTES];

	sha256_bytes(bytes, n_bytes, digest);
	hex_encode(digest, sizeof digest, hex);
}

bool sha256_is_hex(const char *text)
{
	return strlen(text) == SHA256_HEX_BYTES - 1 &&
		strspn(text, "0123456789abcdef") == SHA256_HEX_BYTES - 1;
}

void hmac_sha256(const void *key, size_t key_bytes, const void *bytes,
	size_t n_bytes, uint8_t tag[32])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, key, key_bytes);
	if (n_bytes > 0)
		crypto_auth_hmacsha256_update(&state, bytes, n_bytes);
	crypto_auth_hmacsha256_final(&state, tag);
	wipe(&state, sizeof state);
}

void hkdf_sha256(const void *secret, size_t secret_bytes, const void *salt,
	size_t salt_bytes, const char *info, uint8_t key[32])
{
	static const uint8_t zeros[32], one = 1;
	crypto_auth_hmacsha256_state state;
	uint8_t prk[32];

	if (salt_bytes == 0) {	/* RFC 5869 section 2.2 */
		salt = zeros;
		salt_bytes = sizeof zeros;
	}
	hmac_sha256(salt, salt_bytes, secret, secret_bytes, prk);
	crypto_auth_hmacsha256_init(&state, prk, sizeof prk);
	crypto_auth_hmacsha256_update(&state, (const uint8_t *)info,
		strlen(info));
	crypto_auth_hmacsha256_update(&state, &one, 1);
	crypto_auth_hmacsha256_final(&state, key);
	wipe(prk, sizeof prk);
	wipe(&state, sizeof state);
}

void hex_encode(const void *bytes, size_t n_bytes, char *text)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *from = bytes;

	for (size_t i = 0; i < n_bytes; i++) {
		*text++ = digits[from[i] >> 4];
		*text++ = digits[from[i] & 15];
	}
	*text = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(const char *text, void *bytes, size_t n_bytes)
{
	uint8_t *to = bytes;

	if (strlen(text) != 2 * n_bytes)
		return false;
	for (size_t i = 0; i < n_bytes; i++) {
		int high = hex_digit(text[2 * i]);
		int low = hex_digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		to[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void crypt_fingerprint(const void *key, size_t key_bytes,
	char text[FINGERPRINT_BYTES])
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	uint8_t digest[SHA256_BYTES];
	unsigned bits = 0, n_bits = 0;
	size_t next = 0;

	sha256_bytes(key, key_bytes, digest);
	for (unsigned i = 0; i < 20; i++) {
		if (n_bits < 5) {
			bits = (bits << 8 | digest[next++]) & 0xfff;
			n_bits += 8;
		}
		if (i > 0 && i % 4 == 0)
			*text++ = '-';
		n_bits -= 5;
		*text++ = letters[bits >> n_bits & 31];
	}
	*text = '\0';
}

static char next_letter(const char **text)
{
	while (**text == '-' || **text == ' ')
		++*text;
	if (**text == '\0')
		return '\0';
	return **text >= 'a' && **text <= 'z' ?
		(char)(*(*text)++ - 'a' + 'A') : *(*text)++;
}

bool crypt_fingerprint_same(const char *typed, const char *fingerprint)
{
	char a, b;

	do {
		a = next_letter(&typed);
		b = next_letter(&fingerprint);
	} while (a == b && a != '\0');
	return a == b;
}
