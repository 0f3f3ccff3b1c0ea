/*
 * Records of a workspace: begun (draft), finished (ready), sent (packed),
 * safe at the centre (received), or discarded.
 *
 * A finished record of a protected form is sealed to the project at once:
 * what stays is the bytes of an age file that this device cannot open, and a
 * head with a neutral title, a date, a size and a hash (DNH-06).
 */
#ifndef BAYAZ_FIELD_RECORDS_H
#define BAYAZ_FIELD_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "field/forms.h"

struct workspace;

enum record_state {
	RECORD_DRAFT,
	RECORD_READY,
	RECORD_PACKED,
	RECORD_RECEIVED,
	RECORD_DISCARDED,
};

/* "draft", "ready" ...: for programs. */
const char *record_state_name(enum record_state state);

struct record_attachment {
	char *name;		/* as the record's XML calls it */
	int64_t file;		/* row; 0: the file is missing */
	uint64_t size_bytes;
	uint8_t sha256[32];
};

struct record_head {
	int64_t id;		/* row, random; never 0 */
	enum record_state state;
	bool is_protected;
	bool is_deletion;	/* no record: a request to delete some, sealed */
	bool training;
	bool clock_given;	/* the worker gave the date: the clock was wrong */
	bool was_ready;		/* discarded when it was; comes back as that */
	int64_t form;		/* row of its form version; 0: not known any more */
	char *form_id, *form_version;	/* "" once a protected one is sealed */
	char *form_class;
	char *title;		/* of the form, as lists show it */
	char *name;		/* instanceName or ""; always "" if protected */
	char *instance_id;	/* "" while unknown, and once sealed */
	int64_t created, changed, finished;	/* seconds since 1970; 0: not;
				 * of protected records the day only */
	int changed_ms;		/* 0 to 999, of `changed`; 0 if protected */
	char *place;		/* where the interview stands; a path or "" */
	bool has_final;
	uint64_t size_bytes;	/* of the final XML, or of the sealed bytes */
	uint8_t sha256[32];	/* of the same */
	uint8_t (*priors)[32];	/* versions it was made from */
	size_t n_priors;
	struct record_attachment *attachments;
	size_t n_attachments;
	uint64_t n_events;	/* in the journal */
	uint64_t bundle;	/* sequence number of the bundle; 0: none */
	char *refused;		/* why the centre did not take it; a word, or "" */
};

void record_head_release(struct record_head *head);

/* One record, opened.  Close before the workspace. */
struct record;

/* A new draft of this form.  `prior`: row of the record it is an edit of, or
 * 0.  ERR_REFUSED: protected form without passphrase, or without a project to
 * seal it to. */
struct record *record_new(struct workspace *ws, const struct form_info *form,
	int64_t prior, struct err *err) MUST_CHECK;
/* ERR_NOTFOUND; ERR_CRYPTO if the row is damaged. */
struct record *record_open(struct workspace *ws, int64_t id,
	struct err *err) MUST_CHECK;
void record_close(struct record *record);	/* NULL is fine */

/* Borrowed, up to date until the next call on the record. */
const struct record_head *record_head(const struct record *record);

/* Every record, in no particular order and without holding them all in memory.
 * The callback's head is borrowed; false stops without an error. */
bool records_each(struct workspace *ws,
	bool (*visit)(void *context, const struct record_head *head),
	void *context, struct err *err) MUST_CHECK;

/* How many records the last records_each() had to pass over because they are
 * damaged. */
size_t records_damaged(const struct workspace *ws);

/* The row of the record whose final XML (or sealed bytes) has this SHA-256;
 * of the one with this instanceID, the newest if several; 0: none.
 * The first call reads all heads. */
bool records_find_hash(struct workspace *ws, const uint8_t sha256[32],
	int64_t *id, struct err *err) MUST_CHECK;
bool records_find_instance(struct workspace *ws, const char *instance_id,
	int64_t *id, struct err *err) MUST_CHECK;
/* What `text` names: the row as 16 hexadecimal digits or the beginning of it,
 * or an instanceID.  ERR_NOTFOUND; ERR_CONFLICT if it fits several. */
bool records_find(struct workspace *ws, const char *text, int64_t *id,
	struct err *err) MUST_CHECK;
/* The 16 digits. */
void record_id_text(int64_t id, char text[17]);

/* From its birth on: before anything is in its journal (ERR_REFUSED). */
bool record_set_training(struct record *record, struct err *err) MUST_CHECK;
/* Outlives the program at once, and the machine with the next change. */
bool record_set_place(struct record *record, const char *place,
	struct err *err) MUST_CHECK;
/* A draft goes on with another version of its form (journal.h: REBASE).
 * ERR_REFUSED: no draft, another form, or another class of it. */
bool record_set_form(struct record *record, const struct form_info *form,
	struct err *err) MUST_CHECK;
/* As lists show it while it is a draft; not kept for protected forms. */
bool record_set_name(struct record *record, const char *name,
	struct err *err) MUST_CHECK;
/* A version this one descends from (`deprecatedID`, or a settled conflict). */
bool record_add_prior(struct record *record, const uint8_t sha256[32],
	struct err *err) MUST_CHECK;

/* What finalising gives; texts borrowed, NULL counts as "". */
struct record_final {
	const char *xml;
	size_t n_bytes;
	const char *instance_id;
	const char *instance_name;
	int64_t finished;	/* seconds since 1970; 0: now */
	bool training, clock_given;	/* as its root says; a head that says so
					 * already stays */
	/* The files that it names: others are dropped.  NULL: all stay. */
	const char *const *files;
	size_t n_files;
};

/* draft → ready.  Standard: the XML is kept, sealed; the journal stays until
 * the record is received.  Protected: sealed to the project, journal and
 * attachments' names destroyed; record_xml() fails from now on.
 * ERR_REFUSED: no draft, or nobody to seal to. */
bool record_finish(struct record *record, const struct record_final *final,
	struct err *err) MUST_CHECK;

/* ready → draft, if standard and not yet in a bundle: ERR_REFUSED.  One that
 * was imported has no journal: its final XML is what it begins with. */
bool record_reopen(struct record *record, struct err *err) MUST_CHECK;
/* draft or ready → discarded; discarded → what it was (`back`). */
bool record_discard(struct record *record, bool back, struct err *err)
	MUST_CHECK;
/* packed → received: a receipt came. */
bool record_received(struct record *record, struct err *err) MUST_CHECK;
/* packed or received → received, but the centre did not keep it; `code` is a
 * word of a receipt.  Of a protected one only the head stays. */
bool record_refused(struct record *record, const char *code, struct err *err)
	MUST_CHECK;

/* Adds the final XML of a standard record, or the sealed bytes (an age file)
 * of a protected one, to `out`; checked against the head's hash.
 * ERR_NOTFOUND: not finished. */
bool record_final_bytes(struct record *record, struct str *out,
	struct err *err) MUST_CHECK;
/* The same, but ERR_REFUSED for a protected one. */
bool record_xml(struct record *record, struct str *out, struct err *err)
	MUST_CHECK;

/* Of a restricted or protected form? */
bool record_takes_only_pictures(const struct record_head *head);
/* Attach a file, streamed in; replaces one of the same name.  A `path` of
 * NULL notes that the file is missing.  A file that changes while it is read
 * is ERR_IO.  Restricted and protected forms take JPEG and PNG pictures only,
 * and those without metadata (strip.h): ERR_REFUSED, ERR_VALUE. */
bool record_attach(struct record *record, const char *name, const char *path,
	struct err *err) MUST_CHECK;
/* The same with bytes of ours. */
bool record_attach_bytes(struct record *record, const char *name,
	const char *bytes, size_t n_bytes, struct err *err) MUST_CHECK;
bool record_detach(struct record *record, const char *name, struct err *err)
	MUST_CHECK;

/* A finished instance from elsewhere becomes a ready record, with the files
 * beside it.  `deprecated_id` may be NULL; the record it names, if it is here,
 * is the prior.  The same bytes once more: *added false and *id is the record
 * that is there.  `id` may be NULL. */
struct record_file {
	const char *name;
	const char *path;	/* NULL: missing */
};

bool records_import(struct workspace *ws, const struct form_info *form,
	const struct record_final *final, const char *deprecated_id,
	const struct record_file *files, size_t n_files, bool *added,
	int64_t *id, struct err *err) MUST_CHECK;

/* The newest finished record of a form that is neither protected nor
 * restricted, made for training or not, for `last-saved`; 0: none. */
bool records_last(struct workspace *ws, const char *form_id, bool training,
	int64_t *id, struct err *err) MUST_CHECK;

/* Remove a record with everything that belongs to it, and change the keys so
 * that what the disk may still hold of it cannot be opened (DNH-07).  Costs a
 * pass over the heads of its bucket, one of 256: purge several at once. */
bool records_purge(struct workspace *ws, const int64_t *ids, size_t n_ids,
	struct err *err) MUST_CHECK;

#endif
