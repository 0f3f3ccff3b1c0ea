/* bayaz export: records of a form for other programs. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/gettext.h"
#include "base/log.h"
#include "base/mem.h"
#include "cmd/export.h"
#include "cmd/include.h"
#include "cmd/secret.h"
#include "db/db.h"
#include "export/book.h"
#include "export/csv.h"
#include "export/json.h"
#include "export/original.h"
#include "field/forms.h"
#include "field/workspace.h"

static const struct cmd_option options[] = {
	{ "store", 0, OPT_TEXT, N_("DB"), N_("the central store") },
	{ "format", 'f', OPT_TEXT, N_("FORMAT"),
	  N_("csv (the default), jsonl, geojson, xml, xlsx, sav (SPSS), "
	     "dta (Stata), codebook or codebook-json") },
	{ "output", 'o', OPT_TEXT, N_("FILE|DIR"),
	  N_("where to write; standard output without it") },
	{ "shape", 0, OPT_TEXT, N_("SHAPE"),
	  N_("of CSV: joined (a file per table, the default), wide or long") },
	{ "all-versions", 0, OPT_FLAG, NULL,
	  N_("every version of each record, superseded ones too (joined CSV)") },
	{ "unapproved", 0, OPT_FLAG, NULL,
	  N_("records that were rejected, have issues or wait for review, "
	     "too") },
	{ "approved-only", 0, OPT_FLAG, NULL,
	  N_("only records that were approved") },
	{ "geometry", 0, OPT_TEXT, N_("PATH"),
	  N_("of GeoJSON: the question that gives the place") },
	{ "language", 0, OPT_TEXT, N_("NAME"),
	  N_("of the labels in XLSX, SPSS and Stata files") },
	INCLUDE_OPTIONS,
	CMD_PASSPHRASE_OPTION,
	{ 0 }
};

/* --- formats --- */

static bool write_wide(struct export_job *job, FILE *to, struct err *err)
{
	return export_csv_wide(job->store, job->layout, &job->options, to, err);
}

static bool write_long(struct export_job *job, FILE *to, struct err *err)
{
	return export_csv_long(job->store, job->layout, &job->options, to, err);
}

static bool write_jsonl(struct export_job *job, FILE *to, struct err *err)
{
	return export_jsonl(job->store, job->layout, &job->options, to, err);
}

static bool write_geojson(struct export_job *job, FILE *to, struct err *err)
{
	int64_t n_odd = 0;
	int geometry = export_find_geometry(job->layout, job->book,
		&job->options, cmd_text(job->args, "geometry"), err);

	if (geometry < 0 || !export_geojson(job->store, job->layout, job->book,
			&job->options, geometry, to, &n_odd, err))
		return false;
	if (n_odd > 0)
		log_note(ngettext("%lld place cannot be drawn; its geometry is "
			"null", "%lld places cannot be drawn; their geometry "
			"is null", (unsigned long)n_odd), (long long)n_odd);
	return true;
}

static bool write_book(struct export_job *job, FILE *to, struct err *err)
{
	return export_book_csv(job->layout, job->book, to, err);
}

static bool write_book_json(struct export_job *job, FILE *to, struct err *err)
{
	return export_book_json(job->layout, job->book, to, err);
}

static bool export_xml(struct export_job *job, struct err *err)
{
	return export_original(job->store, job->layout, &job->options,
		cmd_text(job->args, "output"), err);
}

struct format {
	const char *name, *shape;	/* shape NULL: it has none */
	bool needs_book;
	bool holds_records;
	bool takes_versions;
	bool is_helped;			/* by bayaz-export: has labels */
	bool needs_output;		/* -o */
	export_write *write;		/* one file; or: */
	bool (*run)(struct export_job *job, struct err *err);
};

static const struct format formats[] = {
	{ .name = "csv", .shape = "joined", .holds_records = true,
	  .takes_versions = true, .run = export_tables },
	{ .name = "csv", .shape = "wide", .holds_records = true,
	  .write = write_wide },
	{ .name = "csv", .shape = "long", .holds_records = true,
	  .write = write_long },
	{ .name = "jsonl", .holds_records = true, .write = write_jsonl },
	{ .name = "geojson", .holds_records = true, .needs_book = true,
	  .write = write_geojson },
	{ .name = "xml", .holds_records = true, .needs_output = true,
	  .run = export_xml },
	{ .name = "xlsx", .holds_records = true, .needs_book = true,
	  .is_helped = true, .needs_output = true, .run = export_xlsx },
	{ .name = "sav", .holds_records = true, .needs_book = true,
	  .is_helped = true, .needs_output = true, .run = export_sav },
	{ .name = "dta", .holds_records = true, .needs_book = true,
	  .is_helped = true, .needs_output = true, .run = export_dta },
	{ .name = "codebook", .needs_book = true, .write = write_book },
	{ .name = "codebook-json", .needs_book = true,
	  .write = write_book_json },
};
enum { N_FORMATS = sizeof formats / sizeof *formats };

/* NULL: there is none of that name. */
static const struct format *find_format(const char *name, const char *shape)
{
	for (size_t i = 0; i < N_FORMATS; i++) {
		const struct format *format = &formats[i];

		if (strcmp(format->name, name != NULL ? name : "csv") == 0 &&
				(shape == NULL || format->shape == NULL ||
				strcmp(format->shape, shape) == 0))
			return format;
	}
	return NULL;
}

/* --- what is exported --- */

/* FORM is a path if it has '/' or ".xml", else an id. */
static bool find_form_id(struct export_job *job, struct err *err)
{
	const char *given = job->args->items[0];
	struct form_info form;
	struct str xml = STR_INIT;
	bool ok;

	if (strchr(given, '/') == NULL && !str_ends(given, ".xml")) {
		job->form = xstrdup(given);
		return true;
	}
	ok = file_read(given, 256 << 20, &xml, err) &&
		form_describe(xml.data, xml.len, given, &form, err);
	if (ok) {
		job->form = xstrdup(form.form_id);
		form_info_release(&form);
	}
	str_release(&xml);
	return ok;
}

static bool open_store(struct export_job *job, struct err *err)
{
	unsigned flags = job->options.restricted ? 0 : STORE_READ_ONLY;

	if (!find_form_id(job, err))
		return false;
	job->store = store_open(cmd_text(job->args, "store"), flags, err);
	if (job->store == NULL)
		return false;
	job->layout = layout_load(job->store, job->form, err);
	return job->layout != NULL;
}

/* From here on the store is read as it is now, whatever is merged meanwhile. */
static bool open_job(struct export_job *job, const struct format *format,
	struct err *err)
{
	if (!open_store(job, err))
		return false;
	if (job->layout->is_protected)
		return err_set(err, ERR_REFUSED,
			_("form '%s' is protected: its records are not exported"),
			job->form);
	if (job->options.restricted && !include_allow(job->args,
			job->store, "export-restricted", job->form, err))
		return false;
	if (!db_exec(store_db(job->store), "BEGIN", err))
		return false;
	if (format->needs_book)
		job->book = codebook_load(job->store, job->layout, err);
	return job->book != NULL || !format->needs_book;
}

static void close_job(struct export_job *job)
{
	codebook_free(job->book);
	layout_free(job->layout);
	store_close(job->store);
	free(job->form);
}

/* --- the command --- */

/* Options that are for some formats only. */
static int check_options(const struct cmd_args *args,
	const struct format *format)
{
	if (cmd_flag(args, "all-versions") && !format->takes_versions)
		return cmd_usage_error(args,
			_("--all-versions is for joined CSV only"));
	if (cmd_text(args, "geometry") != NULL &&
			format->write != write_geojson)
		return cmd_usage_error(args,
			_("--geometry is for GeoJSON only"));
	if (cmd_text(args, "language") != NULL && !format->is_helped)
		return cmd_usage_error(args, _("--language is for XLSX, SPSS "
			"and Stata files only"));
	if (cmd_text(args, "output") == NULL && format->needs_output)
		return cmd_usage_error(args,
			_("say where to write with --output"));
	return EXIT_DONE;
}

static int check_format(const struct cmd_args *args,
	const struct format **format)
{
	const char *name = cmd_text(args, "format");
	const char *shape = cmd_text(args, "shape");

	if (cmd_text(args, "store") == NULL)
		return cmd_usage_error(args,
			_("say which store with --store DB"));
	*format = find_format(name, NULL);
	if (*format == NULL)
		return cmd_usage_error(args, _("there is no format '%s'"),
			name);
	if (shape != NULL && (*format)->shape == NULL)
		return cmd_usage_error(args, _("--shape is for CSV only"));
	*format = find_format(name, shape);
	if (*format == NULL)
		return cmd_usage_error(args, _("there is no shape '%s'"),
			shape);
	return check_options(args, *format);
}

static int check_review(const struct cmd_args *args,
	struct export_options *export)
{
	bool any = cmd_flag(args, "unapproved");
	bool only = cmd_flag(args, "approved-only");

	if (any && only)
		return cmd_usage_error(args, _("--unapproved and "
			"--approved-only exclude each other"));
	export->review = any ? REVIEW_ANY :
		only ? REVIEW_APPROVED_ONLY : REVIEW_USUAL;
	return EXIT_DONE;
}

/* What is left out is said. */
static bool tell_held(struct export_job *job, struct err *err)
{
	int64_t n;

	if (!review_count_held(job->store, job->form, job->options.review, &n,
			err))
		return false;
	if (n > 0)
		log_note(ngettext("%lld record is held back, because it was "
			"not approved: --unapproved exports it too",
			"%lld records are held back, because they were not "
			"approved: --unapproved exports them too",
			(unsigned long)n), (long long)n);
	return true;
}

static bool run_format(struct export_job *job, const struct format *format,
	struct err *err)
{
	if (job->layout->is_untagged && format->holds_records)
		log_note(_("form '%s' has no bayaz:class: all its columns are "
			"exported"), job->form);
	if (format->holds_records && !tell_held(job, err))
		return false;
	return format->run != NULL ? format->run(job, err) :
		export_one_file(job, format->write, err);
}

static int run_export(const struct cmd_args *args)
{
	struct export_job job = { .args = args };
	const struct format *format = NULL;
	struct err err = ERR_INIT;
	int status = check_format(args, &format);

	if (status == EXIT_DONE)
		status = check_review(args, &job.options);
	if (status == EXIT_DONE)
		status = include_check(args, &job.options.restricted);
	if (status != EXIT_DONE)
		return status;
	if (!open_job(&job, format, &err) || !run_format(&job, format, &err))
		status = cmd_problem(&err);
	close_job(&job);
	return status;
}

const struct cmd cmd_export = {
	.name = "export",
	.usage = N_("FORM --store DB"),
	.summary = N_("write the records of a form for other programs"),
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.run = run_export,
};
