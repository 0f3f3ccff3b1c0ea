#include "config.h"

#include "cmd/surroundings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char *property(void *data, const char *name)
{
	const struct cmd_args *args = data;
	size_t n = strlen(name);
	const char *given;

	for (size_t i = 0; (given = cmd_list(args, "property", i)) != NULL; i++)
		if (strncmp(given, name, n) == 0 && given[n] == '=')
			return given + n + 1;
	if (strcmp(name, "username") == 0)
		return "enumerator";
	if (strcmp(name, "email") == 0)
		return "enumerator@example.org";
	if (strcmp(name, "phonenumber") == 0)
		return "+93700000001";
	if (strcmp(name, "deviceid") == 0) {
		static char id[32];
		uint64_t random = 0;

		if (getrandom(&random, sizeof random, 0) < 0)
			random = (uint64_t)(uintptr_t)&random;
		snprintf(id, sizeof id, "test:%016llx",
			(unsigned long long)random);
		return id;
	}
	return NULL;
}

bool surroundings(const struct cmd_args *args, struct session_options *options,
	struct err *err)
{
	const char *seed = cmd_text(args, "seed"), *given;

	memset(options, 0, sizeof *options);
	options->property = property;
	options->property_data = (void *)(uintptr_t)args;
	options->time_zone = cmd_text(args, "time-zone");
	if (options->time_zone == NULL)
		options->time_zone = "UTC";
	options->now = cmd_text(args, "now");
	options->language = cmd_text(args, "language");
	for (size_t i = 0; (given = cmd_list(args, "property", i)) != NULL; i++)
		if (strchr(given, '=') == NULL)
			return err_set(err, ERR_USAGE,
				_("'--property %s' has no '='"), given);
	if (seed != NULL) {
		char *end;

		errno = 0;
		options->seed = strtoull(seed, &end, 10);
		options->has_seed = true;
		if (errno != 0 || *end != '\0' || seed[0] == '\0')
			return err_set(err, ERR_USAGE,
				_("'--seed %s' is no whole number"), seed);
	}
	return true;
}
