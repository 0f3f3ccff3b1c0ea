/*
 * bayaz export: what was asked for, and the store it is taken from.  A format
 * is a row in the table in export.c.
 */
#ifndef BAYAZ_CMD_EXPORT_H
#define BAYAZ_CMD_EXPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "cmd/cmd.h"
#include "export/reader.h"
#include "store/codebook.h"
#include "store/layout.h"
#include "store/store.h"

struct export_job {
	const struct cmd_args *args;
	char *form;			/* its id */
	struct store *store;
	struct layout *layout;
	struct codebook *book;		/* NULL unless the format needs it */
	struct export_options options;
};

/* Write one file (-o FILE, else standard output). */
typedef bool export_write(struct export_job *job, FILE *to, struct err *err);

/* --- export_files.c --- */

/* One file, or standard output; whole or not at all. */
bool export_one_file(struct export_job *job, export_write *write,
	struct err *err) MUST_CHECK;
/* Joined CSV: a file per table. */
bool export_tables(struct export_job *job, struct err *err) MUST_CHECK;

/* The file for a table: in folder -o, or beside file -o that ends in `ending`;
 * free() it. */
char *export_table_path(const struct export_job *job, size_t table,
	const char *ending) RETURNS_NONNULL;

/* --- export_helper.c: -o is given --- */

bool export_xlsx(struct export_job *job, struct err *err) MUST_CHECK;
/* A file per table, in a folder or beside the form's. */
bool export_sav(struct export_job *job, struct err *err) MUST_CHECK;
bool export_dta(struct export_job *job, struct err *err) MUST_CHECK;

#endif
