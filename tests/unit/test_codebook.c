/* store: the code book follows the forms, whatever their versions say. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/str.h"
#include "store/codebook.h"
#include "xform/xform.h"

#define HEAD \
	"<h:html xmlns=\"http://www.w3.org/2002/xforms\"" \
	" xmlns:h=\"http://www.w3.org/1999/xhtml\"" \
	" xmlns:jr=\"http://openrosa.org/javarosa\"><h:head>" \
	"<h:title>Farm visit</h:title><model>"

static const char newer[] = HEAD
	"<itext><translation lang=\"English (en)\" default=\"true()\">"
	"<text id=\"age\"><value>Age of <output value=\" /data/name \"/>?"
	"</value></text>"
	"<text id=\"age-hint\"><value>In\n  years</value></text>"
	"<text id=\"no\"><value>No</value></text>"
	"<text id=\"wall\"><value>Mud</value></text>"
	"<text id=\"child\"><value>Children</value></text>"
	"</translation><translation lang=\"Urdu (ur)\">"
	"<text id=\"age\"><value>\xd8\xb9\xd9\x85\xd8\xb1</value></text>"
	"<text id=\"no\"><value>\xd9\x86\xdb\x81</value></text>"
	"</translation></itext>"
	"<instance><data id=\"farm\" version=\"2\"><name/><person><age/></person>"
	"<ok/><wall/><place/><child jr:template=\"\"><age/></child></data>"
	"</instance>"
	"<instance id=\"walls\"><root><item><name>mud</name><itextId>wall</itextId>"
	"</item></root></instance>"
	"<instance id=\"places\" src=\"jr://file-csv/places.csv\"/>"
	"<bind nodeset=\"/data/person/age\" type=\"int\"/>"
	"</model></h:head><h:body>"
	"<input ref=\"/data/person/age\"><label ref=\"jr:itext('age')\"/>"
	"<hint ref=\"jr:itext('age-hint')\"/></input>"
	"<select ref=\"/data/ok\"><label>Fine?</label>"
	"<item><label ref=\"jr:itext('no')\"/><value>n</value></item></select>"
	"<select1 ref=\"/data/wall\"><itemset"
	" nodeset=\"instance('walls')/root/item[name != 'it]em' and ../x[1]]\">"
	"<value ref=\"name\"/><label ref=\"jr:itext(itextId)\"/></itemset></select1>"
	"<select1 ref=\"/data/place\"><itemset"
	" nodeset=\"instance('places')/root/item[district = /data/name]\">"
	"<value ref=\"name\"/><label ref=\"label\"/></itemset></select1>"
	"<group ref=\"/data/child\"><label ref=\"jr:itext('child')\"/>"
	"<repeat nodeset=\"/data/child\"><input ref=\"/data/child/age\"/></repeat>"
	"</group></h:body></h:html>";

/* one language, whose name is its code; "age" stood elsewhere */
static const char older[] = HEAD
	"<itext><translation lang=\"ur\"><text id=\"y\"><value>\xdb\x81\xd8\xa7\xda\xba"
	"</value></text><text id=\"n\"><value>old</value></text>"
	"</translation></itext>"
	"<instance><data id=\"farm\" version=\"1\"><age/><ok/></data></instance>"
	"</model></h:head><h:body>"
	"<input ref=\"/data/age\"><label>How old?</label></input>"
	"<select1 ref=\"/data/ok\">"
	"<item><label ref=\"jr:itext('y')\"/><value>y</value></item>"
	"<item><label ref=\"jr:itext('n')\"/><value>n</value></item></select1>"
	"</h:body></h:html>";

static bool read_places(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	(void)data;
	(void)url;
	(void)err;
	if (strcmp(name, "places.csv") != 0)
		return false;
	str_add(out, "name,label,district\nkp1,Swat,a\nkp2,Dir,b\nkp1,Other,c\n");
	return true;
}

static struct xform *load(const char *xml)
{
	struct problems problems = PROBLEMS_INIT;
	struct xf_options options = { .media = { .read = read_places } };
	struct xform *form = xform_load(xml, strlen(xml), "test", &options,
		&problems);

	problems_release(&problems);
	assert_non_null(form);
	return form;
}

struct book { struct xform *forms[2]; struct layout *layout;
	struct codebook *book; };

static int setup(void **state)
{
	struct book *b = calloc(1, sizeof *b);

	b->forms[0] = load(newer);
	b->forms[1] = load(older);
	b->layout = layout_new("bz_farm",
		(const struct xform *const *)b->forms, 2);
	b->book = codebook_new(b->layout,
		(const struct xform *const *)b->forms, 2);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct book *b = *state;

	codebook_free(b->book);
	layout_free(b->layout);
	xform_free(b->forms[0]);
	xform_free(b->forms[1]);
	free(b);
	return 0;
}

static const struct codebook_column *column(const struct book *b,
	const char *table, const char *name)
{
	for (size_t t = 0; t < b->layout->tables.n; t++)
		for (size_t c = 0; c < b->layout->tables.items[t].columns.n; c++)
			if (strcmp(b->layout->tables.items[t].path, table) == 0
					&& strcmp(b->layout->tables.items[t]
					.columns.items[c].name, name) == 0)
				return &b->book->tables[t].columns[c];
	fail_msg("no column %s", name);
	return NULL;
}

static void languages_of_all_versions_meet(void **state)
{
	const struct codebook *book = ((struct book *)*state)->book;

	assert_int_equal(book->languages.n, 2);
	assert_string_equal(book->languages.items[0].name, "English (en)");
	assert_string_equal(book->languages.items[0].ending, "en");
	assert_string_equal(book->languages.items[1].name, "Urdu (ur)");
	assert_string_equal(book->languages.items[1].ending, "ur");
	assert_int_equal(codebook_find_language(book, "ur"), 1);
	assert_int_equal(codebook_find_language(book, "Urdu (ur)"), 1);
	assert_int_equal(codebook_find_language(book, "fr"), -1);
}

static void labels_are_one_line_and_show_what_is_computed(void **state)
{
	const struct codebook_column *age = column(*state, "", "age");

	assert_string_equal(age->labels[0], "Age of {/data/name}?");
	assert_string_equal(age->labels[1], "\xd8\xb9\xd9\x85\xd8\xb1");
	assert_string_equal(age->hints[0], "In years");
	assert_string_equal(age->type, "int");
	assert_null(column(*state, "", "name")->labels[0]);
}

static void a_moved_question_tells_where_it_stood(void **state)
{
	const struct codebook_column *age = column(*state, "", "age");

	assert_int_equal(age->places.n, 2);
	assert_string_equal(age->places.items[0].version, "2");
	assert_string_equal(age->places.items[0].path, "person/age");
	assert_string_equal(age->places.items[1].version, "1");
	assert_string_equal(age->places.items[1].path, "age");
	assert_int_equal(column(*state, "", "wall")->places.n, 1);
}

static void the_newest_version_labels_a_choice(void **state)
{
	const struct codebook_column *ok = column(*state, "", "ok");

	assert_string_equal(ok->type, "select_multiple");
	assert_true(ok->is_multiple);
	assert_int_equal(ok->choices.n, 2);
	assert_string_equal(ok->choices.items[0].value, "n");
	assert_string_equal(ok->choices.items[0].labels[0], "No");
	assert_string_equal(ok->choices.items[0].labels[1],
		"\xd9\x86\xdb\x81");
	assert_string_equal(ok->choices.items[1].value, "y");
	assert_null(ok->choices.items[1].labels[0]);
	assert_string_equal(ok->choices.items[1].labels[1],
		"\xdb\x81\xd8\xa7\xda\xba");
	assert_string_equal(ok->labels[1], "Fine?");
}

static void lists_in_the_form_and_beside_it_are_choices(void **state)
{
	const struct codebook_column *wall = column(*state, "", "wall");
	const struct codebook_column *place = column(*state, "", "place");

	assert_int_equal(wall->choices.n, 1);
	assert_string_equal(wall->choices.items[0].value, "mud");
	assert_string_equal(wall->choices.items[0].labels[0], "Mud");
	assert_int_equal(place->choices.n, 2);
	assert_string_equal(place->choices.items[0].labels[0], "Swat");
	assert_string_equal(place->choices.items[1].value, "kp2");
	assert_false(place->is_multiple);
}

static void a_repeat_has_a_label(void **state)
{
	const struct book *b = *state;

	assert_string_equal(b->book->tables[0].labels[1], "Farm visit");
	assert_string_equal(b->book->tables[1].labels[0], "Children");
	assert_int_equal(column(b, "child", "age")->places.n, 1);
}

static void a_form_without_languages_has_one(void **state)
{
	static const char plain[] = HEAD
		"<instance><data id=\"p\"><q/></data></instance></model></h:head>"
		"<h:body><input ref=\"/data/q\"><label>Why?</label></input>"
		"</h:body></h:html>";
	struct xform *form = load(plain);
	const struct xform *versions[] = { form };
	struct layout *layout = layout_new("bz_p", versions, 1);
	struct codebook *book = codebook_new(layout, versions, 1);

	(void)state;
	assert_int_equal(book->languages.n, 1);
	assert_string_equal(book->languages.items[0].name, "");
	assert_string_equal(book->languages.items[0].ending, "labels");
	assert_string_equal(book->tables[0].columns[0].labels[0], "Why?");
	codebook_free(book);
	layout_free(layout);
	xform_free(form);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages_of_all_versions_meet),
		cmocka_unit_test(labels_are_one_line_and_show_what_is_computed),
		cmocka_unit_test(a_moved_question_tells_where_it_stood),
		cmocka_unit_test(the_newest_version_labels_a_choice),
		cmocka_unit_test(lists_in_the_form_and_beside_it_are_choices),
		cmocka_unit_test(a_repeat_has_a_label),
		cmocka_unit_test(a_form_without_languages_has_one),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
