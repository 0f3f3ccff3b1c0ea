/* Policies: what a project asks of its laptops. */
#include "config.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/utf8.h"
#include "trust/project.h"
#include "trust/want.h"

enum { MONTHS_MAX = 1200 };

static struct json *lists_json(const struct trust_policy *policy)
{
	struct json *lists = js_new_object();

	for (size_t i = 0; i < policy->n_lists; i++)
		js_put_text(lists, policy->lists[i].name,
			policy->lists[i].laptops);
	return lists;
}

struct json *trust_policy_json(const struct trust_policy *policy)
{
	struct json *object = js_new_object(), *retention = js_new_object();

	js_put_int(object, "idle_minutes", policy->idle_minutes);
	js_put_bool(object, "refuse_untagged", policy->refuse_untagged);
	if (policy->review_required)
		js_put_bool(object, "review_required", true);
	for (size_t i = 0; i < policy->n_retention; i++)
		js_put_int(retention, policy->retention[i].form,
			policy->retention[i].months);
	js_put(object, "retention", retention);
	if (policy->n_lists > 0)
		js_put(object, "lists", lists_json(policy));
	return object;
}

/* The place of a form in the list, made if there is room; NULL. */
static struct trust_retention *place_of(struct trust_policy *policy,
	const char *form, size_t n_bytes)
{
	for (size_t i = 0; i < policy->n_retention; i++)
		if (strlen(policy->retention[i].form) == n_bytes &&
		    memcmp(policy->retention[i].form, form, n_bytes) == 0)
			return &policy->retention[i];
	if (policy->n_retention == RETENTION_MAX || n_bytes == 0 ||
	    n_bytes >= RETENTION_FORM_BYTES)
		return NULL;
	memset(&policy->retention[policy->n_retention], 0,
		sizeof policy->retention[0]);
	memcpy(policy->retention[policy->n_retention].form, form, n_bytes);
	return &policy->retention[policy->n_retention++];
}

static bool read_retention(const struct json *object,
	struct trust_policy *policy, struct err *err)
{
	const char *form = NULL;

	if (object != NULL && !js_is_object(object))
		return want_failed("retention", err);
	while (object != NULL && (form = js_next_key(object, form)) != NULL) {
		int64_t months = js_get_int(object, form, 0);
		struct trust_retention *place = place_of(policy, form,
			strlen(form));

		if (place == NULL || months < 1 || months > MONTHS_MAX)
			return want_failed("retention", err);
		place->months = (int)months;
	}
	return true;
}

/* Letters, digits, '.', '_' and '-'; in patterns also '*' and '?'. */
static bool is_word(const char *text, size_t n_bytes, bool pattern)
{
	if (n_bytes == 0 || n_bytes >= POLICY_LIST_BYTES)
		return false;
	for (size_t i = 0; i < n_bytes; i++)
		if (!((text[i] >= 'a' && text[i] <= 'z') ||
				(text[i] >= 'A' && text[i] <= 'Z') ||
				(text[i] >= '0' && text[i] <= '9') ||
				strchr(pattern ? "._-*?" : "._-",
					text[i]) != NULL))
			return false;
	return true;
}

/* In place of what was said of that list; "none" gives it to nobody. */
static bool put_list(struct trust_policy *policy, const char *name,
	size_t n_bytes, const char *laptops)
{
	struct trust_policy_list *list = policy->lists;
	struct trust_policy_list *end = list + policy->n_lists;

	if (!is_word(name, n_bytes, false) ||
			!is_word(laptops, strlen(laptops), true))
		return false;
	while (list < end && !(strlen(list->name) == n_bytes &&
			memcmp(list->name, name, n_bytes) == 0))
		list++;
	if (strcmp(laptops, "none") == 0) {
		if (list < end) {
			memmove(list, list + 1, (size_t)(end - list - 1) *
				sizeof *list);
			policy->n_lists--;
		}
		return true;
	}
	if (list == end && policy->n_lists == POLICY_LISTS_MAX)
		return false;
	policy->n_lists += list == end;
	memset(list, 0, sizeof *list);
	memcpy(list->name, name, n_bytes);
	snprintf(list->laptops, sizeof list->laptops, "%s", laptops);
	return true;
}

static bool read_lists(const struct json *object, struct trust_policy *policy,
	struct err *err)
{
	const char *name = NULL;

	if (object != NULL && !js_is_object(object))
		return want_failed("lists", err);
	while (object != NULL && (name = js_next_key(object, name)) != NULL) {
		const char *laptops = js_get_text(object, name);

		if (laptops == NULL || !put_list(policy, name, strlen(name),
				laptops))
			return want_failed("lists", err);
	}
	return true;
}

bool trust_policy_gives(const struct trust_policy_list *list,
	const char *code)
{
	return fnmatch(list->laptops, code, 0) == 0;
}

bool trust_policy_read(const struct json *object, struct trust_policy *policy,
	struct err *err)
{
	int64_t minutes;

	memset(policy, 0, sizeof *policy);
	if (!js_is_object(object) ||
	    !js_is_bool(js_get(object, "refuse_untagged")))
		return want_failed("policy", err);
	policy->refuse_untagged = js_get_bool(object, "refuse_untagged", true);
	/* not said by projects made before there were reviews */
	policy->review_required = js_get_bool(object, "review_required", false);
	minutes = js_get_int(object, "idle_minutes", IDLE_MINUTES);
	if (minutes < 1 || minutes > IDLE_MINUTES_MAX)
		return want_failed("idle_minutes", err);
	policy->idle_minutes = (int)minutes;
	return read_retention(js_get(object, "retention"), policy, err) &&
		read_lists(js_get(object, "lists"), policy, err);
}

/* A whole number of the range, and nothing after it. */
static bool read_number(const char *text, int most, int *number)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (text[0] < '0' || text[0] > '9' || *end != '\0' || value < 1 ||
	    value > most)
		return false;
	*number = (int)value;
	return true;
}

static bool set_retention(struct trust_policy *policy, const char *text)
{
	const char *colon = strrchr(text, ':');
	struct trust_retention *place;
	int months;

	if (colon == NULL || !read_number(colon + 1, MONTHS_MAX, &months) ||
	    !utf8_is_valid(text, strlen(text)))
		return false;
	place = place_of(policy, text, (size_t)(colon - text));
	if (place == NULL)
		return false;
	place->months = months;
	return true;
}

static bool set_list(struct trust_policy *policy, const char *text)
{
	size_t n = strcspn(text, ":");

	return put_list(policy, text, n, text[n] == ':' ? text + n + 1 : "*");
}

static bool set_flag(bool *flag, const char *text)
{
	if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
		return false;
	*flag = text[0] == 'y';
	return true;
}

bool trust_policy_set(struct trust_policy *policy, const char *text,
	struct err *err)
{
	bool ok = false;

	if (str_starts(text, "idle-minutes="))
		ok = read_number(strchr(text, '=') + 1, IDLE_MINUTES_MAX,
			&policy->idle_minutes);
	else if (str_starts(text, "retention="))
		ok = set_retention(policy, strchr(text, '=') + 1);
	else if (str_starts(text, "refuse-untagged="))
		ok = set_flag(&policy->refuse_untagged, strchr(text, '=') + 1);
	else if (str_starts(text, "review-required="))
		ok = set_flag(&policy->review_required, strchr(text, '=') + 1);
	else if (str_starts(text, "list="))
		ok = set_list(policy, strchr(text, '=') + 1);
	return ok || err_set(err, ERR_USAGE,
		_("'%s' is no policy: there are idle-minutes=1 to 15, "
		  "retention=FORM:MONTHS, list=NAME:LAPTOPS, refuse-untagged="
		  "yes or no, review-required=yes or no"), text);
}

int trust_policy_months(const struct trust_policy *policy, const char *form_id,
	int otherwise)
{
	for (size_t i = 0; i < policy->n_retention; i++)
		if (strcmp(policy->retention[i].form, form_id) == 0)
			return policy->retention[i].months;
	return otherwise;
}
