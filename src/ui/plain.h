/* A text of a form without its Markdown, where there is no place for looks:
 * line by line, in lists and tables. */
#ifndef BAYAZ_UI_PLAIN_H
#define BAYAZ_UI_PLAIN_H

#include <stdbool.h>

/* Takes a text that came from malloc(), as session_label() and its like give it
 * (NULL is fine), and gives one to be freed in its place.  What an <output> put
 * in stands between isolates, and is formatted by itself (rich.h). */
char *plain_text(char *text);
/* Could there be some?  Most texts have none. */
bool plain_has_markup(const char *text);
/* The same text with blanks for its line breaks. */
char *plain_line(char *text);

#endif
