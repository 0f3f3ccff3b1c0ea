/* Any bytes as a record that a bundle brings: read, and laid out in the rows
 * of a form's tables; and as a layout that a store keeps. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "store/layout.h"
#include "store/tables.h"
#include "store/version.h"
#include "xform/xform.h"
#include "tests/fuzz/fuzz.h"

static const char form_xml[] =
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\""
	" xmlns:h=\"http://www.w3.org/1999/xhtml\""
	" xmlns:jr=\"http://openrosa.org/javarosa\"><h:head><h:title>T</h:title>"
	"<model><instance><data id=\"f\" version=\"1\"><a/><g><n/><b/></g>"
	"<r jr:template=\"\"><n/><s jr:template=\"\"><n/></s></r>"
	"<meta><instanceID/></meta></data></instance>"
	"<bind nodeset=\"/data/g/n\" type=\"int\"/>"
	"<bind nodeset=\"/data/g/b\" type=\"decimal\"/></model></h:head><h:body>"
	"<input ref=\"/data/a\"/><input ref=\"/data/g/n\"/>"
	"<input ref=\"/data/g/b\"/><group ref=\"/data/r\">"
	"<repeat nodeset=\"/data/r\"><input ref=\"/data/r/n\"/>"
	"<group ref=\"/data/r/s\"><repeat nodeset=\"/data/r/s\">"
	"<input ref=\"/data/r/s/n\"/></repeat></group></repeat></group>"
	"</h:body></h:html>";

struct seen { const struct layout *layout; int64_t last[8]; };

/* Rows count up in each table, and parents are rows that were opened. */
static bool see_row(void *context, const struct row *row, struct err *err)
{
	struct seen *seen = context;
	const struct layout_table *table;

	(void)err;
	if (row->table >= seen->layout->tables.n || row->position < 1 ||
			row->row != ++seen->last[row->table])
		abort();
	table = &seen->layout->tables.items[row->table];
	if ((row->parent == 0) != (table->parent <= 0))
		abort();
	for (size_t i = 0; i < table->columns.n; i++) {
		int64_t whole;
		double real;

		if (row->values[i] != NULL) {
			(void)value_to_int(row->values[i], &whole);
			(void)value_to_real(row->values[i], &real);
		}
	}
	return true;
}

static struct layout *make_layout(void)
{
	struct xf_options options = { .missing_is_error = false };
	struct problems problems = PROBLEMS_INIT;
	struct xform *form = xform_load(form_xml, strlen(form_xml), "",
		&options, &problems);
	const struct xform *forms[] = { form };
	struct layout *layout;

	if (form == NULL)
		abort();
	layout = layout_new("bz_f", forms, 1);
	xform_free(form);
	problems_release(&problems);
	return layout;
}

/* What is read must be printed so that it is read again as the same. */
static void as_layout(const char *bytes, size_t n_bytes)
{
	char *text = xstrndup(bytes, n_bytes), *once, *twice;
	struct err err = ERR_INIT;
	struct layout *layout = layout_parse("f", text, &err), *again;

	free(text);
	if (layout == NULL)
		return;
	once = layout_print(layout);
	again = layout_parse("f", once, &err);
	if (again == NULL)
		abort();
	twice = layout_print(again);
	if (strcmp(once, twice) != 0)
		abort();
	free(once);
	free(twice);
	layout_free(layout);
	layout_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	static struct layout *layout;
	struct version_head head;
	struct err err = ERR_INIT;
	struct xml_doc *doc;

	if (layout == NULL)
		layout = make_layout();
	as_layout((const char *)bytes, n_bytes);
	doc = version_read((const char *)bytes, n_bytes, &head, &err);
	if (doc != NULL) {
		struct seen seen = { layout, { 0 } };

		if (!rows_build(layout, doc, see_row, &seen, &err))
			abort();
		xml_free(doc);
	}
	return 0;
}
