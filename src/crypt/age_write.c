#include "config.h"

#include "crypt/age.h"

#include <sodium.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "crypt/age_format.h"
#include "crypt/base64.h"

struct age_writer {
	byte_sink *sink;
	void *context;
	uint8_t payload_key[32];
	uint64_t counter;
	size_t n_held;			/* bytes of `held` in use */
	uint8_t held[AGE_CHUNK];
	uint8_t sealed[AGE_CHUNK + AGE_TAG];
};

static void add_stanza_body(const uint8_t wrapped[AGE_WRAPPED],
	struct str *header)
{
	/* 43 columns: one line */
	base64_encode(BASE64_UNPADDED, wrapped, AGE_WRAPPED, header);
	str_addc(header, '\n');
}

static bool add_x25519(const struct age_recipient *recipient,
	const uint8_t file_key[AGE_FILE_KEY], struct str *header,
	struct err *err)
{
	struct age_identity ephemeral;
	uint8_t key[32], wrapped[AGE_WRAPPED];
	bool ok;

	age_identity_new(&ephemeral);
	ok = age_x25519_key(ephemeral.secret, recipient->point,
		ephemeral.point, recipient->point, key);
	if (ok) {
		age_wrap(key, file_key, wrapped);
		str_add(header, "-> X25519 ");
		base64_encode(BASE64_UNPADDED, ephemeral.point, 32, header);
		str_addc(header, '\n');
		add_stanza_body(wrapped, header);
	}
	age_identity_wipe(&ephemeral);
	wipe(key, sizeof key);
	return ok || err_set(err, ERR_VALUE,
		_("an age recipient is not a usable key"));
}

static bool add_scrypt(const struct age_to *to,
	const uint8_t file_key[AGE_FILE_KEY], struct str *header,
	struct err *err)
{
	int log_n = to->log_n > 0 ? to->log_n : AGE_LOG_N_WRITTEN;
	uint8_t salt[AGE_SALT], key[32], wrapped[AGE_WRAPPED];

	crypt_random(salt, sizeof salt);
	if (!age_scrypt_key(to->passphrase, salt, log_n, key))
		return err_set(err, ERR_LIMIT,
			_("not enough memory to use the passphrase"));
	age_wrap(key, file_key, wrapped);
	wipe(key, sizeof key);
	str_add(header, "-> scrypt ");
	base64_encode(BASE64_UNPADDED, salt, sizeof salt, header);
	str_addf(header, " %d\n", log_n);
	add_stanza_body(wrapped, header);
	return true;
}

static bool make_header(const struct age_to *to,
	const uint8_t file_key[AGE_FILE_KEY], struct str *header,
	struct err *err)
{
	uint8_t mac[32];

	str_add(header, AGE_MAGIC "\n");
	if (to->passphrase != NULL && !add_scrypt(to, file_key, header, err))
		return false;
	for (size_t i = 0; to->passphrase == NULL && i < to->n_recipients; i++)
		if (!add_x25519(&to->recipients[i], file_key, header, err))
			return false;
	str_add(header, "---");
	age_header_mac(file_key, header->data, header->len, mac);
	str_addc(header, ' ');
	base64_encode(BASE64_UNPADDED, mac, sizeof mac, header);
	str_addc(header, '\n');
	return true;
}

static bool begin(struct age_writer *writer, const struct age_to *to,
	struct err *err)
{
	uint8_t file_key[AGE_FILE_KEY], nonce[AGE_NONCE];
	struct str header = STR_INIT;
	bool ok;

	crypt_random(file_key, sizeof file_key);
	crypt_random(nonce, sizeof nonce);
	hkdf_sha256(file_key, sizeof file_key, nonce, sizeof nonce, "payload",
		writer->payload_key);
	ok = make_header(to, file_key, &header, err) &&
		writer->sink(writer->context, header.data, header.len, err) &&
		writer->sink(writer->context, nonce, sizeof nonce, err);
	wipe(file_key, sizeof file_key);
	str_release(&header);
	return ok;
}

struct age_writer *age_writer_new(byte_sink *sink, void *context,
	const struct age_to *to, struct err *err)
{
	struct age_writer *writer;

	if (to->passphrase == NULL && (to->n_recipients == 0 ||
			to->n_recipients > AGE_MAX_RECIPIENTS)) {
		err_set(err, ERR_VALUE,
			_("there must be 1 to %d recipients"),
			AGE_MAX_RECIPIENTS);
		return NULL;
	}
	writer = xcalloc(1, sizeof *writer);
	writer->sink = sink;
	writer->context = context;
	if (begin(writer, to, err))
		return writer;
	age_writer_free(writer);
	return NULL;
}

static bool put_chunk(struct age_writer *writer, bool last, struct err *err)
{
	uint8_t nonce[12];

	age_chunk_nonce(writer->counter++, last, nonce);
	crypto_aead_chacha20poly1305_ietf_encrypt(writer->sealed, NULL,
		writer->held, writer->n_held, NULL, 0, NULL, nonce,
		writer->payload_key);
	if (!writer->sink(writer->context, writer->sealed,
			writer->n_held + AGE_TAG, err))
		return false;
	writer->n_held = 0;
	return true;
}

/* A full chunk is held until more comes: it may be the last. */
bool age_write(struct age_writer *writer, const void *bytes, size_t n_bytes,
	struct err *err)
{
	const uint8_t *from = bytes;

	while (n_bytes > 0) {
		size_t n = AGE_CHUNK - writer->n_held;

		if (n == 0) {
			if (!put_chunk(writer, false, err))
				return false;
			n = AGE_CHUNK;
		}
		n = n < n_bytes ? n : n_bytes;
		memcpy(writer->held + writer->n_held, from, n);
		writer->n_held += n;
		from += n;
		n_bytes -= n;
	}
	return true;
}

bool age_finish(struct age_writer *writer, struct err *err)
{
	return put_chunk(writer, true, err);
}

void age_writer_free(struct age_writer *writer)
{
	if (writer == NULL)
		return;
	wipe(writer, sizeof *writer);
	free(writer);
}

static bool to_str(void *context, const void *bytes, size_t n_bytes,
	struct err *err)
{
	struct str *out = context;

	str_addn(out, bytes, n_bytes);
	if (out->over)
		return err_set(err, ERR_LIMIT, _("there is too much to encrypt"));
	return true;
}

bool age_encrypt_bytes(const struct age_to *to, const void *bytes,
	size_t n_bytes, struct str *out, struct err *err)
{
	size_t before = out->len;
	struct age_writer *writer = age_writer_new(to_str, out, to, err);
	bool ok = writer != NULL && age_write(writer, bytes, n_bytes, err) &&
		age_finish(writer, err);

	age_writer_free(writer);
	if (!ok)
		str_cut(out, before);
	return ok;
}
