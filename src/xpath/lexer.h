/*
 * Tokens of XPath 1.0 (section 3.7), with its rules for '*' and operator names
 * applied: what comes out needs no look ahead.
 */
#ifndef BAYAZ_XPATH_LEXER_H
#define BAYAZ_XPATH_LEXER_H

#include "base/err.h"
#include "xpath/expr.h"

enum token_kind {
	TOKEN_END, TOKEN_NUMBER, TOKEN_LITERAL,
	TOKEN_NAME,		/* a name test: p:local, p:*, * */
	TOKEN_FUNCTION,		/* a name before '(' */
	TOKEN_NODE_TYPE,	/* node, text, comment, processing-instruction before '(' */
	TOKEN_AXIS,		/* a name with its '::' */
	TOKEN_OPERATOR, TOKEN_SLASH, TOKEN_DOUBLE_SLASH,
	TOKEN_OPEN, TOKEN_CLOSE, TOKEN_OPEN_BRACKET, TOKEN_CLOSE_BRACKET,
	TOKEN_COMMA, TOKEN_AT, TOKEN_DOT, TOKEN_DOUBLE_DOT
};

struct token {
	enum token_kind kind;
	enum op op;
	const char *text;	/* first byte in the source; literals: within the quotes */
	size_t n_bytes;		/* names: prefix and all; axes: without '::' */
	size_t n_prefix;	/* names: bytes before ':', 0: none */
	int column;
};

struct lexer {
	const char *at;		/* rest of the source */
	const char *counted;	/* columns are counted so far */
	int column;
	struct token token;	/* the current one */
	bool operand_before;	/* then '*' and names are operators */
};

void lexer_init(struct lexer *lexer, const char *source);
/* Read the next token into lexer->token. */
bool lexer_next(struct lexer *lexer, struct err *err) MUST_CHECK;
/* ERR_SYNTAX at a column; false. */
bool syntax_error(struct err *err, int column, const char *format, ...)
	PRINTF_LIKE(3, 4);

#endif
