/* Making statements.  See say.h. */
#include "config.h"

#include "store/say.h"

#include <stdlib.h>

#include "store/fact.h"
#include "store/store.h"

struct json *say_new(const struct store *store, const char *kind,
	const struct minisign_key *key)
{
	struct json *fact = js_new_object();
	char text[MINISIGN_PUBLIC_TEXT];
	struct minisign_public signer;

	minisign_key_public(key, &signer);
	minisign_public_format(&signer, text);
	js_put_text(fact, "signer", text);
	js_put_int(fact, "format", 1);
	js_put_text(fact, "fact", kind);
	js_put_text(fact, "project", store_project(store));
	js_put(fact, "replaces", js_new_array());
	return fact;
}

/* Sign, keep and free it. */
bool say(struct store *store, const char *kind, struct json *fact,
	const struct minisign_key *key, struct trust_signed *said,
	bool *is_new, int64_t *id, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct minisign_public signer;
	char *line = js_print(fact);
	bool ok;

	minisign_key_public(key, &signer);
	trust_sign(&text, line, key);
	ok = fact_add(store, kind, &text, &signer, id, is_new, err);
	if (ok && said != NULL)
		trust_signed_copy(said, &text);
	trust_signed_release(&text);
	free(line);
	js_free(fact);
	return ok;
}
