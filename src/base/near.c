#include "config.h"

#include "base/near.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t text_distance(const char *a, const char *b)
{
	size_t rows[TEXT_DISTANCE_MOST + 1][TEXT_DISTANCE_MOST + 1], i, k;
	size_t n_a = least(strlen(a), TEXT_DISTANCE_MOST);
	size_t n_b = least(strlen(b), TEXT_DISTANCE_MOST);

	for (i = 0; i <= n_a; i++)
		rows[i][0] = i;
	for (k = 0; k <= n_b; k++)
		rows[0][k] = k;
	for (i = 1; i <= n_a; i++)
		for (k = 1; k <= n_b; k++) {
			rows[i][k] = least(least(rows[i - 1][k] + 1,
				rows[i][k - 1] + 1), rows[i - 1][k - 1] +
				(a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1])
				rows[i][k] = least(rows[i][k],
					rows[i - 2][k - 2] + 1);
		}
	return rows[n_a][n_b];
}
