/* session: what follows from an answer, and only that. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "session/node.h"
#include "session/session.h"

#define HEAD \
	"<h:html xmlns='http://www.w3.org/2002/xforms'" \
	" xmlns:h='http://www.w3.org/1999/xhtml'" \
	" xmlns:ev='http://www.w3.org/2001/xml-events'" \
	" xmlns:jr='http://openrosa.org/javarosa'" \
	" xmlns:xsd='http://www.w3.org/2001/XMLSchema'" \
	" xmlns:orx='http://openrosa.org/xforms'>" \
	"<h:head><h:title>t</h:title><model>"
#define BODY "</model></h:head><h:body>"
#define TAIL "</h:body></h:html>"

struct fixture { struct xform *form; struct session *s; };

static struct fixture open_form(const char *xml)
{
	struct problems problems = PROBLEMS_INIT;
	struct xf_options options = { 0 };
	struct session_options surroundings = { .time_zone = "UTC",
		.now = "2026-11-23T10:00:00.000Z", .has_seed = true,
		.seed = 7 };
	struct err err = ERR_INIT;
	struct fixture f;

	f.form = xform_load(xml, strlen(xml), "test.xml", &options, &problems);
	if (f.form == NULL)
		problems_print(&problems, stderr);
	assert_non_null(f.form);
	problems_release(&problems);
	f.s = session_new(f.form, &surroundings, &err);
	if (f.s == NULL)
		print_message("%s\n", err.message);
	assert_non_null(f.s);
	return f;
}

static void close_form(struct fixture f)
{
	session_free(f.s);
	xform_free(f.form);
}

static void set(struct fixture f, const char *ref, const char *value)
{
	struct err err = ERR_INIT;
	struct node *n = session_find(f.s, ref, &err);

	assert_non_null(n);
	assert_true(session_set(f.s, n, value, false, &err));
}

static const char *get(struct fixture f, const char *ref)
{
	struct node *n = session_find(f.s, ref, NULL);

	return n != NULL ? node_value(f.s, n) : "(none)";
}

static char *xml_of(struct fixture f)
{
	struct str out = STR_INIT;

	assert_true(session_serialize(f.s, false, &out, NULL));
	return str_steal(&out);
}

static const char CHAIN[] = HEAD
	"<instance><data id='c'><a/><b/><c/><d/></data></instance>"
	"<bind nodeset='/data/a' type='int'/>"
	"<bind nodeset='/data/b' type='int' calculate='/data/a + 1'/>"
	"<bind nodeset='/data/c' type='int' calculate='/data/b * 2'/>"
	"<bind nodeset='/data/d' relevant='/data/c &gt; 10'/>"
	BODY "<input ref='/data/a'><label>a</label></input>"
	"<input ref='/data/d'><label>d</label></input>" TAIL;

static void a_change_reaches_all_that_follows(void **state)
{
	struct fixture f = open_form(CHAIN);

	(void)state;
	set(f, "/data/a", "3");
	assert_string_equal(get(f, "/data/c"), "8");
	assert_false(node_is_relevant(f.s, session_find(f.s, "/data/d", NULL)));
	set(f, "/data/a", "5");
	assert_string_equal(get(f, "/data/c"), "12");
	assert_true(node_is_relevant(f.s, session_find(f.s, "/data/d", NULL)));
	close_form(f);
}

static void an_answer_returns_with_its_question(void **state)
{
	struct fixture f = open_form(CHAIN);
	char *xml;

	(void)state;
	set(f, "/data/a", "9");
	set(f, "/data/d", "kept");
	set(f, "/data/a", "1");
	assert_string_equal(get(f, "/data/d"), "");
	xml = xml_of(f);
	assert_null(strstr(xml, "kept"));
	free(xml);
	set(f, "/data/a", "9");
	assert_string_equal(get(f, "/data/d"), "kept");
	close_form(f);
}

static const char ROSTER[] = HEAD
	"<instance><data id='r'><n/><p jr:template=''><name/><age/><adult/>"
	"<pos/></p><adults/><sum/></data></instance>"
	"<bind nodeset='/data/n' type='int'/>"
	"<bind nodeset='/data/p/age' type='int'/>"
	"<bind nodeset='/data/p/adult' calculate='if(../age &gt;= 18, 1, 0)'/>"
	"<bind nodeset='/data/p/pos' calculate='position(..)'/>"
	"<bind nodeset='/data/adults' calculate='sum(/data/p/adult)'/>"
	"<bind nodeset='/data/sum' calculate='count(/data/p)'/>"
	BODY "<group ref='/data/p'><label>p</label><repeat nodeset='/data/p'>"
	"<input ref='/data/p/name'><label>n</label></input>"
	"<input ref='/data/p/age'><label>a</label></input>"
	"</repeat></group>" TAIL;

static void add_person(struct fixture f, size_t after)
{
	const struct xf_node *repeat;
	struct node *parent;

	assert_true(session_find_repeat(f.s, "/data/p", &parent, &repeat, NULL));
	assert_true(session_insert(f.s, parent, repeat, after, 1, NULL));
}

static void remove_person(struct fixture f, size_t position)
{
	const struct xf_node *repeat;
	struct node *parent;

	assert_true(session_find_repeat(f.s, "/data/p", &parent, &repeat, NULL));
	assert_true(session_remove(f.s, parent, repeat, position, 1, NULL));
}

static void a_removed_repeat_is_recounted(void **state)
{
	struct fixture f = open_form(ROSTER);

	(void)state;
	assert_string_equal(get(f, "/data/sum"), "0");
	for (size_t i = 0; i < 3; i++)
		add_person(f, i);
	set(f, "/data/p[1]/age", "40");
	set(f, "/data/p[2]/age", "10");
	set(f, "/data/p[3]/age", "20");
	assert_string_equal(get(f, "/data/sum"), "3");
	assert_string_equal(get(f, "/data/adults"), "2");
	assert_string_equal(get(f, "/data/p[3]/pos"), "3");
	remove_person(f, 1);
	assert_string_equal(get(f, "/data/sum"), "2");
	assert_string_equal(get(f, "/data/adults"), "1");
	assert_string_equal(get(f, "/data/p[2]/pos"), "2");
	assert_string_equal(get(f, "/data/p[2]/age"), "20");
	add_person(f, 0);
	assert_string_equal(get(f, "/data/p[3]/pos"), "3");
	close_form(f);
}

static const char COUNT[] = HEAD
	"<instance><data id='k'><n/><p jr:template=''><x/></p></data></instance>"
	"<bind nodeset='/data/n' type='int'/>"
	BODY "<input ref='/data/n'><label>n</label></input>"
	"<group ref='/data/p'><label>p</label>"
	"<repeat nodeset='/data/p' jr:count=' /data/n '>"
	"<input ref='/data/p/x'><label>x</label></input>"
	"</repeat></group>" TAIL;

static void a_count_makes_instances_and_keeps_answers(void **state)
{
	struct fixture f = open_form(COUNT);
	const struct xf_node *repeat;
	struct node *parent;
	struct err err = ERR_INIT;

	(void)state;
	set(f, "/data/n", "3");
	set(f, "/data/p[2]/x", "answered");
	assert_true(session_find_repeat(f.s, "/data/p", &parent, &repeat, NULL));
	assert_int_equal(node_count(parent, repeat), 3);
	set(f, "/data/n", "0");
	/* the third was blank and went; the second holds an answer */
	assert_int_equal(node_count(parent, repeat), 2);
	set(f, "/data/n", "");
	assert_int_equal(node_count(parent, repeat), 2);
	set(f, "/data/n", "2");
	assert_false(session_insert(f.s, parent, repeat, 0, 1, &err));
	assert_int_equal(err.code, ERR_REFUSED);
	close_form(f);
}

static void a_million_million_instances_are_refused(void **state)
{
	struct fixture f = open_form(COUNT);
	struct err err = ERR_INIT;
	struct node *n = session_find(f.s, "/data/n", NULL);

	(void)state;
	assert_false(session_set(f.s, n, "2000000000", false, &err));
	assert_int_equal(err.code, ERR_LIMIT);
	close_form(f);
}

static const char SELECT[] = HEAD
	"<instance><data id='s'><p/><d/><m/></data></instance>"
	"<instance id='d'><root>"
	"<item><name>a1</name><p>a</p><label>A one</label></item>"
	"<item><name>a2</name><p>a</p><label>A two</label></item>"
	"<item><name>b1</name><p>b</p><label>B one</label></item>"
	"</root></instance>"
	BODY "<select1 ref='/data/p'><label>p</label>"
	"<item><label>A</label><value>a</value></item>"
	"<item><label>B</label><value>b</value></item></select1>"
	"<select1 ref='/data/d'><label>d</label>"
	"<itemset nodeset=\"instance('d')/root/item[p = /data/p]\">"
	"<value ref='name'/><label ref='label'/></itemset></select1>"
	"<select ref='/data/m'><label>m</label>"
	"<item><label>1</label><value>x</value></item>"
	"<item><label>2</label><value>y</value></item></select>" TAIL;

static void choices_follow_the_answer_they_depend_on(void **state)
{
	struct fixture f = open_form(SELECT);
	struct choices choices;
	struct node *d = session_find(f.s, "/data/d", NULL);

	(void)state;
	set(f, "/data/p", "a");
	assert_true(session_choices(f.s, d, NULL, &choices, NULL));
	assert_int_equal(choices.n, 2);
	assert_string_equal(choices.items[1].label, "A two");
	set(f, "/data/d", "a2");
	set(f, "/data/p", "b");
	assert_string_equal(get(f, "/data/d"), "");
	set(f, "/data/p", "a");
	assert_string_equal(get(f, "/data/d"), "a2");
	close_form(f);
}

static void a_strict_front_end_is_told_and_nothing_changes(void **state)
{
	struct fixture f = open_form(SELECT);
	struct err err = ERR_INIT;
	struct node *p = session_find(f.s, "/data/p", NULL);
	struct node *d = session_find(f.s, "/data/d", NULL);

	(void)state;
	set(f, "/data/p", "a");
	assert_false(session_set(f.s, p, "z", true, &err));
	assert_int_equal(err.code, ERR_VALUE);
	assert_false(session_set(f.s, d, "b1", true, &err));
	assert_string_equal(get(f, "/data/p"), "a");
	assert_true(session_set(f.s, d, "a1", true, &err));
	set(f, "/data/m", "y z x");
	assert_string_equal(get(f, "/data/m"), "y x");
	close_form(f);
}

static const char TYPES[] = HEAD
	"<instance><data id='t'><i/><d/><day/><g/><b/></data></instance>"
	"<bind nodeset='/data/i' type='int'/>"
	"<bind nodeset='/data/d' type='decimal'/>"
	"<bind nodeset='/data/day' type='date'/>"
	"<bind nodeset='/data/g' type='geopoint'/>"
	BODY "<input ref='/data/i'><label>i</label></input>"
	"<input ref='/data/d'><label>d</label></input>"
	"<input ref='/data/day'><label>d</label></input>"
	"<input ref='/data/g'><label>g</label></input>" TAIL;

static void values_are_brought_into_their_type(void **state)
{
	static const struct { const char *ref, *typed, *kept; } cases[] = {
		{ "/data/i", "12.7", "12" },
		{ "/data/i", "-0.5", "0" },
		{ "/data/i", "2147483648", "" },
		{ "/data/i", "0x10", "" },
		{ "/data/i", "twelve", "" },
		{ "/data/d", "23", "23.0" },
		{ "/data/d", "0.1", "0.1" },
		{ "/data/d", "nan", "" },
		{ "/data/day", "2026-02-28", "2026-02-28" },
		{ "/data/day", "2026-02-30", "" },
		{ "/data/day", "2026-02-28T10:00:00", "2026-02-28" },
		{ "/data/day", "2026-02-28T10:00:00Z", "" },
		{ "/data/d", "1e70", "10000000000000000725314363815292351261583744096465219555182101554790400.0" },
		{ "/data/d", "0.0000000000000000000015", "0.0000000000000000000015" },
		{ "/data/g", "20.663 16.763", "20.663 16.763" },
		{ "/data/g", "1 2 3 4", "1.0 2.0 3.0 4.0" },
		{ "/data/g", "91 0", "" },
		{ "/data/g", "0 0", "" },
	};
	struct fixture f = open_form(TYPES);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		set(f, cases[i].ref, cases[i].typed);
		assert_string_equal(get(f, cases[i].ref), cases[i].kept);
	}
	close_form(f);
}

/* A chain of calculations longer than any stack would bear. */
static void a_long_chain_does_not_recurse(void **state)
{
	enum { LINKS = 50000 };
	struct str xml = STR_INIT;
	struct fixture f;

	(void)state;
	str_add(&xml, HEAD "<instance><data id='l'>");
	for (int i = 0; i <= LINKS; i++)
		str_addf(&xml, "<c%d/>", i);
	str_add(&xml, "</data></instance>");
	for (int i = LINKS; i > 0; i--)
		str_addf(&xml, "<bind nodeset='/data/c%d' type='int' "
			"calculate='/data/c%d + 1'/>", i, i - 1);
	str_add(&xml, BODY "<input ref='/data/c0'><label>c</label></input>"
		TAIL);
	f = open_form(xml.data);
	set(f, "/data/c0", "1");
	assert_string_equal(get(f, "/data/c50000"), "50001");
	set(f, "/data/c0", "2");
	assert_string_equal(get(f, "/data/c50000"), "50002");
	close_form(f);
	str_release(&xml);
}

static const char EVENTS[] = HEAD
	"<instance><data id='e'><a>d</a><first/><copy/>"
	"<p jr:template=''><made/></p>"
	"<orx:meta><orx:instanceID/></orx:meta></data></instance>"
	"<setvalue event='odk-instance-first-load' ref='/data/first'"
	" value=\"concat(/data/a, '!')\"/>"
	"<bind nodeset='/data/orx:meta/orx:instanceID' jr:preload='uid'/>"
	BODY "<input ref='/data/a'><label>a</label>"
	"<setvalue event='xforms-value-changed' ref='/data/copy' value='/data/a'/>"
	"</input><group ref='/data/p'><label>p</label><repeat nodeset='/data/p'>"
	"<setvalue event='odk-new-repeat' ref='/data/p/made' value='position(..)'/>"
	"<input ref='/data/p/made'><label>m</label></input></repeat></group>" TAIL;

static void actions_fire_at_their_events(void **state)
{
	struct fixture f = open_form(EVENTS);

	(void)state;
	assert_string_equal(get(f, "/data/first"), "d!");
	assert_string_equal(get(f, "/data/copy"), "");
	set(f, "/data/a", "new");
	assert_string_equal(get(f, "/data/copy"), "new");
	add_person(f, 0);
	add_person(f, 1);
	assert_string_equal(get(f, "/data/p[2]/made"), "2");
	assert_true(str_starts(get(f, "/data/orx:meta/orx:instanceID"), "uuid:"));
	close_form(f);
}

static void a_record_loads_as_it_was_written(void **state)
{
	struct fixture f = open_form(EVENTS), again = { f.form, NULL };
	struct problems problems = PROBLEMS_INIT;
	struct str all = STR_INIT;
	char *first, *second;

	(void)state;
	set(f, "/data/a", "<&\"> \xD8\xA8");
	add_person(f, 0);
	assert_true(session_serialize(f.s, true, &all, NULL));
	again.s = session_load(f.form, all.data, all.len, false, NULL,
		&problems, NULL);
	assert_non_null(again.s);
	assert_int_equal(problems.n, 0);
	first = xml_of(f);
	second = xml_of(again);
	assert_string_equal(first, second);
	free(first);
	free(second);
	session_free(again.s);
	str_release(&all);
	close_form(f);
}

static void what_does_not_fit_a_record_is_said(void **state)
{
	static const char xml[] = "<data id='t'><i>many</i><zz>1</zz></data>";
	struct fixture f = open_form(TYPES);
	struct problems problems = PROBLEMS_INIT;
	struct session *s = session_load(f.form, xml, sizeof xml - 1, false,
		NULL, &problems, NULL);

	(void)state;
	assert_non_null(s);
	assert_int_equal(problems.n, 2);
	assert_non_null(strstr(problems.items[0].message, "many"));
	problems_release(&problems);
	session_free(s);
	close_form(f);
}

/* A hostile form may repeat its meta block, and a record have none of it. */
/* A chain that nobody reads between the answers is not listed again by each. */
static void marks_do_not_pile_up(void **state)
{
	struct str xml = STR_INIT;
	struct fixture f;
	char value[16];

	(void)state;
	str_add(&xml, HEAD "<instance><data id='x'><c0/>");
	for (int i = 1; i <= 300; i++)
		str_addf(&xml, "<c%d/>", i);
	str_add(&xml, "</data></instance>");
	for (int i = 1; i <= 300; i++)
		str_addf(&xml, "<bind nodeset='/data/c%d' "
			"calculate='/data/c%d + 1'/>", i, i - 1);
	str_add(&xml, BODY "<input ref='/data/c0'/>" TAIL);
	f = open_form(xml.data);
	for (int i = 0; i < 50; i++) {
		snprintf(value, sizeof value, "%d", i);
		set(f, "/data/c0", value);
		assert_true(f.s->marks.n <= 300);
		if (i % 3 == 0)
			snprintf(value, sizeof value, "%d", i + 300);
		if (i % 3 == 0)
			assert_string_equal(node_value(f.s, session_find(f.s,
				"/data/c300", NULL)), value);
	}
	close_form(f);
	str_release(&xml);
}

/* Names are looked up in an index where there are many; in two namespaces they
 * are two nodes. */
static void children_are_found_by_name(void **state)
{
	struct str xml = STR_INIT;
	struct fixture f;

	(void)state;
	str_add(&xml, HEAD "<instance><data id='x'>");
	for (int i = 0; i < 40; i++)
		str_addf(&xml, "<n%d>%d</n%d>", i, i, i);
	str_add(&xml, "<u:n7 xmlns:u='urn:u'>in u</u:n7><sum/></data>"
		"</instance><bind nodeset='/data/sum' "
		"calculate=\"concat(/data/n39, ' ', count(/data/n7), ' ', "
		"count(/data/n40))\"/>" BODY "<input ref='/data/n0'/>" TAIL);
	f = open_form(xml.data);
	assert_string_equal(node_value(f.s, session_find(f.s, "/data/n39",
		NULL)), "39");
	assert_string_equal(node_value(f.s, session_find(f.s, "/data/sum",
		NULL)), "39 2 0");
	assert_null(session_find(f.s, "/data/n40", NULL));
	close_form(f);
	str_release(&xml);
}

static void elements_may_come_in_any_order(void **state)
{
	struct fixture f = open_form(HEAD "<instance><data id='x'><a/><b>1</b>"
		"<u:b xmlns:u='urn:u'/><c/></data></instance>" BODY
		"<input ref='/data/a'/>" TAIL);
	const char *record = "<data id='x'><c>3</c><stranger/>"
		"<v:b xmlns:v='urn:u'>u</v:b><a>2</a><a>second</a></data>";
	struct problems problems = PROBLEMS_INIT;
	struct err err = ERR_INIT;
	struct session *s = session_load(f.form, record, strlen(record), false,
		NULL, &problems, &err);
	struct str out = STR_INIT;

	(void)state;
	assert_non_null(s);
	assert_int_equal(problems.n, 1);
	assert_non_null(strstr(problems.items[0].message, "stranger"));
	assert_true(session_serialize(s, false, &out, &err));
	assert_non_null(strstr(out.data, "<a>2</a><b>1</b>"));
	assert_non_null(strstr(out.data, ">u</u:b><c>3</c>"));
	str_release(&out);
	session_free(s);
	problems_release(&problems);
	close_form(f);
}

static void a_record_without_its_meta_block_is_survived(void **state)
{
	static const char xml[] = HEAD
		"<instance><data id='m'><a/><meta jr:template=''><instanceID/>"
		"<deprecatedID/></meta></data></instance>"
		BODY "<group ref='/data/meta'><label>m</label>"
		"<repeat nodeset='/data/meta'><input ref='/data/meta/instanceID'>"
		"<label>i</label></input></repeat></group>" TAIL;
	static const char record[] = "<data id='m'><a>1</a></data>";
	struct fixture f = open_form(xml);
	struct session *edit = session_load(f.form, record,
		sizeof record - 1, true, NULL, NULL, NULL);

	(void)state;
	assert_non_null(f.form->instance_id);
	assert_null(session_meta(f.s, f.form->instance_id));
	assert_non_null(edit);
	session_free(edit);
	close_form(f);
}

/* "One more, until the last one says no": it grows by what is answered. */
static void a_count_that_follows_itself_waits_for_answers(void **state)
{
	struct fixture f = open_form(HEAD
		"<instance><data id='own'><n/><want/><p jr:template=''><more/>"
		"</p></data></instance>"
		"<bind nodeset='/data/n' type='int' calculate='count(/data/p)'/>"
		"<bind nodeset='/data/want' calculate='if(/data/n = 0 or"
		" /data/p[position() = /data/n]/more != \"no\", /data/n + 1,"
		" /data/n)'/>" BODY
		"<repeat nodeset='/data/p' jr:count='/data/want'>"
		"<input ref='/data/p/more'><label>M</label></input></repeat>"
		TAIL);

	(void)state;
	assert_string_equal(get(f, "/data/n"), "1");
	set(f, "/data/p[1]/more", "yes");
	assert_string_equal(get(f, "/data/n"), "2");
	set(f, "/data/p[2]/more", "yes");
	assert_string_equal(get(f, "/data/n"), "3");
	set(f, "/data/p[2]/more", "no");	/* the third is blank still */
	set(f, "/data/p[3]/more", "no");
	assert_string_equal(get(f, "/data/n"), "3");
	close_form(f);
}

/* The same shape, but the count is of other instances: all come at once. */
static void a_count_of_other_instances_is_followed_at_once(void **state)
{
	struct fixture f = open_form(HEAD
		"<instance><data id='two'><n/><m/><a jr:template=''><x/></a>"
		"<b jr:template=''><y/></b></data></instance>"
		"<bind nodeset='/data/m' calculate='2 * count(/data/a)'/>" BODY
		"<input ref='/data/n'><label>N</label></input>"
		"<repeat nodeset='/data/a' jr:count='/data/n'>"
		"<input ref='/data/a/x'><label>X</label></input></repeat>"
		"<repeat nodeset='/data/b' jr:count='/data/m'>"
		"<input ref='/data/b/y'><label>Y</label></input></repeat>" TAIL);
	const struct xf_node *repeat;
	struct node *parent;

	(void)state;
	set(f, "/data/n", "3");
	assert_true(session_find_repeat(f.s, "/data/b", &parent, &repeat,
		NULL));
	assert_int_equal(node_count(parent, repeat), 6);
	set(f, "/data/n", "5");
	assert_int_equal(node_count(parent, repeat), 10);
	close_form(f);
}

/* A running total reads its own node in the instance before: no circle, and no
 * deep recursion either. */
static void a_running_total_reads_the_instance_before(void **state)
{
	enum { MANY = 3000 };
	struct fixture f = open_form(HEAD
		"<instance><data id='sum'><p jr:template=''><x>1</x><sum/></p>"
		"</data></instance>"
		"<bind nodeset='/data/p/x' type='int'/>"
		"<bind nodeset='/data/p/sum' type='int' calculate="
		"'../x + coalesce(/data/p[position() = position(current()/..) "
		"- 1]/sum, 0)'/>" BODY
		"<repeat nodeset='/data/p'><input ref='/data/p/x'>"
		"<label>X</label></input></repeat>" TAIL);
	const struct xf_node *repeat;
	struct node *parent;
	struct err err = ERR_INIT;
	char ref[64];

	(void)state;
	assert_true(session_find_repeat(f.s, "/data/p", &parent, &repeat,
		&err));
	assert_true(session_insert(f.s, parent, repeat, 0, MANY, &err));
	snprintf(ref, sizeof ref, "/data/p[%d]/sum", MANY);
	assert_string_equal(get(f, ref), "3000");
	set(f, "/data/p[1]/x", "11");
	assert_string_equal(get(f, ref), "3010");
	assert_string_equal(get(f, "/data/p[2]/sum"), "12");
	close_form(f);
}

/* Its own place and its own attribute are not its own value. */
static void what_is_written_at_a_node_does_not_follow_from_it(void **state)
{
	struct fixture f = open_form(HEAD
		"<instance><data id='own'><note kind='abc'/><p><x>1</x></p>"
		"<p><x>2</x></p><all/></data></instance>"
		"<bind nodeset='/data/note' calculate='/data/note/@kind'/>"
		"<bind nodeset='/data/p' relevant='position(current()) &gt; 1'/>"
		"<bind nodeset='/data/all' calculate='concat(/data/p/x)'/>" BODY
		"<repeat nodeset='/data/p'><input ref='/data/p/x'>"
		"<label>X</label></input></repeat>" TAIL);

	(void)state;
	assert_string_equal(get(f, "/data/note"), "abc");
	assert_string_equal(get(f, "/data/all"), "2");
	close_form(f);
}

/* "../n" is beside the repeat, where JavaRosa's reading finds nothing. */
static void a_relative_count_is_found_beside_its_repeat(void **state)
{
	struct fixture f = open_form(HEAD
		"<instance><data id='rel'><o><n>3</n><i><x/></i></o></data>"
		"</instance>" BODY
		"<repeat nodeset='/data/o'><input ref='/data/o/n'>"
		"<label>N</label></input><repeat nodeset='/data/o/i' "
		"jr:count='../n'><input ref='/data/o/i/x'><label>X</label>"
		"</input></repeat></repeat>" TAIL);
	const struct xf_node *repeat;
	struct node *parent;

	(void)state;
	assert_true(session_find_repeat(f.s, "/data/o[1]/i", &parent, &repeat,
		NULL));
	assert_int_equal(node_count(parent, repeat), 3);
	close_form(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_reaches_all_that_follows),
		cmocka_unit_test(an_answer_returns_with_its_question),
		cmocka_unit_test(a_removed_repeat_is_recounted),
		cmocka_unit_test(a_count_makes_instances_and_keeps_answers),
		cmocka_unit_test(a_million_million_instances_are_refused),
		cmocka_unit_test(a_count_that_follows_itself_waits_for_answers),
		cmocka_unit_test(a_count_of_other_instances_is_followed_at_once),
		cmocka_unit_test(a_running_total_reads_the_instance_before),
		cmocka_unit_test(
			what_is_written_at_a_node_does_not_follow_from_it),
		cmocka_unit_test(a_relative_count_is_found_beside_its_repeat),
		cmocka_unit_test(choices_follow_the_answer_they_depend_on),
		cmocka_unit_test(a_strict_front_end_is_told_and_nothing_changes),
		cmocka_unit_test(values_are_brought_into_their_type),
		cmocka_unit_test(a_long_chain_does_not_recurse),
		cmocka_unit_test(actions_fire_at_their_events),
		cmocka_unit_test(a_record_loads_as_it_was_written),
		cmocka_unit_test(what_does_not_fit_a_record_is_said),
		cmocka_unit_test(marks_do_not_pile_up),
		cmocka_unit_test(children_are_found_by_name),
		cmocka_unit_test(elements_may_come_in_any_order),
		cmocka_unit_test(a_record_without_its_meta_block_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
