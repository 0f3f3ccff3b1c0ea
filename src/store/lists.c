/* Lists of entities.  See lists.h. */
#include "config.h"

#include "store/lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/map.h"
#include "db/db.h"
#include "session/entity.h"
#include "store/content.h"
#include "store/forms.h"
#include "store/reconcile.h"
#include "store/store.h"
#include "store/version.h"
#include "xform/xform.h"
#include "xml/xml.h"

/* What a record says of an entity. */
struct word {
	const char *finished, *version;	/* of the record: when, and its hash */
	size_t order;			/* in the record */
	const char *list, *id, *label;
	bool creates, updates;
	VEC(const char *) pairs;	/* property, value */
};

struct entity_row { const char *id, *label; struct map values; };

struct making {
	struct store *store;
	struct store_lists *lists;
	struct arena *arena;
	const char *only;
	VEC(struct word) words;
	/* of the record that is read */
	const char *finished, *version;
	size_t n_in_record;
};

/* --- what forms declare --- */

static struct store_list *list_of(struct making *m, const char *name)
{
	struct store_lists *lists = m->lists;
	struct store_list new = { .name = name, .csv = STR_INIT };

	for (size_t i = 0; i < lists->all.n; i++)
		if (strcmp(lists->all.items[i].name, name) == 0)
			return &lists->all.items[i];
	new.name = arena_strdup(m->arena, name);
	vec_push(&lists->all, new);
	return &lists->all.items[lists->all.n - 1];
}

static void add_property(struct making *m, struct store_list *list,
	const char *property)
{
	const char *copy;

	for (size_t i = 0; i < list->properties.n; i++)
		if (strcmp(list->properties.items[i], property) == 0)
			return;
	copy = arena_strdup(m->arena, property);
	vec_push(&list->properties, copy);
}

static const char *dataset_of(const struct xf_entity *entity)
{
	const struct xf_node *node = entity->node;

	for (unsigned i = 0; i < node->n_attributes; i++)
		if (strcmp(node->attributes[i].local, "dataset") == 0 &&
				node->attributes[i].ns[0] == '\0' &&
				node->attributes[i].value != NULL)
			return node->attributes[i].value;
	return "";
}

static bool is_wanted(const struct making *m, const char *name)
{
	return name[0] != '\0' &&
		(m->only == NULL || strcmp(m->only, name) == 0);
}

/* Whether any of its lists is wanted. */
static bool note_declared(struct making *m, const struct xform *form)
{
	bool any = false;

	for (size_t i = 0; i < form->n_entities; i++) {
		const struct xf_entity *entity = &form->entities[i];
		const char *name = dataset_of(entity);
		struct store_list *list;

		if (!is_wanted(m, name))
			continue;
		any = true;
		list = list_of(m, name);
		for (size_t k = 0; k < entity->n_savetos; k++)
			add_property(m, list, entity->savetos[k].property);
	}
	return any;
}

/* --- what records say --- */

static bool is_true(const struct xml_node *node, const char *name)
{
	const char *value = xml_attribute(node, "", name);

	return value != NULL && (strcmp(value, "1") == 0 ||
		strcmp(value, "true") == 0);
}

/* No repeat lies between the two; NULL: not in this record. */
static const struct xml_node *down_to(const struct xml_node *subject,
	const struct xf_node *from, const struct xf_node *to)
{
	const struct xml_node *parent;

	if (to == from)
		return subject;
	parent = down_to(subject, from, to->parent);
	return parent != NULL ? xml_child(parent, NULL, NULL, to->local) :
		NULL;
}

static void read_properties(struct making *m, struct word *word,
	const struct xf_entity *declared, const struct xml_node *subject)
{
	for (size_t i = 0; i < declared->n_savetos; i++) {
		const struct xf_saveto *saveto = &declared->savetos[i];
		const struct xml_node *node = down_to(subject,
			declared->subject, saveto->node);
		const char *name, *value;

		if (node == NULL)
			continue;
		name = arena_strdup(m->arena, saveto->property);
		value = arena_strdup(m->arena, xml_text_of(node, m->arena));
		vec_push(&word->pairs, name);
		vec_push(&word->pairs, value);
	}
}

/* What no server would take is no entity. */
static void read_entity(struct making *m, const struct xml_node *node,
	const struct xf_entity *declared)
{
	const struct xml_node *label = xml_child(node, NULL, NULL, "label");
	const char *list = xml_attribute(node, "", "dataset");
	const char *id = xml_attribute(node, "", "id");
	struct word word = { .finished = m->finished, .version = m->version,
		.order = m->n_in_record++, .creates = is_true(node, "create"),
		.updates = is_true(node, "update") };

	if (list == NULL || !is_wanted(m, list) || id == NULL ||
			!entity_id_fits(id) || !(word.creates || word.updates))
		return;
	word.list = arena_strdup(m->arena, list);
	word.id = arena_strdup(m->arena, id);
	word.label = label != NULL ? arena_strdup(m->arena,
		xml_text_of(label, m->arena)) : "";
	read_properties(m, &word, declared, node->parent->parent);
	vec_push(&m->words, word);
}

static void visit(struct making *m, const struct xml_node *node,
	const struct xf_entity *declared, const struct xf_node *const *way)
{
	if (*way == NULL) {
		read_entity(m, node, declared);
		return;
	}
	for (const struct xml_node *child = xml_child(node, NULL, NULL,
			(*way)->local); child != NULL; child =
			xml_child(node, child, NULL, (*way)->local))
		visit(m, child, declared, way + 1);
}

static void read_entities(struct making *m, const struct xform *form,
	const struct xml_node *root)
{
	for (size_t i = 0; i < form->n_entities; i++) {
		const struct xf_entity *declared = &form->entities[i];
		const struct xf_node *at = declared->node;
		const struct xf_node **way = ARENA_ARRAY(m->arena,
			const struct xf_node *, at->depth + 1);

		for (; at->parent != NULL; at = at->parent)
			way[at->depth - 1] = at;
		visit(m, root, declared, way);
	}
}

static const char *form_version(const struct xform *form)
{
	return form->version != NULL ? form->version : "";
}

static bool read_record(struct making *m, const struct store_forms *forms,
	int64_t record, struct err *err)
{
	struct str bytes = STR_INIT;
	struct version_head head;
	struct xml_doc *doc = NULL;
	bool ok = reconcile_bytes(m->store, record, &bytes, err);

	if (ok) {
		doc = version_read(bytes.data, bytes.len, &head, err);
		if (doc == NULL)
			err_clear(err);	/* damaged: it says nothing */
	}
	m->n_in_record = 0;
	for (size_t i = 0; doc != NULL && i < forms->list.n; i++)
		if (strcmp(form_version(forms->list.items[i]),
				head.form_version) == 0) {
			read_entities(m, forms->list.items[i], doc->root);
			break;
		}
	xml_free(doc);
	str_release(&bytes);
	return ok;
}

static bool read_records(struct making *m, const char *form,
	const struct store_forms *forms, struct err *err)
{
	struct db_stmt *walk = db_prepare_once(store_db(m->store),
		"SELECT r.id, c.sha256, coalesce((SELECT min(finished)"
		" FROM brought b WHERE b.content = v.id AND b.finished <> ''),"
		" '') FROM record r JOIN version v ON v.id = r.current"
		" JOIN content c ON c.id = v.id WHERE r.form = ?1"
		" AND r.hidden = '' AND r.review <> 'rejected'"
		" AND (?2 OR NOT v.training)", err);
	enum db_result result = DB_FAILED;
	bool ok = walk != NULL;

	if (ok) {
		db_bind_text(walk, 1, form);
		db_bind_int(walk, 2, store_is_training(m->store));
	}
	while (ok && (result = db_step(walk, err)) == DB_ROW) {
		char hex[SHA256_HEX_BYTES];

		row_hash(walk, 1, hex);
		m->version = arena_strdup(m->arena, hex);
		m->finished = arena_strdup(m->arena, db_text(walk, 2));
		ok = read_record(m, forms, db_int(walk, 0), err);
	}
	db_free(walk);
	return ok && result == DB_DONE;
}

static bool read_form(struct making *m, const char *id, struct err *err)
{
	struct store_forms forms = STORE_FORMS_INIT;
	bool ok = store_forms_load(m->store, id, &forms, err), any = false;

	for (size_t i = 0; ok && i < forms.list.n; i++)
		any = note_declared(m, forms.list.items[i]) || any;
	ok = ok && (!any || read_records(m, id, &forms, err));
	store_forms_release(&forms);
	return ok;
}

static bool read_forms(struct making *m, struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(m->store),
		"SELECT id FROM form GROUP BY id"
		" HAVING max(class = 'protected') = 0 ORDER BY id", err);
	VEC(const char *) ids = { NULL, 0, 0 };
	enum db_result result;
	bool ok;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		const char *id = arena_strdup(m->arena, db_text(walk, 0));

		vec_push(&ids, id);
	}
	db_reset(walk);
	ok = result != DB_FAILED;
	for (size_t i = 0; ok && i < ids.n; i++)
		ok = read_form(m, ids.items[i], err);
	vec_release(&ids);
	return ok;
}

/* --- what comes of it --- */

static int by_time(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int order = strcmp(x->finished, y->finished);

	if (order == 0)
		order = strcmp(x->version, y->version);
	return order != 0 ? order : (x->order > y->order) -
		(x->order < y->order);
}

static void take_values(struct entity_row *row, const struct word *word)
{
	if (word->label[strspn(word->label, " \t\r\n")] != '\0')
		row->label = word->label;
	for (size_t i = 0; i < word->pairs.n; i += 2)
		map_set(&row->values, word->pairs.items[i],
			(void *)word->pairs.items[i + 1]);
}

/* Who is created first; then what changed, in the order of time: an update
 * that a wrong clock put before its creation is not lost. */
static void apply(struct making *m, const struct store_list *list,
	struct map *rows, bool updates)
{
	for (size_t i = 0; i < m->words.n; i++) {
		const struct word *word = &m->words.items[i];
		struct entity_row *row;

		if (strcmp(word->list, list->name) != 0 ||
				!(updates ? word->updates : word->creates))
			continue;
		row = map_get(rows, word->id);
		if (row == NULL && (updates ||
				word->label[strspn(word->label, " \t\r\n")] ==
					'\0'))
			continue;
		if (row == NULL) {
			row = ARENA_NEW(m->arena, struct entity_row);
			row->id = word->id;
			row->label = "";
			map_init(&row->values);
			map_set(rows, word->id, row);
		} else if (!updates) {
			continue;	/* created twice: the first counts */
		}
		take_values(row, word);
	}
}

/* As somebody looks for them. */
static int by_label(const void *a, const void *b)
{
	const struct entity_row *x = *(struct entity_row *const *)a;
	const struct entity_row *y = *(struct entity_row *const *)b;
	int order = strcmp(x->label, y->label);

	return order != 0 ? order : strcmp(x->id, y->id);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void write_csv(struct store_list *list, struct entity_row **rows,
	size_t n)
{
	csv_add_cell(&list->csv, "name", true);
	csv_add_cell(&list->csv, "label", false);
	for (size_t i = 0; i < list->properties.n; i++)
		csv_add_cell(&list->csv, list->properties.items[i], false);
	str_addc(&list->csv, '\n');
	for (size_t i = 0; i < n; i++) {
		csv_add_cell(&list->csv, rows[i]->id, true);
		csv_add_cell(&list->csv, rows[i]->label, false);
		for (size_t k = 0; k < list->properties.n; k++) {
			const char *value = map_get(&rows[i]->values,
				list->properties.items[k]);

			csv_add_cell(&list->csv, value != NULL ? value : "",
				false);
		}
		str_addc(&list->csv, '\n');
	}
}

static void finish_list(struct making *m, struct store_list *list)
{
	struct map rows;
	struct entity_row **sorted;

	map_init(&rows);
	apply(m, list, &rows, false);
	apply(m, list, &rows, true);
	sorted = ARENA_ARRAY(m->arena, struct entity_row *, rows.n + 1);
	for (size_t i = 0; i < rows.n; i++)
		sorted[i] = rows.entries[i].value;
	if (rows.n > 1)
		qsort(sorted, rows.n, sizeof *sorted, by_label);
	if (list->properties.n > 1)
		qsort(list->properties.items, list->properties.n,
			sizeof *list->properties.items, by_text);
	list->n_entities = rows.n;
	write_csv(list, sorted, rows.n);
	for (size_t i = 0; i < rows.n; i++)
		map_release(&sorted[i]->values);
	map_release(&rows);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct store_list *)a)->name,
		((const struct store_list *)b)->name);
}

bool store_lists_make(struct store *store, const char *only,
	struct store_lists *lists, struct err *err)
{
	struct making m = { .store = store, .lists = lists, .only = only };
	bool ok;

	*lists = (struct store_lists){ .arena = arena_new() };
	m.arena = lists->arena;
	ok = read_forms(&m, err);
	if (ok && m.words.n > 1)
		qsort(m.words.items, m.words.n, sizeof *m.words.items, by_time);
	if (ok && lists->all.n > 1)
		qsort(lists->all.items, lists->all.n,
			sizeof *lists->all.items, by_name);
	for (size_t i = 0; ok && i < lists->all.n; i++)
		finish_list(&m, &lists->all.items[i]);
	for (size_t i = 0; i < m.words.n; i++)
		vec_release(&m.words.items[i].pairs);
	vec_release(&m.words);
	return ok;
}

void store_lists_release(struct store_lists *lists)
{
	for (size_t i = 0; i < lists->all.n; i++) {
		vec_release(&lists->all.items[i].properties);
		str_release(&lists->all.items[i].csv);
	}
	vec_release(&lists->all);
	arena_free(lists->arena);
	lists->arena = NULL;
}
