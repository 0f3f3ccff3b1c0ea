/* Rules about all records of a form at once: outliers, missing answers. */
#include "config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/findings_parts.h"
#include "store/store.h"

/* --- rows --- */

/*
 * bz_id, row in the record, the column, the group.  Every SQL table of a
 * record has its rows, so that plain joins lose none.
 */
static void add_query(struct str *sql, const struct running *r)
{
	const struct rule_places *p = &r->places;

	str_addf(sql, "SELECT x.bz_id, %s, ",
		p->column.table > 0 ? "x.bz_row" : "0");
	findings_add_column(sql, r, &p->column, 'x');
	if (r->rule->by != NULL) {
		str_add(sql, ", CAST(");
		findings_add_column(sql, r, &p->by, 'b');
		str_add(sql, " AS TEXT)");
	} else {
		str_add(sql, ", ''");
	}
	str_add(sql, " FROM ");
	findings_add_sheet(sql, r, p->column.table,
		findings_sheet(r, &p->column));
	str_add(sql, " x");
	if (r->rule->by != NULL) {
		str_add(sql, " JOIN ");
		findings_add_sheet(sql, r, 0, findings_sheet(r, &p->by));
		str_add(sql, " b ON b.bz_id = x.bz_id");
	}
	if (r->rule->where == NULL)
		return;
	str_add(sql, " JOIN ");
	findings_add_sheet(sql, r, 0, findings_sheet(r, &p->where));
	str_add(sql, " w ON w.bz_id = x.bz_id"
		" AND instr(' ' || ");		/* one of several choices, too */
	findings_add_column(sql, r, &p->where, 'w');
	str_add(sql, " || ' ', ' ' || ?1 || ' ') > 0");
}

typedef bool row_seen(void *context, struct db_stmt *row, struct err *err);

static bool each_row(struct store *store, const struct running *r,
	row_seen *seen, void *context, struct err *err)
{
	struct str sql = STR_INIT;
	struct db_stmt *walk;
	bool ok;

	add_query(&sql, r);
	walk = db_prepare_once(store_db(store), sql.data, err);
	str_release(&sql);
	ok = walk != NULL;
	if (ok && r->rule->where != NULL)
		db_bind_text(walk, 1, r->rule->is);
	while (ok) {
		enum db_result result = db_step(walk, err);

		if (result == DB_DONE)
			break;
		ok = result == DB_ROW && seen(context, walk, err);
	}
	db_free(walk);
	return ok;
}

/* --- groups --- */

struct group {
	const char *name;
	VEC(double) values;		/* outlier */
	double low, high;
	int64_t n, n_missing;		/* missing */
};

struct sorting {
	struct store *store;
	const struct running *r;
	struct arena *arena;
	struct map groups;		/* name -> struct group */
};

static struct group *group_of(struct sorting *s, const char *name)
{
	struct group *group = map_get(&s->groups, name != NULL ? name : "");

	if (group != NULL)
		return group;
	group = ARENA_NEW(s->arena, struct group);
	group->name = arena_strdup(s->arena, name != NULL ? name : "");
	map_set(&s->groups, group->name, group);
	return group;
}

static void sorting_release(struct sorting *s)
{
	for (size_t i = 0; i < s->groups.n; i++) {
		struct group *group = s->groups.entries[i].value;

		vec_release(&group->values);
	}
	map_release(&s->groups);
	arena_free(s->arena);
}

/* --- outliers --- */

static bool is_number(struct db_stmt *row, int column)
{
	return db_type(row, column) == DB_INT ||
		db_type(row, column) == DB_DOUBLE;
}

static bool take_value(void *context, struct db_stmt *row, struct err *err)
{
	struct group *group;
	double value;

	(void)err;
	if (!is_number(row, 2))
		return true;
	group = group_of(context, db_text(row, 3));
	value = db_double(row, 2);
	vec_push(&group->values, value);
	return true;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Quartiles by nearest rank; a middle half of no width counts as 1 wide. */
static void fence(struct group *group, double factor)
{
	size_t n = group->values.n;
	double first, third, width;

	group->low = -INFINITY;
	group->high = INFINITY;
	if (n < FINDINGS_LEAST)
		return;
	qsort(group->values.items, n, sizeof *group->values.items, by_size);
	first = group->values.items[(n + 3) / 4 - 1];
	third = group->values.items[(3 * n + 3) / 4 - 1];
	width = third > first ? third - first : 1;
	group->low = first - factor * width;
	group->high = third + factor * width;
	vec_release(&group->values);
}

static bool tell_outlier(void *context, struct db_stmt *row, struct err *err)
{
	struct sorting *s = context;
	const struct group *group;
	char part[32] = "";
	double value;

	if (!is_number(row, 2))
		return true;
	group = group_of(s, db_text(row, 3));
	value = db_double(row, 2);
	if (value >= group->low && value <= group->high)
		return true;
	if (db_int(row, 1) > 0)
		snprintf(part, sizeof part, "%lld", (long long)db_int(row, 1));
	return finding_add(s->store, s->r->rule, db_int(row, 0), part, "", err);
}

static bool find_outliers(struct sorting *s, struct err *err)
{
	if (!each_row(s->store, s->r, take_value, s, err))
		return false;
	for (size_t i = 0; i < s->groups.n; i++)
		fence(s->groups.entries[i].value, s->r->rule->factor);
	return each_row(s->store, s->r, tell_outlier, s, err);
}

/* --- missing answers --- */

static bool count_missing(void *context, struct db_stmt *row, struct err *err)
{
	struct group *group = group_of(context, db_text(row, 3));

	(void)err;
	group->n++;
	group->n_missing += db_is_null(row, 2);
	return true;
}

static bool find_missing(struct sorting *s, struct err *err)
{
	bool ok = each_row(s->store, s->r, count_missing, s, err);

	for (size_t i = 0; ok && i < s->groups.n; i++) {
		const struct group *group = s->groups.entries[i].value;
		char share[32];

		if (group->n < FINDINGS_LEAST || group->n_missing * 100 <=
				group->n * s->r->rule->most)
			continue;
		snprintf(share, sizeof share, "%lld",
			(long long)(group->n_missing * 100 / group->n));
		ok = finding_add(s->store, s->r->rule, 0, group->name, share,
			err);
	}
	return ok;
}

static bool forget_rule(struct store *store, const struct rule *rule,
	struct err *err)
{
	struct db_stmt *remove = db_prepare(store_db(store),
		"DELETE FROM finding WHERE form = ?1 AND rule = ?2", err);

	if (remove == NULL)
		return false;
	db_bind_text(remove, 1, rule->form);
	db_bind_text(remove, 2, rule->name);
	return db_run(remove, err);
}

bool findings_of_table(struct store *store, const struct running *r,
	struct err *err)
{
	struct sorting s = { .store = store, .r = r };
	bool ok;

	if (r->rule->kind != RULE_OUTLIER && r->rule->kind != RULE_MISSING)
		return true;
	s.arena = arena_new();
	map_init(&s.groups);
	ok = forget_rule(store, r->rule, err) &&
		(r->rule->kind == RULE_OUTLIER ? find_outliers(&s, err) :
			find_missing(&s, err));
	sorting_release(&s);
	return ok;
}
