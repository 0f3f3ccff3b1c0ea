#include "config.h"

#include "cmd/formarg.h"

#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/mem.h"
#include "cmd/secret.h"
#include "xml/xml.h"

bool form_arg_is_path(const char *arg)
{
	/* CommCare's ids are URLs */
	return strstr(arg, "://") == NULL && (strchr(arg, '/') != NULL ||
		strstr(arg, ".xml") != NULL);
}

/* Media from the workspace; a file that is not there is no error. */
static bool read_media(void *data, const char *url, const char *name,
	struct str *out, struct err *err)
{
	struct form_source *source = data;
	struct err why = ERR_INIT;

	(void)url;
	err_clear(err);
	if (forms_media(source->ws, &source->info, name, out, &why))
		return true;
	if (why.code != ERR_NOTFOUND)
		err_set(err, ERR_RESOURCE, "%s", why.message);
	return false;
}

static bool take_stored(struct form_source *source, struct err *err)
{
	source->name = xstrdup(source->info.form_id);
	source->options.media.read = read_media;
	source->options.media.data = source;
	return forms_xml(source->ws, &source->info, &source->xml, err);
}

static void begin(struct form_source *source, struct workspace *ws)
{
	memset(source, 0, sizeof *source);
	str_init(&source->xml);
	source->options.keeps_bytes = true;
	source->ws = ws;
}

bool form_source_open(struct form_source *source, const char *arg,
	const char *folder, struct workspace *ws, struct err *err)
{
	begin(source, ws);
	if (form_arg_is_path(arg)) {
		source->name = xstrdup(arg);
		source->folders.form_path = source->name;
		source->folders.folder = folder;
		source->options.media = xf_media_from_folders(&source->folders);
		return file_read(arg, xml_limits_form.max_bytes, &source->xml,
			err);
	}
	if (ws == NULL)
		return err_set(err, ERR_USAGE,
			_("'%s' is no file of a form"), arg);
	return forms_find(ws, arg, NULL, &source->info, err) &&
		take_stored(source, err);
}

bool form_source_get(struct form_source *source, struct workspace *ws,
	int64_t row, struct err *err)
{
	begin(source, ws);
	return forms_get(ws, row, &source->info, err) &&
		take_stored(source, err);
}

struct xform *form_source_load(struct form_source *source,
	struct workspace *ws, int64_t row, struct err *err)
{
	struct problems problems = PROBLEMS_INIT;
	struct xform *form;

	if (!form_source_get(source, ws, row, err))
		return NULL;
	form = xform_load(source->xml.data, source->xml.len, source->name,
		&source->options, &problems);
	if (form == NULL)
		problems_first_error(&problems, err);
	problems_release(&problems);
	return form;
}

void form_source_release(struct form_source *source)
{
	str_release(&source->xml);
	free(source->name);
	form_info_release(&source->info);
	memset(source, 0, sizeof *source);
	str_init(&source->xml);
}

bool form_arg_workspace(const struct cmd_args *args, const char *arg,
	struct workspace **ws, struct err *err)
{
	*ws = NULL;
	if (form_arg_is_path(arg))
		return true;
	*ws = cmd_workspace_open(args, err);
	return *ws != NULL;
}

bool form_arg_open(struct form_arg *fa, const char *arg,
	struct workspace *ws, const char *media, struct problems *problems,
	struct err *err)
{
	struct form_source *source = &fa->source;

	fa->form = NULL;
	if (!form_source_open(source, arg, media, ws, err))
		return false;
	fa->form = xform_load(source->xml.data, source->xml.len, source->name,
		&source->options, problems);
	return fa->form != NULL || problems_first_error(problems, err);
}

void form_arg_release(struct form_arg *fa)
{
	xform_free(fa->form);
	fa->form = NULL;
	form_source_release(&fa->source);
}
