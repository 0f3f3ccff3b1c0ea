/* Any bytes as a form on its way to translators and back: a template is written
 * of what can be read of it, every text is translated as itself, and a form
 * that opened before opens afterwards. */
#include "config.h"

#include <stdlib.h>

#include "author/preview.h"
#include "author/translate.h"
#include "tests/fuzz/fuzz.h"

static bool opens(const char *bytes, size_t n_bytes)
{
	const struct xf_options options = { .missing_is_error = false };
	struct problems problems = PROBLEMS_INIT;
	struct xform *form = xform_load(bytes, n_bytes, "fuzz.xml", &options,
		&problems);
	bool ok = form != NULL;

	xform_free(form);
	problems_release(&problems);
	return ok;
}

static void translate_as_itself(struct po *po)
{
	for (size_t i = 0; i < po->entries.n; i++)
		if (po->entries.items[i] != po->header)
			po_set(po, po->entries.items[i], 0,
				po->entries.items[i]->names.id);
}

static void look(const struct form_texts *texts,
	const struct phrases *phrases, const struct po *po)
{
	struct preview preview;
	struct str out = STR_INIT;

	preview_make(&preview, texts, phrases, -1, "qx", po);
	preview_write_text(&preview, &out);
	preview_write_html(&preview, &out);
	preview_release(&preview);
	str_release(&out);
}

/* There and back, through the bytes of a PO file. */
static struct po *template_of(const struct form_texts *texts,
	const struct phrases *phrases)
{
	struct po *po = po_new(), *back;
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;

	pot_set_header(po, "fuzz", NULL, "");
	pot_add(po, texts, phrases, -1);
	translate_as_itself(po);
	po_write(po, PO_WRAP, &bytes);
	back = po_parse(bytes.data, bytes.len, "fuzz.po", &err);
	if (back == NULL || back->entries.n != po->entries.n)
		abort();
	str_release(&bytes);
	po_free(po);
	return back;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	const struct xf_options options = { .missing_is_error = false };
	const char *text = (const char *)bytes;
	struct err err = ERR_INIT;
	struct form_texts *texts = form_texts_read(text, n_bytes, "fuzz.xml",
		&options, NULL, &err);
	struct translated done;
	struct phrases phrases;
	struct str xml = STR_INIT;
	struct po *po;

	if (texts == NULL)
		return 0;
	phrases_of(texts, &phrases);
	po = template_of(texts, &phrases);
	look(texts, &phrases, po);
	form_translate(texts, &phrases, po, "fuzz.po", "qx", "default", &done,
		NULL);
	form_texts_xml(texts, &xml);
	if (done.n_refused > 0 || (opens(text, n_bytes) &&
			!opens(xml.data, xml.len)))
		abort();
	str_release(&xml);
	po_free(po);
	phrases_release(&phrases);
	form_texts_free(texts);
	return 0;
}
