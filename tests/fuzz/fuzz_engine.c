/*
 * Any lines as requests to the engine.  A line that begins with '{' goes in as
 * it is; of any other the bytes choose an operation, a node and a value, so
 * that changes of records are reached soon.  The form has what changes a
 * record behind a client's back: calculations, counts, actions, choices.
 *
 * More than not crashing is asked: a request that failed changed nothing,
 * `since` tells everything, and what the engine says of a record fits together.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "tests/engine_client.h"
#include "tests/fuzz/fuzz.h"

static const char form[] =
"<h:html xmlns='http://www.w3.org/2002/xforms'"
" xmlns:h='http://www.w3.org/1999/xhtml'"
" xmlns:ev='http://www.w3.org/2001/xml-events'"
" xmlns:jr='http://openrosa.org/javarosa'"
" xmlns:odk='http://www.opendatakit.org/xforms'"
" xmlns:orx='http://openrosa.org/xforms'><h:head><h:title>f</h:title><model>"
"<itext><translation lang='en'><text id='l'><value>Of <output value='/d/n'/>"
"</value></text><text id='c'><value>C</value><value form='image'>"
"jr://images/c.png</value></text></translation><translation lang='fa'>"
"<text id='l'><value>**<output value='/d/t'/>**</value></text></translation>"
"</itext><instance><d id='f' version='1'><t/><n/><k>0</k><sum/><one/><many/>"
"<order/><range/><ok/><place/><shown/><photo/><day/><err/><loop/><spot/><lang/><few/>"
"<g><p jr:template=''><name>x</name><age/><older/><pet jr:template=''><kind/>"
"<all/></pet></p></g><r jr:template=''><i/><w a='1'/></r><s jr:template=''><u/>"
"</s><meta><orx:instanceID/></meta></d></instance>"
"<instance id='list'><root><item><name>a</name><g>1</g></item><item>"
"<name>b</name><g>2</g></item><item><name>c</name><g>1</g></item></root>"
"</instance>"
"<bind nodeset='/d/n' type='int' constraint='. &lt; 50'"
" jr:constraintMsg='Not $n'/><bind nodeset='/d/k' type='int'/>"
"<bind nodeset='/d/sum' calculate='sum(/d/g/p/age) + count(/d/r)'/>"
"<bind nodeset='/d/place' type='geopoint'/><bind nodeset='/d/day' type='date'/>"
"<bind nodeset='/d/shown' relevant=\"/d/t != 'no'\" required='true()'/>"
"<bind nodeset='/d/g' relevant='/d/n != 3'/>"
"<bind nodeset='/d/g/p/age' type='decimal' required='../name = \"x\"'/>"
"<bind nodeset='/d/g/p/older' calculate='../age &gt;"
" indexed-repeat(/d/g/p/age, /d/g/p, position(..) - 1)'/>"
"<bind nodeset='/d/g/p/pet/all' calculate='count(../../../p/pet)'/>"
"<bind nodeset='/d/few' calculate='number(/d/k) mod 9'/>"
"<bind nodeset='/d/r/i' calculate='position(..)'/>"
"<bind nodeset='/d/r/w' readonly='../i = 2' constraint='regex(., /d/t)'/>"
"<bind nodeset='/d/lang' calculate=\"jr:itext('l')\"/>"
"<bind nodeset='/d/spot' readonly='true()'/>"
"<bind nodeset='/d/meta/orx:instanceID' jr:preload='uid'/>"
"<odk:setgeopoint ev:event='odk-instance-first-load' ref='/d/spot'/>"
"</model></h:head><h:body>"
"<input ref='/d/t'><label ref=\"jr:itext('l')\"/>"
"<setvalue ev:event='xforms-value-changed' ref='/d/k' value='/d/k + 1'/>"
"<setvalue ev:event='xforms-value-changed' ref='/d/err'"
" value=\"regex('a', /d/t)\"/></input>"
"<input ref='/d/n'><label>N <output value='/d/sum'/></label>"
"<hint>*h* <output value='/d/t'/></hint></input>"
"<group><label>Bare</label><select1 ref='/d/one'><label>1</label>"
"<itemset nodeset=\"instance('list')/root/item[g = /d/n or /d/n = '']\">"
"<value ref='name'/><label ref='name'/></itemset></select1>"
"<select ref='/d/many'><label>2</label><item><label ref=\"jr:itext('c')\"/>"
"<value>c</value></item><item><label>B</label><value>b</value></item>"
"<item><label>A</label><value>a</value></item></select></group>"
"<odk:rank ref='/d/order'><label>r</label><item><label>x</label>"
"<value>x</value></item><item><label>y</label><value>y</value></item>"
"</odk:rank><range ref='/d/range' start='1' end='5' step='1'><label>3</label>"
"</range><trigger ref='/d/ok'><label>4</label></trigger>"
"<input ref='/d/place'><label>5</label></input><input ref='/d/day'/>"
"<upload ref='/d/photo' mediatype='image/*'><label>6</label></upload>"
"<input ref='/d/shown'><label>7</label></input><input ref='/d/shown'/>"
"<input ref='/d/loop'><setvalue ev:event='xforms-value-changed' ref='/d/loop'"
" value=\"concat(/d/loop, 'x')\"/></input><input ref='/d/k'/>"
"<group ref='/d/g'><label>G</label><group ref='/d/g/p'><label>P"
" <output value='position(..)'/></label><repeat nodeset='/d/g/p'>"
"<setvalue ev:event='odk-new-repeat' ref='/d/g/p/name'"
" value=\"concat('p', position(..))\"/>"
"<input ref='/d/g/p/name'><label>8 <output value='../older'/></label></input>"
"<input ref='/d/g/p/age'><label>9</label></input>"
"<repeat nodeset='/d/g/p/pet'><select1 ref='/d/g/p/pet/kind'><label>10</label>"
"<itemset nodeset='/d/g/p[name != current()/../../name]'><value ref='name'/>"
"<label ref='age'/></itemset></select1></repeat></repeat></group></group>"
"<group ref='/d/r'><repeat nodeset='/d/r' jr:count='/d/few'>"
"<input ref='/d/r/w'><label>11</label></input></repeat></group>"
"<repeat nodeset='/d/s'><input ref='/d/s/u'/></repeat></h:body></h:html>";

static struct json *ask(struct client *c, struct json *request)
{
	char *line = js_print(request);
	struct json *answer = client_ask(c, line, strlen(line));

	if (answer == NULL) {
		fprintf(stderr, "no proper answer to %s\n", line);
		abort();
	}
	free(line);
	js_free(request);
	return answer;
}

static void expect_result(struct json *answer)
{
	if (js_get(answer, "result") == NULL) {
		char *text = js_print(answer);

		fprintf(stderr, "%s\n", text);
		abort();
	}
	js_free(answer);
}

/* The form is read once, and again after somebody closed it. */
static struct engine *engine;
static int64_t n_records;

static void start(void)
{
	struct client c;
	struct json *request = js_new_object();

	engine = engine_new(false);
	n_records = 0;
	client_init(&c, engine, 1);
	js_put_text(request, "op", "open");
	js_put_text(request, "xml", form);
	expect_result(ask(&c, request));
	client_release(&c);
}

static void stop(void)
{
	engine_free(engine);
	engine = NULL;
}

/* --- lines of a few bytes --- */

static const char *const ops[] = { "set", "set", "set", "insert", "remove",
	"set", "language", "choices", "validate", "finalize", "capture",
	"serialize", "xpath", "nodes", "node", "insert" };

static const char *const refs[] = { "/d/t", "/d/n", "/d/k", "/d/one",
	"/d/many", "/d/order", "/d/range", "/d/ok", "/d/place", "/d/shown",
	"/d/photo", "/d/day", "/d/loop", "/d/g/p", "/d/g/p[1]", "/d/g/p[2]",
	"/d/g/p[1]/name", "/d/g/p[2]/age", "/d/g/p[1]/pet",
	"/d/g/p[1]/pet[1]/kind", "/d/g/p[2]/pet[1]", "/d/r", "/d/r[1]/w",
	"/d/r[2]/w", "/d/r[3]", "/d/s", "/d/s[1]", "/d/s[1]/u", "/d/g", "/d",
	"/d/sum", "/d/lang" };

static const char *const values[] = { "", "1", "3", "7", "60", "no", "(",
	"a", "b", "c b a", "x", "p1", "p2", "OK", "1 2 3 4", "2026-01-02",
	"-1", "0.5", "NaN", "y x" };

#define PICK(list, byte) ((list)[(byte) % (sizeof (list) / sizeof *(list))])

static struct json *value_of(uint8_t byte, const uint8_t *rest, size_t n)
{
	struct json *list;

	switch (byte >> 6) {
	case 0:
		return js_new_text(PICK(values, byte));
	case 1:
		return js_new_int((int8_t)(byte << 2));
	case 2:
		if (byte & 1)
			return js_new_bool(byte & 2);
		list = js_new_array();
		for (size_t i = 0; i < n && i < 4; i++)
			js_add(list, js_new_text(PICK(values, rest[i])));
		return list;
	default: {
		char text[9] = { 0 };

		for (size_t i = 0; i < n && i < 8; i++)
			text[i] = (char)(rest[i] & 0x7f);
		return js_new_text(text);
	}
	}
}

static struct json *request_of(const uint8_t *b, size_t n)
{
	const char *op = PICK(ops, n > 0 ? b[0] : 0);
	uint8_t at = n > 1 ? b[1] : 0, value = n > 2 ? b[2] : 0;
	struct json *o = js_new_object();

	js_put_text(o, "op", op);
	js_put_int(o, "record", 1);
	if (at >= 128)
		js_put_int(o, "node", at - 127);
	else
		js_put_text(o, "node", PICK(refs, at));
	if (strcmp(op, "set") == 0 || strcmp(op, "capture") == 0) {
		js_put(o, "value", n > 3 ? value_of(value, b + 3, n - 3) :
			value_of(value, NULL, 0));
		js_put_bool(o, "strict", n > 0 && b[0] & 16);
		js_put_int(o, "capture", 1 + at % 3);
	} else if (strcmp(op, "insert") == 0 || strcmp(op, "remove") == 0) {
		js_put_int(o, "count", value % 4);
		if (value & 16)
			js_put_int(o, "after", value >> 5);
	} else if (strcmp(op, "language") == 0) {
		js_put_text(o, "language", value & 1 ? "en" : "fa");
	} else if (strcmp(op, "xpath") == 0) {
		js_put_text(o, "expression", PICK(refs, value));
	}
	js_put_bool(o, "rich", value & 1);
	return o;
}

/* --- what has to hold --- */

static void insist(bool ok, const struct str *why)
{
	if (!ok) {
		fprintf(stderr, "%s\n", why->data);
		abort();
	}
}

static bool is_open(struct client *c)
{
	struct json *answer = client_askf(c, "{'op':'node','record':%lld}",
		(long long)c->record);
	bool open = js_get(answer, "result") != NULL;

	js_free(answer);
	return open;
}

/* Files are not for fuzzing, nor is how many instances memory holds. */
static bool is_wanted(const struct json *request)
{
	int64_t count = js_get_int(request, "count", 0);

	return js_get(request, "path") == NULL && count <= 64 &&
		js_get(request, "attachments") == NULL;
}

/* `state` is the record as it was, and is brought up to date. */
static void run_checked(struct client *c, const char *line, size_t n,
	char **state)
{
	struct json *answer = client_ask(c, line, n);
	struct str why = STR_INIT;
	char *after;

	if (answer == NULL)
		abort();
	if (is_open(c))
		insist(client_agrees(c, &why), &why);
	after = client_state(c);
	if (js_get(answer, "error") != NULL && strcmp(*state, after) != 0) {
		fprintf(stderr, "%.*s\nfailed and changed\n%s\n%s\n", (int)n,
			line, *state, after);
		abort();
	}
	free(*state);
	*state = after;
	js_free(answer);
	str_release(&why);
}

/* The engine goes on with the form, unless the line is about forms or records
 * as a whole.  The record of this input is called 1. */
static bool prepare(struct client *c, struct json *request)
{
	const char *op = js_get_text(request, "op");

	if (js_get_int(request, "record", 0) == 1)
		js_put_int(request, "record", c->record);
	return op != NULL && (strcmp(op, "open") == 0 ||
		strcmp(op, "create") == 0 || strcmp(op, "close") == 0);
}

/* Is the engine used up? */
static bool run_line(struct client *c, const uint8_t *line, size_t n,
	char **state)
{
	struct err err = ERR_INIT;
	struct json *request;
	char *text;
	bool used_up;

	if (n == 0)
		return false;
	request = line[0] == '{' ? js_parse((const char *)line, n, &err) :
		request_of(line, n);
	if (request == NULL) {		/* the envelope's own errors */
		js_free(client_ask(c, (const char *)line, n));
		return false;
	}
	used_up = prepare(c, request);
	text = js_print(request);
	if (is_wanted(request))
		run_checked(c, text, strlen(text), state);
	free(text);
	js_free(request);
	return used_up;
}

static bool run_lines(struct client *c, const uint8_t *bytes, size_t n_bytes)
{
	char *state = client_state(c);
	bool used_up = false;
	size_t lines = 0;

	while (n_bytes > 0 && lines++ < 24) {
		const uint8_t *end = memchr(bytes, '\n', n_bytes);
		size_t n = end != NULL ? (size_t)(end - bytes) : n_bytes;

		used_up |= run_line(c, bytes, n, &state);
		n += end != NULL;
		bytes += n;
		n_bytes -= n;
	}
	free(state);
	return used_up;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct str why = STR_INIT;
	struct client c;
	bool used_up;

	if (n_bytes > 4096)
		return 0;
	if (engine == NULL)
		start();
	client_init(&c, engine, ++n_records);
	expect_result(client_askf(&c, "{'op':'create','form':1,'seed':1,"
		"'now':'2026-11-23T10:00:00Z','time_zone':'UTC'}"));
	used_up = run_lines(&c, bytes, n_bytes);
	if (is_open(&c))
		insist(client_is_sound(&c, &why), &why);
	js_free(client_askf(&c, "{'op':'close','record':%lld}",
		(long long)c.record));
	if (used_up || n_records == 1000)
		stop();
	client_release(&c);
	str_release(&why);
	return 0;
}
