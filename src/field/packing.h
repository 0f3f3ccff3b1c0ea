/* Inside packing: plan.c chooses what goes, contents.c makes entries of it and
 * reads their bytes, pack.c writes the file.  Private to this folder. */
#ifndef BAYAZ_FIELD_PACKING_H
#define BAYAZ_FIELD_PACKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/disk.h"
#include "base/map.h"
#include "base/problem.h"
#include "base/vec.h"
#include "bundle/manifest.h"
#include "bundle/source.h"
#include "crypt/crypt.h"
#include "field/local.h"
#include "field/pack.h"
#include "field/query.h"
#include "trust/device.h"
#include "trust/project.h"

enum { TOKEN_TEXT = 33 };

/* What was packed last. */
struct chain {
	uint64_t sequence;		/* 0: nothing yet */
	char manifest[SHA256_HEX_BYTES];	/* its hash; "" */
	uint64_t n_packed;		/* records sent so far, each once */
	bool has_count;			/* `n_packed` was noted */
};

/* What is being packed, noted before the first byte is written. */
struct plan {
	uint64_t sequence;		/* 0: no plan */
	char date[11];			/* YYYY-MM-DD */
	char token[TOKEN_TEXT];		/* random: whose plan it is */
	char *path;			/* absolute */
	bool written;			/* the file was complete */
	uint64_t n_packed, n_left;	/* as its manifest says; once written */
	VEC(int64_t) ids;		/* of its records, sorted */
	VEC(struct query_name) answers;	/* to these questions */
};

/* Where the bytes of an entry come from, when they are wanted. */
struct part {
	struct packer *packer;
	int64_t owner;			/* record or form, or file */
	int64_t row;			/* what stays behind if it is damaged */
	bool is_file;
	char *text;			/* its bytes themselves, or NULL */
	uint64_t size_bytes;
	uint8_t key[SEAL_KEY_BYTES];	/* of the owner; files have theirs */
	uint8_t sha256[32];
};

struct packer {
	struct workspace *ws;
	const struct pack_options *options;
	struct pack_result *result;
	struct problems *warnings;
	struct disk disk;
	struct plan plan;
	struct chain chain;
	struct trust_project project;
	struct trust_device device;
	struct manifest manifest;
	VEC(struct part *) parts;	/* one for each entry, as they came */
	VEC(int64_t) damaged;		/* rows that cannot be read */
	VEC(int64_t) refused;		/* records that fit no bundle */
	VEC(int64_t) missing;		/* records that miss a file */
	size_t n_waiting;		/* ready ones that are not in the plan */
	size_t n_new;			/* of those that go: never sent before */
	struct map forms, files;	/* row in hexadecimal -> known */
	const struct part *open_part;	/* whose bytes `cache` holds */
	int64_t open_chunk;
	struct stored_file open_file;
	struct str cache;
	struct db_stmt *hold;		/* keeps reading open, or NULL */
	bool part_failed;		/* bytes of a part were not to be had */
	uint64_t all_bytes, n_in, n_out;
};

/* --- plan.c --- */

/* In one change: the plan that was not finished is taken up if its file may be
 * out there, dropped if not; else a new one is made.
 * ERR_NOTFOUND: nothing is ready.  ERR_LIMIT: nothing that this disk takes. */
bool plan_make(struct packer *p, const char *path, struct err *err)
	MUST_CHECK;
/* The file is complete and gets its name next: from now on the same manifest
 * is made until it is confirmed.  ERR_CONFLICT: it is not our plan any more. */
bool plan_written(struct packer *p, struct err *err) MUST_CHECK;
/* It is out: the records are packed. */
bool plan_confirm(struct packer *p, struct err *err) MUST_CHECK;
/* It is not, and will not be. */
void plan_drop(struct packer *p);
/* The path of a bundle that was written into this folder and has to be written
 * again; free() it.  NULL: there is none. */
char *plan_pending(struct workspace *ws, const char *folder);
bool plan_has(const struct plan *plan, int64_t id);
/* The plan with the records that are in a bundle that is being written, or was
 * and may be out there: plan_holds() for many.  Then plan_release(). */
bool plan_look(struct workspace *ws, struct plan *plan, struct err *err)
	MUST_CHECK;
/* contents_add() for each of its records. */
bool plan_contents(struct packer *p, struct err *err) MUST_CHECK;
void plan_release(struct plan *plan);

/* --- pack.c --- */

/* Does another program pack this workspace now? */
bool pack_is_running(const struct workspace *ws);

/* --- contents.c --- */

/* Entries for one record, its form and files.  A record that no reader would
 * take or that is damaged is passed over. */
bool contents_add(struct packer *p, const struct record *record,
	struct err *err) MUST_CHECK;
/* An entry for the answer to the question of that hash. */
bool contents_add_answer(struct packer *p, const struct query_name *name,
	struct err *err) MUST_CHECK;
/* Once more, for all of the plan, without what is damaged. */
bool contents_again(struct packer *p, struct err *err) MUST_CHECK;
/* Read everything, to know all that is damaged. */
void contents_check(struct packer *p);
void contents_source(struct packer *p, size_t i, struct bundle_source *source);
void contents_release(struct packer *p);
bool contents_is_damaged(const struct packer *p, int64_t row);

#endif
