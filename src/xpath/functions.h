/* Every function of the table in functions.c, by the file it is in. */
#ifndef BAYAZ_XPATH_FUNCTIONS_H
#define BAYAZ_XPATH_FUNCTIONS_H

#include "xpath/eval.h"

/* fn_node.c: nodes, conditions, what the environment answers */
xpath_function fn_boolean, fn_boolean_from_string, fn_checklist, fn_choice_name,
	fn_coalesce, fn_count, fn_count_non_empty, fn_current, fn_depend,
	fn_false, fn_id, fn_if, fn_indexed_repeat, fn_instance, fn_itext,
	fn_lang, fn_last, fn_local_name, fn_name, fn_namespace_uri, fn_not,
	fn_once, fn_position, fn_property, fn_pulldata, fn_randomize, fn_true,
	fn_version, fn_weighted_checklist;
/* fn_text.c */
xpath_function fn_base64_decode, fn_concat, fn_contains, fn_count_selected,
	fn_digest, fn_ends_with, fn_extract_signed, fn_join, fn_normalize_space, fn_regex,
	fn_selected, fn_selected_at, fn_starts_with, fn_string,
	fn_string_length, fn_substr, fn_substring, fn_substring_after,
	fn_substring_before, fn_translate, fn_uuid;
/* fn_number.c */
xpath_function fn_abs, fn_acos, fn_asin, fn_atan, fn_atan2, fn_ceiling, fn_cos,
	fn_exp, fn_exp10, fn_floor, fn_int, fn_log, fn_log10, fn_max, fn_min,
	fn_number, fn_pi, fn_pow, fn_random, fn_round, fn_sin, fn_sqrt, fn_sum,
	fn_tan;
/* fn_date.c */
xpath_function fn_date, fn_date_time, fn_decimal_date_time, fn_decimal_time,
	fn_format_date, fn_now, fn_today;
/* fn_geo.c */
xpath_function fn_area, fn_distance, fn_geofence;

/* The bytes of a digest of `text`, and of text in base64: in the arena. */
bool digest_bytes(const char *algorithm, const char *text,
	unsigned char bytes[64], size_t *n_bytes);
/* The first eight bytes of SHA-256 as a signed number. */
int64_t hash_of_text(const char *text);
/* The same pattern for PCRE2, appended. */
bool java_pattern(const char *pattern, struct str *out, struct err *err)
	MUST_CHECK;
/* Does all of `text` match?  false with `err` for a fault.  *was_hard: it took a
 * thousand times longer than matches do. */
bool regex_matches(void *regex, const char *text, bool *matches,
	bool *was_hard, struct arena *arena, struct err *err) MUST_CHECK;
/* The node a function without arguments is about, else its argument's first. */
bool arg_node(struct call *c, struct xp_node *node) MUST_CHECK;
/* The texts of all arguments from `first` on: of sets, every node's. */
typedef bool each_text(void *data, const char *text);
bool arg_each(struct call *c, size_t first, size_t end, each_text *each,
	void *data) MUST_CHECK;
/* What was built, moved into the arena; false if it was over its limit. */
bool give_built(struct call *c, struct str *built, struct xp_value *value)
	MUST_CHECK;

#endif
