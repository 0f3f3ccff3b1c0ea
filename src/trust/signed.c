#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/utf8.h"
#include "trust/signed.h"

enum { SIGNATURE_MAX_BYTES = 1024 };

void trust_signed_release(struct trust_signed *signed_)
{
	str_release(&signed_->document);
	str_release(&signed_->signature);
}

void trust_signed_copy(struct trust_signed *to,
	const struct trust_signed *from)
{
	str_clear(&to->document);
	str_clear(&to->signature);
	str_addn(&to->document, from->document.data, from->document.len);
	str_addn(&to->signature, from->signature.data, from->signature.len);
}

void trust_sign(struct trust_signed *signed_, const char *document,
	const struct minisign_key *key)
{
	str_clear(&signed_->document);
	str_clear(&signed_->signature);
	str_add(&signed_->document, document);
	if (!str_ends(document, "\n"))
		str_addc(&signed_->document, '\n');
	minisign_sign(key, signed_->document.data, signed_->document.len,
		"bayaz", &signed_->signature);
}

bool trust_signed_check(const struct trust_signed *signed_,
	const struct minisign_public *key, struct err *err)
{
	return minisign_verify(key, signed_->document.data,
		signed_->document.len, signed_->signature.data, NULL, err);
}

void trust_signed_join(const struct trust_signed *signed_, struct str *out)
{
	str_addn(out, signed_->document.data, signed_->document.len);
	str_addn(out, signed_->signature.data, signed_->signature.len);
}

bool trust_signed_split(struct trust_signed *signed_, const char *bytes,
	size_t n_bytes, struct err *err)
{
	const char *end;
	size_t n;

	if (n_bytes > SIGNED_MAX_BYTES)
		return err_set(err, ERR_LIMIT,
			_("a signed document is too long"));
	end = memchr(bytes, '\n', n_bytes);
	n = end != NULL ? (size_t)(end - bytes) + 1 : 0;
	if (n == 0 || n == n_bytes || n_bytes - n > SIGNATURE_MAX_BYTES ||
	    memchr(bytes, '\0', n_bytes) != NULL ||
	    !utf8_is_valid(bytes, n_bytes))
		return err_set(err, ERR_SYNTAX,
			_("not a document with its signature"));
	str_clear(&signed_->document);
	str_clear(&signed_->signature);
	str_addn(&signed_->document, bytes, n);
	str_addn(&signed_->signature, bytes + n, n_bytes - n);
	return true;
}
