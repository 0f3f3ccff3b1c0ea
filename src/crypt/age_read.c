#include "config.h"

#include "crypt/age.h"

#include <sodium.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/vec.h"
#include "base/wipe.h"
#include "crypt/age_format.h"
#include "crypt/age_input.h"
#include "crypt/base64.h"

enum {
	MAX_HEADER_BYTES = 1 << 20,
	MAX_STANZAS = 1024,
	MAX_ARGUMENTS = 3,	/* of the kinds we know; others may have more */
};

/* A stanza of a kind that we know. */
struct stanza {
	bool is_scrypt;
	int log_n;			/* scrypt */
	uint8_t share[32];		/* X25519: their share; scrypt: salt */
	uint8_t wrapped[AGE_WRAPPED];
};

enum stage { AT_HEADER, LOCKED, OPEN, ENDED, FAILED };

struct age_reader {
	struct age_input input;
	enum age_fault fault;
	enum stage stage;
	struct str header;		/* all of it up to and with "---" */
	uint8_t mac[32];
	VEC(struct stanza) stanzas;
	size_t n_stanzas;		/* of any kind */
	uint8_t payload_key[32];
	uint64_t counter;
	bool last;			/* the chunk in `plain` is the last one */
	size_t plain_at, plain_n;	/* what of `plain` is still to be given */
	size_t n_sealed;		/* bytes of `sealed` read ahead */
	uint8_t plain[AGE_CHUNK];
	uint8_t sealed[AGE_CHUNK + AGE_TAG + 1];
};

struct age_reader *age_reader_new(byte_source *source, void *context)
{
	struct age_reader *reader = xcalloc(1, sizeof *reader);

	str_init(&reader->header);
	reader->header.limit = MAX_HEADER_BYTES;
	reader->input.source = source;
	reader->input.context = context;
	return reader;
}

void age_reader_free(struct age_reader *reader)
{
	if (reader == NULL)
		return;
	str_release(&reader->header);
	vec_release(&reader->stanzas);
	wipe(reader, sizeof *reader);
	free(reader);
}

enum age_fault age_reader_fault(const struct age_reader *reader)
{
	return reader->fault;
}

static bool fail(struct age_reader *reader, enum age_fault fault,
	enum err_code code, struct err *err, const char *message)
{
	reader->fault = fault;
	reader->stage = FAILED;
	return err_set(err, code, "%s", message);
}

static bool bad_header(struct age_reader *reader, struct err *err)
{
	return fail(reader, AGE_HEADER, ERR_SYNTAX, err,
		_("the header of this age file is damaged"));
}

static bool bad_payload(struct age_reader *reader, struct err *err)
{
	return fail(reader, AGE_PAYLOAD, ERR_CRYPTO, err,
		_("this age file is damaged or cut short"));
}

static bool read_input(struct age_reader *reader, void *buffer, size_t size,
	size_t *n, struct err *err)
{
	if (age_input_read(&reader->input, buffer, size, n, err))
		return true;
	reader->fault = reader->input.fault;
	reader->stage = FAILED;
	return false;
}

/* Append one line of the header; *at is where it begins, *n its length without
 * the line feed. */
static bool header_line(struct age_reader *reader, size_t *at, size_t *n,
	struct err *err)
{
	size_t got;
	char c;

	*at = reader->header.len;
	for (;;) {
		if (!read_input(reader, &c, 1, &got, err))
			return false;
		if (got == 0)
			return bad_header(reader, err);
		str_addc(&reader->header, c);
		if (reader->header.over)
			return fail(reader, AGE_HEADER, ERR_LIMIT, err,
				_("the header of this age file is too long"));
		if (c == '\n')
			break;
	}
	*n = reader->header.len - *at - 1;
	return true;
}

/* "-> TYPE ARGUMENT..." split at single blanks; only the first few are kept. */
struct words { const char *at[MAX_ARGUMENTS]; size_t n_at[MAX_ARGUMENTS], n; };

static bool split_words(const char *text, size_t n, struct words *words)
{
	const char *end = text + n;

	words->n = 0;
	for (;;) {
		const char *start = text;

		while (text < end && *text > ' ' && *text <= '~')
			text++;
		if (text == start || (text < end && *text != ' '))
			return false;
		if (words->n < MAX_ARGUMENTS) {
			words->at[words->n] = start;
			words->n_at[words->n] = (size_t)(text - start);
		}
		words->n++;
		if (text++ == end)
			return true;
	}
}

static bool word_is(const struct words *words, size_t i, const char *text)
{
	return words->n_at[i] == strlen(text) &&
		memcmp(words->at[i], text, words->n_at[i]) == 0;
}

/* Exactly n_bytes in canonical base64. */
static bool word_bytes(const struct words *words, size_t i, uint8_t *bytes,
	size_t n_bytes)
{
	size_t n;

	return base64_decode(BASE64_UNPADDED, words->at[i], words->n_at[i],
		bytes, n_bytes, &n) && n == n_bytes;
}

/* A decimal without leading zero; -1: malformed. */
static int word_number(const struct words *words, size_t i)
{
	const char *text = words->at[i];
	int number = 0;

	if (words->n_at[i] > 3 || text[0] == '0')
		return -1;
	for (size_t k = 0; k < words->n_at[i]; k++) {
		if (text[k] < '0' || text[k] > '9')
			return -1;
		number = number * 10 + text[k] - '0';
	}
	return number;
}

/* The arguments of a stanza.  *known: of a kind that we read. */
static bool stanza_arguments(struct age_reader *reader,
	const struct words *words, struct stanza *stanza, bool *known,
	struct err *err)
{
	*known = true;
	if (word_is(words, 0, "X25519"))
		return (words->n == 2 &&
			word_bytes(words, 1, stanza->share, 32)) ||
			bad_header(reader, err);
	if (!word_is(words, 0, "scrypt")) {
		*known = false;
		return true;
	}
	stanza->is_scrypt = true;
	if (words->n != 3 || !word_bytes(words, 1, stanza->share, AGE_SALT))
		return bad_header(reader, err);
	stanza->log_n = word_number(words, 2);
	if (stanza->log_n < 1)
		return bad_header(reader, err);
	if (stanza->log_n > AGE_LOG_N_MAX)
		return fail(reader, AGE_HEADER, ERR_LIMIT, err,
			_("this age file asks for too much work to try a passphrase"));
	return true;
}

/* Body lines: full ones of 64 columns, then one that is shorter, maybe empty.
 * The first 32 bytes go to the stanza; *n_body counts all. */
static bool stanza_body(struct age_reader *reader, struct stanza *stanza,
	size_t *n_body, struct err *err)
{
	uint8_t line[AGE_BODY_LINE];
	size_t at, n, n_bytes;

	*n_body = 0;
	do {
		if (!header_line(reader, &at, &n, err))
			return false;
		if (n > AGE_BODY_COLUMNS || !base64_decode(BASE64_UNPADDED,
				reader->header.data + at, n, line, sizeof line,
				&n_bytes))
			return bad_header(reader, err);
		if (*n_body == 0 && n_bytes >= AGE_WRAPPED)
			memcpy(stanza->wrapped, line, AGE_WRAPPED);
		*n_body += n_bytes;
	} while (n == AGE_BODY_COLUMNS);
	return true;
}

static bool read_stanza(struct age_reader *reader, size_t at, size_t n,
	struct err *err)
{
	struct stanza stanza = { 0 };
	struct words words;
	size_t n_body;
	bool known;

	if (n < 4 || !split_words(reader->header.data + at + 3, n - 3, &words))
		return bad_header(reader, err);
	if (++reader->n_stanzas > MAX_STANZAS)
		return fail(reader, AGE_HEADER, ERR_LIMIT, err,
			_("the header of this age file is too long"));
	if (!stanza_arguments(reader, &words, &stanza, &known, err) ||
			!stanza_body(reader, &stanza, &n_body, err))
		return false;
	if (!known)
		return true;
	if (n_body != AGE_WRAPPED)
		return bad_header(reader, err);
	vec_push(&reader->stanzas, stanza);
	return true;
}

/* "--- MAC"; the MAC is over what comes before the blank. */
static bool read_footer(struct age_reader *reader, size_t at, size_t n,
	struct err *err)
{
	size_t n_got;

	if (n < 4 || reader->header.data[at + 3] != ' ' ||
			!base64_decode(BASE64_UNPADDED,
				reader->header.data + at + 4, n - 4,
				reader->mac, sizeof reader->mac, &n_got) ||
			n_got != sizeof reader->mac || reader->n_stanzas == 0)
		return bad_header(reader, err);
	str_cut(&reader->header, at + 3);
	return true;
}

/* A passphrase stanza must stand alone, so that nobody can add a way in. */
static bool check_scrypt_alone(struct age_reader *reader, struct err *err)
{
	for (size_t i = 0; i < reader->stanzas.n; i++)
		if (reader->stanzas.items[i].is_scrypt &&
				reader->n_stanzas != 1)
			return bad_header(reader, err);
	return true;
}

bool age_reader_header(struct age_reader *reader, struct err *err)
{
	size_t at, n;

	if (!header_line(reader, &at, &n, err))
		return false;
	if (n != strlen(AGE_MAGIC) ||
			memcmp(reader->header.data, AGE_MAGIC, n) != 0)
		return bad_header(reader, err);
	for (;;) {
		if (!header_line(reader, &at, &n, err))
			return false;
		if (n >= 3 && memcmp(reader->header.data + at, "---", 3) == 0)
			break;
		if (n < 3 || memcmp(reader->header.data + at, "-> ", 3) != 0)
			return bad_header(reader, err);
		if (!read_stanza(reader, at, n, err))
			return false;
	}
	if (!read_footer(reader, at, n, err) ||
			!check_scrypt_alone(reader, err))
		return false;
	reader->stage = LOCKED;
	return true;
}

bool age_reader_wants_passphrase(const struct age_reader *reader)
{
	return reader->stanzas.n == 1 && reader->stanzas.items[0].is_scrypt;
}

size_t age_reader_stanzas(const struct age_reader *reader)
{
	return reader->n_stanzas;
}

/* Nonce; full chunks; one that may be shorter, but is empty only alone. */
static bool plain_size(uint64_t n_payload, uint64_t *n_inside)
{
	enum { FULL = AGE_CHUNK + AGE_TAG };
	uint64_t n_sealed, n_full, rest;

	if (n_payload < AGE_NONCE + AGE_TAG)
		return false;
	n_sealed = n_payload - AGE_NONCE;
	n_full = n_sealed / FULL;
	rest = n_sealed % FULL;
	if (rest > 0 && (rest < AGE_TAG || (rest == AGE_TAG && n_full > 0)))
		return false;
	*n_inside = n_full * AGE_CHUNK + (rest > 0 ? rest - AGE_TAG : 0);
	return true;
}

bool age_reader_measure(struct age_reader *reader, uint64_t *n_inside,
	struct err *err)
{
	uint64_t n_payload = 0;
	size_t n = 1;

	while (n > 0) {
		if (!read_input(reader, reader->sealed, sizeof reader->sealed,
				&n, err))
			return false;
		n_payload += n;
	}
	return plain_size(n_payload, n_inside) || bad_payload(reader, err);
}

enum tried { OPENED, NOT_OURS, MALFORMED, NO_MEMORY };

static enum tried try_scrypt(const struct stanza *stanza,
	const char *passphrase, uint8_t file_key[AGE_FILE_KEY])
{
	uint8_t key[32];
	bool opened;

	if (passphrase == NULL)
		return NOT_OURS;
	if (!age_scrypt_key(passphrase, stanza->share, stanza->log_n, key))
		return NO_MEMORY;
	opened = age_unwrap(key, stanza->wrapped, file_key);
	wipe(key, sizeof key);
	return opened ? OPENED : NOT_OURS;
}

static enum tried try_identities(const struct stanza *stanza,
	const struct age_keys *keys, uint8_t file_key[AGE_FILE_KEY])
{
	enum tried tried = NOT_OURS;
	uint8_t key[32];

	for (size_t i = 0; i < keys->n_identities && tried == NOT_OURS; i++) {
		const struct age_identity *identity = &keys->identities[i];

		if (!age_x25519_key(identity->secret, stanza->share,
				stanza->share, identity->point, key))
			tried = MALFORMED;
		else if (age_unwrap(key, stanza->wrapped, file_key))
			tried = OPENED;
	}
	wipe(key, sizeof key);
	return tried;
}

static enum tried find_file_key(const struct age_reader *reader,
	const struct age_keys *keys, uint8_t file_key[AGE_FILE_KEY])
{
	enum tried tried = NOT_OURS;

	for (size_t i = 0; i < reader->stanzas.n && tried == NOT_OURS; i++) {
		const struct stanza *stanza = &reader->stanzas.items[i];

		tried = stanza->is_scrypt ?
			try_scrypt(stanza, keys->passphrase, file_key) :
			try_identities(stanza, keys, file_key);
	}
	return tried;
}

static bool begin_payload(struct age_reader *reader,
	const uint8_t file_key[AGE_FILE_KEY], struct err *err)
{
	uint8_t mac[32], nonce[AGE_NONCE];
	size_t n;

	age_header_mac(file_key, reader->header.data, reader->header.len, mac);
	if (!crypt_same(mac, reader->mac, sizeof mac))
		return fail(reader, AGE_HMAC, ERR_CRYPTO, err,
			_("the header of this age file was changed"));
	if (!read_input(reader, nonce, sizeof nonce, &n, err))
		return false;
	if (n != sizeof nonce)
		return bad_header(reader, err);
	hkdf_sha256(file_key, AGE_FILE_KEY, nonce, sizeof nonce, "payload",
		reader->payload_key);
	reader->stage = OPEN;
	reader->fault = AGE_OK;
	return true;
}

static bool no_match(struct age_reader *reader, const struct age_keys *keys,
	struct err *err)
{
	reader->fault = AGE_NO_MATCH;	/* still LOCKED: another may be tried */
	if (!age_reader_wants_passphrase(reader))
		return err_set(err, ERR_NOKEY, keys->n_identities == 0 ?
			_("a secret key is needed to open this file") :
			_("none of the keys opens this file"));
	return err_set(err, ERR_NOKEY, keys->passphrase == NULL ?
		_("a passphrase is needed to open this file") :
		_("the passphrase does not open this file"));
}

bool age_reader_unlock(struct age_reader *reader, const struct age_keys *keys,
	struct err *err)
{
	static const struct age_keys none;
	uint8_t file_key[AGE_FILE_KEY];
	bool ok = false;

	if (reader->stage != LOCKED)
		return err_set(err, ERR_INTERNAL, "age: header not read");
	if (keys == NULL)
		keys = &none;
	switch (find_file_key(reader, keys, file_key)) {
	case OPENED:
		ok = begin_payload(reader, file_key, err);
		break;
	case NOT_OURS:
		no_match(reader, keys, err);
		break;
	case MALFORMED:
		bad_header(reader, err);
		break;
	case NO_MEMORY:
		err_set(err, ERR_LIMIT,
			_("not enough memory to check the passphrase"));
		break;
	}
	wipe(file_key, sizeof file_key);
	return ok;
}

static bool open_chunk(struct age_reader *reader, size_t n_sealed, bool last)
{
	uint8_t nonce[12];

	age_chunk_nonce(reader->counter, last, nonce);
	return crypto_aead_chacha20poly1305_ietf_decrypt(reader->plain, NULL,
		NULL, reader->sealed, n_sealed, NULL, 0, nonce,
		reader->payload_key) == 0;
}

/*
 * A short chunk must be the last; a full one may be, so one byte is read
 * ahead.  An authentic chunk is given out even where the failure is already in
 * sight: that nothing follows it, or that something does.
 */
static bool next_chunk(struct age_reader *reader, struct err *err)
{
	enum { FULL = AGE_CHUNK + AGE_TAG };
	size_t n = reader->n_sealed, got;
	bool more;

	if (reader->last) {
		if (n > 0)
			return bad_payload(reader, err);
		reader->stage = ENDED;
		return true;
	}
	if (!read_input(reader, reader->sealed + n, FULL + 1 - n, &got, err))
		return false;
	n += got;
	more = n > FULL;
	n = more ? FULL : n;
	reader->n_sealed = more;
	if (n < AGE_TAG)
		return bad_payload(reader, err);
	if (n < FULL || !open_chunk(reader, n, false)) {
		if (!open_chunk(reader, n, true))
			return bad_payload(reader, err);
		reader->last = true;
	}
	reader->plain_at = 0;
	reader->plain_n = n - AGE_TAG;
	if (reader->plain_n == 0 && reader->counter > 0)
		return bad_payload(reader, err);
	reader->counter++;
	reader->sealed[0] = reader->sealed[FULL];
	return true;
}

bool age_read(struct age_reader *reader, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err)
{
	size_t n;

	*n_got = 0;
	if (reader->stage == LOCKED || reader->stage == AT_HEADER)
		return err_set(err, ERR_INTERNAL, "age: file not unlocked");
	if (reader->stage == FAILED)
		return err_set(err, ERR_CRYPTO,
			_("this age file is damaged or cut short"));
	while (reader->plain_n == 0 && reader->stage == OPEN)
		if (!next_chunk(reader, err))
			return false;
	n = size_bytes < reader->plain_n ? size_bytes : reader->plain_n;
	memcpy(buffer, reader->plain + reader->plain_at, n);
	reader->plain_at += n;
	reader->plain_n -= n;
	*n_got = n;
	return true;
}

struct bytes_left { const uint8_t *at; size_t n; };

static bool from_bytes(void *context, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err UNUSED)
{
	struct bytes_left *left = context;

	*n_got = size_bytes < left->n ? size_bytes : left->n;
	if (*n_got > 0)
		memcpy(buffer, left->at, *n_got);
	left->at += *n_got;
	left->n -= *n_got;
	return true;
}

static bool read_to_end(struct age_reader *reader, size_t n_bytes,
	size_t limit, struct str *out, struct err *err)
{
	size_t n, left = limit;
	char *room;

	/* At once, so that growing leaves no copies of plain text behind. */
	str_room(out, (n_bytes < limit ? n_bytes : limit) + AGE_CHUNK);
	do {
		room = str_room(out, AGE_CHUNK);
		if (room == NULL)
			return err_set(err, ERR_LIMIT,
				_("there is too much in this age file"));
		if (!age_read(reader, room, AGE_CHUNK, &n, err))
			return false;
		if (n > left)
			return err_set(err, ERR_LIMIT,
				_("there is too much in this age file"));
		left -= n;
		str_grew(out, n);
	} while (n > 0);
	return true;
}

bool age_decrypt_bytes(const struct age_keys *keys, const void *bytes,
	size_t n_bytes, size_t limit, struct str *out, struct err *err)
{
	struct bytes_left left = { bytes, n_bytes };
	struct age_reader *reader = age_reader_new(from_bytes, &left);
	size_t before = out->len;
	bool ok = age_reader_header(reader, err) &&
		age_reader_unlock(reader, keys, err) &&
		read_to_end(reader, n_bytes, limit, out, err);

	age_reader_free(reader);
	if (!ok && out->size_bytes > 0) {
		wipe(out->data + before, out->size_bytes - before);
		str_cut(out, before);
	}
	return ok;
}
