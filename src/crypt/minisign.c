#include "config.h"

#include "crypt/minisign.h"

#include <sodium.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "crypt/base64.h"

/* Binary forms, before base64: numbers are offsets. */
enum {
	ALG = 2,
	ID = 8,
	PUBLIC_BYTES = ALG + ID + 32,
	SIGNATURE_BYTES = ALG + ID + 64,
	KEY_BYTES = 2 + 2 + 2 + 32 + 8 + 8 + ID + 64 + 32,
	KEY_ID_AT = 54,
	KEY_SECRET_AT = KEY_ID_AT + ID,
	KEY_CHECK_AT = KEY_SECRET_AT + 64,
	MAX_FILE_BYTES = 4096,
};

static const char comment_start[] = "untrusted comment: ";
static const char trusted_start[] = "trusted comment: ";

void minisign_key_new(struct minisign_key *key)
{
	uint8_t point[32];

	crypt_random(key->id, sizeof key->id);
	crypto_sign_keypair(point, key->secret);
}

void minisign_key_wipe(struct minisign_key *key)
{
	wipe(key, sizeof *key);
}

void minisign_key_public(const struct minisign_key *key,
	struct minisign_public *public_key)
{
	memcpy(public_key->id, key->id, ID);
	memcpy(public_key->point, key->secret + 32, 32);
}

static void to_base64(const uint8_t *bytes, size_t n_bytes, char *text,
	size_t size_bytes)
{
	sodium_bin2base64(text, size_bytes, bytes, n_bytes,
		sodium_base64_VARIANT_ORIGINAL);
}

/* `n` characters of base64 that are exactly n_bytes. */
static bool from_base64(const char *text, size_t n, uint8_t *bytes,
	size_t n_bytes)
{
	size_t n_got = 0;

	return base64_decode(BASE64_PADDED, text, n, bytes, n_bytes, &n_got) &&
		n_got == n_bytes;
}

void minisign_public_format(const struct minisign_public *public_key,
	char text[MINISIGN_PUBLIC_TEXT])
{
	uint8_t bytes[PUBLIC_BYTES] = { 'E', 'd' };

	memcpy(bytes + ALG, public_key->id, ID);
	memcpy(bytes + ALG + ID, public_key->point, 32);
	to_base64(bytes, sizeof bytes, text, MINISIGN_PUBLIC_TEXT);
}

/* minisign prints a key's id as a number, so the bytes are turned round. */
static void id_text(const uint8_t id[ID], char text[2 * ID + 1])
{
	uint8_t turned[ID];

	for (int i = 0; i < ID; i++)
		turned[i] = id[ID - 1 - i];
	hex_encode(turned, ID, text);
	for (char *c = text; *c != '\0'; c++)
		if (*c >= 'a')
			*c = (char)(*c - 'a' + 'A');
}

void minisign_public_file(const struct minisign_public *public_key,
	struct str *out)
{
	char text[MINISIGN_PUBLIC_TEXT], id[2 * ID + 1];

	minisign_public_format(public_key, text);
	id_text(public_key->id, id);
	str_addf(out, "%sminisign public key %s\n%s\n", comment_start, id,
		text);
}

/* The line at *text without its end, which may be CR LF; *text moves on. */
static bool next_line(const char **text, const char **line, size_t *n)
{
	const char *start = *text;
	size_t len = strcspn(start, "\n");

	if (*start == '\0')
		return false;
	*text = start + len + (start[len] == '\n');
	if (len > 0 && start[len - 1] == '\r')
		len--;
	*line = start;
	*n = len;
	return true;
}

/* Skip an "untrusted comment:" line if there is one; give the next. */
static bool line_after_comment(const char **text, const char **line, size_t *n)
{
	if (!next_line(text, line, n))
		return false;
	if (strncmp(*line, comment_start, strlen(comment_start) - 1) != 0)
		return true;
	return next_line(text, line, n);
}

bool minisign_public_parse(const char *text,
	struct minisign_public *public_key, struct err *err)
{
	uint8_t bytes[PUBLIC_BYTES];
	const char *line;
	size_t n;

	if (!line_after_comment(&text, &line, &n) ||
			!from_base64(line, n, bytes, sizeof bytes) ||
			memcmp(bytes, "Ed", ALG) != 0 ||
			text[strspn(text, " \t\r\n")] != '\0')
		return err_set(err, ERR_SYNTAX,
			_("this is no minisign public key"));
	memcpy(public_key->id, bytes + ALG, ID);
	memcpy(public_key->point, bytes + ALG + ID, 32);
	return true;
}

bool minisign_public_read(const char *path,
	struct minisign_public *public_key, struct err *err)
{
	struct str text = STR_INIT;
	bool ok = file_read(path, MAX_FILE_BYTES, &text, err) &&
		minisign_public_parse(text.data, public_key, err);

	str_release(&text);
	return ok || err_at(err, path, 0, 0);
}

bool minisign_public_same(const struct minisign_public *a,
	const struct minisign_public *b)
{
	return memcmp(a->id, b->id, ID) == 0 &&
		memcmp(a->point, b->point, 32) == 0;
}

void minisign_public_fingerprint(const struct minisign_public *public_key,
	char text[FINGERPRINT_BYTES])
{
	crypt_fingerprint(public_key->point, 32, text);
}

/* BLAKE2b over algorithm, id and secret: minisign's check of a key file. */
static void key_check(const uint8_t bytes[KEY_BYTES], uint8_t check[32])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, 32);
	crypto_generichash_update(&state, bytes, ALG);
	crypto_generichash_update(&state, bytes + KEY_ID_AT, ID + 64);
	crypto_generichash_final(&state, check, 32);
	wipe(&state, sizeof state);
}

void minisign_key_file(const struct minisign_key *key, struct str *out)
{
	uint8_t bytes[KEY_BYTES] = { 'E', 'd', 0, 0, 'B', '2' };
	char text[sodium_base64_ENCODED_LEN(KEY_BYTES,
		sodium_base64_VARIANT_ORIGINAL)];

	memcpy(bytes + KEY_ID_AT, key->id, ID);
	memcpy(bytes + KEY_SECRET_AT, key->secret, 64);
	key_check(bytes, bytes + KEY_CHECK_AT);
	to_base64(bytes, sizeof bytes, text, sizeof text);
	str_addf(out, "%sminisign secret key\n%s\n", comment_start, text);
	wipe(bytes, sizeof bytes);
	wipe(text, sizeof text);
}

static bool key_from_bytes(const uint8_t bytes[KEY_BYTES],
	struct minisign_key *key, struct err *err)
{
	uint8_t check[32];

	if (memcmp(bytes, "Ed", 2) != 0 || memcmp(bytes + 4, "B2", 2) != 0)
		return err_set(err, ERR_SYNTAX,
			_("this is no minisign secret key"));
	if (bytes[2] != 0 || bytes[3] != 0)
		return err_set(err, ERR_REFUSED,
			_("this minisign key has a password; only keys without one are read"));
	key_check(bytes, check);
	if (!crypt_same(check, bytes + KEY_CHECK_AT, sizeof check))
		return err_set(err, ERR_CRYPTO,
			_("this minisign secret key is damaged"));
	memcpy(key->id, bytes + KEY_ID_AT, ID);
	memcpy(key->secret, bytes + KEY_SECRET_AT, 64);
	return true;
}

bool minisign_key_parse(const char *text, struct minisign_key *key,
	struct err *err)
{
	uint8_t bytes[KEY_BYTES];
	const char *line;
	size_t n;
	bool ok;

	if (!line_after_comment(&text, &line, &n) ||
			!from_base64(line, n, bytes, sizeof bytes))
		return err_set(err, ERR_SYNTAX,
			_("this is no minisign secret key"));
	ok = key_from_bytes(bytes, key, err);
	wipe(bytes, sizeof bytes);
	return ok;
}

static void prehash(const void *bytes, size_t n_bytes, uint8_t hash[64])
{
	crypto_generichash(hash, 64, n_bytes > 0 ? bytes : NULL, n_bytes,
		NULL, 0);
}

/* What the second signature covers: the first, then the comment. */
static char *comment_message(const uint8_t signature[64], const char *comment,
	size_t n_comment)
{
	char *message = xmalloc(64 + n_comment + 1);

	memcpy(message, signature, 64);
	memcpy(message + 64, comment, n_comment);
	return message;
}

void minisign_sign(const struct minisign_key *key, const void *bytes,
	size_t n_bytes, const char *trusted_comment, struct str *out)
{
	size_t n_comment = strlen(trusted_comment);
	uint8_t hash[64], whole[64], signature[SIGNATURE_BYTES] = { 'E', 'D' };
	char text[sodium_base64_ENCODED_LEN(SIGNATURE_BYTES,
		sodium_base64_VARIANT_ORIGINAL)];
	char *message;

	prehash(bytes, n_bytes, hash);
	memcpy(signature + ALG, key->id, ID);
	crypto_sign_detached(signature + ALG + ID, NULL, hash, sizeof hash,
		key->secret);
	to_base64(signature, sizeof signature, text, sizeof text);
	str_addf(out, "%ssignature from bayaz\n%s\n", comment_start, text);

	message = comment_message(signature + ALG + ID, trusted_comment,
		n_comment);
	crypto_sign_detached(whole, NULL, (uint8_t *)message, 64 + n_comment,
		key->secret);
	free(message);
	to_base64(whole, sizeof whole, text, sizeof text);
	str_addf(out, "%s%s\n%s\n", trusted_start, trusted_comment, text);
}

struct signature {
	uint8_t id[ID], over_bytes[64], over_comment[64];
	const char *comment;
	size_t n_comment;
};

static bool signature_parse(const char *text, struct signature *signature)
{
	uint8_t bytes[SIGNATURE_BYTES];
	size_t n, n_start = strlen(trusted_start);
	const char *line;

	if (!next_line(&text, &line, &n) ||
			strncmp(line, comment_start,
				strlen(comment_start) - 1) != 0 ||
			!next_line(&text, &line, &n) ||
			!from_base64(line, n, bytes, sizeof bytes) ||
			memcmp(bytes, "ED", ALG) != 0 ||
			!next_line(&text, &line, &n) || n < n_start ||
			memcmp(line, trusted_start, n_start) != 0)
		return false;
	signature->comment = line + n_start;
	signature->n_comment = n - n_start;
	memcpy(signature->id, bytes + ALG, ID);
	memcpy(signature->over_bytes, bytes + ALG + ID, 64);
	return next_line(&text, &line, &n) &&
		from_base64(line, n, signature->over_comment, 64) &&
		*text == '\0';
}

static bool comment_is_signed(const struct minisign_public *public_key,
	const struct signature *signature)
{
	char *message = comment_message(signature->over_bytes,
		signature->comment, signature->n_comment);
	bool ok = crypto_sign_verify_detached(signature->over_comment,
		(uint8_t *)message, 64 + signature->n_comment,
		public_key->point) == 0;

	free(message);
	return ok;
}

bool minisign_verify(const struct minisign_public *public_key,
	const void *bytes, size_t n_bytes, const char *text,
	struct str *trusted_comment, struct err *err)
{
	struct signature signature;
	uint8_t hash[64];

	if (!signature_parse(text, &signature))
		return err_set(err, ERR_SYNTAX,
			_("this is no minisign signature"));
	if (memcmp(signature.id, public_key->id, ID) != 0)
		return err_set(err, ERR_NOKEY,
			_("the signature was made with another key"));
	prehash(bytes, n_bytes, hash);
	if (crypto_sign_verify_detached(signature.over_bytes, hash,
			sizeof hash, public_key->point) != 0 ||
			!comment_is_signed(public_key, &signature))
		return err_set(err, ERR_CRYPTO,
			_("the signature does not fit: forged or damaged"));
	if (trusted_comment != NULL)
		str_addn(trusted_comment, signature.comment,
			signature.n_comment);
	return true;
}
