/* The inside of findings.h; only findings*.c include it. */
#ifndef BAYAZ_STORE_FINDINGS_PARTS_H
#define BAYAZ_STORE_FINDINGS_PARTS_H

#include "base/map.h"
#include "base/vec.h"
#include "db/db.h"
#include "store/findings.h"
#include "store/layout.h"
#include "store/rules.h"

enum {
	FINDINGS_LEAST = 20,	/* answers that a share or quartile needs */
	LIKENESS_BYTES = 16,
};

/* A rule that runs: its columns are there. */
struct running {
	const struct rule *rule;
	const struct layout *layout;
	struct rule_places places;
	struct db_stmt *read;		/* duplicate: the values of a record */
};

/* Records are alike that have one key. */
struct alike { size_t running; uint8_t key[LIKENESS_BYTES]; };

struct finder {
	struct store *store;
	struct reconciler *reconciler;
	struct rules rules;
	VEC(struct layout *) layouts;
	VEC(struct running) running;
	VEC(int64_t) noted;
	struct map forms;		/* whose records changed; keys in rules.arena */
	VEC(struct alike) alike;	/* groups to be looked at again */
};

/* `record` 0: of the form as a whole. */
bool finding_add(struct store *store, const struct rule *rule, int64_t record,
	const char *part, const char *value, struct err *err) MUST_CHECK;

/* Duplicates: take a record out of its groups; put it into them; and tell of
 * the groups that changed. */
bool likeness_forget(struct finder *finder, int64_t record, struct err *err)
	MUST_CHECK;
bool likeness_keep(struct finder *finder, size_t running, int64_t record,
	struct err *err) MUST_CHECK;
bool likeness_tell(struct finder *finder, struct err *err) MUST_CHECK;

/* Rules about all records of a form at once: find anew. */
bool findings_of_table(struct store *store, const struct running *running,
	struct err *err) MUST_CHECK;

/* "table" or "alias.column", quoted, appended. */
void findings_add_sheet(struct str *sql, const struct running *running,
	size_t table, size_t sheet);
void findings_add_column(struct str *sql, const struct running *running,
	const struct rule_place *place, char alias);
/* The SQL table in which a column stands. */
size_t findings_sheet(const struct running *running,
	const struct rule_place *place);

#endif
