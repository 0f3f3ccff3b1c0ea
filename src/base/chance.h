/*
 * Chance for forms: random(), uuid(), shuffles.  Not for keys: those come from
 * crypt/.
 */
#ifndef BAYAZ_BASE_CHANCE_H
#define BAYAZ_BASE_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

struct chance {
	uint64_t state;		/* the seed, to begin with */
	bool is_seeded;		/* repeatable (splitmix64); else the system's */
};

uint64_t chance_next(struct chance *chance);
double chance_fraction(struct chance *chance);		/* [0, 1) */

#endif
