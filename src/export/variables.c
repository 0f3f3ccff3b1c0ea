#include "config.h"

#include "export/variables.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/map.h"
#include "base/str.h"
#include "export/reader.h"
#include "store/tables.h"

/* --- which --- */

/* What fits where Stata keeps a labelled number. */
enum { CODE_MAX = 2147483620 };

bool variable_has_numbers(const struct codebook_column *column)
{
	for (size_t i = 0; i < column->choices.n; i++) {
		const char *value = column->choices.items[i].value;
		int64_t number;

		/* "01" and "+1" would not come back */
		if (!value_to_int(value, &number) || number > CODE_MAX ||
				number < -CODE_MAX || value[0] == '+' ||
				(value[value[0] == '-'] == '0' &&
				strcmp(value, "0") != 0))
			return false;
	}
	return column->choices.n > 0;
}

bool variable_is_coded(const struct codebook_column *column)
{
	return !column->is_multiple && column->choices.n > 0 &&
		column->choices.n <= VARIABLE_CHOICES;
}

bool variable_is_spread(const struct codebook_column *column)
{
	return column->is_multiple && column->choices.n > 0 &&
		column->choices.n <= VARIABLE_CHOICES;
}

int64_t variable_code(const struct codebook_column *column, size_t choice)
{
	int64_t number;

	if (variable_has_numbers(column) && value_to_int(
			column->choices.items[choice].value, &number))
		return number;
	return (int64_t)choice + 1;
}

/* --- names --- */

/* Words of the languages of SPSS and Stata. */
static const char *const reserved[] = {
	"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or",
	"to", "with", "byte", "double", "float", "if", "in", "int", "long",
	"using", "strL"
};

static bool is_reserved(const char *name)
{
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (strcasecmp(name, reserved[i]) == 0)
			return true;
	return strncasecmp(name, "str", 3) == 0 &&
		isdigit((unsigned char)name[3]);
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || c == '_';
}

/* One '_' for each character that may not stand in a name. */
static char *plain_name(struct arena *arena, const char *name)
{
	struct str plain = STR_INIT;
	char *copy;

	if (!(is_name_char(name[0]) && isalpha((unsigned char)name[0])))
		str_add(&plain, "v_");
	for (; *name != '\0'; name++)
		if (((unsigned char)*name & 0xC0) != 0x80)
			str_addc(&plain, is_name_char(*name) ? *name : '_');
	if (is_reserved(plain.data))
		str_addc(&plain, '_');
	copy = arena_strdup(arena, plain.data);
	str_release(&plain);
	return copy;
}

static const char *lowered(struct arena *arena, const char *name)
{
	char *copy = arena_strdup(arena, name);

	for (char *c = copy; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	return copy;
}

/* Not taken, and of `limit` bytes (0: any): what is too long loses its end, what
 * is taken ends in "_2", "_3" ...  `taken` has for each name the last number
 * that it was given. */
static const char *unique_name(struct arena *arena, struct map *taken,
	const char *wanted, size_t limit)
{
	const char *name, *key, *first;
	uintptr_t n;

	if (limit > 0)
		wanted = arena_printf(arena, "%.*s", (int)limit, wanted);
	name = wanted;
	first = key = lowered(arena, wanted);
	for (n = (uintptr_t)map_get(taken, first); map_has(taken, key);) {
		char end[24];
		size_t room = strlen(wanted);

		snprintf(end, sizeof end, "_%u", (unsigned)++n);
		if (limit > 0 && room > limit - strlen(end))
			room = limit - strlen(end);
		name = arena_printf(arena, "%.*s%s", (int)room, wanted, end);
		key = lowered(arena, name);
	}
	if (n > 0)
		map_set(taken, first, (void *)n);
	map_set(taken, key, (void *)(uintptr_t)1);
	return name;
}

struct naming { struct arena *arena; struct map names, short_names; };

static void name_one(struct naming *n, struct variable *v)
{
	v->name = unique_name(n->arena, &n->names, v->name, 0);
	v->short_name = unique_name(n->arena, &n->short_names,
		plain_name(n->arena, v->name), VARIABLE_NAME_BYTES);
}

/* Questions keep their names; those made of them give way. */
static void name_all(struct variables *variables, struct arena *arena,
	const size_t *first)
{
	struct naming n = { arena, MAP_INIT, MAP_INIT };

	for (size_t i = 0; i < variables->list.n; i++)
		if (first[i] > 0)
			name_one(&n, &variables->list.items[i]);
	for (size_t i = 0; i < variables->list.n; i++)
		if (first[i] == 0)
			name_one(&n, &variables->list.items[i]);
	map_release(&n.names);
	map_release(&n.short_names);
}

/* --- the list --- */

struct building {
	struct variables *variables;
	VEC(size_t) first;		/* 1: it has the name of its question */
	struct arena *arena;
};

static void add(struct building *b, struct variable variable, size_t first)
{
	vec_push(&b->variables->list, variable);
	vec_push(&b->first, first);
}

static void add_keys(struct building *b, size_t t)
{
	const char *const *keys = t > 0 ? reader_repeat_keys :
		reader_form_keys;

	for (size_t i = 0; keys[i] != NULL; i++)
		add(b, (struct variable){ VARIABLE_KEY, keys[i], NULL, i, 0 },
			1);
}

static void add_column(struct building *b, const char *name, size_t at,
	const struct codebook_column *column)
{
	struct variable v = { VARIABLE_COLUMN, name, NULL, at, 0 };

	if (variable_is_coded(column)) {
		v.kind = VARIABLE_CODE;
		add(b, v, 1);
		v.kind = VARIABLE_COLUMN;
		v.name = arena_printf(b->arena, "%s__text", name);
		add(b, v, 0);
		return;
	}
	add(b, v, 1);
	v.kind = VARIABLE_CHOICE;
	for (size_t i = 0; variable_is_spread(column) &&
			i < column->choices.n; i++) {
		v.choice = i;
		v.name = arena_printf(b->arena, "%s__%s", name,
			column->choices.items[i].value);
		add(b, v, 0);
	}
}

void variables_of(const struct layout *layout, const struct codebook *book,
	size_t t, struct arena *arena, struct variables *variables)
{
	const struct layout_table *table = &layout->tables.items[t];
	struct building b = { .variables = variables, .arena = arena };
	size_t *of_column = ARENA_ARRAY(arena, size_t, table->columns.n + 1);

	*variables = (struct variables){ { NULL, 0, 0 }, of_column };
	add_keys(&b, t);
	for (size_t i = 0; i < table->columns.n; i++) {
		of_column[i] = variables->list.n;
		add_column(&b, table->columns.items[i].name, i,
			&book->tables[t].columns[i]);
	}
	name_all(variables, arena, b.first.items);
	vec_release(&b.first);
}
