/* What is asked for by content: read once, kept while nobody else writes. */
#include "config.h"

#include <string.h>

#include "base/gettext.h"
#include "base/mem.h"
#include "crypt/crypt.h"
#include "field/local.h"

void index_release(struct workspace *ws)
{
	struct field_index *index = &ws->index;

	if (!index->loaded)
		return;
	map_release(&index->hashes);
	map_release(&index->instances);
	map_release(&index->files);
	arena_free(index->arena);
	memset(index, 0, sizeof *index);
}

void index_key_of_origin(const uint8_t origin[16], char key[40])
{
	memcpy(key, "o:", 2);
	hex_encode(origin, 16, key + 2);
}

/* The newest of several stays. */
static void put_newer(struct field_index *index, struct map *map,
	const char *key, int64_t id, int64_t time)
{
	struct found *found = map_get(map, key);

	if (found == NULL) {
		found = ARENA_NEW(index->arena, struct found);
		map_set(map, arena_strdup(index->arena, key), found);
	} else if (found->time > time) {
		return;
	}
	found->id = id;
	found->time = time;
}

void index_add(struct workspace *ws, const struct record *record)
{
	static const uint8_t none[16];
	const struct record_head *head = &record->head;
	struct field_index *index = &ws->index;
	char key[SHA256_HEX_BYTES];

	if (!index->loaded)
		return;
	if (head->has_final) {
		hex_encode(head->sha256, 32, key);
		put_newer(index, &index->hashes, key, head->id, head->finished);
	}
	if (memcmp(record->origin, none, 16) != 0) {
		index_key_of_origin(record->origin, key);
		put_newer(index, &index->hashes, key, head->id, head->finished);
	}
	if (head->has_final && head->instance_id[0] != '\0')
		put_newer(index, &index->instances, head->instance_id,
			head->id, head->finished);
}

static bool see_record(void *context, const struct record *record, bool *stop,
	struct err *err)
{
	(void)stop, (void)err;
	index_add(context, record);
	return true;
}

bool index_load(struct workspace *ws, struct err *err)
{
	struct field_index *index = &ws->index;
	int64_t version;

	if (!db_number(ws->db, "PRAGMA data_version", &version, err))
		return false;
	if (index->loaded && index->data_version == version)
		return true;
	index_release(ws);
	index->arena = arena_new();
	map_init(&index->hashes);
	map_init(&index->instances);
	map_init(&index->files);
	index->data_version = version;
	index->loaded = true;
	if (records_walk(ws, see_record, ws, err))
		return true;
	index_release(ws);
	return false;
}

bool records_find_hash(struct workspace *ws, const uint8_t sha256[32],
	int64_t *id, struct err *err)
{
	char key[SHA256_HEX_BYTES];
	struct found *found;

	if (!index_load(ws, err))
		return false;
	hex_encode(sha256, 32, key);
	found = map_get(&ws->index.hashes, key);
	*id = found != NULL ? found->id : 0;
	return true;
}

bool records_find_instance(struct workspace *ws, const char *instance_id,
	int64_t *id, struct err *err)
{
	struct found *found;

	if (!index_load(ws, err))
		return false;
	found = map_get(&ws->index.instances, instance_id);
	*id = found != NULL ? found->id : 0;
	return true;
}

/* --- by what a person types --- */

void record_id_text(int64_t id, char text[17])
{
	static const char digits[] = "0123456789abcdef";
	uint64_t bits = (uint64_t)id;

	for (int i = 0; i < 16; i++)
		text[i] = digits[bits >> (60 - 4 * i) & 15];
	text[16] = '\0';
}

struct find_text { const char *text; int64_t id; size_t n; };

static bool see_text(void *context, const struct record_head *head)
{
	struct find_text *find = context;
	char digits[17];

	record_id_text(head->id, digits);
	if (strcmp(head->instance_id, find->text) == 0 ||
			str_starts(digits, find->text)) {
		find->id = head->id;
		find->n++;
	}
	return true;
}

bool records_find(struct workspace *ws, const char *text, int64_t *id,
	struct err *err)
{
	struct find_text find = { text, 0, 0 };

	if (text[0] == '\0')
		return err_set(err, ERR_NOTFOUND, _("no record is named"));
	if (!records_each(ws, see_text, &find, err))
		return false;
	if (find.n == 0)
		return err_set(err, ERR_NOTFOUND, _("there is no record '%s'"),
			text);
	if (find.n > 1)
		return err_set(err, ERR_CONFLICT,
			_("'%s' fits several records"), text);
	*id = find.id;
	return true;
}
