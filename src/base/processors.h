/*
 * What this program may run on.
 */
#ifndef BAYAZ_BASE_PROCESSORS_H
#define BAYAZ_BASE_PROCESSORS_H

#include <stdbool.h>

/* Is there a second processor for this program? */
bool has_second_processor(void);

#endif
