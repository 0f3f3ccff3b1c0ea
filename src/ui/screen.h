/*
 * The interview on the whole screen: one question (or a group that asks for it)
 * at a time, arrows and one-letter commands.  The letters are those of line
 * mode; Tab shows them.  Esc hides everything, at any moment (DNH-01).
 */
#ifndef BAYAZ_UI_SCREEN_H
#define BAYAZ_UI_SCREEN_H

#include "ui/interview.h"

/* setup->term is open. */
enum interview_end screen_run(const struct interview_setup *setup,
	struct err *err) MUST_CHECK;

#endif
