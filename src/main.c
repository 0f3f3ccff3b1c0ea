/* The program: locale first, then the commands. */
#include "config.h"

#include <locale.h>

#include "base/gettext.h"
#include "cmd/cmd.h"
#include "crypt/crypt.h"
#include "xpath/xpath.h"

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");	/* XPath and CSV write 1.5 in every language */
	bindtextdomain(PACKAGE, gettext_folder());
	bind_textdomain_codeset(PACKAGE, "UTF-8");
	textdomain(PACKAGE);
	xpath_verify_with(crypt_verify);
	return cmd_main(argc, argv);
}
