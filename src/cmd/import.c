/* bayaz import: finished instances, from ODK or elsewhere, become ready
 * records of the workspace. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/gettext.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cmd/cmd.h"
#include "cmd/formarg.h"
#include "cmd/progress.h"
#include "cmd/secret.h"
#include "field/records.h"
#include "field/workspace.h"
#include "xform/consent.h"
#include "xml/xml.h"

enum {
	BATCH = 100,			/* files made durable together */
	MAX_DEPTH = 32,			/* of folders */
	MAX_ATTACHMENTS = 1000,		/* of a record */
	MAX_NAME = 255,
};

/* A form version as far as importing needs it. */
struct known_form {
	struct form_info info;
	struct map uploads;	/* "/data/photo", without prefixes and positions */
	struct xf_consent *consent;	/* NULL: it asks for none */
	struct err why;		/* it cannot be used */
};

enum outcome { IMPORTED, KNOWN, REFUSED };

struct input {
	char *path;
	bool from_folder;	/* found there, not named */
	bool is_form;		/* and passed over */
	enum outcome outcome;
	int64_t record;
	struct err err;
};

struct importing {
	struct workspace *ws;
	struct arena *arena;
	struct map forms;		/* "id\nversion" -> struct known_form */
	VEC(struct input) inputs;
	bool json;
	size_t n_imported, n_known, n_refused, n_missing, n_forms;
};

/* --- which files --- */

static void add_input(struct importing *job, const char *path,
	bool from_folder)
{
	struct input input = { .path = xstrdup(path),
		.from_folder = from_folder };

	vec_push(&job->inputs, input);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names { VEC(char *) list; };

static bool list_folder(const char *path, struct names *names,
	struct err *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (dir == NULL)
		return err_set(err, ERR_IO, _("cannot open '%s': %s"), path,
			strerror(errno));
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			vec_push(&names->list, xstrdup(entry->d_name));
	closedir(dir);
	if (names->list.n > 1)
		qsort(names->list.items, names->list.n, sizeof(char *),
			by_text);
	return true;
}

/* All *.xml below, in order of their names; links are not followed. */
static bool add_folder(struct importing *job, const char *path, int depth,
	struct err *err)
{
	struct names names = { { NULL, 0, 0 } };
	bool ok;

	if (depth > MAX_DEPTH)
		return err_set(err, ERR_LIMIT,
			_("'%s' is too many folders deep"), path);
	ok = list_folder(path, &names, err);
	for (size_t i = 0; i < names.list.n; i++) {
		char *below = path_join(path, names.list.items[i]);
		struct stat st;

		if (!ok || lstat(below, &st) != 0)
			;	/* gone meanwhile */
		else if (S_ISDIR(st.st_mode))
			ok = add_folder(job, below, depth + 1, err);
		else if (S_ISREG(st.st_mode) && str_ends(below, ".xml"))
			add_input(job, below, true);
		free(below);
		free(names.list.items[i]);
	}
	vec_release(&names.list);
	return ok;
}

/* --- which form --- */

static void local_path(const struct xf_node *node, struct str *out)
{
	if (node->parent != NULL)
		local_path(node->parent, out);
	str_addc(out, '/');
	str_add(out, node->local);
}

static bool is_upload(const struct xf_node *node)
{
	for (unsigned i = 0; i < node->n_controls; i++)
		if (node->controls[i]->kind == XF_UPLOAD)
			return true;
	return node->bind->type == XF_BINARY;
}

static void note_uploads(struct importing *job, struct known_form *known,
	const struct xform *form)
{
	struct str path = STR_INIT;

	for (unsigned i = 0; i < form->n_nodes; i++) {
		if (!is_upload(form->nodes[i]))
			continue;
		str_clear(&path);
		local_path(form->nodes[i], &path);
		map_set(&known->uploads, arena_strdup(job->arena, path.data),
			known);
	}
	str_release(&path);
}

static bool read_uploads(struct importing *job, struct known_form *known,
	struct err *err)
{
	struct problems problems = PROBLEMS_INIT;
	struct form_source source;
	struct xform *form = NULL;
	bool ok = form_source_get(&source, job->ws, known->info.id, err);

	if (ok) {
		form = xform_load(source.xml.data, source.xml.len, source.name,
			&source.options, &problems);
		ok = form != NULL || problems_first_error(&problems, err);
	}
	if (form != NULL) {
		note_uploads(job, known, form);
		known->consent = xf_consent_new(form);
	}
	xform_free(form);
	problems_release(&problems);
	form_source_release(&source);
	return ok;
}

/* A record without a version is of the version without one, else of the
 * newest. */
static bool find_form(struct importing *job, const char *id,
	const char *version, struct form_info *info, struct err *err)
{
	if (forms_find(job->ws, id, version != NULL ? version : "", info, err))
		return true;
	return version == NULL && err->code == ERR_NOTFOUND &&
		forms_find(job->ws, id, NULL, info, err);
}

static struct known_form *know_form(struct importing *job, const char *id,
	const char *version)
{
	char *key = arena_printf(job->arena, "%s\n%s", id,
		version != NULL ? version : "\n");
	struct known_form *known = map_get(&job->forms, key);

	if (known != NULL)
		return known;
	known = ARENA_NEW(job->arena, struct known_form);
	map_init(&known->uploads);
	map_set(&job->forms, key, known);
	if (find_form(job, id, version, &known->info, &known->why) &&
			read_uploads(job, known, &known->why))
		err_clear(&known->why);
	return known;
}

/* --- what a record says of itself --- */

struct instance {
	struct arena *arena;	/* for what follows */
	const char *instance_id, *deprecated_id, *name;	/* "" if not there */
	VEC(struct record_file) files;
};

static const char *meta_text(const struct xml_node *root, const char *local,
	struct arena *arena)
{
	const struct xml_node *meta = xml_child(root, NULL, NULL, "meta");
	const struct xml_node *node = meta != NULL ?
		xml_child(meta, NULL, NULL, local) : NULL;
	const char *text = node != NULL ? xml_text_of(node, arena) : NULL;

	if (text == NULL || text[0] == '\0')	/* as servers write it */
		text = xml_attribute(root, "", local);
	return arena_strdup(arena, text != NULL ? text : "");
}

static bool is_tame_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= MAX_NAME &&
		strpbrk(name, "/\\") == NULL && strcmp(name, ".") != 0 &&
		strcmp(name, "..") != 0;
}

static bool has_file(const struct instance *instance, const char *name)
{
	for (size_t i = 0; i < instance->files.n; i++)
		if (strcmp(instance->files.items[i].name, name) == 0)
			return true;
	return false;
}

static bool add_file(struct instance *instance, const char *name,
	const char *folder, struct err *err)
{
	struct record_file file = { name, NULL };
	char *path;

	if (!is_tame_name(name))
		return err_set(err, ERR_VALUE,
			_("an attachment has a name that is no file name"));
	if (has_file(instance, name))
		return true;
	if (instance->files.n >= MAX_ATTACHMENTS)
		return err_set(err, ERR_LIMIT,
			_("more than %d attachments"), MAX_ATTACHMENTS);
	path = path_join(folder, name);
	if (file_exists(path))
		file.path = arena_strdup(instance->arena, path);
	free(path);
	vec_push(&instance->files, file);
	return true;
}

/* `path` is of `node`; it is the same again on return. */
static bool find_files(struct instance *instance,
	const struct known_form *known, const struct xml_node *node,
	struct str *path, const char *folder, struct err *err)
{
	size_t len = path->len;
	bool ok = true;

	str_addc(path, '/');
	str_add(path, node->local);
	if (map_has(&known->uploads, path->data)) {
		const char *name = xml_text_of(node, instance->arena);

		if (name[0] != '\0')
			ok = add_file(instance, name, folder, err);
	}
	for (const struct xml_node *child = xml_child(node, NULL, NULL, NULL);
			ok && child != NULL;
			child = xml_child(node, child, NULL, NULL))
		ok = find_files(instance, known, child, path, folder, err);
	str_cut(path, len);
	return ok;
}

static bool read_instance(struct instance *instance,
	const struct known_form *known, const struct xml_node *root,
	const char *file, struct err *err)
{
	struct str path = STR_INIT;
	char *folder = path_folder(file);
	bool ok = true;

	instance->instance_id = meta_text(root, "instanceID", instance->arena);
	instance->deprecated_id = meta_text(root, "deprecatedID",
		instance->arena);
	instance->name = meta_text(root, "instanceName", instance->arena);
	if (known->uploads.n > 0)
		ok = find_files(instance, known, root, &path, folder, err);
	str_release(&path);
	free(folder);
	return ok;
}

/* --- one file --- */

static bool is_form(const struct xml_node *root)
{
	return strcmp(root->local, "html") == 0 &&
		strcmp(root->ns, NS_XHTML) == 0;
}

static const char *form_id_of(const struct xml_node *root)
{
	const char *id = xml_attribute(root, "", "id");

	return id != NULL ? id : root->ns;	/* as JavaRosa names such forms */
}

static const char *version_of(const struct xml_node *root)
{
	const char *version = xml_attribute(root, "", "version");

	return version != NULL ? version :
		xml_attribute(root, NS_OPENROSA, "version");
}

static bool says(const struct xml_node *root, const char *local,
	const char *value)
{
	const char *text = xml_attribute(root, NS_BAYAZ, local);

	return text != NULL && strcmp(text, value) == 0;
}

static bool put_record(struct importing *job, struct input *input,
	const struct known_form *known, const struct xml_node *root,
	const struct instance *instance, const struct str *xml,
	struct err *err)
{
	const struct record_final final = {
		.xml = xml->data, .n_bytes = xml->len,
		.instance_id = instance->instance_id,
		.instance_name = instance->name,
		.training = says(root, "training", "yes"),
		.clock_given = says(root, "clock", "given"),
	};
	bool added;

	if (!records_import(job->ws, &known->info, &final,
			instance->deprecated_id, instance->files.items,
			instance->files.n, &added, &input->record, err))
		return false;
	input->outcome = added ? IMPORTED : KNOWN;
	for (size_t i = 0; added && i < instance->files.n; i++)
		if (instance->files.items[i].path == NULL)
			job->n_missing++;
	return true;
}

/* What was written down without consent is not kept, not even here. */
static bool check_consent(const struct known_form *known,
	const struct xml_node *root, struct err *err)
{
	const char *question;

	return xf_consent_is_given(known->consent, root, &question) ||
		err_set(err, ERR_REFUSED,
			_("there is no consent to what '%s' holds: such a "
			  "record is not kept; destroy this file, too"),
			question);
}

static bool import_record(struct importing *job, struct input *input,
	const struct xml_doc *doc, const struct str *xml, struct err *err)
{
	const struct xml_node *root = doc->root;
	struct instance instance = { .arena = doc->arena };
	struct known_form *known;
	bool ok;

	if (form_id_of(root)[0] == '\0')
		return err_set(err, ERR_RECORD,
			_("this is no record: its root names no form"));
	known = know_form(job, form_id_of(root), version_of(root));
	if (known->why.code != ERR_NONE) {
		*err = known->why;
		return false;
	}
	ok = check_consent(known, root, err) &&
		read_instance(&instance, known, root, input->path, err) &&
		put_record(job, input, known, root, &instance, xml,
			err);
	vec_release(&instance.files);
	return ok;
}

static bool import_bytes(struct importing *job, struct input *input,
	const struct str *xml, struct err *err)
{
	struct xml_doc *doc = xml_parse(xml->data, xml->len, input->path,
		&xml_limits_record, err);
	bool ok;

	if (doc == NULL)
		return false;
	input->is_form = is_form(doc->root);
	if (input->is_form)
		ok = input->from_folder || err_set(err, ERR_RECORD,
			_("this is a form, not a record"));
	else
		ok = import_record(job, input, doc, xml, err);
	xml_free(doc);
	return ok;
}

static bool import_file(struct importing *job, struct input *input)
{
	struct str xml = STR_INIT;
	bool ok;

	err_clear(&input->err);
	input->outcome = REFUSED;
	ok = file_read(input->path, xml_limits_record.max_bytes, &xml,
			&input->err) &&
		import_bytes(job, input, &xml, &input->err);
	if (!ok)
		err_at(&input->err, input->path, 0, 0);
	str_wipe(&xml);
	return ok;
}

/* --- many files --- */

/* Files that cannot be read or have no form hold up nobody; if the workspace
 * itself refuses one, the whole batch is undone. */
static bool import_together(struct importing *job, size_t from, size_t to)
{
	struct err err = ERR_INIT;
	size_t n_missing = job->n_missing;

	if (!workspace_begin(job->ws, &err))
		return false;
	for (size_t i = from; i < to; i++)
		if (!import_file(job, &job->inputs.items[i]) &&
				!workspace_in_change(job->ws))
			break;
	if (workspace_in_change(job->ws) && workspace_commit(job->ws, &err))
		return true;
	workspace_rollback(job->ws);
	job->n_missing = n_missing;
	return false;
}

static void import_alone(struct importing *job, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		import_file(job, &job->inputs.items[i]);
}

static void tell_json(const struct input *input)
{
	static const char *const words[] = { "imported", "known", "refused" };
	struct json *item = js_new_object();
	char id[17], *line;

	js_put_text(item, "file", input->path);
	js_put_text(item, "outcome", words[input->outcome]);
	if (input->outcome != REFUSED) {
		record_id_text(input->record, id);
		js_put_text(item, "record", id);
	}
	line = js_print(item);
	puts(line);
	free(line);
	js_free(item);
}

/* Only what is on disk is told. */
static void tell(struct importing *job, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct input *input = &job->inputs.items[i];

		if (input->is_form && input->from_folder) {
			job->n_forms++;
			continue;
		}
		job->n_imported += input->outcome == IMPORTED;
		job->n_known += input->outcome == KNOWN;
		job->n_refused += input->outcome == REFUSED;
		if (input->outcome == REFUSED)
			log_err(&input->err);
		if (job->json)
			tell_json(input);
	}
	fflush(stdout);
}

static void import_all(struct importing *job)
{
	struct progress progress;

	progress_begin(&progress);
	for (size_t from = 0; from < job->inputs.n; from += BATCH) {
		size_t left = job->inputs.n - from;
		size_t to = from + (left < BATCH ? left : BATCH);

		if (!import_together(job, from, to))
			import_alone(job, from, to);
		progress_end(&progress);
		tell(job, from, to);
		progress_items(&progress, to, job->inputs.n);
	}
	progress_end(&progress);
}

static void sum_up(const struct importing *job)
{
	if (job->n_missing > 0)
		log_note(ngettext("%zu attachment is missing",
			"%zu attachments are missing", job->n_missing),
			job->n_missing);
	if (job->json)
		return;
	printf(ngettext("%zu record imported\n", "%zu records imported\n",
		job->n_imported), job->n_imported);
	if (job->n_known > 0)
		printf(ngettext("%zu record was here already\n",
			"%zu records were here already\n", job->n_known),
			job->n_known);
	if (job->n_refused > 0)
		printf(ngettext("%zu file refused\n", "%zu files refused\n",
			job->n_refused), job->n_refused);
}

static bool collect_inputs(struct importing *job,
	const struct cmd_args *args, struct err *err)
{
	for (int i = 0; i < args->n; i++) {
		const char *path = args->items[i];

		if (!file_is_folder(path))
			add_input(job, path, false);
		else if (!add_folder(job, path, 0, err))
			return false;
	}
	return true;
}

static void release(struct importing *job)
{
	for (size_t i = 0; i < job->forms.n; i++) {
		struct known_form *known = job->forms.entries[i].value;

		form_info_release(&known->info);
		map_release(&known->uploads);
		xf_consent_free(known->consent);
	}
	map_release(&job->forms);
	for (size_t i = 0; i < job->inputs.n; i++)
		free(job->inputs.items[i].path);
	vec_release(&job->inputs);
	arena_free(job->arena);
	workspace_close(job->ws);
}

static int run_import(const struct cmd_args *args)
{
	struct importing job = { .json = cmd_flag(args, "json") };
	struct err err = ERR_INIT;
	bool ok;

	job.arena = arena_new();
	map_init(&job.forms);
	ok = collect_inputs(&job, args, &err) &&
		(job.ws = cmd_workspace_open(args, &err)) != NULL;
	if (ok) {
		import_all(&job);
		sum_up(&job);
	}
	release(&job);
	if (!ok)
		return cmd_problem(&err);
	return job.n_refused > 0 ? EXIT_PROBLEM : EXIT_DONE;
}

static const struct cmd_option options[] = {
	CMD_PASSPHRASE_OPTION,
	CMD_JSON_OPTION,
	{ 0 }
};

const struct cmd cmd_import = {
	.name = "import",
	.usage = N_("RECORD.xml|FOLDER..."),
	.summary = N_("take finished instances into the workspace"),
	.options = options,
	.min_args = 1,
	.max_args = -1,
	.run = run_import,
};
