/* Inside db/: what its files share. */
#ifndef BAYAZ_DB_INSIDE_H
#define BAYAZ_DB_INSIDE_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/err.h"

struct db;

sqlite3 *db_handle(const struct db *db);
/* `status` of a call that failed, as an error.  Always false. */
bool db_fail(const struct db *db, int status, struct err *err);

#endif
