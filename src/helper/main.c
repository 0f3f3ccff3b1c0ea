/*
 * bayaz-export KIND FILE < FEED: make FILE of what `bayaz export` sends.
 * Apart from bayaz, so that bayaz needs neither of the libraries; it knows no
 * store and no form.  Exit status 0; 1 a problem; 2 wrong usage or a kind
 * that was not built in.
 */
#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/gettext.h"
#include "base/log.h"
#include "helper/writers.h"

struct kind {
	const char *name;
	bool (*write)(FILE *feed, const char *path, FILE *said,
		struct err *err);
};

static const struct kind kinds[] = {
#ifdef HAVE_XLSXWRITER
	{ "xlsx", write_xlsx },
#endif
#ifdef HAVE_READSTAT
	{ "sav", write_sav },
	{ "dta", write_dta },
#endif
	{ NULL, NULL }
};

static int usage(FILE *to, int status)
{
	fprintf(to, "bayaz-export KIND FILE < FEED\n");
	for (const struct kind *kind = kinds; kind->name != NULL; kind++)
		fprintf(to, "KIND: %s\n", kind->name);
	return status;
}

/* What every installed program answers (GNU Coding Standards, 4.8). */
static bool answered_about_itself(int argc, char **argv)
{
	if (argc != 2)
		return false;
	if (strcmp(argv[1], "--version") == 0)
		printf("bayaz-export (bayaz) %s\n", PACKAGE_VERSION);
	else if (strcmp(argv[1], "--help") == 0)
		usage(stdout, 0);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	setenv("TZ", "UTC", 1);		/* a time in a head is local time */
	bindtextdomain(PACKAGE, gettext_folder());
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
	if (answered_about_itself(argc, argv))
		return fflush(stdout) == 0 ? 0 : 1;
	if (argc != 3)
		return usage(stderr, 2);
	for (const struct kind *kind = kinds; kind->name != NULL; kind++) {
		if (strcmp(kind->name, argv[1]) != 0)
			continue;
		if (kind->write(stdin, argv[2], stdout, &err))
			return fflush(stdout) == 0 ? 0 : 1;
		log_err(&err);
		return 1;
	}
	return usage(stderr, 2);
}
