#include "config.h"

#include "base/chance.h"

#include <sys/random.h>
#include <time.h>

uint64_t chance_next(struct chance *chance)
{
	uint64_t z;

	if (!chance->is_seeded) {
		if (getrandom(&z, sizeof z, 0) == (ssize_t)sizeof z)
			return z;
		chance->is_seeded = true;	/* never seen; still no constant */
		chance->state = (uint64_t)time(NULL) ^ (uintptr_t)chance;
	}
	chance->state += 0x9E3779B97F4A7C15u;
	z = chance->state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

double chance_fraction(struct chance *chance)
{
	return (double)(chance_next(chance) >> 11) * 0x1.0p-53;
}
