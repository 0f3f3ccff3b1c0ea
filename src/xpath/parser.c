#include "config.h"

#include "xpath/expr.h"

#include <stdlib.h>
#include <stddef.h>
#include <string.h>

#include "base/gettext.h"
#include "base/intern.h"
#include "base/utf8.h"
#include "xpath/lexer.h"

struct parser {
	struct lexer lexer;
	struct arena *arena;
	const struct xpath_names *names;
	struct err *err;
	unsigned depth;
	struct notes { struct expr **items; size_t n, cap; } unknown, wrong;
};

static struct expr *parse_expr(struct parser *p);

/* --- small helpers --- */

/* Room for one more item of a list that lives in the arena. */
static void *grow(struct arena *arena, void *items, size_t n, size_t *cap,
	size_t item_bytes)
{
	void *more;

	if (n < *cap)
		return items;
	*cap = *cap == 0 ? 3 : *cap * 2;	/* three steps are the rule */
	more = arena_zalloc(arena, *cap * item_bytes);
	if (n > 0)
		memcpy(more, items, n * item_bytes);
	return more;
}

#define UP_TO(member) (offsetof(struct expr, member) + \
	sizeof ((struct expr *)NULL)->member)

/* Only as much of the union as the kind has: most are numbers and operators,
 * and a path is three times their size.  A kind never changes. */
static struct expr *expr_new(struct parser *p, enum expr_kind kind, int column)
{
	static const size_t sizes[] = {
		[EXPR_NUMBER] = UP_TO(number), [EXPR_TEXT] = UP_TO(text),
		[EXPR_CHAIN] = UP_TO(chain), [EXPR_NEGATE] = UP_TO(negated),
		[EXPR_CALL] = UP_TO(call), [EXPR_PATH] = UP_TO(path),
	};
	struct expr *x = arena_zalloc(p->arena, sizes[kind]);

	x->kind = kind;
	x->column = column;
	return x;
}

static bool next(struct parser *p)
{
	return lexer_next(&p->lexer, p->err);
}

static const char *found(struct parser *p, char text[64])
{
	const struct token *token = &p->lexer.token;
	size_t n = token->n_bytes < 60 ? token->n_bytes : 60;

	if (token->kind == TOKEN_END)
		return _("the end");
	while (n < token->n_bytes && n > 0 &&
	       ((unsigned char)token->text[n] & 0xc0) == 0x80)
		n--;
	memcpy(text, token->text, n);
	text[n] = '\0';
	return text;
}

static bool expect(struct parser *p, enum token_kind kind, const char *what)
{
	char text[64];

	if (p->lexer.token.kind == kind)
		return next(p);
	if (p->lexer.token.kind == TOKEN_END)
		return syntax_error(p->err, p->lexer.token.column,
			_("expected '%s' at the end"), what);
	return syntax_error(p->err, p->lexer.token.column,
		_("expected '%s' before '%s'"), what, found(p, text));
}

static bool unexpected(struct parser *p)
{
	char text[64];

	if (p->lexer.token.kind == TOKEN_END)
		return syntax_error(p->err, p->lexer.token.column,
			_("the expression ends too early"));
	return syntax_error(p->err, p->lexer.token.column,
		_("unexpected '%s'"), found(p, text));
}

/* --- predicates --- */

const struct call_expr *expr_call_named(const struct expr *x, const char *name)
{
	if (x->kind != EXPR_CALL || strcmp(x->call.name, name) != 0)
		return NULL;
	return &x->call;
}

static bool gives_boolean(const struct expr *x)
{
	if (x->kind == EXPR_CHAIN)
		return x->chain.ops[1] <= OP_GE;
	return x->kind == EXPR_CALL && x->call.function != NULL &&
		(x->call.function->flags & FN_BOOLEAN) != 0;
}

static bool gives_number(const struct expr *x)
{
	switch (x->kind) {
	case EXPR_NUMBER:
	case EXPR_NEGATE:
		return true;
	case EXPR_CHAIN:
		return x->chain.ops[1] >= OP_ADD && x->chain.ops[1] <= OP_MOD;
	case EXPR_CALL:
		return x->call.function != NULL &&
			(x->call.function->flags & FN_NUMBER) != 0;
	default:
		return false;
	}
}

static bool is_fixed(const struct expr *x)
{
	return (x->deps & (DEP_CONTEXT | DEP_POSITION | DEP_LAST |
		DEP_VOLATILE)) == 0;
}

/* "name", a child of the item. */
static const char *child_key(const struct expr *x)
{
	const struct step *step;

	if (x->kind != EXPR_PATH || x->path.start != START_CONTEXT ||
	    x->path.n_steps != 1)
		return NULL;
	step = &x->path.steps[0];
	if (step->axis != AXIS_CHILD || step->test != TEST_NAME ||
	    step->n_predicates > 0)
		return NULL;
	return step->local;
}

static bool find_lookup(struct predicate *predicate, struct expr *x)
{
	size_t side;

	if (x->kind != EXPR_CHAIN || x->chain.n != 2 ||
	    x->chain.ops[1] != OP_EQ)
		return false;
	for (side = 0; side < 2; side++) {
		predicate->key = child_key(x->chain.items[side]);
		predicate->value = x->chain.items[1 - side];
		if (predicate->key != NULL && is_fixed(predicate->value)) {
			predicate->kind = PREDICATE_LOOKUP;
			return true;
		}
	}
	return false;
}

static bool is_position_call(const struct expr *x)
{
	const struct call_expr *call = expr_call_named(x, "position");

	return call != NULL && call->n_args == 0;
}

static bool find_index(struct predicate *predicate, struct expr *x)
{
	size_t side;

	if (gives_number(x) && is_fixed(x)) {
		predicate->kind = PREDICATE_INDEX;
		predicate->value = x;
		return true;
	}
	if (x->kind != EXPR_CHAIN || x->chain.n != 2 ||
	    x->chain.ops[1] != OP_EQ)
		return false;
	for (side = 0; side < 2; side++) {
		if (is_position_call(x->chain.items[side]) &&
		    is_fixed(x->chain.items[1 - side])) {
			predicate->kind = PREDICATE_INDEX;
			predicate->value = x->chain.items[1 - side];
			return true;
		}
	}
	return false;
}

static void classify(struct predicate *predicate)
{
	struct expr *x = predicate->expr;
	size_t i;

	predicate->kind = PREDICATE_GENERAL;
	if (find_index(predicate, x) || find_lookup(predicate, x))
		return;
	if (x->kind != EXPR_CHAIN || x->chain.ops[1] != OP_AND ||
	    (x->deps & (DEP_POSITION | DEP_LAST)) != 0)
		return;
	for (i = 0; i < x->chain.n; i++)
		if (find_lookup(predicate, x->chain.items[i]))
			return;
	predicate->kind = PREDICATE_GENERAL;
}

static bool parse_predicates(struct parser *p, struct predicate **list,
	size_t *n, unsigned *deps)
{
	size_t cap = 0;

	*list = NULL;
	*n = 0;
	while (p->lexer.token.kind == TOKEN_OPEN_BRACKET) {
		struct expr *x;

		if (!next(p) || (x = parse_expr(p)) == NULL ||
		    !expect(p, TOKEN_CLOSE_BRACKET, "]"))
			return false;
		*list = grow(p->arena, *list, *n, &cap, sizeof **list);
		(*list)[*n].expr = x;
		classify(&(*list)[(*n)++]);
		/* Within, context and position are others. */
		*deps |= x->deps & (DEP_ROOT | DEP_VOLATILE | DEP_NODES);
	}
	return true;
}

/* --- steps --- */

static bool find_axis(struct parser *p, enum axis *axis)
{
	static const char *const names[] = {
		[AXIS_ANCESTOR] = "ancestor",
		[AXIS_ANCESTOR_OR_SELF] = "ancestor-or-self",
		[AXIS_ATTRIBUTE] = "attribute", [AXIS_CHILD] = "child",
		[AXIS_DESCENDANT] = "descendant",
		[AXIS_DESCENDANT_OR_SELF] = "descendant-or-self",
		[AXIS_FOLLOWING] = "following",
		[AXIS_FOLLOWING_SIBLING] = "following-sibling",
		[AXIS_NAMESPACE] = "namespace", [AXIS_PARENT] = "parent",
		[AXIS_PRECEDING] = "preceding",
		[AXIS_PRECEDING_SIBLING] = "preceding-sibling",
		[AXIS_SELF] = "self",
	};
	const struct token *token = &p->lexer.token;
	char text[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) == token->n_bytes &&
		    memcmp(names[i], token->text, token->n_bytes) == 0) {
			*axis = (enum axis)i;
			return next(p);
		}
	}
	return syntax_error(p->err, token->column, _("unknown axis '%s'"),
		found(p, text));
}

static bool name_test(struct parser *p, struct step *step)
{
	const struct token *token = &p->lexer.token;
	const char *prefix = intern_n(token->text, token->n_prefix);
	const char *local = token->text +
		(token->n_prefix > 0 ? token->n_prefix + 1 : 0);
	size_t n = token->n_bytes - (size_t)(local - token->text);
	bool any = n == 1 && local[0] == '*';
	bool is_element = step->axis != AXIS_ATTRIBUTE &&
		step->axis != AXIS_NAMESPACE;

	step->test = TEST_NAME;
	step->local = any ? NULL : intern_n(local, n);
	if (token->n_prefix == 0) {
		if (!is_element)
			step->ns = any ? NULL : intern("");
		else if (any || p->names == NULL || p->names->any_namespace ||
			 p->names->uri == NULL)
			step->ns = any || (p->names != NULL &&
				p->names->any_namespace) ? NULL : intern("");
		else {
			const char *uri = p->names->uri(p->names->data, "");

			step->ns = intern(uri == NULL ? "" : uri);
		}
		return next(p);
	}
	if (p->names != NULL && p->names->uri != NULL)
		step->ns = p->names->uri(p->names->data, prefix);
	if (step->ns == NULL && strcmp(prefix, "xml") == 0)
		step->ns = "http://www.w3.org/XML/1998/namespace";
	if (step->ns == NULL)
		return syntax_error(p->err, token->column,
			_("the prefix '%s' is not declared"), prefix);
	step->ns = intern(step->ns);
	return next(p);
}

static bool node_type(struct parser *p, struct step *step)
{
	const struct token *token = &p->lexer.token;

	switch (token->text[0]) {
	case 'n': step->test = TEST_NODE; break;
	case 't': step->test = TEST_TEXT; break;
	case 'c': step->test = TEST_COMMENT; break;
	default: step->test = TEST_PI; break;
	}
	if (!next(p) || !expect(p, TOKEN_OPEN, "("))
		return false;
	if (step->test == TEST_PI && p->lexer.token.kind == TOKEN_LITERAL) {
		step->local = intern_n(p->lexer.token.text,
			p->lexer.token.n_bytes);
		if (!next(p))
			return false;
	}
	return expect(p, TOKEN_CLOSE, ")");
}

static bool begins_step(const struct parser *p)
{
	switch (p->lexer.token.kind) {
	case TOKEN_NAME:
	case TOKEN_NODE_TYPE:
	case TOKEN_AXIS:
	case TOKEN_AT:
	case TOKEN_DOT:
	case TOKEN_DOUBLE_DOT:
		return true;
	default:
		return false;
	}
}

static bool positions_matter(const struct step *step)
{
	size_t i;

	for (i = 0; i < step->n_predicates; i++) {
		const struct expr *x = step->predicates[i].expr;

		if (!gives_boolean(x) ||
		    (x->deps & (DEP_POSITION | DEP_LAST)) != 0)
			return true;
	}
	return false;
}

static bool parse_bare_step(struct parser *p, struct step *step,
	unsigned *deps)
{
	step->axis = AXIS_CHILD;
	step->column = p->lexer.token.column;
	switch (p->lexer.token.kind) {
	case TOKEN_DOT:
	case TOKEN_DOUBLE_DOT:
		step->axis = p->lexer.token.kind == TOKEN_DOT ? AXIS_SELF :
			AXIS_PARENT;
		step->test = TEST_NODE;
		/* Predicates after '.' and '..' are not of XPath 1.0, but
		 * forms have them. */
		return next(p) && parse_predicates(p, &step->predicates,
			&step->n_predicates, deps);
	case TOKEN_AT:
		step->axis = AXIS_ATTRIBUTE;
		if (!next(p))
			return false;
		break;
	case TOKEN_AXIS:
		if (!find_axis(p, &step->axis))
			return false;
		break;
	default:
		break;
	}
	if (p->lexer.token.kind == TOKEN_NAME) {
		if (!name_test(p, step))
			return false;
	} else if (p->lexer.token.kind == TOKEN_NODE_TYPE) {
		if (!node_type(p, step))
			return false;
	} else {
		return unexpected(p);
	}
	return parse_predicates(p, &step->predicates, &step->n_predicates,
		deps);
}

static bool parse_step(struct parser *p, struct step *step, unsigned *deps)
{
	if (!parse_bare_step(p, step, deps))
		return false;
	step->is_positional = positions_matter(step);
	return true;
}

/* --- paths --- */

static struct step *add_step(struct parser *p, struct path *path, size_t *cap)
{
	path->steps = grow(p->arena, path->steps, path->n_steps, cap,
		sizeof *path->steps);
	return &path->steps[path->n_steps++];
}

static void add_any_depth(struct parser *p, struct path *path, size_t *cap)
{
	struct step *step = add_step(p, path, cap);

	step->axis = AXIS_DESCENDANT_OR_SELF;
	step->test = TEST_NODE;
	step->column = p->lexer.token.column;
}

/* "//name" is one walk over the descendants, if no position is asked. */
static void join_steps(struct path *path)
{
	size_t from, to = 0;

	for (from = 0; from < path->n_steps; from++) {
		struct step *step = &path->steps[from];

		if (from + 1 < path->n_steps &&
		    step->axis == AXIS_DESCENDANT_OR_SELF &&
		    step->test == TEST_NODE && step->n_predicates == 0 &&
		    step[1].axis == AXIS_CHILD && !step[1].is_positional) {
			step[1].axis = AXIS_DESCENDANT;
			continue;
		}
		path->steps[to++] = *step;
	}
	path->n_steps = to;
}

static bool is_simple(const struct path *path)
{
	size_t i;

	if (path->start == START_EXPR)
		return false;
	for (i = 0; i < path->n_steps; i++) {
		const struct step *step = &path->steps[i];

		if (step->n_predicates > 0)
			return false;
		if (step->axis == AXIS_CHILD && step->test == TEST_NAME &&
		    step->local != NULL)
			continue;
		if ((step->axis == AXIS_SELF || step->axis == AXIS_PARENT) &&
		    step->test == TEST_NODE)
			continue;
		return false;
	}
	return true;
}

static bool parse_steps(struct parser *p, struct expr *x, size_t *cap)
{
	for (;;) {
		if (!begins_step(p))
			return unexpected(p);
		if (!parse_step(p, add_step(p, &x->path, cap), &x->deps))
			return false;
		if (p->lexer.token.kind == TOKEN_DOUBLE_SLASH)
			add_any_depth(p, &x->path, cap);
		else if (p->lexer.token.kind != TOKEN_SLASH)
			break;
		if (!next(p))
			return false;
	}
	return true;
}

static struct expr *finish_path(struct expr *x)
{
	join_steps(&x->path);
	x->path.simple = is_simple(&x->path);
	x->deps |= DEP_NODES;
	return x;
}

static struct expr *location_path(struct parser *p)
{
	struct expr *x = expr_new(p, EXPR_PATH, p->lexer.token.column);
	enum token_kind kind = p->lexer.token.kind;
	size_t cap = 0;

	x->path.start = START_CONTEXT;
	x->deps = DEP_CONTEXT;
	if (kind == TOKEN_SLASH || kind == TOKEN_DOUBLE_SLASH) {
		x->path.start = START_ROOT;
		x->deps = DEP_ROOT;
		if (kind == TOKEN_DOUBLE_SLASH)
			add_any_depth(p, &x->path, &cap);
		if (!next(p))
			return NULL;
		if (kind == TOKEN_SLASH && !begins_step(p))
			return finish_path(x);
	}
	return parse_steps(p, x, &cap) ? finish_path(x) : NULL;
}

/* --- function calls --- */

/* As JavaRosa does, such a call fails when it is evaluated, not before: forms
 * with one in a branch that nobody reaches are in use. */
static const char *fault_of(struct parser *p, const struct call_expr *call)
{
	const struct function *function = call->function;
	size_t n = call->n_args;

	if (function == NULL)
		return NULL;
	if (n < function->min_args)
		return arena_printf(p->arena, ngettext(
			"'%1$s()' needs at least %2$zu argument",
			"'%1$s()' needs at least %2$zu arguments",
			function->min_args), call->name, function->min_args);
	if (n > function->max_args)
		return arena_printf(p->arena, ngettext(
			"'%1$s()' takes at most %2$zu argument",
			"'%1$s()' takes at most %2$zu arguments",
			function->max_args), call->name, function->max_args);
	if ((n % 2 == 0 && (function->flags & FN_ODD_ARGS) != 0) ||
	    (n % 2 == 1 && (function->flags & FN_EVEN_ARGS) != 0))
		return arena_printf(p->arena,
			_("'%s()' takes its arguments in pairs"), call->name);
	return NULL;
}

static void call_deps(struct expr *x)
{
	const struct function *function = x->call.function;
	unsigned flags;
	size_t i;

	for (i = 0; i < x->call.n_args; i++)
		x->deps |= x->call.args[i]->deps;
	if (function == NULL) {
		x->deps |= DEP_VOLATILE | DEP_CONTEXT;
		return;
	}
	flags = function->flags;
	x->deps |= flags & (DEP_CONTEXT | DEP_ROOT | DEP_POSITION | DEP_LAST |
		DEP_VOLATILE | DEP_NODES);
	if (x->call.n_args == 0 && (flags & FN_NODE_IF_EMPTY) != 0)
		x->deps |= DEP_CONTEXT | DEP_NODES;
	if (x->call.n_args == 0 && (flags & FN_POSITION_IF_EMPTY) != 0)
		x->deps |= DEP_POSITION | DEP_CONTEXT;
	if (x->call.n_args == 1 && (flags & FN_VOLATILE_IF_ONE) != 0)
		x->deps |= DEP_VOLATILE;
}

/* What can be prepared once: literal paths and patterns. */
static void prepare_call(struct parser *p, struct expr *x)
{
	struct call_expr *call = &x->call;

	if (call->n_args != 2 || call->args[1]->kind != EXPR_TEXT)
		return;
	if (strcmp(call->name, "jr:choice-name") == 0) {
		call->path = parse_inner(p->arena, call->args[1]->text,
			p->names, NULL);
		x->deps |= DEP_NODES | DEP_ROOT | DEP_CONTEXT;
	} else if (strcmp(call->name, "regex") == 0) {
		call->regex = regex_compile(call->args[1]->text, p->arena,
			NULL);
	}
}

static bool parse_arguments(struct parser *p, struct call_expr *call)
{
	size_t cap = 0;

	if (p->lexer.token.kind == TOKEN_CLOSE)
		return next(p);
	for (;;) {
		struct expr *x = parse_expr(p);

		if (x == NULL)
			return false;
		call->args = grow(p->arena, call->args, call->n_args, &cap,
			sizeof *call->args);
		call->args[call->n_args++] = x;
		if (p->lexer.token.kind != TOKEN_COMMA)
			return expect(p, TOKEN_CLOSE, ")");
		if (!next(p))
			return false;
	}
}

/* "jr:" stands for JavaRosa's namespace, whichever prefix is bound to it; bound
 * to another one it does not. */
static void find_function(struct parser *p, struct call_expr *call)
{
	const struct token *token = &p->lexer.token;
	const char *prefix = intern_n(token->text, token->n_prefix), *name;
	const char *uri = NULL;

	call->name = arena_strndup(p->arena, token->text, token->n_bytes);
	if (token->n_prefix > 0 && p->names != NULL && p->names->uri != NULL)
		uri = p->names->uri(p->names->data, prefix);
	if (uri == NULL) {
		call->function = function_find(token->text, token->n_bytes);
		return;
	}
	if (strcmp(uri, NS_JAVAROSA) != 0) {
		call->foreign_ns = uri;
		return;
	}
	name = arena_printf(p->arena, "jr%s",
		call->name + token->n_prefix);
	call->function = function_find(name, strlen(name));
	if (call->function != NULL)
		call->name = call->function->name;
}

static void note(struct parser *p, struct notes *notes, struct expr *x)
{
	notes->items = grow(p->arena, notes->items, notes->n, &notes->cap,
		sizeof *notes->items);
	notes->items[notes->n++] = x;
}

static struct expr *parse_call(struct parser *p)
{
	const struct token *token = &p->lexer.token;
	struct expr *x = expr_new(p, EXPR_CALL, token->column);

	find_function(p, &x->call);
	if (!next(p) || !expect(p, TOKEN_OPEN, "(") ||
	    !parse_arguments(p, &x->call))
		return NULL;
	call_deps(x);
	prepare_call(p, x);
	x->call.fault = fault_of(p, &x->call);
	if (x->call.function == NULL)
		note(p, &p->unknown, x);
	else if (x->call.fault != NULL)
		note(p, &p->wrong, x);
	return x;
}

/* --- filter expressions --- */

static struct expr *parse_number(struct parser *p)
{
	const struct token *token = &p->lexer.token;
	struct expr *x = expr_new(p, EXPR_NUMBER, token->column);

	x->number = strtod(arena_strndup(p->arena, token->text,
		token->n_bytes), NULL);
	return next(p) ? x : NULL;
}

static struct expr *parse_literal(struct parser *p)
{
	const struct token *token = &p->lexer.token;
	struct expr *x = expr_new(p, EXPR_TEXT, token->column);

	x->text = arena_strndup(p->arena, token->text, token->n_bytes);
	return next(p) ? x : NULL;
}

static struct expr *parse_primary(struct parser *p)
{
	struct expr *x;

	switch (p->lexer.token.kind) {
	case TOKEN_NUMBER:
		return parse_number(p);
	case TOKEN_LITERAL:
		return parse_literal(p);
	case TOKEN_FUNCTION:
		return parse_call(p);
	case TOKEN_OPEN:
		if (!next(p) || (x = parse_expr(p)) == NULL ||
		    !expect(p, TOKEN_CLOSE, ")"))
			return NULL;
		return x;
	default:
		unexpected(p);
		return NULL;
	}
}

static bool is_current(const struct expr *x)
{
	const struct call_expr *call = expr_call_named(x, "current");

	return call != NULL && call->n_args == 0;
}

static bool continues_path(const struct parser *p)
{
	return p->lexer.token.kind == TOKEN_SLASH ||
		p->lexer.token.kind == TOKEN_DOUBLE_SLASH;
}

/* A primary with predicates or steps after it becomes a path. */
static struct expr *filter_path(struct parser *p, struct expr *primary)
{
	struct expr *x = expr_new(p, EXPR_PATH, primary->column);
	size_t cap = 0;

	x->path.start = START_EXPR;
	x->path.filter = primary;
	x->deps = primary->deps;
	if (!parse_predicates(p, &x->path.predicates, &x->path.n_predicates,
	    &x->deps))
		return NULL;
	if (is_current(primary) && x->path.n_predicates == 0)
		x->path.start = START_CURRENT;
	if (!continues_path(p))
		return finish_path(x);
	if (p->lexer.token.kind == TOKEN_DOUBLE_SLASH)
		add_any_depth(p, &x->path, &cap);
	if (!next(p) || !parse_steps(p, x, &cap))
		return NULL;
	return finish_path(x);
}

static struct expr *parse_path(struct parser *p)
{
	struct expr *x;

	if (begins_step(p) || continues_path(p))
		return location_path(p);
	x = parse_primary(p);
	if (x == NULL)
		return NULL;
	if (p->lexer.token.kind == TOKEN_OPEN_BRACKET || continues_path(p) ||
	    is_current(x))
		return filter_path(p, x);
	return x;
}

/* --- operators --- */

/* Loosest first.  The unary minus stands between '*' and '|'. */
enum { LEVEL_OR, LEVEL_AND, LEVEL_EQ, LEVEL_REL, LEVEL_ADD, LEVEL_MUL,
	LEVEL_UNARY, LEVEL_UNION };

static int level_of(enum op op)
{
	switch (op) {
	case OP_OR: return LEVEL_OR;
	case OP_AND: return LEVEL_AND;
	case OP_EQ: case OP_NE: return LEVEL_EQ;
	case OP_LT: case OP_LE: case OP_GT: case OP_GE: return LEVEL_REL;
	case OP_ADD: case OP_SUB: return LEVEL_ADD;
	case OP_MUL: case OP_DIV: case OP_MOD: return LEVEL_MUL;
	case OP_UNION: return LEVEL_UNION;
	}
	return LEVEL_UNION;
}

static struct expr *parse_level(struct parser *p, int level);

static struct expr *parse_negation(struct parser *p)
{
	int column = p->lexer.token.column;
	size_t n = 0;
	struct expr *x, *operand;

	while (p->lexer.token.kind == TOKEN_OPERATOR &&
	       p->lexer.token.op == OP_SUB) {
		n++;
		if (!next(p))
			return NULL;
	}
	operand = parse_level(p, LEVEL_UNION);
	if (operand == NULL || n == 0)
		return operand;
	x = expr_new(p, EXPR_NEGATE, column);
	x->negated = operand;
	x->deps = operand->deps;
	if (n % 2 == 1)
		return x;
	operand = expr_new(p, EXPR_NEGATE, column);	/* --x: number(x) */
	operand->negated = x;
	operand->deps = x->deps;
	return operand;
}

static struct expr *parse_operand(struct parser *p, int level)
{
	if (level == LEVEL_MUL)
		return parse_negation(p);
	if (level == LEVEL_UNION)
		return parse_path(p);
	return parse_level(p, level + 1);
}

static bool is_operator_of(const struct parser *p, int level)
{
	return p->lexer.token.kind == TOKEN_OPERATOR &&
		level_of(p->lexer.token.op) == level;
}

/* a op b op c ... of one level: a flat chain, so that long ones need no
 * recursion. */
static struct expr *parse_chain(struct parser *p, int level,
	struct expr *first)
{
	struct expr *x = expr_new(p, EXPR_CHAIN, p->lexer.token.column);
	struct chain *chain = &x->chain;
	size_t cap_items = 0, cap_ops = 0;
	enum op op = OP_OR;
	struct expr *item = first;

	for (;;) {
		chain->items = grow(p->arena, chain->items, chain->n,
			&cap_items, sizeof *chain->items);
		chain->ops = grow(p->arena, chain->ops, chain->n, &cap_ops,
			sizeof *chain->ops);
		chain->items[chain->n] = item;
		chain->ops[chain->n++] = op;
		x->deps |= item->deps;
		if (!is_operator_of(p, level))
			return x;
		op = p->lexer.token.op;
		if (!next(p) || (item = parse_operand(p, level)) == NULL)
			return NULL;
	}
}

static struct expr *parse_level(struct parser *p, int level)
{
	struct expr *first = parse_operand(p, level);

	if (first == NULL || !is_operator_of(p, level))
		return first;
	return parse_chain(p, level, first);
}

static struct expr *parse_expr(struct parser *p)
{
	struct expr *x;

	if (p->depth >= XPATH_MAX_DEPTH) {
		syntax_error(p->err, p->lexer.token.column,
			_("the expression is nested too deeply"));
		if (p->err != NULL)
			p->err->code = ERR_LIMIT;
		return NULL;
	}
	p->depth++;
	x = parse_level(p, LEVEL_OR);
	p->depth--;
	return x;
}

static struct expr *parse_whole(struct parser *p, const char *text)
{
	struct expr *x;

	if (!utf8_is_valid(text, strlen(text))) {
		syntax_error(p->err, 1, _("the expression is not valid UTF-8"));
		return NULL;
	}
	lexer_init(&p->lexer, text);
	if (!next(p))
		return NULL;
	if (p->lexer.token.kind == TOKEN_END) {
		syntax_error(p->err, 1, _("the expression is empty"));
		return NULL;
	}
	x = parse_expr(p);
	if (x == NULL)
		return NULL;
	if (p->lexer.token.kind != TOKEN_END) {
		unexpected(p);
		return NULL;
	}
	return x;
}

struct expr *parse_inner(struct arena *arena, const char *text,
	const struct xpath_names *names, struct err *err)
{
	struct parser p = { .arena = arena, .names = names, .err = err };

	return parse_whole(&p, text);
}

/* --- the compiled expression --- */

struct xpath *xpath_compile(struct arena *arena, const char *text,
	const struct xpath_names *names, struct err *err)
{
	struct parser p = { .arena = arena, .names = names, .err = err };
	const char *source = arena_strdup(arena, text);
	struct expr *top = parse_whole(&p, source);
	struct xpath *x;

	if (top == NULL)
		return NULL;
	x = ARENA_NEW(arena, struct xpath);
	x->source = source;
	x->top = top;
	x->unknown = p.unknown.items;
	x->n_unknown = p.unknown.n;
	x->wrong = p.wrong.items;
	x->n_wrong = p.wrong.n;
	return x;
}

const char *xpath_source(const struct xpath *x)
{
	return x->source;
}

const char *xpath_unknown_function(const struct xpath *x, size_t i, int *column)
{
	if (i >= x->n_unknown)
		return NULL;
	if (column != NULL)
		*column = x->unknown[i]->column;
	return x->unknown[i]->call.name;
}

const char *xpath_wrong_call(const struct xpath *x, size_t i, int *column)
{
	if (i >= x->n_wrong)
		return NULL;
	if (column != NULL)
		*column = x->wrong[i]->column;
	return x->wrong[i]->call.fault;
}

bool xpath_is_volatile(const struct xpath *x)
{
	return (x->top->deps & (DEP_VOLATILE | DEP_POSITION | DEP_LAST)) != 0;
}

bool xpath_is_constant(const struct xpath *x)
{
	return x->top->deps == 0;
}

size_t xpath_byte_of_column(const char *source, int column)
{
	const char *at = source;

	while (column > 1 && *at != '\0') {
		utf8_next(&at);
		column--;
	}
	return (size_t)(at - source);
}
