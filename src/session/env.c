/* What expressions ask the record for: clock, chance, texts, choices, tables. */
#include "config.h"

#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#include "base/intern.h"
#include "base/mem.h"
#include "session/node.h"
#include "xpath/date.h"

/* --- chance: splitmix64, or the system's --- */

static uint64_t next_random(struct session *s)
{
	uint64_t z;

	if (!s->has_seed) {
		if (getrandom(&z, sizeof z, 0) == (ssize_t)sizeof z)
			return z;
		s->has_seed = true;	/* never seen; still no constant */
		s->random_state = (uint64_t)time(NULL) ^ (uintptr_t)s;
	}
	s->random_state += 0x9E3779B97F4A7C15u;
	z = s->random_state;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static double env_random(void *data)
{
	return (double)(next_random(data) >> 11) * 0x1.0p-53;
}

void session_uuid(struct session *s, char text[37])
{
	uint64_t a = next_random(s), b = next_random(s);

	a = (a & ~0xF000ull) | 0x4000;			/* version 4 */
	b = (b & ~(3ull << 62)) | 2ull << 62;		/* variant 1 */
	snprintf(text, 37, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(a >> 32),
		(unsigned)(a >> 16) & 0xFFFF, (unsigned)a & 0xFFFF,
		(unsigned)(b >> 48), (unsigned long long)b & 0xFFFFFFFFFFFFull);
}

/* --- clock --- */

/* The process's zone, or the record's for the length of the call. */
static int offset_in_zone(const char *zone, time_t at)
{
	const char *now = getenv("TZ");
	char *old = now != NULL ? xstrdup(now) : NULL;
	struct tm tm;

	if (zone != NULL) {
		setenv("TZ", zone, 1);
		tzset();
	}
	localtime_r(&at, &tm);
	if (zone != NULL) {
		if (old != NULL)
			setenv("TZ", old, 1);
		else
			unsetenv("TZ");
		tzset();
	}
	free(old);
	return (int)(tm.tm_gmtoff / 60);
}

int session_zone_offset(struct session *s, int64_t utc_seconds)
{
	return offset_in_zone(s->time_zone, (time_t)utc_seconds);
}

struct xp_time session_now(struct session *s)
{
	struct timespec ts;
	struct xp_time now;

	if (s->clock_stands)
		return s->stands_at;
	clock_gettime(CLOCK_REALTIME, &ts);
	now.ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	now.offset_minutes = session_zone_offset(s, ts.tv_sec);
	return now;
}

static struct xp_time env_now(void *data)
{
	return session_now(data);
}

static int env_zone_offset(void *data, int64_t utc_seconds)
{
	return session_zone_offset(data, utc_seconds);
}

/* --- texts, choices, instances --- */

static const char *env_itext(void *data, const char *id,
	struct arena *scratch)
{
	struct session *s = data;
	const struct xf_itext *itext = map_get(&s->form->itext, id);
	struct xf_text text = { .itext = itext };
	const char *kept;
	char *made;

	if (itext == NULL)
		return NULL;
	made = session_text(s, s->root, &text, XF_TEXT_PLAIN);
	kept = arena_strdup(scratch, made != NULL ? made : "");
	free(made);
	return kept;
}

static const char *env_choice_name(void *data, const char *value,
	struct xp_node question, struct arena *scratch)
{
	struct session *s = data;
	struct node *n = node_of_handle(s, question);
	struct choices choices;

	if (n == NULL || n->form == NULL || node_select(n->form) == NULL ||
			!session_choices(s, n, NULL, &choices, NULL))
		return NULL;
	for (size_t i = 0; i < choices.n; i++)
		if (strcmp(choices.items[i].value, value) == 0)
			return arena_strdup(scratch, choices.items[i].label);
	return NULL;
}

static bool env_instance(void *data, const char *id, struct xp_node *root,
	struct err *err)
{
	struct session *s = data;
	const struct xf_secondary *secondary = map_get(&s->form->secondary, id);

	(void)err;
	if (secondary == NULL)
		return false;
	if (secondary->is_last_saved && s->last_saved != NULL) {
		*root = xp_xml_node(&s->last_saved_tree, NULL);
		return true;
	}
	*root = secondary->root;
	return true;
}

static uintptr_t first_element(struct xp_node at)
{
	uintptr_t child = at.tree->ops->first_child(at.tree, at.at);

	while (child != 0 && at.tree->ops->kind(at.tree, child) != XML_ELEMENT)
		child = at.tree->ops->next(at.tree, child);
	return child;
}

static const char *child_text(struct xp_node row, const char *name,
	struct arena *scratch)
{
	const struct xp_tree_ops *ops = row.tree->ops;
	uintptr_t child = ops->first_child(row.tree, row.at);

	while (child != 0 && ops->local(row.tree, child) != name)
		child = ops->next(row.tree, child);
	return child != 0 ? ops->text(row.tree, child, scratch) : "";
}

/* The first row whose key is right. */
static bool find_row(struct xp_node top, const char *key_column,
	const char *key, struct arena *scratch, struct xp_node *row)
{
	const struct xp_tree_ops *ops = top.tree->ops;
	uintptr_t at = first_element(top);
	struct xp_nodeset found = { 0 };

	if (at != 0 && ops->lookup != NULL && ops->lookup(top.tree, top.at,
			ops->local(top.tree, at), key_column, key, &found,
			scratch)) {
		if (found.n > 0)
			*row = found.items[0];
		return found.n > 0;
	}
	for (; at != 0; at = ops->next(top.tree, at)) {
		*row = (struct xp_node){ top.tree, at };
		if (ops->kind(top.tree, at) == XML_ELEMENT && strcmp(
				child_text(*row, key_column, scratch), key) == 0)
			return true;
	}
	return false;
}

static const char *env_pulldata(void *data, const char *table,
	const char *column, const char *key_column, const char *key,
	struct arena *scratch)
{
	struct session *s = data;
	const struct xf_secondary *secondary =
		map_get(&s->form->secondary, table);
	const char *c = intern_find(column, strlen(column));
	const char *k = intern_find(key_column, strlen(key_column));
	struct xp_node top, row;

	if (secondary == NULL || secondary->tree == NULL)
		return NULL;
	if (c == NULL || k == NULL)
		return "";
	top = (struct xp_node){ secondary->root.tree,
		first_element(secondary->root) };
	if (top.at == 0 || !find_row(top, k, key, scratch, &row))
		return "";
	return child_text(row, c, scratch);
}

/* once(): what stands in the node, computed or not. */
static const char *env_own_value(void *data, struct xp_node node,
	struct arena *scratch)
{
	struct node *n = node_of_handle(data, node);

	(void)scratch;
	return n != NULL && n->raw != NULL ? n->raw : "";
}

void env_init(struct session *s)
{
	s->env.data = s;
	s->env.instance = env_instance;
	s->env.itext = env_itext;
	s->env.choice_name = env_choice_name;
	s->env.pulldata = env_pulldata;
	s->env.random = env_random;
	s->env.now = env_now;
	s->env.zone_offset = env_zone_offset;
	s->env.own_value = env_own_value;
	s->env.empty_is_blank = true;
	s->env.strict_one_node = false;
}
