/*
 * A device (a laptop): the key it signs its bundles with, the identity that
 * reads what comes back, and the code of its worker, which is a pseudonym
 * that only the coordinator can put a name to.
 */
#ifndef BAYAZ_TRUST_DEVICE_H
#define BAYAZ_TRUST_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"
#include "crypt/age.h"
#include "crypt/minisign.h"

enum { DEVICE_NAME_BYTES = 33 };

struct trust_device {
	struct minisign_key key;
	struct age_identity identity;
	char name[DEVICE_NAME_BYTES];	/* "KP-031", or "" */
};

/* `name` may be NULL.  ERR_VALUE: not letters, digits, '-', '_', '.' (ASCII,
 * up to 32). */
bool trust_device_new(const char *name, struct trust_device *device,
	struct err *err) MUST_CHECK;
bool trust_device_set_name(struct trust_device *device, const char *name,
	struct err *err) MUST_CHECK;
void trust_device_fingerprint(const struct trust_device *device,
	char text[FINGERPRINT_BYTES]);

/* As text for a sealed place: append; read back.  ERR_SYNTAX. */
void trust_device_print(const struct trust_device *device, struct str *out);
bool trust_device_parse(const char *bytes, size_t n_bytes,
	struct trust_device *device, struct err *err) MUST_CHECK;
void trust_device_wipe(struct trust_device *device);

#endif
