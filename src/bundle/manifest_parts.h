/* What the two readers of manifest entries share.  Private to src/bundle. */
#ifndef BAYAZ_BUNDLE_MANIFEST_PARTS_H
#define BAYAZ_BUNDLE_MANIFEST_PARTS_H

#include "bundle/manifest.h"

enum {
	MANIFEST_MAX_TEXT = 512,	/* bytes of an id, a label, a title */
	MANIFEST_MAX_PRIORS = 64,
	MANIFEST_MAX_FILES = 10000,
};

typedef bool manifest_text_test(const char *text);

/* A member of an entry's object. */
struct manifest_member {
	const char *key;
	enum {
		MEMBER_TEXT, MEMBER_CLOCK, MEMBER_FILES, MEMBER_KIND,
		MEMBER_NAME, MEMBER_PRIORS, MEMBER_SHA256, MEMBER_SIZE
	} what;
	manifest_text_test *fits;	/* of a text; or NULL */
	size_t at;			/* of a text: in struct manifest_entry */
};
enum { N_MANIFEST_MEMBERS = 15 };
/* All that are known, sorted by key. */
extern const struct manifest_member manifest_members[N_MANIFEST_MEMBERS];

const char **manifest_text(struct manifest_entry *entry,
	const struct manifest_member *member) RETURNS_NONNULL;
manifest_text_test manifest_is_file_name;

/* Reads the entry in [at, end), if it is spelled as this program spells it:
 * keys sorted, no blanks, no escapes.  False: it is not, or is wrong; the reader
 * for any JSON tells.  Texts go into the arena. */
bool manifest_read_plain(struct arena *arena, const char *at, const char *end,
	struct manifest_entry *entry);

#endif
