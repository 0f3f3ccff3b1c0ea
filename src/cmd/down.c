#include "config.h"

#include "cmd/down.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "field/workspace.h"
#include "xform/xform.h"

enum { FORM_BYTES_MAX = 64 << 20 };

static bool read_media(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	const struct str *bytes = media_find(data, name);

	(void)url;
	err_clear(err);
	if (bytes == NULL)
		return false;
	str_addn(out, bytes->data, bytes->len);
	return true;
}

/* A form that does not open must not go to fifty laptops. */
static bool check_opens(struct down_form *form, const char *path,
	struct err *err)
{
	struct xf_options options = { .media = { .read = read_media,
		.data = &form->media } };
	struct problems problems = PROBLEMS_INIT;
	struct xform *opened = xform_load(form->xml.data, form->xml.len, path,
		&options, &problems);

	problems_print(&problems, stderr);
	problems_release(&problems);
	xform_free(opened);
	return opened != NULL || err_set(err, ERR_REFUSED,
		_("the form '%s' does not open"), path);
}

static bool load_form(struct down_forms *forms, const char *path,
	const char *media, const struct trust_project *project,
	struct err *err)
{
	struct down_form form;
	bool ok;

	memset(&form, 0, sizeof form);
	str_init(&form.xml);
	ok = file_read(path, FORM_BYTES_MAX, &form.xml, err) &&
		form_describe(form.xml.data, form.xml.len, path, &form.info,
			err) &&
		media_read(path, &form.xml, media, &form.media, err) &&
		check_opens(&form, path, err);
	if (ok && project->policy.refuse_untagged &&
	    str_is_empty(form.info.form_class)) {
		err_set(err, ERR_REFUSED, _("the form has no class "
			"(bayaz:class), and the project takes none such"));
		ok = err_at(err, path, 0, 0);
	}
	vec_push(&forms->list, form);
	return ok;
}

bool down_forms_load(struct down_forms *forms, const struct cmd_args *args,
	bool arguments_too, const struct trust_project *project,
	struct err *err)
{
	const char *media = cmd_text(args, "media"), *path;

	for (size_t i = 0; (path = cmd_list(args, "form", i)) != NULL; i++)
		if (!load_form(forms, path, media, project, err))
			return false;
	for (int i = 0; arguments_too && i < args->n; i++)
		if (!load_form(forms, args->items[i], media, project, err))
			return false;
	return true;
}

static void put_form(struct kit *kit, const struct down_form *form)
{
	size_t n = form->media.files.n;
	struct kit_form to;

	memset(&to, 0, sizeof to);
	to.form_id = form->info.form_id;
	to.version = form->info.version;
	to.form_class = str_is_empty(form->info.form_class) ? NULL :
		form->info.form_class;
	to.xml = form->xml.data;
	to.n_bytes = form->xml.len;
	to.files = ARENA_ARRAY(kit->arena, struct kit_file, n + 1);
	to.n_files = n;
	for (size_t i = 0; i < n; i++) {
		to.files[i].name = form->media.files.items[i].name;
		to.files[i].bytes = form->media.files.items[i].bytes.data;
		to.files[i].n_bytes = form->media.files.items[i].bytes.len;
	}
	vec_push(&kit->forms, to);
}

void down_forms_put(const struct down_forms *forms, struct kit *kit)
{
	for (size_t i = 0; i < forms->list.n; i++)
		put_form(kit, &forms->list.items[i]);
}

/* What laptops get, the coordinator has: merging needs the forms, and one
 * version of a form can only ever be one text. */
static bool keep_form(struct workspace *ws, const struct kit_form *form,
	struct err *err)
{
	struct form_file *files = xcalloc(form->n_files + 1, sizeof *files);
	bool ok, added;

	for (size_t i = 0; i < form->n_files; i++) {
		files[i].name = form->files[i].name;
		files[i].bytes = form->files[i].bytes;
		files[i].n_bytes = form->files[i].n_bytes;
	}
	ok = forms_add(ws, form->xml, form->n_bytes, form->form_id, files,
		form->n_files, NULL, &added, err);
	free(files);
	return ok;
}

bool down_forms_keep(const struct down_forms *forms, const struct kit *kit,
	struct workspace *ws, struct err *err)
{
	for (size_t i = 0; i < forms->list.n; i++) {
		if (!workspace_is_sealed(ws) &&
		    form_is_protected(&forms->list.items[i].info))
			continue;
		if (!keep_form(ws, &kit->forms.items[i], err))
			return false;
	}
	return true;
}

void down_forms_release(struct down_forms *forms)
{
	for (size_t i = 0; i < forms->list.n; i++) {
		str_release(&forms->list.items[i].xml);
		form_info_release(&forms->list.items[i].info);
		media_release(&forms->list.items[i].media);
	}
	vec_release(&forms->list);
}
