/*
 * The interview as lines: question, choices, answer; for pipes, teletypes and
 * screen readers.  What is answered is in the journal, durable, before the
 * next question is shown.  Source: design, "Interview".
 *
 * A line is an answer, or a command that begins with ':' (an answer that does
 * begins with '::'):
 *
 *   :b back   :n next   :u undo   :r redo   :x clear   :c TEXT comment
 *   :o outline   :g N go to question N   :d remove this instance
 *   :X clear all answers of the group or instance that the question is in
 *   :l LANGUAGE   :q save and quit   :? help
 *   :/ WORD find   :m next unanswered   :e next that is wrong
 *   :k don't know   :p prefers not to answer   :a not applicable   :h hide
 */
#ifndef BAYAZ_UI_LINES_H
#define BAYAZ_UI_LINES_H

#include "ui/interview.h"

enum interview_end lines_run(const struct interview_setup *setup,
	struct err *err) MUST_CHECK;

#endif
