/*
 * The surroundings in which `test`, `fill` and `check` open a record: fixed,
 * so that a script gives the same on every machine, unless told otherwise.
 *
 *   time zone UTC, the real clock, the form's default language;
 *   username enumerator, email enumerator@example.org,
 *   phonenumber +93700000001, deviceid random, any other property empty
 */
#ifndef BAYAZ_CMD_SURROUNDINGS_H
#define BAYAZ_CMD_SURROUNDINGS_H

#include "base/gettext.h"
#include "cmd/cmd.h"
#include "session/session.h"

#define CMD_SURROUNDINGS_OPTIONS \
	{ "property", 0, OPT_LIST, N_("NAME=VALUE"), \
	  N_("what a preload of that property gives (username, deviceid ...)") }, \
	{ "time-zone", 0, OPT_TEXT, N_("ZONE"), \
	  N_("the record's time zone, like Asia/Karachi (default UTC)") }, \
	{ "now", 0, OPT_TEXT, N_("TIME"), \
	  N_("let the clock stand at this ISO 8601 date and time") }, \
	{ "language", 0, OPT_TEXT, N_("LANGUAGE"), \
	  N_("a language of the form") }, \
	{ "seed", 0, OPT_TEXT, N_("NUMBER"), \
	  N_("make random() and uuid() repeatable") }, \
	{ "media", 0, OPT_TEXT, N_("DIR"), \
	  N_("look for the form's media files here first") }

/* Fill session options from the command's options; false: ERR_USAGE.  `args`
 * must outlive the sessions. */
bool surroundings(const struct cmd_args *args, struct session_options *options,
	struct err *err) MUST_CHECK;

#endif
