/* The tables of the store, step by step (see bayaz-store(5), "Tables").
 * Internal names have no prefix; those for SQL users begin with bz_. */
#ifndef BAYAZ_STORE_SCHEMA_H
#define BAYAZ_STORE_SCHEMA_H

#include <stdint.h>

#define STORE_APPLICATION_ID INT32_C(0x627a7374)	/* "bzst" */

extern const char *const store_steps[];
extern const int store_n_steps;

/* Empties all that is derived but the bz_ tables. */
extern const char store_clear_derived[];

#endif
