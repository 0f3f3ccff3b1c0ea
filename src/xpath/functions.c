/* The table of functions: to add one, a line here and cases in tests/spec. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "xpath/functions.h"

/* In alphabetical order: it is searched by halves. */
static const struct function functions[] = {
	{ "abs", 1, 1, fn_abs, FN_NUMBER },
	{ "acos", 1, 1, fn_acos, FN_NUMBER },
	{ "area", 1, 1, fn_area, FN_NUMBER },
	{ "asin", 1, 1, fn_asin, FN_NUMBER },
	{ "atan", 1, 1, fn_atan, FN_NUMBER },
	{ "atan2", 2, 2, fn_atan2, FN_NUMBER },
	{ "base64-decode", 1, 1, fn_base64_decode, 0 },
	{ "boolean", 1, 1, fn_boolean, FN_BOOLEAN },
	{ "boolean-from-string", 1, 1, fn_boolean_from_string, FN_BOOLEAN },
	{ "ceiling", 1, 1, fn_ceiling, FN_NUMBER },
	{ "checklist", 2, ANY_ARGS, fn_checklist, FN_BOOLEAN },
	{ "coalesce", 1, ANY_ARGS, fn_coalesce, 0 },
	{ "concat", 0, ANY_ARGS, fn_concat, 0 },
	{ "contains", 2, 2, fn_contains, FN_BOOLEAN },
	{ "cos", 1, 1, fn_cos, FN_NUMBER },
	{ "count", 1, 1, fn_count, FN_NUMBER },
	{ "count-non-empty", 1, 1, fn_count_non_empty, FN_NUMBER },
	{ "count-selected", 1, 1, fn_count_selected, FN_NUMBER },
	{ "current", 0, 0, fn_current, DEP_NODES },
	{ "date", 1, 1, fn_date, 0 },
	{ "date-time", 1, 1, fn_date_time, 0 },
	{ "decimal-date-time", 1, 1, fn_decimal_date_time, 0 },
	{ "decimal-time", 1, 1, fn_decimal_time, 0 },
	{ "depend", 1, ANY_ARGS, fn_depend, 0 },
	{ "digest", 2, 3, fn_digest, 0 },
	{ "distance", 1, ANY_ARGS, fn_distance, FN_NUMBER },
	{ "enclosed-area", 1, 1, fn_area, FN_NUMBER },
	{ "ends-with", 2, 2, fn_ends_with, FN_BOOLEAN },
	{ "exp", 1, 1, fn_exp, FN_NUMBER },
	{ "exp10", 1, 1, fn_exp10, FN_NUMBER },
	{ "extract-signed", 2, 2, fn_extract_signed, 0 },
	{ "false", 0, 0, fn_false, FN_BOOLEAN },
	{ "floor", 1, 1, fn_floor, FN_NUMBER },
	{ "format-date", 2, 2, fn_format_date, 0 },
	{ "format-date-time", 2, 2, fn_format_date, 0 },
	{ "geofence", 2, 2, fn_geofence, FN_BOOLEAN },
	{ "id", 1, 1, fn_id, DEP_CONTEXT | DEP_NODES },
	{ "if", 3, 3, fn_if, 0 },
	{ "indexed-repeat", 3, 11, fn_indexed_repeat,
		DEP_NODES | DEP_ROOT | FN_ODD_ARGS },
	{ "instance", 1, 1, fn_instance, DEP_NODES },
	{ "int", 1, 1, fn_int, FN_NUMBER },
	{ "is-selected", 2, 2, fn_selected, FN_BOOLEAN },
	{ "join", 1, ANY_ARGS, fn_join, 0 },
	{ "jr:choice-name", 2, 2, fn_choice_name, DEP_NODES },
	{ "jr:itext", 1, 1, fn_itext, DEP_NODES },
	{ "lang", 1, 1, fn_lang, DEP_CONTEXT | DEP_NODES | FN_BOOLEAN },
	{ "last", 0, 0, fn_last, DEP_LAST | DEP_NODES | FN_NUMBER },
	{ "local-name", 0, 1, fn_local_name, FN_NODE_IF_EMPTY },
	{ "log", 1, 1, fn_log, FN_NUMBER },
	{ "log10", 1, 1, fn_log10, FN_NUMBER },
	{ "max", 1, ANY_ARGS, fn_max, FN_NUMBER },
	{ "min", 1, ANY_ARGS, fn_min, FN_NUMBER },
	{ "name", 0, 1, fn_name, FN_NODE_IF_EMPTY },
	{ "namespace-uri", 0, 1, fn_namespace_uri, FN_NODE_IF_EMPTY },
	{ "normalize-space", 0, 1, fn_normalize_space, FN_NODE_IF_EMPTY },
	{ "not", 1, 1, fn_not, FN_BOOLEAN },
	{ "now", 0, 0, fn_now, DEP_VOLATILE },
	{ "number", 0, 1, fn_number, FN_NODE_IF_EMPTY | FN_NUMBER },
	{ "once", 1, 1, fn_once, DEP_CONTEXT | DEP_NODES },
	{ "pi", 0, 0, fn_pi, FN_NUMBER },
	{ "pos", 0, 1, fn_position,
		FN_POSITION_IF_EMPTY | DEP_NODES | FN_NUMBER },
	{ "position", 0, 1, fn_position,
		FN_POSITION_IF_EMPTY | DEP_NODES | FN_NUMBER },
	{ "pow", 2, 2, fn_pow, FN_NUMBER },
	{ "property", 1, 1, fn_property, DEP_NODES },
	{ "pulldata", 4, 4, fn_pulldata, DEP_NODES },
	{ "random", 0, 0, fn_random, DEP_VOLATILE | FN_NUMBER },
	{ "randomize", 1, 2, fn_randomize, FN_VOLATILE_IF_ONE },
	{ "regex", 2, 2, fn_regex, FN_BOOLEAN },
	{ "round", 1, 2, fn_round, FN_NUMBER },
	{ "selected", 2, 2, fn_selected, FN_BOOLEAN },
	{ "selected-at", 2, 2, fn_selected_at, 0 },
	{ "sin", 1, 1, fn_sin, FN_NUMBER },
	{ "sqrt", 1, 1, fn_sqrt, FN_NUMBER },
	{ "starts-with", 2, 2, fn_starts_with, FN_BOOLEAN },
	{ "string", 0, 1, fn_string, FN_NODE_IF_EMPTY },
	{ "string-length", 0, 1, fn_string_length,
		FN_NODE_IF_EMPTY | FN_NUMBER },
	{ "substr", 2, 3, fn_substr, 0 },
	{ "substring", 2, 3, fn_substring, 0 },
	{ "substring-after", 2, 2, fn_substring_after, 0 },
	{ "substring-before", 2, 2, fn_substring_before, 0 },
	{ "sum", 1, 1, fn_sum, FN_NUMBER },
	{ "tan", 1, 1, fn_tan, FN_NUMBER },
	{ "today", 0, 0, fn_today, DEP_VOLATILE },
	{ "translate", 3, 3, fn_translate, 0 },
	{ "true", 0, 0, fn_true, FN_BOOLEAN },
	{ "uuid", 0, 1, fn_uuid, DEP_VOLATILE },
	{ "version", 0, 0, fn_version, DEP_ROOT | DEP_NODES },
	{ "weighted-checklist", 4, ANY_ARGS, fn_weighted_checklist,
		FN_BOOLEAN | FN_EVEN_ARGS },
};

static int compare_name(const char *text, size_t n_bytes, const char *name)
{
	int order = strncmp(text, name, n_bytes);

	return order != 0 ? order : name[n_bytes] == '\0' ? 0 : -1;
}

const struct function *function_find(const char *name, size_t n_bytes)
{
	size_t low = 0, high = ARRAY_SIZE(functions);

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare_name(name, n_bytes, functions[middle].name);

		if (order == 0)
			return &functions[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const char *xpath_function_name(size_t i)
{
	return i < ARRAY_SIZE(functions) ? functions[i].name : NULL;
}

/* --- arguments, as many functions take them --- */

bool arg_node(struct call *c, struct xp_node *node)
{
	struct xp_nodeset nodes;

	*node = c->scope->node;
	if (arg_count(c) == 0)
		return node->tree != NULL ||
			call_fail(c, _("there is no context node"));
	if (!arg_nodes(c, 0, &nodes))
		return false;
	*node = (struct xp_node){ NULL, 0 };
	if (nodes.n > 0)
		*node = nodes.items[0];
	return true;
}

bool arg_each(struct call *c, size_t first, size_t end, each_text *each,
	void *data)
{
	struct xp_value value;
	const char *text;
	size_t i, k;

	for (i = first; i < end; i++) {
		if (!arg_value(c, i, &value))
			return false;
		if (value.type != XP_NODESET) {
			text = xp_to_text(&value, c->e->arena);
			if (!eval_text_cost(c->e, text) || !each(data, text))
				return false;
			continue;
		}
		for (k = 0; k < value.nodes.n; k++) {
			struct arena_mark mark = arena_mark(c->e->arena);
			bool ok = eval_node_text(c->e, value.nodes.items[k],
				&text) && each(data, text);

			arena_reset(c->e->arena, mark);
			if (!ok)
				return false;
		}
	}
	return true;
}

bool give_built(struct call *c, struct str *built, struct xp_value *value)
{
	bool over = built->over;

	if (!over)
		give_text(value, arena_strndup(c->e->arena, built->data,
			built->len));
	str_release(built);
	if (over)
		return err_set(c->e->err, ERR_LIMIT,
			_("the text that '%s()' makes is too long"),
			c->call->name);
	return true;
}
