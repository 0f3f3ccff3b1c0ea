/* Any bytes as XML.  What is read is written, and what was written is read
 * again. */
#include "config.h"

#include "tests/fuzz/fuzz.h"
#include "xml/xml.h"

static const struct xml_limits limits = { 1 << 20, 64, 20000 };

static void read_again(const struct str *text)
{
	struct err err = ERR_INIT;
	struct xml_doc *doc = xml_parse(text->data, text->len, "again",
		&xml_limits_form, &err);

	if (doc == NULL)
		abort();	/* we wrote what we cannot read */
	xml_free(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;
	struct xml_doc *doc = xml_parse((const char *)bytes, n_bytes, "bytes",
		&limits, &err);
	struct str out = STR_INIT;

	if (doc == NULL)
		return 0;
	xml_add_node(&out, doc->root);
	read_again(&out);
	str_release(&out);
	xml_free(doc);
	return 0;
}
