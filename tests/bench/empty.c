/*
 * A floor for start-up: nothing is done, with the four libraries that the
 * program cannot be without.
 */
#include <libxml/parser.h>
#include <sodium.h>
#include <sqlite3.h>
#include <zlib.h>

/* Not called, but the linker must not leave the libraries out. */
void *const used[] = { xmlParseDocument, sodium_init, sqlite3_open,
	inflate };

int main(void)
{
	return used[0] == NULL;
}
