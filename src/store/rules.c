/* Rules: their text, and where their columns stand.  See rules.h. */
#include "config.h"

#include "store/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/utf8.h"
#include "db/db.h"
#include "store/layout.h"
#include "store/statement.h"
#include "store/store.h"

static const char *const kinds[] = { "outlier", "missing", "duplicate",
	"constraints" };

const char *rule_kind_name(enum rule_kind kind)
{
	return kinds[kind];
}

void rules_init(struct rules *rules)
{
	*rules = (struct rules){ .arena = arena_new() };
}

void rules_release(struct rules *rules)
{
	for (size_t i = 0; i < rules->list.n; i++)
		vec_release(&rules->list.items[i].keys);
	vec_release(&rules->list);
	arena_free(rules->arena);
	rules->arena = NULL;
}

/* --- words of a line --- */

struct line {
	const char *at;			/* NUL-terminated */
	struct arena *arena;
};

/* The next word, or what stands in quotation marks; NULL at the end. */
static const char *next_word(struct line *line)
{
	const char *start;
	size_t n;

	line->at += strspn(line->at, " \t\r");
	if (*line->at == '\0' || *line->at == '#')
		return NULL;
	if (*line->at == '"') {
		start = ++line->at;
		n = strcspn(start, "\"");
		line->at += n + (start[n] == '"');
	} else {
		start = line->at;
		n = strcspn(start, " \t\r");
		line->at += n;
	}
	return arena_strndup(line->arena, start, n);
}

static const char *need_word(struct line *line, const char *complaint,
	struct err *err)
{
	const char *word = next_word(line);

	if (word != NULL && word[0] != '\0')
		return word;
	err_set(err, ERR_SYNTAX, "%s", complaint);
	return NULL;
}

static bool parse_factor(const char *word, double *factor, struct err *err)
{
	char *end;

	*factor = strtod(word, &end);
	if (end == word || *end != '\0' || !(*factor > 0 && *factor < 1e6))
		return err_set(err, ERR_SYNTAX,
			_("'%s' is no factor: a number above 0, as 3 or 1.5"),
			word);
	return true;
}

static bool parse_percent(const char *word, int *percent, struct err *err)
{
	char *end;
	long number = strtol(word, &end, 10);

	if (end == word || strcmp(end, "%") != 0 || number < 0 || number > 100)
		return err_set(err, ERR_SYNTAX,
			_("'%s' is no share: write it as 10%%"), word);
	*percent = (int)number;
	return true;
}

/* "district=Swat" */
static bool parse_where(struct line *line, const char *word, struct rule *rule,
	struct err *err)
{
	const char *sign = strchr(word, '=');

	if (sign == NULL || sign == word)
		return err_set(err, ERR_SYNTAX,
			_("'%s' is no condition: write it as COLUMN=VALUE"),
			word);
	rule->where = arena_strndup(line->arena, word, (size_t)(sign - word));
	rule->is = sign + 1;
	return true;
}

static bool parse_options(struct line *line, struct rule *rule,
	struct err *err)
{
	const char *option, *word;

	while ((option = next_word(line)) != NULL) {
		word = need_word(line, _("a value is missing here"), err);
		if (word == NULL)
			return false;
		if (strcmp(option, "by") == 0) {
			rule->by = word;
		} else if (strcmp(option, "where") == 0) {
			if (!parse_where(line, word, rule, err))
				return false;
		} else if (strcmp(option, "factor") == 0 &&
				rule->kind == RULE_OUTLIER) {
			if (!parse_factor(word, &rule->factor, err))
				return false;
		} else if (strcmp(option, "most") == 0 &&
				rule->kind == RULE_MISSING) {
			if (!parse_percent(word, &rule->most, err))
				return false;
		} else {
			return err_set(err, ERR_SYNTAX,
				_("'%s' is not known here"), option);
		}
	}
	return true;
}

/* "head_name:name village:text cnic:number" */
static bool parse_keys(struct line *line, struct rule *rule, struct err *err)
{
	const char *word;

	while ((word = next_word(line)) != NULL) {
		const char *colon = strrchr(word, ':');
		struct rule_key key = { word, LIKE_TEXT };

		if (colon != NULL && !likeness_parse(colon + 1, &key.likeness))
			return err_set(err, ERR_SYNTAX,
				_("'%s' is no way to compare: exact, text, name "
				  "or number"), colon + 1);
		if (colon != NULL)
			key.column = arena_strndup(line->arena, word,
				(size_t)(colon - word));
		vec_push(&rule->keys, key);
	}
	return rule->keys.n > 0 || err_set(err, ERR_SYNTAX,
		_("the name of a column is missing here"));
}

static bool find_kind(const char *word, enum rule_kind *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(kinds[i], word) == 0) {
			*kind = (enum rule_kind)i;
			return true;
		}
	return false;
}

static const struct rule *find_rule(const struct rules *rules,
	const char *form, const char *name)
{
	for (size_t i = 0; i < rules->list.n; i++)
		if (strcmp(rules->list.items[i].form, form) == 0 &&
				strcmp(rules->list.items[i].name, name) == 0)
			return &rules->list.items[i];
	return NULL;
}

static bool parse_rest(struct line *line, struct rule *rule, struct err *err)
{
	switch (rule->kind) {
	case RULE_DUPLICATE:
		return parse_keys(line, rule, err);
	case RULE_CONSTRAINTS:
		return next_word(line) == NULL || err_set(err, ERR_SYNTAX,
			_("nothing more is expected here"));
	default:
		rule->column = need_word(line,
			_("the name of a column is missing here"), err);
		return rule->column != NULL && parse_options(line, rule, err);
	}
}

static bool parse_line(struct rules *rules, struct line *line,
	const char **form, struct err *err)
{
	const char *word = next_word(line);
	struct rule rule = { .factor = 3, .most = 10 };
	bool ok;

	if (word == NULL)
		return true;
	if (strcmp(word, "form") == 0) {
		*form = need_word(line,
			_("the id of a form is missing here"), err);
		return *form != NULL;
	}
	if (!find_kind(word, &rule.kind))
		return err_set(err, ERR_SYNTAX, _("'%s' is no kind of rule: "
			"outlier, missing, duplicate or constraints"), word);
	if (*form == NULL)
		return err_set(err, ERR_SYNTAX,
			_("say which form this is about: form ID"));
	rule.form = *form;
	rule.name = need_word(line,
		_("a name for the rule is missing here"), err);
	if (rule.name == NULL)
		return false;
	ok = parse_rest(line, &rule, err);
	if (ok && find_rule(rules, rule.form, rule.name) != NULL)
		ok = err_set(err, ERR_SYNTAX,
			_("there is a rule '%s' of this form already"),
			rule.name);
	if (ok)
		vec_push(&rules->list, rule);
	else
		vec_release(&rule.keys);
	return ok;
}

bool rules_parse(struct rules *rules, const char *text, size_t n_bytes,
	struct err *err)
{
	const char *form = NULL, *end = text + n_bytes;
	int n = 1;

	if (n_bytes > RULES_MAX_BYTES)
		return err_set(err, ERR_LIMIT, _("rules are too long: at most "
			"%d KiB"), RULES_MAX_BYTES >> 10);
	if (!utf8_is_valid(text, n_bytes))
		return err_set(err, ERR_SYNTAX, _("this is no UTF-8 text"));
	for (; text < end; n++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		struct line line = { .arena = rules->arena };

		if (stop == NULL)
			stop = end;
		line.at = arena_strndup(rules->arena, text,
			(size_t)(stop - text));
		if (!parse_line(rules, &line, &form, err)) {
			err_at(err, NULL, n, 0);
			return false;
		}
		text = stop + 1;
	}
	return true;
}

/* --- in force --- */

/* Rules of a statement, but those that one before it has. */
static void add_missing(struct rules *rules, struct rules *more)
{
	for (size_t i = 0; i < more->list.n; i++) {
		struct rule *rule = &more->list.items[i];

		if (find_rule(rules, rule->form, rule->name) != NULL) {
			vec_release(&rule->keys);
			continue;
		}
		vec_push(&rules->list, *rule);
	}
	more->list.n = 0;
	vec_release(&more->list);
}

/* The text was read before it came into force: it can be read. */
static bool add_statement(struct rules *rules, const char *text,
	struct err *err)
{
	struct rules more = { .arena = rules->arena };
	bool ok = rules_parse(&more, text, strlen(text), err);

	add_missing(rules, &more);
	return ok;
}

bool rules_in_force(struct store *store, struct rules *rules, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT s.value FROM statement s JOIN fact f ON f.id = s.fact"
		" JOIN content c ON c.id = f.content"
		" WHERE s.kind = '" FACT_RULES "' AND s.subject = ''"
		" AND s.force ORDER BY c.sha256 DESC", err);
	enum db_result result;
	bool ok = true;

	if (walk == NULL)
		return false;
	while (ok && (result = db_step(walk, err)) != DB_DONE)
		ok = result == DB_ROW && add_statement(rules,
			db_text(walk, 0), err);
	db_reset(walk);
	return ok;
}

/* --- columns --- */

/* The name of a repeat: the last step of its path. */
static const char *last_step(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool find_in(const struct layout_table *table, const char *name,
	size_t *column)
{
	for (size_t i = 0; i < table->columns.n; i++)
		if (strcmp(table->columns.items[i].name, name) == 0) {
			*column = i;
			return true;
		}
	return false;
}

static bool find_column(const struct layout *layout, const char *name,
	struct rule_place *place, struct err *err)
{
	for (size_t t = 0; t < layout->tables.n; t++) {
		const struct layout_table *table = &layout->tables.items[t];
		const char *step = last_step(table->path), *rest = name;
		size_t n = strlen(step);

		if (t > 0) {
			if (strncmp(name, step, n) != 0 || name[n] != '.')
				continue;
			rest = name + n + 1;
		}
		place->table = t;
		if (find_in(table, rest, &place->column))
			return true;
	}
	return err_set(err, ERR_NOTFOUND, _("form '%s' has no column '%s'"),
		layout->form, name);
}

static bool find_in_form(const struct layout *layout, const char *name,
	struct rule_place *place, struct err *err)
{
	place->table = 0;
	return find_in(&layout->tables.items[0], name, &place->column) ||
		err_set(err, ERR_NOTFOUND,
			_("form '%s' has no column '%s' outside of repeats"),
			layout->form, name);
}

/* Groups are shown, so they must be nobody's secret. */
static bool find_group(const struct layout *layout, const char *name,
	struct rule_place *place, struct err *err)
{
	return find_in_form(layout, name, place, err) &&
		(layout->tables.items[0].columns.items[place->column].class_ ==
			LAYOUT_PUBLIC || err_set(err, ERR_REFUSED,
			_("column '%s' is restricted: it cannot name groups"),
			name));
}

static bool is_number(const struct layout *layout,
	const struct rule_place *place)
{
	return layout->tables.items[place->table].columns.items[
		place->column].type != LAYOUT_TEXT;
}

static bool find_keys(const struct rule *rule, const struct layout *layout,
	struct rule_places *places, struct err *err)
{
	for (size_t i = 0; i < rule->keys.n; i++) {
		struct rule_place place;

		if (!find_in_form(layout, rule->keys.items[i].column, &place,
				err))
			return false;
		vec_push(&places->keys, place);
	}
	return true;
}

bool rule_find(const struct rule *rule, const struct layout *layout,
	struct rule_places *places, struct err *err)
{
	*places = (struct rule_places){ .keys = { NULL, 0, 0 } };
	if (layout->is_protected || layout->tables.n == 0)
		return err_set(err, ERR_REFUSED, _("form '%s' is protected: no "
			"rule looks into it"), layout->form);
	if (!find_keys(rule, layout, places, err) || (rule->column != NULL &&
			!find_column(layout, rule->column, &places->column,
			err)))
		return false;
	if (rule->kind == RULE_OUTLIER && !is_number(layout, &places->column))
		return err_set(err, ERR_REFUSED, _("column '%s' holds no "
			"numbers"), rule->column);
	return (rule->by == NULL || find_group(layout, rule->by, &places->by,
			err)) &&
		(rule->where == NULL || find_in_form(layout, rule->where,
			&places->where, err));
}

void rule_places_release(struct rule_places *places)
{
	vec_release(&places->keys);
}
