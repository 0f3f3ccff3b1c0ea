/* SQLite's way to the disk with a switch in it: a test makes the Nth write or
 * sync fail (db_fail_nth() in db.h).  Without that it adds nothing. */
#ifndef BAYAZ_DB_FAULT_H
#define BAYAZ_DB_FAULT_H

/* The name of the VFS to open with; NULL for SQLite's own, which is the case
 * until db_fail_nth() was called once. */
const char *db_fault_vfs(void);

#endif
