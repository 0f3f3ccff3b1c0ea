/* Any bytes as the signed documents of a kit: project, certificate; and as
 * the keys that a workspace keeps. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "trust/cert.h"
#include "trust/device.h"
#include "trust/project.h"
#include "tests/fuzz/fuzz.h"

static void as_signed(const char *bytes, size_t n_bytes)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_project project;
	struct trust_cert cert;
	struct err err = ERR_INIT;

	if (trust_signed_split(&text, bytes, n_bytes, &err) &&
	    trust_project_check(&text, &project, &err) &&
	    trust_cert_check(&text, &project, &cert, &err))
		abort();	/* no document is both */
	trust_signed_release(&text);
}

/* What is taken must be printed so that it is taken again. */
static void as_documents(const char *bytes, size_t n_bytes)
{
	struct trust_project project;
	struct trust_cert cert;
	struct err err = ERR_INIT;
	char *text;

	if (trust_project_parse(bytes, n_bytes, &project, &err)) {
		text = trust_project_print(&project);
		if (!trust_project_parse(text, strlen(text), &project, &err))
			abort();
		free(text);
	}
	if (trust_cert_parse(bytes, n_bytes, &cert, &err)) {
		text = trust_cert_print(&cert);
		if (!trust_cert_parse(text, strlen(text), &cert, &err))
			abort();
		free(text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	const char *text = (const char *)bytes;
	struct trust_secrets secrets;
	struct trust_device device;
	struct err err = ERR_INIT;

	if (!crypt_init(&err))
		return 0;
	as_signed(text, n_bytes);
	as_documents(text, n_bytes);
	if (trust_secrets_parse(text, n_bytes, &secrets, &err))
		trust_secrets_wipe(&secrets);
	if (trust_device_parse(text, n_bytes, &device, &err))
		trust_device_wipe(&device);
	return 0;
}
