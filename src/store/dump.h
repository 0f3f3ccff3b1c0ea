/*
 * The canonical dump: facts and what is derived from them, one JSON object a
 * line, in an order that depends on nothing but the facts.  Two stores with
 * the same facts give the same bytes.  Source: bayaz-store(5), "Dump".
 */
#ifndef BAYAZ_STORE_DUMP_H
#define BAYAZ_STORE_DUMP_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

struct store;

/* ERR_IO when `to` does not take it all. */
bool store_dump(struct store *store, FILE *to, struct err *err) MUST_CHECK;

#endif
