/* entities: what a form declares, and what a record creates and updates. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "session/entity.h"
#include "session/session.h"

#define UUID "6c84fb90-12c4-4a0b-9c5c-4f6ab1a7f1c2"
#define ID " id='" UUID "'"

static struct problems said = PROBLEMS_INIT;

static bool has_said(const char *part)
{
	for (size_t i = 0; i < said.n; i++)
		if (strstr(said.items[i].message, part) != NULL)
			return true;
	return false;
}

static struct xform *load(const char *version, const char *instance,
	const char *model, const char *body)
{
	char *text = str_format("<h:html xmlns='http://www.w3.org/2002/xforms'"
		" xmlns:h='http://www.w3.org/1999/xhtml'"
		" xmlns:bayaz='urn:x-bayaz:forms'"
		" xmlns:e='http://www.opendatakit.org/xforms/entities'>"
		"<h:head><h:title>T</h:title><model %s><instance>%s"
		"</instance>%s</model></h:head><h:body>%s</h:body></h:html>",
		version, instance, model, body);
	struct xform *form;

	problems_release(&said);
	form = xform_load(text, strlen(text), "t.xml", NULL, &said);
	free(text);
	return form;
}

#define V(version) "e:entities-version='" version "'"

/* One entity in the meta block of the root, with one answer saved. */
static struct xform *load_one(const char *version, const char *attributes,
	const char *inside, const char *saveto)
{
	char *instance = str_format("<data id='t'><a/><r><b/></r><meta>"
		"<instanceID/><entity %s>%s</entity></meta></data>",
		attributes, inside);
	char *model = str_format("<bind nodeset='/data/a' %s/>", saveto);
	struct xform *form = load(version, instance, model,
		"<input ref='/data/a'><label>a</label></input>"
		"<repeat nodeset='/data/r'><input ref='/data/r/b'>"
		"<label>b</label></input></repeat>");

	free(instance);
	free(model);
	return form;
}

static void what_is_wrong_with_a_declaration_is_a_warning(void **state)
{
	static const char good[] = "dataset='trees' create='1'" ID;
	static const struct {
		const char *version, *attributes, *inside, *bind, *warning;
	} cases[] = {
		{ V("2022.1.0"), good, "<label/>", "e:saveto='x'", NULL },
		{ V("2025.1.0"), "dataset='t' update='1' baseVersion=''"
			" trunkVersion='' branchId=''" ID, "", "", NULL },
		{ V("2022.1.0"), "create='1'" ID, "<label/>", "",
			"names no dataset" },
		{ V("2022.1.0"), "dataset='a.b' create='1'" ID, "<label/>", "",
			"'a.b' is no name of a dataset" },
		{ V("2022.1.0"), "dataset='__a' create='1'" ID, "<label/>", "",
			"'__a' is no name of a dataset" },
		{ V("2022.1.0"), "dataset='a b' create='1'" ID, "<label/>", "",
			"'a b' is no name of a dataset" },
		{ V("2022.1.0"), "dataset='a' create='1'", "<label/>", "",
			"no attribute id" },
		{ V("2022.1.0"), "dataset='a'" ID, "<label/>", "",
			"neither creates nor updates" },
		{ V("2022.1.0"), "dataset='a' create='1'" ID, "", "",
			"without <label>" },
		{ V("2023.1.0"), "dataset='a' update='1'" ID, "", "",
			"without the attribute baseVersion" },
		{ V("2022.1.0"), "dataset='a' crate='1' create='1'" ID,
			"<label/>", "", "no attribute 'crate'" },
		{ V("2022.1.0"), "dataset='a' update='1' baseVersion=''" ID,
			"", "", "2023.1 or later, and the form says "
			"'2022.1.0'" },
		{ V("2023.1.0"), "dataset='a' update='1' baseVersion=''"
			" branchId=''" ID, "", "", "2024.1 or later" },
		{ V("2022.1.0"), good, "<label/>", "e:saveto='Name'",
			"'Name' has a meaning" },
		{ V("2022.1.0"), good, "<label/>", "e:saveto='__version'",
			"begins with '__'" },
		{ V("2022.1.0"), good, "<label/>", "e:saveto='1st'",
			"'1st' is no name of a property" },
		{ V("2022.1.0"), good, "<label/>",
			"/><bind nodeset='/data/r' e:saveto='r'",
			"'/data/r' is a group" },
		{ V("2022.1.0"), good, "<label/>",
			"/><bind nodeset='/data/r/b' e:saveto='b'",
			"'/data/r/b' is repeated" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct xform *form = load_one(cases[i].version,
			cases[i].attributes, cases[i].inside, cases[i].bind);
		bool right = cases[i].warning != NULL ?
			has_said(cases[i].warning) : said.n == 0;

		if (!right)
			problems_print(&said, stderr);
		assert_non_null(form);
		assert_true(right);
		xform_free(form);
	}
}

static void a_saved_answer_needs_an_entity_around_it(void **state)
{
	struct xform *form = load("", "<data id='t'><a/></data>",
		"<bind nodeset='/data/a' e:saveto='a'/>", "");

	(void)state;
	assert_non_null(form);
	assert_true(has_said("declares no <entity> around it"));
	xform_free(form);
}

static void an_entity_in_a_repeat_needs_2025(void **state)
{
	static const char instance[] = "<data id='t'><r><b/><meta><entity "
		"dataset='a' create='1' id=''><label/></entity></meta></r>"
		"</data>";
	static const char body[] = "<repeat nodeset='/data/r'/>";
	struct xform *form = load(V("2024.1.0"), instance, "", body);

	(void)state;
	assert_non_null(form);
	assert_true(has_said("2025.1 or later"));
	xform_free(form);
	form = load(V("2025.1.0"), instance, "", body);
	assert_non_null(form);
	assert_false(has_said("2025.1"));
	xform_free(form);
}

static void what_no_reader_knows_is_refused(void **state)
{
	(void)state;
	assert_null(load_one(V("2026.1.0"), "dataset='a' create='1'" ID,
		"<label/>", ""));
	assert_true(has_said("'2026.1.0' is not one of"));
	assert_null(load_one("", "dataset='a' create='1'" ID, "<label/>", ""));
	assert_true(has_said("needs the attribute entities-version"));
}

static void protected_and_restricted_forms_declare_none(void **state)
{
	static const struct { const char *class; bool wrong; } cases[] = {
		{ "protected", true }, { "restricted", true },
		{ "standard", false }, { "public", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *instance = str_format("<data id='t' bayaz:class='%s'><a/>"
			"<meta><instanceID/><entity dataset='a' create='1'" ID
			"><label/></entity></meta></data>", cases[i].class);
		struct xform *form = load(V("2022.1.0"), instance, "", "");
		bool found = false;

		assert_non_null(form);
		problems_release(&said);
		xform_lint(form, &said);
		for (size_t k = 0; k < said.n; k++)
			found = found || (strcmp(said.items[k].rule, "entity")
				== 0 && said.items[k].severity ==
				SEVERITY_ERROR);
		assert_true(found == cases[i].wrong);
		xform_free(form);
		free(instance);
	}
}

/* --- listing --- */

struct listed {
	struct xform *form;
	struct session *s;
	struct arena *arena;
	struct entities entities;
};

static struct listed begin(struct xform *form)
{
	struct session_options options = { .has_seed = true, .seed = 1,
		.time_zone = "UTC" };
	struct listed l = { .form = form, .arena = arena_new() };
	struct err err = ERR_INIT;

	if (form == NULL)
		problems_print(&said, stderr);
	assert_non_null(form);
	l.s = session_new(form, &options, &err);
	assert_non_null(l.s);
	return l;
}

static void set(struct listed *l, const char *ref, const char *value)
{
	struct err err = ERR_INIT;
	struct node *n = session_find(l->s, ref, &err);

	assert_non_null(n);
	assert_true(session_set(l->s, n, value, false, &err));
}

static size_t list(struct listed *l)
{
	session_entities(l->s, l->arena, &l->entities);
	return l->entities.n;
}

static void end(struct listed *l)
{
	session_free(l->s);
	arena_free(l->arena);
	xform_free(l->form);
}

static void an_entity_is_listed_with_what_is_saved(void **state)
{
	struct listed l = begin(load(V("2024.1.0"), "<data id='t'><kind/><g>"
		"<girth/></g><note/><meta><instanceID/><entity dataset='trees'"
		" create='' update='' baseVersion='' branchId='b' id=''>"
		"<label/></entity></meta></data>",
		"<bind nodeset='/data/kind' e:saveto='species'/>"
		"<bind nodeset='/data/g/girth' type='int' e:saveto='girth'"
		" relevant=\"/data/kind != 'shrub'\"/>"
		"<bind nodeset='/data/meta/entity/@id' calculate=\"'" UUID
		"'\"/><bind nodeset='/data/meta/entity/@create'"
		" calculate=\"/data/kind = 'oak'\"/>"
		"<bind nodeset='/data/meta/entity/@update'"
		" calculate=\"if(/data/kind = 'fir' or /data/kind = 'oak',"
		" 1, 'no')\"/>"
		"<bind nodeset='/data/meta/entity/@baseVersion'"
		" calculate='1 + 2'/>"
		"<bind nodeset='/data/meta/entity/label'"
		" calculate=\"concat('a ', /data/kind)\"/>",
		"<input ref='/data/kind'><label>k</label></input>"
		"<input ref='/data/g/girth'><label>g</label></input>"
		"<input ref='/data/note'><label>n</label></input>"));
	struct entity *e;

	(void)state;
	set(&l, "/data/kind", "fir");
	set(&l, "/data/g/girth", "40");
	assert_int_equal(list(&l), 1);
	e = &l.entities.items[0];
	assert_int_equal(e->action, ENTITY_UPDATE);
	assert_int_equal(e->fault, ENTITY_FITS);
	assert_string_equal(e->dataset, "trees");
	assert_string_equal(e->id, UUID);
	assert_string_equal(e->label, "a fir");
	assert_string_equal(e->base_version, "3");
	assert_string_equal(e->trunk_version, "");
	assert_string_equal(e->branch_id, "b");
	assert_int_equal(e->n_properties, 2);
	assert_string_equal(e->properties[0].name, "species");
	assert_string_equal(e->properties[0].value, "fir");
	assert_string_equal(e->properties[1].name, "girth");
	assert_string_equal(e->properties[1].value, "40");
	set(&l, "/data/kind", "oak");
	list(&l);
	assert_int_equal(l.entities.items[0].action, ENTITY_UPSERT);
	set(&l, "/data/kind", "shrub");
	list(&l);
	assert_int_equal(l.entities.items[0].action, ENTITY_NONE);
	assert_int_equal(l.entities.items[0].n_properties, 1);
	end(&l);
}

static void assert_entity(const struct entity *e, const char *label,
	const char *property, const char *value)
{
	assert_int_equal(e->action, ENTITY_CREATE);
	assert_int_equal(e->fault, ENTITY_FITS);
	assert_string_equal(e->label, label);
	assert_int_equal(e->n_properties, 1);
	assert_string_equal(e->properties[0].name, property);
	assert_string_equal(e->properties[0].value, value);
}

static void each_instance_of_a_repeat_has_its_own(void **state)
{
	struct listed l = begin(load(V("2025.1.0"), "<data id='t'><skip>two</skip><r "
		"jr:template='' xmlns:jr='http://openrosa.org/javarosa'>"
		"<b/><meta><entity dataset='a' create='1' id=''><label/>"
		"</entity></meta></r><c/><meta><instanceID/><entity "
		"dataset='whole' create='true'" ID "><label>all</label>"
		"</entity></meta></data>",
		"<bind nodeset='/data/r/meta' relevant='../b != /data/skip'/>"
		"<bind nodeset='/data/r/b' e:saveto='b'/>"
		"<bind nodeset='/data/c' e:saveto='c'/>"
		"<bind nodeset='/data/r/meta/entity/label'"
		" calculate='../../../b'/>"
		"<setvalue event='odk-instance-first-load odk-new-repeat'"
		" ref='/data/r/meta/entity/@id' value='uuid()'/>",
		"<group ref='/data/r'><repeat nodeset='/data/r'>"
		"<input ref='/data/r/b'><label>b</label></input></repeat>"
		"</group><input ref='/data/c'><label>c</label></input>"));
	struct err err = ERR_INIT;
	struct node *parent;
	const struct xf_node *repeat;

	(void)state;
	assert_true(session_find_repeat(l.s, "/data/r", &parent, &repeat,
		&err));
	assert_true(session_insert(l.s, parent, repeat,
		node_count(parent, repeat), 3 - node_count(parent, repeat),
		&err));
	set(&l, "/data/r[1]/b", "one");
	set(&l, "/data/r[2]/b", "two");
	set(&l, "/data/r[3]/b", "three");
	set(&l, "/data/c", "see");
	assert_int_equal(list(&l), 3);
	assert_entity(&l.entities.items[0], "one", "b", "one");
	assert_entity(&l.entities.items[1], "three", "b", "three");
	assert_entity(&l.entities.items[2], "all", "c", "see");
	assert_string_not_equal(l.entities.items[0].id,
		l.entities.items[1].id);
	end(&l);
}

static void what_no_server_would_take_has_a_fault(void **state)
{
	static const struct { const char *attributes, *inside; int fault; }
	cases[] = {
		{ "dataset='a' create='1'" ID, "<label>x</label>",
			ENTITY_FITS },
		{ "dataset='a' create='1'" ID, "<label> </label>",
			ENTITY_NO_LABEL },
		{ "dataset='a' update='1'" ID, "<label/>", ENTITY_FITS },
		{ "dataset='' update='1'" ID, "", ENTITY_NO_DATASET },
		{ "dataset='a' update='1' id=''", "", ENTITY_BAD_ID },
		{ "dataset='a' update='1' id='" UUID "0'", "", ENTITY_BAD_ID },
		{ "dataset='a' update='1' id='6c84fb90-12c4-1a0b-9c5c-"
			"4f6ab1a7f1c2'", "", ENTITY_BAD_ID },
		{ "dataset='a' update='1' id='6c84fb90-12c4-4a0b-cc5c-"
			"4f6ab1a7f1c2'", "", ENTITY_BAD_ID },
		{ "dataset='' update='0' id=''", "", ENTITY_FITS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct listed l = begin(load_one(V("2023.1.0"),
			cases[i].attributes, cases[i].inside, ""));

		assert_int_equal(list(&l), 1);
		assert_int_equal(l.entities.items[0].fault, cases[i].fault);
		end(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_with_a_declaration_is_a_warning),
		cmocka_unit_test(a_saved_answer_needs_an_entity_around_it),
		cmocka_unit_test(an_entity_in_a_repeat_needs_2025),
		cmocka_unit_test(what_no_reader_knows_is_refused),
		cmocka_unit_test(protected_and_restricted_forms_declare_none),
		cmocka_unit_test(an_entity_is_listed_with_what_is_saved),
		cmocka_unit_test(each_instance_of_a_repeat_has_its_own),
		cmocka_unit_test(what_no_server_would_take_has_a_fault),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	problems_release(&said);
	return failed;
}
