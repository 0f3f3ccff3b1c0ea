/*
 * A kit: the bundle that makes a laptop a member of a project.  It holds the
 * signed project (with its policy), certificates of stores, and forms with
 * their media; it is numbered, signed by the project's key or by a store that
 * may publish, and encrypted under eight words that travel another way than
 * the file.  Source: design.md section 5; bayaz-bundle(5).
 */
#ifndef BAYAZ_TRUST_KIT_H
#define BAYAZ_TRUST_KIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "crypt/minisign.h"
#include "trust/cert.h"
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

struct kit_cert {
	struct trust_signed text;
	struct trust_cert cert;		/* filled by kit_read() */
};

/* To write: everything points where the caller likes.  After kit_read():
 * everything is in `arena` or belongs to the kit. */
struct kit {
	struct arena *arena;
	int64_t number;			/* from 1 */
	char date[TRUST_DATE_BYTES];
	struct trust_signed project_text;
	struct trust_project project;	/* filled by kit_read() */
	VEC(struct kit_cert) certs;
	VEC(struct kit_form) forms;
	size_t n_unused;		/* entries that this version does not use */
};

void kit_init(struct kit *kit);
void kit_release(struct kit *kit);
/* The certificate is copied. */
void kit_add_cert(struct kit *kit, const struct trust_signed *cert);

/* `words`: normalised (crypt/words.h).  Mode 0644; nothing is left on failure.
 * ERR_LIMIT: more than KIT_MAX_BYTES; ERR_REFUSED: the signer may not publish;
 * ERR_CONFLICT: two forms of the same id and version. */
bool kit_write(const char *path, const struct kit *kit,
	const struct minisign_key *signer, const char *words, struct err *err)
	MUST_CHECK;

/*
 * Read and check a kit whole; `kit` is initialised.  `ours` (NULL: none yet)
 * and `newest` (0: none yet) are what this workspace belongs to.
 * ERR_NOKEY: these words do not open it; ERR_CONFLICT: another project, or an
 * older kit; ERR_CRYPTO, ERR_SYNTAX, ERR_SPEC: damaged, forged, or no kit;
 * ERR_LIMIT.  Afterwards release the kit, whatever came out.
 */
bool kit_read(const char *path, const char *words,
	const struct trust_project *ours, int64_t newest, struct kit *kit,
	struct err *err) MUST_CHECK;

#endif
