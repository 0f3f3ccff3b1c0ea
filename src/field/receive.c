#include "config.h"

#include "field/receive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/gettext.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/vec.h"
#include "field/clock.h"
#include "field/forms.h"
#include "field/local.h"
#include "field/purge.h"
#include "field/query.h"
#include "field/records.h"
#include "field/workspace.h"
#include "trust/device.h"
#include "xform/xform.h"

#define NUMBERS "numbers"		/* {"RW...": 7}: of each maker */
#define REVOKED "revoked"

struct taking {
	struct workspace *ws;
	const struct kit *kit;
	struct receive_result *result;
	char own_key[MINISIGN_PUBLIC_TEXT];	/* of this laptop; "" */
	VEC(int64_t) to_purge;
};

/* --- numbers --- */

static bool take_number(struct taking *t, struct err *err)
{
	char maker[MINISIGN_PUBLIC_TEXT];
	struct json *numbers;
	int64_t newest;
	bool ok;

	if (!setting_get(t->ws, NUMBERS, &numbers, err))
		return false;
	if (numbers == NULL)
		numbers = js_new_object();
	minisign_public_format(&t->kit->signer, maker);
	newest = js_get_int(numbers, maker, 0);
	ok = kit_check_number(t->kit, newest, err);
	if (ok) {
		t->result->again = t->kit->number == newest;
		js_put_int(numbers, maker, t->kit->number);
		ok = setting_put(t->ws, NUMBERS, numbers, err);
	}
	js_free(numbers);
	return ok;
}

/* --- the project and its papers --- */

static bool get_project(struct workspace *ws, struct trust_project *project,
	bool *there, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	*there = workspace_has_secret(ws, WORKSPACE_PROJECT);
	if (!*there)
		return true;
	ok = workspace_get_secret(ws, WORKSPACE_PROJECT, &text, err) &&
		trust_project_read(text.data, text.len, project, err);
	str_wipe(&text);
	return ok;
}

/* kit_read() was told what is ours; asked again here because what is ours
 * may have changed since. */
static bool take_project(struct taking *t, struct err *err)
{
	struct trust_project ours;
	struct str text = STR_INIT;
	bool there, ok;

	if (!get_project(t->ws, &ours, &there, err))
		return false;
	if (there && !trust_project_follows(&t->kit->project, &ours, err))
		return false;
	t->result->project_is_newer = there &&
		t->kit->project.serial > ours.serial;
	trust_signed_join(&t->kit->project_text, &text);
	ok = workspace_put_secret(t->ws, WORKSPACE_PROJECT, text.data,
		text.len, err);
	str_release(&text);
	return ok;
}

bool receive_papers(struct workspace *ws, const struct trust_project *project,
	struct trust_papers *papers, struct err *err)
{
	struct str text = STR_INIT;
	bool ok;

	if (!workspace_has_secret(ws, RECEIVE_PAPERS))
		return true;
	ok = workspace_get_secret(ws, RECEIVE_PAPERS, &text, err) &&
		trust_papers_parse(papers, text.data, text.len, project, err);
	str_release(&text);
	return ok;
}

static bool take_papers(struct taking *t, struct err *err)
{
	struct trust_papers papers = TRUST_PAPERS_INIT;
	struct str text = STR_INIT;
	bool ok = receive_papers(t->ws, &t->kit->project, &papers, err) &&
		trust_papers_add_all(&papers, &t->kit->papers,
			&t->kit->project, err);

	if (ok) {
		trust_papers_print(&papers, &text);
		ok = workspace_put_secret(t->ws, RECEIVE_PAPERS, text.data,
			text.len, err);
	}
	str_release(&text);
	trust_papers_release(&papers);
	return ok;
}

/* --- forms, and lists that become their media --- */

static bool take_form(struct taking *t, const struct kit_form *form,
	struct err *err)
{
	struct form_file *files = xcalloc(form->n_files + 1, sizeof *files);
	bool ok, added = false;

	for (size_t i = 0; i < form->n_files; i++) {
		files[i].name = form->files[i].name;
		files[i].bytes = form->files[i].bytes;
		files[i].n_bytes = form->files[i].n_bytes;
	}
	ok = forms_add(t->ws, form->xml, form->n_bytes, form->form_id, files,
		form->n_files, NULL, &added, err);
	free(files);
	t->result->n_forms++;
	t->result->n_new_forms += added;
	return ok;
}

struct form_rows {
	const struct kit_list *list;
	VEC(int64_t) ids;		/* came with a file of that name */
	VEC(int64_t) others;
};

static bool has_media(const struct form_info *form, const char *name)
{
	for (size_t i = 0; i < form->n_media; i++)
		if (strcmp(form->media[i].name, name) == 0)
			return true;
	return false;
}

static bool note_form(void *context, const struct form_info *form)
{
	struct form_rows *rows = context;

	if (rows->list->form_id != NULL &&
			strcmp(rows->list->form_id, form->form_id) != 0)
		return true;
	if (has_media(form, rows->list->name))
		vec_push(&rows->ids, form->id);
	else
		vec_push(&rows->others, form->id);
	return true;
}

struct wanted { const char *name; bool found; };

static bool look_for_file(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	struct wanted *wanted = data;

	(void)url, (void)out, (void)err;
	wanted->found = wanted->found || strcmp(name, wanted->name) == 0;
	return false;
}

/* A form need not bring an empty file for a list that is made at the centre:
 * does it read one of that name? */
static bool reads_file(struct taking *t, int64_t id, const char *name,
	bool *reads, struct err *err)
{
	struct wanted wanted = { name, false };
	struct xf_options options = { .is_lenient = true,
		.media = { .read = look_for_file, .data = &wanted } };
	struct problems problems = PROBLEMS_INIT;
	struct form_info form = { 0 };
	struct str xml = STR_INIT;
	bool ok = forms_get(t->ws, id, &form, err) &&
		forms_xml(t->ws, &form, &xml, err);

	if (ok)
		xform_free(xform_load(xml.data, xml.len, "", &options,
			&problems));
	*reads = wanted.found;
	problems_release(&problems);
	form_info_release(&form);
	str_wipe(&xml);
	return ok;
}

/* The form again, with all its media but this one as they are. */
static bool replace_media(struct taking *t, const struct form_info *form,
	const struct kit_list *list, struct err *err)
{
	size_t n = form->n_media + !has_media(form, list->name);
	struct form_file *files = xcalloc(n + 1, sizeof *files);
	struct str *bytes = xcalloc(form->n_media + 1, sizeof *bytes);
	struct str xml = STR_INIT;
	bool ok = forms_xml(t->ws, form, &xml, err), added;

	if (n > form->n_media)
		files[form->n_media] = (struct form_file){ .name = list->name,
			.bytes = list->bytes, .n_bytes = list->n_bytes };

	for (size_t i = 0; i < form->n_media; i++) {
		bool is = strcmp(form->media[i].name, list->name) == 0;

		str_init(&bytes[i]);
		files[i].name = form->media[i].name;
		ok = ok && (is || forms_media(t->ws, form, files[i].name,
			&bytes[i], err));
		files[i].bytes = is ? list->bytes : bytes[i].data;
		files[i].n_bytes = is ? list->n_bytes : bytes[i].len;
	}
	ok = ok && forms_add(t->ws, xml.data, xml.len, form->form_id, files,
		n, NULL, &added, err);
	for (size_t i = 0; i < form->n_media; i++)
		str_wipe(&bytes[i]);
	free(bytes);
	free(files);
	str_wipe(&xml);
	return ok;
}

static bool replace_in(struct taking *t, int64_t id,
	const struct kit_list *list, struct err *err)
{
	struct form_info form = { 0 };
	bool ok = forms_get(t->ws, id, &form, err) &&
		replace_media(t, &form, list, err);

	form_info_release(&form);
	return ok;
}

static bool take_list(struct taking *t, const struct kit_list *list,
	struct err *err)
{
	struct form_rows rows = { .list = list };
	bool ok = forms_each(t->ws, note_form, &rows, err), reads;

	for (size_t i = 0; ok && i < rows.others.n; i++) {
		ok = reads_file(t, rows.others.items[i], list->name, &reads,
			err);
		if (ok && reads)
			vec_push(&rows.ids, rows.others.items[i]);
	}
	for (size_t i = 0; ok && i < rows.ids.n; i++)
		ok = replace_in(t, rows.ids.items[i], list, err);
	t->result->n_lists++;
	t->result->n_nameless += rows.ids.n == 0;
	vec_release(&rows.ids);
	vec_release(&rows.others);
	return ok;
}

/* --- translations --- */

static char *po_name(const char *form_id, const char *language)
{
	return str_format("po %s %s", language, form_id);
}

/* What is kept by name cannot be listed: the languages are kept beside it. */
static char *languages_name(const char *form_id)
{
	return str_format("po-languages %s", form_id);
}

bool receive_po_languages(struct workspace *ws, const char *form_id,
	struct str *lines, struct err *err)
{
	char *name = languages_name(form_id);
	bool ok = workspace_get_secret(ws, name, lines, err);

	free(name);
	if (ok || err->code != ERR_NOTFOUND)
		return ok;
	err_clear(err);
	return true;
}

static bool has_line(const char *lines, const char *line)
{
	size_t n = strlen(line);

	for (; *lines != '\0'; lines += strcspn(lines, "\n"),
			lines += *lines == '\n')
		if (strncmp(lines, line, n) == 0 && lines[n] == '\n')
			return true;
	return false;
}

static bool note_language(struct taking *t, const struct kit_po *po,
	struct err *err)
{
	char *name = languages_name(po->form_id);
	struct str lines = STR_INIT;
	bool ok = receive_po_languages(t->ws, po->form_id, &lines, err);

	if (ok && !has_line(lines.data, po->language)) {
		str_addf(&lines, "%s\n", po->language);
		ok = workspace_put_secret(t->ws, name, lines.data, lines.len,
			err);
	}
	str_release(&lines);
	free(name);
	return ok;
}

static bool take_po(struct taking *t, const struct kit_po *po,
	struct err *err)
{
	char *name = po_name(po->form_id, po->language);
	bool ok = workspace_put_secret(t->ws, name, po->bytes, po->n_bytes,
		err) && note_language(t, po, err);

	free(name);
	t->result->n_translations++;
	return ok;
}

bool receive_po(struct workspace *ws, const char *form_id,
	const char *language, struct str *out, struct err *err)
{
	char *name = po_name(form_id, language);
	bool ok = workspace_get_secret(ws, name, out, err);

	free(name);
	return ok;
}

/* --- messages --- */

static bool take_policy(struct taking *t, const struct kit_message *message,
	struct err *err)
{
	struct trust_policy policy;
	struct str text = STR_INIT;
	bool ok = trust_policy_parse(&message->text, t->kit->project.id,
		&message->signer, &policy, err);

	if (ok) {
		trust_signed_join(&message->text, &text);
		ok = workspace_put_secret(t->ws, RECEIVE_POLICY, text.data,
			text.len, err);
	}
	str_release(&text);
	t->result->has_policy = ok;
	return ok;
}

/* It was checked when it came; what is sealed here nobody else wrote. */
bool receive_policy(struct workspace *ws, const struct trust_project *project,
	struct trust_policy *policy, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct str bytes = STR_INIT;
	struct json *object = NULL;
	bool ok;

	*policy = project->policy;
	if (!workspace_has_secret(ws, RECEIVE_POLICY))
		return true;
	ok = workspace_get_secret(ws, RECEIVE_POLICY, &bytes, err) &&
		trust_signed_split(&text, bytes.data, bytes.len, err);
	if (ok)
		object = js_parse(text.document.data, text.document.len, err);
	ok = object != NULL && trust_policy_read(js_get(object, "policy"),
		policy, err);
	/* what the project refuses, no store allows */
	policy->refuse_untagged = policy->refuse_untagged ||
		project->policy.refuse_untagged;
	js_free(object);
	trust_signed_release(&text);
	str_release(&bytes);
	return ok;
}

/* One record that the centre has and has backed up.  What was never packed
 * stays as it is: a receipt does not finish anything. */
static bool mark_received(struct taking *t, int64_t id, struct err *err)
{
	struct record *record = record_open(t->ws, id, err);
	const struct record_head *head;
	bool ok = record != NULL;

	if (!ok)
		return false;
	head = record_head(record);
	if (head->state == RECORD_PACKED) {
		ok = record_received(record, err);
		t->result->n_received += ok;
	}
	head = record_head(record);
	if (ok && head->state == RECORD_RECEIVED && head->is_protected &&
			head->refused[0] == '\0')
		vec_push(&t->to_purge, id);
	record_close(record);
	return ok;
}

static bool mark_refused(struct taking *t, int64_t id, const char *code,
	struct err *err)
{
	struct record *record = record_open(t->ws, id, err);
	enum record_state state;
	bool ok = record != NULL;

	if (!ok)
		return false;
	state = record_head(record)->state;
	if ((state == RECORD_PACKED || state == RECORD_RECEIVED) &&
			record_head(record)->refused[0] == '\0') {
		ok = record_refused(record, code, err);
		t->result->n_refused += ok;
	}
	record_close(record);
	return ok;
}

static bool take_refused(struct taking *t, const struct trust_receipt *receipt,
	struct err *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < receipt->refused.n; i++) {
		int64_t id;

		ok = records_find_hash(t->ws,
				receipt->refused.items[i].record.bytes, &id,
				err) &&
			(id == 0 || mark_refused(t, id,
				receipt->refused.items[i].code, err));
	}
	return ok;
}

static bool take_receipt(struct taking *t, const struct kit_message *message,
	struct err *err)
{
	struct trust_receipt receipt;
	bool ok = trust_receipt_parse(&message->text, t->kit->project.id,
		&message->signer, &receipt, err);

	for (size_t i = 0; ok && i < receipt.records.n; i++) {
		int64_t id;

		ok = records_find_hash(t->ws, receipt.records.items[i].bytes,
				&id, err) &&
			(id == 0 || mark_received(t, id, err));
	}
	ok = ok && take_refused(t, &receipt, err);
	trust_receipt_release(&receipt);
	return ok;
}

/* What the centre says about this laptop itself; others' fate is not ours. */
static bool take_fact(struct taking *t, const struct kit_message *message,
	struct err *err)
{
	struct json *fact = js_parse(message->text.document.data,
		message->text.document.len, err);
	const char *word = js_get_text(fact, "fact");
	const char *device = js_get_text(fact, "device");
	const char *project = js_get_text(fact, "project");
	bool ok = fact != NULL;

	if (ok && word != NULL && device != NULL && project != NULL &&
			strcmp(device, t->own_key) == 0 &&
			strcmp(project, t->kit->project.id) == 0) {
		bool revoked = strcmp(word, "device-revoked") == 0;

		if (revoked || strcmp(word, "device-accepted") == 0)
			ok = workspace_put_secret(t->ws, REVOKED, "yes",
				revoked ? 3 : 0, err);
		t->result->is_revoked = revoked;
	}
	js_free(fact);
	return ok;
}

bool receive_is_revoked(struct workspace *ws)
{
	return workspace_has_secret(ws, REVOKED);
}

static bool take_message(struct taking *t, const struct kit_message *message,
	struct err *err)
{
	switch (message->kind) {
	case ENTRY_POLICY:
		return take_policy(t, message, err);
	case ENTRY_QUERY:
		return true;		/* all together, later */
	case ENTRY_RECEIPT:
		return take_receipt(t, message, err);
	default:
		return take_fact(t, message, err);
	}
}

/* --- all of it --- */

static bool get_own_key(struct taking *t, struct err *err)
{
	struct minisign_public key;
	struct trust_device device;
	struct str text = STR_INIT;
	bool ok;

	if (!workspace_has_secret(t->ws, WORKSPACE_DEVICE))
		return true;
	ok = workspace_get_secret(t->ws, WORKSPACE_DEVICE, &text, err) &&
		trust_device_parse(text.data, text.len, &device, err);
	str_wipe(&text);
	if (!ok)
		return false;
	minisign_key_public(&device.key, &key);
	minisign_public_format(&key, t->own_key);
	trust_device_wipe(&device);
	return true;
}

/* The clock of the laptop may be wrong; what the centre says is not later than
 * now. */
static int64_t at_most_now(const struct taking *t)
{
	int64_t now = field_now(t->ws), day;
	struct tm tm = { .tm_isdst = 0 };

	if (sscanf(t->kit->date, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon,
			&tm.tm_mday) != 3)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	day = (int64_t)timegm(&tm);
	return day < now ? day : now;
}

static bool take_all(struct taking *t, struct err *err)
{
	const struct kit *kit = t->kit;
	bool ok = take_number(t, err);

	/* all of it was taken then, and what came since counts */
	if (!ok || t->result->again)
		return ok;
	ok = get_own_key(t, err) && take_project(t, err) &&
		take_papers(t, err);
	for (size_t i = 0; ok && i < kit->forms.n; i++)
		ok = take_form(t, &kit->forms.items[i], err);
	for (size_t i = 0; ok && i < kit->lists.n; i++)
		ok = take_list(t, &kit->lists.items[i], err);
	for (size_t i = 0; ok && i < kit->translations.n; i++)
		ok = take_po(t, &kit->translations.items[i], err);
	for (size_t i = 0; ok && i < kit->messages.n; i++)
		ok = take_message(t, &kit->messages.items[i], err);
	ok = ok && queries_receive(t->ws, kit, t->own_key,
		&t->result->n_queries, err);
	t->result->n_purged = t->to_purge.n;
	return ok && records_purge(t->ws, t->to_purge.items, t->to_purge.n,
			err) &&
		purge_received(t->ws, at_most_now(t), &t->result->n_dropped,
			err);
}

bool receive_kit(struct workspace *ws, const struct kit *kit,
	struct receive_result *result, struct err *err)
{
	struct taking t = { .ws = ws, .kit = kit, .result = result };
	bool ok;

	memset(result, 0, sizeof *result);
	if (!workspace_begin(ws, err))
		return false;
	ok = take_all(&t, err) && field_clock_note_kit(ws, kit->date, err) &&
		workspace_commit(ws, err);
	if (!ok)
		workspace_rollback(ws);
	vec_release(&t.to_purge);
	return ok;
}
