/* xform/consent: what stands in a record without consent. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>

#include "xform/consent.h"

static const char text[] =
	"<h:html xmlns='http://www.w3.org/2002/xforms'"
	" xmlns:h='http://www.w3.org/1999/xhtml'"
	" xmlns:bayaz='urn:x-bayaz:forms'>"
	"<h:head><h:title>T</h:title><model><instance>"
	"<data id='t'><day/><ok/><open/><why/><alone/>"
	"<about><age/><more/><sum/></about>"
	"<child><may/><name/></child><after/></data></instance>"
	"<bind nodeset='/data/ok' bayaz:role='consent'/>"
	"<bind nodeset='/data/open' calculate=\"/data/ok = 'yes'\"/>"
	"<bind nodeset='/data/why' relevant=\"/data/ok = 'no'\"/>"
	"<bind nodeset='/data/alone' relevant=\"/data/open = 'true'\"/>"
	"<bind nodeset='/data/about' relevant=\"/data/ok = 'yes'\"/>"
	"<bind nodeset='/data/about/sum' calculate='/data/about/age + 1'/>"
	"<bind nodeset='/data/child/may' bayaz:role='consent'/>"
	"<bind nodeset='/data/child/name' relevant=\"../may = 'yes'\"/>"
	"<bind nodeset='/data/after' relevant=\"/data/about/age = ''\"/>"
	"</model></h:head><h:body>"
	"<input ref='/data/ok'><label>OK?</label></input>"
	"<group ref='/data/child'><repeat nodeset='/data/child'>"
	"<input ref='/data/child/name'><label>N</label></input>"
	"</repeat></group></h:body></h:html>";

static struct xf_consent *consent;

static int make(void **state)
{
	struct problems problems = PROBLEMS_INIT;
	struct xf_options options = { .is_lenient = true };
	struct xform *form = xform_load(text, strlen(text), "t.xml", &options,
		&problems);

	(void)state;
	if (form == NULL)
		return 1;
	consent = xf_consent_new(form);
	xform_free(form);
	problems_release(&problems);
	return consent == NULL;
}

static int drop(void **state)
{
	(void)state;
	xf_consent_free(consent);
	return 0;
}

static bool given(const char *answers)
{
	char record[512];

	snprintf(record, sizeof record, "<data id='t'>%s</data>", answers);
	return xf_consent_is_given_in(consent, record, strlen(record));
}

#define ABOUT "<about><age>30</age></about>"

static void test_answers_need_it(void **state)
{
	(void)state;
	assert_true(given("<ok>yes</ok>" ABOUT));
	assert_true(given("<ok> not_asked </ok>" ABOUT));
	assert_false(given("<ok>no</ok>" ABOUT));
	assert_false(given("<ok/>" ABOUT));
	assert_false(given(ABOUT));
	assert_false(given("<ok>yes no</ok>" ABOUT));
	assert_false(given("<ok>yes</ok><ok>no</ok>" ABOUT));
}

static void test_a_refusal_may_be_kept(void **state)
{
	(void)state;
	assert_true(given("<day>2026-01-01</day><ok>no</ok>"));
	assert_true(given("<ok>no</ok><about> <age> </age></about>"));
	assert_true(given("<ok>no</ok><about><sum>1</sum></about>"));
	/* nothing more is asked of who said no */
	assert_false(given("<ok>no</ok><why>afraid</why>"));
}

static void test_through_calculations_not_through_answers(void **state)
{
	(void)state;
	assert_false(given("<ok>no</ok><alone>x</alone>"));
	assert_true(given("<ok>no</ok><after>x</after>"));
}

static void test_each_child_for_itself(void **state)
{
	(void)state;
	assert_true(given("<child><may>yes</may><name>A</name></child>"
		"<child><may>no</may></child>"));
	assert_false(given("<child><may>yes</may><name>A</name></child>"
		"<child><may>no</may><name>B</name></child>"));
	assert_false(given("<ok>yes</ok><child><name>B</name></child>"));
}

static void test_it_is_named(void **state)
{
	const char *question;

	(void)state;
	assert_true(xf_consent_is_given(NULL, NULL, &question));
	assert_null(question);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_need_it),
		cmocka_unit_test(test_a_refusal_may_be_kept),
		cmocka_unit_test(test_through_calculations_not_through_answers),
		cmocka_unit_test(test_each_child_for_itself),
		cmocka_unit_test(test_it_is_named),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
