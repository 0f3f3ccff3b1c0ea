/*
 * Conditions of a form in words, for people who do not read XPath:
 *
 *   /data/consent = 'yes' and /data/n > 2
 *   “May I go on?” is “Yes”, and “How many?” is more than 2
 *
 * Questions and choices are called by their labels in a language of the form,
 * all else by the program's language.
 */
#ifndef BAYAZ_AUTHOR_WORDS_H
#define BAYAZ_AUTHOR_WORDS_H

#include "author/texts.h"

/* Of an expression that is evaluated at `at`; free() it. */
char *words_of_condition(const struct form_texts *texts, unsigned language,
	const struct xf_node *at, const struct xf_expr *expr) RETURNS_NONNULL;

/* When a question is asked at all: its own relevance and that of the groups
 * around it, each once; free() it.  NULL: always. */
char *words_of_skip(const struct form_texts *texts, unsigned language,
	const struct xf_node *node);

/* What a question is called: its label, shortened, else its name; free() it. */
char *words_of_node(const struct form_texts *texts, unsigned language,
	const struct xf_node *node) RETURNS_NONNULL;

/* "one choice", "whole number" ...: what is to be answered. */
const char *control_type_words(const struct xf_control *control);
/* Does it only tell something? */
bool control_is_note(const struct xf_control *control);

#endif
