/* What expressions ask the record for: clock, chance, texts, choices, tables. */
#include "config.h"

#include <stdio.h>
#include <time.h>

#include "base/mem.h"
#include "base/zone.h"
#include "session/node.h"
#include "xform/document.h"
#include "xpath/date.h"

/* --- chance --- */

static double env_random(void *data)
{
	struct session *s = data;

	return chance_fraction(&s->chance);
}

void session_uuid(struct session *s, char text[37])
{
	uint64_t a = chance_next(&s->chance), b = chance_next(&s->chance);

	a = (a & ~0xF000ull) | 0x4000;			/* version 4 */
	b = (b & ~(3ull << 62)) | 2ull << 62;		/* variant 1 */
	snprintf(text, 37, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(a >> 32),
		(unsigned)(a >> 16) & 0xFFFF, (unsigned)a & 0xFFFF,
		(unsigned)(b >> 48), (unsigned long long)b & 0xFFFFFFFFFFFFull);
}

/* --- clock --- */

int session_zone_offset(struct session *s, int64_t utc_seconds)
{
	return zone_offset(s->time_zone, utc_seconds);
}

struct xp_time session_now(struct session *s)
{
	struct timespec ts;
	struct xp_time now;

	if (s->clock_stands)
		return s->stands_at;
	if (s->clock_ms != NULL) {
		now.ms = s->clock_ms(s->clock_data);
	} else {
		clock_gettime(CLOCK_REALTIME, &ts);
		now.ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	}
	now.offset_minutes = session_zone_offset(s, now.ms / 1000);
	return now;
}

int64_t session_now_ms(struct session *s)
{
	return session_now(s).ms;
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

static const char *env_pulldata(void *data, const char *table,
	const char *column, const char *key_column, const char *key,
	struct arena *scratch)
{
	struct session *s = data;
	const struct xf_secondary *secondary =
		map_get(&s->form->secondary, table);

	if (secondary == NULL || secondary->tree == NULL)
		return NULL;
	return xf_pulldata(secondary->root, column, key_column, key, scratch);
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
