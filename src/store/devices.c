#include "config.h"

#include "store/devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/gettext.h"
#include "db/db.h"
#include "store/merge.h"
#include "store/store.h"

static void copy_text(char *to, size_t size_bytes, const char *text)
{
	snprintf(to, size_bytes, "%s", text != NULL ? text : "");
}

static bool load_keys(struct store *store, struct device_list *list,
	struct err *err)
{
	struct db_stmt *walk = db_prepare(store_db(store),
		"SELECT key FROM device UNION SELECT device FROM manifest"
		" UNION SELECT device FROM quarantine", err);
	enum db_result result;

	if (walk == NULL)
		return false;
	while ((result = db_step(walk, err)) == DB_ROW) {
		struct device device = { .status = DEVICE_IS_UNKNOWN };
		struct minisign_public key;

		if (!minisign_public_parse(db_text(walk, 0), &key, NULL))
			continue;
		copy_text(device.key, sizeof device.key, db_text(walk, 0));
		minisign_public_fingerprint(&key, device.fingerprint);
		vec_push(list, device);
	}
	db_reset(walk);
	return result != DB_FAILED;
}

/* Its newest bundle: by number, then by hash. */
static bool load_newest(struct store *store, struct device *device,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT m.sequence, m.date, m.name, m.recipient FROM manifest m"
		" JOIN fact f ON f.id = m.fact JOIN content c ON c.id = f.content"
		" WHERE m.device = ?1 ORDER BY m.sequence DESC, c.sha256 DESC"
		" LIMIT 1", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_text(get, 1, device->key);
	result = db_step(get, err);
	if (result == DB_ROW) {
		device->last = db_int(get, 0);
		copy_text(device->last_date, sizeof device->last_date,
			db_text(get, 1));
		copy_text(device->name, sizeof device->name, db_text(get, 2));
		copy_text(device->recipient, sizeof device->recipient,
			db_text(get, 3));
	}
	db_reset(get);
	return result != DB_FAILED;
}

static bool load_counts(struct store *store, struct device *device,
	struct err *err)
{
	struct db_stmt *get = db_prepare(store_db(store),
		"SELECT (SELECT count(*) FROM manifest WHERE device = ?1),"
		" (SELECT total(records) FROM manifest WHERE device = ?1"
		" AND NOT trusted), (SELECT count(*) FROM quarantine"
		" WHERE device = ?1)", err);
	enum db_result result;

	if (get == NULL)
		return false;
	db_bind_text(get, 1, device->key);
	result = db_step(get, err);
	if (result == DB_ROW) {
		device->n_bundles = db_int(get, 0);
		device->n_aside = db_int(get, 1);
		device->n_waiting = db_int(get, 2);
	}
	db_reset(get);
	return result != DB_FAILED;
}

static int by_name(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->fingerprint, y->fingerprint);
}

bool devices_list(struct store *store, struct device_list *list,
	struct err *err)
{
	bool ok;

	memset(list, 0, sizeof *list);
	ok = load_keys(store, list, err);
	for (size_t i = 0; ok && i < list->n; i++) {
		struct device *device = &list->items[i];

		ok = fact_device_status(store, device->key, &device->status,
				err) &&
			load_newest(store, device, err) &&
			load_counts(store, device, err) &&
			store_chain(store, device->key, &device->missing,
				&device->forked, err);
	}
	if (list->n > 0)
		qsort(list->items, list->n, sizeof *list->items, by_name);
	return ok;
}

void devices_release(struct device_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].missing);
		free(list->items[i].forked);
	}
	vec_release(list);
}

const struct device *devices_find(const struct device_list *list,
	const char *typed, struct err *err)
{
	const struct device *found = NULL;
	size_t n_named = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (crypt_fingerprint_same(typed, list->items[i].fingerprint))
			return &list->items[i];
		if (strcmp(typed, list->items[i].name) != 0)
			continue;
		found = &list->items[i];
		n_named++;
	}
	if (n_named == 1 && typed[0] != '\0')
		return found;
	if (n_named > 1)
		err_set(err, ERR_CONFLICT,
			_("%zu laptops call themselves '%s': say which by its "
			  "fingerprint"), n_named, typed);
	else
		err_set(err, ERR_NOTFOUND,
			_("no laptop '%s' has sent anything here: 'bayaz "
			  "project device list' shows those that have"), typed);
	return NULL;
}
