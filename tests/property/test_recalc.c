/*
 * Laws of a record, on generated forms and changes (150 forms, 5,000 with
 * BAYAZ_LONG=1; prints the seed, BAYAZ_SEED sets it):
 *
 * - after any changes, read in any order, it is what the same answers give when
 *   everything is computed anew;
 * - written, read and written again, it is the same;
 * - whatever the order in which its answers were given, it is the same;
 * - another language and back changes nothing;
 * - settling, which looks at what changed only, leaves nothing uncomputed that a
 *   person may meet, and while the shape stands the steps are the same.
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/mem.h"
#include "session/node.h"
#include "session/session.h"

enum { INPUTS = 4, CALCS = 6, FIELDS = 2, INNER = 3, CHANGES = 40 };

static uint64_t state_of_chance;

static unsigned below(unsigned n)
{
	uint64_t z = state_of_chance += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return (unsigned)((z ^ (z >> 31)) % n);
}

/* --- a form: inputs i*, calculations c* (each on earlier ones), a group g
 * with a relevance, a repeat p with fields and calculations, a counted repeat
 * k, a select s whose choices follow an input --- */

/* Something numeric that is defined before calculation `before`. */
static void add_operand(struct str *x, unsigned before)
{
	switch (below(9)) {
	case 0: str_addf(x, "sum(/data/p/f%u)", below(FIELDS)); return;
	case 1: str_addf(x, "count(/data/p)"); return;
	case 2: str_addf(x, "sum(/data/p/n%u)", below(INNER)); return;
	case 3: str_addf(x, "count(/data/p[f%u &gt; %u])", below(FIELDS),
		below(9)); return;
	case 4: str_addf(x, "coalesce(/data/g/i%u, 1)", below(INPUTS)); return;
	case 5: str_addf(x, "count(/data/k)"); return;
	case 6: if (before > 0) {
			str_addf(x, "coalesce(/data/c%u, 2)", below(before));
			return;
		}
		/* fall through */
	default: str_addf(x, "coalesce(/data/i%u, 3)", below(INPUTS)); return;
	}
}

static void add_expression(struct str *x, unsigned before)
{
	static const char *const operators[] = { " + ", " - ", " * " };

	if (below(3) == 0) {
		str_add(x, "if(");
		add_operand(x, before);
		str_addf(x, " &gt; %u, ", below(20));
		add_operand(x, before);
		str_add(x, ", ");
		add_operand(x, before);
		str_add(x, ")");
		return;
	}
	add_operand(x, before);
	str_add(x, operators[below(3)]);
	add_operand(x, before);
}

/* Inside the repeat: own fields, positions, inputs outside; never the sums
 * that read it. */
static void add_inner_expression(struct str *x, unsigned before)
{
	static const char *const forms[] = {
		"coalesce(../f%u, 0) + /data/i%u", "position(..) * %u + %u",
		"coalesce(/data/p/f%u, 0) * (1 + %u)",
		"if(/data/i%u &gt; %u, ../f0, 0)",
	};

	if (before > 0 && below(3) == 0)
		str_addf(x, "coalesce(../n%u, 0) + %u", below(before), below(5));
	else
		str_addf(x, forms[below(4)], below(FIELDS), below(INPUTS));
}

static void add_model(struct str *x)
{
	str_add(x, "<itext><translation lang='en'><text id='t'><value>One"
		"</value></text></translation>"
		"<translation lang='ur'><text id='t'><value>ایک</value></text>"
		"</translation></itext><instance><data id='r'><said/>");
	for (unsigned i = 0; i < INPUTS; i++)
		str_addf(x, "<i%u/>", i);
	str_add(x, "<g>");
	for (unsigned i = 0; i < INPUTS; i++)
		str_addf(x, "<i%u>%u</i%u>", i, below(9), i);
	str_add(x, "<deep><d/></deep></g><s/><p jr:template=''>");
	for (unsigned i = 0; i < FIELDS; i++)
		str_addf(x, "<f%u/>", i);
	for (unsigned i = 0; i < INNER; i++)
		str_addf(x, "<n%u/>", i);
	str_add(x, "<q jr:template=''><z/><zz/></q></p><k jr:template=''><y/></k>");
	for (unsigned i = 0; i < CALCS; i++)
		str_addf(x, "<c%u/>", i);
	str_add(x, "</data></instance><instance id='l'><root>");
	for (unsigned i = 0; i < 12; i++)
		str_addf(x, "<item><name>%u</name><of>%u</of></item>", i, i % 4);
	str_add(x, "</root></instance>");
}

static void add_binds(struct str *x)
{
	str_add(x, "<bind nodeset='/data/said' calculate=\"jr:itext('t')\"/>");
	for (unsigned i = 0; i < INPUTS; i++)
		str_addf(x, "<bind nodeset='/data/i%u' type='int'/>"
			"<bind nodeset='/data/g/i%u' type='int'/>", i, i);
	str_addf(x, "<bind nodeset='/data/g' relevant='/data/i%u &gt; %u'/>",
		below(INPUTS), below(5));
	str_addf(x, "<bind nodeset='/data/g/deep' readonly='/data/i%u &gt; %u' "
		"relevant='/data/g/i%u &gt; %u'/>", below(INPUTS), below(9),
		below(INPUTS), below(9));
	str_addf(x, "<bind nodeset='/data/g/deep/d' "
		"calculate='/data/g/i%u + 1'/>", below(INPUTS));
	str_addf(x, "<bind nodeset='/data/p/f1' type='int' "
		"relevant='../f0 &gt; %u'/>", below(9));
	str_addf(x, "<bind nodeset='/data/p/f0' type='int' "
		"required='/data/i%u &gt; %u'/>", below(INPUTS), below(9));
	str_addf(x, "<bind nodeset='/data/p/q' relevant='../f0 &gt; %u'/>",
		below(5));
	for (unsigned i = 0; i < INNER; i++) {
		str_addf(x, "<bind nodeset='/data/p/n%u' calculate='", i);
		add_inner_expression(x, i);
		str_add(x, "'/>");
	}
	str_addf(x, "<bind nodeset='/data/p/q/zz' "
		"calculate='../../f0 + coalesce(../z, %u) + position(..)'/>",
		below(5));
	for (unsigned i = 0; i < CALCS; i++) {
		str_addf(x, "<bind nodeset='/data/c%u' calculate='", i);
		add_expression(x, i);
		str_add(x, "'/>");
	}
}

static void add_input(struct str *x, const char *format, unsigned i)
{
	str_add(x, "<input ref='");
	str_addf(x, format, i);
	str_add(x, "'><label>x</label></input>");
}

static void add_body(struct str *x)
{
	for (unsigned i = 0; i < INPUTS; i++) {
		add_input(x, "/data/i%u", i);
		add_input(x, "/data/g/i%u", i);
	}
	str_addf(x, "<select1 ref='/data/s'><label>s</label><itemset nodeset="
		"\"instance('l')/root/item[of = /data/i%u]\">"
		"<value ref='name'/><label ref='name'/></itemset></select1>",
		below(INPUTS));
	str_add(x, "<group ref='/data/p'><label>p</label>"
		"<repeat nodeset='/data/p'>");
	for (unsigned i = 0; i < FIELDS; i++)
		add_input(x, "/data/p/f%u", i);
	str_add(x, "<group ref='/data/p/q'><label>q</label>"
		"<repeat nodeset='/data/p/q'>");
	add_input(x, "/data/p/q/z", 0);
	str_add(x, "</repeat></group></repeat></group>"
		"<group ref='/data/k'><label>k</label>");
	str_addf(x, "<repeat nodeset='/data/k' jr:count='/data/i%u'>",
		below(INPUTS));
	add_input(x, "/data/k/y", 0);
	str_add(x, "</repeat></group>");
}

static void make_form(struct str *x)
{
	str_add(x, "<h:html xmlns='http://www.w3.org/2002/xforms'"
		" xmlns:h='http://www.w3.org/1999/xhtml'"
		" xmlns:jr='http://openrosa.org/javarosa'>"
		"<h:head><h:title>t</h:title><model>");
	add_model(x);
	add_binds(x);
	str_add(x, "</model></h:head><h:body>");
	add_body(x);
	str_add(x, "</h:body></h:html>");
}

/* --- changes --- */

static void set_somewhere(struct session *s)
{
	char ref[64], value[16];
	struct node *n;

	switch (below(5)) {
	case 0: snprintf(ref, sizeof ref, "/data/g/i%u", below(INPUTS)); break;
	case 1: snprintf(ref, sizeof ref, "/data/p[%u]/f%u", 1 + below(4),
		below(FIELDS)); break;
	case 2: snprintf(ref, sizeof ref, "/data/p[%u]/q[%u]/z", 1 + below(4),
		1 + below(3)); break;
	case 3: snprintf(ref, sizeof ref, "/data/s"); break;
	default: snprintf(ref, sizeof ref, "/data/i%u", below(INPUTS)); break;
	}
	snprintf(value, sizeof value, "%u", below(12));
	if (below(6) == 0)
		value[0] = '\0';
	n = session_find(s, ref, NULL);
	if (n != NULL)
		assert_true(session_set(s, n, value, false, NULL));
}

static void change_instances(struct session *s)
{
	char ref[64] = "/data/p";
	const struct xf_node *repeat;
	struct node *parent;
	size_t n;

	if (below(3) == 0)
		snprintf(ref, sizeof ref, "/data/p[%u]/q", 1 + below(3));
	if (!session_find_repeat(s, ref, &parent, &repeat, NULL))
		return;
	n = node_count(parent, repeat);
	if (n > 0 && below(3) == 0)
		assert_true(session_remove(s, parent, repeat,
			1 + below((unsigned)n), 1, NULL));
	else if (n < 5)
		assert_true(session_insert(s, parent, repeat,
			below((unsigned)n + 1), 1, NULL));
}

/* Laziness depends on what was read when: read a little of everything. */
static void read_somewhere(struct session *s)
{
	char ref[64];
	struct node *n;

	if (below(2) == 0)
		snprintf(ref, sizeof ref, "/data/c%u", below(CALCS));
	else
		snprintf(ref, sizeof ref, "/data/p[%u]/n%u", 1 + below(4),
			below(INNER));
	n = session_find(s, ref, NULL);
	if (n != NULL)
		node_value(s, n);
}

static void compare(struct session *s, const struct xform *form,
	const char *form_xml)
{
	struct str all = STR_INIT, now = STR_INIT, anew = STR_INIT;
	struct session *fresh;
	struct err err = ERR_INIT;

	assert_true(session_serialize(s, false, &now, &err));
	assert_true(session_serialize(s, true, &all, &err));
	fresh = session_load(form, all.data, all.len, false, NULL, NULL, &err);
	assert_non_null(fresh);
	assert_true(session_serialize(fresh, false, &anew, &err));
	if (strcmp(now.data, anew.data) != 0)
		print_message("form: %s\nall: %s\n", form_xml, all.data);
	assert_string_equal(now.data, anew.data);
	session_free(fresh);
	str_release(&all);
	str_release(&now);
	str_release(&anew);
}

static char *written(struct session *s, bool all)
{
	struct str out = STR_INIT;
	struct err err = ERR_INIT;

	assert_true(session_serialize(s, all, &out, &err));
	return str_steal(&out);
}

static void check_rewritten(struct session *s, const struct xform *form)
{
	char *before = written(s, true), *after;
	struct err err = ERR_INIT;
	struct session *again = session_load(form, before, strlen(before),
		false, NULL, NULL, &err);

	assert_non_null(again);
	after = written(again, true);
	assert_string_equal(before, after);
	session_free(again);
	free(before);
	free(after);
}

static void check_language(struct session *s)
{
	char *before = written(s, false), *other, *after;

	assert_true(session_set_language(s, "ur", NULL));
	other = written(s, false);
	assert_non_null(strstr(other, "<said>ایک</said>"));
	assert_true(session_set_language(s, "en", NULL));
	after = written(s, false);
	assert_string_equal(before, after);
	free(before);
	free(other);
	free(after);
}

/* --- settling --- */

static void check_computed(struct session *s, struct node *n)
{
	const uint8_t all = property_bit(XF_P_VALUE) |
		property_bit(XF_P_RELEVANT) | property_bit(XF_P_READONLY) |
		property_bit(XF_P_REQUIRED);

	if (!node_is_relevant(s, n))
		return;
	if ((n->dirty & all) != 0)
		print_message("not computed: %s %x\n", n->form->ref,
			(unsigned)n->dirty);
	assert_int_equal(n->dirty & all, 0);
	if (n->form->is_value) {
		assert_true(n->raw == NULL || node_select(n->form) == NULL ||
			n->shown != NULL);
		return;
	}
	for (unsigned i = 0; i < n->form->n_children; i++)
		for (uint32_t k = 0; k < n->slots[i].n; k++)
			check_computed(s, n->slots[i].items[k]);
}

/* `shape` and `steps` are those of the time before. */
static void check_settled(struct session *s, uint64_t *shape,
	struct steps *steps)
{
	struct steps now = { 0 };
	bool same;

	assert_true(session_settle(s, NULL));
	check_computed(s, session_root(s));
	same = session_shape(s) == *shape;
	assert_true(session_steps(s, &now, NULL));
	for (size_t i = 0; same && i < now.n; i++) {
		assert_true(i < steps->n);
		assert_int_equal(now.items[i].kind, steps->items[i].kind);
		assert_ptr_equal(now.items[i].node, steps->items[i].node);
		assert_ptr_equal(now.items[i].control,
			steps->items[i].control);
	}
	assert_true(!same || now.n == steps->n);
	*shape = session_shape(s);
	steps_release(steps);
	*steps = now;
}

/* What fails is taken back: that, too, changes what is known. */
static void change_and_take_back(struct session *s)
{
	session_begin(s);
	for (unsigned i = below(4); i > 0; i--)
		if (below(2) == 0)
			change_instances(s);
		else
			set_somewhere(s);
	if (below(2) == 0)
		assert_true(session_settle(s, NULL));
	session_rollback(s);
}

/* --- the same answers in any order --- */

enum { MEMBERS = 3, ANSWERS = 2 * INPUTS + MEMBERS * FIELDS + 1 };

struct answer { char ref[32], value[16]; };

static void choose_answers(struct answer answers[ANSWERS])
{
	unsigned n = 0;

	for (unsigned i = 0; i < INPUTS; i++) {
		snprintf(answers[n++].ref, sizeof answers[0].ref, "/data/i%u", i);
		snprintf(answers[n++].ref, sizeof answers[0].ref, "/data/g/i%u", i);
	}
	for (unsigned m = 1; m <= MEMBERS; m++)
		for (unsigned i = 0; i < FIELDS; i++)
			snprintf(answers[n++].ref, sizeof answers[0].ref, "/data/p[%u]/f%u", m, i);
	snprintf(answers[n++].ref, sizeof answers[0].ref, "/data/s");
	for (unsigned i = 0; i < n; i++)
		snprintf(answers[i].value, sizeof answers[i].value, "%u",
			below(9));
}

static void set_at(struct session *s, const char *ref, const char *value)
{
	struct node *n = session_find(s, ref, NULL);

	assert_non_null(n);
	assert_true(session_set(s, n, value, false, NULL));
}

/* Each at least once, the right value last; others before it, now and then. */
static char *answered(const struct xform *form,
	const struct answer answers[ANSWERS])
{
	struct session *s = session_new(form, NULL, NULL);
	unsigned order[ANSWERS];
	const struct xf_node *repeat;
	struct node *parent;
	char *out;

	assert_true(session_find_repeat(s, "/data/p", &parent, &repeat, NULL));
	assert_true(session_insert(s, parent, repeat, 0, MEMBERS, NULL));
	for (unsigned i = 0; i < ANSWERS; i++) {
		unsigned k = below(i + 1);

		order[i] = order[k];
		order[k] = i;
	}
	for (unsigned i = 0; i < ANSWERS; i++) {
		const struct answer *a = &answers[order[i]];

		if (below(3) == 0)
			set_at(s, a->ref, below(2) == 0 ? "" : "7");
		if (below(3) == 0)
			read_somewhere(s);
		set_at(s, a->ref, a->value);
	}
	out = written(s, false);
	session_free(s);
	return out;
}

static void check_order(const struct xform *form, const char *form_xml)
{
	struct answer answers[ANSWERS];
	char *one, *two;

	choose_answers(answers);
	one = answered(form, answers);
	two = answered(form, answers);
	if (strcmp(one, two) != 0)
		print_message("form: %s\n", form_xml);
	assert_string_equal(one, two);
	free(one);
	free(two);
}

static void run_form(void)
{
	struct problems problems = PROBLEMS_INIT;
	const struct xf_options options = { 0 };
	struct str xml = STR_INIT;
	struct xform *form;
	struct session *s;
	struct steps steps = { 0 };
	uint64_t shape = 0;
	struct err err = ERR_INIT;

	make_form(&xml);
	form = xform_load(xml.data, xml.len, "generated", &options, &problems);
	if (form == NULL)
		problems_print(&problems, stderr);
	assert_non_null(form);
	check_order(form, xml.data);
	s = session_new(form, NULL, &err);
	assert_non_null(s);
	for (unsigned i = 0; i < CHANGES; i++) {
		if (below(4) == 0)
			change_instances(s);
		else
			set_somewhere(s);
		for (unsigned k = below(4); k > 0; k--)
			read_somewhere(s);
		if (below(6) == 0)
			change_and_take_back(s);
		if (below(2) == 0)
			check_settled(s, &shape, &steps);
		if (below(4) == 0)
			compare(s, form, xml.data);
	}
	compare(s, form, xml.data);
	check_rewritten(s, form);
	check_language(s);
	check_settled(s, &shape, &steps);
	steps_release(&steps);
	session_free(s);
	xform_free(form);
	problems_release(&problems);
	str_release(&xml);
}

static void records_keep_their_laws(void **state)
{
	const char *seed = getenv("BAYAZ_SEED");
	unsigned n = getenv("BAYAZ_LONG") != NULL ? 5000 : 150;

	(void)state;
	state_of_chance = seed != NULL ? strtoull(seed, NULL, 10) : 20261123;
	print_message("seed %llu, %u forms\n",
		(unsigned long long)state_of_chance, n);
	for (unsigned i = 0; i < n; i++)
		run_form();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_keep_their_laws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
