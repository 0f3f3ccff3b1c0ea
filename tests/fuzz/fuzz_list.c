/* Any bytes as a list of choices: CSV and GeoJSON; then looked up in. */
#include "config.h"

#include "base/intern.h"
#include "tests/fuzz/fuzz.h"
#include "xform/table.h"

static void use(struct table *t)
{
	struct arena *scratch = arena_new();
	struct xp_nodeset set = { 0 };
	struct xp_node top;

	table_finish(t, 1);
	top = table_root(t);
	for (unsigned c = 0; c < table_n_columns(t); c++)
		for (size_t row = 0; row < table_n_rows(t); row++) {
			const char *cell = table_cell(t, row, c);
			size_t before = set.n;

			if (cell == NULL || *cell == '\0')
				continue;
			if (!top.tree->ops->lookup(top.tree,
					top.tree->ops->first_child(top.tree,
					top.at), intern("item"),
					table_column_name(t, c), cell, &set,
					scratch))
				abort();
			if (set.n == before && c == 0)
				abort();	/* it is there */
			if (set.n > 10000)
				goto out;
		}
out:
	arena_free(scratch);
	table_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
	struct err err = ERR_INIT;
	struct table *t;

	if (n_bytes > 1 << 14)
		return 0;
	t = table_from_csv((const char *)bytes, n_bytes, "b.csv", &err);
	if (t != NULL)
		use(t);
	t = table_from_geojson((const char *)bytes, n_bytes, "b", &err);
	if (t != NULL)
		use(t);
	return 0;
}
