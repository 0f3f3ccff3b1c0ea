/* The bytes of an age file, with the armour taken off if there is one.
 * Private to this folder.  Source: C2SP age.md, "ASCII armor". */
#ifndef BAYAZ_CRYPT_AGE_INPUT_H
#define BAYAZ_CRYPT_AGE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "crypt/age.h"

enum age_input_form { INPUT_UNKNOWN, INPUT_BINARY, INPUT_ARMOUR, INPUT_ENDED };

struct age_input {
	byte_source *source;
	void *context;
	enum age_input_form form;
	enum age_fault fault;		/* AGE_ARMOR or AGE_SOURCE */
	bool source_ended;
	bool last_line;			/* of the armour: a short one came */
	size_t raw_at, raw_n;		/* what of `raw` is still to be used */
	size_t line_at, line_n;
	uint8_t line[48];		/* one line of armour, decoded */
	uint8_t raw[16 << 10];
};

/* Up to size_bytes; fewer only at the end. */
bool age_input_read(struct age_input *input, void *buffer, size_t size_bytes,
	size_t *n_got, struct err *err) MUST_CHECK;

#endif
