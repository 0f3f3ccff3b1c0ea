/* Who may see what was not approved.  See review.h. */
#include "config.h"

#include "store/review.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "db/db.h"
#include "store/statement.h"
#include "store/store.h"

/* As the index record_review has it. */
#define REVIEWED "(SELECT id FROM record WHERE review <> '" \
	REVIEW_RECEIVED "' AND review "

const char *review_records(const struct store *store,
	enum review_choice choice, bool *only)
{
	if (choice == REVIEW_USUAL && store_requires_review(store))
		choice = REVIEW_APPROVED_ONLY;
	*only = choice == REVIEW_APPROVED_ONLY;
	if (choice == REVIEW_ANY)
		return NULL;
	return *only ? REVIEWED "= '" REVIEW_APPROVED "')" :
		REVIEWED "IN ('" REVIEW_REJECTED "', '" REVIEW_ISSUES "'))";
}

char *review_where(const struct store *store, enum review_choice choice,
	const char *id)
{
	bool only;
	const char *records = review_records(store, choice, &only);

	return records == NULL ? xstrdup("") : str_format(" WHERE %s %s %s",
		id, only ? "IN" : "NOT IN", records);
}

bool review_count_held(struct store *store, const char *form,
	enum review_choice choice, int64_t *n, struct err *err)
{
	bool only;
	const char *records = review_records(store, choice, &only);
	char *sql = str_format("SELECT count(*) FROM record WHERE form = ?1"
		" AND hidden = '' AND id %s %s", only ? "NOT IN" : "IN",
		records != NULL ? records : "()");
	struct db_stmt *get = db_prepare_once(store_db(store), sql, err);
	enum db_result result = DB_FAILED;

	*n = 0;
	if (get != NULL) {
		db_bind_text(get, 1, form);
		result = db_step(get, err);
	}
	if (result == DB_ROW)
		*n = db_int(get, 0);
	db_free(get);
	free(sql);
	return result == DB_ROW;
}
