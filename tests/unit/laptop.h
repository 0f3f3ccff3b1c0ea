/* A folder for the workspace of each test, and what all tests of a laptop do
 * with it.  Needs cmocka. */
#ifndef BAYAZ_TESTS_LAPTOP_H
#define BAYAZ_TESTS_LAPTOP_H

#include <stdbool.h>

#include "base/err.h"
#include "field/workspace.h"
#include "tests/scratch.h"

#define PASSPHRASE "twelve quiet apples"

extern char root[SCRATCH_BYTES];	/* above all of them */
extern char *folder;		/* of the test's workspace; not made yet */

/* For cmocka_run_group_tests(). */
int make_root(void **state);
int remove_root(void **state);
/* Around each test.  Databases can be told to fail from here on, and do not
 * fail any more after it. */
int fresh_folder(void **state);
int forget_folder(void **state);
#define IN_A_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, fresh_folder, forget_folder)

void assert_good(bool ok, const struct err *err);

/* In `folder`. */
struct workspace *open_with(const char *passphrase);
struct workspace *make_workspace(const char *passphrase);

#endif
