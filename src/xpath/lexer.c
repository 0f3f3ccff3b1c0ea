#include "config.h"

#include "xpath/lexer.h"

#include <stdarg.h>
#include <string.h>

#include "base/gettext.h"
#include "base/utf8.h"

void lexer_init(struct lexer *lexer, const char *source)
{
	memset(lexer, 0, sizeof *lexer);
	lexer->at = lexer->counted = source;
	lexer->column = 1;
}

bool syntax_error(struct err *err, int column, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	err_vset(err, ERR_SYNTAX, format, arguments);
	va_end(arguments);
	if (err != NULL) {
		err->line = 1;
		err->column = column;
	}
	return false;
}

static int column_at(struct lexer *lexer, const char *at)
{
	for (; lexer->counted < at; lexer->counted++)
		if (((unsigned char)*lexer->counted & 0xc0) != 0x80)
			lexer->column++;
	return lexer->column;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of the name character at `at`; 0 if it is none.  Source: XML 1.0,
 * NameStartChar and NameChar, without ':'. */
static size_t name_char(const char *at, bool first)
{
	static const unsigned ranges[][2] = {
		{ 0xc0, 0xd6 }, { 0xd8, 0xf6 }, { 0xf8, 0x2ff },
		{ 0x370, 0x37d }, { 0x37f, 0x1fff }, { 0x200c, 0x200d },
		{ 0x2070, 0x218f }, { 0x2c00, 0x2fef }, { 0x3001, 0xd7ff },
		{ 0xf900, 0xfdcf }, { 0xfdf0, 0xfffd }, { 0x10000, 0xeffff },
	};
	const char *end = at;
	char c = *at;
	unsigned code;
	size_t i;

	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_')
		return 1;
	if (is_digit(c) || c == '-' || c == '.')
		return first ? 0 : 1;
	if ((unsigned char)c < 0x80)
		return 0;
	code = utf8_next(&end);
	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		if (code >= ranges[i][0] && code <= ranges[i][1])
			return (size_t)(end - at);
	if (!first && (code == 0xb7 || (code >= 0x300 && code <= 0x36f) ||
	    code == 0x203f || code == 0x2040))
		return (size_t)(end - at);
	return 0;
}

static size_t ncname(const char *at)
{
	size_t n = name_char(at, true), more;

	if (n == 0)
		return 0;
	while ((more = name_char(at + n, false)) > 0)
		n += more;
	return n;
}

static const char *skip_space(const char *at)
{
	while (is_space(*at))
		at++;
	return at;
}

static bool is(const struct token *token, const char *text)
{
	return token->n_bytes == strlen(text) &&
		memcmp(token->text, text, token->n_bytes) == 0;
}

/* "6 div2": strictly 'div2' is one name, but no name can stand here, and forms
 * have it. */
static bool ends_operator(const char *at)
{
	return name_char(at, false) == 0 || is_digit(*at) ||
		(*at == '.' && is_digit(at[1]));
}

static bool operator_name(struct lexer *lexer, struct err *err)
{
	static const struct { const char *name; enum op op; } names[] = {
		{ "or", OP_OR }, { "and", OP_AND }, { "div", OP_DIV },
		{ "mod", OP_MOD },
	};
	struct token *token = &lexer->token;
	size_t i;

	token->n_bytes = ncname(token->text);
	token->kind = TOKEN_OPERATOR;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		size_t n = strlen(names[i].name);

		if (strncmp(token->text, names[i].name, n) != 0 ||
		    !ends_operator(token->text + n))
			continue;
		token->op = names[i].op;
		token->n_bytes = n;
		lexer->at += n;
		return true;
	}
	return syntax_error(err, token->column,
		_("expected an operator before '%.*s'"),
		(int)(token->n_bytes > 100 ? 100 : token->n_bytes),
		token->text);
}

static bool is_node_type(const struct token *token)
{
	return is(token, "node") || is(token, "text") ||
		is(token, "comment") || is(token, "processing-instruction");
}

static bool name(struct lexer *lexer)
{
	struct token *token = &lexer->token;
	const char *after;
	size_t n = ncname(token->text);

	token->kind = TOKEN_NAME;
	after = skip_space(token->text + n);
	if (after[0] == ':' && after[1] == ':') {
		token->kind = TOKEN_AXIS;
		token->n_bytes = n;
		lexer->at = after + 2;
		return true;
	}
	if (token->text[n] == ':' &&
	    (token->text[n + 1] == '*' || ncname(token->text + n + 1) > 0)) {
		token->n_prefix = n;
		n += 1 + (token->text[n + 1] == '*' ? 1 :
			ncname(token->text + n + 1));
	}
	token->n_bytes = n;
	lexer->at = token->text + n;
	if (*skip_space(lexer->at) == '(' && token->text[n - 1] != '*')
		token->kind = is_node_type(token) ? TOKEN_NODE_TYPE :
			TOKEN_FUNCTION;
	return true;
}

static bool number(struct lexer *lexer)
{
	const char *at = lexer->at;

	while (is_digit(*at))
		at++;
	if (*at == '.')
		at++;
	while (is_digit(*at))
		at++;
	lexer->token.kind = TOKEN_NUMBER;
	lexer->token.n_bytes = (size_t)(at - lexer->at);
	lexer->at = at;
	return true;
}

static bool literal(struct lexer *lexer, struct err *err)
{
	const char *end = strchr(lexer->at + 1, lexer->at[0]);

	if (end == NULL)
		return syntax_error(err, lexer->token.column,
			_("the text that begins here has no closing quote"));
	lexer->token.kind = TOKEN_LITERAL;
	lexer->token.text = lexer->at + 1;
	lexer->token.n_bytes = (size_t)(end - lexer->at - 1);
	lexer->at = end + 1;
	return true;
}

struct symbol { const char *text; enum token_kind kind; enum op op; };

static const struct symbol symbols[] = {	/* longer ones first */
	{ "//", TOKEN_DOUBLE_SLASH, 0 }, { "..", TOKEN_DOUBLE_DOT, 0 },
	{ "!=", TOKEN_OPERATOR, OP_NE }, { "<=", TOKEN_OPERATOR, OP_LE },
	{ ">=", TOKEN_OPERATOR, OP_GE }, { "/", TOKEN_SLASH, 0 },
	{ ".", TOKEN_DOT, 0 }, { "@", TOKEN_AT, 0 }, { "(", TOKEN_OPEN, 0 },
	{ ")", TOKEN_CLOSE, 0 }, { "[", TOKEN_OPEN_BRACKET, 0 },
	{ "]", TOKEN_CLOSE_BRACKET, 0 }, { ",", TOKEN_COMMA, 0 },
	{ "=", TOKEN_OPERATOR, OP_EQ }, { "<", TOKEN_OPERATOR, OP_LT },
	{ ">", TOKEN_OPERATOR, OP_GT }, { "+", TOKEN_OPERATOR, OP_ADD },
	{ "-", TOKEN_OPERATOR, OP_SUB }, { "|", TOKEN_OPERATOR, OP_UNION },
};

static bool symbol(struct lexer *lexer, struct err *err)
{
	const char *end = lexer->at;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(symbols); i++) {
		size_t n = strlen(symbols[i].text);

		if (strncmp(lexer->at, symbols[i].text, n) != 0)
			continue;
		lexer->token.kind = symbols[i].kind;
		lexer->token.op = symbols[i].op;
		lexer->token.n_bytes = n;
		lexer->at += n;
		return true;
	}
	if (*lexer->at == '$')
		return syntax_error(err, lexer->token.column,
			_("'$' has no meaning here: write the path of the question"));
	utf8_next(&end);
	return syntax_error(err, lexer->token.column,
		_("unexpected character '%.*s'"), (int)(end - lexer->at),
		lexer->at);
}

static bool star(struct lexer *lexer)
{
	lexer->token.kind = lexer->operand_before ? TOKEN_OPERATOR : TOKEN_NAME;
	lexer->token.op = OP_MUL;
	lexer->token.n_bytes = 1;
	lexer->at++;
	return true;
}

static bool read_token(struct lexer *lexer, struct err *err)
{
	char c = *lexer->at;

	if (c == '\0') {
		lexer->token.kind = TOKEN_END;
		return true;
	}
	if (c == '*')
		return star(lexer);
	if (name_char(lexer->at, true) > 0)
		return lexer->operand_before ? operator_name(lexer, err) :
			name(lexer);
	if (is_digit(c) || (c == '.' && is_digit(lexer->at[1])))
		return number(lexer);
	if (c == '"' || c == '\'')
		return literal(lexer, err);
	return symbol(lexer, err);
}

bool lexer_next(struct lexer *lexer, struct err *err)
{
	memset(&lexer->token, 0, sizeof lexer->token);
	lexer->at = skip_space(lexer->at);
	lexer->token.text = lexer->at;
	lexer->token.column = column_at(lexer, lexer->at);
	if (!read_token(lexer, err))
		return false;
	switch (lexer->token.kind) {
	case TOKEN_NUMBER:
	case TOKEN_LITERAL:
	case TOKEN_NAME:
	case TOKEN_CLOSE:
	case TOKEN_CLOSE_BRACKET:
	case TOKEN_DOT:
	case TOKEN_DOUBLE_DOT:
		lexer->operand_before = true;
		break;
	default:
		lexer->operand_before = false;
		break;
	}
	return true;
}
