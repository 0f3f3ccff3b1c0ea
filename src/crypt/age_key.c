/* Identities and recipients, and their Bech32 texts.
 * Source: C2SP age.md, "The X25519 recipient type"; BIP 173. */
#include "config.h"

#include "crypt/age.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/wipe.h"

static const char identity_prefix[] = "AGE-SECRET-KEY-";
static const char recipient_prefix[] = "age";
static const char bech32_letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

enum {
	DATA_LETTERS = 52,		/* 32 bytes, five bits a letter */
	CHECK_LETTERS = 6,
	MAX_PREFIX = 32,
	MAX_IDENTITY_FILE = 1 << 20,
};

void age_identity_new(struct age_identity *identity)
{
	uint8_t secret[32];

	crypt_random(secret, sizeof secret);
	age_identity_from_secret(secret, identity);
	wipe(secret, sizeof secret);
}

void age_identity_from_secret(const uint8_t secret[32],
	struct age_identity *identity)
{
	memcpy(identity->secret, secret, 32);
	crypto_scalarmult_base(identity->point, identity->secret);
}

void age_identity_wipe(struct age_identity *identity)
{
	wipe(identity, sizeof *identity);
}

void age_identity_recipient(const struct age_identity *identity,
	struct age_recipient *recipient)
{
	memcpy(recipient->point, identity->point, 32);
}

static uint32_t bech32_step(uint32_t sum, uint8_t value)
{
	static const uint32_t generator[] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
	uint32_t top = sum >> 25;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (unsigned i = 0; i < ARRAY_SIZE(generator); i++)
		if (top >> i & 1)
			sum ^= generator[i];
	return sum;
}

/* The prefix always counts in lower case. */
static uint32_t bech32_prefix_sum(const char *prefix)
{
	uint32_t sum = 1;

	for (const char *c = prefix; *c != '\0'; c++)
		sum = bech32_step(sum, (uint8_t)(tolower((uint8_t)*c) >> 5));
	sum = bech32_step(sum, 0);
	for (const char *c = prefix; *c != '\0'; c++)
		sum = bech32_step(sum, (uint8_t)(tolower((uint8_t)*c) & 31));
	return sum;
}

/* 32 bytes as 52 numbers of five bits; the last four bits are zero. */
static void to_fives(const uint8_t bytes[32], uint8_t fives[DATA_LETTERS])
{
	for (unsigned i = 0; i < DATA_LETTERS; i++) {
		unsigned bit = i * 5, two;

		two = (unsigned)bytes[bit / 8] << 8 |
			(bit / 8 + 1 < 32 ? bytes[bit / 8 + 1] : 0);
		fives[i] = two >> (11 - bit % 8) & 31;
	}
}

static bool from_fives(const uint8_t fives[DATA_LETTERS], uint8_t bytes[32])
{
	unsigned bits = 0, n_bits = 0, n = 0;

	for (unsigned i = 0; i < DATA_LETTERS; i++) {
		bits = (bits << 5 | fives[i]) & 0xfff;
		n_bits += 5;
		if (n_bits >= 8) {
			n_bits -= 8;
			bytes[n++] = (uint8_t)(bits >> n_bits);
		}
	}
	return (bits & ((1u << n_bits) - 1)) == 0;
}

void bech32_format(const char *prefix, const uint8_t bytes[32],
	struct str *text)
{
	bool upper = isupper((unsigned char)prefix[0]) != 0;
	uint8_t fives[DATA_LETTERS + CHECK_LETTERS];
	uint32_t sum = bech32_prefix_sum(prefix);

	to_fives(bytes, fives);
	for (unsigned i = 0; i < DATA_LETTERS; i++)
		sum = bech32_step(sum, fives[i]);
	for (unsigned i = 0; i < CHECK_LETTERS; i++)
		sum = bech32_step(sum, 0);
	sum ^= 1;
	for (unsigned i = 0; i < CHECK_LETTERS; i++)
		fives[DATA_LETTERS + i] = sum >> 5 * (5 - i) & 31;
	str_add(text, prefix);
	str_addc(text, '1');
	for (unsigned i = 0; i < sizeof fives; i++) {
		char c = bech32_letters[fives[i]];

		str_addc(text, upper ? (char)toupper((unsigned char)c) : c);
	}
	wipe(fives, sizeof fives);
}

/* All upper or all lower case, as the prefix is or all the other way. */
static bool one_case(const char *text, size_t n)
{
	bool upper = false, lower = false;

	for (size_t i = 0; i < n; i++) {
		upper = upper || isupper((unsigned char)text[i]);
		lower = lower || islower((unsigned char)text[i]);
	}
	return !(upper && lower);
}

static bool bech32_decode(const char *prefix, const char *text, size_t n,
	uint8_t bytes[32])
{
	size_t n_prefix = strlen(prefix);
	uint8_t fives[DATA_LETTERS + CHECK_LETTERS];
	uint32_t sum = bech32_prefix_sum(prefix);
	bool ok;

	if (n != n_prefix + 1 + sizeof fives || !one_case(text, n) ||
			text[n_prefix] != '1')
		return false;
	for (size_t i = 0; i < n_prefix; i++)
		if (tolower((unsigned char)text[i]) !=
				tolower((unsigned char)prefix[i]))
			return false;
	for (size_t i = 0; i < sizeof fives; i++) {
		int c = tolower((unsigned char)text[n_prefix + 1 + i]);
		const char *at = c == 0 ? NULL : strchr(bech32_letters, c);

		if (at == NULL)
			return false;
		fives[i] = (uint8_t)(at - bech32_letters);
		sum = bech32_step(sum, fives[i]);
	}
	ok = sum == 1 && from_fives(fives, bytes);
	wipe(fives, sizeof fives);
	return ok;
}

bool bech32_parse(const char *prefix, const char *text, uint8_t bytes[32],
	struct err *err)
{
	size_t n;

	text += strspn(text, " \t\r\n");
	n = strcspn(text, " \t\r\n");
	if (text[n + strspn(text + n, " \t\r\n")] != '\0' ||
			!bech32_decode(prefix, text, n, bytes))
		return err_set(err, ERR_SYNTAX,
			_("this is no key that begins with '%s1', or it was mistyped"),
			prefix);
	return true;
}

bool age_identity_parse(const char *text, struct age_identity *identity,
	struct err *err)
{
	uint8_t secret[32];

	if (!bech32_parse(identity_prefix, text, secret, err))
		return false;
	age_identity_from_secret(secret, identity);
	wipe(secret, sizeof secret);
	return true;
}

static void format_key(const char *prefix, const uint8_t bytes[32],
	char *text, size_t size_bytes)
{
	struct str made = STR_INIT;

	bech32_format(prefix, bytes, &made);
	memcpy(text, made.data, size_bytes);
	str_wipe(&made);
}

void age_identity_format(const struct age_identity *identity,
	char text[AGE_IDENTITY_TEXT])
{
	format_key(identity_prefix, identity->secret, text,
		AGE_IDENTITY_TEXT);
}

bool age_recipient_parse(const char *text, struct age_recipient *recipient,
	struct err *err)
{
	return bech32_parse(recipient_prefix, text, recipient->point, err);
}

void age_recipient_format(const struct age_recipient *recipient,
	char text[AGE_RECIPIENT_TEXT])
{
	format_key(recipient_prefix, recipient->point, text,
		AGE_RECIPIENT_TEXT);
}

struct identities { struct age_identity *items; size_t n, cap; };

/* Growing moves the array; the old one must not stay readable. */
static void identities_add(struct identities *list,
	const struct age_identity *identity)
{
	if (list->n == list->cap) {
		size_t cap = list->cap * 2 + 2;
		struct age_identity *items = xcalloc(cap, sizeof *items);

		if (list->n > 0)
			memcpy(items, list->items, list->n * sizeof *items);
		age_identities_free(list->items, list->n);
		list->items = items;
		list->cap = cap;
	}
	list->items[list->n++] = *identity;
}

static bool identities_parse(char *text, struct identities *list,
	struct err *err)
{
	for (int number = 1; *text != '\0'; number++) {
		char *line = text;
		size_t n = strcspn(text, "\n");
		struct age_identity identity;

		text += n + (text[n] == '\n');
		line[n] = '\0';
		if (line[0] == '#' || line[strspn(line, " \t\r")] == '\0')
			continue;
		if (!age_identity_parse(line, &identity, err))
			return err_at(err, "", number, 0);
		identities_add(list, &identity);
		age_identity_wipe(&identity);
	}
	if (list->n == 0)
		return err_set(err, ERR_SYNTAX,
			_("there is no age secret key in this file"));
	return true;
}

bool age_identities_read(const char *path, struct age_identity **identities,
	size_t *n_identities, struct err *err)
{
	struct identities list = { NULL, 0, 0 };
	struct str text = STR_INIT;
	bool ok = file_read(path, MAX_IDENTITY_FILE, &text, err) &&
		(text.len == 0 || strlen(text.data) == text.len ||
		 err_set(err, ERR_SYNTAX, _("this is no text file"))) &&
		identities_parse(text.len > 0 ? text.data : (char[1]){ 0 },
			&list, err);

	str_wipe(&text);
	if (!ok) {
		age_identities_free(list.items, list.n);
		return err_at(err, path, 0, 0);
	}
	*identities = list.items;
	*n_identities = list.n;
	return true;
}

void age_identities_free(struct age_identity *identities, size_t n)
{
	if (identities != NULL)
		wipe(identities, n * sizeof *identities);
	free(identities);
}
