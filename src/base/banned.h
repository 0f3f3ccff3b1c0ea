/* Functions that overflow or forget, as compile errors.  Included by config.h's
 * tail, after the system headers that declare them. */
#ifndef BAYAZ_BASE_BANNED_H
#define BAYAZ_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets

#endif
