/* open and close: form definitions and the files they refer to. */
#include "config.h"

#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "engine/op.h"

void form_free(struct engine_form *f)
{
	if (f == NULL)
		return;
	xform_free(f->form);
	str_release(&f->bytes);
	js_free(f->attachments);
	free(f->path);
	free(f->media);
	free(f);
}

/* --- the files --- */

static const char *last_part(const char *url)
{
	const char *slash = strrchr(url, '/');

	return slash != NULL ? slash + 1 : url;
}

/* By the whole URL, else by the file's name. */
static const struct json *attachment_of(const struct engine_form *f,
	const char *url)
{
	const struct json *given = js_get(f->attachments, url);

	return given != NULL ? given : js_get(f->attachments, last_part(url));
}

static bool read_media(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	struct engine_form *f = data;
	const struct json *given = attachment_of(f, url);
	const char *text = js_get_text(given, "text");
	const char *path = js_get_text(given, "path");
	struct xf_media folders = xf_media_from_folders(&f->folders);

	err_clear(err);
	if (text != NULL) {
		str_add(out, text);
		return true;
	}
	if (path != NULL) {
		if (file_read(path, xml_limits_form.max_bytes, out, err))
			return true;
		err->code = ERR_RESOURCE;
		return false;
	}
	if (f->folders.form_path == NULL)
		return false;
	return folders.read(folders.data, url, name, out, err);
}

static const char *mime_of(void *data, const char *url)
{
	return js_get_text(attachment_of(data, url), "mime");
}

/* A media file is looked for, but not read. */
static bool is_found(struct engine_form *f, const char *url)
{
	struct str bytes = STR_INIT;
	struct err err = ERR_INIT;
	bool found;

	if (strcmp(url, "jr://instance/last-saved") == 0)
		return true;
	found = read_media(f, url, last_part(url), &bytes, &err);
	str_release(&bytes);
	return found;
}

static void add_attachment(struct engine_form *f, struct json *list,
	struct map *seen, const char *url, const char *instance)
{
	struct json *o;

	if (map_has(seen, url))
		return;
	map_set(seen, url, list);
	o = js_new_object();
	js_put_text(o, "url", url);
	if (instance != NULL)
		js_put_text(o, "instance", instance);
	js_put_bool(o, "found", is_found(f, url));
	js_add(list, o);
}

static void add_media_of(struct engine_form *f, struct json *list,
	struct map *seen, const struct xf_itext *itext)
{
	static const enum xf_form_of_text media[] = { XF_TEXT_IMAGE,
		XF_TEXT_BIG_IMAGE, XF_TEXT_AUDIO, XF_TEXT_VIDEO };

	for (unsigned l = 0; l < f->form->n_languages; l++)
		for (size_t i = 0; i < sizeof media / sizeof *media; i++) {
			const struct xf_runs *runs = &itext->values[
				l * XF_N_TEXT_FORMS + media[i]];

			if (runs->n == 1 && runs->items[0].output == NULL &&
					str_starts(runs->items[0].text,
					"jr://"))
				add_attachment(f, list, seen,
					runs->items[0].text, NULL);
		}
}

static struct json *attachments_json(struct engine_form *f)
{
	struct json *list = js_new_array();
	struct map seen = MAP_INIT;
	const struct xform *form = f->form;

	for (size_t i = 0; i < form->secondary.n; i++) {
		const struct xf_secondary *s = form->secondary.entries[i].value;

		if (s->src != NULL)
			add_attachment(f, list, &seen, s->src, s->id);
	}
	for (size_t i = 0; i < form->itext.n; i++)
		add_media_of(f, list, &seen, form->itext.entries[i].value);
	map_release(&seen);
	return list;
}

/* --- open --- */

static bool take_attachments(struct op *op, struct engine_form *f)
{
	const struct json *given = js_get(op->request, "attachments");

	if (given == NULL || js_is_null(given))
		return true;
	if (!js_is_object(given))
		return op_bad_request(op, _("'attachments' has to be an "
			"object"));
	for (const char *key = js_next_key(given, NULL); key != NULL;
			key = js_next_key(given, key))
		if (js_get_text(js_get(given, key), "text") == NULL &&
				js_get_text(js_get(given, key), "path") == NULL)
			return op_bad_request(op, _("the attachment '%s' has "
				"neither 'text' nor 'path'"), key);
	f->attachments = js_copy(given);
	return true;
}

static bool take_source(struct op *op, struct engine_form *f)
{
	const char *xml, *path, *media;

	if (!op_text(op, "xml", &xml) || !op_text(op, "path", &path) ||
			!op_text(op, "media", &media))
		return false;
	if ((xml != NULL) == (path != NULL))
		return op_bad_request(op,
			_("a form is given as 'xml' or as 'path'"));
	if (media != NULL) {
		f->media = xstrdup(media);
		f->folders.folder = f->media;
		f->folders.form_path = "";	/* nowhere else */
	}
	if (xml != NULL) {
		str_add(&f->bytes, xml);
		return true;
	}
	f->path = xstrdup(path);
	f->folders.form_path = f->path;
	return file_read(path, xml_limits_form.max_bytes, &f->bytes, &op->err);
}

static bool wants_blank(struct op *op, bool *blank)
{
	const char *missing;

	if (!op_text(op, "missing", &missing))
		return false;
	*blank = missing != NULL && strcmp(missing, "blank") == 0;
	if (missing == NULL || *blank || strcmp(missing, "error") == 0)
		return true;
	return op_bad_request(op, _("'missing' is 'error' or 'blank'"));
}

static bool read_form(struct op *op, struct engine_form *f, bool blank)
{
	struct xf_options options = {
		.media = { .read = read_media, .data = f, .mime = mime_of },
		.missing_is_error = !blank,
		.is_lenient = true,
		.completes_meta = true,
	};

	f->form = xform_load(f->bytes.data, f->bytes.len,
		f->path != NULL ? f->path : "", &options, &op->problems);
	if (f->form == NULL)
		return problems_first_error(&op->problems, &op->err);
	if (f->form->form_class != NULL && !op->engine->training &&
			strcmp(f->form->form_class, "protected") == 0)
		return err_set(&op->err, ERR_REFUSED, _("answers leave the "
			"engine in plain text, so a protected form is opened "
			"with '--training' only"));
	return true;
}

static bool check_media_types(struct op *op, struct xf_control *const *controls,
	unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct xf_control *c = controls[i];

		if (c->mediatype != NULL && c->mediatype[0] == '.')
			return err_set(&op->err, ERR_SPEC, _("'%1$s' of '%2$s' "
				"is no media type: it is written like "
				"image/*"), c->mediatype, c->ref);
		if (!check_media_types(op, c->children, c->n_children))
			return false;
	}
	return true;
}

/* What the answer could not say truly: another method than POST, a file that is
 * asked for by something else than its media type. */
static bool check_for_clients(struct op *op, const struct engine_form *f)
{
	const char *method = f->form->submission_method;

	if (method != NULL && strcmp(method, "post") != 0 &&
			strcmp(method, "form-data-post") != 0)
		return err_set(&op->err, ERR_SPEC, _("the submission method "
			"'%s' is not known: it is 'post'"), method);
	return check_media_types(op, f->form->body, f->form->n_body);
}

static void put_form(struct json *to, struct engine_form *f)
{
	const struct xform *form = f->form;
	struct json *languages = js_new_array(), *submission;

	js_put_int(to, "form", f->handle);
	js_put_text(to, "id", form->id != NULL ? form->id : "");
	js_put_text(to, "version", form->version);
	js_put_text(to, "title", form->title != NULL ? form->title : "");
	for (unsigned i = 0; i < form->n_languages; i++)
		js_add(languages, js_new_text(form->languages[i]));
	js_put(to, "languages", languages);
	if (form->n_languages > 0)
		js_put_text(to, "default_language",
			form->languages[form->default_language]);
	js_put_text(to, "class", form->body_class);
	submission = js_new_object();
	if (form->submission_action != NULL)
		js_put_text(submission, "action", form->submission_action);
	js_put_text(submission, "method", "post");
	if (form->submission_key != NULL)
		js_put_text(submission, "key", form->submission_key);
	if (form->is_sent_at_once)
		js_put_bool(submission, "auto_send", true);
	if (form->is_deleted_when_sent)
		js_put_bool(submission, "auto_delete", true);
	js_put(to, "submission", submission);
	js_put(to, "attachments", attachments_json(f));
}

bool op_open(struct op *op)
{
	struct engine_form *f = xcalloc(1, sizeof *f);
	bool blank = false;

	str_init(&f->bytes);
	if (!wants_blank(op, &blank) || !take_source(op, f) ||
			!take_attachments(op, f) || !read_form(op, f, blank) ||
			!check_for_clients(op, f)) {
		form_free(f);
		return false;
	}
	f->handle = ++op->engine->last_form;
	vec_push(&op->engine->forms, f);
	put_form(op->result, f);
	op_put_warnings(op);
	return true;
}

/* --- close --- */

static void close_records(struct engine *e, const struct engine_form *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < e->records.n; i++)
		if (e->records.items[i]->form == f)
			record_free(e->records.items[i]);
		else
			e->records.items[kept++] = e->records.items[i];
	e->records.n = kept;
}

static bool close_form(struct op *op)
{
	struct engine *e = op->engine;
	struct engine_form *f = op_form(op);

	if (f == NULL)
		return false;
	close_records(e, f);
	for (size_t i = 0; i < e->forms.n; i++)
		if (e->forms.items[i] == f) {
			vec_remove(&e->forms, i, 1);
			break;
		}
	form_free(f);
	return true;
}

static bool close_record(struct op *op)
{
	struct engine *e = op->engine;
	struct engine_record *r = op_record(op);

	if (r == NULL)
		return false;
	for (size_t i = 0; i < e->records.n; i++)
		if (e->records.items[i] == r) {
			vec_remove(&e->records, i, 1);
			break;
		}
	record_free(r);
	return true;
}

bool op_close(struct op *op)
{
	bool form = js_get(op->request, "form") != NULL;
	bool record = js_get(op->request, "record") != NULL;

	if (form == record)
		return op_bad_request(op,
			_("'close' takes a 'form' or a 'record'"));
	return form ? close_form(op) : close_record(op);
}
