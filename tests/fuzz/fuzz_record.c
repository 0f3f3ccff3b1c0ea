/*
 * Any bytes as the XML of a record of a form: resumed and edited.  What was
 * read is written, read again and written: the same.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "session/session.h"
#include "tests/fuzz/fuzz.h"

static const char form_xml[] =
"<h:html xmlns='http://www.w3.org/2002/xforms'"
" xmlns:h='http://www.w3.org/1999/xhtml'"
" xmlns:ev='http://www.w3.org/2001/xml-events'"
" xmlns:jr='http://openrosa.org/javarosa'"
" xmlns:orx='http://openrosa.org/xforms'><h:head><h:title>f</h:title><model>"
"<instance><d id='f' version='1'><t/><n/><day/><place/><one/><many/><sum/>"
"<g a='1'><p jr:template=''><name>x</name><age/></p></g>"
"<c><x>1</x></c><fixed><y/></fixed><fixed><y/></fixed>"
"<orx:meta><orx:instanceID/></orx:meta></d></instance>"
"<instance id='list'><root><item><name>a</name></item><item><name>b</name>"
"</item></root></instance>"
"<bind nodeset='/d/n' type='int'/><bind nodeset='/d/day' type='date'/>"
"<bind nodeset='/d/place' type='geopoint'/>"
"<bind nodeset='/d/sum' calculate='sum(/d/g/p/age)'/>"
"<bind nodeset='/d/g' relevant='not(/d/n = 3)'/>"
"<bind nodeset='/d/g/p/age' type='decimal' required='true()'/>"
"<bind nodeset='/d/orx:meta/orx:instanceID' jr:preload='uid'/>"
"<setvalue ev:event='odk-instance-load' ref='/d/t' value='/d/n'/>"
"</model></h:head><h:body>"
"<input ref='/d/t'/><input ref='/d/n'/><input ref='/d/day'/>"
"<input ref='/d/place'/><select1 ref='/d/one'><label/><item><label>A</label>"
"<value>a</value></item></select1><select ref='/d/many'><label/>"
"<itemset nodeset=\"instance('list')/root/item\"><value ref='name'/>"
"<label ref='name'/></itemset></select>"
"<group ref='/d/g'><repeat nodeset='/d/g/p'><input ref='/d/g/p/name'/>"
"<input ref='/d/g/p/age'/></repeat></group>"
"<repeat nodeset='/d/c' jr:count='/d/n'><input ref='/d/c/x'/></repeat>"
"<repeat nodeset='/d/fixed' jr:noAddRemove='true()'><input ref='/d/fixed/y'/>"
"</repeat></h:body></h:html>";

static const struct xform *the_form(void)
{
	static struct xform *form;
	struct xf_options options = { .completes_meta = true };
	struct problems problems = PROBLEMS_INIT;

	if (form == NULL)
		form = xform_load(form_xml, sizeof form_xml - 1, "f", &options,
			&problems);
	if (form == NULL)
		abort();
	problems_release(&problems);
	return form;
}

/* Load, and write all of it; false: it is no record of the form. */
static bool rewrite(const char *bytes, size_t n_bytes, bool edit,
	struct str *out)
{
	struct session_options options = { .time_zone = "UTC",
		.now = "2026-11-23T10:00:00.000Z", .has_seed = true };
	struct problems problems = PROBLEMS_INIT;
	struct err err = ERR_INIT;
	struct session *s = session_load(the_form(), bytes, n_bytes, edit,
		&options, &problems, &err);
	bool ok = s != NULL && session_serialize(s, true, out, &err);

	if (s == NULL && err.code == ERR_NONE)
		abort();
	session_free(s);
	problems_release(&problems);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct str first = STR_INIT, second = STR_INIT;
	char *text;

	if (n_bytes > 1 << 14)
		return 0;
	text = malloc(n_bytes + 1);		/* exactly as long */
	if (n_bytes > 0)
		memcpy(text, bytes, n_bytes);
	text[n_bytes] = '\0';
	if (rewrite(text, n_bytes, false, &first)) {
		if (!rewrite(first.data, first.len, false, &second) ||
				strcmp(first.data, second.data) != 0)
			abort();
		str_clear(&second);
		if (!rewrite(first.data, first.len, true, &second))
			abort();
	}
	free(text);
	str_release(&first);
	str_release(&second);
	return 0;
}
