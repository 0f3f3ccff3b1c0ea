/*
 * A fuzz target takes any bytes at one door of the program and must come back:
 * with a result or an error, never with a crash, a hang or a leak.
 *
 * The same target runs in two ways: linked with libFuzzer (--enable-fuzzing,
 * clang), or with main.c, which replays the seeds of tests/fuzz/seeds/NAME and
 * damages each of them in ways that are the same every time.
 */
#ifndef BAYAZ_TESTS_FUZZ_FUZZ_H
#define BAYAZ_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Returns 0.  The name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

#endif
