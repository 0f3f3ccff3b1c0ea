/* engine: requests and answers, and that it keeps its promises. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "base/chance.h"
#include "base/mem.h"
#include "tests/engine_client.h"

#define HEAD \
	"<h:html xmlns='http://www.w3.org/2002/xforms'" \
	" xmlns:h='http://www.w3.org/1999/xhtml'" \
	" xmlns:ev='http://www.w3.org/2001/xml-events'" \
	" xmlns:jr='http://openrosa.org/javarosa'" \
	" xmlns:odk='http://www.opendatakit.org/xforms'" \
	" xmlns:bayaz='urn:x-bayaz:forms'" \
	" xmlns:orx='http://openrosa.org/xforms'>" \
	"<h:head><h:title>t</h:title><model>"
#define BODY "</model></h:head><h:body>"
#define TAIL "</h:body></h:html>"

/* --- asking --- */

/* The member at `path`, "result.nodes.2.id", as text: strings as they are,
 * the rest as JSON, "-" if it is not there.  Takes the answer; free() it. */
static char *member(struct json *answer, const char *path)
{
	const struct json *at = answer;
	char *copy = xstrdup(path), *rest = copy, *step, *text;

	assert_non_null(answer);
	while (at != NULL && (step = strsep(&rest, ".")) != NULL)
		at = js_is_array(at) ? js_at(at, strtoul(step, NULL, 10)) :
			js_get(at, step);
	text = at == NULL ? xstrdup("-") : js_text(at) != NULL ?
		xstrdup(js_text(at)) : js_print(at);
	free(copy);
	js_free(answer);
	return text;
}

#define expect(answer, path, text) do { \
	char *found_ = member((answer), (path)); \
	assert_string_equal(found_, (text)); \
	free(found_); \
} while (0)

#define ASK(c, ...) client_askf((c), __VA_ARGS__)

/* The form is opened as 1, its record as 1, with a clock that stands. */
static struct client open_form(const char *xml)
{
	struct client c;
	struct json *request = js_new_object();
	char *line;

	client_init(&c, engine_new(false), 1);
	js_put_text(request, "op", "open");
	js_put_text(request, "xml", xml);
	line = js_print(request);
	expect(client_ask(&c, line, strlen(line)), "result.form", "1");
	expect(ASK(&c, "{'op':'create','form':1,'seed':1,"
		"'now':'2026-11-23T10:00:00Z','time_zone':'UTC'}"),
		"result.record", "1");
	js_free(request);
	free(line);
	return c;
}

static void close_all(struct client c)
{
	engine_free(c.engine);
	client_release(&c);
}

static void expect_state(struct client *c, const char *before)
{
	char *after = client_state(c);

	assert_string_equal(after, before);
	free(after);
}

/* The request fails with that code, and nothing is left of it. */
static void expect_nothing(struct client *c, const char *code,
	const char *request)
{
	char *before = client_state(c);

	expect(ASK(c, "%s", request), "error.code", code);
	expect_state(c, before);
	free(before);
}

static const char small[] = HEAD
	"<instance><d id='s'><t/><n/><m/><p jr:template=''><x/></p></d>"
	"</instance><bind nodeset='/d/n' type='int'/>"
	"<bind nodeset='/d/m' calculate='/d/n + 1'/>" BODY
	"<input ref='/d/t'><label>T</label></input>"
	"<input ref='/d/n'><label>N</label></input>"
	"<repeat nodeset='/d/p'><input ref='/d/p/x'/></repeat>" TAIL;

/* --- the envelope --- */

static void any_id_is_given_back(void **state)
{
	static const char *const ids[] = { "1", "-3.5", "\"x\"", "null", "true",
		"[1,{\"a\":null}]", "{\"b\":[]}" };
	struct client c;

	(void)state;
	client_init(&c, engine_new(false), 1);
	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		expect(ASK(&c, "{'op':'hello','id':%s}", ids[i]), "id",
			ids[i][0] == '"' ? "x" : ids[i]);
		expect(ASK(&c, "{'op':'?','id':%s}", ids[i]), "id",
			ids[i][0] == '"' ? "x" : ids[i]);
	}
	expect(ASK(&c, "{'op':'hello'}"), "id", "null");
	expect(ASK(&c, "{'id':1,"), "id", "null");
	close_all(c);
}

static void what_is_no_request_is_answered(void **state)
{
	static const char *const lines[] = { "", "{", "[]", "7", "\"hello\"",
		"{'op':7}", "{'op':null}", "{'op':'dance'}", "{}", "{'op':''}",
		"{'op':'hello'} x", "{'op':'hello','op':'hello'}", "\xff",
		"{'op':'hello\xc3'}", "{'a':\\u0000}" };
	struct client c;

	(void)state;
	client_init(&c, engine_new(false), 1);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		expect(ASK(&c, "%s", lines[i]), "error.code", "request");
	close_all(c);
}

static void deep_requests_are_refused(void **state)
{
	struct client c;
	struct str line = STR_INIT;

	(void)state;
	client_init(&c, engine_new(false), 1);
	for (size_t i = 0; i < 1000000; i++)
		str_addc(&line, '[');
	expect(client_ask(&c, line.data, line.len), "error.code", "request");
	str_release(&line);
	close_all(c);
}

static void null_and_absent_mean_the_default(void **state)
{
	struct client c = open_form(small);

	(void)state;
	expect(ASK(&c, "{'op':'create','form':1,'xml':null,'path':null,"
		"'mode':null,'language':null,'properties':null,'now':null,"
		"'time_zone':null,'seed':null}"), "result.record", "2");
	expect(ASK(&c, "{'op':'nodes','record':1,'node':null,'order':null,"
		"'since':null,'rich':null}"), "result.nodes.0.ref", "/d");
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/n','value':null,"
		"'strict':null}"), "result.value", "");
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/n'}"),
		"result.value", "");
	expect(ASK(&c, "{'op':'insert','record':1,'node':'/d/p','count':null,"
		"'after':null}"), "result.inserted.1", "-");
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/p[1]'}"),
		"result.node.kind", "instance");
	close_all(c);
}

static void unknown_members_are_ignored(void **state)
{
	struct client c = open_form(small);

	(void)state;
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/t','value':'a',"
		"'colour':{'x':[1]},'form':'?'}"), "result.value", "a");
	close_all(c);
}

/* --- codes --- */

static void what_is_wrong_has_its_code(void **state)
{
	static const struct { const char *code, *request; } wrong[] = {
		{ "request", "{'op':'nodes'}" },
		{ "request", "{'op':'nodes','record':'1'}" },
		{ "request", "{'op':'nodes','record':1,'node':true}" },
		{ "request", "{'op':'nodes','record':1,'order':'size'}" },
		{ "request", "{'op':'nodes','record':1,'since':-1}" },
		{ "request", "{'op':'nodes','record':1,'rich':1}" },
		{ "request", "{'op':'set','record':1,'node':'/d/t',"
			"'strict':'yes'}" },
		{ "request", "{'op':'insert','record':1,'node':'/d/p',"
			"'count':-1}" },
		{ "request", "{'op':'insert','record':1,'node':'/d/p',"
			"'count':1.5}" },
		{ "request", "{'op':'open'}" },
		{ "request", "{'op':'open','xml':'<a/>','path':'a'}" },
		{ "request", "{'op':'open','xml':'<a/>','missing':'no'}" },
		{ "request", "{'op':'open','xml':'<a/>','attachments':[]}" },
		{ "request", "{'op':'open','xml':'<a/>',"
			"'attachments':{'a':'b'}}" },
		{ "request", "{'op':'create','form':1,'mode':'new'}" },
		{ "request", "{'op':'create','form':1,'seed':1.5}" },
		{ "request", "{'op':'create','form':1,'properties':[]}" },
		{ "request", "{'op':'close'}" },
		{ "request", "{'op':'close','form':1,'record':1}" },
		{ "request", "{'op':'xpath','record':1}" },
		{ "request", "{'op':'xpath','expression':'1'}" },
		{ "request", "{'op':'xpath','record':1,'expression':'1',"
			"'as':'text'}" },
		{ "request", "{'op':'xpath','record':1,'expression':'1',"
			"'namespaces':{'a':1}}" },
		{ "request", "{'op':'capture','record':1,'capture':'x'}" },
		{ "handle", "{'op':'nodes','record':9}" },
		{ "handle", "{'op':'create','form':9}" },
		{ "handle", "{'op':'close','form':9}" },
		{ "handle", "{'op':'close','record':0}" },
		{ "xml", "{'op':'open','xml':'<a'}" },
		{ "xml", "{'op':'create','form':1,'xml':'<d'}" },
		{ "xml", "{'op':'xpath','xml':'<a','expression':'1'}" },
		{ "form", "{'op':'open','xml':'<a/>'}" },
		{ "resource", "{'op':'open','path':'/nowhere/at/all'}" },
		{ "resource", "{'op':'create','form':1,"
			"'path':'/nowhere/at/all'}" },
		{ "resource", "{'op':'xpath','path':'/nowhere/at/all',"
			"'expression':'1'}" },
		{ "record", "{'op':'create','form':1,'xml':'<e/>'}" },
		{ "node", "{'op':'node','record':1,'node':'/d/none'}" },
		{ "node", "{'op':'node','record':1,'node':'/e'}" },
		{ "node", "{'op':'node','record':1,'node':'d'}" },
		{ "node", "{'op':'node','record':1,'node':''}" },
		{ "node", "{'op':'node','record':1,'node':'/d/p[1]'}" },
		{ "node", "{'op':'node','record':1,'node':'/d/p[0]'}" },
		{ "node", "{'op':'node','record':1,'node':'/d/t[2]'}" },
		{ "node", "{'op':'node','record':1,'node':'/d/t/u'}" },
		{ "node", "{'op':'node','record':1,'node':0}" },
		{ "node", "{'op':'node','record':1,'node':-1}" },
		{ "node", "{'op':'node','record':1,'node':4294967297}" },
		{ "node", "{'op':'insert','record':1,'node':'/d/p',"
			"'after':1}" },
		{ "node", "{'op':'capture','record':1,'capture':1}" },
		{ "node", "{'op':'capture','record':1,"
			"'capture':4294967297}" },
		{ "node", "{'op':'xpath','xml':'<a/>','expression':'1',"
			"'context':'/b'}" },
		{ "refused", "{'op':'set','record':1,'node':'/d/m'}" },
		{ "refused", "{'op':'set','record':1,'node':'/d'}" },
		{ "refused", "{'op':'set','record':1,'node':'/d/p'}" },
		{ "refused", "{'op':'insert','record':1,'node':'/d/t'}" },
		{ "refused", "{'op':'remove','record':1,'node':'/d/p'}" },
		{ "refused", "{'op':'remove','record':1,'node':'/d/t'}" },
		{ "refused", "{'op':'choices','record':1,'node':'/d/t'}" },
		{ "refused", "{'op':'language','record':1,'language':'x'}" },
		{ "value", "{'op':'set','record':1,'node':'/d/t',"
			"'value':{}}" },
		{ "value", "{'op':'set','record':1,'node':'/d/t',"
			"'value':['a']}" },
		{ "value", "{'op':'set','record':1,'node':'/d/t',"
			"'value':'\\u0001'}" },
		{ "value", "{'op':'set','record':1,'node':'/d/n','value':'x',"
			"'strict':true}" },
		{ "xpath", "{'op':'xpath','record':1,'expression':'1 +'}" },
		{ "xpath", "{'op':'xpath','record':1,'expression':'x:y'}" },
		{ "xpath", "{'op':'xpath','record':1,'expression':'f()'}" },
		{ "xpath", "{'op':'xpath','record':1,'expression':'1',"
			"'as':'nodeset'}" },
	};
	struct client c = open_form(small);

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char *code = member(ASK(&c, "%s", wrong[i].request),
			"error.code");

		if (strcmp(code, wrong[i].code) != 0)
			print_message("%s: %s\n", wrong[i].request, code);
		assert_string_equal(code, wrong[i].code);
		free(code);
		expect_nothing(&c, wrong[i].code, wrong[i].request);
	}
	close_all(c);
}

static void an_error_says_where(void **state)
{
	struct client c = open_form(small);

	(void)state;
	expect(ASK(&c, "{'op':'open','xml':'<a>\\n</b>'}"), "error.line", "2");
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/none'}"),
		"error.ref", "/d/none");
	expect(ASK(&c, "{'op':'set','record':1,'node':3,'value':'x',"
		"'strict':true}"), "error.ref", "/d/n");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':'1 +'}"),
		"error.expression", "1 +");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':'1 +'}"),
		"error.column", "4");
	close_all(c);
}

static void all_problems_of_a_form_are_told_at_once(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, engine_new(false), 1);
	expect(ASK(&c, "{'op':'open','xml':'%s'}", "<h:html "
		"xmlns=\\\"http://www.w3.org/2002/xforms\\\" "
		"xmlns:h=\\\"http://www.w3.org/1999/xhtml\\\"><h:head><model>"
		"<instance><d><a/></d></instance><bind nodeset=\\\"/d/a\\\" "
		"relevant=\\\"1 +\\\" calculate=\\\"2 +\\\"/></model></h:head>"
		"<h:body/></h:html>"), "error.more.0.code", "xpath");
	close_all(c);
}

static void protected_forms_are_refused_without_training(void **state)
{
	static const char form[] = HEAD "<instance><d id='p' "
		"bayaz:class='protected'><a/></d></instance>" BODY
		"<input ref='/d/a'/>" TAIL;
	struct json *request = js_new_object();
	char *line;

	(void)state;
	js_put_text(request, "op", "open");
	js_put_text(request, "xml", form);
	line = js_print(request);
	for (int training = 0; training < 2; training++) {
		struct client c;

		client_init(&c, engine_new(training == 1), 1);
		expect(client_ask(&c, line, strlen(line)),
			training ? "result.form" : "error.code",
			training ? "1" : "refused");
		close_all(c);
	}
	js_free(request);
	free(line);
}

/* --- whole or not at all --- */

/* `/d/t` sets off actions: the first changes /d/a, the second fails if t is
 * "(".  The count follows /d/n. */
static const char halfway[] = HEAD
	"<instance><d id='h'><t/><a>1</a><b/><n>2</n><loop/><big/><sum/>"
	"<few jr:template=''><f/></few><many jr:template=''><m/></many>"
	"<free jr:template=''><g/><h/><sub jr:template=''><i/></sub></free></d>"
	"</instance><bind nodeset='/d/n' type='int'/>"
	"<bind nodeset='/d/sum' calculate='sum(/d/free/g) + count(/d/few)'/>"
	BODY "<input ref='/d/t'><setvalue ev:event='xforms-value-changed' "
	"ref='/d/a' value='/d/a + 1'/><setvalue ev:event='xforms-value-changed'"
	" ref='/d/n' value='5'/><setvalue ev:event='xforms-value-changed' "
	"ref='/d/b' value=\"regex('x', /d/t)\"/></input>"
	"<input ref='/d/n'/><input ref='/d/a'/>"
	"<input ref='/d/loop'><setvalue ev:event='xforms-value-changed' "
	"ref='/d/loop' value=\"concat(/d/loop, 'x')\"/></input>"
	"<input ref='/d/big'/>"
	"<repeat nodeset='/d/few' jr:count='/d/n'><input ref='/d/few/f'/>"
	"</repeat><repeat nodeset='/d/many' jr:count='/d/big'>"
	"<input ref='/d/many/m'/></repeat>"
	"<repeat nodeset='/d/free'><setvalue ev:event='odk-new-repeat' "
	"ref='/d/free/g' value='position(..)'/>"
	"<setvalue ev:event='odk-new-repeat' ref='/d/free/h' "
	"value=\"regex('x', /d/b)\"/>"
	"<input ref='/d/free/g'/><repeat nodeset='/d/free/sub'>"
	"<input ref='/d/free/sub/i'/></repeat></repeat>" TAIL;

static void an_action_that_fails_takes_all_back(void **state)
{
	struct client c = open_form(halfway);

	(void)state;
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/t','value':'y'}"),
		"result.value", "y");
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/a'}"),
		"result.node.value", "2");
	expect_nothing(&c, "xpath",
		"{'op':'set','record':1,'node':'/d/t','value':'('}");
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/t','value':'z'}"),
		"result.value", "z");
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/a'}"),
		"result.node.value", "3");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':"
		"'count(/d/few)'}"), "result.value", "5");
	close_all(c);
}

static void a_failing_insert_leaves_no_instance(void **state)
{
	static const char form[] = HEAD "<instance><d id='i'><t>x</t>"
		"<p jr:template=''><a/></p></d></instance>" BODY
		"<input ref='/d/t'/><repeat nodeset='/d/p'>"
		"<setvalue ev:event='odk-new-repeat' ref='/d/p/a' "
		"value=\"if(position(..) = 3, regex('x', /d/t), "
		"position(..))\"/><input ref='/d/p/a'/></repeat>" TAIL;
	struct client c = open_form(form);
	struct str why = STR_INIT;

	(void)state;
	expect(ASK(&c, "{'op':'insert','record':1,'node':'/d/p'}"),
		"result.inserted.1", "-");
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/t','value':'('}"),
		"result.value", "(");
	assert_true(client_agrees(&c, &why));
	expect_nothing(&c, "xpath",
		"{'op':'insert','record':1,'node':'/d/p','count':3}");
	expect_nothing(&c, "xpath", "{'op':'insert','record':1,"
		"'node':'/d/p','count':3,'after':0}");
	assert_true(client_agrees(&c, &why));
	/* ids that were given out in vain may be left out, not used twice */
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/t','value':'x'}"),
		"result.value", "x");
	expect(ASK(&c, "{'op':'insert','record':1,'node':'/d/p','count':3}"),
		"error", "-");
	assert_true(client_agrees(&c, &why));
	assert_true(client_is_sound(&c, &why));
	str_release(&why);
	close_all(c);
}

static void a_failing_removal_puts_everything_back(void **state)
{
	static const char form[] = HEAD "<instance><d id='r'><t>(</t><s/>"
		"<p jr:template=''><a/><q jr:template=''><b/></q></p>"
		"<w jr:template=''><x/></w></d></instance>"
		"<bind nodeset='/d/s' calculate='3 - count(/d/p)'/>" BODY
		"<input ref='/d/t'/><repeat nodeset='/d/p'><input ref='/d/p/a'/>"
		"<repeat nodeset='/d/p/q'><input ref='/d/p/q/b'/></repeat>"
		"</repeat><repeat nodeset='/d/w' jr:count='/d/s'>"
		"<setvalue ev:event='odk-new-repeat' ref='/d/w/x' "
		"value=\"if(/d/s = 2, regex('x', /d/t), 0)\"/></repeat>" TAIL;
	struct client c = open_form(form);
	struct str why = STR_INIT;

	(void)state;
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/p','count':2}"));
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/p[1]/q',"
		"'count':2}"));
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/p[1]/q[2]/b',"
		"'value':'kept'}"));
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':"
		"'concat(count(/d/p), /d/s, count(/d/w), /d/p[1]/q[2]/b)'}"),
		"result.value", "211kept");
	assert_true(client_agrees(&c, &why));
	expect_nothing(&c, "xpath",
		"{'op':'remove','record':1,'node':'/d/p[1]'}");
	assert_true(client_agrees(&c, &why));
	assert_true(client_is_sound(&c, &why));
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/t','value':'x'}"));
	expect(ASK(&c, "{'op':'remove','record':1,'node':'/d/p[1]'}"),
		"error", "-");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':"
		"'concat(count(/d/p), /d/s, count(/d/w))'}"), "result.value",
		"122");
	str_release(&why);
	close_all(c);
}

static void a_count_beyond_the_limit_is_refused(void **state)
{
	struct client c = open_form(halfway);

	(void)state;
	expect_nothing(&c, "refused", "{'op':'set','record':1,"
		"'node':'/d/big','value':'1000001'}");
	expect_nothing(&c, "refused", "{'op':'set','record':1,"
		"'node':'/d/big','value':'99999999999999999999'}");
	expect_nothing(&c, "refused", "{'op':'insert','record':1,"
		"'node':'/d/free','count':1000001}");
	expect_nothing(&c, "refused", "{'op':'insert','record':1,"
		"'node':'/d/free','count':9223372036854775807}");
	close_all(c);
}

static void actions_without_end_are_a_cycle(void **state)
{
	struct client c = open_form(halfway);

	(void)state;
	expect_nothing(&c, "cycle",
		"{'op':'set','record':1,'node':'/d/loop','value':'a'}");
	close_all(c);
}

static void a_failing_open_or_create_leaves_no_handle(void **state)
{
	struct client c = open_form(small);

	(void)state;
	js_free(ASK(&c, "{'op':'open','xml':'<a/>'}"));
	js_free(ASK(&c, "{'op':'create','form':1,'xml':'<e/>'}"));
	js_free(ASK(&c, "{'op':'create','form':1,'language':'none'}"));
	js_free(ASK(&c, "{'op':'create','form':1,'now':'late'}"));
	js_free(ASK(&c, "{'op':'create','form':1,'time_zone':'Moon'}"));
	expect(ASK(&c, "{'op':'nodes','record':2}"), "error.code", "handle");
	expect(ASK(&c, "{'op':'close','form':2}"), "error.code", "handle");
	close_all(c);
}

static void closing_a_form_closes_its_records(void **state)
{
	struct client c = open_form(small);

	(void)state;
	expect(ASK(&c, "{'op':'create','form':1}"), "result.record", "2");
	expect(ASK(&c, "{'op':'close','form':1}"), "result", "{}");
	expect(ASK(&c, "{'op':'nodes','record':1}"), "error.code", "handle");
	expect(ASK(&c, "{'op':'nodes','record':2}"), "error.code", "handle");
	expect(ASK(&c, "{'op':'create','form':1}"), "error.code", "handle");
	close_all(c);
}

/* --- ids and references --- */

static void ids_stay_while_references_change(void **state)
{
	struct client c = open_form(small);
	char *first, *third;

	(void)state;
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/p','count':3}"));
	first = member(ASK(&c, "{'op':'node','record':1,'node':'/d/p[1]'}"),
		"result.node.id");
	third = member(ASK(&c, "{'op':'node','record':1,'node':'/d/p[3]'}"),
		"result.node.id");
	js_free(ASK(&c, "{'op':'remove','record':1,'node':'/d/p[1]'}"));
	expect(ASK(&c, "{'op':'node','record':1,'node':%s}", third),
		"result.node.ref", "/d/p[2]");
	expect(ASK(&c, "{'op':'node','record':1,'node':%s}", first),
		"error.code", "node");
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/p','after':0}"));
	expect(ASK(&c, "{'op':'node','record':1,'node':%s}", third),
		"result.node.ref", "/d/p[3]");
	expect(ASK(&c, "{'op':'node','record':1,'node':%s}", first),
		"error.code", "node");
	free(first);
	free(third);
	close_all(c);
}

/* --- since --- */

static const char *const places[] = { "/d/t", "/d/n", "/d/k", "/d/one",
	"/d/g/p", "/d/g/p[1]", "/d/g/p[2]", "/d/g/p[1]/name", "/d/g/p[2]/age",
	"/d/g/p[1]/pet", "/d/g/p[1]/pet[1]/kind", "/d/g/p[2]/pet[1]",
	"/d/r[1]/w", "/d/r[3]", "/d/shown" };
static const char *const values[] = { "", "1", "2", "3", "4", "no", "a", "b",
	"p1", "p2", "(" };

static const char lively[] = HEAD
	"<itext><translation lang='en'><text id='l'><value>"
	"<output value='/d/sum'/></value></text></translation>"
	"<translation lang='fa'><text id='l'><value>F</value></text>"
	"</translation></itext>"
	"<instance><d id='v' n=''><t/><n/><k/><sum/><one/><shown/><g>"
	"<p jr:template=''><name/><age/><older/><pet jr:template=''><kind/>"
	"<all/></pet></p></g><r jr:template=''><i/><w/></r></d></instance>"
	"<instance id='list'><root><item><v>a</v><g>1</g></item><item><v>b</v>"
	"<g>2</g></item></root></instance>"
	"<bind nodeset='/d/k' type='int'/>"
	"<bind nodeset='/d/sum' calculate='sum(/d/g/p/age)'/>"
	"<bind nodeset='/d/shown' relevant=\"/d/t != 'no'\" "
	"constraint='. != /d/n' required='/d/n = 2'/>"
	"<bind nodeset='/d/g' relevant='/d/n != 3'/>"
	"<bind nodeset='/d/g/p/older' calculate='../age &gt; "
	"sum(/d/g/p[position() &lt; position(current()/..)]/age)'/>"
	"<bind nodeset='/d/g/p/age' readonly='../name = 2'/>"
	"<bind nodeset='/d/g/p/pet/all' calculate='count(../../../p/pet)'/>"
	"<bind nodeset='/d/r/i' calculate='position(..)'/>" BODY
	"<input ref='/d/t'><label ref=\"jr:itext('l')\"/>"
	"<setvalue ev:event='xforms-value-changed' ref='/d/@n' value='/d/t'/>"
	"</input><input ref='/d/n'><hint><output value='/d/t'/></hint></input>"
	"<input ref='/d/k'/><select1 ref='/d/one'>"
	"<itemset nodeset=\"instance('list')/root/item[g = /d/n]\">"
	"<value ref='v'/><label ref='v'/></itemset></select1>"
	"<input ref='/d/shown'/><input ref='/d/sum'/>"
	"<repeat nodeset='/d/g/p'><input ref='/d/g/p/name'>"
	"<label><output value='position(..)'/></label></input>"
	"<input ref='/d/g/p/age'/>"
	"<repeat nodeset='/d/g/p/pet'><input ref='/d/g/p/pet/kind'>"
	"<label><output value='../../name'/></label></input></repeat></repeat>"
	"<repeat nodeset='/d/r' jr:count='/d/k'><input ref='/d/r/w'/></repeat>"
	TAIL;

struct dice { uint64_t state; };

static size_t roll(struct dice *d, size_t n)
{
	d->state ^= d->state << 13;
	d->state ^= d->state >> 7;
	d->state ^= d->state << 17;
	return (size_t)(d->state >> 11) % n;
}

#define ONE_OF(d, list) list[roll((d), sizeof (list) / sizeof *(list))]

static void do_something(struct client *c, struct dice *d)
{
	const char *place = ONE_OF(d, places);

	switch (roll(d, 8)) {
	case 0:
		js_free(ASK(c, "{'op':'insert','record':1,'node':'%s',"
			"'count':%zu,'after':%zu}", place, roll(d, 3),
			roll(d, 2)));
		break;
	case 1:
		js_free(ASK(c, "{'op':'remove','record':1,'node':'%s'}",
			place));
		break;
	case 2:
		js_free(ASK(c, "{'op':'language','record':1,"
			"'language':'%s'}", roll(d, 2) ? "en" : "fa"));
		break;
	case 3:
		js_free(ASK(c, "{'op':'node','record':1,'node':'%s'}", place));
		break;
	case 4:
		js_free(ASK(c, "{'op':'nodes','record':1,'order':'body',"
			"'rich':true,'node':'%s'}", place));
		break;
	default:
		js_free(ASK(c, "{'op':'set','record':1,'node':'%s',"
			"'value':'%s'}", place, ONE_OF(d, values)));
		break;
	}
}

/* A client that takes only what changed has what asking for all would give. */
static void since_misses_nothing(void **state)
{
	size_t rounds = getenv("BAYAZ_LONG") != NULL ? 2000 : 20;

	(void)state;
	for (size_t seed = 1; seed <= rounds; seed++) {
		struct client c = open_form(lively);
		struct dice d = { seed * 2654435761u };
		struct str why = STR_INIT;

		for (size_t i = 0; i < 40; i++) {
			for (size_t n = roll(&d, 3); n > 0; n--)
				do_something(&c, &d);
			if (!client_agrees(&c, &why))
				fail_msg("seed %zu, step %zu: %s", seed, i,
					why.data);
		}
		if (!client_is_sound(&c, &why))
			fail_msg("seed %zu: %s", seed, why.data);
		str_release(&why);
		close_all(c);
	}
}

/* Two clients of the same record, one of which looks seldom. */
static void since_serves_clients_that_look_at_different_times(void **state)
{
	struct client often = open_form(lively), seldom;
	struct dice d = { 77 };
	struct str why = STR_INIT;

	(void)state;
	client_init(&seldom, often.engine, 1);
	assert_true(client_agrees(&seldom, &why));
	for (size_t i = 0; i < 300; i++) {
		do_something(&often, &d);
		assert_true(client_agrees(&often, &why));
		if (i % 20 == 19 && !client_agrees(&seldom, &why))
			fail_msg("step %zu: %s", i, why.data);
	}
	str_release(&why);
	client_release(&seldom);
	close_all(often);
}

static void since_tells_only_what_changed(void **state)
{
	struct client c = open_form(small);
	char *since;

	(void)state;
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/p','count':9}"));
	since = member(ASK(&c, "{'op':'nodes','record':1}"),
		"result.revision");
	expect(ASK(&c, "{'op':'nodes','record':1,'since':%s}", since),
		"result.nodes", "[]");
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/t','value':'a'}"));
	expect(ASK(&c, "{'op':'nodes','record':1,'since':%s}", since),
		"result.nodes.0.ref", "/d/t");
	expect(ASK(&c, "{'op':'nodes','record':1,'since':%s}", since),
		"result.nodes.1", "-");
	free(since);
	close_all(c);
}

/* --- captures --- */

static void captures_are_asked_for_once(void **state)
{
	static const char form[] = HEAD "<instance><d id='c'><t/><spot/>"
		"<sound/><p jr:template=''><at/></p></d></instance>"
		"<bind nodeset='/d/spot' type='geopoint' readonly='true()'/>"
		"<bind nodeset='/d/p/at' type='geopoint'/>"
		"<odk:setgeopoint ev:event='odk-instance-first-load' "
		"ref='/d/spot'/><odk:recordaudio "
		"ev:event='odk-instance-load' ref='/d/sound' "
		"odk:quality='voice-only'/>" BODY
		"<input ref='/d/t'><odk:setgeopoint "
		"ev:event='xforms-value-changed' ref='/d/spot'/></input>"
		"<input ref='/d/spot'/><repeat nodeset='/d/p'>"
		"<odk:setgeopoint ev:event='odk-new-repeat' ref='/d/p/at'/>"
		"<input ref='/d/p/at'/></repeat>" TAIL;
	struct client c = open_form(form);
	struct json *created = ASK(&c, "{'op':'create','form':1}");
	const struct json *captures = js_get(js_get(created, "result"),
		"captures");

	(void)state;
	assert_int_equal(js_size(captures), 2);
	assert_string_equal(js_get_text(js_at(captures, 0), "kind"),
		"geopoint");
	assert_string_equal(js_get_text(js_at(captures, 1), "quality"),
		"voice-only");
	js_free(created);
	expect(ASK(&c, "{'op':'set','record':2,'node':'/d/t','value':'a'}"),
		"result.captures.0.capture", "3");
	expect(ASK(&c, "{'op':'set','record':2,'node':'/d/t','value':'a'}"),
		"result.captures", "-");
	expect(ASK(&c, "{'op':'set','record':2,'node':'/d/spot',"
		"'value':'1 2'}"), "error.code", "refused");
	expect(ASK(&c, "{'op':'capture','record':2,'capture':3,"
		"'value':'1 2'}"), "error", "-");
	expect(ASK(&c, "{'op':'node','record':2,'node':'/d/spot'}"),
		"result.node.value", "1.0 2.0");
	expect(ASK(&c, "{'op':'capture','record':2,'capture':4}"),
		"error.code", "node");
	expect(ASK(&c, "{'op':'insert','record':2,'node':'/d/p'}"),
		"result.captures.0.ref", "/d/p[1]/at");
	js_free(ASK(&c, "{'op':'remove','record':2,'node':'/d/p[1]'}"));
	expect(ASK(&c, "{'op':'capture','record':2,'capture':4,"
		"'value':'1 2'}"), "error.code", "node");
	close_all(c);
}

/* --- set --- */

static const char choices[] = HEAD
	"<instance><d id='ch'><many/><one/><order/><open/><listed/><g/><i/>"
	"<dec/><day/><ok/><place/></d></instance>"
	"<instance id='l'><root><item><v>a</v><g>1</g></item>"
	"<item><v>b</v><g>1</g></item><item><v>c</v><g>2</g></item></root>"
	"</instance><bind nodeset='/d/i' type='int'/>"
	"<bind nodeset='/d/dec' type='decimal'/>"
	"<bind nodeset='/d/day' type='date'/>"
	"<bind nodeset='/d/place' type='geopoint'/>" BODY
	"<select ref='/d/many'><item><label>C</label><value>c</value></item>"
	"<item><label>A</label><value>a</value></item>"
	"<item><label>B</label><value>b</value></item></select>"
	"<select1 ref='/d/one'><item><label>A</label><value>a</value></item>"
	"</select1><odk:rank ref='/d/order'><item><label>X</label>"
	"<value>x</value></item><item><label>Y</label><value>y</value></item>"
	"</odk:rank><select ref='/d/listed'>"
	"<itemset nodeset=\"instance('l')/root/item[/d/g = '' or g = /d/g]\">"
	"<value ref='v'/><label ref='v'/></itemset></select><input ref='/d/g'/>"
	"<input ref='/d/i'/><input ref='/d/dec'/><input ref='/d/day'/>"
	"<trigger ref='/d/ok'/><input ref='/d/place'/>" TAIL;

static void values_of_any_json_type_become_text(void **state)
{
	static const struct { const char *node, *value, *text; } sets[] = {
		{ "/d/many", "['b','c']", "c b" },
		{ "/d/many", "['a','zzz','c']", "c a" },
		{ "/d/many", "[]", "" },
		{ "/d/many", "'b  a'", "b a" },
		{ "/d/listed", "['c','a']", "a c" },
		{ "/d/order", "['y','x']", "y x" },
		{ "/d/one", "['a']", "a" },
		{ "/d/one", "'q'", "" },
		{ "/d/g", "1", "1" },
		{ "/d/g", "1.0", "1" },
		{ "/d/g", "0.1", "0.1" },
		{ "/d/g", "-0.0", "0" },
		{ "/d/g", "1e21", "1000000000000000000000" },
		{ "/d/g", "true", "true" },
		{ "/d/g", "false", "false" },
		{ "/d/g", "null", "" },
		{ "/d/i", "34", "34" },
		{ "/d/i", "34.9", "34" },
		{ "/d/i", "'-7.9'", "-7" },
		{ "/d/i", "2147483648", "" },
		{ "/d/i", "'forty'", "" },
		{ "/d/dec", "23", "23.0" },
		{ "/d/dec", "0.1", "0.1" },
		{ "/d/day", "'2024-02-29T10:00'", "2024-02-29" },
		{ "/d/day", "'2023-02-29'", "" },
		{ "/d/ok", "true", "OK" },
		{ "/d/ok", "false", "" },
		{ "/d/place", "{'latitude':20.663,'longitude':16.763,"
			"'accuracy':15}", "20.663 16.763 0.0 15.0" },
		{ "/d/place", "{'latitude':1,'longitude':2}",
			"1.0 2.0" },
		{ "/d/place", "{'latitude':1,'longitude':2,'altitude':3}",
			"1.0 2.0 3.0" },
		{ "/d/place", "{'latitude':91,'longitude':2}", "" },
		{ "/d/place", "'0 0'", "" },
	};
	struct client c = open_form(choices);

	(void)state;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		char *text = member(ASK(&c, "{'op':'set','record':1,"
			"'node':'%s','value':%s}", sets[i].node,
			sets[i].value), "result.value");

		if (strcmp(text, sets[i].text) != 0)
			print_message("%s %s\n", sets[i].node, sets[i].value);
		assert_string_equal(text, sets[i].text);
		free(text);
	}
	close_all(c);
}

static void a_strict_set_that_is_refused_changes_nothing(void **state)
{
	static const char *const wrong[][2] = {
		{ "/d/many", "'a zzz'" }, { "/d/many", "['zzz']" },
		{ "/d/one", "'q'" }, { "/d/order", "'x z'" },
		{ "/d/listed", "'a q'" }, { "/d/i", "'forty'" },
		{ "/d/i", "2147483648" }, { "/d/dec", "'1,5'" },
		{ "/d/day", "'2023-02-29'" }, { "/d/place", "'91 0'" },
		{ "/d/place", "{'latitude':91,'longitude':0}" },
		{ "/d/place", "{'longitude':0}" },
	};
	struct client c = open_form(choices);

	(void)state;
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/listed',"
		"'value':'a b'}"));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char *request = str_format("{'op':'set','record':1,"
			"'node':'%s','value':%s,'strict':true}", wrong[i][0],
			wrong[i][1]);

		expect_nothing(&c, "value", request);
		free(request);
	}
	close_all(c);
}

/* As the list has them, not as the alphabet would. */
static void properties_of_choices_keep_their_order(void **state)
{
	struct client c = open_form(choices);
	struct json *answer = ASK(&c, "{'op':'choices','record':1,"
		"'node':'/d/listed'}");
	const struct json *properties = js_get(js_at(js_get(js_get(answer,
		"result"), "choices"), 0), "properties");
	const char *key = js_next_key(properties, NULL);

	(void)state;
	assert_string_equal(key, "v");
	assert_string_equal(js_next_key(properties, key), "g");
	js_free(answer);
	close_all(c);
}

static void a_choice_that_is_away_comes_back_with_its_value(void **state)
{
	struct client c = open_form(choices);

	(void)state;
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/listed',"
		"'value':'a c'}"));
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/g','value':2}"));
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/listed'}"),
		"result.node.value", "c");
	expect(ASK(&c, "{'op':'choices','record':1,'node':'/d/listed'}"),
		"result.choices.0.value", "c");
	expect(ASK(&c, "{'op':'choices','record':1,'node':'/d/listed'}"),
		"result.choices.1", "-");
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/g','value':''}"));
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/listed'}"),
		"result.node.value", "a c");
	close_all(c);
}

/* With the square of 20,000 values and choices this takes minutes. */
static void long_lists_of_values_take_linear_time(void **state)
{
	struct str form = STR_INIT, line = STR_INIT;
	struct client c;
	size_t n = 20000;

	(void)state;
	str_add(&form, HEAD "<instance><d id='l'><s/></d></instance>"
		"<instance id='m'><root>");
	for (size_t i = 0; i < n; i++)
		str_addf(&form, "<item><v>x%zu</v></item>", i);
	str_add(&form, "</root></instance>" BODY "<select ref='/d/s'>"
		"<label>S</label><itemset nodeset=\"instance('m')/root/item\">"
		"<value ref='v'/><label ref='v'/></itemset></select>" TAIL);
	c = open_form(form.data);
	str_add(&line, "{\"op\":\"set\",\"record\":1,\"node\":\"/d/s\","
		"\"value\":[\"x7\"");
	for (size_t i = 0; i < n; i++)
		str_addf(&line, ",\"y%zu\"", i);
	str_add(&line, ",\"x7\",\"x3\"]}");
	expect(client_ask(&c, line.data, line.len), "result.value", "x3 x7");
	str_release(&form);
	str_release(&line);
	close_all(c);
}

/* --- language --- */

static void switching_the_language_and_back_changes_nothing(void **state)
{
	struct client c = open_form(lively);
	char *before;

	(void)state;
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/g/p'}"));
	js_free(ASK(&c, "{'op':'nodes','record':1}"));
	before = member(ASK(&c, "{'op':'nodes','record':1}"), "result.nodes");
	expect(ASK(&c, "{'op':'language','record':1,'language':'fa'}"),
		"result.language", "fa");
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/t'}"),
		"result.node.label.text", "F");
	expect(ASK(&c, "{'op':'language','record':1}"), "result.language",
		"fa");
	expect(ASK(&c, "{'op':'language','record':1,'language':'en'}"),
		"result.language", "en");
	expect(ASK(&c, "{'op':'nodes','record':1}"), "result.nodes", before);
	free(before);
	close_all(c);
}

static void a_form_without_languages_has_none(void **state)
{
	struct client c = open_form(small);

	(void)state;
	expect(ASK(&c, "{'op':'language','record':1}"), "result.language",
		"null");
	close_all(c);
}

/* --- the body --- */

static void the_body_is_listed_as_a_person_meets_it(void **state)
{
	static const char form[] = HEAD "<instance><d id='b'><a/><b/><g><c/>"
		"<p jr:template=''><x/><q jr:template=''><y/></q></p></g>"
		"<unseen/></d></instance>" BODY
		"<input ref='/d/b'><label>B1</label></input>"
		"<group appearance='field-list'><label>Bare</label>"
		"<group><input ref='/d/a'/></group></group>"
		"<group ref='/d/g'><input ref='/d/g/c'/>"
		"<group ref='/d/g/p'><label>Around</label>"
		"<repeat nodeset='/d/g/p'><input ref='/d/g/p/x'/>"
		"<repeat nodeset='/d/g/p/q'><input ref='/d/g/p/q/y'/></repeat>"
		"</repeat></group></group>"
		"<input ref='/d/b'><label>B2</label></input>" TAIL;
	static const char *const refs[] = { "/d/b", "null", "null", "/d/a",
		"/d/g", "/d/g/c", "/d/g/p", "/d/g/p[1]", "/d/g/p[1]/x",
		"/d/g/p[1]/q", "/d/g/p[2]", "/d/g/p[2]/x", "/d/g/p[2]/q",
		"/d/g/p[2]/q[1]", "/d/g/p[2]/q[1]/y", "/d/b", "-" };
	struct client c = open_form(form);

	(void)state;
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/g/p',"
		"'count':2}"));
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/g/p[2]/q'}"));
	for (size_t i = 0; i < sizeof refs / sizeof *refs; i++) {
		char *path = str_format("result.nodes.%zu.ref", i);

		expect(ASK(&c, "{'op':'nodes','record':1,'order':'body'}"),
			path, refs[i]);
		free(path);
	}
	expect(ASK(&c, "{'op':'nodes','record':1,'order':'body'}"),
		"result.nodes.0.label.text", "B1");
	expect(ASK(&c, "{'op':'nodes','record':1,'order':'body'}"),
		"result.nodes.15.label.text", "B2");
	expect(ASK(&c, "{'op':'nodes','record':1,'order':'body'}"),
		"result.nodes.6.label.text", "Around");
	expect(ASK(&c, "{'op':'nodes','record':1,'order':'body'}"),
		"result.nodes.1.control.appearance", "field-list");
	close_all(c);
}

/* --- fixed repeats --- */

static void the_user_adds_nothing_to_a_fixed_repeat(void **state)
{
	struct client c = open_form(halfway);

	(void)state;
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/few'}"),
		"result.node.fixed", "true");
	expect_nothing(&c, "refused",
		"{'op':'insert','record':1,'node':'/d/few'}");
	expect_nothing(&c, "refused",
		"{'op':'remove','record':1,'node':'/d/few[1]'}");
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/few[2]/f',"
		"'value':'x'}"));
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/n','value':1}"),
		"result.warnings.0.ref", "/d/few");
	expect(ASK(&c, "{'op':'set','record':1,'node':'/d/a','value':1}"),
		"result.warnings", "-");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':"
		"'count(/d/few)'}"), "result.value", "2");
	expect_nothing(&c, "refused",
		"{'op':'remove','record':1,'node':'/d/few[1]'}");
	expect(ASK(&c, "{'op':'remove','record':1,'node':'/d/few[2]'}"),
		"error", "-");
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/n','value':''}"));
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':"
		"'count(/d/few)'}"), "result.value", "1");
	close_all(c);
}

/* 100,000 by a slip of the finger, and back: with the square, minutes. */
static void a_falling_count_takes_linear_time(void **state)
{
	struct client c = open_form(halfway);
	clock_t start = clock();

	(void)state;
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/big',"
		"'value':'100000'}"));
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/big',"
		"'value':'1'}"));
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':"
		"'count(/d/many)'}"), "result.value", "1");
	js_free(ASK(&c, "{'op':'insert','record':1,'node':'/d/free',"
		"'count':50000}"));
	js_free(ASK(&c, "{'op':'remove','record':1,'node':'/d/free[1]',"
		"'count':49999}"));
	expect(ASK(&c, "{'op':'node','record':1,'node':'/d/free[1]/g'}"),
		"result.node.value", "50000");
	assert_true(clock() - start <= 4 * CLOCKS_PER_SEC);
	close_all(c);
}

/* --- xpath --- */

static void numbers_read_back_the_same(void **state)
{
	static const struct { const char *expression, *value; } numbers[] = {
		{ "1 div 0", "Infinity" }, { "-1 div 0", "-Infinity" },
		{ "0 div 0", "NaN" }, { "0 * -1", "-0.0" }, { "3", "3" },
		{ "0.1 + 0.2", "0.30000000000000004" }, { "2 div 4", "0.5" },
	};
	struct client c = open_form(small);

	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		expect(ASK(&c, "{'op':'xpath','record':1,'expression':'%s'}",
			numbers[i].expression), "result.value",
			numbers[i].value);
		expect(ASK(&c, "{'op':'xpath','xml':'<a/>',"
			"'expression':'%s'}", numbers[i].expression),
			"result.value", numbers[i].value);
	}
	close_all(c);
}

static void results_are_converted_on_request(void **state)
{
	struct client c = open_form(small);

	(void)state;
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/n','value':4}"));
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':'/d/n'}"),
		"result.value.0.node", "3");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':'/d/n',"
		"'as':'number'}"), "result.value", "4");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':'/d/n',"
		"'as':'string'}"), "result.value", "4");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':'/d/none',"
		"'as':'boolean'}"), "result.value", "false");
	expect(ASK(&c, "{'op':'xpath','record':1,'expression':'../n',"
		"'node':'/d/t'}"), "result.value.0.value", "4");
	close_all(c);
}

/* --- files --- */

static void an_inline_form_reads_no_file_it_was_not_given(void **state)
{
	struct client c;

	(void)state;
	client_init(&c, engine_new(false), 1);
	/* tests/unit is where the tests run: Makefile is there */
	expect(ASK(&c, "{'op':'open','media':'/nowhere','xml':'%s'}",
		"<h:html xmlns=\\\"http://www.w3.org/2002/xforms\\\" "
		"xmlns:h=\\\"http://www.w3.org/1999/xhtml\\\"><h:head><model>"
		"<instance><d id=\\\"a\\\"><a/></d></instance><instance "
		"id=\\\"m\\\" src=\\\"jr://file/Makefile\\\"/>"
		"<bind nodeset=\\\"/d/a\\\" calculate=\\\"count(instance("
		"\\u0027m\\u0027)/root/item)\\\"/></model></h:head><h:body/></h:html>"), "error.code", "resource");
	close_all(c);
}

static void missing_lists_may_be_blank(void **state)
{
	static const char form[] = "<h:html "
		"xmlns=\\\"http://www.w3.org/2002/xforms\\\" "
		"xmlns:h=\\\"http://www.w3.org/1999/xhtml\\\"><h:head><model>"
		"<instance><d id=\\\"a\\\"><a/></d></instance><instance "
		"id=\\\"m\\\" src=\\\"jr://file/m.csv\\\"/>"
		"<instance id=\\\"l\\\" src=\\\"jr://instance/last-saved\\\"/>"
		"<bind nodeset=\\\"/d/a\\\" calculate=\\\"count(instance("
		"\\u0027m\\u0027)/root/item)\\\"/></model></h:head><h:body/></h:html>";
	struct client c;

	(void)state;
	client_init(&c, engine_new(false), 1);
	expect(ASK(&c, "{'op':'open','xml':'%s'}", form), "error.code",
		"resource");
	expect(ASK(&c, "{'op':'open','xml':'%s','missing':'blank'}", form),
		"result.attachments.0.found", "false");
	expect(ASK(&c, "{'op':'open','xml':'%s','attachments':"
		"{'m.csv':{'text':'a\\nb\\n'},'jr://instance/last-saved':"
		"{'text':'<d><a>7</a></d>'}}}", form),
		"result.attachments.0.found", "true");
	js_free(ASK(&c, "{'op':'create','form':2}"));
	expect(ASK(&c, "{'op':'xpath','record':1,'as':'string',"
		"'expression':'concat(count(instance(\\\"m\\\")/root/item), "
		"instance(\\\"l\\\")/d/a)'}"), "result.value", "17");
	close_all(c);
}

/* --- records from XML --- */

static void a_record_comes_back_as_it_went(void **state)
{
	struct client c = open_form(lively);
	struct dice d = { 5 };
	char *xml, *before, *after;
	struct json *request = js_new_object();

	(void)state;
	for (size_t i = 0; i < 60; i++)
		do_something(&c, &d);
	js_free(ASK(&c, "{'op':'set','record':1,'node':'/d/n','value':1}"));
	js_free(ASK(&c, "{'op':'language','record':1,'language':'en'}"));
	xml = member(ASK(&c, "{'op':'serialize','record':1,'all':true}"),
		"result.xml");
	js_put_text(request, "op", "create");
	js_put_int(request, "form", 1);
	js_put_text(request, "xml", xml);
	before = js_print(request);
	expect(client_ask(&c, before, strlen(before)), "result.record", "2");
	after = member(ASK(&c, "{'op':'serialize','record':2,'all':true}"),
		"result.xml");
	assert_string_equal(after, xml);
	free(before);
	free(after);
	free(xml);
	js_free(request);
	close_all(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_id_is_given_back),
		cmocka_unit_test(what_is_no_request_is_answered),
		cmocka_unit_test(deep_requests_are_refused),
		cmocka_unit_test(null_and_absent_mean_the_default),
		cmocka_unit_test(unknown_members_are_ignored),
		cmocka_unit_test(what_is_wrong_has_its_code),
		cmocka_unit_test(an_error_says_where),
		cmocka_unit_test(all_problems_of_a_form_are_told_at_once),
		cmocka_unit_test(protected_forms_are_refused_without_training),
		cmocka_unit_test(an_action_that_fails_takes_all_back),
		cmocka_unit_test(a_failing_insert_leaves_no_instance),
		cmocka_unit_test(a_failing_removal_puts_everything_back),
		cmocka_unit_test(a_count_beyond_the_limit_is_refused),
		cmocka_unit_test(actions_without_end_are_a_cycle),
		cmocka_unit_test(a_failing_open_or_create_leaves_no_handle),
		cmocka_unit_test(closing_a_form_closes_its_records),
		cmocka_unit_test(ids_stay_while_references_change),
		cmocka_unit_test(since_misses_nothing),
		cmocka_unit_test(
			since_serves_clients_that_look_at_different_times),
		cmocka_unit_test(since_tells_only_what_changed),
		cmocka_unit_test(captures_are_asked_for_once),
		cmocka_unit_test(values_of_any_json_type_become_text),
		cmocka_unit_test(a_strict_set_that_is_refused_changes_nothing),
		cmocka_unit_test(
			a_choice_that_is_away_comes_back_with_its_value),
		cmocka_unit_test(properties_of_choices_keep_their_order),
		cmocka_unit_test(long_lists_of_values_take_linear_time),
		cmocka_unit_test(
			switching_the_language_and_back_changes_nothing),
		cmocka_unit_test(a_form_without_languages_has_none),
		cmocka_unit_test(the_body_is_listed_as_a_person_meets_it),
		cmocka_unit_test(the_user_adds_nothing_to_a_fixed_repeat),
		cmocka_unit_test(a_falling_count_takes_linear_time),
		cmocka_unit_test(numbers_read_back_the_same),
		cmocka_unit_test(results_are_converted_on_request),
		cmocka_unit_test(an_inline_form_reads_no_file_it_was_not_given),
		cmocka_unit_test(missing_lists_may_be_blank),
		cmocka_unit_test(a_record_comes_back_as_it_went),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
