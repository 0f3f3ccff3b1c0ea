/* bayaz send: what goes down to laptops that have joined. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/centre.h"
#include "cmd/cmd.h"
#include "cmd/down.h"
#include "cmd/member.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "field/workspace.h"
#include "store/backup.h"
#include "store/devices.h"
#include "store/fact.h"
#include "store/judge.h"
#include "store/lists.h"
#include "store/query.h"
#include "store/receipt.h"
#include "store/versions.h"
#include "trust/kit.h"
#include "trust/message.h"

enum { LIST_BYTES_MAX = KIT_MAX_BYTES };

struct sending {
	const struct cmd_args *args;
	struct centre centre;
	struct kit kit;
	struct down_forms forms;
	struct device_list devices;
	struct age_recipient recipients[AGE_MAX_RECIPIENTS];
	size_t n_recipients;
	VEC(const struct device *) to;
	size_t n_entities;		/* in the lists that the project gives */
	size_t n_queries;		/* questions that wait for an answer */
	size_t n_receipts, n_without;	/* records with and without a receipt */
	char backup_date[11];		/* of the one that holds them; "" */
	VEC(struct str) bytes;		/* of lists and translations */
};

/* ---- to whom ---- */

static bool add_recipient(struct sending *s, const struct device *device,
	struct err *err)
{
	struct age_recipient recipient;

	if (device->status != DEVICE_IS_ACCEPTED)
		return err_set(err, ERR_REFUSED,
			device->status == DEVICE_IS_REVOKED ?
			_("the laptop %s is revoked: nothing is sent to it") :
			_("the laptop %s is not accepted yet"),
			device->fingerprint);
	if (!age_recipient_parse(device->recipient, &recipient, NULL))
		return err_set(err, ERR_NOTFOUND,
			_("it is not known what to encrypt to the laptop %s "
			  "with: none of its bundles here says it"),
			device->fingerprint);
	vec_push(&s->to, device);
	for (size_t i = 0; i < s->n_recipients; i++)
		if (memcmp(&s->recipients[i], &recipient,
				sizeof recipient) == 0)
			return true;
	if (s->n_recipients == AGE_MAX_RECIPIENTS)
		return err_set(err, ERR_LIMIT,
			_("one file goes to %d laptops at most: name some of "
			  "them with --to"), AGE_MAX_RECIPIENTS);
	s->recipients[s->n_recipients++] = recipient;
	return true;
}

static bool add_all(struct sending *s, struct err *err)
{
	for (size_t i = 0; i < s->devices.n; i++)
		if (s->devices.items[i].status == DEVICE_IS_ACCEPTED &&
				!add_recipient(s, &s->devices.items[i], err))
			return false;
	return s->n_recipients > 0 || err_set(err, ERR_NOTFOUND,
		_("no laptop is accepted yet"));
}

static bool find_recipients(struct sending *s, struct err *err)
{
	const char *typed;

	if (!devices_list(s->centre.store, &s->devices, err))
		return false;
	if (cmd_flag(s->args, "all"))
		return add_all(s, err);
	for (size_t i = 0; (typed = cmd_list(s->args, "to", i)) != NULL; i++) {
		const struct device *device = devices_find(&s->devices, typed,
			err);

		if (device == NULL || !add_recipient(s, device, err))
			return false;
	}
	return true;
}

/* ---- what ---- */

/* "NAME=FILE": the name, and the bytes of the file, which stay. */
static bool read_named(struct sending *s, const char *text, size_t limit,
	const char **name, const char **bytes, size_t *n_bytes,
	struct err *err)
{
	const char *equals = strchr(text, '=');
	struct str content = STR_INIT;

	if (equals == NULL || equals == text || equals[1] == '\0')
		return err_set(err, ERR_USAGE,
			_("'%s' is not of the form NAME=FILE"), text);
	if (!file_read(equals + 1, limit, &content, err)) {
		str_release(&content);
		return false;
	}
	*name = arena_strndup(s->kit.arena, text, (size_t)(equals - text));
	*bytes = content.len > 0 ? content.data : "";
	*n_bytes = content.len;
	vec_push(&s->bytes, content);
	return true;
}

/* "FORM:NAME=FILE" names the form too. */
static const char *split_form(struct sending *s, const char **name)
{
	const char *colon = strrchr(*name, ':'), *form;

	if (colon == NULL)
		return NULL;
	form = arena_strndup(s->kit.arena, *name, (size_t)(colon - *name));
	*name = colon + 1;
	return form;
}

static bool add_lists(struct sending *s, struct err *err)
{
	const char *text;

	for (size_t i = 0; (text = cmd_list(s->args, "list", i)) != NULL;
			i++) {
		struct kit_list list = { NULL, NULL, NULL, 0 };

		if (!read_named(s, text, LIST_BYTES_MAX, &list.name,
				&list.bytes, &list.n_bytes, err))
			return false;
		list.form_id = split_form(s, &list.name);
		vec_push(&s->kit.lists, list);
	}
	return true;
}

/* Everybody who can open the file is to have it. */
static bool is_for_all(const struct sending *s,
	const struct trust_policy_list *list)
{
	for (size_t i = 0; i < s->to.n; i++)
		if (!trust_policy_gives(list, s->to.items[i]->name))
			return false;
	return true;
}

static void add_entities(struct sending *s, const struct store_list *list)
{
	struct str bytes = STR_INIT;
	struct kit_list new = { .name = arena_printf(s->kit.arena, "%s.csv",
		list->name) };

	str_addn(&bytes, list->csv.data, list->csv.len);
	new.bytes = bytes.data;
	new.n_bytes = bytes.len;
	vec_push(&s->bytes, bytes);
	vec_push(&s->kit.lists, new);
	s->n_entities += list->n_entities;
}

/* The lists of entities that the project gives these laptops. */
static bool add_given(struct sending *s, struct err *err)
{
	struct trust_policy policy = s->centre.project.policy;
	const char *set;
	bool ok = true;

	for (size_t i = 0; (set = cmd_list(s->args, "policy", i)) != NULL; i++)
		if (!trust_policy_set(&policy, set, err))
			return false;
	for (size_t i = 0; ok && i < policy.n_lists; i++) {
		const struct trust_policy_list *given = &policy.lists[i];
		struct store_lists lists;

		if (!is_for_all(s, given)) {
			log_note(_("the list '%1$s' is for laptops '%2$s' and "
				"does not go along: send to those alone"),
				given->name, given->laptops);
			continue;
		}
		ok = store_lists_make(s->centre.store, given->name, &lists,
			err);
		if (ok && lists.all.n > 0)
			add_entities(s, &lists.all.items[0]);
		else if (ok)
			log_note(_("no form here makes the list '%s'"),
				given->name);
		store_lists_release(&lists);
	}
	return ok;
}

static bool add_translations(struct sending *s, struct err *err)
{
	const char *text;

	for (size_t i = 0; (text = cmd_list(s->args, "po", i)) != NULL; i++) {
		struct kit_po po = { NULL, NULL, NULL, 0 };

		if (!read_named(s, text, LIST_BYTES_MAX, &po.language,
				&po.bytes, &po.n_bytes, err))
			return false;
		po.form_id = split_form(s, &po.language);
		vec_push(&s->kit.translations, po);
	}
	return true;
}

/* The whole policy goes, with what is said here in place of what was. */
static bool add_policy(struct sending *s, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_policy policy = s->centre.project.policy;
	char today[TRUST_DATE_BYTES];
	const char *set;

	if (cmd_list(s->args, "policy", 0) == NULL)
		return true;
	for (size_t i = 0; (set = cmd_list(s->args, "policy", i)) != NULL; i++)
		if (!trust_policy_set(&policy, set, err))
			return false;
	member_today(today);
	trust_policy_sign(&policy, today, s->centre.project.id,
		s->centre.setup.store_key, &text);
	kit_add_message(&s->kit, ENTRY_POLICY, &text);
	trust_signed_release(&text);
	return true;
}

/* "RECORD=QUESTION" becomes a question in the store, as 'bayaz query' makes
 * it; it goes with all that wait for an answer. */
static bool ask(struct sending *s, const char *asked, struct err *err)
{
	const char *equals = strchr(asked, '=');
	struct query_ask ask = { .record = NULL };
	struct store_record record = { .name = NULL };
	char today[TRUST_DATE_BYTES], sha256[SHA256_HEX_BYTES];
	const char *named;
	bool ok;

	if (equals == NULL || equals == asked)
		return err_set(err, ERR_USAGE,
			_("'%s' is not of the form RECORD=QUESTION"), asked);
	named = arena_strndup(s->kit.arena, asked, (size_t)(equals - asked));
	member_today(today);
	ask.record = &record;
	ask.text = equals + 1;
	ask.asked = today;
	ok = store_record_find(s->centre.store, named, &record, err) &&
		query_ask(s->centre.store, s->centre.setup.store_key, &ask,
			sha256, err);
	store_record_release(&record);
	return ok;
}

static bool ask_all(struct sending *s, struct err *err)
{
	struct db *db = store_db(s->centre.store);
	const char *asked;
	bool ok;

	if (cmd_list(s->args, "ask", 0) == NULL)
		return true;
	if (!centre_may(&s->centre, ROLE_REVIEW, err) || !db_begin(db, err))
		return false;
	ok = true;
	for (size_t i = 0; ok && (asked = cmd_list(s->args, "ask", i)) != NULL;
			i++)
		ok = ask(s, asked, err);
	if (ok && db_commit(db, err))
		return true;
	db_rollback(db);
	return false;
}

/* A statement that laptops would not believe would make them refuse the whole:
 * such are left out. */
static bool add_statement(struct sending *s, const char *sha256,
	enum entry_kind kind, enum trust_role role, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct minisign_public signer;
	bool ok = fact_get(s->centre.store, sha256, &text, err);

	if (ok && trust_papers_signer(&s->kit.papers, &s->centre.project,
			&text, role, &signer, NULL))
		kit_add_message(&s->kit, kind, &text);
	trust_signed_release(&text);
	return ok;
}

static bool has_text(const struct json *list, const char *text)
{
	for (size_t i = 0; i < js_size(list); i++)
		if (strcmp(js_text(js_at(list, i)), text) == 0)
			return true;
	return false;
}

/* All that these laptops are asked and that is open, each once. */
static bool add_queries(struct sending *s, struct err *err)
{
	struct json *sent = js_new_array();
	bool ok = true;

	for (size_t i = 0; ok && i < s->to.n; i++) {
		struct json *hashes = js_new_array();

		ok = query_of_device(s->centre.store, s->to.items[i]->key,
			hashes, err);
		for (size_t k = 0; ok && k < js_size(hashes); k++) {
			const char *sha256 = js_text(js_at(hashes, k));

			if (has_text(sent, sha256))
				continue;
			ok = add_statement(s, sha256, ENTRY_QUERY,
				ROLE_REVIEW, err);
			js_add(sent, js_new_text(sha256));
		}
		js_free(hashes);
	}
	s->n_queries = js_size(sent);
	js_free(sent);
	return ok;
}

static bool add_revocations(struct sending *s, struct err *err)
{
	struct json *hashes = js_new_array();
	bool ok = true;

	for (size_t i = 0; ok && i < s->devices.n; i++)
		if (s->devices.items[i].status == DEVICE_IS_REVOKED)
			ok = judge_in_force(s->centre.store,
				s->devices.items[i].key, true, hashes, err);
	for (size_t i = 0; ok && i < js_size(hashes); i++)
		ok = add_statement(s, js_text(js_at(hashes, i)), ENTRY_FACT,
			ROLE_MERGE, err);
	js_free(hashes);
	return ok;
}

/* ---- receipts ---- */

static bool add_receipt(struct sending *s, const struct device *device,
	const struct store_backup *backup, struct err *err)
{
	struct trust_signed text = TRUST_SIGNED_INIT;
	struct trust_receipt receipt;
	size_t n, n_without;
	bool ok = receipt_for(s->centre.store, device->key, backup, &receipt,
		&n_without, err);

	n = receipt.records.n + receipt.refused.n;
	if (ok && n > 0) {
		ok = trust_receipt_sign(&receipt, s->centre.project.id,
			s->centre.setup.store_key, &text, err);
		if (ok)
			kit_add_message(&s->kit, ENTRY_RECEIPT, &text);
	}
	s->n_receipts += n;
	s->n_without += n_without;
	trust_signed_release(&text);
	trust_receipt_release(&receipt);
	return ok;
}

/* Laptops would not believe receipts of a store that may not merge. */
static bool add_receipts(struct sending *s, struct err *err)
{
	struct store_backup backup;
	bool ok = true;

	if (!centre_may(&s->centre, ROLE_MERGE, NULL))
		return true;
	if (!store_backup_newest(s->centre.store, &backup, err))
		return false;
	snprintf(s->backup_date, sizeof s->backup_date, "%.10s", backup.at);
	for (size_t i = 0; ok && i < s->to.n; i++)
		ok = add_receipt(s, s->to.items[i], &backup, err);
	free(backup.path);
	return ok;
}

/* ---- the file ---- */

static bool fill(struct sending *s, struct err *err)
{
	struct centre *c = &s->centre;

	if (!member_get_signed(c->ws, WORKSPACE_PROJECT,
				&s->kit.project_text, err) ||
			!member_papers(c->ws, &c->project, &s->kit.papers,
				err) ||
			!find_recipients(s, err) ||
			!down_forms_load(&s->forms, s->args, false,
				&c->project, err) ||
			!add_lists(s, err) || !add_given(s, err) ||
			!add_translations(s, err) ||
			!add_policy(s, err) || !ask_all(s, err) ||
			!add_queries(s, err) ||
			!add_revocations(s, err) || !add_receipts(s, err))
		return false;
	down_forms_put(&s->forms, &s->kit);
	member_today(s->kit.date);
	return member_number(c->ws, MEMBER_KIT_MADE, &s->kit.number, err);
}

/* The number is used up before the file is written: two files never have the
 * same one. */
static bool use_number(struct sending *s, struct err *err)
{
	struct workspace *ws = s->centre.ws;
	bool ok = workspace_begin(ws, err);

	if (!ok)
		return false;
	s->kit.number++;
	ok = down_forms_keep(&s->forms, &s->kit, ws, err) &&
		member_set_number(ws, MEMBER_KIT_MADE, s->kit.number, err) &&
		workspace_commit(ws, err);
	if (!ok)
		workspace_rollback(ws);
	return ok;
}

static void tell_json(const struct sending *s, const char *path)
{
	struct json *answer = js_new_object();
	char *line;

	js_put_text(answer, "file", path);
	js_put_text(answer, "project", s->centre.project.id);
	js_put_int(answer, "number", s->kit.number);
	js_put_int(answer, "laptops", (int64_t)s->n_recipients);
	js_put_int(answer, "forms", (int64_t)s->kit.forms.n);
	js_put_int(answer, "lists", (int64_t)s->kit.lists.n);
	js_put_int(answer, "entities", (int64_t)s->n_entities);
	js_put_int(answer, "translations", (int64_t)s->kit.translations.n);
	js_put_int(answer, "messages", (int64_t)s->kit.messages.n);
	js_put_int(answer, "questions", (int64_t)s->n_queries);
	js_put_int(answer, "receipts", (int64_t)s->n_receipts);
	js_put_int(answer, "without_receipt", (int64_t)s->n_without);
	line = js_print(answer);
	puts(line);
	free(line);
	js_free(answer);
}

static void tell_contents(const struct sending *s)
{
	if (s->n_entities > 0)
		printf(ngettext("  %zu entry of lists\n",
			"  %zu entries of lists\n", s->n_entities),
			s->n_entities);
	if (s->n_queries > 0)
		printf(ngettext("  %zu question that waits for an answer\n",
				"  %zu questions that wait for an answer\n",
				s->n_queries), s->n_queries);
	if (s->n_receipts > 0)
		/* TRANSLATORS: %2$s is a date, like 2026-11-26 */
		printf(ngettext("  receipts for %1$zu record, by the backup of "
				"%2$s\n",
				"  receipts for %1$zu records, by the backup of "
				"%2$s\n", s->n_receipts),
			s->n_receipts, s->backup_date);
	if (s->n_without > 0)
		printf(ngettext("  no receipt for %zu record: no backup holds "
				"it (see 'bayaz help store')\n",
				"  no receipts for %zu records: no backup holds "
				"them (see 'bayaz help store')\n",
				s->n_without), s->n_without);
}

static void tell(const struct sending *s, const char *path)
{
	if (cmd_flag(s->args, "json")) {
		tell_json(s, path);
		return;
	}
	printf(ngettext("%1$s: number %2$lld, for %3$zu laptop\n",
			"%1$s: number %2$lld, for %3$zu laptops\n",
			s->n_recipients),
		path, (long long)s->kit.number, s->n_recipients);
	tell_contents(s);
}

static bool note_sent(struct sending *s, struct err *err)
{
	char number[24];

	snprintf(number, sizeof number, "%lld", (long long)s->kit.number);
	return store_log(s->centre.store, "send", number, NULL, err);
}

static bool send_down(struct sending *s, struct err *err)
{
	const char *path = cmd_text(s->args, "output");
	struct age_to to = { .recipients = s->recipients };

	if (!centre_open(&s->centre, s->args, 0, err) ||
			!centre_may(&s->centre, ROLE_PUBLISH, err) ||
			!fill(s, err))
		return false;
	to.n_recipients = s->n_recipients;
	if (!use_number(s, err) || !kit_write(path, &s->kit,
			s->centre.setup.store_key, &to, err) ||
			!note_sent(s, err))
		return false;
	tell(s, path);
	return true;
}

static void release(struct sending *s)
{
	for (size_t i = 0; i < s->bytes.n; i++)
		str_release(&s->bytes.items[i]);
	vec_release(&s->bytes);
	vec_release(&s->to);
	down_forms_release(&s->forms);
	devices_release(&s->devices);
	kit_release(&s->kit);
	centre_close(&s->centre);
}

static int run_send(const struct cmd_args *args)
{
	struct sending s;
	struct err err = ERR_INIT;
	bool ok;

	if (cmd_text(args, "output") == NULL)
		return cmd_usage_error(args, _("say where to with -o FILE"));
	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	if (cmd_flag(args, "all") == (cmd_list(args, "to", 0) != NULL))
		return cmd_usage_error(args,
			_("say to whom with --to LAPTOP or --all"));
	memset(&s, 0, sizeof s);
	s.args = args;
	kit_init(&s.kit);
	ok = send_down(&s, &err);
	release(&s);
	return ok ? EXIT_DONE : cmd_problem(&err);
}

static const struct cmd_option options[] = {
	{ "output", 'o', OPT_TEXT, N_("FILE"), N_("write the bundle to FILE") },
	CENTRE_STORE_OPTION,
	{ "to", 0, OPT_LIST, N_("LAPTOP"),
	  N_("a laptop's code or fingerprint; again for more") },
	{ "all", 0, OPT_FLAG, NULL, N_("to every accepted laptop") },
	{ "form", 0, OPT_LIST, N_("FORM.xml"),
	  N_("send this form, with its media") },
	{ "media", 0, OPT_TEXT, N_("DIR"),
	  N_("look for media in DIR first") },
	{ "list", 0, OPT_LIST, N_("NAME=FILE"),
	  N_("a list in place of the media NAME (FORM:NAME: of that form)") },
	{ "po", 0, OPT_LIST, N_("FORM:LANG=FILE"),
	  N_("a translation of the form into that language") },
	{ "policy", 0, OPT_LIST, N_("NAME=VALUE"),
	  N_("what to ask of them, see 'bayaz project policy'") },
	{ "ask", 0, OPT_LIST, N_("RECORD=QUESTION"),
	  N_("ask about a record that they sent") },
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_send = {
	.name = "send",
	.usage = N_("-o FILE --store DB --to LAPTOP..."),
	.summary = N_("bring laptops up to date: forms, lists, questions"),
	.options = options,
	.run = run_send,
};
