/* Patterns (PCRE2) and digests (nettle): what regex() and digest() need. */
#include "config.h"

#include <string.h>
#include <strings.h>

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/gettext.h"
#include "xpath/functions.h"

/* A pattern may not keep an interview waiting: about a second at most. */
enum { EASY_LIMIT = 1000, MATCH_LIMIT = 1000000, DEPTH_LIMIT = 2000,
	HEAP_LIMIT_KIB = 20000, MAX_PATTERN_BYTES = 65536 };

struct regex { pcre2_code *code; };

static void *allocate(size_t size, void *arena)
{
	return arena_alloc(arena, size);
}

static void forget(void *memory, void *arena)
{
	(void)memory;
	(void)arena;
}

static bool compile(const char *pattern, const char *translated,
	struct arena *arena, struct regex *regex, struct err *err)
{
	pcre2_general_context *general = pcre2_general_context_create(allocate,
		forget, arena);
	pcre2_compile_context *context = pcre2_compile_context_create(general);
	unsigned char message[120];
	PCRE2_SIZE offset;
	int code;

	pcre2_set_parens_nest_limit(context, 100);
	pcre2_set_newline(context, PCRE2_NEWLINE_ANY);
	/* As Java's matches(): all of the text, '\d' is ASCII. */
	regex->code = pcre2_compile((PCRE2_SPTR)translated,
		PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_ANCHORED |
		PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C, &code, &offset,
		context);
	if (regex->code != NULL)
		return true;
	pcre2_get_error_message(code, message, sizeof message);
	return err_set(err, ERR_XPATH, _("the pattern '%1$.100s' is wrong: "
		"%2$s"), pattern, (const char *)message);
}

/* Compiled into the arena: there is nothing to free. */
void *regex_compile(const char *pattern, struct arena *arena, struct err *err)
{
	struct regex *regex = ARENA_NEW(arena, struct regex);
	struct str translated = STR_INIT;
	bool ok;

	translated.limit = 8 * MAX_PATTERN_BYTES;
	if (strlen(pattern) > MAX_PATTERN_BYTES)
		ok = err_set(err, ERR_LIMIT, _("the pattern is too long"));
	else if (!java_pattern(pattern, &translated, err))
		ok = err_prefix(err, _("the pattern '%.100s' is wrong"),
			pattern);
	else
		ok = compile(pattern, translated.data, arena, regex, err);
	str_release(&translated);
	return ok ? regex : NULL;
}

/* PCRE2 counts its steps, but does not tell: first with few, then with many. */
static int match(const struct regex *r, const char *text, uint32_t limit,
	struct arena *arena)
{
	pcre2_general_context *general = pcre2_general_context_create(allocate,
		forget, arena);
	pcre2_match_context *context = pcre2_match_context_create(general);
	pcre2_match_data *data = pcre2_match_data_create(1, general);

	pcre2_set_match_limit(context, limit);
	pcre2_set_depth_limit(context, DEPTH_LIMIT);
	pcre2_set_heap_limit(context, HEAP_LIMIT_KIB);
	return pcre2_match(r->code, (PCRE2_SPTR)text, strlen(text), 0, 0, data,
		context);
}

bool regex_matches(void *regex, const char *text, bool *matches,
	bool *was_hard, struct arena *arena, struct err *err)
{
	int found = match(regex, text, EASY_LIMIT, arena);

	*was_hard = found == PCRE2_ERROR_MATCHLIMIT;
	if (*was_hard)
		found = match(regex, text, MATCH_LIMIT, arena);
	*matches = found >= 0;
	if (found >= 0 || found == PCRE2_ERROR_NOMATCH)
		return true;
	return err_set(err, ERR_LIMIT,
		_("the pattern takes too long on this text"));
}

/* --- digests --- */

static void md5(const uint8_t *text, size_t n, uint8_t *bytes)
{
	struct md5_ctx ctx;

	md5_init(&ctx);
	md5_update(&ctx, n, text);
	md5_digest(&ctx, MD5_DIGEST_SIZE, bytes);
}

static void sha1(const uint8_t *text, size_t n, uint8_t *bytes)
{
	struct sha1_ctx ctx;

	sha1_init(&ctx);
	sha1_update(&ctx, n, text);
	sha1_digest(&ctx, SHA1_DIGEST_SIZE, bytes);
}

static void sha256(const uint8_t *text, size_t n, uint8_t *bytes)
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, n, text);
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, bytes);
}

static void sha384(const uint8_t *text, size_t n, uint8_t *bytes)
{
	struct sha384_ctx ctx;

	sha384_init(&ctx);
	sha384_update(&ctx, n, text);
	sha384_digest(&ctx, SHA384_DIGEST_SIZE, bytes);
}

static void sha512(const uint8_t *text, size_t n, uint8_t *bytes)
{
	struct sha512_ctx ctx;

	sha512_init(&ctx);
	sha512_update(&ctx, n, text);
	sha512_digest(&ctx, SHA512_DIGEST_SIZE, bytes);
}

bool digest_bytes(const char *algorithm, const char *text,
	unsigned char bytes[64], size_t *n_bytes)
{
	static const struct {
		const char *name, *other;
		void (*run)(const uint8_t *text, size_t n, uint8_t *bytes);
		size_t n_bytes;
	} known[] = {
		{ "MD5", "MD5", md5, MD5_DIGEST_SIZE },
		{ "SHA-1", "SHA1", sha1, SHA1_DIGEST_SIZE },
		{ "SHA-256", "SHA256", sha256, SHA256_DIGEST_SIZE },
		{ "SHA-384", "SHA384", sha384, SHA384_DIGEST_SIZE },
		{ "SHA-512", "SHA512", sha512, SHA512_DIGEST_SIZE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcasecmp(algorithm, known[i].name) != 0 &&
		    strcasecmp(algorithm, known[i].other) != 0)
			continue;
		known[i].run((const uint8_t *)text, strlen(text), bytes);
		*n_bytes = known[i].n_bytes;
		return true;
	}
	return false;
}

int64_t hash_of_text(const char *text)
{
	unsigned char bytes[64];
	uint64_t number = 0;
	int i;

	sha256((const uint8_t *)text, strlen(text), bytes);
	for (i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return (int64_t)number;
}
