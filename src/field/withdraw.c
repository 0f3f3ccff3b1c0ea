#include "config.h"

#include "field/withdraw.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/wipe.h"
#include "bundle/sealed.h"
#include "crypt/crypt.h"
#include "field/local.h"
#include "trust/case_code.h"
#include "trust/project.h"

/* --- the request --- */

static char *print_request(const char *code)
{
	struct json *request = js_new_object();
	time_t now = (time_t)field_now(NULL);
	char day[11], *text;
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(day, sizeof day, "%Y-%m-%d", &tm);
	js_put_text(request, "format", "bayaz-deletion");
	js_put_int(request, "version", 1);
	js_put_text(request, "code", code);
	js_put_text(request, "date", day);
	text = js_print(request);
	js_free(request);
	return text;
}

static bool seal_request(struct workspace *ws, const char *code,
	struct str *out, struct err *err)
{
	struct age_recipient recipients[2];
	struct age_to to = { .recipients = recipients, .n_recipients = 2 };
	struct sealed_part part = { .name = SEALED_DELETION };
	struct trust_project project;
	char sha256[SHA256_HEX_BYTES], *text;
	bool ok;

	if (!field_project(ws, &project, err))
		return false;
	trust_project_recipients(&project, TRUST_PROTECTED, recipients);
	text = print_request(code);
	part.bytes = text;
	part.n_bytes = strlen(text);
	ok = sealed_make(&part, 1, &to, out, sha256, err);
	wipe_free(text);
	return ok;
}

/* It travels as a sealed record does, so it is kept as one. */
static bool keep_request(struct workspace *ws, const struct str *sealed,
	struct err *err)
{
	struct record *record = secret_new(sizeof *record);
	struct record_head *head = &record->head;
	bool ok;

	record->ws = ws;
	seal_key_new(record->key);
	head->id = row_new_id();
	head->state = RECORD_READY;
	head->is_protected = head->is_deletion = true;
	record_set_text(&head->form_id, "");
	record_set_text(&head->form_version, "");
	record_set_text(&head->form_class, "protected");
	/* TRANSLATORS: how `bayaz list` calls a request to delete what was
	 * written about somebody.  It tells an onlooker nothing. */
	record_set_text(&head->title, _("Request to the centre"));
	record_set_text(&head->name, "");
	record_set_text(&head->instance_id, "");
	record_set_text(&head->place, "");
	record_set_text(&head->refused, "");
	head->created = head->finished = field_day(field_now(ws));
	head->has_final = true;
	head->size_bytes = sealed->len;
	sha256_bytes(sealed->data, sealed->len, head->sha256);
	ok = body_write(ws, head->id, record->key, sealed->data, sealed->len,
			err) && record_save(record, err);
	record_close(record);
	return ok;
}

/* --- all of it --- */

static bool may_go(struct workspace *ws, int64_t id, struct err *err)
{
	bool held;

	if (!plan_holds(ws, id, &held, err))
		return false;
	return !held || err_set(err, ERR_REFUSED, _("one of the records is in a "
		"bundle that is being written: pack first"));
}

static bool change(struct workspace *ws, const char *code, const int64_t *ids,
	size_t n_ids, struct err *err)
{
	struct str sealed = STR_INIT;
	bool ok = true;

	for (size_t i = 0; ok && i < n_ids; i++)
		ok = may_go(ws, ids[i], err);
	ok = ok && seal_request(ws, code, &sealed, err) &&
		keep_request(ws, &sealed, err) &&
		records_purge(ws, ids, n_ids, err);
	str_release(&sealed);
	return ok;
}

bool withdraw(struct workspace *ws, const char *code, const int64_t *ids,
	size_t n_ids, struct err *err)
{
	if (!workspace_begin(ws, err))
		return false;
	if (change(ws, code, ids, n_ids, err) && workspace_commit(ws, err))
		return true;
	workspace_rollback(ws);
	return false;
}
