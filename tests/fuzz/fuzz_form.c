/* Any bytes as a form; and the bytes as its list. */
#include "config.h"

#include "tests/fuzz/fuzz.h"
#include "xform/xform.h"

struct bytes { const uint8_t *data; size_t n; };

static bool read_itself(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	const struct bytes *b = data;

	(void)url;
	(void)name;
	(void)err;
	str_addn(out, b->data, b->n);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct bytes given = { bytes, n_bytes };
	struct xf_options options = { .media = { .read = read_itself,
		.data = &given } };
	struct problems problems = PROBLEMS_INIT;
	struct xform *form;

	if (n_bytes > 1 << 16)
		return 0;
	form = xform_load((const char *)bytes, n_bytes, "bytes", &options,
		&problems);
	if (form == NULL && problems.n_errors == 0)
		abort();	/* refused without a word */
	if (form != NULL)
		xform_lint(form, &problems);
	xform_free(form);
	problems_release(&problems);
	return 0;
}
