/*
 * What a coordinator sends down to laptops: one shape for two files.
 *
 * A kit makes a laptop a member of a project.  It is encrypted under eight
 * words that travel another way than the file.  A down bundle brings members
 * up to date.  It is encrypted to their age recipients.  Either holds the
 * signed project (with its policy) and the certificates of stores, and may
 * hold forms with their media, lists, translations, policies, questions,
 * receipts and facts; it is numbered, and signed by the project's key or by a
 * store that may publish.  Source: design.md section 5; bayaz-bundle(5).
 */
#ifndef BAYAZ_TRUST_KIT_H
#define BAYAZ_TRUST_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "bundle/manifest.h"
#include "crypt/age.h"
#include "crypt/minisign.h"
#include "trust/papers.h"
#include "trust/project.h"
#include "trust/signed.h"

enum { KIT_MAX_BYTES = 256 << 20 };	/* all entries together */

struct kit_file {
	const char *name;	/* as the form calls it; no "/" */
	const char *bytes;
	size_t n_bytes;
};

struct kit_form {
	const char *form_id, *version;	/* version may be "" */
	const char *form_class;		/* NULL: untagged */
	const char *xml;
	size_t n_bytes;
	struct kit_file *files;
	size_t n_files;
};

/* It takes the place of the media of that name. */
struct kit_list {
	const char *name;
	const char *form_id;		/* of this form; NULL: of all */
	const char *bytes;
	size_t n_bytes;
};

struct kit_po {
	const char *form_id, *language;
	const char *bytes;
	size_t n_bytes;
};

/* A policy, query, receipt or fact (enum entry_kind). */
struct kit_message {
	enum entry_kind kind;
	struct trust_signed text;
	struct minisign_public signer;	/* filled by kit_read(): it may */
};

/* To write: everything points where the caller likes.  After kit_read():
 * everything is in `arena` or belongs to the kit. */
struct kit {
	struct arena *arena;
	int64_t number;			/* from 1 */
	char date[TRUST_DATE_BYTES];
	struct minisign_public signer;	/* filled by kit_read() */
	bool by_words;			/* filled by kit_read(): it makes members */
	struct trust_signed project_text;
	struct trust_project project;	/* filled by kit_read() */
	struct trust_papers papers;	/* after kit_read(): ours among them */
	VEC(struct kit_form) forms;
	VEC(struct kit_list) lists;
	VEC(struct kit_po) translations;
	VEC(struct kit_message) messages;
	size_t n_unused;		/* entries that this version does not use */
};

void kit_init(struct kit *kit);
void kit_release(struct kit *kit);
/* A copy of a signed document. */
void kit_add_message(struct kit *kit, enum entry_kind kind,
	const struct trust_signed *text);

/* `to`: the normalised words (crypt/words.h) of a kit, or the recipients of a
 * down bundle.  Mode 0644; nothing is left on failure.
 * ERR_LIMIT: more than KIT_MAX_BYTES; ERR_REFUSED: the signer may not publish;
 * ERR_CONFLICT: two forms of the same id and version; ERR_VALUE: a name. */
bool kit_write(const char *path, const struct kit *kit,
	const struct minisign_key *signer, const struct age_to *to,
	struct err *err) MUST_CHECK;

/*
 * Read and check all of it; `kit` is initialised.  `keys`: the words of a kit,
 * or the identity of this laptop.  `ours` (NULL: none yet) and `papers` (NULL)
 * are what this workspace belongs to and knows.
 * ERR_NOKEY: it does not open with these; ERR_CONFLICT: another project, or an
 * older description of it; ERR_REFUSED: its maker's certificate was withdrawn;
 * ERR_CRYPTO, ERR_SYNTAX, ERR_SPEC: damaged, forged, or no kit; ERR_LIMIT.
 * Afterwards release the kit, whatever came out.
 */
bool kit_read(const char *path, const struct age_keys *keys,
	const struct trust_project *ours, const struct trust_papers *papers,
	struct kit *kit, struct err *err) MUST_CHECK;
/* The same from bytes. */
bool kit_read_bytes(const void *bytes, size_t n_bytes,
	const struct age_keys *keys, const struct trust_project *ours,
	const struct trust_papers *papers, struct kit *kit, struct err *err)
	MUST_CHECK;

/* Against replay: `newest` is the number of the last that this maker's key
 * made and that was taken here (0: none).  ERR_CONFLICT: a lower one. */
bool kit_check_number(const struct kit *kit, int64_t newest, struct err *err)
	MUST_CHECK;

#endif
