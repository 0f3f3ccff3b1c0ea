#include "config.h"

#include "author/words.h"

#include <math.h>
#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "xpath/expr.h"

enum { MOST_LETTERS = 60, MOST_NESTING = 30, MOST_BYTES = 2000 };

struct saying {
	const struct form_texts *texts;
	unsigned language;
	const struct xf_node *at;
	int depth;
};

static char *say(struct saying *s, const struct expr *e);
static char *say_value(struct saying *s, const struct expr *e);

/* --- names of things --- */

/* One line, not too long. */
static char *short_text(const char *text)
{
	struct str out = STR_INIT;
	size_t n = 0;

	while (*text != '\0' && n < MOST_LETTERS) {
		const char *start = text;
		unsigned c = utf8_next(&text);

		if (c == '\n' || c == '\t' || c == '\r')
			str_addc(&out, ' ');
		else
			str_addn(&out, start, (size_t)(text - start));
		n++;
	}
	if (*text != '\0')
		str_add(&out, "…");
	return str_steal(&out);
}

char *words_of_node(const struct form_texts *texts, unsigned language,
	const struct xf_node *node)
{
	const struct form_text *label = map_get(&texts->labels, node->ref);

	return label == NULL ? xstrdup(node->local) :
		short_text(form_text_in(label, language));
}

static char *say_choice(const struct saying *s, const struct xf_node *node,
	const char *value)
{
	char *key = str_format("%s\004%s", node->ref, value);
	const struct form_text *label = map_get(&s->texts->labels, key);

	free(key);
	return short_text(label == NULL ? value :
		form_text_in(label, s->language));
}

/* --- paths --- */

static const struct xf_node *follow(const struct xform *form,
	const struct xf_node *node, const struct step *step, bool from_top)
{
	if (step->n_predicates > 0 || step->test == TEST_TEXT)
		return NULL;
	if (step->axis == AXIS_SELF)
		return node;
	if (step->axis == AXIS_PARENT)
		return node == NULL ? NULL : node->parent;
	if (step->axis != AXIS_CHILD || step->local == NULL)
		return NULL;
	if (from_top)
		return strcmp(form->root->local, step->local) == 0 ?
			form->root : NULL;
	return node == NULL ? NULL : xf_child(node, step->local);
}

/* NULL: it is not simply a node of the record. */
static const struct xf_node *node_of(const struct saying *s,
	const struct expr *e)
{
	const struct xform *form = s->texts->form;
	const struct xf_node *node = s->at;
	const struct path *p = &e->path;
	bool from_top = p->start == START_ROOT;

	if (e->kind != EXPR_PATH || p->start == START_EXPR || form->root == NULL)
		return NULL;
	for (size_t i = 0; i < p->n_steps; i++) {
		node = follow(form, node, &p->steps[i], from_top);
		if (node == NULL)
			return NULL;
		from_top = false;
	}
	return from_top ? NULL : node;
}

static bool is_own_answer(const struct saying *s, const struct expr *e)
{
	return node_of(s, e) == s->at && s->at != NULL &&
		e->path.start != START_ROOT && e->path.n_steps <= 1;
}

static char *say_path(struct saying *s, const struct expr *e)
{
	const struct xf_node *node = node_of(s, e);
	const struct path *p = &e->path;
	const struct call_expr *list;
	char *name, *text;

	if (is_own_answer(s, e))
		return xstrdup(_("the answer"));
	if (node != NULL) {
		name = words_of_node(s->texts, s->language, node);
		text = str_format(_("“%s”"), name);
		free(name);
		return text;
	}
	list = p->start == START_EXPR && p->filter->kind == EXPR_CALL ?
		&p->filter->call : NULL;
	name = xstrdup(p->n_steps > 0 && p->steps[p->n_steps - 1].local != NULL
		? p->steps[p->n_steps - 1].local : "…");
	if (list != NULL && strcmp(list->name, "instance") == 0 &&
			list->n_args == 1 && list->args[0]->kind == EXPR_TEXT)
		text = str_format(_("“%1$s” in the list “%2$s”"), name,
			list->args[0]->text);
	else
		text = str_format(_("“%s”"), name);
	free(name);
	return text;
}

/* --- values --- */

static char *say_number(double number)
{
	return number == floor(number) && fabs(number) < 1e15 ?
		str_format("%.0f", number) : str_format("%g", number);
}

static const char *sign_of(enum op op)
{
	switch (op) {
	case OP_ADD: return "+";
	case OP_SUB: return "−";
	case OP_MUL: return "×";
	case OP_DIV: return "÷";
	case OP_MOD: return "mod";
	case OP_UNION: return "|";
	default: return "=";
	}
}

static char *say_sum(struct saying *s, const struct chain *chain)
{
	struct str out = STR_INIT;

	for (size_t i = 0; i < chain->n; i++) {
		char *item = say_value(s, chain->items[i]);

		if (i > 0)
			str_addf(&out, " %s ", sign_of(chain->ops[i]));
		str_add(&out, item);
		free(item);
	}
	return str_steal(&out);
}

static char *say_call_plainly(struct saying *s, const struct call_expr *call)
{
	struct str out = STR_INIT;

	str_addf(&out, "%s(", call->name);
	for (size_t i = 0; i < call->n_args; i++) {
		char *arg = say_value(s, call->args[i]);

		str_addf(&out, "%s%s", i > 0 ? ", " : "", arg);
		free(arg);
	}
	str_addc(&out, ')');
	return str_steal(&out);
}

static bool calls(const struct expr *e, const char *name, size_t n_args)
{
	return e->kind == EXPR_CALL && strcmp(e->call.name, name) == 0 &&
		e->call.n_args == n_args;
}

static char *about(struct saying *s, const struct expr *of,
	const char *format)
{
	char *value = say_value(s, of);
	char *text = str_format(format, value);

	free(value);
	return text;
}

static char *say_value_call(struct saying *s, const struct expr *e)
{
	if (calls(e, "today", 0))
		return xstrdup(_("today"));
	if (calls(e, "now", 0))
		return xstrdup(_("now"));
	if (calls(e, "count-selected", 1))
		return about(s, e->call.args[0],
			_("the number of choices in %s"));
	if (calls(e, "string-length", 1))
		return about(s, e->call.args[0],
			_("the number of letters in %s"));
	if (calls(e, "count", 1))
		return about(s, e->call.args[0], _("how many %s there are"));
	if (calls(e, "sum", 1))
		return about(s, e->call.args[0], _("the sum of %s"));
	if (calls(e, "number", 1) || calls(e, "int", 1) ||
			calls(e, "string", 1) || calls(e, "date", 1) ||
			calls(e, "once", 1))
		return say_value(s, e->call.args[0]);
	return say_call_plainly(s, &e->call);
}

static bool is_comparison(enum op op)
{
	return op >= OP_OR && op <= OP_GE;
}

static char *say_value(struct saying *s, const struct expr *e)
{
	char *text, *inner;

	if (s->depth > MOST_NESTING)
		return xstrdup("…");
	s->depth++;
	switch (e->kind) {
	case EXPR_NUMBER: text = say_number(e->number); break;
	case EXPR_TEXT: text = str_format(_("“%s”"), e->text); break;
	case EXPR_PATH: text = say_path(s, e); break;
	case EXPR_CALL: text = say_value_call(s, e); break;
	case EXPR_NEGATE:
		inner = say_value(s, e->negated);
		text = str_format("−%s", inner);
		free(inner);
		break;
	default:
		if (is_comparison(e->chain.ops[1])) {
			inner = say(s, e);
			text = str_format("(%s)", inner);
			free(inner);
		} else {
			text = say_sum(s, &e->chain);
		}
	}
	s->depth--;
	return text;
}

/* --- conditions --- */

/* “Consent” is “Yes”: a literal beside a question is its choice. */
static char *say_against(struct saying *s, const struct expr *other,
	const struct expr *literal)
{
	const struct xf_node *node = node_of(s, other);
	char *choice, *text;

	if (literal->kind != EXPR_TEXT || node == NULL)
		return say_value(s, literal);
	choice = say_choice(s, node, literal->text);
	text = str_format(_("“%s”"), choice);
	free(choice);
	return text;
}

static const char *comparison_format(enum op op)
{
	switch (op) {
	case OP_EQ: return _("%1$s is %2$s");
	case OP_NE: return _("%1$s is not %2$s");
	case OP_LT: return _("%1$s is less than %2$s");
	case OP_LE: return _("%1$s is at most %2$s");
	case OP_GT: return _("%1$s is more than %2$s");
	default: return _("%1$s is at least %2$s");
	}
}

static enum op turned(enum op op)
{
	switch (op) {
	case OP_LT: return OP_GT;
	case OP_LE: return OP_GE;
	case OP_GT: return OP_LT;
	case OP_GE: return OP_LE;
	default: return op;
	}
}

static bool is_constant(const struct expr *e)
{
	return e->kind == EXPR_TEXT || e->kind == EXPR_NUMBER;
}

static bool is_empty_text(const struct expr *e)
{
	return e->kind == EXPR_TEXT && e->text[0] == '\0';
}

static char *say_comparison(struct saying *s, enum op op,
	const struct expr *a, const struct expr *b)
{
	char *left, *right, *text;

	if (is_constant(a) && !is_constant(b)) {
		const struct expr *swap = a;

		a = b;
		b = swap;
		op = turned(op);
	}
	if (is_empty_text(b) && (op == OP_EQ || op == OP_NE))
		return about(s, a, op == OP_EQ ? _("%s is not answered") :
			_("%s is answered"));
	left = say_value(s, a);
	right = say_against(s, a, b);
	text = str_format(comparison_format(op), left, right);
	free(left);
	free(right);
	return text;
}

/* A part of "and" within "or", and the other way, in parentheses. */
static char *say_part(struct saying *s, const struct expr *e, enum op around)
{
	char *inner = say(s, e), *text;
	enum op op = e->kind == EXPR_CHAIN ? e->chain.ops[1] : OP_EQ;

	if ((op != OP_AND && op != OP_OR) || op == around)
		return inner;
	text = str_format("(%s)", inner);
	free(inner);
	return text;
}

static char *say_chain(struct saying *s, const struct chain *chain)
{
	enum op op = chain->ops[1];
	char *text;

	if (op == OP_AND || op == OP_OR) {
		text = say_part(s, chain->items[0], op);
		for (size_t i = 1; i < chain->n; i++) {
			char *part = say_part(s, chain->items[i], op);
			char *both = str_format(op == OP_AND ?
				_("%1$s, and %2$s") : _("%1$s, or %2$s"), text,
				part);

			free(part);
			free(text);
			text = both;
		}
		return text;
	}
	if (chain->n == 2 && is_comparison(op))
		return say_comparison(s, op, chain->items[0], chain->items[1]);
	return say_sum(s, chain);
}

static char *say_selected(struct saying *s, const struct call_expr *call,
	bool is)
{
	char *question = say_value(s, call->args[0]);
	char *choice = say_against(s, call->args[0], call->args[1]);
	char *text = str_format(is ? _("%2$s is chosen in %1$s") :
		_("%2$s is not chosen in %1$s"), question, choice);

	free(question);
	free(choice);
	return text;
}

static char *say_not(struct saying *s, const struct expr *e)
{
	static const enum op opposite[] = { [OP_EQ] = OP_NE, [OP_NE] = OP_EQ,
		[OP_LT] = OP_GE, [OP_GE] = OP_LT, [OP_LE] = OP_GT,
		[OP_GT] = OP_LE };
	char *inner, *text;

	if (calls(e, "selected", 2))
		return say_selected(s, &e->call, false);
	if (e->kind == EXPR_CHAIN && e->chain.n == 2 &&
			e->chain.ops[1] >= OP_EQ && e->chain.ops[1] <= OP_GE)
		return say_comparison(s, opposite[e->chain.ops[1]],
			e->chain.items[0], e->chain.items[1]);
	inner = say(s, e);
	text = str_format(_("it is not so that %s"), inner);
	free(inner);
	return text;
}

static char *say_inner(struct saying *s, const struct expr *e)
{
	if (e->kind == EXPR_CHAIN)
		return say_chain(s, &e->chain);
	if (calls(e, "not", 1))
		return say_not(s, e->call.args[0]);
	if (calls(e, "selected", 2))
		return say_selected(s, &e->call, true);
	if (calls(e, "true", 0))
		return xstrdup(_("always"));
	if (calls(e, "false", 0))
		return xstrdup(_("never"));
	if (calls(e, "boolean", 1))
		return say(s, e->call.args[0]);
	if (calls(e, "regex", 2))
		return about(s, e->call.args[0],
			_("%s has the shape that is asked for"));
	if (e->kind == EXPR_PATH)
		return about(s, e, _("%s is answered"));
	return say_value(s, e);
}

static char *say(struct saying *s, const struct expr *e)
{
	char *text;

	if (s->depth > MOST_NESTING)
		return xstrdup("…");
	s->depth++;
	text = say_inner(s, e);
	s->depth--;
	return text;
}

char *words_of_condition(const struct form_texts *texts, unsigned language,
	const struct xf_node *at, const struct xf_expr *expr)
{
	struct saying s = { texts, language, at, 0 };

	return expr->program == NULL ? xstrdup(expr->text) :
		say(&s, expr->program->top);
}

static bool is_always(const struct xf_expr *expr)
{
	return expr->program != NULL && calls(expr->program->top, "true", 0);
}

char *words_of_skip(const struct form_texts *texts, unsigned language,
	const struct xf_node *node)
{
	char *text = NULL;

	for (; node != NULL; node = node->parent) {
		const struct xf_expr *relevant = node->bind->relevant;
		char *here, *both;

		if (relevant == NULL || is_always(relevant))
			continue;
		if (text != NULL && strlen(text) > MOST_BYTES) {
			both = str_format(_("%1$s, and %2$s"), "…", text);
			free(text);
			return both;
		}
		here = words_of_condition(texts, language, node, relevant);
		both = text == NULL ? xstrdup(here) :
			str_format(_("%1$s, and %2$s"), here, text);
		free(here);
		free(text);
		text = both;
	}
	return text;
}

/* --- controls --- */

const char *control_type_words(const struct xf_control *c)
{
	switch (c->kind) {
	case XF_SELECT1: return _("one choice");
	case XF_SELECT: return _("several choices");
	case XF_RANK: return _("choices to be put in order");
	case XF_RANGE: return _("number on a scale");
	case XF_TRIGGER: return _("to be confirmed");
	case XF_UPLOAD: return _("file");
	default: break;
	}
	switch (c->node == NULL ? XF_STRING : c->node->bind->type) {
	case XF_INT: return _("whole number");
	case XF_DECIMAL: return _("number");
	case XF_DATE: return _("date");
	case XF_TIME: return _("time");
	case XF_DATETIME: return _("date and time");
	case XF_GEOPOINT: case XF_GEOTRACE: case XF_GEOSHAPE:
		return _("place");
	case XF_BARCODE: return _("barcode");
	default: return _("text");
	}
}

bool control_is_note(const struct xf_control *c)
{
	const struct xf_expr *readonly = c->node == NULL ? NULL :
		c->node->bind->readonly;

	return c->kind == XF_INPUT && readonly != NULL &&
		readonly->is_constant && strstr(readonly->text, "true") != NULL;
}
