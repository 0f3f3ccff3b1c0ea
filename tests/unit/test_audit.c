/* audit: who may have a log, and what its lines look like. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "session/audit.h"

static struct xform *load(const char *class, const char *bind)
{
	char *text = str_format("<h:html xmlns='http://www.w3.org/2002/xforms'"
		" xmlns:odk='http://www.opendatakit.org/xforms'"
		" xmlns:orx='http://openrosa.org/xforms'"
		" xmlns:bayaz='urn:x-bayaz:forms'"
		" xmlns:h='http://www.w3.org/1999/xhtml'>"
		"<h:head><h:title>T</h:title><model><instance><data id='t' %s>"
		"<a/><orx:meta><orx:audit/></orx:meta></data></instance>"
		"<bind nodeset='/data/meta/audit' type='binary' %s/>"
		"</model></h:head><h:body/></h:html>", class, bind);
	struct xform *form = xform_load(text, strlen(text), "t.xml", NULL,
		NULL);

	assert_non_null(form);
	free(text);
	return form;
}

static struct audit_settings settings_of(const char *bind)
{
	struct audit_settings settings;
	struct xform *form = load("", bind);

	assert_true(audit_wanted(form, &settings));
	assert_string_equal(settings.node->local, "audit");
	settings.node = NULL;
	xform_free(form);
	return settings;
}

static void discreet_forms_have_none(void **state)
{
	static const struct { const char *class; bool may; } cases[] = {
		{ "", true }, { "bayaz:class='public'", true },
		{ "bayaz:class='standard'", true },
		{ "bayaz:class='restricted'", false },
		{ "bayaz:class='protected'", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct xform *form = load(cases[i].class, "");
		struct audit_settings settings;

		assert_true(audit_wanted(form, &settings) == cases[i].may);
		xform_free(form);
	}
}

#define PLACES "odk:location-priority='balanced'" \
	" odk:location-min-interval='60' "

static void columns_are_those_asked_for(void **state)
{
	static const struct { const char *bind, *header; } cases[] = {
		{ "", "event,node,start,end\n" },
		{ "odk:track-changes='true'",
			"event,node,start,end,old-value,new-value\n" },
		{ "odk:track-changes='false'", "event,node,start,end\n" },
		{ PLACES, "event,node,start,end\n" },	/* all three or none */
		{ PLACES "odk:location-max-age='120'",
			"event,node,start,end,latitude,longitude,accuracy\n" },
		{ "odk:identify-user='true'", "event,node,start,end,user\n" },
		{ "odk:track-changes-reasons='on-form-edit'",
			"event,node,start,end,change-reason\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct audit_settings settings = settings_of(cases[i].bind);
		struct str out = STR_INIT;

		audit_header(&settings, &out);
		assert_string_equal(out.data, cases[i].header);
		str_release(&out);
	}
}

static void a_question_has_a_beginning_and_an_end(void **state)
{
	struct audit_settings settings = settings_of(
		"odk:track-changes='true'");
	struct str out = STR_INIT;
	struct audit a;

	(void)state;
	audit_init(&a, &settings);
	audit_leave(&a, "nothing is open", 1, &out);
	audit_note(&a, AUDIT_FORM_START, NULL, NULL, 1000, &out);
	audit_enter(&a, AUDIT_QUESTION, "/data/a", "old", 1001);
	assert_true(audit_is_at(&a, AUDIT_QUESTION, "/data/a"));
	assert_false(audit_is_at(&a, AUDIT_JUMP, "/data/a"));
	assert_false(audit_is_at(&a, AUDIT_QUESTION, "/data/b"));
	audit_leave(&a, "new", 1500, &out);
	assert_false(audit_is_at(&a, AUDIT_QUESTION, "/data/a"));
	audit_enter(&a, AUDIT_GROUP, "/data/g", "", 1500);
	audit_leave(&a, "", 1600, &out);
	audit_enter(&a, AUDIT_QUESTION, "/data/a", "same", 1601);
	audit_leave(&a, "same", 1700, &out);
	assert_string_equal(out.data, "form start,,1000,,,\n"
		"question,/data/a,1001,1500,old,new\n"
		"group questions,/data/g,1500,1600,,\n"
		"question,/data/a,1601,1700,,\n");
	audit_release(&a);
	str_release(&out);
}

static void only_what_has_to_be_is_quoted(void **state)
{
	struct audit_settings settings = settings_of(
		"odk:track-changes='true' odk:identify-user='true' "
		"odk:track-changes-reasons='on-form-edit'");
	struct str out = STR_INIT;
	struct audit a;

	(void)state;
	audit_init(&a, &settings);
	a.user = xstrdup("O, \"B\"");
	audit_enter(&a, AUDIT_QUESTION, "/data/a", "say \"no\"", 1);
	audit_leave(&a, "two\nlines", 2, &out);
	audit_note(&a, AUDIT_CHANGE_REASON, NULL, "a, b", 3, &out);
	assert_string_equal(out.data,
		"question,/data/a,1,2,say \"no\",\"two\nlines\","
		"\"O, \"\"B\"\"\",\n"
		"change reason,,3,,,,\"O, \"\"B\"\"\",\"a, b\"\n");
	audit_release(&a);
	str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(discreet_forms_have_none),
		cmocka_unit_test(columns_are_those_asked_for),
		cmocka_unit_test(a_question_has_a_beginning_and_an_end),
		cmocka_unit_test(only_what_has_to_be_is_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
